//! Records of licences and advisories, and what their fields say of each other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dependency::{strings, texts};
use super::error::{Checked, Fault};
use super::scalars::{RepositoryPath, Text};
use super::strict::{objects, optional_word, word};
use crate::evidence::{
    Advisory, AdvisoryKind, AdvisorySeverityFrom, DependencyOrigin, Ecosystem, Licence, Presence, Severity,
    VexStatement, VexStatus,
};

/// The licence of one package version, as one source states it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LicenceRecord<'a> {
    /// Where packages of its kind come from.
    #[serde(deserialize_with = "word")]
    pub ecosystem: Ecosystem,
    /// The package's name, as its ecosystem normalizes it.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// The version after the change.
    pub version: Text<'a>,
    /// The package URL at that version.
    #[schemars(regex(pattern = "^pkg:"))]
    pub purl: Text<'a>,
    /// The lockfile or manifest that has the package; `null` where none does.
    #[serde(default)]
    pub manifest: Option<RepositoryPath<'a>>,
    /// What is stated, as an SPDX licence expression; `null` where nothing is, or nothing that is one.
    #[serde(default)]
    pub expression: Option<Text<'a>>,
    /// What is stated, as it is written, where that is something else than `expression`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<Text<'a>>,
    /// The same of the versions before the change, each once.
    #[serde(default)]
    pub before: Vec<Text<'a>>,
    /// What kind of source states it; `null` where none does.
    #[serde(default, deserialize_with = "optional_word")]
    pub by: Option<DependencyOrigin>,
}

impl<'a> From<&'a Licence> for LicenceRecord<'a> {
    fn from(licence: &'a Licence) -> Self {
        Self {
            ecosystem: licence.ecosystem,
            name: licence.name.as_str().into(),
            version: licence.version.as_str().into(),
            purl: licence.purl.as_str().into(),
            manifest: licence.manifest.as_deref().map(RepositoryPath::from),
            expression: licence.expression.as_deref().map(Text::from),
            stated: licence.stated.as_deref().map(Text::from),
            before: texts(&licence.before),
            by: licence.by,
        }
    }
}

impl LicenceRecord<'_> {
    /// The licence that it states.
    pub(super) fn into_licence(self) -> Checked<Licence> {
        package_url(&self.purl)?;
        if let Some(expression) = &self.expression
            && let Err(error) = spdx::Expression::parse(expression.as_str())
        {
            let message = format!("is no SPDX licence expression: {}", error.reason);
            return Err(Fault::field("expression", message));
        }
        Ok(Licence {
            ecosystem: self.ecosystem,
            name: self.name.into_string(),
            version: self.version.into_string(),
            purl: self.purl.into_string(),
            manifest: self.manifest.map(RepositoryPath::into_string),
            expression: self.expression.map(Text::into_string),
            stated: self.stated.map(Text::into_string),
            before: strings(self.before),
            by: self.by,
        })
    }
}

fn package_url(purl: &Text<'_>) -> Checked<()> {
    match purl.as_str().starts_with("pkg:") {
        true => Ok(()),
        false => Err(Fault::field("purl", "expected a package URL, which starts with `pkg:`")),
    }
}

/// A known problem of one package in one lockfile, on either side of the change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvisoryRecord<'a> {
    /// Where packages of its kind come from.
    #[serde(deserialize_with = "word")]
    pub ecosystem: Ecosystem,
    /// The package's name, as its ecosystem normalizes it.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// The lockfile or manifest that has the package; `null` where none does.
    #[serde(default)]
    pub manifest: Option<RepositoryPath<'a>>,
    /// The package URL, at the highest affected version after the change (before it, where none is affected any more).
    #[schemars(regex(pattern = "^pkg:"))]
    pub purl: Text<'a>,
    /// Its id.
    pub id: Text<'a>,
    /// Its other ids.
    #[serde(default)]
    pub aliases: Vec<Text<'a>>,
    /// What it warns of.
    #[serde(default = "default_kind", deserialize_with = "word")]
    pub kind: AdvisoryKind,
    /// What it says in one line.
    #[serde(default)]
    pub summary: Text<'a>,
    /// Affected locked versions before, in the ecosystem's order.
    #[serde(default)]
    pub before: Vec<Text<'a>>,
    /// Affected locked versions after, in the ecosystem's order.
    #[serde(default)]
    pub after: Vec<Text<'a>>,
    /// On which side it is: `introduced` where `before` is empty, `fixed` where `after` is, else `carried-over`.
    #[serde(deserialize_with = "word")]
    pub presence: Presence,
    /// Its severity; `null` where nothing tells.
    #[serde(default, deserialize_with = "optional_word")]
    pub severity: Option<Severity>,
    /// What the severity was read from.
    #[serde(default, deserialize_with = "optional_word")]
    pub severity_from: Option<AdvisorySeverityFrom>,
    /// Its CVSS vector; `null` where nothing gives one.
    #[serde(default)]
    pub cvss: Option<Text<'a>>,
    /// Versions in which it is fixed, in the ecosystem's order.
    #[serde(default)]
    pub fixed_in: Vec<Text<'a>>,
    /// When it was published, as the database writes it.
    #[serde(default)]
    pub published: Option<Text<'a>>,
    /// The databases that have it, as they were given, each once.
    #[serde(default)]
    pub sources: Vec<Text<'a>>,
    /// What VEX documents say of it, for this very package and version.
    #[serde(default, deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub vex: Vec<VexRecord<'a>>,
}

