//! `pack.toml` as it is written: wire types, strict about every key.

mod schema;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::metadata::{Enforcement, Risk};
use super::waiving::WaiverTrouble;
use crate::evidence::EvidenceKind;

/// `pack.toml`: what a pack is and what its rules are held to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Tollgate pack")]
pub struct PackManifest {
    /// The pack's name: lower case letters, digits and dashes.
    #[schemars(with = "schema::Name")]
    pub name: Spanned<String>,
    /// Its version.
    pub version: String,
    /// What it is for.
    pub description: String,
    /// Packs that join the same layer: `builtin:NAME`, or a directory by its path from this pack's directory.
    #[serde(default)]
    #[schemars(with = "Vec<schema::NotEmpty>")]
    pub extends: Vec<Spanned<String>>,
    /// The part of the repository that its rules are about.
    #[serde(default)]
    pub scope: Option<ScopeTable>,
    /// Categories beside the built-in ones.
    #[serde(default)]
    pub categories: Vec<String>,
    /// What is expected of each kind of evidence.
    #[serde(default)]
    #[schemars(with = "schema::Evidence")]
    pub evidence: BTreeMap<EvidenceKind, ExpectTable>,
    /// Parameters that its rules read, by a name without a dot.
    #[serde(default)]
    #[schemars(with = "schema::Parameters")]
    pub parameters: IndexMap<Spanned<String>, ParameterTable>,
    /// What each level of risk asks for.
    #[serde(default)]
    #[schemars(with = "schema::Levels")]
    pub risk: BTreeMap<Risk, RiskTable>,
    /// Who else may approve.
    #[serde(default)]
    pub approvals: Option<ApprovalsTable>,
    /// What is asked of waivers of its rules.
    #[serde(default)]
    pub waivers: Option<WaiversTable>,
    /// What has to be approved before an emergency override is honoured. Only a pack of the first layer may say it.
    #[serde(default, rename = "override")]
    pub override_: Option<OverrideTable>,
    /// Settings of single rules, of this layer or of an earlier one, by id.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, RuleTable>")]
    pub rules: IndexMap<Spanned<String>, RuleTable>,
    /// Values of parameters that packs of this layer or of an earlier one declare: `name` for every pack that declares it,
    /// `"pack.name"` for one.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, schema::Value>")]
    pub set: IndexMap<Spanned<String>, Spanned<toml::Value>>,
    /// How much the rules of the policy set may use. The first layer may raise a limit, later ones only lower it.
    #[serde(default)]
    #[schemars(with = "schema::LimitsTable")]
    pub limits: IndexMap<Spanned<String>, Spanned<u64>>,
}

/// The part of the repository that the rules of a pack are about.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeTable {
    /// Globs from the root of the repository; the rules see what lies under one of them, and what has no known place.
    #[schemars(with = "schema::Globs")]
    pub paths: Spanned<Vec<Spanned<String>>>,
}

/// What is expected of one kind of evidence.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectTable {
    /// Tools whose results are expected; one that is absent is a missing source.
    #[serde(default)]
    pub expect: Vec<String>,
    /// Whether `--without KIND` is honoured for this pack's rules.
    #[serde(default)]
    pub may_lack: bool,
    /// How many days old what a source knows may be when the change is judged; an older one, and one that does not say how
    /// old it is, is stale.
    #[serde(default)]
    pub max_age_days: Option<u32>,
}

/// One parameter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterTable {
    /// `string`, `integer`, `number`, `boolean`, `severity`, `risk`, `glob`, `licence`, `date`, or `list<..>` of one of them.
    #[serde(rename = "type")]
    #[schemars(with = "schema::ParameterType")]
    pub kind: Spanned<String>,
    /// Its value unless somebody sets another.
    #[schemars(with = "schema::Value")]
    pub default: Spanned<toml::Value>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Which way it may always be moved.
    #[serde(default)]
    pub stricter: Option<Stricter>,
    /// How far it may be moved the other way.
    #[serde(default)]
    pub tunable: Option<Tunable>,
}

/// Which way a parameter gets stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stricter {
    /// A lower value is stricter.
    Lower,
    /// A higher value is stricter.
    Higher,
    /// A list with fewer entries is stricter.
    Subset,
    /// A list with more entries is stricter.
    Superset,
}

