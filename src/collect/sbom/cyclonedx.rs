//! CycloneDX in JSON, versions 1.2 to 1.6.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::graph::Graph;
use super::{Entries, Entry, MAX_DEPTH, Sbom, SbomFormat, hash, json, too_many};
use crate::collect::forge::quoted;
use crate::collect::input::Refusal;
use crate::evidence::{Completeness, DependencyScope};

#[derive(Deserialize)]
struct Bom {
    metadata: Option<Metadata>,
    components: Option<Vec<Component>>,
    services: Option<Vec<IgnoredAny>>,
    dependencies: Option<Vec<Dependency>>,
    compositions: Option<Vec<Composition>>,
}

#[derive(Deserialize)]
struct Metadata {
    component: Option<Component>,
    tools: Option<Tools>,
}

/// A list up to version 1.4, components in an object since 1.5.
#[derive(Deserialize)]
#[serde(untagged)]
enum Tools {
    List(Vec<Tool>),
    Object {
        components: Option<Vec<Tool>>,
    },
    /// There to be accepted: who made it decides nothing.
    Other(IgnoredAny),
}

#[derive(Deserialize)]
struct Tool {
    name: Option<String>,
    version: Option<String>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "bom-ref")]
    reference: Option<String>,
    group: Option<String>,
    name: String,
    version: Option<String>,
    scope: Option<String>,
    hashes: Option<Vec<Hash>>,
    licenses: Option<Vec<Choice>>,
    purl: Option<String>,
    components: Option<Vec<Component>>,
    properties: Option<Vec<Property>>,
}

#[derive(Deserialize)]
struct Hash {
    alg: String,
    content: String,
}

#[derive(Deserialize)]
struct Choice {
    license: Option<Named>,
    expression: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    id: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Property {
    name: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
struct Dependency {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(rename = "dependsOn")]
    depends_on: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Composition {
    aggregate: Option<String>,
    assemblies: Option<Vec<IgnoredAny>>,
    dependencies: Option<Vec<IgnoredAny>>,
    vulnerabilities: Option<Vec<IgnoredAny>>,
}

/// Types of components that are no packages.
const NO_PACKAGES: &[&str] = &[
    "cryptographic-asset",
    "data",
    "device",
    "device-driver",
    "file",
    "firmware",
    "machine-learning-model",
    "operating-system",
];

pub(super) fn read(bytes: &[u8], version: &str, limit: usize) -> Result<Sbom, Refusal> {
    let bom: Bom = json(bytes)?;
    let root = bom.metadata.as_ref().and_then(|metadata| metadata.component.as_ref());
    let mut graph = Graph::new(root.and_then(|root| root.reference.as_deref()));
    let dependencies = bom.dependencies.as_deref().unwrap_or_default();
    for dependency in dependencies {
        for to in dependency.depends_on.iter().flatten() {
            graph.edge(&dependency.reference, to);
        }
    }
    let mut reading = Reading { graph, entries: Entries::new(), count: 0, limit };
    reading.count += dependencies.iter().map(|it| it.depends_on.as_ref().map_or(0, Vec::len) + 1).sum::<usize>();
    reading.entries.set_aside += u64::from(root.is_some());
    reading.entries.set_aside += bom.services.as_ref().map_or(0, Vec::len) as u64;
    reading.components(root.and_then(|root| root.components.as_deref()), "/metadata/component", 1)?;
    reading.components(bom.components.as_deref(), "", 0)?;
    let mut sbom = reading.entries.finish(SbomFormat::CycloneDx, version);
    sbom.tool = bom.metadata.and_then(|metadata| metadata.tools).and_then(tool);
    sbom.incomplete = bom.compositions.iter().flatten().find_map(incomplete);
    Ok(sbom)
}

fn tool(tools: Tools) -> Option<(String, Option<String>)> {
    let list = match tools {
        Tools::List(list) => list,
        Tools::Object { components } => components?,
        Tools::Other(_) => return None,
    };
    list.into_iter().find_map(|tool| tool.name.map(|name| (name, tool.version)))
}

/// What a document says of its own completeness; of vulnerabilities alone is not of packages.
fn incomplete(composition: &Composition) -> Option<String> {
    let aggregate = composition.aggregate.as_deref().filter(|aggregate| aggregate.starts_with("incomplete"))?;
    let of_packages = composition.assemblies.is_some() || composition.dependencies.is_some();
    let counts = of_packages || composition.vulnerabilities.is_none();
    counts.then(|| format!("says of itself that it is {}", quoted(aggregate)))
}

struct Reading<'d> {
    graph: Graph<'d>,
    entries: Entries,
    count: usize,
    limit: usize,
}

impl Reading<'_> {
    fn components(&mut self, components: Option<&[Component]>, at: &str, depth: usize) -> Result<(), Refusal> {
        if depth > MAX_DEPTH && components.is_some_and(|components| !components.is_empty()) {
            let reason = format!("nests components more than {MAX_DEPTH} deep");
            return Err(Refusal { completeness: Completeness::Truncated, reason });
        }
        for (index, component) in components.unwrap_or_default().iter().enumerate() {
            self.count += 1;
            if self.count > self.limit {
                return Err(too_many(self.limit));
            }
            let at = format!("{at}/components/{index}");
            let kind = component.kind.as_deref().unwrap_or_default();
            let scope = self.scope(component, &at);
            self.entries.add(Entry {
                at: at.clone(),
                purl: component.purl.as_deref(),
                described: described(component),
                version: component.version.as_deref(),
                scope,
                directness: self.graph.directness(component.reference.as_deref()),
                hashes: component.hashes.iter().flatten().map(|it| hash(&it.alg, &it.content)).collect(),
                licences: component.licenses.iter().flatten().filter_map(licence).collect(),
                no_package: NO_PACKAGES.contains(&kind),
            })?;
            self.components(component.components.as_deref(), &at, depth + 1)?;
        }
        Ok(())
    }

    /// Without a scope a component is required, says the specification. `optional` leaves open what it is for, unless npm says.
    fn scope(&mut self, component: &Component, at: &str) -> DependencyScope {
        let development = component.properties.iter().flatten().any(|property| {
            property.name.as_deref() == Some("cdx:npm:package:development") && property.value.as_deref() == Some("true")
        });
        match component.scope.as_deref() {
            _ if development => DependencyScope::Development,
            None | Some("required") => DependencyScope::Runtime,
            Some("excluded") => DependencyScope::Development,
            Some("optional") => DependencyScope::Unknown,
            Some(other) => {
                let message = format!("found {}, expected required, optional or excluded", quoted(other));
                self.entries.notes.push(format!("{at}/scope"), message);
                DependencyScope::Unknown
            }
        }
    }
}

fn described(component: &Component) -> String {
    let words = [&component.kind, &component.group, &Some(component.name.clone()), &component.version];
    words.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// The expression, else the id, else the name.
fn licence(choice: &Choice) -> Option<String> {
    let named = choice.license.as_ref();
    let text = choice.expression.as_ref().or_else(|| named.and_then(|it| it.id.as_ref().or(it.name.as_ref())));
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
