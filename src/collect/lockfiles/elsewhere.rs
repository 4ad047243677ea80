//! What other lockfiles than the changed ones say of packages: which names and hosts were in use before, and from where
//! else a package comes. It is looked up only for ecosystems in which something appears that was not there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, LockedPackage, LockedSet, LockfilePair, format_of, parse};
use crate::collect::snapshot::{Side, Snapshot};
use crate::evidence::{Ecosystem, PackageSource, SourceKind};

/// What is known of an ecosystem besides the changed lockfiles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// Hosts that its packages came from before the change, in any lockfile.
    pub hosts: BTreeSet<String>,
    /// Names of its packages in use before the change, in any lockfile.
    pub names: BTreeSet<String>,
    /// Of packages that are new, or come from another place than before, somewhere in the change: the places that they come
    /// from in lockfiles that did not change.
    pub places: BTreeMap<String, BTreeSet<PackageSource>>,
}

impl Elsewhere {
    fn add(&mut self, package: &LockedPackage) {
        self.hosts.extend(package.sources.iter().filter_map(|source| source.host.clone()));
        if !self.names.contains(&package.name) {
            self.names.insert(package.name.clone());
        }
    }
}

/// `read`: paths of the side before that the pairs hold already.
pub(super) fn elsewhere(
    pairs: &[LockfilePair],
    read: &BTreeSet<String>,
    snapshot: &dyn Snapshot,
) -> BTreeMap<Ecosystem, Elsewhere> {
    let wanted = wanted(pairs);
    let mut known: BTreeMap<Ecosystem, Elsewhere> =
        wanted.keys().map(|ecosystem| (*ecosystem, Elsewhere::default())).collect();
    if known.is_empty() {
        return known;
    }
    for set in pairs.iter().filter_map(|pair| pair.before.as_ref().ok()) {
        for package in &set.packages {
            if let Some(known) = known.get_mut(&package.ecosystem) {
                known.add(package);
            }
        }
    }
    // Where they can't be listed every host of the change is new, which is the safe side.
    for path in snapshot.paths(Side::Before).unwrap_or_default() {
        let Some(format) = format_of(&path).filter(|format| wanted.contains_key(&format.ecosystem())) else { continue };
        if read.contains(&path) {
            continue;
        }
        let context = Context { path: &path, side: Side::Before, snapshot };
        let Ok(Some(bytes)) = context.read(&path) else { continue };
        let Ok(set) = parse(format, &bytes, &context) else { continue };
        for package in set.packages {
            let (Some(known), Some(names)) = (known.get_mut(&package.ecosystem), wanted.get(&package.ecosystem)) else {
                continue;
            };
            known.add(&package);
            if let (true, Some(place)) = (names.contains(package.name.as_str()), package.sources.into_iter().next()) {
                known.places.entry(package.name).or_default().insert(place);
            }
        }
    }
    known
}

/// Names of packages that are new in a lockfile or come from another place than before, by ecosystem.
fn wanted(pairs: &[LockfilePair]) -> BTreeMap<Ecosystem, BTreeSet<&str>> {
    let mut wanted: BTreeMap<Ecosystem, BTreeSet<&str>> = BTreeMap::new();
    for pair in pairs {
        let (Ok(before), Ok(after)) = (&pair.before, &pair.after) else { continue };
        let old = places(before);
        for ((ecosystem, name), _) in places(after).difference(&old) {
            wanted.entry(*ecosystem).or_default().insert(name);
        }
    }
    wanted
}

/// Each package with the kind and the host of each place that it comes from.
fn places(set: &LockedSet) -> BTreeSet<Place<'_>> {
    let mut all = BTreeSet::new();
    for package in &set.packages {
        let name = (package.ecosystem, package.name.as_str());
        if package.sources.is_empty() {
            all.insert((name, None));
        }
        all.extend(package.sources.iter().map(|place| (name, Some((place.kind, place.host.as_deref())))));
    }
    all
}

type Place<'a> = ((Ecosystem, &'a str), Option<(SourceKind, Option<&'a str>)>);
