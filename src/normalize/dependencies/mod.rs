//! Locked packages of both sides to changed packages; pure, and silent about nothing that could not be read.
//!
//! A package changed where its set of (version, source) is another one, or where one version from one place has other
//! checksums than it had. How often a version is locked, what it is used for and how its checksums are written are no
//! change of a package.

mod ground;
mod lookalike;
mod merge;
mod places;
mod statements;
mod vulnerabilities;

pub(super) use ground::{key, same_version};
pub use merge::{Merged, merge};
pub use statements::{Locked, SbomPair, Statements};
pub(super) use statements::{pair_sources, review_source};

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use packageurl::PackageUrl;

use crate::collect::lockfiles::{
    Elsewhere, LockedPackage, LockedSet, LockfileError, LockfileInputs, LockfilePair, contradict,
};
use crate::evidence::{
    DependencyChange, DependencyChangeKind, DependencyOrigin, DependencyScope, Directness, Ecosystem, EvidenceKind,
    Integrity, Jump, PackageSource, Pin, Source, SourceKind,
};
use crate::versions::{self, Version};

/// Changed packages, and one source for each lockfile and each unresolved manifest, both in their canonical order.
///
/// Where no lockfile and no manifest changed there is one complete source without items. A lockfile of which one side
/// could not be read gives a source that is not complete, and no items.
#[must_use]
pub fn dependencies(inputs: &LockfileInputs) -> (Vec<DependencyChange>, Vec<Source>) {
    let (mut changes, mut sources) = (Vec::new(), Vec::new());
    for pair in &inputs.pairs {
        let (found, source) = compare(pair, inputs);
        changes.extend(found);
        sources.push(source);
    }
    lookalike::tell(&mut changes, inputs);
    places::tell(&mut changes, inputs);
    for unresolved in &inputs.unresolved {
        let completeness = crate::evidence::Completeness::Failed;
        let source = Source::incomplete(EvidenceKind::Dependencies, completeness, unresolved.reason.clone());
        sources.push(if unresolved.path.is_empty() { source } else { source.at(unresolved.path.clone()) });
    }
    if sources.is_empty() {
        sources.push(Source::complete(EvidenceKind::Dependencies));
    }
    changes.sort();
    sources.sort();
    (changes, sources)
}

/// The versions of one package on both sides, in one place, whether they changed or not: what is looked up of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackageSides {
    /// Where packages of its kind come from.
    pub ecosystem: Ecosystem,
    /// The name as its ecosystem normalizes it.
    pub name: String,
    /// The lockfile or manifest that has it; `None` where none does.
    pub manifest: Option<String>,
    /// Versions before, in the ecosystem's order.
    pub before: Vec<String>,
    /// Versions after, in the ecosystem's order.
    pub after: Vec<String>,
}

/// Every package of every lockfile that the change concerns, in byte order; a lockfile of which one side could not be read
/// has none.
#[must_use]
pub fn packages(inputs: &LockfileInputs) -> Vec<PackageSides> {
    let mut packages = Vec::new();
    for pair in &inputs.pairs {
        let (Ok(before), Ok(after)) = (&pair.before, &pair.after) else { continue };
        let (before, after) = (by_name(before), by_name(after));
        let keys: BTreeSet<Key<'_>> = before.keys().chain(after.keys()).copied().collect();
        packages.extend(keys.into_iter().map(|key @ (ecosystem, name)| {
            let of = |side: &ByName<'_>| side.get(&key).map(|held| versions(ecosystem, held)).unwrap_or_default();
            PackageSides {
                ecosystem,
                name: name.to_owned(),
                manifest: Some(pair.path.clone()),
                before: of(&before),
                after: of(&after),
            }
        }));
    }
    packages.sort();
    packages
}

