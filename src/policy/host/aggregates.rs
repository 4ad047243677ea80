//! What is asked of a selection as a whole: sums, the largest and the smallest, parts and their sizes.
//!
//! They read columns, not items, so that they cost by the selection and make nothing for each row.

use std::cmp::Ordering;
use std::marker::PhantomData;

use indexmap::IndexMap;
use rhai::{Dynamic, INT, Map};

use super::collection::View;
use super::columns::{Cells, Column, Columns, Tabular, Use};
use super::error::{HostError, HostResult};
use super::signature::{Param, Signature};
use crate::diagnostic::Code;

/// How many operations of the limit a part of a selection counts for.
const OPERATIONS_PER_PART: u64 = 8;

/// The columns of a collection for each use.
struct Of<C>(PhantomData<C>);

impl<C: Tabular> Of<C> {
    const GROUP: Columns = Columns::of::<C>(Use::Group);
    const NUMBER: Columns = Columns::of::<C>(Use::Number);
    const RANK: Columns = Columns::of::<C>(Use::Rank);
    const BY: &'static [(&'static str, Param)] = &[("column", Param::Column(Self::GROUP))];
    const WITH: &'static [(&'static str, Param)] = &[("column", Param::Column(Self::NUMBER))];
    const TOP: &'static [(&'static str, Param)] = &[("n", Param::Number), ("column", Param::Column(Self::RANK))];
}

/// What rows are ranked by; all of one column are of one variant.
#[derive(Debug, Clone, Copy)]
enum Key {
    Number(INT),
    Decimal(f64),
}

impl Key {
    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => left.cmp(right),
            (Self::Decimal(left), Self::Decimal(right)) => left.total_cmp(right),
            (Self::Number(_), Self::Decimal(_)) => Ordering::Less,
            (Self::Decimal(_), Self::Number(_)) => Ordering::Greater,
        }
    }
}

impl<C: Tabular> View<C> {
    /// The selected rows by the texts or words of a column, in the order in which these appear first.
    fn parts(&self, column: &Column) -> IndexMap<&str, Vec<u32>> {
        self.charge();
        let evidence = &*self.store.evidence;
        let mut parts: IndexMap<&str, Vec<u32>> = IndexMap::new();
        match column.cells {
            Cells::Text(text) => {
                for row in self.rows() {
                    parts.entry(text(evidence, row as usize)).or_default().push(row);
                }
            }
            Cells::Word(vocabulary, word) => {
                let mut by_word = vec![Vec::new(); vocabulary.words.len()];
                for row in self.rows() {
                    if let Some(part) = by_word.get_mut(usize::from(word(evidence, row as usize))) {
                        part.push(row);
                    }
                }
                let named = vocabulary.words.iter().copied().zip(by_word);
                parts.extend(named.filter(|(_, rows): &(_, Vec<u32>)| !rows.is_empty()));
            }
            Cells::Number(_) | Cells::Decimal(_) => {}
        }
        // Each part is a value of its own, which costs as much as some operations do.
        self.store.meter.charge(OPERATIONS_PER_PART * parts.len() as u64);
        parts
    }

    fn group_by(&self, column: &str) -> HostResult<Map> {
        let parts = self.parts(Of::<C>::GROUP.get(column)?);
        Ok(parts.into_iter().map(|(name, rows)| (name.into(), Dynamic::from(self.select(rows.into_iter())))).collect())
    }

    fn count_by(&self, column: &str) -> HostResult<Map> {
        let parts = self.parts(Of::<C>::GROUP.get(column)?);
        let count = |rows: Vec<u32>| Dynamic::from(INT::try_from(rows.len()).unwrap_or(INT::MAX));
        Ok(parts.into_iter().map(|(name, rows)| (name.into(), count(rows))).collect())
    }

