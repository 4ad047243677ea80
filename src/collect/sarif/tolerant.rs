//! Reads any JSON value at any place: what is not of the expected shape is noted with its place, and reading goes on.
//!
//! It knows next to nothing of SARIF, and nothing here keeps a borrowed value of the file alive.

use std::fmt::{self, Write as _};
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::print::KnownKey;
use super::wire::{Problems, Store};
use crate::evidence::{Problem, Strings};

/// How much of a text that was found is repeated in a message, in characters.
const MAX_QUOTED: usize = 60;

/// One step from the top of the document.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// A property that is known by name.
    Key(&'static str),
    /// A property whose name is the producer's own.
    Named(u32),
    /// An element.
    Index(usize),
}

/// What reading carries along.
pub(super) struct Cx {
    /// Every text that is kept, once.
    pub(super) strings: Strings,
    /// Side tables of the run that is being read.
    pub(super) store: Store,
    /// What could not be taken as it stands, since it was last taken out.
    pub(super) problems: Problems,
    /// Whether the result that is being read has a problem.
    pub(super) odd: bool,
    /// Whether an entry was left out because of the limit.
    pub(super) truncated: bool,
    /// Keys of fingerprints that were seen before.
    pub(super) print_keys: Vec<KnownKey>,
    path: Vec<Step>,
    entries_left: u64,
}

impl Cx {
    pub(super) fn new(max_entries: u64) -> Self {
        Self {
            strings: Strings::default(),
            store: Store::default(),
            problems: Problems::default(),
            odd: false,
            truncated: false,
            print_keys: Vec::new(),
            path: Vec::with_capacity(16),
            entries_left: max_entries,
        }
    }

    /// Whether one more entry may be kept.
    pub(super) const fn admit(&mut self) -> bool {
        match self.entries_left.checked_sub(1) {
            Some(left) => {
                self.entries_left = left;
                true
            }
            None => {
                self.truncated = true;
                false
            }
        }
    }

    /// Notes that the value at the present place can't be taken as it stands.
    pub(super) fn problem(&mut self, message: impl Into<String>) {
        self.odd = true;
        if self.problems.wants_text() {
            let at = self.pointer();
            self.problems.push(Problem { at, message: message.into() });
        } else {
            self.problems.count += 1;
        }
    }

    /// The present place as a JSON pointer, RFC 6901.
    fn pointer(&self) -> String {
        let mut out = String::new();
        for step in &self.path {
            out.push('/');
            match *step {
                Step::Key(name) => out.push_str(name),
                Step::Named(symbol) => out.push_str(&self.strings.get(symbol).replace('~', "~0").replace('/', "~1")),
                // Writing to a string can't fail.
                Step::Index(index) => drop(write!(out, "{index}")),
            }
        }
        out
    }

    /// Whether the value at hand is that of an element or property of that name, at any depth above.
    pub(super) fn enter(&mut self, step: Step) {
        self.path.push(step);
    }

    pub(super) fn leave(&mut self) {
        self.path.pop();
    }
}

/// A text from the file, short enough for a message.
pub(super) fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_QUOTED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("`{short}`")
}

/// A JSON number, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    /// A whole number.
    Whole(i64),
    /// Any other.
    Other(f64),
}

impl Number {
    /// The whole number that it is, if it is one.
    pub(super) fn whole(self) -> Option<i64> {
        match self {
            Self::Whole(number) => Some(number),
            #[expect(clippy::cast_possible_truncation, reason = "checked to be a whole number far inside of the range")]
            Self::Other(number) if number.fract() == 0.0 && number.abs() < 9.0e15 => Some(number as i64),
            Self::Other(_) => None,
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(number) => number.fmt(f),
            Self::Other(number) if number.abs() < 1e15 => number.fmt(f),
            Self::Other(number) => write!(f, "{number:e}"),
        }
    }
}

/// What is expected at one place, and what to make of each JSON type there. A type that has no method of its own is
/// noted as a problem and gives [`Shape::otherwise`].
pub(super) trait Shape<'de>: Sized {
    /// What reading gives.
    type Value;
    /// What is expected, in words: "a string".
    const EXPECTED: &'static str;

    /// The value where something else was found.
    fn otherwise(self, cx: &mut Cx) -> Self::Value;

    fn null(self, cx: &mut Cx) -> Self::Value {
        self.wrong(cx, "null")
    }

    fn string(self, cx: &mut Cx, text: &str) -> Self::Value {
        let found = format!("the string {}", quoted(text));
        self.wrong(cx, &found)
    }

    fn number(self, cx: &mut Cx, number: Number) -> Self::Value {
        let found = format!("the number `{number}`");
        self.wrong(cx, &found)
    }

    fn boolean(self, cx: &mut Cx, value: bool) -> Self::Value {
        self.wrong(cx, if value { "`true`" } else { "`false`" })
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(self.wrong(cx, "an object"))
    }

    fn array<A: SeqAccess<'de>>(self, cx: &mut Cx, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self.wrong(cx, "an array"))
    }

    /// Notes what was found instead.
    fn wrong(self, cx: &mut Cx, found: &str) -> Self::Value {
        cx.problem(format!("found {found}, expected {}", Self::EXPECTED));
        self.otherwise(cx)
    }
}

