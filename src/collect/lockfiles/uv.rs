//! `uv.lock`, version 1.
//!
//! Packages whose source is `editable`, `virtual` or a directory of the repository are its own; what they depend on is
//! direct, and what can only be reached through their `dev-dependencies` is for development. A package that is locked
//! several times, for several environments, is several entries of one name. The address of each archive is in the file,
//! so that its host is a source too: it is from there that the package is downloaded.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::place::{Lines, directory, file_name, join, path, source, toml};
use super::pypi::{checksums, normalized, with_hosts};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::{DependencyScope, Directness, Ecosystem, PackageSource, SourceKind};

/// `uv.lock`.
pub(super) struct UvLock;

#[derive(Deserialize)]
struct Lock {
    version: Option<Spanned<i64>>,
    #[serde(default, alias = "distribution")]
    package: Vec<Spanned<Package>>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Option<String>,
    source: Place,
    #[serde(default)]
    dependencies: Vec<Dependency>,
    #[serde(default, rename = "optional-dependencies")]
    optional: BTreeMap<String, Vec<Dependency>>,
    #[serde(default, rename = "dev-dependencies")]
    development: BTreeMap<String, Vec<Dependency>>,
    sdist: Option<File>,
    #[serde(default)]
    wheels: Vec<File>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
}

#[derive(Deserialize)]
struct File {
    url: Option<String>,
    hash: Option<String>,
}

/// Where a package comes from; one of them, beside which a `subdirectory` may stand.
#[derive(Deserialize)]
struct Place {
    registry: Option<String>,
    git: Option<String>,
    url: Option<String>,
    path: Option<String>,
    directory: Option<String>,
    editable: Option<String>,
    r#virtual: Option<String>,
}

