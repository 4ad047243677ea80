//! Versions in the order of their ecosystem, and how far apart two of them are.
//!
//! | ecosystem | order | read from |
//! | --- | --- | --- |
//! | cargo | SemVer 2.0.0, section 11 | `1.2.3-rc.1`, also `v1`, `1.2`, `=1.2.3` |
//! | npm | node-semver, loose | the same, also `1.2.3rc1` |
//! | pypi | PEP 440 | `1!2.0rc1.post2.dev3+local` |
//! | golang | Go Modules Reference; Go's own releases | `v1.2.3`, `1.2.3`, `v2.0.0+incompatible`, `1.21rc1`, `go1.21.3-suffix` |
//! | maven | POM Reference, "Version Order Specification" | any text without a space or a sign of a range or property |
//! | gem | `Gem::Version` | `1.2.3.rc1`, `1.2.3-1` |
//! | composer | Composer's normalisation, PHP's `version_compare` | `v1.2.3-beta2`, `1.x-dev`, `2010-01-02` |
//! | nuget | NuGet, "Package versioning" | `1.2.3.4-Beta.1+metadata` |
//! | github | SemVer, of up to four numbers | tags: `v4`, `v4.1.2` |
//! | docker | numbers, among tags with the same suffix | tags: `24.04`, `1.2.3-alpine` |
//!
//! A version of none of these forms (a branch, a commit, an address) is opaque: it has no order, and every jump from or
//! to one is unknown. The text `0` is the mark of OSV's ranges for "from the very first version": it comes before every
//! version of its ecosystem, pre-releases of `0.0.0` included.
//!
//! A version is kept as one string of bytes whose order is that of the version, so that any two can be compared at once
//! and the order is total by construction.

mod composer;
mod docker;
mod gem;
mod github;
mod golang;
mod key;
mod maven;
mod npm;
mod nuget;
mod pypi;
mod semver;

use std::cmp::Ordering;

use crate::evidence::{Ecosystem, Jump};
use key::{Key, Stage};

/// How long a version may be, in bytes; a longer one is opaque.
pub const MAX_VERSION_LENGTH: usize = 1_000;

/// OSV's mark for "from the very first version".
const FIRST: &str = "0";

/// A version, as far as it can be understood.
///
/// Two are equal where neither comes before the other, however they are written.
#[derive(Debug, Clone)]
pub enum Version {
    /// Not of its ecosystem's form.
    Opaque,
    /// One that has an order.
    Known(Known),
}

/// A version that has an order among those of its ecosystem.
#[derive(Debug, Clone)]
pub struct Known {
    ecosystem: Ecosystem,
    key: Key,
}

impl Version {
    /// The version that a text spells in an ecosystem.
    #[must_use]
    pub fn parse(ecosystem: Ecosystem, text: &str) -> Self {
        let text = text.trim_ascii();
        if text.is_empty() || text.len() > MAX_VERSION_LENGTH || text.chars().any(char::is_control) {
            return Self::Opaque;
        }
        if text == FIRST {
            return Self::Known(Known { ecosystem, key: Key::first() });
        }
        let key = match ecosystem {
            Ecosystem::Cargo => semver::cargo(text),
            Ecosystem::Npm => npm::key(text),
            Ecosystem::Pypi => pypi::key(text),
            Ecosystem::Golang => golang::key(text),
            Ecosystem::Gem => gem::key(text),
            Ecosystem::Composer => composer::key(text),
            Ecosystem::Maven => maven::key(text),
            Ecosystem::Nuget => nuget::key(text),
            Ecosystem::Github => github::key(text),
            Ecosystem::Docker => docker::key(text),
        };
        key.map_or(Self::Opaque, |key| Self::Known(Known { ecosystem, key }))
    }

    /// Whether it has no order.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        matches!(self, Self::Opaque)
    }

    /// The order of two versions; `None` where it can't be told.
    #[must_use]
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Known(left), Self::Known(right)) if left.ecosystem == right.ecosystem => left.key.order(&right.key),
            _ => None,
        }
    }

    /// The largest part in which two versions differ.
    #[must_use]
    pub fn jump(&self, other: &Self) -> Jump {
        match (self.order(other), self, other) {
            (Some(Ordering::Equal), _, _) => Jump::None,
            (Some(_), Self::Known(left), Self::Known(right)) => left.jump(right),
            _ => Jump::Unknown,
        }
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Opaque, Self::Opaque) => true,
            _ => self.order(other) == Some(Ordering::Equal),
        }
    }
}

impl Eq for Version {}

impl Known {
    /// The largest part in which two different versions differ.
    fn jump(&self, other: &Self) -> Jump {
        let (Some(left), Some(right)) = (self.key.numbers(), other.key.numbers()) else { return Jump::Unknown };
        let differs = |index: usize| left.get(index) != right.get(index);
        // While the first number is 0, the second one tells what breaks.
        let unstable = self.has_unstable_series() && left.get(1) == Some(&0);
        if differs(0) || differs(1) {
            Jump::Major
        } else if differs(2) {
            if unstable { Jump::Major } else { Jump::Minor }
        } else if differs(3) || !self.key.same_release(&other.key) {
            Jump::Patch
        } else {
            match (self.key.stage(), other.key.stage()) {
                // Between two commits without a release there can be any change.
                (Stage::Commit, _) | (_, Stage::Commit) => Jump::Unknown,
                (Stage::Before, _) | (_, Stage::Before) => Jump::Prerelease,
                (Stage::Release, Stage::Release) => Jump::Patch,
            }
        }
    }

