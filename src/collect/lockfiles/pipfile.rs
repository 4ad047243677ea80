//! `Pipfile.lock`, specification 6.
//!
//! `default` is what is shipped, `develop` is for development, and further categories are what their project makes of
//! them. Directness is that of the `Pipfile` beside the file. A package without an `index` comes from the first source; from
//! any of them where the `Pipfile` says that all are searched, or where it can't be asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use toml::Table;

use super::json::json;
use super::place::{directory, file_name, join, nowhere, path, source};
use super::pypi::{checksums, directness, is_archive, normalized};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat, MAX_REGISTRIES};
use crate::evidence::{DependencyScope, Ecosystem, PackageSource, SourceKind};

/// `Pipfile.lock`.
pub(super) struct PipfileLock;

/// `_meta`, and the packages of each category.
struct Lock {
    meta: Option<Meta>,
    categories: BTreeMap<String, BTreeMap<String, Entry>>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(rename = "pipfile-spec")]
    spec: Option<u32>,
    #[serde(default)]
    sources: Vec<Index>,
}

#[derive(Deserialize)]
struct Index {
    name: Option<String>,
    url: String,
}

#[derive(Deserialize)]
struct Entry {
    version: Option<String>,
    #[serde(default)]
    hashes: Vec<String>,
    index: Option<String>,
    git: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    hg: Option<String>,
    svn: Option<String>,
    bzr: Option<String>,
    path: Option<String>,
    file: Option<String>,
}

impl<'de> Deserialize<'de> for Lock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;
        impl<'de> Visitor<'de> for Parts {
            type Value = Lock;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of categories")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Lock, A::Error> {
                let mut lock = Lock { meta: None, categories: BTreeMap::new() };
                while let Some(key) = map.next_key::<String>()? {
                    if key == "_meta" {
                        lock.meta = Some(map.next_value()?);
                    } else {
                        lock.categories.insert(key, map.next_value()?);
                    }
                }
                Ok(lock)
            }
        }
        deserializer.deserialize_map(Parts)
    }
}

impl LockfileFormat for PipfileLock {
    fn name(&self) -> &'static str {
        "Pipfile.lock"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Pypi
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "Pipfile.lock"
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let lock: Lock = json(text, "Pipfile.lock")?;
        let meta = lock.meta.ok_or_else(|| LockfileError::new(None, "has no `_meta`"))?;
        match meta.spec {
            Some(6) => {}
            Some(spec) => return Err(LockfileError::new(None, format!("is of `pipfile-spec` {spec}; 6 is read"))),
            None => return Err(LockfileError::new(None, "has no `pipfile-spec`: expected 6")),
        }
        for category in ["default", "develop"] {
            if !lock.categories.contains_key(category) {
                return Err(LockfileError::new(None, format!("has no `{category}`, which every Pipfile.lock has")));
            }
        }
        let pipfile = context.sibling("Pipfile").and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok());
        if meta.sources.len() > MAX_REGISTRIES {
            return Err(LockfileError::limit(None, format!("names more than {MAX_REGISTRIES} sources")));
        }
        let indexes = Indexes::new(meta.sources, pipfile.as_ref());
        let direct = pipfile.as_ref().map(named);
        let mut set = LockedSet::default();
        for (category, packages) in lock.categories {
            let scope = match category.as_str() {
                "default" => DependencyScope::Runtime,
                "develop" => DependencyScope::Development,
                _ => DependencyScope::Unknown,
            };
            let mut names = BTreeSet::new();
            for (name, entry) in packages {
                let name = normalized(&name);
                if !names.insert(name.clone()) {
                    return Err(LockfileError::new(None, format!("`{name}` stands twice in `{category}`")));
                }
                let Some((version, sources)) = entry.place(&name, &indexes, context)? else {
                    set.members.insert(name);
                    continue;
                };
                set.packages.push(LockedPackage {
                    sources,
                    scope,
                    directness: directness(direct.as_ref(), &name),
                    integrity: checksums(entry.hashes.iter().map(|hash| Some(hash.as_str()))),
                    ..LockedPackage::new(Ecosystem::Pypi, name, version)
                });
            }
        }
        Ok(set)
    }
}

