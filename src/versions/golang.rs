//! Go: versions of modules by SemVer (Go Modules Reference, "Versions"), and Go's own releases (`go.dev/doc/toolchain`).
//!
//! Pseudo-versions are pre-releases by their form, and `+incompatible` is build metadata: neither needs a rule of its
//! own. Modules are locked with a `v` and stand in databases without it. What has no `v` and is no semantic version is
//! a release of Go: `1.21rc1` is `1.21.0-rc.1`, as databases write it. Since 1.21, `1.N` is the language, which comes
//! before every release of it; here it is `1.N.0-0`, where databases begin a series. The suffix of a toolchain's name
//! (`go1.21.3-suffix`) does not count; without `go` before it nothing tells it from a pre-release, and it is taken for one.

use super::key::{Key, Stage, take_digits, take_letters};
use super::semver::{self, Form, is_padded};

/// A module's version may leave out numbers, but then nothing may follow.
const MODULE: Form = Form { least: 1, most: 3, short_with_pre: false, padded: false, joined: false, caseless: false };

/// From this minor release on, `1.N` is not the first release.
const FIRST_LANGUAGE: u64 = 21;

pub(super) fn key(text: &str) -> Option<Key> {
    if let Some(name) = text.strip_prefix("go") {
        return release(name.split(['-', ' ']).next().unwrap_or_default());
    }
    match text.strip_prefix('v') {
        Some(version) => module(version, MODULE),
        None => module(text, Form { least: 3, ..MODULE }).or_else(|| release(text)),
    }
}

fn module(text: &str, form: Form) -> Option<Key> {
    let mut key = semver::key(text, form)?;
    if is_pseudo(text) {
        key.set_stage(Stage::Commit);
    }
    Some(key)
}

/// Whether it is what Go calls a commit: a pre-release that ends in a time of 14 digits and 12 digits of its id.
fn is_pseudo(text: &str) -> bool {
    let text = text.split('+').next().unwrap_or_default();
    let Some((before, id)) = text.rsplit_once('-') else { return false };
    let time = before.rsplit(['.', '-']).next().unwrap_or_default();
    time.len() == 14 && time.bytes().all(|byte| byte.is_ascii_digit()) && id.len() == 12
}

/// A release of Go: `1`, `1.N` or `1.N.P`, the latter two perhaps with a word and a number of a pre-release after it.
fn release(text: &str) -> Option<Key> {
    let mut rest = text;
    let mut numbers = ["0"; 3];
    let mut given = 0;
    for place in &mut numbers {
        *place = take_digits(&mut rest).filter(|digits| !is_padded(digits))?;
        given += 1;
        match rest.strip_prefix('.') {
            Some(more) if given < 3 => rest = more,
            _ => break,
        }
    }
    if rest.is_empty() {
        let language = given == 2 && is_language(numbers);
        return if language {
            Some(semver::pre(numbers, None, Some("0")))
        } else {
            semver::key(&numbers.join("."), MODULE)
        };
    }
    let word = take_letters(&mut rest).filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))?;
    let number = take_digits(&mut rest);
    let is_pre = given > 1 && rest.is_empty() && !number.is_some_and(is_padded);
    is_pre.then(|| semver::pre(numbers, Some(word), number))
}

fn is_language([major, minor, _]: [&str; 3]) -> bool {
    major == "1" && minor.parse().is_ok_and(|minor: u64| minor >= FIRST_LANGUAGE)
}
