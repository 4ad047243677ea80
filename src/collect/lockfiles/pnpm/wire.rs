//! What a `pnpm-lock.yaml` holds, as it is written.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use crate::collect::lockfiles::javascript::Yaml;

/// One document.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Lock {
    pub(super) lockfile_version: Option<String>,
    pub(super) importers: Option<Yaml<Importer>>,
    /// Of a project without workspaces, before version 9.
    pub(super) specifiers: Option<BTreeMap<String, String>>,
    pub(super) dependencies: Option<BTreeMap<String, Asked>>,
    pub(super) dev_dependencies: Option<BTreeMap<String, Asked>>,
    pub(super) optional_dependencies: Option<BTreeMap<String, Asked>>,
    pub(super) packages: Option<Yaml<Package>>,
    pub(super) snapshots: Option<Yaml<Snapshot>>,
    pub(super) overrides: Option<BTreeMap<String, IgnoredAny>>,
}

/// The project or a workspace of it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Importer {
    pub(super) specifiers: Option<BTreeMap<String, String>>,
    pub(super) dependencies: Option<BTreeMap<String, Asked>>,
    pub(super) dev_dependencies: Option<BTreeMap<String, Asked>>,
    pub(super) optional_dependencies: Option<BTreeMap<String, Asked>>,
    /// What pnpm itself takes its settings from, and what it is.
    pub(super) config_dependencies: Option<BTreeMap<String, Asked>>,
    pub(super) package_manager_dependencies: Option<BTreeMap<String, Asked>>,
}

/// What a manifest asks for, and what it was resolved to.
pub(super) struct Asked {
    /// As the manifest writes it; versions 5 have it apart.
    pub(super) specifier: Option<String>,
    pub(super) version: String,
}

impl<'de> Deserialize<'de> for Asked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Asked;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a version, or one with its specifier")
            }

            fn visit_str<E: Error>(self, version: &str) -> Result<Asked, E> {
                Ok(Asked { specifier: None, version: version.to_owned() })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Asked, A::Error> {
                let (mut specifier, mut version) = (None, None);
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "specifier" => specifier = Some(map.next_value()?),
                        "version" => version = Some(map.next_value()?),
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                let version = version.ok_or_else(|| A::Error::missing_field("version"))?;
                Ok(Asked { specifier, version })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// One package; before version 9 with one set of peers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Package {
    pub(super) resolution: Option<Resolution>,
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) dev: Option<bool>,
    pub(super) deprecated: Option<String>,
    pub(super) dependencies: Option<BTreeMap<String, String>>,
    pub(super) optional_dependencies: Option<BTreeMap<String, String>>,
}

/// Where a package comes from.
#[derive(Deserialize)]
pub(super) struct Resolution {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) integrity: Option<String>,
    pub(super) tarball: Option<String>,
    pub(super) url: Option<String>,
    pub(super) repo: Option<String>,
    pub(super) commit: Option<String>,
    /// A part of the repository.
    pub(super) path: Option<String>,
    pub(super) directory: Option<String>,
    /// Archives for several platforms.
    pub(super) variants: Option<Vec<Variant>>,
}

#[derive(Deserialize)]
pub(super) struct Variant {
    pub(super) resolution: Resolution,
}

/// A package with one set of peers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Snapshot {
    pub(super) dependencies: Option<BTreeMap<String, String>>,
    pub(super) optional_dependencies: Option<BTreeMap<String, String>>,
}

/// Names and references of both sections.
pub(super) fn both<'m, T>(
    one: &'m Option<BTreeMap<String, T>>,
    other: &'m Option<BTreeMap<String, T>>,
) -> impl Iterator<Item = (&'m String, &'m T)> {
    one.iter().chain(other).flatten()
}
