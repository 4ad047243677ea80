//! The published documents, their schemas, and what is refused.

#![recursion_limit = "256"]
#![expect(
    clippy::disallowed_methods,
    reason = "tests read and write their own files, and are told to by the environment"
)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that can't go on has failed")]

#[path = "schemas/generate.rs"]
mod generate;
#[path = "schemas/verdict.rs"]
mod verdict;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::Value;
use tollgate::evidence::{
    Completeness, Evidence, EvidenceKind, FindingKind, Introduced, Jump, Level, Severity, SeverityFrom, Suppression,
    Word,
};
use tollgate::report::{Document, read_evidence, schema, schema_text, write_evidence};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The inputs of a folder by name, without their extension.
fn inputs(folder: &str) -> Vec<(String, Vec<u8>)> {
    let mut inputs: Vec<(String, Vec<u8>)> = std::fs::read_dir(root(folder))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap())
        })
        .collect();
    inputs.sort();
    assert!(!inputs.is_empty());
    inputs
}

fn validator(document: Document) -> Validator {
    jsonschema::draft202012::new(&schema(document)).unwrap()
}

fn complaints(validator: &Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_schemas_in_the_repository_are_those_of_the_types() {
    for document in Document::ALL {
        let path = root(&format!("schemas/{document}.v1.schema.json"));
        let current = schema_text(*document);
        if std::env::var_os("TOLLGATE_BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &current).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == current, "{} has drifted; set TOLLGATE_BLESS=1 to rewrite it", path.display());
    }
}

#[test]
fn a_schema_is_a_valid_one_of_its_draft_and_names_its_document() {
    for document in Document::ALL {
        let schema = schema(*document);
        assert!(jsonschema::meta::is_valid(&schema), "{document}");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["$id"], format!("urn:tollgate:{document}:v1"));
        // `pack.toml` carries no version of its own.
        if *document != Document::Pack {
            assert_eq!(schema["properties"]["schema"]["const"], document.version());
        }
        assert_eq!(schema["additionalProperties"], false);
    }
}

/// The words that a schema's definition allows, and nothing else than words.
fn words(schema: &Value, definition: &str) -> Vec<String> {
    let definition = &schema["$defs"][definition];
    let listed = definition["enum"].as_array().into_iter().flatten();
    let described = definition["oneOf"].as_array().into_iter().flatten().flat_map(|one| match &one["const"] {
        Value::Null => one["enum"].as_array().into_iter().flatten().collect(),
        word => vec![word],
    });
    listed.chain(described).map(|word| word.as_str().unwrap().to_owned()).collect()
}

#[test]
fn closed_vocabularies_are_closed_in_the_schemas_too() {
    fn assert_words<W: Word>(schema: &Value, definition: &str) {
        assert_eq!(words(schema, definition), W::VOCABULARY.words, "{definition}");
    }
    let evidence = schema(Document::Evidence);
    assert_words::<Severity>(&evidence, "Severity");
    assert_words::<Level>(&evidence, "Level");
    assert_words::<FindingKind>(&evidence, "FindingKind");
    assert_words::<Completeness>(&evidence, "Completeness");
    assert_words::<EvidenceKind>(&evidence, "EvidenceKind");
    assert_words::<Jump>(&evidence, "Jump");
    let verdict = schema(Document::Verdict);
    assert_words::<Severity>(&verdict, "Severity");
    assert_words::<tollgate::verdict::Decision>(&verdict, "Decision");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn evidence_comes_back_equal_and_its_bytes_alike(evidence in generate::evidence()) {
        let bytes = write_evidence(&evidence);
        let back = read_evidence(&bytes);
        prop_assert_eq!(back.as_ref(), Ok(&evidence), "{}", String::from_utf8_lossy(&bytes));
        prop_assert_eq!(write_evidence(&back.unwrap()), bytes);
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place(text in generate::text(), cut in 0_usize..4000, evidence in generate::evidence()) {
        let mut bytes = write_evidence(&evidence);
        bytes.truncate(cut);
        bytes.extend_from_slice(text.as_bytes());
        if let Err(error) = read_evidence(&bytes) {
            prop_assert!(error.line > 0 && error.column > 0, "{:?}", error);
        }
    }

    #[test]
    fn the_order_of_items_changes_nothing(evidence in generate::evidence()) {
        let bytes = write_evidence(&evidence);
        let mut document: Value = serde_json::from_slice(&bytes).unwrap();
        for kind in ["findings", "files", "dependencies", "reviews", "claims", "teams"] {
            document[kind]["items"].as_array_mut().unwrap().reverse();
        }
        document["sources"].as_array_mut().unwrap().reverse();
        let back = read_evidence(document.to_string().as_bytes()).unwrap();
        prop_assert_eq!(write_evidence(&back), bytes);
    }
}

#[test]
fn every_document_that_is_written_is_valid_by_its_schema() {
    let validator = validator(Document::Evidence);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..48 {
        let evidence = generate::evidence().new_tree(&mut runner).unwrap().current();
        let document: Value = serde_json::from_slice(&write_evidence(&evidence)).unwrap();
        assert_eq!(complaints(&validator, &document), Vec::<String>::new());
    }
}

#[test]
fn a_verdict_is_valid_by_its_schema_and_one_with_another_word_is_not() {
    let validator = validator(Document::Verdict);
    let mut document = serde_json::to_value(verdict::report()).unwrap();
    assert_eq!(complaints(&validator, &document), Vec::<String>::new());
    document["decision"] = "fine".into();
    assert!(!validator.is_valid(&document));
    document["decision"] = "approved".into();
    document["schema"] = "tollgate/verdict/v2".into();
    assert!(!validator.is_valid(&document));
}

#[test]
fn an_item_stands_on_one_line_and_the_document_ends_in_one_line_feed() {
    let (_, by_hand) = inputs("tests/inputs/evidence/accepted").remove(0);
    let text = String::from_utf8(write_evidence(&read_evidence(&by_hand).unwrap())).unwrap();
    insta::assert_snapshot!("written", text);
    assert!(text.ends_with("}\n") && !text.ends_with("\n\n"));
}

#[test]
fn documents_that_people_write_are_read_and_valid_by_the_schema() {
    let validator = validator(Document::Evidence);
    for (name, bytes) in inputs("tests/inputs/evidence/accepted") {
        let text = std::str::from_utf8(&bytes).unwrap().trim_start_matches('\u{feff}');
        assert_eq!(complaints(&validator, &serde_json::from_str(text).unwrap()), Vec::<String>::new(), "{name}");
        if let Err(error) = read_evidence(&bytes) {
            panic!("{name}: {error}");
        }
    }
}

fn read(document: &str) -> Evidence {
    read_evidence(document.as_bytes()).unwrap()
}

fn finding(fields: &str) -> Evidence {
    read(&format!(
        r#"{{"schema": "tollgate/evidence/v1", "findings": {{"items": [{{"tool": "t", "rule": "r", "message": "m", {fields}}}]}},
            "sources": [{{"kind": "findings", "completeness": "complete"}}]}}"#
    ))
}

