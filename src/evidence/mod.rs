//! What is known of one change: plain data, with the completeness of each source.
//!
//! Nothing here reads, decides or prints, and nothing of the crate is imported. Every collection has one canonical
//! order, so that equal inputs give equal bytes however they were handed in.

mod advisories;
mod change;
mod checks;
mod claims;
mod completeness;
mod dependencies;
mod files;
mod findings;
mod other;
mod overrides;
mod path;
mod people;
mod repointed;
mod strings;
mod vocabulary;

pub use advisories::{Advisory, AdvisoryKind, AdvisorySeverityFrom, Licence, Presence, VexStatement, VexStatus};
pub use change::Change;
pub use checks::{CheckStatus, FileCoverage, TestCase};
pub use claims::{Claim, ClaimKind};
pub use completeness::{Completeness, EvidenceKind, Problem, Source};
pub use dependencies::{
    DependencyChange, DependencyChangeKind, DependencyOrigin, DependencyScope, Directness, Disagreement, Ecosystem,
    Integrity, Jump, PackageSource, Pin, SourceKind,
};
pub use files::{FileChange, FileKind, FileKindFrom, FileMode, FileStatus, Hunk, LfsPointer, Ownership};
pub use findings::{
    BaselineState, Comparison, Finding, FindingKind, FindingRow, Findings, FindingsBuilder, Introduced, Level,
    NO_SYMBOL, RuleId, Severity, SeverityFrom, Suppression, tool_key,
};
pub use other::Capability;
pub use overrides::{MAX_OVERRIDE_HOURS, Override};
pub use path::{path_from_bytes, path_to_bytes};
pub use people::{Review, ReviewState};
pub use strings::{StringTable, Strings};
pub(crate) use vocabulary::vocabulary;
pub use vocabulary::{Vocabulary, Word, nearest};

use std::collections::BTreeMap;

/// All that is known of one change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// What was proposed, by whom, between which commits.
    pub change: Change,
    /// Normalized scanner results.
    pub findings: Findings,
    /// Changed paths, by path.
    pub files: Vec<FileChange>,
    /// Packages whose set of locked versions or sources changed, by ecosystem, name and manifest.
    pub dependencies: Vec<DependencyChange>,
    /// Licences of the packages in `dependencies`.
    pub licences: Vec<Licence>,
    /// Known vulnerabilities of the packages of changed lockfiles.
    pub advisories: Vec<Advisory>,
    /// What the change makes the code able to do that it could not do before.
    pub capabilities: Vec<Capability>,
    /// Who looked at the change, and what they said.
    pub reviews: Vec<Review>,
    /// Members of each team.
    pub teams: BTreeMap<String, Vec<String>>,
    /// Results of test cases.
    pub tests: Vec<TestCase>,
    /// Coverage of changed lines.
    pub coverage: Vec<FileCoverage>,
    /// Statements found in the change's own description or documents.
    pub claims: Vec<Claim>,
    /// Every input, with its completeness.
    pub sources: Vec<Source>,
}

impl Evidence {
    /// The completeness of a kind: that of its worst source, and `missing` where it has none.
    #[must_use]
    pub fn completeness(&self, kind: EvidenceKind) -> Completeness {
        self.sources
            .iter()
            .filter(|source| source.kind == kind)
            .map(|source| source.completeness)
            .max()
            .unwrap_or(Completeness::Missing)
    }

    /// The change's last commit under every id that it is known by: the head, and where that merges the forge's request into
    /// its target, the request's own.
    pub fn heads(&self) -> impl Iterator<Item = &str> {
        let usable = |completeness| matches!(completeness, Completeness::Complete | Completeness::Truncated);
        let told = self
            .sources
            .iter()
            .filter(move |source| source.kind == EvidenceKind::Change && usable(source.completeness));
        self.change.head.as_deref().into_iter().chain(told.filter_map(|source| source.commit.as_deref()))
    }

    /// Puts every collection into its canonical order. Normalization calls it last; calling it again changes nothing.
    pub fn sort(&mut self) {
        self.files.sort();
        self.dependencies.sort();
        self.licences.sort();
        self.advisories.sort();
        self.capabilities.sort();
        self.reviews.sort();
        self.tests.sort();
        self.coverage.sort();
        self.claims.sort();
        self.sources.sort();
        self.sources.dedup();
        for members in self.teams.values_mut() {
            members.sort();
            members.dedup();
        }
    }
}
