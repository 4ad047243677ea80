//! Fingerprints that tools give their results, sections 3.27.17 and 3.27.18, as digests: only whether two are equal matters.
//!
//! What can't identify a result is left out while reading. By its key: columns (`primaryLocationStartColumnFingerprint`),
//! commits, authors, e-mail addresses and dates (Gitleaks). By its form: short ones, words instead of a digest (`requires
//! login` of Semgrep without an account), place holders. Whether the rest identifies is told when all results are known.
//!
//! Where a digest is followed by a number, as in `39fa2ee980eb94b0:2`, that is the producer's count of equal ones in the
//! order of the file. It is left out: one more in front of it would make it another finding. Equal ones are told apart later.

use serde::de::MapAccess;
use sha2::{Digest, Sha256};

use super::tolerant::{Cx, Number, Reading, Shape};
use super::wire::Stated;

/// The shortest value that may identify, in bytes.
const MIN_VALUE: usize = 8;

/// The fewest digits of a digest that a count may follow.
const MIN_DIGEST: usize = 16;

/// One object of fingerprints; what is read is added to what is there.
pub(super) struct Prints<'l> {
    kind: u8,
    stated: &'l mut Option<Stated>,
}

impl<'l> Prints<'l> {
    /// Those of `fingerprints`.
    pub(super) const fn whole(stated: &'l mut Option<Stated>) -> Self {
        Self { kind: b'f', stated }
    }

    /// Those of `partialFingerprints`.
    pub(super) const fn partial(stated: &'l mut Option<Stated>) -> Self {
        Self { kind: b'p', stated }
    }
}

impl<'de> Shape<'de> for Prints<'_> {
    type Value = ();
    const EXPECTED: &'static str = "an object";

    fn otherwise(self, _: &mut Cx) {}

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Reading { cx, shape: Key(self.kind) })? {
            if let Some(added) = map.next_value_seed(Reading { cx, shape: Value(key) })? {
                // A sum, so that the order of the keys does not matter.
                let before = self.stated.unwrap_or(Stated { keys: 0, value: 0 });
                *self.stated = Some(Stated {
                    keys: before.keys.wrapping_add(added.keys),
                    value: before.value.wrapping_add(added.value),
                });
            }
        }
        Ok(())
    }

    fn wrong(self, _: &mut Cx, _: &str) {}
}

/// A key; gives the digest that its value goes into, or `None` where it can't identify.
struct Key(u8);

impl Shape<'_> for Key {
    type Value = Option<Sha256>;
    const EXPECTED: &'static str = "a key";

    fn otherwise(self, _: &mut Cx) -> Option<Sha256> {
        None
    }

    fn string(self, _: &mut Cx, key: &str) -> Option<Sha256> {
        may_identify(key).then(|| Sha256::new().chain_update([self.0]).chain_update(key).chain_update([0]))
    }
}

/// A value, and the digest of its key.
struct Value(Option<Sha256>);

impl<'de> Shape<'de> for Value {
    type Value = Option<Stated>;
    const EXPECTED: &'static str = "a text";

    fn otherwise(self, _: &mut Cx) -> Option<Stated> {
        None
    }

    fn string(self, _: &mut Cx, value: &str) -> Option<Stated> {
        let key = self.0?;
        let value = value.trim();
        if !is_like_a_digest(value) {
            return None;
        }
        let keys = u32::try_from(first(key.clone()) >> 32).unwrap_or(0);
        Some(Stated { keys, value: first(key.chain_update(without_count(value))) })
    }

    fn number(self, _: &mut Cx, _: Number) -> Option<Stated> {
        None
    }

    fn wrong(self, _: &mut Cx, _: &str) -> Option<Stated> {
        None
    }
}

/// The first 64 bits of a digest.
fn first(digest: Sha256) -> u64 {
    digest.finalize().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Whether values of a key may identify a result: not where they hold its column, or who committed it and when.
fn may_identify(key: &str) -> bool {
    const PLACES: &[&str] = &["line", "startline", "linenumber", "endline", "offset", "region", "position"];
    const WORDS: &[&str] = &["column", "commit", "author", "email", "mail", "date", "time", "timestamp"];
    if PLACES.iter().any(|place| key.eq_ignore_ascii_case(place)) {
        return false;
    }
    // Words begin at capitals and after anything that is no letter.
    let mut rest = key;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        let word = rest.get(start..).unwrap_or("");
        let end = word.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(word.len());
        let inner = word.get(1..end).and_then(|inner| inner.find(|c: char| c.is_ascii_uppercase()));
        let all_capitals = word.get(..end).is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_uppercase()));
        let end = inner.filter(|_| !all_capitals).map_or(end, |at| at + 1);
        if word.get(..end).is_some_and(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))) {
            return false;
        }
        rest = word.get(end..).unwrap_or("");
    }
    true
}

/// Whether a value looks like something that was computed from a result, rather than words or a place holder.
fn is_like_a_digest(value: &str) -> bool {
    const WORDS: &[&str] = &["undefined", "requires login", "not available"];
    let bytes = value.as_bytes();
    let varies = bytes.windows(2).any(|pair| pair.first() != pair.last());
    let bracketed = value.starts_with(['[', '<', '{', '$', '%']) && value.ends_with([']', '>', '}', '%']);
    value.len() >= MIN_VALUE
        && varies
        && !bracketed
        && bytes.iter().any(u8::is_ascii_alphanumeric)
        && !value.contains(|c: char| c.is_whitespace() || c.is_control())
        && !WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// A digest without the count of equal ones that follows it.
fn without_count(value: &str) -> &str {
    match value.rsplit_once([':', '_']) {
        Some((digest, count))
            if digest.len() >= MIN_DIGEST
                && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
                && (1..=6).contains(&count.len())
                && count.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            digest
        }
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_like_a_digest, may_identify, without_count};

    #[test]
    fn keys_that_hold_places_people_or_times_do_not_identify() {
        for key in [
            "primaryLocationStartColumnFingerprint",
            "commitSha",
            "commitMessage",
            "author",
            "email",
            "date",
            "DATE",
            "line",
        ] {
            assert!(!may_identify(key), "{key}");
        }
        for key in [
            "primaryLocationLineHash",
            "contextHash/v1",
            "matchBasedId/v1",
            "vulnerabilityHash",
            "secret/v1",
            "cargo-deny/krate",
            "updateId",
            "0",
            "",
        ] {
            assert!(may_identify(key), "{key}");
        }
    }

    #[test]
    fn words_and_place_holders_are_no_digests() {
        for value in [
            "requires login",
            "0",
            "57",
            "4",
            "",
            "00000000000000",
            "[line-hash]",
            "--------",
            "undefined",
            "${HASH}-}",
        ] {
            assert!(!is_like_a_digest(value), "{value}");
        }
        for value in ["39fa2ee980eb94b0:1", "RUSTSEC-2019-0001", "ammonia@0.7.0", "l:rejected"] {
            assert!(is_like_a_digest(value), "{value}");
        }
    }

    #[test]
    fn the_producers_count_of_equal_ones_is_no_part_of_a_digest() {
        assert_eq!(without_count("39fa2ee980eb94b0:12"), "39fa2ee980eb94b0");
        assert_eq!(without_count("e5aea7d033ad2f52b0c6_0"), "e5aea7d033ad2f52b0c6");
        for whole in ["RUSTSEC-2019_1", "39fa2ee980eb94b0:", "39fa2ee980eb94b0:12345678", "39fa:1", "CVE-2019-1549"] {
            assert_eq!(without_count(whole), whole);
        }
    }
}
