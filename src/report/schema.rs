//! The JSON Schema of each published document (draft 2020-12), from the types that are written and read.
//!
//! A schema says what one value may be; what two values say of each other only the reader checks.

use schemars::generate::SchemaSettings;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{
    CATALOGUE_SCHEMA, Catalogue, DIAGNOSTIC_SCHEMA, DiagnosticDocument, EVIDENCE_SCHEMA, EXPLANATION_SCHEMA,
    EvidenceDocument, ExplanationReport, LINT_SCHEMA, LintReport, VERDICT_SCHEMA, VerdictReport,
};
use crate::evidence::vocabulary;
use crate::policy::PackManifest;

/// The version of `pack.toml`; the file itself carries none.
const PACK_SCHEMA: &str = "tollgate/pack/v1";

vocabulary! {
    /// A published document.
    pub enum Document("document", ordered: false) {
        /// All that is known of one change.
        Evidence = "evidence",
        /// What was decided about it.
        Verdict = "verdict",
        /// Why it was, as `tollgate explain --verdict FILE` tells.
        Explanation = "explanation",
        /// The rules of a policy, and what its layers made of them.
        Rules = "rules",
        /// `pack.toml`, as the JSON that its TOML stands for.
        Pack = "pack",
        /// One line of standard error with `--message-format json`.
        Diagnostic = "diagnostic",
        /// What `tollgate lint` found.
        Lint = "lint",
    }
}

impl Document {
    /// The value of `schema` in a document of this kind.
    #[must_use]
    pub const fn version(self) -> &'static str {
        match self {
            Self::Evidence => EVIDENCE_SCHEMA,
            Self::Verdict => VERDICT_SCHEMA,
            Self::Explanation => EXPLANATION_SCHEMA,
            Self::Rules => CATALOGUE_SCHEMA,
            Self::Pack => PACK_SCHEMA,
            Self::Diagnostic => DIAGNOSTIC_SCHEMA,
            Self::Lint => LINT_SCHEMA,
        }
    }
}

/// The JSON Schema of a document.
#[must_use]
pub fn schema(document: Document) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = match document {
        Document::Evidence => generator.into_root_schema_for::<EvidenceDocument<'static>>(),
        Document::Verdict => generator.into_root_schema_for::<VerdictReport>(),
        Document::Explanation => generator.into_root_schema_for::<ExplanationReport>(),
        Document::Rules => generator.into_root_schema_for::<Catalogue>(),
        Document::Pack => generator.into_root_schema_for::<PackManifest>(),
        Document::Diagnostic => generator.into_root_schema_for::<DiagnosticDocument>(),
        Document::Lint => generator.into_root_schema_for::<LintReport>(),
    }
    .to_value();
    if let Value::Object(root) = &mut schema {
        let id = format!("urn:{}", document.version().replace('/', ":"));
        root.insert("$id".to_owned(), Value::String(id));
        // The version is a word like any other, whichever way its type holds it.
        if let Some(Value::Object(version)) = root.get_mut("properties").and_then(|all| all.get_mut("schema")) {
            version.remove("type");
            version.insert("const".to_owned(), Value::String(document.version().to_owned()));
        }
    }
    schema
}

/// The JSON Schema of a document as text: indented, one line feed at its end, the same in every build.
#[must_use]
pub fn schema_text(document: Document) -> String {
    // A value of JSON can always be written.
    let mut text = serde_json::to_string_pretty(&InOrder(&schema(document))).unwrap_or_default();
    text.push('\n');
    text
}

/// A JSON value whose keys are written in one order: what a schema is about first, then by name, definitions last.
struct InOrder<'a>(&'a Value);

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(object) => {
                let mut keys: Vec<(usize, &str, &Value)> =
                    object.iter().map(|(key, value)| (rank(key), key.as_str(), value)).collect();
                keys.sort_unstable_by_key(|(rank, key, _)| (*rank, *key));
                let mut map = serializer.serialize_map(Some(keys.len()))?;
                for (_, key, value) in keys {
                    map.serialize_entry(key, &InOrder(value))?;
                }
                map.end()
            }
            Value::Array(array) => serializer.collect_seq(array.iter().map(InOrder)),
            scalar => scalar.serialize(serializer),
        }
    }
}

fn rank(key: &str) -> usize {
    const FIRST: [&str; 3] = ["$schema", "$id", "$ref"];
    match key {
        "$defs" => usize::MAX,
        _ => FIRST.iter().position(|first| *first == key).unwrap_or(FIRST.len()),
    }
}
