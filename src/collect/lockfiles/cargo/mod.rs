//! `Cargo.lock`, versions 1 to 4. Version 1 keeps checksums in `[metadata]`; 3 and 4 differ in how git addresses are written.
//!
//! Packages without a source are the repository's own (or beside it); whatever they depend on is direct. The file does
//! not tell what a package is used for; see [`scope`].

mod scope;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::place::{Lines, file_name, source, toml};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::{DependencyScope, Directness, Ecosystem, PackageSource, SourceKind};

/// `Cargo.lock`.
pub(super) struct CargoLock;

#[derive(Deserialize)]
struct Lock {
    version: Option<Spanned<i64>>,
    root: Option<Spanned<Package>>,
    package: Option<Vec<Spanned<Package>>>,
    #[serde(default)]
    metadata: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

impl LockfileFormat for CargoLock {
    fn name(&self) -> &'static str {
        "Cargo.lock"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Cargo
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "Cargo.lock"
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let lock: Lock = toml(text)?;
        let lines = Lines::new(text);
        if let Some(version) = lock.version.as_ref().filter(|version| !(1..=4).contains(version.get_ref())) {
            let message = format!("is of version {}; 1 to 4 are read", version.get_ref());
            return Err(LockfileError::new(lines.at(version.span().start), message));
        }
        if lock.version.is_none() && lock.package.is_none() && lock.root.is_none() {
            return Err(LockfileError::new(None, "holds neither a version nor packages"));
        }
        let entries: Vec<(Package, Option<u32>)> = lock
            .package
            .into_iter()
            .flatten()
            .chain(lock.root)
            .map(|entry| (lines.at(entry.span().start), entry.into_inner()))
            .map(|(line, package)| (package, line))
            .collect();
        let direct = direct(&entries)?;
        let runtime = scope::runtime(&entries, context);
        let mut set = LockedSet::default();
        for (index, (package, line)) in entries.iter().enumerate() {
            let (name, version) = (package.name.as_str(), package.version.as_str());
            let Some(address) = &package.source else {
                set.members.insert(package.name.clone());
                continue;
            };
            set.packages.push(LockedPackage {
                sources: vec![place(address, *line)?],
                scope: match &runtime {
                    None => DependencyScope::Unknown,
                    Some(runtime) if runtime.contains(&index) => DependencyScope::Runtime,
                    Some(_) => DependencyScope::Development,
                },
                directness: match &direct {
                    None => Directness::Unknown,
                    Some(direct) if direct.contains(&(name, None)) || direct.contains(&(name, Some(version))) => {
                        Directness::Direct
                    }
                    Some(_) => Directness::Transitive,
                },
                integrity: checksum(package, address, &lock.metadata),
                line: *line,
                ..LockedPackage::new(Ecosystem::Cargo, name, version)
            });
        }
        Ok(set)
    }
}

/// What the packages of the repository depend on, by name, and version where the file says it; `None` where there is no
/// such package. A dependency that the file does not hold means that it was cut short or edited.
fn direct(entries: &[(Package, Option<u32>)]) -> Result<Option<BTreeSet<Wanted<'_>>>, LockfileError> {
    let mut held: BTreeSet<Wanted<'_>> = BTreeSet::new();
    for (package, _) in entries {
        held.insert((&package.name, None));
        held.insert((&package.name, Some(&package.version)));
    }
    let mut direct = BTreeSet::new();
    for (package, line) in entries {
        for dependency in &package.dependencies {
            let mut words = dependency.split(' ');
            let wanted = (words.next().unwrap_or_default(), words.next());
            if !held.contains(&wanted) {
                let message = format!("`{}` depends on `{dependency}`, which is not in the file", package.name);
                return Err(LockfileError::new(*line, message));
            }
            if package.source.is_none() {
                direct.insert(wanted);
            }
        }
    }
    Ok(entries.iter().any(|(package, _)| package.source.is_none()).then_some(direct))
}

/// A name, and a version where one is said.
type Wanted<'a> = (&'a str, Option<&'a str>);

/// The registry that every package comes from unless its manifest names another; its index has had several addresses.
const DEFAULT_REGISTRY: [&str; 2] =
    ["registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/"];

fn place(address: &str, line: Option<u32>) -> Result<PackageSource, LockfileError> {
    if DEFAULT_REGISTRY.contains(&address) {
        // The index is on a host that serves anybody's repositories; the packages are not.
        let location = Some("registry+https://github.com/rust-lang/crates.io-index".to_owned());
        return Ok(PackageSource { kind: SourceKind::Registry, host: Some("crates.io".to_owned()), location });
    }
    let kind = match address.split_once('+').map(|(kind, _)| kind) {
        Some("registry" | "sparse" | "local-registry") => SourceKind::Registry,
        Some("git") => SourceKind::Git,
        Some("path" | "directory") => SourceKind::Path,
        _ => return Err(LockfileError::new(line, format!("has the source `{address}`, which is of no known kind"))),
    };
    Ok(source(kind, address))
}

fn checksum(package: &Package, address: &str, metadata: &BTreeMap<String, toml::Value>) -> Vec<String> {
    let key = format!("checksum {} {} ({address})", package.name, package.version);
    let found = package.checksum.as_deref().or_else(|| metadata.get(&key).and_then(toml::Value::as_str));
    found.filter(|digest| *digest != "<none>").map(|digest| format!("sha256:{digest}")).into_iter().collect()
}
