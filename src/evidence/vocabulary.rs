//! Closed vocabularies: words that have exactly one spelling each, in documents, policies and on the command line.

/// One closed vocabulary as data, for messages, schemas and the policy language.
#[derive(Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// What the words say something about, in the singular: "severity".
    pub name: &'static str,
    /// The words, lowest first where the vocabulary is ordered.
    pub words: &'static [&'static str],
    /// Whether `<` and "at least" mean something between two words.
    pub ordered: bool,
    /// What each word means, in the order of the words; for whoever reads about them.
    pub meanings: &'static [&'static str],
}

impl Vocabulary {
    /// The position of a word, or `None` where the vocabulary does not have it.
    #[must_use]
    pub fn index_of(&self, word: &str) -> Option<usize> {
        self.words.iter().position(|known| *known == word)
    }
}

/// A type whose values are the words of one closed vocabulary.
pub trait Word: Copy + Sized + 'static {
    /// The vocabulary.
    const VOCABULARY: &'static Vocabulary;
    /// Every value, in the order of the vocabulary's words.
    const ALL: &'static [Self];

    /// The one spelling of this value.
    fn as_str(self) -> &'static str;

    /// The position of this value in the vocabulary.
    fn index(self) -> u8;

    /// The value that a word spells, or `None`.
    #[must_use]
    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.as_str() == word)
    }
}

/// The longest text, in bytes, that is compared with candidates: nobody means a word with more than that.
const MAX_WORD: usize = 100;

/// The candidate nearest to what was written, if one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > MAX_WORD {
        return None;
    }
    let lower = written.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_WORD)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count().max(lower.chars().count()) / 4)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Declares an enum whose values are the words of one closed vocabulary.
macro_rules! vocabulary {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident($label:literal, ordered: $ordered:literal) {
            $( $(#[doc = $meaning:literal])* $variant:ident = $word:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        $vis enum $name {
            $( $(#[doc = $meaning])* #[serde(rename = $word)] $variant, )+
        }

        impl $crate::evidence::Word for $name {
            const VOCABULARY: &'static $crate::evidence::Vocabulary = &$crate::evidence::Vocabulary {
                name: $label,
                words: &[$( $word ),+],
                ordered: $ordered,
                meanings: &[$( concat!($($meaning),*) ),+],
            };
            const ALL: &'static [Self] = &[$( Self::$variant ),+];

            fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $word, )+ }
            }

            fn index(self) -> u8 {
                self as u8
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad($crate::evidence::Word::as_str(*self))
            }
        }
    };
}
pub(crate) use vocabulary;

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_near_word_is_suggested_and_a_far_one_is_not() {
        let words = ["critical", "high", "medium", "low", "none"];
        assert_eq!(nearest("hihg", words), Some("high"));
        assert_eq!(nearest("HIGH", words), Some("high"));
        assert_eq!(nearest("severe", words), None);
    }

    #[test]
    fn what_no_word_is_as_long_as_is_compared_with_none() {
        let long = "a".repeat(super::MAX_WORD + 1);
        assert_eq!(nearest(&long, [long.as_str(), "a"]), None);
        let longest = "a".repeat(super::MAX_WORD);
        assert_eq!(nearest(&longest, [long.as_str(), longest.as_str()]), Some(longest.as_str()));
    }
}
