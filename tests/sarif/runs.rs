//! What a run says of itself: whether the tool ran and finished, for which commit; and what is odd in it.

use serde_json::{Value, json};
use tollgate::collect::sarif::SarifInput;
use tollgate::evidence::{Change, Completeness, Source};
use tollgate::normalize::places::Context;

use crate::{input, log, of_head, one, take};

/// The source of a run with one result and these properties on top.
fn run(more: Value) -> Source {
    let mut log = log(json!([{"ruleId": "R", "message": {"text": "m"}}]));
    log["runs"][0].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (findings, source) = one(&log);
    assert_eq!((findings.len(), source.items), (1, 1), "the results count whatever the tool says of itself");
    source
}

fn invocation(more: Value) -> Source {
    let mut invocation = json!({"executionSuccessful": true});
    invocation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    run(json!({"invocations": [invocation]}))
}

#[test]
fn a_tool_that_says_that_it_failed_is_a_failed_source_with_its_reason() {
    let error =
        json!([{"level": "note", "message": {"text": "fine"}}, {"level": "error", "message": {"text": "boom"}}]);
    let cases = [
        (json!({"executionSuccessful": false}), "the tool says that it did not succeed"),
        (json!({"toolExecutionNotifications": error}), "the tool reports an error: `boom`"),
        (json!({"toolConfigurationNotifications": error}), "the tool reports an error: `boom`"),
        (
            json!({"executionSuccessful": false, "toolExecutionNotifications": error}),
            "the tool says that it did not succeed; the tool reports an error: `boom`",
        ),
        (json!({"processStartFailureMessage": "not found"}), "the tool did not start: `not found`"),
        (json!({"exitSignalName": "SIGKILL"}), "the tool was ended by signal `SIGKILL`"),
        (json!({"exitSignalNumber": 9}), "the tool was ended by signal `9`"),
    ];
    for (stated, reason) in cases {
        let source = invocation(stated.clone());
        assert_eq!(source.completeness, Completeness::Failed, "{stated}");
        assert_eq!(source.reason.as_deref(), Some(reason));
    }
}

#[test]
fn notifications_below_error_and_exit_codes_are_no_failure() {
    for stated in [
        json!({"toolExecutionNotifications": [{"message": {"text": "no level"}}]}),
        json!({"toolExecutionNotifications": [{"level": "none", "message": {"text": "extracted"}}]}),
        json!({"toolConfigurationNotifications": [{"level": "warning", "message": {"text": "careful"}}]}),
        json!({"exitCode": 1}),
        // SpotBugs before 4.8.4 names in place of a signal what its exit code means.
        json!({"exitCode": 0, "exitSignalName": "SUCCESS"}),
    ] {
        assert_eq!(invocation(stated.clone()).completeness, Completeness::Complete, "{stated}");
    }
    assert_eq!(run(json!({})).completeness, Completeness::Complete);
    assert_eq!(run(json!({"invocations": []})).completeness, Completeness::Complete);
}

#[test]
fn one_failed_invocation_among_several_is_enough() {
    let source = run(json!({"invocations": [{"executionSuccessful": true}, {"executionSuccessful": false}]}));
    assert_eq!(source.completeness, Completeness::Failed);
}

#[test]
fn an_invocation_that_does_not_say_whether_it_succeeded_is_no_success() {
    for odd in [json!({}), json!({"executionSuccessful": null}), json!({"executionSuccessful": "true"}), json!(null)] {
        assert_eq!(run(json!({"invocations": [odd]})).completeness, Completeness::Failed, "{odd}");
    }
}

#[test]
fn a_run_without_results_is_not_a_clean_run() {
    for run in [
        json!({"tool": {"driver": {"name": "T"}}}),
        json!({"tool": {"driver": {"name": "T"}}, "results": null}),
        json!({"tool": {"driver": {"name": "T"}}, "results": 42}),
        json!(null),
        json!("run"),
    ] {
        let (_, source) = one(&json!({"version": "2.1.0", "runs": [run]}));
        assert_eq!(source.completeness, Completeness::Failed, "{run}");
        assert!(source.reason.unwrap().contains("gave no results"));
    }
    assert_eq!(one(&log(json!([]))).1.completeness, Completeness::Complete);
}

