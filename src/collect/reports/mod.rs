//! Reports that scanners write in formats of their own, told apart by what they hold and never by their names.
//!
//! | report | tool | an entry is | how much of it is there |
//! | --- | --- | --- | --- |
//! | osv-scanner 1, 2 | `osv-scanner` | ids of one fault in a package; licence; deprecated | `results: []` is clean |
//! | cargo-audit | `cargo-audit` | vulnerability; warning; ignored id | counts packages and advisories |
//! | npm audit 7 and later | `npm audit` | advisory and node | counts dependencies and packages |
//! | npm audit 6, pnpm audit | `npm audit`, `pnpm audit` | advisory and version | counts dependencies and severities |
//! | yarn audit 1 to 4 | `yarn audit` | advisory and version; deprecated | 1: a summary at the end; 4: nothing |
//! | pip-audit | `pip-audit` | vulnerability of a dependency | lists all, skipped ones too |
//! | Grype | `grype` | match; ignored match | names a source and a database |
//! | Trivy, any schema | `Trivy` | vulnerability, misconfiguration, secret, licence | lists what it looked at |
//! | govulncheck | `govulncheck` | fault and module | begins with a configuration, tells its progress |
//!
//! Each format is one file beside this one and one row of [`FORMATS`]; what its report leaves open is decided there.
//! The rules that all share:
//!
//! - A report that looked at nothing, could look nothing up, or does not show that it ended *falls short*: it is
//!   `failed`, and what it holds still counts. So is one with an entry or a property that is not of its shape, which is
//!   a problem with its place.
//! - Where a format can't tell "looked at nothing" from "found nothing", it is taken for the former, except where it
//!   names what it looked at (osv-scanner, Grype; see there).
//! - What cannot be told at all is refused: zero bytes, `null`, `{}`, `[]`, other formats, SARIF. The refusal says
//!   which are read, and where a known tool wrote it, what to do instead.
//! - Properties that are not known are passed over. One that an object states twice refuses the document.
//! - Limits: [`MAX_BYTES`], [`MAX_VALUES`], [`MAX_ENTRIES`]; nesting up to 127 levels, which is that of the JSON
//!   reader. A larger report is `truncated`.

mod cargo_audit;
mod ecosystems;
mod govulncheck;
mod grype;
mod json;
mod npm;
mod npm_six;
mod osv;
mod others;
mod pip_audit;
mod trivy;
mod wire;
mod yarn;

use std::path::Path;

pub use self::json::MAX_VALUES;
use self::json::{Documents, Json, Unreadable};
pub use self::wire::{Entry, MAX_ENTRIES, NativeReport, PackageName, Place, Rating};
use super::input::{self, Refusal, Report};
use crate::evidence::Completeness;

/// The largest report that is read, in bytes.
pub const MAX_BYTES: u64 = 128 << 20;

/// The id of an entry that names none.
pub const UNNAMED: &str = "no-id";

/// One format of reports.
pub struct Format {
    /// What it is called in messages.
    pub name: &'static str,
    recognizes: fn(&Documents) -> bool,
    read: fn(&Documents) -> Result<NativeReport, Refusal>,
}

/// The formats that are read. Of two that recognize a report the first counts.
pub static FORMATS: &[Format] = &[
    Format { name: "npm audit", recognizes: npm::recognizes, read: npm::read },
    Format { name: "npm 6 or pnpm audit", recognizes: npm_six::recognizes, read: npm_six::read },
    Format { name: "yarn audit", recognizes: yarn::recognizes, read: yarn::read },
    Format { name: "osv-scanner", recognizes: osv::recognizes, read: osv::read },
    Format { name: "cargo-audit", recognizes: cargo_audit::recognizes, read: cargo_audit::read },
    Format { name: "pip-audit", recognizes: pip_audit::recognizes, read: pip_audit::read },
    Format { name: "Grype", recognizes: grype::recognizes, read: grype::read },
    Format { name: "Trivy", recognizes: trivy::recognizes, read: trivy::read },
    Format { name: "govulncheck", recognizes: govulncheck::recognizes, read: govulncheck::read },
    // Last, for other tools write an `error` too.
    Format { name: "npm or pnpm audit", recognizes: npm_six::recognizes_failure, read: npm_six::read_failure },
];

