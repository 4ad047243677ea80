//! Which rows of a collection a selection has.

use std::sync::Arc;

/// The rows of a selection, ascending. Those of a small change are bits of one word: to choose among them, to combine and to
/// count them takes no loop over lists and no allocation.
#[derive(Debug, Clone)]
pub(super) enum Rows {
    /// As many, from the first row on.
    All(u32),
    /// None but the first 64 rows of the collection, one bit each.
    Low(u64),
    Listed(Arc<[u32]>),
}

impl Rows {
    pub(super) fn of(mut rows: impl Iterator<Item = u32>) -> Self {
        let mut low = 0_u64;
        let beyond = rows.find(|row| match 1_u64.checked_shl(*row) {
            Some(bit) => {
                low |= bit;
                false
            }
            None => true,
        });
        match beyond {
            None => Self::Low(low),
            Some(first) => {
                let mut listed: Vec<u32> = Bits(low).collect();
                listed.push(first);
                // Each pushed by the iterator's own loop: chained to the others, it would ask for every row which part it is of.
                rows.for_each(|row| listed.push(row));
                Self::Listed(listed.into())
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::All(len) => *len as usize,
            Self::Low(low) => low.count_ones() as usize,
            Self::Listed(rows) => rows.len(),
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<u32> {
        match self {
            Self::All(len) => u32::try_from(index).ok().filter(|row| row < len),
            Self::Low(low) => Bits(*low).nth(index),
            Self::Listed(rows) => rows.get(index).copied(),
        }
    }

    /// Whether a row is among them.
    pub(super) fn has(&self, row: u32) -> bool {
        match self {
            Self::All(len) => row < *len,
            Self::Low(low) => 1_u64.checked_shl(row).is_some_and(|bit| low & bit != 0),
            Self::Listed(rows) => rows.binary_search(&row).is_ok(),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let (all, low, listed): (u32, u64, &[u32]) = match self {
            Self::All(len) => (*len, 0, &[]),
            Self::Low(low) => (0, *low, &[]),
            Self::Listed(rows) => (0, 0, rows),
        };
        (0..all).chain(Bits(low)).chain(listed.iter().copied())
    }

    /// Those for which a test holds.
    pub(super) fn keep(&self, mut test: impl FnMut(u32) -> bool) -> Self {
        // One arm each: a loop over a range, one over bits and one over a slice are much faster than one over any of them. What
        // is kept of few rows is as good as drawn, so there is nothing to branch on.
        match self {
            Self::All(all @ 0..=u64::BITS) => {
                Self::Low((0..*all).fold(0, |low, row| low | u64::from(test(row)) << row))
            }
            Self::Low(low) => Self::Low(Bits(*low).fold(0, |low, row| low | u64::from(test(row)) << row)),
            Self::All(all) => Self::of((0..*all).filter(|row| test(*row))),
            Self::Listed(rows) => Self::of(rows.iter().copied().filter(|row| test(*row))),
        }
    }
}

/// The places of the bits that are set, ascending.
#[derive(Debug, Clone, Copy)]
struct Bits(u64);

impl Iterator for Bits {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let first = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        (first < u64::BITS).then_some(first)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.0.count_ones() as usize;
        (left, Some(left))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::Rows;

    proptest! {
        #[test]
        fn rows_are_those_that_were_given_however_many_and_wherever_they_lie(
            given in prop_oneof![
                proptest::collection::btree_set(0_u32..70, 0..70),
                proptest::collection::btree_set(60_u32..68, 0..8),
                proptest::collection::btree_set(any::<u32>(), 0..40),
            ],
            of in 2_u32..5,
        ) {
            let rows = Rows::of(given.iter().copied());
            prop_assert_eq!(rows.iter().collect::<BTreeSet<u32>>(), given.clone());
            prop_assert!(rows.iter().is_sorted());
            prop_assert_eq!(rows.len(), given.len());
            prop_assert_eq!((0..=given.len()).map_while(|index| rows.get(index)).collect::<BTreeSet<u32>>(), given.clone());
            for row in (0..72).chain(given.iter().copied()).chain([u32::MAX]) {
                prop_assert_eq!(rows.has(row), given.contains(&row));
            }
            let kept: BTreeSet<u32> = rows.keep(|row| row % of == 0).iter().collect();
            prop_assert_eq!(kept, given.iter().copied().filter(|row| row % of == 0).collect::<BTreeSet<u32>>());
        }

        #[test]
        fn all_rows_are_those_from_the_first_on(count in prop_oneof![0_u32..70, 0_u32..2_000], of in 2_u32..5) {
            let (all, listed) = (Rows::All(count), Rows::of(0..count));
            prop_assert!(all.iter().eq(listed.iter()) && all.len() == listed.len());
            prop_assert!((0..count + 2).all(|row| all.has(row) == listed.has(row) && all.get(row as usize) == listed.get(row as usize)));
            prop_assert!(all.keep(|row| row % of == 0).iter().eq(listed.keep(|row| row % of == 0).iter()));
        }
    }
}
