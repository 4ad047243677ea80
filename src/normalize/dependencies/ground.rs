//! What lockfiles show of a package that another source speaks of, and when two sources say the same.

use std::collections::{BTreeMap, BTreeSet};

use super::statements::{Locked, Stated};
use super::{PackageSides, Version};
use crate::collect::lockfiles;
use crate::evidence::{Completeness, Ecosystem};

/// Lockfiles that were read, and their packages by name.
pub(super) struct Ground {
    /// Each with the ecosystems that it has packages of.
    read: BTreeMap<String, BTreeSet<Ecosystem>>,
    sides: BTreeMap<(Ecosystem, String), Vec<PackageSides>>,
}

impl Ground {
    pub(super) fn of(locked: &Locked) -> Self {
        // A limit leaves no items; a format that by its own rules does not list everything leaves some.
        let was_read = |source: &&crate::evidence::Source| match source.completeness {
            Completeness::Complete => true,
            Completeness::Truncated => source.items > 0,
            _ => false,
        };
        let mut read: BTreeMap<String, BTreeSet<Ecosystem>> = BTreeMap::new();
        for path in locked.sources.iter().filter(was_read).filter_map(|source| source.path.as_ref()) {
            let own = lockfiles::format_of(path).map(lockfiles::LockfileFormat::ecosystem);
            read.entry(path.clone()).or_default().extend(own);
        }
        let mut sides: BTreeMap<(Ecosystem, String), Vec<PackageSides>> = BTreeMap::new();
        for package in &locked.packages {
            let Some(of) = package.manifest.as_ref().and_then(|manifest| read.get_mut(manifest)) else { continue };
            of.insert(package.ecosystem);
            let known = sides.entry((package.ecosystem, key(package.ecosystem, &package.name))).or_default();
            if !known.contains(package) {
                known.push(package.clone());
            }
        }
        for known in sides.values_mut() {
            known.sort();
        }
        Self { read, sides }
    }

    /// Whether it is a lockfile that was read.
    pub(super) fn is_read(&self, manifest: &str) -> bool {
        self.read.contains_key(manifest)
    }

    /// The lockfiles that a manifest stands for: itself, else those of its ecosystem in its directory, because what
    /// a `package.json` asks for is what the `package-lock.json` beside it locks. A file of a format that is read stands for
    /// itself alone, and so do workflows and images: what one of them says is no word on its neighbour.
    pub(super) fn homes(&self, manifest: Option<&str>, ecosystem: Ecosystem) -> Vec<String> {
        let Some(manifest) = manifest else { return Vec::new() };
        if self.is_read(manifest) {
            return vec![manifest.to_owned()];
        }
        if matches!(ecosystem, Ecosystem::Github | Ecosystem::Docker) || lockfiles::format_of(manifest).is_some() {
            return Vec::new();
        }
        let beside = |(path, ecosystems): &(&String, &BTreeSet<Ecosystem>)| {
            directory(path) == directory(manifest) && ecosystems.contains(&ecosystem)
        };
        self.read.iter().filter(beside).map(|(path, _)| path.clone()).collect()
    }

    /// What each lockfile has of a package, of those that have it.
    pub(super) fn sides(&self, ecosystem: Ecosystem, name: &str) -> Vec<&PackageSides> {
        let known = self.sides.get(&(ecosystem, key(ecosystem, name)));
        let all: Vec<&PackageSides> = known.into_iter().flatten().collect();
        let exact: Vec<&PackageSides> = all.iter().copied().filter(|sides| sides.name == name).collect();
        if exact.is_empty() { all } else { exact }
    }

