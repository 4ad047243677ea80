//! Vulnerabilities that dependency reviews state, as advisories.

use std::collections::{BTreeMap, BTreeSet};

use super::ground::Ground;
use super::purl;
use super::statements::{Statements, review_source};
use crate::evidence::{Advisory, AdvisorySeverityFrom, Change, Ecosystem, EvidenceKind, Presence, Severity, Source};
use crate::versions;

#[derive(Default)]
struct Found {
    before: BTreeSet<String>,
    after: BTreeSet<String>,
    summary: Option<String>,
    severity: Option<Severity>,
    sources: BTreeSet<String>,
}

/// Each advisory once in each manifest, and one source for each review.
///
/// It is introduced where a version that came has it and none that went did; where only one that went had it, it is fixed.
pub(super) fn advisories(
    statements: &Statements<'_>,
    ground: &Ground,
    change: &Change,
) -> (Vec<Advisory>, Vec<Source>) {
    let mut found: BTreeMap<(Ecosystem, &str, Option<&str>, &str), Found> = BTreeMap::new();
    let mut sources = Vec::new();
    for report in statements.reviews {
        let mut source = review_source(report, EvidenceKind::Advisories, change);
        source.items = 0;
        for entry in report.outcome.iter().flat_map(|review| &review.changes) {
            source.items += entry.vulnerabilities.len() as u64;
            for vulnerability in &entry.vulnerabilities {
                let key = (entry.ecosystem, entry.name.as_str(), entry.manifest.as_deref(), vulnerability.id.as_str());
                let found = found.entry(key).or_default();
                let side = if entry.added { &mut found.after } else { &mut found.before };
                side.insert(entry.version.clone());
                let summary = Some(vulnerability.summary.clone()).filter(|summary| !summary.is_empty());
                found.summary = found.summary.take().into_iter().chain(summary).min();
                found.severity = found.severity.max(vulnerability.severity);
                found.sources.insert(report.path.clone());
            }
        }
        sources.push(source);
    }
    let mut advisories: Vec<Advisory> = found.into_iter().map(|(key, found)| advisory(key, found, ground)).collect();
    advisories.sort();
    sources.sort();
    (advisories, sources)
}

fn advisory(
    (ecosystem, name, manifest, id): (Ecosystem, &str, Option<&str>, &str),
    found: Found,
    ground: &Ground,
) -> Advisory {
    let ordered = |side: BTreeSet<String>| {
        let mut side: Vec<String> = side.into_iter().collect();
        versions::sort(ecosystem, &mut side);
        side
    };
    let (before, after) = (ordered(found.before), ordered(found.after));
    let presence = match (before.is_empty(), after.is_empty()) {
        (_, true) => Presence::Fixed,
        (true, false) => Presence::Introduced,
        (false, false) => Presence::CarriedOver,
    };
    // The lockfile that the manifest stands for, where it has those very versions: databases name it, too.
    let mut name = name.to_owned();
    let mut place = manifest.map(str::to_owned);
    if let [home] = ground.homes(manifest, ecosystem).as_slice() {
        let sides = ground.sides_in(home, ecosystem, &name);
        let has_all =
            before.iter().all(|it| sides.before.contains(it)) && after.iter().all(|it| sides.after.contains(it));
        if has_all {
            (name, place) = (sides.name, Some(home.clone()));
        }
    }
    let purl = purl(ecosystem, &name, after.last().or(before.last()).map(String::as_str));
    Advisory {
        manifest: place,
        summary: found.summary.unwrap_or_default(),
        presence,
        severity: found.severity,
        severity_from: found.severity.map(|_| AdvisorySeverityFrom::Database),
        sources: found.sources.into_iter().collect(),
        before,
        after,
        ..Advisory::at(ecosystem, name, purl, id)
    }
}
