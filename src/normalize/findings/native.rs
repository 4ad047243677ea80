//! Entries of scanners' own reports as findings.
//!
//! - A finding without a place, or whose place is no file of the repository, is unmapped; what counts as changed lines
//!   is as for SARIF. One without a line is about its whole file.
//!   One of a tool that names no file although it read a lockfile ([`LOCKFILES`]) is in that lockfile, where the head has
//!   one alone that may be meant, in whatever directory.
//! - Tags of the rule are the other ids of the advisory and marks of what it is.
//! - The package is a package URL with its version and without qualifiers.
//! - The fingerprint is made from tool, id, place and package without its version, so that an update which stays
//!   vulnerable brings nothing new in; where there is no package, from the title.
//! - A report that falls short, or has a problem, is a failed source; the commit that it states itself is a
//!   cross-check, as `versionControlProvenance` is in SARIF.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use packageurl::PackageUrl;
use sha2::{Digest, Sha256};

use super::rating::{UNRATED, rated};
use super::severity::cwe_in;
use crate::collect::input::Report;
use crate::collect::reports::{Entry, MAX_ENTRIES, NativeReport, PackageName};
use crate::evidence::{
    BaselineState, Change, Comparison, Completeness, EvidenceKind, FileStatus, FindingKind, FindingRow,
    FindingsBuilder, Problem, Source, Suppression,
};
use crate::normalize::freshness::{self, words};
use crate::normalize::places::{Ground, Place};

/// Lockfiles of JavaScript packages. Which of its managers made a report can't always be told, so one of them alone has to
/// be there.
const JAVASCRIPT: &[&str] =
    &["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"];

/// What tools read that name no file, by their names.
const LOCKFILES: &[(&str, &[&str])] = &[
    ("npm audit", JAVASCRIPT),
    ("pnpm audit", JAVASCRIPT),
    ("yarn audit", JAVASCRIPT),
    ("cargo-audit", &["Cargo.lock"]),
];

/// The one file of the head that a tool can have read.
fn lockfile(tool: &str, ground: &Ground<'_>) -> Option<Place> {
    let (_, names) = LOCKFILES.iter().find(|(known, _)| *known == tool)?;
    let of_tool = |path: &&String| path.rsplit('/').next().is_some_and(|name| names.contains(&name));
    let mut found = ground.context.head_paths?.iter().filter(of_tool);
    let (Some(path), None) = (found.next(), found.next()) else { return None };
    ground.map(&[path], &[]).pop()
}

/// Adds the findings of all reports, and gives one source for each.
pub(super) fn add(reports: &[Report<NativeReport>], ground: &Ground<'_>, builder: &mut FindingsBuilder) -> Vec<Source> {
    let change = ground.context.change;
    reports
        .iter()
        .map(|report| {
            let mut source = freshness::source(report, EvidenceKind::Findings, change);
            if let Ok(native) = &report.outcome {
                let problems = add_entries(native, ground, builder);
                describe(&mut source, native, problems, report.commit.as_deref(), change);
            }
            source
        })
        .collect()
}

/// What a source says of a report that was read; `rating` are problems that its entries showed only here.
fn describe(source: &mut Source, native: &NativeReport, rating: Vec<Problem>, stated: Option<&str>, change: &Change) {
    source.tool = Some(native.tool.clone());
    source.tool_version.clone_from(&native.version);
    source.items = native.entries.len() as u64;
    source.set_aside = native.set_aside;
    source.problem_count = native.problem_count + rating.len() as u64;
    source.problems.clone_from(&native.problems);
    source.problems.extend(rating);
    source.problems.truncate(Source::MAX_PROBLEMS);
    if let Some(commit) = native.commit.as_deref()
        && let Some(expected) = change.head.as_deref().or(stated)
        && !freshness::names(commit, expected, change)
    {
        let reason = format!("names commit {} as its own, expected {}", words(commit), words(expected));
        source.worsen(Completeness::Stale, reason);
    }
    if let Some(first) = native.shortcomings.first() {
        let more = native.shortcomings.len() - 1;
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        source.worsen(Completeness::Failed, format!("{first}{more}"));
    }
    if let Some(first) = source.problems.first() {
        let (count, at, message) = (source.problem_count, &first.at, &first.message);
        let reason = format!("{count} of its statements could not be taken as they stand: first `{at}`: {message}");
        source.worsen(Completeness::Failed, reason);
    }
    if native.truncated {
        source.worsen(Completeness::Truncated, format!("has more entries than the limit of {MAX_ENTRIES}"));
    }
}

