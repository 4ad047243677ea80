//! `pnpm-lock.yaml`, lockfile versions 5, 6 and 9.
//!
//! `importers` are the project and its workspaces, with what their manifests ask for; before version 9 those of a project
//! without workspaces stand at the top. A package stands there once for each set of peers that it was resolved with; in
//! version 9 these are `snapshots`, and have what they depend on. What something depends on has to be there: pnpm itself
//! refuses a file where it is not. Recent releases put a document before the project's that locks pnpm and its settings.

mod keys;
mod wire;

use std::collections::BTreeMap;

use super::javascript::{Graph, Roots, commit_archive, from_address, integrity, well_formed, yaml};
use super::place::{directory, file_name, join, nowhere, path, source};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::{DependencyScope, Ecosystem, PackageSource, SourceKind};
use keys::{Style, without_peers};
use wire::{Asked, Importer, Lock, Package, Resolution, both};

/// `pnpm-lock.yaml`.
pub(super) struct PnpmLock;

impl LockfileFormat for PnpmLock {
    fn name(&self) -> &'static str {
        "pnpm-lock.yaml"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Npm
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "pnpm-lock.yaml"
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let mut set = LockedSet::default();
        let documents: Vec<Lock> = yaml(text, "pnpm-lock.yaml", 2)?;
        if documents.is_empty() {
            return Err(LockfileError::new(None, "holds nothing"));
        }
        for document in documents {
            read(document, text, context, &mut set)?;
        }
        Ok(set)
    }
}

fn read(lock: Lock, text: &str, context: &Context<'_>, set: &mut LockedSet) -> Result<(), LockfileError> {
    let version = lock.lockfile_version.unwrap_or_default();
    let Some(style) = Style::of(&version) else {
        let line = text.lines().position(|line| line.starts_with("lockfileVersion:"));
        let line = line.and_then(|line| u32::try_from(line + 1).ok());
        let message = format!("is of lockfile version `{version}`; 5.0 to 5.4, 6.0, 6.1 and 9.0 are read");
        return Err(LockfileError::new(line, message));
    };
    // From version 6 on what is empty is left out, or written as `{}`.
    if style != Style::Slash && text.trim_end().ends_with(':') {
        let line = u32::try_from(text.trim_end().lines().count()).ok();
        return Err(LockfileError::new(line, "ends with a key that has no value; it is cut short"));
    }
    let packages = lock.packages.unwrap_or_default().0;
    if style == Style::At && lock.snapshots.is_none() && !packages.is_empty() {
        return Err(LockfileError::new(None, "has packages and no `snapshots`, as version 9 has; it may be cut short"));
    }
    if style == Style::At && lock.importers.as_ref().is_none_or(|importers| importers.0.is_empty()) {
        return Err(LockfileError::new(None, "has no `importers`, as version 9 has; it may be cut short"));
    }
    let mut nodes = Nodes::new(style);
    for (key, line, package) in &packages {
        nodes.package(key, *line, package)?;
    }
    for (key, line, _) in lock.snapshots.iter().flat_map(|snapshots| &snapshots.0) {
        nodes.snapshot(key, *line)?;
    }
    let mut graph = Graph::new(nodes.list.len());
    for (key, line, package) in &packages {
        nodes.edges(&mut graph, (key, *line), both(&package.dependencies, &package.optional_dependencies))?;
    }
    for (key, line, snapshot) in lock.snapshots.iter().flat_map(|snapshots| &snapshots.0) {
        nodes.edges(&mut graph, (key, *line), both(&snapshot.dependencies, &snapshot.optional_dependencies))?;
    }
    let root = Importer {
        specifiers: lock.specifiers,
        dependencies: lock.dependencies,
        dev_dependencies: lock.dev_dependencies,
        optional_dependencies: lock.optional_dependencies,
        ..Importer::default()
    };
    let importers = match lock.importers {
        Some(importers) => importers.0,
        None => vec![(".".to_owned(), None, root)],
    };
    let overridden = lock.overrides.is_some_and(|overrides| !overrides.is_empty());
    let mut roots = Roots::default();
    for (folder, line, importer) in &importers {
        let ours = [&importer.dependencies, &importer.optional_dependencies].into_iter().flatten().flatten();
        roots.runtime.extend(nodes.asked(ours, *line)?);
        let tools = [&importer.dev_dependencies, &importer.config_dependencies, &importer.package_manager_dependencies];
        roots.development.extend(nodes.asked(tools.into_iter().flatten().flatten(), *line)?);
        let Some(folder) = join("", folder) else { continue };
        // Specifiers that are overridden are not those of the manifest.
        if !overridden {
            set.asked.entry(folder.clone()).or_default().extend(importer.asked());
        }
        set.members.insert(folder);
    }
    let uses = graph.uses(Some(&roots));
    for (node, (directness, scope)) in nodes.list.into_iter().zip(uses) {
        let Some(sources) = node.sources(context)? else {
            set.members.extend(node.package.resolution.as_ref().and_then(|it| join("", it.directory.as_deref()?)));
            continue;
        };
        set.packages.push(LockedPackage {
            sources,
            directness,
            scope: match (scope, node.package.dev) {
                // The flag may make more of it than the references do, never less.
                (DependencyScope::Unknown | DependencyScope::Development, Some(false)) => DependencyScope::Runtime,
                (DependencyScope::Unknown, Some(true)) => DependencyScope::Development,
                (scope, _) => scope,
            },
            integrity: node.integrity()?,
            deprecated: node.package.deprecated.clone().filter(|text| !text.trim().is_empty()),
            line: node.line,
            ..LockedPackage::new(Ecosystem::Npm, node.name, node.version)
        });
    }
    Ok(())
}

