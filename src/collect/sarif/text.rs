//! The bytes of a file as JSON text, and in words why they are none.

use std::fmt::Write as _;

use serde::de::IgnoredAny;

/// The text of a file without its byte order mark.
///
/// # Errors
/// The reason, where the bytes are not UTF-8 or there are none.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, String> {
    match bytes {
        [] => return Err("is empty: zero bytes, expected a SARIF log".to_owned()),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, _, ..] | [_, 0, ..] => {
            return Err("is UTF-16 or UTF-32, expected UTF-8".to_owned());
        }
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = position(bytes, error.valid_up_to());
        if error.error_len().is_none() {
            format!("is cut short: it ends inside of a character at {at}")
        } else {
            format!("is not UTF-8 at {at}")
        }
    })?;
    if text.trim().is_empty() {
        return Err("is empty: it holds blanks only, expected a SARIF log".to_owned());
    }
    Ok(text)
}

/// Line and column of a byte, both from 1.
fn position(bytes: &[u8], at: usize) -> String {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
    format!("line {line}, column {column}")
}

/// Why a text can't be read as JSON.
pub(super) fn syntax(text: &str, error: &serde_json::Error) -> String {
    let at = format!("line {}, column {}", error.line(), error.column());
    let start = text.trim_start();
    if !start.starts_with(['{', '[', '"']) && serde_json::from_str::<IgnoredAny>(start).is_err() {
        let first = start.lines().next().unwrap_or_default();
        return match start.find('{') {
            Some(_) => format!("has other text before the JSON: {}", super::tolerant::quoted(first)),
            None => format!("is not JSON: it starts with {}", super::tolerant::quoted(first)),
        };
    }
    if error.is_eof() {
        return format!("is cut short: the JSON ends unfinished at {at}");
    }
    let whole = error.to_string();
    let what = whole.split(" at line ").next().unwrap_or_default();
    format!("is not JSON: {what} at {at}")
}

/// Why the text goes on after a whole document.
pub(super) fn trailing(text: &str, error: &serde_json::Error) -> String {
    let at = format!("line {}, column {}", error.line(), error.column());
    let mut documents = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    let another = documents.nth(1).is_some_and(|document| document.is_ok());
    if another {
        format!("holds a second document at {at}, expected one")
    } else {
        format!("has other text after the JSON at {at}")
    }
}

/// The same document with everything that the JSON grammar allows and a JSON reader may refuse put in other words: a lone
/// surrogate becomes U+FFFD, a number beyond all bounds a string of its digits. `None` where the grammar is broken.
pub(super) fn readable(text: &str) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        let (before, here) = rest.split_at_checked(at)?;
        out.push_str(before);
        rest = if here.starts_with('"') { string(here, &mut out)? } else { number(here, &mut out)? };
    }
    out.push_str(rest);
    Some(out)
}

/// Copies the number at the start of `text`; gives what follows it.
fn number<'t>(text: &'t str, out: &mut String) -> Option<&'t str> {
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E')).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    if digits.parse::<f64>().is_ok_and(|number| number.abs() < 1e300) {
        out.push_str(digits);
    } else {
        // Writing to a string can't fail.
        let _ = write!(out, "\"{digits}\"");
    }
    Some(rest)
}

/// Copies the string at the start of `text`; gives what follows it.
fn string<'t>(text: &'t str, out: &mut String) -> Option<&'t str> {
    let mut rest = text.strip_prefix('"')?;
    out.push('"');
    loop {
        let at = rest.find(['"', '\\'])?;
        let (before, here) = rest.split_at_checked(at)?;
        out.push_str(before);
        if let Some(after) = here.strip_prefix('"') {
            out.push('"');
            return Some(after);
        }
        let unit = |text: &str| u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
        let length = match unit(here) {
            Some(0xD800..=0xDBFF) if matches!(here.get(6..).and_then(unit), Some(0xDC00..=0xDFFF)) => 12,
            Some(0xD800..=0xDFFF) => {
                out.push_str("\\uFFFD");
                rest = here.get(6..)?;
                continue;
            }
            _ => 2,
        };
        out.push_str(here.get(..length)?);
        rest = here.get(length..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, readable};
    use proptest::prelude::*;

    #[test]
    fn only_what_a_reader_would_refuse_is_put_in_other_words() {
        let text = r#"{"a": "\ud800 \ud83d\ude00 \udc00\" 1e999", "b": [1e999, -12.5e3, 7]}"#;
        assert_eq!(
            readable(text).unwrap(),
            r#"{"a": "\uFFFD \ud83d\ude00 \uFFFD\" 1e999", "b": ["1e999", -12.5e3, 7]}"#
        );
        assert_eq!(readable("{"), None);
    }

    #[test]
    fn a_file_in_another_encoding_is_named_as_such() {
        assert!(decode(b"\xFF\xFE{\0}\0").unwrap_err().contains("UTF-16"));
        assert!(decode(b"{\0}\0").unwrap_err().contains("UTF-16"));
        assert!(decode(b"{\"a\": \"\xE4\"}").unwrap_err().contains("not UTF-8 at line 1, column 8"));
        assert!(decode(b"{\n\"a\": \"\xC3").unwrap_err().contains("cut short"));
        assert_eq!(decode(b"\xEF\xBB\xBF{}").unwrap(), "{}");
    }

    proptest! {
        #[test]
        fn a_readable_document_stays_as_it_is(text in "[a-z0-9\\\\\"\u{e9}-]{0,20}", number in any::<i64>()) {
            let document = serde_json::json!({ text.clone(): [text, number] }).to_string();
            prop_assert_eq!(readable(&document).unwrap(), document);
        }
    }
}
