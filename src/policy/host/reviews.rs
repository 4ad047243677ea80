//! Reviews as rules see them.

use rhai::{ImmutableString, Module};

use super::collection::{Collection, Item, counted};
use super::signature::Signature;
use super::words::WordValue;
use crate::evidence::{Evidence, EvidenceKind, Review, ReviewState};
use crate::policy::Subject;

/// Reviews.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReviewRows;

impl Collection for ReviewRows {
    const ITEM: &'static str = "Review";
    const VIEW: &'static str = "Reviews";
    const KIND: EvidenceKind = EvidenceKind::Reviews;

    fn len(evidence: &Evidence) -> usize {
        evidence.reviews.len()
    }

    fn subject(row: u32) -> Subject {
        Subject::Review(row)
    }
}

type Row = Item<ReviewRows>;

impl Row {
    /// A property of the row; rows of a view are always there.
    fn get<T>(&self, missing: T, property: impl FnOnce(&Review) -> T) -> T {
        self.store.evidence.reviews.get(self.row as usize).map_or(missing, property)
    }
}

const ITEM: &str = "Review";

const fn property(
    name: &'static str,
    returns: &'static str,
    doc: &'static str,
    register: fn(&mut Module, &'static str),
) -> Signature {
    Signature::property(ITEM, name, returns, doc, register)
}

/// What every collection has.
pub(super) const COMMON: &[Signature] = &counted::<ReviewRows>();

pub(super) const TABLE: &[Signature] = &[
    property("reviewer", "text", "the reviewer's login; empty for a deleted account", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(ImmutableString::new(), |item| item.reviewer.as_deref().unwrap_or("").into()))
        });
    }),
    property("bot", "true or false", "whether the reviewer is a bot", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(true, |item| item.bot)));
    }),
    property("state", "review state", "what they said", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(WordValue::of(ReviewState::Pending), |item| WordValue::of(item.state)))
        });
    }),
    property("latest", "true or false", "whether it is what the reviewer holds now", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(false, |item| item.latest)));
    }),
    property("commit", "text", "the commit that they looked at; empty where the forge does not say", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(ImmutableString::new(), |item| item.commit.as_deref().unwrap_or("").into()))
        });
    }),
];
