//! Reports of scanners: absent, broken, cut, contradictory, or about other files than they seem.

use serde_json::{Value, json};

use crate::{ASKS_FINDINGS, Place, all, decision};

/// `src/server.js` gains lines 3 to 5; `src/old.js` becomes `src/new.js`; `src/gone.js` goes; `src/same.js` stays.
fn place() -> Place {
    let place = Place::new();
    let long: String = (0..30).map(|line| format!("const old{line} = {line};\n")).collect();
    for side in ["before", "after"] {
        place.write(&format!("{side}/src/same.js"), "const same = 1;\n");
    }
    place.write("before/src/server.js", "one\ntwo\nsix\n");
    place.write("after/src/server.js", "one\ntwo\nthree\nfour\nfive\nsix\n");
    place.write("before/src/old.js", &long);
    place.write("after/src/new.js", &long);
    place.write("before/src/gone.js", "gone\n");
    place.pack("p", "\"findings\", \"files\"", ASKS_FINDINGS);
    place.write("c/pack.toml", format!("{}[evidence.findings]\nexpect = [\"CodeQL\"]\n", crate::pack_toml("c")));
    place.write("c/rules/the-rule.rhai", crate::rule("\"findings\", \"files\"", ASKS_FINDINGS));
    place.write(
        "change.diff",
        "diff --git a/src/server.js b/src/server.js\nindex 1111111..2222222 100644\n--- a/src/server.js\n+++ b/src/server.js\n@@ -1,3 +1,6 @@\n one\n two\n+three\n+four\n+five\n six\n",
    );
    place
}

fn log(results: Value) -> Value {
    json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "CodeQL", "rules": [{"id": "r", "properties": {"security-severity": "9.8"}}, {"id": "plain"}]}},
        "invocations": [{"executionSuccessful": true}],
        "results": results,
    }]})
}

/// A critical finding on an added line, with parts replaced.
fn finding(with: Value) -> Value {
    let mut finding = json!({"ruleId": "r", "message": {"text": "m"}, "locations": [{"physicalLocation": {
        "artifactLocation": {"uri": "src/server.js"}, "region": {"startLine": 4}}}]});
    for (key, value) in with.as_object().unwrap() {
        finding[key] = value.clone();
    }
    finding
}

