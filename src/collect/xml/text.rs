//! The bytes of an XML document as text: UTF-8, or what a byte order mark or the XML declaration names.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::quoted;
use crate::collect::input::Refusal;

/// How far an XML declaration may reach, in bytes.
const MAX_DECLARATION: usize = 1_024;

/// The text of a document without its byte order mark. UTF-8 is not copied. UTF-16 and every encoding that the WHATWG's
/// Encoding Standard knows under the declared name are decoded; any other name is refused.
///
/// # Errors
/// A [`Refusal`] where there are no bytes, the encoding is not known, or the bytes are not of it.
pub(in crate::collect) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    let (encoding, rest) = match bytes {
        [] => return Err(Refusal::failed("is empty: zero bytes")),
        [0xEF, 0xBB, 0xBF, rest @ ..] => (UTF_8, rest),
        [0xFF, 0xFE, rest @ ..] => (UTF_16LE, rest),
        [0xFE, 0xFF, rest @ ..] => (UTF_16BE, rest),
        // Without a mark, by the first character, which is `<` or a blank: XML 1.0, appendix F.
        [0, first, ..] if first.is_ascii() && *first != 0 => (UTF_16BE, bytes),
        [first, 0, second, ..] if first.is_ascii() && *second != 0 => (UTF_16LE, bytes),
        _ => (declared(bytes)?, bytes),
    };
    if encoding == UTF_8 {
        return utf8(rest).map(Cow::Borrowed);
    }
    let text = encoding.decode_without_bom_handling_and_without_replacement(rest);
    text.ok_or_else(|| Refusal::failed(format!("is not {}, which it says it is", encoding.name())))
}

/// The encoding that the XML declaration names; UTF-8 where there is none.
fn declared(bytes: &[u8]) -> Result<&'static Encoding, Refusal> {
    let head = bytes.get(..MAX_DECLARATION).unwrap_or(bytes);
    let Some(declaration) = head.strip_prefix(b"<?xml") else { return Ok(UTF_8) };
    let end = declaration.windows(2).position(|two| two == b"?>").unwrap_or(declaration.len());
    let declaration = String::from_utf8_lossy(declaration.get(..end).unwrap_or_default()).into_owned();
    let Some((_, after)) = declaration.split_once("encoding") else { return Ok(UTF_8) };
    let after = after.trim_start().strip_prefix('=').map_or("", str::trim_start);
    let quote = after.chars().next().filter(|first| matches!(first, '"' | '\''));
    let name = quote.and_then(|quote| after.get(1..)?.split_once(quote)).map(|(name, _)| name);
    let name = name.ok_or_else(|| Refusal::failed("is not XML: its declaration names no encoding after `encoding`"))?;
    match Encoding::for_label_no_replacement(name.trim().as_bytes()) {
        // A document whose declaration can be read byte by byte is not UTF-16, whatever it says: .NET writes such ones.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => Ok(UTF_8),
        Some(encoding) => Ok(encoding),
        None => Err(Refusal::failed(format!("is written in the encoding {}, which is not known", quoted(name)))),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or(bytes);
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Refusal::failed(match error.error_len() {
            None => format!("is cut short: it ends inside of a character in line {line}"),
            Some(_) => format!("is not UTF-8 in line {line}"),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn encodings_are_read_as_a_mark_or_the_declaration_says() {
        let utf16 = |text: &str, mark: bool| -> Vec<u8> {
            let mark = if mark { "\u{feff}" } else { "" };
            format!("{mark}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
        };
        let swapped = |bytes: Vec<u8>| -> Vec<u8> { bytes.chunks(2).flat_map(|two| [two[1], two[0]]).collect() };
        for bytes in [
            "<a>ä</a>".as_bytes().to_vec(),
            "\u{feff}<a>ä</a>".as_bytes().to_vec(),
            utf16("<a>ä</a>", true),
            utf16("<a>ä</a>", false),
            swapped(utf16("<a>ä</a>", true)),
            swapped(utf16("<a>ä</a>", false)),
        ] {
            assert_eq!(decode(&bytes).unwrap(), "<a>ä</a>");
        }
        let latin = b"<?xml version='1.0' encoding = \"ISO-8859-1\" ?><a>\xE4</a>";
        assert!(decode(latin).unwrap().ends_with("<a>ä</a>"));
        let utf16_that_is_none = b"<?xml version='1.0' encoding='utf-16'?><a/>";
        assert!(decode(utf16_that_is_none).unwrap().ends_with("<a/>"));
    }

    #[test]
    fn bytes_that_are_not_what_they_are_said_to_be_are_refused() {
        let reason = |bytes: &[u8]| decode(bytes).unwrap_err().reason;
        assert!(reason(b"").contains("zero bytes"));
        assert!(reason(b"<a>\n\xE4</a>").contains("not UTF-8 in line 2"));
        assert!(reason(b"<a>\xC3").contains("cut short"));
        assert!(reason(b"<?xml encoding='UTF-7'?><a/>").contains("`UTF-7`, which is not known"));
        assert!(reason(b"<?xml encoding='klingon'?><a/>").contains("`klingon`, which is not known"));
        assert!(reason(b"<?xml encoding=?><a/>").contains("names no encoding"));
        assert!(reason(b"\xFF\xFE<\0a\0>\0\0\xD8").contains("not UTF-16LE"));
    }
}
