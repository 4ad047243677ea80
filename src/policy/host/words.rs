//! Words of closed vocabularies as values of their own type, so that a misspelled one is an error and never "not equal".

use rhai::{Dynamic, ImmutableString, Module};

use super::advisories::Rating;
use super::error::{HostError, HostResult};
use crate::diagnostic::Code;
use crate::evidence::{Severity, Vocabulary, Word};

/// A word and the vocabulary that it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WordValue {
    pub(crate) vocabulary: &'static Vocabulary,
    pub(crate) index: u8,
}

impl WordValue {
    pub(crate) fn of<W: Word>(word: W) -> Self {
        Self { vocabulary: W::VOCABULARY, index: word.index() }
    }

    pub(crate) fn as_str(&self) -> &'static str {
        self.vocabulary.words.get(usize::from(self.index)).copied().unwrap_or("")
    }

    /// Reads a word; an unknown one is an error that names the nearest.
    pub(crate) fn parse(vocabulary: &'static Vocabulary, text: &str) -> Result<Self, HostError> {
        match vocabulary.index_of(text).and_then(|index| u8::try_from(index).ok()) {
            Some(index) => Ok(Self { vocabulary, index }),
            None => Err(unknown_word(vocabulary, text)),
        }
    }

    /// Takes a word as text or as a value of the same vocabulary.
    pub(crate) fn from_dynamic(vocabulary: &'static Vocabulary, value: &Dynamic) -> Result<Self, HostError> {
        if let Some(word) = value.read_lock::<Self>() {
            if word.vocabulary.name == vocabulary.name {
                return Ok(*word);
            }
            if one_scale(word.vocabulary, vocabulary) {
                return Self::parse(vocabulary, word.as_str());
            }
            return Err(HostError::new(
                Code::TypeMismatch,
                format!("`{}` is {}, expected {}", word.as_str(), a(word.vocabulary.name), a(vocabulary.name)),
            ));
        }
        if let Some(text) = value.read_lock::<ImmutableString>() {
            return Self::parse(vocabulary, &text);
        }
        Err(HostError::new(
            Code::TypeMismatch,
            format!("found {}, expected {}", super::compare::type_name(value), a(vocabulary.name)),
        ))
    }
}

/// `a severity`, `an ecosystem`.
pub(super) fn a(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}

/// Whether two vocabularies are one scale, of which one has a word more: a finding always has a severity, an advisory not.
pub(crate) fn one_scale(left: &Vocabulary, right: &Vocabulary) -> bool {
    let names = [Severity::VOCABULARY.name, Rating::VOCABULARY.name];
    names.contains(&left.name) && names.contains(&right.name)
}

/// The vocabulary in which a word is compared with something: of two that are one scale, the one that has every word.
pub(super) fn common(word: WordValue, other: &Dynamic) -> &'static Vocabulary {
    match other.read_lock::<WordValue>() {
        Some(other)
            if one_scale(word.vocabulary, other.vocabulary)
                && other.vocabulary.words.len() > word.vocabulary.words.len() =>
        {
            other.vocabulary
        }
        _ => word.vocabulary,
    }
}

/// "unknown severity `hihg`, expected one of ..."
pub(crate) fn unknown_word(vocabulary: &Vocabulary, text: &str) -> HostError {
    HostError::new(
        Code::UnknownWord,
        format!("unknown {} `{text}`, expected one of {}", vocabulary.name, vocabulary.words.join(", ")),
    )
    .suggest(text, vocabulary.words.iter().copied())
}

/// One word as a value of its enum.
pub(crate) fn word<W: Word>(value: &Dynamic) -> HostResult<W> {
    let word = WordValue::from_dynamic(W::VOCABULARY, value)?;
    W::ALL.get(usize::from(word.index)).copied().ok_or_else(|| unknown_word(W::VOCABULARY, word.as_str()).into())
}

/// More than any vocabulary has words.
const MAX_WORDS: usize = 32;

/// One word or an array of words, as a set by position.
pub(crate) fn words<W: Word>(value: &Dynamic) -> HostResult<[bool; MAX_WORDS]> {
    const { assert!(W::ALL.len() <= MAX_WORDS) };
    let mut set = [false; MAX_WORDS];
    let mut add = |value: &Dynamic| -> HostResult<()> {
        let word = WordValue::from_dynamic(W::VOCABULARY, value)?;
        if let Some(slot) = set.get_mut(usize::from(word.index)) {
            *slot = true;
        }
        Ok(())
    };
    match value.read_lock::<rhai::Array>() {
        Some(array) => array.iter().try_for_each(&mut add)?,
        None => add(value)?,
    }
    Ok(set)
}

/// Registers a function that takes a text, a word, a number or an array of them. Each type has an entry of its own, because
/// the engine finds those at once and an entry for any type only after it has looked for all others. Views are taken by
/// value: after a function that takes them by reference the engine would look for a property to put them back into.
pub(super) fn choices<V, R>(
    module: &mut Module,
    name: &'static str,
    function: impl Fn(V, &Dynamic) -> HostResult<R> + Clone + Send + Sync + 'static,
) where
    V: rhai::Variant + Clone,
    R: rhai::Variant + Clone,
{
    let call = function.clone();
    module.set_native_fn(name, move |view: V, text: ImmutableString| call(view, &Dynamic::from(text)));
    let call = function.clone();
    module.set_native_fn(name, move |view: V, word: WordValue| call(view, &Dynamic::from(word)));
    let call = function.clone();
    module.set_native_fn(name, move |view: V, number: rhai::INT| call(view, &Dynamic::from(number)));
    module.set_native_fn(name, move |view: V, list: rhai::Array| function(view, &Dynamic::from(list)));
}

pub(super) fn register(module: &mut Module) {
    module.set_custom_type::<WordValue>("word");
    module.set_native_fn("to_string", |word: &mut WordValue| Ok(ImmutableString::from(word.as_str())));
    module.set_native_fn("to_debug", |word: &mut WordValue| Ok(ImmutableString::from(word.as_str())));
    // `word in [..]`: every element has to be a word of the same vocabulary, also behind the one that matches.
    module.set_native_fn("contains", |array: &mut rhai::Array, word: WordValue| -> HostResult<bool> {
        let mut found = false;
        for element in array.iter() {
            found |= super::compare::is_word(word, element)?;
        }
        Ok(found)
    });
}
