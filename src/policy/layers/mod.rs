//! Layers of packs to one policy set: every mistake that shows without running a rule, and nothing half-loaded.
//!
//! What is known of a set does not depend on the order of packs inside of a layer. A later layer adds and tightens; what it
//! may relax is what an earlier one declares tunable, and everything else that it tries is a mistake.

mod compile;
mod law;
mod layer;
mod limits;
mod pack;
mod ready;
mod statements;
mod stray;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use self::compile::Compiler;
use self::law::Law;
use self::statements::{Said, Slot, Statement, Statements};
use self::values::{Declarations, Draft};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::check::Vocabularies;
use crate::policy::limits::Limits;
use crate::policy::mentions::Mentions;
use crate::policy::metadata::{BUILTIN_CATEGORIES, SetBy, Threshold};
use crate::policy::modules::Modules;
use crate::policy::sandbox::Sandbox;
use crate::policy::set::PolicySet;
use crate::policy::watch::Watch;

pub use layer::{Layer, MAX_PACKS};
pub use limits::SetLimit;
pub(crate) use pack::Pack;

/// What is set from outside of all packs: the last layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outside {
    /// Values of parameters, by name or by `pack.name`.
    pub parameters: Vec<(String, String)>,
    /// Limits, by name.
    pub limits: Vec<(String, u64)>,
}

impl PolicySet {
    /// Loads layers in their order, each a pack, packs, or a [`Layer`]; then moves parameters, given as name and value.
    ///
    /// # Errors
    /// Every mistake that shows without running a rule.
    pub fn load<'a, L>(layers: &'a [L], parameters: &[(String, String)]) -> Result<Self, Vec<Diagnostic>>
    where
        Layer: From<&'a L>,
    {
        Self::load_with(layers, parameters, Limits::default())
    }

    /// [`PolicySet::load`], where the limits are others than the default ones before any layer says something of them.
    ///
    /// # Errors
    /// Every mistake that shows without running a rule.
    pub fn load_with<'a, L>(
        layers: &'a [L],
        parameters: &[(String, String)],
        limits: Limits,
    ) -> Result<Self, Vec<Diagnostic>>
    where
        Layer: From<&'a L>,
    {
        let layers: Vec<Layer> = layers.iter().map(Layer::from).collect();
        load(&layers, &Outside { parameters: parameters.to_vec(), limits: Vec::new() }, limits)
    }

    /// Loads layers in their order, and then what is set from outside of them.
    ///
    /// # Errors
    /// Every mistake that shows without running a rule.
    pub fn load_layers(layers: &[Layer], outside: &Outside) -> Result<Self, Vec<Diagnostic>> {
        load(layers, outside, Limits::default())
    }
}

fn load(layers: &[Layer], outside: &Outside, start: Limits) -> Result<PolicySet, Vec<Diagnostic>> {
    let packs = stack(layers)?;
    let (limits, set_limits) = limits::combine(&packs, &outside.limits, start)?;
    let refused = limits.refuse(&packs.iter().map(|pack| &*pack.files).collect::<Vec<_>>());
    if !refused.is_empty() {
        return Err(refused);
    }
    let _watch = Watch::start(&limits);
    let sandbox = Sandbox::new(limits, mentions(&packs));
    let engine = sandbox.compiler();
    let known = Vocabularies::known();
    let mut mistakes = Vec::new();
    let mut set = PolicySet {
        packs: packs.iter().map(|pack| pack.meta(&mut mistakes)).collect(),
        rules: Vec::new(),
        thresholds: packs.iter().flat_map(|pack| thresholds(pack, &mut mistakes)).collect(),
        sandbox,
        modules: Modules::default(),
        categories: categories(&packs, layers.len()),
        parameters: Vec::new(),
        limits: set_limits,
        sha256: digest(&packs, outside),
        texts: BTreeMap::new(),
        may_nest: false,
        insists: Vec::new(),
    };
    let mut declarations: Vec<Declarations> = packs.iter().map(|pack| values::declare(pack, &mut mistakes)).collect();
    let mut drafts = drafts(&mut set, &packs, &declarations, &Compiler { engine: &engine, known }, &mut mistakes);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    for layer in 0..u32::try_from(layers.len()).unwrap_or(u32::MAX) {
        settle(&packs, &mut drafts, &mut declarations, Some(layer), |statements| {
            packs.iter().filter(|pack| pack.layer == layer).for_each(|pack| statements.of_pack(pack));
        })?;
    }
    settle(&packs, &mut drafts, &mut declarations, None, |statements| {
        outside.parameters.iter().for_each(|(name, value)| from_outside(statements, name, value));
    })?;
    ready::finish(&mut set, &packs, drafts, &declarations)?;
    // A policy that is loaded is ready to run. Last, as what was read has left memory behind to make them in.
    set.sandbox.functions();
    Ok(set)
}

