//! Packages as databases name them, under the names that lockfiles have them.

use std::collections::BTreeSet;
use std::str::FromStr;

use packageurl::PackageUrl;

use crate::evidence::{Ecosystem, Word};

/// What OSV calls the ecosystems that are read; a release or a registry may follow after a colon, and is not looked at: a
/// package of the same name in another registry is taken for the same one.
const NAMES: [(&str, Ecosystem); 9] = [
    ("npm", Ecosystem::Npm),
    ("PyPI", Ecosystem::Pypi),
    ("crates.io", Ecosystem::Cargo),
    ("Go", Ecosystem::Golang),
    ("RubyGems", Ecosystem::Gem),
    ("Packagist", Ecosystem::Composer),
    ("Maven", Ecosystem::Maven),
    ("NuGet", Ecosystem::Nuget),
    ("GitHub Actions", Ecosystem::Github),
];

/// Go's own parts: its library and its commands. Both are of the release of Go, which lockfiles have as the package `go`.
const GO_ITSELF: [&str; 3] = ["stdlib", "toolchain", "go"];

/// One package, whatever its version, under one spelling of its name: what databases are asked for.
///
/// PyPI by PEP 503; NuGet, Packagist and GitHub in lower case; of an action the repository alone; Go's library and
/// commands as `go`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackageKey {
    /// Where packages of its kind come from.
    pub ecosystem: Ecosystem,
    /// Its name.
    pub name: String,
}

/// The packages that are asked for.
pub type Wanted = BTreeSet<PackageKey>;

impl PackageKey {
    /// The key of a name as any lockfile or database spells it.
    #[must_use]
    pub fn of(ecosystem: Ecosystem, name: &str) -> Self {
        let name = match ecosystem {
            Ecosystem::Pypi => pep503(name),
            Ecosystem::Nuget | Ecosystem::Composer => name.to_lowercase(),
            Ecosystem::Github => {
                let lower = name.to_lowercase();
                let repository: Vec<&str> = lower.splitn(3, '/').take(2).collect();
                repository.join("/")
            }
            Ecosystem::Golang if GO_ITSELF.contains(&name) => "go".to_owned(),
            _ => name.to_owned(),
        };
        Self { ecosystem, name }
    }

    /// The key and the version of a package URL; `None` where it is none, or of another kind. Qualifiers are not looked at.
    #[must_use]
    pub fn of_purl(purl: &str) -> Option<(Self, Option<String>)> {
        let kind = purl.trim().strip_prefix("pkg:")?.trim_start_matches('/').split('/').next()?.to_ascii_lowercase();
        let ecosystem = Ecosystem::parse(&kind)?;
        let parsed = PackageUrl::from_str(purl.trim()).ok()?;
        let name = match (ecosystem, parsed.namespace()) {
            (_, None) => parsed.name().to_owned(),
            (Ecosystem::Maven, Some(group)) => format!("{group}:{}", parsed.name()),
            (_, Some(namespace)) => format!("{namespace}/{}", parsed.name()),
        };
        Some((Self::of(ecosystem, &name), parsed.version().map(str::to_owned)))
    }
}

/// The path of an action inside of its repository, in lower case; `None` where the name is that of the repository.
#[must_use]
pub fn action_path(name: &str) -> Option<String> {
    name.splitn(3, '/').nth(2).map(|path| path.trim_matches('/').to_lowercase()).filter(|path| !path.is_empty())
}

/// The ecosystem that OSV has a name for; `None` where packages of it are in no lockfile that is read.
pub(super) fn ecosystem(osv: &str) -> Option<Ecosystem> {
    let name = osv.split(':').next().unwrap_or_default();
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, ecosystem)| *ecosystem)
}

/// What OSV calls an ecosystem; `None` where it has none of it.
#[must_use]
pub fn osv_name(ecosystem: Ecosystem) -> Option<&'static str> {
    NAMES.iter().find(|(_, known)| *known == ecosystem).map(|(name, _)| *name)
}

/// In lower case, with each run of `-`, `_` and `.` as one `-` (PEP 503).
fn pep503(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            other => out.extend(other.to_lowercase()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{PackageKey, action_path, ecosystem, osv_name};
    use crate::evidence::{Ecosystem, Word};

    #[test]
    fn a_package_has_one_key_however_its_name_is_spelled() {
        for (kind, left, right) in [
            (Ecosystem::Pypi, "Zope.Interface", "zope-interface"),
            (Ecosystem::Pypi, "a__b-.c", "a-b-c"),
            (Ecosystem::Nuget, "Newtonsoft.Json", "newtonsoft.json"),
            (Ecosystem::Composer, "Drupal/Core", "drupal/core"),
            (Ecosystem::Github, "GitHub/CodeQL-Action/init", "github/codeql-action"),
            (Ecosystem::Golang, "stdlib", "go"),
            (Ecosystem::Golang, "toolchain", "go"),
        ] {
            assert_eq!(PackageKey::of(kind, left), PackageKey::of(kind, right), "{left}");
        }
        for (kind, left, right) in
            [(Ecosystem::Npm, "A", "a"), (Ecosystem::Cargo, "a_b", "a-b"), (Ecosystem::Gem, "A", "a")]
        {
            assert_ne!(PackageKey::of(kind, left), PackageKey::of(kind, right), "{left}");
        }
    }

    #[test]
    fn a_package_url_names_the_same_package_as_the_name() {
        for (purl, kind, name, version) in [
            ("pkg:npm/%40angular/core@12.3.1", Ecosystem::Npm, "@angular/core", Some("12.3.1")),
            ("pkg:maven/org.slf4j/slf4j-api@2.0.0?type=jar", Ecosystem::Maven, "org.slf4j:slf4j-api", Some("2.0.0")),
            ("pkg:golang/github.com/a/b/v2@v2.0.0", Ecosystem::Golang, "github.com/a/b/v2", Some("v2.0.0")),
            ("pkg:golang/stdlib@1.20.0", Ecosystem::Golang, "go", Some("1.20.0")),
            ("pkg:pypi/Jinja2", Ecosystem::Pypi, "jinja2", None),
            ("pkg:cargo/serde@1.0.0", Ecosystem::Cargo, "serde", Some("1.0.0")),
        ] {
            let expected = Some((PackageKey::of(kind, name), version.map(str::to_owned)));
            assert_eq!(PackageKey::of_purl(purl), expected, "{purl}");
        }
        for purl in ["pkg:apk/alpine/zlib@1", "npm/a@1", "pkg:npm", "pkg:", "", "https://example.com/pkg:npm/a"] {
            assert_eq!(PackageKey::of_purl(purl), None, "{purl}");
        }
    }

    #[test]
    fn every_ecosystem_but_images_has_a_name_in_databases() {
        for kind in Ecosystem::ALL {
            assert_eq!(osv_name(*kind).is_none(), *kind == Ecosystem::Docker, "{kind}");
            assert_eq!(osv_name(*kind).and_then(ecosystem), osv_name(*kind).map(|_| *kind));
        }
        assert_eq!(ecosystem("Maven:https://maven.google.com"), Some(Ecosystem::Maven));
        assert_eq!((ecosystem("Debian:11"), ecosystem("Root:npm"), ecosystem("")), (None, None, None));
    }

    #[test]
    fn an_action_may_lie_below_its_repository() {
        assert_eq!(action_path("a/b"), None);
        assert_eq!(action_path("a/b/"), None);
        assert_eq!(action_path("a/b/C/d").as_deref(), Some("c/d"));
    }
}
