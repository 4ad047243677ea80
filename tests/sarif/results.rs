//! What a result says: rule, level, severity, weaknesses, message, kind, suppression, baseline state.

use serde_json::{Value, json};
use tollgate::evidence::{BaselineState, Completeness, FindingKind, Level, Severity, SeverityFrom, Suppression};

use crate::{log, one, only};

/// A log with one rule and one result of it, whose own properties come on top.
fn with_rule(rule: Value, result: Value) -> Value {
    let mut whole = json!({"ruleId": "R1", "message": {"text": "m"}});
    whole.as_object_mut().unwrap().extend(result.as_object().unwrap().clone());
    let mut described = json!({"id": "R1"});
    described.as_object_mut().unwrap().extend(rule.as_object().unwrap().clone());
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "T", "rules": [described]}}, "results": [whole]}]})
}

fn level(rule: Value, result: Value) -> Level {
    let mut level = None;
    only(&with_rule(rule, result), |finding, source| {
        assert_eq!(source.completeness, Completeness::Complete, "{source:?}");
        level = Some(finding.level);
    });
    level.unwrap()
}

#[test]
fn a_level_is_the_results_own_else_the_rules_else_warning() {
    let note = json!({"defaultConfiguration": {"level": "note"}});
    assert_eq!(level(json!({}), json!({})), Level::Warning);
    assert_eq!(level(note.clone(), json!({})), Level::Note);
    assert_eq!(level(note.clone(), json!({"level": "error"})), Level::Error);
    assert_eq!(level(json!({"defaultConfiguration": {}}), json!({})), Level::Warning);
    assert_eq!(level(json!({"defaultConfiguration": {"enabled": false, "level": "error"}}), json!({})), Level::Error);
    assert_eq!(level(note, json!({"kind": "fail"})), Level::Note);
}

#[test]
fn a_kind_other_than_fail_has_no_level_unless_it_states_one() {
    let error = json!({"defaultConfiguration": {"level": "error"}});
    assert_eq!(level(error.clone(), json!({"kind": "review"})), Level::None);
    assert_eq!(level(error.clone(), json!({"kind": "open"})), Level::None);
    assert_eq!(level(error, json!({"kind": "review", "level": "note"})), Level::Note);
}

#[test]
fn an_invocation_can_set_the_level_of_a_rule_for_its_results_only() {
    let log = |provenance: Value, descriptor: Value| {
        json!({"version": "2.1.0", "runs": [{
            "tool": {"driver": {"name": "T", "rules": [
                {"id": "R0", "defaultConfiguration": {"level": "note"}},
                {"id": "R1", "guid": "g1", "defaultConfiguration": {"level": "note"}}]}},
            "invocations": [{"executionSuccessful": true}, {"executionSuccessful": true, "ruleConfigurationOverrides": [
                {"descriptor": descriptor, "configuration": {"level": "error"}}]}],
            "results": [{"ruleId": "R1/sub", "message": {"text": "m"}, "provenance": provenance}]}]})
    };
    let second = json!({"invocationIndex": 1});
    for descriptor in [json!({"id": "R1"}), json!({"index": 1}), json!({"guid": "g1"})] {
        only(&log(second.clone(), descriptor), |finding, _| assert_eq!(finding.level, Level::Error));
    }
    only(&log(second, json!({"id": "R0"})), |finding, _| assert_eq!(finding.level, Level::Note));
    for provenance in [json!({}), json!({"invocationIndex": 0}), json!({"invocationIndex": -1})] {
        only(&log(provenance, json!({"id": "R1"})), |finding, _| assert_eq!(finding.level, Level::Note));
    }
}