#[test]
fn each_run_is_a_source_of_its_own() {
    let mut both = log(json!([{"message": {"text": "a"}}]));
    let second = json!({"tool": {"driver": {"name": " Other ", "semanticVersion": "1.2"}},
                        "results": [], "invocations": [{"executionSuccessful": false}]});
    both["runs"].as_array_mut().unwrap().push(second);
    let (findings, sources) = take(&[&both]);
    assert_eq!(findings.len(), 1);
    let summary: Vec<_> = sources
        .iter()
        .map(|source| {
            (source.tool.as_deref().unwrap(), source.tool_version.as_deref(), source.items, source.completeness)
        })
        .collect();
    assert_eq!(summary, [("Test", None, 1, Completeness::Complete), ("Other", Some("1.2"), 0, Completeness::Failed)]);
}

/// A source of a log stated for `commit`, with these revisions of its own, against a head.
fn fresh(commit: Option<&str>, revisions: &[&str], head: Option<&str>) -> Source {
    let mut log = log(json!([]));
    let revisions: Vec<Value> = revisions.iter().map(|id| json!({"repositoryUri": "x", "revisionId": id})).collect();
    log["runs"][0]["versionControlProvenance"] = json!(revisions);
    let input = SarifInput { commit: commit.map(str::to_owned), ..input(log.to_string().as_bytes()) };
    let base = Some("aaaaaaa0000000000000000000000000000000bb".to_owned());
    let change = Change { head: head.map(str::to_owned), base, ..Change::default() };
    of_head(&[input], &Context { files: &[], change: &change, head_paths: None, roots: &[] }).1.remove(0)
}

#[test]
fn a_source_is_fresh_for_the_head_and_stale_for_any_other_commit() {
    const HEAD: &str = "aaaaaaa1111111111111111111111111111111cc";
    let state = |commit, revisions: &[&str]| fresh(commit, revisions, Some(HEAD)).completeness;
    for commit in [None, Some(HEAD), Some("AAAAAAA1111111111111111111111111111111CC"), Some("aaaaaaa1")] {
        assert_eq!(state(commit, &[]), Completeness::Complete, "{commit:?}");
    }
    // Too short, a start of the base as well, no commit id, another commit.
    for commit in ["aaaaaa", "aaaaaaa", "main", "", "bbbbbbb1111111111111111111111111111111cc"] {
        assert_eq!(state(Some(commit), &[]), Completeness::Stale, "{commit}");
    }
    assert_eq!(state(None, &[HEAD]), Completeness::Complete);
    assert_eq!(state(None, &["other", HEAD]), Completeness::Complete);
    assert_eq!(state(None, &["bbbbbbb"]), Completeness::Stale);
    assert_eq!(state(Some(HEAD), &["bbbbbbb"]), Completeness::Stale);
    assert_eq!(fresh(Some("abcdef1"), &["bbbbbbb"], None).completeness, Completeness::Stale);
    assert_eq!(fresh(Some("abcdef1"), &[], None).completeness, Completeness::Complete);
    let source = fresh(None, &[HEAD], Some(HEAD));
    assert_eq!(source.commit, None, "the file's own word for its commit is not taken for one");
}

