//! Tags of container images: numbers, and a suffix that says which variant it is.
//!
//! A suffix may mean anything (a base system, a build, a pre-release), so only tags with the same one have an order.

use super::github::is_commit;
use super::key::{Key, take_digits};

const END: u8 = 0;
const NUMBER: u8 = 1;

/// How many numbers are written even where they are absent: `24.04` is `24.04.0`.
const LEAST: usize = 3;

pub(super) fn key(text: &str) -> Option<Key> {
    if is_commit(text) {
        return None;
    }
    let mut rest = text.strip_prefix('v').unwrap_or(text);
    let mut numbers = Vec::new();
    loop {
        numbers.push(take_digits(&mut rest)?);
        match rest.strip_prefix('.') {
            Some(more) => rest = more,
            None => break,
        }
    }
    // `3.13rc1` is a tag of a version; `7fe3` is the id of something.
    let is_suffix = rest.is_empty() || rest.starts_with(['-', '_']) || numbers.len() > 1;
    let is_tag = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    if !is_suffix || !rest.bytes().all(is_tag) {
        return None;
    }
    let mut key = Key::default();
    for (position, digits) in numbers.iter().enumerate() {
        key.set_digits(position, digits);
    }
    let significant =
        numbers.iter().rposition(|digits| digits.bytes().any(|byte| byte != b'0')).map_or(0, |last| last + 1);
    for position in 0..significant.max(LEAST) {
        key.tag(NUMBER);
        key.digits(numbers.get(position).copied().unwrap_or_default());
    }
    key.tag(END);
    key.end_release();
    key.set_group(rest);
    Some(key)
}
