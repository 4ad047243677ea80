//! New packages whose names can be taken for those of packages in use.
//!
//! Names are told apart by what people overlook: one letter more, less, other or swapped; letters that look alike; separators,
//! their case and their order; a scope that is one of these away. Two names that differ in a part of a few letters only
//! (`lodash.get`, `lodash.set`) or in a number (`h2`, `h3`) are ordinary siblings.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::lockfiles::LockfileInputs;
use crate::evidence::{DependencyChange, DependencyChangeKind, Ecosystem};

/// Names shorter than this differ from too many others in one letter.
const MIN_LETTERS: usize = 5;
/// A part of a name shorter than this is a word of its own, of which others may be one letter away.
const MIN_PART: usize = 5;
/// How many names are listed.
const MAX_NAMES: usize = 5;
/// Longer names are not compared.
const MAX_LENGTH: usize = 200;

/// Says of each new package which names in use it can be taken for.
pub(super) fn tell(changes: &mut [DependencyChange], inputs: &LockfileInputs) {
    let new = |change: &&mut DependencyChange| change.change == DependencyChangeKind::Added;
    let mut indexes: BTreeMap<Ecosystem, Index<'_>> = BTreeMap::new();
    for change in changes.iter_mut().filter(new) {
        let Some(known) = inputs.elsewhere.get(&change.ecosystem) else { continue };
        // A name in use is no new one, wherever it is used.
        if known.names.contains(&change.name) || change.name.len() > MAX_LENGTH {
            continue;
        }
        let index = indexes.entry(change.ecosystem).or_insert_with(|| Index::new(&known.names));
        change.similar_to = index.similar(&change.name);
    }
}

/// Names in use, by what they have in common with names that look like them.
struct Index<'a> {
    /// By the name without separators, case and look-alike letters.
    folded: BTreeMap<String, Vec<&'a str>>,
    /// By each name with one letter left out, and by the name itself: two names one edit apart share one of these.
    shortened: BTreeMap<u64, Vec<&'a str>>,
}

impl<'a> Index<'a> {
    fn new(names: &'a BTreeSet<String>) -> Self {
        let mut index = Self { folded: BTreeMap::new(), shortened: BTreeMap::new() };
        for name in names.iter().filter(|name| name.len() <= MAX_LENGTH) {
            index.folded.entry(folded(name)).or_default().push(name);
            for key in shortened(name) {
                index.shortened.entry(key).or_default().push(name);
            }
        }
        index
    }

    fn similar(&self, name: &str) -> Vec<String> {
        let mut found: BTreeSet<&str> = self.folded.get(&folded(name)).into_iter().flatten().copied().collect();
        if name.chars().filter(|c| c.is_alphanumeric()).count() >= MIN_LETTERS {
            let near = shortened(name).into_iter().filter_map(|key| self.shortened.get(&key)).flatten();
            found.extend(near.copied().filter(|known| one_edit_apart(name, known) && !siblings(name, known)));
        }
        found.remove(name);
        found.into_iter().take(MAX_NAMES).map(str::to_owned).collect()
    }
}

/// A name by its letters alone: in lower case, without separators, its words in order, letters that look alike as one.
fn folded(name: &str) -> String {
    let lower = name.to_lowercase();
    let mut words: Vec<&str> = lower.split(is_separator).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    let joined = words.concat().replace("rn", "m").replace("vv", "w");
    joined
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | 'i' => 'l',
            '5' => 's',
            other => other,
        })
        .collect()
}

fn is_separator(c: char) -> bool {
    matches!(c, '-' | '_' | '.' | '/' | '@' | ':')
}

/// Hashes of a name with each of its letters left out, and of the name.
fn shortened(name: &str) -> BTreeSet<u64> {
    use std::hash::{DefaultHasher, Hasher};
    let characters: Vec<(usize, char)> = name.char_indices().collect();
    let hash = |skipped: Option<usize>| {
        let mut hasher = DefaultHasher::new();
        for (at, character) in &characters {
            if Some(*at) != skipped {
                hasher.write_u32(u32::from(*character));
            }
        }
        hasher.finish()
    };
    characters.iter().map(|(at, _)| hash(Some(*at))).chain([hash(None)]).collect()
}

/// Whether one letter more, less or other, or two neighbours swapped, make one name the other.
fn one_edit_apart(left: &str, right: &str) -> bool {
    left != right && strsim::osa_distance(left, right) == 1
}

/// Whether two names are members of one family, rather than one a slip of the other.
fn siblings(left: &str, right: &str) -> bool {
    let parts = |name| str::split(name, is_separator).collect::<Vec<_>>();
    let (left_parts, right_parts) = (parts(left), parts(right));
    if left_parts.len() != right_parts.len() {
        return false;
    }
    let differing: Vec<(&str, &str)> =
        left_parts.iter().copied().zip(right_parts.iter().copied()).filter(|(left, right)| left != right).collect();
    let short = |part: &str| part.chars().count() < MIN_PART;
    let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
    let letters = |part: &str| part.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    differing.iter().all(|(left, right)| {
        let of_family = left_parts.len() > 1 && short(left) && short(right);
        let numbered = letters(left) == letters(right) && !digits(left).is_empty() && !digits(right).is_empty();
        of_family || numbered
    })
}

#[cfg(test)]
mod tests {
    use super::Index;

    fn similar(name: &str, used: &[&str]) -> Vec<String> {
        let used = used.iter().map(|name| (*name).to_owned()).collect();
        Index::new(&used).similar(name)
    }

    #[test]
    fn slips_of_the_pen_and_look_alikes_are_similar() {
        for (new, used) in [
            ("requets", "requests"),
            ("reqeusts", "requests"),
            ("crossenv", "cross-env"),
            ("cross_env", "cross-env"),
            ("1odash", "lodash"),
            ("lodahs", "lodash"),
            ("lodashs", "lodash"),
            ("@type/node", "@types/node"),
            ("types-node", "@types/node"),
            ("babel-cli", "babelcli"),
            ("rnoment", "moment"),
            ("dateutil-python", "python-dateutil"),
            ("Colors", "colors"),
            ("github.com/sirupsem/logrus", "github.com/sirupsen/logrus"),
            ("expres", "express"),
        ] {
            assert_eq!(similar(new, &[used, "unrelated"]), [used], "{new}");
        }
    }

    #[test]
    fn siblings_short_names_and_the_name_itself_are_not() {
        for (new, used) in [
            ("lodash.set", "lodash.get"),
            ("sha1", "sha2"),
            ("http2", "http3"),
            ("windows_x86_64_gnu", "windows_x86_64_msvc"),
            ("lodash", "lodash"),
            ("react-dom", "react"),
            ("is-set", "is-map"),
            ("cc", "ac"),
            ("core-js", "core"),
        ] {
            assert!(similar(new, &[used]).is_empty(), "{new}");
        }
    }
}
