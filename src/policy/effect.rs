//! What a rule may do about a change: plain data.

use super::metadata::{Approver, Risk};

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
    /// A licence of a changed package, by its position.
    Licence(u32),
    /// An advisory, by its position.
    Advisory(u32),
    /// A capability, by its position.
    Capability(u32),
    /// A review, by its position.
    Review(u32),
    /// A test case, by its position.
    Test(u32),
    /// Coverage of a changed file, by its position.
    Coverage(u32),
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

/// What a rule says of a claim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Judgement {
    /// The claim, by its position.
    pub claim: u32,
    /// Whether the evidence shows what it states; if not, it shows otherwise.
    pub holds: bool,
    /// What shows it.
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
