//! Bills of materials: CycloneDX 1.2 to 1.6 and SPDX 2.2 and 2.3, both in JSON, told apart by what they hold.
//!
//! What is read is which packages there are: package URL, licences, hashes, what they are used for, what brings them in.
//! Serial numbers, time stamps and references within a document are new in every one of them and mean nothing.
//!
//! - A package is its package URL. What has none, or one of a kind that is not ours (`deb`, `apk`, ...), or no version, can't
//!   be matched: it is kept by all that it says ([`Sbom::unmatched`]), so that at least a difference shows. Where nothing but
//!   the version is missing, a difference need not show, and a lockfile has to tell ([`Sbom::versionless`]).
//! - Set aside, unless they have a package URL: components that are no packages (`file`, `operating-system`, `data`, `device`,
//!   `device-driver`, `firmware`, `cryptographic-asset`, `machine-learning-model`; the purposes of SPDX likewise), services, and
//!   what the document itself is about (CycloneDX's `metadata.component`, the one package that SPDX describes).
//! - Two entries with one package URL and different hashes refuse the document: which of them is right can't be told.
//! - A document whose `compositions` say that it is incomplete is `truncated`.
//! - One that is not of the shape that its version demands is refused whole, for half of a list shows half of a difference.
//! - Refused by name: other versions, CycloneDX in XML, SPDX as tags and values, SPDX 3 (a graph of another kind).
//!
//! Limits: [`MAX_BYTES`], [`MAX_COMPONENTS`], [`MAX_DEPTH`]; nesting of the JSON up to 127 levels, which is its reader's.

mod cyclonedx;
mod graph;
mod spdx;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::forge::{Problems, quoted};
use super::input::{self, Refusal, Report};
use super::purls;
use crate::evidence::{Completeness, DependencyScope, Directness, Ecosystem};

/// The largest document that is read, in bytes.
pub const MAX_BYTES: u64 = 64 << 20;

/// Most components, packages and relationships of one document.
pub const MAX_COMPONENTS: usize = 500_000;

/// Deepest nesting of components in components.
pub const MAX_DEPTH: usize = 40;

const EXPECTED: &str = "a bill of materials: CycloneDX 1.2 to 1.6 or SPDX 2.2 or 2.3, in JSON";

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SbomFormat {
    /// OWASP's, ECMA-424.
    CycloneDx,
    /// The Linux Foundation's, ISO/IEC 5962.
    Spdx,
}

/// What one document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sbom {
    /// Its format.
    pub format: SbomFormat,
    /// The version of its format: `1.5`, `2.3`.
    pub version: String,
    /// The tool that made it, and that tool's version.
    pub tool: Option<(String, Option<String>)>,
    /// What it lists and can be matched, each package URL once, in the order of the file.
    pub packages: Vec<SbomPackage>,
    /// What it lists and can't be matched, as texts that are equal where the entries are, and why.
    pub unmatched: BTreeMap<String, &'static str>,
    /// Packages among those that only lack a version: whether they changed can't be told from this document.
    pub versionless: BTreeSet<(Ecosystem, String)>,
    /// What it lists that is no package.
    pub set_aside: u64,
    /// What contradicts itself and still can be taken.
    pub notes: Problems,
    /// Why by its own word it does not list everything.
    pub incomplete: Option<String>,
}

/// One package of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SbomPackage {
    /// Where packages of its kind come from.
    pub ecosystem: Ecosystem,
    /// The name as its ecosystem normalizes it.
    pub name: String,
    /// The version.
    pub version: String,
    /// Its package URL in canonical spelling, qualifiers and all.
    pub purl: String,
    /// What it is used for.
    pub scope: DependencyScope,
    /// Whether what the document is about asks for it.
    pub directness: Directness,
    /// Hashes as `algorithm:digest` in lower case, each once and in order.
    pub hashes: Vec<String>,
    /// Licences as they are written; what relates several to each other the format does not say.
    pub licences: Vec<String>,
}

/// Reads one file.
#[must_use]
pub fn read(path: &Path, shown: &str, commit: Option<&str>) -> Report<Sbom> {
    input::report(path, shown, commit, MAX_BYTES, parse)
}

/// What tells the formats apart.
#[derive(Deserialize)]
struct Probe {
    #[serde(rename = "bomFormat")]
    bom_format: Option<serde_json::Value>,
    #[serde(rename = "specVersion")]
    spec_version: Option<serde_json::Value>,
    #[serde(rename = "spdxVersion")]
    spdx_version: Option<serde_json::Value>,
    #[serde(rename = "@context")]
    context: Option<serde_json::Value>,
    #[serde(rename = "@graph")]
    graph: Option<IgnoredAny>,
}

/// Reads the bytes of one document.
///
/// # Errors
/// A [`Refusal`] where they are no bill of materials that is read, or past a limit.
pub fn parse(bytes: &[u8]) -> Result<Sbom, Refusal> {
    parse_within(bytes, MAX_COMPONENTS)
}

