//! `yarn.lock` of yarn 2 and later: YAML, one entry for each package with what it was resolved to.
//!
//! Checksums are of the archive that yarn makes itself, in a way that the cache key names. Two of them can be compared
//! only where their keys are the same, so that the key is part of the algorithm's name here.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::resolution::{Resolution, resolution};
use crate::collect::lockfiles::javascript::{Graph, Roots, Yaml, alias, manifest_of, name_and_range, yaml};
use crate::collect::lockfiles::place::{directory, join};
use crate::collect::lockfiles::{Context, LockedPackage, LockedSet, LockfileError};
use crate::evidence::Ecosystem;

/// Versions of the format that were seen in the wild.
const VERSIONS: std::ops::RangeInclusive<u32> = 4..=10;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    version: Option<String>,
    resolution: Option<String>,
    checksum: Option<String>,
    link_type: Option<String>,
    cache_key: Option<String>,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
}

/// One entry, with what it was resolved to.
struct Entry {
    line: Option<u32>,
    name: String,
    version: String,
    resolution: Resolution,
    checksum: Option<String>,
    dependencies: BTreeMap<String, String>,
}

pub(super) fn parse(text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
    let fields: Yaml<Fields> = yaml(text, "yarn.lock", 1)?.pop().unwrap_or_default();
    let mut cache_key = String::new();
    let mut known = false;
    let mut entries = Vec::new();
    let mut index = Index::default();
    for (key, line, fields) in fields.0 {
        if key == "__metadata" {
            known = true;
            cache_key = fields.cache_key.unwrap_or_default();
            let version = fields.version.unwrap_or_default();
            if !version.parse().is_ok_and(|version| VERSIONS.contains(&version)) {
                let (first, last) = (VERSIONS.start(), VERSIONS.end());
                let message = format!("is of version `{version}`; {first} to {last} are read, and yarn 1's own format");
                return Err(LockfileError::new(line.map(|line| line + 1), message));
            }
            continue;
        }
        index.add(&key, entries.len(), line)?;
        entries.push(Entry::new(&key, line, fields, context)?);
    }
    if !known {
        return Err(LockfileError::new(None, "has no `__metadata`"));
    }
    lock(&entries, &index, &cache_key, context)
}

impl Entry {
    fn new(key: &str, line: Option<u32>, fields: Fields, context: &Context<'_>) -> Result<Self, LockfileError> {
        let absent = |what: &str| {
            LockfileError::new(line, format!("`{key}` has no `{what}`, as every entry has; the file may be cut short"))
        };
        let version = fields.version.ok_or_else(|| absent("version"))?;
        let text = fields.resolution.ok_or_else(|| absent("resolution"))?;
        let link = fields.link_type.ok_or_else(|| absent("linkType"))?;
        if !matches!(link.as_str(), "hard" | "soft") {
            return Err(LockfileError::new(line, format!("has the link type `{link}`; `hard` and `soft` are known")));
        }
        let (name, resolution) = resolution(&text, &version, line, context)?;
        let (name, checksum, dependencies) = (name.to_owned(), fields.checksum, fields.dependencies);
        Ok(Self { line, name, version, resolution, checksum, dependencies })
    }

    /// The checksum as `algorithm:digest`; of a patched package by another algorithm than of the package itself.
    fn integrity(&self, cache_key: &str) -> Option<String> {
        let checksum = self.checksum.as_deref()?;
        let (key, digest) = checksum.split_once('/').unwrap_or((cache_key, checksum));
        Some(match &self.resolution {
            Resolution::Package { patch: Some(patch), .. } => format!("yarn-cache-{key}-patched-{patch}:{digest}"),
            _ => format!("yarn-cache-{key}:{digest}"),
        })
    }
}

/// Entries by what they answer.
#[derive(Default)]
struct Index {
    exact: BTreeMap<String, usize>,
    by_name: BTreeMap<String, Vec<usize>>,
}

