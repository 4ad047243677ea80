//! Reads an evidence document from a file. What the document means, and whether it may be used, is said by `report`.

use std::path::Path;
use std::sync::Arc;

use super::input::{self, Refusal};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::Evidence;
use crate::report::{DocumentError, read_evidence};

/// The largest evidence document that is read, in bytes: some 500,000 findings.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Why there is no evidence in a file.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceFileError {
    /// The file is not there, can't be read, or is too large.
    #[error("`{path}` {}", refusal.reason)]
    Unreadable {
        /// The path as given.
        path: String,
        /// Why.
        refusal: Refusal,
    },
    /// The file is there and is no evidence document.
    #[error("`{path}`: {error}")]
    Broken {
        /// The path as given.
        path: String,
        /// The file's text, where it is UTF-8; without its byte order mark.
        text: Option<Arc<str>>,
        /// What is wrong, and where.
        error: DocumentError,
    },
}

impl From<&EvidenceFileError> for Diagnostic {
    fn from(error: &EvidenceFileError) -> Self {
        match error {
            EvidenceFileError::Unreadable { path, refusal } => {
                Self::new(Code::BrokenEvidence, refusal.reason.clone()).at(Place::file(path))
            }
            EvidenceFileError::Broken { path, text, error } => error.diagnostic(path, text.as_ref()),
        }
    }
}

/// Reads an evidence document of at most [`MAX_BYTES`]: the evidence, and the SHA-256 of the file in lower-case
/// hexadecimal.
///
/// # Errors
/// Where the file can't be read, and where it is not exactly what [`crate::report::EvidenceDocument`] says.
pub fn read(path: &Path) -> Result<(Evidence, String), EvidenceFileError> {
    read_limited(path, MAX_BYTES)
}

fn read_limited(path: &Path, limit: u64) -> Result<(Evidence, String), EvidenceFileError> {
    let name = path.display().to_string();
    match input::read(path, limit) {
        Err(refusal) => Err(EvidenceFileError::Unreadable { path: name, refusal }),
        Ok(input) => match read_evidence(&input.bytes) {
            Ok(evidence) => Ok((evidence, input.sha256)),
            Err(error) => Err(EvidenceFileError::Broken { path: name, text: text_of(input.bytes), error }),
        },
    }
}

fn text_of(bytes: Vec<u8>) -> Option<Arc<str>> {
    let text = String::from_utf8(bytes).ok()?;
    Some(Arc::from(text.strip_prefix('\u{feff}').unwrap_or(&text)))
}

#[cfg(test)]
mod tests {
    use super::{EvidenceFileError, read, read_limited};
    use crate::collect::input::sha256_hex;
    use crate::diagnostic::{Code, Diagnostic};
    use crate::evidence::Completeness;

    #[expect(clippy::disallowed_methods, reason = "a test writes its own input")]
    fn file(content: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("evidence.json");
        std::fs::write(&path, content).unwrap();
        (directory, path)
    }

    #[test]
    fn a_document_comes_with_the_digest_of_its_file() {
        let content = br#"{"schema": "tollgate/evidence/v1", "change": {"title": "x"}}"#;
        let (_directory, path) = file(content);
        let (evidence, sha256) = read(&path).unwrap();
        assert_eq!(evidence.change.title.as_deref(), Some("x"));
        assert_eq!(sha256, sha256_hex(content));
    }

    #[test]
    fn a_document_one_byte_over_the_limit_is_refused() {
        let content = br#"{"schema": "tollgate/evidence/v1"}"#;
        let (_directory, path) = file(content);
        let length = content.len() as u64;
        assert!(read_limited(&path, length).is_ok());
        let error = read_limited(&path, length - 1).unwrap_err();
        assert!(
            matches!(&error, EvidenceFileError::Unreadable { refusal, .. } if refusal.completeness == Completeness::Truncated)
        );
    }

    #[test]
    fn an_absent_document_is_a_diagnostic_that_names_the_file() {
        let (directory, _) = file(b"");
        let path = directory.path().join("none.json");
        let diagnostic = Diagnostic::from(&read(&path).unwrap_err());
        assert_eq!((diagnostic.code, diagnostic.message.as_str()), (Code::BrokenEvidence, "there is no such file"));
        assert_eq!(diagnostic.place.unwrap().file, path.display().to_string());
    }

    #[test]
    fn a_broken_document_is_a_diagnostic_with_its_place_and_its_line() {
        let (_directory, path) = file("\u{feff}{\"schema\": \"tollgate/evidence/v1\",\n \"findigs\": {}}".as_bytes());
        let diagnostic = Diagnostic::from(&read(&path).unwrap_err());
        let place = diagnostic.place.unwrap();
        assert_eq!((place.line, place.column), (2, 2));
        assert_eq!(place.text.unwrap().lines().nth(1), Some(" \"findigs\": {}}"));
        assert_eq!(diagnostic.help.as_deref(), Some("did you mean `findings`?"));
    }
}
