//! Known vulnerabilities and licences of packages.

use super::dependencies::{DependencyOrigin, Ecosystem};
use super::findings::Severity;
use super::vocabulary::vocabulary;

vocabulary! {
    /// What an advisory warns of.
    pub enum AdvisoryKind("advisory kind", ordered: false) {
        /// A weakness that can be exploited.
        Vulnerability = "vulnerability",
        /// The package was made to do harm.
        Malware = "malware",
        /// Nobody looks after the package.
        Unmaintained = "unmaintained",
        /// It can break memory safety in safe code.
        Unsound = "unsound",
        /// Something else that its database wants known.
        Notice = "notice",
    }
}

vocabulary! {
    /// On which side of the change a package is affected.
    pub enum Presence("presence", ordered: false) {
        /// After the change, and not before.
        Introduced = "introduced",
        /// On both.
        CarriedOver = "carried-over",
        /// Before the change, and no longer.
        Fixed = "fixed",
    }
}

vocabulary! {
    /// What an advisory's severity was read from.
    pub enum AdvisorySeverityFrom("advisory severity origin", ordered: false) {
        /// A CVSS vector of version 4.
        CvssV4 = "cvss-v4",
        /// A CVSS vector of version 3.0 or 3.1.
        CvssV3 = "cvss-v3",
        /// A CVSS vector of version 2, by the bands of version 3.1.
        CvssV2 = "cvss-v2",
        /// A word of the database.
        Database = "database",
    }
}

vocabulary! {
    /// What a VEX statement says of a product (OpenVEX, CycloneDX).
    pub enum VexStatus("vex status", ordered: false) {
        /// The vulnerability does not reach it.
        NotAffected = "not_affected",
        /// It does, and something is to be done.
        Affected = "affected",
        /// This version has the remedy.
        Fixed = "fixed",
        /// Nobody knows yet.
        UnderInvestigation = "under_investigation",
    }
}

/// What a VEX document says about an advisory of a package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VexStatement {
    /// What it says.
    pub status: VexStatus,
    /// Why, in the words of its format.
    pub justification: Option<String>,
    /// Why, in its author's words.
    pub detail: Option<String>,
    /// Who says so, as the document has it.
    pub author: Option<String>,
    /// The document, as it was given.
    pub source: String,
}

/// A known problem of one package in one lockfile, on either side of the change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Advisory {
    /// Where packages of its kind come from.
    pub ecosystem: Ecosystem,
    /// The package's name, as its ecosystem normalizes it.
    pub name: String,
    /// The lockfile or manifest that has the package; `None` where none does.
    pub manifest: Option<String>,
    /// The package URL, at the highest affected version after the change (before it, where none is affected any more).
    pub purl: String,
    /// Its id: of several that name each other, a CVE's where there is none of its own ecosystem's database.
    pub id: String,
    /// Its other ids, in byte order.
    pub aliases: Vec<String>,
    /// What it warns of.
    pub kind: AdvisoryKind,
    /// What it says in one line.
    pub summary: String,
    /// Affected locked versions before, in the ecosystem's order.
    pub before: Vec<String>,
    /// Affected locked versions after, in the ecosystem's order.
    pub after: Vec<String>,
    /// On which side it is.
    pub presence: Presence,
    /// Its severity; `None` where nothing tells.
    pub severity: Option<Severity>,
    /// What the severity was read from.
    pub severity_from: Option<AdvisorySeverityFrom>,
    /// Its CVSS vector.
    pub cvss: Option<String>,
    /// Versions in which it is fixed, in the ecosystem's order.
    pub fixed_in: Vec<String>,
    /// When it was published, as the database writes it (RFC 3339).
    pub published: Option<String>,
    /// The databases that have it, as they were given, each once.
    pub sources: Vec<String>,
    /// What VEX documents say of it, for this very package and version.
    pub vex: Vec<VexStatement>,
}

impl Advisory {
    /// An advisory of which only its id is known.
    #[must_use]
    pub fn at(ecosystem: Ecosystem, name: impl Into<String>, purl: impl Into<String>, id: impl Into<String>) -> Self {
        Self {
            ecosystem,
            name: name.into(),
            manifest: None,
            purl: purl.into(),
            id: id.into(),
            aliases: Vec::new(),
            kind: AdvisoryKind::Vulnerability,
            summary: String::new(),
            before: Vec::new(),
            after: Vec::new(),
            presence: Presence::Introduced,
            severity: None,
            severity_from: None,
            cvss: None,
            fixed_in: Vec::new(),
            published: None,
            sources: Vec::new(),
            vex: Vec::new(),
        }
    }

    /// Whether a VEX statement says that there is nothing to do, and none says otherwise.
    #[must_use]
    pub fn is_excused(&self) -> bool {
        let excuses = |statement: &VexStatement| matches!(statement.status, VexStatus::NotAffected | VexStatus::Fixed);
        !self.vex.is_empty() && self.vex.iter().all(excuses)
    }
}

/// The licence of one package version, as one source states it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Licence {
    /// Where packages of its kind come from.
    pub ecosystem: Ecosystem,
    /// The package's name, as its ecosystem normalizes it.
    pub name: String,
    /// The version after the change.
    pub version: String,
    /// The package URL at that version.
    pub purl: String,
    /// The lockfile or manifest that has the package; `None` where none does.
    pub manifest: Option<String>,
    /// What is stated, as an SPDX licence expression; `None` where nothing is, or nothing that is one.
    pub expression: Option<String>,
    /// What is stated, as it is written, where that is something else than `expression`.
    pub stated: Option<String>,
    /// The same of the versions before the change, each once; empty where they are not known, or there were none.
    pub before: Vec<String>,
    /// What kind of source states it; `None` where none does.
    pub by: Option<DependencyOrigin>,
}
