//! `package-lock.json` and `npm-shrinkwrap.json`, lockfile versions 1 to 3.
//!
//! Version 1 is a tree of `dependencies`; 2 and 3 list the paths of `packages` (2 repeats the tree, for older npm).
//! Links and workspaces are the repository's own. A package inside another's archive comes with that archive, whatever
//! else the file says of it. Of a package of version 1 only the `package.json` beside the file tells whether it is direct.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::javascript::{Entries, Keys, from_address, integrity, is_archive};
use super::place::{directory, file_name, join, path, within};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat, MAX_DEPTH, place};
use crate::evidence::{DependencyScope, Directness, Ecosystem, PackageSource, SourceKind};

/// `package-lock.json`.
pub(super) struct PackageLock;

#[derive(Deserialize)]
struct Lock<'t> {
    #[serde(rename = "lockfileVersion")]
    version: Option<u32>,
    #[serde(borrow)]
    packages: Option<Entries<Package<'t>>>,
    dependencies: Option<Entries<Node>>,
}

/// One entry of `packages`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package<'t> {
    name: Option<String>,
    version: Option<String>,
    resolved: Option<Resolved>,
    integrity: Option<String>,
    license: Option<Said>,
    deprecated: Option<Said>,
    #[serde(default)]
    link: bool,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    in_bundle: bool,
    #[serde(borrow)]
    dependencies: Option<Names<'t>>,
    #[serde(borrow)]
    dev_dependencies: Option<Names<'t>>,
    #[serde(borrow)]
    optional_dependencies: Option<Names<'t>>,
    #[serde(borrow)]
    peer_dependencies: Option<Names<'t>>,
}

/// One entry of the tree of version 1.
#[derive(Deserialize)]
struct Node {
    version: String,
    resolved: Option<Resolved>,
    integrity: Option<String>,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    bundled: bool,
    dependencies: Option<Entries<Node>>,
}

/// Old releases wrote `false` where there is no address.
enum Resolved {
    Address(String),
    Absent,
}

impl<'de> Deserialize<'de> for Resolved {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Resolved;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an address or `false`")
            }

            fn visit_str<E: Error>(self, address: &str) -> Result<Resolved, E> {
                Ok(Resolved::Address(address.to_owned()))
            }

            fn visit_bool<E: Error>(self, _: bool) -> Result<Resolved, E> {
                Ok(Resolved::Absent)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// What a package's own manifest says, in whatever form; only a text is of use.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Text(String),
    Flag(bool),
    #[expect(dead_code, reason = "there to be accepted")]
    Other(Value),
}

impl Said {
    /// The text; of a bare `true`, that word.
    fn text(self) -> Option<String> {
        match self {
            Self::Text(text) if !text.trim().is_empty() => Some(text),
            Self::Flag(true) => Some("true".to_owned()),
            Self::Text(_) | Self::Flag(false) | Self::Other(_) => None,
        }
    }
}

/// Names and what is asked of them, as they stand there: those of most packages are never looked at. An empty one was
/// written as `[]` by old releases.
#[derive(Deserialize)]
struct Names<'t>(#[serde(borrow)] &'t RawValue);

impl LockfileFormat for PackageLock {
    fn name(&self) -> &'static str {
        "package-lock.json"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Npm
    }

    fn recognizes(&self, path: &str) -> bool {
        matches!(file_name(path), "package-lock.json" | "npm-shrinkwrap.json")
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let lock: Lock<'_> = serde_json::from_str(text).map_err(|error| {
            let line = u32::try_from(error.line()).ok().filter(|line| *line > 0);
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            LockfileError::new(line, format!("can't be read as a package-lock.json: {}", place::one_line(message)))
        })?;
        match (lock.version, lock.packages, lock.dependencies) {
            (Some(2 | 3), Some(packages), _) => from_packages(packages, text, context),
            (Some(2 | 3), None, None) => Ok(LockedSet::default()),
            (Some(2 | 3), None, Some(_)) => {
                Err(LockfileError::new(None, "has no `packages`, which its version demands"))
            }
            // Without a version it is npm's first format, if it is one at all.
            (Some(1), _, tree) => from_tree(tree, text, context),
            (None, None, tree @ Some(_)) => from_tree(tree, text, context),
            (None, ..) => Err(LockfileError::new(None, "has no `lockfileVersion`")),
            (Some(version), ..) => {
                let message = format!("is of lockfile version {version}; 1 to 3 are read");
                Err(LockfileError::new(Keys::behind(text, "lockfileVersion").here(), message))
            }
        }
    }
}

