//! Where packages come from: across lockfiles, and across managers that write down different things about the same place.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::lockfiles::{LockedPackage, LockfileInputs, contradict};
use crate::evidence::{DependencyChange, Ecosystem, PackageSource, SourceKind};

/// What tells two places apart: the kind and the host. Where in there a package lies differs by version and by manager.
type Place<'a> = (SourceKind, Option<&'a str>);

fn place(source: &PackageSource) -> Place<'_> {
    (source.kind, source.host.as_deref())
}

/// Says of each changed package from where else one of its name comes after the change: elsewhere in its own lockfile, in
/// another one of the change, or in one that did not change. The first place that a lockfile names for a package is where it
/// comes from; others that follow are where its archives lie.
pub(super) fn tell(changes: &mut [DependencyChange], inputs: &LockfileInputs) {
    let mut held: BTreeMap<(Ecosystem, &str), BTreeSet<&PackageSource>> =
        changes.iter().map(|change| ((change.ecosystem, change.name.as_str()), BTreeSet::new())).collect();
    for set in inputs.pairs.iter().filter_map(|pair| pair.after.as_ref().ok()) {
        for package in &set.packages {
            if let (Some(places), Some(first)) =
                (held.get_mut(&(package.ecosystem, package.name.as_str())), package.sources.first())
            {
                places.insert(first);
            }
        }
    }
    for ((ecosystem, name), places) in &mut held {
        let elsewhere = inputs.elsewhere.get(ecosystem).and_then(|known| known.places.get(*name));
        places.extend(elsewhere.into_iter().flatten());
    }
    let others: Vec<Vec<PackageSource>> = changes.iter().map(|change| others(change, &held)).collect();
    for (change, others) in changes.iter_mut().zip(others) {
        change.other_sources = others;
    }
}

fn others(
    change: &DependencyChange,
    held: &BTreeMap<(Ecosystem, &str), BTreeSet<&PackageSource>>,
) -> Vec<PackageSource> {
    let known = held.get(&(change.ecosystem, change.name.as_str()));
    // A package that is gone, and one that is part of the repository, come from nowhere.
    let mut places: BTreeMap<Place<'_>, &PackageSource> = BTreeMap::new();
    for source in known.into_iter().flatten().filter(|source| source.kind != SourceKind::Unknown) {
        places.entry(place(source)).or_insert(source);
    }
    // A lockfile that does not say the host of a registry says nothing against one that does.
    if places.keys().filter(|(kind, _)| *kind == SourceKind::Registry).count() > 1 {
        places.remove(&(SourceKind::Registry, None));
    }
    if change.after.is_empty() || places.len() < 2 {
        return Vec::new();
    }
    let before: BTreeSet<Place<'_>> = change.sources_before.iter().map(place).collect();
    let own: BTreeSet<Place<'_>> = change.sources_after.iter().map(place).collect();
    // Its own place is the one that it had, or else the first.
    let home = places
        .keys()
        .find(|found| before.contains(*found))
        .or_else(|| places.keys().find(|found| own.contains(*found)).or_else(|| places.keys().next()));
    let home = home.copied();
    places.iter().filter(|(found, _)| Some(**found) != home).map(|(_, source)| (*source).clone()).collect()
}

/// Whether two managers' lockfiles hold different content of one package. They agree on versions; of where a package comes
/// from and of checksums each writes down something else, so only what both write can differ.
pub(super) fn differ_loosely(before: &[&LockedPackage], after: &[&LockedPackage]) -> bool {
    let versions = |packages: &[&LockedPackage]| -> BTreeSet<String> {
        packages.iter().map(|package| package.version.clone()).collect()
    };
    if versions(before) != versions(after) {
        return true;
    }
    before.iter().any(|old| after.iter().any(|new| old.version == new.version && other_content(old, new)))
}

fn other_content(old: &LockedPackage, new: &LockedPackage) -> bool {
    let loses = !old.integrity.is_empty() && new.integrity.is_empty();
    let places = match (old.sources.first(), new.sources.first()) {
        (Some(old), Some(new)) => other_place(old, new),
        _ => false,
    };
    loses || places || contradict(&old.integrity, &new.integrity)
}

fn other_place(old: &PackageSource, new: &PackageSource) -> bool {
    if old.kind == SourceKind::Unknown || new.kind == SourceKind::Unknown {
        return false;
    }
    let hosts = old.host.as_deref().zip(new.host.as_deref());
    old.kind != new.kind || hosts.is_some_and(|(old, new)| registry(old) != registry(new))
}

/// Yarn's own name for npm's registry, which answers for it.
fn registry(host: &str) -> &str {
    if host == "registry.yarnpkg.com" { "registry.npmjs.org" } else { host }
}