fn compare(pair: &LockfilePair, inputs: &LockfileInputs) -> (Vec<DependencyChange>, Source) {
    let mut source = Source::complete(EvidenceKind::Dependencies).at(pair.path.clone());
    source.sha256.clone_from(&pair.sha256);
    let (before, after) = match (&pair.before, &pair.after) {
        (Ok(before), Ok(after)) => (before, after),
        (before, after) => {
            // What is wrong now comes first: that is what can be mended.
            for (error, when) in [(after.as_ref().err(), ""), (before.as_ref().err(), "before the change: ")] {
                if let Some(error) = error {
                    source.worsen(error.completeness, reason(error, &pair.path, when));
                }
            }
            return (Vec::new(), source);
        }
    };
    let recorded = [before, after].iter().any(|set| set.packages.iter().any(|package| !package.integrity.is_empty()));
    let (before_by_name, after_by_name) = (by_name(before), by_name(after));
    let names: BTreeSet<Key<'_>> = before_by_name.keys().chain(after_by_name.keys()).copied().collect();
    let none = Vec::new();
    let mut changes = Vec::new();
    let mut known = BTreeMap::new();
    for key @ (ecosystem, _) in names {
        let old = before_by_name.get(&key).unwrap_or(&none);
        let new = after_by_name.get(&key).unwrap_or(&none);
        let other = if pair.switched { places::differ_loosely(old, new) } else { differ(old, new) };
        if other {
            let hosts = known
                .entry(ecosystem)
                .or_insert_with(|| known_hosts(before, ecosystem, inputs.elsewhere.get(&ecosystem)));
            changes.push(change(&pair.path, key, [old, new], hosts, recorded));
        }
    }
    source.items = changes.len() as u64;
    for problem in &after.problems {
        source.problem(problem.at.clone(), problem.message.clone());
    }
    if let (Some(partial), false) = (after.partial.as_ref().or(before.partial.as_ref()), changes.is_empty()) {
        source.worsen(crate::evidence::Completeness::Truncated, partial.clone());
    }
    (changes, source)
}

/// `path:line: message`, the path being that of the file that is wrong.
fn reason(error: &LockfileError, path: &str, when: &str) -> String {
    let path = error.path.as_deref().unwrap_or(path);
    let line = error.line.map_or(String::new(), |line| format!(":{line}"));
    format!("{path}{line}: {when}{}", error.message)
}

/// A package, whatever its version.
type Key<'a> = (Ecosystem, &'a str);
type ByName<'a> = BTreeMap<Key<'a>, Vec<&'a LockedPackage>>;

fn by_name(set: &LockedSet) -> ByName<'_> {
    let mut packages = ByName::new();
    for package in &set.packages {
        packages.entry((package.ecosystem, package.name.as_str())).or_default().push(package);
    }
    packages
}

fn known_hosts<'a>(before: &'a LockedSet, ecosystem: Ecosystem, elsewhere: Option<&'a Elsewhere>) -> BTreeSet<&'a str> {
    let packages = before.packages.iter().filter(|package| package.ecosystem == ecosystem);
    let own = packages.flat_map(|package| &package.sources).filter_map(|source| source.host.as_deref());
    own.chain(elsewhere.into_iter().flat_map(|known| &known.hosts).map(String::as_str)).collect()
}

fn differ(before: &[&LockedPackage], after: &[&LockedPackage]) -> bool {
    let npm = before.iter().chain(after).any(|package| package.ecosystem == Ecosystem::Npm);
    let (before, after) = (contents(before), contents(after));
    // Without its checksums, or with weaker ones, a version may become anything: that is another lock.
    let other = |old: &[String], new: &[String]| {
        contradict(old, new) || exchanged(old, new) || strength(new) < strength(old) || (npm && joined(old, new))
    };
    !before.keys().eq(after.keys()) || before.iter().any(|(key, old)| after.get(key).is_some_and(|new| other(old, new)))
}

/// How hard it is to make other content with the same digest, for the best of some digests.
fn strength(digests: &[String]) -> u8 {
    let of = |digest: &String| match digest.split(':').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "sha512" | "sha384" | "sha256" | "blake2b" | "blake3" | "h1" => 3,
        algorithm if algorithm.starts_with("yarn-cache-") => 3,
        "sha1" => 2,
        _ => 1,
    };
    digests.iter().map(of).max().unwrap_or(0)
}

/// Whether a digest came beside another of the same algorithm. npm takes content that has either.
fn joined(old: &[String], new: &[String]) -> bool {
    let algorithm = |digest: &str| digest.split(':').next().unwrap_or_default().to_owned();
    let known: BTreeSet<String> = old.iter().map(|digest| algorithm(digest)).collect();
    new.iter().any(|digest| !old.contains(digest) && known.contains(&algorithm(digest)))
}

/// Whether digests went and others of the same algorithm came: an archive may be added to a version, and none becomes another.
fn exchanged(old: &[String], new: &[String]) -> bool {
    let algorithm = |digest: &str| digest.split(':').next().unwrap_or_default().to_owned();
    let lost: BTreeSet<String> =
        old.iter().filter(|digest| !new.contains(digest)).map(|digest| algorithm(digest)).collect();
    new.iter().filter(|digest| !old.contains(digest)).any(|digest| lost.contains(&algorithm(digest)))
}

