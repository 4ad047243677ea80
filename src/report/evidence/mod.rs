//! `tollgate/evidence/v1`: all that is known of one change, as a document that is written, and read back alike.
//!
//! A person can write one by hand: what has a safe default may be left out. Nothing else is taken: an unknown field, an
//! unknown word, a contradiction is an error with its place. Nothing here reads a file, and nothing decides.
//!
//! A document borrows its texts, from the text that it was read from or from the evidence that it states.

mod advisory;
mod checks;
mod claim;
mod dependency;
mod error;
mod file;
mod finding;
mod layout;
mod other;
mod people;
mod place;
mod scalars;
mod source;
mod strict;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::dependency::texts;
use self::error::{Checked, Fault, quoted};
use self::strict::{object, objects};
use crate::evidence::{Evidence, EvidenceKind, FindingsBuilder, Word};

pub use self::advisory::{AdvisoryRecord, LicenceRecord, VexRecord};
pub use self::checks::{CoverageRecord, TestRecord};
pub use self::claim::ClaimRecord;
pub use self::dependency::{DependencyRecord, DisagreementRecord, PackageSourceRecord};
pub use self::error::DocumentError;
pub use self::file::{FileRecord, HunkRecord, LfsPointerRecord, OwnershipRecord};
pub use self::finding::{FindingRecord, FindingsRecord};
pub use self::other::CapabilityRecord;
pub use self::people::{ReviewRecord, TeamRecord};
pub use self::scalars::{
    Decimal, Digest, EvidenceVersion, Fingerprint, Login, Mode, RepositoryPath, Score, Text, Time,
};
pub use self::source::{ChangeRecord, ProblemRecord, SourceRecord};

/// The value of `schema` in every evidence document of this version.
pub const EVIDENCE_SCHEMA: &str = "tollgate/evidence/v1";

/// All that is known of one change. A kind of evidence is as complete as the worst of its `sources`, and missing where it
/// has none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Tollgate evidence")]
pub struct EvidenceDocument<'a> {
    /// Always `tollgate/evidence/v1`.
    pub schema: EvidenceVersion,
    /// What was proposed, by whom, between which commits.
    #[serde(default, borrow, deserialize_with = "object")]
    pub change: ChangeRecord<'a>,
    /// Normalized scanner results.
    #[serde(default, deserialize_with = "object")]
    pub findings: FindingsRecord<'a>,
    /// Changed paths; each path once.
    #[serde(default, deserialize_with = "object")]
    pub files: Items<FileRecord<'a>>,
    /// Packages whose set of locked versions or sources changed.
    #[serde(default, deserialize_with = "object")]
    pub dependencies: Items<DependencyRecord<'a>>,
    /// Licences of those packages.
    #[serde(default, deserialize_with = "object")]
    pub licences: Items<LicenceRecord<'a>>,
    /// Known vulnerabilities of the packages of changed lockfiles.
    #[serde(default, deserialize_with = "object")]
    pub advisories: Items<AdvisoryRecord<'a>>,
    /// What the change makes the code able to do that it could not do before.
    #[serde(default, deserialize_with = "object")]
    pub capabilities: Items<CapabilityRecord<'a>>,
    /// Who looked at the change, and what they said.
    #[serde(default, deserialize_with = "object")]
    pub reviews: Items<ReviewRecord<'a>>,
    /// Members of each team; each team once.
    #[serde(default, deserialize_with = "object")]
    pub teams: Items<TeamRecord<'a>>,
    /// Results of tests.
    #[serde(default, deserialize_with = "object")]
    pub checks: ChecksRecord<'a>,
    /// Statements found in the change's own description or documents.
    #[serde(default, deserialize_with = "object")]
    pub claims: Items<ClaimRecord<'a>>,
    /// Every input, with its completeness. A kind that has items has a source.
    #[serde(default, deserialize_with = "objects")]
    pub sources: Vec<SourceRecord<'a>>,
}

/// The items of one kind of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>"))]
#[schemars(rename = "Items_of_{T}", inline)]
pub struct Items<T> {
    /// All of them.
    #[serde(deserialize_with = "objects")]
    pub items: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

impl<T> FromIterator<T> for Items<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self { items: items.into_iter().collect() }
    }
}

/// Results of tests.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecksRecord<'a> {
    /// Results of test cases.
    #[serde(default, borrow, deserialize_with = "object")]
    pub tests: Items<TestRecord<'a>>,
    /// Coverage of changed lines; each file once.
    #[serde(default, deserialize_with = "object")]
    pub coverage: Items<CoverageRecord<'a>>,
}

