//! `Gemfile.lock` and `gems.locked`, as Bundler writes them.
//!
//! A gem that is built for several platforms is one package at one version, and its checksums are those of all of them: a
//! platform that comes or goes brings no other version. Where the checksum of one is missing the package has none. What the
//! `Gemfile` asks for is direct (`DEPENDENCIES`), and so is what a gem of the repository itself needs. Scope is that of the
//! `Gemfile` beside the file where that can be read without running it.

mod gemfile;
mod grammar;

use std::collections::{BTreeMap, BTreeSet};

use self::gemfile::Groups;
use self::grammar::{Block, BlockKind, Document, Gem, Id, document};
use super::place::{beside, directory, file_name, join, nowhere, path, source};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat, MAX_REGISTRIES};
use crate::evidence::{DependencyScope, Directness, Ecosystem, PackageSource, Problem, SourceKind};

/// `Gemfile.lock`.
pub(super) struct GemfileLock;

/// Bundler itself, which gems may need and no lockfile lists.
const BUNDLER: &str = "bundler";

impl LockfileFormat for GemfileLock {
    fn name(&self) -> &'static str {
        "Gemfile.lock"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Gem
    }

    fn recognizes(&self, path: &str) -> bool {
        matches!(file_name(path), "Gemfile.lock" | "gems.locked")
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let document = document(text)?;
        let Some(asked) = &document.direct else {
            let message = "has no `DEPENDENCIES`, which every Gemfile.lock has; it may be cut short";
            return Err(LockfileError::new(None, message));
        };
        whole(&document)?;
        let mut set = LockedSet { problems: stray(&document, context), ..LockedSet::default() };
        let mut direct: BTreeSet<&str> = asked.iter().map(String::as_str).collect();
        let mut packages: BTreeMap<(&str, &str, Vec<PackageSource>), Vec<&Gem>> = BTreeMap::new();
        for block in &document.blocks {
            let Some(sources) = place(block, context)? else {
                for gem in &block.gems {
                    set.members.insert(gem.id.name.clone());
                    direct.extend(gem.needs.iter().map(String::as_str));
                }
                continue;
            };
            for gem in &block.gems {
                packages.entry((&gem.id.name, &gem.id.version, sources.clone())).or_default().push(gem);
            }
        }
        let scopes = scopes(&document, asked, context);
        for ((name, version, sources), gems) in packages {
            set.packages.push(LockedPackage {
                sources,
                scope: scopes.get(name).copied().unwrap_or(DependencyScope::Unknown),
                directness: match (direct.contains(name), document.ended) {
                    (true, _) => Directness::Direct,
                    (false, true) => Directness::Transitive,
                    // What the `Gemfile` asks for may be cut short.
                    (false, false) => Directness::Unknown,
                },
                integrity: integrity(&document, &gems),
                line: gems.first().map(|gem| gem.line),
                ..LockedPackage::new(Ecosystem::Gem, name, version)
            });
        }
        set.packages.sort_by_key(|package| package.line);
        Ok(set)
    }
}

/// Refuses a gem that is locked twice for one platform, and one that needs what is not in the file.
fn whole(document: &Document) -> Result<(), LockfileError> {
    let gems = || document.blocks.iter().flat_map(|block| &block.gems);
    let mut seen: BTreeMap<(&str, &str), &Id> = BTreeMap::new();
    for gem in gems() {
        if let Some(other) = seen.insert((&gem.id.name, &gem.id.platform), &gem.id) {
            let (name, version) = (&gem.id.name, &gem.id.version);
            let message =
                format!("`{name}` is locked twice for one platform, at `{}` and at `{version}`", other.version);
            return Err(LockfileError::new(Some(gem.line), message));
        }
    }
    let names: BTreeSet<&str> = gems().map(|gem| gem.id.name.as_str()).collect();
    for gem in gems() {
        if let Some(missing) = gem.needs.iter().find(|need| *need != BUNDLER && !names.contains(need.as_str())) {
            let message = format!("`{}` depends on `{missing}`, which is not in the file", gem.id.name);
            return Err(LockfileError::new(Some(gem.line), message));
        }
    }
    Ok(())
}

