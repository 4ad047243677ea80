//! How a rule ended: plain data.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::evidence::{EvidenceKind, vocabulary};
use crate::policy::{Assessment, Judgement, RequiredApproval, RuleMeta, Threat, Violation};

vocabulary! {
    /// How a rule ended. Where several could be said, the later in this list is.
    pub enum Outcome("outcome", ordered: false) {
        /// It was asked, had what it needs, and objects to nothing.
        Satisfied = "satisfied",
        /// By its own word, or because the user said that there is no such evidence here.
        NotApplicable = "not_applicable",
        /// It found nothing, but what it looked at is not complete.
        Undecided = "undecided",
        /// It objects.
        Violated = "violated",
        /// It ended in an error; violations found before that stay listed.
        Errored = "errored",
    }
}

/// One rule and how it ended. Lists are in canonical order, each entry once.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleOutcome {
    /// The rule.
    pub rule: Arc<RuleMeta>,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether it ran to an end of its own: satisfied, violated, or not applicable by its own word.
    pub ran: bool,
    /// Whether it was not asked because evidence that it needs was said not to be expected: it looked at nothing.
    pub excused: bool,
    /// The kinds that it needs and that `--without` would be honoured of.
    pub excusable: Vec<EvidenceKind>,
    /// Who set the limit that it hit, where somebody lowered it.
    pub limited_by: Option<String>,
    /// Whether it needs or read evidence that is not complete.
    pub incomplete: bool,
    /// Why it ended so, in words.
    pub reason: String,
    /// What it objects to.
    pub violations: Vec<Violation>,
    /// Levels that it gives to categories.
    pub assessments: Vec<Assessment>,
    /// Approvals that it asks for.
    pub required_approvals: Vec<RequiredApproval>,
    /// Threats that it describes.
    pub threats: Vec<Threat>,
    /// What it remarks.
    pub notes: Vec<String>,
    /// What it recommends.
    pub recommendations: Vec<String>,
    /// What it says of claims.
    pub judgements: Vec<Judgement>,
    /// Open actions after the merge.
    pub follow_ups: Vec<String>,
    /// The kinds of evidence that it needs or read.
    pub evidence: Vec<EvidenceKind>,
    /// The script error that ended it.
    pub diagnostic: Option<Diagnostic>,
}

impl RuleOutcome {
    /// A rule that ended errored without having done anything: what the others are made from.
    #[must_use]
    pub fn blank(rule: &Arc<RuleMeta>) -> Self {
        Self {
            rule: Arc::clone(rule),
            outcome: Outcome::Errored,
            ran: false,
            excused: false,
            excusable: Vec::new(),
            limited_by: None,
            incomplete: false,
            reason: String::new(),
            violations: Vec::new(),
            assessments: Vec::new(),
            required_approvals: Vec::new(),
            threats: Vec::new(),
            notes: Vec::new(),
            recommendations: Vec::new(),
            judgements: Vec::new(),
            follow_ups: Vec::new(),
            evidence: Vec::new(),
            diagnostic: None,
        }
    }
}
