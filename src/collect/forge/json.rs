//! JSON documents one after the other, strictly: no key twice, no more values than a limit.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::found::quoted;
use crate::collect::input::Refusal;
use crate::evidence::Completeness;

/// How many values (objects, lists, texts, numbers, ...) all documents of a file may have together.
pub const MAX_VALUES: usize = 1_000_000;

/// All documents of a file, in order; at least one.
///
/// # Errors
/// A [`Refusal`] where the bytes are no JSON, or have more than [`MAX_VALUES`] values.
pub(in crate::collect) fn documents(bytes: &[u8], expected: &str) -> Result<Vec<Value>, Refusal> {
    documents_of(bytes, expected, MAX_VALUES)
}

fn documents_of(bytes: &[u8], expected: &str, limit: usize) -> Result<Vec<Value>, Refusal> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Refusal::failed(format!("is encoded as UTF-16, expected {expected} in UTF-8")));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Refusal::failed(format!("is empty, expected {expected}")));
    }
    let left = Cell::new(limit);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let mut documents = Vec::new();
    loop {
        match (Seed { left: &left }).deserialize(&mut reader) {
            Ok(document) => documents.push(document),
            Err(_) if left.get() == 0 => {
                let reason = format!("has more than the limit of {limit} JSON values");
                return Err(Refusal { completeness: Completeness::Truncated, reason });
            }
            Err(_) if bytes.starts_with(b"HTTP/") => {
                return Err(Refusal::failed(format!(
                    "begins with the headers of an answer, expected its body alone: {expected}"
                )));
            }
            Err(error) => return Err(Refusal::failed(format!("is no JSON, expected {expected}: {error}"))),
        }
        if reader.end().is_ok() {
            return Ok(documents);
        }
    }
}

/// Reads one value; `left` is how many more there may be.
#[derive(Clone, Copy)]
struct Seed<'a> {
    left: &'a Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.left.get().checked_sub(1) {
            Some(left) => self.left.set(left),
            None => return Err(D::Error::custom("too many values")),
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element_seed(self)? {
            list.push(entry);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(self)?;
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("the key {} stands twice in one object", quoted(&key))));
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::{documents, documents_of};
    use crate::evidence::Completeness;
    use serde_json::json;

    #[test]
    fn documents_in_a_row_are_read_one_after_the_other() {
        for (text, expected) in [
            ("[1][2]", vec![json!([1]), json!([2])]),
            ("\u{feff}{\"a\": null}\n\n [] ", vec![json!({"a": null}), json!([])]),
            ("{}{}\r\n{}", vec![json!({}), json!({}), json!({})]),
        ] {
            assert_eq!(documents(text.as_bytes(), "x").unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused_and_says_why() {
        for (bytes, reason) in [
            (&b""[..], "is empty"),
            (b" \n", "is empty"),
            (b"[1][", "EOF"),
            (b"<html>", "expected value"),
            (b"HTTP/2.0 200 OK\nLink: x\n\n[]", "the headers of an answer"),
            (b"\xff\xfe[\0]\0", "UTF-16"),
            (b"{\"a\": \"\xff\"}", "invalid unicode"),
            (b"{\"state\": 1, \"state\": 2}", "`state` stands twice"),
        ] {
            let refusal = documents(bytes, "reviews").unwrap_err();
            assert_eq!(refusal.completeness, Completeness::Failed);
            assert!(refusal.reason.contains(reason), "{}", refusal.reason);
        }
        let deep = "[".repeat(100_000);
        assert!(documents(deep.as_bytes(), "x").unwrap_err().reason.contains("recursion limit"));
    }

    #[test]
    fn one_value_more_than_the_limit_is_refused() {
        assert!(documents_of(b"[1, 2]", "x", 3).is_ok());
        let refusal = documents_of(b"[1, 2, 3]", "x", 3).unwrap_err();
        assert_eq!(refusal.completeness, Completeness::Truncated);
    }
}
