//! Records of the kinds of evidence besides findings, files and dependencies.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dependency::{strings, texts};
use super::error::{Checked, Fault};
use super::scalars::{RepositoryPath, Text, Time};
use super::strict::{optional_word, word};
use crate::evidence::{
    Advisory, Capability, CheckStatus, Claim, FileCoverage, Licence, Review, ReviewState, Severity, TestCase,
};

/// The licence of one locked package version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LicenceRecord<'a> {
    /// The package URL.
    #[serde(borrow)]
    pub purl: Text<'a>,
    /// An SPDX licence expression; `null` where it is not known.
    #[serde(default)]
    pub expression: Option<Text<'a>>,
}

impl<'a> From<&'a Licence> for LicenceRecord<'a> {
    fn from(licence: &'a Licence) -> Self {
        Self { purl: licence.purl.as_str().into(), expression: licence.expression.as_deref().map(Text::from) }
    }
}

impl From<LicenceRecord<'_>> for Licence {
    fn from(licence: LicenceRecord<'_>) -> Self {
        Self { purl: licence.purl.into_string(), expression: licence.expression.map(Text::into_string) }
    }
}

/// A known vulnerability of one locked package version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvisoryRecord<'a> {
    /// The package URL.
    #[serde(borrow)]
    pub purl: Text<'a>,
    /// The id in the database that it was read from.
    pub id: Text<'a>,
    /// Its ids in other databases.
    #[serde(default)]
    pub aliases: Vec<Text<'a>>,
    /// Its severity; `null` where the database gives none.
    #[serde(default, deserialize_with = "optional_word")]
    pub severity: Option<Severity>,
    /// Its CVSS vector; `null` where the database gives none.
    #[serde(default)]
    pub cvss: Option<Text<'a>>,
    /// Versions in which it is fixed.
    #[serde(default)]
    pub fixed_in: Vec<Text<'a>>,
}

impl<'a> From<&'a Advisory> for AdvisoryRecord<'a> {
    fn from(advisory: &'a Advisory) -> Self {
        Self {
            purl: advisory.purl.as_str().into(),
            id: advisory.id.as_str().into(),
            aliases: texts(&advisory.aliases),
            severity: advisory.severity,
            cvss: advisory.cvss.as_deref().map(Text::from),
            fixed_in: texts(&advisory.fixed_in),
        }
    }
}

impl From<AdvisoryRecord<'_>> for Advisory {
    fn from(advisory: AdvisoryRecord<'_>) -> Self {
        Self {
            purl: advisory.purl.into_string(),
            id: advisory.id.into_string(),
            aliases: strings(advisory.aliases),
            severity: advisory.severity,
            cvss: advisory.cvss.map(Text::into_string),
            fixed_in: strings(advisory.fixed_in),
        }
    }
}

/// Something that the change makes the code able to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapabilityRecord<'a> {
    /// Where it shows.
    #[serde(borrow)]
    pub path: RepositoryPath<'a>,
    /// On which line of the side after, from 1.
    pub line: NonZeroU32,
    /// What the code can do now.
    pub kind: Text<'a>,
    /// The text that shows it.
    pub what: Text<'a>,
}

impl<'a> From<&'a Capability> for CapabilityRecord<'a> {
    fn from(capability: &'a Capability) -> Self {
        Self {
            path: capability.path.as_str().into(),
            line: line(capability.line),
            kind: capability.kind.as_str().into(),
            what: capability.what.as_str().into(),
        }
    }
}

impl From<CapabilityRecord<'_>> for Capability {
    fn from(capability: CapabilityRecord<'_>) -> Self {
        Self {
            path: capability.path.into_string(),
            line: capability.line.get(),
            kind: capability.kind.into_string(),
            what: capability.what.into_string(),
        }
    }
}

/// Evidence that has a place always has a line; should it not, the first one is where to look.
fn line(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

/// One review of the change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRecord<'a> {
    /// The reviewer's login; `null` for a deleted account.
    #[serde(borrow)]
    pub reviewer: Option<Text<'a>>,
    /// Whether the reviewer is a bot.
    #[serde(default)]
    pub bot: bool,
    /// What they said.
    #[serde(deserialize_with = "word")]
    pub state: ReviewState,
    /// The commit that they looked at.
    #[serde(default)]
    pub commit: Option<Text<'a>>,
    /// When.
    #[serde(default)]
    pub time: Option<Time<'a>>,
}

impl<'a> From<&'a Review> for ReviewRecord<'a> {
    fn from(review: &'a Review) -> Self {
        Self {
            reviewer: review.reviewer.as_deref().map(Text::from),
            bot: review.bot,
            state: review.state,
            commit: review.commit.as_deref().map(Text::from),
            time: review.time.as_deref().map(Time::from),
        }
    }
}

impl From<ReviewRecord<'_>> for Review {
    fn from(review: ReviewRecord<'_>) -> Self {
        Self {
            reviewer: review.reviewer.map(Text::into_string),
            bot: review.bot,
            state: review.state,
            commit: review.commit.map(Text::into_string),
            time: review.time.map(Time::into_string),
        }
    }
}

/// A team and its members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamRecord<'a> {
    /// The team, without `team:`.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// The logins of its members.
    pub members: Vec<Text<'a>>,
}

/// One test case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestRecord<'a> {
    /// The suite that it belongs to.
    #[serde(borrow)]
    pub suite: Text<'a>,
    /// Its name.
    pub name: Text<'a>,
    /// How it ended.
    #[serde(deserialize_with = "word")]
    pub status: CheckStatus,
}

impl<'a> From<&'a TestCase> for TestRecord<'a> {
    fn from(test: &'a TestCase) -> Self {
        Self { suite: test.suite.as_str().into(), name: test.name.as_str().into(), status: test.status }
    }
}

impl From<TestRecord<'_>> for TestCase {
    fn from(test: TestRecord<'_>) -> Self {
        Self { suite: test.suite.into_string(), name: test.name.into_string(), status: test.status }
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

/// A statement about the change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimRecord<'a> {
    /// The document; `null` for the change's own description.
    #[serde(default, borrow)]
    pub path: Option<Text<'a>>,
    /// Its line, from 1.
    pub line: NonZeroU32,
    /// What it says.
    pub text: Text<'a>,
    /// The headings that it stands under, outermost first.
    #[serde(default)]
    pub section: Vec<Text<'a>>,
    /// Whether its box is ticked; `null` where it has none.
    #[serde(default)]
    pub ticked: Option<bool>,
}

impl<'a> From<&'a Claim> for ClaimRecord<'a> {
    fn from(claim: &'a Claim) -> Self {
        Self {
            path: claim.path.as_deref().map(Text::from),
            line: line(claim.line),
            text: claim.text.as_str().into(),
            section: texts(&claim.section),
            ticked: claim.ticked,
        }
    }
}

impl From<ClaimRecord<'_>> for Claim {
    fn from(claim: ClaimRecord<'_>) -> Self {
        Self {
            path: claim.path.map(Text::into_string),
            line: claim.line.get(),
            text: claim.text.into_string(),
            section: strings(claim.section),
            ticked: claim.ticked,
        }
    }
}
