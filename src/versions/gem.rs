//! RubyGems: `Gem::Version`. Segments are numbers or letters; one of letters makes it a pre-release, and `-` is `.pre.`.

use super::key::{Key, Stage, take_digits, take_letters, take_one};

const LETTERS: u8 = 0;
/// A zero after which letters come before any other number: it is less than nothing at all, as those letters are.
const ZERO_BEFORE_LETTERS: u8 = 1;
const END: u8 = 2;
const NUMBER: u8 = 3;

/// One segment of a version.
#[derive(Clone, Copy)]
enum Segment<'a> {
    Number(&'a str),
    Letters(&'a str),
}

pub(super) fn key(text: &str) -> Option<Key> {
    if !is_version(text) {
        return None;
    }
    let text = canonical(&text.replace('-', ".pre."));
    let mut key = Key::default();
    let mut released = true;
    for (position, (segment, leads_to_letters)) in segments(&text).into_iter().enumerate() {
        match segment {
            Segment::Number(digits) => {
                let zero = leads_to_letters && is_zero(digits);
                key.tag(if zero { ZERO_BEFORE_LETTERS } else { NUMBER });
                key.digits(digits);
                if released {
                    key.set_digits(position, digits);
                    key.end_release();
                }
            }
            Segment::Letters(letters) => {
                released = false;
                key.set_stage(Stage::Before);
                key.tag(LETTERS);
                key.text(letters);
            }
        }
    }
    key.tag(END);
    Some(key)
}

/// Whether it is of the form that RubyGems takes: digits, then segments behind dots, then perhaps more behind a hyphen.
fn is_version(text: &str) -> bool {
    let (release, more) = text.split_once('-').map_or((text, None), |(release, more)| (release, Some(more)));
    let (first, segments) = release.split_once('.').map_or((release, None), |(first, more)| (first, Some(more)));
    let are =
        |text: &str, class: fn(u8) -> bool| text.split('.').all(|part| !part.is_empty() && part.bytes().all(class));
    !first.is_empty()
        && first.bytes().all(|byte| byte.is_ascii_digit())
        && segments.is_none_or(|segments| are(segments, |byte| byte.is_ascii_alphanumeric()))
        && more.is_none_or(|more| are(more, |byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

/// Without zero segments at the end, and without those right before letters, where they first stand so.
fn canonical(text: &str) -> String {
    let is_zero_or_dot = |byte: u8| byte == b'0' || byte == b'.';
    // At the end, zeros go that stand behind letters or a dot.
    let kept = text.trim_end_matches(['0', '.']);
    let run = text.get(kept.len()..).unwrap_or_default();
    let behind = match kept.bytes().last() {
        Some(last) if last.is_ascii_alphabetic() => 0,
        _ => run.find('.').map_or(run.len(), |dot| dot + 1),
    };
    let text = text.get(..kept.len() + behind).unwrap_or(text);
    // Before letters, zeros go that stand at the start or behind a dot.
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest.iter().position(|byte| !is_zero_or_dot(*byte)).unwrap_or(rest.len());
        let run = rest.get(..length).unwrap_or_default();
        let start = if at == 0 { Some(0) } else { run.iter().position(|byte| *byte == b'.').map(|dot| dot + 1) };
        let before_letters = rest.get(length).is_some_and(u8::is_ascii_alphabetic);
        match start {
            Some(start) if before_letters && start < length => {
                let (before, after) = (text.get(..at + start), text.get(at + length..));
                return [before.unwrap_or_default(), after.unwrap_or_default()].concat();
            }
            _ => at += length.max(1),
        }
    }
    text.to_owned()
}

/// The segments, each with whether the first one after it that is no zero is of letters.
fn segments(text: &str) -> Vec<(Segment<'_>, bool)> {
    let mut rest = text;
    let mut segments = Vec::new();
    while !rest.is_empty() {
        if let Some(digits) = take_digits(&mut rest) {
            segments.push((Segment::Number(digits), false));
        } else if let Some(letters) = take_letters(&mut rest) {
            segments.push((Segment::Letters(letters), false));
        } else if !take_one(&mut rest, &['.']) {
            break;
        }
    }
    let mut leads_to_letters = false;
    for (segment, leads) in segments.iter_mut().rev() {
        *leads = leads_to_letters;
        leads_to_letters = match segment {
            Segment::Letters(_) => true,
            Segment::Number(digits) => leads_to_letters && is_zero(digits),
        };
    }
    segments
}

fn is_zero(digits: &str) -> bool {
    digits.bytes().all(|digit| digit == b'0')
}
