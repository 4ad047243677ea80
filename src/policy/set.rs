//! A policy set: packs loaded whole or not at all.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rhai::{AST, Map};

use super::host::PathScope;
use super::layers::SetLimit;
use super::limits::Limits;
use super::metadata::{Approver, OverrideTerms, PackMeta, RuleMeta, SetBy, Threshold};
use super::modules::Modules;
use super::sandbox::Sandbox;
use crate::evidence::{Completeness, Evidence, EvidenceKind, Source, tool_key};

/// One rule, ready to run.
#[derive(Debug)]
pub struct Rule {
    /// What it says of itself.
    pub meta: Arc<RuleMeta>,
    /// Its place among the rules of its policy set.
    pub(crate) index: usize,
    pub(crate) ast: AST,
    pub(crate) top_level: bool,
    pub(crate) source: String,
    pub(crate) parameters: Map,
    /// The part of the repository that it sees.
    pub(crate) scope: Option<Arc<PathScope>>,
}

/// Everything that a change is judged by.
#[derive(Debug)]
pub struct PolicySet {
    pub(super) packs: Vec<PackMeta>,
    pub(super) rules: Vec<Rule>,
    pub(super) thresholds: Vec<Threshold>,
    pub(crate) sandbox: Sandbox,
    pub(crate) modules: Modules,
    /// The categories that rules may assess, by layer: a layer knows its own and those of earlier ones.
    pub(super) categories: Vec<Arc<[String]>>,
    pub(super) parameters: Vec<SetParameter>,
    pub(super) limits: Vec<SetLimit>,
    pub(super) sha256: String,
    pub(crate) texts: BTreeMap<String, Arc<str>>,
    /// Whether a script may put one container into another.
    pub(super) may_nest: bool,
    /// The kinds of evidence that rules need and their pack does not let be lacking, each with the first such pack.
    pub(super) insists: Vec<(EvidenceKind, String)>,
}

/// A parameter of a pack, after all layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetParameter {
    /// The pack that declares it.
    pub pack: String,
    /// The layer of that pack, from 0.
    pub layer: u32,
    /// Its name.
    pub name: String,
    /// Its type, as `pack.toml` writes it.
    pub kind: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its value where nobody sets another.
    pub default: serde_json::Value,
    /// Its value for every rule without one of its own.
    pub value: serde_json::Value,
    /// Who set that.
    pub set_by: SetBy,
    /// What the packs made of it, where it was moved from outside of them and not to a stricter value.
    pub relaxed_from: Option<serde_json::Value>,
    /// Which way later layers may always move it: `lower`, `higher`, `subset` or `superset`.
    pub stricter: Option<&'static str>,
    /// The range that later layers may move it in.
    pub tunable: Option<(serde_json::Value, serde_json::Value)>,
}

impl PolicySet {
    /// The packs, in layer order.
    #[must_use]
    pub fn packs(&self) -> &[PackMeta] {
        &self.packs
    }

    /// The rules, by id.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Whether a script may put one container into another, so that it needs a stack of its own.
    pub(crate) const fn may_nest(&self) -> bool {
        self.may_nest
    }

    /// The pack, if there is one, whose rules need a kind of evidence and that does not say that it may be lacking.
    #[must_use]
    pub fn insists_on(&self, kind: EvidenceKind) -> Option<&str> {
        self.insists.iter().find(|(other, _)| *other == kind).map(|(_, pack)| pack.as_str())
    }

    /// The parameters of all packs, by layer, pack and name.
    #[must_use]
    pub fn parameters(&self) -> &[SetParameter] {
        &self.parameters
    }

    /// The limits that somebody set.
    #[must_use]
    pub fn limits(&self) -> &[SetLimit] {
        &self.limits
    }

    /// The limits that hold.
    #[must_use]
    pub const fn in_use(&self) -> &Limits {
        &self.sandbox.limits
    }

    /// The limits that are higher than they are by themselves: name, value, and who set it.
    #[must_use]
    pub fn raised_limits(&self) -> Vec<(&'static str, u64, String)> {
        let raised = self.limits.iter().filter(|limit| limit.value > limit.default);
        raised.map(|limit| (limit.name, limit.value, limit.set_by.to_string())).collect()
    }