fn from_packages(
    packages: Entries<Package<'_>>,
    text: &str,
    context: &Context<'_>,
) -> Result<LockedSet, LockfileError> {
    let mut set = LockedSet::default();
    let direct = direct(&packages);
    let mut keys = Keys::behind(text, "packages");
    for (at, package) in packages.0 {
        let line = keys.line(&at, '{');
        let named = at.rsplit_once("node_modules/").map(|(_, name)| name);
        let Some(named) = named.filter(|_| !package.link) else {
            local(&at, &package, context, &mut set);
            continue;
        };
        let name = package.name.as_deref().unwrap_or(named).to_owned();
        let Some(version) = package.version.clone() else {
            return Err(LockfileError::new(line, format!("`{at}` has no version")));
        };
        let address = package.resolved.as_ref().and_then(Resolved::address);
        set.packages.push(LockedPackage {
            sources: vec![from_address((&name, &version), address, package.in_bundle)],
            directness: if direct.contains(at.as_str()) { Directness::Direct } else { Directness::Transitive },
            scope: if package.dev { DependencyScope::Development } else { DependencyScope::Runtime },
            integrity: integrity(package.integrity.as_deref()),
            licence: package.license.and_then(|licence| licence.text()),
            deprecated: package.deprecated.and_then(|deprecated| deprecated.text()),
            line,
            ..LockedPackage::new(Ecosystem::Npm, name, version)
        });
    }
    Ok(set)
}

/// A link or a workspace: the repository's own, unless its directory is outside.
fn local(at: &str, package: &Package<'_>, context: &Context<'_>, set: &mut LockedSet) {
    let target = match (&package.resolved, package.link) {
        (Some(Resolved::Address(target)), true) => target.as_str(),
        _ => at,
    };
    if join(directory(context.path), target).is_some() {
        set.members.insert(target.to_owned());
        if !package.link {
            let sections = [&package.dependencies, &package.dev_dependencies, &package.optional_dependencies];
            let asked = sections.into_iter().flatten().flat_map(Names::ranges).collect();
            set.asked.insert(target.to_owned(), asked);
        }
        return;
    }
    // The link and its target are two entries of one thing; the link has the name.
    if let (true, Some((_, name))) = (package.link, at.rsplit_once("node_modules/")) {
        let name = package.name.as_deref().unwrap_or(name);
        set.packages.push(LockedPackage {
            sources: vec![path(target)],
            scope: if package.dev { DependencyScope::Development } else { DependencyScope::Runtime },
            directness: Directness::Direct,
            ..LockedPackage::new(Ecosystem::Npm, name, package.version.as_deref().unwrap_or("0"))
        });
    }
}

/// Paths of the packages that the root or a workspace names: the nearest `node_modules` that has the name.
fn direct(packages: &Entries<Package<'_>>) -> BTreeSet<String> {
    let paths: BTreeSet<&str> = packages.0.iter().map(|(at, _)| at.as_str()).collect();
    let mut direct = BTreeSet::new();
    for (at, package) in packages.0.iter().filter(|(at, _)| !at.contains("node_modules/")) {
        let sections = [
            &package.dependencies,
            &package.dev_dependencies,
            &package.optional_dependencies,
            &package.peer_dependencies,
        ];
        for name in sections.into_iter().flatten().flat_map(Names::keys) {
            let mut from = at.as_str();
            loop {
                let candidate = within(from, &format!("node_modules/{name}"));
                if paths.contains(candidate.as_str()) {
                    direct.insert(candidate);
                    break;
                }
                if from.is_empty() {
                    break;
                }
                from = directory(from);
            }
        }
    }
    direct
}

