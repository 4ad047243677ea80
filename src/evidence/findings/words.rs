//! The words that findings are described in.

use crate::evidence::vocabulary::vocabulary;

vocabulary! {
    /// How bad a finding is, in CVSS's words.
    pub enum Severity("severity", ordered: true) {
        /// Nothing to worry about.
        None = "none",
        /// CVSS 0.1 to 3.9, or SARIF level `note`.
        Low = "low",
        /// CVSS 4.0 to 6.9, or SARIF level `warning`.
        Medium = "medium",
        /// CVSS 7.0 to 8.9, or SARIF level `error`.
        High = "high",
        /// CVSS 9.0 to 10.0.
        Critical = "critical",
    }
}

impl Severity {
    /// CVSS v3.1's bands (section 5, qualitative severity rating scale). The caller has checked that it is 0.0 to 10.0.
    #[must_use]
    pub fn from_score(score: f32) -> Self {
        match score {
            score if score >= 9.0 => Self::Critical,
            score if score >= 7.0 => Self::High,
            score if score >= 4.0 => Self::Medium,
            score if score > 0.0 => Self::Low,
            _ => Self::None,
        }
    }
}

vocabulary! {
    /// Which of the producer's scales the severity was read from.
    pub enum SeverityFrom("severity origin", ordered: false) {
        /// A CVSS score in the property `security-severity`.
        SecuritySeverity = "security-severity",
        /// The SARIF level.
        Level = "level",
        /// A word of the producer's own scale.
        Producer = "producer",
    }
}

vocabulary! {
    /// SARIF's level, section 3.27.10.
    pub enum Level("level", ordered: true) {
        /// No problem is stated.
        None = "none",
        /// A minor problem.
        Note = "note",
        /// A problem.
        Warning = "warning",
        /// A serious problem.
        Error = "error",
    }
}

impl Level {
    /// The severity that a level stands for where there is no score.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::None => Severity::None,
            Self::Note => Severity::Low,
            Self::Warning => Severity::Medium,
            Self::Error => Severity::High,
        }
    }
}

vocabulary! {
    /// Those of SARIF's kinds (section 3.27.9) that state something to look at; results of the others are set aside.
    pub enum FindingKind("finding kind", ordered: false) {
        /// The target has a problem.
        Fail = "fail",
        /// Somebody has to look.
        Review = "review",
        /// The tool could not tell.
        Open = "open",
    }
}

vocabulary! {
    /// Whether the change brings the finding in.
    pub enum Introduced("introduced", ordered: false) {
        /// A complete baseline does not have it.
        Yes = "yes",
        /// The baseline has it too.
        No = "no",
        /// There is no complete baseline to tell by.
        Unknown = "unknown",
    }
}

vocabulary! {
    /// What became of a finding since the baseline.
    pub enum Comparison("comparison", ordered: false) {
        /// A complete baseline does not have it.
        New = "new",
        /// The baseline has it at the same place.
        Unchanged = "unchanged",
        /// The baseline has it at another line or, by a renaming, in another file.
        Moved = "moved",
        /// The baseline has it, and the head has not.
        Gone = "gone",
        /// Nothing shows which.
        Unknown = "unknown",
    }
}

impl Comparison {
    /// Whether the change brings in a finding of which that became.
    #[must_use]
    pub const fn introduced(self) -> Introduced {
        match self {
            Self::New => Introduced::Yes,
            Self::Unchanged | Self::Moved | Self::Gone => Introduced::No,
            Self::Unknown => Introduced::Unknown,
        }
    }
}

vocabulary! {
    /// What the upload says of the finding against the producer's own baseline, SARIF section 3.27.24.
    pub enum BaselineState("baseline state", ordered: false) {
        /// It says nothing.
        Unstated = "unstated",
        /// Not in the baseline.
        New = "new",
        /// In the baseline, alike.
        Unchanged = "unchanged",
        /// In the baseline, differently.
        Updated = "updated",
    }
}

vocabulary! {
    /// What the upload says of suppression, SARIF section 3.27.23; visible, and honoured by nobody but a policy.
    pub enum Suppression("suppression", ordered: false) {
        /// Not suppressed.
        No = "no",
        /// Suppressed by a comment in the source.
        InSource = "in-source",
        /// Suppressed outside the source.
        External = "external",
    }
}
