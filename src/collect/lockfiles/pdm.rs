//! `pdm.lock`, lock versions 4.
//!
//! An entry with `extras` is the same package as the one without, with more dependencies. Scope is by `groups`: `default` is
//! what is shipped, and which others are for development says the `pyproject.toml` beside the file. What a package depends
//! on has to be in the file, for it may be cut short between two entries; only a marker, or an exclusion in the
//! `pyproject.toml`, leaves a dependency out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::{Spanned, Table, Value};

use super::place::{Lines, directory, file_name, join, nowhere, path, source, toml};
use super::pypi::{checksums, directness, is_archive, leading_name, named_by_pdm, normalized, with_hosts};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat, contradict};
use crate::evidence::{DependencyScope, Ecosystem, PackageSource, SourceKind};

/// `pdm.lock`.
pub(super) struct PdmLock;

/// What says how to read the rest.
#[derive(Deserialize)]
struct Head {
    metadata: Option<HeadMetadata>,
}

#[derive(Deserialize)]
struct HeadMetadata {
    lock_version: Option<Spanned<String>>,
}

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Spanned<Package>>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    /// Archives by name and version, as the first releases kept them.
    #[serde(default)]
    files: BTreeMap<String, Vec<File>>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Option<String>,
    #[serde(default)]
    extras: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    dependencies: Vec<String>,
    #[serde(default)]
    files: Vec<File>,
    git: Option<String>,
    revision: Option<String>,
    hg: Option<String>,
    svn: Option<String>,
    bzr: Option<String>,
    path: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct File {
    url: Option<String>,
    hash: Option<String>,
}

impl LockfileFormat for PdmLock {
    fn name(&self) -> &'static str {
        "pdm.lock"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Pypi
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "pdm.lock"
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        // Other lock versions have other entries, which say less of what is wrong.
        let head: Head = toml(text)?;
        let lines = Lines::new(text);
        let metadata = head.metadata.ok_or_else(|| {
            LockfileError::new(None, "has no `[metadata]`, which every pdm.lock has; it may be cut short")
        })?;
        let version = metadata.lock_version.ok_or_else(|| LockfileError::new(None, "has no `lock_version`"))?;
        if version.get_ref().split('.').next() != Some("4") {
            let message = format!("is of lock version `{}`; 4 is read", version.get_ref());
            return Err(LockfileError::new(lines.at(version.span().start), message));
        }
        let lock: Lock = toml(text)?;
        let entries: Vec<(Package, Option<u32>)> = lock
            .package
            .into_iter()
            .map(|entry| (lines.at(entry.span().start), entry.into_inner()))
            .map(|(line, package)| (Package { name: normalized(&package.name), ..package }, line))
            .collect();
        let project = Project::beside(context);
        whole(&entries, &project)?;
        let mut files = lock.metadata.files.into_iter().map(|(key, files)| (key_of(&key), files)).collect();
        let mut set = LockedSet::default();
        // Where a package without its extras, or one with them, already stands.
        let mut seen: BTreeMap<(String, String, Vec<PackageSource>), (usize, bool)> = BTreeMap::new();
        for (package, line) in entries {
            let Some(locked) = locked(&package, &mut files, &project, context, line)? else {
                set.members.insert(package.name);
                continue;
            };
            let key = (locked.name.clone(), locked.version.clone(), locked.sources.clone());
            let extra = !package.extras.is_empty();
            let first = seen.get(&key).filter(|(_, first_extra)| extra || *first_extra).map(|(at, _)| *at);
            match first.and_then(|at| set.packages.get_mut(at)) {
                Some(first) => merge(first, locked)?,
                None => {
                    seen.insert(key, (set.packages.len(), extra));
                    set.packages.push(locked);
                }
            }
        }
        Ok(set)
    }
}

/// `name version`, as the key of its archives.
fn key_of(key: &str) -> (String, String) {
    let (name, version) = key.split_once(' ').unwrap_or((key, ""));
    (normalized(name), version.to_owned())
}

/// What the `pyproject.toml` beside the file says.
#[derive(Default)]
struct Project {
    name: Option<String>,
    named: Option<BTreeSet<String>>,
    development: BTreeSet<String>,
    excluded: BTreeSet<String>,
}

impl Project {
    fn beside(context: &Context<'_>) -> Self {
        let text = context.sibling("pyproject.toml").and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(project) = text.and_then(|text| text.parse::<Table>().ok()) else { return Self::default() };
        let pdm = project.get("tool").and_then(|tool| tool.get("pdm"));
        let groups = [project.get("dependency-groups"), pdm.and_then(|pdm| pdm.get("dev-dependencies"))];
        let groups = groups.into_iter().flatten().filter_map(Value::as_table).flat_map(Table::keys);
        let excluded = pdm.and_then(|pdm| pdm.get("resolution")?.get("excludes")?.as_array());
        Self {
            name: project.get("project").and_then(|it| it.get("name")?.as_str()).map(normalized),
            named: Some(named_by_pdm(&project)),
            development: groups.map(|group| normalized(group)).collect(),
            excluded: excluded.into_iter().flatten().filter_map(Value::as_str).map(normalized).collect(),
        }
    }

