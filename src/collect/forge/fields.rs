//! Fields of a JSON object by their type: what has another type is noted with its place, and then is as if absent.

use std::cell::RefCell;

use serde_json::{Map, Value};

use super::Problems;
use super::found::{quoted, what_is};
use crate::evidence::nearest;

/// Where problems of one file are noted.
#[derive(Debug, Default)]
pub(in crate::collect) struct Notes(RefCell<Problems>);

impl Notes {
    /// Notes that something could not be taken as it stands.
    pub(in crate::collect) fn push(&self, at: impl Into<String>, message: impl Into<String>) {
        self.0.borrow_mut().push(at, message);
    }

    pub(in crate::collect) fn into_problems(self) -> Problems {
        self.0.into_inner()
    }
}

/// One JSON object, where it stands, and where its problems are noted.
#[derive(Debug, Clone)]
pub(in crate::collect) struct Fields<'a> {
    object: &'a Map<String, Value>,
    at: String,
    notes: &'a Notes,
}

impl<'a> Fields<'a> {
    /// The fields of a value that has to be an object.
    pub(in crate::collect) fn of(value: &'a Value, at: String, expected: &str, notes: &'a Notes) -> Option<Self> {
        match value {
            Value::Object(object) => Some(Self { object, at, notes }),
            other => {
                notes.push(at, format!("found {}, expected {expected}", what_is(other)));
                None
            }
        }
    }

    /// All fields, to tell what the object is.
    pub(in crate::collect) const fn map(&self) -> &'a Map<String, Value> {
        self.object
    }

    /// The JSON pointer of a field; of the object itself where the name is empty.
    pub(in crate::collect) fn pointer(&self, name: &str) -> String {
        let separator = if name.is_empty() { "" } else { "/" };
        format!("{}{separator}{name}", self.at)
    }

    /// Notes a problem of a field.
    pub(in crate::collect) fn problem(&self, name: &str, message: impl Into<String>) {
        self.notes.push(self.pointer(name), message);
    }

    /// A field as it stands; `None` where it is absent.
    pub(in crate::collect) fn raw(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name)
    }

    /// A field that is neither absent nor null.
    pub(in crate::collect) fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    fn typed<T>(&self, name: &str, expected: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Option<T> {
        let value = self.get(name)?;
        let read = read(value);
        if read.is_none() {
            self.problem(name, format!("found {}, expected {expected}", what_is(value)));
        }
        read
    }

    /// A text.
    pub(in crate::collect) fn text(&self, name: &str) -> Option<&'a str> {
        self.typed(name, "a text", Value::as_str)
    }

    /// A text that is not blank: a blank one says nothing.
    pub(in crate::collect) fn said(&self, name: &str) -> Option<&'a str> {
        self.text(name).map(str::trim).filter(|text| !text.is_empty())
    }

    /// What somebody wrote at length. Null says that they wrote nothing.
    pub(in crate::collect) fn prose(&self, name: &str) -> Option<String> {
        match self.raw(name)? {
            Value::Null => Some(String::new()),
            _ => self.text(name).map(str::to_owned),
        }
    }

    /// A whole number from 0.
    pub(in crate::collect) fn number(&self, name: &str) -> Option<u64> {
        self.typed(name, "a whole number from 0", Value::as_u64)
    }

    /// True or false.
    pub(in crate::collect) fn flag(&self, name: &str) -> Option<bool> {
        self.typed(name, "true or false", Value::as_bool)
    }

    /// A list.
    pub(in crate::collect) fn list(&self, name: &str) -> Option<&'a [Value]> {
        self.typed(name, "a list", |value| value.as_array().map(Vec::as_slice))
    }

    /// An object.
    pub(in crate::collect) fn object(&self, name: &str) -> Option<Self> {
        let object = self.typed(name, "an object", Value::as_object)?;
        Some(Self { object, at: self.pointer(name), notes: self.notes })
    }

    /// The objects of a list, each with its place.
    pub(in crate::collect) fn objects(&self, name: &str, expected: &str) -> Vec<Self> {
        let entries = self.list(name).unwrap_or_default().iter().enumerate();
        let at = self.pointer(name);
        entries.filter_map(|(index, entry)| Self::of(entry, format!("{at}/{index}"), expected, self.notes)).collect()
    }

    /// A commit id of 7 to 64 hexadecimal digits, in lower case.
    pub(in crate::collect) fn commit(&self, name: &str) -> Option<String> {
        let id = self.said(name)?;
        if (7..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Some(id.to_ascii_lowercase());
        }
        self.problem(name, format!("found {}, expected a commit id", quoted(id)));
        None
    }

    /// A word out of a list, compared without case; an unknown one is noted.
    pub(in crate::collect) fn word<T: Copy>(&self, name: &str, words: &[(&'static str, T)]) -> Option<T> {
        let written = self.text(name)?;
        let known = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(written));
        if known.is_none() {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let near = nearest(written, all.iter().copied());
            let near = near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
            let found = quoted(written);
            self.problem(name, format!("found the state {found}, expected one of {}{near}", all.join(", ")));
        }
        known.map(|(_, value)| *value)
    }
}
