//! SARIF in: real files of many producers against an independent model, the traps of the format one by one, and laws.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests read their own inputs, and a panic is how they fail"
)]

#[path = "sarif/baseline.rs"]
mod baseline;
#[path = "sarif/identity.rs"]
mod identity;
#[path = "sarif/laws.rs"]
mod laws;
#[path = "sarif/places.rs"]
mod places;
#[path = "sarif/real_files.rs"]
mod real_files;
#[path = "sarif/refusals.rs"]
mod refusals;
#[path = "sarif/results.rs"]
mod results;
#[path = "sarif/runs.rs"]
mod runs;

use serde_json::{Value, json};
use tollgate::collect::sarif::{SarifInput, parse};
use tollgate::evidence::{Change, FileChange, FileKind, FileStatus, Finding, Findings, Hunk, Source};
use tollgate::normalize::findings::{Inputs, findings};
use tollgate::normalize::places::Context;

/// An input of these bytes, as `read` would give it.
fn input(bytes: &[u8]) -> SarifInput {
    SarifInput { path: "test.sarif".to_owned(), commit: None, sha256: None, outcome: parse(bytes) }
}

/// A log with one run of these results.
fn log(results: Value) -> Value {
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Test"}}, "results": results}]})
}

/// Findings and sources of files about the head alone.
fn of_head(sarif: &[SarifInput], context: &Context<'_>) -> (Findings, Vec<Source>) {
    findings(&Inputs { sarif, ..Inputs::default() }, context)
}

/// Findings and sources of some logs against a change of which nothing is known.
fn take(logs: &[&Value]) -> (Findings, Vec<Source>) {
    let inputs: Vec<SarifInput> = logs.iter().map(|log| input(log.to_string().as_bytes())).collect();
    let change = Change::default();
    of_head(&inputs, &Context { files: &[], change: &change, head_paths: None, roots: &[] })
}

/// Findings and the only source of one log.
fn one(log: &Value) -> (Findings, Source) {
    let (findings, mut sources) = take(&[log]);
    assert_eq!(sources.len(), 1, "{sources:?}");
    (findings, sources.remove(0))
}

/// The only finding of a log with one result, and its source.
fn only(log: &Value, check: impl FnOnce(Finding<'_>, &Source)) {
    let (findings, source) = one(log);
    assert_eq!(findings.len(), 1, "{source:?}");
    check(findings.get(0).unwrap(), &source);
}

/// A changed file with one block of changed lines.
fn changed(path: &str, lines: std::ops::RangeInclusive<u32>) -> FileChange {
    FileChange {
        hunks: vec![Hunk {
            old_start: *lines.start(),
            old_lines: 0,
            new_start: *lines.start(),
            new_lines: lines.end() - lines.start() + 1,
        }],
        ..FileChange::at(path, FileStatus::Modified, FileKind::Source)
    }
}
