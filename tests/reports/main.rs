//! Scanners' own reports as findings: real files with argued values, the traps of each format, and laws.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests read their own inputs, and a panic is how they fail"
)]

mod laws;
mod places;
mod printed;
mod real;
mod refusals;
mod severities;
mod traps;

use tollgate::collect::input::Report;
use tollgate::collect::reports::{NativeReport, parse};
use tollgate::evidence::{Change, Completeness, Finding, Findings, Source, Word};
use tollgate::normalize::findings::{Inputs, findings};
use tollgate::normalize::places::Context;

/// A report of these bytes, as `read` would give it.
fn report(bytes: &[u8]) -> Report<NativeReport> {
    Report { path: "report.json".to_owned(), commit: None, sha256: None, outcome: parse(bytes) }
}

/// Findings and sources against a change of which nothing is known.
fn take(reports: &[Report<NativeReport>]) -> (Findings, Vec<Source>) {
    let change = Change::default();
    findings(
        &Inputs { reports, ..Inputs::default() },
        &Context { files: &[], change: &change, head_paths: None, roots: &[] },
    )
}

/// Findings and the only source of one report.
fn one(text: &str) -> (Findings, Source) {
    let (findings, mut sources) = take(&[report(text.as_bytes())]);
    assert_eq!(sources.len(), 1, "{sources:?}");
    (findings, sources.remove(0))
}

/// The findings of a complete report.
fn whole(text: &str) -> Findings {
    let (findings, source) = one(text);
    assert_eq!((source.completeness, &source.reason), (Completeness::Complete, &None), "{text}");
    findings
}

/// The findings of a failed report, and why it failed.
fn failed(text: &str) -> (Findings, String) {
    let (findings, source) = one(text);
    assert_eq!(source.completeness, Completeness::Failed, "{text}");
    (findings, source.reason.unwrap())
}

/// Rule, severity, its origin, and the package or the place.
fn line(finding: Finding<'_>) -> String {
    let subject = finding.package.or(finding.path).or(finding.unmapped).unwrap_or_default();
    format!("{} {} {} {subject}", finding.rule, finding.severity.as_str(), finding.severity_from.as_str())
}

/// [`line`] of each, in byte order.
fn lines(findings: &Findings) -> Vec<String> {
    let mut lines: Vec<String> = findings.iter().map(line).collect();
    lines.sort();
    lines
}
