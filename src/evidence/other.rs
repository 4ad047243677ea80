//! Kinds of evidence that no reader fills yet; they have their place in the document and their completeness (`missing`).

use super::findings::Severity;

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
