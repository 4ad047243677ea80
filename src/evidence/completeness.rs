//! How much of the evidence is there: one [`Source`] per input, one [`Completeness`] per kind.

use super::vocabulary::vocabulary;

vocabulary! {
    /// A kind of evidence; rules say which they need.
    pub enum EvidenceKind("kind of evidence", ordered: false) {
        /// What the forge says of the change: author, title, labels, branches.
        Change = "change",
        /// Scanner results.
        Findings = "findings",
        /// Scanner results of the base, to tell new findings from old ones.
        Baseline = "baseline",
        /// Changed paths.
        Files = "files",
        /// Who owns the changed paths.
        Owners = "owners",
        /// Changed packages.
        Dependencies = "dependencies",
        /// Licences of changed packages.
        Licences = "licences",
        /// Known vulnerabilities of changed packages.
        Advisories = "advisories",
        /// What the code can do that it could not do before.
        Capabilities = "capabilities",
        /// Reviews of the change.
        Reviews = "reviews",
        /// Who is in which team.
        Teams = "teams",
        /// Test results.
        Tests = "tests",
        /// Coverage of changed lines.
        Coverage = "coverage",
        /// Statements about the change.
        Claims = "claims",
    }
}

vocabulary! {
    /// How much of a source is there, from all of it to none of it. The worst source decides for its kind.
    pub enum Completeness("completeness", ordered: true) {
        /// Everything was read; an empty result is knowledge.
        Complete = "complete",
        /// The user said that there is none here, see `--without`.
        NotExpected = "not_expected",
        /// A limit was hit; what was read is right, but not all.
        Truncated = "truncated",
        /// It was made for another commit.
        Stale = "stale",
        /// The tool says that it did not finish, or the file is not what it is said to be.
        Failed = "failed",
        /// It was expected and not supplied.
        Missing = "missing",
    }
}

/// Something in a source that could not be taken as it stands; the rest of the source was still read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where: a JSON pointer, or a line number.
    pub at: String,
    /// What was found, and what was expected.
    pub message: String,
}

/// One input, and how much of it is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// What it tells of.
    pub kind: EvidenceKind,
    /// The path as the user gave it, or as the repository names it.
    pub path: Option<String>,
    /// The tool that made it.
    pub tool: Option<String>,
    /// The version of that tool.
    pub tool_version: Option<String>,
    /// The commit that it was made for, where that is known.
    pub commit: Option<String>,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: Option<String>,
    /// How recent what it knows is, where it says so (RFC 3339): of a database, when its newest record was changed.
    pub made: Option<String>,
    /// How much of it is there.
    pub completeness: Completeness,
    /// Why it is not complete.
    pub reason: Option<String>,
    /// Items read from it that count as evidence.
    pub items: u64,
    /// Items that were read and by the format's own word do not count (passed, not applicable, absent from this run).
    pub set_aside: u64,
    /// What could not be taken as it stands, in the order of the file; at most [`Source::MAX_PROBLEMS`].
    pub problems: Vec<Problem>,
    /// How many problems there were in all.
    pub problem_count: u64,
}

impl Source {
    /// How many problems are kept with their text; the count goes on.
    pub const MAX_PROBLEMS: usize = 20;

    /// A source of which everything was read.
    #[must_use]
    pub const fn complete(kind: EvidenceKind) -> Self {
        Self {
            kind,
            path: None,
            tool: None,
            tool_version: None,
            commit: None,
            sha256: None,
            made: None,
            completeness: Completeness::Complete,
            reason: None,
            items: 0,
            set_aside: 0,
            problems: Vec::new(),
            problem_count: 0,
        }
    }

    /// A source that is not complete, and why.
    #[must_use]
    pub fn incomplete(kind: EvidenceKind, completeness: Completeness, reason: impl Into<String>) -> Self {
        Self { completeness, reason: Some(reason.into()), ..Self::complete(kind) }
    }

    /// The same source under a path.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Whether it only says that nobody supplied anything.
    #[must_use]
    pub const fn is_nobodys(&self) -> bool {
        matches!(self.completeness, Completeness::Missing)
            && self.path.is_none()
            && self.tool.is_none()
            && self.sha256.is_none()
    }

    /// Makes it no better than `completeness`; the reason of the worst stays.
    pub fn worsen(&mut self, completeness: Completeness, reason: impl Into<String>) {
        if completeness > self.completeness {
            self.completeness = completeness;
            self.reason = Some(reason.into());
        }
    }

    /// Records something that could not be taken as it stands.
    pub fn problem(&mut self, at: impl Into<String>, message: impl Into<String>) {
        self.problem_count += 1;
        if self.problems.len() < Self::MAX_PROBLEMS {
            self.problems.push(Problem { at: at.into(), message: message.into() });
        }
    }
}
