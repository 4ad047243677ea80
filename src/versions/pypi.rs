//! Python: PEP 440, with local versions. What it refuses has no order.

use std::str::FromStr;

use pep440_rs::{LocalSegment, PrereleaseKind, Version};

use super::key::{Key, Stage};

const END: u8 = 0;
const NUMBER: u8 = 1;

/// Where there is no such part: before all that have one, or after.
const BEFORE: u8 = 0;
const PRESENT: u8 = 1;
const AFTER: u8 = u8::MAX;

const LOCAL_TEXT: u8 = 1;
const LOCAL_NUMBER: u8 = 2;

/// How many numbers are written even where they are absent: `1` is `1.0.0`.
const LEAST: usize = 3;

pub(super) fn key(text: &str) -> Option<Key> {
    let version = Version::from_str(text).ok()?;
    let mut key = Key::default();
    key.number(version.epoch());
    key.set_epoch(version.epoch());
    release(&mut key, version.release());
    // A development release of the release itself comes before its pre-releases.
    let (pre, post, dev) = (version.pre(), version.post(), version.dev());
    match pre {
        Some(pre) => {
            key.tag(match pre.kind {
                PrereleaseKind::Alpha => PRESENT,
                PrereleaseKind::Beta => PRESENT + 1,
                PrereleaseKind::Rc => PRESENT + 2,
            });
            key.number(pre.number);
        }
        None => key.tag(if post.is_none() && dev.is_some() { BEFORE } else { AFTER }),
    }
    part(&mut key, post, BEFORE);
    part(&mut key, dev, AFTER);
    for segment in version.local() {
        match segment {
            LocalSegment::String(text) => {
                key.tag(LOCAL_TEXT);
                key.text(text);
            }
            LocalSegment::Number(number) => {
                key.tag(LOCAL_NUMBER);
                key.number(*number);
            }
        }
    }
    key.tag(END);
    if pre.is_some() || dev.is_some() {
        key.set_stage(Stage::Before);
    }
    Some(key)
}

fn release(key: &mut Key, numbers: &[u64]) {
    let significant = numbers.iter().rposition(|number| *number != 0).map_or(0, |last| last + 1);
    for position in 0..significant.max(LEAST) {
        let number = numbers.get(position).copied().unwrap_or(0);
        key.tag(NUMBER);
        key.number(number);
        key.set_number(position, number);
    }
    key.tag(END);
    key.end_release();
}

fn part(key: &mut Key, number: Option<u64>, absent: u8) {
    match number {
        Some(number) => {
            key.tag(PRESENT);
            key.number(number);
        }
        None => key.tag(absent),
    }
}
