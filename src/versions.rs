//! Versions in the order of their ecosystem, and how far apart two of them are.
//!
//! Cargo, npm and Go: semantic versions, read leniently (`v1`, `1.2` and `=1.2.3` are `1.0.0`, `1.2.0`, `1.2.3`); build
//! metadata and Go's `+incompatible` don't count. Python: PEP 440. A version that is neither (a git ref, an address)
//! can't be compared: such versions are sorted by bytes, before all others, and every jump from or to one is unknown.

use std::cmp::Ordering;
use std::str::FromStr;

use crate::evidence::{Ecosystem, Jump};

/// A version, as far as it can be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// Not of its ecosystem's form.
    Opaque,
    /// Cargo, npm, Go.
    Semver(semver::Version),
    /// Python.
    Pep440(pep440_rs::Version),
}

impl Version {
    /// The version that a text spells in an ecosystem.
    #[must_use]
    pub fn parse(ecosystem: Ecosystem, text: &str) -> Self {
        match ecosystem {
            Ecosystem::Pypi => pep440_rs::Version::from_str(text).map_or(Self::Opaque, Self::Pep440),
            _ => semver(text).map_or(Self::Opaque, Self::Semver),
        }
    }

    /// The order of two versions; `None` where it can't be told.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Semver(left), Self::Semver(right)) => Some(left.cmp_precedence(right)),
            (Self::Pep440(left), Self::Pep440(right)) => Some(left.cmp(right)),
            _ => None,
        }
    }

    /// The largest part in which two versions differ.
    pub fn jump(&self, other: &Self) -> Jump {
        match (self, other) {
            (Self::Semver(left), Self::Semver(right)) => semver_jump(left, right),
            (Self::Pep440(left), Self::Pep440(right)) => pep440_jump(left, right),
            _ => Jump::Unknown,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Opaque => 0,
            Self::Semver(_) | Self::Pep440(_) => 1,
        }
    }
}

/// Sorts versions: what can't be compared first, then by the ecosystem's order, equals by their bytes.
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
        let ranks = self.version.rank().cmp(&other.version.rank());
        let versions = || self.version.order(&other.version).unwrap_or(Ordering::Equal);
        ranks.then_with(versions).then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for Sortable {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A semantic version; the second and third number may be absent.
fn semver(text: &str) -> Option<semver::Version> {
    let text = text.trim_start_matches('=').trim();
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (core, rest) = text.split_at(end);
    let missing = match core.split('.').count() {
        1 => ".0.0",
        2 => ".0",
        _ => "",
    };
    semver::Version::parse(&format!("{core}{missing}{rest}")).ok()
}

fn semver_jump(left: &semver::Version, right: &semver::Version) -> Jump {
    if left.major != right.major {
        Jump::Major
    } else if left.minor != right.minor {
        if left.major == 0 { Jump::Major } else { Jump::Minor }
    } else if left.patch != right.patch {
        Jump::Patch
    } else if left.pre == right.pre {
        Jump::None
    } else if is_pseudo(left) || is_pseudo(right) {
        // Between two commits without a release there can be any change.
        Jump::Unknown
    } else {
        Jump::Prerelease
    }
}

/// Whether it is what Go calls a commit: a pre-release that ends in a time of 14 digits and 12 digits of its id.
fn is_pseudo(version: &semver::Version) -> bool {
    let Some((time, id)) = version.pre.rsplit_once('-') else { return false };
    let time = time.rsplit_once('.').map_or(time, |(_, time)| time);
    time.len() == 14 && time.bytes().all(|byte| byte.is_ascii_digit()) && id.len() == 12
}

fn pep440_jump(left: &pep440_rs::Version, right: &pep440_rs::Version) -> Jump {
    let part = |version: &pep440_rs::Version, index: usize| version.release().get(index).copied().unwrap_or(0);
    let parts = left.release().len().max(right.release().len());
    if left.epoch() != right.epoch() {
        return Jump::Major;
    }
    match (0..parts).find(|index| part(left, *index) != part(right, *index)) {
        Some(0) => Jump::Major,
        Some(1) if part(left, 0) == 0 => Jump::Major,
        Some(1) => Jump::Minor,
        Some(_) => Jump::Patch,
        None if left.pre() != right.pre() || left.dev() != right.dev() => Jump::Prerelease,
        None if left.post() != right.post() => Jump::Patch,
        None => Jump::None,
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