impl Entry {
    /// Version and sources; `None` of a directory of the repository.
    fn place(
        &self,
        name: &str,
        indexes: &Indexes,
        context: &Context<'_>,
    ) -> Result<Option<(String, Vec<PackageSource>)>, LockfileError> {
        let error = |message: String| Err(LockfileError::new(None, message));
        let places = [&self.git, &self.hg, &self.svn, &self.bzr, &self.path, &self.file];
        if places.iter().filter(|place| place.is_some()).count() > 1 {
            return error(format!("`{name}` comes from several places: expected one of `git`, `path` and `file`"));
        }
        if self.hg.is_some() || self.svn.is_some() || self.bzr.is_some() {
            return error(format!("`{name}` lies in a repository that is not of git, which is not read"));
        }
        let version = match self.version.as_deref().map(|version| (version, version.strip_prefix("=="))) {
            None => None,
            Some((_, Some(version))) if !version.trim_matches('=').trim().is_empty() && !version.contains('*') => {
                Some(version.trim_matches('=').trim().to_owned())
            }
            // Of an address any version will do, which is no news.
            Some(("*", _)) if places.iter().any(|place| place.is_some()) => None,
            Some((version, _)) => {
                return error(format!("`{name}` is locked to `{version}`: expected `==<version>`"));
            }
        };
        if let Some(address) = &self.git {
            let Some(commit) = self.reference.as_deref().filter(|commit| !commit.trim().is_empty()) else {
                return error(format!("`{name}` names no commit: expected a `ref`"));
            };
            let place = source(SourceKind::Git, &format!("{address}#{commit}"));
            return Ok(Some((version.unwrap_or_else(|| commit.to_owned()), vec![place])));
        }
        if let Some(local) = self.path.as_ref().or(self.file.as_ref()) {
            let version = version.unwrap_or_else(|| "0".to_owned());
            if local.contains("://") && !local.starts_with("file:") {
                return Ok(Some((version, vec![source(SourceKind::Url, local)])));
            }
            let local = local.strip_prefix("file://").unwrap_or(local);
            let own = !is_archive(local) && join(directory(context.path), local).is_some();
            return Ok((!own).then(|| (version, vec![path(local)])));
        }
        let Some(version) = version else {
            return error(format!("`{name}` has no version"));
        };
        Ok(Some((version, indexes.of(name, self.index.as_deref())?)))
    }
}

/// Where packages without an address come from.
struct Indexes {
    by_name: BTreeMap<String, PackageSource>,
    /// Where a package comes from that names no index.
    default: Vec<PackageSource>,
    /// Whether the index that a package names is not asked alone.
    all: bool,
}

impl Indexes {
    fn new(sources: Vec<Index>, pipfile: Option<&Table>) -> Self {
        let setting = |pipfile: &Table| pipfile.get("pipenv")?.get("install_search_all_sources")?.as_bool();
        let all = pipfile.and_then(setting);
        let any = pipfile.is_none() || all == Some(true);
        let places: Vec<(Option<String>, PackageSource)> =
            sources.into_iter().map(|index| (index.name, source(SourceKind::Registry, &index.url))).collect();
        let mut default: Vec<PackageSource> =
            places.iter().map(|(_, place)| place.clone()).take(if any { usize::MAX } else { 1 }).collect();
        if default.is_empty() {
            default.push(nowhere(SourceKind::Registry));
        }
        // The first comes first; the order of others says nothing.
        if let Some((_, others)) = default.split_first_mut() {
            others.sort();
        }
        let by_name = places.into_iter().filter_map(|(name, place)| Some((name?, place))).collect();
        Self { by_name, default, all: all == Some(true) }
    }

    fn of(&self, name: &str, index: Option<&str>) -> Result<Vec<PackageSource>, LockfileError> {
        let Some(index) = index.filter(|_| !self.all) else { return Ok(self.default.clone()) };
        if index.contains("://") {
            return Ok(vec![source(SourceKind::Registry, index)]);
        }
        let place = self.by_name.get(index).ok_or_else(|| {
            let message = format!("`{name}` comes from the index `{index}`, which `_meta.sources` does not name");
            LockfileError::new(None, message)
        })?;
        Ok(vec![place.clone()])
    }
}

/// Tables of a `Pipfile` that name no packages.
const NO_CATEGORIES: [&str; 4] = ["source", "requires", "scripts", "pipenv"];

/// Normalized names of all that a `Pipfile` asks for.
fn named(pipfile: &Table) -> BTreeSet<String> {
    let tables = pipfile.iter().filter(|(key, _)| !NO_CATEGORIES.contains(&key.as_str()));
    tables.filter_map(|(_, value)| value.as_table()).flat_map(Table::keys).map(|name| normalized(name)).collect()
}