#[test]
fn a_rule_is_found_by_id_position_guid_hierarchy_and_extension() {
    let rules = json!([{"id": "D0"}, {"id": "D1", "name": "driver's"}]);
    let extension =
        json!([{"id": "E0", "guid": "e-0", "name": "extension's", "defaultConfiguration": {"level": "error"}}]);
    let log = |result: Value| {
        let mut whole = json!({"message": {"text": "m"}});
        whole.as_object_mut().unwrap().extend(result.as_object().unwrap().clone());
        json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "T", "rules": rules},
            "extensions": [{"name": "X", "guid": "x-1", "rules": extension}]}, "results": [whole]}]})
    };
    let cases = [
        (json!({"ruleId": "D1"}), "D1", Some("driver's")),
        (json!({"ruleIndex": 1}), "D1", Some("driver's")),
        (json!({"rule": {"index": 1}}), "D1", Some("driver's")),
        (json!({"rule": {"id": "D1"}, "ruleIndex": -1}), "D1", Some("driver's")),
        (json!({"ruleId": "D1/a/b"}), "D1/a/b", Some("driver's")),
        (json!({"ruleId": "D1/a", "ruleIndex": 1}), "D1/a", Some("driver's")),
        (json!({"ruleId": "D1", "ruleIndex": 0}), "D1", Some("driver's")),
        (json!({"ruleId": "E0"}), "E0", Some("extension's")),
        (json!({"rule": {"index": 0, "toolComponent": {"index": 0}}}), "E0", Some("extension's")),
        (json!({"rule": {"index": 0, "toolComponent": {"guid": "x-1"}}}), "E0", Some("extension's")),
        (json!({"rule": {"guid": "e-0"}}), "E0", Some("extension's")),
        (json!({"ruleId": "dangling"}), "dangling", None),
        (json!({"ruleId": "D1x"}), "D1x", None),
        (json!({}), "no-rule-id", None),
    ];
    for (result, id, name) in cases {
        only(&log(result.clone()), |finding, source| {
            assert_eq!((finding.rule, finding.rule_name), (id, name), "{result}");
            assert_eq!(source.completeness, Completeness::Complete, "{result}");
        });
    }
    for result in [json!({"ruleIndex": 2}), json!({"ruleId": "other", "ruleIndex": 0})] {
        only(&log(result.clone()), |_, source| assert_eq!(source.completeness, Completeness::Failed, "{result}"));
    }
}

#[test]
fn a_severity_is_that_of_the_score_and_says_so() {
    let scored = |value: Value| json!({"properties": {"security-severity": value}});
    let cases = [
        (json!("9.8"), json!({}), Severity::Critical, SeverityFrom::SecuritySeverity),
        (json!(7), json!({}), Severity::High, SeverityFrom::SecuritySeverity),
        (json!(6.9), json!({}), Severity::Medium, SeverityFrom::SecuritySeverity),
        (json!("0.0"), json!({"level": "error"}), Severity::High, SeverityFrom::Level),
        (json!("High"), json!({"level": "note"}), Severity::High, SeverityFrom::Producer),
        (json!("2.0"), scored(json!("9.9")), Severity::Critical, SeverityFrom::SecuritySeverity),
    ];
    for (score, result, severity, from) in cases {
        only(&with_rule(scored(score.clone()), result), |finding, source| {
            assert_eq!((finding.severity, finding.severity_from), (severity, from), "{score}");
            assert_eq!(source.completeness, Completeness::Complete, "{score}");
        });
    }
    only(&with_rule(json!({}), json!({"level": "error"})), |finding, _| {
        assert_eq!((finding.severity, finding.severity_from), (Severity::High, SeverityFrom::Level));
    });
}

