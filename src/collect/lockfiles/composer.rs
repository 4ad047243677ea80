//! `composer.lock`.
//!
//! `packages` are what is shipped, `packages-dev` are for development; Composer installs one version of a name, so that a name
//! stands in one of them once. A package is got as an archive (`dist`) or from its repository (`source`), whichever the user
//! prefers and whichever is there, so that both are its sources. One with a `notification-url` was found in a registry.
//! What is asked of the platform (`php`, `ext-*`) is no package. Directness is that of the `composer.json` beside the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json::json;
use super::place::{directory, file_name, join, nowhere, path, source, text};
use super::pypi::directness;
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::{DependencyScope, Ecosystem, PackageSource, Pin, SourceKind};

/// `composer.lock`.
pub(super) struct ComposerLock;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Lock {
    packages: Option<Vec<Package>>,
    packages_dev: Option<Vec<Package>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Package {
    name: String,
    version: String,
    source: Option<Place>,
    dist: Option<Place>,
    notification_url: Option<String>,
    license: Option<Licence>,
    abandoned: Option<Abandoned>,
}

#[derive(Deserialize)]
struct Place {
    #[serde(rename = "type")]
    kind: String,
    url: String,
    reference: Option<String>,
    shasum: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Licence {
    One(String),
    Any(Vec<String>),
}

/// `true`, or the package to use in its place.
#[derive(Deserialize)]
#[serde(untagged)]
enum Abandoned {
    Flag(bool),
    Instead(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Manifest {
    #[serde(default)]
    require: Names,
    #[serde(default)]
    require_dev: Names,
}

/// Keys of an object, whatever they hold; of `[]`, which PHP writes for an empty one, none.
#[derive(Default)]
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamesOf;
        impl<'de> Visitor<'de> for NamesOf {
            type Value = Names;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Names, A::Error> {
                match items.next_element::<IgnoredAny>()? {
                    None => Ok(Names::default()),
                    Some(_) => Err(A::Error::custom("a list stands where an object is expected")),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, _)) = map.next_entry::<String, IgnoredAny>()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_any(NamesOf)
    }
}

impl LockfileFormat for ComposerLock {
    fn name(&self) -> &'static str {
        "composer.lock"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Composer
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "composer.lock"
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let lock: Lock = json(text, "composer.lock")?;
        let packages = lock.packages.ok_or_else(|| LockfileError::new(None, "has no `packages`"))?;
        let named = named(context);
        let mut set = LockedSet::default();
        if lock.packages_dev.is_none() {
            set.partial = Some("locks no packages for development: `packages-dev` is absent or null".to_owned());
        }
        let runtime = packages.into_iter().map(|package| (package, DependencyScope::Runtime));
        let development = lock.packages_dev.into_iter().flatten();
        let development = development.map(|package| (package, DependencyScope::Development));
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for (package, scope) in runtime.chain(development) {
            let name = package.name.to_lowercase();
            if let Some(other) = seen.insert(name.clone(), package.version.clone()) {
                let message = format!("`{name}` is locked twice, at `{other}` and at `{}`", package.version);
                return Err(LockfileError::new(None, message));
            }
            if name.is_empty() || package.version.is_empty() {
                let message = format!("`{name}` at `{}` is no package at a version", package.version);
                return Err(LockfileError::new(None, message));
            }
            let Some(sources) = package.sources(context) else {
                set.members.insert(name);
                continue;
            };
            set.packages.push(LockedPackage {
                sources,
                scope,
                directness: directness(named.as_ref(), &name),
                integrity: package.integrity(),
                pin: Some(package.pin()),
                licence: package.license.and_then(Licence::text),
                deprecated: package.abandoned.and_then(Abandoned::text),
                ..LockedPackage::new(Ecosystem::Composer, name, package.version)
            });
        }
        Ok(set)
    }
}

/// Names that the `composer.json` beside a lockfile asks for; `None` where there is none that can be read.
fn named(context: &Context<'_>) -> Option<BTreeSet<String>> {
    let bytes = context.sibling("composer.json")?;
    let manifest: Manifest = json(text(&bytes).ok()?, "composer.json").ok()?;
    let names = manifest.require.0.into_iter().chain(manifest.require_dev.0);
    Some(names.map(|name| name.to_lowercase()).collect())
}

impl Package {
    /// Where it comes from; `None` of a directory of the repository.
    fn sources(&self, context: &Context<'_>) -> Option<Vec<PackageSource>> {
        if let Some(dist) = self.dist.as_ref().filter(|dist| dist.kind == "path") {
            let own = join(directory(context.path), &dist.url).is_some();
            return (!own).then(|| vec![path(&dist.url)]);
        }
        let repository = self.source.as_ref();
        let kind = match (&self.notification_url, repository.map(|place| place.kind.as_str())) {
            (Some(_), _) => SourceKind::Registry,
            (None, Some("git")) => SourceKind::Git,
            (None, None) if self.dist.is_some() => SourceKind::Url,
            (None, _) => SourceKind::Unknown,
        };
        let mut sources: Vec<PackageSource> = Vec::new();
        for place in self.dist.iter().chain(repository) {
            let reference = place.reference.as_deref().unwrap_or_default();
            let found = source(kind, &format!("{}#{reference}", place.url));
            if !sources.contains(&found) {
                sources.push(found);
            }
        }
        // A package without code of its own has no place.
        if sources.is_empty() {
            sources.push(nowhere(kind));
        }
        Some(sources)
    }

