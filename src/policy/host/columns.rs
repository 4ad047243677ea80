//! Columns: what queries over a whole selection can sum, rank and group by. A column is what the property of its name gives.

use rhai::{FLOAT, INT};

use super::advisories::{AdvisoryRows, Rating};
use super::claims::ClaimRows;
use super::collection::Collection;
use super::coverage::CoverageRows;
use super::dependencies::DependencyRows;
use super::error::HostError;
use super::files::FileRows;
use super::findings::FindingRows;
use super::licences::LicenceRows;
use super::packages::Packaged;
use super::reviews::ReviewRows;
use super::stored::Stored;
use super::test_cases::TestRows;
use crate::diagnostic::Code;
use crate::evidence::{
    AdvisoryKind, CheckStatus, ClaimKind, DependencyChangeKind, DependencyScope, Directness, Ecosystem, Evidence,
    FileKind, FileStatus, FindingKind, Integrity, Introduced, Jump, Level, Pin, Presence, ReviewState, Severity,
    Suppression, Vocabulary, Word,
};

/// What a column holds, read from a row without making an item of it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cells {
    /// Any text.
    Text(fn(&Evidence, usize) -> &str),
    /// A word, by its position in its vocabulary.
    Word(&'static Vocabulary, fn(&Evidence, usize) -> u8),
    /// A whole number.
    Number(fn(&Evidence, usize) -> INT),
    /// A decimal number.
    Decimal(fn(&Evidence, usize) -> FLOAT),
}

/// One column of a collection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    name: &'static str,
    pub(super) cells: Cells,
}

/// What a query wants of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// To part or count rows by it: texts and words.
    Group,
    /// To calculate with it: whole numbers.
    Number,
    /// To say which rows have most of it: numbers, and words that have an order.
    Rank,
}

/// The columns of one collection, for one use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns {
    of: &'static str,
    all: &'static [Column],
    usage: Use,
}

/// Two are the same where they are of one collection, for one use.
impl PartialEq for Columns {
    fn eq(&self, other: &Self) -> bool {
        self.of == other.of && self.usage == other.usage
    }
}

impl Eq for Columns {}

impl Columns {
    pub(super) const fn of<C: Tabular>(usage: Use) -> Self {
        Self { of: C::VIEW, all: C::COLUMNS, usage }
    }

    fn fitting(&self) -> impl Iterator<Item = &'static Column> + use<> {
        let usage = self.usage;
        self.all.iter().filter(move |column| match (usage, column.cells) {
            (Use::Group, Cells::Text(_) | Cells::Word(..)) | (Use::Number | Use::Rank, Cells::Number(_)) => true,
            (Use::Rank, Cells::Word(vocabulary, _)) => vocabulary.ordered,
            (Use::Rank, Cells::Decimal(_)) => true,
            _ => false,
        })
    }

    fn names(&self) -> Vec<&'static str> {
        self.fitting().map(|column| column.name).collect()
    }

    /// The column of a name; another one is an error that says which there are.
    pub(crate) fn get(&self, name: &str) -> Result<&'static Column, HostError> {
        let found = self.fitting().find(|column| column.name == name);
        found.ok_or_else(|| {
            let what = match (self.usage, self.all.iter().any(|column| column.name == name)) {
                (Use::Group, _) => format!("can't group by `{name}`"),
                (Use::Number, true) => format!("`{name}` of {} is no whole number", self.of),
                (Use::Rank, true) => format!("`{name}` of {} has no order", self.of),
                (_, false) => format!("{} have no column `{name}` of numbers", self.of),
            };
            let names = self.names();
            HostError::new(Code::UnknownWord, format!("{what}, expected one of {}", names.join(", ")))
                .suggest(name, names)
        })
    }
}

impl Columns {
    /// The vocabulary of a column of words, where that is its use; `None` for any other column.
    pub(crate) fn words_of(&self, name: &str) -> Option<&'static Vocabulary> {
        match self.get(name).ok()?.cells {
            Cells::Word(vocabulary, _) => Some(vocabulary),
            _ => None,
        }
    }
}

impl std::fmt::Display for Columns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<String> = self.fitting().map(|column| format!("`{}`", column.name)).collect();
        f.write_str(&names.join(", "))
    }
}

/// A collection with columns.
pub(crate) trait Tabular: Collection {
    /// All of them, each once.
    const COLUMNS: &'static [Column];
    /// What grouping gives, as the table of signatures writes it.
    const GROUPS: &'static str;
}

pub(super) const fn text(name: &'static str, cells: fn(&Evidence, usize) -> &str) -> Column {
    Column { name, cells: Cells::Text(cells) }
}

pub(super) const fn word<W: Word>(name: &'static str, cells: fn(&Evidence, usize) -> u8) -> Column {
    Column { name, cells: Cells::Word(W::VOCABULARY, cells) }
}

