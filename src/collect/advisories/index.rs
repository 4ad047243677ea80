//! What was read of a database, by package, in a file of its own: so that the next run reads only what it asks for.
//!
//! ```text
//! head    magic with version | digest of the database | offset, length and SHA-256 of the table
//! blocks  one a package: its entries as lines of JSON
//! table   length and JSON of the totals, then one row a package in the order of keys:
//!         length of the key | ecosystem NUL name | offset and length of the block | half its SHA-256
//! ```
//!
//! Numbers are of 8 bytes, little-endian. Whatever does not fit (another version, another digest, a checksum, an order) makes
//! the whole index one that is not there. It is written beside its place and renamed, so it is whole or absent.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ecosystems::{PackageKey, Wanted};
use super::record::Entry;
use super::sink::Database;
use crate::evidence::{Ecosystem, Word};

/// Changes whenever anything of the layout, of [`Entry`] or of how records are read does.
const VERSION: u32 = 1;
/// Bytes of the head: magic, digest, two numbers, checksum.
const HEAD: usize = 48 + 64 + 16 + 32;
/// Bytes of a row besides its key and the length of that.
const ROW: usize = 8 + 8 + 16;

/// The version of the layout and of the program: another program may read records otherwise.
fn magic() -> [u8; 48] {
    let mut magic = [b' '; 48];
    let text = format!("tollgate advisories {VERSION} {}", env!("CARGO_PKG_VERSION"));
    for (to, from) in magic.iter_mut().zip(text.bytes()) {
        *to = from;
    }
    magic
}

fn place(cache: &Path, sha256: &str) -> PathBuf {
    cache.join(format!("advisories-{sha256}.index"))
}

/// Counts that hold whatever is asked for.
#[derive(Serialize, Deserialize)]
struct Totals {
    name: Option<String>,
    records: u64,
    foreign: u64,
    ecosystems: BTreeMap<String, u64>,
    newest: Option<String>,
}

/// Reads what is asked for; `None` where there is no index of that database, or one that is of no use.
pub(super) fn read(cache: &Path, sha256: &str, wanted: &Wanted) -> Option<Database> {
    let path = place(cache, sha256);
    let mut file = File::open(&path).ok()?;
    match read_from(&mut file, sha256, wanted) {
        Ok(database) => Some(database),
        Err(why) => {
            tracing::warn!("index {} is made anew: {why}", path.display());
            None
        }
    }
}

fn read_from(file: &mut File, sha256: &str, wanted: &Wanted) -> Result<Database, &'static str> {
    let length = file.metadata().map_err(|_| "can't be read")?.len();
    let head = bytes(file, 0, HEAD as u64, length)?;
    let mut head = Fields(&head);
    if head.take(48)? != magic() {
        return Err("is of another version");
    }
    if head.take(64)? != sha256.as_bytes() {
        return Err("is of another database");
    }
    let (offset, size) = (head.number()?, head.number()?);
    let table = bytes(file, offset, size, length)?;
    if head.take(32)? != Sha256::digest(&table).as_slice() {
        return Err("is damaged");
    }
    let mut table = Fields(&table);
    let totals = table.sized()?;
    let totals: Totals = serde_json::from_slice(totals).map_err(|_| "is damaged")?;
    let mut database = Database {
        name: totals.name,
        records: totals.records,
        foreign: totals.foreign,
        newest: totals.newest,
        ..Database::default()
    };
    for (word, count) in totals.ecosystems {
        database.ecosystems.insert(Ecosystem::parse(&word).ok_or("is damaged")?, count);
    }
    for (key, offset, size, checksum) in wanted_rows(table, wanted)? {
        let block = bytes(file, offset, size, length)?;
        if Some(checksum) != Sha256::digest(&block).get(..16) {
            return Err("is damaged");
        }
        let entries = serde_json::Deserializer::from_slice(&block).into_iter::<Entry>();
        database.entries.insert(key.clone(), entries.collect::<Result<_, _>>().map_err(|_| "is damaged")?);
    }
    Ok(database)
}

/// A package that is asked for, with the offset, the length and the checksum of its block.
type Row<'a> = (&'a PackageKey, u64, u64, &'a [u8]);

fn wanted_rows<'a>(mut table: Fields<'a>, wanted: &'a Wanted) -> Result<Vec<Row<'a>>, &'static str> {
    let mut rows = Vec::new();
    let mut wanted = wanted.iter().peekable();
    let mut last: Option<(Ecosystem, &str)> = None;
    while !table.0.is_empty() {
        let key = std::str::from_utf8(table.sized()?).map_err(|_| "is damaged")?;
        let (word, name) = key.split_once('\0').ok_or("is damaged")?;
        let key = (Ecosystem::parse(word).ok_or("is damaged")?, name);
        let (offset, size, checksum) = (table.number()?, table.number()?, table.take(16)?);
        if last.is_some_and(|last| last >= key) {
            return Err("is damaged");
        }
        last = Some(key);
        while wanted.next_if(|next| (next.ecosystem, next.name.as_str()) < key).is_some() {}
        if let Some(next) = wanted.next_if(|next| (next.ecosystem, next.name.as_str()) == key) {
            rows.push((next, offset, size, checksum));
        }
    }
    Ok(rows)
}

