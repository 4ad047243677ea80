//! What a verdict rests on: sources, packs, settings, and what made the run more lenient.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evidence::{Completeness, EvidenceKind};

/// Something that made this evaluation more lenient.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeakeningReport {
    /// What.
    pub what: String,
    /// Who or what asked for it: a flag, a file.
    pub by: String,
}

/// One input, and how much of it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceReport {
    /// What it tells of.
    pub kind: EvidenceKind,
    /// How much of it is there.
    pub completeness: Completeness,
    /// Why it is not complete.
    pub reason: Option<String>,
    /// Its path as given.
    pub path: Option<String>,
    /// SHA-256 of its bytes.
    pub sha256: Option<String>,
    /// How recent what it knows is, where it says so: of a database, when its newest record was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// The tool that made it.
    pub tool: Option<String>,
    /// The version of that tool.
    pub tool_version: Option<String>,
    /// The commit that it was made for, where that is known.
    pub commit: Option<String>,
    /// Items read from it that count.
    pub items: u64,
    /// Items that by the format's own word do not count.
    pub set_aside: u64,
    /// What could not be taken as it stands; the first of them.
    pub problems: Vec<ProblemReport>,
    /// How many there were in all.
    pub problem_count: u64,
}

/// Something in a source that could not be taken as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProblemReport {
    /// Where.
    pub at: String,
    /// What was found, and what was expected.
    pub message: String,
}

/// A pack that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackReport {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its layer, from 0.
    pub layer: u32,
    /// SHA-256 over all its files.
    pub sha256: String,
    /// Where it was read from: `builtin`, a path, or a path at a commit.
    pub origin: String,
}

/// Where a setting of this run came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingReport {
    /// The setting, by its flag's name without dashes.
    pub setting: String,
    /// Its value.
    pub value: String,
    /// `flag`, `default`, or the configuration file.
    pub from: String,
}
