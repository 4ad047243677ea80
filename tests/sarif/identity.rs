//! By what a finding is the same one in another run: laws over runs that differ in what does not matter, and in what does.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{log, one};

/// One result: rule, file, text, line; the text stands in the snippet or in the message.
type Made = (u8, u8, u8, u32);

fn result((rule, file, text, line): Made, with_snippet: bool, print: Option<String>, blanks: &str) -> Value {
    let mut region = json!({ "startLine": line, "startColumn": 1 + line % 7 });
    let mut message = format!("text {text} at line {line}, see{blanks}src/a.py:{line}:{line}");
    if with_snippet {
        region["snippet"] = json!({"text": format!("{blanks}call(x,{blanks}{text}){blanks}")});
        message = format!("any wording {line}");
    }
    let mut result = json!({"ruleId": format!("R{rule}"), "message": {"text": message}, "locations": [
        {"physicalLocation": {"artifactLocation": {"uri": format!("src/f{file}.py")}, "region": region}}]});
    if let Some(print) = print {
        result["partialFingerprints"] =
            json!({"primaryLocationLineHash": print, "primaryLocationStartColumnFingerprint": format!("{line}")});
    }
    result
}

fn fingerprints(results: Vec<Value>) -> Vec<u128> {
    let (findings, source) = one(&log(results.into()));
    assert_eq!(source.problem_count, 0);
    let mut all: Vec<u128> = findings.iter().map(|finding| finding.fingerprint).collect();
    all.sort_unstable();
    all
}

fn made() -> impl Strategy<Value = Vec<Made>> {
    proptest::collection::vec((0u8..3, 0u8..3, 0u8..3, 1u32..50), 0..12)
}

/// How a tool states fingerprints: not at all, by the text, or the same for all.
#[derive(Debug, Clone, Copy)]
enum Stated {
    No,
    ByText,
    Constant,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_blanks_and_order_change_no_fingerprint(
        made in made(),
        lines in proptest::collection::vec(1u32..5000, 12),
        turn in 0usize..12,
        with_snippet: bool,
        stated in proptest::sample::select(vec![Stated::No, Stated::ByText, Stated::Constant]),
    ) {
        let print = |one: &Made, count: usize| match stated {
            Stated::No => None,
            Stated::ByText => Some(format!("{:016x}:{count}", 0xABCD_EF01_u64 + u64::from(one.2))),
            Stated::Constant => Some("0123456789abcdef".to_owned()),
        };
        let before = made.iter().map(|one| result(*one, with_snippet, print(one, 1), " ")).collect();
        let mut after: Vec<Value> = made
            .iter()
            .zip(lines)
            .map(|(one, line)| result((one.0, one.1, one.2, line), with_snippet, print(one, 2), "\n\t  "))
            .collect();
        let length = after.len().max(1);
        after.rotate_left(turn % length);
        after.reverse();
        prop_assert_eq!(fingerprints(before), fingerprints(after));
    }

    #[test]
    fn every_finding_has_a_fingerprint_of_its_own(made in made(), with_snippet: bool) {
        let mut all = fingerprints(made.iter().map(|one| result(*one, with_snippet, None, " ")).collect());
        all.dedup();
        prop_assert_eq!(all.len(), made.len());
    }
}

/// Fingerprints of two logs with one result each.
fn same(one: Value, other: Value) -> bool {
    fingerprints(vec![one]) == fingerprints(vec![other])
}

fn at(path: &str, rule: &str, message: &str) -> Value {
    json!({"ruleId": rule, "message": {"text": message}, "locations": [
        {"physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": 1}}}]})
}

#[test]
fn another_rule_path_or_content_is_another_finding() {
    assert!(same(at("a.py", "R", "m"), at("a.py", "R", "m")));
    assert!(!same(at("a.py", "R", "m"), at("b.py", "R", "m")));
    assert!(!same(at("a.py", "R", "m"), at("a.py", "S", "m")));
    assert!(!same(at("a.py", "R", "CVE-2021-1"), at("a.py", "R", "CVE-2021-2")));
    assert!(!same(at("a.py", "R", "port 80"), at("a.py", "R", "port 8080")));
}

