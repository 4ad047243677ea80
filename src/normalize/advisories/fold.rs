//! Advisories of one fault under several ids, as one.

use std::collections::{BTreeMap, BTreeSet};

use super::severity;
use crate::evidence::{Advisory, AdvisoryKind, Ecosystem, Presence};
use crate::normalize::dependencies::purl;
use crate::versions;

/// Makes one advisory of all that name each other, in one package and manifest; the result is in canonical order.
///
/// Ids and aliases are one set, and two advisories that share any of theirs are of one fault, over as many steps as it
/// takes (OSV: aliases are symmetric and transitive). Of the ids, the one of the ecosystem's own database stands for all
/// (RUSTSEC, PYSEC, GO), else a CVE's, MAL's, GHSA's, OSV's, or any other; of two of the same kind the first in byte
/// order. Versions, fixed versions, sources and statements are united, so each version that any source calls affected is.
/// The severity is that of a vector of CVSS 4 before 3 before 2 before a word, and the highest of these. The order of the
/// advisories does not matter, and folding what is folded changes nothing. VEX documents are applied afterwards: a
/// statement is about versions, and these may be more than before.
#[must_use]
pub fn fold(advisories: Vec<Advisory>) -> Vec<Advisory> {
    let mut packages: BTreeMap<(Ecosystem, String, Option<String>), Vec<Advisory>> = BTreeMap::new();
    for advisory in advisories {
        let key = (advisory.ecosystem, advisory.name.clone(), advisory.manifest.clone());
        packages.entry(key).or_default().push(advisory);
    }
    let mut folded: Vec<Advisory> = packages.into_values().flat_map(components).filter_map(one).collect();
    folded.sort();
    folded.dedup();
    folded
}

/// Advisories of one package, grouped by the ids that they share.
fn components(mut advisories: Vec<Advisory>) -> Vec<Vec<Advisory>> {
    advisories.sort();
    advisories.dedup();
    let mut roots: Vec<usize> = (0..advisories.len()).collect();
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, advisory) in advisories.iter().enumerate() {
        for id in std::iter::once(&advisory.id).chain(&advisory.aliases) {
            let other = *first.entry(id).or_insert(index);
            let (left, right) = (root(&mut roots, index), root(&mut roots, other));
            if let Some(slot) = roots.get_mut(left.max(right)) {
                *slot = left.min(right);
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<Advisory>> = BTreeMap::new();
    for (index, advisory) in advisories.into_iter().enumerate() {
        groups.entry(root(&mut roots, index)).or_default().push(advisory);
    }
    groups.into_values().collect()
}

/// The representative of a set; the way to it becomes shorter each time.
fn root(roots: &mut [usize], mut index: usize) -> usize {
    while let Some(parent) = roots.get(index).copied().filter(|parent| *parent != index) {
        let grandparent = roots.get(parent).copied().unwrap_or(parent);
        if let Some(slot) = roots.get_mut(index) {
            *slot = grandparent;
        }
        index = grandparent;
    }
    index
}

fn one(group: Vec<Advisory>) -> Option<Advisory> {
    let ids: BTreeSet<String> =
        group.iter().flat_map(|it| std::iter::once(&it.id).chain(&it.aliases)).cloned().collect();
    let head = group.first()?;
    let (ecosystem, name) = (head.ecosystem, head.name.clone());
    let id = ids.iter().min_by_key(|id| preference(ecosystem, id)).cloned()?;
    let aliases = ids.into_iter().filter(|it| *it != id).collect();
    if let [_] = group.as_slice() {
        return group.into_iter().next().map(|only| tidy(Advisory { id, aliases, ..only }));
    }
    let union = |side: fn(&Advisory) -> &Vec<String>| -> Vec<String> {
        group.iter().flat_map(|it| side(it).iter().cloned()).collect()
    };
    let (before, after) = (union(|it| &it.before), union(|it| &it.after));
    let rated = group.iter().min_by_key(|it| severity::rank(it))?;
    let summaries = group.iter().filter(|it| !it.summary.is_empty());
    let summary = summaries.min_by_key(|it| (preference(ecosystem, &it.id), &it.summary));
    let merged = tidy(Advisory {
        manifest: head.manifest.clone(),
        purl: String::new(),
        id,
        aliases,
        kind: group.iter().map(|it| it.kind).min_by_key(|kind| gravity(*kind))?,
        summary: summary.map(|it| it.summary.clone()).unwrap_or_default(),
        presence: presence(&before, &after).or_else(|| group.iter().map(|it| it.presence).min())?,
        before,
        after,
        severity: rated.severity,
        severity_from: rated.severity_from,
        cvss: rated.cvss.clone(),
        fixed_in: union(|it| &it.fixed_in),
        published: group.iter().filter_map(|it| it.published.clone()).min(),
        sources: union(|it| &it.sources),
        vex: group.iter().flat_map(|it| it.vex.iter().cloned()).collect(),
        ecosystem,
        name,
    });
    let highest = merged.after.last().or(merged.before.last());
    let purl = match highest {
        Some(version) => purl(ecosystem, &merged.name, Some(version)),
        None => group.iter().map(|it| &it.purl).min()?.clone(),
    };
    Some(Advisory { purl, ..merged })
}

/// Every list in its order, and each entry once.
fn tidy(mut advisory: Advisory) -> Advisory {
    let ecosystem = advisory.ecosystem;
    for versions in [&mut advisory.before, &mut advisory.after, &mut advisory.fixed_in] {
        versions::sort(ecosystem, versions);
        versions.dedup();
    }
    advisory.sources.sort();
    advisory.sources.dedup();
    advisory.vex.sort();
    advisory.vex.dedup();
    advisory
}

/// On which side affected versions are; `None` where there are none.
pub(super) fn presence(before: &[String], after: &[String]) -> Option<Presence> {
    match (before.is_empty(), after.is_empty()) {
        (true, true) => None,
        (true, false) => Some(Presence::Introduced),
        (false, false) => Some(Presence::CarriedOver),
        (false, true) => Some(Presence::Fixed),
    }
}

/// The place of an id among those of the same fault; the first stands for all.
fn preference(ecosystem: Ecosystem, id: &str) -> (u8, String) {
    let own = match ecosystem {
        Ecosystem::Cargo => "RUSTSEC",
        Ecosystem::Pypi => "PYSEC",
        Ecosystem::Golang => "GO",
        _ => "",
    };
    let place = match id.split('-').next().unwrap_or_default() {
        prefix if !own.is_empty() && prefix == own => 0,
        "CVE" => 1,
        "MAL" => 2,
        "GHSA" => 3,
        "OSV" => 4,
        _ => 5,
    };
    (place, id.to_owned())
}

/// The worst of several kinds comes first.
const fn gravity(kind: AdvisoryKind) -> u8 {
    match kind {
        AdvisoryKind::Malware => 0,
        AdvisoryKind::Vulnerability => 1,
        AdvisoryKind::Unsound => 2,
        AdvisoryKind::Unmaintained => 3,
        AdvisoryKind::Notice => 4,
    }
}
