//! A policy set: packs loaded whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rhai::{AST, Map};

use super::check::Vocabularies;
use super::files::PackFiles;
use super::host::Globs;
use super::limits::Limits;
use super::loader::Loader;
use super::metadata::{BUILTIN_CATEGORIES, PackMeta, RuleMeta, Threshold};
use super::modules::Modules;
use super::rule::Script;
use super::sandbox::Sandbox;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::{Completeness, Evidence, Source, tool_key};

/// How many rules a policy set may have.
pub const MAX_RULES: usize = 1_000;

/// One rule, ready to run.
#[derive(Debug)]
pub struct Rule {
    /// What it says of itself.
    pub meta: Arc<RuleMeta>,
    pub(crate) ast: AST,
    pub(crate) top_level: bool,
    pub(crate) source: String,
    pub(crate) parameters: Map,
}

/// Everything that a change is judged by.
#[derive(Debug)]
pub struct PolicySet {
    pub(super) packs: Vec<PackMeta>,
    pub(super) rules: Vec<Rule>,
    pub(super) thresholds: Vec<Threshold>,
    pub(crate) sandbox: Sandbox,
    pub(crate) modules: Modules,
    pub(crate) globs: Arc<Globs>,
    pub(crate) categories: Arc<[String]>,
    pub(crate) texts: BTreeMap<String, Arc<str>>,
    /// Whether a script may put one container into another.
    pub(super) may_nest: bool,
}

impl PolicySet {
    /// Loads packs, one layer each, in layer order; then moves parameters, given as name and value.
    ///
    /// # Errors
    /// Every mistake that shows without running a rule.
    pub fn load(layers: &[PackFiles], parameters: &[(String, String)]) -> Result<Self, Vec<Diagnostic>> {
        Self::load_with(layers, parameters, Limits::default())
    }

    /// [`PolicySet::load`] with limits other than the default ones.
    ///
    /// # Errors
    /// Every mistake that shows without running a rule.
    pub fn load_with(
        layers: &[PackFiles],
        parameters: &[(String, String)],
        limits: Limits,
    ) -> Result<Self, Vec<Diagnostic>> {
        let sandbox = Sandbox::new(limits);
        let compiler = sandbox.compiler();
        let known = Vocabularies::known();
        let mut set = Self {
            packs: Vec::new(),
            rules: Vec::new(),
            thresholds: Vec::new(),
            sandbox,
            modules: Modules::default(),
            globs: Arc::default(),
            categories: Arc::from(Vec::new()),
            texts: BTreeMap::new(),
            may_nest: false,
        };
        let mut mistakes = Vec::new();
        let mut categories: Vec<String> = BUILTIN_CATEGORIES.iter().map(|name| (*name).to_owned()).collect();
        let mut moved = BTreeSet::new();
        for (layer, files) in layers.iter().enumerate() {
            let layer = u32::try_from(layer).unwrap_or(u32::MAX);
            let mut loader =
                Loader { files, layer, compiler: &compiler, known, categories: &mut categories, moved: &mut moved };
            if let Err(found) = loader.load(&mut set, parameters) {
                mistakes.extend(found);
            }
        }
        if mistakes.is_empty() {
            let unknown = parameters.iter().filter(|(name, _)| !moved.contains(name));
            let known = || set.rules.iter().flat_map(|rule| rule.parameters.keys().map(|name| name.as_str()));
            mistakes.extend(unknown.map(|(name, _)| {
                Diagnostic::new(Code::BadParameter, format!("no pack has a parameter `{name}`")).suggest(name, known())
            }));
        }
        set.rules.sort_by(|a, b| a.meta.id.cmp(&b.meta.id));
        if set.rules.len() > MAX_RULES {
            mistakes.push(Diagnostic::new(
                Code::BrokenPack,
                format!("the policy set has {} rules, the limit is {MAX_RULES}", set.rules.len()),
            ));
        }
        set.categories = categories.into();
        if mistakes.is_empty() { Ok(set) } else { Err(mistakes) }
    }

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

impl PolicySet {
    /// Takes a rule in, unless another has its id.
    pub(super) fn add(&mut self, rule: Rule, script: &Script, mistakes: &mut Vec<Diagnostic>) {
        if let Some(other) = self.rules.iter().find(|other| other.meta.id == rule.meta.id) {
            mistakes.push(
                Diagnostic::new(
                    Code::DuplicateRule,
                    format!("the rule `{}` is also in {}", rule.meta.id, other.source),
                )
                .at(Place::file(script.name.clone())),
            );
            return;
        }
        self.texts.insert(script.name.clone(), Arc::clone(&script.text));
        self.rules.push(rule);
    }
}
