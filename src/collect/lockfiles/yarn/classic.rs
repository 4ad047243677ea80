//! `yarn.lock` of yarn 1.

use std::collections::{BTreeMap, BTreeSet};

use super::grammar::{Entry, entries};
use crate::collect::lockfiles::javascript::{
    Graph, Manifest, Roots, alias, commit_archive, from_address, integrity, is_archive, manifest_of, name_and_range,
    well_formed, workspaces,
};
use crate::collect::lockfiles::place::{directory, join, nowhere, path, source};
use crate::collect::lockfiles::{Context, LockedPackage, LockedSet, LockfileError};
use crate::evidence::{Ecosystem, PackageSource, Pin, Problem, SourceKind};

pub(super) fn parse(text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
    let entries = entries(text)?;
    let mut index = Index::default();
    for (at, entry) in entries.iter().enumerate() {
        index.add(at, entry)?;
    }
    let project = Project::read(context)?;
    let settled = project.settled();
    let mut graph = Graph::new(entries.len());
    let mut absent = BTreeSet::new();
    for (at, entry) in entries.iter().enumerate() {
        for (name, range) in &entry.dependencies {
            let found = index.find(name, range);
            let elsewhere = is_link(range) || project.members.contains(name) || settled.contains(name.as_str());
            if found.is_empty() && !elsewhere {
                // The manifests tell what else may be meant; without them that can't be said.
                if project.known {
                    let message =
                        format!("`{}` depends on `{name}`, which is not in the file", entry.descriptors.join(", "));
                    return Err(LockfileError::new(entry.line, message));
                }
                absent.insert(name);
            }
            graph.edges(at, found.iter().copied());
        }
    }
    let mut set = LockedSet::default();
    let roots = project.known.then(|| project.roots(&index, &mut set));
    let uses = graph.uses(roots.as_ref());
    for (entry, (directness, scope)) in entries.iter().zip(uses) {
        let Some(place) = place(entry, context)? else {
            set.members.extend(entry.folder().and_then(|folder| join("", folder)));
            continue;
        };
        for name in entry.names()? {
            let mut digests = integrity(entry.integrity.as_deref());
            digests.extend(entry.sha1());
            digests.sort();
            let source = place.source(&name, entry.version.as_deref().unwrap_or_default());
            set.packages.push(LockedPackage {
                sources: vec![source],
                scope,
                directness,
                integrity: digests,
                // What has no address is looked up anew at each installation.
                pin: matches!(place, Place::Nowhere).then_some(Pin::Floating),
                line: entry.line,
                ..LockedPackage::new(Ecosystem::Npm, name, entry.version.clone().unwrap_or_default())
            });
        }
    }
    if let Some(name) = absent.first() {
        let message =
            format!("{} packages that others depend on are not in the file, `{name}` among them", absent.len());
        set.problems.push(Problem { at: context.path.to_owned(), message });
    }
    Ok(set)
}

/// Entries by what they answer.
#[derive(Default)]
struct Index<'a> {
    exact: BTreeMap<&'a str, usize>,
    by_name: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> Index<'a> {
    fn add(&mut self, at: usize, entry: &'a Entry) -> Result<(), LockfileError> {
        if entry.version.is_none() {
            let message = format!("`{}` has no version; the file may be cut short", entry.descriptors.join(", "));
            return Err(LockfileError::new(entry.line, message));
        }
        if let Some(wrong) = entry.integrity.as_deref().filter(|integrity| !well_formed(integrity)) {
            return Err(LockfileError::new(entry.line, format!("has the checksum `{wrong}`, which is none")));
        }
        for descriptor in &entry.descriptors {
            if self.exact.insert(descriptor, at).is_some() {
                return Err(LockfileError::new(entry.line, format!("`{descriptor}` stands there twice")));
            }
            let named = self.by_name.entry(name_and_range(descriptor).0).or_default();
            if named.last() != Some(&at) {
                named.push(at);
            }
        }
        Ok(())
    }

    /// The entry that answers a range; where resolutions settle it otherwise, all of the name.
    fn find(&self, name: &str, range: &str) -> &[usize] {
        let exact = if range.is_empty() { self.exact.get(name) } else { None };
        match exact.or_else(|| self.exact.get(format!("{name}@{range}").as_str())) {
            Some(at) => std::slice::from_ref(at),
            None => self.by_name.get(name).map_or(&[], Vec::as_slice),
        }
    }

    fn has(&self, name: &str, range: &str) -> bool {
        self.exact.contains_key(format!("{name}@{range}").as_str())
    }
}

fn is_link(range: &str) -> bool {
    range.starts_with("link:")
}

/// The manifests that the lockfile was made from.
#[derive(Default)]
struct Project {
    /// Whether the one beside it is at hand.
    known: bool,
    manifests: BTreeMap<String, Manifest>,
    /// Names of the workspaces.
    members: BTreeSet<String>,
}

impl Project {
    fn read(context: &Context<'_>) -> Result<Self, LockfileError> {
        let Some(root) = manifest_of(context, directory(context.path)) else {
            return Ok(Self::default());
        };
        let mut manifests = workspaces(&root, context)?;
        manifests.insert(String::new(), root);
        let members = manifests.values().filter_map(|it| it.name.as_ref()?.as_str().map(str::to_owned)).collect();
        Ok(Self { known: true, manifests, members })
    }