impl Index {
    fn add(&mut self, key: &str, at: usize, line: Option<u32>) -> Result<(), LockfileError> {
        for descriptor in key.split(", ") {
            let (name, range) = name_and_range(descriptor);
            if name.is_empty() || range.is_empty() {
                return Err(LockfileError::new(line, format!("`{descriptor}` names no package")));
            }
            if self.exact.insert(descriptor.to_owned(), at).is_some() {
                return Err(LockfileError::new(line, format!("`{descriptor}` stands there twice")));
            }
            let named = self.by_name.entry(name.to_owned()).or_default();
            if named.last() != Some(&at) {
                named.push(at);
            }
        }
        Ok(())
    }

    /// The entry that answers a range, and what patches it; where resolutions settle it otherwise, all of the name.
    fn find(&self, name: &str, range: &str, entries: &[Entry]) -> Vec<usize> {
        let Some(all) = self.by_name.get(name) else {
            return Vec::new();
        };
        let exact =
            self.exact.get(&format!("{name}@{range}")).or_else(|| self.exact.get(&format!("{name}@npm:{range}")));
        let Some(exact) = exact else {
            return all.clone();
        };
        let version = entries.get(*exact).map(|entry| &entry.version);
        let patches = all.iter().filter(|at| {
            entries.get(**at).is_some_and(|entry| {
                matches!(entry.resolution, Resolution::Package { patch: Some(_), .. })
                    && Some(&entry.version) == version
            })
        });
        std::iter::once(exact).chain(patches).copied().collect()
    }
}

fn lock(entries: &[Entry], index: &Index, cache_key: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
    let mut set = LockedSet::default();
    let mut graph = Graph::new(entries.len());
    let mut roots = Roots::default();
    let mut known = false;
    for (at, entry) in entries.iter().enumerate() {
        for (name, range) in &entry.dependencies {
            if !index.by_name.contains_key(name) {
                let message =
                    format!("`{} {}` depends on `{name}`, which is not in the file", entry.name, entry.version);
                return Err(LockfileError::new(entry.line, message));
            }
            if !matches!(entry.resolution, Resolution::Workspace(_)) {
                graph.edges(at, index.find(name, range, entries));
            }
        }
        if let Resolution::Workspace(folder) = &entry.resolution {
            known = true;
            let manifest = join(directory(context.path), folder).and_then(|folder| manifest_of(context, &folder));
            let sections = manifest.as_ref().map(|manifest| (manifest.runtime(), manifest.development()));
            for (name, range) in &entry.dependencies {
                // The entry does not tell the sections apart, and the manifest may not be at hand.
                let to = match &sections {
                    Some((runtime, _)) if runtime.contains_key(name.as_str()) => &mut roots.runtime,
                    Some((_, development)) if development.contains_key(name.as_str()) => &mut roots.development,
                    _ => &mut roots.unknown,
                };
                to.extend(index.find(name, range, entries));
            }
            let asked = entry.dependencies.iter().map(|(name, range)| (name.clone(), written(range).to_owned()));
            set.asked.insert(folder.clone(), asked.collect());
        }
    }
    // A file without the project itself says nothing of who asks for what.
    let uses = graph.uses(known.then_some(&roots));
    for (entry, (directness, scope)) in entries.iter().zip(uses) {
        match &entry.resolution {
            Resolution::Workspace(folder) | Resolution::Folder(folder) => {
                set.members.insert(folder.clone());
            }
            Resolution::Package { sources, .. } => set.packages.push(LockedPackage {
                sources: sources.clone(),
                scope,
                directness,
                integrity: entry.integrity(cache_key).into_iter().collect(),
                line: entry.line,
                ..LockedPackage::new(Ecosystem::Npm, entry.name.clone(), entry.version.clone())
            }),
        }
    }
    Ok(set)
}

/// A range as the manifest has it, to which the format adds the protocol.
fn written(range: &str) -> &str {
    match range.strip_prefix("npm:") {
        Some(plain) if alias(range).is_none() => plain,
        _ => range,
    }
}