#[test]
fn what_a_person_leaves_out_of_a_finding_is_never_taken_for_harmless() {
    let evidence = finding(r#""severity": "critical""#);
    let one = evidence.findings.get(0).unwrap();
    assert_eq!((one.level, one.severity_from), (Level::Error, SeverityFrom::Producer));
    assert_eq!((one.introduced, one.on_changed_line), (Introduced::Unknown, true));
    assert_eq!((one.kind, one.suppression), (FindingKind::Fail, Suppression::No));
    assert_eq!(evidence.sources[0].items, 1);
    let by_level = finding(r#""level": "warning", "line": 3"#);
    let one = by_level.findings.get(0).unwrap();
    assert_eq!((one.severity, one.severity_from), (Severity::Medium, SeverityFrom::Level));
    assert_eq!((one.line, one.end_line, one.column), (3, 3, 0));
    let by_score = finding(r#""level": "note", "score": 9.8"#);
    let one = by_score.findings.get(0).unwrap();
    assert_eq!((one.severity, one.severity_from), (Severity::Critical, SeverityFrom::SecuritySeverity));
}

#[test]
fn a_fingerprint_that_is_left_out_is_that_of_tool_rule_path_and_message() {
    // The first 16 bytes of SHA-256 over the lengths and texts of `t`, `r`, `a/b.c` and `m`.
    let fingerprint = |fields: &str| finding(fields).findings.get(0).unwrap().fingerprint;
    let known = fingerprint(r#""level": "note", "path": "a/b.c""#);
    assert_eq!(format!("{known:032x}"), "7e0c87b011e0c7d860d62ad2b94ebd61");
    assert_eq!(fingerprint(r#""level": "error", "path": "a/b.c", "line": 7"#), known);
    assert_ne!(fingerprint(r#""level": "note", "path": "a/b.d""#), known);
}

#[test]
fn a_jump_that_nobody_states_is_the_largest() {
    let (_, by_hand) = inputs("tests/inputs/evidence/accepted").remove(0);
    assert_eq!(read_evidence(&by_hand).unwrap().dependencies[0].jump, Some(Jump::Unknown));
}

#[test]
fn a_kind_without_a_source_is_missing_and_an_empty_one_with_a_source_is_known() {
    let evidence = read(
        r#"{"schema": "tollgate/evidence/v1", "findings": {"items": []}, "sources": [{"kind": "files", "completeness": "complete"}]}"#,
    );
    assert_eq!(evidence.completeness(EvidenceKind::Findings), Completeness::Missing);
    assert_eq!(evidence.completeness(EvidenceKind::Files), Completeness::Complete);
}

#[test]
fn what_must_be_refused_is_refused_with_a_reason_and_a_place() {
    let validator = validator(Document::Evidence);
    let mut all = String::new();
    for (name, bytes) in inputs("tests/inputs/evidence/refused") {
        let error = match read_evidence(&bytes) {
            Ok(evidence) => panic!("{name} was read: {evidence:?}"),
            Err(error) => error,
        };
        let by_schema = match serde_json::from_slice::<Value>(&bytes) {
            Err(_) => "no JSON",
            Ok(value) if validator.is_valid(&value) => "only the reader tells",
            Ok(_) => "by the schema too",
        };
        writeln!(all, "{name} ({by_schema})\n    {}", error.to_string().escape_debug()).unwrap();
    }
    insta::assert_snapshot!("refused", all);
}

#[test]
fn findings_that_are_alike_are_told_apart_once_and_stay_in_their_order() {
    // The second of two alike gets the third's fingerprint unless somebody looks, and sorts before the first.
    let alike = |fingerprint: u128, line: u32| {
        format!(
            r#"{{"tool": "t", "rule": "r", "message": "m", "level": "note", "path": "a", "line": {line}, "fingerprint": "{fingerprint:032x}"}}"#
        )
    };
    let shared = u128::MAX;
    let second = shared ^ 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
    let evidence = read(&format!(
        r#"{{"schema": "tollgate/evidence/v1", "findings": {{"items": [{}, {}, {}, {}]}}, "sources": [{{"kind": "findings", "completeness": "complete"}}]}}"#,
        alike(shared, 1),
        alike(shared, 1),
        alike(shared, 1),
        alike(second, 2),
    ));
    let fingerprints: std::collections::BTreeSet<u128> = evidence.findings.iter().map(|one| one.fingerprint).collect();
    assert_eq!(fingerprints.len(), 4);
    assert_eq!(read_evidence(&write_evidence(&evidence)).as_ref(), Ok(&evidence));
}

#[test]
fn tags_are_kept_as_a_sorted_set_of_lines() {
    let tagged = finding(r#""level": "note", "tags": ["b", "a\nc", "", "a\u0010", "b"]"#);
    let tags: Vec<&str> = tagged.findings.get(0).unwrap().tags().collect();
    assert_eq!(tags, ["a\u{10}", "a c", "b"]);
    assert_eq!(read_evidence(&write_evidence(&tagged)).as_ref(), Ok(&tagged));
}

#[test]
fn a_hundred_thousand_findings_come_back() {
    let one = finding(r#""level": "note""#);
    let mut document: Value = serde_json::from_slice(&write_evidence(&one)).unwrap();
    let item = document["findings"]["items"][0].clone();
    let items = (0..100_000).map(|index| {
        let mut item = item.clone();
        item["message"] = format!("{}", index % 1000).into();
        // A tenth of them has the same identity: the step that tells them apart must not look at each for each.
        item["fingerprint"] = format!("{:032x}", if index % 10 == 0 { 0 } else { index }).into();
        item
    });
    document["findings"]["items"] = items.collect();
    let evidence = read(&document.to_string());
    assert_eq!(evidence.findings.len(), 100_000);
    assert_eq!(read_evidence(&write_evidence(&evidence)).as_ref(), Ok(&evidence));
}
