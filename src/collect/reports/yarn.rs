//! yarn audit: yarn 1 (`yarn audit --json`) and 4 (`yarn npm audit --json`), one JSON object in each line.
//!
//! - yarn 1 writes an advisory once for each path; one entry per advisory and installed version. `auditSummary` stands
//!   at the end: without it the audit did not finish. It is compared with what is listed as for npm 6.
//! - yarn 4 writes advisories (`value`, `children`) and nothing at the end, so that a stream which was cut between two
//!   lines can't be told from a whole one; and nothing at all where it found nothing, so that an empty file is no clean
//!   one. Deprecated packages are entries with a mark.
//! - A line of `type` `error` says that the audit failed.

use std::collections::BTreeMap;

use super::Documents;
use super::ecosystems::package;
use super::json::{Json, said};
use super::npm;
use super::npm_six::{Listed, YARN, advisory};
use super::wire::{Entry, NativeReport, Rating, title};
use crate::collect::input::Refusal;

/// The kinds of lines that yarn writes.
const KINDS: &[&str] = &["auditAdvisory", "auditSummary", "auditAction", "error", "warning", "info"];

pub(super) fn recognizes(documents: &Documents) -> bool {
    let line = |json: &Json| {
        (json.get("type").text().is_some_and(|kind| KINDS.contains(&kind)) && json.has("data"))
            || (json.get("value").text().is_some() && json.get("children").has("Issue"))
    };
    documents.all.iter().all(|(_, json)| line(json))
}

/// What the lines of a stream came to so far.
#[derive(Default)]
struct Stream {
    /// The entry of each advisory and version, and the first path to it.
    found: BTreeMap<(String, String, String), (String, Entry)>,
    listed: Listed,
    /// Whether a line is of yarn 1, other than what every yarn writes.
    summaries: usize,
    trees: usize,
    clean: bool,
}

pub(super) fn read(documents: &Documents) -> Result<NativeReport, Refusal> {
    let mut report = NativeReport::of(YARN);
    super::note_breaks(&mut report, documents);
    let mut stream = Stream::default();
    let mut summary = None;
    for (line, json) in &documents.all {
        let at = format!("line {line}: ");
        match json.get("type").text() {
            Some("auditAdvisory") => read_advisory(&mut report, json.get("data"), &at, &mut stream),
            Some("auditSummary") => {
                stream.summaries += 1;
                summary = Some((at, json.get("data")));
            }
            Some("info") if json.get("data").text() == Some("No audit suggestions") => stream.clean = true,
            Some(_) => note_error(&mut report, *line, json),
            None => {
                stream.trees += 1;
                read_tree(&mut report, json, &at);
            }
        }
    }
    for (_, (_, entry)) in std::mem::take(&mut stream.found) {
        report.push(entry);
    }
    match summary {
        Some((at, data)) => {
            stream.listed.compare(&mut report, data, &format!("{at}/data"));
            if stream.summaries > 1 {
                report.problem(at, "found a second summary, expected one at the end");
            }
        }
        None if stream.trees > 0 || stream.clean => {}
        None => report.falls_short("did not finish: found no `auditSummary`, which is at the end of every audit"),
    }
    Ok(report)
}

/// Notes what a line says of an error.
pub(super) fn note_error(report: &mut NativeReport, line: usize, json: &Json) {
    if json.get("type").text() == Some("error") {
        let text = json.get("data").text().unwrap_or("without a text");
        report.falls_short(format!("reports an error in line {line}: {}", said(text)));
    }
}

fn read_advisory(report: &mut NativeReport, data: &Json, at: &str, stream: &mut Stream) {
    let at = format!("{at}/data/advisory");
    let json = data.get("advisory");
    if !report.is_object(json, &at) {
        return;
    }
    stream.listed.add(json.get("severity").text().unwrap_or_default(), 1);
    let path = data.get("resolution").get("path").text().unwrap_or_default();
    let findings = report.list(json, &at, "findings");
    let holds = |finding: &&Json| finding.get("paths").elements().iter().any(|known| known.text() == Some(path));
    let finding = findings.iter().find(holds).or_else(|| findings.first());
    let version = finding.and_then(|finding| finding.get("version").text());
    let entry = advisory(report, json, &at, version, Some(path).filter(|path| !path.is_empty()));
    let name = entry.package.as_ref().map(|package| package.name.clone()).unwrap_or_default();
    let key = (entry.id.clone(), name, version.unwrap_or_default().to_owned());
    // Of several paths the first in byte order, so that the order of lines tells nothing.
    match stream.found.get(&key) {
        Some((known, _)) if known.as_str() <= path => {}
        _ => drop(stream.found.insert(key, (path.to_owned(), entry))),
    }
}

/// Reads a line of yarn 4: one entry for each version.
fn read_tree(report: &mut NativeReport, json: &Json, at: &str) {
    let name = report.needed(json, at, "value").unwrap_or("unnamed package");
    let children = json.get("children");
    let at = format!("{at}/children");
    let own = children.get("ID").text().unwrap_or_default();
    let deprecated = own.ends_with("(deprecation)");
    let (id, aliases) =
        if deprecated { ("deprecated".to_owned(), Vec::new()) } else { npm::ids(report, children, &at, "ID") };
    let range = report.text(children, &at, "Vulnerable Versions");
    let words = title(report.text(children, &at, "Issue").unwrap_or(&id));
    let words = match range {
        Some(range) if !deprecated => format!("{words} (affects {range})"),
        _ => words,
    };
    let mut versions: Vec<Option<String>> =
        report.texts(children, &at, "Tree Versions").into_iter().map(Some).collect();
    versions.sort_unstable();
    versions.dedup();
    if versions.is_empty() {
        versions.push(None);
    }
    let word = report.needed(children, &at, "Severity").map(str::to_owned);
    for version in versions {
        report.push(Entry {
            at: at.clone(),
            id: id.clone(),
            aliases: aliases.clone(),
            marks: if deprecated { vec!["deprecated"] } else { Vec::new() },
            title: words.clone(),
            package: Some(package("npm", name, version.as_deref())),
            rating: Rating { word: word.clone(), ..Rating::default() },
            ..Entry::default()
        });
    }
}
