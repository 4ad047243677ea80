//! npm audit 7 and later, `--json`.
//!
//! - Entries are the advisories, once for each node of the package that they are of: a directory of `node_modules`,
//!   which is no file of the repository. The report has no installed versions and names no lockfile.
//! - A text in `via` names the package that is the cause, not an advisory. A package that has nothing else is set
//!   aside: its severity is that of the advisories that it leads to. One that leads to none is a problem.
//! - The id is GitHub's where the URL has it, with npm's number as an alias; the number alone changes with every
//!   edition.
//! - A tree without packages: nothing was looked at. Fewer packages than `metadata` counts: the report is cut.

use std::collections::{BTreeMap, BTreeSet};

use super::Documents;
use super::ecosystems::package;
use super::json::{Json, quoted, said};
use super::wire::{Entry, NativeReport, Place, Rating, escaped, title};
use crate::collect::input::Refusal;

pub(super) const TOOL: &str = "npm audit";

/// The version of the report that is read.
const REPORT_VERSION: f64 = 2.0;

pub(super) fn recognizes(documents: &Documents) -> bool {
    documents.first().has("auditReportVersion")
}

pub(super) fn read(documents: &Documents) -> Result<NativeReport, Refusal> {
    let mut report = NativeReport::of(TOOL);
    let document = super::only(documents)?;
    if document.get("auditReportVersion").number() != Some(REPORT_VERSION) {
        let found = document.get("auditReportVersion").what();
        return Err(Refusal::failed(format!("is no npm audit report that is read: found version {found}, expected 2")));
    }
    if document.has("error") {
        report.falls_short(failure(document));
    }
    let all = document.get("vulnerabilities");
    if !all.is_object() {
        report.problem("/vulnerabilities", format!("found {}, expected an object", all.what()));
    }
    let by_name: BTreeMap<&str, &Json> = all.properties().iter().map(|(name, json)| (&**name, json)).collect();
    let leading = leading(&by_name);
    for (name, json) in all.properties() {
        let at = format!("/vulnerabilities/{}", escaped(name));
        if report.is_object(json, &at) {
            read_package(&mut report, name, json, &at, &by_name, &leading);
        }
    }
    counts(&mut report, document, all.properties().len() as u64);
    Ok(report)
}

/// The packages that have an advisory, or whose causes lead to one.
fn leading<'j>(by_name: &BTreeMap<&'j str, &'j Json>) -> BTreeSet<&'j str> {
    let mut caused: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut waiting: Vec<&str> = Vec::new();
    for (name, json) in by_name {
        for cause in json.get("via").elements() {
            match cause {
                Json::Text(cause) => caused.entry(cause).or_default().push(name),
                _ => waiting.push(name),
            }
        }
    }
    let mut leading = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if leading.insert(name) {
            waiting.extend(caused.get(name).into_iter().flatten().copied());
        }
    }
    leading
}

fn read_package(
    report: &mut NativeReport,
    name: &str,
    json: &Json,
    at: &str,
    by_name: &BTreeMap<&str, &Json>,
    leading: &BTreeSet<&str>,
) {
    let mut nodes = report.texts(json, at, "nodes");
    nodes.sort_unstable();
    nodes.dedup();
    let fix = fix(report, json, at);
    let mut advisories = 0;
    for (index, cause) in report.list(json, at, "via").iter().enumerate() {
        let at = format!("{at}/via/{index}");
        match cause {
            Json::Text(cause) if by_name.contains_key(&**cause) => {}
            Json::Text(cause) => {
                report
                    .problem(&at, format!("found {}, expected the name of a package that is described", quoted(cause)));
            }
            Json::Object(_) => {
                advisories += 1;
                let entry = read_advisory(report, cause, &at, name);
                let places =
                    nodes.iter().map(|node| Some(Place { path: node.clone(), outside: true, ..Place::default() }));
                let places: Vec<Option<Place>> = if nodes.is_empty() { vec![None] } else { places.collect() };
                for place in places {
                    report.push(Entry { place, fix: fix.clone(), ..entry.clone() });
                }
            }
            other => report.problem(&at, format!("found {}, expected an advisory or a name", other.what())),
        }
    }
    if advisories > 0 {
        return;
    }
    report.set_aside += 1;
    if !leading.contains(name) {
        // Nothing tells why npm named it; that it did is what is known.
        report.problem(format!("{at}/via"), "found no cause that leads to an advisory, expected one");
        let word = report.text(json, at, "severity").map(str::to_owned);
        report.push(Entry {
            at: at.to_owned(),
            id: super::UNNAMED.to_owned(),
            title: "npm names the package as vulnerable and no advisory".to_owned(),
            package: Some(package("npm", name, None)),
            fix,
            rating: Rating { word, ..Rating::default() },
            ..Entry::default()
        });
    }
}