#[test]
fn a_score_that_can_not_be_read_is_a_problem_and_the_level_decides() {
    let scored =
        |value: &str| -> Value { serde_json::from_str(&format!(r#"{{"security-severity": {value}}}"#)).unwrap() };
    for bad in ["\"11\"", "-1", "\"severe\"", "true", "[9.8]", "\"\""] {
        let of_rule = with_rule(json!({"properties": scored(bad)}), json!({"level": "error"}));
        let own = with_rule(json!({}), json!({"level": "error", "properties": scored(bad)}));
        for (log, at) in [
            (of_rule, "/runs/0/tool/driver/rules/0/properties/security-severity"),
            (own, "/runs/0/results/0/properties/security-severity"),
        ] {
            only(&log, |finding, source| {
                assert_eq!((finding.severity, finding.severity_from), (Severity::High, SeverityFrom::Level), "{bad}");
                assert_eq!(source.completeness, Completeness::Failed);
                assert_eq!(source.problems[0].at, at, "{bad}");
            });
        }
    }
}

#[test]
fn weaknesses_are_read_in_all_their_spellings() {
    let related =
        json!({"relationships": [{"target": {"id": "079", "toolComponent": {"name": "CWE"}}, "kinds": ["superset"]}]});
    let cases = [
        (json!({"properties": {"tags": ["security", "external/cwe/cwe-079"]}}), json!({})),
        (json!({"properties": {"tags": ["CWE-79"]}}), json!({})),
        (json!({"properties": {"tags": ["CWE-79: Improper Neutralization of Input"]}}), json!({})),
        (related, json!({})),
        (json!({}), json!({"taxa": [{"id": "CWE-79"}]})),
        (json!({}), json!({"taxa": [{"index": 0, "toolComponent": {"index": 0}}]})),
        (json!({}), json!({"properties": {"cwe": "cwe-79: xss"}})),
        (json!({"properties": {"cwe": ["CWE-79"]}}), json!({"properties": {"cwe": 79, "tags": ["x"]}})),
    ];
    for (rule, result) in cases {
        let mut log = with_rule(rule.clone(), result.clone());
        log["runs"][0]["taxonomies"] = json!([{"name": "CWE", "taxa": [{"id": "79"}]}]);
        only(&log, |finding, source| {
            assert_eq!(finding.cwe, [79], "{rule} {result}");
            assert_eq!(source.completeness, Completeness::Complete, "{rule} {result}");
        });
    }
    let both = with_rule(json!({"properties": {"tags": ["CWE-89", "CWE-79"]}}), json!({"taxa": [{"id": "CWE-20"}]}));
    only(&both, |finding, _| {
        assert_eq!(finding.cwe, [20, 79, 89]);
        assert_eq!(finding.tags().collect::<Vec<_>>(), ["CWE-79", "CWE-89"]);
    });
}

#[test]
fn a_message_is_its_text_its_markdown_or_a_message_string() {
    let rule = json!({"messageStrings": {"one": {"text": "rule says {0} and {{1}}"}, "mark": {"markdown": "*m*"}}});
    let cases = [
        (json!({"text": "plain {0} {{x}}"}), "plain {0} {{x}}"),
        (json!({"text": "plain", "markdown": "*md*"}), "plain"),
        (json!({"markdown": "*md*"}), "*md*"),
        (json!({"id": "one", "arguments": ["a"]}), "rule says a and {1}"),
        (json!({"id": "mark"}), "*m*"),
        (json!({"id": "shared", "arguments": ["a", "b"]}), "all say b"),
        (json!({"text": "{0}: {1}", "arguments": ["a"]}), "a: {1}"),
        (json!({"text": "nul \u{0} inside"}), "nul \u{0} inside"),
    ];
    for (message, expected) in cases {
        let mut log = with_rule(rule.clone(), json!({"message": message}));
        log["runs"][0]["tool"]["driver"]["globalMessageStrings"] = json!({"shared": {"text": "all say {1}"}});
        only(&log, |finding, source| {
            assert_eq!(finding.message, expected);
            assert_eq!(source.completeness, Completeness::Complete, "{message}");
        });
    }
    for message in [json!({"id": "none"}), json!({}), json!(null), json!("text"), json!({"text": 3})] {
        only(&with_rule(rule.clone(), json!({"message": message})), |_, source| {
            assert_eq!(source.completeness, Completeness::Failed, "{message}");
            assert!(source.reason.as_deref().unwrap().starts_with("1 of 1 results"), "{source:?}");
        });
    }
}

#[test]
fn results_that_state_no_problem_are_set_aside_and_counted() {
    let result = |kind: &str| json!({"kind": kind, "message": {"text": kind}});
    let kinds = ["pass", "notApplicable", "informational", "review", "open", "fail"];
    let (findings, source) = one(&log(Value::Array(kinds.iter().map(|kind| result(kind)).collect())));
    assert_eq!((source.items, source.set_aside, source.completeness), (3, 3, Completeness::Complete));
    let mut kept: Vec<FindingKind> = findings.iter().map(|finding| finding.kind).collect();
    kept.sort();
    assert_eq!(kept, [FindingKind::Fail, FindingKind::Review, FindingKind::Open]);
}

#[test]
fn a_result_that_states_no_problem_and_how_bad_it_is_is_a_finding_and_a_problem() {
    let result = |kind: &str, level: &str| json!({"kind": kind, "level": level, "message": {"text": kind}});
    for kind in ["pass", "notApplicable", "informational"] {
        let (findings, source) = one(&log(json!([
            result(kind, "error"),
            result(kind, "warning"),
            result(kind, "note"),
            result(kind, "none")
        ])));
        assert_eq!((source.items, source.set_aside, source.completeness), (2, 2, Completeness::Failed), "{kind}");
        assert!(findings.iter().all(|finding| finding.kind == FindingKind::Fail));
    }
}

#[test]
fn a_result_that_is_absent_from_this_run_is_set_aside_and_other_states_are_kept() {
    let result = |state: &str| json!({"baselineState": state, "message": {"text": state}});
    let states = ["absent", "new", "unchanged", "updated"];
    let (findings, source) = one(&log(Value::Array(states.iter().map(|state| result(state)).collect())));
    assert_eq!((source.items, source.set_aside, source.completeness), (3, 1, Completeness::Complete));
    let kept: Vec<_> = findings.iter().map(|finding| (finding.message, finding.baseline_state)).collect();
    assert_eq!(
        kept,
        [("new", BaselineState::New), ("unchanged", BaselineState::Unchanged), ("updated", BaselineState::Updated)]
    );
    let (findings, source) = one(&log(json!([result("existing")])));
    assert_eq!((findings.len(), source.completeness), (1, Completeness::Failed));
}

#[test]
fn a_suppression_counts_only_where_every_one_is_accepted_and_never_removes_a_finding() {
    let cases = [
        (json!([]), Suppression::No),
        (json!(null), Suppression::No),
        (json!([{"kind": "inSource"}]), Suppression::InSource),
        (json!([{"kind": "external"}]), Suppression::External),
        (json!([{"kind": "external", "status": "accepted"}]), Suppression::External),
        (json!([{"kind": "external", "status": "underReview"}]), Suppression::No),
        (json!([{"kind": "inSource"}, {"kind": "external", "status": "rejected"}]), Suppression::No),
        (json!([{"kind": "external"}, {"kind": "inSource"}]), Suppression::InSource),
    ];
    for (suppressions, expected) in cases {
        only(&log(json!([{"message": {"text": "m"}, "suppressions": suppressions}])), |finding, source| {
            assert_eq!(finding.suppression, expected, "{suppressions}");
            assert_eq!(source.completeness, Completeness::Complete);
        });
    }
    for odd in [json!([{"kind": "inSource", "status": "ACCEPTED!"}]), json!([null]), json!([{}]), json!("inSource")] {
        only(&log(json!([{"message": {"text": "m"}, "suppressions": odd}])), |finding, _| {
            assert_eq!(finding.suppression, Suppression::No, "{odd}");
        });
    }
}

#[test]
fn equal_fingerprints_of_the_producer_do_not_make_two_findings_one() {
    let result = |text: &str, line: u32| {
        json!({"ruleId": "R", "message": {"text": text}, "fingerprints": {"matchBasedId/v1": "requires login"},
               "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": line}}}]})
    };
    let (findings, _) = one(&log(json!([result("a", 1), result("b", 2), result("a", 3)])));
    let mut prints: Vec<u128> = findings.iter().map(|finding| finding.fingerprint).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!((findings.len(), prints.len()), (3, 3));
}

#[test]
fn a_fingerprint_outlives_a_move_within_the_file() {
    let print = |line: u32, snippet: &str| {
        let (findings, _) =
            one(&log(json!([{"ruleId": "R", "message": {"text": format!("m {snippet}")}, "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": "a.py"},
             "region": {"startLine": line, "snippet": {"text": snippet}}}}]}])));
        findings.get(0).unwrap().fingerprint
    };
    assert_eq!(print(1, "eval(x)"), print(90, "eval(x)"));
    assert_ne!(print(1, "eval(x)"), print(1, "eval(y)"));
}
