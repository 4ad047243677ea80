//! The decision of one rule: one exhaustive match, and nothing else that decides.

use super::{Decision, Requirement, RuleVerdict};
use crate::evaluate::{Outcome, RuleOutcome};
use crate::policy::Enforcement;

/// What is left of a rule's violations once waivers were applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Violations {
    /// There is none.
    None,
    /// There are some, and every one is waived.
    Waived,
    /// At least one is not waived.
    Open,
}

impl Violations {
    /// Every value.
    pub const ALL: &'static [Self] = &[Self::None, Self::Waived, Self::Open];
}

/// All that the decision of one rule depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// How binding the rule is.
    pub enforcement: Enforcement,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether it needs or read evidence that is not complete.
    pub incomplete: bool,
    /// What is left of its violations.
    pub violations: Violations,
    /// Whether an approval is outstanding that it asks for: by `require_approval`, or of a soft-mandatory violation.
    pub outstanding: bool,
}

impl Case {
    /// The case of a rule whose violations are judged and whose approvals are counted.
    pub(super) fn of(rule: &RuleVerdict, approvals: &[Requirement]) -> Self {
        let violations = match (rule.violations.is_empty(), rule.open_violations().next()) {
            (true, _) => Violations::None,
            (false, None) => Violations::Waived,
            (false, Some(_)) => Violations::Open,
        };
        Self {
            enforcement: rule.outcome.rule.enforcement,
            outcome: rule.outcome.outcome,
            incomplete: rule.outcome.incomplete,
            violations,
            outstanding: approvals
                .iter()
                .any(|requirement| requirement.outstanding > 0 && requirement.is_of(rule.id())),
        }
    }
}

/// What one rule means for the change.
#[must_use]
pub const fn decision_of(case: Case) -> Decision {
    use Enforcement::{Advisory, HardMandatory, SoftMandatory};
    use Outcome::{Errored, NotApplicable, Satisfied, Undecided, Violated};

    match (case.enforcement, case.outcome, case.incomplete, case.violations, case.outstanding) {
        // An advisory rule is listed, whatever it found, missed or asked for.
        (Advisory, _, _, _, _) => Decision::Approved,

        // A violation of a hard-mandatory rule rejects, also where the rule erred later or read too little: more could
        // only be worse. "Violated" without a violation is taken by its word: no waiver names what is not there.
        (HardMandatory, _, _, Violations::Open, _) | (HardMandatory, Violated, _, Violations::None, _) => {
            Decision::Rejected
        }

        // What was not seen to the end is not known, whatever was found, waived or approved on the way. For a
        // soft-mandatory violation this is the join with "approval required".
        (HardMandatory, Undecided | Errored, _, Violations::None | Violations::Waived, _)
        | (SoftMandatory, Undecided | Errored, _, _, _) => Decision::Indeterminate,

        // The same, of a rule that ended by itself on evidence that is not complete.
        (HardMandatory, Satisfied | NotApplicable, true, Violations::None | Violations::Waived, _)
        | (HardMandatory, Violated, true, Violations::Waived, _)
        | (SoftMandatory, Satisfied | NotApplicable | Violated, true, _, _) => Decision::Indeterminate,

        // Somebody still has to agree: to a soft-mandatory violation, or because the rule asks for it by its own word.
        (HardMandatory, Satisfied | NotApplicable, false, Violations::None | Violations::Waived, true)
        | (HardMandatory, Violated, false, Violations::Waived, true)
        | (SoftMandatory, Satisfied | NotApplicable | Violated, false, _, true) => Decision::ApprovalRequired,

        // Nothing is objected to, or all of it is waived.
        (
            HardMandatory | SoftMandatory,
            Satisfied | NotApplicable,
            false,
            Violations::None | Violations::Waived,
            false,
        )
        | (HardMandatory | SoftMandatory, Violated, false, Violations::Waived, false) => Decision::Approved,

        // Violated, and its approvers have agreed.
        (SoftMandatory, Satisfied | NotApplicable | Violated, false, Violations::Open, false) => Decision::Approved,

        // "Violated" without a violation: there was nothing to ask the approvers about.
        (SoftMandatory, Violated, false, Violations::None, false) => Decision::ApprovalRequired,
    }
}

/// Whether a rule ran to an end of its own: satisfied, violated, or not applicable by its own word.
#[must_use]
pub const fn ran(outcome: &RuleOutcome) -> bool {
    match outcome.outcome {
        Outcome::Satisfied | Outcome::Violated => true,
        // Not where it was `--without` that spoke.
        Outcome::NotApplicable => outcome.ran,
        Outcome::Undecided | Outcome::Errored => false,
    }
}

/// Whether something is left that a rule could not tell.
pub(super) const fn is_unsettled(outcome: Outcome, incomplete: bool) -> bool {
    match outcome {
        Outcome::Undecided | Outcome::Errored => true,
        Outcome::Satisfied | Outcome::NotApplicable | Outcome::Violated => incomplete,
    }
}