impl<'a> From<&'a Evidence> for EvidenceDocument<'a> {
    fn from(evidence: &'a Evidence) -> Self {
        Self {
            schema: EvidenceVersion,
            change: (&evidence.change).into(),
            findings: (&evidence.findings).into(),
            files: evidence.files.iter().map(FileRecord::from).collect(),
            dependencies: evidence.dependencies.iter().map(DependencyRecord::from).collect(),
            licences: evidence.licences.iter().map(LicenceRecord::from).collect(),
            advisories: evidence.advisories.iter().map(AdvisoryRecord::from).collect(),
            capabilities: evidence.capabilities.iter().map(CapabilityRecord::from).collect(),
            reviews: evidence.reviews.iter().map(ReviewRecord::from).collect(),
            teams: evidence
                .teams
                .iter()
                .map(|(name, members)| TeamRecord { name: name.as_str().into(), members: texts(members) })
                .collect(),
            checks: ChecksRecord {
                tests: evidence.tests.iter().map(TestRecord::from).collect(),
                coverage: evidence.coverage.iter().map(CoverageRecord::from).collect(),
            },
            claims: evidence.claims.iter().map(ClaimRecord::from).collect(),
            sources: evidence.sources.iter().map(SourceRecord::from).collect(),
        }
    }
}

impl TryFrom<EvidenceDocument<'_>> for Evidence {
    type Error = DocumentError;

    /// The evidence in canonical order. The error's line and column are 0.
    fn try_from(document: EvidenceDocument<'_>) -> Result<Self, DocumentError> {
        document.into_evidence().map_err(|fault| fault.into_error(None))
    }
}

/// The document of all that is known of a change: JSON, indented, one item per line, one line feed at its end. Equal
/// evidence gives equal bytes.
#[must_use]
pub fn write_evidence(evidence: &Evidence) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1024 + 512 * evidence.findings.len());
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, layout::ItemPerLine::default());
    // Writing to memory can't fail, and no record has a key that is not a text.
    let written = EvidenceDocument::from(evidence).serialize(&mut serializer);
    debug_assert!(written.is_ok(), "{written:?}");
    bytes.push(b'\n');
    bytes
}

/// Reads a document: UTF-8 with or without a byte order mark. What is read is in canonical order, whatever the order of
/// the items.
///
/// # Errors
/// Where it is not exactly what [`EvidenceDocument`] says: not JSON, another version, an unknown field or word, a value
/// of another form, a contradiction, items of a kind that has no source.
pub fn read_evidence(bytes: &[u8]) -> Result<Evidence, DocumentError> {
    let text = error::document_text(bytes)?;
    EvidenceDocument::parse(text)
        .map_err(|error| error::explain(text, &error))?
        .into_evidence()
        .map_err(|fault| fault.into_error(Some(text)))
}