    fn has_unstable_series(&self) -> bool {
        match self.ecosystem {
            Ecosystem::Cargo
            | Ecosystem::Npm
            | Ecosystem::Pypi
            | Ecosystem::Golang
            | Ecosystem::Github
            | Ecosystem::Docker => true,
            Ecosystem::Gem | Ecosystem::Composer | Ecosystem::Maven | Ecosystem::Nuget => false,
        }
    }
}

/// The order of two versions of an ecosystem; `None` where it can't be told.
#[must_use]
pub fn compare(ecosystem: Ecosystem, left: &str, right: &str) -> Option<Ordering> {
    Version::parse(ecosystem, left).order(&Version::parse(ecosystem, right))
}

/// Sorts versions: what has no order first, then by the ecosystem's order, equals by their bytes.
///
/// Tags of container images stand together by their suffix, as only those have an order among themselves.
pub fn sort(ecosystem: Ecosystem, versions: &mut [String]) {
    versions.sort_by_cached_key(|text| Sortable { version: Version::parse(ecosystem, text), text: text.clone() });
}

#[derive(PartialEq, Eq)]
struct Sortable {
    version: Version,
    text: String,
}

impl Ord for Sortable {
    fn cmp(&self, other: &Self) -> Ordering {
        let versions = match (&self.version, &other.version) {
            (Version::Opaque, Version::Opaque) => Ordering::Equal,
            (Version::Opaque, Version::Known(_)) => Ordering::Less,
            (Version::Known(_), Version::Opaque) => Ordering::Greater,
            (Version::Known(left), Version::Known(right)) => left.key.cmp(&right.key),
        };
        versions.then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for Sortable {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::{Version, sort};
    use crate::evidence::{Ecosystem, Jump};

    #[test]
    fn a_jump_is_the_largest_part_that_differs() {
        for (ecosystem, before, after, expected) in [
            (Ecosystem::Npm, "1.2.3", "1.2.4", Jump::Patch),
            (Ecosystem::Npm, "1.2.3", "1.3.0", Jump::Minor),
            (Ecosystem::Npm, "1.2.3", "2.0.0", Jump::Major),
            (Ecosystem::Cargo, "0.2.3", "0.3.0", Jump::Major),
            (Ecosystem::Cargo, "0.2.3", "0.2.4", Jump::Patch),
            (Ecosystem::Cargo, "1.0.0-rc.1", "1.0.0", Jump::Prerelease),
            (Ecosystem::Cargo, "1.0.0-rc.1", "1.1.0", Jump::Minor),
            (Ecosystem::Cargo, "1.0.0+a", "1.0.0+b", Jump::None),
            (Ecosystem::Golang, "1.23", "1.23.8", Jump::Patch),
            (Ecosystem::Golang, "v2.0.0+incompatible", "v2.0.1+incompatible", Jump::Patch),
            (
                Ecosystem::Golang,
                "v0.0.0-20210630005230-0f9fa26af87c",
                "v0.0.0-20220715151400-c0bba94af5f8",
                Jump::Unknown,
            ),
            (Ecosystem::Pypi, "1.0", "1.0.1", Jump::Patch),
            (Ecosystem::Pypi, "1.0", "1.0.0", Jump::None),
            (Ecosystem::Pypi, "0.1", "0.2", Jump::Major),
            (Ecosystem::Pypi, "1!1.0", "2!1.0", Jump::Major),
            (Ecosystem::Pypi, "2.0rc1", "2.0", Jump::Prerelease),
            (Ecosystem::Pypi, "2.0", "2.0.post1", Jump::Patch),
            (Ecosystem::Pypi, "master", "1.0", Jump::Unknown),
        ] {
            let (left, right) = (Version::parse(ecosystem, before), Version::parse(ecosystem, after));
            assert_eq!(left.jump(&right), expected, "{before} to {after}");
            assert_eq!(right.jump(&left), expected, "{after} to {before}");
        }
    }

    #[test]
    fn versions_stand_in_the_order_of_their_ecosystem() {
        let sorted = |ecosystem, versions: &[&str]| {
            let mut versions: Vec<String> = versions.iter().map(|version| (*version).to_owned()).collect();
            sort(ecosystem, &mut versions);
            versions
        };
        assert_eq!(sorted(Ecosystem::Npm, &["10.0.0", "9.0.0", "9.0.0-rc.1"]), ["9.0.0-rc.1", "9.0.0", "10.0.0"]);
        assert_eq!(
            sorted(Ecosystem::Pypi, &["1.0", "1.0.dev1", "main", "1.0rc1"]),
            ["main", "1.0.dev1", "1.0rc1", "1.0"]
        );
    }
}
