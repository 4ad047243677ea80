//! What only reading a pack can tell: everything that works and is probably not what was meant. Nothing is run.
//!
//! Mistakes that would end a run are errors of loading, and are told first: of packs that don't load there is nothing to
//! be warned of.

mod bare;
mod cases;
mod metadata;
mod pack;
mod pinned;
mod reach;
mod repository;
mod rules;
mod script;

use std::sync::Arc;

use rhai::Engine;

use self::cases::Shown;
use self::rules::Rule;
use self::script::Facts;
use super::files::PackFiles;
use super::layers::Layer;
use super::limits::Limits;
use super::manifest::PackManifest;
use super::mentions::Mentions;
use super::modules;
use super::sandbox::Sandbox;
use super::set::PolicySet;
use crate::diagnostic::{Code, Diagnostic, Place};

pub use repository::Repository;

/// A pack, read once more for what its loading does not keep.
struct Pack<'a> {
    files: &'a PackFiles,
    manifest: PackManifest,
    text: Arc<str>,
    rules: Vec<Facts>,
    modules: Vec<Facts>,
}

impl<'a> Pack<'a> {
    fn read(files: &'a PackFiles, engine: &Engine) -> Result<Self, Diagnostic> {
        let bytes = files.files.get("pack.toml").map(Vec::as_slice).unwrap_or_default();
        let text = String::from_utf8_lossy(bytes);
        let text: Arc<str> = text.trim_start_matches('\u{feff}').into();
        let manifest = toml::from_str(&text).map_err(|error| {
            Diagnostic::of_toml(Code::BrokenPack, error.message()).at(Place::file(files.name_of("pack.toml")))
        })?;
        let mut pack = Self { files, manifest, text, rules: Vec::new(), modules: Vec::new() };
        for (path, bytes) in files.deciding() {
            let Some((directory, name)) = path.strip_suffix(".rhai").and_then(|path| path.split_once('/')) else {
                continue;
            };
            let facts = Facts::read(name, modules::script(files, path, bytes)?, engine)?;
            if directory == "rules" { pack.rules.push(facts) } else { pack.modules.push(facts) }
        }
        Ok(pack)
    }

    fn module(&self, name: &str) -> Option<&Facts> {
        self.modules.iter().find(|module| module.name == name)
    }
}

/// Warnings about the packs of layers that load, in layer order; with a repository also what of them it has nothing of.
/// The packs of the binary are for every repository, and are not compared with one.
///
/// # Errors
/// Every mistake that shows while they are loaded.
pub fn lint(
    layers: &[Layer],
    parameters: &[(String, String)],
    repository: Option<&Repository>,
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let set = PolicySet::load(layers, parameters)?;
    let engine = Sandbox::new(Limits::default(), Mentions::none()).compiler();
    let mut files: Vec<&PackFiles> = Vec::new();
    for pack in layers.iter().flat_map(Layer::packs) {
        // One that is reached twice is one.
        if !files.contains(&pack) {
            files.push(pack);
        }
    }
    let packs: Result<Vec<Pack<'_>>, Diagnostic> = files.iter().map(|files| Pack::read(files, &engine)).collect();
    let packs = packs.map_err(|mistake| vec![mistake])?;
    let mut found = Vec::new();
    let mut rules = Vec::new();
    for pack in &packs {
        let shown = Shown::of(pack.files);
        let first = rules.len();
        for facts in &pack.rules {
            let Some(rule) = set.rules().iter().find(|rule| rule.source == facts.script.name) else { continue };
            let rule = Rule::of(facts, &rule.meta, pack);
            rule.warn(&shown, &mut found);
            rules.push(rule);
        }
        metadata::missing(pack, rules.get(first..).unwrap_or_default(), &mut found);
        reach::unused(pack, &mut found);
        pack.manifest(&mut found);
        match repository {
            Some(repository) if !pack.files.is_builtin() => repository.warn(pack, &set, &mut found),
            _ => bare::warn(pack, &mut found),
        }
    }
    pinned::warn(layers, &set, &packs, &mut found);
    rules::unasked_files(&rules, &mut found);
    let highest = pack::highest_risk(&rules);
    packs.iter().for_each(|pack| pack.thresholds(highest, &mut found));
    pack::similar(&rules, &mut found);
    found.sort_by(|one, other| order(one).cmp(&order(other)));
    found.dedup();
    Ok(found)
}

/// By file, line and column, then by what is said.
fn order(found: &Diagnostic) -> (Option<(&str, u32, u32)>, Code, &str) {
    let place = found.place.as_deref().map(|place| (place.file.as_str(), place.line, place.column));
    (place, found.code, found.message.as_str())
}