impl<'a> EvidenceDocument<'a> {
    fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        let mut json = serde_json::Deserializer::from_str(text);
        let document = object(&mut json)?;
        json.end()?;
        Ok(document)
    }

    fn into_evidence(self) -> Checked<Evidence> {
        self.check_sources()?;
        let counts = self.counts();
        let mut findings = FindingsBuilder::default();
        each("findings", "items", &self.findings.items, |finding| finding.add_to(&mut findings))?;
        each("findings", "gone", &self.findings.gone, |finding| finding.add_gone_to(&mut findings))?;
        each_once("files", self.files.items.iter().map(|file| file.path.as_str()), "path")?;
        each_once("teams", self.teams.items.iter().map(|team| team.name.as_str()), "name")?;
        let coverage_paths = self.checks.coverage.items.iter().map(|coverage| coverage.path.as_str());
        each_once("coverage", coverage_paths, "path").map_err(|fault| fault.in_field("checks"))?;
        people::each_holds_one(&self.reviews.items)?;
        let sources = self.sources.iter().map(|source| source.kind).collect::<Vec<_>>();
        let default_items = |kind: EvidenceKind| match sources.iter().filter(|known| **known == kind).count() {
            1 => counts.iter().find(|(known, _)| *known == kind).map_or(0, |(_, count)| *count as u64),
            _ => 0,
        };
        let mut evidence = Evidence {
            change: self.change.into(),
            findings: findings.finish(),
            files: convert("files", self.files, FileRecord::into_change)?,
            dependencies: convert("dependencies", self.dependencies, DependencyRecord::into_change)?,
            licences: convert("licences", self.licences, LicenceRecord::into_licence)?,
            advisories: convert("advisories", self.advisories, AdvisoryRecord::into_advisory)?,
            capabilities: self.capabilities.items.into_iter().map(Into::into).collect(),
            reviews: convert("reviews", self.reviews, ReviewRecord::into_review)?,
            teams: self
                .teams
                .items
                .into_iter()
                .map(|team| (team.name.into_string(), dependency::strings(team.members)))
                .collect(),
            tests: self.checks.tests.items.into_iter().map(Into::into).collect(),
            coverage: convert("coverage", self.checks.coverage, CoverageRecord::into_coverage)
                .map_err(|fault| fault.in_field("checks"))?,
            claims: convert("claims", self.claims, ClaimRecord::into_claim)?,
            sources: self
                .sources
                .into_iter()
                .enumerate()
                .map(|(index, source)| {
                    let items = default_items(source.kind);
                    source.into_source(items).map_err(|fault| fault.in_element(index).in_field("sources"))
                })
                .collect::<Checked<_>>()?,
        };
        evidence.sort();
        Ok(evidence)
    }

    /// How many items there are of each kind.
    fn counts(&self) -> [(EvidenceKind, usize); 11] {
        [
            (EvidenceKind::Findings, self.findings.items.len()),
            (EvidenceKind::Files, self.files.items.len()),
            (EvidenceKind::Dependencies, self.dependencies.items.len()),
            (EvidenceKind::Licences, self.licences.items.len()),
            (EvidenceKind::Advisories, self.advisories.items.len()),
            (EvidenceKind::Capabilities, self.capabilities.items.len()),
            (EvidenceKind::Reviews, self.reviews.items.len()),
            (EvidenceKind::Teams, self.teams.items.len()),
            (EvidenceKind::Tests, self.checks.tests.items.len()),
            (EvidenceKind::Coverage, self.checks.coverage.items.len()),
            (EvidenceKind::Claims, self.claims.items.len()),
        ]
    }

    /// Items come from somewhere: without a source nobody can say how many of them are missing. And what a source says was
    /// read has to be somewhere: a list that was emptied would be read as "there is none".
    fn check_sources(&self) -> Checked<()> {
        for (kind, count) in self.counts() {
            if count > 0 && self.sources.iter().all(|source| source.kind != kind) {
                let word = kind.as_str();
                let fault = Fault::field(
                    "items",
                    format!("items come from nowhere: `sources` has none of kind `{word}`, expected at least one"),
                );
                let nested = matches!(kind, EvidenceKind::Tests | EvidenceKind::Coverage);
                let fault = fault.in_field(word);
                return Err(if nested { fault.in_field("checks") } else { fault });
            }
        }
        for (index, source) in self.sources.iter().enumerate() {
            let none = |(kind, count): &(EvidenceKind, usize)| *kind == source.kind && *count == 0;
            if let Some(told) = source.items.filter(|told| *told > 0 && self.counts().iter().any(none)) {
                let kind = source.kind;
                let message =
                    format!("found {told}, and the document has no item of kind `{kind}`: what was read is lost");
                return Err(Fault::field("items", message).in_element(index).in_field("sources"));
            }
        }
        let no_baseline = self.sources.iter().all(|source| source.kind != EvidenceKind::Baseline);
        if !self.findings.gone.is_empty() && no_baseline {
            let message =
                "found findings that are gone, and `sources` has none of kind `baseline`, expected at least one";
            return Err(Fault::field("gone", message).in_field("findings"));
        }
        Ok(())
    }
}

/// Does something with each item of one list of a kind.
fn each<T>(kind: &str, list: &str, items: &[T], mut check: impl FnMut(&T) -> Checked<()>) -> Checked<()> {
    items.iter().enumerate().try_for_each(|(index, item)| {
        check(item).map_err(|fault| fault.in_element(index).in_field(list).in_field(kind))
    })
}

/// Makes evidence of each item of a kind.
fn convert<T, E>(kind: &str, items: Items<T>, convert: impl Fn(T) -> Checked<E>) -> Checked<Vec<E>> {
    let located = |(index, item)| {
        convert(item).map_err(|fault: Box<Fault>| fault.in_element(index).in_field("items").in_field(kind))
    };
    items.items.into_iter().enumerate().map(located).collect()
}

/// Refuses a key that a kind has twice.
fn each_once<'a>(kind: &str, keys: impl Iterator<Item = &'a str>, field: &str) -> Checked<()> {
    let mut seen = BTreeSet::new();
    for (index, key) in keys.enumerate() {
        if !seen.insert(key) {
            let fault = Fault::field(field, format!("{} is there twice", quoted(key)));
            return Err(fault.in_element(index).in_field("items").in_field(kind));
        }
    }
    Ok(())
}
