//! The table that the host API is made from: one entry per name and receiver.

use rhai::Module;

use super::columns::Columns;
use super::error::HostError;
use super::words::a;
use crate::diagnostic::Code;
use crate::evidence::Vocabulary;

/// What a parameter takes; what can be checked without running is checked at load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Param {
    /// A word of a closed vocabulary, as text or as a value of that vocabulary.
    Word(&'static Vocabulary),
    /// One word, or an array of words.
    Words(&'static Vocabulary),
    /// A glob, or an array of globs.
    Globs,
    /// An SPDX licence, or an array of them.
    Licences,
    /// Any text.
    Text,
    /// A text, or an array of texts.
    Texts,
    /// A whole number.
    Number,
    /// A whole number, or an array of whole numbers.
    Numbers,
    /// A property that a query over a selection can use, by its name.
    Column(Columns),
    /// A day of the calendar, as text.
    Date,
    /// Somebody who can approve, or an array of them.
    Approvers,
    /// A map with certain entries.
    Map(&'static [Entry]),
    /// A value of a type of the host.
    Value(&'static str),
    /// An item of evidence, or the change.
    Subject,
    /// Changed files.
    Files,
    /// A claim.
    Claim,
}

/// One entry of a map that a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) takes: Param,
    pub(crate) required: bool,
}

impl Entry {
    /// What is wrong with the names of a map's entries: one that is not known, or one that is not there.
    pub(crate) fn fault<'a>(entries: &[Self], names: impl Iterator<Item = &'a str> + Clone) -> Option<HostError> {
        let known = || entries.iter().map(|entry| entry.name);
        if let Some(name) = names.clone().find(|name| !known().any(|known| known == *name)) {
            let all: Vec<&str> = known().collect();
            let message = format!("unknown entry `{name}`, expected one of {}", all.join(", "));
            return Some(HostError::new(Code::UnknownWord, message).suggest(name, known()));
        }
        let missing =
            entries.iter().filter(|entry| entry.required).find(|entry| !names.clone().any(|name| name == entry.name));
        missing.map(|entry| HostError::new(Code::BadArguments, format!("the map has no `{}`", entry.name)))
    }
}

impl std::fmt::Display for Param {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Word(vocabulary) => f.write_str(&a(vocabulary.name)),
            Self::Words(vocabulary) => write!(f, "{} or an array of them", a(vocabulary.name)),
            Self::Globs => f.write_str("a glob or an array of globs"),
            Self::Licences => f.write_str("an SPDX licence or an array of them"),
            Self::Text => f.write_str("a text"),
            Self::Texts => f.write_str("a text or an array of texts"),
            Self::Number => f.write_str("a whole number"),
            Self::Column(columns) => write!(f, "one of {columns}"),
            Self::Date => f.write_str("a date such as `2026-01-31`, as text"),
            Self::Approvers => {
                f.write_str("`user:LOGIN`, `team:NAME`, `owners` or `any`, or an array of them; one of them is enough")
            }
            Self::Map(entries) => {
                f.write_str("a map with")?;
                for (index, entry) in entries.iter().enumerate() {
                    let optional = if entry.required { "" } else { ", optional" };
                    let before = if index > 0 { "," } else { "" };
                    write!(f, "{before} `{}` ({}{optional})", entry.name, entry.takes)?;
                }
                Ok(())
            }
            Self::Value(name) => write!(f, "a value of type `{name}`"),
            Self::Numbers => f.write_str("a whole number or an array of them"),
            Self::Subject => f.write_str("an item or the change"),
            Self::Files => f.write_str("changed files"),
            Self::Claim => f.write_str("a claim"),
        }
    }
}

/// One name of the host API.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signature {
    /// The type that it belongs to as a method or a property; empty for a function.
    pub(crate) receiver: &'static str,
    /// The name.
    pub(crate) name: &'static str,
    /// Names and kinds of the parameters; `None` for a property.
    pub(crate) params: Option<&'static [(&'static str, Param)]>,
    /// What it gives.
    pub(crate) returns: &'static str,
    /// What it means.
    pub(crate) doc: &'static str,
    /// What it ends a rule with, beyond arguments that don't fit; empty where nothing.
    pub(crate) errors: &'static str,
    /// Statements of a `check` that use it, which run on any evidence.
    pub(crate) example: &'static str,
    /// Puts it into a module, under its name.
    pub(crate) register: fn(&mut Module, &'static str),
}

impl Signature {
    /// A property.
    pub(crate) const fn property(
        receiver: &'static str,
        name: &'static str,
        returns: &'static str,
        doc: &'static str,
        register: fn(&mut Module, &'static str),
    ) -> Self {
        Self { receiver, name, params: None, returns, doc, errors: "", example: "", register }
    }

    /// A method, or with an empty receiver a function.
    pub(crate) const fn method(
        receiver: &'static str,
        name: &'static str,
        params: &'static [(&'static str, Param)],
        returns: &'static str,
        doc: &'static str,
        register: fn(&mut Module, &'static str),
    ) -> Self {
        Self { receiver, name, params: Some(params), returns, doc, errors: "", example: "", register }
    }

    /// The same, with what it ends a rule with.
    pub(crate) const fn errors(self, errors: &'static str) -> Self {
        Self { errors, ..self }
    }

    /// The same, with statements that use it.
    pub(crate) const fn example(self, example: &'static str) -> Self {
        Self { example, ..self }
    }

    /// How many arguments the engine counts: the receiver is one.
    pub(crate) fn arity(&self) -> Option<usize> {
        self.params.map(|params| params.len() + usize::from(!self.receiver.is_empty()))
    }
}

impl std::fmt::Display for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)?;
        let Some(params) = self.params else { return Ok(()) };
        f.write_str("(")?;
        for (index, (name, _)) in params.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            f.write_str(name)?;
        }
        f.write_str(")")
    }
}
