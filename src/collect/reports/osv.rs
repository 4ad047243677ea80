//! osv-scanner 1 and 2, `--format json`.
//!
//! - One entry per package and *group*: its `ids` are one fault under several names. The id is the one that osv-scanner
//!   displays (in SARIF too): `CVE-` before others, but ids of malware before all. What no group names is an entry of
//!   its own, unless it is an alias of one.
//! - `license_violations`, `deprecated` packages are entries with marks. An analysis that calls a fault unimportant
//!   suppresses it; one that finds it not called marks it and no more.
//! - `results: []` is written only where packages were found (the tool ends without a report where it found none),
//!   unless somebody asked for `--allow-no-lockfiles`; it is taken for clean.
//! - What `osv-scanner.toml` ignores leaves no trace in the report.

use std::collections::{BTreeMap, BTreeSet};

use super::Documents;
use super::ecosystems::package;
use super::json::{Json, quoted};
use super::wire::{Entry, NativeReport, PackageName, Place, Rating, fixed_in, title};
use crate::collect::input::Refusal;
use crate::evidence::Level;

pub(super) const TOOL: &str = "osv-scanner";

pub(super) fn recognizes(documents: &Documents) -> bool {
    let first = documents.first();
    let results = first.get("results");
    let packages = |result: &Json| result.has("packages") && result.has("source");
    (results.is_list() || results.is_null())
        && first.has("results")
        && (first.get("experimental_config").is_object()
            || first.get("experimental_config").has("licenses")
            || results.elements().first().is_some_and(packages))
}

pub(super) fn read(documents: &Documents) -> Result<NativeReport, Refusal> {
    let mut report = NativeReport::of(TOOL);
    let document = super::only(documents)?;
    let in_image = document.get("image_metadata").is_object();
    for (index, result) in report.list(document, "", "results").iter().enumerate() {
        let at = format!("/results/{index}");
        if !report.is_object(result, &at) {
            continue;
        }
        let source = report.object(result, &at, "source");
        let place = report.needed(source, &format!("{at}/source"), "path").map(|path| Place {
            path: path.to_owned(),
            outside: in_image,
            ..Place::default()
        });
        for (index, package) in report.list(result, &at, "packages").iter().enumerate() {
            let at = format!("{at}/packages/{index}");
            if report.is_object(package, &at) {
                read_package(&mut report, package, &at, place.as_ref());
            }
        }
    }
    for index in 0..report.list(document, "", "experimental_generic_findings").len() {
        report.problem(format!("/experimental_generic_findings/{index}"), "found a generic finding, which is not read");
    }
    Ok(report)
}

fn read_package(report: &mut NativeReport, json: &Json, at: &str, place: Option<&Place>) {
    let described = report.object(json, at, "package");
    let described_at = format!("{at}/package");
    // What lies in a git repository has a commit and perhaps no name.
    let commit = report.text(described, &described_at, "commit");
    let name = match commit {
        Some(commit) => report.text(described, &described_at, "name").unwrap_or(commit),
        None => report.needed(described, &described_at, "name").unwrap_or("unnamed package"),
    };
    let version = report.text(described, &described_at, "version").or(commit);
    let ecosystem = report.text(described, &described_at, "ecosystem").unwrap_or_default();
    let package = package(ecosystem, name, version);
    let entry = |id: &str, at: String| Entry {
        at,
        id: id.to_owned(),
        package: Some(package.clone()),
        place: place.cloned(),
        ..Entry::default()
    };

    let faults = faults(report, json, at);
    let mut by_id: BTreeMap<&str, Vec<&Fault>> = BTreeMap::new();
    for fault in &faults {
        by_id.entry(&fault.id).or_default().push(fault);
    }
    let mut told = BTreeSet::new();
    for (index, group) in report.list(json, at, "groups").iter().enumerate() {
        let at = format!("{at}/groups/{index}");
        if let Some(found) = read_group(report, group, &at, &by_id, &mut told, &package) {
            report.push(Entry { place: place.cloned(), ..found });
        }
    }
    for fault in &faults {
        if told.contains(&fault.id) || fault.aliases.iter().any(|alias| told.contains(alias)) {
            continue;
        }
        told.insert(fault.id.clone());
        report.push(Entry { place: place.cloned(), ..merged(&[fault], None, &fault.at, &package) });
    }
    for (index, licence) in report.texts(json, at, "license_violations").iter().enumerate() {
        report.push(Entry {
            marks: vec!["licence"],
            title: format!("licence {licence} is not allowed"),
            ..entry(&format!("licence:{licence}"), format!("{at}/license_violations/{index}"))
        });
    }
    if *described.get("deprecated") == Json::Bool(true) {
        report.push(Entry {
            marks: vec!["deprecated"],
            title: "the package is deprecated".to_owned(),
            rating: Rating { level: Some(Level::Warning), ..Rating::default() },
            ..entry("deprecated", described_at)
        });
    }
}

