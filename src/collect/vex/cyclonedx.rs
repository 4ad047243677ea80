//! CycloneDX: `vulnerabilities` with an analysis, and the components of the same document that they affect.
//!
//! A version that `affects[].versions` calls affected is what the analysis is about. One that it calls unaffected is not
//! affected (or fixed, where the analysis says so), whatever else the analysis says of others; of one it calls unknown
//! nobody knows, except that an exploitable one stays so.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{MAX_STATEMENTS, Product, Statement, Versions, VexDocument, product, short, text, unreadable};
use crate::collect::input::Refusal;
use crate::evidence::VexStatus;

/// Before 1.4 there are no vulnerabilities.
const VERSIONS: [&str; 4] = ["1.4", "1.5", "1.6", "1.7"];
const STATES: [(&str, VexStatus); 6] = [
    ("resolved", VexStatus::Fixed),
    ("resolved_with_pedigree", VexStatus::Fixed),
    ("exploitable", VexStatus::Affected),
    ("in_triage", VexStatus::UnderInvestigation),
    ("false_positive", VexStatus::NotAffected),
    ("not_affected", VexStatus::NotAffected),
];
const JUSTIFICATIONS: [&str; 9] = [
    "code_not_present",
    "code_not_reachable",
    "requires_configuration",
    "requires_dependency",
    "requires_environment",
    "protected_by_compiler",
    "protected_at_runtime",
    "protected_at_perimeter",
    "protected_by_mitigating_control",
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a CycloneDX document, which is an object")]
struct WireDocument {
    bom_format: String,
    spec_version: Option<String>,
    metadata: Option<WireMetadata>,
    components: Option<Vec<WireComponent>>,
    vulnerabilities: Option<Vec<WireVulnerability>>,
}

#[derive(Deserialize)]
struct WireMetadata {
    component: Option<WireComponent>,
    authors: Option<Vec<WireName>>,
    supplier: Option<WireName>,
    manufacturer: Option<WireName>,
    manufacture: Option<WireName>,
}

#[derive(Deserialize)]
struct WireName {
    name: Option<String>,
}

#[derive(Deserialize)]
struct WireComponent {
    #[serde(rename = "bom-ref")]
    bom_ref: Option<String>,
    version: Option<String>,
    purl: Option<String>,
    components: Option<Vec<WireComponent>>,
}

#[derive(Deserialize)]
struct WireVulnerability {
    id: Option<String>,
    references: Option<Vec<WireReference>>,
    analysis: Option<WireAnalysis>,
    affects: Option<Vec<WireAffects>>,
}

#[derive(Deserialize)]
struct WireReference {
    id: Option<String>,
}

#[derive(Deserialize)]
struct WireAnalysis {
    state: Option<String>,
    justification: Option<String>,
    detail: Option<String>,
}

#[derive(Deserialize)]
struct WireAffects {
    #[serde(rename = "ref")]
    reference: String,
    versions: Option<Vec<WireVersion>>,
}

#[derive(Deserialize)]
struct WireVersion {
    version: Option<String>,
    range: Option<String>,
    status: Option<String>,
}

pub(super) fn parse(text: &str) -> Result<VexDocument, Refusal> {
    let wire: WireDocument = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    let version = wire.spec_version.as_deref().unwrap_or_default();
    if wire.bom_format != "CycloneDX" || !VERSIONS.contains(&version) {
        let found = format!("{} {}", short(&wire.bom_format), short(version));
        return Err(Refusal::failed(format!("is of the format `{found}`, expected CycloneDX {}", VERSIONS.join(", "))));
    }
    let Some(vulnerabilities) = &wire.vulnerabilities else {
        return Err(Refusal::failed("has no `vulnerabilities`, expected those with an analysis"));
    };
    let mut components = BTreeMap::new();
    let main = wire.metadata.as_ref().and_then(|metadata| metadata.component.as_ref());
    for component in main.into_iter().chain(wire.components.iter().flatten()) {
        register(component, &mut components)?;
    }
    let mut document =
        VexDocument { format: "CycloneDX", author: wire.metadata.as_ref().and_then(author), ..VexDocument::default() };
    for (index, vulnerability) in vulnerabilities.iter().enumerate() {
        let at = format!("/vulnerabilities/{index}");
        read(vulnerability, &components, &at, &mut document).map_err(|why| Refusal::failed(format!("{at}: {why}")))?;
        if document.statements.len() > MAX_STATEMENTS {
            break;
        }
    }
    Ok(document)
}

fn author(metadata: &WireMetadata) -> Option<String> {
    let authors = metadata.authors.iter().flatten();
    let others = [&metadata.supplier, &metadata.manufacturer, &metadata.manufacture].into_iter().flatten();
    authors.chain(others).find_map(|it| text(it.name.as_ref()))
}

/// Components by their reference, those inside of others too. How deep they lie is limited by the JSON reader.
fn register<'a>(
    component: &'a WireComponent,
    components: &mut BTreeMap<&'a str, &'a WireComponent>,
) -> Result<(), Refusal> {
    if let Some(reference) = component.bom_ref.as_deref()
        && components.insert(reference, component).is_some()
    {
        let found = short(reference);
        return Err(Refusal::failed(format!("has two components with the bom-ref `{found}`, expected each once")));
    }
    component.components.iter().flatten().try_for_each(|inner| register(inner, components))
}

