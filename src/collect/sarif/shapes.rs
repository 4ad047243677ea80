//! Shapes that every format has: lists, tables, texts, numbers, words of a vocabulary.

use std::marker::PhantomData;

use serde::de::{MapAccess, SeqAccess};

use super::tolerant::{Cx, Number, Reading, Shape, Step, quoted};
use crate::evidence::{NO_SYMBOL, Word};

/// An array of one shape, or null: some producers write null for an empty list, and nothing is lost by it.
pub(super) struct List<S, T>(pub(super) S, pub(super) T);

impl<'de, S: Shape<'de> + Copy, T: FnMut(&mut Cx, usize, S::Value)> Shape<'de> for List<S, T> {
    type Value = ();
    const EXPECTED: &'static str = "an array";

    fn otherwise(self, _: &mut Cx) {}

    fn null(self, _: &mut Cx) {}

    fn array<A: SeqAccess<'de>>(mut self, cx: &mut Cx, mut seq: A) -> Result<(), A::Error> {
        for index in 0_usize.. {
            cx.enter(Step::Index(index));
            let element = seq.next_element_seed(Reading { cx, shape: self.0 })?;
            if let Some(element) = element {
                (self.1)(cx, index, element);
                cx.leave();
            } else {
                cx.leave();
                break;
            }
        }
        Ok(())
    }
}

/// A list whose elements go to the end of `target`, each at its position.
pub(super) fn keep<'de, S: Shape<'de> + Copy>(
    shape: S,
    target: &mut Vec<S::Value>,
) -> List<S, impl FnMut(&mut Cx, usize, S::Value)> {
    List(shape, |cx: &mut Cx, _, element| {
        if cx.admit() {
            target.push(element);
        }
    })
}

/// An object whose property names are the producer's own.
pub(super) struct Table<S, T>(pub(super) S, pub(super) T);

impl<'de, S: Shape<'de> + Copy, T: FnMut(&mut Cx, u32, S::Value)> Shape<'de> for Table<S, T> {
    type Value = ();
    const EXPECTED: &'static str = "an object";

    fn otherwise(self, _: &mut Cx) {}

    fn object<A: MapAccess<'de>>(mut self, cx: &mut Cx, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Reading { cx, shape: Text })? {
            cx.enter(Step::Named(name));
            let value = map.next_value_seed(Reading { cx, shape: self.0 })?;
            cx.leave();
            (self.1)(cx, name, value);
        }
        Ok(())
    }
}

/// A string; gives its number, or [`NO_SYMBOL`].
#[derive(Clone, Copy)]
pub(super) struct Text;

impl Shape<'_> for Text {
    type Value = u32;
    const EXPECTED: &'static str = "a string";

    fn otherwise(self, _: &mut Cx) -> u32 {
        NO_SYMBOL
    }

    fn string(self, cx: &mut Cx, text: &str) -> u32 {
        cx.strings.intern(text)
    }
}

/// A string or a number, as a text.
#[derive(Clone, Copy)]
pub(super) struct Scalar;

impl Shape<'_> for Scalar {
    type Value = u32;
    const EXPECTED: &'static str = "a string or a number";

    fn otherwise(self, _: &mut Cx) -> u32 {
        NO_SYMBOL
    }

    fn string(self, cx: &mut Cx, text: &str) -> u32 {
        cx.strings.intern(text)
    }

    fn number(self, cx: &mut Cx, number: Number) -> u32 {
        cx.strings.intern(&number.to_string())
    }
}

/// `true` or `false`.
#[derive(Clone, Copy)]
pub(super) struct Flag;

impl Shape<'_> for Flag {
    type Value = Option<bool>;
    const EXPECTED: &'static str = "`true` or `false`";

    fn otherwise(self, _: &mut Cx) -> Option<bool> {
        None
    }

    fn boolean(self, _: &mut Cx, value: bool) -> Option<bool> {
        Some(value)
    }
}

/// A position in an array; -1, which SARIF means by an absent one, where there is none.
#[derive(Clone, Copy)]
pub(super) struct Position;

impl Shape<'_> for Position {
    type Value = i32;
    const EXPECTED: &'static str = "a position in an array, or -1";

    fn otherwise(self, _: &mut Cx) -> i32 {
        -1
    }

    fn number(self, cx: &mut Cx, number: Number) -> i32 {
        match number.whole().and_then(|number| i32::try_from(number).ok()) {
            Some(position) if position >= -1 => position,
            _ => self.wrong(cx, &format!("the number `{number}`")),
        }
    }
}

/// A line or a column, from 1; 0 where there is none. A written 0 is taken for "none" without a word: tools write it
/// where they look at a whole file.
#[derive(Clone, Copy)]
pub(super) struct Place;

impl Shape<'_> for Place {
    type Value = u32;
    const EXPECTED: &'static str = "a whole number from 1 to 4294967295";

    fn otherwise(self, _: &mut Cx) -> u32 {
        0
    }

    fn number(self, cx: &mut Cx, number: Number) -> u32 {
        match number.whole().and_then(|number| u32::try_from(number).ok()) {
            Some(place) => place,
            None => self.wrong(cx, &format!("the number `{number}`")),
        }
    }
}

/// A word of a closed vocabulary. One that differs from it in case only is understood, and is a problem all the same.
pub(super) struct Choice<W>(PhantomData<W>);

impl<W> Choice<W> {
    pub(super) const NEW: Self = Self(PhantomData);
}

impl<W: Word> Shape<'_> for Choice<W> {
    type Value = Option<W>;
    const EXPECTED: &'static str = "a word";

    fn otherwise(self, _: &mut Cx) -> Option<W> {
        None
    }

    fn string(self, cx: &mut Cx, text: &str) -> Option<W> {
        if let Some(word) = W::parse(text) {
            return Some(word);
        }
        self.wrong(cx, &format!("the string {}", quoted(text)));
        W::ALL.iter().copied().find(|word| word.as_str().eq_ignore_ascii_case(text))
    }

    fn wrong(self, cx: &mut Cx, found: &str) -> Option<W> {
        let words: Vec<String> = W::VOCABULARY.words.iter().map(|word| format!("`{word}`")).collect();
        cx.problem(format!("found {found}, expected one of {}", words.join(", ")));
        None
    }
}