fn add_entries(native: &NativeReport, ground: &Ground<'_>, builder: &mut FindingsBuilder) -> Vec<Problem> {
    let places = places(native, ground);
    let lockfile = lockfile(&native.tool, ground);
    let mut problems = Vec::new();
    for entry in &native.entries {
        let written = entry.place.as_ref();
        let outside = written.filter(|place| place.outside);
        let place = match written {
            Some(place) if outside.is_none() => places.get(place.path.as_str()),
            _ => lockfile.as_ref(),
        };
        let spot = match place {
            Some(Place::Path { path, file, moved }) => {
                let (line, end_line) = written.map_or((0, 0), |place| (place.line, place.end_line.max(place.line)));
                let file = file.and_then(|index| ground.context.files.get(index));
                let on_changed_line = file.is_some_and(|file| {
                    *moved || file.status == FileStatus::Deleted || line == 0 || file.touches(line, end_line)
                });
                Spot { path: Some(path.as_str()), unmapped: None, on_changed_line }
            }
            Some(Place::Unmapped(written)) => Spot::nowhere(written),
            None => Spot::nowhere(outside.map_or("", |place| place.path.as_str())),
        };
        push(native, entry, &spot, builder, &mut problems);
    }
    problems
}

/// Where a finding is.
struct Spot<'p> {
    path: Option<&'p str>,
    unmapped: Option<&'p str>,
    on_changed_line: bool,
}

impl<'p> Spot<'p> {
    const fn nowhere(written: &'p str) -> Self {
        Self { path: None, unmapped: Some(written), on_changed_line: true }
    }
}

