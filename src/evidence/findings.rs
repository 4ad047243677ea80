//! Findings, as columns over interned strings.
//!
//! A hundred thousand findings share a few hundred rules and a few thousand paths: each distinct text is held once and a
//! finding is a row of numbers. Rows have one canonical order, so that it does not matter in which order files were read.

use std::borrow::Cow;

use super::strings::{StringTable, Strings};
use super::vocabulary::vocabulary;

vocabulary! {
    /// How bad a finding is, in CVSS's words.
    pub enum Severity("severity", ordered: true) {
        /// Nothing to worry about.
        None = "none",
        /// CVSS 0.1 to 3.9, or SARIF level `note`.
        Low = "low",
        /// CVSS 4.0 to 6.9, or SARIF level `warning`.
        Medium = "medium",
        /// CVSS 7.0 to 8.9, or SARIF level `error`.
        High = "high",
        /// CVSS 9.0 to 10.0.
        Critical = "critical",
    }
}

impl Severity {
    /// CVSS v3.1's bands (section 5, qualitative severity rating scale). The caller has checked that it is 0.0 to 10.0.
    #[must_use]
    pub fn from_score(score: f32) -> Self {
        match score {
            score if score >= 9.0 => Self::Critical,
            score if score >= 7.0 => Self::High,
            score if score >= 4.0 => Self::Medium,
            score if score > 0.0 => Self::Low,
            _ => Self::None,
        }
    }
}

vocabulary! {
    /// Which of the producer's scales the severity was read from.
    pub enum SeverityFrom("severity origin", ordered: false) {
        /// A CVSS score in the property `security-severity`.
        SecuritySeverity = "security-severity",
        /// The SARIF level.
        Level = "level",
        /// A word of the producer's own scale.
        Producer = "producer",
    }
}

vocabulary! {
    /// SARIF's level, section 3.27.10.
    pub enum Level("level", ordered: true) {
        /// No problem is stated.
        None = "none",
        /// A minor problem.
        Note = "note",
        /// A problem.
        Warning = "warning",
        /// A serious problem.
        Error = "error",
    }
}

impl Level {
    /// The severity that a level stands for where there is no score.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::None => Severity::None,
            Self::Note => Severity::Low,
            Self::Warning => Severity::Medium,
            Self::Error => Severity::High,
        }
    }
}

vocabulary! {
    /// Those of SARIF's kinds (section 3.27.9) that state something to look at; results of the others are set aside.
    pub enum FindingKind("finding kind", ordered: false) {
        /// The target has a problem.
        Fail = "fail",
        /// Somebody has to look.
        Review = "review",
        /// The tool could not tell.
        Open = "open",
    }
}

vocabulary! {
    /// Whether the change brings the finding in.
    pub enum Introduced("introduced", ordered: false) {
        /// A complete baseline does not have it.
        Yes = "yes",
        /// The baseline has it too.
        No = "no",
        /// There is no complete baseline to tell by.
        Unknown = "unknown",
    }
}

vocabulary! {
    /// What the upload says of the finding against the producer's own baseline, SARIF section 3.27.24.
    pub enum BaselineState("baseline state", ordered: false) {
        /// It says nothing.
        Unstated = "unstated",
        /// Not in the baseline.
        New = "new",
        /// In the baseline, alike.
        Unchanged = "unchanged",
        /// In the baseline, differently.
        Updated = "updated",
    }
}

vocabulary! {
    /// What the upload says of suppression, SARIF section 3.27.23; visible, and honoured by nobody but a policy.
    pub enum Suppression("suppression", ordered: false) {
        /// Not suppressed.
        No = "no",
        /// Suppressed by a comment in the source.
        InSource = "in-source",
        /// Suppressed outside the source.
        External = "external",
    }
}

/// The number of a rule in the builder that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(u32);

/// "No text": a finding without a path.
pub const NO_SYMBOL: u32 = u32::MAX;

/// One finding to be added: what the builder does not share between findings.
#[derive(Debug, Clone, Copy)]
pub struct FindingRow<'a> {
    /// The rule that found it.
    pub rule: RuleId,
    /// What kind of statement it is.
    pub kind: FindingKind,
    /// SARIF's level, defaults applied.
    pub level: Level,
    /// How bad it is.
    pub severity: Severity,
    /// Which scale `severity` was read from.
    pub severity_from: SeverityFrom,
    /// The score, 0.0 to 10.0, where there is one.
    pub score: Option<f32>,
    /// What the tool says.
    pub message: &'a str,
    /// The path in the repository; `None` where the location could not be mapped into it.
    pub path: Option<&'a str>,
    /// The location as the tool wrote it, where it could not be mapped.
    pub unmapped: Option<&'a str>,
    /// First line, from 1; 0 where the tool gives none.
    pub line: u32,
    /// Last line; `line` where the tool gives none.
    pub end_line: u32,
    /// First column as the tool counts; 0 where it gives none.
    pub column: u32,
    /// CWE numbers, ascending, each once.
    pub cwe: &'a [u32],
    /// The finding's identity without its position in the file; equal ones are told apart by their order.
    pub fingerprint: u128,
    /// What the upload says of suppression.
    pub suppression: Suppression,
    /// What the upload says of its baseline.
    pub baseline_state: BaselineState,
    /// Whether it lies on a line that the change adds or edits, or can't be placed.
    pub on_changed_line: bool,
    /// Whether the change brings it in.
    pub introduced: Introduced,
}