impl Importer {
    /// What the manifest asks for, as it writes it.
    fn asked(&self) -> BTreeMap<String, String> {
        let inline = [&self.dependencies, &self.dev_dependencies, &self.optional_dependencies].into_iter().flatten();
        let inline = inline.flatten().filter_map(|(name, asked)| Some((name.clone(), asked.specifier.clone()?)));
        let apart = self.specifiers.iter().flatten().map(|(name, range)| (name.clone(), range.clone()));
        inline.chain(apart).collect()
    }
}

/// Packages with one set of peers each.
struct Nodes<'l> {
    style: Style,
    list: Vec<Node<'l>>,
    by_key: BTreeMap<&'l str, usize>,
    /// Of version 9, the package by its key without peers, and whether it is one of the list so far.
    packages: BTreeMap<&'l str, (Node<'l>, Option<usize>)>,
}

#[derive(Clone)]
struct Node<'l> {
    line: Option<u32>,
    name: String,
    version: String,
    package: &'l Package,
}

impl<'l> Nodes<'l> {
    fn new(style: Style) -> Self {
        Self { style, list: Vec::new(), by_key: BTreeMap::new(), packages: BTreeMap::new() }
    }

    fn package(&mut self, text: &'l str, line: Option<u32>, package: &'l Package) -> Result<(), LockfileError> {
        let wrong = |what: &str| LockfileError::new(line, format!("`{text}` {what}"));
        let key = self.style.key(text).ok_or_else(|| wrong("is no key of a package"))?;
        let Some(resolution) = &package.resolution else {
            return Err(wrong("has no `resolution`; the file may be cut short"));
        };
        let name = package.name.as_deref().or(key.name).ok_or_else(|| wrong("has no name"))?.to_owned();
        // An address stands for its version.
        let without = resolution.kind.is_some() || resolution.tarball.is_some();
        let version = package.version.as_deref().or(key.version).or(without.then_some("0"));
        let version = version.ok_or_else(|| wrong("has no version"))?.to_owned();
        let node = Node { line, name, version, package };
        // The same package under two keys is one with two sets of peers before version 9, and none after.
        if self.style == Style::At {
            if key.plain != text {
                return Err(wrong("has peers, which only `snapshots` have"));
            }
            self.packages.insert(text, (node.clone(), Some(self.list.len())));
        }
        self.by_key.insert(text, self.list.len());
        self.list.push(node);
        Ok(())
    }

    fn snapshot(&mut self, text: &'l str, line: Option<u32>) -> Result<(), LockfileError> {
        let wrong = |what: &str| LockfileError::new(line, format!("`{text}` {what}"));
        let plain = without_peers(text).ok_or_else(|| wrong("is no key of a package"))?;
        let (node, free) = self.packages.get_mut(plain).ok_or_else(|| wrong("is not among the `packages`"))?;
        // The first snapshot takes the place of its package.
        let at = free.take().unwrap_or(self.list.len());
        if at == self.list.len() {
            self.list.push(node.clone());
        }
        self.by_key.insert(text, at);
        Ok(())
    }

