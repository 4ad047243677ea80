//! Any JSON as a tree that keeps the order of the file, and files that hold several documents.
//!
//! A property that one object states twice can't be read: which of the two a program takes differs from program to
//! program, and the other one is what nobody sees.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The most values (texts, numbers, lists, objects, ...) that are kept of one file.
pub const MAX_VALUES: u64 = 10_000_000;

/// What a document says past the limit; told apart from a broken document by this text.
const TOO_MANY: &str = "more values than the limit";

/// How much of a text that was found is repeated in a message, in characters.
const MAX_QUOTED: usize = 60;

/// The same for what a tool says of itself.
const MAX_SAID: usize = 200;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(Box<str>),
    List(Vec<Json>),
    /// In the order of the file; no name is there twice.
    Object(Vec<(Box<str>, Json)>),
}

static NULL: Json = Json::Null;

impl Json {
    /// A property; null where this is no object or has none of that name.
    pub(super) fn get(&self, name: &str) -> &Self {
        self.properties().iter().find(|(known, _)| **known == *name).map_or(&NULL, |(_, value)| value)
    }

    /// Whether this is an object with a property of that name, also where it is null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.properties().iter().any(|(known, _)| **known == *name)
    }

    /// The properties of an object; none where it is no object.
    pub(super) fn properties(&self) -> &[(Box<str>, Self)] {
        if let Self::Object(properties) = self { properties } else { &[] }
    }

    /// The elements of a list; none where it is no list.
    pub(super) fn elements(&self) -> &[Self] {
        if let Self::List(elements) = self { elements } else { &[] }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) const fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    pub(super) const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub(super) const fn is_list(&self) -> bool {
        matches!(self, Self::List(_))
    }

    pub(super) const fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// What it is, for messages.
    pub(super) fn what(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(number) => format!("the number {number}"),
            Self::Text(text) => quoted(text),
            Self::List(elements) => format!("a list of {}", elements.len()),
            Self::Object(_) => "an object".to_owned(),
        }
    }
}

/// A text from the file, short enough for a message and on one line.
pub(super) fn quoted(text: &str) -> String {
    quoted_up_to(text, MAX_QUOTED)
}

/// What a tool says of itself, on one line.
pub(super) fn said(text: &str) -> String {
    quoted_up_to(text, MAX_SAID)
}

fn quoted_up_to(text: &str, limit: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(limit).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    format!("`{short}`")
}

/// Reads one value, counting down what may still be kept.
#[derive(Clone, Copy)]
struct Tree<'c> {
    left: &'c Cell<u64>,
}

impl Tree<'_> {
    fn admit<E: Error>(self) -> Result<(), E> {
        self.left.set(self.left.get().checked_sub(1).ok_or_else(|| E::custom(TOO_MANY))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        self.admit()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "numbers beyond 2^53 are ids or sizes that nothing rests on")]
    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "numbers beyond 2^53 are ids or sizes that nothing rests on")]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = list.next_element_seed(self)? {
            elements.push(element);
        }
        Ok(Json::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut properties: Vec<(Box<str>, Json)> = Vec::new();
        while let Some(name) = map.next_key::<Box<str>>()? {
            properties.push((name, map.next_value_seed(self)?));
        }
        if let Some(twice) = twice(&properties) {
            return Err(A::Error::custom(format!("an object states {} twice", quoted(twice))));
        }
        Ok(Json::Object(properties))
    }
}

/// A name that is there twice.
fn twice(properties: &[(Box<str>, Json)]) -> Option<&str> {
    let mut names: Vec<&str> = properties.iter().map(|(name, _)| &**name).collect();
    names.sort_unstable();
    names.windows(2).find_map(|pair| match pair {
        [left, right] if left == right => Some(*left),
        _ => None,
    })
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Documents {
    /// Each document with the line that it begins at, from 1; at least one.
    pub(super) all: Vec<(usize, Json)>,
    /// Where and why documents are missing from it: a line, and what was found.
    pub(super) breaks: Vec<(usize, String)>,
}

/// Why a file holds no document at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is not JSON.
    Broken(String),
    /// It holds more than [`MAX_VALUES`].
    TooMany,
}

impl Documents {
    /// The first document.
    pub(super) fn first(&self) -> &Json {
        self.all.first().map_or(&NULL, |(_, document)| document)
    }

    /// The only document, if there is no other one and no break.
    pub(super) fn only(&self) -> Option<&Json> {
        match self.all.as_slice() {
            [(_, document)] if self.breaks.is_empty() => Some(document),
            _ => None,
        }
    }
}

/// The documents of a text: one, or several one after another, with or without line feeds between them.
///
/// Where each line is a document, one that can't be read is a break and the others are still read; else reading ends at
/// the first break.
///
/// # Errors
/// Where not even the first document can be read, or there are too many values.
pub(super) fn documents(text: &str) -> Result<Documents, Unreadable> {
    documents_within(text, MAX_VALUES)
}

