//! From a repository and the files of a pipeline to the evidence document, and from it to the verdict.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may panic, and makes its inputs"
)]

#[path = "support/git.rs"]
mod git;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use git::git;
use serde_json::{Value, json};

/// A repository whose branch `topic` edits a file and renames another, with a report of each kind beside it.
struct Place {
    directory: tempfile::TempDir,
}

/// Every flag that names a file of the pipeline.
const INPUTS: &[&str] = &[
    "--sarif",
    "scan.sarif",
    "--report",
    "audit.json",
    "--baseline-sarif",
    "base.sarif",
    "--change",
    "event.json",
    "--reviews",
    "reviews.json",
    "--teams",
    "teams.toml",
    "--tests",
    "junit.xml",
    "--coverage",
    "lcov.info",
    "--claims",
    "SUMMARY.md",
];

impl Place {
    fn new() -> Self {
        let place = Self { directory: tempfile::tempdir().unwrap() };
        place.git(&["init", "-q", "-b", "main"]);
        place.write("repo/src/app.py", &numbered(1..=20, |_| false));
        place.write("repo/src/old.py", &numbered(30..=60, |_| false));
        place.write("repo/.github/CODEOWNERS", "*.py @acme/python\n/src/app.py @ann\n");
        place.write("repo/.gitattributes", "gen/** linguist-generated\n");
        place.commit("base");
        place.git(&["checkout", "-q", "-b", "topic"]);
        place.write("repo/src/app.py", &numbered(1..=20, |line| line == 5 || line == 6));
        place.git(&["mv", "src/old.py", "src/new.py"]);
        place.write("repo/gen/table.py", "x = 1\n");
        place.commit("head");
        place.reports();
        place
    }

