//! Sentences of a paragraph.
//!
//! One ends at `.`, `!`, `?` or `…` and the closing marks behind it, where a blank follows and then a capital, a digit,
//! a letter of a script without capitals, code, or a mark such as a tick; and at `。`, `！`, `？`. So versions, decimals,
//! file names and addresses never end one, nor do code and links. A full stop ends none after an abbreviation, an
//! initial, or the number that a line begins with. Own code: Unicode's rules (UAX 29) end a sentence after `e.g.` before
//! a capital and know neither code nor links.

use std::ops::Range;

use super::marks;
use crate::collect::claims::Text;

/// Abbreviations that something always follows.
const ABBREVIATIONS: &[&str] =
    &["al", "approx", "ca", "cf", "dr", "e.g", "i.e", "incl", "mr", "mrs", "ms", "prof", "resp", "viz", "vs"];

/// Those that a number follows.
const BEFORE_NUMBER: &[&str] =
    &["ch", "eq", "fig", "figs", "no", "nos", "nr", "p", "pp", "sec", "ver", "v", "vol", "art", "rev"];

/// The longest of them, in bytes.
const LONGEST: usize = 8;

/// The sentences at a range, in order, without the blanks between them.
pub(super) fn sentences(text: &Text, range: Range<usize>) -> Vec<Range<usize>> {
    let string = text.string().get(range.clone()).unwrap_or("");
    let mut found = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(end) = string.get(at..).and_then(|rest| rest.find(is_end)).map(|found| at + found) {
        let (after, wide) = after_end(string, end);
        at = after;
        if text.is_whole(range.start + end) {
            continue;
        }
        let rest = string.get(after..).unwrap_or("");
        let next = rest.trim_start();
        let cuts = if next.is_empty() || wide {
            true
        } else {
            rest.starts_with(' ')
                && begins(text, range.end - next.len(), next)
                && !(string.get(end..after) == Some(".") && goes_on(string.get(from..end).unwrap_or(""), next))
        };
        if cuts {
            found.push(range.start + from..range.start + after);
            from = string.len() - next.len();
            at = from;
        }
    }
    if from < string.len() {
        found.push(range.start + from..range.end);
    }
    found
}

fn is_end(character: char) -> bool {
    matches!(character, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '｡')
}

/// Where the run of ends and closing marks at a position ends, and whether one of the ends needs no blank.
fn after_end(string: &str, end: usize) -> (usize, bool) {
    let mut after = end;
    let mut wide = false;
    for character in string.get(end..).unwrap_or("").chars() {
        if !is_end(character) && !matches!(character, ')' | ']' | '"' | '\'' | '”' | '’' | '»' | '」' | '）') {
            break;
        }
        wide |= matches!(character, '。' | '！' | '？' | '｡');
        after += character.len_utf8();
    }
    (after, wide)
}

/// Whether a sentence may begin here.
fn begins(text: &Text, at: usize, next: &str) -> bool {
    /// How many marks may open before its first word.
    const OPENING: usize = 4;
    if text.is_whole(at) || marks::mark(next).skipped > 0 {
        return true;
    }
    let mut characters = next.chars().take(OPENING).skip_while(|character| "\"'([“‘«„「（".contains(*character));
    characters.next().is_some_and(|first| first.is_numeric() || (first.is_alphabetic() && !first.is_lowercase()))
}

/// Whether the full stop after a text belongs to its last word.
fn goes_on(before: &str, next: &str) -> bool {
    let word = before.rsplit([' ', '(', '[', '"', '“', '/']).next().unwrap_or("");
    if word.len() == before.len() && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return true;
    }
    let mut letters = word.chars();
    match (letters.next(), letters.next()) {
        (Some(only), None) => return only.is_uppercase() && only != 'I' || known(word, next),
        (None, _) => return false,
        _ => {}
    }
    // `U.S.`, `a.m.`
    word.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic)) || known(word, next)
}

fn known(word: &str, next: &str) -> bool {
    if word.len() > LONGEST {
        return false;
    }
    let word = word.to_lowercase();
    ABBREVIATIONS.contains(&word.as_str())
        || (BEFORE_NUMBER.contains(&word.as_str()) && next.starts_with(|first: char| first.is_ascii_digit()))
}