pub(super) const fn number(name: &'static str, cells: fn(&Evidence, usize) -> INT) -> Column {
    Column { name, cells: Cells::Number(cells) }
}

/// A property of a stored row; rows of a view are always there.
pub(super) fn of<'e, C: Stored, T>(
    evidence: &'e Evidence,
    row: usize,
    missing: T,
    get: impl FnOnce(&'e C::Row) -> T,
) -> T {
    C::stored(evidence).get(row).map_or(missing, get)
}

fn whole(number: impl TryInto<INT>) -> INT {
    number.try_into().unwrap_or(INT::MAX)
}

fn at<W: Word>(column: &[W], row: usize, missing: W) -> u8 {
    column.get(row).copied().unwrap_or(missing).index()
}

/// The columns that everything about packages has.
const fn package_columns<C: Packaged>() -> [Column; 3] {
    [
        word::<Ecosystem>("ecosystem", |evidence, row| {
            of::<C, _>(evidence, row, Ecosystem::Cargo, |item| C::package(item).ecosystem).index()
        }),
        text("name", |evidence, row| of::<C, _>(evidence, row, "", |item| C::package(item).name)),
        text("manifest", |evidence, row| {
            of::<C, _>(evidence, row, "", |item| C::package(item).manifest.unwrap_or_default())
        }),
    ]
}

impl Tabular for FindingRows {
    const COLUMNS: &'static [Column] = &[
        word::<Severity>("severity", |evidence, row| at(evidence.findings.severities(), row, Severity::Critical)),
        word::<Level>("level", |evidence, row| at(evidence.findings.levels(), row, Level::Error)),
        word::<Introduced>("introduced", |evidence, row| at(evidence.findings.introduced(), row, Introduced::Unknown)),
        word::<Suppression>("suppression", |evidence, row| at(evidence.findings.suppressions(), row, Suppression::No)),
        word::<FindingKind>("kind", |evidence, row| at(evidence.findings.kinds(), row, FindingKind::Fail)),
        text("tool", |evidence, row| evidence.findings.get(row).map_or("", |finding| finding.tool)),
        text("rule", |evidence, row| evidence.findings.get(row).map_or("", |finding| finding.rule)),
        text("path", |evidence, row| {
            evidence.findings.get(row).and_then(|finding| finding.path.or(finding.unmapped)).unwrap_or("")
        }),
        number("line", |evidence, row| evidence.findings.get(row).map_or(0, |finding| INT::from(finding.line))),
        Column {
            name: "score",
            cells: Cells::Decimal(|evidence, row| {
                evidence.findings.get(row).and_then(|finding| finding.score).map_or(-1.0, FLOAT::from)
            }),
        },
    ];
    const GROUPS: &'static str = "map of Findings";
}

impl Tabular for FileRows {
    const COLUMNS: &'static [Column] = &[
        word::<FileStatus>("status", |evidence, row| {
            of::<Self, _>(evidence, row, FileStatus::Modified, |file| file.status).index()
        }),
        word::<FileKind>("kind", |evidence, row| {
            of::<Self, _>(evidence, row, FileKind::Other, |file| file.kind).index()
        }),
        text("language", |evidence, row| {
            of::<Self, _>(evidence, row, "", |file| file.language.as_deref().unwrap_or_default())
        }),
        text("path", |evidence, row| of::<Self, _>(evidence, row, "", |file| &file.path)),
        number("added", |evidence, row| of::<Self, _>(evidence, row, 0, |file| file.added.map_or(0, INT::from))),
        number("removed", |evidence, row| of::<Self, _>(evidence, row, 0, |file| file.removed.map_or(0, INT::from))),
        number("lfs_size_before", |evidence, row| {
            of::<Self, _>(evidence, row, 0, |file| file.lfs_before.as_ref().map_or(0, |pointer| whole(pointer.size)))
        }),
        number("lfs_size_after", |evidence, row| {
            of::<Self, _>(evidence, row, 0, |file| file.lfs_after.as_ref().map_or(0, |pointer| whole(pointer.size)))
        }),
    ];
    const GROUPS: &'static str = "map of Files";
}

impl Tabular for DependencyRows {
    const COLUMNS: &'static [Column] = {
        let [ecosystem, name, manifest] = package_columns::<Self>();
        &[
            ecosystem,
            name,
            manifest,
            word::<DependencyChangeKind>("change", |evidence, row| {
                of::<Self, _>(evidence, row, DependencyChangeKind::Changed, |dependency| dependency.change).index()
            }),
            word::<DependencyScope>("scope", |evidence, row| {
                of::<Self, _>(evidence, row, DependencyScope::Unknown, |dependency| dependency.scope).index()
            }),
            word::<Directness>("directness", |evidence, row| {
                of::<Self, _>(evidence, row, Directness::Unknown, |dependency| dependency.directness).index()
            }),
            word::<Jump>("jump", |evidence, row| {
                of::<Self, _>(evidence, row, Jump::Unknown, |dependency| dependency.jump.unwrap_or(Jump::None)).index()
            }),
            word::<Pin>("pin", |evidence, row| {
                of::<Self, _>(evidence, row, Pin::Unknown, |dependency| dependency.pin).index()
            }),
            word::<Integrity>("integrity", |evidence, row| {
                of::<Self, _>(evidence, row, Integrity::Unrecorded, |dependency| dependency.integrity).index()
            }),
        ]
    };
    const GROUPS: &'static str = "map of Dependencies";
}

