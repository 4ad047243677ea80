//! Findings, as columns over interned strings.
//!
//! A hundred thousand findings share a few hundred rules and a few thousand paths: each distinct text is held once and a
//! finding is a row of numbers. Rows have one canonical order, so that it does not matter in which order files were read.
//!
//! Behind the findings of the head stand those of the baseline that the head has no more: they are no findings of the
//! change, so that counting and going through all leaves them out, and yet they can be looked at like the others.

mod builder;
mod tool;
mod words;

pub use self::builder::FindingsBuilder;
pub use self::tool::tool_key;
pub use self::words::{BaselineState, Comparison, FindingKind, Introduced, Level, Severity, SeverityFrom, Suppression};

use super::strings::StringTable;

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
    /// The package that it is about, as a package URL with its version.
    pub package: Option<&'a str>,
    /// The finding's identity without its position in the file; equal ones are told apart by their order.
    pub fingerprint: u128,
    /// What the upload says of suppression.
    pub suppression: Suppression,
    /// What the upload says of its baseline.
    pub baseline_state: BaselineState,
    /// Whether it lies on a line that the change adds or edits, or can't be placed.
    pub on_changed_line: bool,
    /// What became of it since the baseline, and so whether the change brings it in.
    pub compared: Comparison,
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
    /// The package that it is about, as a package URL with its version.
    pub package: Option<&'a str>,
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
    /// What became of it since the baseline.
    pub compared: Comparison,
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
    package: Vec<u32>,
    score: Vec<f32>,
    kind: Vec<FindingKind>,
    level: Vec<Level>,
    severity: Vec<Severity>,
    severity_from: Vec<SeverityFrom>,
    suppression: Vec<Suppression>,
    baseline_state: Vec<BaselineState>,
    introduced: Vec<Introduced>,
    compared: Vec<Comparison>,
    on_changed_line: Vec<bool>,
}

/// All findings of one change, in canonical order: by path (those without one last), line, column, rule, message. Those
/// that are gone since the baseline stand behind all others, in the same order.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// How many are not gone.
    live: usize,
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
        self.len() == other.len() && self.iter().eq(other.iter()) && self.gone().eq(other.gone())
    }
}

impl Findings {
    /// How many there are; those that are gone are none.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.live
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Positions of those that are gone since the baseline, for [`Findings::get`] and the columns.
    #[must_use]
    pub fn gone_rows(&self) -> std::ops::Range<usize> {
        self.live..self.columns.path.len()
    }

    /// Those that are gone since the baseline. Their path and line are the baseline's.
    pub fn gone(&self) -> impl Iterator<Item = Finding<'_>> {
        self.gone_rows().filter_map(|index| self.get(index))
    }

    /// One finding, or one that is gone; `None` past the end.
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
            package: text(&self.names, *columns.package.get(index)?),
            fingerprint: *columns.fingerprint.get(index)?,
            suppression: *columns.suppression.get(index)?,
            baseline_state: *columns.baseline_state.get(index)?,
            on_changed_line: *columns.on_changed_line.get(index)?,
            introduced: *columns.introduced.get(index)?,
            compared: *columns.compared.get(index)?,
        })
    }

    /// All of them, without those that are gone.
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

    /// Column: what became of each finding since the baseline.
    #[must_use]
    pub fn compared(&self) -> &[Comparison] {
        &self.columns.compared
    }

    /// Column: whether each finding lies on a changed line, or can't be placed.
    #[must_use]
    pub fn on_changed_line(&self) -> &[bool] {
        &self.columns.on_changed_line
    }

    /// Column: what the upload says of its own baseline.
    #[must_use]
    pub fn baseline_states(&self) -> &[BaselineState] {
        &self.columns.baseline_state
    }

    /// Column: what kind of statement each finding is.
    #[must_use]
    pub fn kinds(&self) -> &[FindingKind] {
        &self.columns.kind
    }

    /// Column: which scale each severity was read from.
    #[must_use]
    pub fn severity_origins(&self) -> &[SeverityFrom] {
        &self.columns.severity_from
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
