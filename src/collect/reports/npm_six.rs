//! The answer of npm's registry as npm 6, pnpm and yarn 2 and 3 print it, and the errors that npm and pnpm print in its
//! place.
//!
//! - One entry per advisory and installed version; the path that leads there is in the title.
//! - npm's has a `runId`. Of the others it is pnpm's where its paths begin with a dot or an importer, or where there
//!   are none; else npm's. yarn 2 and 3 say who they are only where they found nothing; where they found something they
//!   read as npm or pnpm.
//! - `metadata` counts each path of each advisory. Where it counts more of a severity than is listed, somebody left
//!   some out (pnpm's `ignoreGhsas`, an audit level): the report falls short.
//! - No dependencies: nothing was looked at. An error in place of the answer: nothing could be looked up.

use super::Documents;
use super::ecosystems::package;
use super::json::Json;
use super::npm;
use super::wire::{Entry, NativeReport, Rating, escaped, title};
use crate::collect::input::Refusal;

pub(super) const PNPM: &str = "pnpm audit";
pub(super) const YARN: &str = "yarn audit";

/// npm's words, which are also the names of its counts.
pub(super) const WORDS: [&str; 5] = ["info", "low", "moderate", "high", "critical"];

pub(super) fn recognizes(documents: &Documents) -> bool {
    let first = documents.first();
    first.has("advisories") && first.get("metadata").has("vulnerabilities")
}

pub(super) fn recognizes_failure(documents: &Documents) -> bool {
    let first = documents.first();
    let error = first.get("error");
    let of_npm = error.has("summary") || error.has("code") || error.has("message");
    documents.all.len() == 1
        && (of_npm && (first.properties().len() == 1 || first.has("statusCode") || first.has("message")))
}

pub(super) fn read_failure(documents: &Documents) -> Result<NativeReport, Refusal> {
    let document = super::only(documents)?;
    let code = document.get("error").get("code").text().unwrap_or_default();
    let mut report = NativeReport::of(if code.starts_with("ERR_PNPM") { PNPM } else { npm::TOOL });
    report.falls_short(npm::failure(document));
    Ok(report)
}

pub(super) fn read(documents: &Documents) -> Result<NativeReport, Refusal> {
    let document = documents.first();
    // yarn 2 and 3 put a line of their own behind the answer where nothing was found.
    let mut yarn = false;
    for (_, line) in documents.all.iter().skip(1) {
        match line.get("displayName").text() {
            Some(_) => yarn = true,
            None => return super::only(documents).and(Err(Refusal::failed("holds a second document, expected one"))),
        }
    }
    let mut report = NativeReport::of(if yarn { YARN } else { tool(document) });
    super::note_breaks(&mut report, documents);
    for (line, said) in documents.all.iter().skip(1) {
        super::yarn::note_error(&mut report, *line, said);
    }
    if document.has("error") {
        report.falls_short(npm::failure(document));
    }
    let mut listed = Listed::default();
    let all = report.object(document, "", "advisories");
    if all.is_null() {
        report.problem("/advisories", "found null, expected an object");
    }
    for (key, advisory) in all.properties() {
        let at = format!("/advisories/{}", escaped(key));
        if report.is_object(advisory, &at) {
            read_advisory(&mut report, advisory, &at, &mut listed);
        }
    }
    let muted = report.list(document, "", "muted").len();
    if muted > 0 {
        report.falls_short(format!("has {muted} muted advisories, which are not in it"));
    }
    let metadata = report.object(document, "", "metadata");
    listed.compare(&mut report, metadata, "/metadata");
    Ok(report)
}

fn tool(document: &Json) -> &'static str {
    let advisories = document.get("advisories").properties();
    let findings = advisories.iter().flat_map(|(_, advisory)| advisory.get("findings").elements());
    let mut paths = findings.flat_map(|finding| finding.get("paths").elements()).filter_map(Json::text);
    let pnpm = paths
        .next()
        .is_none_or(|path| path.starts_with('.') || path.split('>').next().is_some_and(|first| first.contains("__")));
    if pnpm && !document.has("runId") { PNPM } else { npm::TOOL }
}

