//! Mistakes in rules never pass: each is refused before any rule runs, also on a line that the evidence never leads to; and
//! what is no mistake is not taken for one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may panic, and reads the packs that it is about"
)]

mod correct;
mod entangled;
mod letters;
mod refused;

use std::collections::BTreeMap;
use std::path::Path;

use tollgate::diagnostic::Diagnostic;
use tollgate::policy::{PackFiles, PolicySet};

const PACK: &str = r#"
name = "p"
version = "1.0.0"
description = "d"
categories = ["payments"]
[parameters.severity]
type = "severity"
default = "high"
[parameters.limit]
type = "integer"
default = 3
[parameters.ratio]
type = "number"
default = 0.5
[parameters.strict]
type = "boolean"
default = true
[parameters.paths]
type = "list<glob>"
default = ["src/**"]
[parameters.names]
type = "list<string>"
default = ["a"]
"#;

const META: &str = "const RULE = #{ title: \"t\", category: \"process\", enforcement: \"hard-mandatory\", risk: \"high\", needs: [\"findings\"] };\n";

/// What stands at the line of a mistake.
const MARK: &str = "//~";

/// A module that rules can import.
const LIBRARY: &str = r#"
const WORDS = ["high", "low"];
fn place(finding) { `in ${finding.path}` }
fn worst(findings, severity) { findings.severity_at_least(severity) }
fn only(list, one) { list.filter(|item| item != "") }
"#;

/// A rule: a whole script as it stands, or statements that no evidence leads to.
fn rule(text: &str) -> String {
    if text.contains("fn check(") {
        format!("import \"helpers\" as helpers;\n{META}{text}\n")
    } else {
        format!(
            "import \"helpers\" as helpers;\n{META}fn check(change, params) {{\n    if change.author == \"nobody\" {{\n{text}\n    }}\n    violation(change, \"m\");\n}}\n"
        )
    }
}

fn pack(rule: &str) -> PackFiles {
    let files = [("pack.toml", PACK), ("lib/helpers.rhai", LIBRARY), ("rules/r.rhai", rule)];
    PackFiles {
        origin: "p".to_owned(),
        files: files.into_iter().map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect(),
    }
}

fn load(rule: &str) -> Result<PolicySet, Vec<Diagnostic>> {
    PolicySet::load(&[pack(rule)], &[])
}

/// A pack of the repository.
fn directory(path: &str) -> PackFiles {
    fn add(files: &mut BTreeMap<String, Vec<u8>>, root: &Path, directory: &Path) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                add(files, root, &path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut files = BTreeMap::new();
    for part in ["rules", "lib"] {
        if root.join(part).is_dir() {
            add(&mut files, &root, &root.join(part));
        }
    }
    files.insert("pack.toml".to_owned(), std::fs::read(root.join("pack.toml")).unwrap());
    PackFiles { origin: path.to_owned(), files }
}

/// Mistakes in words, for messages of tests.
fn told(mistakes: &[Diagnostic]) -> String {
    let line = |mistake: &Diagnostic| {
        let place = mistake.place.as_ref().map(ToString::to_string).unwrap_or_default();
        format!(
            "    {place}: {}: {} ({})",
            mistake.code.as_str(),
            mistake.message,
            mistake.help.as_deref().unwrap_or("")
        )
    };
    mistakes.iter().map(line).collect::<Vec<_>>().join("\n")
}
