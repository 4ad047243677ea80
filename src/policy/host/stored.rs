//! What collections have in common whose rows are values of one type, and how the entries of their tables are written.

use rhai::Module;

use super::collection::{Collection, Item, View};
use super::signature::{Param, Signature};
use crate::evidence::Evidence;

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
}

impl<C: Stored> View<C> {
    /// The rows for which a test holds.
    pub(super) fn keep_rows(&self, test: impl Fn(&C::Row) -> bool) -> Self {
        self.keep(|evidence, row| C::stored(evidence).get(row).is_none_or(&test))
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
