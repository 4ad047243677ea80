//! What a verdict says of an emergency override, and of the policy that the change itself brings along.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::verdict::{RequirementReport, VerdictReport};
use crate::verdict::{Decision, JudgedOverride};

/// An emergency override that was handed in, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideReport {
    /// Whether it is honoured: then the decision is `approved`, and everything else of the verdict is as without it.
    pub honoured: bool,
    /// Why it is not; `null` where it is.
    pub why: Option<String>,
    /// What is decided without it.
    pub would_have_been: Decision,
    /// Why it was made.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Where it is followed up.
    pub ticket: String,
    /// The commit that it is for.
    pub head: String,
    /// When it was made, where it says so: RFC 3339, UTC.
    pub created: Option<String>,
    /// The first moment at which it holds no more: RFC 3339, UTC.
    pub expires: String,
    /// What the packs of the first layer ask for before one is honoured, and who has given it.
    pub approvals: Vec<RequirementReport>,
    /// The file that it was read from.
    pub file: String,
}

/// What the change's own policy would have decided, where the change edits what configures the gate. Nothing follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeadPolicyReport {
    /// The changed paths that configure the gate, in order.
    pub edited: Vec<String>,
    /// What the head's settings, packs and owners decide on the same evidence; `null` where that can't be told.
    pub decision: Option<Decision>,
    /// The rules that decide otherwise, by id.
    pub differences: Vec<PolicyDifference>,
    /// Why it can't be told.
    pub failure: Option<String>,
}

/// A rule that decides otherwise under the policy of the head.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyDifference {
    /// The rule's id.
    pub rule: String,
    /// Its decision under the policy of the base; `null` where that has no such rule.
    pub base: Option<Decision>,
    /// Its decision under the policy of the head; `null` where that has no such rule.
    pub head: Option<Decision>,
}

impl From<&JudgedOverride> for OverrideReport {
    fn from(judged: &JudgedOverride) -> Self {
        let given = &judged.given;
        Self {
            honoured: judged.why_not.is_none(),
            why: judged.why_not.clone(),
            would_have_been: judged.would_have_been,
            reason: given.reason.clone(),
            owner: given.owner.clone(),
            ticket: given.ticket.clone(),
            head: given.head.clone(),
            created: given.created.map(|time| time.to_string()),
            expires: given.expires.to_string(),
            approvals: judged.approvals.iter().map(RequirementReport::from).collect(),
            file: given.file.clone(),
        }
    }
}

impl VerdictReport {
    /// The same verdict with an override that was handed in: its decision changes where that is honoured, and nothing else.
    #[must_use]
    pub fn with_override(mut self, judged: &JudgedOverride) -> Self {
        self.decision = judged.decision();
        self.override_ = Some(OverrideReport::from(judged));
        self
    }

    /// The override that changed the decision, if one did.
    #[must_use]
    pub fn honoured_override(&self) -> Option<&OverrideReport> {
        self.override_.as_ref().filter(|given| given.honoured)
    }
}