    /// What one lockfile has of a package; nothing where it does not have it.
    pub(super) fn sides_in(&self, home: &str, ecosystem: Ecosystem, name: &str) -> PackageSides {
        let found = self.sides(ecosystem, name).into_iter().find(|sides| sides.manifest.as_deref() == Some(home));
        found.cloned().unwrap_or_else(|| PackageSides {
            ecosystem,
            name: name.to_owned(),
            manifest: Some(home.to_owned()),
            before: Vec::new(),
            after: Vec::new(),
        })
    }
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// What names are compared by. Package URLs lose the case of some names, and some registries don't tell cases apart.
pub(crate) fn key(ecosystem: Ecosystem, name: &str) -> String {
    match ecosystem {
        Ecosystem::Composer
        | Ecosystem::Docker
        | Ecosystem::Github
        | Ecosystem::Golang
        | Ecosystem::Npm
        | Ecosystem::Nuget
        | Ecosystem::Pypi => name.to_lowercase(),
        Ecosystem::Cargo | Ecosystem::Gem | Ecosystem::Maven => name.to_owned(),
    }
}

/// Whether two texts are one version: `v1.2.3`, `1.2.3` and `= 1.2.3`, Python's `1.0` and `1.0.0`; of actions also
/// GitHub's `4.*.*` and any tag that begins so.
pub(crate) fn same_version(ecosystem: Ecosystem, left: &str, right: &str) -> bool {
    let plain = |text: &str| -> String {
        let text = text.trim().trim_start_matches('=').trim();
        text.strip_prefix('v').unwrap_or(text).to_owned()
    };
    let (left, right) = (plain(left), plain(right));
    if left == right {
        return true;
    }
    if ecosystem == Ecosystem::Github && (covers(&left, &right) || covers(&right, &left)) {
        return true;
    }
    let (old, new) = (Version::parse(ecosystem, &left), Version::parse(ecosystem, &right));
    // Build metadata has no order, and still is another version.
    let build = |text: &str| text.split_once('+').map(|(_, build)| build.to_owned());
    old.order(&new) == Some(std::cmp::Ordering::Equal)
        && (ecosystem == Ecosystem::Pypi || build(&left) == build(&right))
}

fn covers(wide: &str, exact: &str) -> bool {
    let Some(start) = wide.strip_suffix(".*") else { return false };
    let start = start.trim_end_matches(".*");
    exact == start || exact.strip_prefix(start).is_some_and(|rest| rest.starts_with('.'))
}

/// Whether a text asks for versions rather than names one.
pub(super) fn is_range(version: &str) -> bool {
    let version = version.trim().trim_start_matches('=').trim();
    version.contains(['^', '~', '<', '>', '=', '*', '|', ',', ' ', '[', '(']) || matches!(version, "" | "latest")
}

fn has(ecosystem: Ecosystem, versions: &[String], version: &str) -> bool {
    versions.iter().any(|known| same_version(ecosystem, known, version))
}

fn within(ecosystem: Ecosystem, some: &[String], all: &[String]) -> bool {
    some.iter().all(|version| has(ecosystem, all, version))
}

fn without(ecosystem: Ecosystem, all: &[String], some: &[String]) -> Vec<String> {
    all.iter().filter(|version| !has(ecosystem, some, version)).cloned().collect()
}

/// Whether two lists hold the same versions.
pub(super) fn same(ecosystem: Ecosystem, left: &[String], right: &[String]) -> bool {
    within(ecosystem, left, right) && within(ecosystem, right, left)
}

/// Whether what a review states is what a lockfile shows: the versions that came and went. Versions that are stated on both
/// sides are stated to have stayed.
pub(super) fn review_agrees(stated: &Stated, sides: &PackageSides) -> bool {
    let ecosystem = stated.ecosystem;
    let went = without(ecosystem, &stated.before, &stated.after);
    let came = without(ecosystem, &stated.after, &stated.before);
    let stayed = |version: &&String| has(ecosystem, &stated.after, version);
    same(ecosystem, &went, &without(ecosystem, &sides.before, &sides.after))
        && same(ecosystem, &came, &without(ecosystem, &sides.after, &sides.before))
        && stated
            .before
            .iter()
            .filter(stayed)
            .all(|it| has(ecosystem, &sides.before, it) && has(ecosystem, &sides.after, it))
}

/// Whether what bills of materials state is what lockfiles show. Versions that they have besides and that stay may come
/// from anywhere, for they tell of all that there is and lockfiles at hand are those that changed.
pub(super) fn sbom_agrees(stated: &Stated, before: &[String], after: &[String]) -> bool {
    let ecosystem = stated.ecosystem;
    within(ecosystem, before, &stated.before)
        && within(ecosystem, after, &stated.after)
        && within(ecosystem, &without(ecosystem, &stated.before, before), &stated.after)
        && within(ecosystem, &without(ecosystem, &stated.after, after), &stated.before)
}

/// Whether all versions that are stated are looked up anyway.
pub(super) fn is_covered(stated: &Stated, sides: &[&PackageSides]) -> bool {
    let ecosystem = stated.ecosystem;
    let in_any = |version: &String, of: fn(&PackageSides) -> &[String]| {
        sides.iter().any(|sides| has(ecosystem, of(sides), version))
    };
    stated.before.iter().all(|version| in_any(version, |sides| &sides.before))
        && stated.after.iter().all(|version| in_any(version, |sides| &sides.after))
}

#[cfg(test)]
mod tests {
    use super::{is_range, same_version};
    use crate::evidence::Ecosystem;

    #[test]
    fn one_version_is_written_in_several_ways() {
        for (ecosystem, left, right, expected) in [
            (Ecosystem::Npm, "1.2.3", "= 1.2.3", true),
            (Ecosystem::Golang, "v1.2.3", "1.2.3", true),
            (Ecosystem::Pypi, "1.0", "1.0.0", true),
            (Ecosystem::Pypi, "1.0", "==1.0", true),
            (Ecosystem::Cargo, "1.0.0+a", "1.0.0+b", false),
            (Ecosystem::Npm, "1.2.3", "1.2.4", false),
            (Ecosystem::Npm, "^1.2.3", "1.2.3", false),
            (Ecosystem::Github, "4.*.*", "v4", true),
            (Ecosystem::Github, "4.1.*", "v4.1.7", true),
            (Ecosystem::Github, "4.*.*", "v40", false),
            (Ecosystem::Npm, "4.*.*", "4.1.0", false),
        ] {
            assert_eq!(same_version(ecosystem, left, right), expected, "{left} {right}");
            assert_eq!(same_version(ecosystem, right, left), expected, "{right} {left}");
        }
    }

    #[test]
    fn a_range_is_no_version() {
        for text in ["^1.0", "~> 1.0", ">=1,<2", "4.*.*", "[1.0,2.0)", "1 || 2", "latest", ">= 1.0"] {
            assert!(is_range(text), "{text}");
        }
        for text in ["1.0", "= 1.0", "==1.0", "v1.2.3-rc.1+b", "2b514f9", "1!1.0"] {
            assert!(!is_range(text), "{text}");
        }
    }
}