    /// The scope of what is in these groups.
    fn scope(&self, groups: &[String]) -> DependencyScope {
        let development = |group: &String| self.development.contains(&normalized(group));
        if groups.iter().any(|group| group == "default") {
            DependencyScope::Runtime
        } else if groups.is_empty() || self.named.is_none() {
            DependencyScope::Unknown
        } else if groups.iter().all(development) {
            DependencyScope::Development
        } else {
            DependencyScope::Runtime
        }
    }
}

/// Refuses a file that lacks what its packages depend on, or whose last entry ends before its archives.
fn whole(entries: &[(Package, Option<u32>)], project: &Project) -> Result<(), LockfileError> {
    let bare = |package: &Package| {
        package.files.is_empty() && package.git.is_none() && package.path.is_none() && package.url.is_none()
    };
    if let Some((last, line)) = entries.last()
        && bare(last)
        && entries.iter().any(|(package, _)| !package.files.is_empty())
    {
        let message = format!("`{}` has no `files`, though others have; it may be cut short", last.name);
        return Err(LockfileError::new(*line, message));
    }
    let names: BTreeSet<&str> = entries.iter().map(|(package, _)| package.name.as_str()).collect();
    for (package, line) in entries {
        for dependency in package.dependencies.iter().filter(|dependency| !dependency.contains(';')) {
            let name = normalized(leading_name(dependency.trim()));
            let known = names.contains(name.as_str())
                || project.excluded.contains(&name)
                || project.name.as_ref() == Some(&name);
            if !known {
                let message = format!("`{}` depends on `{name}`, which is not in the file", package.name);
                return Err(LockfileError::new(*line, message));
            }
        }
    }
    Ok(())
}

/// One entry as a package; `None` of a directory of the repository.
fn locked(
    package: &Package,
    files: &mut BTreeMap<(String, String), Vec<File>>,
    project: &Project,
    context: &Context<'_>,
    line: Option<u32>,
) -> Result<Option<LockedPackage>, LockfileError> {
    let name = package.name.as_str();
    let error = |message: String| Err(LockfileError::new(line, message));
    if package.hg.is_some() || package.svn.is_some() || package.bzr.is_some() {
        return error(format!("`{name}` lies in a repository that is not of git, which is not read"));
    }
    let first = match (&package.git, &package.path, &package.url) {
        (None, None, None) => nowhere(SourceKind::Registry),
        (Some(address), None, None) => {
            let Some(commit) = package.revision.as_deref().filter(|commit| !commit.is_empty()) else {
                return error(format!("`{name}` names no commit: expected a `revision`"));
            };
            source(SourceKind::Git, &format!("{address}#{commit}"))
        }
        (None, Some(local), None) => {
            if !is_archive(local) && join(directory(context.path), local).is_some() {
                return Ok(None);
            }
            path(local)
        }
        (None, None, Some(address)) => source(SourceKind::Url, address),
        _ => return error(format!("`{name}` comes from several places: expected one of `git`, `path` and `url`")),
    };
    let version = match &package.version {
        Some(version) => version.clone(),
        // A project beside the repository whose version is computed when it is built.
        None if first.kind == SourceKind::Path => "0".to_owned(),
        None => return error(format!("`{name}` has no version")),
    };
    // Once: entries with extras are added to the one that has them.
    let kept_apart = files.remove(&(name.to_owned(), version.clone())).unwrap_or_default();
    let archives = if package.files.is_empty() { &kept_apart } else { &package.files };
    Ok(Some(LockedPackage {
        sources: with_hosts(first, archives.iter().filter_map(|file| file.url.as_deref())),
        scope: project.scope(&package.groups),
        directness: directness(project.named.as_ref(), name),
        integrity: checksums(archives.iter().map(|file| file.hash.as_deref())),
        line,
        ..LockedPackage::new(Ecosystem::Pypi, name, version)
    }))
}

/// Adds what the entry with extras says to the one without, or the other way round.
fn merge(first: &mut LockedPackage, other: LockedPackage) -> Result<(), LockfileError> {
    if contradict(&first.integrity, &other.integrity) {
        let message = format!("`{} {}` is locked twice, with different checksums", other.name, other.version);
        return Err(LockfileError::new(other.line, message));
    }
    let runtime = [first.scope, other.scope].contains(&DependencyScope::Runtime);
    if runtime {
        first.scope = DependencyScope::Runtime;
    } else if other.scope == DependencyScope::Unknown {
        first.scope = DependencyScope::Unknown;
    }
    first.integrity.extend(other.integrity);
    first.integrity.sort();
    first.integrity.dedup();
    Ok(())
}