/// What a VEX document says about an advisory of a package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VexRecord<'a> {
    /// What it says.
    #[serde(deserialize_with = "word")]
    pub status: VexStatus,
    /// Why, in the words of its format.
    #[serde(default, borrow)]
    pub justification: Option<Text<'a>>,
    /// Why, in its author's words.
    #[serde(default)]
    pub detail: Option<Text<'a>>,
    /// Who says so.
    #[serde(default)]
    pub author: Option<Text<'a>>,
    /// The document, as it was given.
    pub source: Text<'a>,
}

const fn default_kind() -> AdvisoryKind {
    AdvisoryKind::Vulnerability
}

impl<'a> From<&'a VexStatement> for VexRecord<'a> {
    fn from(said: &'a VexStatement) -> Self {
        Self {
            status: said.status,
            justification: said.justification.as_deref().map(Text::from),
            detail: said.detail.as_deref().map(Text::from),
            author: said.author.as_deref().map(Text::from),
            source: said.source.as_str().into(),
        }
    }
}

impl From<VexRecord<'_>> for VexStatement {
    fn from(said: VexRecord<'_>) -> Self {
        Self {
            status: said.status,
            justification: said.justification.map(Text::into_string),
            detail: said.detail.map(Text::into_string),
            author: said.author.map(Text::into_string),
            source: said.source.into_string(),
        }
    }
}

impl<'a> From<&'a Advisory> for AdvisoryRecord<'a> {
    fn from(advisory: &'a Advisory) -> Self {
        Self {
            ecosystem: advisory.ecosystem,
            name: advisory.name.as_str().into(),
            manifest: advisory.manifest.as_deref().map(RepositoryPath::from),
            purl: advisory.purl.as_str().into(),
            id: advisory.id.as_str().into(),
            aliases: texts(&advisory.aliases),
            kind: advisory.kind,
            summary: advisory.summary.as_str().into(),
            before: texts(&advisory.before),
            after: texts(&advisory.after),
            presence: advisory.presence,
            severity: advisory.severity,
            severity_from: advisory.severity_from,
            cvss: advisory.cvss.as_deref().map(Text::from),
            fixed_in: texts(&advisory.fixed_in),
            published: advisory.published.as_deref().map(Text::from),
            sources: texts(&advisory.sources),
            vex: advisory.vex.iter().map(VexRecord::from).collect(),
        }
    }
}

impl AdvisoryRecord<'_> {
    /// The advisory that it states.
    pub(super) fn into_advisory(self) -> Checked<Advisory> {
        package_url(&self.purl)?;
        let expected = match (self.before.is_empty(), self.after.is_empty()) {
            (true, true) => {
                return Err(Fault::record("has no versions in `before` or `after`, expected those that are affected"));
            }
            (true, false) => Presence::Introduced,
            (false, false) => Presence::CarriedOver,
            (false, true) => Presence::Fixed,
        };
        if self.presence != expected {
            let message =
                format!("found `{}`, expected `{expected}`, by the versions in `before` and `after`", self.presence);
            return Err(Fault::field("presence", message));
        }
        Ok(Advisory {
            ecosystem: self.ecosystem,
            name: self.name.into_string(),
            manifest: self.manifest.map(RepositoryPath::into_string),
            purl: self.purl.into_string(),
            id: self.id.into_string(),
            aliases: strings(self.aliases),
            kind: self.kind,
            summary: self.summary.into_string(),
            before: strings(self.before),
            after: strings(self.after),
            presence: self.presence,
            severity: self.severity,
            severity_from: self.severity_from,
            cvss: self.cvss.map(Text::into_string),
            fixed_in: strings(self.fixed_in),
            published: self.published.map(Text::into_string),
            sources: strings(self.sources),
            vex: self.vex.into_iter().map(VexStatement::from).collect(),
        })
    }
}
