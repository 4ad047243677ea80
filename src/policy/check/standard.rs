//! The functions and properties of the engine's own types that scripts may use, as data: what each takes and gives.
//!
//! To ask the engine for them costs a thousand times as much as this table, each time that a policy is loaded. A test
//! holds that the table and the engine have the same names with the same numbers of arguments.

/// What a function takes at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Text,
    Character,
    /// A text or a character.
    Letters,
    Number,
    Decimal,
    /// A whole number or a decimal one.
    Numeric,
    Array,
    Map,
    Range,
    Function,
    /// What can be shown to a person: a text, a character, a number, a word, true or false; arrays and maps of these.
    Printable,
    Anything,
}

/// What a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    Nothing,
    Text,
    Texts,
    Character,
    Characters,
    CharacterStream,
    Number,
    NumberStream,
    Decimal,
    Flag,
    Range,
    /// The same as what stands before the dot.
    Receiver,
    /// What an array holds.
    Element,
    /// The values of a map, as an array.
    Values,
    /// The larger or smaller of two: the same as both.
    Either,
    Unknown,
}

/// One function or property.
#[derive(Debug)]
pub(super) struct Standard {
    pub(super) name: &'static str,
    /// What it takes; the first is what can stand before the dot.
    pub(super) takes: &'static [Takes],
    pub(super) gives: Gives,
    /// Whether it changes what stands before the dot, so that what it gives may be let go.
    pub(super) changes: bool,
}

impl Standard {
    /// Whether all that it does is to change what stands before the dot.
    pub(super) fn only_changes(&self) -> bool {
        // What `for_each` calls may do something else.
        self.changes && self.gives == Gives::Nothing && self.name != "for_each"
    }
}

const fn gives(name: &'static str, takes: &'static [Takes], gives: Gives) -> Standard {
    Standard { name, takes, gives, changes: false }
}

const fn changes(name: &'static str, takes: &'static [Takes], gives: Gives) -> Standard {
    Standard { name, takes, gives, changes: true }
}

use Takes::{
    Anything as X, Array as A, Character as C, Decimal as D, Function as L, Letters as TC, Map as M, Number as N,
    Numeric as ND, Printable as P, Range as R, Text as T,
};

