//! Trivy, `--format json`: schema 2, and the list of results before it.
//!
//! - Vulnerabilities, misconfigurations, secrets and licences, each with the rule id of Trivy's SARIF. Checks that
//!   passed are set aside; `EXCEPTION` and everything in `ExperimentalModifiedFindings` (`.trivyignore`, VEX) is
//!   suppressed.
//! - The score is that of the source of Trivy's severity word, as in its SARIF. A score of another source is shown and
//!   does not count beside the word.
//! - The report lists each file whose packages or settings were looked at, also without findings, and secrets only
//!   where there are some. Without any result nothing shows that something was looked at: it falls short. So does
//!   `null`, which Trivy wrote before schema 2 where it recognized nothing, and which is refused because gitleaks
//!   writes it too.
//! - What `--severity`, `--ignore-unfixed` or `--ignore-policy` leave out leaves no trace in the report.
//! - What lies in a container image or a virtual machine is no path of the repository.

use std::collections::BTreeMap;

use super::Documents;
use super::ecosystems::package;
use super::json::Json;
use super::wire::{Entry, NativeReport, PackageName, Place, Rating, title};
use crate::collect::input::Refusal;

pub(super) const TOOL: &str = "Trivy";

pub(super) fn recognizes(documents: &Documents) -> bool {
    let first = documents.first();
    let result = |json: &Json| json.get("Target").text().is_some();
    (first.has("SchemaVersion") && (first.has("Results") || first.has("ArtifactName") || first.has("ArtifactType")))
        || first.elements().first().is_some_and(result)
}

pub(super) fn read(documents: &Documents) -> Result<NativeReport, Refusal> {
    let mut report = NativeReport::of(TOOL);
    let document = super::only(documents)?;
    let (results, at, outside) = match document {
        Json::List(results) => (results.as_slice(), String::new(), false),
        object => {
            if object.get("SchemaVersion").number() != Some(2.0) {
                let found = object.get("SchemaVersion").what();
                return Err(Refusal::failed(format!(
                    "is no Trivy report that is read: found schema {found}, expected 2"
                )));
            }
            head(&mut report, object);
            let kind = report.text(object, "", "ArtifactType").unwrap_or_default();
            (report.list(object, "", "Results"), "/Results".to_owned(), matches!(kind, "container_image" | "vm"))
        }
    };
    if results.is_empty() {
        report.looked_at_none("file (there is no result for any)");
    }
    for (index, result) in results.iter().enumerate() {
        let at = format!("{at}/{index}");
        if report.is_object(result, &at) {
            read_result(&mut report, result, &at, outside);
        }
    }
    Ok(report)
}

fn head(report: &mut NativeReport, object: &Json) {
    let trivy = report.object(object, "", "Trivy");
    report.version = report.text(trivy, "/Trivy", "Version").map(str::to_owned);
    let metadata = report.object(object, "", "Metadata");
    report.commit = report.text(metadata, "/Metadata", "Commit").map(str::to_owned);
}

/// One result, and what its findings share.
struct Target<'j> {
    path: &'j str,
    /// Whether `path` is a name that Trivy gave it, and no file.
    named: bool,
    /// The kind of packages, or of configuration.
    kind: &'j str,
    in_image: bool,
    /// Lines of packages in the file, by name and version, where the list of packages has them.
    lines: BTreeMap<(&'j str, &'j str), (u32, u32)>,
}

impl Target<'_> {
    /// A place in a file that is stated apart, or else in the target.
    fn place(&self, file: Option<&str>, line: u32, end_line: u32) -> Place {
        let outside = self.in_image || (file.is_none() && self.named);
        Place { path: file.unwrap_or(self.path).to_owned(), outside, line, end_line, column: 0 }
    }
}

/// Whether a target is one of Trivy's names for what is in no single file, such as `OS Packages`, `alpine:3.9 (alpine
/// 3.9.4)`.
fn is_name(target: &str) -> bool {
    const NAMES: &[&str] =
        &["Python", "Conda", "Ruby", "Node.js", "Java", "Kubernetes", "OS Packages", "Loose File License(s)"];
    NAMES.contains(&target) || target.ends_with(')')
}

