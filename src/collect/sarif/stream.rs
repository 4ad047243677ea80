//! Large files, read bit by bit so that their text is never in memory as a whole.
//!
//! Only a file in which nothing is wrong is read so. Whatever is refused here is read again as a whole, which has the words for
//! it and knows what a JSON reader may refuse and the grammar allows; what a file says never depends on its length.

use std::io::{self, BufRead, BufReader, Error, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::tolerant::Cx;
use super::{MAX_BYTES, MAX_ENTRIES, SarifInput, judge, log_of};
use crate::collect::input;

/// How much is read at a time, in bytes.
const BLOCK: usize = 1 << 18;

/// What stands before the text of some files.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads a file that is longer than `whole`; `None` where it is not, or is to be read as a whole for what is in it.
pub(super) fn read(path: &Path, shown: &str, commit: Option<&str>, whole: u64) -> Option<SarifInput> {
    let (file, length) = input::open(path).ok()?;
    if length <= whole {
        return None;
    }
    let mut text = Text { stream: file.take(MAX_BYTES), digest: Sha256::new(), unfinished: Vec::new() };
    let mut reader = BufReader::with_capacity(BLOCK, &mut text);
    if reader.fill_buf().ok()?.starts_with(BYTE_ORDER_MARK) {
        reader.consume(BYTE_ORDER_MARK.len());
    }
    let mut json = serde_json::Deserializer::from_reader(reader);
    let mut cx = Cx::new(MAX_ENTRIES);
    let document = log_of(&mut json, &mut cx).ok()?;
    json.end().ok()?;
    drop(json);
    // A character that ends with the file is unfinished, and so may be a file that reaches the limit.
    let is_all = text.unfinished.is_empty() && text.stream.limit() > 0;
    let log = is_all.then(|| judge((cx, document)))?.ok()?;
    Some(SarifInput {
        path: shown.to_owned(),
        commit: commit.map(str::to_owned),
        sha256: Some(input::hex(text.digest)),
        outcome: Ok(log),
    })
}

/// A stream that is UTF-8, or an error; with the digest of what was read.
struct Text<R> {
    stream: R,
    digest: Sha256,
    /// The start of a character that the last block ended in.
    unfinished: Vec<u8>,
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let length = self.stream.read(block)?;
        let read = block.get(..length).unwrap_or_default();
        self.digest.update(read);
        let mut rest = read;
        // At most three bytes are missing of a character.
        while let (false, Some((first, more))) = (self.unfinished.is_empty(), rest.split_first()) {
            self.unfinished.push(*first);
            rest = more;
            match std::str::from_utf8(&self.unfinished) {
                Ok(_) => self.unfinished.clear(),
                Err(error) if error.error_len().is_none() => {}
                Err(_) => return Err(Error::other("is not UTF-8")),
            }
        }
        match std::str::from_utf8(rest) {
            Ok(_) => {}
            Err(error) if error.error_len().is_none() => {
                self.unfinished.extend_from_slice(rest.get(error.valid_up_to()..).unwrap_or_default());
            }
            Err(_) => return Err(Error::other("is not UTF-8")),
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    use super::{Text, read};
    use crate::collect::{input, sarif};

    /// A stream that gives few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, block: &mut [u8]) -> std::io::Result<usize> {
            let length = self.1.min(block.len());
            self.0.read(&mut block[..length])
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_for_text_where_they_are_text(bytes in any::<Vec<u8>>(), text in "\\PC{0,20}", step in 1usize..5) {
            for bytes in [bytes, text.into_bytes()] {
                let mut checked = Text { stream: Slow(&bytes, step), digest: Sha256::new(), unfinished: Vec::new() };
                let mut out = Vec::new();
                let is_text = checked.read_to_end(&mut out).is_ok() && checked.unfinished.is_empty();
                prop_assert_eq!(is_text, std::str::from_utf8(&bytes).is_ok());
                prop_assert!(!is_text || out == bytes);
                prop_assert!(!is_text || input::hex(checked.digest) == input::sha256_hex(&bytes));
            }
        }
    }

    #[test]
    fn a_file_reads_alike_bit_by_bit_and_as_a_whole() {
        let log = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "T\u00e4"}}, "results": [
            {"ruleId": "ä", "message": {"text": "m"}}, {"message": 3}]}]}"#;
        for (text, by_bits) in [
            (log.to_owned(), true),
            (format!("\u{feff}{log}"), true),
            (format!("{log} x"), false),
            (log.replace("2.1.0", "2.0.0"), false),
            (log.replace("Tä", "half \\ud800"), true),
            (log.replace("\"ä\"", "\"half \\ud800\""), false),
            ("{".to_owned(), false),
            (String::new(), false),
        ] {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), &text).unwrap();
            let streamed = read(file.path(), "x", Some("c"), 0);
            assert_eq!(streamed.is_some(), by_bits, "{text}");
            let whole = sarif::read(file.path(), "x", Some("c"));
            if let Some(streamed) = streamed {
                assert_eq!(format!("{streamed:?}"), format!("{whole:?}"));
            }
            assert!(read(file.path(), "x", None, 1 << 20).is_none(), "a small one is read as a whole");
        }
    }
}