/// The functions, by name.
#[rustfmt::skip]
pub(super) static FUNCTIONS: &[Standard] = &[
    gives("E", &[], Gives::Decimal),
    gives("PI", &[], Gives::Decimal),
    gives("abs", &[ND], Gives::Receiver),
    gives("acos", &[D], Gives::Decimal),
    gives("acosh", &[D], Gives::Decimal),
    gives("all", &[A, L], Gives::Flag),
    changes("append", &[A, A], Gives::Nothing),
    changes("append", &[T, P], Gives::Nothing),
    gives("asin", &[D], Gives::Decimal),
    gives("asinh", &[D], Gives::Decimal),
    gives("atan", &[D], Gives::Decimal),
    gives("atan", &[D, D], Gives::Decimal),
    gives("atanh", &[D], Gives::Decimal),
    gives("bits", &[N], Gives::Unknown),
    gives("bits", &[N, N], Gives::Unknown),
    gives("bits", &[N, R], Gives::Unknown),
    gives("bits", &[N, N, N], Gives::Unknown),
    gives("bytes", &[T], Gives::Number),
    gives("call", &[L], Gives::Unknown),
    gives("call", &[L, X], Gives::Unknown),
    gives("call", &[L, X, X], Gives::Unknown),
    gives("call", &[L, X, X, X], Gives::Unknown),
    gives("ceiling", &[D], Gives::Decimal),
    gives("chars", &[T], Gives::CharacterStream),
    gives("chars", &[T, N], Gives::CharacterStream),
    gives("chars", &[T, R], Gives::CharacterStream),
    gives("chars", &[T, N, N], Gives::CharacterStream),
    changes("chop", &[A, N], Gives::Nothing),
    changes("clear", &[A], Gives::Nothing),
    changes("clear", &[M], Gives::Nothing),
    changes("clear", &[T], Gives::Nothing),
    gives("contains", &[A, X], Gives::Flag),
    gives("contains", &[M, T], Gives::Flag),
    gives("contains", &[R, N], Gives::Flag),
    gives("contains", &[T, TC], Gives::Flag),
    gives("cos", &[D], Gives::Decimal),
    gives("cosh", &[D], Gives::Decimal),
    changes("crop", &[T, N], Gives::Nothing),
    changes("crop", &[T, R], Gives::Nothing),
    changes("crop", &[T, N, N], Gives::Nothing),
    gives("debug", &[], Gives::Nothing),
    gives("debug", &[X], Gives::Nothing),
    changes("dedup", &[A], Gives::Nothing),
    changes("dedup", &[A, L], Gives::Nothing),
    changes("drain", &[A, L], Gives::Receiver),
    changes("drain", &[A, R], Gives::Receiver),
    changes("drain", &[A, N, N], Gives::Receiver),
    changes("drain", &[M, L], Gives::Unknown),
    gives("end", &[R], Gives::Number),
    gives("ends_with", &[T, TC], Gives::Flag),
    gives("exp", &[D], Gives::Decimal),
    gives("extract", &[A, N], Gives::Receiver),
    gives("extract", &[A, R], Gives::Receiver),
    gives("extract", &[A, N, N], Gives::Receiver),
    changes("fill_with", &[M, M], Gives::Nothing),
    gives("filter", &[A, L], Gives::Receiver),
    gives("filter", &[M, L], Gives::Unknown),
    gives("find", &[A, L], Gives::Unknown),
    gives("find", &[A, L, N], Gives::Unknown),
    gives("find_map", &[A, L], Gives::Unknown),
    gives("find_map", &[A, L, N], Gives::Unknown),
    gives("floor", &[D], Gives::Decimal),
    changes("for_each", &[A, L], Gives::Nothing),
    gives("fraction", &[D], Gives::Decimal),
    gives("get", &[A, N], Gives::Unknown),
    gives("get", &[M, T], Gives::Unknown),
    gives("get", &[T, N], Gives::Unknown),
    gives("hypot", &[D, D], Gives::Decimal),
    gives("index_of", &[A, X], Gives::Number),
    gives("index_of", &[A, X, N], Gives::Number),
    gives("index_of", &[T, TC], Gives::Number),
    gives("index_of", &[T, TC, N], Gives::Number),
    changes("insert", &[A, N, X], Gives::Nothing),
    gives("int", &[D], Gives::Decimal),
    gives("is_anonymous", &[L], Gives::Flag),
    gives("is_empty", &[A], Gives::Flag),
    gives("is_empty", &[M], Gives::Flag),
    gives("is_empty", &[R], Gives::Flag),
    gives("is_empty", &[T], Gives::Flag),
    gives("is_even", &[N], Gives::Flag),
    gives("is_exclusive", &[R], Gives::Flag),
    gives("is_finite", &[D], Gives::Flag),
    gives("is_inclusive", &[R], Gives::Flag),
    gives("is_infinite", &[D], Gives::Flag),
    gives("is_nan", &[D], Gives::Flag),
    gives("is_odd", &[N], Gives::Flag),
    gives("is_zero", &[ND], Gives::Flag),
    gives("keys", &[M], Gives::Texts),
    gives("len", &[A], Gives::Number),
    gives("len", &[M], Gives::Number),
    gives("len", &[T], Gives::Number),
    gives("ln", &[D], Gives::Decimal),
    gives("log", &[D], Gives::Decimal),
    gives("log", &[D, D], Gives::Decimal),
    changes("make_lower", &[TC], Gives::Nothing),
    changes("make_upper", &[TC], Gives::Nothing),
    gives("map", &[A, L], Gives::Unknown),
    gives("map", &[M, L], Gives::Unknown),
    gives("max", &[C, C], Gives::Either),
    gives("max", &[ND, ND], Gives::Either),
    gives("max", &[T, T], Gives::Either),
    gives("min", &[C, C], Gives::Either),
    gives("min", &[ND, ND], Gives::Either),
    gives("min", &[T, T], Gives::Either),
    changes("mixin", &[M, M], Gives::Nothing),
    gives("name", &[L], Gives::Text),
    gives("order", &[A], Gives::Receiver),
    gives("order", &[A, L], Gives::Receiver),
    gives("order_by", &[A, L], Gives::Receiver),
    gives("order_desc", &[A], Gives::Receiver),
    changes("pad", &[A, N, X], Gives::Nothing),
    changes("pad", &[T, N, TC], Gives::Nothing),
    gives("parse_float", &[T], Gives::Decimal),
    gives("parse_int", &[T], Gives::Number),
    gives("parse_int", &[T, N], Gives::Number),
    changes("pop", &[A], Gives::Element),
    changes("pop", &[T], Gives::Unknown),
    changes("pop", &[T, N], Gives::Text),
    gives("print", &[], Gives::Nothing),
    gives("print", &[P], Gives::Nothing),
    changes("push", &[A, X], Gives::Nothing),
    gives("range", &[N, N], Gives::Range),
    gives("range", &[R, N], Gives::NumberStream),
    gives("range", &[N, N, N], Gives::NumberStream),
    gives("range", &[D, D, D], Gives::Unknown),
    gives("reduce", &[A, L], Gives::Unknown),
    gives("reduce", &[A, L, X], Gives::Unknown),
    gives("reduce_rev", &[A, L], Gives::Unknown),
    gives("reduce_rev", &[A, L, X], Gives::Unknown),
    changes("remove", &[A, N], Gives::Element),
    changes("remove", &[M, T], Gives::Unknown),
    changes("remove", &[T, TC], Gives::Nothing),
    changes("replace", &[T, TC, TC], Gives::Nothing),
    changes("retain", &[A, L], Gives::Receiver),
    changes("retain", &[A, R], Gives::Receiver),
    changes("retain", &[A, N, N], Gives::Receiver),
    changes("retain", &[M, L], Gives::Unknown),
    changes("reverse", &[A], Gives::Nothing),
    gives("round", &[D], Gives::Decimal),
    changes("set", &[A, N, X], Gives::Nothing),
    changes("set", &[M, T, X], Gives::Nothing),
    changes("set", &[T, N, C], Gives::Nothing),
    changes("shift", &[A], Gives::Element),
    gives("sign", &[ND], Gives::Number),
    gives("sin", &[D], Gives::Decimal),
    gives("sinh", &[D], Gives::Decimal),
    gives("some", &[A, L], Gives::Flag),
    changes("sort", &[A], Gives::Nothing),
    changes("sort", &[A, L], Gives::Nothing),
    changes("sort_by", &[A, L], Gives::Nothing),
    changes("sort_desc", &[A], Gives::Nothing),
    changes("splice", &[A, R, A], Gives::Nothing),
    changes("splice", &[A, N, N, A], Gives::Nothing),
    gives("split", &[T], Gives::Texts),
    gives("split", &[T, N], Gives::Texts),
    gives("split", &[T, TC], Gives::Texts),
    gives("split", &[T, TC, N], Gives::Texts),
    changes("split", &[A, N], Gives::Receiver),
    gives("split_rev", &[T, TC], Gives::Texts),
    gives("split_rev", &[T, TC, N], Gives::Texts),
    gives("sqrt", &[D], Gives::Decimal),
    gives("start", &[R], Gives::Number),
    gives("starts_with", &[T, TC], Gives::Flag),
    gives("sub_string", &[T, N], Gives::Text),
    gives("sub_string", &[T, R], Gives::Text),
    gives("sub_string", &[T, N, N], Gives::Text),
    gives("tan", &[D], Gives::Decimal),
    gives("tanh", &[D], Gives::Decimal),
    gives("to_binary", &[N], Gives::Text),
    gives("to_blob", &[T], Gives::Unknown),
    gives("to_chars", &[T], Gives::Characters),
    gives("to_debug", &[X], Gives::Text),
    gives("to_degrees", &[D], Gives::Decimal),
    gives("to_float", &[ND], Gives::Decimal),
    gives("to_hex", &[N], Gives::Text),
    gives("to_int", &[ND], Gives::Number),
    gives("to_int", &[C], Gives::Number),
    gives("to_json", &[M], Gives::Text),
    gives("to_lower", &[T], Gives::Text),
    gives("to_lower", &[C], Gives::Character),
    gives("to_octal", &[N], Gives::Text),
    gives("to_radians", &[D], Gives::Decimal),
    gives("to_string", &[P], Gives::Text),
    gives("to_upper", &[T], Gives::Text),
    gives("to_upper", &[C], Gives::Character),
    changes("trim", &[T], Gives::Nothing),
    changes("truncate", &[A, N], Gives::Nothing),
    changes("truncate", &[T, N], Gives::Nothing),
    gives("values", &[M], Gives::Values),
    gives("zip", &[A, A, L], Gives::Unknown),
];