/// One OSV record.
struct Fault {
    at: String,
    id: String,
    aliases: Vec<String>,
    title: String,
    vectors: Vec<String>,
    word: Option<String>,
    cwe: Vec<String>,
    fixed: Vec<String>,
}

fn faults(report: &mut NativeReport, json: &Json, at: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (index, record) in report.list(json, at, "vulnerabilities").iter().enumerate() {
        let at = format!("{at}/vulnerabilities/{index}");
        match record {
            Json::Object(_) => faults.extend(read_fault(report, record, at)),
            // An id alone still names a fault.
            other => {
                report.problem(&at, format!("found {}, expected an OSV record", other.what()));
                let id = other.text().unwrap_or(super::UNNAMED).to_owned();
                faults.push(Fault {
                    at,
                    title: id.clone(),
                    id,
                    aliases: Vec::new(),
                    vectors: Vec::new(),
                    word: None,
                    cwe: Vec::new(),
                    fixed: Vec::new(),
                });
            }
        }
    }
    faults
}

/// Reads an OSV record, see <https://ossf.github.io/osv-schema/>.
fn read_fault(report: &mut NativeReport, record: &Json, at: String) -> Option<Fault> {
    let id = report.needed(record, &at, "id").unwrap_or(super::UNNAMED).to_owned();
    let specific = record.get("database_specific");
    let mut all_vectors: Vec<String> = vectors(record).collect();
    let mut cwe = report.texts(specific, &format!("{at}/database_specific"), "cwe_ids");
    let mut fixed = Vec::new();
    for affected in report.list(record, &at, "affected") {
        all_vectors.extend(vectors(affected));
        let named = affected.get("database_specific").get("cwes").elements();
        cwe.extend(named.iter().filter_map(|weakness| weakness.get("cweId").text()).map(str::to_owned));
        for range in affected.get("ranges").elements() {
            let events = range.get("events").elements().iter();
            fixed.extend(events.filter_map(|event| event.get("fixed").text()).map(str::to_owned));
        }
    }
    all_vectors.dedup();
    fixed.dedup();
    let words = report.text(record, &at, "summary").or_else(|| record.get("details").text());
    Some(Fault {
        aliases: report.texts(record, &at, "aliases"),
        title: title(words.unwrap_or(&id)),
        vectors: all_vectors,
        word: word(record),
        cwe,
        fixed,
        at,
        id,
    })
}

/// CVSS vectors. Ubuntu's severities are words, see [`word`].
fn vectors(json: &Json) -> impl Iterator<Item = String> {
    let severities = json.get("severity").elements().iter();
    let cvss = severities.filter(|severity| severity.get("type").text().is_none_or(|kind| kind.starts_with("CVSS")));
    cvss.filter_map(|severity| severity.get("score").text()).map(str::to_owned)
}

/// The word of a record's database, or of Ubuntu.
fn word(record: &Json) -> Option<String> {
    let of_ubuntu = |severity: &&Json| severity.get("type").text() == Some("Ubuntu");
    let ubuntu =
        record.get("severity").elements().iter().find(of_ubuntu).and_then(|severity| severity.get("score").text());
    record.get("database_specific").get("severity").text().or(ubuntu).map(str::to_owned)
}

