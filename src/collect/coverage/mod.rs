//! Reads which lines of which files ran, from LCOV, Cobertura, JaCoCo and coverage.py; must not believe totals and rates.
//!
//! The format is told by the content, never by the name of the file. Any other report is refused with what it is. What the formats
//! leave open is decided here so:
//!
//! - A line is covered where it ran at least once, in any test, any class, any record of its file, and missed where it could have
//!   run and did not. Branches, conditions and functions are passed over.
//! - A count below zero, which is how counters overflow, and gcov's marks of lines that did not run are no execution. A count that is
//!   absent or no number is none either, and a problem.
//! - Line 0 is no line: tools count what belongs to no line there.
//! - Totals and rates are passed over: they are wrong in real reports, and nothing is decided by them.
//! - A report that names no file is refused: nothing was measured.
//!
//! Reports larger than [`MAX_BYTES`] are refused; of more than [`MAX_FILES`] files the first are kept, and the source is `truncated`.

mod cobertura;
mod coverage_py;
mod jacoco;
mod lcov;
mod wire;

use std::path::Path;

use self::wire::Builder;
pub use self::wire::{CoverageFormat, CoverageReport, MeasuredFile};
use super::input::{self, Refusal, Report};
use super::xml::{self, Document, Element, Step, quoted};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: u64 = 1 << 30;

/// The most measured files that are kept of one report.
pub const MAX_FILES: usize = 500_000;

/// What is read, in words.
const READ: &str = "LCOV, Cobertura XML, JaCoCo XML or JSON of coverage.py";

/// Reads one file; never fails, for a file that can't be read is knowledge too.
#[must_use]
pub fn read(path: &Path, shown: &str, commit: Option<&str>) -> Report<CoverageReport> {
    input::report(path, shown, commit, MAX_BYTES, parse)
}

/// Reads the bytes of one file.
///
/// # Errors
/// A [`Refusal`] where they are not a coverage report of a known format that names a file.
pub fn parse(bytes: &[u8]) -> Result<CoverageReport, Refusal> {
    parse_within(bytes, MAX_FILES)
}

/// Reads the bytes of one file, keeping at most `max_files` files; see [`MAX_FILES`].
///
/// # Errors
/// As [`parse`].
pub fn parse_within(bytes: &[u8], max_files: usize) -> Result<CoverageReport, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::failed(format!("is empty: zero bytes, expected {READ}")));
    }
    let builder = Builder::new(max_files);
    let plain = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let start = plain.trim_ascii_start();
    let report = if lcov::is_lcov(plain) {
        lcov::parse(plain, builder)?
    } else if start.starts_with(b"{") || start.starts_with(b"[") {
        coverage_py::parse(plain, builder)?
    } else if start.starts_with(b"<")
        || matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [b'<', 0, ..] | [0, b'<', ..])
    {
        parse_xml(bytes, builder)?
    } else {
        let first = String::from_utf8_lossy(start.get(..200).unwrap_or(start)).into_owned();
        let first = first.lines().next().unwrap_or_default();
        let what = if first.starts_with("mode:") { "a coverage profile of Go" } else { "no known format" };
        return Err(Refusal::failed(format!(
            "is no coverage report: it starts with {}, {what}, expected {READ}",
            quoted(first)
        )));
    };
    if report.files.is_empty() {
        let what = report.problems.first().map_or_else(String::new, |problem| format!("; {}", problem.message));
        return Err(Refusal::failed(format!("nothing was measured: the report names no file{what}")));
    }
    Ok(report)
}

fn parse_xml(bytes: &[u8], builder: Builder) -> Result<CoverageReport, Refusal> {
    let text = xml::decode(bytes)?;
    let mut document = Document::new(&text);
    let Step::Open(root) = document.next()? else {
        return Err(Refusal::failed("is not XML: it has no element"));
    };
    match root.name() {
        "coverage" => cobertura::parse(document, &root, builder),
        "report" => jacoco::parse(document, builder),
        _ => Err(other_root(&root)),
    }
}

fn other_root(root: &Element<'_>) -> Refusal {
    let what = match root.name() {
        "testsuites" | "testsuite" => "test results in JUnit XML",
        "CoverageSession" => "a report of OpenCover",
        "CoverageDSPriv" | "results" => "a report of Visual Studio",
        "Root" => "a report of dotCover",
        "test-run" | "test-results" | "assemblies" | "TestRun" => "test results",
        name if name.eq_ignore_ascii_case("html") => "a page of HTML",
        _ => "another document",
    };
    Refusal::failed(format!(
        "is no coverage report: its root element is {}, {what}, expected {READ}",
        quoted(root.name())
    ))
}

/// A count of executions as the XML formats write it: whole, or a decimal number. `None` where it is no number.
fn ran(count: &str) -> Option<bool> {
    let count = count.trim();
    if let Ok(count) = count.parse::<i64>() {
        return Some(count > 0);
    }
    // Counts beyond 64 bits, and those that some tools average.
    count.parse::<f64>().ok().filter(|count| count.is_finite()).map(|count| count > 0.0)
}