/// The properties, by name.
#[rustfmt::skip]
pub(super) static PROPERTIES: &[Standard] = &[
    gives("bits", &[N], Gives::Unknown),
    gives("bytes", &[T], Gives::Number),
    gives("ceiling", &[D], Gives::Decimal),
    gives("chars", &[T], Gives::CharacterStream),
    gives("end", &[R], Gives::Number),
    gives("floor", &[D], Gives::Decimal),
    gives("fraction", &[D], Gives::Decimal),
    gives("int", &[D], Gives::Decimal),
    gives("is_anonymous", &[L], Gives::Flag),
    gives("is_empty", &[A], Gives::Flag),
    gives("is_empty", &[R], Gives::Flag),
    gives("is_empty", &[T], Gives::Flag),
    gives("is_even", &[N], Gives::Flag),
    gives("is_exclusive", &[R], Gives::Flag),
    gives("is_finite", &[D], Gives::Flag),
    gives("is_inclusive", &[R], Gives::Flag),
    gives("is_infinite", &[D], Gives::Flag),
    gives("is_nan", &[D], Gives::Flag),
    gives("is_odd", &[N], Gives::Flag),
    gives("is_zero", &[ND], Gives::Flag),
    gives("len", &[A], Gives::Number),
    gives("len", &[T], Gives::Number),
    gives("name", &[L], Gives::Text),
    gives("round", &[D], Gives::Decimal),
    gives("start", &[R], Gives::Number),
];

