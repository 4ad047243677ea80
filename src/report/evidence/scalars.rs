//! The texts and numbers of an evidence document that have a form of their own. Each is checked where it is read, so
//! that a record which was parsed holds nothing but well-formed values; what belongs together is checked elsewhere.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::EVIDENCE_SCHEMA;
use crate::evidence::FileMode;

/// A text, borrowed from the document or from the evidence where that is possible.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Text<'a>(Cow<'a, str>);

impl Text<'_> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, copied where it is borrowed.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0.into_owned()
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyText;
        impl<'de> Visitor<'de> for AnyText {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text)))
            }
        }
        deserializer.deserialize_str(AnyText)
    }
}

/// Implements `JsonSchema` for a scalar: always written out where it is used.
macro_rules! scalar_schema {
    ($name:ty, $id:expr, $($schema:tt)+) => {
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                Cow::Borrowed($id)
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($($schema)+)
            }
        }
    };
}

scalar_schema!(Text<'_>, "Text", { "type": "string" });

/// Declares a text with a form: a newtype of [`Text`] that is checked where it is read.
macro_rules! formed_text {
    ($(#[$meta:meta])* $name:ident, $check:ident, $expected:literal, $($schema:tt)+) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(transparent)]
        pub struct $name<'a>(Text<'a>);

        impl $name<'_> {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// The text, copied where it is borrowed.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0.into_string()
            }
        }

        impl<'a> From<&'a str> for $name<'a> {
            /// Trusts the text, which comes from evidence.
            fn from(text: &'a str) -> Self {
                Self(Text::from(text))
            }
        }

        impl<'de: 'a, 'a> Deserialize<'de> for $name<'a> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Text::deserialize(deserializer)?;
                match $check(text.as_str()) {
                    true => Ok(Self(text)),
                    false => Err(D::Error::invalid_value(Unexpected::Str(text.as_str()), &$expected)),
                }
            }
        }

        scalar_schema!($name<'_>, stringify!($name), $($schema)+);
    };
}

formed_text! {
    /// A path of the repository as git spells it: from the root, `/` between segments, no empty, `.` or `..` segment.
    RepositoryPath, is_repository_path,
    "a path from the root of the repository, without empty, `.` or `..` segments",
    { "type": "string", "minLength": 1, "not": { "type": "string", "pattern": "(^|/)\\.{0,2}(/|$)|\\u0000" } }
}

formed_text! {
    /// A point in time: RFC 3339, UTC.
    Time, is_time,
    "a time as in RFC 3339, in UTC, such as `2026-01-31T00:00:00Z`",
    { "type": "string", "format": "date-time", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$" }
}

formed_text! {
    /// Whom the forge knows by it. With a blank or an `@` at its end it would be equal to no reviewer's, so that a person's own
    /// approval would count as somebody else's.
    Login, is_login,
    "a login, without `@` and without blanks around it",
    { "type": "string", "pattern": "^[^@\\s](.*\\S)?$" }
}

formed_text! {
    /// A SHA-256.
    Digest, is_digest,
    "64 lower-case hexadecimal digits",
    { "type": "string", "pattern": "^[0-9a-f]{64}$" }
}

formed_text! {
    /// Git's id of an object, by SHA-1 or SHA-256.
    ObjectId, is_object_id,
    "40 or 64 lower-case hexadecimal digits",
    { "type": "string", "pattern": "^([0-9a-f]{40}|[0-9a-f]{64})$" }
}

formed_text! {
    /// A number as a decimal, which loses no digit.
    Decimal, is_decimal,
    "a decimal such as `12`, `-3` or `0.5`",
    { "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$" }
}

fn is_decimal(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    text.split_once('.').map_or_else(|| digits(text), |(whole, part)| digits(whole) && digits(part))
}

fn is_login(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('@')
        && text.trim() == text
        && !text.contains(['\n', '\r', '\u{2028}', '\u{2029}'])
}

fn is_repository_path(text: &str) -> bool {
    !text.contains('\0') && text.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
}

fn is_time(text: &str) -> bool {
    text.get(10..11) == Some("T") && text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok()
}

fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && is_hexadecimal(text)
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && is_hexadecimal(text)
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Reads a text and makes something of it, or says what it should have been.
fn parsed<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    parse: impl FnOnce(&str) -> Option<T>,
    expected: &str,
) -> Result<T, D::Error> {
    let text = Text::deserialize(deserializer)?;
    parse(text.as_str()).ok_or_else(|| D::Error::invalid_value(Unexpected::Str(text.as_str()), &expected))
}

/// The value of `schema`: this version of this document and no other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EvidenceVersion;

impl Serialize for EvidenceVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(EVIDENCE_SCHEMA)
    }
}

impl<'de> Deserialize<'de> for EvidenceVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, |text| (text == EVIDENCE_SCHEMA).then_some(Self), "`tollgate/evidence/v1`")
    }
}

scalar_schema!(EvidenceVersion, "EvidenceVersion", { "const": EVIDENCE_SCHEMA });

/// Identity of a finding, unique in its document: 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u128);

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:032x}", self.0))
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parse = |text: &str| {
            let form = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            form.then(|| u128::from_str_radix(text, 16).ok()).flatten().map(Self)
        };
        parsed(deserializer, parse, "32 lower-case hexadecimal digits")
    }
}

scalar_schema!(Fingerprint, "Fingerprint", { "type": "string", "pattern": "^[0-9a-f]{32}$" });

/// Git's mode of an entry: six octal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode(pub FileMode);

impl Serialize for Mode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Mode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parse = |text: &str| {
            let form = text.len() == 6 && text.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
            let mode = form.then(|| u32::from_str_radix(text, 8).ok()).flatten()?;
            (mode != 0).then_some(Self(FileMode(mode)))
        };
        parsed(deserializer, parse, "a mode of six octal digits such as `100644`, or null where there is no file")
    }
}

scalar_schema!(Mode, "Mode", { "type": "string", "pattern": "^[0-7]{6}$", "not": { "const": "000000" } });

/// A score on CVSS's scale, 0.0 to 10.0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Score(pub f32);

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let score = f32::deserialize(deserializer)?;
        match (0.0..=10.0).contains(&score) {
            true => Ok(Self(score)),
            false => Err(D::Error::invalid_value(Unexpected::Float(f64::from(score)), &"a score from 0 to 10")),
        }
    }
}

scalar_schema!(Score, "Score", { "type": "number", "minimum": 0, "maximum": 10 });