fn read_result(report: &mut NativeReport, json: &Json, at: &str, in_image: bool) {
    let class = report.text(json, at, "Class").unwrap_or_default();
    let path = report.needed(json, at, "Target").unwrap_or_default();
    let target = Target {
        path,
        named: is_name(path) || class == "os-pkgs",
        kind: report.text(json, at, "Type").unwrap_or_default(),
        in_image,
        lines: if in_image { BTreeMap::new() } else { lines_of_packages(json) },
    };
    for (list, read) in READERS {
        for (index, found) in report.list(json, at, list).iter().enumerate() {
            let at = format!("{at}/{list}/{index}");
            if report.is_object(found, &at)
                && let Some(entry) = read(report, found, at, &target)
            {
                report.push(entry);
            }
        }
    }
    for (index, modified) in report.list(json, at, "ExperimentalModifiedFindings").iter().enumerate() {
        let at = format!("{at}/ExperimentalModifiedFindings/{index}");
        read_modified(report, modified, &at, &target);
    }
}

type Read = fn(&mut NativeReport, &Json, String, &Target<'_>) -> Option<Entry>;

const READERS: [(&str, Read); 4] = [
    ("Vulnerabilities", read_vulnerability),
    ("Misconfigurations", read_misconfiguration),
    ("Secrets", read_secret),
    ("Licenses", read_licence),
];

/// The kinds of modified findings, in the order of [`READERS`].
const MODIFIED: [&str; 4] = ["vulnerability", "misconfiguration", "secret", "license"];

fn read_modified(report: &mut NativeReport, json: &Json, at: &str, target: &Target<'_>) {
    let kind = report.needed(json, at, "Type").unwrap_or_default();
    let Some((_, (_, read))) = MODIFIED.iter().zip(READERS).find(|(known, _)| **known == kind) else {
        report.problem(format!("{at}/Type"), format!("found a modified finding of type `{kind}`, which is not read"));
        return;
    };
    let found = report.object(json, at, "Finding");
    let at = format!("{at}/Finding");
    if report.is_object(found, &at)
        && let Some(entry) = read(report, found, at, target)
    {
        report.push(Entry { suppressed: true, ..entry });
    }
}

fn word(report: &mut NativeReport, json: &Json, at: &str) -> Option<String> {
    report.text(json, at, "Severity").map(str::to_owned)
}

fn read_vulnerability(report: &mut NativeReport, json: &Json, at: String, target: &Target<'_>) -> Option<Entry> {
    let id = report.needed(json, &at, "VulnerabilityID").unwrap_or(super::UNNAMED);
    let name = report.needed(json, &at, "PkgName").unwrap_or("unnamed package");
    let version = report.text(json, &at, "InstalledVersion");
    let identifier = report.object(json, &at, "PkgIdentifier");
    let purl = report.text(identifier, &format!("{at}/PkgIdentifier"), "PURL").map(str::to_owned);
    let words = report.text(json, &at, "Title").or_else(|| json.get("Description").text());
    let file = report.text(json, &at, "PkgPath");
    let lines = target.lines.get(&(name, version.unwrap_or_default()));
    let (line, end_line) = lines.filter(|_| file.is_none()).copied().unwrap_or_default();
    let fixed = report.text(json, &at, "FixedVersion").map(|fixed| format!("fixed in {fixed}"));
    let status = report.text(json, &at, "Status").filter(|status| !matches!(*status, "affected" | "fixed" | "unknown"));
    let (score, shown) = scores(report, json, &at);
    let malware = id.starts_with("MAL-");
    Some(Entry {
        id: id.to_owned(),
        aliases: report.texts(json, &at, "VendorIDs"),
        marks: if malware { vec!["malware"] } else { Vec::new() },
        title: title(words.unwrap_or(id)),
        package: Some(PackageName { purl, ..package(target.kind, name, version) }),
        fix: fixed.or_else(|| status.map(|status| status.replace('_', " "))),
        place: Some(target.place(file, line, end_line)),
        cwe: report.texts(json, &at, "CweIDs"),
        rating: Rating { word: word(report, json, &at), score, shown, malware, ..Rating::default() },
        at,
        ..Entry::default()
    })
}

/// The score of the source of the severity word, and the one to show where that source gives none.
fn scores(report: &mut NativeReport, json: &Json, at: &str) -> (Option<f64>, Option<f64>) {
    let all = report.object(json, at, "CVSS");
    let source = json.get("SeveritySource").text().unwrap_or_default();
    let of = |scores: &Json| {
        ["V40Score", "V3Score", "V2Score"]
            .iter()
            .find_map(|name| scores.get(name).number().filter(|score| *score > 0.0))
    };
    let highest = || all.properties().iter().filter_map(|(_, scores)| of(scores)).reduce(f64::max);
    let shown = of(all.get("nvd")).or_else(|| of(all.get("ghsa"))).or_else(highest);
    match of(all.get(source)) {
        Some(score) => (Some(score), None),
        // Nobody says which of the scores is right where there is no word, so that the highest is.
        None if json.get("Severity").text().is_none_or(|word| word == "UNKNOWN") => (None, highest()),
        None => (None, shown),
    }
}

/// Where the list of packages says that each is in the file.
fn lines_of_packages(result: &Json) -> BTreeMap<(&str, &str), (u32, u32)> {
    let located = |package: &'_ Json| -> Option<(u32, u32)> {
        let location = package.get("Locations").elements().first()?;
        Some((line(location, "StartLine"), line(location, "EndLine")))
    };
    let packages = result.get("Packages").elements().iter();
    packages
        .filter_map(|package| {
            let name = (package.get("Name").text()?, package.get("Version").text().unwrap_or_default());
            Some((name, located(package)?))
        })
        .collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
fn line(json: &Json, name: &str) -> u32 {
    json.get(name).number().filter(|line| (1.0..=f64::from(u32::MAX)).contains(line)).map_or(0, |line| line as u32)
}

fn read_misconfiguration(report: &mut NativeReport, json: &Json, at: String, target: &Target<'_>) -> Option<Entry> {
    let status = report.text(json, &at, "Status").unwrap_or("FAIL");
    if status == "PASS" {
        report.set_aside += 1;
        return None;
    }
    if !matches!(status, "FAIL" | "EXCEPTION") {
        report.problem(format!("{at}/Status"), format!("found `{status}`, expected `PASS`, `FAIL` or `EXCEPTION`"));
    }
    let other = report.text(json, &at, "AVDID").map(str::to_owned);
    let id = match report.text(json, &at, "ID") {
        Some(id) => id.to_owned(),
        None => other.clone().unwrap_or_else(|| {
            report.problem(format!("{at}/ID"), "found no id, expected that of a check");
            super::UNNAMED.to_owned()
        }),
    };
    let cause = report.object(json, &at, "CauseMetadata");
    let cause_at = format!("{at}/CauseMetadata");
    let (start, end) = (report.position(cause, &cause_at, "StartLine"), report.position(cause, &cause_at, "EndLine"));
    let heading = report.text(json, &at, "Title").map(str::to_owned);
    let message = report.text(json, &at, "Message").map(title);
    let title = match (heading, message) {
        (Some(heading), Some(message)) if heading != message => format!("{heading}: {message}"),
        (heading, message) => heading.or(message).unwrap_or_else(|| id.clone()),
    };
    Some(Entry {
        aliases: other.filter(|other| *other != id).into_iter().collect(),
        id,
        marks: vec!["misconfiguration"],
        title,
        fix: report.text(json, &at, "Resolution").map(super::wire::title),
        place: Some(target.place(None, start, end)),
        rating: Rating { word: word(report, json, &at), ..Rating::default() },
        suppressed: status == "EXCEPTION",
        at,
        ..Entry::default()
    })
}

/// A secret; what matched is not repeated.
fn read_secret(report: &mut NativeReport, json: &Json, at: String, target: &Target<'_>) -> Option<Entry> {
    let id = report.needed(json, &at, "RuleID").unwrap_or(super::UNNAMED);
    let words = report.text(json, &at, "Title").or_else(|| json.get("Category").text());
    let (start, end) = (report.position(json, &at, "StartLine"), report.position(json, &at, "EndLine"));
    Some(Entry {
        id: id.to_owned(),
        marks: vec!["secret"],
        title: format!("{}: a secret in the file", title(words.unwrap_or(id))),
        place: Some(target.place(None, start, end)),
        rating: Rating { word: word(report, json, &at), ..Rating::default() },
        at,
        ..Entry::default()
    })
}

fn read_licence(report: &mut NativeReport, json: &Json, at: String, target: &Target<'_>) -> Option<Entry> {
    let licence = report.needed(json, &at, "Name").unwrap_or("unnamed licence");
    let name = report.text(json, &at, "PkgName").unwrap_or_default();
    let file = report.text(json, &at, "FilePath");
    let category = report.text(json, &at, "Category").unwrap_or("unknown");
    Some(Entry {
        id: format!("{name}:{licence}"),
        marks: vec!["licence"],
        title: format!("licence {licence} is in the category {category}"),
        package: (!name.is_empty()).then(|| package(target.kind, name, None)),
        place: Some(target.place(file, 0, 0)),
        rating: Rating { word: word(report, json, &at), ..Rating::default() },
        at,
        ..Entry::default()
    })
}