/// One finding, borrowed from the store.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding<'a> {
    /// The tool's name.
    pub tool: &'a str,
    /// The tool's version.
    pub tool_version: Option<&'a str>,
    /// The rule's id.
    pub rule: &'a str,
    /// The rule's name.
    pub rule_name: Option<&'a str>,
    /// The rule's tags, joined by line feeds.
    tags: &'a str,
    /// What kind of statement it is.
    pub kind: FindingKind,
    /// SARIF's level, defaults applied.
    pub level: Level,
    /// How bad it is.
    pub severity: Severity,
    /// Which scale `severity` was read from.
    pub severity_from: SeverityFrom,
    /// The score, 0.0 to 10.0, where there is one.
    pub score: Option<f32>,
    /// What the tool says.
    pub message: &'a str,
    /// The path in the repository.
    pub path: Option<&'a str>,
    /// The location as the tool wrote it, where it could not be mapped.
    pub unmapped: Option<&'a str>,
    /// First line, from 1; 0 where the tool gives none.
    pub line: u32,
    /// Last line; `line` where the tool gives none.
    pub end_line: u32,
    /// First column as the tool counts; 0 where it gives none.
    pub column: u32,
    /// CWE numbers, ascending.
    pub cwe: &'a [u32],
    /// Identity of the finding, unique in this evidence.
    pub fingerprint: u128,
    /// What the upload says of suppression.
    pub suppression: Suppression,
    /// What the upload says of its baseline.
    pub baseline_state: BaselineState,
    /// Whether it lies on a line that the change adds or edits, or can't be placed.
    pub on_changed_line: bool,
    /// Whether the change brings it in.
    pub introduced: Introduced,
}

impl<'a> Finding<'a> {
    /// The rule's tags, in byte order.
    pub fn tags(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.tags.split('\n').filter(|tag| !tag.is_empty())
    }
}

/// What all findings of one rule share; the numbers are of `names`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Rule {
    tool: u32,
    tool_version: u32,
    id: u32,
    name: u32,
    tags: u32,
}

/// The numbers of one finding, in the order that rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
struct Row {
    path: u32,
    line: u32,
    column: u32,
    end_line: u32,
    rule: u32,
    message: u32,
    fingerprint: u128,
    unmapped: u32,
    cwe: u32,
    score: f32,
    kind: FindingKind,
    level: Level,
    severity: Severity,
    severity_from: SeverityFrom,
    suppression: Suppression,
    baseline_state: BaselineState,
    introduced: Introduced,
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
            path: optional(&mut self.paths, finding.path),
            line: finding.line,
            column: finding.column,
            end_line: finding.end_line,
            rule: finding.rule.0,
            message: self.messages.intern(finding.message),
            fingerprint: finding.fingerprint,
            unmapped: optional(&mut self.names, finding.unmapped),
            cwe: u32::try_from(cwe).unwrap_or(0),
            score: finding.score.unwrap_or(-1.0),
            kind: finding.kind,
            level: finding.level,
            severity: finding.severity,
            severity_from: finding.severity_from,
            suppression: finding.suppression,
            baseline_state: finding.baseline_state,
            introduced: finding.introduced,
            on_changed_line: finding.on_changed_line,
        });
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
        Findings { paths, names, messages, rules, cwe, columns: Columns::from_rows(&rows) }
    }
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

#[derive(Debug, Clone, Default)]
struct Columns {
    path: Vec<u32>,
    line: Vec<u32>,
    end_line: Vec<u32>,
    column: Vec<u32>,
    rule: Vec<u32>,
    message: Vec<u32>,
    fingerprint: Vec<u128>,
    unmapped: Vec<u32>,
    cwe: Vec<u32>,
    score: Vec<f32>,
    kind: Vec<FindingKind>,
    level: Vec<Level>,
    severity: Vec<Severity>,
    severity_from: Vec<SeverityFrom>,
    suppression: Vec<Suppression>,
    baseline_state: Vec<BaselineState>,
    introduced: Vec<Introduced>,
    on_changed_line: Vec<bool>,
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
            score: rows.iter().map(|row| row.score).collect(),
            kind: rows.iter().map(|row| row.kind).collect(),
            level: rows.iter().map(|row| row.level).collect(),
            severity: rows.iter().map(|row| row.severity).collect(),
            severity_from: rows.iter().map(|row| row.severity_from).collect(),
            suppression: rows.iter().map(|row| row.suppression).collect(),
            baseline_state: rows.iter().map(|row| row.baseline_state).collect(),
            introduced: rows.iter().map(|row| row.introduced).collect(),
            on_changed_line: rows.iter().map(|row| row.on_changed_line).collect(),
        }
    }
}

