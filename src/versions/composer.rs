//! Composer: its normalisation of versions, and then PHP's `version_compare`. Branches (`dev-main`) have no order; a
//! numeric one (`1.x-dev`) comes after all releases of its series.

use super::key::{Key, Stage, take_digits, take_letters, take_one};

const DEV: u8 = 0;
const ALPHA: u8 = 1;
const BETA: u8 = 2;
const RC: u8 = 3;
const END: u8 = 4;
const NUMBER: u8 = 5;
const PATCH: u8 = 6;

/// How many numbers a version has; those that are absent are 0, or the highest there is, of a branch.
const NUMBERS: usize = 4;
/// What Composer puts for the `x` of a branch.
const HIGHEST: &str = "9999999";
/// How long the first number of a version may be that is not a date.
const MAX_MAJOR: usize = 5;

pub(super) fn key(text: &str) -> Option<Key> {
    let text = text.split_once(" as ").map_or(text, |(version, _)| version).trim_ascii();
    let text = without_flag(text);
    if starts_with(text, "dev-") {
        return None;
    }
    let text = match text.split_once('+') {
        Some((version, build)) if build.is_empty() || build.contains(char::is_whitespace) || version.contains(',') => {
            return None;
        }
        Some((version, _)) => version,
        None => text,
    };
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    classical(text).or_else(|| date(text)).or_else(|| branch(text))
}

/// Without the flag that says how stable a version may be: `@dev`.
fn without_flag(text: &str) -> &str {
    match text.rsplit_once('@') {
        Some((version, flag))
            if ["stable", "rc", "beta", "alpha", "dev"].iter().any(|word| flag.eq_ignore_ascii_case(word)) =>
        {
            version
        }
        _ => text,
    }
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// One to four numbers behind dots.
fn classical(text: &str) -> Option<Key> {
    let mut rest = text;
    let mut numbers = vec![take_digits(&mut rest).filter(|digits| digits.len() <= MAX_MAJOR)?];
    while numbers.len() < NUMBERS {
        let mut more = rest;
        let Some(digits) = take_one(&mut more, &['.']).then(|| take_digits(&mut more)).flatten() else { break };
        numbers.push(digits);
        rest = more;
    }
    numbers.resize(NUMBERS, "0");
    modified(release(&numbers), rest)
}

/// A date, perhaps with a time: four digits, one to six times two, then up to two times three, behind `.`, `:`, `-` or nothing.
fn date(text: &str) -> Option<Key> {
    // Where the date ends depends on what follows; the longest one that works is the one.
    let mut ends = Vec::new();
    let mut rest = text.as_bytes();
    let mut at = 0;
    let digits = |rest: &[u8], count: usize| rest.get(..count).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    if !digits(rest, 4) {
        return None;
    }
    let advance = |rest: &mut &[u8], at: &mut usize, count: usize| {
        *rest = rest.get(count..).unwrap_or_default();
        *at += count;
    };
    advance(&mut rest, &mut at, 4);
    for _ in 0..6 {
        let separator = usize::from(matches!(rest.first(), Some(b'.' | b':' | b'-')));
        if !digits(rest.get(separator..).unwrap_or_default(), 2) {
            break;
        }
        advance(&mut rest, &mut at, separator + 2);
        ends.push(at);
        // After any of them may come up to two numbers of one to three digits.
        counts(rest, at, 2, &mut ends);
    }
    ends.sort_unstable_by(|left, right| right.cmp(left));
    ends.dedup();
    ends.into_iter().find_map(|end| {
        let (date, rest) = text.split_at_checked(end)?;
        let numbers: Vec<&str> = date.split(|character: char| !character.is_ascii_digit()).collect();
        modified(release(&numbers), rest)
    })
}

/// Adds where up to `most` numbers of one to three digits can end.
fn counts(rest: &[u8], at: usize, most: usize, ends: &mut Vec<usize>) {
    if most == 0 {
        return;
    }
    let separator = usize::from(matches!(rest.first(), Some(b'.' | b':' | b'-')));
    let rest = rest.get(separator..).unwrap_or_default();
    for length in 1..=3 {
        if !rest.get(..length).is_some_and(|part| part.iter().all(u8::is_ascii_digit)) {
            break;
        }
        let end = at + separator + length;
        ends.push(end);
        counts(rest.get(length..).unwrap_or_default(), end, most - 1, ends);
    }
}

/// A branch of a series: `1.x-dev`, `1.2-dev`.
fn branch(text: &str) -> Option<Key> {
    let (name, dev) = text.split_at_checked(text.len().checked_sub(3)?)?;
    if !dev.eq_ignore_ascii_case("dev") {
        return None;
    }
    let name = name.strip_suffix(['.', '-']).unwrap_or(name);
    let name = name.strip_prefix(['v', 'V']).unwrap_or(name);
    let mut numbers = Vec::new();
    for (position, part) in name.split('.').enumerate() {
        let wild = position > 0 && matches!(part, "x" | "X" | "*");
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if position >= NUMBERS || !(wild || is_number) {
            return None;
        }
        numbers.push(if wild { HIGHEST } else { part });
    }
    numbers.resize(NUMBERS, HIGHEST);
    modified(release(&numbers), "-dev")
}

fn release(numbers: &[&str]) -> Key {
    let mut key = Key::default();
    for (position, digits) in numbers.iter().enumerate() {
        key.tag(NUMBER);
        key.digits(digits);
        key.set_digits(position, digits);
    }
    key.end_release();
    key
}

/// Adds how stable it is: a word with numbers, then perhaps `dev`, and nothing else.
fn modified(mut key: Key, text: &str) -> Option<Key> {
    let mut rest = text;
    take_one(&mut rest, &['.', '_', '-']);
    let mut word_rest = rest;
    let letters = take_letters(&mut word_rest).unwrap_or_default().to_ascii_lowercase();
    let (word, mut dev) = match letters.strip_suffix("dev") {
        Some(word) => (word, true),
        None => (letters.as_str(), false),
    };
    let tag = match word {
        "" => None,
        "stable" => Some(END),
        "alpha" | "a" => Some(ALPHA),
        "beta" | "b" => Some(BETA),
        "rc" => Some(RC),
        "patch" | "pl" | "p" => Some(PATCH),
        _ => return None,
    };
    let mut counters = Vec::new();
    if tag.is_some() || dev {
        rest = word_rest;
    }
    if tag.is_some() && !dev {
        loop {
            let mut more = rest;
            take_one(&mut more, &['.', '-']);
            let Some(digits) = take_digits(&mut more) else { break };
            counters.push(digits);
            rest = more;
        }
    }
    if !dev && !rest.is_empty() {
        take_one(&mut rest, &['.', '-']);
        // `1.0-` is taken, `1.0--` is not.
        dev = rest.eq_ignore_ascii_case("dev");
        if !dev {
            return None;
        }
        rest = "";
    }
    if !rest.is_empty() {
        return None;
    }
    if let Some(tag) = tag.filter(|tag| *tag != END) {
        key.tag(tag);
        for digits in counters {
            key.tag(NUMBER);
            key.digits(digits);
        }
        if tag != PATCH {
            key.set_stage(Stage::Before);
        }
    }
    if dev && tag != Some(END) {
        key.tag(DEV);
        key.set_stage(Stage::Before);
    }
    key.tag(END);
    Some(key)
}
