//! Tests, coverage and reviews in short, as the verdict carries them.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evidence::{CheckStatus, Evidence, FileChange, FileCoverage, FileKind, Review, ReviewState, TestCase};

/// The test cases in short. An empty one says nothing by itself: the sources tell whether any test report was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestsSummary {
    /// In all.
    pub total: u64,
    /// Those that passed.
    pub passed: u64,
    /// Those that failed or could not be run.
    pub failed: u64,
    /// Those that were not run.
    pub skipped: u64,
    /// Of those that passed, the ones that failed before.
    pub flaky: u64,
    /// Those that failed, then the flaky ones; at most [`TestsSummary::MAX_ITEMS`].
    pub items: Vec<TestItem>,
    /// How many of these are not among `items`.
    pub omitted: u64,
}

/// A test case as the verdict shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestItem {
    /// The suite that it belongs to.
    pub suite: String,
    /// The class or module that it is of.
    pub class: Option<String>,
    /// Its name.
    pub name: String,
    /// How it ended.
    pub status: CheckStatus,
    /// How often it was run.
    pub attempts: u32,
    /// The file that it is in.
    pub path: Option<String>,
    /// The line in that file, from 1.
    pub line: Option<u32>,
    /// What the first failure says.
    pub message: Option<String>,
}

/// Coverage of the changed lines in short. An empty one says nothing by itself: the sources tell whether any coverage
/// was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverageSummary {
    /// Changed files that a report measured.
    pub files: u64,
    /// Their changed lines that were executed.
    pub covered: u64,
    /// Their changed lines that could have been and were not.
    pub missed: u64,
    /// Changed source files with added lines that no report names.
    pub unmeasured: u64,
    /// Files with missed lines, most missed first; at most [`CoverageSummary::MAX_ITEMS`].
    pub items: Vec<CoverageItem>,
    /// How many of these are not among `items`.
    pub omitted: u64,
}

/// Coverage of a changed file as the verdict shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverageItem {
    /// The file.
    pub path: String,
    /// How many of its changed lines were executed.
    pub covered: u64,
    /// The changed lines that could have been and were not, as `FIRST` or `FIRST-LAST`.
    pub missed: Vec<String>,
}

/// What reviewers hold now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewsSummary {
    /// Reviews in all, comments too.
    pub total: u64,
    /// The latest decisive review of each person, by person; at most [`ReviewsSummary::MAX_ITEMS`].
    pub items: Vec<ReviewItem>,
    /// How many of these are not among `items`.
    pub omitted: u64,
}

/// A review as the verdict shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewItem {
    /// The reviewer.
    pub reviewer: String,
    /// Whether the reviewer is a bot.
    pub bot: bool,
    /// What they said.
    pub state: ReviewState,
    /// The commit that they looked at.
    pub commit: Option<String>,
    /// Whether that is the head of the change; `null` where it is not known.
    pub at_head: Option<bool>,
}

impl TestsSummary {
    /// How many test cases a verdict shows.
    pub const MAX_ITEMS: usize = 100;

    /// The test cases in short.
    #[must_use]
    pub fn new(tests: &[TestCase]) -> Self {
        let of = |status| tests.iter().filter(|test| test.status == status).count() as u64;
        let failed = tests.iter().filter(|test| test.status == CheckStatus::Failed);
        let flaky = tests.iter().filter(|test| test.is_flaky());
        let (number_failed, number_flaky) = (of(CheckStatus::Failed), flaky.clone().count() as u64);
        let items: Vec<TestItem> = failed.chain(flaky).take(Self::MAX_ITEMS).map(TestItem::from).collect();
        Self {
            total: tests.len() as u64,
            passed: of(CheckStatus::Passed),
            failed: number_failed,
            skipped: of(CheckStatus::Skipped),
            flaky: number_flaky,
            omitted: number_failed + number_flaky - items.len() as u64,
            items,
        }
    }
}

impl From<&TestCase> for TestItem {
    fn from(test: &TestCase) -> Self {
        Self {
            suite: test.suite.clone(),
            class: test.class.clone(),
            name: test.name.clone(),
            status: test.status,
            attempts: test.attempts,
            path: test.path.clone(),
            line: (test.line > 0).then_some(test.line),
            message: test.message.clone(),
        }
    }
}

impl CoverageSummary {
    /// How many files a verdict shows.
    pub const MAX_ITEMS: usize = 50;

    /// Coverage in short; `files` are the changed ones.
    #[must_use]
    pub fn new(coverage: &[FileCoverage], files: &[FileChange]) -> Self {
        let sum = |lines: fn(&FileCoverage) -> &[u32]| coverage.iter().map(|file| lines(file).len() as u64).sum();
        let measured: BTreeSet<&str> = coverage.iter().map(|file| file.path.as_str()).collect();
        let to_measure =
            |file: &&FileChange| file.kind == FileKind::Source && file.added.is_some_and(|added| added > 0);
        let mut missing: Vec<&FileCoverage> = coverage.iter().filter(|file| !file.missed.is_empty()).collect();
        missing.sort_by_key(|file| std::cmp::Reverse(file.missed.len()));
        Self {
            files: coverage.len() as u64,
            covered: sum(|file| &file.covered),
            missed: sum(|file| &file.missed),
            unmeasured: files.iter().filter(to_measure).filter(|file| !measured.contains(file.path.as_str())).count()
                as u64,
            items: missing.iter().take(Self::MAX_ITEMS).map(|file| CoverageItem::from(*file)).collect(),
            omitted: missing.len().saturating_sub(Self::MAX_ITEMS) as u64,
        }
    }
}

impl From<&FileCoverage> for CoverageItem {
    fn from(file: &FileCoverage) -> Self {
        Self { path: file.path.clone(), covered: file.covered.len() as u64, missed: ranges(&file.missed) }
    }
}

/// Ascending lines as ranges.
fn ranges(lines: &[u32]) -> Vec<String> {
    lines
        .chunk_by(|line, next| line.checked_add(1) == Some(*next))
        .filter_map(|run| match (run.first()?, run.last()?) {
            (first, last) if first == last => Some(first.to_string()),
            (first, last) => Some(format!("{first}-{last}")),
        })
        .collect()
}

impl ReviewsSummary {
    /// How many people a verdict shows.
    pub const MAX_ITEMS: usize = 100;

    /// The reviews in short.
    #[must_use]
    pub fn new(evidence: &Evidence) -> Self {
        let head = evidence.change.head.as_deref();
        let mut items: Vec<ReviewItem> =
            evidence.reviews.iter().filter(|review| review.latest).filter_map(|review| item(review, head)).collect();
        items.sort();
        let latest = items.len();
        items.truncate(Self::MAX_ITEMS);
        Self { total: evidence.reviews.len() as u64, omitted: (latest - items.len()) as u64, items }
    }
}

fn item(review: &Review, head: Option<&str>) -> Option<ReviewItem> {
    Some(ReviewItem {
        reviewer: review.reviewer.clone()?,
        bot: review.bot,
        state: review.state,
        commit: review.commit.clone(),
        at_head: review.commit.as_deref().zip(head).map(|(commit, head)| commit.eq_ignore_ascii_case(head)),
    })
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn neighbouring_lines_are_one_range() {
        assert_eq!(ranges(&[1, 2, 3, 5, 8, 9]), ["1-3", "5", "8-9"]);
        assert!(ranges(&[]).is_empty());
        assert_eq!(ranges(&[u32::MAX]), [u32::MAX.to_string()]);
    }
}