/// The places of all paths that may be of the repository, each once.
fn places<'a>(native: &'a NativeReport, ground: &Ground<'_>) -> BTreeMap<&'a str, Place> {
    let written = native.entries.iter().filter_map(|entry| entry.place.as_ref()).filter(|place| !place.outside);
    let mut paths: Vec<&str> = written.map(|place| place.path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    let places = ground.map(&paths, &[]);
    paths.into_iter().zip(places).collect()
}

fn push(
    native: &NativeReport,
    entry: &Entry,
    spot: &Spot<'_>,
    builder: &mut FindingsBuilder,
    problems: &mut Vec<Problem>,
) {
    let rated = rated(&entry.rating, |message| problems.push(Problem { at: entry.at.clone(), message }));
    let mut tags: Vec<&str> = entry.aliases.iter().map(String::as_str).filter(|alias| *alias != entry.id).collect();
    tags.extend(&entry.marks);
    if rated.unrated {
        tags.push(UNRATED);
    }
    let rule = builder.rule(&native.tool, native.version.as_deref(), &entry.id, None, &tags);
    let package = entry.package.as_ref().map(|package| purl(package, true));
    let mut cwe: Vec<u32> = entry.cwe.iter().flat_map(|text| cwe_in(text)).filter(|number| *number > 0).collect();
    cwe.sort_unstable();
    cwe.dedup();
    let written = entry.place.as_ref();
    let line = written.map_or(0, |place| place.line);
    builder.push(&FindingRow {
        rule,
        kind: if entry.open { FindingKind::Open } else { FindingKind::Fail },
        level: rated.level,
        severity: rated.severity,
        severity_from: rated.from,
        score: rated.score,
        message: &message(entry),
        path: spot.path,
        unmapped: spot.unmapped,
        line,
        end_line: if line == 0 { 0 } else { written.map_or(line, |place| place.end_line.max(line)) },
        column: if line == 0 { 0 } else { written.map_or(0, |place| place.column) },
        cwe: &cwe,
        package: package.as_deref(),
        fingerprint: fingerprint(&native.tool, entry, spot),
        suppression: if entry.suppressed { Suppression::External } else { Suppression::No },
        baseline_state: BaselineState::Unstated,
        on_changed_line: spot.on_changed_line,
        compared: Comparison::Unknown,
    });
}

/// Package, version, what it is, and what fixes it.
fn message(entry: &Entry) -> String {
    let mut message = String::new();
    if let Some(package) = &entry.package {
        message.push_str(&package.name);
        if let Some(version) = &package.version {
            message.push(' ');
            message.push_str(version);
        }
        message.push_str(": ");
    }
    message.push_str(&entry.title);
    if let Some(fix) = &entry.fix {
        message.push_str(" (");
        message.push_str(fix);
        message.push(')');
    }
    message
}

/// The finding's identity: the first 128 bits of a SHA-256.
fn fingerprint(tool: &str, entry: &Entry, spot: &Spot<'_>) -> u128 {
    let of = entry.package.as_ref().map_or_else(|| entry.title.clone(), |package| purl(package, false));
    let mut hash = Sha256::new();
    for part in [tool, &entry.id, spot.path.or(spot.unmapped).unwrap_or(""), &of] {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize().iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

/// The package URL of a package: the tool's own in its canonical spelling and without qualifiers, else one from its
/// name.
fn purl(package: &PackageName, with_version: bool) -> String {
    let written = package.purl.as_deref().and_then(|purl| PackageUrl::from_str(purl).ok());
    let version = written.as_ref().and_then(|purl| purl.version()).or(package.version.as_deref());
    let version = version.filter(|_| with_version);
    let (kind, namespace, name) = match &written {
        Some(purl) => (purl.ty(), purl.namespace(), purl.name()),
        None => {
            let kind = package.kind.unwrap_or("generic");
            let (namespace, name) = split(kind, &package.name);
            (kind, package.namespace.or(namespace), name)
        }
    };
    let build = || -> packageurl::Result<String> {
        let mut purl = PackageUrl::new(kind, name)?;
        if let Some(namespace) = namespace.filter(|namespace| !namespace.is_empty()) {
            purl.with_namespace(namespace)?;
        }
        if let Some(version) = version {
            purl.with_version(version)?;
        }
        Ok(purl.to_string())
    };
    build().unwrap_or_else(|_| {
        let escaped = percent_encoding::utf8_percent_encode(&package.name, percent_encoding::NON_ALPHANUMERIC);
        format!("pkg:generic/{escaped}")
    })
}

/// Namespace and name, which ecosystems write as one.
fn split<'n>(kind: &str, name: &'n str) -> (Option<&'n str>, &'n str) {
    let separator = if kind == "maven" { ':' } else { '/' };
    match name.rsplit_once(separator) {
        Some((namespace, last)) if !last.is_empty() => (Some(namespace), last),
        _ => (None, name),
    }
}

#[cfg(test)]
mod tests {
    use super::purl;
    use crate::collect::reports::PackageName;

    #[test]
    fn packages_have_the_urls_of_their_ecosystems() {
        let of = |kind, name: &str| {
            let version = Some("1.0".to_owned());
            purl(&PackageName { kind, name: name.to_owned(), version, ..PackageName::default() }, true)
        };
        assert_eq!(of(Some("npm"), "@babel/core"), "pkg:npm/%40babel/core@1.0");
        assert_eq!(of(Some("maven"), "org.apache:commons"), "pkg:maven/org.apache/commons@1.0");
        assert_eq!(of(Some("golang"), "github.com/a/b"), "pkg:golang/github.com/a/b@1.0");
        assert_eq!(of(Some("composer"), "symfony/yaml"), "pkg:composer/symfony/yaml@1.0");
        assert_eq!(of(Some("pypi"), "Django"), "pkg:pypi/django@1.0");
        assert_eq!(of(None, "x"), "pkg:generic/x@1.0");
        assert!(of(Some("npm"), "").starts_with("pkg:generic/"));
    }

    #[test]
    fn the_tool_s_own_package_url_counts_without_its_qualifiers() {
        let written = "pkg:deb/debian/libc6@2.28-10?arch=amd64&distro=debian-10".to_owned();
        let package = PackageName { purl: Some(written), name: "libc6".to_owned(), ..PackageName::default() };
        assert_eq!(purl(&package, true), "pkg:deb/debian/libc6@2.28-10");
        assert_eq!(purl(&package, false), "pkg:deb/debian/libc6");
        let broken = PackageName { purl: Some("libc6".to_owned()), ..package };
        assert_eq!(purl(&broken, true), "pkg:generic/libc6");
    }
}