fn read_advisory(report: &mut NativeReport, json: &Json, at: &str, package_name: &str) -> Entry {
    let (id, aliases) = ids(report, json, at, "source");
    let name = report.text(json, at, "name").unwrap_or(package_name);
    let malware = is_malware(json);
    let (score, vectors) = cvss(report, json, at);
    let range = report.text(json, at, "range").map(|range| format!(" (affects {range})")).unwrap_or_default();
    Entry {
        at: at.to_owned(),
        marks: if malware { vec!["malware"] } else { Vec::new() },
        title: format!("{}{range}", title(report.text(json, at, "title").unwrap_or(&id))),
        package: Some(package("npm", name, None)),
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

/// The id of an advisory of npm's registry, and its other ids. `number` is the property with npm's own.
pub(super) fn ids(report: &mut NativeReport, json: &Json, at: &str, number: &str) -> (String, Vec<String>) {
    let own = match json.get(number) {
        Json::Number(own) => Some(format!("npm:{own}")),
        Json::Text(own) => Some(format!("npm:{own}")),
        _ => None,
    };
    let url = report.text(json, at, "url").or_else(|| json.get("URL").text());
    let in_url = url.and_then(|url| url.rsplit('/').next()).filter(|last| last.starts_with("GHSA-"));
    let github = report.text(json, at, "github_advisory_id").or(in_url).map(str::to_owned);
    let cves = report.texts(json, at, "cves");
    // Before GitHub's ids npm's own number was the first name of an advisory.
    let mut all: Vec<String> = match github {
        Some(github) => std::iter::once(github).chain(cves).chain(own).collect(),
        None => own.into_iter().chain(cves).collect(),
    };
    if all.is_empty() {
        report.problem(at, "found no id, expected that of an advisory");
        return (super::UNNAMED.to_owned(), all);
    }
    (all.remove(0), all)
}

/// Whether an advisory is of the kind that npm publishes for malware.
pub(super) fn is_malware(json: &Json) -> bool {
    let weaknesses = json.get("cwe");
    let embedded = |json: &Json| json.text().is_some_and(|text| text.split([',', ' ']).any(|text| text == "CWE-506"));
    embedded(weaknesses) || weaknesses.elements().iter().any(embedded)
}

/// The score, which is 0 where nobody gave one, and the vector.
pub(super) fn cvss(report: &mut NativeReport, json: &Json, at: &str) -> (Option<f64>, Vec<String>) {
    let cvss = report.object(json, at, "cvss");
    let at = format!("{at}/cvss");
    let score = report.number(cvss, &at, "score").filter(|score| *score > 0.0);
    (score, report.text(cvss, &at, "vectorString").map(str::to_owned).into_iter().collect())
}

fn fix(report: &mut NativeReport, json: &Json, at: &str) -> Option<String> {
    let fix = json.get("fixAvailable");
    match fix {
        Json::Null => None,
        Json::Bool(true) => Some("npm audit fix fixes it".to_owned()),
        Json::Bool(false) => Some("no fix available".to_owned()),
        Json::Object(_) => {
            let at = format!("{at}/fixAvailable");
            let (name, version) = (report.text(fix, &at, "name")?, report.text(fix, &at, "version")?);
            let major = if *fix.get("isSemVerMajor") == Json::Bool(true) { ", a breaking change" } else { "" };
            Some(format!("fixed by {name} {version}{major}"))
        }
        other => {
            report.problem(format!("{at}/fixAvailable"), format!("found {}, expected a fix", other.what()));
            None
        }
    }
}

fn counts(report: &mut NativeReport, document: &Json, packages: u64) {
    let metadata = report.object(document, "", "metadata");
    let at = "/metadata/vulnerabilities";
    let stated = report.object(metadata, "/metadata", "vulnerabilities");
    match report.count(stated, at, "total") {
        Some(total) if total != packages => {
            report.problem(format!("{at}/total"), format!("found {total}, and {packages} packages are listed"));
        }
        _ => {}
    }
    let dependencies = report.object(metadata, "/metadata", "dependencies");
    match report.count(dependencies, "/metadata/dependencies", "total") {
        Some(0) => report.looked_at_none("dependency"),
        Some(_) => {}
        None => report.problem("/metadata/dependencies/total", "found no count, expected what was looked at"),
    }
}

/// What npm or pnpm says of why it could not look anything up.
pub(super) fn failure(document: &Json) -> String {
    let error = document.get("error");
    let texts = [document.get("message"), error.get("message"), error.get("summary"), error, error.get("code")];
    let found = texts.iter().find_map(|json| json.text().filter(|text| !text.trim().is_empty()));
    format!("could not look anything up: {}", found.map_or_else(|| "without a reason".to_owned(), said))
}
