//! Waivers as a verdict publishes them: what each says, and what became of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::policy::WaiverTrouble;
use crate::verdict::{JudgedWaiver, WaiverState};

/// What became of a waiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverReport {
    /// The waiver's id.
    pub id: String,
    /// What became of it.
    pub state: WaiverState,
    /// Why, where it is not in force or could not be checked.
    pub why: Option<String>,
    /// The rule whose violations it is about.
    pub rule: String,
    /// What of them it is about, each part in words; all of them together.
    pub scope: Vec<String>,
    /// Who answers for it.
    pub owner: String,
    /// Why it is there.
    pub reason: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Where it is dealt with.
    pub ticket: Option<String>,
    /// The day on which it was made.
    pub created: Option<String>,
    /// Its last day, which counts whole, in UTC.
    pub expires: String,
    /// How many days are left after the one that it was judged on; less than 0 where its last day is over.
    pub days_left: Option<i64>,
    /// What there is to say against it.
    pub troubles: Vec<WaiverTrouble>,
    /// Fingerprints of the violations that it lifts.
    pub lifts: Vec<String>,
    /// Of one that is expired or refused: fingerprints of the violations that it would lift were it in force, and that nothing
    /// else lifts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub would_lift: Vec<String>,
    /// Where it is written: file and line.
    pub at: String,
}

impl From<&JudgedWaiver> for WaiverReport {
    fn from(judged: &JudgedWaiver) -> Self {
        let JudgedWaiver { waiver, state, why, days_left, troubles, lifts, would_lift } = judged;
        Self {
            id: waiver.id.clone(),
            state: *state,
            why: why.clone(),
            rule: waiver.rule.clone(),
            scope: waiver.scope.words(),
            owner: waiver.owner.clone(),
            reason: waiver.reason.clone(),
            approved_by: waiver.approved_by.clone(),
            ticket: waiver.ticket.clone(),
            created: waiver.created.map(|day| day.to_string()),
            expires: waiver.expires.to_string(),
            days_left: *days_left,
            troubles: troubles.clone(),
            lifts: lifts.clone(),
            would_lift: would_lift.clone(),
            at: waiver.at.clone(),
        }
    }
}
