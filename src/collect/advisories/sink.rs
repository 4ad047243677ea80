//! Where records go: those that are asked for into memory, all of them into an index where there is one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::ecosystems::{PackageKey, Wanted};
use super::record::{self, Entry};
use super::{MAX_RECORDS, index, limit};
use crate::collect::input::Refusal;
use crate::evidence::Ecosystem;

/// What a database holds of the packages that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Database {
    /// What its records say of each package, in its own order.
    pub entries: BTreeMap<PackageKey, Vec<Entry>>,
    /// Whose it is, where all of its ids say the same.
    pub name: Option<String>,
    /// How many records it holds.
    pub records: u64,
    /// How many of them are about no package of an ecosystem that lockfiles are read of.
    pub foreign: u64,
    /// How many records it holds about each ecosystem, whether they were asked for or not.
    pub ecosystems: BTreeMap<Ecosystem, u64>,
    /// When its newest record was changed, as that has it (RFC 3339).
    pub newest: Option<String>,
}

/// Prefixes of ids, and whose they are.
const OWNERS: [(&str, &str); 8] = [
    ("GHSA", "GitHub Advisory Database"),
    ("RUSTSEC", "RustSec Advisory Database"),
    ("PYSEC", "PyPI Advisory Database"),
    ("GO", "Go Vulnerability Database"),
    ("MAL", "OpenSSF Malicious Packages"),
    ("OSV", "OSV (OSS-Fuzz)"),
    ("PSF", "Python Software Foundation Advisory Database"),
    ("DRUPAL", "Drupal Advisory Database"),
];

/// Takes records one at a time.
pub(super) struct Sink<'w> {
    wanted: &'w Wanted,
    index: Option<index::Writer>,
    database: Database,
    newest: Option<Timestamp>,
    owners: BTreeSet<Option<&'static str>>,
}

impl<'w> Sink<'w> {
    pub(super) fn new(wanted: &'w Wanted, index: Option<index::Writer>) -> Self {
        Self { wanted, index, database: Database::default(), newest: None, owners: BTreeSet::new() }
    }

    /// Takes the bytes of one record.
    ///
    /// # Errors
    /// Where they are none, with the place.
    pub(super) fn take(&mut self, bytes: &[u8], at: &str) -> Result<(), Refusal> {
        let record = record::parse(bytes).map_err(|why| Refusal::failed(format!("{at}: {why}")))?;
        let database = &mut self.database;
        database.records += 1;
        if database.records > MAX_RECORDS {
            return Err(limit(format!("has more records than the limit of {MAX_RECORDS}")));
        }
        // Go's zero time stands for none.
        if record.modified > Timestamp::UNIX_EPOCH && self.newest.is_none_or(|newest| newest < record.modified) {
            self.newest = Some(record.modified);
        }
        let prefix = record.id().split('-').next().unwrap_or_default();
        self.owners.insert(OWNERS.iter().find(|(known, _)| *known == prefix).map(|(_, owner)| *owner));
        if record.packages.is_empty() {
            database.foreign += 1;
        }
        let ecosystems: BTreeSet<Ecosystem> = record.packages.keys().map(|key| key.ecosystem).collect();
        for ecosystem in ecosystems {
            *database.ecosystems.entry(ecosystem).or_default() += 1;
        }
        for (key, places) in &record.packages {
            let wanted = self.wanted.contains(key);
            if !wanted && self.index.is_none() {
                continue;
            }
            let entry = record.entry(at, places);
            if let Some(index) = &mut self.index
                && !index.add(key, &entry)
            {
                self.index = None;
            }
            if wanted {
                database.entries.entry(key.clone()).or_default().push(entry);
            }
        }
        Ok(())
    }

    /// What was taken, all of it.
    ///
    /// # Errors
    /// Where that is nothing.
    pub(super) fn finish(self) -> Result<Database, Refusal> {
        let mut database = self.database;
        if database.records == 0 {
            return Err(Refusal::failed("holds no record, expected OSV records"));
        }
        database.newest = self.newest.map(|newest| newest.to_string());
        database.name = match self.owners.into_iter().collect::<Vec<_>>().as_slice() {
            [owner] => owner.map(str::to_owned),
            _ => None,
        };
        if let Some(index) = self.index {
            index.finish(&database);
        }
        Ok(database)
    }
}
