//! Modules of `lib/`: a rule imports those of its own pack, and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use rhai::{AST, ASTFlags, Engine, EvalAltResult, Module, ModuleResolver, Position, Scope, Shared, Stmt};

use super::check::{Names, Unit, imports_of};
use super::files::PackFiles;
use super::rule::{Script, check_top_level};
use crate::diagnostic::{Code, Diagnostic};

/// The modules of every pack, by the pack's origin and the module's name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Modules {
    packs: Arc<BTreeMap<String, BTreeMap<String, Shared<Module>>>>,
}

impl ModuleResolver for Modules {
    fn resolve(
        &self,
        _: &Engine,
        source: Option<&str>,
        path: &str,
        position: Position,
    ) -> Result<Shared<Module>, Box<EvalAltResult>> {
        let source = source.unwrap_or("");
        self.packs
            .iter()
            .filter(|(origin, _)| source.strip_prefix(origin.as_str()).is_some_and(|rest| rest.starts_with('/')))
            // A pack may lie below another one's directory.
            .max_by_key(|(origin, _)| origin.len())
            .and_then(|(_, modules)| modules.get(path))
            .cloned()
            .ok_or_else(|| EvalAltResult::ErrorModuleNotFound(path.to_owned(), position).into())
    }
}

impl Modules {
    pub(crate) fn insert(&mut self, origin: &str, modules: BTreeMap<String, Shared<Module>>) {
        Arc::make_mut(&mut self.packs).insert(origin.to_owned(), modules);
    }
}

/// One script of `lib/`, read but not yet a module.
pub(crate) struct Library {
    pub(crate) name: String,
    pub(crate) script: Script,
    pub(crate) ast: AST,
}

/// Reads the scripts of `lib/`.
pub(crate) fn read(pack: &PackFiles, engine: &Engine) -> Result<Vec<Library>, Vec<Diagnostic>> {
    let mut libraries = Vec::new();
    let mut mistakes = Vec::new();
    for (path, bytes) in pack.deciding() {
        let Some(name) = path.strip_prefix("lib/").and_then(|path| path.strip_suffix(".rhai")) else { continue };
        let script = match script(pack, path, bytes) {
            Ok(script) => script,
            Err(diagnostic) => {
                mistakes.push(diagnostic);
                continue;
            }
        };
        match script.compile(engine).and_then(|ast| check_top_level(&script, &ast).map(|()| ast)) {
            Ok(ast) => libraries.push(Library { name: name.to_owned(), script, ast }),
            Err(diagnostic) => mistakes.push(diagnostic),
        }
    }
    if mistakes.is_empty() { Ok(libraries) } else { Err(mistakes) }
}

/// A file of a pack as a script.
pub(crate) fn script(pack: &PackFiles, path: &str, bytes: &[u8]) -> Result<Script, Diagnostic> {
    let name = pack.name_of(path);
    if bytes.len() as u64 > super::files::MAX_FILE_BYTES {
        return Err(Diagnostic::new(
            Code::UnreadablePack,
            format!("has {} bytes, the limit is {}", bytes.len(), super::files::MAX_FILE_BYTES),
        )
        .at(crate::diagnostic::Place::file(name)));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let script = Script { name, text: text.trim_start_matches('\u{feff}').into() };
            match hidden(&script.text) {
                None => Ok(script),
                Some((offset, character)) => Err(Diagnostic::new(
                    Code::SyntaxError,
                    format!("the script has the invisible character U+{:04X}", u32::from(character)),
                )
                .at(crate::diagnostic::Place::at_offset(script.name, &script.text, offset))
                .help("remove it: what is read is not what runs")),
            }
        }
        Err(error) => Err(Diagnostic::new(
            Code::UnreadablePack,
            format!("is not UTF-8 from byte {} on, expected a script", error.valid_up_to()),
        )
        .at(crate::diagnostic::Place::file(name))),
    }
}

/// The first character that makes a script look like another one: it reorders, breaks or hides text, and is none that is
/// seen.
fn hidden(text: &str) -> Option<(usize, char)> {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    // Every byte, as machines compare many at once where no comparison ends the others.
    if text.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
        return None;
    }
    // What shows text takes a carriage return alone for nothing, or for the way back over the line; the engine ends the line.
    let alone = |offset: usize| !text.get(offset..).is_some_and(|rest| rest.starts_with("\r\n"));
    text.char_indices().find(|(offset, character)| {
        (*character == '\r' && alone(*offset))
            || (character.is_control() && !matches!(character, '\t' | '\n' | '\r'))
            || matches!(
                character,
                '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            )
    })
}

/// Each module taken apart, for the checks of scripts that call it.
pub(crate) fn units(libraries: &[Library]) -> Result<BTreeMap<String, Unit>, Vec<Diagnostic>> {
    let unit = |library: &Library| Ok((library.name.clone(), Unit::new(&library.script, &library.ast)?));
    let units: Result<_, Diagnostic> = libraries.iter().map(unit).collect();
    units.map_err(|diagnostic| vec![diagnostic])
}

/// Lets rules see the constants of a module, which the engine shows only where they are written with `export`.
fn show_constants(module: &mut Module, script: &AST) {
    for statement in script.statements() {
        if let Stmt::Var(variable, flags, _) = statement
            && flags.intersects(ASTFlags::CONSTANT)
            && let Some(value) = variable.1.get_literal_value(None)
        {
            module.set_var(variable.0.name.as_str(), value);
        }
    }
    module.build_index();
}

/// Makes modules of the scripts, each after those that it imports.
pub(crate) fn link(
    origin: &str,
    libraries: Vec<Library>,
    names: &Names<'_>,
    mut engine: Engine,
) -> Result<BTreeMap<String, Shared<Module>>, Vec<Diagnostic>> {
    let mut mistakes: Vec<Diagnostic> =
        libraries.iter().flat_map(|library| names.check_module(&library.name)).collect();
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let mut linked = BTreeMap::new();
    let mut waiting = libraries;
    while !waiting.is_empty() {
        let ready = |library: &Library| {
            imports_of(&library.script, &library.ast)
                .is_ok_and(|imports| imports.iter().all(|(_, module, _)| linked.contains_key(module)))
        };
        let (now, later): (Vec<Library>, Vec<Library>) = waiting.into_iter().partition(ready);
        if now.is_empty() {
            let names: Vec<&str> = later.iter().map(|library| library.name.as_str()).collect();
            mistakes.extend(later.first().map(|library| {
                library.script.mistake(
                    Code::UnknownModule,
                    Position::NONE,
                    format!("the modules {} import each other in a circle", names.join(", ")),
                )
            }));
            return Err(mistakes);
        }
        for library in now {
            match Module::eval_ast_as_new(Scope::new(), &library.ast, &engine) {
                Ok(mut module) => {
                    show_constants(&mut module, &library.ast);
                    linked.insert(library.name, Shared::new(module));
                }
                Err(error) => mistakes.push(super::trouble::diagnostic(&error, &library.script.name, &|_| {
                    Some(Arc::clone(&library.script.text))
                })),
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let mut resolver = Modules::default();
        resolver.insert(origin, linked.clone());
        engine.set_module_resolver(resolver);
        waiting = later;
    }
    Ok(linked)
}