#[test]
fn a_masked_snippet_does_not_stand_for_what_was_found() {
    let masked = |message: &str| {
        let mut result = at("a.py", "R", message);
        result["locations"][0]["physicalLocation"]["region"]["snippet"] = json!({"text": "key = REDACTED"});
        result
    };
    let all_masked = |message: &str| {
        let mut result = masked(message);
        result["locations"][0]["physicalLocation"]["region"]["snippet"] = json!({"text": "***REDACTED***"});
        result
    };
    assert!(same(masked("one"), masked("another wording")), "a snippet tells");
    assert!(!same(all_masked("one"), all_masked("another")));
}

fn with_print(mut result: Value, key: &str, value: &str) -> Value {
    result["partialFingerprints"] = json!({ key: value });
    result
}

#[test]
fn what_a_tool_states_outlives_an_edit_where_it_identifies() {
    let one = |key: &str, value: &str, message: &str| with_print(at("a.py", "R", message), key, value);
    for (key, value) in [
        ("primaryLocationLineHash", "39fa2ee980eb94b0:1"),
        ("contextHash/v1", "e6c1ad2b1d96ffc4035ed8df070600566ad240b8"),
        ("vulnerabilityHash", "d23eea429d06cfe703ab69b8d0d0c1ab"),
    ] {
        assert!(same(one(key, value, "one"), one(key, value, "another")), "{key}");
        assert!(!same(one(key, value, "one"), one(key, "aaaaaaaabbbbbbbb", "one")), "{key}");
    }
    for (key, value) in [
        ("matchBasedId/v1", "requires login"),
        ("primaryLocationStartColumnFingerprint", "12345678"),
        ("commitSha", "9f8f7eec5dea5ac43738721939c120318cbff1df"),
        ("email", "somebody@mail.example"),
        ("author", "SomebodyElse"),
        ("date", "2003-10-19T00:00:00Z"),
        ("commitMessage", "a-commit-message"),
        ("lineHash", "0"),
    ] {
        assert!(!same(one(key, value, "one"), one(key, value, "another")), "{key}");
        assert!(same(one(key, value, "one"), at("a.py", "R", "one")), "{key}");
    }
}

#[test]
fn the_count_behind_a_digest_does_not_tell_equal_findings_apart() {
    let one =
        |count: u32| with_print(at("a.py", "R", "m"), "primaryLocationLineHash", &format!("39fa2ee980eb94b0:{count}"));
    assert!(same(one(1), one(2)));
}

#[test]
fn the_order_of_a_tools_keys_does_not_matter_and_another_key_does() {
    let with = |keys: Value| {
        let mut result = at("a.py", "R", "m");
        result["partialFingerprints"] = keys;
        result
    };
    let text = |keys: &str| -> Value { serde_json::from_str(keys).unwrap() };
    let one = with(text(r#"{"a": "11111111222", "b": "33333333444"}"#));
    assert!(same(one.clone(), with(text(r#"{"b": "33333333444", "a": "11111111222"}"#))));
    assert!(!same(one.clone(), with(text(r#"{"a": "33333333444", "b": "11111111222"}"#))));
    assert!(!same(one, with(text(r#"{"a": "11111111222"}"#))));
}

#[test]
fn a_fingerprint_that_is_no_text_is_none_and_no_problem() {
    for odd in [json!(null), json!(3), json!([]), json!({"a": {"value": "x"}}), json!({"a": null}), json!("text")] {
        let mut result = at("a.py", "R", "m");
        result["fingerprints"] = odd.clone();
        assert!(same(result, at("a.py", "R", "m")), "{odd}");
    }
}

#[test]
fn a_tool_is_the_same_under_each_of_its_names() {
    let of = |name: &str| {
        let mut log = log(json!([at("a.py", "R", "m")]));
        log["runs"][0]["tool"]["driver"]["name"] = name.into();
        one(&log).0.get(0).unwrap().fingerprint
    };
    assert_eq!(of("Semgrep OSS"), of("semgrep"));
    assert_eq!(of("CodeQL"), of("CodeQL command-line toolchain"));
    assert_eq!(of("Polyspace "), of("polyspace"));
    assert_ne!(of("Semgrep OSS"), of("CodeQL"));
}