/// Bytes of the file, where it has as many.
fn bytes(file: &mut File, offset: u64, size: u64, length: u64) -> Result<Vec<u8>, &'static str> {
    if offset.checked_add(size).is_none_or(|end| end > length) {
        return Err("is cut short");
    }
    let mut bytes = vec![0; usize::try_from(size).map_err(|_| "is damaged")?];
    file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut bytes)).map_err(|_| "can't be read")?;
    Ok(bytes)
}

/// Bytes that are taken from the front.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, size: usize) -> Result<&'a [u8], &'static str> {
        let (taken, rest) = self.0.split_at_checked(size).ok_or("is cut short")?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u64, &'static str> {
        let bytes: [u8; 8] = self.take(8)?.try_into().map_err(|_| "is cut short")?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn sized(&mut self) -> Result<&'a [u8], &'static str> {
        let size = self.number()?;
        self.take(usize::try_from(size).map_err(|_| "is damaged")?)
    }
}

/// Makes an index while a database is read.
pub(super) struct Writer {
    cache: PathBuf,
    sha256: String,
    /// Entries in the order of the database.
    entries: BufWriter<File>,
    at: u64,
    /// Where the entries of each package are.
    packages: BTreeMap<PackageKey, Vec<(u64, u64)>>,
}

impl Writer {
    /// `None` where nothing can be written there.
    pub(super) fn new(cache: &Path, sha256: &str) -> Option<Self> {
        // The directory itself is made, and none above it: a path that nobody meant stays one that is not there.
        let made = match std::fs::create_dir(cache) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => tempfile::tempfile_in(cache),
        };
        let file = made.map_err(|error| unwritten(cache, &error)).ok()?;
        let entries = BufWriter::with_capacity(1 << 18, file);
        Some(Self { cache: cache.into(), sha256: sha256.into(), entries, at: 0, packages: BTreeMap::new() })
    }

    /// Adds an entry; false where that can't be done, and the index is to be given up.
    pub(super) fn add(&mut self, key: &PackageKey, entry: &Entry) -> bool {
        let written = serde_json::to_vec(entry).map_err(io::Error::other).and_then(|mut line| {
            line.push(b'\n');
            self.entries.write_all(&line).map(|()| line.len() as u64)
        });
        match written {
            Ok(length) => {
                match self.packages.get_mut(key) {
                    Some(places) => places.push((self.at, length)),
                    None => drop(self.packages.insert(key.clone(), vec![(self.at, length)])),
                }
                self.at += length;
                true
            }
            Err(error) => {
                unwritten(&self.cache, &error);
                false
            }
        }
    }

    /// Puts the index in its place; where that can't be done, there is none.
    pub(super) fn finish(self, database: &Database) {
        let cache = self.cache.clone();
        if let Err(error) = self.write(database) {
            unwritten(&cache, &error);
        }
    }

    fn write(self, database: &Database) -> io::Result<()> {
        let mut entries = self.entries.into_inner().map_err(io::IntoInnerError::into_error)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.cache)?;
        let mut out = BufWriter::with_capacity(1 << 18, file.as_file_mut());
        out.write_all(&[0; HEAD])?;
        let mut at = HEAD as u64;
        let totals = Totals {
            name: database.name.clone(),
            records: database.records,
            foreign: database.foreign,
            ecosystems: database.ecosystems.iter().map(|(it, count)| (it.as_str().to_owned(), *count)).collect(),
            newest: database.newest.clone(),
        };
        let totals = serde_json::to_vec(&totals)?;
        let mut table = Vec::with_capacity(totals.len() + self.packages.len() * (ROW + 32));
        put(&mut table, &totals);
        let mut block = Vec::new();
        for (key, places) in &self.packages {
            block.clear();
            for (offset, length) in places {
                entries.seek(SeekFrom::Start(*offset))?;
                let length = usize::try_from(*length).map_err(io::Error::other)?;
                let start = block.len();
                block.resize(start + length, 0);
                entries.read_exact(block.get_mut(start..).unwrap_or_default())?;
            }
            out.write_all(&block)?;
            put(&mut table, format!("{}\0{}", key.ecosystem.as_str(), key.name).as_bytes());
            table.extend_from_slice(&at.to_le_bytes());
            table.extend_from_slice(&(block.len() as u64).to_le_bytes());
            table.extend_from_slice(Sha256::digest(&block).get(..16).unwrap_or_default());
            at += block.len() as u64;
        }
        out.write_all(&table)?;
        out.seek(SeekFrom::Start(0))?;
        out.write_all(&magic())?;
        out.write_all(self.sha256.as_bytes())?;
        out.write_all(&at.to_le_bytes())?;
        out.write_all(&(table.len() as u64).to_le_bytes())?;
        out.write_all(Sha256::digest(&table).as_slice())?;
        out.flush()?;
        drop(out);
        file.persist(place(&self.cache, &self.sha256)).map(drop).map_err(|error| error.error)
    }
}

/// Bytes after their length.
fn put(table: &mut Vec<u8>, bytes: &[u8]) {
    table.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    table.extend_from_slice(bytes);
}

fn unwritten(cache: &Path, error: &io::Error) {
    tracing::warn!("no index of advisories is written to {}: {error}", cache.display());
}
