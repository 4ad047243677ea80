//! `poetry.lock`, lock versions 1 and 2.
//!
//! Scope is `category` (before 1.5) or `groups` (from 2.0); releases between say nothing of it. Directness is that of
//! the `pyproject.toml` beside the file. A directory of the repository is no dependency; an archive in it is.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::place::{Lines, directory, file_name, join, nowhere, path, source, toml};
use super::pypi::{checksums, directness, named_beside, normalized};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::{DependencyScope, Ecosystem, PackageSource, SourceKind};

/// `poetry.lock`.
pub(super) struct PoetryLock;

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Spanned<Package>>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "lock-version")]
    lock_version: Option<String>,
    #[serde(default)]
    files: BTreeMap<String, Vec<File>>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    category: Option<String>,
    groups: Option<Vec<String>>,
    source: Option<Place>,
    #[serde(default)]
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    hash: Option<String>,
}

#[derive(Deserialize)]
struct Place {
    #[serde(rename = "type")]
    kind: String,
    url: String,
    resolved_reference: Option<String>,
}

impl LockfileFormat for PoetryLock {
    fn name(&self) -> &'static str {
        "poetry.lock"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Pypi
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "poetry.lock"
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let lock: Lock = toml(text)?;
        // It stands at the end, so that a file cut short lacks it.
        let metadata = lock.metadata.ok_or_else(|| {
            LockfileError::new(None, "has no `[metadata]`, which ends every poetry.lock; it may be cut short")
        })?;
        if let Some(version) = metadata.lock_version.filter(|version| !matches!(major(version), "0" | "1" | "2")) {
            return Err(LockfileError::new(None, format!("is of lock version `{version}`; 1 and 2 are read")));
        }
        let lines = Lines::new(text);
        let direct = named_beside(context);
        let files: BTreeMap<String, Vec<File>> =
            metadata.files.into_iter().map(|(name, files)| (normalized(&name), files)).collect();
        let mut set = LockedSet::default();
        for entry in lock.package {
            let line = lines.at(entry.span().start);
            let package = entry.into_inner();
            let name = normalized(&package.name);
            let Some(source) = place(package.source.as_ref(), context, line)? else {
                set.members.insert(name);
                continue;
            };
            let kept_apart = files.get(&name).map_or(&[][..], Vec::as_slice);
            let archives = if package.files.is_empty() { kept_apart } else { &package.files };
            let integrity = checksums(archives.iter().map(|file| file.hash.as_deref()));
            let scope = scope(&package);
            set.packages.push(LockedPackage {
                sources: vec![source],
                scope,
                directness: directness(direct.as_ref(), &name),
                integrity,
                line,
                ..LockedPackage::new(Ecosystem::Pypi, name, package.version)
            });
        }
        Ok(set)
    }
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or_default()
}

fn scope(package: &Package) -> DependencyScope {
    let runtime = match (&package.groups, &package.category) {
        (Some(groups), _) => groups.iter().any(|group| group == "main"),
        (None, Some(category)) => category == "main",
        (None, None) => return DependencyScope::Unknown,
    };
    if runtime { DependencyScope::Runtime } else { DependencyScope::Development }
}

/// Where a package comes from; `None` where it is a directory of the repository.
fn place(
    place: Option<&Place>,
    context: &Context<'_>,
    line: Option<u32>,
) -> Result<Option<PackageSource>, LockfileError> {
    let Some(place) = place else {
        return Ok(Some(nowhere(SourceKind::Registry)));
    };
    Ok(match place.kind.as_str() {
        // Old releases wrote an empty table where there is nothing to say.
        "" if place.url.is_empty() => Some(nowhere(SourceKind::Registry)),
        "legacy" => Some(source(SourceKind::Registry, &place.url)),
        "git" => {
            let reference = place.resolved_reference.as_deref().unwrap_or_default();
            Some(source(SourceKind::Git, &format!("{}#{reference}", place.url)))
        }
        "url" => Some(source(SourceKind::Url, &place.url)),
        "file" => Some(path(&place.url)),
        "directory" => join(directory(context.path), &place.url).is_none().then(|| path(&place.url)),
        kind => return Err(LockfileError::new(line, format!("has a source of the unknown kind `{kind}`"))),
    })
}
