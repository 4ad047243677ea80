//! JSON documents whose keys occur once each; JSON itself would let the last one win, or the first, as each reader likes.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::LockfileError;
use super::place::one_line;

/// What a JSON document says, or the line where it is wrong; `what` is the name of the format.
pub(super) fn json<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, LockfileError> {
    let error = |error: serde_json::Error| {
        let line = u32::try_from(error.line()).ok().filter(|line| *line > 0);
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
        LockfileError::new(line, format!("can't be read as a {what}: {}", one_line(message)))
    };
    serde_json::from_str::<Unrepeated>(text).map_err(error)?;
    serde_json::from_str(text).map_err(error)
}

/// Any value in which no object has a key twice.
struct Unrepeated;

impl<'de> Deserialize<'de> for Unrepeated {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Unrepeated;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Unrepeated, E> {
        Ok(Unrepeated)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Unrepeated, E> {
        Ok(Unrepeated)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Unrepeated, E> {
        Ok(Unrepeated)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Unrepeated, E> {
        Ok(Unrepeated)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Unrepeated, E> {
        Ok(Unrepeated)
    }

    fn visit_unit<E: Error>(self) -> Result<Unrepeated, E> {
        Ok(Unrepeated)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Unrepeated, A::Error> {
        while items.next_element::<Unrepeated>()?.is_some() {}
        Ok(Unrepeated)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unrepeated, A::Error> {
        let mut keys = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if keys.contains(&key) {
                return Err(A::Error::custom(format!("`{key}` stands there twice")));
            }
            keys.insert(key);
            map.next_value::<Unrepeated>()?;
        }
        Ok(Unrepeated)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::json;

    #[test]
    fn a_key_that_stands_there_twice_is_refused_at_any_depth() {
        assert!(json::<Value>(r#"{"a": [{"b": 1, "c": null}, {"b": 2.5}], "c": true}"#, "x").is_ok());
        let error = json::<Value>("{\"a\": [\n{\"b\": 1,\n\"b\": 1}]}", "x.lock").unwrap_err();
        assert_eq!(
            (error.line, error.message.as_str()),
            (Some(3), "can't be read as a x.lock: `b` stands there twice")
        );
    }

    #[test]
    fn a_key_that_is_escaped_otherwise_is_the_same_key() {
        assert!(json::<Value>(r#"{"a": 1, "\u0061": 1}"#, "x").is_err());
    }
}