fn read(
    wire: &WireVulnerability,
    components: &BTreeMap<&str, &WireComponent>,
    at: &str,
    document: &mut VexDocument,
) -> Result<(), String> {
    let Some(analysis) = &wire.analysis else { return Ok(()) };
    let Some(state) = analysis.state.as_deref() else { return Ok(()) };
    let Some((_, status)) = STATES.iter().find(|(word, _)| *word == state) else {
        let words: Vec<&str> = STATES.iter().map(|(word, _)| *word).collect();
        return Err(format!("has the state `{}`, expected one of {}", short(state), words.join(", ")));
    };
    let justification = text(analysis.justification.as_ref());
    if let Some(word) = justification.as_deref().filter(|word| !JUSTIFICATIONS.contains(word)) {
        return Err(format!("has the justification `{}`, expected one of {}", short(word), JUSTIFICATIONS.join(", ")));
    }
    let references = wire.references.iter().flatten().filter_map(|reference| reference.id.as_ref());
    let ids: Vec<String> = wire.id.iter().chain(references).filter_map(|id| text(Some(id))).collect();
    if ids.is_empty() {
        return Err("names no vulnerability, expected its id".to_owned());
    }
    for (index, affects) in wire.affects.iter().flatten().enumerate() {
        let at = format!("{at}/affects/{index}");
        let Some(product) = resolve(&affects.reference, components) else {
            let found = short(&affects.reference);
            document.problems.push((at, format!("`{found}` is no package with a package URL in this document")));
            continue;
        };
        let mut add = |versions: Versions, status: VexStatus| {
            document.statements.push(Statement {
                ids: ids.clone(),
                product: Product { key: product.key.clone(), versions },
                within: None,
                status,
                justification: justification.clone(),
                detail: text(analysis.detail.as_ref()),
                time: None,
                at: at.clone(),
            });
        };
        match affects.versions.as_deref() {
            None | Some([]) => add(product.versions.clone(), *status),
            Some(versions) => {
                for version in versions {
                    let of = status_of(version, *status)?;
                    add(versions_of(version)?, of);
                }
            }
        }
    }
    Ok(())
}

/// The package of a reference: that of the component, or one that is itself a package URL.
fn resolve(reference: &str, components: &BTreeMap<&str, &WireComponent>) -> Option<Product> {
    let Some(component) = components.get(reference) else { return product(reference) };
    let found = product(component.purl.as_deref()?)?;
    Some(match (found.versions, text(component.version.as_ref())) {
        (Versions::All, Some(version)) => Product { key: found.key, versions: Versions::One(version) },
        (versions, _) => Product { key: found.key, versions },
    })
}

fn versions_of(wire: &WireVersion) -> Result<Versions, String> {
    match (&wire.version, &wire.range) {
        (Some(version), None) => Ok(Versions::One(version.trim().to_owned())),
        (None, Some(range)) => Ok(Versions::Range(short(range))),
        _ => Err("affects versions with both or neither of `version` and `range`, expected one".to_owned()),
    }
}

fn status_of(wire: &WireVersion, analysis: VexStatus) -> Result<VexStatus, String> {
    Ok(match (wire.status.as_deref().unwrap_or("affected"), analysis) {
        ("affected", analysis) => analysis,
        ("unaffected", VexStatus::Fixed) => VexStatus::Fixed,
        ("unaffected", _) => VexStatus::NotAffected,
        ("unknown", VexStatus::Affected) => VexStatus::Affected,
        ("unknown", _) => VexStatus::UnderInvestigation,
        (other, _) => {
            return Err(format!(
                "affects a version with the status `{}`, expected affected, unaffected or unknown",
                short(other)
            ));
        }
    })
}
