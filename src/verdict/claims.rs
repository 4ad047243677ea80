//! What the rules together show of each claim.
//!
//! | some rule says that the evidence shows otherwise | a rule that counts says that it shows it | result |
//! | --- | --- | --- |
//! | yes | - | contradicted |
//! | no | yes | supported |
//! | no | no | undecided |
//!
//! A rule counts for a claim if it ran to an end of its own on complete evidence: one that erred, or that did not see all
//! it asked for, has shown nothing. What it found against a claim stands all the same.

use super::RuleVerdict;
use crate::evidence::{Evidence, vocabulary};

vocabulary! {
    /// What the rules together show of a claim.
    pub enum ClaimResult("claim result", ordered: false) {
        /// The evidence shows what it states.
        Supported = "supported",
        /// The evidence shows otherwise.
        Contradicted = "contradicted",
        /// No rule that counts says anything of it.
        Undecided = "undecided",
    }
}

/// A claim and what was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedClaim {
    /// The claim, by its position.
    pub claim: u32,
    /// What the rules together show.
    pub result: ClaimResult,
    /// What each says, by rule; what speaks against it first.
    pub judgements: Vec<RuleJudgement>,
}

/// What one rule says of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleJudgement {
    /// The rule's id.
    pub rule: String,
    /// Whether it says that the evidence shows what the claim states; if not, otherwise.
    pub holds: bool,
    /// Whether that counts.
    pub counts: bool,
    /// What shows it.
    pub because: String,
}

/// Every claim of the evidence. The rules are in their order, and so are the judgements of each.
pub(super) fn judged(rules: &[RuleVerdict], evidence: &Evidence) -> Vec<JudgedClaim> {
    let mut said: Vec<Vec<RuleJudgement>> = vec![Vec::new(); evidence.claims.len()];
    for rule in rules {
        let settled = super::ran(&rule.outcome) && !rule.is_unsettled();
        for judgement in &rule.outcome.judgements {
            if let Some(said) = said.get_mut(judgement.claim as usize) {
                said.push(RuleJudgement {
                    rule: rule.id().to_owned(),
                    holds: judgement.holds,
                    counts: !judgement.holds || settled,
                    because: judgement.because.clone(),
                });
            }
        }
    }
    let claims = said.into_iter().zip(0_u32..);
    claims
        .map(|(mut judgements, claim)| {
            // Stable: within each half they stay by rule.
            judgements.sort_by_key(|judgement| judgement.holds);
            let counted = judgements.iter().find(|judgement| judgement.counts);
            let result = match counted.map(|judgement| judgement.holds) {
                Some(false) => ClaimResult::Contradicted,
                Some(true) => ClaimResult::Supported,
                None => ClaimResult::Undecided,
            };
            JudgedClaim { claim, result, judgements }
        })
        .collect()
}
