//! Claims as rules see them.

use rhai::{INT, ImmutableString, Module};

use super::collection::{Collection, Item, counted};
use super::effects::array;
use super::signature::Signature;
use super::words::WordValue;
use crate::evidence::{Claim, ClaimKind, Evidence, EvidenceKind};
use crate::policy::Subject;

/// Statements about the change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClaimRows;

impl Collection for ClaimRows {
    const ITEM: &'static str = "Claim";
    const VIEW: &'static str = "Claims";
    const KIND: EvidenceKind = EvidenceKind::Claims;

    fn len(evidence: &Evidence) -> usize {
        evidence.claims.len()
    }

    fn subject(row: u32) -> Subject {
        Subject::Claim(row)
    }
}

type Row = Item<ClaimRows>;

impl Row {
    /// A property of the row; rows of a view are always there.
    fn get<T>(&self, missing: T, property: impl FnOnce(&Claim) -> T) -> T {
        self.store.evidence.claims.get(self.row as usize).map_or(missing, property)
    }
}

const ITEM: &str = "Claim";

const fn property(
    name: &'static str,
    returns: &'static str,
    doc: &'static str,
    register: fn(&mut Module, &'static str),
) -> Signature {
    Signature::property(ITEM, name, returns, doc, register)
}

/// What every collection has.
pub(super) const COMMON: &[Signature] = &counted::<ClaimRows>();

pub(super) const TABLE: &[Signature] = &[
    property("text", "text", "what it says", |module, name| {
        module
            .set_getter_fn(name, |row: &mut Row| Ok(row.get(ImmutableString::new(), |item| item.text.as_str().into())));
    }),
    property("path", "text", "the document; empty for the change's own description", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(ImmutableString::new(), |item| item.path.as_deref().unwrap_or("").into()))
        });
    }),
    property("line", "number", "its line", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |item| INT::from(item.line))));
    }),
    property("kind", "claim kind", "its form", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(WordValue::of(ClaimKind::Sentence), |item| WordValue::of(item.kind)))
        });
    }),
    property(
        "label",
        "text",
        "what stands before the colon of a labelled line, or in the first cell of a row; empty where there is none",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(ImmutableString::new(), |item| item.label.as_deref().unwrap_or("").into()))
            });
        },
    ),
    property("section", "array of texts", "the headings that it stands under, outermost first", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(rhai::Array::new(), |item| array(&item.section))));
    }),
];
