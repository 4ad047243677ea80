//! A claim in the evidence document.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dependency::{strings, texts};
use super::error::{Checked, Fault};
use super::other::line;
use super::scalars::{Decimal, Text};
use super::strict::optional_word;
use crate::evidence::{Claim, ClaimKind, Word as _};

/// A statement about the change. A hand-written one needs `line` and `text`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimRecord<'a> {
    /// The document; `null` for the change's own description.
    #[serde(default, borrow)]
    pub path: Option<Text<'a>>,
    /// Its line, from 1.
    pub line: NonZeroU32,
    /// Its form. Where it is left out, `checkbox` if `ticked` is stated, or else `sentence`.
    #[serde(default, deserialize_with = "optional_word")]
    pub kind: Option<ClaimKind>,
    /// What it says.
    pub text: Text<'a>,
    /// What stands before the colon of a labelled line, or in the first cell of a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Text<'a>>,
    /// The headings that it stands under, outermost first.
    #[serde(default)]
    pub section: Vec<Text<'a>>,
    /// Whether its box is ticked; `null` where it has none.
    #[serde(default)]
    pub ticked: Option<bool>,
    /// The numbers in it, as decimals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<Decimal<'a>>,
}

impl<'a> From<&'a Claim> for ClaimRecord<'a> {
    fn from(claim: &'a Claim) -> Self {
        Self {
            path: claim.path.as_deref().map(Text::from),
            line: line(claim.line),
            kind: Some(claim.kind),
            text: claim.text.as_str().into(),
            label: claim.label.as_deref().map(Text::from),
            section: texts(&claim.section),
            ticked: claim.ticked,
            numbers: claim.numbers.iter().map(|number| Decimal::from(number.as_str())).collect(),
        }
    }
}

impl ClaimRecord<'_> {
    /// The claim that it states.
    pub(super) fn into_claim(self) -> Checked<Claim> {
        let kind = self.kind.unwrap_or(if self.ticked.is_some() { ClaimKind::Checkbox } else { ClaimKind::Sentence });
        match (kind, self.ticked) {
            (ClaimKind::Checkbox, None) => {
                return Err(Fault::field("ticked", "is absent in a `checkbox`, expected true or false"));
            }
            (ClaimKind::Checkbox, Some(_)) | (_, None) => {}
            (kind, Some(_)) => {
                let kind = kind.as_str();
                return Err(Fault::field(
                    "ticked",
                    format!("is there in a `{kind}`, expected it only in a `checkbox`"),
                ));
            }
        }
        Ok(Claim {
            path: self.path.map(Text::into_string),
            line: self.line.get(),
            kind,
            text: self.text.into_string(),
            label: self.label.map(Text::into_string),
            section: strings(self.section),
            ticked: self.ticked,
            numbers: self.numbers.into_iter().map(Decimal::into_string).collect(),
        })
    }
}
