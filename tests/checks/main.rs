//! Test and coverage reports as evidence: real files, the traps of their formats, and laws over generated ones.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests may fail, print and read as the tests do"
)]

mod coverage;
mod coverage_real;
mod junit;
mod junit_real;
mod laws;
mod rules;

use tollgate::collect::coverage::CoverageReport;
use tollgate::collect::input::{Refusal, Report};
use tollgate::collect::junit::JUnitReport;
use tollgate::evidence::{
    Change, CheckStatus, FileChange, FileCoverage, FileKind, FileMode, FileStatus, Hunk, Source, TestCase,
};
use tollgate::normalize::places::Context;

fn report<T>(path: &str, bytes: &[u8], parse: impl Fn(&[u8]) -> Result<T, Refusal>) -> Report<T> {
    Report { path: path.to_owned(), commit: None, sha256: None, outcome: parse(bytes) }
}

fn junit_report(bytes: &[u8]) -> Report<JUnitReport> {
    report("results.xml", bytes, tollgate::collect::junit::parse)
}

fn coverage_report(bytes: &[u8]) -> Report<CoverageReport> {
    report("coverage", bytes, tollgate::collect::coverage::parse)
}

/// A repository of which these files are known, and what the change does to some of them.
#[derive(Default)]
struct Repository {
    files: Vec<FileChange>,
    head: Option<Vec<String>>,
    change: Change,
}

impl Repository {
    fn new(head: &[&str], files: Vec<FileChange>) -> Self {
        let mut head: Vec<String> = head.iter().map(|path| (*path).to_owned()).collect();
        head.sort();
        Self { files, head: Some(head), change: Change::default() }
    }

    fn context(&self) -> Context<'_> {
        Context { files: &self.files, change: &self.change, head_paths: self.head.as_deref(), roots: &[] }
    }

    fn tests(&self, text: &str) -> (Vec<TestCase>, Source) {
        self.tests_of(&junit_report(text.as_bytes()))
    }

    fn tests_of(&self, report: &Report<JUnitReport>) -> (Vec<TestCase>, Source) {
        let (cases, mut sources) =
            tollgate::normalize::checks::test_cases(std::slice::from_ref(report), &self.context());
        assert_eq!(sources.len(), 1);
        (cases, sources.remove(0))
    }

    fn coverage(&self, text: &str) -> (Vec<FileCoverage>, Source) {
        let (files, mut sources) = self.coverages(&[text]);
        assert_eq!(sources.len(), 1);
        (files, sources.remove(0))
    }

    fn coverages(&self, texts: &[&str]) -> (Vec<FileCoverage>, Vec<Source>) {
        let reports: Vec<Report<CoverageReport>> = texts.iter().map(|text| coverage_report(text.as_bytes())).collect();
        tollgate::normalize::checks::coverage(&reports, &self.context())
    }
}

/// A file of which the change edits blocks of lines: the first line, and how many.
fn modified(path: &str, blocks: &[(u32, u32)]) -> FileChange {
    let hunk = |(start, lines): &(u32, u32)| Hunk {
        old_start: *start,
        old_lines: *lines,
        new_start: *start,
        new_lines: *lines,
    };
    FileChange {
        mode_before: Some(FileMode::REGULAR),
        mode_after: Some(FileMode::REGULAR),
        hunks: blocks.iter().map(hunk).collect(),
        ..FileChange::at(path, FileStatus::Modified, FileKind::Source)
    }
}

/// How many cases passed, failed, were skipped, and passed only after having failed.
fn counts(cases: &[TestCase]) -> [usize; 4] {
    let ended = |status: CheckStatus| cases.iter().filter(|case| case.status == status).count();
    let flaky = cases.iter().filter(|case| case.is_flaky()).count();
    [ended(CheckStatus::Passed), ended(CheckStatus::Failed), ended(CheckStatus::Skipped), flaky]
}

fn reason(source: &Source) -> &str {
    source.reason.as_deref().unwrap_or("")
}
