//! `bun.lock`, lockfile versions 0 to 3, which differ in nothing that is read here.
//!
//! It is JSON with commas before closing brackets. `workspaces` repeat the manifests; `packages` are by the path under which
//! each is found, where `a/b` is what `a` alone sees as `b`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::javascript::{
    Entries, Graph, Keys, Roots, commit_archive, from_address, integrity, is_archive, name_and_range, well_formed,
};
use super::place::{self, directory, file_name, join, nowhere, path, source};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::{Ecosystem, PackageSource, SourceKind};

/// `bun.lock`.
pub(super) struct BunLock;

/// Versions of the format; each took in what the one before had.
const VERSIONS: std::ops::RangeInclusive<u32> = 0..=3;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lock {
    lockfile_version: Option<u32>,
    workspaces: Option<Entries<Workspace>>,
    packages: Option<Entries<Vec<Value>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Workspace {
    #[serde(default)]
    name: String,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
    #[serde(default)]
    dev_dependencies: BTreeMap<String, String>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, String>,
    #[serde(default)]
    peer_dependencies: BTreeMap<String, String>,
}

impl LockfileFormat for BunLock {
    fn name(&self) -> &'static str {
        "bun.lock"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Npm
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "bun.lock"
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let mut json = text.to_owned();
        json_strip_comments::strip(&mut json)
            .map_err(|_| LockfileError::new(None, "can't be read as a bun.lock: has a comment that is none"))?;
        let lock: Lock = serde_json::from_str(&json).map_err(|error| {
            let line = u32::try_from(error.line()).ok().filter(|line| *line > 0);
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            LockfileError::new(line, format!("can't be read as a bun.lock: {}", place::one_line(message)))
        })?;
        match lock.lockfile_version {
            Some(version) if VERSIONS.contains(&version) => {}
            Some(version) => {
                let line = Keys::behind(text, "lockfileVersion").here();
                let (first, last) = (VERSIONS.start(), VERSIONS.end());
                let message = format!("is of lockfile version {version}; {first} to {last} are read");
                return Err(LockfileError::new(line, message));
            }
            None => return Err(LockfileError::new(None, "has no `lockfileVersion`")),
        }
        let workspaces = lock.workspaces.ok_or_else(|| LockfileError::new(None, "has no `workspaces`"))?.0;
        // It is not written where nothing is locked.
        let packages = lock.packages.map(|packages| packages.0).unwrap_or_default();
        let mut keys = Keys::behind(text, "packages");
        let packages = packages.into_iter().map(|(key, fields)| {
            let line = keys.line(&key, '[');
            Package::new(key, &fields, line, context)
        });
        lock_of(&workspaces, &packages.collect::<Result<Vec<_>, _>>()?)
    }
}

/// One entry of `packages`.
struct Package {
    key: String,
    line: Option<u32>,
    name: String,
    /// `None` of what is part of the repository.
    locked: Option<(String, PackageSource)>,
    /// The directory of such a part.
    folder: Option<String>,
    integrity: Vec<String>,
    dependencies: Vec<String>,
    /// Those that may be left out.
    peers: Vec<String>,
}

impl Package {
    fn new(key: String, fields: &[Value], line: Option<u32>, context: &Context<'_>) -> Result<Self, LockfileError> {
        let wrong = |what: &str| LockfileError::new(line, format!("`{key}` {what}"));
        let text = |at: usize| fields.get(at).and_then(Value::as_str);
        let resolved = text(0).ok_or_else(|| wrong("does not begin with what it was resolved to"))?;
        let (name, version) = name_and_range(resolved);
        if name.is_empty() || version.is_empty() {
            return Err(wrong("is resolved to what has no name or no version"));
        }
        let info = fields.iter().find_map(Value::as_object);
        let names = |section: &str| {
            let section = info.and_then(|info| info.get(section)).and_then(Value::as_object);
            section.into_iter().flat_map(|map| map.keys().cloned()).collect::<Vec<_>>()
        };
        let mut dependencies = names("dependencies");
        dependencies.extend(names("optionalDependencies"));
        let checksum = fields.iter().skip(1).filter_map(Value::as_str).find(|text| well_formed(text));
        let (locked, folder) = match place(name, version, text(1), context) {
            Some(Place::Folder(folder)) => (None, Some(folder)),
            Some(Place::At(version, source)) => (Some((version, source)), None),
            None => return Err(wrong("is resolved to what is not known")),
        };
        // The last of a package from a registry is its checksum, which may be empty.
        let registry = semver::Version::parse(version).is_ok();
        if registry && (fields.len() < 4 || checksum.is_none() && text(3) != Some("")) {
            return Err(wrong("has no address, no information or no checksum, as one from a registry has"));
        }
        let (name, peers) = (name.to_owned(), names("peerDependencies"));
        Ok(Self { line, name, locked, folder, integrity: integrity(checksum), dependencies, peers, key })
    }
}

