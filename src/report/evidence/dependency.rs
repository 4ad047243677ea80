//! A changed package in the evidence document, and what its fields say of each other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::{Checked, Fault};
use super::scalars::{RepositoryPath, Text};
use super::strict::{objects, optional_word, word, words};
use crate::evidence::{
    DependencyChange, DependencyChangeKind, DependencyOrigin, DependencyScope, Directness, Disagreement, Ecosystem,
    Integrity, Jump, PackageSource, Pin, SourceKind, Word,
};

/// One package whose set of locked versions or sources changed. A hand-written one needs `ecosystem`, `name`, `purl`,
/// `change`, `manifest`, and the versions that `change` implies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DependencyRecord<'a> {
    /// Where packages of its kind come from.
    #[serde(deserialize_with = "word")]
    pub ecosystem: Ecosystem,
    /// The name as its ecosystem normalizes it.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// The package URL, at the highest version after the change (before it, of a removed one).
    #[schemars(regex(pattern = "^pkg:"))]
    pub purl: Text<'a>,
    /// What happened to it.
    #[serde(deserialize_with = "word")]
    pub change: DependencyChangeKind,
    /// Locked versions before, in the ecosystem's order.
    #[serde(default)]
    pub before: Vec<Text<'a>>,
    /// Locked versions after, in the ecosystem's order.
    #[serde(default)]
    pub after: Vec<Text<'a>>,
    /// How far the highest version moved; `null` for added and removed packages, `unknown` where it is left out for others.
    #[serde(default, deserialize_with = "optional_word")]
    pub jump: Option<Jump>,
    /// Whether a manifest names it.
    #[serde(default = "default_directness", deserialize_with = "word")]
    pub directness: Directness,
    /// What it is used for.
    #[serde(default = "default_scope", deserialize_with = "word")]
    pub scope: DependencyScope,
    /// Where it came from, each place once.
    #[serde(default, deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub sources_before: Vec<PackageSourceRecord<'a>>,
    /// Where it comes from now, each place once.
    #[serde(default, deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub sources_after: Vec<PackageSourceRecord<'a>>,
    /// Hosts of `sources_after` from which nothing in the same ecosystem came before the change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub new_hosts: Vec<Text<'a>>,
    /// What it is held to after the change (before it, of a removed one).
    #[serde(default = "default_pin", deserialize_with = "word")]
    pub pin: Pin,
    /// Whether checksums are locked after the change (before it, of a removed one).
    #[serde(default = "default_integrity", deserialize_with = "word")]
    pub integrity: Integrity,
    /// What its lockfile says against using it: deprecated, abandoned, yanked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<Text<'a>>,
    /// Of a new package: names of packages in use before the change that it can be taken for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub similar_to: Vec<Text<'a>>,
    /// Places of another kind or host from which a package of this name comes as well after the change, each once.
    #[serde(default, deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub other_sources: Vec<PackageSourceRecord<'a>>,
    /// The lockfile or manifest that shows it; `null` where none does.
    #[serde(default)]
    pub manifest: Option<RepositoryPath<'a>>,
    /// What states it, each once.
    #[serde(default, deserialize_with = "words", skip_serializing_if = "Vec::is_empty")]
    pub stated_by: Vec<DependencyOrigin>,
    /// What other sources say, where they say something else.
    #[serde(default, deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub disagreements: Vec<DisagreementRecord<'a>>,
}

/// What another source says of a package, where that is something else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisagreementRecord<'a> {
    /// The kind of source.
    #[serde(deserialize_with = "word")]
    pub by: DependencyOrigin,
    /// The source, as it was given.
    #[serde(borrow)]
    pub source: Text<'a>,
    /// Versions before the change, as it has them.
    #[serde(default)]
    pub before: Vec<Text<'a>>,
    /// Versions after the change, as it has them.
    #[serde(default)]
    pub after: Vec<Text<'a>>,
}

/// Where one locked version comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageSourceRecord<'a> {
    /// The kind of place.
    #[serde(deserialize_with = "word")]
    pub kind: SourceKind,
    /// The host that it is downloaded from, in lower case.
    #[serde(default, borrow)]
    pub host: Option<Text<'a>>,
    /// The place as the lockfile writes it, without credentials.
    #[serde(default)]
    pub location: Option<Text<'a>>,
}

const fn default_directness() -> Directness {
    Directness::Unknown
}

const fn default_scope() -> DependencyScope {
    DependencyScope::Unknown
}

const fn default_pin() -> Pin {
    Pin::Unknown
}

const fn default_integrity() -> Integrity {
    Integrity::Unrecorded
}

impl<'a> From<&'a Disagreement> for DisagreementRecord<'a> {
    fn from(said: &'a Disagreement) -> Self {
        Self {
            by: said.by,
            source: said.source.as_str().into(),
            before: texts(&said.before),
            after: texts(&said.after),
        }
    }
}

impl From<DisagreementRecord<'_>> for Disagreement {
    fn from(said: DisagreementRecord<'_>) -> Self {
        Self {
            by: said.by,
            source: said.source.into_string(),
            before: strings(said.before),
            after: strings(said.after),
        }
    }
}

