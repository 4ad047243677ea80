//! What a violation is about, as the document says it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a violation is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SubjectReport {
    /// A finding.
    Finding {
        /// The tool.
        tool: String,
        /// The tool's rule.
        rule: String,
        /// How bad it is.
        severity: String,
        /// The finding's identity.
        fingerprint: String,
    },
    /// A changed file.
    File {
        /// Its path.
        path: String,
        /// Its path before, of a renamed file.
        previous_path: Option<String>,
        /// What happened to it.
        status: String,
    },
    /// A changed package.
    Dependency {
        /// The package URL.
        purl: String,
        /// What happened to it.
        change: String,
        /// Locked versions before.
        before: Vec<String>,
        /// Locked versions after.
        after: Vec<String>,
        /// The lockfile that shows it; `null` where none does.
        manifest: Option<String>,
    },
    /// The licence of a changed package.
    Licence {
        /// The package URL.
        purl: String,
        /// An SPDX licence expression; `null` where none is known.
        expression: Option<String>,
        /// What is stated, where that is something else.
        stated: Option<String>,
    },
    /// A known problem of a package.
    Advisory {
        /// Its id.
        id: String,
        /// Its other ids.
        aliases: Vec<String>,
        /// The package URL.
        purl: String,
        /// How bad it is; `null` where nothing tells.
        severity: Option<String>,
        /// On which side of the change it is.
        presence: String,
        /// Versions in which it is fixed.
        fixed_in: Vec<String>,
    },
    /// Something the code can do now.
    Capability {
        /// What it can do.
        capability: String,
        /// Where it shows.
        path: String,
        /// On which line.
        line: u32,
    },
    /// A review.
    Review {
        /// The reviewer; `null` for a deleted account.
        reviewer: Option<String>,
        /// What they said.
        state: String,
        /// The commit that they looked at.
        commit: Option<String>,
    },
    /// A test case.
    Test {
        /// The suite that it belongs to.
        suite: String,
        /// The class or module that it is of.
        class: Option<String>,
        /// Its name.
        name: String,
        /// How it ended.
        status: String,
    },
    /// Coverage of a changed file.
    Coverage {
        /// The file.
        path: String,
        /// How many of its changed lines were executed.
        covered: u32,
        /// How many of its changed lines could have been and were not.
        missed: u32,
    },
    /// A statement about the change.
    Claim {
        /// What it says.
        text: String,
        /// On which line.
        line: u32,
    },
    /// A source of evidence.
    Source {
        /// The kind of evidence that it tells of.
        source: String,
        /// Its path as it was given.
        path: Option<String>,
        /// The tool that made it.
        tool: Option<String>,
        /// The commit that it was made for.
        commit: Option<String>,
        /// How much of it is there.
        completeness: String,
    },
    /// The change as a whole.
    Change {},
}
