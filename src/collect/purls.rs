//! Package URLs as other tools write them, and the names of packages as their ecosystems compare them.

use std::str::FromStr;

use packageurl::PackageUrl;
use percent_encoding::percent_decode_str;

use super::lockfiles::pep503;
use crate::evidence::{Ecosystem, Word};

/// A package URL taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purl {
    /// Its type in lower case, known or not.
    pub kind: String,
    /// Where such packages come from; `None` for a type that is not read.
    pub ecosystem: Option<Ecosystem>,
    /// The name with its namespace, as the ecosystem writes it.
    pub name: String,
    /// The version; of one without, the ref that its `vcs_url` ends in.
    pub version: Option<String>,
    /// The whole of it in its canonical spelling, qualifiers in order.
    pub canonical: String,
}

/// Types that stand for one of ours and are not spelled like it: GitHub's own for actions, and that of OCI images.
const KINDS: &[(&str, Ecosystem)] = &[("githubactions", Ecosystem::Github)];

/// Takes a package URL apart; `None` where it is none.
#[must_use]
pub fn parse(text: &str) -> Option<Purl> {
    let purl = PackageUrl::from_str(text.trim()).ok()?;
    let kind = purl.ty().to_ascii_lowercase();
    let known = KINDS.iter().find(|(name, _)| *name == kind).map(|(_, ecosystem)| *ecosystem);
    let ecosystem = known.or_else(|| Ecosystem::parse(&kind));
    let separator = if ecosystem == Some(Ecosystem::Maven) { ":" } else { "/" };
    let joined = purl.namespace().map(|namespace| format!("{namespace}{separator}{}", purl.name()));
    let name = joined.unwrap_or_else(|| purl.name().to_owned());
    let name = written(text, &kind, separator).filter(|own| own.eq_ignore_ascii_case(&name)).unwrap_or(name);
    let reference = purl.qualifiers().get("vcs_url").and_then(|url| reference(url));
    Some(Purl {
        name: ecosystem.map_or_else(|| name.clone(), |ecosystem| normalized(ecosystem, &name)),
        version: purl.version().filter(|version| !version.is_empty()).map(str::to_owned).or(reference),
        canonical: canonical(&purl),
        ecosystem,
        kind,
    })
}

/// The name in the case that it is written in. The specification lowers it for registries that tell cases apart (npm, Go).
fn written(text: &str, kind: &str, separator: &str) -> Option<String> {
    let path = text.trim().split(['?', '#']).next()?.split_once(':')?.1.trim_start_matches('/');
    let path = path.get(kind.len()..)?.trim_matches('/');
    let path = match path.rsplit_once('@') {
        Some((path, version)) if !version.contains('/') => path,
        _ => path,
    };
    let decoded = percent_decode_str(path).decode_utf8().ok()?.into_owned();
    Some(match separator {
        ":" => decoded.replace('/', ":"),
        _ => decoded,
    })
}

/// Qualifiers have no order of their own.
fn canonical(purl: &PackageUrl<'_>) -> String {
    let mut bare = purl.clone();
    bare.clear_qualifiers();
    let mut qualifiers: Vec<_> = purl.qualifiers().iter().map(|(key, value)| format!("{key}={value}")).collect();
    qualifiers.sort();
    format!("{bare}?{}", qualifiers.join("&"))
}

/// The ref of `git+https://host/path@ref#..`.
fn reference(url: &str) -> Option<String> {
    let url = url.split('#').next()?;
    let (_, path) = url.split_once("://")?;
    let (_, reference) = path.split_once('/')?.1.rsplit_once('@')?;
    (!reference.is_empty()).then(|| reference.to_owned())
}

/// A name as lockfiles of its ecosystem have it.
#[must_use]
pub fn normalized(ecosystem: Ecosystem, name: &str) -> String {
    match ecosystem {
        Ecosystem::Pypi => pep503(name),
        Ecosystem::Composer => name.trim().to_lowercase(),
        _ => name.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::evidence::Ecosystem;

    #[test]
    fn names_are_those_of_lockfiles() {
        for (text, ecosystem, name, version) in [
            ("pkg:npm/%40actions/core@1.1.0", Some(Ecosystem::Npm), "@actions/core", Some("1.1.0")),
            ("pkg:npm/@actions/core@1.1.0", Some(Ecosystem::Npm), "@actions/core", Some("1.1.0")),
            ("pkg:npm/@actions/core", Some(Ecosystem::Npm), "@actions/core", None),
            ("pkg:npm/JSONStream@1.3.5", Some(Ecosystem::Npm), "JSONStream", Some("1.3.5")),
            ("pkg:pypi/Ruamel_yaml@0.1", Some(Ecosystem::Pypi), "ruamel-yaml", Some("0.1")),
            ("pkg:maven/org.a/b-c@1?type=jar", Some(Ecosystem::Maven), "org.a:b-c", Some("1")),
            (
                "pkg:golang/github.com/BurntSushi/toml@v0.3.1",
                Some(Ecosystem::Golang),
                "github.com/BurntSushi/toml",
                Some("v0.3.1"),
            ),
            ("pkg:golang/golang.org/x/net@v0.1.0#http2", Some(Ecosystem::Golang), "golang.org/x/net", Some("v0.1.0")),
            ("pkg:composer/Laravel/Framework@v7.12.0", Some(Ecosystem::Composer), "laravel/framework", Some("v7.12.0")),
            (
                "pkg:githubactions/actions/checkout@4.%2A.%2A",
                Some(Ecosystem::Github),
                "actions/checkout",
                Some("4.*.*"),
            ),
            ("pkg:cargo/serde@1.0.0%2Bb", Some(Ecosystem::Cargo), "serde", Some("1.0.0+b")),
            (
                "pkg:pypi/a?vcs_url=git%2Bhttps://u@h/o/a.git%402b514f9%23egg%3Da",
                Some(Ecosystem::Pypi),
                "a",
                Some("2b514f9"),
            ),
            ("pkg:deb/debian/curl@7.50.3-1?arch=i386", None, "debian/curl", Some("7.50.3-1")),
        ] {
            let purl = parse(text).unwrap();
            assert_eq!(
                (purl.ecosystem, purl.name.as_str(), purl.version.as_deref()),
                (ecosystem, name, version),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_package_url_is_none() {
        for text in ["", "lodash@4", "pkg:", "pkg:npm", "pkg:npm/", "pkg:/npm/%40actions/%ff@1", "http://a/b"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_order_of_qualifiers_is_none() {
        let canonical = |text| parse(text).unwrap().canonical;
        assert_eq!(
            canonical("pkg:maven/a/b@1?type=jar&classifier=x"),
            canonical("pkg:maven/a/b@1?classifier=x&type=jar")
        );
        assert_ne!(canonical("pkg:maven/a/b@1?classifier=x"), canonical("pkg:maven/a/b@1?classifier=y"));
    }
}