#[test]
fn one_odd_result_is_a_problem_and_hides_none_of_the_others() {
    let good = json!({"ruleId": "R", "message": {"text": "good"}});
    let cases = [
        (json!(null), "/runs/0/results/1", "found null, expected an object that is a result", 2),
        (json!([1]), "/runs/0/results/1", "found an array", 2),
        (json!({"message": null}), "/runs/0/results/1/message", "found null, expected an object", 3),
        (json!({}), "/runs/0/results/1", "found a result without `message`", 3),
        (json!({"message": {"text": "m"}, "level": "Error"}), "/runs/0/results/1/level", "found the string `Error`", 3),
        (json!({"message": {"text": "m"}, "level": 3}), "/runs/0/results/1/level", "found the number `3`", 3),
        (json!({"message": {"text": "m"}, "kind": "FAIL"}), "/runs/0/results/1/kind", "found the string `FAIL`", 3),
        (json!({"message": {"text": "m"}, "ruleId": {}}), "/runs/0/results/1/ruleId", "found an object", 3),
        (json!({"message": {"text": "m"}, "ruleIndex": 1e30}), "/runs/0/results/1/ruleIndex", "found the number", 3),
        (json!({"message": {"text": "m"}, "locations": [null]}), "/runs/0/results/1/locations/0", "found null", 3),
        (
            json!({"message": {"text": "m"}, "locations": [{"physicalLocation": {"region": {"startLine": -3}}}]}),
            "/runs/0/results/1/locations/0/physicalLocation/region/startLine",
            "found the number `-3`, expected a whole number",
            3,
        ),
    ];
    for (odd, at, message, count) in cases {
        let (findings, source) = one(&log(json!([good, odd, good])));
        assert_eq!((findings.len(), source.items), (count, count as u64), "{odd}");
        assert_eq!(findings.iter().filter(|finding| finding.message == "good").count(), 2);
        assert_eq!((source.completeness, source.problem_count), (Completeness::Failed, 1), "{odd}: {source:?}");
        assert_eq!(source.problems[0].at, at);
        assert!(source.problems[0].message.contains(message), "{}", source.problems[0].message);
        assert!(source.reason.unwrap().starts_with("1 of 3 results could not be taken as they stand: first `/runs/0/"));
    }
}

#[test]
fn a_level_in_another_case_is_understood_all_the_same() {
    let (findings, _) = one(&log(json!([{"message": {"text": "m"}, "level": "ERROR"}])));
    assert_eq!(findings.levels(), [tollgate::evidence::Level::Error]);
}

#[test]
fn what_no_finding_is_made_of_may_be_as_odd_as_it_likes() {
    let (findings, source) = one(&log(json!([{"ruleId": "R", "message": {"text": "m"},
        "fixes": [{"artifactChanges": null}], "rank": "x", "codeFlows": 3, "guid": [], "partialFingerprints": null,
        "properties": {"any": {"thing": [null, 1e300]}}}])));
    assert_eq!((findings.len(), source.completeness), (1, Completeness::Complete));
}