enum Place {
    Folder(String),
    At(String, PackageSource),
}

/// Where a package comes from; `None` of what is not known.
fn place(name: &str, version: &str, address: Option<&str>, context: &Context<'_>) -> Option<Place> {
    if semver::Version::parse(version).is_ok() {
        let found = match address {
            None | Some("") => nowhere(SourceKind::Registry),
            Some(address) => from_address((name, version), Some(address), false),
        };
        return Some(Place::At(version.to_owned(), found));
    }
    if let Some(folder) = version.strip_prefix("workspace:") {
        return join("", folder).map(Place::Folder);
    }
    if version.starts_with("root:") {
        return Some(Place::Folder(String::new()));
    }
    // The archive or the repository has no version of its own here.
    let at = |source| Some(Place::At("0".to_owned(), source));
    if let Some(folder) = version.strip_prefix("file:").or_else(|| version.strip_prefix("link:")) {
        return match join(directory(context.path), folder).and_then(|_| join("", folder)) {
            Some(folder) if !is_archive(&folder) => Some(Place::Folder(folder)),
            _ => at(path(folder)),
        };
    }
    if version.starts_with("git") || version.starts_with("ssh://") || version.starts_with("bitbucket:") {
        let source = from_address((name, ""), Some(version), false);
        let source = if source.kind == SourceKind::Git { source } else { self::source(SourceKind::Git, version) };
        let commit = version.rsplit_once('#').map_or("0", |(_, commit)| commit).to_owned();
        return Some(Place::At(commit, source));
    }
    if version.contains("://") {
        return at(commit_archive(version).unwrap_or_else(|| source(SourceKind::Url, version)));
    }
    is_archive(version).then(|| path(version)).and_then(at)
}

fn lock_of(workspaces: &[(String, Workspace)], packages: &[Package]) -> Result<LockedSet, LockfileError> {
    let by_key: BTreeMap<&str, usize> = packages.iter().enumerate().map(|(at, it)| (it.key.as_str(), at)).collect();
    let mut set = LockedSet::default();
    let mut graph = Graph::new(packages.len());
    for (at, package) in packages.iter().enumerate() {
        for name in &package.dependencies {
            let Some(found) = find(&by_key, &package.key, name) else {
                let message = format!("`{}` depends on `{name}`, which is not in the file", package.key);
                return Err(LockfileError::new(package.line, message));
            };
            graph.edges(at, [found]);
        }
        graph.edges(at, package.peers.iter().filter_map(|name| find(&by_key, &package.key, name)));
    }
    let mut roots = Roots::default();
    for (folder, workspace) in workspaces {
        // A workspace is found under its name, the root under none.
        let from = if folder.is_empty() { "" } else { workspace.name.as_str() };
        let named = |section: &BTreeMap<String, String>| -> Result<Vec<usize>, LockfileError> {
            let found = section.keys().map(|name| {
                let message = || format!("`{folder}` asks for `{name}`, which is not in the file");
                find(&by_key, from, name).ok_or_else(|| LockfileError::new(None, message()))
            });
            found.collect()
        };
        roots.runtime.extend(named(&workspace.dependencies)?);
        roots.runtime.extend(named(&workspace.optional_dependencies)?);
        roots.development.extend(named(&workspace.dev_dependencies)?);
        roots.named.extend(workspace.peer_dependencies.keys().filter_map(|name| find(&by_key, from, name)));
        let sections = [&workspace.dependencies, &workspace.dev_dependencies, &workspace.optional_dependencies];
        let asked = sections.into_iter().flatten().map(|(name, range)| (name.clone(), range.clone()));
        set.asked.insert(folder.clone(), asked.collect());
        set.members.insert(folder.clone());
    }
    for (package, (directness, scope)) in packages.iter().zip(graph.uses(Some(&roots))) {
        set.members.extend(package.folder.clone());
        let Some((version, source)) = &package.locked else { continue };
        set.packages.push(LockedPackage {
            sources: vec![source.clone()],
            scope,
            directness,
            integrity: package.integrity.clone(),
            line: package.line,
            ..LockedPackage::new(Ecosystem::Npm, package.name.clone(), version.clone())
        });
    }
    Ok(set)
}

/// The package that is seen under a name from a path: the nearest that has it.
fn find(by_key: &BTreeMap<&str, usize>, from: &str, name: &str) -> Option<usize> {
    let mut from = from;
    while !from.is_empty() {
        if let Some(at) = by_key.get(format!("{from}/{name}").as_str()) {
            return Some(*at);
        }
        // A scope is no path of its own.
        let end = |text: &str| text.rfind('/').unwrap_or(0);
        let up = from.get(..end(from)).unwrap_or_default();
        let last = up.get(if up.contains('/') { end(up) + 1 } else { 0 }..).unwrap_or_default();
        from = if last.starts_with('@') { up.get(..end(up)).unwrap_or_default() } else { up };
    }
    by_key.get(name).copied()
}
