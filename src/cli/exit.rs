//! Exit codes: documented API. They come from a decision or from what a verb found, never from format, colour or verbosity.

use crate::verdict::Decision;

/// How the process ends. There is no other way to end it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// `eval`: the change is approved. Other verbs: clean.
    Clean = 0,
    /// `eval`: the change is rejected. Other verbs: something was found.
    Found = 1,
    /// No verdict, no answer: usage, broken policy or configuration, a report that could not be written, a crash.
    Unable = 2,
    /// `eval`: somebody still has to approve the change.
    ApprovalRequired = 3,
    /// `eval`: it can't be told.
    Indeterminate = 4,
}

impl Exit {
    /// The exit code of a verdict. A dry run hides the decision from the exit code, and nothing else.
    #[must_use]
    pub const fn of_decision(decision: Decision, dry_run: bool) -> Self {
        if dry_run {
            return Self::Clean;
        }
        match decision {
            Decision::Approved => Self::Clean,
            Decision::Rejected => Self::Found,
            Decision::ApprovalRequired => Self::ApprovalRequired,
            Decision::Indeterminate => Self::Indeterminate,
        }
    }

    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Found => 1,
            Self::Unable => 2,
            Self::ApprovalRequired => 3,
            Self::Indeterminate => 4,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;
    use crate::evidence::Word as _;
    use crate::verdict::Decision;

    #[test]
    fn every_decision_has_a_code_of_its_own_and_only_approved_is_zero() {
        let mut codes: Vec<u8> = Decision::ALL.iter().map(|d| Exit::of_decision(*d, false).code()).collect();
        assert_eq!(codes, [0, 3, 4, 1], "in the order of {:?}", Decision::ALL);
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Decision::ALL.len());
        assert!(!codes.contains(&Exit::Unable.code()), "2 is never a decision");
    }

    #[test]
    fn a_dry_run_hides_every_decision() {
        assert!(Decision::ALL.iter().all(|d| Exit::of_decision(*d, true) == Exit::Clean));
    }
}