/// Checksums of each version from each place.
fn contents<'a>(packages: &[&'a LockedPackage]) -> BTreeMap<(&'a str, &'a [PackageSource]), Vec<String>> {
    let mut contents: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for package in packages {
        let key = (package.version.as_str(), package.sources.as_slice());
        contents.entry(key).or_default().extend(package.integrity.iter().cloned());
    }
    for integrity in contents.values_mut() {
        integrity.sort();
        integrity.dedup();
    }
    contents
}

fn change(
    manifest: &str,
    (ecosystem, name): Key<'_>,
    [before, after]: [&[&LockedPackage]; 2],
    known: &BTreeSet<&str>,
    recorded: bool,
) -> DependencyChange {
    let (versions_before, versions_after) = (versions(ecosystem, before), versions(ecosystem, after));
    let (kind, mut jump) = movement(ecosystem, versions_before.last(), versions_after.last());
    if jump.is_some() && incomparable(ecosystem, &versions_before, &versions_after) {
        jump = Some(Jump::Unknown);
    }
    let current = if after.is_empty() { before } else { after };
    let sources_after = sources(after);
    let hosts: BTreeSet<&str> = sources_after.iter().filter_map(|source| source.host.as_deref()).collect();
    let purl = purl(ecosystem, name, versions_after.last().or(versions_before.last()).map(String::as_str));
    DependencyChange {
        manifest: Some(manifest.to_owned()),
        change: kind,
        jump,
        directness: directness(current),
        scope: scope(current),
        sources_before: sources(before),
        new_hosts: hosts.into_iter().filter(|host| !known.contains(host)).map(str::to_owned).collect(),
        sources_after,
        before: versions_before,
        after: versions_after,
        pin: current.iter().map(|package| pin(package)).max().unwrap_or(Pin::Unknown),
        integrity: integrity(current, recorded),
        deprecated: after.iter().filter_map(|package| package.deprecated.clone()).min(),
        stated_by: vec![DependencyOrigin::Lockfile],
        ..DependencyChange::at(ecosystem, name, purl)
    }
}

/// Each version once, in the ecosystem's order.
fn versions(ecosystem: Ecosystem, packages: &[&LockedPackage]) -> Vec<String> {
    let unique: BTreeSet<&String> = packages.iter().map(|package| &package.version).collect();
    let mut versions: Vec<String> = unique.into_iter().cloned().collect();
    versions::sort(ecosystem, &mut versions);
    versions
}

fn sources(packages: &[&LockedPackage]) -> Vec<PackageSource> {
    let unique: BTreeSet<&PackageSource> = packages.iter().flat_map(|package| &package.sources).collect();
    unique.into_iter().cloned().collect()
}

/// Whether a version came or went that can't be compared with the highest, be it the highest or not.
fn incomparable(ecosystem: Ecosystem, before: &[String], after: &[String]) -> bool {
    let highest = [before.last(), after.last()].into_iter().flatten();
    let highest: Vec<Version> = highest.map(|version| Version::parse(ecosystem, version)).collect();
    let moved =
        before.iter().filter(|old| !after.contains(old)).chain(after.iter().filter(|new| !before.contains(new)));
    moved.map(|version| Version::parse(ecosystem, version)).any(|moved| {
        // What has no order has none with itself.
        highest.iter().any(|highest| moved.order(highest).is_none())
    })
}

/// What happened to the highest version, and how far it moved.
fn movement(
    ecosystem: Ecosystem,
    before: Option<&String>,
    after: Option<&String>,
) -> (DependencyChangeKind, Option<Jump>) {
    let (before, after) = match (before, after) {
        (None, _) => return (DependencyChangeKind::Added, None),
        (Some(_), None) => return (DependencyChangeKind::Removed, None),
        (Some(before), Some(after)) => (before, after),
    };
    if before == after {
        return (DependencyChangeKind::Changed, Some(Jump::None));
    }
    let (old, new) = (Version::parse(ecosystem, before), Version::parse(ecosystem, after));
    let kind = match old.order(&new) {
        Some(Ordering::Less) => DependencyChangeKind::Upgraded,
        Some(Ordering::Greater) => DependencyChangeKind::Downgraded,
        Some(Ordering::Equal) | None => DependencyChangeKind::Changed,
    };
    (kind, Some(old.jump(&new)))
}