/// The words of all scripts.
fn mentions(packs: &[Pack]) -> Mentions {
    let mut mentions = Mentions::none();
    let scripts = packs.iter().flat_map(|pack| pack.files.deciding()).filter(|(path, _)| path.ends_with(".rhai"));
    scripts.for_each(|(_, bytes)| mentions.note(bytes));
    mentions
}

/// The packs of all layers, by layer and name, each once: one that is reached again counts where it was first.
fn stack(layers: &[Layer]) -> Result<Vec<Pack>, Vec<Diagnostic>> {
    let mut stacked: Vec<Pack> = Vec::new();
    let mut mistakes = Vec::new();
    for (layer, given) in layers.iter().enumerate() {
        let mut packs = match given.read() {
            Ok(packs) => packs,
            Err(found) => {
                mistakes.extend(found);
                continue;
            }
        };
        packs.sort_by(|a, b| (a.name(), &a.sha256, &a.files.origin).cmp(&(b.name(), &b.sha256, &b.files.origin)));
        for mut pack in packs {
            pack.layer = u32::try_from(layer).unwrap_or(u32::MAX);
            match stacked.iter().find(|other| other.name() == pack.name()) {
                Some(other) if other.sha256 == pack.sha256 => {}
                Some(other) => mistakes.push(
                    pack.broken(
                        pack.manifest.name.span(),
                        format!(
                            "the pack `{}` is there twice with different contents: also from {}",
                            pack.name(),
                            other.files.origin
                        ),
                    )
                    .related(other.place(other.manifest.name.span()), "declared here"),
                ),
                None => stacked.push(pack),
            }
        }
    }
    if mistakes.is_empty() { Ok(stacked) } else { Err(mistakes) }
}

/// The categories that each layer knows: a later layer's word gives no rule of an earlier one anything to say.
fn categories(packs: &[Pack], layers: usize) -> Vec<Arc<[String]>> {
    let mut known: Vec<String> = BUILTIN_CATEGORIES.iter().map(|name| (*name).to_owned()).collect();
    (0..layers)
        .map(|layer| {
            let own = packs.iter().filter(|pack| pack.layer as usize == layer);
            for category in own.flat_map(|pack| &pack.manifest.categories) {
                if !known.contains(category) {
                    known.push(category.clone());
                }
            }
            Arc::from(known.as_slice())
        })
        .collect()
}

fn thresholds(pack: &Pack, mistakes: &mut Vec<Diagnostic>) -> Vec<Threshold> {
    let mut thresholds = Vec::new();
    for (risk, table) in &pack.manifest.risk {
        if table.approvals.is_empty() && table.decision.is_none() {
            let at = pack.manifest_span(&format!("[risk.{risk}]"));
            let message = format!("`[risk.{risk}]` says nothing");
            let help = "say `approvals = [{ from = [..], count = 1 }]`, or `decision = \"rejected\"`";
            mistakes.push(pack.broken(at, message).help(help));
        }
        let approvals = pack.approvals(&table.approvals, &format!("risk `{risk}`"), mistakes);
        thresholds.push(Threshold {
            risk: *risk,
            rejects: table.decision.is_some(),
            approvals,
            pack: pack.name().to_owned(),
            layer: pack.layer,
        });
    }
    thresholds
}