    fn reports(&self) {
        let base = self.git(&["rev-parse", "main"]);
        let head = self.git(&["rev-parse", "topic"]);
        let result = |rule: &str, file: &str, line: u32| {
            json!({"ruleId": rule, "message": {"text": format!("{rule} in {file}")}, "locations": [{"physicalLocation":
                {"artifactLocation": {"uri": file}, "region": {"startLine": line, "snippet": {"text": format!("{rule}()")}}}}]})
        };
        let log = |results: Value| {
            json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "scanner", "version": "1"}}, "results": results}]})
                .to_string()
        };
        let now = json!([result("old", "src/new.py", 7), result("fresh", "src/app.py", 5)]);
        self.write("scan.sarif", &log(now));
        self.write("base.sarif", &log(json!([result("old", "src/old.py", 3), result("fixed", "src/app.py", 9)])));
        let audit = json!({"results": [{"source": {"path": "poetry.lock", "type": "lockfile"}, "packages": [{
            "package": {"name": "jinja2", "version": "2.4.1", "ecosystem": "PyPI"},
            "vulnerabilities": [{"id": "GHSA-1", "summary": "bad", "aliases": ["CVE-2020-1"], "affected": []}],
            "groups": [{"ids": ["GHSA-1"], "aliases": ["GHSA-1", "CVE-2020-1"], "max_severity": "9.8"}]}]}]});
        self.write("audit.json", &audit.to_string());
        let user = |login: &str| json!({"login": login, "type": "User"});
        let repository = json!({"full_name": "acme/app"});
        let event = json!({"action": "opened", "number": 7, "repository": repository.clone(), "pull_request": {
            "number": 7, "title": "Faster", "body": "Risk: LOW\n\n- [x] Tests pass\n", "user": user("mallory"), "draft": false,
            "labels": [{"name": "perf"}], "html_url": "https://forge.example/acme/app/pull/7",
            "head": {"ref": "topic", "sha": head, "repo": repository.clone()},
            "base": {"ref": "main", "sha": base, "repo": repository}}});
        self.write("event.json", &event.to_string());
        let review = |login: &str, state: &str, time: &str| {
            json!({"id": 1, "user": user(login), "state": state, "commit_id": head, "submitted_at": time,
                   "author_association": "MEMBER"})
        };
        let reviews = json!([
            review("ann", "APPROVED", "2026-01-02T00:00:00Z"),
            review("bob", "CHANGES_REQUESTED", "2026-01-01T00:00:00Z")
        ]);
        self.write("reviews.json", &reviews.to_string());
        self.write("teams.toml", "[teams]\nsecurity = [\"ann\", \"bob\"]\n");
        self.write(
            "junit.xml",
            "<testsuite name=\"s\" tests=\"2\"><testcase classname=\"c\" name=\"good\"/><testcase classname=\"c\" name=\"bad\"><failure message=\"no\"/></testcase></testsuite>",
        );
        self.write("lcov.info", "TN:\nSF:src/app.py\nDA:5,1\nDA:6,0\nDA:9,1\nend_of_record\n");
        self.write("SUMMARY.md", "# Security\n\n- [x] No new findings\n\nRisk: LOW\n");
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    fn git(&self, arguments: &[&str]) -> String {
        let repository = self.path().join("repo");
        std::fs::create_dir_all(&repository).unwrap();
        git(&repository, "t", "t@example.org", arguments)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tollgate"))
            .args(arguments)
            .current_dir(self.path())
            .env_remove("TOLLGATE_LOG")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// The document of the repository's change with what the flags name.
    fn collect(&self, inputs: &[&str]) -> Value {
        let output = self.run(&[&["collect", "--repo", "repo"], inputs].concat());
        assert!(matches!(output.status.code(), Some(0 | 1)), "{}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What is wrong with what the flags name.
    fn refused(&self, inputs: &[&str]) -> String {
        let output = self.run(&[&["collect", "--repo", "repo"], inputs].concat());
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        stderr(&output)
    }
}

fn numbered(lines: std::ops::RangeInclusive<u32>, edited: impl Fn(u32) -> bool) -> String {
    lines.map(|line| format!("line {line}{}\n", if edited(line) { " edited" } else { "" })).collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The completeness of the sources of a kind, in order.
fn completeness(document: &Value, kind: &str) -> Vec<String> {
    let sources = document["sources"].as_array().unwrap().iter().filter(|source| source["kind"] == kind);
    sources.map(|source| source["completeness"].as_str().unwrap().to_owned()).collect()
}

fn items<'d>(document: &'d Value, kind: &str) -> &'d Vec<Value> {
    let kinds = if matches!(kind, "tests" | "coverage") { &document["checks"][kind] } else { &document[kind] };
    kinds["items"].as_array().unwrap()
}

#[test]
fn everything_that_a_pipeline_has_is_in_one_document() {
    let place = Place::new();
    let document = place.collect(INPUTS);
    for kind in ["change", "findings", "baseline", "files", "owners", "reviews", "teams", "tests", "coverage", "claims"]
    {
        let found = completeness(&document, kind);
        assert!(!found.is_empty() && found.iter().all(|one| one == "complete"), "{kind}: {found:?}");
    }
    let change = &document["change"];
    assert_eq!(
        (&change["author"], &change["title"], &change["number"]),
        (&json!("mallory"), &json!("Faster"), &json!(7))
    );
    assert_eq!(change["labels"], json!(["perf"]));

    let found: Vec<(&str, &str)> = items(&document, "findings")
        .iter()
        .map(|finding| (finding["rule"].as_str().unwrap(), finding["introduced"].as_str().unwrap()))
        .collect();
    assert_eq!(found, [("fresh", "yes"), ("old", "no"), ("CVE-2020-1", "unknown")]);
    let gone: Vec<&Value> =
        document["findings"]["gone"].as_array().unwrap().iter().map(|finding| &finding["rule"]).collect();
    assert_eq!(gone, ["fixed"]);
    let file = items(&document, "files").iter().find(|file| file["path"] == "src/new.py").unwrap();
    assert_eq!(file["owners"], json!(["@acme/python"]));
    let generated = items(&document, "files").iter().find(|file| file["path"] == "gen/table.py").unwrap();
    assert_eq!((&generated["kind"], &generated["kind_from"]), (&json!("generated"), &json!("attributes")));
    assert_eq!(items(&document, "coverage"), &[json!({"path": "src/app.py", "covered": [5], "missed": [6]})]);
    assert_eq!(items(&document, "tests").len(), 2);
    assert_eq!(items(&document, "reviews").len(), 2);
    let claims: Vec<&Value> = items(&document, "claims").iter().map(|claim| &claim["path"]).collect();
    assert_eq!(claims.len(), 4, "two of the description and two of the document: {claims:?}");
}

#[test]
fn a_verdict_on_the_collected_document_is_byte_for_byte_the_verdict_on_its_sources() {
    let place = Place::new();
    let output = place.run(&[&["collect", "--repo", "repo", "--output", "evidence.json"], INPUTS].concat());
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", stderr(&output));
    for format in ["json", "markdown", "terminal", "sarif"] {
        let how = ["--as-of", "2026-01-31", "--format", format];
        let now = place.run(&[&["eval", "--repo", "repo"], INPUTS, &how].concat());
        let later = place.run(&[&["eval", "--evidence", "evidence.json"][..], &how].concat());
        assert_eq!(now.status.code(), later.status.code(), "{}", stderr(&now));
        assert_eq!(String::from_utf8(now.stdout).unwrap(), String::from_utf8(later.stdout).unwrap(), "{format}");
    }
}

#[test]
fn a_collected_document_collected_again_is_the_same() {
    let place = Place::new();
    let first = place.run(&[&["collect", "--repo", "repo"], INPUTS].concat()).stdout;
    place.write("evidence.json", std::str::from_utf8(&first).unwrap());
    let second = place.run(&["collect", "--evidence", "evidence.json"]).stdout;
    assert_eq!(String::from_utf8(first).unwrap(), String::from_utf8(second).unwrap());
}

#[test]
fn a_flag_beside_a_document_replaces_its_kind_and_no_other() {
    let place = Place::new();
    let whole = place.collect(INPUTS);
    place.write("evidence.json", &whole.to_string());
    place.write(
        "empty.sarif",
        r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "scanner"}}, "results": []}]}"#,
    );
    place.write("later.json", "[[]]");
    place.write("one.xml", "<testsuite name=\"s\"><testcase name=\"only\"/></testsuite>");
    place.write("none.info", "SF:src/app.py\nDA:5,0\nend_of_record\n");
    place.write("OTHER.md", "Risk: HIGH\n");
    place.write("other.toml", "[teams]\nlegal = [\"cat\"]\n");
    let flags: [(&str, &str, &str, usize); 6] = [
        ("--sarif", "empty.sarif", "findings", 0),
        ("--reviews", "later.json", "reviews", 0),
        ("--tests", "one.xml", "tests", 1),
        ("--coverage", "none.info", "coverage", 1),
        ("--claims", "OTHER.md", "claims", 3),
        ("--teams", "other.toml", "teams", 1),
    ];
    for (flag, file, kind, count) in flags {
        let output = place.run(&["collect", "--evidence", "evidence.json", flag, file]);
        let replaced: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
        assert_eq!(items(&replaced, kind).len(), count, "{flag}");
        assert_ne!(items(&replaced, kind), items(&whole, kind), "{flag}");
        for other in ["findings", "files", "reviews", "tests", "coverage", "claims", "teams", "dependencies"] {
            if other != kind {
                assert_eq!(items(&replaced, other), items(&whole, other), "{flag} leaves {other} alone");
                assert_eq!(completeness(&replaced, other), completeness(&whole, other), "{flag} leaves {other} alone");
            }
        }
    }
}