/// Direct where any entry is; what is not known outweighs what is transitive.
fn directness(packages: &[&LockedPackage]) -> Directness {
    let any = |wanted| packages.iter().any(|package| package.directness == wanted);
    if any(Directness::Direct) {
        Directness::Direct
    } else if any(Directness::Unknown) {
        Directness::Unknown
    } else {
        Directness::Transitive
    }
}

/// Runtime where any entry is; what is not known outweighs what is for development.
fn scope(packages: &[&LockedPackage]) -> DependencyScope {
    let any = |wanted| packages.iter().any(|package| package.scope == wanted);
    if any(DependencyScope::Runtime) {
        DependencyScope::Runtime
    } else if any(DependencyScope::Unknown) {
        DependencyScope::Unknown
    } else {
        DependencyScope::Development
    }
}

/// What a package is held to: by the format's own word, or else by its checksums and where it comes from.
fn pin(package: &LockedPackage) -> Pin {
    if let Some(pin) = package.pin {
        return pin;
    }
    if !package.integrity.is_empty() {
        return Pin::Content;
    }
    let of_source = |source: &PackageSource| match source.kind {
        SourceKind::Git => match source.location.as_deref().is_some_and(names_commit) {
            true => Pin::Content,
            false => Pin::Floating,
        },
        SourceKind::Registry => Pin::Version,
        SourceKind::Url => Pin::Floating,
        // What lies in the repository is part of the change; what lies beside it can be anything.
        SourceKind::Path | SourceKind::Unknown => Pin::Unknown,
    };
    package.sources.iter().map(of_source).max().unwrap_or(Pin::Version)
}

/// Whether an address ends in the id of a commit.
fn names_commit(location: &str) -> bool {
    let id = location.rsplit(['#', '@', '=']).next().unwrap_or_default();
    matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether all that is fetched for a package has checksums; `recorded`: whether its lockfile has any at all.
fn integrity(packages: &[&LockedPackage], recorded: bool) -> Integrity {
    let fetched = |package: &&&LockedPackage| {
        package.sources.iter().any(|source| matches!(source.kind, SourceKind::Registry | SourceKind::Url))
    };
    let fetched: Vec<_> = packages.iter().filter(fetched).collect();
    match (fetched.is_empty(), fetched.iter().all(|package| !package.integrity.is_empty())) {
        (true, _) => Integrity::Unrecorded,
        (false, true) => Integrity::Present,
        (false, false) if recorded => Integrity::Absent,
        (false, false) => Integrity::Unrecorded,
    }
}

/// The package URL, by its specification: a scope or the path before the last part is the namespace.
pub(crate) fn purl(ecosystem: Ecosystem, name: &str, version: Option<&str>) -> String {
    use crate::evidence::Word;
    let (namespace, last) = match ecosystem {
        Ecosystem::Maven => name.split_once(':').map_or((None, name), |(group, artifact)| (Some(group), artifact)),
        Ecosystem::Npm | Ecosystem::Golang | Ecosystem::Composer | Ecosystem::Github | Ecosystem::Docker => {
            name.rsplit_once('/').map_or((None, name), |(namespace, last)| (Some(namespace), last))
        }
        _ => (None, name),
    };
    let build = || -> packageurl::Result<String> {
        let mut purl = PackageUrl::new(ecosystem.as_str(), last)?;
        if let Some(namespace) = namespace {
            purl.with_namespace(namespace)?;
        }
        if let Some(version) = version {
            purl.with_version(version)?;
        }
        Ok(purl.to_string())
    };
    // A name that the specification refuses is one that nothing else will find either.
    build().unwrap_or_else(|_| format!("pkg:{}/{}", ecosystem.as_str(), escaped(name)))
}

fn escaped(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::incomparable;
    use crate::evidence::Ecosystem;

    #[test]
    fn a_moved_tag_of_another_variant_than_the_highest_can_t_be_compared() {
        let sides = |before: &[&str], after: &[&str]| {
            let texts = |side: &[&str]| side.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            incomparable(Ecosystem::Docker, &texts(before), &texts(after))
        };
        assert!(sides(&["1-alpine", "1-slim"], &["2-alpine", "1-slim"]));
        assert!(sides(&["latest", "1"], &["1"]));
        assert!(!sides(&["latest", "1"], &["latest", "2"]));
        assert!(!sides(&["1-alpine", "1-slim"], &["1-alpine", "2-slim"]));
    }
}