    fn edges<'d>(
        &self,
        graph: &mut Graph,
        (key, line): (&str, Option<u32>),
        dependencies: impl Iterator<Item = (&'d String, &'d String)>,
    ) -> Result<(), LockfileError> {
        let Some(at) = self.by_key.get(key) else { return Ok(()) };
        for (name, reference) in dependencies {
            graph.edges(*at, self.find(name, reference, line)?);
        }
        Ok(())
    }

    fn asked<'d>(
        &self,
        section: impl Iterator<Item = (&'d String, &'d Asked)>,
        line: Option<u32>,
    ) -> Result<Vec<usize>, LockfileError> {
        let found = section.map(|(name, asked)| self.find(name, &asked.version, line));
        Ok(found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// The package that a reference is to; `None` where it is to a directory of the repository.
    fn find(&self, name: &str, reference: &str, line: Option<u32>) -> Result<Option<usize>, LockfileError> {
        let Some(key) = self.style.refer(name, reference) else {
            return Ok(None);
        };
        // One without peers stands for itself.
        let plain = || without_peers(&key).filter(|_| self.style == Style::At).and_then(|key| self.by_key.get(key));
        match self.by_key.get(key.as_str()).or_else(plain) {
            Some(at) => Ok(Some(*at)),
            None => {
                let message = format!("something depends on `{key}`, which is not in the file; it may be cut short");
                Err(LockfileError::new(line, message))
            }
        }
    }
}

impl Node<'_> {
    /// Where it comes from; `None` where that is a directory of the repository.
    fn sources(&self, context: &Context<'_>) -> Result<Option<Vec<PackageSource>>, LockfileError> {
        let Some(resolution) = &self.package.resolution else {
            return Ok(Some(Vec::new()));
        };
        if let Some(folder) = resolution.directory.as_deref() {
            let inside = join(directory(context.path), folder).is_some();
            return Ok((!inside).then(|| vec![path(folder)]));
        }
        let mut sources = self.fetched(resolution)?;
        let mut rest = sources.split_off(1.min(sources.len()));
        rest.retain(|source| source.host != sources.first().and_then(|first| first.host.clone()));
        rest.iter_mut().for_each(|source| source.location = None);
        rest.sort();
        rest.dedup();
        sources.extend(rest);
        Ok(Some(sources))
    }

    fn fetched(&self, resolution: &Resolution) -> Result<Vec<PackageSource>, LockfileError> {
        let named = (self.name.as_str(), self.version.as_str());
        let absent = |what: &str| LockfileError::new(self.line, format!("`{}` has no `{what}`", self.name));
        match (resolution.kind.as_deref(), resolution.tarball.as_deref()) {
            (None, Some(tarball)) => {
                let source = commit_archive(tarball).unwrap_or_else(|| from_address(named, Some(tarball), false));
                Ok(vec![source])
            }
            (None, None) if resolution.integrity.is_some() => Ok(vec![nowhere(SourceKind::Registry)]),
            (None, None) => Err(absent("integrity")),
            (Some("git"), _) => {
                let repo = resolution.repo.as_deref().ok_or_else(|| absent("repo"))?;
                let commit = resolution.commit.as_deref().ok_or_else(|| absent("commit"))?;
                let part = resolution.path.as_deref().map_or(String::new(), |path| format!("?subdirectory={path}"));
                Ok(vec![source(SourceKind::Git, &format!("{repo}{part}#{commit}"))])
            }
            (Some("binary"), _) => {
                let url = resolution.url.as_deref().ok_or_else(|| absent("url"))?;
                Ok(vec![source(SourceKind::Url, url)])
            }
            (Some("variations"), _) => {
                let variants = resolution.variants.as_deref().filter(|variants| !variants.is_empty());
                let variants = variants.ok_or_else(|| absent("variants"))?.iter();
                let sources = variants.map(|variant| match variant.resolution.kind.as_deref() {
                    // A variant of variants would be something else.
                    Some("variations") => Err(absent("archive of a variant")),
                    _ => self.fetched(&variant.resolution),
                });
                Ok(sources.collect::<Result<Vec<_>, _>>()?.concat())
            }
            (Some(kind), _) => {
                let message = format!("`{}` has a resolution of the unknown type `{kind}`", self.name);
                Err(LockfileError::new(self.line, message))
            }
        }
    }

    fn integrity(&self) -> Result<Vec<String>, LockfileError> {
        let variants = self.package.resolution.iter().flat_map(|it| it.variants.iter().flatten());
        let all = self.package.resolution.iter().chain(variants.map(|variant| &variant.resolution));
        let mut digests = Vec::new();
        for text in all.filter_map(|resolution| resolution.integrity.as_deref()) {
            if !well_formed(text) {
                return Err(LockfileError::new(self.line, format!("has the checksum `{text}`, which is none")));
            }
            digests.extend(integrity(Some(text)));
        }
        digests.sort();
        digests.dedup();
        Ok(digests)
    }
}