    /// The numbers of a column.
    fn numbers(&self, column: &str) -> HostResult<impl Iterator<Item = INT> + '_> {
        let cells = Of::<C>::NUMBER.get(column)?.cells;
        self.charge();
        let evidence = &*self.store.evidence;
        Ok(self
            .rows()
            .map(move |row| if let Cells::Number(number) = cells { number(evidence, row as usize) } else { 0 }))
    }

    /// Past the largest number, it stays at that.
    fn total(&self, column: &str) -> HostResult<INT> {
        Ok(self.numbers(column)?.fold(0, INT::saturating_add))
    }

    /// One of the numbers of a column. Of nothing it is no number: any that stood for it would pass some comparison.
    fn one(&self, column: &str, what: &str, pick: impl FnOnce(Vec<INT>) -> Option<INT>) -> HostResult<INT> {
        pick(self.numbers(column)?.collect()).ok_or_else(|| {
            HostError::new(Code::NotKnown, format!("nothing is selected, so there is no {what} `{column}`"))
                .help("ask `is_empty()` first")
                .into()
        })
    }

    /// The rows with the largest values; of equal ones, those that come first.
    fn top(&self, n: INT, column: &str) -> HostResult<Self> {
        let column = Of::<C>::RANK.get(column)?;
        let n = usize::try_from(n).map_err(|_| {
            HostError::new(Code::BadArguments, format!("`top` takes how many there are to be, found {n}"))
        })?;
        self.charge();
        self.charge();
        let evidence = &*self.store.evidence;
        let key = |row: u32| match column.cells {
            Cells::Number(number) => Key::Number(number(evidence, row as usize)),
            Cells::Decimal(number) => Key::Decimal(number(evidence, row as usize)),
            Cells::Word(_, word) => Key::Number(INT::from(word(evidence, row as usize))),
            Cells::Text(_) => Key::Number(0),
        };
        let mut ranked: Vec<(Key, u32)> = self.rows().map(|row| (key(row), row)).collect();
        if n < ranked.len() {
            ranked.select_nth_unstable_by(n, |(left, left_row), (right, right_row)| {
                right.order(left).then(left_row.cmp(right_row))
            });
            ranked.truncate(n);
        }
        let mut rows: Vec<u32> = ranked.into_iter().map(|(_, row)| row).collect();
        rows.sort_unstable();
        Ok(self.select(rows.into_iter()))
    }
}

/// What every selection can be asked.
pub(super) const fn grouped<C: Tabular>() -> [Signature; 4] {
    [
        Signature::method(C::VIEW, "any", &[], "true or false", "whether there is at least one", |module, name| {
            module.set_native_fn(name, |view: View<C>| Ok(view.len() > 0));
        }),
        Signature::method(
            C::VIEW,
            "is_all",
            &[],
            "true or false",
            "whether every item of the collection is selected; so it is of a collection without any",
            |module, name| {
                module.set_native_fn(name, |view: View<C>| Ok(view.is_all()));
            },
        ),
        Signature::method(
            C::VIEW,
            "group_by",
            Of::<C>::BY,
            C::GROUPS,
            "its parts by what a property gives: a map from each text or word that there is to a selection",
            |module, name| {
                module.set_native_fn(name, |view: View<C>, column: &str| view.group_by(column));
            },
        )
        .errors("another column"),
        Signature::method(
            C::VIEW,
            "count_by",
            Of::<C>::BY,
            "map of numbers",
            "how many there are of each text or word that a property gives; what there is none of is not in the map",
            |module, name| {
                module.set_native_fn(name, |view: View<C>, column: &str| view.count_by(column));
            },
        )
        .errors("another column"),
    ]
}

/// What selections with an order can be asked.
pub(super) const fn ranked<C: Tabular>() -> Signature {
    Signature::method(
        C::VIEW,
        "top",
        Of::<C>::TOP,
        C::VIEW,
        "the `n` items of which a property is largest, of equal ones those that come first; a selection, so they stay in the \
         order of the collection",
        |module, name| {
            module.set_native_fn(name, |view: View<C>, n: INT, column: &str| view.top(n, column));
        },
    )
    .errors("another column; a negative number")
}

/// What selections with whole numbers can be asked.
pub(super) const fn summed<C: Tabular>() -> [Signature; 3] {
    [
        Signature::method(
            C::VIEW,
            "sum",
            Of::<C>::WITH,
            "number",
            "the sum of a property over all that are selected; 0 of none",
            |module, name| {
                module.set_native_fn(name, |view: View<C>, column: &str| view.total(column));
            },
        )
        .errors("another column"),
        Signature::method(
            C::VIEW,
            "max",
            Of::<C>::WITH,
            "number",
            "the largest that a property is of any that is selected",
            |module, name| {
                module.set_native_fn(name, |view: View<C>, column: &str| {
                    view.one(column, "largest", |numbers| numbers.into_iter().max())
                });
            },
        )
        .errors(
            "another column; nothing is selected, because any number that stood for that would pass some comparison",
        ),
        Signature::method(
            C::VIEW,
            "min",
            Of::<C>::WITH,
            "number",
            "the smallest that a property is of any that is selected",
            |module, name| {
                module.set_native_fn(name, |view: View<C>, column: &str| {
                    view.one(column, "smallest", |numbers| numbers.into_iter().min())
                });
            },
        )
        .errors(
            "another column; nothing is selected, because any number that stood for that would pass some comparison",
        ),
    ]
}