/// The entries of a table that have a name.
pub(super) fn named(table: &'static [Standard], name: &str) -> &'static [Standard] {
    let start = table.partition_point(|entry| entry.name < name);
    let rest = table.get(start..).unwrap_or_default();
    let end = rest.partition_point(|entry| entry.name == name);
    rest.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rhai::FuncMetadata;

    use super::{FUNCTIONS, PROPERTIES, Standard, named};
    use crate::policy::Limits;
    use crate::policy::host::signatures;
    use crate::policy::mentions::Mentions;
    use crate::policy::sandbox::Sandbox;

    /// Names with the numbers of arguments that the engine counts; `get$` stands before a property.
    fn names(table: &[Standard], prefix: &str) -> BTreeSet<(String, usize)> {
        table.iter().map(|entry| (format!("{prefix}{}", entry.name), entry.takes.len())).collect()
    }

    fn of_engine() -> BTreeSet<(String, usize)> {
        let named = |name: &str| name.starts_with(|first: char| first.is_ascii_alphabetic());
        let engine = Sandbox::new(Limits::default(), Mentions::all()).engine();
        let counted = |of: &FuncMetadata| named(&of.name).then(|| (of.name.to_string(), of.num_params));
        engine.collect_fn_metadata(None, |info| counted(info.metadata), true).into_iter().collect()
    }

    #[test]
    fn the_table_and_the_engine_have_the_same_names() {
        let engine = of_engine();
        // The engine's parser knows `call` by itself.
        let mut table: BTreeSet<_> = names(FUNCTIONS, "").into_iter().filter(|(name, _)| name != "call").collect();
        table.extend(names(PROPERTIES, "get$"));
        let missing: Vec<_> = table.difference(&engine).collect();
        assert!(missing.is_empty(), "in the table and not in the engine: {missing:?}");
        let host: BTreeSet<_> = signatures()
            .map(|signature| match signature.arity() {
                Some(arity) => (signature.name.to_owned(), arity),
                None => (format!("get${}", signature.name), 1),
            })
            .collect();
        let unknown: Vec<_> = engine.difference(&table).filter(|name| !host.contains(*name)).collect();
        assert!(unknown.is_empty(), "in the engine and in no table: {unknown:?}");
    }

    #[test]
    fn tables_are_in_the_order_that_they_are_searched_in() {
        for table in [FUNCTIONS, PROPERTIES] {
            assert!(table.is_sorted_by_key(|entry| entry.name));
            assert!(table.iter().all(|entry| named(table, entry.name).iter().any(|found| std::ptr::eq(found, entry))));
            assert!(named(table, "nothing_is_called_so").is_empty());
        }
    }
}
