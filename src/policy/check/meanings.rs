//! Texts that mean something: the text of a word, a version, a licence, a path. What is written out beside them has to be
//! something of that sort.

use rhai::Position;

use super::checker::Checker;
use super::kind::{Kind, Meaning, TEXT, Texts};
use crate::diagnostic::Code;
use crate::evidence::{Vocabulary, nearest};
use crate::policy::host::{HostError, check_expression, is_item, words};

/// What the text of a property means.
pub(super) fn meant(host: &str, property: &str, kind: Kind) -> Kind {
    let meaning = match (host, property) {
        ("Dependency" | "Advisory" | "Licence", "version" | "previous_version")
        | ("Dependency" | "Advisory", "before" | "after")
        | ("Advisory", "fixed_in") => Meaning::Version,
        ("Licence", "expression" | "before") => Meaning::Licence,
        // A source has the path that it was given by.
        (host, "path" | "previous_path" | "manifest") if host != "Source" && is_item(host) => Meaning::Path,
        // They are told apart in lower case.
        ("Change", "tools") => Meaning::Lower,
        ("Change", "author") | ("Review", "reviewer") => Meaning::Login,
        _ => return kind,
    };
    let text = Kind::Text(Texts::Of(meaning));
    match kind {
        kind if kind == TEXT => text,
        Kind::Array(element) if *element == TEXT => Kind::Array(Box::new(text)),
        kind => kind,
    }
}

/// The text of a value.
pub(super) fn text_of(kind: &Kind) -> Kind {
    match kind {
        Kind::Word(words) => Kind::Text(Texts::Of(Meaning::Word(words))),
        Kind::Text(_) => kind.clone(),
        _ => TEXT,
    }
}

/// What comes out where the elements of an array are joined.
pub(super) fn joined(holder: &Kind) -> Kind {
    match holder {
        Kind::Array(element) => element.word().map_or(TEXT, |words| Kind::Text(Texts::Of(Meaning::Words(words)))),
        _ => TEXT,
    }
}

impl Checker<'_> {
    /// What is looked up in a map from words has to be one of them. False where it is not.
    pub(super) fn keyed(&mut self, words: &'static Vocabulary, key: &Kind, at: Position) -> bool {
        let wrong = key.texts().iter().find(|text| words.index_of(text).is_none());
        if let Some(text) = wrong {
            let wrong = words::unknown_word(words, text);
            self.host_fault(wrong, at);
        }
        wrong.is_none()
    }

    /// A map in which a word is looked up, by its text, has no entry that is a misspelled word. One that the script reads by
    /// its name, as in `limits.rest`, stands for others.
    pub(super) fn keyed_by_word(&mut self, holder: &Kind, key: &Kind, at: Position) {
        let (Kind::Record(entries), Kind::Text(Texts::Of(Meaning::Word(words)))) = (holder, key) else { return };
        let script = &self.unit().script;
        let unknown = |name: &&str| words.index_of(name).is_none();
        for name in entries.iter().map(|(name, _)| name.as_str()).filter(unknown) {
            if let Some(near) = nearest(name, words.words.iter().copied())
                && !is_read(&script.text, name)
            {
                let message = format!("the map has an entry `{name}`, which no {} is", words.name);
                self.report(Code::UnknownWord, at, message, Some(format!("did you mean `{near}`?")));
                return;
            }
        }
    }

    fn host_fault(&mut self, wrong: HostError, at: Position) {
        self.report(wrong.code, at, wrong.message, wrong.help);
    }

    /// A text of a certain meaning beside one that is written out. False where that can't be meant.
    pub(super) fn beside(&mut self, operator: &str, meaning: Meaning, text: &Kind, at: Position) -> bool {
        let orders = !matches!(operator, "==" | "!=");
        for text in text.texts() {
            let wrong = match meaning {
                Meaning::Word(words) if words.index_of(text).is_none() => Some(words::unknown_word(words, text)),
                Meaning::Word(words) if orders && words.ordered => Some(
                    HostError::new(
                        Code::TypeMismatch,
                        format!("as texts, {}s are in the order of the alphabet", words.name),
                    )
                    .help("compare the word itself, not a text that it was made into"),
                ),
                Meaning::Licence if !orders => no_licence(text),
                Meaning::Path if !orders => no_path(text, &format!("`{operator}` compares whole texts")),
                Meaning::Lower | Meaning::Upper if !orders => other_case(text, meaning),
                Meaning::Login if !orders => no_login(text),
                _ => None,
            };
            if let Some(wrong) = wrong {
                self.host_fault(wrong, at);
                return false;
            }
        }
        true
    }

    /// `holder.contains(part)` and the like, of texts.
    pub(super) fn part_of(&mut self, how: &str, holder: &Kind, part: &Kind, at: Position) {
        let Kind::Text(Texts::Of(meaning)) = holder else { return };
        for text in part.texts() {
            let wrong = match meaning {
                Meaning::Word(words) => no_part(words, how, text),
                // Between words there may be anything.
                Meaning::Words(words) if text.chars().all(|letter| letter.is_ascii_alphanumeric()) => {
                    no_part(words, "contains", text)
                }
                Meaning::Path => no_path(text, &format!("`{how}` looks for the text as it stands"))
                    .or_else(|| (how == "starts_with").then(|| not_from_root(text))?),
                Meaning::Lower | Meaning::Upper => other_case(text, *meaning),
                _ => None,
            };
            if let Some(wrong) = wrong {
                self.host_fault(wrong, at);
                return;
            }
        }
    }
}