#[test]
fn a_property_that_is_stated_twice_counts_for_the_worse_and_is_a_problem() {
    let take = |result: &str| {
        let text = format!(
            r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "T"}}}}, "results": [{result}]}}]}}"#
        );
        let change = Change::default();
        let context = Context { files: &[], change: &change, head_paths: None, roots: &[] };
        let (found, mut sources) = of_head(&[input(text.as_bytes())], &context);
        let source = sources.remove(0);
        assert_eq!(source.completeness, Completeness::Failed, "{result}");
        found
    };
    for result in [
        r#"{"message": {"text": "m"}, "level": "error", "level": "none"}"#,
        r#"{"message": {"text": "m"}, "level": "none", "level": "error"}"#,
        r#"{"message": {"text": "m"}, "level": "error", "kind": "fail", "kind": "pass"}"#,
        r#"{"message": {"text": "m"}, "level": "error", "kind": "pass", "kind": "fail"}"#,
        r#"{"message": {"text": "m"}, "level": "error", "baselineState": "new", "baselineState": "absent"}"#,
        r#"{"message": {"text": "m"}, "level": "error", "baselineState": "absent", "baselineState": "new"}"#,
        r#"{"message": {"text": "m"}, "level": "error", "suppressions": [{"kind": "inSource"}], "suppressions": []}"#,
        r#"{"message": {"text": "m"}, "level": "error", "suppressions": [], "suppressions": [{"kind": "inSource"}]}"#,
    ] {
        let found = take(result);
        assert_eq!(found.len(), 1, "{result}");
        assert_eq!(found.levels(), [tollgate::evidence::Level::Error], "{result}");
        assert_eq!(found.suppressions(), [tollgate::evidence::Suppression::No], "{result}");
    }
    assert_eq!(take(r#"{"message": {"text": "a"}}], "results": [{"message": {"text": "b"}}"#).len(), 2);
    assert_eq!(take(r#"{"message": {"text": "a"}, "message": {"text": "b"}}"#).get(0).unwrap().message, "a");
}

#[test]
fn runs_that_are_stated_twice_are_all_read() {
    let one_run = r#"[{"tool": {"driver": {"name": "T"}}, "results": [{"message": {"text": "m"}}]}]"#;
    for (first, second) in [(one_run, "[]"), ("[]", one_run), (one_run, "null"), (one_run, one_run)] {
        let text = format!(r#"{{"version": "2.1.0", "runs": {first}, "runs": {second}}}"#);
        let change = Change::default();
        let context = Context { files: &[], change: &change, head_paths: None, roots: &[] };
        let (found, sources) = of_head(&[input(text.as_bytes())], &context);
        assert!(!found.is_empty(), "{text}");
        assert!(sources.iter().all(|source| source.completeness == Completeness::Failed), "{text}");
    }
}

#[test]
fn a_part_of_the_run_that_lies_in_another_file_is_a_problem() {
    let elsewhere = |part: &str| run(json!({"externalPropertyFileReferences": {part: [{"location": {"uri": "x"}}]}}));
    assert_eq!(elsewhere("results").completeness, Completeness::Failed);
    assert_eq!(elsewhere("driver").completeness, Completeness::Failed);
    assert_eq!(elsewhere("taxonomies").completeness, Completeness::Complete);
    let mut inline = log(json!([]));
    let mut inlined = |properties: Value| {
        inline["inlineExternalProperties"] = properties;
        one(&inline).1
    };
    let named =
        json!({"guid": "0b9a1ba0-0000-4000-8000-000000000000", "runGuid": "0b9a1ba0-0000-4000-8000-000000000001"});
    let hidden = json!({"results": [{"message": {"text": "hidden"}}]});
    for elsewhere in
        [json!([hidden]), json!([named, hidden]), json!([{"invocations": [{}]}]), json!([7]), json!({"results": 1})]
    {
        assert_eq!(inlined(elsewhere.clone()).completeness, Completeness::Failed, "{elsewhere}");
    }
    // The analyses of sast-scan name their run there and no more.
    assert_eq!(inlined(json!([named])).completeness, Completeness::Complete);
    assert_eq!(inlined(json!([{"taxonomies": []}])).completeness, Completeness::Complete);
}

#[test]
fn nesting_lone_surrogates_and_endless_numbers_hide_nothing() {
    let deep = format!("{}1{}", r#"{"a":["#.repeat(500), "]}".repeat(500));
    let text = format!(
        r#"{{"version": "2.1.0", "runs": [{{"properties": {deep}, "tool": {{"driver": {{"name": "T"}}}}, "results": [
            {{"ruleId": "A", "message": {{"text": "half \ud800"}}, "level": {deep}}},
            {{"ruleId": "B", "message": {{"text": "m"}}, "rank": 1e9999, "ruleIndex": 1e9999}},
            {{"ruleId": "C", "message": {{"text": "m"}}, "locations": [{{"physicalLocation": {{"region":
                {{"startLine": 99999999999999999999999}}}}}}]}}]}}]}}"#
    );
    let change = Change::default();
    let context = Context { files: &[], change: &change, head_paths: None, roots: &[] };
    let (found, sources) = of_head(&[input(text.as_bytes())], &context);
    assert_eq!(found.len(), 3, "{sources:?}");
    assert_eq!(sources[0].problem_count, 3, "{sources:?}");
    assert!(found.iter().any(|finding| finding.message == "half \u{FFFD}"));
}

#[test]
fn only_the_first_problems_are_kept_and_all_are_counted() {
    let (_, source) = one(&log(Value::Array(vec![json!({}); 100])));
    assert_eq!((source.problems.len(), source.problem_count), (Source::MAX_PROBLEMS, 100));
    assert!(source.reason.unwrap().starts_with("100 of 100 results"));
}