impl<'a> From<&'a DependencyChange> for DependencyRecord<'a> {
    fn from(dependency: &'a DependencyChange) -> Self {
        Self {
            ecosystem: dependency.ecosystem,
            name: dependency.name.as_str().into(),
            purl: dependency.purl.as_str().into(),
            change: dependency.change,
            before: texts(&dependency.before),
            after: texts(&dependency.after),
            jump: dependency.jump,
            directness: dependency.directness,
            scope: dependency.scope,
            sources_before: dependency.sources_before.iter().map(PackageSourceRecord::from).collect(),
            sources_after: dependency.sources_after.iter().map(PackageSourceRecord::from).collect(),
            new_hosts: texts(&dependency.new_hosts),
            pin: dependency.pin,
            integrity: dependency.integrity,
            deprecated: dependency.deprecated.as_deref().map(Text::from),
            similar_to: texts(&dependency.similar_to),
            other_sources: dependency.other_sources.iter().map(PackageSourceRecord::from).collect(),
            manifest: dependency.manifest.as_deref().map(RepositoryPath::from),
            stated_by: dependency.stated_by.clone(),
            disagreements: dependency.disagreements.iter().map(DisagreementRecord::from).collect(),
        }
    }
}

impl<'a> From<&'a PackageSource> for PackageSourceRecord<'a> {
    fn from(source: &'a PackageSource) -> Self {
        Self {
            kind: source.kind,
            host: source.host.as_deref().map(Text::from),
            location: source.location.as_deref().map(Text::from),
        }
    }
}

/// Borrowed texts of owned ones.
pub(super) fn texts(strings: &[String]) -> Vec<Text<'_>> {
    strings.iter().map(|text| Text::from(text.as_str())).collect()
}

/// Owned texts of borrowed ones.
pub(super) fn strings(texts: Vec<Text<'_>>) -> Vec<String> {
    texts.into_iter().map(Text::into_string).collect()
}

impl DependencyRecord<'_> {
    /// The dependency change that it states.
    pub(super) fn into_change(self) -> Checked<DependencyChange> {
        if !self.purl.as_str().starts_with("pkg:") {
            return Err(Fault::field("purl", "expected a package URL, which starts with `pkg:`"));
        }
        self.check_sides()?;
        let jump = match (self.change, self.jump) {
            (DependencyChangeKind::Added | DependencyChangeKind::Removed, None) => None,
            (change @ (DependencyChangeKind::Added | DependencyChangeKind::Removed), Some(jump)) => {
                return Err(Fault::field(
                    "jump",
                    format!("found `{jump}` for a package that is `{change}`, expected null"),
                ));
            }
            (_, jump) => Some(jump.unwrap_or(Jump::Unknown)),
        };
        Ok(DependencyChange {
            ecosystem: self.ecosystem,
            name: self.name.into_string(),
            manifest: self.manifest.map(RepositoryPath::into_string),
            purl: self.purl.into_string(),
            change: self.change,
            before: strings(self.before),
            after: strings(self.after),
            jump,
            directness: self.directness,
            scope: self.scope,
            sources_before: package_sources(self.sources_before),
            sources_after: package_sources(self.sources_after),
            new_hosts: strings(self.new_hosts),
            pin: self.pin,
            integrity: self.integrity,
            deprecated: self.deprecated.map(Text::into_string),
            similar_to: strings(self.similar_to),
            other_sources: package_sources(self.other_sources),
            stated_by: self.stated_by,
            disagreements: self.disagreements.into_iter().map(Disagreement::from).collect(),
        })
    }

    /// What happened follows from what was there before and is there after.
    fn check_sides(&self) -> Checked<()> {
        let change = self.change.as_str();
        let empty = |field: &str, is_empty: bool| match is_empty {
            true => Ok(()),
            false => Err(Fault::field(field, format!("is not empty for a package that is `{change}`"))),
        };
        let filled = |field: &str, is_empty: bool| match is_empty {
            false => Ok(()),
            true => Err(Fault::record(format!("has no versions in `{field}`, but the package is `{change}`"))),
        };
        match self.change {
            DependencyChangeKind::Added => {
                empty("before", self.before.is_empty())?;
                empty("sources_before", self.sources_before.is_empty())?;
                filled("after", self.after.is_empty() && self.sources_after.is_empty())
            }
            DependencyChangeKind::Removed => {
                empty("after", self.after.is_empty())?;
                empty("sources_after", self.sources_after.is_empty())?;
                filled("before", self.before.is_empty() && self.sources_before.is_empty())
            }
            DependencyChangeKind::Upgraded | DependencyChangeKind::Downgraded => {
                filled("before", self.before.is_empty())?;
                filled("after", self.after.is_empty())?;
                match self.before == self.after {
                    true => {
                        Err(Fault::field("after", format!("is the same as `before`, but the package is `{change}`")))
                    }
                    false => Ok(()),
                }
            }
            DependencyChangeKind::Changed => {
                filled("before", self.before.is_empty() && self.sources_before.is_empty())?;
                filled("after", self.after.is_empty() && self.sources_after.is_empty())
            }
        }
    }
}

fn package_sources(sources: Vec<PackageSourceRecord<'_>>) -> Vec<PackageSource> {
    sources
        .into_iter()
        .map(|source| PackageSource {
            kind: source.kind,
            host: source.host.map(Text::into_string),
            location: source.location.map(Text::into_string),
        })
        .collect()
}