/// Whether a script reads an entry of a map by its name, behind a dot or as a text; the text before a colon writes one.
fn is_read(script: &str, name: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
    let behind = |before: char| script.split(before).skip(1).filter_map(|rest| rest.strip_prefix(name));
    behind('.').any(ends)
        || behind('"').filter_map(|rest| rest.strip_prefix('"')).any(|rest| !rest.trim_start().starts_with(':'))
}

/// Letters of a case that the text beside it never has.
fn other_case(text: &str, meaning: Meaning) -> Option<HostError> {
    let (same, case) = match meaning {
        Meaning::Upper => (text.to_uppercase(), "upper"),
        _ => (text.to_lowercase(), "lower"),
    };
    (same != text).then(|| {
        let message = format!("a text in {case} case never has `{text}` in it");
        HostError::new(Code::ConstantCondition, message).help(format!("write `{same}`"))
    })
}

/// Logins are written without the `@` that mentions of them have.
fn no_login(text: &str) -> Option<HostError> {
    let login = text.strip_prefix('@')?;
    let message = format!("no login begins like `{text}`: logins have no `@` before them");
    Some(HostError::new(Code::ConstantCondition, message).help(format!("write `{login}`")))
}

/// No word of the vocabulary has the text at such a place.
fn no_part(words: &Vocabulary, how: &str, text: &str) -> Option<HostError> {
    let has = |word: &&&str| match how {
        "starts_with" => word.starts_with(text),
        "ends_with" => word.ends_with(text),
        _ => word.contains(text),
    };
    if words.words.iter().find(has).is_some() {
        return None;
    }
    let message = format!("no {} has `{text}` in it, expected one of {}", words.name, words.words.join(", "));
    Some(HostError::new(Code::UnknownWord, message).suggest(text, words.words.iter().copied()))
}

/// An expression that SPDX would not write so. Where none is known, there is an empty text.
fn no_licence(text: &str) -> Option<HostError> {
    if matches!(text, "" | "NONE" | "NOASSERTION") { None } else { check_expression(text).err() }
}

/// A glob where a path is meant.
fn no_path(text: &str, why: &str) -> Option<HostError> {
    if text.contains('*') {
        let message = format!("`{text}` is a glob, and {why}");
        return Some(
            HostError::new(Code::ConstantCondition, message).help(format!("write `matches_glob(path, \"{text}\")`")),
        );
    }
    (why.starts_with("`==`") || why.starts_with("`!=`")).then(|| not_from_root(text))?
}

/// Paths start at the root of the repository, without a mark for it.
fn not_from_root(text: &str) -> Option<HostError> {
    let rest = text.strip_prefix("./").or_else(|| text.strip_prefix('/'))?;
    let message = format!("no path begins like `{text}`: paths start at the root without `/` or `./`");
    Some(HostError::new(Code::ConstantCondition, message).help(format!("write `{rest}`")))
}
