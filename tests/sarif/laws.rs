//! Laws over logs that were damaged at random: nothing panics, and what was not damaged is still read.

use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate::evidence::{Change, Completeness, Findings, Source};
use tollgate::normalize::places::Context;

use crate::{changed, input, of_head};

const RESULTS: usize = 4;

fn whole() -> Value {
    let result = |index: usize| {
        json!({"ruleId": format!("R{}", index % 2), "ruleIndex": index % 2, "level": "error", "kind": "fail",
            "message": {"text": format!("result {index}"), "id": "x", "arguments": ["a"]},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": format!("src/f{index}.py"), "uriBaseId": "B", "index": 0},
                "region": {"startLine": 3, "endLine": 4, "startColumn": 1, "snippet": {"text": "x"}}},
                "logicalLocations": [{"fullyQualifiedName": "f"}]}],
            "suppressions": [{"kind": "inSource", "status": "accepted"}], "baselineState": "new",
            "taxa": [{"id": "CWE-79", "index": 0, "toolComponent": {"name": "CWE", "index": 0}}],
            "provenance": {"invocationIndex": 0}, "properties": {"security-severity": "7.5", "cwe": "CWE-1", "tags": ["t"]}})
    };
    json!({"$schema": "s", "version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "T", "version": "1", "rules": [
            {"id": "R0", "defaultConfiguration": {"level": "error"}, "properties": {"tags": ["CWE-7"], "security-severity": 5}},
            {"id": "R1", "messageStrings": {"x": {"text": "{0}"}}, "relationships": [{"target": {"id": "1"}}]}]},
            "extensions": [{"name": "E", "rules": []}]},
        "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": [{"level": "note", "message": {"text": "n"}}],
            "ruleConfigurationOverrides": [{"descriptor": {"id": "R0"}, "configuration": {"level": "note"}}]}],
        "artifacts": [{"location": {"uri": "src/f0.py"}, "parentIndex": -1}],
        "originalUriBaseIds": {"B": {"uri": "file:///x/", "uriBaseId": "B"}},
        "versionControlProvenance": [{"revisionId": "aaaaaaa"}],
        "taxonomies": [{"name": "CWE", "taxa": [{"id": "1"}]}],
        "externalPropertyFileReferences": {"taxonomies": []},
        "results": (0..RESULTS).map(result).collect::<Vec<_>>()}]})
}

/// Pointers to every value of a document but the top.
fn pointers(value: &Value, at: &str, out: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        out.push(at.clone());
        pointers(child, &at, out);
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ -~\u{0}é]{0,8}".prop_map(Value::from),
        proptest::sample::select(vec!["error", "none", "pass", "absent", "inSource", "2.1.0", "file:///", "..", "{0}"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let key = proptest::sample::select(vec!["text", "id", "index", "uri", "level", "name", "rules", "x/y~z"]);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(key, inner, 0..4)
                .prop_map(|map| map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

fn read(logs: &[String]) -> (Findings, Vec<Source>) {
    let inputs: Vec<_> = logs.iter().map(|log| input(log.as_bytes())).collect();
    let files = [changed("src/f0.py", 3..=3)];
    let head = ["src/f0.py".to_owned(), "src/f1.py".to_owned()];
    let change = Change { head: Some("aaaaaaa".to_owned()), ..Change::default() };
    of_head(&inputs, &Context { files: &files, change: &change, head_paths: Some(&head), roots: &[] })
}

fn damaged() -> impl Strategy<Value = (String, Value)> {
    let mut all = Vec::new();
    pointers(&whole(), "", &mut all);
    (proptest::sample::select(all), any_json())
}

#[test]
fn the_undamaged_log_is_complete() {
    let (found, sources) = read(&[whole().to_string()]);
    assert_eq!((found.len(), sources[0].completeness), (RESULTS, Completeness::Complete), "{sources:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_at_any_place_hides_no_other_result((at, value) in damaged()) {
        let mut log = whole();
        *log.pointer_mut(&at).unwrap() = value;
        let (found, sources) = read(&[log.to_string()]);
        prop_assert!(!sources.is_empty());
        let whole_list = ["/version", "/runs", "/runs/0", "/runs/0/results"].contains(&at.as_str());
        for index in (0..RESULTS).filter(|index| !whole_list && !at.starts_with(&format!("/runs/0/results/{index}"))) {
            let text = format!("result {index}");
            prop_assert!(found.iter().any(|finding| finding.message == text), "{} lost {}", at, text);
        }
        // A result that is still an object is counted, one way or the other.
        if !whole_list {
            let objects = log.pointer("/runs/0/results").unwrap().as_array().unwrap().iter().filter(|one| one.is_object());
            let counted: u64 = sources.iter().map(|source| source.items + source.set_aside).sum();
            prop_assert_eq!(counted, objects.count() as u64);
        }
        let lost = whole_list && found.len() < RESULTS;
        prop_assert!(!lost || at == "/runs/0/results" || at == "/runs" || sources.iter().all(|one| one.completeness == Completeness::Failed));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}", cut in 0usize..4000) {
        read(&[text]);
        let log = whole().to_string();
        let cut = cut.min(log.len());
        let (_, sources) = read(&[log.get(..cut).unwrap_or_default().to_owned()]);
        prop_assert!(cut == log.len() || sources[0].completeness == Completeness::Failed);
    }

    #[test]
    fn the_order_of_inputs_changes_nothing(damage in proptest::collection::vec(damaged(), 1..4), turn in 0usize..4) {
        let mut logs: Vec<String> = damage
            .into_iter()
            .map(|(at, value)| {
                let mut log = whole();
                *log.pointer_mut(&at).unwrap() = value;
                log.to_string()
            })
            .collect();
        let (before, mut sources_before) = read(&logs);
        let turn = turn % logs.len();
        logs.rotate_left(turn);
        logs.reverse();
        let (after, mut sources_after) = read(&logs);
        prop_assert_eq!(before, after);
        sources_before.sort();
        sources_after.sort();
        prop_assert_eq!(sources_before, sources_after);
    }
}