impl Tabular for LicenceRows {
    const COLUMNS: &'static [Column] = {
        let [ecosystem, name, manifest] = package_columns::<Self>();
        &[
            ecosystem,
            name,
            manifest,
            text("expression", |evidence, row| {
                of::<Self, _>(evidence, row, "", |licence| licence.expression.as_deref().unwrap_or_default())
            }),
        ]
    };
    const GROUPS: &'static str = "map of Licences";
}

impl Tabular for AdvisoryRows {
    const COLUMNS: &'static [Column] = {
        let [ecosystem, name, manifest] = package_columns::<Self>();
        &[
            ecosystem,
            name,
            manifest,
            text("id", |evidence, row| of::<Self, _>(evidence, row, "", |advisory| &advisory.id)),
            word::<Rating>("severity", |evidence, row| {
                of::<Self, _>(evidence, row, Rating::Unknown, |advisory| Rating::of(advisory.severity)).index()
            }),
            word::<AdvisoryKind>("kind", |evidence, row| {
                of::<Self, _>(evidence, row, AdvisoryKind::Vulnerability, |advisory| advisory.kind).index()
            }),
            word::<Presence>("presence", |evidence, row| {
                of::<Self, _>(evidence, row, Presence::Introduced, |advisory| advisory.presence).index()
            }),
        ]
    };
    const GROUPS: &'static str = "map of Advisories";
}

impl Tabular for ReviewRows {
    const COLUMNS: &'static [Column] = &[
        text("reviewer", |evidence, row| {
            of::<Self, _>(evidence, row, "", |review| review.reviewer.as_deref().unwrap_or_default())
        }),
        word::<ReviewState>("state", |evidence, row| {
            of::<Self, _>(evidence, row, ReviewState::Pending, |review| review.state).index()
        }),
        text("commit", |evidence, row| {
            of::<Self, _>(evidence, row, "", |review| review.commit.as_deref().unwrap_or_default())
        }),
    ];
    const GROUPS: &'static str = "map of Reviews";
}

impl Tabular for TestRows {
    const COLUMNS: &'static [Column] = &[
        text("suite", |evidence, row| of::<Self, _>(evidence, row, "", |case| &case.suite)),
        text("class", |evidence, row| {
            of::<Self, _>(evidence, row, "", |case| case.class.as_deref().unwrap_or_default())
        }),
        word::<CheckStatus>("status", |evidence, row| {
            of::<Self, _>(evidence, row, CheckStatus::Failed, |case| case.status).index()
        }),
        text("path", |evidence, row| of::<Self, _>(evidence, row, "", |case| case.path.as_deref().unwrap_or_default())),
        number("attempts", |evidence, row| of::<Self, _>(evidence, row, 0, |case| INT::from(case.attempts))),
        number("line", |evidence, row| of::<Self, _>(evidence, row, 0, |case| INT::from(case.line))),
    ];
    const GROUPS: &'static str = "map of Tests";
}

impl Tabular for CoverageRows {
    const COLUMNS: &'static [Column] = &[
        text("path", |evidence, row| of::<Self, _>(evidence, row, "", |coverage| &coverage.path)),
        number("covered", |evidence, row| of::<Self, _>(evidence, row, 0, |coverage| whole(coverage.covered.len()))),
        number("missed", |evidence, row| of::<Self, _>(evidence, row, 0, |coverage| whole(coverage.missed.len()))),
    ];
    const GROUPS: &'static str = "map of Coverage";
}

impl Tabular for ClaimRows {
    const COLUMNS: &'static [Column] = &[
        text("path", |evidence, row| {
            of::<Self, _>(evidence, row, "", |claim| claim.path.as_deref().unwrap_or_default())
        }),
        text("label", |evidence, row| {
            of::<Self, _>(evidence, row, "", |claim| claim.label.as_deref().unwrap_or_default())
        }),
        word::<ClaimKind>("kind", |evidence, row| {
            of::<Self, _>(evidence, row, ClaimKind::Sentence, |claim| claim.kind).index()
        }),
        number("line", |evidence, row| of::<Self, _>(evidence, row, 0, |claim| INT::from(claim.line))),
    ];
    const GROUPS: &'static str = "map of Claims";
}
