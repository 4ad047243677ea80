//! Collects findings in any order, and ends with them in the canonical one.

use std::borrow::Cow;

use super::{
    BaselineState, Columns, Comparison, FindingKind, FindingRow, Findings, Level, NO_SYMBOL, Rule, RuleId, Severity,
    SeverityFrom, Suppression,
};
use crate::evidence::strings::Strings;

/// The numbers of one finding, in the order that rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
struct Row {
    gone: bool,
    path: u32,
    line: u32,
    column: u32,
    end_line: u32,
    rule: u32,
    message: u32,
    fingerprint: u128,
    unmapped: u32,
    cwe: u32,
    package: u32,
    score: f32,
    kind: FindingKind,
    level: Level,
    severity: Severity,
    severity_from: SeverityFrom,
    suppression: Suppression,
    baseline_state: BaselineState,
    compared: Comparison,
    on_changed_line: bool,
}

/// Findings being collected.
#[derive(Debug, Default)]
pub struct FindingsBuilder {
    paths: Strings,
    names: Strings,
    messages: Strings,
    rules: indexmap::IndexSet<Rule>,
    cwe: indexmap::IndexSet<Box<[u32]>>,
    rows: Vec<Row>,
}

impl FindingsBuilder {
    /// The number of a rule; asking again gives the same one. `tags` may come in any order.
    pub fn rule<'t>(
        &mut self,
        tool: &str,
        tool_version: Option<&str>,
        id: &str,
        name: Option<&str>,
        tags: &[&'t str],
    ) -> RuleId {
        // A tag is one line: what is sorted here must still be sorted when the rule is read back tag by tag.
        let one_line = |tag: &&'t str| match tag.contains('\n') {
            true => Cow::Owned(tag.replace('\n', " ")),
            false => Cow::Borrowed(*tag),
        };
        let mut tags: Vec<Cow<'t, str>> = tags.iter().filter(|tag| !tag.is_empty()).map(one_line).collect();
        tags.sort_unstable();
        tags.dedup();
        let rule = Rule {
            tool: self.names.intern(tool),
            tool_version: optional(&mut self.names, tool_version),
            id: self.names.intern(id),
            name: optional(&mut self.names, name),
            tags: self.names.intern(&tags.join("\n")),
        };
        RuleId(u32::try_from(self.rules.insert_full(rule).0).unwrap_or(NO_SYMBOL))
    }

    /// Adds one finding.
    pub fn push(&mut self, finding: &FindingRow<'_>) {
        let cwe = match self.cwe.get_index_of(finding.cwe) {
            Some(index) => index,
            None => self.cwe.insert_full(finding.cwe.into()).0,
        };
        self.rows.push(Row {
            gone: finding.compared == Comparison::Gone,
            path: optional(&mut self.paths, finding.path),
            line: finding.line,
            column: finding.column,
            end_line: finding.end_line,
            rule: finding.rule.0,
            message: self.messages.intern(finding.message),
            fingerprint: finding.fingerprint,
            unmapped: optional(&mut self.names, finding.unmapped),
            cwe: u32::try_from(cwe).unwrap_or(0),
            package: optional(&mut self.names, finding.package),
            score: finding.score.unwrap_or(-1.0),
            kind: finding.kind,
            level: finding.level,
            severity: finding.severity,
            severity_from: finding.severity_from,
            suppression: finding.suppression,
            baseline_state: finding.baseline_state,
            compared: finding.compared,
            on_changed_line: finding.on_changed_line,
        });
    }

    /// One finding as it was added, by the order of adding.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<FindingRow<'_>> {
        let row = self.rows.get(index)?;
        Some(FindingRow {
            rule: RuleId(row.rule),
            kind: row.kind,
            level: row.level,
            severity: row.severity,
            severity_from: row.severity_from,
            score: (row.score >= 0.0).then_some(row.score),
            message: self.messages.get(row.message),
            path: text(&self.paths, row.path),
            unmapped: text(&self.names, row.unmapped),
            line: row.line,
            end_line: row.end_line,
            column: row.column,
            cwe: self.cwe.get_index(row.cwe as usize).map_or(&[], |set| set),
            package: text(&self.names, row.package),
            fingerprint: row.fingerprint,
            suppression: row.suppression,
            baseline_state: row.baseline_state,
            on_changed_line: row.on_changed_line,
            compared: row.compared,
        })
    }

    /// The tool of a rule.
    #[must_use]
    pub fn tool(&self, rule: RuleId) -> &str {
        self.rules.get_index(rule.0 as usize).map_or("", |rule| self.names.get(rule.tool))
    }

    /// The same rule as another builder holds it.
    pub fn rule_of(&mut self, other: &Self, rule: RuleId) -> RuleId {
        let Some(rule) = other.rules.get_index(rule.0 as usize) else { return RuleId(NO_SYMBOL) };
        let text = |symbol: u32| text(&other.names, symbol);
        let tags: Vec<&str> = other.names.get(rule.tags).split('\n').collect();
        self.rule(other.names.get(rule.tool), text(rule.tool_version), other.names.get(rule.id), text(rule.name), &tags)
    }

    /// Says what became of a finding since the baseline.
    pub fn set_compared(&mut self, index: usize, compared: Comparison) {
        if let Some(row) = self.rows.get_mut(index) {
            row.compared = compared;
            row.gone = compared == Comparison::Gone;
        }
    }

    /// Gives a finding another identity than it was added with.
    pub fn set_fingerprint(&mut self, index: usize, fingerprint: u128) {
        if let Some(row) = self.rows.get_mut(index) {
            row.fingerprint = fingerprint;
        }
    }

    /// Takes back all findings but the first ones.
    pub fn truncate(&mut self, len: usize) {
        self.rows.truncate(len);
    }

    /// How many findings were added.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Ends collecting: sorts everything, and tells findings of equal identity apart by their order.
    #[must_use]
    pub fn finish(self) -> Findings {
        let Self { paths, names, messages, rules, cwe, mut rows } = self;
        let (paths, new_path) = paths.finish();
        let (names, new_name) = names.finish();
        let (messages, new_message) = messages.finish();
        let renumber = |table: &[u32], old: u32| table.get(old as usize).copied().unwrap_or(NO_SYMBOL);

        let rules: Vec<Rule> = rules
            .into_iter()
            .map(|rule| Rule {
                tool: renumber(&new_name, rule.tool),
                tool_version: renumber(&new_name, rule.tool_version),
                id: renumber(&new_name, rule.id),
                name: renumber(&new_name, rule.name),
                tags: renumber(&new_name, rule.tags),
            })
            .collect();
        let (rules, new_rule) = sorted(rules);
        let (cwe, new_cwe) = sorted(cwe.into_iter().collect());

        for row in &mut rows {
            row.path = renumber(&new_path, row.path);
            row.message = renumber(&new_message, row.message);
            row.unmapped = renumber(&new_name, row.unmapped);
            row.package = renumber(&new_name, row.package);
            row.rule = renumber(&new_rule, row.rule);
            row.cwe = renumber(&new_cwe, row.cwe);
        }
        let sort = |rows: &mut [Row]| {
            rows.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        };
        sort(&mut rows);
        if tell_apart_equal_fingerprints(&mut rows) {
            // The new fingerprints have a place in the order too; without it, reading findings back would move them.
            sort(&mut rows);
        }
        let live = rows.iter().filter(|row| !row.gone).count();
        Findings { live, paths, names, messages, rules, cwe, columns: Columns::from_rows(&rows) }
    }
}