#[test]
fn what_is_not_there_is_missing_and_what_is_no_report_has_failed() {
    let place = Place::new();
    place.write("page.html", "<html><body>502 Bad Gateway</body></html>");
    let kinds = [
        ("--sarif", "findings"),
        ("--report", "findings"),
        ("--baseline-sarif", "baseline"),
        ("--change", "change"),
        ("--reviews", "reviews"),
        ("--tests", "tests"),
        ("--coverage", "coverage"),
        ("--claims", "claims"),
    ];
    for (flag, kind) in kinds {
        let mut inputs = vec![flag, "none"];
        if kind == "baseline" {
            inputs.extend(["--sarif", "scan.sarif"]);
        }
        assert_eq!(completeness(&place.collect(&inputs), kind), ["missing"], "{flag}");
        inputs[1] = "page.html";
        assert_eq!(completeness(&place.collect(&inputs), kind), ["failed"], "{flag}");
        place.write("empty", "");
        inputs[1] = "empty";
        assert_eq!(completeness(&place.collect(&inputs), kind), ["failed"], "{flag}");
    }
    place.write("declared.xml", "\u{feff}<?xml version=\"1.0\"?><testsuite/>");
    for other in ["audit.json", "declared.xml"] {
        assert_eq!(completeness(&place.collect(&["--claims", other]), "claims"), ["failed"], "{other} is no Markdown");
    }
}