fn at(uri: &str, line: Value) -> Value {
    finding(
        json!({"locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}]}),
    )
}

fn run(with: Value) -> Value {
    let mut log = log(json!([]));
    for (key, value) in with.as_object().unwrap() {
        log["runs"][0][key] = value.clone();
    }
    log
}

/// What one report makes of the change, given as two directories or as a diff.
fn of(place: &Place, name: &str, report: &[u8], change: &[&str]) -> String {
    place.write("scan.sarif", report);
    let arguments = [change, &["--sarif", "scan.sarif", "--policy", "p"]].concat();
    decision(name, &place.eval(&arguments))
}

const TREES: &[&str] = &["--trees", "before", "after"];
const DIFF: &[&str] = &["--diff", "change.diff"];

#[test]
fn a_report_that_is_whole_and_clean_is_the_only_one_that_approves() {
    let place = place();
    for change in [TREES, DIFF] {
        assert_eq!(of(&place, "clean", log(json!([])).to_string().as_bytes(), change), "approved");
        let elsewhere = log(json!([at("src/same.js", json!(1)), at("src/server.js", json!(1))]));
        assert_eq!(of(&place, "on old lines", elsewhere.to_string().as_bytes(), change), "approved");
    }
}

#[test]
fn reports_that_show_nothing() {
    let place = place();
    let text = log(json!([finding(json!({}))])).to_string();
    let clean = log(json!([])).to_string();
    let error = |list: &str| json!({"executionSuccessful": true, list: [{"level": "error", "message": {"text": "x"}}]});
    let rows: Vec<(&str, Vec<u8>)> = vec![
        ("zero bytes", Vec::new()),
        ("blanks", b" \n".to_vec()),
        ("an empty object", b"{}".to_vec()),
        ("an empty array", b"[]".to_vec()),
        ("null", b"null".to_vec()),
        ("no runs", json!({"version": "2.1.0", "runs": []}).to_string().into_bytes()),
        ("runs that are null", json!({"version": "2.1.0", "runs": null}).to_string().into_bytes()),
        ("runs that are absent", json!({"version": "2.1.0"}).to_string().into_bytes()),
        ("a run that is empty", json!({"version": "2.1.0", "runs": [{}]}).to_string().into_bytes()),
        ("another version", json!({"version": "2.0.0", "runs": [{"results": []}]}).to_string().into_bytes()),
        ("results that are null", run(json!({"results": null})).to_string().into_bytes()),
        ("results that are an object", run(json!({"results": {}})).to_string().into_bytes()),
        ("a result that is null", run(json!({"results": [null]})).to_string().into_bytes()),
        ("not successful", run(json!({"invocations": [{"executionSuccessful": false}]})).to_string().into_bytes()),
        ("one of two not successful", run(json!({"invocations": [{"executionSuccessful": true}, {"executionSuccessful": false}]})).to_string().into_bytes()),
        ("an invocation that does not say", run(json!({"invocations": [{}]})).to_string().into_bytes()),
        ("successful by word", run(json!({"invocations": [{"executionSuccessful": "true"}]})).to_string().into_bytes()),
        ("an error beside success", run(json!({"invocations": [error("toolExecutionNotifications")]})).to_string().into_bytes()),
        ("a broken configuration beside success", run(json!({"invocations": [error("toolConfigurationNotifications")]})).to_string().into_bytes()),
        ("a signal beside success", run(json!({"invocations": [{"executionSuccessful": true, "exitSignalName": "SIGKILL"}]})).to_string().into_bytes()),
        ("no start beside success", run(json!({"invocations": [{"executionSuccessful": true, "processStartFailureMessage": "x"}]})).to_string().into_bytes()),
        ("results that lie elsewhere", run(json!({"externalPropertyFileReferences": {"results": [{"location": {"uri": "x"}}]}})).to_string().into_bytes()),
        ("two runs, one failed", json!({"version": "2.1.0", "runs": [log(json!([]))["runs"][0], run(json!({"invocations": [{"executionSuccessful": false}]}))["runs"][0]]}).to_string().into_bytes()),
        ("two runs, one without results", json!({"version": "2.1.0", "runs": [log(json!([]))["runs"][0], run(json!({"results": null}))["runs"][0]]}).to_string().into_bytes()),
        ("runs twice", format!("{},\"runs\":[]}}", &clean[..clean.len() - 1]).into_bytes()),
        ("results twice", clean.replace("\"results\":[]", &format!("\"results\":[],\"results\":[{}]", finding(json!({})))).into_bytes()),
        ("success twice", clean.replace("true}", "true,\"executionSuccessful\":false}").into_bytes()),
        ("two documents", format!("{clean}{text}").into_bytes()),
        ("a document and more", format!("{clean}x").into_bytes()),
        ("a page of HTML", b"<html>502</html>".to_vec()),
        ("compressed", b"\x1f\x8b\x08\0".to_vec()),
        ("not UTF-8", [clean.as_bytes(), b"\xff"].concat()),
        ("very deep", format!("{{\"version\":\"2.1.0\",\"runs\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000)).into_bytes()),
    ];
    for change in [TREES, DIFF] {
        let rows = rows.iter().map(|(name, report)| (*name, "indeterminate", of(&place, name, report, change)));
        all(rows.filter(|(name, _, found)| !(found == "rejected" && *name == "results twice")));
    }
}

/// Wherever a report is cut, it is not one that says less.
#[test]
fn a_report_cut_short_anywhere() {
    let place = place();
    let text = log(json!([at("src/same.js", json!(1))])).to_string();
    for length in (0..text.len()).step_by(17).chain([text.len() - 1]) {
        assert_eq!(of(&place, "cut", &text.as_bytes()[..length], TREES), "indeterminate", "cut at {length}");
    }
}

#[test]
fn a_report_of_the_wrong_scanner_or_none_at_all() {
    let place = place();
    let other = log(json!([])).to_string().replace("CodeQL", "trivy");
    place.write("other.sarif", &other);
    place.write("right.sarif", log(json!([])).to_string());
    place.write("failed.sarif", run(json!({"invocations": [{"executionSuccessful": false}]})).to_string());
    let of = |name: &str, files: &[&str]| {
        let sarif: Vec<&str> = files.iter().flat_map(|file| ["--sarif", file]).collect();
        decision(name, &place.eval(&[TREES, &["--policy", "c"], &sarif].concat()))
    };
    all([
        ("the right one", "approved", of("the right one", &["right.sarif"])),
        ("the right one twice", "approved", of("the right one twice", &["right.sarif", "right.sarif"])),
        ("the wrong one", "indeterminate", of("the wrong one", &["other.sarif"])),
        ("none", "indeterminate", of("none", &[])),
        ("one that is not there", "indeterminate", of("not there", &["nowhere.sarif"])),
        ("one that is a directory", "indeterminate", of("directory", &["before"])),
        ("the right one failed, another did not", "indeterminate", of("failed", &["failed.sarif", "other.sarif"])),
        ("the right one beside one that failed", "indeterminate", of("beside", &["right.sarif", "failed.sarif"])),
        (
            "the right one beside one that is not there",
            "indeterminate",
            of("beside none", &["right.sarif", "no.sarif"]),
        ),
    ]);
    let made_for = |commit: &str| {
        decision(
            commit,
            &place.eval(&[TREES, &["--policy", "c", "--sarif", &format!("right.sarif@{commit}")]].concat()),
        )
    };
    // Two directories have no commit, so no report can be told to be made for another one.
    assert_eq!(made_for("0123456"), "approved");
}

#[test]
fn a_finding_that_is_made_to_look_like_none() {
    let place = place();
    let properties =
        |severity: Value| json!({"ruleId": "plain", "level": "error", "properties": {"security-severity": severity}});
    let location = |location: Value| finding(json!({ "locations": [location] }));
    let physical = |with: Value| location(json!({ "physicalLocation": with }));
    let rows = [
        ("as it is", finding(json!({}))),
        ("kind pass, level error", finding(json!({"kind": "pass", "level": "error"}))),
        ("kind notApplicable, level error", finding(json!({"kind": "notApplicable", "level": "error"}))),
        ("kind informational, level warning", finding(json!({"kind": "informational", "level": "warning"}))),
        ("kind open", finding(json!({"kind": "open"}))),
        ("kind review", finding(json!({"kind": "review"}))),
        ("a kind that is none", finding(json!({"kind": "passed"}))),
        ("a kind in capitals", finding(json!({"kind": "PASS"}))),
        ("kind pass and fail", json!({"kind": "pass", "x": 0})),
        ("unchanged since the baseline", finding(json!({"baselineState": "unchanged"}))),
        ("updated since the baseline", finding(json!({"baselineState": "updated"}))),
        ("a baseline state that is none", finding(json!({"baselineState": "existing"}))),
        ("suppressed outside", finding(json!({"suppressions": [{"kind": "external", "status": "accepted"}]}))),
        ("suppressed in the source", finding(json!({"suppressions": [{"kind": "inSource"}]}))),
        ("level none, score 9.8", finding(json!({"level": "none", "kind": "fail"}))),
        ("score zero, level error", finding(properties(json!("0.0")))),
        ("score zero as a number, level error", finding(properties(json!(0)))),
        ("score below zero", finding(properties(json!("-1")))),
        ("score that is none", finding(properties(json!("n/a")))),
        ("score that is no number", finding(properties(json!("NaN")))),
        ("score null", finding(properties(json!(null)))),
        ("rank zero", finding(json!({"rank": 0.0}))),
        ("another rule's index", finding(json!({"ruleIndex": 1}))),
        ("an index past the end", finding(json!({"ruleIndex": 99}))),
        ("no rule, level error", finding(json!({"ruleId": null, "level": "error"}))),
        ("no message", finding(json!({"message": null}))),
        ("no location", finding(json!({"locations": []}))),
        ("locations that are null", finding(json!({"locations": null}))),
        ("locations that are an object", finding(json!({"locations": {}}))),
        ("a location without a file", physical(json!({"region": {"startLine": 4}}))),
        ("a location without a region", physical(json!({"artifactLocation": {"uri": "src/server.js"}}))),
        (
            "a region of characters",
            physical(json!({"artifactLocation": {"uri": "src/server.js"}, "region": {"charOffset": 9}})),
        ),
        (
            "a region that only ends on a changed line",
            physical(json!({"artifactLocation": {"uri": "src/server.js"}, "region": {"startLine": 1, "endLine": 3}})),
        ),
        (
            "a region that ends before it starts",
            physical(json!({"artifactLocation": {"uri": "src/server.js"}, "region": {"startLine": 4, "endLine": 1}})),
        ),
        (
            "a harmless location first",
            finding(json!({"locations": [
            {"physicalLocation": {"artifactLocation": {"uri": "src/same.js"}, "region": {"startLine": 1}}},
            {"physicalLocation": {"artifactLocation": {"uri": "src/server.js"}, "region": {"startLine": 4}}}]})),
        ),
        ("a logical location alone", location(json!({"logicalLocations": [{"fullyQualifiedName": "f"}]}))),
        ("line zero", at("src/server.js", json!(0))),
        ("line below zero", at("src/server.js", json!(-4))),
        ("line past all numbers", at("src/server.js", json!(1e300))),
        ("line with a fraction", at("src/server.js", json!(4.0))),
        ("line as a text", at("src/server.js", json!("4"))),
        ("line null", at("src/server.js", json!(null))),
        ("out of the repository", at("../../etc/passwd", json!(1))),
        ("absolute", at("/etc/passwd", json!(1))),
        ("of another machine", at("file:///build/src/server.js", json!(4))),
        ("a web page", at("https://example.org/src/server.js", json!(4))),
        ("escaped", at("src%2Fserver.js", json!(4))),
        ("escaped letters", at("%73rc/server.js", json!(4))),
        ("escaped twice", at("%2573rc/server.js", json!(4))),
        ("in another case", at("SRC/Server.JS", json!(4))),
        ("with a fragment", at("src/server.js#L4", json!(4))),
        ("with a query", at("src/server.js?x", json!(4))),
        ("with blanks", at(" src/server.js ", json!(4))),
        ("with dots", at("./x/../src/./server.js", json!(4))),
        ("with back slashes", at("src\\server.js", json!(4))),
        ("from inside", at("server.js", json!(4))),
        ("from above", at("app/src/server.js", json!(4))),
        ("its directory", at("src/", json!(4))),
        ("the root", at(".", json!(4))),
        ("no name", at("", json!(4))),
        (
            "a base that leads away",
            finding(
                json!({"locations": [{"physicalLocation": {"artifactLocation": {"uri": "server.js", "uriBaseId": "NOWHERE"}, "region": {"startLine": 4}}}]}),
            ),
        ),
    ];
    for change in [TREES, DIFF] {
        let results = rows.iter().filter(|(name, _)| *name != "kind pass and fail");
        let found = results.map(|(name, result)| {
            let decision = of(&place, name, log(json!([result])).to_string().as_bytes(), change);
            let stopped = if decision == "indeterminate" { "rejected".to_owned() } else { decision };
            (*name, "rejected", stopped)
        });
        all(found);
        let twice = log(json!([finding(json!({"kind": "fail"}))]))
            .to_string()
            .replace("\"kind\":\"fail\"", "\"kind\":\"fail\",\"kind\":\"pass\"");
        assert_eq!(of(&place, "kind twice", twice.as_bytes(), change), "rejected");
        let many = log(json!([
            finding(json!({"suppressions": [{"kind": "external"}], "baselineState": "unchanged"})),
            finding(json!({"suppressions": [{"kind": "inSource"}]}))
        ]));
        assert_eq!(of(&place, "all suppressed", many.to_string().as_bytes(), change), "rejected");
    }
}

#[test]
fn a_finding_in_a_file_that_moved_or_is_gone() {
    let place = place();
    let of = |name: &str, uri: &str| of(&place, name, log(json!([at(uri, json!(1))])).to_string().as_bytes(), TREES);
    all([
        ("at the old path of a renamed file", "rejected", of("old", "src/old.js")),
        ("in a file that the head does not have", "rejected", of("never", "src/never.js")),
        ("in a file that the change deletes", "rejected", of("gone", "src/gone.js")),
    ]);
}

#[test]
fn a_finding_on_a_line_that_only_moved() {
    let place = place();
    place.write("before/src/moved.js", "one\ntwo\nthree\nfour\nfive\neval(x)\n");
    place.write("after/src/moved.js", "eval(x)\none\ntwo\nthree\nfour\nfive\n");
    let report = log(json!([at("src/moved.js", json!(1))])).to_string();
    assert_eq!(of(&place, "moved", report.as_bytes(), TREES), "rejected");
}

#[test]
fn a_diff_that_does_not_show_everything() {
    let place = place();
    place.write("scan.sarif", log(json!([])).to_string());
    let whole = std::fs::read_to_string(place.path().join("change.diff")).unwrap();
    let of = |name: &str, diff: &str| {
        place.write("row.diff", diff);
        decision(name, &place.eval(&["--diff", "row.diff", "--sarif", "scan.sarif", "--policy", "p"]))
    };
    all([
        ("whole", "approved", of("whole", &whole)),
        ("empty", "indeterminate", of("empty", "")),
        ("blank", "indeterminate", of("blank", "\n\n")),
        ("prose", "indeterminate", of("prose", "no changes\n")),
        ("cut in its hunk", "indeterminate", of("cut", &whole[..whole.len() - 12])),
        ("cut after the name", "indeterminate", of("cut after the name", &whole[..whole.find("@@").unwrap()])),
        ("with a hunk that counts wrong", "indeterminate", of("counts", &whole.replace("+1,6", "+1,5"))),
        (
            "a merge's",
            "indeterminate",
            of("merge", &whole.replace("diff --git a/src/server.js b/src/server.js", "diff --cc src/server.js")),
        ),
    ]);
    let hidden = "diff --git a/src/server.js b/src/server.js\nindex 1111111..2222222 100644\nBinary files a/src/server.js and b/src/server.js differ\n";
    place.write("scan.sarif", log(json!([finding(json!({}))])).to_string());
    assert_eq!(of("hidden by an attribute", hidden), "rejected");
}
