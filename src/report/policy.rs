//! What judged: its identity, and what its layers made of parameters, thresholds and limits, each with who set it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::policy::{Approver, Enforcement, PolicySet, Risk, RuleMeta, SetBy, SetLimit, Threshold};

/// Who gave a setting its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetByReport {
    /// The name of a pack, or a flag with its dashes.
    pub by: String,
    /// The layer of the pack, from 0; `null` for a flag, which comes after all layers.
    pub layer: Option<u32>,
}

/// Approvers of whom one is enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproversReport {
    /// `user:`, `team:`, `owners`, `any`.
    pub from: Vec<String>,
    /// Who asks for them.
    pub set_by: SetByReport,
}

/// A rule that is not in force yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PendingReport {
    /// The day from which on it is, in UTC.
    pub effective_on: String,
    /// How many days are left until then.
    pub days: u32,
    /// How binding it is from then on.
    pub enforcement: Enforcement,
}

/// What judged, as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyReport {
    /// SHA-256 over the packs of every layer, and over what was set from outside of them.
    pub sha256: String,
    /// Every parameter.
    pub parameters: Vec<ParameterValueReport>,
    /// What levels of risk ask for.
    pub thresholds: Vec<ThresholdReport>,
    /// The limits that somebody set.
    pub limits: Vec<LimitReport>,
}

/// The value of a parameter, for every rule without one of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterValueReport {
    /// The pack that declares it.
    pub pack: String,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: serde_json::Value,
    /// Who set that.
    pub set_by: SetByReport,
}

/// What a level of risk asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdReport {
    /// From this level on.
    pub risk: Risk,
    /// Whether the change is rejected.
    pub rejects: bool,
    /// Who has to approve.
    pub approvals: Vec<NumberReport>,
    /// Who asks for it.
    pub set_by: SetByReport,
}

/// A number of distinct people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberReport {
    /// `user:`, `team:`, `owners`, `any`.
    pub from: Vec<String>,
    /// How many people.
    pub count: u32,
}

/// A limit that somebody set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitReport {
    /// Its name.
    pub name: String,
    /// What it is set to.
    pub value: u64,
    /// What it is where nobody sets it.
    pub default: u64,
    /// Who set it.
    pub set_by: SetByReport,
}

fn words(approvers: &[Approver]) -> Vec<String> {
    approvers.iter().map(ToString::to_string).collect()
}

impl From<&SetBy> for SetByReport {
    fn from(set_by: &SetBy) -> Self {
        Self { by: set_by.by.clone(), layer: set_by.layer }
    }
}

impl ApproversReport {
    /// The rule's own approvers, then those of later layers.
    #[must_use]
    pub fn of(rule: &RuleMeta) -> Vec<Self> {
        let by_itself = SetBy::pack(&rule.pack, rule.layer);
        let own = (!rule.approvers.is_empty()).then(|| Self {
            from: words(&rule.approvers),
            set_by: rule.set_by.get("approvers").unwrap_or(&by_itself).into(),
        });
        let further = rule.further_approvers.iter();
        own.into_iter()
            .chain(further.map(|further| Self { from: words(&further.from), set_by: (&further.set_by).into() }))
            .collect()
    }
}

impl From<&Threshold> for ThresholdReport {
    fn from(threshold: &Threshold) -> Self {
        let approvals = threshold.approvals.iter();
        Self {
            risk: threshold.risk,
            rejects: threshold.rejects,
            approvals: approvals.map(|(from, count)| NumberReport { from: words(from), count: *count }).collect(),
            set_by: (&SetBy::pack(&threshold.pack, threshold.layer)).into(),
        }
    }
}

impl From<&SetLimit> for LimitReport {
    fn from(limit: &SetLimit) -> Self {
        Self { name: limit.name.to_owned(), value: limit.value, default: limit.default, set_by: (&limit.set_by).into() }
    }
}

impl From<&PolicySet> for PolicyReport {
    fn from(policy: &PolicySet) -> Self {
        let parameters = policy.parameters().iter().map(|parameter| ParameterValueReport {
            pack: parameter.pack.clone(),
            name: parameter.name.clone(),
            value: parameter.value.clone(),
            set_by: (&parameter.set_by).into(),
        });
        Self {
            sha256: policy.sha256().to_owned(),
            parameters: parameters.collect(),
            thresholds: policy.thresholds().iter().map(ThresholdReport::from).collect(),
            limits: policy.limits().iter().map(LimitReport::from).collect(),
        }
    }
}
