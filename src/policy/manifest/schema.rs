//! What the JSON Schema of `pack.toml` says of texts and numbers that have a form of their own, so that an editor can tell.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{ExpectTable, ParameterTable, RiskTable};
use crate::evidence::{EvidenceKind, Word};
use crate::policy::limits::Limits;
use crate::policy::metadata::Risk;
use crate::policy::parameter::type_names;

/// A table whose keys are the words of a vocabulary.
fn by_word<W: Word>(table: &Schema) -> Schema {
    let words = W::VOCABULARY.words.iter().map(|word| {
        let mut entry = table.clone().to_value();
        if let serde_json::Value::Object(entry) = &mut entry {
            entry.insert("description".to_owned(), format!("of {} `{word}`", W::VOCABULARY.name).into());
        }
        ((*word).to_owned(), entry)
    });
    let words: serde_json::Map<String, serde_json::Value> = words.collect();
    json_schema!({ "type": "object", "properties": words, "additionalProperties": false })
}

/// Declares types that stand for a schema and nothing else.
macro_rules! schemas {
    ($( $(#[$meta:meta])* $name:ident = |$generator:pat_param| $schema:expr; )+) => {
        $(
            $(#[$meta])*
            pub(super) struct $name;

            impl JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                    $schema
                }
            }
        )+
    };
}

schemas! {
    /// The name of a pack.
    Name = |_| json_schema!({ "type": "string", "pattern": "^[a-z0-9-]+$" });

    /// A text that says something.
    NotEmpty = |_| json_schema!({ "type": "string", "minLength": 1 });

    /// Globs, at least one.
    Globs = |_| json_schema!({
        "type": "array",
        "items": { "type": "string", "minLength": 1 },
        "minItems": 1
    });

    /// Who may approve.
    ApproverText = |_| json_schema!({
        "type": "string",
        "pattern": "^(owners|any|(user|team):.*\\S.*)$"
    });

    /// Who may approve what is about no file.
    PersonText = |_| json_schema!({
        "type": "string",
        "pattern": "^(any|(user|team):.*\\S.*)$"
    });

    /// A day, which TOML writes with or without quotes.
    Day = |_| json_schema!({
        "type": "string",
        "format": "date",
        "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
    });

    /// A value of a parameter: one of its type, or a list of them.
    Value = |_| json_schema!({
        "anyOf": [
            { "type": ["string", "number", "boolean"] },
            { "type": "array", "items": { "type": ["string", "number", "boolean"] } }
        ]
    });

    /// The types that a parameter may have.
    ParameterType = |_| {
        let names = type_names();
        json_schema!({ "type": "string", "enum": names })
    };

    /// Parameters by name.
    Parameters = |generator| {
        let table = generator.subschema_for::<ParameterTable>();
        json_schema!({
            "type": "object",
            "propertyNames": { "pattern": "^[^.]+$" },
            "additionalProperties": table
        })
    };

    /// What is expected of each kind of evidence.
    Evidence = |generator| by_word::<EvidenceKind>(&generator.subschema_for::<ExpectTable>());

    /// What each level of risk asks for.
    Levels = |generator| by_word::<Risk>(&generator.subschema_for::<RiskTable>());

    /// Limits by name.
    LimitsTable = |_| {
        let limits = Limits::ALL.iter().map(|limit| {
            let default = limit.of(&Limits::default());
            let meaning = limit.meaning.trim();
            let schema = serde_json::json!({
                "description": format!("{meaning}; {default} unless a layer says otherwise"),
                "type": "integer",
                "minimum": 1,
                "maximum": limit.most,
            });
            (limit.name.to_owned(), schema)
        });
        let limits: serde_json::Map<String, serde_json::Value> = limits.collect();
        json_schema!({ "type": "object", "properties": limits, "additionalProperties": false })
    };
}
