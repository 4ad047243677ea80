//! Which rows of a collection a selection has.

use std::sync::Arc;

/// The rows of a selection, ascending. A few stay where the view is, so that a small change costs no allocation.
#[derive(Debug, Clone)]
pub(super) enum Rows {
    All(u32),
    Few(u8, [u32; Rows::FEW]),
    Many(Arc<[u32]>),
}

impl Rows {
    pub(super) const FEW: usize = 6;

    pub(super) fn of(mut rows: impl Iterator<Item = u32>) -> Self {
        let mut few = [0; Self::FEW];
        let mut len = 0_u8;
        for slot in &mut few {
            match rows.next() {
                Some(row) => *slot = row,
                None => return Self::Few(len, few),
            }
            len += 1;
        }
        match rows.next() {
            Some(next) => {
                let mut many = few.to_vec();
                many.push(next);
                // Each pushed by the iterator's own loop: chained to the few, it would ask for every row which part it is of.
                rows.for_each(|row| many.push(row));
                Self::Many(many.into())
            }
            None => Self::Few(len, few),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::All(len) => *len as usize,
            Self::Few(len, _) => usize::from(*len),
            Self::Many(rows) => rows.len(),
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<u32> {
        match self {
            Self::All(len) => u32::try_from(index).ok().filter(|row| row < len),
            Self::Few(len, rows) => rows.get(index).copied().filter(|_| index < usize::from(*len)),
            Self::Many(rows) => rows.get(index).copied(),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let (all, listed): (u32, &[u32]) = match self {
            Self::All(len) => (*len, &[]),
            Self::Few(len, rows) => (0, rows.get(..usize::from(*len)).unwrap_or(&[])),
            Self::Many(rows) => (0, rows),
        };
        (0..all).chain(listed.iter().copied())
    }
}
