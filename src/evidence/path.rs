//! Paths of a repository as text, without loss.
//!
//! Git's paths are bytes. One that is not UTF-8 still has to be told apart from every other in documents, globs and
//! messages, so each byte that is not part of valid UTF-8 becomes one of the private characters U+10FF80 to U+10FFFF
//! (byte 0x80 to 0xFF). Those characters themselves are treated as bytes that are not UTF-8, so that the mapping is one to one.

const FIRST: u32 = 0x0010_FF80;

/// The text that stands for a path's bytes.
#[must_use]
pub fn path_from_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if u32::from(character) >= FIRST {
                let mut buffer = [0; 4];
                out.extend(character.encode_utf8(&mut buffer).bytes().map(stand_in));
            } else {
                out.push(character);
            }
        }
        out.extend(chunk.invalid().iter().copied().map(stand_in));
    }
    out
}

/// The bytes that a text from [`path_from_bytes`] stands for.
#[must_use]
pub fn path_to_bytes(path: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    for character in path.chars() {
        match u32::from(character).checked_sub(FIRST).and_then(|offset| u8::try_from(offset + 0x80).ok()) {
            Some(byte) => out.push(byte),
            None => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out
}

/// Bytes below 0x80 are valid UTF-8, so only the upper half is ever asked for.
fn stand_in(byte: u8) -> char {
    char::from_u32(FIRST - 0x80 + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::{path_from_bytes, path_to_bytes};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_path_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(path_to_bytes(&path_from_bytes(&bytes)), bytes);
        }

        #[test]
        fn private_characters_come_back_too(text in "[a\u{10FF80}-\u{10FFFF}é/]{0,12}") {
            prop_assert_eq!(path_to_bytes(&path_from_bytes(text.as_bytes())), text.into_bytes());
        }
    }

    #[test]
    fn a_path_in_utf8_stays_as_it_is() {
        assert_eq!(path_from_bytes("src/über.rs".as_bytes()), "src/über.rs");
    }
}