    /// Names of packages whose version the root settles.
    fn settled(&self) -> BTreeSet<&str> {
        self.manifests.get("").map(Manifest::resolutions).unwrap_or_default()
    }

    /// What the manifests name, and what of it the lockfile answers as it is asked.
    fn roots(&self, index: &Index<'_>, set: &mut LockedSet) -> Roots {
        let mut roots = Roots::default();
        let settled = self.settled();
        for (folder, manifest) in &self.manifests {
            let mut asked = BTreeMap::new();
            let sections = [(manifest.runtime(), &mut roots.runtime), (manifest.development(), &mut roots.development)];
            for (section, to) in sections {
                for (name, range) in section {
                    let elsewhere = self.members.contains(name) || is_link(range);
                    if index.has(name, range) || settled.contains(name) || elsewhere {
                        asked.insert(name.to_owned(), range.to_owned());
                    }
                    if index.has(name, range) || !elsewhere {
                        to.extend(index.find(name, range));
                    }
                }
            }
            for (name, range) in manifest.peers().into_iter().filter(|(name, range)| index.has(name, range)) {
                roots.named.extend(index.find(name, range));
            }
            set.members.insert(folder.clone());
            set.asked.insert(folder.clone(), asked);
        }
        roots
    }
}

/// Where an entry comes from.
enum Place {
    Nowhere,
    Is(PackageSource),
    Archive(String),
}

impl Place {
    fn source(&self, name: &str, version: &str) -> PackageSource {
        match self {
            Self::Nowhere => nowhere(SourceKind::Registry),
            Self::Is(source) => source.clone(),
            Self::Archive(address) => from_address((name, version), Some(address), false),
        }
    }
}

/// Where an entry comes from; `None` where it is a directory of the repository.
fn place(entry: &Entry, context: &Context<'_>) -> Result<Option<Place>, LockfileError> {
    let Some(resolved) = entry.resolved.as_deref() else {
        return Ok(match entry.folder() {
            None => Some(Place::Nowhere),
            Some(folder) if is_archive(folder) || join(directory(context.path), folder).is_none() => {
                Some(Place::Is(path(folder)))
            }
            Some(_) => None,
        });
    };
    // The fragment of an archive is its checksum.
    let address = resolved.split('#').next().unwrap_or_default();
    if address.is_empty() {
        return Err(LockfileError::new(entry.line, format!("is resolved to `{resolved}`, which is no address")));
    }
    if let Some(source) = commit_archive(address) {
        return Ok(Some(Place::Is(source)));
    }
    if is_git(address) {
        return Ok(Some(Place::Is(source(SourceKind::Git, resolved))));
    }
    Ok(Some(match address.strip_prefix("file:") {
        Some(local) => Place::Is(path(local)),
        None if !address.contains("://") => Place::Is(path(address)),
        None => Place::Archive(address.to_owned()),
    }))
}

/// Whether an address is that of a repository; forges leave out the end of its name.
fn is_git(address: &str) -> bool {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.starts_with("git@") || address.ends_with(".git");
    };
    let forge = || {
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        matches!(host, "github.com" | "gitlab.com" | "bitbucket.org") && path.trim_matches('/').split('/').count() == 2
    };
    scheme.starts_with("git") || scheme == "ssh" || rest.ends_with(".git") || forge() && !is_archive(rest)
}

impl Entry {
    /// The directory or archive that a descriptor names.
    fn folder(&self) -> Option<&str> {
        let ranges = self.descriptors.iter().map(|descriptor| name_and_range(descriptor).1);
        ranges.into_iter().find_map(|range| {
            let local = range.strip_prefix("file:").or_else(|| range.strip_prefix("link:"));
            local.or_else(|| ["./", "../", "/"].iter().any(|start| range.starts_with(start)).then_some(range))
        })
    }

    /// The package's own names: of an alias that behind it, and more than one only where two names have one address.
    fn names(&self) -> Result<BTreeSet<String>, LockfileError> {
        if let Some(name) = &self.name {
            return Ok([name.clone()].into());
        }
        let names = self.descriptors.iter().map(|descriptor| {
            let (name, range) = name_and_range(descriptor);
            let name = alias(range).unwrap_or(name);
            // An address may stand there without a name; `name` says it then.
            let wrong = name.is_empty() || name.starts_with("__") || name.contains([':', ' ']);
            let message = || format!("`{descriptor}` names no package");
            if wrong { Err(LockfileError::new(self.line, message())) } else { Ok(name.to_owned()) }
        });
        names.collect()
    }

    /// The checksum behind the address of an archive, in hexadecimal; a commit looks the same.
    fn sha1(&self) -> Option<String> {
        let (address, digest) = self.resolved.as_deref()?.split_once('#')?;
        let hexadecimal = digest.len() == 40 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        let archive = !is_git(address) && commit_archive(address).is_none();
        (hexadecimal && archive).then(|| format!("sha1-hex:{}", digest.to_lowercase()))
    }
}