/// Where a package comes from.
enum Kind<'a> {
    Registry(&'a str),
    Git(&'a str),
    Url(&'a str),
    Archive(&'a str),
    Project(&'a str),
}

impl Place {
    fn one(&self, line: Option<u32>, name: &str) -> Result<Kind<'_>, LockfileError> {
        let project = [&self.directory, &self.editable, &self.r#virtual];
        let kinds = [
            self.registry.as_deref().map(Kind::Registry),
            self.git.as_deref().map(Kind::Git),
            self.url.as_deref().map(Kind::Url),
            self.path.as_deref().map(Kind::Archive),
        ];
        let projects = project.into_iter().map(|place| place.as_deref().map(Kind::Project));
        let mut found = kinds.into_iter().chain(projects).flatten();
        match (found.next(), found.next()) {
            (Some(kind), None) => Ok(kind),
            _ => Err(LockfileError::new(line, format!("`{name}` has no source of a known kind, or several"))),
        }
    }
}

impl LockfileFormat for UvLock {
    fn name(&self) -> &'static str {
        "uv.lock"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Pypi
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "uv.lock"
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let lock: Lock = toml(text)?;
        let lines = Lines::new(text);
        let version = lock.version.ok_or_else(|| LockfileError::new(None, "has no version"))?;
        if *version.get_ref() != 1 {
            let message = format!("is of version {}; 1 is read", version.get_ref());
            return Err(LockfileError::new(lines.at(version.span().start), message));
        }
        let entries: Vec<(Package, Option<u32>)> = lock
            .package
            .into_iter()
            .map(|entry| (lines.at(entry.span().start), entry.into_inner()))
            .map(|(line, package)| (Package { name: normalized(&package.name), ..package }, line))
            .collect();
        let archives = |package: &Package| package.sdist.is_some() || !package.wheels.is_empty();
        if let Some((last, line)) = entries.last()
            && last.source.registry.is_some()
            && !archives(last)
            && entries.iter().any(|(package, _)| archives(package))
        {
            let message = format!("`{}` has no archives, though others have; it may be cut short", last.name);
            return Err(LockfileError::new(*line, message));
        }
        let uses = uses(&entries, context)?;
        let mut set = LockedSet::default();
        for (package, line) in &entries {
            package.source.one(*line, &package.name)?;
            if is_local(package, context) {
                set.members.insert(package.name.clone());
            } else {
                set.packages.push(locked(package, &uses, *line)?);
            }
        }
        Ok(set)
    }
}

/// Whether a package is part of the repository.
fn is_local(package: &Package, context: &Context<'_>) -> bool {
    let place = &package.source;
    let project = place.directory.as_ref().or(place.editable.as_ref()).or(place.r#virtual.as_ref());
    project.is_some_and(|path| join(directory(context.path), path).is_some())
}

/// What the packages of the repository ask for, and what can be reached from it at run time.
struct Uses<'a> {
    known: bool,
    direct: BTreeSet<&'a str>,
    runtime: BTreeSet<&'a str>,
}

fn uses<'a>(entries: &'a [(Package, Option<u32>)], context: &Context<'_>) -> Result<Uses<'a>, LockfileError> {
    let mut edges: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut uses = Uses { known: false, direct: BTreeSet::new(), runtime: BTreeSet::new() };
    let names: BTreeSet<&str> = entries.iter().map(|(package, _)| package.name.as_str()).collect();
    let find = |name: &str, line: Option<u32>| {
        let found = names.get(normalized(name).as_str()).copied();
        found.ok_or_else(|| LockfileError::new(line, format!("depends on `{name}`, which is not in the file")))
    };
    let mut queue: Vec<&str> = Vec::new();
    for (package, line) in entries {
        let local = is_local(package, context);
        uses.known |= local;
        for dependency in package.dependencies.iter().chain(package.optional.values().flatten()) {
            let name = find(&dependency.name, *line)?;
            edges.entry(&package.name).or_default().insert(name.to_owned());
            if local {
                uses.direct.insert(name);
                queue.push(name);
            }
        }
        for dependency in package.development.values().flatten() {
            let name = find(&dependency.name, *line)?;
            if local {
                uses.direct.insert(name);
            }
        }
    }
    while let Some(name) = queue.pop() {
        if uses.runtime.insert(name) {
            queue.extend(edges.get(name).into_iter().flatten().filter_map(|next| names.get(next.as_str())));
        }
    }
    Ok(uses)
}

fn locked(package: &Package, uses: &Uses<'_>, line: Option<u32>) -> Result<LockedPackage, LockfileError> {
    let name = package.name.as_str();
    let version = match (&package.version, package.source.one(line, name)?) {
        (Some(version), _) => version.clone(),
        // A project beside the repository whose version is computed when it is built.
        (None, Kind::Project(_)) => "0".to_owned(),
        (None, _) => return Err(LockfileError::new(line, format!("`{name}` has no version"))),
    };
    let archives = || package.sdist.iter().chain(&package.wheels);
    Ok(LockedPackage {
        sources: with_hosts(first(&package.source, line, name)?, archives().filter_map(|file| file.url.as_deref())),
        scope: match (uses.known, uses.runtime.contains(name)) {
            (false, _) => DependencyScope::Unknown,
            (true, true) => DependencyScope::Runtime,
            (true, false) => DependencyScope::Development,
        },
        directness: match (uses.known, uses.direct.contains(name)) {
            (false, _) => Directness::Unknown,
            (true, true) => Directness::Direct,
            (true, false) => Directness::Transitive,
        },
        integrity: checksums(archives().map(|file| file.hash.as_deref())),
        line,
        ..LockedPackage::new(Ecosystem::Pypi, name, version)
    })
}

/// The one place that a package comes from.
fn first(place: &Place, line: Option<u32>, name: &str) -> Result<PackageSource, LockfileError> {
    Ok(match place.one(line, name)? {
        Kind::Registry(address) if address.contains("://") => source(SourceKind::Registry, address),
        Kind::Registry(local) => PackageSource { kind: SourceKind::Registry, ..path(local) },
        Kind::Git(address) => source(SourceKind::Git, address),
        Kind::Url(address) => source(SourceKind::Url, address),
        Kind::Archive(local) | Kind::Project(local) => path(local),
    })
}
