//! Definition files: each line is what Rhai's language server takes for one, and all that rules can use is in them once.

use std::collections::BTreeSet;

use tollgate::policy::{definitions, host_names};

/// Words that the language server's lexer keeps for itself, so that no name may be one.
const RESERVED: &[&str] = &[
    "let",
    "const",
    "for",
    "do",
    "until",
    "while",
    "in",
    "loop",
    "break",
    "continue",
    "if",
    "else",
    "switch",
    "fn",
    "private",
    "return",
    "throw",
    "try",
    "catch",
    "import",
    "export",
    "as",
    "global",
    "this",
    "Fn",
    "call",
    "curry",
    "is_shared",
    "is_def_fn",
    "is_def_var",
    "type_of",
    "print",
    "debug",
    "eval",
    "var",
    "static",
    "goto",
    "exit",
    "match",
    "case",
    "public",
    "protected",
    "new",
    "use",
    "with",
    "module",
    "package",
    "super",
    "spawn",
    "thread",
    "go",
    "sync",
    "async",
    "await",
    "yield",
    "default",
    "void",
    "null",
    "nil",
    "true",
    "false",
];

/// Functions of the language itself that the server knows by their names.
const KNOWN: &[&str] = &["print", "debug", "call"];

/// Types that need no definition.
const BUILTIN: &[&str] = &["String", "int", "float", "bool", "char", "Array", "Map", "FnPtr", "Range", "Iterator"];

/// What is left to be read of one line.
struct Reader<'a> {
    rest: &'a str,
    types: &'a BTreeSet<String>,
}

impl<'a> Reader<'a> {
    fn takes(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn name(&mut self) -> Result<&'a str, String> {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        let word = name.trim_start_matches('_');
        if name != "_" && !word.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err(format!("`{name}` is no name"));
        }
        Ok(name)
    }

    fn own_name(&mut self, may: &[&str]) -> Result<&'a str, String> {
        let name = self.name()?;
        if RESERVED.contains(&name) && !may.contains(&name) { Err(format!("`{name}` is reserved")) } else { Ok(name) }
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.takes(token) { Ok(()) } else { Err(format!("expected `{token}` before `{}`", self.rest)) }
    }

    fn type_of(&mut self) -> Result<(), String> {
        if self.takes("(") {
            self.expect(")")?;
        } else if !self.takes("?") {
            let name = self.name()?;
            if !self.types.contains(name) && !BUILTIN.contains(&name) {
                return Err(format!("no type `{name}`"));
            }
            if self.takes("<") {
                self.type_of()?;
                self.expect(">")?;
            }
        }
        if self.takes("|") { self.type_of() } else { Ok(()) }
    }

    fn item(&mut self) -> Result<(), String> {
        if self.takes("type ") {
            self.own_name(&[])?;
            self.expect("=")?;
            self.expect("...")?;
        } else if self.takes("const ") {
            self.own_name(&[])?;
            self.expect(":")?;
            self.type_of()?;
        } else {
            self.expect("fn ")?;
            if !self.takes("get ") {
                self.own_name(KNOWN)?;
            } else {
                self.own_name(&[])?;
            }
            self.expect("(")?;
            while !self.takes(")") {
                self.own_name(&[])?;
                self.expect(":")?;
                self.type_of()?;
                if !self.rest.trim_start().starts_with(')') {
                    self.expect(",")?;
                }
            }
            self.expect("->")?;
            self.type_of()?;
        }
        self.expect(";")?;
        if self.rest.is_empty() { Ok(()) } else { Err(format!("`{}` after the end", self.rest)) }
    }
}

/// Every definition with its documentation.
fn items(text: &str) -> Vec<(String, &str)> {
    let mut items = Vec::new();
    let mut doc = String::new();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("module static;"));
    for line in lines {
        if let Some(comment) = line.strip_prefix("///") {
            doc.push_str(comment.strip_prefix(' ').unwrap_or(comment));
            doc.push('\n');
        } else if line.is_empty() {
            assert!(doc.is_empty(), "documentation of nothing: {doc}");
        } else {
            items.push((std::mem::take(&mut doc), line));
        }
    }
    assert!(doc.is_empty(), "documentation of nothing: {doc}");
    items
}

fn types(items: &[(String, &str)]) -> BTreeSet<String> {
    let defined: Vec<String> = items
        .iter()
        .filter_map(|(_, line)| line.strip_prefix("type ")?.split_once(' ').map(|(name, _)| name.to_owned()))
        .collect();
    let distinct: BTreeSet<String> = defined.iter().cloned().collect();
    assert_eq!(distinct.len(), defined.len(), "{defined:?}");
    distinct
}

#[test]
fn every_definition_is_one_that_the_language_server_can_read_and_has_documentation() {
    let text = definitions().single();
    let items = items(&text);
    let types = types(&items);
    for (doc, line) in &items {
        let read = Reader { rest: line, types: &types }.item();
        assert!(read.is_ok(), "{line}: {read:?}");
        assert!(!doc.trim().is_empty(), "{line} has no documentation");
    }
    assert!(items.len() > 400, "{}", items.len());
}

#[test]
fn what_is_no_definition_is_refused_by_this_test() {
    let types = BTreeSet::from(["Finding".to_owned()]);
    for wrong in [
        "fn deny(_: String) -> ;",
        "fn deny(_: Str) -> bool;",
        "fn in(_: String) -> bool;",
        "fn a(with: String) -> bool;",
        "fn a(_: String) -> bool",
        "fn a(_ String) -> bool;",
        "fn get$a(_: Finding) -> bool;",
        "op +(int, int) -> int;",
        "type Finding;",
    ] {
        assert!(Reader { rest: wrong, types: &types }.item().is_err(), "{wrong}");
    }
}

#[test]
fn every_name_that_rules_can_use_is_defined_once_with_its_meaning_and_its_example() {
    let text = definitions().single();
    let items = items(&text);
    let distinct: BTreeSet<&str> = items.iter().map(|(_, line)| *line).collect();
    assert_eq!(distinct.len(), items.len(), "a definition stands there twice");
    for entry in host_names() {
        let shown = format!("\n`{}`\n", entry.signature);
        let defined = items.iter().filter(|(doc, line)| {
            let named = [format!("fn {}(", entry.name), format!("fn get {}(", entry.name)];
            named.iter().any(|start| line.starts_with(start))
                && line.contains(&format!("(_: {}", entry.receiver)) | !entry.receiver.starts_with(char::is_uppercase)
                && doc.contains(&shown)
                && doc.starts_with(entry.meaning)
                && entry.example.lines().all(|statement| doc.contains(statement))
        });
        // `Finding` is the beginning of `Findings`, whose names are others.
        assert_eq!(defined.count(), 1, "{} of `{}`", entry.signature, entry.receiver);
    }
}

#[test]
fn each_file_is_whole_and_together_they_are_the_one_file() {
    let definitions = definitions();
    let all = definitions.single();
    let mut parts = 0;
    for (name, text) in definitions.files() {
        assert!(name.ends_with(".d.rhai"));
        parts += items(&text).len();
        for (_, line) in items(&text) {
            assert!(all.contains(line), "{line}");
        }
    }
    assert_eq!(parts, items(&all).len());
}

#[test]
fn the_definitions_begin_as_people_see_them() {
    let text = definitions().single();
    let beginning: Vec<&str> = text.lines().take(60).collect();
    insta::assert_snapshot!("definitions", beginning.join("\n"));
    let finding = text.split("\n\n").find(|item| item.contains("fn severity_at_least(_: Findings")).unwrap();
    insta::assert_snapshot!("query", finding);
}