/// Every rule as its file has it, by id.
fn drafts(
    set: &mut PolicySet,
    packs: &[Pack],
    declarations: &[Declarations],
    compiler: &Compiler<'_>,
    mistakes: &mut Vec<Diagnostic>,
) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for (index, (pack, known)) in packs.iter().zip(declarations).enumerate() {
        let categories = set.categories(pack.layer);
        let rules = match compiler.rules(set, pack, known, &categories) {
            Ok(rules) => rules,
            Err(found) => {
                mistakes.extend(found);
                continue;
            }
        };
        drafts.reserve(rules.len());
        for (script, parsed) in rules {
            let draft = Draft::new(script, parsed, (index, pack), known, mistakes);
            match drafts.iter().find(|other| other.meta.id == draft.meta.id) {
                Some(other) => mistakes.push(
                    Diagnostic::new(Code::DuplicateRule, format!("there is another rule `{}`", draft.meta.id))
                        .at(draft.place)
                        .related(other.place.clone(), "declared here"),
                ),
                None => drafts.push(draft),
            }
        }
    }
    drafts.sort_by(|a, b| a.meta.id.cmp(&b.meta.id));
    drafts
}

/// Collects what one layer says, and applies it as far as it may be.
fn settle(
    packs: &[Pack],
    drafts: &mut [Draft],
    declarations: &mut [Declarations],
    layer: Option<u32>,
    collect: impl FnOnce(&mut Statements<'_>),
) -> Result<(), Vec<Diagnostic>> {
    let mut statements = Statements::new(packs, drafts, declarations);
    collect(&mut statements);
    let named = std::mem::take(&mut statements.said).into_iter();
    let named: Vec<(Slot, String, Statement)> =
        named.map(|(slot, statement)| (slot.clone(), statements.name(&slot), statement)).collect();
    let mut mistakes = statements.mistakes;
    let mut law = Law { drafts, declarations, layer };
    for (slot, name, statement) in named {
        mistakes.extend(law.apply(&slot, &name, statement).err());
    }
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
}

/// `--param NAME=VALUE` is the `[set]` of a last layer.
fn from_outside(statements: &mut Statements<'_>, name: &str, value: &str) {
    let targets = match statements.targets(name, u32::MAX) {
        Ok(targets) => targets,
        Err(mistake) => {
            statements.mistakes.push(mistake);
            return;
        }
    };
    let declarations = statements.declarations;
    for (index, parameter) in targets {
        let Some(declared) = declarations.get(index).and_then(|known| known.get(&parameter)) else { continue };
        match declared.parameter.of.read(value).and_then(|value| declared.parameter.of.fit(&value)) {
            Ok(read) => {
                let of_all = !name.contains('.');
                let (said, set_by) = (Said::Value(read), SetBy::flag("--param"));
                statements.claim(Slot::Value(index, parameter), Statement { said, set_by, place: None, of_all });
            }
            Err(what) => {
                let message = format!("parameter `{name}`: {what}");
                statements.mistakes.push(Diagnostic::new(Code::BadParameter, message));
            }
        }
    }
}

/// The identity of everything that judges: packs by layer and name, and what was set from outside.
fn digest(packs: &[Pack], outside: &Outside) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut list = |title: &str, entries: Vec<[String; 3]>| {
        parts.push(format!("{title} {}", entries.len()));
        parts.extend(entries.into_iter().flatten());
    };
    let pack = |pack: &Pack| [pack.layer.to_string(), pack.name().to_owned(), pack.sha256.clone()];
    list("packs", packs.iter().map(pack).collect());
    let set = |(name, value): (&String, String)| [name.clone(), value, String::new()];
    let sorted = |mut entries: Vec<[String; 3]>| {
        entries.sort();
        entries.dedup();
        entries
    };
    let parameters = outside.parameters.iter().map(|(name, value)| set((name, value.clone())));
    list("parameters", sorted(parameters.collect()));
    let limits = outside.limits.iter().map(|(name, value)| set((name, value.to_string())));
    list("limits", sorted(limits.collect()));
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
