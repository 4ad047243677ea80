//! The scripts of one pack: each is parsed once, checked, and its metadata read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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
        let mut written = Vec::new();
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
            written.push((path, id, bytes));
        }
        let read = |(path, id, bytes): &(&str, &str, &[u8])| {
            let script = modules::script(files, path, bytes).map_err(|mistake| vec![mistake])?;
            let ast = script.compile(self.engine).map_err(|mistake| vec![mistake])?;
            let parsed = rule::parse(&script, ast, id, pack, categories, &names)?;
            Ok((may_nest(&parsed.ast), script, parsed))
        };
        let mut rules = Vec::with_capacity(written.len());
        let sandbox = &set.sandbox;
        for read in in_turns(&written, &|| _ = sandbox.functions(), &read) {
            match read {
                Ok((nests, script, parsed)) => {
                    set.may_nest |= nests;
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

/// From this many scripts on, two threads share them: fewer are read before another thread has begun.
const SHARED_FROM: usize = 8;
/// The stack of that thread, as large as the one that a program begins on: scripts are read by calls within calls.
const STACK_BYTES: usize = 8 << 20;

/// What becomes of each, in their order. Where there are many, another thread does its share while this one does something
/// else first: what takes much memory, which a thread that has just begun gets page by page.
fn in_turns<T: Sync, R: Send>(all: &[T], first: &dyn Fn(), work: &(dyn Fn(&T) -> R + Sync)) -> Vec<R> {
    if all.len() < SHARED_FROM {
        return all.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let share = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(index) else { return done };
            done.push((index, work(one)));
        }
    };
    let mut done = std::thread::scope(|scope| {
        // Where the system gives no thread, this one does everything.
        let other = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, share);
        first();
        let mut done = share();
        match other.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(others)) => done.extend(others),
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => {}
        }
        done
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{SHARED_FROM, in_turns};

    #[test]
    fn each_is_worked_on_once_and_results_keep_their_order() {
        for count in [0, 1, SHARED_FROM - 1, SHARED_FROM, 1_000] {
            let all: Vec<usize> = (0..count).collect();
            let (first, worked) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let double = |one: &usize| {
                worked.fetch_add(1, Ordering::Relaxed);
                one * 2
            };
            let doubled = in_turns(&all, &|| _ = first.fetch_add(1, Ordering::Relaxed), &double);
            assert_eq!(doubled, all.iter().map(|one| one * 2).collect::<Vec<_>>());
            assert_eq!((worked.into_inner(), first.into_inner()), (count, usize::from(count >= SHARED_FROM)));
        }
    }

    #[test]
    #[should_panic(expected = "the last one")]
    fn what_ends_the_other_thread_ends_this_one() {
        let all: Vec<usize> = (0..1_000).collect();
        in_turns(&all, &|| (), &|one| assert!(*one < 999, "the last one"));
    }
}