/// How many paths of each severity are listed.
#[derive(Debug, Default)]
pub(super) struct Listed([u64; WORDS.len()]);

impl Listed {
    /// Adds paths of an advisory of a severity.
    pub(super) fn add(&mut self, word: &str, paths: usize) {
        for (known, listed) in WORDS.iter().zip(&mut self.0) {
            if *known == word {
                *listed = listed.saturating_add(paths as u64);
            }
        }
    }

    /// Notes where `metadata` counts more than is listed, or counts no dependency.
    pub(super) fn compare(&self, report: &mut NativeReport, metadata: &Json, at: &str) {
        let stated = report.object(metadata, at, "vulnerabilities");
        let counts_at = format!("{at}/vulnerabilities");
        for (word, listed) in WORDS.iter().zip(self.0) {
            let stated = report.count(stated, &counts_at, word).unwrap_or(0);
            if stated > listed {
                report.falls_short(format!(
                    "counts {stated} vulnerabilities of severity `{word}` and lists {listed}: \
                     an ignore list or an audit level left out the others"
                ));
            }
        }
        match report.count(metadata, at, "totalDependencies") {
            Some(0) => report.looked_at_none("dependency"),
            Some(_) => {}
            None => report.problem(format!("{at}/totalDependencies"), "found no count, expected what was looked at"),
        }
    }
}

/// Reads one advisory; an entry for each version that is installed.
fn read_advisory(report: &mut NativeReport, json: &Json, at: &str, listed: &mut Listed) {
    let word = report.needed(json, at, "severity").unwrap_or_default();
    let findings = report.list(json, at, "findings");
    if findings.is_empty() {
        listed.add(word, 1);
        let entry = advisory(report, json, at, None, None);
        report.push(entry);
    }
    let mut versions: Vec<(Option<String>, Option<String>)> = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        let at = format!("{at}/findings/{index}");
        let version = report.text(finding, &at, "version").map(str::to_owned);
        let paths = report.texts(finding, &at, "paths");
        // Registries leave the paths out where there are many; nothing can be compared then.
        let stated = finding.get("paths").elements().len();
        listed.add(word, if stated == 0 { usize::MAX } else { stated });
        versions.push((version, paths.into_iter().min()));
    }
    versions.sort();
    versions.dedup_by(|right, left| right.0 == left.0);
    for (version, path) in versions {
        let entry = advisory(report, json, at, version.as_deref(), path.as_deref());
        report.push(entry);
    }
}

/// An advisory of npm's registry about one installed version.
pub(super) fn advisory(
    report: &mut NativeReport,
    json: &Json,
    at: &str,
    version: Option<&str>,
    path: Option<&str>,
) -> Entry {
    let name = report.needed(json, at, "module_name").unwrap_or("unnamed package");
    let (id, aliases) = npm::ids(report, json, at, "id");
    let malware = npm::is_malware(json);
    let (score, vectors) = npm::cvss(report, json, at);
    let through = path.map(|path| format!(" (through {path})")).unwrap_or_default();
    let patched = report.text(json, at, "patched_versions");
    Entry {
        at: at.to_owned(),
        marks: if malware { vec!["malware"] } else { Vec::new() },
        title: format!("{}{through}", title(report.text(json, at, "title").unwrap_or(&id))),
        package: Some(package("npm", name, version)),
        fix: patched.map(|range| match range {
            // The range that npm writes where no version is patched.
            "<0.0.0" => "no fix available".to_owned(),
            range => format!("fixed in {range}"),
        }),
        cwe: report.texts(json, at, "cwe"),
        rating: Rating {
            word: report.text(json, at, "severity").map(str::to_owned),
            score,
            vectors,
            malware,
            ..Rating::default()
        },
        id,
        aliases,
        ..Entry::default()
    }
}
