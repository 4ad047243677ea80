//! One input file, whole, with its digest and a limit on its size.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::evidence::{Completeness, EvidenceKind, Source};

/// Why an input could not be had; it becomes a source that is not complete, never fewer items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// `missing` where there is no such file, `failed` where it is not what it is said to be, `truncated` past a limit.
    pub completeness: Completeness,
    /// What was found, and what was expected.
    pub reason: String,
}

impl Refusal {
    /// The file is there, but not what it is said to be.
    #[must_use]
    pub fn failed(reason: impl Into<String>) -> Self {
        Self { completeness: Completeness::Failed, reason: reason.into() }
    }
}

/// The bytes of one input.
#[derive(Debug, Clone)]
pub struct Input {
    /// All of them.
    pub bytes: Vec<u8>,
    /// Their SHA-256, in lower-case hexadecimal.
    pub sha256: String,
}

/// One input as it was given, read or refused.
#[derive(Debug, Clone)]
pub struct Report<T> {
    /// The path as it is shown.
    pub path: String,
    /// The commit that the user says it was made for.
    pub commit: Option<String>,
    /// SHA-256 of its bytes, where they could be read.
    pub sha256: Option<String>,
    /// What it says, or why it could not be had.
    pub outcome: Result<T, Refusal>,
}

impl<T> Report<T> {
    /// Its source: complete, or refused.
    #[must_use]
    pub fn source(&self, kind: EvidenceKind) -> Source {
        let mut source = match &self.outcome {
            Ok(_) => Source::complete(kind),
            Err(refusal) => Source::incomplete(kind, refusal.completeness, refusal.reason.clone()),
        };
        source.path = Some(self.path.clone());
        source.sha256.clone_from(&self.sha256);
        source.commit.clone_from(&self.commit);
        source
    }
}

/// Reads one file of at most `limit` bytes and makes something of it; never fails, for a file that can't be read is
/// knowledge too.
pub fn report<T>(
    path: &Path,
    shown: &str,
    commit: Option<&str>,
    limit: u64,
    parse: impl FnOnce(&[u8]) -> Result<T, Refusal>,
) -> Report<T> {
    let (sha256, outcome) = match read(path, limit) {
        Ok(input) => (Some(input.sha256), parse(&input.bytes)),
        Err(refusal) => (None, Err(refusal)),
    };
    Report { path: shown.to_owned(), commit: commit.map(str::to_owned), sha256, outcome }
}

/// Reads one file of at most `limit` bytes.
///
/// # Errors
/// A [`Refusal`] where the file is absent, is no file, can't be read, or is longer than `limit`.
pub fn read(path: &Path, limit: u64) -> Result<Input, Refusal> {
    let (file, length) = open(path)?;
    read_from(file, usize::try_from(length.min(limit)).unwrap_or(0), limit)
}

/// Opens one file; gives its length, too, as the file system has it.
///
/// # Errors
/// A [`Refusal`] where the file is absent, is no file, or can't be read.
pub fn open(path: &Path) -> Result<(File, u64), Refusal> {
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Refusal { completeness: Completeness::Missing, reason: "there is no such file".to_owned() }
        }
        _ => Refusal::failed(format!("can't be opened: {error}")),
    })?;
    let metadata = file.metadata().map_err(|error| Refusal::failed(format!("can't be read: {error}")))?;
    if metadata.is_dir() {
        return Err(Refusal::failed("is a directory, expected a file"));
    }
    Ok((file, metadata.len()))
}

/// Reads everything that a stream holds, up to `limit` bytes.
///
/// # Errors
/// A [`Refusal`] where the stream can't be read or is longer than `limit`.
pub fn read_from(stream: impl Read, expected: usize, limit: u64) -> Result<Input, Refusal> {
    let mut bytes = Vec::with_capacity(expected.saturating_add(1));
    stream
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| Refusal::failed(format!("can't be read: {error}")))?;
    if bytes.len() as u64 > limit {
        return Err(Refusal {
            completeness: Completeness::Truncated,
            reason: format!("is larger than the limit of {limit} bytes"),
        });
    }
    let sha256 = sha256_hex(&bytes);
    Ok(Input { bytes, sha256 })
}

/// SHA-256 in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(Sha256::new_with_prefix(bytes))
}

/// Whether git gives some content this id: 40 hexadecimal digits, or 64 in a repository of SHA-256. A shortened id is none.
#[must_use]
pub fn is_blob(bytes: &[u8], id: &str) -> bool {
    let head = format!("blob {}\0", bytes.len());
    if id.len() == 64 {
        return hex(Sha256::new_with_prefix(head).chain_update(bytes)) == id;
    }
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(head.as_bytes());
    hasher.update(bytes);
    hasher.try_finalize().is_ok_and(|found| found.to_hex().to_string().as_str() == id)
}

/// A finished digest in lower-case hexadecimal.
#[must_use]
pub fn hex(digest: Sha256) -> String {
    use std::fmt::Write as _;
    digest.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string can't fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::{Refusal, read, read_from, report};
    use crate::evidence::{Completeness, EvidenceKind};

    #[test]
    fn an_absent_file_is_missing_and_a_directory_is_failed() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(&dir.path().join("none"), 9).unwrap_err().completeness, Completeness::Missing);
        assert_eq!(read(dir.path(), 9).unwrap_err().completeness, Completeness::Failed);
    }

    #[test]
    fn a_file_above_the_limit_is_truncated_and_not_parsed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, "12").unwrap();
        let parsed = report(&path, "shown", Some("c"), 2, |bytes| Ok(bytes.len()));
        assert_eq!((parsed.outcome, parsed.sha256.unwrap().len()), (Ok(2), 64));
        let refused = report(&path, "shown", Some("c"), 1, |_| -> Result<(), Refusal> { panic!("must not be parsed") });
        let source = refused.source(EvidenceKind::Tests);
        assert_eq!((source.completeness, source.path.as_deref()), (Completeness::Truncated, Some("shown")));
        assert_eq!((source.commit.as_deref(), source.sha256), (Some("c"), None));
    }

    #[test]
    fn one_byte_more_than_the_limit_is_refused() {
        assert_eq!(read_from(&b"123"[..], 0, 3).unwrap().bytes, b"123");
        assert_eq!(read_from(&b"1234"[..], 0, 3).unwrap_err().completeness, Completeness::Truncated);
    }
}
