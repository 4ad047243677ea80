//! Statements about the change, and what the rules show of them, as they are published.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::verdict::{ClaimResult, JudgedClaim, RuleJudgement};

/// A statement about the change, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimReport {
    /// The document that it stands in; `null` for the change's own description.
    pub path: Option<String>,
    /// The line that it stands on.
    pub line: u32,
    /// What it says.
    pub text: String,
    /// What the rules together show.
    pub result: ClaimResult,
    /// What shows it, and which rules say so; of an undecided one, why it is.
    pub because: String,
    /// What each rule says of it; what speaks against it first.
    pub judgements: Vec<ClaimJudgementReport>,
}

/// What one rule says of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimJudgementReport {
    /// The rule.
    pub rule: String,
    /// `supported` or `contradicted`.
    pub result: ClaimResult,
    /// Whether it counts: a rule that erred, or that did not see all that it asked for, supports nothing.
    pub counts: bool,
    /// What shows it.
    pub because: String,
}

/// How many rules are named in one sentence; all of them are in the list.
const NAMED: usize = 3;

/// Every claim, in the order of the evidence.
pub(super) fn claims(judged: &[JudgedClaim], evidence: &Evidence) -> Vec<ClaimReport> {
    judged
        .iter()
        .filter_map(|judged| evidence.claims.get(judged.claim as usize).map(|claim| (judged, claim)))
        .map(|(judged, claim)| ClaimReport {
            path: claim.path.clone(),
            line: claim.line,
            text: claim.text.clone(),
            result: judged.result,
            because: because(judged),
            judgements: judged.judgements.iter().map(ClaimJudgementReport::from).collect(),
        })
        .collect()
}

impl From<&RuleJudgement> for ClaimJudgementReport {
    fn from(judgement: &RuleJudgement) -> Self {
        let result = if judgement.holds { ClaimResult::Supported } else { ClaimResult::Contradicted };
        Self { rule: judgement.rule.clone(), result, counts: judgement.counts, because: judgement.because.clone() }
    }
}

/// What decides, in words.
fn because(judged: &JudgedClaim) -> String {
    let holds = judged.result != ClaimResult::Contradicted;
    match judged.result {
        ClaimResult::Undecided if judged.judgements.is_empty() => "no rule judged it".to_owned(),
        ClaimResult::Undecided => {
            let said = said(judged.judgements.iter());
            format!("what supports it did not end, or did not see all that it asked for: {said}")
        }
        ClaimResult::Supported | ClaimResult::Contradicted => {
            said(judged.judgements.iter().filter(|judgement| judgement.counts && judgement.holds == holds))
        }
    }
}

/// `12 findings (rule-a); 3 packages (rule-b)`
fn said<'a>(judgements: impl Iterator<Item = &'a RuleJudgement> + Clone) -> String {
    let all = judgements.clone().count();
    let said: Vec<String> =
        judgements.take(NAMED).map(|judgement| format!("{} ({})", judgement.because, judgement.rule)).collect();
    let more = all.saturating_sub(NAMED);
    if more > 0 { format!("{}; and {more} more", said.join("; ")) } else { said.join("; ") }
}