/// All findings of one change, in canonical order: by path (those without one last), line, column, rule, message.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    paths: StringTable,
    names: StringTable,
    messages: StringTable,
    rules: Vec<Rule>,
    cwe: Vec<Box<[u32]>>,
    columns: Columns,
}

impl PartialEq for Findings {
    /// The same findings; texts and rules that no finding uses don't count.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Findings {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.path.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.path.is_empty()
    }

    /// One finding, or `None` past the end.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Finding<'_>> {
        let columns = &self.columns;
        let rule = self.rules.get(*columns.rule.get(index)? as usize)?;
        let score = *columns.score.get(index)?;
        Some(Finding {
            tool: self.names.get(rule.tool),
            tool_version: text(&self.names, rule.tool_version),
            rule: self.names.get(rule.id),
            rule_name: text(&self.names, rule.name),
            tags: self.names.get(rule.tags),
            kind: *columns.kind.get(index)?,
            level: *columns.level.get(index)?,
            severity: *columns.severity.get(index)?,
            severity_from: *columns.severity_from.get(index)?,
            score: (score >= 0.0).then_some(score),
            message: self.messages.get(*columns.message.get(index)?),
            path: text(&self.paths, *columns.path.get(index)?),
            unmapped: text(&self.names, *columns.unmapped.get(index)?),
            line: *columns.line.get(index)?,
            end_line: *columns.end_line.get(index)?,
            column: *columns.column.get(index)?,
            cwe: self.cwe.get(*columns.cwe.get(index)? as usize)?,
            fingerprint: *columns.fingerprint.get(index)?,
            suppression: *columns.suppression.get(index)?,
            baseline_state: *columns.baseline_state.get(index)?,
            on_changed_line: *columns.on_changed_line.get(index)?,
            introduced: *columns.introduced.get(index)?,
        })
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Finding<'_>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The distinct paths.
    #[must_use]
    pub const fn paths(&self) -> &StringTable {
        &self.paths
    }

    /// Column: number of the path in [`Findings::paths`], or [`NO_SYMBOL`].
    #[must_use]
    pub fn path_symbols(&self) -> &[u32] {
        &self.columns.path
    }

    /// Column: number of the rule, below [`Findings::rule_count`].
    #[must_use]
    pub fn rule_symbols(&self) -> &[u32] {
        &self.columns.rule
    }

    /// How many distinct rules there are.
    #[must_use]
    pub const fn rule_count(&self) -> usize {
        self.rules.len()
    }

    /// The tool and the id of a rule by its number.
    #[must_use]
    pub fn rule(&self, symbol: u32) -> Option<(&str, &str)> {
        let rule = self.rules.get(symbol as usize)?;
        Some((self.names.get(rule.tool), self.names.get(rule.id)))
    }

    /// Column: number of the CWE set, below [`Findings::cwe_count`].
    #[must_use]
    pub fn cwe_symbols(&self) -> &[u32] {
        &self.columns.cwe
    }

    /// How many distinct CWE sets there are.
    #[must_use]
    pub const fn cwe_count(&self) -> usize {
        self.cwe.len()
    }

    /// A CWE set by its number.
    #[must_use]
    pub fn cwe(&self, symbol: u32) -> &[u32] {
        self.cwe.get(symbol as usize).map_or(&[], |set| set)
    }

    /// Column: how bad each finding is.
    #[must_use]
    pub fn severities(&self) -> &[Severity] {
        &self.columns.severity
    }

    /// Column: SARIF's level of each finding.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        &self.columns.level
    }

    /// Column: whether the change brings each finding in.
    #[must_use]
    pub fn introduced(&self) -> &[Introduced] {
        &self.columns.introduced
    }

    /// Column: whether each finding lies on a changed line, or can't be placed.
    #[must_use]
    pub fn on_changed_line(&self) -> &[bool] {
        &self.columns.on_changed_line
    }

    /// Column: what the upload says of suppression.
    #[must_use]
    pub fn suppressions(&self) -> &[Suppression] {
        &self.columns.suppression
    }
}

fn text(table: &StringTable, symbol: u32) -> Option<&str> {
    (symbol != NO_SYMBOL).then(|| table.get(symbol))
}
