//! What was tested, and which of the changed lines ran.

use super::vocabulary::vocabulary;

vocabulary! {
    /// How a test case ended.
    pub enum CheckStatus("check status", ordered: false) {
        /// It passed, at the last attempt where there were several.
        Passed = "passed",
        /// It failed, or could not be run.
        Failed = "failed",
        /// It was not run.
        Skipped = "skipped",
    }
}

/// One test case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestCase {
    /// The suite that it belongs to: names of nested suites joined by ` > `, outermost first; may be empty.
    pub suite: String,
    /// The class or module that it is of, where the report says.
    pub class: Option<String>,
    /// Its name.
    pub name: String,
    /// How it ended.
    pub status: CheckStatus,
    /// How often it was run: 1, or more where it was tried again.
    pub attempts: u32,
    /// The file that it is in, in the repository, where the report says and it can be mapped.
    pub path: Option<String>,
    /// The line in that file, from 1; 0 where the report gives none.
    pub line: u32,
    /// What the first failure says, or why it was skipped; cut to [`TestCase::MAX_MESSAGE`] bytes.
    pub message: Option<String>,
}

impl TestCase {
    /// The longest message that is kept, in bytes.
    pub const MAX_MESSAGE: usize = 1_000;

    /// Whether it passed only after having failed.
    #[must_use]
    pub fn is_flaky(&self) -> bool {
        self.status == CheckStatus::Passed && self.attempts > 1
    }
}

/// Coverage of the changed lines of one changed file. A file without any entry was not measured.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileCoverage {
    /// The file.
    pub path: String,
    /// Changed lines that were executed, ascending.
    pub covered: Vec<u32>,
    /// Changed lines that could have been and were not, ascending.
    pub missed: Vec<u32>,
}