/// A range that a parameter may be moved in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tunable {
    /// The lowest value.
    #[schemars(with = "schema::Value")]
    pub from: Spanned<toml::Value>,
    /// The highest value.
    #[schemars(with = "schema::Value")]
    pub to: Spanned<toml::Value>,
}

/// What a level of risk asks for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RiskTable {
    /// Who has to approve from this level on.
    #[serde(default)]
    pub approvals: Vec<ApprovalTable>,
    /// What is decided from this level on.
    #[serde(default)]
    pub decision: Option<RiskDecision>,
}

/// Who else may approve.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalsTable {
    /// Who is asked besides where nobody can give an approval that this pack asks for: the sole owner proposed the change, a
    /// team has too few members.
    #[schemars(with = "Vec<schema::ApproverText>", length(min = 1))]
    pub fallback: Spanned<Vec<Spanned<String>>>,
}

/// What is asked of waivers of the pack's rules, and of those of packs of its layer that say nothing of waivers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiversTable {
    /// Whose approval makes a waiver valid: `user:LOGIN`, `team:NAME` or `any`. Without it anybody's is enough, but for its
    /// owner's and that of who proposed the change.
    #[serde(default)]
    #[schemars(with = "Option<Vec<schema::PersonText>>", length(min = 1))]
    pub by: Option<Spanned<Vec<Spanned<String>>>>,
    /// For how many days a waiver may be.
    #[serde(default)]
    #[schemars(with = "Option<u32>", range(min = 1))]
    pub max_days: Option<Spanned<u32>>,
    /// From how many days before its end on a waiver is said to end soon; 14 unless it is said.
    #[serde(default)]
    pub expiring_days: Option<u32>,
    /// How many days a drafted waiver is for; 30 unless it is said, or `max_days` where that is less.
    #[serde(default)]
    #[schemars(with = "Option<u32>", range(min = 1))]
    pub default_days: Option<Spanned<u32>>,
    /// What is a violation, of the rule `waivers`.
    #[serde(default)]
    #[schemars(with = "Vec<WaiverTrouble>")]
    pub violations: Vec<Spanned<WaiverTrouble>>,
    /// How binding that is; hard-mandatory unless it is said.
    #[serde(default)]
    #[schemars(with = "Option<Enforcement>")]
    pub enforcement: Option<Spanned<Enforcement>>,
}

/// What has to be approved before an emergency override is honoured.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideTable {
    /// Who has to approve the change at its head; all of them.
    #[schemars(with = "Vec<ApprovalTable>", length(min = 1))]
    pub approvals: Spanned<Vec<ApprovalTable>>,
}

/// What a level of risk may decide by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RiskDecision {
    /// The change is rejected.
    Rejected,
}

/// A number of people out of a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalTable {
    /// `user:LOGIN`, `team:NAME`, `owners` or `any`; one of them is enough.
    #[schemars(with = "Vec<schema::ApproverText>", length(min = 1))]
    pub from: Vec<Spanned<String>>,
    /// How many different people.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub count: u32,
}

const fn one() -> u32 {
    1
}

/// Settings of one rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleTable {
    /// How binding it is. A later layer may raise it, and lower it to what `tunable` lists.
    #[serde(default)]
    #[schemars(with = "Option<Enforcement>")]
    pub enforcement: Option<Spanned<Enforcement>>,
    /// Who may let a violation pass. A later layer's are asked besides the earlier ones.
    #[serde(default)]
    #[schemars(with = "Option<Vec<schema::ApproverText>>")]
    pub approvers: Option<Spanned<Vec<Spanned<String>>>>,
    /// Until this day, in UTC, the rule is advisory. A later layer may only move it to an earlier day.
    #[serde(default)]
    #[schemars(with = "Option<schema::Day>")]
    pub effective_on: Option<Spanned<toml::Value>>,
    /// Values of its pack's parameters for this rule alone.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, schema::Value>")]
    pub parameters: IndexMap<Spanned<String>, Spanned<toml::Value>>,
    /// What later layers may relax.
    #[serde(default)]
    #[schemars(with = "Option<RuleTunable>")]
    pub tunable: Option<Spanned<RuleTunable>>,
}

/// What later layers may relax of a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleTunable {
    /// The values that they may lower `enforcement` to.
    #[serde(default)]
    pub enforcement: Vec<Enforcement>,
}
