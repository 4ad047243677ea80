//! Reads SARIF 2.1.0 files of any producer into rows; must not fail, give anything a meaning, or drop a result unsaid.
//!
//! One odd value never hides the rest: any JSON value is acceptable at any place, and what is not of the expected shape
//! becomes a problem of its run with a JSON pointer. Only a document that is not JSON, or not a SARIF 2.1.0 log, is
//! refused as a whole. What the format leaves open is decided here so:
//!
//! - `runs` that is absent, null or empty: nothing ran, so the file is refused rather than clean.
//! - Null in place of an array reads as an absent one (Go programs write their empty lists so); in place of anything
//!   else it is a problem.
//! - A property stated twice in one object is a problem. The first counts; of `level`, `kind`, `baselineState`,
//!   `suppressions`, `executionSuccessful` the worse, and of `runs`, `results`, `locations`, notifications all. In objects
//!   that are skipped (property bags, code flows, ...) nobody looks.
//! - Words of the closed vocabularies in another case are understood, and are a problem all the same.
//! - `fingerprints` and `partialFingerprints` are kept as digests; those that can't identify a result by their key or their
//!   form are left out (see `print`), and so is, without a word, what is no text there: findings can do without.
//! - `startLine: 0` stands for a whole file; position -1 is an absent one.
//! - Parts of a run that lie in another file (results, rules, invocations, artifacts) or in `inlineExternalProperties`
//!   are not read, which is a problem; taxonomies elsewhere are none, nor are entries that only name their run.
//! - Depth is limited only along what is read, which is far below the limit of the JSON reader; what is skipped may be
//!   nested at will. Lone surrogates are read as U+FFFD, and numbers beyond `f64` as texts.

mod invocation;
mod location;
mod log;
mod print;
mod result;
mod shapes;
mod stream;
mod text;
mod tolerant;
mod tool;
mod wire;

use std::path::Path;

use serde::de::DeserializeSeed;

use self::log::{Document, Version, WholeLog};
use self::tolerant::{Cx, Reading, quoted};
pub use self::wire::SarifLog;
pub(crate) use self::wire::{
    ArtifactLocation, BaselineWord, Component, Hints, LocationRow, Message, Problems, Reference, ResultKind, ResultRow,
    Rule, Run, Stated,
};
use super::input::{self, Refusal, Report};
use super::reports;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: u64 = 2 << 30;

/// The largest file that is held in memory whole while it is read, in bytes. A larger one is read bit by bit, which takes
/// twice the time and the memory of its rows alone. Half a million results stay below 400 MiB either way.
pub const WHOLE_BYTES: u64 = 192 << 20;

/// The most entries (runs, results, locations, rules, tags, artifacts, ...) that are kept of one file. Those past it are
/// counted and left out, and their run is `truncated`.
pub const MAX_ENTRIES: u64 = 20_000_000;

/// The version of SARIF that is read.
pub const VERSION: &str = "2.1.0";

/// One SARIF file as it was given, read or refused.
pub type SarifInput = Report<SarifLog>;

/// Reads one file; never fails, for a file that can't be read is knowledge too.
#[must_use]
pub fn read(path: &Path, shown: &str, commit: Option<&str>) -> SarifInput {
    stream::read(path, shown, commit, WHOLE_BYTES)
        .unwrap_or_else(|| input::report(path, shown, commit, MAX_BYTES, parse))
}

/// Reads the bytes of one file.
///
/// # Errors
/// A [`Refusal`] where they are not one SARIF 2.1.0 log in which something ran.
pub fn parse(bytes: &[u8]) -> Result<SarifLog, Refusal> {
    parse_within(bytes, MAX_ENTRIES).map_err(|mut refusal| {
        if let Some(name) = reports::recognize(bytes) {
            let hint = format!("; it is a report of {name} in its own format: give it with `--report`");
            refusal.reason.push_str(&hint);
        }
        refusal
    })
}

/// Reads the bytes of one file, keeping at most `max_entries` entries; see [`MAX_ENTRIES`].
///
/// # Errors
/// As [`parse`].
pub fn parse_within(bytes: &[u8], max_entries: u64) -> Result<SarifLog, Refusal> {
    let text = text::decode(bytes).map_err(Refusal::failed)?;
    match document(text, max_entries) {
        Ok(read) => judge(read),
        Err(reason) => match text::readable(text) {
            Some(text) => document(&text, max_entries).map_err(Refusal::failed).and_then(judge),
            None => Err(Refusal::failed(reason)),
        },
    }
}

fn document(text: &str, max_entries: u64) -> Result<(Cx, Option<Document>), String> {
    let mut cx = Cx::new(max_entries);
    let mut json = serde_json::Deserializer::from_str(text);
    let document = log_of(&mut json, &mut cx).map_err(|error| text::syntax(text, &error))?;
    json.end().map_err(|error| text::trailing(text, &error))?;
    Ok((cx, document))
}

fn log_of<'de, R: serde_json::de::Read<'de>>(
    json: &mut serde_json::Deserializer<R>,
    cx: &mut Cx,
) -> serde_json::Result<Option<Document>> {
    Reading { cx, shape: WholeLog }.deserialize(json)
}

/// Whether the document is a SARIF 2.1.0 log in which something ran.
fn judge((cx, document): (Cx, Option<Document>)) -> Result<SarifLog, Refusal> {
    let Some(Document { schema, version, runs }) = document else {
        let what = cx.problems.kept.first().map_or_else(String::new, |problem| format!(": {}", problem.message));
        return Err(Refusal::failed(format!("is not a SARIF log{what}")));
    };
    let found = match version {
        Version::Text(text) if cx.strings.get(text) == VERSION => None,
        Version::Text(text) => Some(format!("version {}", quoted(cx.strings.get(text)))),
        Version::Other => Some("a version that is no text".to_owned()),
        Version::Absent => Some("no version".to_owned()),
    };
    if let Some(found) = found {
        return Err(Refusal::failed(format!("is not SARIF {VERSION}: found {found}, expected `{VERSION}`")));
    }
    let runs = match runs {
        Some(runs) if !runs.is_empty() => runs,
        _ if cx.truncated => {
            let reason = format!("has more entries than the limit of {MAX_ENTRIES}");
            return Err(Refusal { completeness: crate::evidence::Completeness::Truncated, reason });
        }
        Some(_) => return Err(Refusal::failed("nothing ran: `runs` is empty, expected at least one run")),
        None if cx.strings.get(schema).contains("external-propert") => {
            return Err(Refusal::failed("is a file of external properties, expected a SARIF log with `runs`"));
        }
        None => return Err(Refusal::failed("nothing ran: `runs` is absent or no array, expected at least one run")),
    };
    Ok(SarifLog { strings: cx.strings, runs, problems: cx.problems })
}
