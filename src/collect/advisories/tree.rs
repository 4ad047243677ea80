//! Records in a directory, in files of one or more.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::record::short;
use super::sink::{Database, Sink};
use super::{Hashed, MAX_DEPTH, MAX_RECORD_BYTES, MAX_RECORDS, MAX_UNPACKED_BYTES, limit, split, unreadable};
use crate::collect::input::{self, Refusal};

/// Reads every file `*.json` below a directory, in the order of their names. The digest is that of all paths, sizes and
/// digests; there is none where not all of them were read.
pub(super) fn read(root: &Path, sink: Sink<'_>) -> (Option<String>, Result<Database, Refusal>) {
    let mut walk = Walk { sink, digest: Sha256::new(), bytes: 0, files: 0 };
    match walk.directory(root, "", 0).and_then(|()| walk.sink.finish()) {
        Ok(database) => (Some(input::hex(walk.digest)), Ok(database)),
        Err(refusal) => (None, Err(refusal)),
    }
}

/// What can hold records and is not read inside of a directory: leaving it out would be a database with a hole.
fn unread(name: &str, kind: fs::FileType) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    if !kind.is_file() && ends(&[".json", ".zip"]) {
        return Some("no regular file");
    }
    if kind.is_file() && ends(&[".zip", ".gz", ".xz", ".zst", ".bz2", ".tar", ".tgz"]) {
        return Some("an archive, which is not read inside of a directory");
    }
    (kind.is_file() && ends(&[".ndjson", ".jsonl"]))
        .then_some("a stream of records, which is not read inside of a directory")
}

struct Walk<'w> {
    sink: Sink<'w>,
    digest: Sha256,
    bytes: u64,
    files: u64,
}

impl Walk<'_> {
    fn directory(&mut self, path: &Path, shown: &str, depth: usize) -> Result<(), Refusal> {
        if depth > MAX_DEPTH {
            return Err(limit(format!("{}: lies deeper than the limit of {MAX_DEPTH} directories", short(shown))));
        }
        let at = |refusal: Refusal| match shown {
            "" => refusal,
            _ => Refusal { reason: format!("{}: {}", short(shown), refusal.reason), ..refusal },
        };
        let mut names: Vec<OsString> = Vec::new();
        for entry in fs::read_dir(path).map_err(unreadable).map_err(at)? {
            names.push(entry.map_err(unreadable).map_err(at)?.file_name());
            if names.len() as u64 > MAX_RECORDS {
                return Err(at(limit(format!("has more files than the limit of {MAX_RECORDS}"))));
            }
        }
        names.sort();
        for name in names {
            let inner = path.join(&name);
            let text: String = name.to_string_lossy().replace(char::is_control, "\u{fffd}");
            if text.starts_with('.') {
                continue;
            }
            let shown = if shown.is_empty() { text.clone() } else { format!("{shown}/{text}") };
            let kind = fs::symlink_metadata(&inner).map_err(unreadable).map_err(at)?.file_type();
            if kind.is_dir() {
                self.directory(&inner, &shown, depth + 1)?;
            } else if let Some(other) = unread(&text, kind) {
                return Err(Refusal::failed(format!(
                    "{}: is {other}; name it by itself, or move it away",
                    short(&shown)
                )));
            } else if kind.is_file() && text.to_ascii_lowercase().ends_with(".json") {
                self.file(&inner, &shown).map_err(|refusal| {
                    let reason = match refusal.reason.starts_with(&shown) {
                        true => refusal.reason,
                        false => format!("{shown}: {}", refusal.reason),
                    };
                    Refusal { completeness: refusal.completeness, reason }
                })?;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, shown: &str) -> Result<(), Refusal> {
        self.files += 1;
        if self.files > MAX_RECORDS {
            return Err(limit(format!("is one of more files than the limit of {MAX_RECORDS}")));
        }
        let mut file = Hashed::new(File::open(path).map_err(unreadable)?);
        let sink = &mut self.sink;
        split::objects(&mut file, MAX_RECORD_BYTES, |record, number| {
            let at = if number == 1 { shown.to_owned() } else { format!("{shown}, record {number}") };
            sink.take(record, &at)
        })?;
        self.bytes += file.length;
        if self.bytes > MAX_UNPACKED_BYTES {
            return Err(limit(format!("is one of files larger together than the limit of {MAX_UNPACKED_BYTES} bytes")));
        }
        self.digest.update(format!("{shown}\0{}\0{}\n", file.length, input::hex(file.digest)));
        Ok(())
    }
}
