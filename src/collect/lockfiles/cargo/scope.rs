//! What packages of a `Cargo.lock` are used for: the lockfile does not tell, the manifests of its members do.
//!
//! What a member names in `[dependencies]`, for whichever target, and all that this brings in is runtime; what only
//! `[dev-dependencies]` and `[build-dependencies]` lead to is development. Members that nothing depends on count as shipped.
//! Where the manifest of any member is not found, nothing is known of any package.

use std::collections::{BTreeMap, BTreeSet};

use super::Package;
use crate::collect::lockfiles::Context;
use crate::collect::lockfiles::place::{self, directory, file_name, within};

/// Most manifests that are looked at.
const MAX_MANIFESTS: usize = 5_000;

/// Positions of the packages that are used at run time; `None` where that can't be told.
pub(super) fn runtime(entries: &[(Package, Option<u32>)], context: &Context<'_>) -> Option<BTreeSet<usize>> {
    let named = manifests(entries, context)?;
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, (package, _)) in entries.iter().enumerate() {
        by_name.entry(&package.name).or_default().push(index);
    }
    let mut reached = BTreeSet::new();
    let mut queue: Vec<usize> =
        entries.iter().enumerate().filter(|(_, (package, _))| package.source.is_none()).map(|(at, _)| at).collect();
    while let Some(at) = queue.pop() {
        if !reached.insert(at) {
            continue;
        }
        let Some((package, _)) = entries.get(at) else { continue };
        let shipped = package.source.is_none().then(|| named.get(package.name.as_str())).flatten();
        for dependency in &package.dependencies {
            let mut words = dependency.split(' ');
            let (name, version) = (words.next().unwrap_or_default(), words.next());
            if shipped.is_none_or(|names| names.contains(name)) {
                let of_version = |index: &&usize| {
                    let found = entries.get(**index).map(|(package, _)| package.version.as_str());
                    version.is_none() || version == found
                };
                queue.extend(by_name.get(name).into_iter().flatten().filter(of_version));
            }
        }
    }
    Some(reached)
}

/// What each member names in `[dependencies]`.
fn manifests<'e>(
    entries: &'e [(Package, Option<u32>)],
    context: &Context<'_>,
) -> Option<BTreeMap<&'e str, BTreeSet<String>>> {
    let members: BTreeSet<&str> = entries
        .iter()
        .filter(|(package, _)| package.source.is_none())
        .map(|(package, _)| package.name.as_str())
        .collect();
    let here = directory(context.path);
    let root = table(context, &within(here, "Cargo.toml"))?;
    let offered = root.get("workspace").and_then(|workspace| workspace.get("dependencies")).cloned();
    let mut found = BTreeMap::new();
    let mut add = |manifest: &toml::Table| {
        let name = manifest.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str)?;
        let member = members.get(name)?;
        found.entry(*member).or_insert_with(BTreeSet::new).extend(shipped(manifest, offered.as_ref()));
        Some(())
    };
    add(&root);
    if members.len() > 1 {
        let paths = context.snapshot.paths(context.side).ok()?;
        let below = |path: &String| {
            let inside = here.is_empty() || path.strip_prefix(here).is_some_and(|rest| rest.starts_with('/'));
            inside && file_name(path) == "Cargo.toml"
        };
        for path in paths.iter().filter(|path| below(path)).take(MAX_MANIFESTS) {
            // A manifest that is none belongs to a test of some kind, or its package is missed below.
            if let Some(manifest) = table(context, path) {
                add(&manifest);
            }
        }
    }
    (found.len() == members.len()).then_some(found)
}

fn table(context: &Context<'_>, path: &str) -> Option<toml::Table> {
    let bytes = context.read(path).ok().flatten()?;
    toml::from_str(place::text(&bytes).ok()?).ok()
}

/// Names of the packages in `[dependencies]` and `[target.*.dependencies]`, as the lockfile has them.
fn shipped(manifest: &toml::Table, offered: Option<&toml::Value>) -> BTreeSet<String> {
    let targets = manifest.get("target").and_then(toml::Value::as_table).into_iter().flatten();
    let tables = targets.filter_map(|(_, target)| target.get("dependencies")).chain(manifest.get("dependencies"));
    let dependencies = tables.filter_map(toml::Value::as_table).flatten();
    dependencies
        .map(|(key, value)| {
            let inherited = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
            let value = if inherited { offered.and_then(|offered| offered.get(key)) } else { Some(value) };
            let renamed = value.and_then(|value| value.get("package")).and_then(toml::Value::as_str);
            renamed.unwrap_or(key).to_owned()
        })
        .collect()
}
