//! What is known of a value before a script runs: its type, or that nothing is known of it.
//!
//! Nothing is ever reported about what is not known; the engine's typed operators and functions ask again when it runs.

use std::fmt;
use std::sync::Arc;

use rhai::ImmutableString;

use crate::evidence::Vocabulary;
use crate::policy::host::{Type, article};

/// How many parts of a value are told apart.
const MAX_PARTS: usize = 100;

/// What is known of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// It may be anything.
    Unknown,
    /// No value comes to be: what would give it never ends, or ends the function. Also what an empty array holds.
    Never,
    /// No value.
    Nothing,
    /// A value on some paths, and none on others.
    Maybe(Box<Kind>),
    /// A text.
    Text(Texts),
    /// One character.
    Character,
    /// A whole number.
    Number,
    /// A decimal number.
    Decimal,
    /// True or false.
    Flag,
    /// A word of a closed vocabulary.
    Word(&'static Vocabulary),
    /// A type of the host: the change, a selection, an item.
    Host(&'static str),
    /// An array, and what its elements are.
    Array(Box<Kind>),
    /// A map from texts, and what its values are.
    Map(Box<Kind>),
    /// A map from words of a vocabulary, as texts, and what its values are.
    ByWord(&'static Vocabulary, Box<Kind>),
    /// A map whose entries are known, by name.
    Record(Arc<Vec<(ImmutableString, Kind)>>),
    /// The parameters of the pack.
    Parameters,
    /// A range of whole numbers.
    Range,
    /// What only a loop can take: the characters of a text, numbers with steps.
    Stream(Box<Kind>),
    /// A function without a name, by the name that the engine gives it.
    Function(ImmutableString),
}

/// Which texts a text can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Texts {
    /// Any.
    Any,
    /// One that is written out.
    One(ImmutableString),
    /// Each of those that an array writes out.
    Each(Arc<[ImmutableString]>),
    /// Any that means a certain thing.
    Of(Meaning),
}

/// What a text means that is not written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A word of a vocabulary.
    Word(&'static Vocabulary),
    /// Words of a vocabulary, joined.
    Words(&'static Vocabulary),
    /// A version of a package.
    Version,
    /// An SPDX expression.
    Licence,
    /// A path from the root of the repository.
    Path,
    /// Anything, in lower case.
    Lower,
    /// Anything, in upper case.
    Upper,
    /// The name of somebody on the forge.
    Login,
}

/// A text of which nothing more is known.
pub(super) const TEXT: Kind = Kind::Text(Texts::Any);

impl Kind {
    /// The kind of a type that the table of the host names.
    pub(super) fn of(given: Type) -> Self {
        match given {
            Type::Nothing => Self::Nothing,
            Type::Text => TEXT,
            Type::Number => Self::Number,
            Type::Decimal => Self::Decimal,
            Type::Flag => Self::Flag,
            Type::Word(vocabulary) => Self::Word(vocabulary),
            Type::Host(name) => Self::Host(name),
            Type::Array(element) => Self::Array(Box::new(Self::of(*element))),
            Type::Map(value) => Self::Map(Box::new(Self::of(*value))),
        }
    }

    /// What a value is that comes from one of two places.
    pub(super) fn join(self, other: Self) -> Self {
        if self == other {
            return self;
        }
        match (self, other) {
            (Self::Never, kind) | (kind, Self::Never) => kind,
            (Self::Nothing, kind) | (kind, Self::Nothing) => kind.maybe(),
            (Self::Maybe(left), Self::Maybe(right)) => left.join(*right).maybe(),
            (Self::Maybe(inner), kind) | (kind, Self::Maybe(inner)) => inner.join(kind).maybe(),
            (Self::Text(_), Self::Text(_)) => TEXT,
            (Self::Array(left), Self::Array(right)) => Self::Array(Box::new(left.join(*right))),
            (left, right) if left.is_map() && right.is_map() => {
                let values = Box::new(left.values().join(right.values()));
                match left.key_words().or(right.key_words()) {
                    Some(words) if left.has_keys_of(words) && right.has_keys_of(words) => Self::ByWord(words, values),
                    _ => Self::Map(values),
                }
            }
            _ => Self::Unknown,
        }
    }

    /// The same, or none.
    pub(super) fn maybe(self) -> Self {
        match self {
            Self::Unknown | Self::Never | Self::Nothing | Self::Maybe(_) => self,
            kind => Self::Maybe(Box::new(kind)),
        }
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self, Self::Map(_) | Self::ByWord(..) | Self::Record(_))
    }

    /// The vocabulary that the keys of a map are words of.
    pub(super) const fn key_words(&self) -> Option<&'static Vocabulary> {
        match self {
            Self::ByWord(words, _) => Some(words),
            _ => None,
        }
    }

    /// Whether every key of a map is known to be a word of a vocabulary.
    fn has_keys_of(&self, words: &Vocabulary) -> bool {
        match self {
            Self::ByWord(own, _) => own.name == words.name,
            Self::Record(entries) => entries.iter().all(|(key, _)| words.index_of(key).is_some()),
            _ => false,
        }
    }

    /// The map after a value was put under a key; where that is a word, with its vocabulary.
    pub(super) fn with_key(&self, words: Option<&'static Vocabulary>, value: Self) -> Self {
        let values = Box::new(self.values().join(value));
        match words.filter(|words| self.has_keys_of(words)) {
            Some(words) => Self::ByWord(words, values),
            None => Self::Map(values),
        }
    }

    /// The vocabulary that a value is a word of, be it as a text.
    pub(super) const fn word(&self) -> Option<&'static Vocabulary> {
        match self {
            Self::Word(words) | Self::Text(Texts::Of(Meaning::Word(words))) => Some(words),
            _ => None,
        }
    }

    /// What all values of a map are.
    pub(super) fn values(&self) -> Self {
        match self {
            Self::Map(value) | Self::ByWord(_, value) => (**value).clone(),
            Self::Record(entries) => {
                entries.iter().map(|(_, kind)| kind.clone()).fold(Self::Never, |all, kind| all.join(kind).plain())
            }
            _ => Self::Unknown,
        }
    }

    /// The entry of a map by its name.
    pub(super) fn entry(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Record(entries) => entries.iter().find(|(key, _)| key == name).map(|(_, kind)| kind),
            _ => None,
        }
    }

    /// The same, unless it has so many parts that to compare it would take long: then nothing is known of it.
    pub(super) fn bounded(self) -> Self {
        let mut left = MAX_PARTS;
        if self.within(&mut left) { self } else { Self::Unknown }
    }

    fn within(&self, left: &mut usize) -> bool {
        *left = left.saturating_sub(1);
        *left > 0
            && match self {
                Self::Maybe(kind)
                | Self::Array(kind)
                | Self::Map(kind)
                | Self::ByWord(_, kind)
                | Self::Stream(kind) => kind.within(left),
                Self::Record(entries) => entries.iter().all(|(_, kind)| kind.within(left)),
                _ => true,
            }
    }

    /// What is taken out of a container that may be empty: of an empty one nothing is known.
    pub(super) fn taken(self) -> Self {
        if self == Self::Never { Self::Unknown } else { self }
    }

    /// The same without the text that it is known to be.
    pub(super) fn plain(self) -> Self {
        match self {
            Self::Text(Texts::One(_) | Texts::Each(_)) => TEXT,
            kind => kind,
        }
    }

    /// What is left of a container after something changed inside of it.
    pub(super) fn touched(self) -> Self {
        match self {
            Self::Text(_) => TEXT,
            Self::Array(_) => Self::Array(Box::new(Self::Unknown)),
            Self::Map(_) | Self::ByWord(..) | Self::Record(_) => Self::Map(Box::new(Self::Unknown)),
            Self::Parameters => Self::Unknown,
            kind => kind,
        }
    }

    /// Whether anything can be said of it.
    pub(super) const fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown | Self::Never)
    }

    /// Whether it is certain that there is a value, and what kind of value.
    pub(super) const fn is_value(&self) -> bool {
        !matches!(self, Self::Unknown | Self::Never | Self::Nothing | Self::Maybe(_))
    }

    /// The texts that it is known to be.
    pub(super) fn texts(&self) -> &[ImmutableString] {
        match self {
            Self::Text(Texts::One(text)) => std::slice::from_ref(text),
            Self::Text(Texts::Each(texts)) => texts,
            _ => &[],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown | Self::Never => f.write_str("a value"),
            Self::Nothing => f.write_str("nothing"),
            Self::Maybe(kind) => write!(f, "{kind} on some paths and nothing on others"),
            Self::Text(_) => f.write_str("a text"),
            Self::Character => f.write_str("a character"),
            Self::Number => f.write_str("a number"),
            Self::Decimal => f.write_str("a decimal number"),
            Self::Flag => f.write_str("true or false"),
            Self::Word(vocabulary) => write!(f, "{} {}", article(vocabulary.name), vocabulary.name),
            Self::Host(name) => write!(f, "{} `{name}`", article(name)),
            Self::Array(_) => f.write_str("an array"),
            Self::Map(_) | Self::ByWord(..) | Self::Record(_) => f.write_str("a map"),
            Self::Parameters => f.write_str("the pack's parameters"),
            Self::Range => f.write_str("a range"),
            Self::Stream(_) => f.write_str("a sequence for a loop"),
            Self::Function(_) => f.write_str("a function"),
        }
    }
}