/// A shape about to be read.
pub(super) struct Reading<'c, S> {
    pub(super) cx: &'c mut Cx,
    pub(super) shape: S,
}

impl<'de, S: Shape<'de>> DeserializeSeed<'de> for Reading<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Shape<'de>> Visitor<'de> for Reading<'_, S> {
    type Value = S::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(S::EXPECTED)
    }

    fn visit_unit<E>(self) -> Result<S::Value, E> {
        Ok(self.shape.null(self.cx))
    }

    fn visit_bool<E>(self, value: bool) -> Result<S::Value, E> {
        Ok(self.shape.boolean(self.cx, value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<S::Value, E> {
        Ok(self.shape.number(self.cx, Number::Whole(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<S::Value, E> {
        let number = i64::try_from(value).map_or(Number::Other(value as f64), Number::Whole);
        Ok(self.shape.number(self.cx, number))
    }

    fn visit_f64<E>(self, value: f64) -> Result<S::Value, E> {
        Ok(self.shape.number(self.cx, Number::Other(value)))
    }

    fn visit_str<E>(self, text: &str) -> Result<S::Value, E> {
        Ok(self.shape.string(self.cx, text))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<S::Value, A::Error> {
        self.shape.object(self.cx, map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<S::Value, A::Error> {
        self.shape.array(self.cx, seq)
    }
}

/// The properties of one object that are read.
pub(super) trait Key: Copy {
    fn of(text: &str) -> Option<Self>;
    fn name(self) -> &'static str;
    fn bit(self) -> u32;
    /// Whether a second statement of it is read too, because the worse of both counts.
    fn again(self) -> bool;
}

/// Declares the properties of one object that are read; all others are skipped.
macro_rules! keys {
    ($name:ident { $( $variant:ident = $text:literal ),+ $(,)? } again { $( $again:ident ),* }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum $name { $( $variant ),+ }

        impl $crate::collect::sarif::tolerant::Key for $name {
            fn of(text: &str) -> Option<Self> {
                match text {
                    $( $text => Some(Self::$variant), )+
                    _ => None,
                }
            }

            fn name(self) -> &'static str {
                match self { $( Self::$variant => $text ),+ }
            }

            fn bit(self) -> u32 {
                1 << self as u32
            }

            fn again(self) -> bool {
                const AGAIN: &[$name] = &[$( $name::$again ),*];
                AGAIN.contains(&self)
            }
        }
    };
}
pub(super) use keys;

struct KeyOf<K>(PhantomData<K>);

impl<'de, K: Key> DeserializeSeed<'de> for KeyOf<K> {
    type Value = Option<K>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<K>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<K: Key> Visitor<'_> for KeyOf<K> {
    type Value = Option<K>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property name")
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<K>, E> {
        Ok(K::of(text))
    }
}

/// Which of an object's properties were there.
pub(super) struct Seen(u32);

impl Seen {
    pub(super) fn has(&self, key: impl Key) -> bool {
        self.0 & key.bit() != 0
    }
}

/// Reads an object: `field` is called for each property that is known. Of one that is stated twice the first counts,
/// unless [`Key::again`] says that `field` joins them; either way it is a problem.
pub(super) fn fields<'de, K: Key, A: MapAccess<'de>>(
    cx: &mut Cx,
    mut map: A,
    mut field: impl FnMut(&mut Cx, K, &mut A) -> Result<(), A::Error>,
) -> Result<Seen, A::Error> {
    let mut seen = Seen(0);
    while let Some(key) = map.next_key_seed(KeyOf::<K>(PhantomData))? {
        let Some(key) = key else {
            map.next_value::<IgnoredAny>()?;
            continue;
        };
        cx.enter(Step::Key(key.name()));
        let repeated = seen.has(key);
        if repeated {
            cx.problem("found the same property twice in one object, expected it once");
        }
        seen.0 |= key.bit();
        if repeated && !key.again() {
            map.next_value::<IgnoredAny>()?;
        } else {
            field(cx, key, &mut map)?;
        }
        cx.leave();
    }
    Ok(seen)
}

/// Reads the value of the property at hand.
pub(super) fn value<'de, A: MapAccess<'de>, S: Shape<'de>>(
    cx: &mut Cx,
    map: &mut A,
    shape: S,
) -> Result<S::Value, A::Error> {
    map.next_value_seed(Reading { cx, shape })
}