fn parse_within(bytes: &[u8], limit: usize) -> Result<Sbom, Refusal> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Some(refusal) = no_json(bytes) {
        return Err(refusal);
    }
    let probe: Probe = json(bytes)?;
    let text = |value: &Option<serde_json::Value>| value.as_ref().and_then(|value| value.as_str()).map(str::to_owned);
    match (text(&probe.bom_format), text(&probe.spdx_version)) {
        (Some(format), None) if format == "CycloneDX" => match text(&probe.spec_version).as_deref() {
            Some(version @ ("1.2" | "1.3" | "1.4" | "1.5" | "1.6")) => cyclonedx::read(bytes, version, limit),
            Some(version) => Err(version_refused("CycloneDX", version)),
            None => Err(Refusal::failed(format!("is CycloneDX without a `specVersion`, expected {EXPECTED}"))),
        },
        (None, Some(version)) => match version.as_str() {
            "SPDX-2.2" | "SPDX-2.3" => spdx::read(bytes, version.trim_start_matches("SPDX-"), limit),
            _ => Err(version_refused("SPDX", version.trim_start_matches("SPDX-"))),
        },
        (None, None) if probe.context.is_some() && probe.graph.is_some() => {
            let context = probe.context.map(|context| context.to_string()).unwrap_or_default();
            Err(match context.split_once("spdx.org/rdf/").and_then(|(_, rest)| rest.split('/').next()) {
                Some(version) => version_refused("SPDX", version),
                None => Refusal::failed(format!("is JSON-LD, expected {EXPECTED}")),
            })
        }
        (Some(_), Some(_)) => Err(Refusal::failed("says that it is both CycloneDX and SPDX")),
        _ => Err(Refusal::failed(format!("is JSON without `bomFormat` or `spdxVersion`, expected {EXPECTED}"))),
    }
}

fn version_refused(format: &str, version: &str) -> Refusal {
    Refusal::failed(format!("is {format} of version {}, expected {EXPECTED}", quoted(version)))
}

/// What is no JSON, by its name.
fn no_json(bytes: &[u8]) -> Option<Refusal> {
    let start = bytes.trim_ascii_start();
    let head = String::from_utf8_lossy(start.get(..2_000).unwrap_or(start));
    let what = match start.first() {
        None => "is empty",
        Some(b'<') if head.contains("cyclonedx.org/schema/bom") => "is CycloneDX in XML",
        Some(b'<') if head.contains("spdx.org/rdf") => "is SPDX in RDF/XML",
        Some(b'<') => "is XML or HTML",
        Some(_) if head.starts_with("SPDXVersion:") => "is SPDX as tags and values",
        Some(_) if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) => "is encoded as UTF-16",
        Some(_) => return None,
    };
    Some(Refusal::failed(format!("{what}, expected {EXPECTED}")))
}

fn json<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| {
        let what = if error.is_data() { "is not of its format's shape" } else { "is no JSON" };
        Refusal::failed(format!("{what}: {}", quoted_error(&error)))
    })
}

/// A parser's message repeats texts of the file, which have any length.
fn quoted_error(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    let message = whole.split(" at line ").next().unwrap_or_default();
    let short: String = message.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
    format!("{short} at line {}, column {}", error.line(), error.column())
}

fn too_many(limit: usize) -> Refusal {
    Refusal {
        completeness: Completeness::Truncated,
        reason: format!("has more than the limit of {limit} components, packages and relationships"),
    }
}

/// One entry as either format has it.
struct Entry<'e> {
    /// Where it stands: a JSON pointer.
    at: String,
    /// Its package URL, if any.
    purl: Option<&'e str>,
    /// All that it says of itself besides.
    described: String,
    version: Option<&'e str>,
    scope: DependencyScope,
    directness: Directness,
    hashes: Vec<String>,
    licences: Vec<String>,
    /// Whether it is no package where it has no package URL.
    no_package: bool,
}

const NO_PURL: &str = "has no package URL";
const BAD_PURL: &str = "has a package URL that is none";
const OTHER_KIND: &str = "is of a kind of package that is not read";
const NO_VERSION: &str = "has no version";

/// Collects the entries of one document.
struct Entries {
    packages: Vec<SbomPackage>,
    /// Where each package URL is in `packages`.
    seen: BTreeMap<String, usize>,
    unmatched: BTreeMap<String, &'static str>,
    versionless: BTreeSet<(Ecosystem, String)>,
    set_aside: u64,
    notes: Problems,
}

impl Entries {
    fn new() -> Self {
        Self {
            packages: Vec::new(),
            seen: BTreeMap::new(),
            unmatched: BTreeMap::new(),
            versionless: BTreeSet::new(),
            set_aside: 0,
            notes: Problems::default(),
        }
    }

