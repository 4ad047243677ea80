//! `packages.lock.json` and `packages.<project>.lock.json`, versions 1 and 2 (NuGet's lockfile of a .NET project).
//!
//! Packages stand below each target framework, and below each framework with a runtime; one that several have is there
//! once for each version. Names differ in case alone for nobody, so they are in lower case. A `Project` is another
//! project of the same solution. The file says neither what a package is for nor which feed it comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::place::{file_name, nowhere, one_line};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::{Directness, Ecosystem, SourceKind};

/// `packages.lock.json`.
pub(super) struct PackagesLock;

#[derive(Deserialize)]
struct Lock {
    version: u32,
    dependencies: Entries<Entries<Package>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    r#type: Kind,
    resolved: Option<String>,
    content_hash: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
enum Kind {
    Direct,
    Transitive,
    /// Brought in by another package, at the version that `Directory.Packages.props` says.
    CentralTransitive,
    Project,
}

/// An object whose keys occur once each; JSON itself would let the last one win.
struct Entries<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Unique<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Unique<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of packages")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<T>, A::Error> {
                let (mut entries, mut keys) = (Vec::new(), BTreeSet::new());
                while let Some((key, value)) = map.next_entry::<String, T>()? {
                    if !keys.insert(key.to_lowercase()) {
                        return Err(A::Error::custom(format!("`{key}` stands there twice")));
                    }
                    entries.push((key, value));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Unique(PhantomData))
    }
}

impl LockfileFormat for PackagesLock {
    fn name(&self) -> &'static str {
        "packages.lock.json"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Nuget
    }

    fn recognizes(&self, path: &str) -> bool {
        let name = file_name(path);
        name == "packages.lock.json" || (name.starts_with("packages.") && name.ends_with(".lock.json"))
    }

    fn parse(&self, text: &str, _: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let lock: Lock = serde_json::from_str(text).map_err(|error| {
            let line = u32::try_from(error.line()).ok().filter(|line| *line > 0);
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            LockfileError::new(line, format!("can't be read as a packages.lock.json: {}", one_line(message)))
        })?;
        if !matches!(lock.version, 1 | 2) {
            return Err(LockfileError::new(None, format!("is of version {}; 1 and 2 are read", lock.version)));
        }
        let mut set = LockedSet::default();
        // The place in the list of each package with its version and checksum.
        let mut seen: BTreeMap<(String, String, Vec<String>), usize> = BTreeMap::new();
        for (framework, packages) in lock.dependencies.0 {
            for (name, package) in packages.0 {
                let name = name.to_lowercase();
                if package.r#type == Kind::Project {
                    set.members.insert(name);
                    continue;
                }
                let package = locked(name, package, &framework)?;
                let key = (package.name.clone(), package.version.clone(), package.integrity.clone());
                match seen.get(&key).and_then(|at| set.packages.get_mut(*at)) {
                    Some(first) if package.directness == Directness::Direct => first.directness = Directness::Direct,
                    Some(_) => {}
                    None => {
                        seen.insert(key, set.packages.len());
                        set.packages.push(package);
                    }
                }
            }
        }
        Ok(set)
    }
}

fn locked(name: String, package: Package, framework: &str) -> Result<LockedPackage, LockfileError> {
    let Some(version) = package.resolved.filter(|version| !version.trim().is_empty()) else {
        return Err(LockfileError::new(None, format!("`{name}` of `{framework}` has no `resolved` version")));
    };
    let hash = package.content_hash.filter(|hash| !hash.is_empty());
    Ok(LockedPackage {
        sources: vec![nowhere(SourceKind::Registry)],
        directness: if package.r#type == Kind::Direct { Directness::Direct } else { Directness::Transitive },
        // NuGet writes the digest of the package alone, in base64.
        integrity: hash.map(|hash| format!("sha512:{hash}")).into_iter().collect(),
        ..LockedPackage::new(Ecosystem::Nuget, name, version)
    })
}

#[cfg(test)]
mod tests {
    use super::{LockfileFormat, PackagesLock};

    #[test]
    fn names_are_those_that_nuget_writes() {
        for (path, known) in [
            ("packages.lock.json", true),
            ("src/a/packages.lock.json", true),
            ("packages.My.App.lock.json", true),
            ("packages.json", false),
            ("mypackages.lock.json", false),
            ("package-lock.json", false),
        ] {
            assert_eq!(PackagesLock.recognizes(path), known, "{path}");
        }
    }
}
