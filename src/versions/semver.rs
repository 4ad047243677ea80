//! Semantic Versioning 2.0.0: Cargo's order, and the shape that npm, Go, NuGet and tags on GitHub share.

use std::borrow::Cow;

use super::key::{Key, Stage, take_digits};

const PRE: u8 = 1;
const RELEASE: u8 = 2;

const END: u8 = 0;
const NUMBER: u8 = 1;
const TEXT: u8 = 2;

/// What an ecosystem reads besides the specification's own form.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// How many numbers there are at the least.
    pub(super) least: usize,
    /// How many numbers there are at the most; those that are absent are 0.
    pub(super) most: usize,
    /// Whether a pre-release may follow fewer than three numbers.
    pub(super) short_with_pre: bool,
    /// Whether numbers may have zeros before them.
    pub(super) padded: bool,
    /// Whether the hyphen before a pre-release may be absent.
    pub(super) joined: bool,
    /// Whether a pre-release is the same in upper and lower case.
    pub(super) caseless: bool,
}

/// Cargo: the specification's own form, and leniently fewer numbers.
const CARGO: Form = Form { least: 1, most: 3, short_with_pre: true, padded: false, joined: false, caseless: false };

pub(super) fn cargo(text: &str) -> Option<Key> {
    let text = text.trim_start_matches('=').trim_ascii_start();
    key(text.strip_prefix('v').unwrap_or(text), CARGO)
}

/// The key of a version in a form that resembles SemVer's; `None` where the text has another form.
pub(super) fn key(text: &str, form: Form) -> Option<Key> {
    let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
    if build.is_some_and(|build| !build.split('.').all(is_identifier)) {
        return None;
    }
    let mut rest = text;
    let mut key = Key::default();
    let mut numbers = 0;
    loop {
        let digits = take_digits(&mut rest).filter(|digits| form.padded || !is_padded(digits))?;
        key.digits(digits);
        key.set_digits(numbers, digits);
        numbers += 1;
        match rest.strip_prefix('.') {
            Some(more) if numbers < form.most => rest = more,
            _ => break,
        }
    }
    let short = numbers < 3 && (build.is_some() || !rest.is_empty());
    if numbers < form.least || (short && !form.short_with_pre) {
        return None;
    }
    for _ in numbers..form.most {
        key.digits("");
    }
    key.end_release();
    if rest.is_empty() {
        key.tag(RELEASE);
        return Some(key);
    }
    let pre = match rest.strip_prefix('-') {
        Some(pre) => pre,
        None if form.joined => rest,
        None => return None,
    };
    let pre = if form.caseless { Cow::Owned(pre.to_ascii_lowercase()) } else { Cow::Borrowed(pre) };
    key.tag(PRE);
    for identifier in pre.split('.') {
        if !is_identifier(identifier) {
            return None;
        } else if !is_number(identifier) {
            key.tag(TEXT);
            key.text(identifier);
        } else if form.padded || !is_padded(identifier) {
            key.tag(NUMBER);
            key.digits(identifier);
        } else {
            return None;
        }
    }
    key.tag(END);
    key.set_stage(Stage::Before);
    Some(key)
}

/// The key of a pre-release of three numbers that is one word and perhaps a number; without a word, the very first one.
pub(super) fn pre(numbers: [&str; 3], word: Option<&str>, number: Option<&str>) -> Key {
    let mut key = Key::default();
    for (position, digits) in numbers.into_iter().enumerate() {
        key.digits(digits);
        key.set_digits(position, digits);
    }
    key.end_release();
    key.tag(PRE);
    if let Some(word) = word {
        key.tag(TEXT);
        key.text(word);
    }
    if let Some(number) = number {
        key.tag(NUMBER);
        key.digits(number);
    }
    key.tag(END);
    key.set_stage(Stage::Before);
    key
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether digits have a zero before them that does not count.
pub(super) fn is_padded(digits: &str) -> bool {
    digits.len() > 1 && digits.starts_with('0')
}
