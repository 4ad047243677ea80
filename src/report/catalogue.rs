//! The catalogue of a policy: every rule, parameter, threshold, expected tool and limit after all layers, each with who set it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::policy::{ApproversReport, LimitReport, SetByReport, ThresholdReport};
use crate::evidence::EvidenceKind;
use crate::policy::{Enforcement, PackMeta, PolicySet, Risk, RuleMeta, SetBy, SetParameter};

/// The value of `schema` in every catalogue of this version.
pub const CATALOGUE_SCHEMA: &str = "tollgate/rules/v1";

/// What a policy holds a change to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Tollgate catalogue of rules")]
pub struct Catalogue {
    /// Always `tollgate/rules/v1`.
    pub schema: String,
    /// SHA-256 over the packs of every layer, and over what was set from outside of them.
    pub sha256: String,
    /// The packs, by layer and name.
    pub packs: Vec<CataloguePack>,
    /// Every rule, by id.
    pub rules: Vec<CatalogueRule>,
    /// Every parameter, by layer, pack and name.
    pub parameters: Vec<CatalogueParameter>,
    /// What levels of risk ask for.
    pub thresholds: Vec<ThresholdReport>,
    /// What is expected of evidence.
    pub evidence: Vec<CatalogueEvidence>,
    /// The limits that somebody set.
    pub limits: Vec<LimitReport>,
}

/// A pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CataloguePack {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is for.
    pub description: String,
    /// Its layer, from 0.
    pub layer: u32,
    /// SHA-256 over all its files.
    pub sha256: String,
}

/// One rule, with what the layers made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueRule {
    /// Its id.
    pub id: String,
    /// The pack that it is from.
    pub pack: String,
    /// The layer of that pack, from 0.
    pub layer: u32,
    /// What it is about.
    pub title: String,
    /// Why it is there.
    pub description: String,
    /// Its category.
    pub category: String,
    /// How binding it is.
    pub enforcement: Enforcement,
    /// Who set that.
    pub enforcement_set_by: SetByReport,
    /// The day from which on it is that binding, in UTC; advisory before.
    pub effective_on: Option<String>,
    /// Who set that; `None` where there is no such day.
    pub effective_on_set_by: Option<SetByReport>,
    /// The risk of its violations.
    pub risk: Risk,
    /// Evidence that it needs.
    pub needs: Vec<EvidenceKind>,
    /// Evidence that it may do without.
    pub optional: Vec<EvidenceKind>,
    /// Who has to let a violation pass: of each entry one person.
    pub approvers: Vec<ApproversReport>,
    /// The parameters that it reads.
    pub parameters: Vec<CatalogueRuleParameter>,
    /// The paths that it is scoped to; `null` for all.
    pub scope: Option<Vec<String>>,
    /// Controls that it stands for.
    pub controls: Vec<String>,
    /// What to do about a violation.
    pub remedy: Option<String>,
    /// Who looks after it.
    pub owner: Option<String>,
    /// Where it is documented.
    pub docs: Option<String>,
}

/// A parameter as a rule reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueRuleParameter {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: serde_json::Value,
    /// Whether the value is for this rule alone.
    pub own: bool,
    /// Who set it.
    pub set_by: SetByReport,
}

/// A parameter of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueParameter {
    /// The pack that declares it.
    pub pack: String,
    /// The layer of that pack, from 0.
    pub layer: u32,
    /// Its name.
    pub name: String,
    /// Its type, as `pack.toml` writes it.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its value where nobody sets another.
    pub default: serde_json::Value,
    /// Its value for every rule without one of its own.
    pub value: serde_json::Value,
    /// Who set that.
    pub set_by: SetByReport,
    /// Which way later layers may always move it: `lower`, `higher`, `subset` or `superset`.
    pub stricter: Option<String>,
    /// The range that later layers may move it in.
    pub tunable: Option<RangeReport>,
}

/// A range of values, its ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RangeReport {
    /// The lowest value.
    pub from: serde_json::Value,
    /// The highest value.
    pub to: serde_json::Value,
}

