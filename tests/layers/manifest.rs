//! `pack.toml` by its JSON Schema, which an editor reads, and by the reader itself.

use jsonschema::Validator;
use serde_json::Value;
use tollgate::policy::PackFiles;
use tollgate::report::{Document, schema};

use super::{load, objecting};

fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(values) => values.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json(value))).collect(),
    }
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema(Document::Pack)).unwrap()
}

const HEAD: &str = "name = \"acme\"\nversion = \"1\"\ndescription = \"d\"\n";

fn is_valid(text: &str) -> bool {
    let value: toml::Value = toml::from_str::<toml::Table>(text).unwrap().into();
    validator().is_valid(&json(value))
}

fn is_loaded(text: &str) -> bool {
    let rule = objecting("soft-mandatory", ", approvers: [\"any\"]");
    let files = [("pack.toml", text.as_bytes()), ("rules/r.rhai", rule.as_bytes())];
    let files = files.into_iter().map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect();
    load(&[vec![PackFiles { origin: "p".to_owned(), files }]]).is_ok()
}

const EVERYTHING: &str = r#"
extends = ["builtin:checks"]
categories = ["payments"]
[scope]
paths = ["services/payments/**"]
[evidence.findings]
expect = ["CodeQL"]
may_lack = false
max_age_days = 7
[parameters.severity]
type = "severity"
default = "high"
description = "what is too bad"
stricter = "lower"
tunable = { from = "medium", to = "critical" }
[parameters.since]
type = "date"
default = 2026-01-01
[parameters.places]
type = "list<glob>"
default = ["src/**"]
stricter = "superset"
[risk.medium]
approvals = [{ from = ["team:security", "owners"], count = 2 }]
[risk.critical]
decision = "rejected"
[rules.r]
enforcement = "soft-mandatory"
approvers = ["user:mona", "any"]
effective_on = 2027-01-01
parameters = { severity = "low" }
tunable = { enforcement = ["advisory"] }
[set]
severity = "critical"
"acme.places" = ["lib/**"]
[limits]
operations = 2_000_000
"#;

#[test]
fn what_the_documentation_shows_is_valid_and_loads() {
    for text in [
        "",
        EVERYTHING,
        "[parameters.a]\ntype = \"number\"\ndefault = 1.5\n",
        "[rules.r]\neffective_on = \"2027-01-01\"\n",
    ] {
        let text = format!("{HEAD}{text}");
        assert!(is_valid(&text), "{text}: {:?}", {
            let value: toml::Value = toml::from_str::<toml::Table>(&text).unwrap().into();
            validator().iter_errors(&json(value)).map(|error| error.to_string()).collect::<Vec<_>>()
        });
        assert!(is_loaded(&text), "{text}");
    }
}

#[test]
fn what_an_editor_can_tell_is_refused_by_the_schema_and_by_the_reader() {
    for bad in [
        "nme = \"x\"\n",
        "extends = \"builtin:checks\"\n",
        "extends = [\"\"]\n",
        "[scope]\npaths = []\n",
        "[scope]\npath = [\"a\"]\n",
        "[evidence.finding]\n",
        "[evidence.findings]\nexpected = []\n",
        "[evidence.findings]\nmax_age_days = -1\n",
        "[parameters.a]\ntype = \"sevrity\"\ndefault = \"high\"\n",
        "[parameters.a]\ntype = \"list<list<string>>\"\ndefault = []\n",
        "[parameters.a]\ntype = \"string\"\n",
        "[parameters.a]\ntype = \"string\"\ndefault = { b = 1 }\n",
        "[parameters.a]\ntype = \"integer\"\ndefault = 1\nstricter = \"less\"\n",
        "[parameters.a]\ntype = \"integer\"\ndefault = 1\ntunable = { from = 1 }\n",
        "[parameters.\"a.b\"]\ntype = \"integer\"\ndefault = 1\n",
        "[risk.hgh]\n",
        "[risk.high]\ndecision = \"approved\"\n",
        "[risk.high]\napprovals = [{ from = [\"tam:x\"] }]\n",
        "[risk.high]\napprovals = [{ from = [] }]\n",
        "[risk.high]\napprovals = [{ from = [\"any\"], count = 0 }]\n",
        "[rules.r]\nenforcement = \"mandatory\"\n",
        "[rules.r]\napprovers = [\"security\"]\n",
        "[rules.r]\napprovers = [\"user: \"]\n",
        "[rules.r]\neffective_on = \"2027-1-1\"\n",
        "[rules.r]\neffective_on = 2027-01-01T00:00:00Z\n",
        "[rules.r]\ntunable = { enforcement = [\"none\"] }\n",
        "[rules.r]\ntunable = { risk = [\"low\"] }\n",
        "[rules.r]\nparameters = { a = { b = 1 } }\n",
        "[set]\na = { b = 1 }\n",
        "[limits]\noperation = 3\n",
        "[limits]\noperations = 0\n",
        "[limits]\noperations = 100000001\n",
        "[waivers]\nby = [\"owners\"]\n",
        "[override]\napprovals = []\n",
        "[approvals]\nfallback = []\n",
    ] {
        let text = format!("{HEAD}{bad}");
        assert!(!is_valid(&text), "the schema takes {bad}");
        assert!(!is_loaded(&text), "the reader takes {bad}");
    }
    assert!(!is_valid("name = \"Acme\"\nversion = \"1\"\ndescription = \"d\"\n"));
    assert!(!is_valid("name = \"acme\"\ndescription = \"d\"\n"));
}

#[test]
fn every_key_of_the_schema_says_what_it_is() {
    fn undescribed(schema: &Value, at: &str, found: &mut Vec<String>) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let path = format!("{at}.{name}");
            if property["description"].as_str().is_none_or(str::is_empty) {
                found.push(path.clone());
            }
            undescribed(property, &path, found);
        }
    }
    let schema = schema(Document::Pack);
    let mut found = Vec::new();
    undescribed(&schema, "", &mut found);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        undescribed(definition, name, &mut found);
        if definition["type"] == "object" {
            assert_eq!(definition["additionalProperties"], false, "{name} is closed");
        }
    }
    assert_eq!(found, Vec::<String>::new());
    let limits = schema["properties"]["limits"].to_string();
    assert!(limits.contains("\"additionalProperties\":false") && limits.contains("operations of one rule"), "{limits}");
}
