//! Records of test cases and coverage.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::{Checked, Fault};
use super::scalars::{RepositoryPath, Text};
use super::strict::word;
use crate::evidence::{CheckStatus, FileCoverage, TestCase};

/// One test case. A hand-written one needs `suite`, `name` and `status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestRecord<'a> {
    /// The suite that it belongs to: names of nested suites joined by ` > `, outermost first; may be empty.
    #[serde(borrow)]
    pub suite: Text<'a>,
    /// The class or module that it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Text<'a>>,
    /// Its name.
    pub name: Text<'a>,
    /// How it ended.
    #[serde(deserialize_with = "word")]
    pub status: CheckStatus,
    /// How often it was run.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub attempts: NonZeroU32,
    /// The file that it is in, in the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<RepositoryPath<'a>>,
    /// The line in that file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<NonZeroU32>,
    /// What the first failure says, or why it was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Text<'a>>,
}

const fn once() -> NonZeroU32 {
    NonZeroU32::MIN
}

fn is_once(attempts: &NonZeroU32) -> bool {
    *attempts == once()
}

impl<'a> From<&'a TestCase> for TestRecord<'a> {
    fn from(test: &'a TestCase) -> Self {
        Self {
            suite: test.suite.as_str().into(),
            class: test.class.as_deref().map(Text::from),
            name: test.name.as_str().into(),
            status: test.status,
            attempts: NonZeroU32::new(test.attempts).unwrap_or_else(once),
            path: test.path.as_deref().map(RepositoryPath::from),
            line: NonZeroU32::new(test.line),
            message: test.message.as_deref().map(Text::from),
        }
    }
}

impl From<TestRecord<'_>> for TestCase {
    fn from(test: TestRecord<'_>) -> Self {
        Self {
            suite: test.suite.into_string(),
            class: test.class.map(Text::into_string),
            name: test.name.into_string(),
            status: test.status,
            attempts: test.attempts.get(),
            path: test.path.map(RepositoryPath::into_string),
            line: test.line.map_or(0, NonZeroU32::get),
            message: test.message.map(Text::into_string),
        }
    }
}

/// Coverage of the changed lines of one file; no line is in both lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverageRecord<'a> {
    /// The file.
    #[serde(borrow)]
    pub path: RepositoryPath<'a>,
    /// Changed lines that were executed, ascending.
    pub covered: Vec<NonZeroU32>,
    /// Changed lines that could have been and were not, ascending.
    pub missed: Vec<NonZeroU32>,
}

impl<'a> From<&'a FileCoverage> for CoverageRecord<'a> {
    fn from(coverage: &'a FileCoverage) -> Self {
        let lines = |lines: &[u32]| lines.iter().copied().filter_map(NonZeroU32::new).collect();
        Self { path: coverage.path.as_str().into(), covered: lines(&coverage.covered), missed: lines(&coverage.missed) }
    }
}

impl CoverageRecord<'_> {
    /// The coverage that it states.
    pub(super) fn into_coverage(self) -> Checked<FileCoverage> {
        for (field, lines) in [("covered", &self.covered), ("missed", &self.missed)] {
            if !lines.is_sorted_by(|one, next| one < next) {
                return Err(Fault::field(field, "expected ascending lines, each once"));
            }
        }
        if let Some(line) = self.covered.iter().find(|line| self.missed.binary_search(line).is_ok()) {
            return Err(Fault::field("missed", format!("line {line} is in `covered` too")));
        }
        let numbers = |lines: Vec<NonZeroU32>| lines.into_iter().map(NonZeroU32::get).collect();
        Ok(FileCoverage { path: self.path.into_string(), covered: numbers(self.covered), missed: numbers(self.missed) })
    }
}