#[test]
fn a_report_for_another_commit_is_stale_and_one_for_the_head_is_not() {
    let place = Place::new();
    let (head, base) = (place.git(&["rev-parse", "topic"]), place.git(&["rev-parse", "main"]));
    for (flag, file, kind) in [
        ("--sarif", "scan.sarif", "findings"),
        ("--report", "audit.json", "findings"),
        ("--tests", "junit.xml", "tests"),
        ("--coverage", "lcov.info", "coverage"),
    ] {
        let of = |commit: &str| completeness(&place.collect(&[flag, &format!("{file}@{commit}")]), kind);
        assert_eq!(of(&head), ["complete"], "{flag}");
        assert_eq!(of(&base), ["stale"], "{flag}");
    }
}

#[test]
fn a_report_for_a_merge_of_the_head_into_the_base_is_one_for_the_head() {
    let place = Place::new();
    place.git(&["checkout", "-q", "--detach", "main"]);
    place.git(&["merge", "-q", "--no-ff", "-m", "as the forge tests it", "topic"]);
    let tested = place.git(&["rev-parse", "HEAD"]);
    place.git(&["checkout", "-q", "-b", "elsewhere", "main"]);
    place.write("repo/other.py", "x = 1\n");
    place.commit("not of the base");
    place.git(&["merge", "-q", "--no-ff", "-m", "with something else", "topic"]);
    let with_more = place.git(&["rev-parse", "HEAD"]);
    place.git(&["checkout", "-q", "topic"]);
    for (flag, file, kind) in [("--sarif", "scan.sarif", "findings"), ("--tests", "junit.xml", "tests")] {
        let document = place.collect(&[flag, &format!("{file}@{tested}")]);
        assert_eq!(completeness(&document, kind), ["complete"], "{flag}");
        let sources = document["sources"].as_array().unwrap();
        assert!(sources.iter().any(|source| source["kind"] == kind && source["commit"] == tested), "as it was stated");
        let document = place.collect(&[flag, &format!("{file}@{with_more}")]);
        assert_eq!(completeness(&document, kind), ["stale"], "{flag}");
    }
}

#[test]
fn a_report_that_the_change_brings_along_is_not_about_it() {
    let place = Place::new();
    for file in ["junit.xml", "lcov.info", "reviews.json", "event.json", "scan.sarif", "audit.json", "SUMMARY.md"] {
        let text = std::fs::read_to_string(place.path().join(file)).unwrap();
        place.write(&format!("repo/{file}"), &text);
    }
    place.commit("reports");
    for (flag, file, kind) in [
        ("--sarif", "scan.sarif", "findings"),
        ("--report", "audit.json", "findings"),
        ("--tests", "junit.xml", "tests"),
        ("--coverage", "lcov.info", "coverage"),
        ("--reviews", "reviews.json", "reviews"),
        ("--change", "event.json", "change"),
    ] {
        let document = place.collect(&[flag, &format!("repo/{file}")]);
        assert_eq!(completeness(&document, kind), ["stale"], "{flag}");
    }
    let document = place.collect(&["--claims", "repo/SUMMARY.md"]);
    assert_eq!(completeness(&document, "claims"), ["complete"], "who changes the code states what it does");
}

#[test]
fn a_baseline_or_an_event_that_the_change_brings_along_tells_nothing() {
    let place = Place::new();
    for (own, file) in [("own.sarif", "scan.sarif"), ("own.json", "event.json")] {
        let text = std::fs::read_to_string(place.path().join(file)).unwrap();
        place.write(&format!("repo/{own}"), &(text + "\n"));
    }
    place.commit("what I would like to be there");
    let document = place.collect(&["--sarif", "scan.sarif", "--baseline-sarif", "repo/own.sarif"]);
    assert_eq!(completeness(&document, "baseline"), ["stale"]);
    assert!(items(&document, "findings").iter().all(|finding| finding["introduced"] == "unknown"));

    let document = place.collect(&["--change", "repo/own.json"]);
    assert_eq!(completeness(&document, "change"), ["stale"]);
    assert_eq!((&document["change"]["author"], &document["change"]["labels"]), (&Value::Null, &json!([])));
}

#[test]
fn teams_inside_the_repository_are_those_of_the_base() {
    let place = Place::new();
    place.write("repo/teams.toml", "[teams]\nsecurity = [\"mallory\"]\n");
    place.commit("teams");
    let said = place.refused(&["--teams", "repo/teams.toml"]);
    assert!(said.contains("the base") && said.contains("has no such file"), "{said}");

    place.git(&["checkout", "-q", "main"]);
    place.write("repo/teams.toml", "[teams]\nsecurity = [\"ann\"]\n");
    place.commit("teams");
    place.git(&["checkout", "-q", "topic"]);
    let document = place.collect(&["--teams", "repo/teams.toml"]);
    assert_eq!(items(&document, "teams"), &[json!({"name": "security", "members": ["ann"]})]);
}

