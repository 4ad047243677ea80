//! Fingerprints that tools give their results, sections 3.27.17 and 3.27.18, as digests: only whether two are equal matters.
//!
//! What can't identify a result is left out while reading. By its key: columns (`primaryLocationStartColumnFingerprint`),
//! commits, authors, e-mail addresses and dates (Gitleaks). By its form: short ones, words instead of a digest (`requires
//! login` of Semgrep without an account), place holders. Whether the rest identifies is told when all results are known.
//!
//! Where a digest is followed by a number, as in `39fa2ee980eb94b0:2`, that is the producer's count of equal ones in the
//! order of the file. It is left out: one more in front of it would make it another finding. Equal ones are told apart later.

use std::num::NonZeroU32;

use serde::de::MapAccess;
use sha2::{Digest, Sha256};

use super::tolerant::{Cx, Reading, Shape};
use super::wire::Stated;

/// The shortest value that may identify, in bytes.
const MIN_VALUE: usize = 8;

/// The fewest digits of a digest that a count may follow.
const MIN_DIGEST: usize = 16;

/// How many keys are remembered, so that each is looked at once; tools have a few.
const MAX_KNOWN_KEYS: usize = 16;

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
        let (mut any, mut sum) = (false, self.stated.map_or((0, 0), numbers));
        while let Some(key) = map.next_key_seed(Reading { cx, shape: Key(self.kind) })? {
            let value = map.next_value_seed(Reading { cx, shape: Value })?;
            if let (Some(key), Some(value)) = (key, value) {
                // A sum, so that the order of the keys does not matter; each product is of its key and its value.
                sum.0 = sum.0.wrapping_add(key);
                sum.1 = sum.1.wrapping_add(value.wrapping_mul(key | 1));
                any = true;
            }
        }
        if any {
            *self.stated = Some(stated(sum));
        }
        Ok(())
    }

    fn wrong(self, _: &mut Cx, _: &str) {}
}

/// The sums over keys, of which half is kept, and over values.
fn numbers(stated: Stated) -> (u64, u64) {
    (u64::from(stated.keys.get()) << 32, u64::from(stated.value.0) << 32 | u64::from(stated.value.1))
}

fn stated((keys, value): (u64, u64)) -> Stated {
    let high = |number: u64| u32::try_from(number >> 32).unwrap_or(0);
    Stated { keys: NonZeroU32::new(high(keys)).unwrap_or(NonZeroU32::MAX), value: (high(value), high(value << 32)) }
}

/// A key; gives its digest, or `None` where its values can't identify.
struct Key(u8);

impl Shape<'_> for Key {
    type Value = Option<u64>;
    const EXPECTED: &'static str = "a key";

    fn otherwise(self, _: &mut Cx) -> Option<u64> {
        None
    }

    fn string(self, cx: &mut Cx, key: &str) -> Option<u64> {
        let known = cx.print_keys.iter().find(|known| known.kind == self.0 && &*known.name == key);
        if let Some(known) = known {
            return known.digest;
        }
        let digest = may_identify(key).then(|| first(Sha256::new_with_prefix([self.0]).chain_update(key)));
        if cx.print_keys.len() < MAX_KNOWN_KEYS {
            cx.print_keys.push(KnownKey { kind: self.0, name: key.into(), digest });
        }
        digest
    }
}

/// A key that was seen before.
pub(super) struct KnownKey {
    kind: u8,
    name: Box<str>,
    digest: Option<u64>,
}

/// A value; gives its digest, or `None` where it can't identify.
struct Value;

impl Shape<'_> for Value {
    type Value = Option<u64>;
    const EXPECTED: &'static str = "a text";

    fn otherwise(self, _: &mut Cx) -> Option<u64> {
        None
    }

    fn string(self, _: &mut Cx, value: &str) -> Option<u64> {
        let value = value.trim();
        is_like_a_digest(value).then(|| first(Sha256::new_with_prefix(without_count(value))))
    }

    fn wrong(self, _: &mut Cx, _: &str) -> Option<u64> {
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
    let (Some(first), Some(last)) = (value.bytes().next(), value.bytes().next_back()) else { return false };
    if value.len() < MIN_VALUE || (b"[<{$%".contains(&first) && b"]>}%".contains(&last)) {
        return false;
    }
    let any = |test: fn(u8) -> bool| value.bytes().any(test);
    value.bytes().any(|byte| byte != first)
        && any(|byte| byte.is_ascii_alphanumeric())
        && !any(|byte| byte <= b' ' || byte == 0x7F)
        && !value.eq_ignore_ascii_case("undefined")
}

/// A digest without the count of equal ones that follows it.
fn without_count(value: &str) -> &str {
    let digest = value.trim_end_matches(|c: char| c.is_ascii_digit());
    let count = value.len() - digest.len();
    match digest.strip_suffix([':', '_']) {
        Some(digest)
            if (1..=6).contains(&count)
                && digest.len() >= MIN_DIGEST
                && digest.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
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
