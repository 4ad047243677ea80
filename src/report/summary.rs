//! The evidence in short, as the verdict carries it: counts of everything, and the items that a reader looks at first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evidence::{
    Comparison, FileChange, FileKind, FileStatus, Finding, Findings, Introduced, Severity, Suppression, Word,
};

/// A word and how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// The word.
    pub name: String,
    /// How often.
    pub count: u64,
}

/// How many findings of one severity there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeverityCount {
    /// The severity.
    pub severity: Severity,
    /// In all.
    pub total: u64,
    /// Of those, introduced or not known to be older.
    pub introduced: u64,
    /// Of those in all, on lines that the change adds or edits, or that can't be placed.
    pub on_changed_lines: u64,
}

/// How many findings the change brings in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntroducedCounts {
    /// A complete baseline does not have them.
    pub yes: u64,
    /// The baseline has them too.
    pub no: u64,
    /// No complete baseline tells.
    pub unknown: u64,
}

/// What became of findings since the baseline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparedCounts {
    /// A complete baseline does not have them.
    pub new: u64,
    /// The baseline has them at the same place.
    pub unchanged: u64,
    /// The baseline has them at another place.
    pub moved: u64,
    /// Nothing shows which.
    pub unknown: u64,
    /// The baseline has them, and the head has not; they count nowhere else.
    pub gone: u64,
}

/// The findings in short.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingsSummary {
    /// In all.
    pub total: u64,
    /// Which the change brings in.
    pub introduced: IntroducedCounts,
    /// What became of them since the baseline.
    pub compared: ComparedCounts,
    /// On lines that the change adds or edits, or that can't be placed.
    pub on_changed_lines: u64,
    /// Those whose location could not be mapped into the repository.
    pub unmapped: u64,
    /// Those that the upload says are suppressed; nobody but a policy honours it.
    pub suppressed: u64,
    /// By severity, worst first.
    pub by_severity: Vec<SeverityCount>,
    /// By tool.
    pub by_tool: Vec<Count>,
    /// Those to look at first: those that are not known to be old, then those on changed lines, worst first; at most [`FindingsSummary::MAX_ITEMS`].
    pub items: Vec<FindingItem>,
    /// How many are not among `items`.
    pub omitted: u64,
}

/// A finding as the verdict shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingItem {
    /// The tool.
    pub tool: String,
    /// The tool's rule.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// What the tool says.
    pub message: String,
    /// The path in the repository; `null` where it could not be mapped.
    pub path: Option<String>,
    /// The line, from 1; `null` where the tool gives none.
    pub line: Option<u32>,
    /// Whether it lies on a changed line, or can't be placed.
    pub on_changed_line: bool,
    /// Whether the change brings it in.
    pub introduced: Introduced,
    /// What became of it since the baseline.
    pub compared: Comparison,
    /// Its identity.
    pub fingerprint: String,
}

/// The changed files in short.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilesSummary {
    /// In all.
    pub total: u64,
    /// Lines added, of the files whose lines can be counted.
    pub added: u64,
    /// Lines removed, of the files whose lines can be counted.
    pub removed: u64,
    /// Files whose lines can't be counted.
    pub uncounted: u64,
    /// By status.
    pub by_status: Vec<Count>,
    /// By kind.
    pub by_kind: Vec<Count>,
    /// By path; at most [`FilesSummary::MAX_ITEMS`].
    pub items: Vec<FileItem>,
    /// How many are not among `items`.
    pub omitted: u64,
}

/// A changed file as the verdict shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileItem {
    /// The path.
    pub path: String,
    /// The path before, of a renamed file.
    pub previous_path: Option<String>,
    /// What happened to it.
    pub status: FileStatus,
    /// What it is for.
    pub kind: FileKind,
    /// Lines added; `null` where they can't be counted.
    pub added: Option<u32>,
    /// Lines removed; `null` where they can't be counted.
    pub removed: Option<u32>,
}

impl FindingsSummary {
    /// How many findings a verdict shows.
    pub const MAX_ITEMS: usize = 50;