/// The text of a number, if it is one.
fn text(strings: &Strings, symbol: u32) -> Option<&str> {
    (symbol != NO_SYMBOL).then(|| strings.get(symbol))
}

/// The number of a text, or [`NO_SYMBOL`].
fn optional(strings: &mut Strings, text: Option<&str>) -> u32 {
    text.map_or(NO_SYMBOL, |text| strings.intern(text))
}

/// The items in order, and for each old position the new one.
fn sorted<T: Ord>(items: Vec<T>) -> (Vec<T>, Vec<u32>) {
    let mut order: Vec<(T, usize)> = items.into_iter().enumerate().map(|(index, item)| (item, index)).collect();
    order.sort_unstable();
    let mut renumbered = vec![0; order.len()];
    let mut out = Vec::with_capacity(order.len());
    for (new, (item, old)) in order.into_iter().enumerate() {
        if let Some(slot) = renumbered.get_mut(old) {
            *slot = u32::try_from(new).unwrap_or(NO_SYMBOL);
        }
        out.push(item);
    }
    (out, renumbered)
}

/// The second, third, ... finding of one identity gets a fingerprint of its own, by canonical order, that no other
/// finding has. Says whether there was any.
fn tell_apart_equal_fingerprints(rows: &mut [Row]) -> bool {
    const STEP: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
    let mut ordinals: indexmap::IndexMap<u128, u128> = indexmap::IndexMap::with_capacity(rows.len());
    let mut any = false;
    for row in rows {
        let shared = row.fingerprint;
        let mut ordinal = ordinals.get(&shared).copied().unwrap_or(0);
        while ordinals.contains_key(&row.fingerprint) {
            ordinal += 1;
            row.fingerprint = shared ^ ordinal.wrapping_mul(STEP);
            any = true;
        }
        ordinals.insert(row.fingerprint, 0);
        if ordinal > 0 {
            ordinals.insert(shared, ordinal);
        }
    }
    any
}

impl Columns {
    fn from_rows(rows: &[Row]) -> Self {
        Self {
            path: rows.iter().map(|row| row.path).collect(),
            line: rows.iter().map(|row| row.line).collect(),
            end_line: rows.iter().map(|row| row.end_line).collect(),
            column: rows.iter().map(|row| row.column).collect(),
            rule: rows.iter().map(|row| row.rule).collect(),
            message: rows.iter().map(|row| row.message).collect(),
            fingerprint: rows.iter().map(|row| row.fingerprint).collect(),
            unmapped: rows.iter().map(|row| row.unmapped).collect(),
            cwe: rows.iter().map(|row| row.cwe).collect(),
            package: rows.iter().map(|row| row.package).collect(),
            score: rows.iter().map(|row| row.score).collect(),
            kind: rows.iter().map(|row| row.kind).collect(),
            level: rows.iter().map(|row| row.level).collect(),
            severity: rows.iter().map(|row| row.severity).collect(),
            severity_from: rows.iter().map(|row| row.severity_from).collect(),
            suppression: rows.iter().map(|row| row.suppression).collect(),
            baseline_state: rows.iter().map(|row| row.baseline_state).collect(),
            introduced: rows.iter().map(|row| row.compared.introduced()).collect(),
            compared: rows.iter().map(|row| row.compared).collect(),
            on_changed_line: rows.iter().map(|row| row.on_changed_line).collect(),
        }
    }
}
