//! Grype, `--output json`.
//!
//! - One entry per match. `relatedVulnerabilities` are other ids of the same fault. The score is the highest base score
//!   of the fault and those related, of NVD only where nobody else gives one, as in Grype's SARIF.
//! - `ignoredMatches` (ignore rules, VEX) are suppressed.
//! - The report does not say how many packages were looked at; it is taken for clean where it has a source and a
//!   database without an error.
//! - What lies in a container image is no path of the repository. Paths of a scanned directory start at that directory.

use super::Documents;
use super::ecosystems::package;
use super::json::Json;
use super::wire::{Entry, NativeReport, PackageName, Place, Rating, fixed_in, title};
use crate::collect::input::Refusal;

pub(super) const TOOL: &str = "grype";

pub(super) fn recognizes(documents: &Documents) -> bool {
    let first = documents.first();
    first.has("matches") && (first.has("descriptor") || first.has("source"))
}

pub(super) fn read(documents: &Documents) -> Result<NativeReport, Refusal> {
    let mut report = NativeReport::of(TOOL);
    let document = super::only(documents)?;
    let descriptor = report.object(document, "", "descriptor");
    report.version = report.text(descriptor, "/descriptor", "version").map(str::to_owned);
    database(&mut report, descriptor);
    let source = report.object(document, "", "source");
    let kind = report.text(source, "/source", "type").unwrap_or_default();
    if source.is_null() || kind.is_empty() {
        report.falls_short("names no source, expected what was looked at");
    }
    let target = source.get("target");
    let base = target.text().or_else(|| target.get("userInput").text()).unwrap_or_default();
    // Files of an image lie in the image; what lies beside the repository's files is found by its path.
    let ground = Ground { kind, base };
    if !document.get("matches").is_list() {
        let found = document.get("matches").what();
        report.problem("/matches", format!("found {found}, expected a list"));
    }
    for (name, suppressed) in [("matches", false), ("ignoredMatches", true)] {
        for (index, found) in report.list(document, "", name).iter().enumerate() {
            let at = format!("/{name}/{index}");
            if report.is_object(found, &at) {
                let entry = read_match(&mut report, found, at, &ground);
                report.push(Entry { suppressed, ..entry });
            }
        }
    }
    Ok(report)
}

/// What the scanned files lie in.
struct Ground<'j> {
    kind: &'j str,
    /// What the user asked to scan.
    base: &'j str,
}

fn database(report: &mut NativeReport, descriptor: &Json) {
    let database = descriptor.get("db");
    let state = if database.get("status").is_object() { database.get("status") } else { database };
    if let Some(error) = [state, database].iter().find_map(|json| json.get("error").text()) {
        report.falls_short(format!("had no good database: {}", super::json::said(error)));
    } else if *state.get("valid") == Json::Bool(false) {
        report.falls_short("had no good database: `valid` is false");
    } else if !database.is_object() {
        report.falls_short("names no database, expected the one that it looked into");
    }
}

fn read_match(report: &mut NativeReport, found: &Json, at: String, ground: &Ground<'_>) -> Entry {
    let vulnerability = report.object(found, &at, "vulnerability");
    let vulnerability_at = format!("{at}/vulnerability");
    let related = report.list(found, &at, "relatedVulnerabilities");
    let id = report.needed(vulnerability, &vulnerability_at, "id").unwrap_or(super::UNNAMED);
    let aliases: Vec<String> = related
        .iter()
        .filter_map(|other| other.get("id").text())
        .filter(|other| *other != id)
        .map(str::to_owned)
        .collect();
    let mut descriptions = std::iter::once(vulnerability).chain(related).map(|json| json.get("description").text());
    let words = descriptions.find_map(|text| text.filter(|text| !text.trim().is_empty()));
    let fix = report.object(vulnerability, &vulnerability_at, "fix");
    let versions = report.texts(fix, &format!("{vulnerability_at}/fix"), "versions");
    let fix = match (fixed_in(&versions), fix.get("state").text()) {
        (None, Some("wont-fix")) => Some("will not be fixed".to_owned()),
        (None, Some("not-fixed")) => Some("no fix yet".to_owned()),
        (fixed, _) => fixed,
    };
    let score = score(vulnerability, related);
    Entry {
        id: id.to_owned(),
        marks: if id.starts_with("MAL-") { vec!["malware"] } else { Vec::new() },
        title: title(words.unwrap_or(id)),
        package: read_package(report, found, &at),
        place: place(report, found, &at, ground),
        fix,
        cwe: weaknesses(vulnerability).chain(related.iter().flat_map(weaknesses)).collect(),
        rating: Rating {
            word: report.text(vulnerability, &vulnerability_at, "severity").map(str::to_owned),
            score,
            vectors: if score.is_none() { vectors(vulnerability, related) } else { Vec::new() },
            malware: id.starts_with("MAL-"),
            ..Rating::default()
        },
        aliases,
        at,
        ..Entry::default()
    }
}

fn weaknesses(json: &Json) -> impl Iterator<Item = String> {
    let texts = |json: &Json| json.text().or_else(|| json.get("cwe").text()).map(str::to_owned);
    json.get("cwes").elements().iter().filter_map(texts)
}

/// The highest base score above zero: of those that are not NVD's, else of all.
fn score(vulnerability: &Json, related: &[Json]) -> Option<f64> {
    let all = || std::iter::once(vulnerability).chain(related);
    let highest = |records: &mut dyn Iterator<Item = &Json>| {
        let scores = records.flat_map(|record| record.get("cvss").elements());
        let scores = scores.filter_map(|cvss| cvss.get("metrics").get("baseScore").number());
        scores.filter(|score| *score > 0.0).reduce(f64::max)
    };
    highest(&mut all().filter(|record| record.get("namespace").text() != Some("nvd:cpe")))
        .or_else(|| highest(&mut all()))
}

fn vectors(vulnerability: &Json, related: &[Json]) -> Vec<String> {
    let records = std::iter::once(vulnerability).chain(related);
    let vectors = records.flat_map(|record| record.get("cvss").elements()).filter_map(|cvss| cvss.get("vector").text());
    vectors.map(str::to_owned).collect()
}

fn read_package(report: &mut NativeReport, found: &Json, at: &str) -> Option<PackageName> {
    let artifact = report.object(found, at, "artifact");
    let at = format!("{at}/artifact");
    let name = report.needed(artifact, &at, "name")?;
    let version = report.text(artifact, &at, "version");
    let kind = report.text(artifact, &at, "type").unwrap_or_default();
    let purl = report.text(artifact, &at, "purl").map(str::to_owned);
    Some(PackageName { purl, ..package(kind, name, version) })
}

fn place(report: &mut NativeReport, found: &Json, at: &str, ground: &Ground<'_>) -> Option<Place> {
    let artifact = found.get("artifact");
    let at = format!("{at}/artifact");
    let path = report.list(artifact, &at, "locations").first().and_then(|location| location.get("path").text());
    match path {
        // Paths start at the directory that was scanned, although they begin with a slash.
        Some(path) if ground.kind == "directory" && !ground.base.is_empty() && !path.starts_with(ground.base) => {
            let base = ground.base.trim_end_matches(['/', '\\']);
            Some(Place { path: format!("{base}/{}", path.trim_start_matches('/')), ..Place::default() })
        }
        Some(path) => Some(Place { path: path.to_owned(), outside: ground.kind == "image", ..Place::default() }),
        None if ground.base.is_empty() => None,
        None => Some(Place { path: ground.base.to_owned(), outside: true, ..Place::default() }),
    }
}
