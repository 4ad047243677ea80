//! The scripts of one pack: each is parsed once, checked, and its metadata read.

use std::sync::Arc;

use rhai::Engine;

use super::pack::Pack;
use super::stray;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::policy::check::{Names, Vocabularies, map_keys};
use crate::policy::files::PackFiles;
use crate::policy::modules;
use crate::policy::nesting::may_nest;
use crate::policy::rule::{self, Parsed, Script};
use crate::policy::set::PolicySet;
use crate::policy::waiving::WAIVERS_RULE;

/// What every pack's scripts are compiled with.
pub(super) struct Compiler<'a> {
    pub(super) engine: &'a Engine,
    pub(super) known: &'a Vocabularies,
}

impl Compiler<'_> {
    /// Compiles every rule of a pack, after the modules that they import.
    pub(super) fn rules(
        &self,
        set: &mut PolicySet,
        pack: &Pack,
        parameters: &super::values::Declarations,
        categories: &[String],
    ) -> Result<Vec<(Script, Parsed)>, Vec<Diagnostic>> {
        stray::refuse(pack)?;
        stray_scripts(pack)?;
        let files = &pack.files;
        let libraries = modules::read(files, self.engine)?;
        let mut mistakes = Vec::new();
        let names = Names {
            known: self.known,
            keys: libraries.iter().flat_map(|library| map_keys(&library.ast)).collect(),
            // What is wrong with the others is told of their declaration.
            parameters: pack
                .manifest
                .parameters
                .keys()
                .map(|name| {
                    let declared = parameters.get(name.get_ref());
                    (name.get_ref().clone(), declared.map(|declared| declared.parameter.of.of_values()))
                })
                .collect(),
            modules: modules::units(&libraries)?,
            categories,
        };
        set.may_nest |= libraries.iter().any(|library| may_nest(&library.ast));
        for library in &libraries {
            set.texts.insert(library.script.name.clone(), Arc::clone(&library.script.text));
        }
        if !libraries.is_empty() {
            let modules = modules::link(&files.origin, libraries, &names, set.sandbox.engine())?;
            set.modules.insert(&files.origin, modules);
        }
        let mut rules = Vec::with_capacity(files.deciding().count());
        // By one thread: another one would begin late, on pages of its own, when most is read.
        for (path, bytes) in files.deciding() {
            let Some(id) = path.strip_prefix("rules/").and_then(|path| path.strip_suffix(".rhai")) else { continue };
            if id == WAIVERS_RULE {
                let message = format!("no rule can be called `{id}`: that is the one that waivers themselves violate");
                mistakes.push(
                    Diagnostic::new(Code::BrokenPack, message)
                        .at(Place::file(files.name_of(path)))
                        .help("what waivers violate is said in `[waivers]` of `pack.toml`"),
                );
                continue;
            }
            let read = || {
                let script = modules::script(files, path, bytes).map_err(|mistake| vec![mistake])?;
                let ast = script.compile(self.engine).map_err(|mistake| vec![mistake])?;
                let parsed = rule::parse(&script, ast, id, pack, categories, &names)?;
                Ok((script, parsed))
            };
            match read() {
                Ok((script, parsed)) => {
                    set.may_nest |= may_nest(&parsed.ast);
                    rules.push((script, parsed));
                }
                Err(found) => mistakes.extend::<Vec<Diagnostic>>(found),
            }
        }
        if rules.is_empty() && mistakes.is_empty() && pack.is_empty() {
            mistakes.push(
                Diagnostic::new(Code::BrokenPack, "the pack has no rules")
                    .at(Place::file(files.name_of("rules")))
                    .help("put one file for each rule into `rules/`"),
            );
        }
        if mistakes.is_empty() { Ok(rules) } else { Err(mistakes) }
    }
}

/// A script where nobody looks for it would be a rule that never runs.
fn stray_scripts(pack: &Pack) -> Result<(), Vec<Diagnostic>> {
    let stray = |path: &&String| {
        path.ends_with(".rhai")
            && !PackFiles::leaves_out(path)
            && !path.starts_with("lib/")
            && !path.starts_with("cases/")
            && path.strip_prefix("rules/").is_none_or(|rest| rest.contains('/'))
    };
    let mistakes: Vec<Diagnostic> = pack
        .files
        .files
        .keys()
        .filter(stray)
        .map(|path| {
            Diagnostic::new(Code::BrokenPack, "the script would never run")
                .at(Place::file(pack.files.name_of(path)))
                .help("rules lie directly in `rules/`, modules in `lib/`")
        })
        .collect();
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
}
