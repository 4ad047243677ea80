//! Coverage of changed lines as rules see it.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use rhai::{Array, Dynamic, INT, ImmutableString, Module};

use super::collection::{Collection, Item, Matches, Placed, View};
use super::error::{HostError, HostResult};
use super::files::FileRows;
use super::scope::Places;
use super::signature::{Param, Signature};
use super::stored::{Stored, property};
use crate::diagnostic::Code;
use crate::evidence::{Evidence, EvidenceKind, FileCoverage, FileStatus};
use crate::policy::Subject;

/// Coverage of changed files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CoverageRows;

impl Collection for CoverageRows {
    const ITEM: &'static str = "FileCoverage";
    const VIEW: &'static str = "Coverage";
    const KIND: Option<EvidenceKind> = Some(EvidenceKind::Coverage);
    const PLACES: Option<Places> = Some(Places::of::<Self>());

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

impl Stored for CoverageRows {
    type Row = FileCoverage;

    fn stored(evidence: &Evidence) -> &[FileCoverage] {
        &evidence.coverage
    }
}

type Coverage = View<CoverageRows>;
type Row = Item<CoverageRows>;

impl Coverage {
    fn files(&self) -> impl Iterator<Item = &FileCoverage> {
        self.store.meter.charge(1 + self.len() as u64);
        self.each()
    }

    fn sum(&self, lines: impl Fn(&FileCoverage) -> usize) -> INT {
        INT::try_from(self.files().map(lines).sum::<usize>()).unwrap_or(INT::MAX)
    }

    fn paths(&self) -> BTreeSet<&str> {
        self.files().map(|file| file.path.as_str()).collect()
    }

    /// Changed files of which there is no coverage here. What is deleted has no lines that could run.
    fn unmeasured(&self, files: &View<FileRows>) -> View<FileRows> {
        let measured = self.paths();
        files.keep(|evidence, row| {
            evidence
                .files
                .get(row)
                .is_none_or(|file| file.status != FileStatus::Deleted && !measured.contains(file.path.as_str()))
        })
    }

    fn in_files(&self, files: &View<FileRows>) -> Self {
        self.store.meter.charge(1 + files.len() as u64);
        let changed = &self.store.evidence.files;
        let wanted: BTreeSet<&str> =
            files.rows().filter_map(|row| changed.get(row as usize)).map(|file| file.path.as_str()).collect();
        self.keep(|evidence, row| {
            evidence.coverage.get(row).is_none_or(|coverage| wanted.contains(coverage.path.as_str()))
        })
    }
}

/// Of how many lines in a hundred the first number is, rounded down. Of none it is no number: neither 0 nor 100 is known.
fn percent(covered: INT, missed: INT) -> HostResult<INT> {
    let all = i128::from(covered) + i128::from(missed);
    let percent = (i128::from(covered) * 100).checked_div(all).and_then(|percent| INT::try_from(percent).ok());
    percent.ok_or_else(|| {
        HostError::new(Code::BadArguments, "none of the changed lines could have run, so there is no percentage")
            .help("ask `measured()` first, how many could have")
            .into()
    })
}

fn count(lines: &[u32]) -> INT {
    INT::try_from(lines.len()).unwrap_or(INT::MAX)
}

fn numbers(lines: &[u32]) -> Array {
    lines.iter().map(|line| Dynamic::from(INT::from(*line))).collect()
}

const VIEW: &str = "Coverage";
const FILES: &[(&str, Param)] = &[("files", Param::Files)];

const fn total(name: &'static str, doc: &'static str, register: fn(&mut Module, &'static str)) -> Signature {
    Signature::method(VIEW, name, &[], "number", doc, register)
}

pub(super) const TABLE: &[Signature] = &[
    total("covered", "changed lines that were executed", |module, name| {
        module.set_native_fn(name, |view: Coverage| Ok(view.sum(|file| file.covered.len())));
    })
    .example("note(`${change.coverage.covered()} of ${change.coverage.measured()} changed lines were run`);"),
    total("missed", "changed lines that could have been and were not", |module, name| {
        module.set_native_fn(name, |view: Coverage| Ok(view.sum(|file| file.missed.len())));
    })
    .example(r#"if change.coverage.under("src/payments/**").missed() > 0 { violation(change, "payments are tested whole"); }"#),
    total("measured", "changed lines that could have been executed, whether they were or not", |module, name| {
        module.set_native_fn(name, |view: Coverage| Ok(view.sum(|file| file.covered.len() + file.missed.len())));
    })
    .example(r#"if change.coverage.measured() == 0 { not_applicable("no changed line can run"); }"#),
    total(
        "percent",
        "of a hundred changed lines that could have been executed, how many were, rounded down; an error where `measured()` is 0. Of files that no report names it knows nothing: those are `unmeasured(files)`",
        |module, name| {
            module.set_native_fn(name, |view: Coverage| {
                percent(view.sum(|file| file.covered.len()), view.sum(|file| file.missed.len()))
            });
        },
    )
    .errors("`measured()` is 0: ask it first")
    .example("let c = change.coverage;\n\
             for f in c.unmeasured(change.files.kind(\"source\")) { violation(f, `no report has ${f.path}`); }\n\
             if c.measured() > 0 && c.percent() < 80 { violation(change, `${c.percent()} % are covered`); }"),
    Signature::method(VIEW, "in_files", FILES, "Coverage", "that of the files of a selection", |module, name| {
        module.set_native_fn(name, |view: Coverage, files: View<FileRows>| Ok(view.in_files(&files)));
    })
    .example("let code = change.coverage.in_files(change.files.language(\"Rust\"));\n\
             if code.missed() > 100 { violation(change, `${code.missed()} lines of Rust were not run`); }"),
    Signature::method(
        VIEW,
        "unmeasured",
        FILES,
        "Files",
        "those files of a selection that no report names, without deleted ones",
        |module, name| {
            module.set_native_fn(name, |view: Coverage, files: View<FileRows>| Ok(view.unmeasured(&files)));
        },
    )
    .example(r#"for f in change.coverage.unmeasured(change.files.kind("source")) { violation(f, "no report has it"); }"#),
    property::<CoverageRows>("path", "text", "the file", |module, name| {
        module
            .set_getter_fn(name, |row: &mut Row| Ok(row.get(ImmutableString::new(), |item| item.path.as_str().into())));
    })
    .example("for c in change.coverage { if c.missed > 0 { violation(c, `${c.path} has untested lines`); } }"),
    property::<CoverageRows>("covered", "number", "how many of its changed lines were executed", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |item| count(&item.covered))));
    })
    .example(r#"for c in change.coverage { if c.covered == 0 && c.missed > 0 { violation(c, "nothing of it was run"); } }"#),
    property::<CoverageRows>(
        "missed",
        "number",
        "how many of its changed lines could have been and were not",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |item| count(&item.missed))));
        },
    )
    .example("for c in change.coverage { if c.missed > 20 { violation(c, `${c.missed} changed lines were not run`); } }"),
    property::<CoverageRows>(
        "lines_covered",
        "array of numbers",
        "numbers of its changed lines that were executed, from 1",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(Array::new(), |item| numbers(&item.covered))));
        },
    )
    .example("for c in change.coverage { note(`${c.path}: ${c.lines_covered.len()} changed lines were run`); }"),
    property::<CoverageRows>(
        "lines_missed",
        "array of numbers",
        "numbers of its changed lines that could have been executed and were not, from 1",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(Array::new(), |item| numbers(&item.missed))));
        },
    )
    .example("for c in change.coverage { for line in c.lines_missed { note(`${c.path}:${line} was not run`); } }"),
];