    /// SHA-256 over the packs of every layer, and over what was set from outside of them.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The categories that rules of a layer may assess.
    pub(crate) fn categories(&self, layer: u32) -> Arc<[String]> {
        self.categories.get(layer as usize).map_or_else(|| Arc::from([]), Arc::clone)
    }

    /// Whom each pack asks besides where nobody can give an approval that it asks for; packs that name nobody are not there.
    #[must_use]
    pub fn fallbacks(&self) -> BTreeMap<String, Vec<Approver>> {
        let named = self.packs.iter().filter(|pack| !pack.fallback.is_empty());
        named.map(|pack| (pack.name.clone(), pack.fallback.clone())).collect()
    }

    /// What the packs of the first layer ask for before an emergency override is honoured, all of it; where that is nothing,
    /// none is.
    #[must_use]
    pub fn override_terms(&self) -> Vec<OverrideTerms> {
        let first = self.packs.iter().filter(|pack| pack.layer == 0);
        let terms = first.flat_map(|pack| {
            let terms = pack.override_approvals.iter();
            terms.map(|(from, count)| OverrideTerms { pack: pack.name.clone(), from: from.clone(), count: *count })
        });
        terms.collect()
    }

    /// What levels of risk ask for.
    #[must_use]
    pub fn thresholds(&self) -> &[Threshold] {
        &self.thresholds
    }

    /// Tools that a pack expects and no source is of: one missing source each.
    #[must_use]
    pub fn missing_sources(&self, evidence: &Evidence) -> Vec<Source> {
        let mut missing = Vec::new();
        for pack in &self.packs {
            for (kind, tools) in &pack.expect {
                for tool in tools {
                    let wanted = tool_key(tool);
                    let there = evidence.sources.iter().any(|source| {
                        source.kind == *kind && source.tool.as_deref().is_some_and(|name| tool_key(name) == wanted)
                    });
                    if !there {
                        missing.push(Source {
                            tool: Some(tool.clone()),
                            ..Source::incomplete(
                                *kind,
                                Completeness::Missing,
                                format!("pack `{}` expects results of `{tool}`, and none were supplied", pack.name),
                            )
                        });
                    }
                }
            }
        }
        missing.sort();
        missing.dedup();
        missing
    }

    /// Sources that know too little of late for a pack, as of a time: each once more, as stale. What was not supplied, as
    /// where there was nothing to look up, has no age.
    #[must_use]
    pub fn stale_sources(&self, evidence: &Evidence, as_of: Option<Timestamp>) -> Vec<Source> {
        let mut stale = Vec::new();
        for pack in &self.packs {
            for (kind, days) in &pack.max_age_days {
                for source in evidence.sources.iter().filter(|source| source.kind == *kind && was_supplied(source)) {
                    if let Some(why) = outdated(source, as_of, *days) {
                        let reason = format!("{why}, and pack `{}` asks for {days} at most", pack.name);
                        let problems = Source { problems: Vec::new(), problem_count: 0, ..source.clone() };
                        stale.push(Source {
                            completeness: Completeness::Stale,
                            reason: Some(reason),
                            items: 0,
                            set_aside: 0,
                            ..problems
                        });
                    }
                }
            }
        }
        stale.retain(|stale| !evidence.sources.contains(stale));
        stale.sort();
        stale.dedup();
        stale
    }
}

/// Whether a source is something that was made at a time; where there was nothing to look up, there is none.
const fn was_supplied(source: &Source) -> bool {
    source.path.is_some() || source.tool.is_some() || source.sha256.is_some()
}

/// Why a source is not known to be at most so many days old.
fn outdated(source: &Source, as_of: Option<Timestamp>, days: u32) -> Option<String> {
    let Some(as_of) = as_of else {
        return Some("nobody says when it is judged, so how many days old it is".to_owned());
    };
    let Some(made) = source.made.as_deref() else { return Some("it does not say how many days old it is".to_owned()) };
    let Ok(time) = made.parse::<Timestamp>() else {
        return Some(format!("it says that it is of `{made}`, which is no time to count days from"));
    };
    let age = as_of.duration_since(time);
    let limit = SignedDuration::from_hours(24 * i64::from(days));
    (age > limit).then(|| format!("what it knows is of {made}, {} days before", age.as_hours() / 24))
}
