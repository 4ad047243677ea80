//! Texts that are not copied, and what databases add to a record as they like.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A text, borrowed where the JSON has no escapes in it.
#[derive(Debug)]
pub(super) struct Text<'a>(Cow<'a, str>);

impl Text<'_> {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn to_owned(&self) -> String {
        self.0.clone().into_owned()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;

        impl<'de> Visitor<'de> for Texts {
            type Value = Text<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Texts)
    }
}

/// What a database adds of its own, which can be anything; three things in it are known.
#[derive(Debug, Default)]
pub(super) struct Specific {
    pub(super) severity: Option<String>,
    pub(super) informational: Option<String>,
    pub(super) malicious: bool,
}

impl<'de> Deserialize<'de> for Specific {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Anything::deserialize(deserializer)? {
            Anything::Object(specific) => Ok(specific),
            _ => Ok(Self::default()),
        }
    }
}

/// Any JSON, of which texts, lists of texts and the three known properties are kept.
enum Anything {
    Text(String),
    List(Vec<String>),
    Object(Specific),
    Other,
}

impl<'de> Deserialize<'de> for Anything {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anythings)
    }
}

struct Anythings;

impl<'de> Visitor<'de> for Anythings {
    type Value = Anything;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Anything, E> {
        Ok(Anything::Other)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Anything, E> {
        Ok(Anything::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Anything, E> {
        Ok(Anything::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Anything, E> {
        Ok(Anything::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Anything, E> {
        Ok(Anything::Other)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Anything, E> {
        Ok(Anything::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Anything, A::Error> {
        let mut texts = Vec::new();
        while let Some(element) = list.next_element::<Anything>()? {
            if let Anything::Text(text) = element {
                texts.push(text);
            }
        }
        Ok(Anything::List(texts))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Anything, A::Error> {
        let mut specific = Specific::default();
        while let Some(name) = map.next_key::<Text<'de>>()? {
            match name.as_str() {
                "severity" => put(&mut specific.severity, "severity", map.next_value()?)?,
                "informational" => put(&mut specific.informational, "informational", map.next_value()?)?,
                "cwe_ids" => {
                    if let Anything::List(ids) = map.next_value()? {
                        specific.malicious |= ids.iter().any(|id| id == "CWE-506");
                    }
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Anything::Object(specific))
    }
}

/// Takes a text once; what is no text says nothing.
fn put<E: Error>(slot: &mut Option<String>, name: &str, value: Anything) -> Result<(), E> {
    match (slot.is_some(), value) {
        (true, _) => Err(E::custom(format!("an object states `{name}` twice"))),
        (false, Anything::Text(text)) => {
            *slot = Some(text);
            Ok(())
        }
        (false, _) => Ok(()),
    }
}
