//! Interned strings: each distinct text is held once, and columns hold its number.

use indexmap::IndexMap;
use indexmap::map::raw_entry_v1::{RawEntryApiV1, RawEntryMut};

/// Strings being collected; a number is given to each at first sight.
#[derive(Debug, Clone, Default)]
pub struct Strings {
    texts: IndexMap<Box<str>, ()>,
}

impl Strings {
    /// The number of a text.
    pub fn intern(&mut self, text: &str) -> u32 {
        // One look-up, and an allocation only for a text that is new.
        match self.texts.raw_entry_mut_v1().from_key(text) {
            RawEntryMut::Occupied(entry) => symbol(entry.index()),
            RawEntryMut::Vacant(entry) => {
                let index = entry.index();
                entry.insert(text.into(), ());
                symbol(index)
            }
        }
    }

    /// The text of a number; empty for a number that was never given.
    #[must_use]
    pub fn get(&self, index: u32) -> &str {
        self.texts.get_index(index as usize).map_or("", |(text, ())| text)
    }

    /// Ends collecting: the texts in byte order, and for each old number the new one.
    #[must_use]
    pub fn finish(self) -> (StringTable, Vec<u32>) {
        let mut order: Vec<(Box<str>, u32)> =
            self.texts.into_keys().enumerate().map(|(index, text)| (text, symbol(index))).collect();
        order.sort_unstable();
        let mut renumbered = vec![0; order.len()];
        let mut texts = Vec::with_capacity(order.len());
        for (new, (text, old)) in order.into_iter().enumerate() {
            if let Some(slot) = renumbered.get_mut(old as usize) {
                *slot = symbol(new);
            }
            texts.push(text);
        }
        (StringTable { texts }, renumbered)
    }
}

/// Every reader limits its entries far below `u32::MAX`; past that the last number stands for all.
fn symbol(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX - 1)
}

/// Distinct strings in byte order; comparing two numbers compares their texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StringTable {
    texts: Vec<Box<str>>,
}

impl StringTable {
    /// The text of a number; empty for a number that is not of this table.
    #[must_use]
    pub fn get(&self, index: u32) -> &str {
        self.texts.get(index as usize).map_or("", |text| text)
    }

    /// The number of a text, if it occurs.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        self.texts.binary_search_by(|known| (**known).cmp(text)).ok().map(symbol)
    }

    /// The number of distinct texts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// All texts, in byte order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }
}
