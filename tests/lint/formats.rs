//! What is written for programs follows what is published.

use serde_json::Value;
use tollgate::report::{Document, schema};

use crate::{files, manifest, root, tollgate};

const RULE: &str = "const RULE = #{ title: \"Example\", category: \"process\", enforcement: \"advisory\", risk: \"low\", needs: [\"files\"], owner: \"team:a\", controls: [] };\nfn check(change, params) {\n    for f in change.files { violation(f, f.path); }\n}\n";

fn complaints(schema: &Value, value: &Value) -> Vec<String> {
    let validator = jsonschema::draft202012::new(schema).unwrap();
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn pack() -> tempfile::TempDir {
    files([("p/pack.toml", manifest("p").as_str()), ("p/rules/no-link.rhai", RULE), ("p/rules/no-links.rhai", RULE)])
}

#[test]
fn a_report_as_json_follows_its_schema_and_is_the_same_twice() {
    let directory = pack();
    let ran = tollgate(directory.path(), &["lint", "p", "--format", "json"]);
    assert_eq!(complaints(&schema(Document::Lint), &ran.json()), [] as [String; 0]);
    let codes: Vec<Value> = ran.json()["codes"].as_array().unwrap().iter().map(|code| code["code"].clone()).collect();
    assert_eq!(codes, ["missing-description", "missing-remedy", "similar-ids", "missing-cases"]);
    assert_eq!(ran.out, tollgate(directory.path(), &["lint", "p", "--format", "json"]).out);
}

#[test]
fn a_report_as_sarif_is_valid_and_names_a_rule_for_each_result() {
    let directory = pack();
    let ran = tollgate(directory.path(), &["lint", "p", "--format", "sarif"]);
    let text = std::fs::read(root("tests/inputs/sarif-schema-2.1.0.json")).unwrap();
    let oasis: Value = serde_json::from_slice(&text).unwrap();
    let document = ran.json();
    let validator = jsonschema::validator_for(&oasis).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 7);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["level"], "warning");
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.starts_with("p/rules/no-link"), "{uri}");
    }
}

#[test]
fn every_line_of_standard_error_is_a_document_of_its_schema() {
    let directory = pack();
    let schema = schema(Document::Diagnostic);
    for (arguments, level) in [
        (vec!["lint", "absent"], "error"),
        (vec!["explain", "absent"], "error"),
        (vec!["eval", "--no-such-flag"], "error"),
        (vec!["eval", "--evidence", "absent\u{1b}.json"], "error"),
        (vec!["eval", "--trees", "p", "p", "--policy", "p"], "note"),
        (vec!["eval", "--trees", "p", "p"], "warning"),
    ] {
        let mut all = arguments.clone();
        all.extend(["--message-format", "json"]);
        let ran = tollgate(directory.path(), &all);
        let messages = ran.messages();
        if level != "note" {
            assert!(messages.iter().any(|message| message["level"] == level), "{arguments:?}: {}", ran.said);
        }
        for message in &messages {
            assert_eq!(complaints(&schema, message), [] as [String; 0], "{message}");
        }
    }
}

#[test]
fn a_mistake_in_the_arguments_is_told_without_the_usage_below_it() {
    let ran = tollgate(&root(""), &["eval", "--dif", "x", "--message-format=json"]);
    assert_eq!(ran.code, 2);
    let message = &ran.messages()[0];
    assert_eq!((&message["code"], &message["message"]), (&"usage".into(), &"unexpected argument '--dif' found".into()));
    assert!(message["help"].as_str().unwrap().contains("--diff"), "{message}");
}
