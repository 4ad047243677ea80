//! cargo-audit, `--json`: one report, or one after another for several binaries.
//!
//! - Vulnerabilities, and warnings of every kind (`unmaintained`, `unsound`, `yanked`, `notice`, ...) with the kind as
//!   a mark. A warning without an advisory has its kind for an id, as in cargo-audit's SARIF.
//! - The report names no lockfile, so that its entries have no place.
//! - Each id of `settings.ignore` is an entry that is suppressed and open: nobody looked for it. A threshold in
//!   `settings.severity` makes the report fall short, for what it left out is not in it. `target_os` and `target_arch`
//!   don't: they say where the product runs.
//! - A lockfile without packages, or a database without advisories: nothing was looked at.

use super::Documents;
use super::ecosystems::package;
use super::json::Json;
use super::wire::{Entry, NativeReport, Rating, escaped, fixed_in, title};
use crate::collect::input::Refusal;
use crate::evidence::Level;

pub(super) const TOOL: &str = "cargo-audit";

pub(super) fn recognizes(documents: &Documents) -> bool {
    let first = documents.first();
    first.get("vulnerabilities").has("list") && (first.has("lockfile") || first.has("database"))
}

pub(super) fn read(documents: &Documents) -> Result<NativeReport, Refusal> {
    let mut report = NativeReport::of(TOOL);
    super::note_breaks(&mut report, documents);
    for (line, document) in &documents.all {
        let at = if documents.all.len() > 1 { format!("line {line}: ") } else { String::new() };
        if report.is_object(document, &at) {
            read_one(&mut report, document, &at);
        }
    }
    Ok(report)
}

fn read_one(report: &mut NativeReport, document: &Json, at: &str) {
    looked_at(report, document, at);
    let vulnerabilities = report.object(document, at, "vulnerabilities");
    let list_at = format!("{at}/vulnerabilities");
    let list = vulnerabilities.get("list");
    if !list.is_list() {
        report.problem(format!("{list_at}/list"), format!("found {}, expected a list", list.what()));
    }
    for (index, found) in list.elements().iter().enumerate() {
        let at = format!("{list_at}/list/{index}");
        if report.is_object(found, &at) {
            let entry = read_entry(report, found, at, None);
            report.push(entry);
        }
    }
    let count = report.count(vulnerabilities, &list_at, "count");
    let listed = list.elements().len() as u64;
    if count.is_some_and(|count| count != listed) || (*vulnerabilities.get("found") == Json::Bool(true) && listed == 0)
    {
        let count = vulnerabilities.get("count").what();
        report.problem(format!("{list_at}/count"), format!("found {count} beside a list of {listed}"));
    }
    warnings(report, document, at);
    ignored(report, document, at);
}

fn looked_at(report: &mut NativeReport, document: &Json, at: &str) {
    let (database, lockfile) = (report.object(document, at, "database"), report.object(document, at, "lockfile"));
    for (json, part, name, what) in
        [(lockfile, "lockfile", "dependency-count", "package"), (database, "database", "advisory-count", "advisory")]
    {
        match report.count(json, &format!("{at}/{part}"), name) {
            Some(0) => report.looked_at_none(what),
            Some(_) => {}
            None => report.problem(format!("{at}/{part}/{name}"), "found no count, expected what was looked at"),
        }
    }
}

fn warnings(report: &mut NativeReport, document: &Json, at: &str) {
    let at = format!("{at}/warnings");
    match document.get("warnings") {
        Json::Null => {}
        Json::Object(kinds) => {
            for (kind, list) in kinds {
                let at = format!("{at}/{}", escaped(kind));
                if !list.is_list() {
                    report.problem(&at, format!("found {}, expected a list", list.what()));
                }
                warnings_of(report, list.elements(), &at, Some(kind));
            }
        }
        // Before version 0.13.
        Json::List(list) => warnings_of(report, list, &at, None),
        other => report.problem(at, format!("found {}, expected an object", other.what())),
    }
}

fn warnings_of(report: &mut NativeReport, list: &[Json], at: &str, kind: Option<&str>) {
    for (index, warning) in list.iter().enumerate() {
        let at = format!("{at}/{index}");
        if report.is_object(warning, &at) {
            let kind = kind.or_else(|| warning.get("kind").text());
            let kind = kind.or_else(|| warning.get("kind").properties().first().map(|(kind, _)| &**kind));
            let entry = read_entry(report, warning, at, Some(kind.unwrap_or("warning")));
            report.push(entry);
        }
    }
}

/// A vulnerability, or a warning of a kind.
fn read_entry(report: &mut NativeReport, json: &Json, at: String, kind: Option<&str>) -> Entry {
    let advisory = report.object(json, &at, "advisory");
    let advisory_at = format!("{at}/advisory");
    let id = match kind {
        Some(kind) if advisory.is_null() => kind,
        _ => report.needed(advisory, &advisory_at, "id").unwrap_or(super::UNNAMED),
    };
    let named = report.object(json, &at, "package");
    let package_at = format!("{at}/package");
    let name = report.needed(named, &package_at, "name").unwrap_or("unnamed package");
    let version = report.needed(named, &package_at, "version");
    let informational = advisory.get("informational").text();
    let mark = kind.or(informational).and_then(known_mark);
    let words = advisory.get("title").text().or_else(|| advisory.get("description").text());
    let patched = report.texts(json.get("versions"), &format!("{at}/versions"), "patched");
    // In versions before 0.15 the list is below the advisory.
    let patched = if patched.is_empty() { report.texts(advisory, &advisory_at, "patched_versions") } else { patched };
    let mut vectors = Vec::new();
    match advisory.get("cvss") {
        Json::Null => {}
        Json::Text(vector) => vectors.push(vector.to_string()),
        other => {
            report.problem(format!("{advisory_at}/cvss"), format!("found {}, expected a CVSS vector", other.what()))
        }
    }
    let rated = !vectors.is_empty();
    Entry {
        id: id.to_owned(),
        aliases: report.texts(advisory, &advisory_at, "aliases"),
        marks: mark.into_iter().collect(),
        title: match (words, kind) {
            (Some(words), _) => title(words),
            (None, Some(kind)) => format!("the package is {kind}"),
            (None, None) => id.to_owned(),
        },
        package: Some(package("cargo", name, version)),
        fix: fixed_in(&patched),
        cwe: Vec::new(),
        rating: Rating { vectors, level: (kind.is_some() && !rated).then_some(Level::Warning), ..Rating::default() },
        at,
        ..Entry::default()
    }
}

fn known_mark(kind: &str) -> Option<&'static str> {
    ["unmaintained", "unsound", "yanked", "notice"].into_iter().find(|known| *known == kind)
}

fn ignored(report: &mut NativeReport, document: &Json, at: &str) {
    let settings = report.object(document, at, "settings");
    let at = format!("{at}/settings");
    if let Some(threshold) = report.text(settings, &at, "severity") {
        report.falls_short(format!("was told to leave out what is below `{threshold}`, expected all severities"));
    }
    for (index, id) in report.texts(settings, &at, "ignore").into_iter().enumerate() {
        report.push(Entry {
            at: format!("{at}/ignore/{index}"),
            title: format!("{id} was not looked for, because the settings ignore it"),
            id,
            marks: vec!["ignored"],
            suppressed: true,
            open: true,
            ..Entry::default()
        });
    }
}