    /// The findings of one change in short.
    #[must_use]
    pub fn new(findings: &Findings) -> Self {
        let mut summary = Self { total: findings.len() as u64, ..Self::default() };
        summary.compared.gone = findings.gone_rows().len() as u64;
        let mut severities: Vec<SeverityCount> = Severity::ALL
            .iter()
            .rev()
            .map(|severity| SeverityCount { severity: *severity, total: 0, introduced: 0, on_changed_lines: 0 })
            .collect();
        let mut tools = indexmap::IndexMap::<&str, u64>::new();
        let mut order: Vec<(bool, bool, std::cmp::Reverse<Severity>, usize)> = Vec::with_capacity(findings.len());
        for (index, finding) in findings.iter().enumerate() {
            match finding.introduced {
                Introduced::Yes => summary.introduced.yes += 1,
                Introduced::No => summary.introduced.no += 1,
                Introduced::Unknown => summary.introduced.unknown += 1,
            }
            match finding.compared {
                Comparison::New => summary.compared.new += 1,
                Comparison::Unchanged => summary.compared.unchanged += 1,
                Comparison::Moved => summary.compared.moved += 1,
                Comparison::Unknown | Comparison::Gone => summary.compared.unknown += 1,
            }
            summary.on_changed_lines += u64::from(finding.on_changed_line);
            summary.unmapped += u64::from(finding.path.is_none());
            summary.suppressed += u64::from(finding.suppression != Suppression::No);
            *tools.entry(finding.tool).or_default() += 1;
            if let Some(count) = severities.iter_mut().find(|count| count.severity == finding.severity) {
                count.total += 1;
                count.introduced += u64::from(finding.introduced != Introduced::No);
                count.on_changed_lines += u64::from(finding.on_changed_line);
            }
            let is_old = finding.introduced == Introduced::No;
            order.push((is_old, !finding.on_changed_line, std::cmp::Reverse(finding.severity), index));
        }
        severities.retain(|count| count.total > 0);
        summary.by_severity = severities;
        tools.sort_unstable_keys();
        summary.by_tool = tools.into_iter().map(|(name, count)| Count { name: name.to_owned(), count }).collect();
        order.sort_unstable();
        summary.items = order
            .iter()
            .take(Self::MAX_ITEMS)
            .filter_map(|(_, _, _, index)| findings.get(*index))
            .map(|finding| FindingItem::from(&finding))
            .collect();
        summary.omitted = summary.total - summary.items.len() as u64;
        summary
    }
}

impl From<&Finding<'_>> for FindingItem {
    fn from(finding: &Finding<'_>) -> Self {
        Self {
            tool: finding.tool.to_owned(),
            rule: finding.rule.to_owned(),
            severity: finding.severity,
            message: finding.message.to_owned(),
            path: finding.path.or(finding.unmapped).map(str::to_owned),
            line: (finding.line > 0).then_some(finding.line),
            on_changed_line: finding.on_changed_line,
            introduced: finding.introduced,
            compared: finding.compared,
            fingerprint: format!("{:032x}", finding.fingerprint),
        }
    }
}

impl FilesSummary {
    /// How many files a verdict shows.
    pub const MAX_ITEMS: usize = 200;

    /// The changed files in short.
    #[must_use]
    pub fn new(files: &[FileChange]) -> Self {
        Self {
            total: files.len() as u64,
            added: files.iter().filter_map(|file| file.added).map(u64::from).sum(),
            removed: files.iter().filter_map(|file| file.removed).map(u64::from).sum(),
            uncounted: files.iter().filter(|file| file.added.is_none()).count() as u64,
            by_status: count_by(files, |file| file.status),
            by_kind: count_by(files, |file| file.kind),
            items: files.iter().take(Self::MAX_ITEMS).map(FileItem::from).collect(),
            omitted: files.len().saturating_sub(Self::MAX_ITEMS) as u64,
        }
    }
}

impl From<&FileChange> for FileItem {
    fn from(file: &FileChange) -> Self {
        Self {
            path: file.path.clone(),
            previous_path: file.previous_path.clone(),
            status: file.status,
            kind: file.kind,
            added: file.added,
            removed: file.removed,
        }
    }
}

/// Counts by a word, in the order of its vocabulary; words that do not occur are left out.
pub(super) fn count_by<T, W: Word + PartialEq>(items: &[T], word: impl Fn(&T) -> W) -> Vec<Count> {
    W::ALL
        .iter()
        .map(|value| Count {
            name: value.as_str().to_owned(),
            count: items.iter().filter(|item| word(item) == *value).count() as u64,
        })
        .filter(|count| count.count > 0)
        .collect()
}
