//! Selections of one collection as sets of its items. Both sides are in canonical order, so one pass over both is enough.

use std::cmp::Ordering;
use std::iter::Peekable;
use std::marker::PhantomData;

use super::collection::{Collection, Item, View};
use super::signature::{Param, Signature};

/// Which rows of two selections a third one has.
#[derive(Debug, Clone, Copy)]
struct Keep {
    left_only: bool,
    both: bool,
    right_only: bool,
}

const AND: Keep = Keep { left_only: false, both: true, right_only: false };
const OR: Keep = Keep { left_only: true, both: true, right_only: true };
const EXCEPT: Keep = Keep { left_only: true, both: false, right_only: false };

/// Two ascending lists of rows, merged.
struct Merged<L: Iterator<Item = u32>, R: Iterator<Item = u32>> {
    left: Peekable<L>,
    right: Peekable<R>,
    keep: Keep,
}

impl<L: Iterator<Item = u32>, R: Iterator<Item = u32>> Iterator for Merged<L, R> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        loop {
            let order = match (self.left.peek(), self.right.peek()) {
                (Some(left), Some(right)) => left.cmp(right),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return None,
            };
            let left = if order.is_le() { self.left.next() } else { None };
            let right = if order.is_ge() { self.right.next() } else { None };
            let kept = match order {
                Ordering::Less => self.keep.left_only,
                Ordering::Equal => self.keep.both,
                Ordering::Greater => self.keep.right_only,
            };
            if kept {
                return left.or(right);
            }
        }
    }
}

impl<C: Collection> View<C> {
    fn merged(&self, other: &Self, keep: Keep) -> Self {
        self.charge();
        other.charge();
        self.select(Merged { left: self.rows().peekable(), right: other.rows().peekable(), keep })
    }

    /// Whether both have the same items.
    pub(super) fn same_rows(&self, other: &Self) -> bool {
        self.charge();
        self.len() == other.len() && self.rows().eq(other.rows())
    }
}

/// What the parameters of a collection are.
struct Of<C>(PhantomData<C>);

impl<C: Collection> Of<C> {
    const OTHER: &'static [(&'static str, Param)] = &[("other", Param::Value(C::VIEW))];
    const ITEM: &'static [(&'static str, Param)] = &[("item", Param::Value(C::ITEM))];
}

/// What every two selections of one collection can be made into.
pub(super) const fn joined<C: Collection>() -> [Signature; 4] {
    [
        Signature::method(
            C::VIEW,
            "and",
            Of::<C>::OTHER,
            C::VIEW,
            "those that are also in another selection of the same collection",
            |module, name| {
                module.set_native_fn(name, |view: View<C>, other: View<C>| Ok(view.merged(&other, AND)));
            },
        ),
        Signature::method(
            C::VIEW,
            "or",
            Of::<C>::OTHER,
            C::VIEW,
            "those that are in one of two selections of the same collection, or in both, each once",
            |module, name| {
                module.set_native_fn(name, |view: View<C>, other: View<C>| Ok(view.merged(&other, OR)));
            },
        ),
        Signature::method(
            C::VIEW,
            "except",
            Of::<C>::OTHER,
            C::VIEW,
            "those that are not in another selection of the same collection",
            |module, name| {
                module.set_native_fn(name, |view: View<C>, other: View<C>| Ok(view.merged(&other, EXCEPT)));
            },
        ),
        Signature::method(
            C::VIEW,
            "contains",
            Of::<C>::ITEM,
            "true or false",
            "whether an item of the same collection is selected; `item in selection` asks the same",
            |module, name| {
                module.set_native_fn(name, |view: View<C>, item: Item<C>| Ok(view.has(item.row)));
            },
        ),
    ]
}
