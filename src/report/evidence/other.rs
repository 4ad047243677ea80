//! Records of capabilities.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scalars::{RepositoryPath, Text};
use crate::evidence::Capability;

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
