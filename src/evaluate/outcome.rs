//! How a rule ended: plain data.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::evidence::{EvidenceKind, vocabulary};
use crate::policy::{Approver, Risk, RuleMeta};

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

/// What a violation, assessment or requirement is about: a position in the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The change as a whole.
    Change,
    /// A finding, by its position in [`crate::evidence::Findings`].
    Finding(u32),
    /// A changed file, by its position.
    File(u32),
    /// A changed package, by its position.
    Dependency(u32),
    /// A capability, by its position.
    Capability(u32),
    /// A claim, by its position.
    Claim(u32),
}

/// One thing that a rule objects to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// What it is about.
    pub subject: Subject,
    /// What is wrong.
    pub message: String,
    /// Its risk, where it is not the rule's.
    pub risk: Option<Risk>,
    /// What to do, where it is not the rule's remedy.
    pub remedy: Option<String>,
    /// Who may let it pass, where it is not the rule's approvers; empty for these.
    pub approvers: Vec<Approver>,
}

/// A level that a rule gives to a category.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assessment {
    /// The category.
    pub category: String,
    /// The level.
    pub risk: Risk,
    /// Why.
    pub because: String,
}

/// An approval that a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequiredApproval {
    /// What it is about.
    pub subject: Subject,
    /// Who may give it; one kind is enough.
    pub from: Vec<Approver>,
    /// How many people, at least 1.
    pub count: u32,
    /// Why.
    pub because: String,
}

/// A threat that a rule describes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Threat {
    /// What could happen.
    pub threat: String,
    /// Its level.
    pub risk: Risk,
    /// What stands against it.
    pub mitigation: Option<String>,
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
    /// Open actions after the merge.
    pub follow_ups: Vec<String>,
    /// The kinds of evidence that it needs or read.
    pub evidence: Vec<EvidenceKind>,
    /// The script error that ended it.
    pub diagnostic: Option<Diagnostic>,
}