/// Reads one file; never fails, for a file that can't be read is knowledge too.
#[must_use]
pub fn read(path: &Path, shown: &str, commit: Option<&str>) -> Report<NativeReport> {
    input::report(path, shown, commit, MAX_BYTES, parse)
}

/// Reads the bytes of one report.
///
/// # Errors
/// A [`Refusal`] where they are not one of the reports that are read.
pub fn parse(bytes: &[u8]) -> Result<NativeReport, Refusal> {
    let text = decode(bytes)?;
    let documents = json::documents(text).map_err(|unreadable| match unreadable {
        Unreadable::TooMany => Refusal {
            completeness: Completeness::Truncated,
            reason: format!("has more values than the limit of {MAX_VALUES}"),
        },
        Unreadable::Broken(why) => match others::advice_on_text(text) {
            Some((name, advice)) => not_read(name, Some(advice)),
            None => Refusal::failed(why),
        },
    })?;
    if let Some(format) = FORMATS.iter().find(|format| (format.recognizes)(&documents)) {
        return (format.read)(&documents);
    }
    let found = documents.first();
    Err(match others::advice(found) {
        Some((name, advice)) => not_read(name, Some(advice)),
        None if found.is_null() => not_read(
            "`null`, which Trivy wrote where it recognized nothing and gitleaks where it found nothing",
            Some("ask the tool for SARIF"),
        ),
        None if found.is_list() && found.elements().is_empty() => {
            not_read("an empty list, which shows neither a tool nor what it looked at", None)
        }
        None => not_read(&found.what(), None),
    })
}

/// The name of the report that bytes are, if it is one that is read: to say so where another kind of file was expected.
#[must_use]
pub fn recognize(bytes: &[u8]) -> Option<&'static str> {
    if bytes.len() as u64 > MAX_BYTES {
        return None;
    }
    let documents = json::documents(decode(bytes).ok()?).ok()?;
    FORMATS.iter().find(|format| (format.recognizes)(&documents)).map(|format| format.name)
}

/// The text of a file without its byte order mark.
fn decode(bytes: &[u8]) -> Result<&str, Refusal> {
    match bytes {
        [] => return Err(Refusal::failed(format!("is empty: zero bytes, expected a report of {}", names()))),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, _, ..] | [_, 0, ..] => {
            return Err(Refusal::failed("is UTF-16 or UTF-32, expected UTF-8"));
        }
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or(bytes);
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Refusal::failed(match error.error_len() {
            None => format!("is cut short: it ends inside of a character at line {line}"),
            Some(_) => format!("is not UTF-8 at line {line}"),
        })
    })?;
    if text.trim().is_empty() {
        return Err(Refusal::failed(format!("is empty: it holds blanks only, expected a report of {}", names())));
    }
    Ok(text)
}

fn not_read(found: &str, advice: Option<&str>) -> Refusal {
    let advice = advice.map(|advice| format!("; {advice}")).unwrap_or_default();
    Refusal::failed(format!(
        "is not one of the reports that are read: found {found}, expected a report of {}{advice}",
        names()
    ))
}

/// The tools whose reports are read.
fn names() -> String {
    let tools = [
        osv::TOOL,
        cargo_audit::TOOL,
        npm::TOOL,
        npm_six::PNPM,
        npm_six::YARN,
        pip_audit::TOOL,
        "Grype",
        trivy::TOOL,
        govulncheck::TOOL,
    ];
    tools.join(", ")
}

/// The only document of a report.
fn only(documents: &Documents) -> Result<&Json, Refusal> {
    documents.only().ok_or_else(|| match (documents.breaks.first(), documents.all.get(1)) {
        (Some((line, why)), _) => Refusal::failed(format!("{why} at line {line}")),
        (None, Some((line, _))) => Refusal::failed(format!("holds a second document at line {line}, expected one")),
        (None, None) => Refusal::failed("holds no document, expected one"),
    })
}

/// Notes where documents of a stream are missing.
fn note_breaks(report: &mut NativeReport, documents: &Documents) {
    for (line, why) in &documents.breaks {
        report.problem(format!("line {line}"), why.clone());
    }
}
