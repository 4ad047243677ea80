//! What collections have in common whose rows are values of one type, and how the entries of their tables are written.

use rhai::{Dynamic, ImmutableString, Module};

use super::collection::{Collection, Item, View};
use super::error::HostResult;
use super::signature::{Param, Signature};
use super::words::{WordValue, words};
use crate::evidence::{Evidence, Word};

/// A collection whose rows are values of one type.
pub(crate) trait Stored: Collection {
    /// The type.
    type Row: 'static;

    /// All rows.
    fn stored(evidence: &Evidence) -> &[Self::Row];
}

impl<C: Stored> Item<C> {
    /// A property of the row; rows of a view are always there.
    pub(super) fn get<T>(&self, missing: T, property: impl FnOnce(&C::Row) -> T) -> T {
        C::stored(&self.store.evidence).get(self.row as usize).map_or(missing, property)
    }

    /// A text of the row.
    pub(super) fn text_of(&self, text: impl FnOnce(&C::Row) -> &str) -> ImmutableString {
        self.get(ImmutableString::new(), |row| text(row).into())
    }

    /// A word of the row.
    pub(super) fn word_of<W: Word>(&self, missing: W, of: impl FnOnce(&C::Row) -> W) -> WordValue {
        WordValue::of(self.get(missing, of))
    }
}

impl<C: Stored> View<C> {
    /// The rows for which a test holds.
    pub(super) fn keep_rows(&self, test: impl Fn(&C::Row) -> bool) -> Self {
        self.keep(|evidence, row| C::stored(evidence).get(row).is_none_or(&test))
    }

    /// The rows of which a word is one of several.
    pub(super) fn keep_words<W: Word>(&self, wanted: &Dynamic, of: impl Fn(&C::Row) -> W) -> HostResult<Self> {
        let wanted = words::<W>(wanted)?;
        Ok(self.keep_rows(|row| wanted.get(usize::from(of(row).index())).copied().unwrap_or(true)))
    }

    /// The selected rows, in canonical order.
    pub(super) fn each(&self) -> impl Iterator<Item = &C::Row> {
        let stored = C::stored(&self.store.evidence);
        self.rows().filter_map(|row| stored.get(row as usize))
    }
}

/// An entry for a property of one item.
pub(super) const fn property<C: Collection>(
    name: &'static str,
    returns: &'static str,
    doc: &'static str,
    register: fn(&mut Module, &'static str),
) -> Signature {
    Signature::property(C::ITEM, name, returns, doc, register)
}

/// An entry for a method that gives a part of a selection.
pub(super) const fn select<C: Collection>(
    name: &'static str,
    params: &'static [(&'static str, Param)],
    doc: &'static str,
    register: fn(&mut Module, &'static str),
) -> Signature {
    Signature::method(C::VIEW, name, params, C::VIEW, doc, register)
}
