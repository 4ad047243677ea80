//! Kinds of evidence that no reader fills yet; they have their place in the document and their completeness (`missing`).

use super::findings::Severity;
use super::vocabulary::vocabulary;

/// The licence of one locked package version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Licence {
    /// The package.
    pub purl: String,
    /// An SPDX licence expression; `None` where it is not known.
    pub expression: Option<String>,
}

/// A known vulnerability of one locked package version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Advisory {
    /// The package.
    pub purl: String,
    /// The advisory's id in the database that it was read from.
    pub id: String,
    /// Its ids in other databases.
    pub aliases: Vec<String>,
    /// Its severity, where the database gives one.
    pub severity: Option<Severity>,
    /// Its CVSS vector, where the database gives one.
    pub cvss: Option<String>,
    /// Versions in which it is fixed.
    pub fixed_in: Vec<String>,
}

/// Something that the change makes the code able to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Capability {
    /// Where it shows.
    pub path: String,
    /// On which line of the side after.
    pub line: u32,
    /// What the code can do now.
    pub kind: String,
    /// The text that shows it.
    pub what: String,
}

vocabulary! {
    /// What a reviewer said last.
    pub enum ReviewState("review state", ordered: false) {
        /// They approve.
        Approved = "approved",
        /// They ask for changes.
        ChangesRequested = "changes_requested",
        /// They only commented.
        Commented = "commented",
        /// Somebody took their review back.
        Dismissed = "dismissed",
        /// It is not submitted yet.
        Pending = "pending",
    }
}

/// One review of the change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Review {
    /// The reviewer's login; `None` for a deleted account.
    pub reviewer: Option<String>,
    /// Whether the reviewer is a bot.
    pub bot: bool,
    /// What they said.
    pub state: ReviewState,
    /// The commit that they looked at.
    pub commit: Option<String>,
    /// When: RFC 3339, UTC.
    pub time: Option<String>,
}

vocabulary! {
    /// How a test case ended.
    pub enum CheckStatus("check status", ordered: false) {
        /// It passed.
        Passed = "passed",
        /// It failed or could not be run.
        Failed = "failed",
        /// It was not run.
        Skipped = "skipped",
    }
}

/// One test case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestCase {
    /// The suite that it belongs to.
    pub suite: String,
    /// Its name.
    pub name: String,
    /// How it ended.
    pub status: CheckStatus,
}

/// Coverage of the changed lines of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileCoverage {
    /// The file.
    pub path: String,
    /// Changed lines that were executed.
    pub covered: Vec<u32>,
    /// Changed lines that could have been and were not.
    pub missed: Vec<u32>,
}

/// A statement about the change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// The document; `None` for the change's own description.
    pub path: Option<String>,
    /// Its line.
    pub line: u32,
    /// What it says.
    pub text: String,
    /// The headings that it stands under, outermost first.
    pub section: Vec<String>,
    /// Whether its box is ticked; `None` where it has none.
    pub ticked: Option<bool>,
}
