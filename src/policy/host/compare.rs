//! Comparison operators for every pair of types: two values of different types are an error, never "not equal".
//!
//! The engine asks these for all pairs, equal types included (its fast path is off), so they implement those as well.

use std::cmp::Ordering;

use rhai::{Array, Dynamic, FLOAT, INT, ImmutableString, Map, Module};

use super::collection::ItemKey;
use super::dates::Day;
use super::error::{HostError, HostResult};
use super::words::{WordValue, a, common};
use crate::diagnostic::Code;

/// A type's name as users know it.
pub(crate) fn type_name(value: &Dynamic) -> &'static str {
    match value.type_name() {
        "i64" => "a number",
        "f64" => "a decimal number",
        "bool" => "true or false",
        "()" => "nothing",
        "char" => "a character",
        "array" => "an array",
        "map" => "a map",
        "Fn" => "a function",
        "string" => "a text",
        _ if value.is::<WordValue>() => value.read_lock::<WordValue>().map_or("a word", |word| word.vocabulary.name),
        _ if value.is::<Day>() => "a date",
        _ => super::collection::type_name(value).unwrap_or("a value of another type"),
    }
}

fn mismatch(left: &Dynamic, right: &Dynamic) -> HostError {
    let error =
        HostError::new(Code::TypeMismatch, format!("can't compare {} with {}", type_name(left), type_name(right)));
    if left.is_unit() || right.is_unit() {
        return error.help("nothing can be compared only with nothing; ask whether the value is there first");
    }
    error
}

fn number(value: &Dynamic) -> Option<FLOAT> {
    #[expect(clippy::cast_precision_loss, reason = "counts and line numbers are far below 2^53")]
    value.as_int().map(|int| int as FLOAT).or_else(|_| value.as_float()).ok()
}

fn word_of(vocabulary: &'static crate::evidence::Vocabulary, other: &Dynamic) -> HostResult<WordValue> {
    Ok(WordValue::from_dynamic(vocabulary, other)?)
}

fn days(left: &Dynamic, right: &Dynamic) -> Option<(Day, Day)> {
    Some((*left.read_lock::<Day>()?, *right.read_lock::<Day>()?))
}

/// Whether a value is a word.
pub(super) fn is_word(word: WordValue, other: &Dynamic) -> HostResult<bool> {
    let vocabulary = common(word, other);
    let word =
        if vocabulary.name == word.vocabulary.name { word } else { WordValue::parse(vocabulary, word.as_str())? };
    Ok(word.index == word_of(vocabulary, other)?.index)
}

/// Whether two values are equal.
pub(crate) fn equal(left: &Dynamic, right: &Dynamic) -> HostResult<bool> {
    if let (Ok(left), Ok(right)) = (left.as_int(), right.as_int()) {
        return Ok(left == right);
    }
    if let (Some(left), Some(right)) = (left.read_lock::<ImmutableString>(), right.read_lock::<ImmutableString>()) {
        return Ok(*left == *right);
    }
    if let Some(word) = left.read_lock::<WordValue>() {
        return is_word(*word, right);
    }
    if let Some(word) = right.read_lock::<WordValue>() {
        return is_word(*word, left);
    }
    if let (Ok(left), Ok(right)) = (left.as_bool(), right.as_bool()) {
        return Ok(left == right);
    }
    if let (Ok(left), Ok(right)) = (left.as_char(), right.as_char()) {
        return Ok(left == right);
    }
    if left.is_unit() && right.is_unit() {
        return Ok(true);
    }
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return Ok((left - right).abs() <= FLOAT::EPSILON);
    }
    if let (Some(left), Some(right)) = (left.read_lock::<Array>(), right.read_lock::<Array>()) {
        if left.len() != right.len() {
            return Ok(false);
        }
        return left.iter().zip(right.iter()).try_fold(true, |all, (left, right)| Ok(equal(left, right)? && all));
    }
    if let (Some(left), Some(right)) = (left.read_lock::<Map>(), right.read_lock::<Map>()) {
        if left.len() != right.len() || !left.keys().eq(right.keys()) {
            return Ok(false);
        }
        return left.values().zip(right.values()).try_fold(true, |all, (left, right)| Ok(equal(left, right)? && all));
    }
    if let Some((left, right)) = days(left, right) {
        return Ok(left == right);
    }
    if let Some(same) = super::collection::same_items(left, right) {
        return Ok(same);
    }
    match (ItemKey::of(left), ItemKey::of(right)) {
        (Some(left), Some(right)) if left.same_type(right) => Ok(left == right),
        _ => Err(mismatch(left, right).into()),
    }
}

/// How two values are ordered.
pub(crate) fn order(left: &Dynamic, right: &Dynamic) -> HostResult<Ordering> {
    if let (Ok(left), Ok(right)) = (left.as_int(), right.as_int()) {
        return Ok(left.cmp(&right));
    }
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return left
            .partial_cmp(&right)
            .ok_or_else(|| HostError::new(Code::TypeMismatch, "a number is not one").into());
    }
    if let (Some(left), Some(right)) = (left.read_lock::<ImmutableString>(), right.read_lock::<ImmutableString>()) {
        return Ok(left.as_str().cmp(right.as_str()));
    }
    if let (Ok(left), Ok(right)) = (left.as_char(), right.as_char()) {
        return Ok(left.cmp(&right));
    }
    if let Some((left, right)) = days(left, right) {
        return Ok(left.cmp(&right));
    }
    let left_word = left.read_lock::<WordValue>().map(|word| *word);
    let right_word = right.read_lock::<WordValue>().map(|word| *word);
    let vocabulary = match (left_word, right_word) {
        (Some(word), _) => Some(common(word, right)),
        (None, Some(word)) => Some(common(word, left)),
        (None, None) => None,
    };
    let Some(vocabulary) = vocabulary else {
        return Err(mismatch(left, right).into());
    };
    if !vocabulary.ordered {
        return Err(HostError::new(
            Code::TypeMismatch,
            format!("{} has no order; only `==`, `!=` and `in` mean something", a(vocabulary.name)),
        )
        .into());
    }
    Ok(word_of(vocabulary, left)?.index.cmp(&word_of(vocabulary, right)?.index))
}

/// Whole numbers are compared most; their own functions spare them the detour.
macro_rules! for_numbers {
    ($module:ident, $($operator:literal $apply:tt)*) => {
        $( $module.set_native_fn($operator, |left: INT, right: INT| Ok(left $apply right)); )*
    };
}

pub(super) fn register(module: &mut Module) {
    for_numbers!(module, "==" == "!=" != "<" < "<=" <= ">" > ">=" >=);
    module.set_native_fn("==", |left: Dynamic, right: Dynamic| equal(&left, &right));
    module.set_native_fn("!=", |left: Dynamic, right: Dynamic| Ok(!equal(&left, &right)?));
    module.set_native_fn("<", |left: Dynamic, right: Dynamic| Ok(order(&left, &right)?.is_lt()));
    module.set_native_fn("<=", |left: Dynamic, right: Dynamic| Ok(order(&left, &right)?.is_le()));
    module.set_native_fn(">", |left: Dynamic, right: Dynamic| Ok(order(&left, &right)?.is_gt()));
    module.set_native_fn(">=", |left: Dynamic, right: Dynamic| Ok(order(&left, &right)?.is_ge()));
}