#[test]
fn a_broken_team_file_is_a_mistake_at_its_place() {
    let place = Place::new();
    place.write("teams.toml", "[teams]\nsecurity = [\"ann\", 7]\n");
    let said = place.refused(&["--teams", "teams.toml"]);
    assert!(said.contains("teams.toml:2") && said.contains("broken-teams"), "{said}");
    let said = place.refused(&["--teams", "none.toml"]);
    assert!(said.contains("there is no such file"), "{said}");
}

#[test]
fn owners_are_those_of_the_targets_tip_and_not_of_the_head() {
    let place = Place::new();
    place.write("repo/.github/CODEOWNERS", "* @mallory\n");
    place.commit("owners");
    let document = place.collect(&[]);
    let file = items(&document, "files").iter().find(|file| file["path"] == "src/app.py").unwrap();
    assert_eq!(file["owners"], json!(["@ann"]));
}

#[test]
fn without_the_diff_nothing_can_be_placed_and_nobody_is_told_to_own_it() {
    let place = Place::new();
    place.write("cut.diff", "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n");
    let output = place.run(&["collect", "--diff", "cut.diff", "--sarif", "scan.sarif", "--coverage", "lcov.info"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    for kind in ["files", "owners", "findings", "coverage"] {
        assert_eq!(completeness(&document, kind), ["failed"], "{kind}");
    }
}

#[test]
fn flags_of_the_change_win_over_the_event_and_the_event_over_git() {
    let place = Place::new();
    let title = |inputs: &[&str]| place.collect(inputs)["change"]["title"].clone();
    assert_eq!(title(&[]), "head");
    assert_eq!(title(&["--change", "event.json"]), "Faster");
    assert_eq!(title(&["--change", "event.json", "--title", "Said"]), "Said");
    let said =
        place.collect(&["--label", "b", "--label", "a", "--target-branch", "main", "--description", "- [ ] Tested"]);
    assert_eq!((&said["change"]["labels"], &said["change"]["target_branch"]), (&json!(["a", "b"]), &json!("main")));
    assert_eq!(items(&said, "claims")[0]["ticked"], json!(false));
    assert!(completeness(&said, "change").is_empty(), "flags tell some of it, and nobody the rest");
}

#[test]
fn reviews_in_a_document_are_stale_beside_an_event_of_another_request_with_the_same_head() {
    let place = Place::new();
    let document = place.collect(&["--change", "event.json", "--reviews", "reviews.json"]);
    place.write("evidence.json", &document.to_string());
    let event = std::fs::read_to_string(place.path().join("event.json")).unwrap();
    place.write("other.json", &event.replace("\"number\":7", "\"number\":8"));
    for (event, reviews, expected) in [
        ("event.json", None, "complete"),
        ("other.json", None, "stale"),
        ("other.json", Some("reviews.json"), "complete"),
    ] {
        let more: Vec<&str> = reviews.into_iter().flat_map(|file| ["--reviews", file]).collect();
        let output = place.run(&[&["collect", "--evidence", "evidence.json", "--change", event][..], &more].concat());
        let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
        assert_eq!(completeness(&document, "reviews"), [expected], "{event} {reviews:?}");
    }
}

#[test]
fn a_flag_that_an_unset_variable_left_blank_is_refused() {
    let place = Place::new();
    for flag in ["--author", "--title", "--branch", "--target-branch", "--repository", "--url", "--label"] {
        let output = place.run(&["collect", "--trees", "before", "after", flag, ""]);
        assert_eq!(output.status.code(), Some(2), "{flag}");
        assert!(stderr(&output).contains("is blank"), "{}", stderr(&output));
    }
    let output = place.run(&["collect", "--trees", "before", "after", "--author", "@eve"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("write `eve`"), "{}", stderr(&output));
}

#[test]
fn the_order_of_files_on_the_command_line_changes_nothing() {
    let place = Place::new();
    place.write("more.xml", "<testsuite name=\"t\"><testcase name=\"more\"/></testsuite>");
    place.write("more.info", "SF:src/new.py\nDA:1,1\nend_of_record\n");
    let one = place.collect(&[
        "--tests",
        "junit.xml",
        "--tests",
        "more.xml",
        "--coverage",
        "lcov.info",
        "--coverage",
        "more.info",
    ]);
    let other = place.collect(&[
        "--coverage",
        "more.info",
        "--tests",
        "more.xml",
        "--coverage",
        "lcov.info",
        "--tests",
        "junit.xml",
    ]);
    assert_eq!(one, other);
}

/// The limits of each reader, as the documentation has them.
fn limits() -> String {
    use std::fmt::Write as _;
    use tollgate::collect::{
        advisories, claims, codeowners, coverage, dependency_review, diff, event, evidence, junit, lockfiles, reports,
        reviews, sarif, sbom, vex,
    };
    use tollgate::collect::{snapshot, teams, trees};
    type Entries = &'static [(&'static str, u64)];
    let rows: &[(&str, u64, Entries)] = &[
        ("SARIF", sarif::MAX_BYTES, &[("entries", sarif::MAX_ENTRIES)]),
        ("scanners' own reports", reports::MAX_BYTES, &[("entries", reports::MAX_ENTRIES as u64)]),
        ("events", event::MAX_BYTES, &[]),
        ("reviews", reviews::MAX_BYTES, &[("reviews", reviews::MAX_REVIEWS as u64)]),
        ("teams", teams::MAX_BYTES, &[]),
        ("tests", junit::MAX_BYTES, &[("cases", junit::MAX_CASES as u64)]),
        ("coverage", coverage::MAX_BYTES, &[("files", coverage::MAX_FILES as u64)]),
        ("claims", claims::MAX_BYTES, &[("claims", tollgate::normalize::claims::MAX_CLAIMS as u64)]),
        ("CODEOWNERS", codeowners::MAX_BYTES as u64, &[]),
        ("lockfiles", lockfiles::MAX_BYTES as u64, &[("packages", lockfiles::MAX_PACKAGES as u64)]),
        ("dependency reviews", dependency_review::MAX_BYTES, &[("changes", dependency_review::MAX_CHANGES as u64)]),
        ("bills of materials", sbom::MAX_BYTES, &[("components", sbom::MAX_COMPONENTS as u64)]),
        ("advisories, packed", advisories::MAX_BYTES, &[("records", advisories::MAX_RECORDS)]),
        ("advisories, unpacked", advisories::MAX_UNPACKED_BYTES, &[]),
        ("one advisory", advisories::MAX_RECORD_BYTES as u64, &[]),
        ("VEX", vex::MAX_BYTES, &[("statements", vex::MAX_STATEMENTS as u64)]),
        ("diffs", diff::MAX_BYTES, &[]),
        ("files whose lines are counted", snapshot::MAX_TEXT_BYTES, &[]),
        ("evidence documents", evidence::MAX_BYTES, &[]),
    ];
    let mut out = String::from("| input | bytes | entries |\n| --- | --- | --- |\n");
    for (input, bytes, entries) in rows {
        let entries: Vec<String> = entries.iter().map(|(what, count)| format!("{count} {what}")).collect();
        writeln!(out, "| {input} | {} MiB | {} |", bytes >> 20, entries.join(", ")).unwrap();
    }
    writeln!(
        out,
        "\nDirectories are {} levels deep at most; renames are looked for among {} files at most.",
        trees::MAX_DEPTH,
        snapshot::RENAME_LIMIT
    )
    .unwrap();
    out
}

#[test]
fn the_limits_of_the_documentation_are_those_of_the_readers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/evidence.md");
    let written = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- limits: written by the tests -->\n", "<!-- end of limits -->");
    let (before, rest) = written.split_once(begin).unwrap();
    let (kept, after) = rest.split_once(end).unwrap();
    if std::env::var_os("TOLLGATE_BLESS").is_some() {
        std::fs::write(&path, format!("{before}{begin}\n{}\n{end}{after}", limits())).unwrap();
        return;
    }
    assert_eq!(kept.trim(), limits().trim(), "set TOLLGATE_BLESS=1 to rewrite docs/evidence.md");
}

#[test]
fn a_verdict_shows_what_is_new_before_what_is_old() {
    let place = Place::new();
    let inputs = ["--sarif", "scan.sarif", "--baseline-sarif", "base.sarif"];
    let output = place.run(&[&["eval", "--repo", "repo", "--format", "json"], &inputs[..]].concat());
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    let shown: Vec<&Value> =
        verdict["findings"]["items"].as_array().unwrap().iter().map(|finding| &finding["rule"]).collect();
    assert_eq!(shown, ["fresh", "old"]);
}
