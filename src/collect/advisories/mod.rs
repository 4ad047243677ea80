//! Databases of known vulnerabilities: OSV records (schema 1, <https://ossf.github.io/osv-schema/>), read without a network.
//!
//! A database is one record, a list of records, records one after another (NDJSON), a zip archive of records (as
//! osv.dev's `all.zip`), or a directory with any of these but archives in files `*.json`. Which one it is follows from
//! what it holds, not from its name. Records are read one at a time, and of those that are not about a package that is
//! asked for nothing is kept but counts.
//!
//! - Everything is read or the database is refused: a record that can't be read, an entry that can't be unpacked, JSON
//!   that is something else. A database that holds no record at all is none.
//! - In archives, entries whose names don't end in `.json` are passed over; names are never used as paths, and one that is
//!   there twice refuses the archive. In directories, so are links and names that begin with a dot.
//! - Of packages in ecosystems that no lockfile is read of (distributions, C and C++, ...), records are counted and
//!   nothing more is asked of them than to be records.
//! - With a directory for an index, what was read of a file is written there under the file's digest, and only what is
//!   asked for is read the next time. Whoever can write to that directory can make advisories vanish: it must be as
//!   trusted as the database itself. A directory given as database has no index, for its digest takes as long as reading.

mod archive;
mod ecosystems;
mod index;
mod loose;
mod record;
mod sink;
mod split;
mod tree;

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use sha2::{Digest, Sha256};

pub use self::ecosystems::{PackageKey, Wanted, action_path, osv_name};
pub use self::record::{Affected, Entry, Event, Range, Score};
pub use self::sink::Database;
use self::sink::Sink;
use super::input::{self, Refusal, Report};
use crate::evidence::Completeness;

/// Most bytes of one file; all of osv.dev is about 1 GB packed.
pub const MAX_BYTES: u64 = 16 << 30;
/// Most bytes of one record; the largest in the wild have a few million.
pub const MAX_RECORD_BYTES: usize = 32 << 20;
/// Most records of one database, and most entries of an archive.
pub const MAX_RECORDS: u64 = 3_000_000;
/// Most bytes that all entries of an archive take unpacked, and all files of a directory.
pub const MAX_UNPACKED_BYTES: u64 = 32 << 30;
/// How many times as large as packed an entry of an archive may be unpacked, where that is more than [`RATIO_FROM`].
pub const MAX_RATIO: u64 = 200;
/// Up to how many bytes an entry may have any ratio.
pub const RATIO_FROM: u64 = 1 << 20;
/// How deep directories may lie in the directory that is given.
pub const MAX_DEPTH: usize = 16;

/// What an archive begins with: an entry, or the end of one that has none.
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// Reads one database; never fails, for one that can't be read is knowledge too.
///
/// `cache` is a directory for indexes. One that can't be used is as good as none, and says so in the log.
#[must_use]
pub fn read(path: &Path, shown: &str, wanted: &Wanted, cache: Option<&Path>) -> Report<Database> {
    let (sha256, outcome) = if path.is_dir() {
        tree::read(path, Sink::new(wanted, None))
    } else {
        match open(path) {
            Ok((file, sha256)) => {
                let outcome = read_file(file, &sha256, wanted, cache);
                (Some(sha256), outcome)
            }
            Err(refusal) => (None, Err(refusal)),
        }
    };
    Report { path: shown.to_owned(), commit: None, sha256, outcome }
}

/// Opens a file and takes its digest.
fn open(path: &Path) -> Result<(File, String), Refusal> {
    let (mut file, length) = input::open(path)?;
    if length > MAX_BYTES {
        return Err(limit(format!("is larger than the limit of {MAX_BYTES} bytes")));
    }
    let mut hashed = Hashed::new((&mut file).take(MAX_BYTES));
    std::io::copy(&mut hashed, &mut std::io::sink()).map_err(unreadable)?;
    let sha256 = input::hex(hashed.digest);
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    Ok((file, sha256))
}

fn read_file(mut file: File, sha256: &str, wanted: &Wanted, cache: Option<&Path>) -> Result<Database, Refusal> {
    if let Some(database) = cache.and_then(|cache| index::read(cache, sha256, wanted)) {
        return Ok(database);
    }
    let index = cache.and_then(|cache| index::Writer::new(cache, sha256));
    let mut sink = Sink::new(wanted, index);
    let mut start = Vec::new();
    (&mut file).take(4).read_to_end(&mut start).map_err(unreadable)?;
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    if ZIP.iter().any(|magic| start == *magic) {
        archive::read(BufReader::new(file), &mut sink)?;
    } else {
        split::objects(file, MAX_RECORD_BYTES, |record, number| sink.take(record, &format!("record {number}")))?;
    }
    sink.finish()
}

fn limit(reason: String) -> Refusal {
    Refusal { completeness: Completeness::Truncated, reason }
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn unreadable(error: std::io::Error) -> Refusal {
    Refusal::failed(format!("can't be read: {error}"))
}

/// A stream with the digest and the number of the bytes that were read of it.
struct Hashed<R> {
    stream: R,
    digest: Sha256,
    length: u64,
}

impl<R> Hashed<R> {
    fn new(stream: R) -> Self {
        Self { stream, digest: Sha256::new(), length: 0 }
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, block: &mut [u8]) -> std::io::Result<usize> {
        let length = self.stream.read(block)?;
        self.digest.update(block.get(..length).unwrap_or_default());
        self.length += length as u64;
        Ok(length)
    }
}
