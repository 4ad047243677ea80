//! Records of licences, advisories and capabilities.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dependency::{strings, texts};
use super::scalars::{RepositoryPath, Text};
use super::strict::optional_word;
use crate::evidence::{Advisory, Capability, Licence, Severity};

/// The licence of one locked package version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LicenceRecord<'a> {
    /// The package URL.
    #[serde(borrow)]
    pub purl: Text<'a>,
    /// An SPDX licence expression; `null` where it is not known.
    #[serde(default)]
    pub expression: Option<Text<'a>>,
}

impl<'a> From<&'a Licence> for LicenceRecord<'a> {
    fn from(licence: &'a Licence) -> Self {
        Self { purl: licence.purl.as_str().into(), expression: licence.expression.as_deref().map(Text::from) }
    }
}

impl From<LicenceRecord<'_>> for Licence {
    fn from(licence: LicenceRecord<'_>) -> Self {
        Self { purl: licence.purl.into_string(), expression: licence.expression.map(Text::into_string) }
    }
}

/// A known vulnerability of one locked package version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvisoryRecord<'a> {
    /// The package URL.
    #[serde(borrow)]
    pub purl: Text<'a>,
    /// The id in the database that it was read from.
    pub id: Text<'a>,
    /// Its ids in other databases.
    #[serde(default)]
    pub aliases: Vec<Text<'a>>,
    /// Its severity; `null` where the database gives none.
    #[serde(default, deserialize_with = "optional_word")]
    pub severity: Option<Severity>,
    /// Its CVSS vector; `null` where the database gives none.
    #[serde(default)]
    pub cvss: Option<Text<'a>>,
    /// Versions in which it is fixed.
    #[serde(default)]
    pub fixed_in: Vec<Text<'a>>,
}

impl<'a> From<&'a Advisory> for AdvisoryRecord<'a> {
    fn from(advisory: &'a Advisory) -> Self {
        Self {
            purl: advisory.purl.as_str().into(),
            id: advisory.id.as_str().into(),
            aliases: texts(&advisory.aliases),
            severity: advisory.severity,
            cvss: advisory.cvss.as_deref().map(Text::from),
            fixed_in: texts(&advisory.fixed_in),
        }
    }
}

impl From<AdvisoryRecord<'_>> for Advisory {
    fn from(advisory: AdvisoryRecord<'_>) -> Self {
        Self {
            purl: advisory.purl.into_string(),
            id: advisory.id.into_string(),
            aliases: strings(advisory.aliases),
            severity: advisory.severity,
            cvss: advisory.cvss.map(Text::into_string),
            fixed_in: strings(advisory.fixed_in),
        }
    }
}

/// Something that the change makes the code able to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapabilityRecord<'a> {
    /// Where it shows.
    #[serde(borrow)]
    pub path: RepositoryPath<'a>,
    /// On which line of the side after, from 1.
    pub line: NonZeroU32,
    /// What the code can do now.
    pub kind: Text<'a>,
    /// The text that shows it.
    pub what: Text<'a>,
}

impl<'a> From<&'a Capability> for CapabilityRecord<'a> {
    fn from(capability: &'a Capability) -> Self {
        Self {
            path: capability.path.as_str().into(),
            line: line(capability.line),
            kind: capability.kind.as_str().into(),
            what: capability.what.as_str().into(),
        }
    }
}

impl From<CapabilityRecord<'_>> for Capability {
    fn from(capability: CapabilityRecord<'_>) -> Self {
        Self {
            path: capability.path.into_string(),
            line: capability.line.get(),
            kind: capability.kind.into_string(),
            what: capability.what.into_string(),
        }
    }
}

/// Evidence that has a place always has a line; should it not, the first one is where to look.
pub(super) fn line(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}
