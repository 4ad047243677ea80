//! Definition files for editors: what Rhai's language server reads to complete names and to show what they mean.
//!
//! The format is that of the engine's own definitions: `module static;`, then types, functions and constants, each with
//! its documentation above it. It is made from our table, because the engine knows neither the names of our types' words
//! nor what a function means.

use std::fmt::Write as _;

use super::reference::{About, shown, types, vocabularies, what};
use super::signature::{Param, Signature};
use super::signatures;
use super::types::Type;
use crate::evidence::Vocabulary;
use crate::policy::language::{NATIVE_FUNCTIONS, NativeFunction};

/// What every file begins with: what it defines is there in every script.
const HEADER: &str = "module static;\n";

/// The definitions in parts, each without a header.
#[derive(Debug)]
pub struct Definitions {
    /// What Tollgate gives to rules: types, properties, queries and functions.
    pub host: String,
    /// The functions of the language that rules have.
    pub language: String,
    /// The arguments of `check`.
    pub scope: String,
}

impl Definitions {
    /// All of them as one file.
    #[must_use]
    pub fn single(&self) -> String {
        format!("{HEADER}\n{}\n{}\n{}", self.scope, self.host, self.language)
    }

    /// A file for each part: its name, and all of it.
    #[must_use]
    pub fn files(&self) -> Vec<(&'static str, String)> {
        let file = |part: &str| format!("{HEADER}\n{part}");
        vec![
            ("tollgate.d.rhai", file(&self.host)),
            ("language.d.rhai", file(&self.language)),
            ("scope.d.rhai", file(&self.scope)),
        ]
    }
}

// Writing to a string can't fail, so what `write!` gives is not looked at in this file.

/// The definitions of everything that rules can use.
#[must_use]
pub fn definitions() -> Definitions {
    Definitions { host: host(), language: language(), scope: scope() }
}

fn host() -> String {
    let mut out = String::new();
    let types = types();
    for kind in types.iter().filter(|kind| is_type(kind)) {
        documented(&mut out, &what(kind), "");
        let _ = writeln!(out, "type {} = ...;\n", kind.name);
    }
    for vocabulary in vocabularies() {
        words(&mut out, vocabulary);
    }
    for kind in &types {
        for signature in signatures().filter(|signature| signature.receiver == kind.name) {
            function(&mut out, signature);
        }
    }
    out
}

/// Whether it has a name of its own: functions have no receiver, and arrays are the language's.
fn is_type(kind: &About) -> bool {
    rhai::is_valid_identifier(kind.name)
}

/// A vocabulary as a type, with what its words mean.
fn words(out: &mut String, vocabulary: &Vocabulary) {
    let order = if vocabulary.ordered { "ordered, lowest first" } else { "not ordered" };
    let mut doc = format!("A word of the vocabulary `{}`, {order}:\n", vocabulary.name);
    for (word, meaning) in vocabulary.words.iter().zip(vocabulary.meanings) {
        let _ = write!(doc, "\n* `\"{word}\"`: {}", meaning.trim());
    }
    documented(out, &doc, "");
    let _ = writeln!(out, "type {} = ...;\n", type_of_words(vocabulary));
}

/// `origin of a file kind` is `OriginOfAFileKind`.
fn type_of_words(vocabulary: &Vocabulary) -> String {
    let mut name = String::new();
    for part in vocabulary.name.split(' ') {
        let mut chars = part.chars();
        name.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(chars.as_str());
    }
    name
}

fn function(out: &mut String, signature: &Signature) {
    let mut doc = signature.doc.to_owned();
    if !signature.errors.is_empty() {
        let _ = write!(doc, "\n\nEnds the rule as errored: {}.", signature.errors);
    }
    let _ = write!(doc, "\n\n`{}`", shown(signature));
    documented(out, &doc, signature.example);
    let mut params: Vec<String> = Vec::new();
    if !signature.receiver.is_empty() {
        params.push(format!("_: {}", receiver(signature.receiver)));
    }
    let own = signature.params.unwrap_or_default();
    params.extend(own.iter().map(|(name, param)| format!("{name}: {}", taken(*param))));
    let get = if signature.params.is_none() { "get " } else { "" };
    let _ = writeln!(out, "fn {get}{}({}) -> {};\n", signature.name, params.join(", "), given(signature.returns));
}

fn receiver(name: &'static str) -> String {
    Type::parse(name).map_or_else(|| "?".to_owned(), |of| written(&of))
}

fn given(returns: &'static str) -> String {
    receiver(returns)
}

fn written(of: &Type) -> String {
    match of {
        Type::Nothing => "()".to_owned(),
        Type::Text => "String".to_owned(),
        Type::Number => "int".to_owned(),
        Type::Decimal => "float".to_owned(),
        Type::Flag => "bool".to_owned(),
        Type::Word(vocabulary) => type_of_words(vocabulary),
        Type::Host(name) => (*name).to_owned(),
        Type::Array(element) => format!("Array<{}>", written(element)),
        Type::Map(element) => format!("Map<{}>", written(element)),
    }
}

/// What a parameter takes; a word can be written as a text.
fn taken(param: Param) -> String {
    let or_array = |one: &str| format!("{one} | Array");
    match param {
        Param::Word(vocabulary) => format!("{} | String", type_of_words(vocabulary)),
        Param::Words(vocabulary) => or_array(&format!("{} | String", type_of_words(vocabulary))),
        Param::Globs | Param::Licences | Param::Texts => or_array("String"),
        Param::Text | Param::Column(_) | Param::Date => "String".to_owned(),
        Param::Approvers => or_array("String"),
        Param::Number => "int".to_owned(),
        Param::Map(_) => "Map".to_owned(),
        Param::Value(name) => name.to_owned(),
        Param::Numbers => or_array("int"),
        Param::Subject => "?".to_owned(),
        Param::Files => "Files".to_owned(),
        Param::Claim => "Claim".to_owned(),
    }
}

fn language() -> String {
    let mut out = String::new();
    for function in NATIVE_FUNCTIONS {
        native(&mut out, function, "");
        if function.property {
            native(&mut out, function, "get ");
        }
    }
    out
}

fn native(out: &mut String, function: &NativeFunction, get: &str) {
    documented(out, function.doc, "");
    let params: Vec<String> = function.params.iter().map(|(name, of)| format!("{name}: {}", of.definition())).collect();
    let (name, gives) = (function.name, function.returns.definition());
    let _ = writeln!(out, "fn {get}{name}({}) -> {gives};\n", params.join(", "));
}

fn scope() -> String {
    let mut out = String::new();
    documented(&mut out, "What is known of the change: the first argument of `check`.", "");
    out.push_str("const change: Change;\n\n");
    documented(&mut out, "The parameters of the pack, as properties: the second argument of `check`.", "");
    out.push_str("const params: Map;\n");
    out
}

/// Documentation as comments, with an example at its end.
fn documented(out: &mut String, doc: &str, example: &str) {
    let mut text = doc.to_owned();
    if !example.is_empty() {
        let _ = write!(text, "\n\n```rhai\n{example}\n```");
    }
    for line in text.lines() {
        let _ = writeln!(out, "{}", format!("/// {line}").trim_end());
    }
}