    fn integrity(&self) -> Vec<String> {
        let shasum = self.dist.as_ref().and_then(|dist| dist.shasum.as_deref()).filter(|shasum| !shasum.is_empty());
        shasum.map(|shasum| format!("sha1:{shasum}")).into_iter().collect()
    }

    /// An archive is held by its checksum, or by the commit in its address; a repository by the commit.
    fn pin(&self) -> Pin {
        let held = |place: &Place| {
            let commit = place.reference.as_deref().filter(|reference| is_commit(reference));
            commit.is_some_and(|commit| place.kind == "git" || place.url.contains(commit))
        };
        match (&self.dist, &self.source) {
            (Some(dist), _) if dist.kind == "path" => Pin::Unknown,
            (Some(_), _) if !self.integrity().is_empty() => Pin::Content,
            (Some(place), _) | (None, Some(place)) if held(place) => Pin::Content,
            (None, None) => Pin::Version,
            _ if self.version.starts_with("dev-") || self.version.ends_with("-dev") => Pin::Floating,
            _ => Pin::Version,
        }
    }
}

/// Whether a reference is a full commit id.
fn is_commit(reference: &str) -> bool {
    matches!(reference.len(), 40 | 64) && reference.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Licence {
    /// As an SPDX expression: of several, any one may be chosen; Composer takes operators in any case.
    fn text(self) -> Option<String> {
        let several = match self {
            Self::One(one) => vec![one],
            Self::Any(several) => several,
        };
        let several: Vec<String> = several.iter().map(|one| expression(one)).filter(|one| !one.is_empty()).collect();
        match several.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            several => {
                let each = |one: &String| if one.contains(' ') { format!("({one})") } else { one.clone() };
                Some(several.iter().map(each).collect::<Vec<_>>().join(" OR "))
            }
        }
    }
}

/// An expression with its operators in upper case, and without parentheses around all of it.
fn expression(text: &str) -> String {
    let operator = |word: &str| ["AND", "OR", "WITH"].into_iter().find(|it| it.eq_ignore_ascii_case(word));
    let words: Vec<&str> = text.split_whitespace().map(|word| operator(word).unwrap_or(word)).collect();
    let joined = words.join(" ");
    let inner = joined.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    inner.filter(|inner| !inner.contains(['(', ')'])).map_or(joined.clone(), |inner| inner.trim().to_owned())
}

impl Abandoned {
    fn text(self) -> Option<String> {
        match self {
            Self::Flag(false) => None,
            Self::Instead(instead) if !instead.trim().is_empty() => Some(format!("abandoned; use `{instead}` instead")),
            Self::Flag(true) | Self::Instead(_) => Some("abandoned".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Licence;

    #[test]
    fn several_licences_are_a_choice() {
        for (several, expected) in [
            (&["MIT"][..], Some("MIT")),
            (&["MIT", "GPL-2.0-only"], Some("MIT OR GPL-2.0-only")),
            (&["(LGPL-2.1-only or GPL-3.0-or-later)"], Some("LGPL-2.1-only OR GPL-3.0-or-later")),
            (&["MIT and BSD-3-Clause", "GPL-2.0-only"], Some("(MIT AND BSD-3-Clause) OR GPL-2.0-only")),
            (&["(MIT or X) and (Y or Z)"], Some("(MIT OR X) AND (Y OR Z)")),
            (&["proprietary"], Some("proprietary")),
            (&[], None),
            (&["", " "], None),
        ] {
            let licence = Licence::Any(several.iter().map(|one| (*one).to_owned()).collect());
            assert_eq!(licence.text().as_deref(), expected, "{several:?}");
        }
    }
}
