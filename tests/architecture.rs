//! The house rules that no compiler holds: which module may know which, how long a file is, and how it begins.

#![allow(clippy::unwrap_used, clippy::string_slice, clippy::indexing_slicing, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Which parts of the crate each module may name, outside of its tests. `module` allows all of it, `module::Item` that
/// item alone. Data goes one way: collect, normalize, evaluate, verdict, report, render; `cli` wires them.
const MAY_NAME: &[(&str, &[&str])] = &[
    // Data that everyone may name, and that names nobody; `nearest` is the one helper.
    ("evidence", &[]),
    ("diagnostic", &["evidence::nearest"]),
    ("versions", &["evidence"]),
    // An evidence document is read through its published form.
    ("collect", &["evidence", "diagnostic", "report", "versions"]),
    ("normalize", &["evidence", "diagnostic", "collect", "versions"]),
    ("policy", &["evidence", "diagnostic", "versions"]),
    ("evaluate", &["evidence", "diagnostic", "policy"]),
    ("verdict", &["evidence", "diagnostic", "policy", "evaluate"]),
    ("report", &["evidence", "diagnostic", "policy", "evaluate", "verdict"]),
    // Renderers see the published report, which hands on the words that it is written in.
    ("render", &["report", "evidence"]),
    ("cli", &["collect", "normalize", "evidence", "policy", "evaluate", "verdict", "report", "render", "diagnostic"]),
];

/// How long a source file may be, in lines.
const MAX_LINES: usize = 500;

/// How long `main.rs` may be, in lines.
const MAX_MAIN_LINES: usize = 40;

struct SourceFile {
    /// Path under `src`, with `/`.
    name: String,
    text: String,
}

impl SourceFile {
    /// The modules that the file is in, outermost first: `collect/git/mod.rs` is `collect`, `git`.
    fn modules(&self) -> Vec<&str> {
        let mut modules: Vec<&str> = self.name.trim_end_matches(".rs").split('/').collect();
        if modules.last() == Some(&"mod") {
            modules.pop();
        }
        modules
    }

    fn is_test(&self) -> bool {
        self.modules().contains(&"tests")
    }

    /// The code without comments and without what is compiled for tests alone, which stands last in a file.
    fn code(&self) -> String {
        let product = self.text.split("#[cfg(test)]\nmod tests").next().unwrap_or("");
        product.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    }
}

fn sources() -> Vec<SourceFile> {
    fn walk(directory: &Path, root: &Path, files: &mut Vec<SourceFile>) {
        let mut entries: Vec<PathBuf> = directory.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, root, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                files.push(SourceFile { name, text: read(&path) });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &root, &mut files);
    assert!(files.len() > 20, "the sources are where they should be");
    files
}

#[expect(clippy::disallowed_methods, reason = "the test reads the sources")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// `module` and `module::Item` of every path in the code that starts at the root of the crate.
fn named(code: &str, modules: &[&str]) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        // `tollgate_crate::` is another name.
        let before = code[..at].chars().next_back().unwrap_or(' ');
        if !before.is_alphanumeric() && before != '_' {
            found.extend(paths(&code[at + "crate::".len()..]));
        }
    }
    // `super::` as often as it takes to leave the top module is the root of the crate as well.
    let to_root = "super::".repeat(modules.len());
    for (at, _) in code.match_indices(&to_root) {
        if !code[..at].ends_with("super::") {
            found.extend(paths(&code[at + to_root.len()..]));
        }
    }
    found
}

/// The first two names of a path, or of every path of a `{..}` group.
fn paths(rest: &str) -> Vec<(String, Option<String>)> {
    alternatives(rest).into_iter().flat_map(first).collect()
}

/// A path, or the paths of a `{..}` group.
fn alternatives(rest: &str) -> Vec<&str> {
    let Some(group) = rest.trim_start().strip_prefix('{') else { return vec![rest] };
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(&group[start..at]);
                start = at + 1;
                if character == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

fn first(path: &str) -> Vec<(String, Option<String>)> {
    let ident =
        |text: &str| -> String { text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let module = ident(path);
    if module.is_empty() {
        return Vec::new();
    }
    match path.trim_start()[module.len()..].strip_prefix("::") {
        None => vec![(module, None)],
        Some(rest) => alternatives(rest)
            .into_iter()
            .map(ident)
            .filter(|item| !item.is_empty())
            .map(|item| (module.clone(), Some(item)))
            .collect(),
    }
}

#[test]
fn no_module_names_one_that_it_may_not_know() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_NAME.iter().copied().collect();
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| !file.is_test() && !matches!(file.name.as_str(), "lib.rs" | "main.rs")) {
        let modules = file.modules();
        let top = modules[0];
        let Some(may) = allowed.get(top) else {
            wrong.push(format!("{} is in `{top}`, which MAY_NAME does not list", file.name));
            continue;
        };
        for (module, item) in named(&file.code(), &modules) {
            // A macro of the crate stands at its root; it is data's own.
            let exact = item.as_ref().map(|item| format!("{module}::{item}"));
            let fine = module == top
                || !allowed.contains_key(module.as_str())
                || may.contains(&module.as_str())
                || exact.as_deref().is_some_and(|exact| may.contains(&exact));
            if !fine {
                wrong.push(format!("{} names `{}`", file.name, exact.unwrap_or(module)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_paths_sees_groups_and_supers() {
    let code = "use crate::{policy::Risk, verdict::{Decision, X}, report};\nuse super::super::render::y;\nfn f() { crate::cli::z() }";
    let mut found: Vec<String> = named(code, &["collect", "git"]).into_iter().map(|(module, _)| module).collect();
    found.sort();
    assert_eq!(found, ["cli", "policy", "render", "report", "verdict", "verdict"]);
    assert_eq!(named("use super::b;", &["collect", "git"]), [], "a sibling is no other module");
}

#[test]
fn every_file_begins_with_what_it_is_for() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|file| !file.is_test() && !file.text.starts_with("//! "))
        .map(|file| file.name)
        .collect();
    assert!(silent.is_empty(), "{silent:?} do not begin with `//! `");
}

#[test]
fn a_file_is_one_room() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|file| (file.text.lines().count(), file.name))
        .filter(|(lines, name)| *lines > if name == "main.rs" { MAX_MAIN_LINES } else { MAX_LINES })
        .map(|(lines, name)| format!("{name}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}
