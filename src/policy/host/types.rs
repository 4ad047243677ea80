//! The types of values that scripts handle: what a property or function of the host gives, and what a parameter of a pack is.

use std::fmt;

use super::advisories::{AdvisoryRows, Rating};
use super::capabilities::CapabilityRows;
use super::claims::ClaimRows;
use super::collection::Collection;
use super::coverage::CoverageRows;
use super::dates::Weekday;
use super::dependencies::DependencyRows;
use super::files::FileRows;
use super::findings::FindingRows;
use super::licences::LicenceRows;
use super::reviews::ReviewRows;
use super::sources::SourceRows;
use super::test_cases::TestRows;
use crate::evidence::{
    AdvisoryKind, AdvisorySeverityFrom, BaselineState, CheckStatus, ClaimKind, Comparison, Completeness,
    DependencyChangeKind, DependencyOrigin, DependencyScope, Directness, Ecosystem, EvidenceKind, FileKind,
    FileKindFrom, FileStatus, FindingKind, Integrity, Introduced, Jump, Level, Pin, Presence, ReviewState, Severity,
    SeverityFrom, Suppression, Vocabulary, Word,
};
use crate::policy::{Impact, Likelihood, Risk};

/// The vocabularies of the words that scripts meet as values.
pub(crate) const VOCABULARIES: &[&Vocabulary] = &[
    Severity::VOCABULARY,
    Level::VOCABULARY,
    Introduced::VOCABULARY,
    Comparison::VOCABULARY,
    BaselineState::VOCABULARY,
    FileStatus::VOCABULARY,
    FileKind::VOCABULARY,
    Ecosystem::VOCABULARY,
    DependencyChangeKind::VOCABULARY,
    DependencyScope::VOCABULARY,
    DependencyOrigin::VOCABULARY,
    Directness::VOCABULARY,
    Jump::VOCABULARY,
    Pin::VOCABULARY,
    Integrity::VOCABULARY,
    Rating::VOCABULARY,
    AdvisorySeverityFrom::VOCABULARY,
    AdvisoryKind::VOCABULARY,
    Presence::VOCABULARY,
    FindingKind::VOCABULARY,
    SeverityFrom::VOCABULARY,
    Suppression::VOCABULARY,
    FileKindFrom::VOCABULARY,
    ReviewState::VOCABULARY,
    CheckStatus::VOCABULARY,
    ClaimKind::VOCABULARY,
    Risk::VOCABULARY,
    Likelihood::VOCABULARY,
    Impact::VOCABULARY,
    Weekday::VOCABULARY,
    EvidenceKind::VOCABULARY,
    Completeness::VOCABULARY,
];

/// Each selection with the item that a loop over it gives.
const VIEWS: &[(&str, &str)] = &[
    tie::<FindingRows>(),
    tie::<FileRows>(),
    tie::<DependencyRows>(),
    tie::<LicenceRows>(),
    tie::<AdvisoryRows>(),
    tie::<ReviewRows>(),
    tie::<TestRows>(),
    tie::<CoverageRows>(),
    tie::<ClaimRows>(),
    tie::<CapabilityRows>(),
    tie::<SourceRows>(),
];

const fn tie<C: Collection>() -> (&'static str, &'static str) {
    (C::VIEW, C::ITEM)
}

/// The item of a selection, by the names of their types.
pub(crate) fn item_of(view: &str) -> Option<&'static str> {
    VIEWS.iter().find(|(name, _)| *name == view).map(|(_, item)| *item)
}

/// Whether a type is that of an item of evidence, which a violation can be about.
pub(crate) fn is_item(name: &str) -> bool {
    VIEWS.iter().any(|(_, item)| *item == name)
}

/// `a` or `an`, as it is said before a name.
pub(crate) fn article(name: &str) -> &'static str {
    if name.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" }
}

/// A type as scripts know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    /// No value.
    Nothing,
    /// A text.
    Text,
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
    /// An array whose elements have one type.
    Array(Box<Type>),
    /// A map from texts to values of one type.
    Map(Box<Type>),
}

impl Type {
    /// Reads what the table of signatures says; `None` where that is no type.
    pub(crate) fn parse(text: &'static str) -> Option<Self> {
        if let Some(element) = text.strip_prefix("array of ") {
            return Self::element(element).map(|element| Self::Array(Box::new(element)));
        }
        if let Some(element) = text.strip_prefix("map of ") {
            return Self::element(element).map(|element| Self::Map(Box::new(element)));
        }
        Self::element(text)
    }

    /// One value; of several, the words are in the plural.
    fn element(text: &'static str) -> Option<Self> {
        Some(match text {
            "" => Self::Nothing,
            "text" | "texts" => Self::Text,
            "number" | "numbers" => Self::Number,
            "decimal number" => Self::Decimal,
            "true or false" => Self::Flag,
            host if host.starts_with(|first: char| first.is_ascii_uppercase()) => Self::Host(host),
            words => {
                let singular = words.strip_suffix('s').unwrap_or(words);
                let named = |name: &str| VOCABULARIES.iter().copied().find(|vocabulary| vocabulary.name == name);
                Self::Word(named(words).or_else(|| named(singular))?)
            }
        })
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Text => f.write_str("a text"),
            Self::Number => f.write_str("a number"),
            Self::Decimal => f.write_str("a decimal number"),
            Self::Flag => f.write_str("true or false"),
            Self::Word(vocabulary) => write!(f, "{} {}", article(vocabulary.name), vocabulary.name),
            Self::Host(name) => write!(f, "{} `{name}`", article(name)),
            Self::Array(_) => f.write_str("an array"),
            Self::Map(_) => f.write_str("a map"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Type, is_item, item_of};
    use crate::policy::host::signatures;

    #[test]
    fn whatever_can_be_counted_is_a_selection_whose_items_are_known() {
        for signature in signatures().filter(|signature| signature.name == "count" && !signature.receiver.is_empty()) {
            let item = item_of(signature.receiver).unwrap_or_else(|| panic!("`{}` has no items", signature.receiver));
            assert!(is_item(item) && signatures().any(|other| other.receiver == item), "{item}");
        }
    }

    #[test]
    fn whatever_the_host_gives_has_a_type_and_every_type_of_the_host_has_names() {
        for signature in signatures() {
            let place = format!("{} of `{}`: `{}`", signature.name, signature.receiver, signature.returns);
            let given = Type::parse(signature.returns).unwrap_or_else(|| panic!("{place} is no type"));
            let mut innermost = &given;
            while let Type::Array(element) | Type::Map(element) = innermost {
                innermost = element;
            }
            if let Type::Host(name) = innermost {
                assert!(signatures().any(|other| other.receiver == *name), "{place} has no names");
            }
        }
    }
}