/// What a pack expects of a kind of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueEvidence {
    /// The kind.
    pub kind: EvidenceKind,
    /// Tools whose results are expected.
    pub expect: Vec<String>,
    /// Whether `--without KIND` is honoured for the pack's rules.
    pub may_lack: bool,
    /// How many days old what a source knows may be.
    pub max_age_days: Option<u32>,
    /// Who says so.
    pub set_by: SetByReport,
}

impl From<&PolicySet> for Catalogue {
    fn from(policy: &PolicySet) -> Self {
        Self {
            schema: CATALOGUE_SCHEMA.to_owned(),
            sha256: policy.sha256().to_owned(),
            packs: policy.packs().iter().map(CataloguePack::from).collect(),
            rules: policy.rules().iter().map(|rule| CatalogueRule::from(rule.meta.as_ref())).collect(),
            parameters: policy.parameters().iter().map(CatalogueParameter::from).collect(),
            thresholds: policy.thresholds().iter().map(ThresholdReport::from).collect(),
            evidence: policy.packs().iter().flat_map(expected).collect(),
            limits: policy.limits().iter().map(LimitReport::from).collect(),
        }
    }
}

impl From<&PackMeta> for CataloguePack {
    fn from(pack: &PackMeta) -> Self {
        Self {
            name: pack.name.clone(),
            version: pack.version.clone(),
            description: pack.description.clone(),
            layer: pack.layer,
            sha256: pack.sha256.clone(),
        }
    }
}

/// One entry for each kind of which a pack says something.
fn expected(pack: &PackMeta) -> Vec<CatalogueEvidence> {
    let entry = |(kind, expect): (&EvidenceKind, &Vec<String>)| CatalogueEvidence {
        kind: *kind,
        expect: expect.clone(),
        may_lack: pack.may_lack.contains(kind),
        max_age_days: pack.max_age_days.get(kind).copied(),
        set_by: (&SetBy::pack(&pack.name, pack.layer)).into(),
    };
    pack.expect.iter().map(entry).collect()
}

impl From<&RuleMeta> for CatalogueRule {
    fn from(rule: &RuleMeta) -> Self {
        let by_itself = SetBy::pack(&rule.pack, rule.layer);
        let parameters = rule.parameters.iter().map(|parameter| CatalogueRuleParameter {
            name: parameter.name.clone(),
            value: parameter.value.clone(),
            own: parameter.own,
            set_by: (&parameter.set_by).into(),
        });
        Self {
            id: rule.id.clone(),
            pack: rule.pack.clone(),
            layer: rule.layer,
            title: rule.title.clone(),
            description: rule.description.clone(),
            category: rule.category.clone(),
            enforcement: rule.enforcement,
            enforcement_set_by: rule.set_by.get("enforcement").unwrap_or(&by_itself).into(),
            effective_on: rule.effective_on.map(|date| date.to_string()),
            effective_on_set_by: rule
                .effective_on
                .map(|_| rule.set_by.get("effective_on").unwrap_or(&by_itself).into()),
            risk: rule.risk,
            needs: rule.needs.clone(),
            optional: rule.optional.clone(),
            approvers: ApproversReport::of(rule),
            parameters: parameters.collect(),
            scope: rule.scope.clone(),
            controls: rule.controls.clone(),
            remedy: rule.remedy.clone(),
            owner: rule.owner.clone(),
            docs: rule.docs.clone(),
        }
    }
}

impl From<&SetParameter> for CatalogueParameter {
    fn from(parameter: &SetParameter) -> Self {
        Self {
            pack: parameter.pack.clone(),
            layer: parameter.layer,
            name: parameter.name.clone(),
            kind: parameter.kind.clone(),
            description: parameter.description.clone(),
            default: parameter.default.clone(),
            value: parameter.value.clone(),
            set_by: (&parameter.set_by).into(),
            stricter: parameter.stricter.map(str::to_owned),
            tunable: parameter.tunable.clone().map(|(from, to)| RangeReport { from, to }),
        }
    }
}
