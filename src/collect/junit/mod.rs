//! Reads test results as the dialects of JUnit XML state them; must not trust a total, or take a run that did not happen for one
//! without failures.
//!
//! There is no one standard: Ant's and Maven Surefire's reports were copied by a hundred tools. What is read is a document
//! whose root is `testsuites` or `testsuite`, with suites in suites and cases in them. What the dialects leave open is
//! decided here so:
//!
//! - Every `testcase` element is one case, wherever it stands. Cases of one name are not joined: whether they are attempts at
//!   one test or tests with one name can't be told, so each counts, and one that failed has failed.
//! - A case is what its elements say: with a `failure` or `error` (or another element whose name says so) it failed, whatever else is
//!   there; `flakyFailure` and `flakyError` are failures that a later attempt made good, `rerunFailure` and `rerunError`
//!   further failed attempts. The attributes `status` and `result` can make a case failed or not run, never
//!   passed. A word of theirs that nobody knows is a problem. `warning` is no failure.
//! - Totals (`tests`, `failures`, `errors`) are never evidence. Where they claim more than the cases show, cases are lost, and
//!   that is a problem. Where they claim fewer, they are passed over: many tools write none, or count otherwise.
//!   Attempts that are shown (`flakyFailure`, `rerunFailure`, ...) may be counted, as Surefire does.
//!   Suites of pytest (named `pytest`, or in a report named `pytest tests`) claim more tests than cases where there are subtests; that
//!   is none. Nor are assertions that Catch2 (host `tbd`) and doctest (`doctest_version`) count as tests; doctest without its version
//!   can't be told from others.
//! - A suite with an `error` or `failure` of its own did not finish, which is a problem.
//! - A document without any case says that nothing ran, and is refused. A suite without cases beside others is passed over:
//!   tools list packages that have no tests.
//! - Output (`system-out`, `system-err`) and properties are passed over. A case inside of what is passed over is a problem.
//! - The line of a case in a suite of pytest is counted from 0, and mended.
//!
//! Results of NUnit, xUnit.net, Visual Studio, Boost.Test and others under the same file extension are refused by their root.

mod case;
mod suite;
mod wire;
mod words;

use std::path::Path;

pub use self::wire::{Attempt, JUnitCase, JUnitReport};
use super::input::{self, Refusal, Report};
use super::xml::{self, Document, Step, quoted};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: u64 = 1 << 30;

/// The most cases that are kept of one file. Those past it are counted and left out, and the source is `truncated`.
pub const MAX_CASES: usize = 1_000_000;

/// The longest name of a suite, a class or a case that is kept, in bytes; a longer one is cut.
pub const MAX_NAME: usize = 500;

/// Reads one file; never fails, for a file that can't be read is knowledge too.
#[must_use]
pub fn read(path: &Path, shown: &str, commit: Option<&str>) -> Report<JUnitReport> {
    input::report(path, shown, commit, MAX_BYTES, parse)
}

/// Reads the bytes of one file.
///
/// # Errors
/// A [`Refusal`] where they are not a JUnit report of a run with test cases.
pub fn parse(bytes: &[u8]) -> Result<JUnitReport, Refusal> {
    parse_within(bytes, MAX_CASES)
}

/// Reads the bytes of one file, keeping at most `max_cases` cases; see [`MAX_CASES`].
///
/// # Errors
/// As [`parse`].
pub fn parse_within(bytes: &[u8], max_cases: usize) -> Result<JUnitReport, Refusal> {
    let text = xml::decode(bytes)?;
    let mut document = Document::new(&text);
    let root = match document.next()? {
        Step::Open(root) => root,
        // The first step of a document is its root, or an error.
        Step::Close | Step::Text(_) | Step::End => return Err(Refusal::failed("is not XML: it has no element")),
    };
    if !matches!(root.name(), "testsuites" | "testsuite") {
        return Err(other_root(root.name()));
    }
    let mut reader = suite::Reader::new(document, max_cases);
    reader.root(&root)?;
    let report = reader.finish()?;
    if report.total == 0 {
        let what = report.problems.first().map_or_else(String::new, |problem| format!("; {}", problem.message));
        return Err(Refusal::failed(format!("nothing ran: there is no test case in it{what}")));
    }
    Ok(report)
}

/// What a document with another root is.
fn other_root(name: &str) -> Refusal {
    let what = match name {
        "test-run" => "a report of NUnit 3",
        "test-results" => "a report of NUnit 2",
        "assemblies" | "assembly" => "a report of xUnit.net",
        "TestRun" => "a report of Visual Studio (TRX)",
        "TestLog" | "TestResult" => "a report of Boost.Test",
        "testng-results" => "a report of TestNG",
        "robot" => "a report of Robot Framework",
        "Catch" | "Catch2TestRun" => "a report of Catch2",
        "doctest" => "a report of doctest",
        "Site" => "a report of CTest",
        "TestCase" => "a report of Qt Test",
        "testExecutions" => "a report for SonarQube",
        "coverage" | "report" | "CoverageSession" => "a coverage report",
        "checkstyle" => "a report of Checkstyle",
        name if name.eq_ignore_ascii_case("html") => "a page of HTML",
        _ => "another document",
    };
    let hint = if what.starts_with("a report of") { "; most such tools can write JUnit XML as well" } else { "" };
    Refusal::failed(format!(
        "is not JUnit XML: its root element is {}, {what}, expected `testsuites` or `testsuite`{hint}",
        quoted(name)
    ))
}
