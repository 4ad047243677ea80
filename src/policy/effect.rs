//! What a rule may do about a change: plain data.

use super::metadata::{Approver, Risk};
use crate::evidence::vocabulary;

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
    /// A source, by its position.
    Source(u32),
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

vocabulary! {
    /// How likely it is that a threat comes true.
    pub enum Likelihood("likelihood", ordered: true) {
        /// It takes much, or somebody who gains little by it.
        Low = "low",
        /// It takes something that not everybody has.
        Medium = "medium",
        /// Next to nothing stands in its way.
        High = "high",
    }
}

vocabulary! {
    /// How much a threat does where it comes true.
    pub enum Impact("impact", ordered: true) {
        /// Hardly anybody notices.
        Low = "low",
        /// Something is lost that can be had again.
        Medium = "medium",
        /// Something is lost for good.
        High = "high",
        /// All is lost, or what others trust in.
        Critical = "critical",
    }
}

impl Impact {
    /// The risk of a threat: OWASP's risk rating, with `critical` as one more impact, and `low` where that says "note".
    #[must_use]
    pub const fn at(self, likelihood: Likelihood) -> Risk {
        match (self, likelihood) {
            (Self::Low, Likelihood::Low | Likelihood::Medium) | (Self::Medium, Likelihood::Low) => Risk::Low,
            (Self::Low, Likelihood::High) | (Self::Medium, Likelihood::Medium) | (Self::High, Likelihood::Low) => {
                Risk::Medium
            }
            (Self::Medium, Likelihood::High) | (Self::High, Likelihood::Medium) | (Self::Critical, Likelihood::Low) => {
                Risk::High
            }
            (Self::High, Likelihood::High) | (Self::Critical, Likelihood::Medium | Likelihood::High) => Risk::Critical,
        }
    }
}

/// A threat that a rule describes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Threat {
    /// What could happen.
    pub threat: String,
    /// The category that it belongs to.
    pub category: String,
    /// How likely it is.
    pub likelihood: Likelihood,
    /// How much it would do.
    pub impact: Impact,
    /// What stands against it.
    pub mitigation: Option<String>,
    /// The risk that is left with that, where somebody says; never above [`Threat::risk`].
    pub residual: Option<Risk>,
}

impl Threat {
    /// Its level, of likelihood and impact; what stands against it lowers nothing.
    #[must_use]
    pub const fn risk(&self) -> Risk {
        self.impact.at(self.likelihood)
    }
}

#[cfg(test)]
mod tests {
    use super::{Impact, Likelihood};
    use crate::evidence::Word as _;

    #[test]
    fn the_document_has_the_level_of_every_threat() {
        let document = include_str!("../../docs/decision.md");
        for likelihood in Likelihood::ALL {
            let levels: Vec<String> = Impact::ALL.iter().map(|impact| impact.at(*likelihood).to_string()).collect();
            let row = format!("| {likelihood} | {} |\n", levels.join(" | "));
            assert!(document.contains(&row), "no row `{row}`");
        }
    }

    #[test]
    fn more_likelihood_or_more_impact_is_never_less_risk() {
        for likelihood in Likelihood::ALL.windows(2) {
            assert!(Impact::ALL.iter().all(|impact| impact.at(likelihood[0]) <= impact.at(likelihood[1])));
        }
        for impact in Impact::ALL.windows(2) {
            assert!(Likelihood::ALL.iter().all(|likelihood| impact[0].at(*likelihood) <= impact[1].at(*likelihood)));
        }
    }
}
