//! SPDX in JSON, versions 2.2 and 2.3.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::graph::Graph;
use super::{Entries, Entry, Sbom, SbomFormat, hash, json, stronger_scope, too_many};
use crate::collect::input::Refusal;
use crate::evidence::DependencyScope;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(rename = "SPDXID")]
    id: Option<String>,
    creation_info: Option<Creation>,
    packages: Option<Vec<Package>>,
    relationships: Option<Vec<Relationship>>,
    document_describes: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Creation {
    creators: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    #[serde(rename = "SPDXID")]
    id: String,
    name: String,
    version_info: Option<String>,
    external_refs: Option<Vec<Reference>>,
    license_concluded: Option<String>,
    license_declared: Option<String>,
    checksums: Option<Vec<Checksum>>,
    primary_package_purpose: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    reference_type: String,
    reference_locator: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Checksum {
    algorithm: String,
    checksum_value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    spdx_element_id: String,
    related_spdx_element: String,
    relationship_type: String,
}

/// Purposes of what is no package (SPDX 2.3, section 7.24).
const NO_PACKAGES: &[&str] = &["DEVICE", "FILE", "FIRMWARE", "OPERATING-SYSTEM"];

pub(super) fn read(bytes: &[u8], version: &str, limit: usize) -> Result<Sbom, Refusal> {
    let document: Document = json(bytes)?;
    let packages = document.packages.as_deref().unwrap_or_default();
    let relationships = document.relationships.as_deref().unwrap_or_default();
    if packages.len() + relationships.len() > limit {
        return Err(too_many(limit));
    }
    let root = root(&document, packages, relationships);
    let mut graph = Graph::new(root);
    let mut scopes: BTreeMap<&str, DependencyScope> = BTreeMap::new();
    for relationship in relationships {
        let Some((from, to, scope)) = edge(relationship) else { continue };
        graph.edge(from, to);
        scopes.entry(to).and_modify(|known| *known = stronger_scope(*known, scope)).or_insert(scope);
    }
    let mut entries = Entries::new();
    for (index, package) in packages.iter().enumerate() {
        if Some(package.id.as_str()) == root {
            entries.set_aside += 1;
            continue;
        }
        let of_purls = |reference: &&Reference| reference.reference_type.rsplit('/').next() == Some("purl");
        let purls: Vec<&Reference> = package.external_refs.iter().flatten().filter(of_purls).collect();
        let entry = |purl| Entry {
            at: format!("/packages/{index}"),
            purl,
            described: described(package),
            version: package.version_info.as_deref(),
            scope: scopes.get(package.id.as_str()).copied().unwrap_or(DependencyScope::Unknown),
            directness: graph.directness(Some(&package.id)),
            hashes: package.checksums.iter().flatten().map(|it| hash(&it.algorithm, &it.checksum_value)).collect(),
            licences: licence(package).into_iter().collect(),
            no_package: package.primary_package_purpose.as_deref().is_some_and(|it| NO_PACKAGES.contains(&it)),
        };
        if purls.is_empty() {
            entries.add(entry(None))?;
        }
        for purl in purls {
            entries.add(entry(Some(&purl.reference_locator)))?;
        }
    }
    let mut sbom = entries.finish(SbomFormat::Spdx, version);
    let creators = document.creation_info.and_then(|info| info.creators).unwrap_or_default();
    sbom.tool = creators.iter().find_map(|creator| creator.strip_prefix("Tool:")).map(|tool| {
        // `name-version` by the specification, section 6.8, though names have hyphens too.
        let tool = tool.trim();
        let split = tool.rsplit_once('-').filter(|(_, version)| version.starts_with(|c: char| c.is_ascii_digit()));
        split.map_or((tool.to_owned(), None), |(name, version)| (name.to_owned(), Some(version.to_owned())))
    });
    Ok(sbom)
}

fn described(package: &Package) -> String {
    let version = package.version_info.as_deref().unwrap_or_default();
    format!("{} {version}", package.name).trim_end().to_owned()
}

/// What the document is about: the one package that it describes. One that describes several lists what it is about.
fn root<'d>(document: &'d Document, packages: &'d [Package], relationships: &'d [Relationship]) -> Option<&'d str> {
    let own = document.id.as_deref().unwrap_or("SPDXRef-DOCUMENT");
    let listed = document.document_describes.iter().flatten().map(String::as_str);
    let related = relationships.iter().filter_map(|it| match it.relationship_type.as_str() {
        "DESCRIBES" if it.spdx_element_id == own => Some(it.related_spdx_element.as_str()),
        "DESCRIBED_BY" if it.related_spdx_element == own => Some(it.spdx_element_id.as_str()),
        _ => None,
    });
    let described: BTreeSet<&str> = listed.chain(related).collect();
    let ids: BTreeSet<&str> = packages.iter().map(|package| package.id.as_str()).collect();
    let mut known = described.intersection(&ids).copied();
    match (known.next(), known.next()) {
        (Some(root), None) => Some(root),
        _ => None,
    }
}

/// Who asks for whom, and what for (SPDX 2.3, section 11.1).
fn edge(relationship: &Relationship) -> Option<(&str, &str, DependencyScope)> {
    let (left, right) = (relationship.spdx_element_id.as_str(), relationship.related_spdx_element.as_str());
    Some(match relationship.relationship_type.as_str() {
        "DEPENDS_ON" | "HAS_PREREQUISITE" => (left, right, DependencyScope::Unknown),
        "DEPENDENCY_OF" | "OPTIONAL_DEPENDENCY_OF" | "PROVIDED_DEPENDENCY_OF" | "PREREQUISITE_FOR" => {
            (right, left, DependencyScope::Unknown)
        }
        "RUNTIME_DEPENDENCY_OF" => (right, left, DependencyScope::Runtime),
        "DEV_DEPENDENCY_OF"
        | "TEST_DEPENDENCY_OF"
        | "BUILD_DEPENDENCY_OF"
        | "DEV_TOOL_OF"
        | "TEST_TOOL_OF"
        | "BUILD_TOOL_OF" => (right, left, DependencyScope::Development),
        "DYNAMIC_LINK" | "STATIC_LINK" => (left, right, DependencyScope::Runtime),
        _ => return None,
    })
}

/// What its author concluded; where that is no statement, what the package itself declares.
fn licence(package: &Package) -> Option<String> {
    let stated = [&package.license_concluded, &package.license_declared].into_iter().flatten().map(|text| text.trim());
    stated.filter(|text| !text.is_empty() && *text != "NOASSERTION").map(str::to_owned).next()
}