fn from_tree(tree: Option<Entries<Node>>, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
    let direct = context.sibling("package.json").and_then(|bytes| named(&bytes));
    let mut set = LockedSet::default();
    set.members.insert(String::new());
    let mut keys = Keys::behind(text, "dependencies");
    walk(tree, 0, direct.as_ref(), (context, &mut keys), &mut set)?;
    Ok(set)
}

fn walk(
    tree: Option<Entries<Node>>,
    depth: usize,
    direct: Option<&BTreeSet<String>>,
    (context, keys): (&Context<'_>, &mut Keys<'_>),
    set: &mut LockedSet,
) -> Result<(), LockfileError> {
    if depth > MAX_DEPTH {
        return Err(LockfileError::limit(None, format!("nests packages more than {MAX_DEPTH} deep")));
    }
    for (key, node) in tree.into_iter().flat_map(|entries| entries.0) {
        let line = keys.line(&key, '{');
        if let Some((name, version, source)) = node.identity(&key, context) {
            set.packages.push(LockedPackage {
                sources: vec![source],
                scope: if node.dev { DependencyScope::Development } else { DependencyScope::Runtime },
                directness: match direct {
                    Some(direct) if depth == 0 && direct.contains(&key) => Directness::Direct,
                    None if depth == 0 => Directness::Unknown,
                    _ => Directness::Transitive,
                },
                integrity: integrity(node.integrity.as_deref()),
                line,
                ..LockedPackage::new(Ecosystem::Npm, name, version)
            });
        } else {
            set.members.insert(key);
        }
        walk(node.dependencies, depth + 1, direct, (context, keys), set)?;
    }
    Ok(())
}

impl Node {
    /// Name, version and source; `None` for a directory of the repository. In version 1 the `version` of what does not
    /// come from a registry is its address.
    fn identity(&self, key: &str, context: &Context<'_>) -> Option<(String, String, PackageSource)> {
        let version = self.version.as_str();
        if let Some((name, version)) = version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')) {
            let address = self.resolved.as_ref().and_then(Resolved::address);
            return Some((name.to_owned(), version.to_owned(), from_address((name, version), address, self.bundled)));
        }
        if let Some(local) = version.strip_prefix("file:").or_else(|| version.strip_prefix("link:")) {
            let archive = is_archive(local) || join(directory(context.path), local).is_none();
            return archive.then(|| (key.to_owned(), "0".to_owned(), path(local)));
        }
        let source = from_address((key, version), Some(version), self.bundled);
        if source.kind == SourceKind::Git {
            let commit = version.rsplit_once('#').map_or(version, |(_, commit)| commit);
            return Some((key.to_owned(), commit.to_owned(), source));
        }
        if version.contains("://") {
            return Some((key.to_owned(), "0".to_owned(), source));
        }
        let address = self.resolved.as_ref().and_then(Resolved::address);
        Some((key.to_owned(), version.to_owned(), from_address((key, version), address, self.bundled)))
    }
}

impl Resolved {
    fn address(&self) -> Option<&str> {
        match self {
            Self::Address(address) => Some(address),
            Self::Absent => None,
        }
    }
}

impl Names<'_> {
    fn map(&self) -> BTreeMap<String, Value> {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }

    fn ranges(&self) -> Vec<(String, String)> {
        let range = |value: Value| value.as_str().unwrap_or_default().to_owned();
        self.map().into_iter().map(|(name, value)| (name, range(value))).collect()
    }

    fn keys(&self) -> Vec<String> {
        self.map().into_keys().collect()
    }
}

/// Every name that a `package.json` asks for; `None` where it can't be read.
fn named(package_json: &[u8]) -> Option<BTreeSet<String>> {
    let manifest: Package<'_> = serde_json::from_str(place::text(package_json).ok()?).ok()?;
    let sections =
        [manifest.dependencies, manifest.dev_dependencies, manifest.optional_dependencies, manifest.peer_dependencies];
    Some(sections.iter().flatten().flat_map(Names::keys).collect())
}