    fn add(&mut self, entry: Entry<'_>) -> Result<(), Refusal> {
        let version = entry.version.map(str::trim).filter(|version| !version.is_empty());
        let Some(text) = entry.purl.map(str::trim).filter(|purl| !purl.is_empty()) else {
            if entry.no_package {
                self.set_aside += 1;
            } else {
                self.unmatched.insert(entry.described, NO_PURL);
            }
            return Ok(());
        };
        let Some(purl) = purls::parse(text) else {
            self.notes.push(entry.at, format!("found {}, which is no package URL", quoted(text)));
            self.unmatched.insert(format!("{text} {}", entry.described), BAD_PURL);
            return Ok(());
        };
        let Some(ecosystem) = purl.ecosystem else {
            self.unmatched.insert(format!("{} {}", purl.canonical, version.unwrap_or_default()), OTHER_KIND);
            return Ok(());
        };
        if let (Some(own), Some(stated)) = (purl.version.as_deref(), version)
            && own != stated
        {
            let message = format!("found the version {} for {}; the package URL counts", quoted(stated), quoted(text));
            self.notes.push(entry.at, message);
        }
        let Some(version) = purl.version.or_else(|| version.map(str::to_owned)) else {
            self.unmatched.insert(format!("{} {}", purl.canonical, entry.described), NO_VERSION);
            self.versionless.insert((ecosystem, purl.name));
            return Ok(());
        };
        self.package(SbomPackage {
            ecosystem,
            name: purl.name,
            version,
            purl: purl.canonical,
            scope: entry.scope,
            directness: entry.directness,
            hashes: sorted(entry.hashes),
            licences: sorted(entry.licences),
        })
    }

    fn package(&mut self, package: SbomPackage) -> Result<(), Refusal> {
        // A package URL without a version says as much as its entry does.
        let key = format!("{} {}", package.purl, package.version);
        let Some(known) = self.seen.get(&key).and_then(|index| self.packages.get_mut(*index)) else {
            self.seen.insert(key, self.packages.len());
            self.packages.push(package);
            return Ok(());
        };
        if contradict(&known.hashes, &package.hashes) {
            let name = quoted(&format!("{} {}", package.name, package.version));
            return Err(Refusal::failed(format!("lists {name} twice, with different hashes")));
        }
        known.hashes.extend(package.hashes);
        known.hashes = sorted(std::mem::take(&mut known.hashes));
        known.licences.extend(package.licences);
        known.licences = sorted(std::mem::take(&mut known.licences));
        known.scope = stronger_scope(known.scope, package.scope);
        known.directness = stronger_directness(known.directness, package.directness);
        Ok(())
    }

    fn finish(self, format: SbomFormat, version: &str) -> Sbom {
        Sbom {
            format,
            version: version.to_owned(),
            tool: None,
            packages: self.packages,
            unmatched: self.unmatched,
            versionless: self.versionless,
            set_aside: self.set_aside,
            notes: self.notes,
            incomplete: None,
        }
    }
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts.dedup();
    texts
}

/// Whether two lists of hashes can't be of one content: an algorithm that both have, and no digest of it in common.
#[must_use]
pub fn contradict(left: &[String], right: &[String]) -> bool {
    let split = |hashes: &[String]| -> BTreeMap<String, BTreeSet<String>> {
        let mut by_algorithm: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (algorithm, digest) in hashes.iter().filter_map(|hash| hash.split_once(':')) {
            by_algorithm.entry(algorithm.to_owned()).or_default().insert(digest.to_owned());
        }
        by_algorithm
    };
    let (left, right) = (split(left), split(right));
    left.iter().any(|(algorithm, digests)| right.get(algorithm).is_some_and(|other| digests.is_disjoint(other)))
}

/// Runtime where either is; what is not known outweighs what is for development.
pub(crate) fn stronger_scope(left: DependencyScope, right: DependencyScope) -> DependencyScope {
    use DependencyScope::{Development, Runtime, Unknown};
    match (left, right) {
        (Runtime, _) | (_, Runtime) => Runtime,
        (Unknown, _) | (_, Unknown) => Unknown,
        (Development, Development) => Development,
    }
}

/// Direct where either is; what is not known outweighs what is transitive.
pub(crate) fn stronger_directness(left: Directness, right: Directness) -> Directness {
    use Directness::{Direct, Transitive, Unknown};
    match (left, right) {
        (Direct, _) | (_, Direct) => Direct,
        (Unknown, _) | (_, Unknown) => Unknown,
        (Transitive, Transitive) => Transitive,
    }
}

/// A hash as `algorithm:digest`; both formats write algorithms in capitals, one with a hyphen.
fn hash(algorithm: &str, digest: &str) -> String {
    format!("{}:{}", algorithm.to_ascii_lowercase().replace('-', ""), digest.trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