/// Checksums of gems that the file does not lock.
fn stray(document: &Document, context: &Context<'_>) -> Vec<Problem> {
    let gems: BTreeSet<&Id> = document.blocks.iter().flat_map(|block| &block.gems).map(|gem| &gem.id).collect();
    let checksums = document.checksums.iter().flatten();
    let stray = checksums.filter(|(id, _)| id.name != BUNDLER && !gems.contains(id));
    stray
        .map(|(id, (line, _))| Problem {
            at: format!("{}:{line}", context.path),
            message: format!("a checksum of `{} {}`, which is not in the file", id.name, id.version),
        })
        .collect()
}

/// Where the gems of a block come from; `None` of a directory of the repository.
fn place(block: &Block, context: &Context<'_>) -> Result<Option<Vec<PackageSource>>, LockfileError> {
    let missing = |key: &str| LockfileError::new(Some(block.line), format!("has no `{key}`; it may be cut short"));
    let remote = || block.values("remote").next().ok_or_else(|| missing("remote"));
    Ok(Some(match block.kind {
        BlockKind::Gem => {
            let remotes: BTreeSet<PackageSource> =
                block.values("remote").map(|remote| source(SourceKind::Registry, remote)).collect();
            if remotes.len() > MAX_REGISTRIES {
                let message = format!("names more than {MAX_REGISTRIES} remotes for one `GEM`");
                return Err(LockfileError::limit(Some(block.line), message));
            }
            if remotes.is_empty() { vec![nowhere(SourceKind::Registry)] } else { remotes.into_iter().collect() }
        }
        BlockKind::Git => {
            let commit = block.values("revision").next().ok_or_else(|| missing("revision"))?;
            vec![source(SourceKind::Git, &format!("{}#{commit}", remote()?))]
        }
        BlockKind::Path => {
            let remote = remote()?;
            if join(directory(context.path), remote).is_some() {
                return Ok(None);
            }
            vec![path(remote)]
        }
        BlockKind::Plugin => vec![source(SourceKind::Unknown, remote()?)],
    }))
}

/// Checksums of a gem for all of its platforms; none where one of them has none.
fn integrity(document: &Document, gems: &[&Gem]) -> Vec<String> {
    let Some(checksums) = &document.checksums else { return Vec::new() };
    let mut found = BTreeSet::new();
    for gem in gems {
        match checksums.get(&gem.id) {
            Some((_, digests)) if !digests.is_empty() => found.extend(digests.iter().cloned()),
            _ => return Vec::new(),
        }
    }
    found.into_iter().collect()
}

/// What each gem is used for, by the groups of those that bring it in; nothing where the `Gemfile` can't be read.
fn scopes<'a>(
    document: &'a Document,
    asked: &'a BTreeSet<String>,
    context: &Context<'_>,
) -> BTreeMap<&'a str, DependencyScope> {
    let manifest = if file_name(context.path) == "gems.locked" { "gems.rb" } else { "Gemfile" };
    let bytes = context.read(&beside(context.path, manifest)).ok().flatten();
    let Some(groups) = bytes.and_then(|bytes| Groups::read(&String::from_utf8(bytes).ok()?)) else {
        return BTreeMap::new();
    };
    let Some(roots) = asked.iter().map(|name| Some((name.as_str(), groups.scope(name)?))).collect::<Option<Vec<_>>>()
    else {
        return BTreeMap::new();
    };
    let mut needs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for gem in document.blocks.iter().flat_map(|block| &block.gems) {
        needs.entry(&gem.id.name).or_default().extend(gem.needs.iter().map(String::as_str));
    }
    let mut scopes = BTreeMap::new();
    // What comes first stands: shipped, then what can't be told.
    for scope in [DependencyScope::Runtime, DependencyScope::Unknown, DependencyScope::Development] {
        let of_scope = roots.iter().filter(|(_, found)| *found == scope);
        let mut queue: Vec<&str> = of_scope.map(|(name, _)| *name).collect();
        while let Some(name) = queue.pop() {
            if !scopes.contains_key(name) {
                scopes.insert(name, scope);
                queue.extend(needs.get(name).into_iter().flatten());
            }
        }
    }
    scopes
}