fn documents_within(text: &str, max_values: u64) -> Result<Documents, Unreadable> {
    let left = Cell::new(max_values);
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    if let (Some((_, first)), Some(_)) = (lines.next(), lines.next())
        && first.trim_start().starts_with('{')
        && serde_json::from_str::<IgnoredAny>(first).is_ok()
    {
        return by_line(text, &left);
    }
    one_after_another(text, &left)
}

fn by_line(text: &str, left: &Cell<u64>) -> Result<Documents, Unreadable> {
    let mut found = Documents { all: Vec::new(), breaks: Vec::new() };
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let mut json = serde_json::Deserializer::from_str(line);
        match (Tree { left }).deserialize(&mut json).and_then(|document| json.end().map(|()| document)) {
            Ok(document) => found.all.push((index + 1, document)),
            Err(error) if is_limit(&error) => return Err(Unreadable::TooMany),
            Err(error) => found.breaks.push((index + 1, why(line, &error))),
        }
    }
    match (found.all.is_empty(), found.breaks.first()) {
        (true, Some((line, why))) => Err(Unreadable::Broken(format!("{why} at line {line}"))),
        _ => Ok(found),
    }
}

fn one_after_another(text: &str, left: &Cell<u64>) -> Result<Documents, Unreadable> {
    let mut found = Documents { all: Vec::new(), breaks: Vec::new() };
    let mut json = serde_json::Deserializer::from_str(text);
    let mut line = 1;
    loop {
        match (Tree { left }).deserialize(&mut json) {
            Ok(document) => found.all.push((line, document)),
            Err(error) if is_limit(&error) => return Err(Unreadable::TooMany),
            Err(error) if found.all.is_empty() => {
                let at = format!(" at line {}, column {}", error.line(), error.column());
                return Err(Unreadable::Broken(format!("{}{at}", why(text, &error))));
            }
            Err(error) => {
                found.breaks.push((error.line(), why("{", &error)));
                return Ok(found);
            }
        }
        match json.end() {
            Ok(()) => return Ok(found),
            Err(error) => line = error.line(),
        }
    }
}

fn is_limit(error: &serde_json::Error) -> bool {
    error.is_data() && error.to_string().starts_with(TOO_MANY)
}

/// Why a text can't be read as JSON, without the place.
fn why(text: &str, error: &serde_json::Error) -> String {
    let start = text.trim_start();
    if !start.starts_with(['{', '[', '"']) && serde_json::from_str::<IgnoredAny>(start).is_err() {
        let first = quoted(start.lines().next().unwrap_or_default());
        return match start.find('{') {
            Some(_) => format!("has other text before the JSON: {first}"),
            None => format!("is not JSON: it starts with {first}"),
        };
    }
    if error.is_eof() {
        return "is cut short: the JSON ends unfinished".to_owned();
    }
    let whole = error.to_string();
    format!("can't be read: {}", whole.split(" at line ").next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{Unreadable, documents, documents_within};

    fn count(text: &str) -> (usize, usize) {
        let found = documents(text).unwrap();
        (found.all.len(), found.breaks.len())
    }

    #[test]
    fn documents_stand_alone_in_lines_or_one_after_another() {
        assert_eq!(count("{}"), (1, 0));
        assert_eq!(count("{}\n{\"a\": 1}\n"), (2, 0));
        assert_eq!(count("{\n}\n{\n}"), (2, 0));
        assert_eq!(count("{}{} []"), (3, 0));
        assert_eq!(count("null"), (1, 0));
    }

    #[test]
    fn a_broken_line_hides_no_other_and_a_broken_document_ends_the_stream() {
        assert_eq!(count("{}\n{\"a\": \n{}"), (2, 1));
        assert_eq!(count("{\n}\n{\n\"a\"\n{\n}"), (1, 1));
    }

    #[test]
    fn a_property_that_is_stated_twice_can_not_be_read() {
        let Err(Unreadable::Broken(why)) = documents(r#"{"a": {"b": 1, "b": 2}}"#) else { panic!() };
        assert!(why.contains("states `b` twice"), "{why}");
    }

    #[test]
    fn one_value_more_than_the_limit_is_too_many_wherever_it_stands() {
        for text in ["[1, {\"a\": null}]", "{}\n{\"a\": {}}\n{}", "[[]] 1 2"] {
            assert!(documents_within(text, 4).is_ok(), "{text}");
            assert_eq!(documents_within(text, 3).unwrap_err(), Unreadable::TooMany, "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_told_in_words() {
        for (text, word) in
            [("npm warn x\n{}", "other text before"), ("hello", "starts with `hello`"), ("{\"a\":", "cut short")]
        {
            let Err(Unreadable::Broken(why)) = documents(text) else { panic!("{text}") };
            assert!(why.contains(word), "{why}");
        }
    }
}
