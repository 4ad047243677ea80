//! Coverage of changed lines as rules see it.

use std::sync::OnceLock;

use rhai::{INT, ImmutableString, Module};

use super::collection::{Collection, Item, Matches, Placed, placed};
use super::signature::Signature;
use crate::evidence::{Evidence, EvidenceKind, FileCoverage};
use crate::policy::Subject;

/// Coverage of changed files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CoverageRows;

impl Collection for CoverageRows {
    const ITEM: &'static str = "FileCoverage";
    const VIEW: &'static str = "Coverage";
    const KIND: EvidenceKind = EvidenceKind::Coverage;

    fn len(evidence: &Evidence) -> usize {
        evidence.coverage.len()
    }

    fn subject(row: u32) -> Subject {
        Subject::Coverage(row)
    }
}

impl Placed for CoverageRows {
    const UNDER: &'static str = "that of files whose path a glob matches";
    const NOT_UNDER: &'static str = "that of files whose path no glob matches";

    fn hits(evidence: &Evidence, matches: &dyn Fn(&str) -> bool) -> Vec<bool> {
        evidence.coverage.iter().map(|coverage| matches(&coverage.path)).collect()
    }

    fn slot(matches: &Matches) -> &OnceLock<Vec<bool>> {
        &matches.coverage
    }
}

type Row = Item<CoverageRows>;

impl Row {
    /// A property of the row; rows of a view are always there.
    fn get<T>(&self, missing: T, property: impl FnOnce(&FileCoverage) -> T) -> T {
        self.store.evidence.coverage.get(self.row as usize).map_or(missing, property)
    }
}

const ITEM: &str = "FileCoverage";

const fn property(
    name: &'static str,
    returns: &'static str,
    doc: &'static str,
    register: fn(&mut Module, &'static str),
) -> Signature {
    Signature::property(ITEM, name, returns, doc, register)
}

/// What every collection has.
pub(super) const COMMON: &[Signature] = &placed::<CoverageRows>();

pub(super) const TABLE: &[Signature] = &[
    property("path", "text", "the file", |module, name| {
        module
            .set_getter_fn(name, |row: &mut Row| Ok(row.get(ImmutableString::new(), |item| item.path.as_str().into())));
    }),
    property("covered", "number", "how many of its changed lines were executed", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(0, |item| INT::try_from(item.covered.len()).unwrap_or(INT::MAX)))
        });
    }),
    property("missed", "number", "how many of its changed lines could have been and were not", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(0, |item| INT::try_from(item.missed.len()).unwrap_or(INT::MAX)))
        });
    }),
];