fn read_group(
    report: &mut NativeReport,
    group: &Json,
    at: &str,
    by_id: &BTreeMap<&str, Vec<&Fault>>,
    told: &mut BTreeSet<String>,
    package: &PackageName,
) -> Option<Entry> {
    if !report.is_object(group, at) {
        return None;
    }
    let ids = report.texts(group, at, "ids");
    if ids.is_empty() {
        report.problem(format!("{at}/ids"), "found no id, expected the ids of the group");
        return None;
    }
    let of_group: Vec<&Fault> = ids.iter().filter_map(|id| by_id.get(id.as_str())).flatten().copied().collect();
    if of_group.is_empty() {
        report.problem(
            format!("{at}/ids"),
            format!("found `{}`, expected the id of a vulnerability here", ids.join(", ")),
        );
    }
    let score = match report.text(group, at, "max_severity").map(|text| (text, text.parse::<f64>())) {
        None => None,
        Some((_, Ok(score))) => Some(score),
        Some((text, Err(_))) => {
            report.problem(format!("{at}/max_severity"), format!("found {}, expected a score", quoted(text)));
            None
        }
    };
    let mut entry = merged(&of_group, score, at, package);
    let mut names = ids;
    names.extend(report.texts(group, at, "aliases"));
    names.extend(std::mem::take(&mut entry.aliases));
    names.push(std::mem::take(&mut entry.id));
    names.retain(|name| !name.is_empty());
    names.sort_by_key(|name| (rank(name), name.clone()));
    names.dedup();
    told.extend(names.iter().cloned());
    entry.rating.malware |= names.iter().any(|name| is_malware(name));
    entry.marks = if entry.rating.malware { vec!["malware"] } else { Vec::new() };
    if entry.title.is_empty() {
        entry.title = names.join(", ");
    }
    let mut names = names.into_iter();
    entry.id = names.next()?;
    entry.aliases = names.collect();

    let analysis = ["experimental_analysis", "experimentalAnalysis"].map(|name| group.get(name));
    let analyses: Vec<&Json> = analysis.iter().flat_map(|all| all.properties()).map(|(_, one)| one).collect();
    entry.suppressed = analyses.iter().any(|one| *one.get("unimportant") == Json::Bool(true));
    if !analyses.is_empty() && analyses.iter().all(|one| *one.get("called") == Json::Bool(false)) {
        entry.marks.push("not-called");
    }
    Some(entry)
}

/// Several records of one fault as one entry.
fn merged(faults: &[&Fault], score: Option<f64>, at: &str, package: &PackageName) -> Entry {
    let mut all: Vec<&&Fault> = faults.iter().collect();
    all.sort_by_key(|fault| (rank(&fault.id), &fault.id));
    let malware = all.iter().any(|fault| is_malware(&fault.id) || fault.aliases.iter().any(|alias| is_malware(alias)));
    let mut fixed: Vec<String> = all.iter().flat_map(|fault| fault.fixed.iter().cloned()).collect();
    fixed.sort_unstable();
    fixed.dedup();
    let words = all.iter().filter_map(|fault| fault.word.clone());
    Entry {
        at: at.to_owned(),
        id: all.first().map(|fault| fault.id.clone()).unwrap_or_default(),
        aliases: all
            .iter()
            .skip(1)
            .map(|fault| &fault.id)
            .chain(all.iter().flat_map(|fault| &fault.aliases))
            .cloned()
            .collect(),
        marks: if malware { vec!["malware"] } else { Vec::new() },
        title: all.first().map(|fault| fault.title.clone()).unwrap_or_default(),
        package: Some(package.clone()),
        fix: fixed_in(&fixed),
        cwe: all.iter().flat_map(|fault| fault.cwe.iter().cloned()).collect(),
        rating: Rating {
            // Of several words that of the record which is displayed.
            word: words.into_iter().next(),
            score,
            vectors: all.iter().flat_map(|fault| fault.vectors.iter().cloned()).collect(),
            malware,
            ..Rating::default()
        },
        ..Entry::default()
    }
}

fn is_malware(id: &str) -> bool {
    id.starts_with("MAL-")
}

/// The order in which ids are displayed.
fn rank(id: &str) -> u8 {
    match id.split('-').next().unwrap_or_default() {
        "MAL" => 0,
        // Notices of distributions stand for several faults.
        "DSA" | "USN" => 1,
        "CVE" => 2,
        "GHSA" => 4,
        _ => 3,
    }
}
