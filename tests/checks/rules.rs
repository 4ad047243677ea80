//! What rules can ask of tests and coverage.

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate::evaluate::{Options, Outcome, RuleOutcome, evaluate};
use tollgate::evidence::{
    CheckStatus, Completeness, Evidence, EvidenceKind, FileChange, FileCoverage, FileKind, FileStatus, Source, TestCase,
};
use tollgate::policy::{PackFiles, PolicySet};

const PACK: &str = "name = \"test\"\nversion = \"1.0.0\"\ndescription = \"a pack for tests\"\n";

const META: &str = r#"const RULE = #{ title: "t", category: "tests", enforcement: "hard-mandatory", risk: "high", needs: ["files"] };"#;

fn run_on(body: &str, evidence: Evidence) -> RuleOutcome {
    let rule = format!("{META}\nfn check(change, params) {{\n{body}\n}}\n");
    let files = BTreeMap::from([
        ("pack.toml".to_owned(), PACK.as_bytes().to_vec()),
        ("rules/r.rhai".to_owned(), rule.into_bytes()),
    ]);
    let set = PolicySet::load(&[PackFiles { origin: "packs/test".to_owned(), files }], &[]);
    let set = set.unwrap_or_else(|mistakes| panic!("{body}: {}", mistakes[0]));
    evaluate(&set, &Arc::new(evidence), &Options::default()).remove(0)
}

fn case(name: &str, status: CheckStatus, attempts: u32, path: Option<&str>) -> TestCase {
    TestCase {
        suite: if name.starts_with('i') { "integration" } else { "unit" }.to_owned(),
        class: Some("C".to_owned()),
        name: name.to_owned(),
        status,
        attempts,
        path: path.map(str::to_owned),
        line: 3,
        message: (status != CheckStatus::Passed).then(|| format!("why {name}")),
    }
}

fn evidence() -> Evidence {
    let file = |path: &str, status| FileChange::at(path, status, FileKind::Source);
    let covered = |path: &str, covered: &[u32], missed: &[u32]| FileCoverage {
        path: path.to_owned(),
        covered: covered.to_vec(),
        missed: missed.to_vec(),
    };
    let complete = [EvidenceKind::Files, EvidenceKind::Tests, EvidenceKind::Coverage];
    Evidence {
        files: vec![
            file("docs/c.js", FileStatus::Modified),
            file("src/a.js", FileStatus::Modified),
            file("src/b.js", FileStatus::Added),
            file("src/gone.js", FileStatus::Deleted),
            file("src/new.js", FileStatus::Added),
        ],
        tests: vec![
            case("a", CheckStatus::Passed, 1, Some("tests/a.js")),
            case("b", CheckStatus::Failed, 2, Some("tests/b.js")),
            case("c", CheckStatus::Skipped, 1, None),
            case("i", CheckStatus::Passed, 3, Some("tests/i/i.js")),
        ],
        coverage: vec![
            covered("docs/c.js", &[], &[]),
            covered("src/a.js", &[1, 2], &[3]),
            covered("src/b.js", &[], &[7, 9, 11]),
        ],
        sources: complete.into_iter().map(Source::complete).collect(),
        ..Evidence::default()
    }
}

#[track_caller]
fn gives(expression: &str, expected: &str) {
    let outcome = run_on(&format!("note(`${{{expression}}}`);"), evidence());
    assert_eq!(outcome.outcome, Outcome::Satisfied, "{expression}: {}", outcome.reason);
    assert_eq!(outcome.notes, [expected], "{expression}");
}

#[test]
fn tests_are_selected_by_how_they_ended_and_where_they_are() {
    gives("change.tests.count()", "4");
    gives("change.tests.failed().count()", "1");
    gives("change.tests.passed().count()", "2");
    gives("change.tests.skipped().count()", "1");
    gives("change.tests.flaky().count()", "1");
    gives("change.tests.status([\"failed\", \"skipped\"]).count()", "2");
    // The file of one is not known: it may be anywhere.
    gives("change.tests.under(\"tests/i/**\").count()", "2");
    gives("change.tests.not_under(\"tests/**\").count()", "1");
    gives("change.tests.group_by(\"suite\").keys().len()", "2");
    gives("change.tests.group_by(\"status\")[\"passed\"].count()", "2");
    gives("change.tests.group_by(\"class\")[\"C\"].count()", "4");
    gives("change.tests.group_by(\"path\")[\"\"].count()", "1");
}

#[test]
fn a_test_tells_all_that_is_known_of_it() {
    let body = "for t in change.tests.failed() { violation(t, `${t.suite}|${t.class}|${t.name}|${t.status}|${t.attempts}|${t.flaky}|${t.path}|${t.line}|${t.message}`); }";
    let outcome = run_on(body, evidence());
    assert_eq!(outcome.violations[0].message, "unit|C|b|failed|2|false|tests/b.js|3|why b");
    let outcome = run_on("for t in change.tests.flaky() { note(`${t.name} ${t.flaky}`); }", evidence());
    assert_eq!(outcome.notes, ["i true"]);
}

#[test]
fn coverage_is_summed_over_what_is_selected() {
    gives("change.coverage.covered()", "2");
    gives("change.coverage.missed()", "4");
    gives("change.coverage.measured()", "6");
    gives("change.coverage.percent()", "33");
    gives("change.coverage.under(\"src/a.js\").percent()", "66");
    gives("change.coverage.under(\"src/b.js\").percent()", "0");
    gives("change.coverage.in_files(change.files.added()).missed()", "3");
    gives("change.coverage.in_files(change.files.modified()).count()", "2");
    let body = "for f in change.coverage.under(\"src/a.js\") { note(`${f.path} ${f.covered} ${f.missed} ${f.lines_covered} ${f.lines_missed}`); }";
    assert_eq!(run_on(body, evidence()).notes, ["src/a.js 2 1 [1, 2] [3]"]);
}

#[test]
fn what_was_not_measured_is_neither_covered_nor_overlooked() {
    let names = "for f in change.coverage.unmeasured(change.files) { note(f.path); }";
    assert_eq!(run_on(names, evidence()).notes, ["src/new.js"], "what is deleted can't be measured");
    gives("change.coverage.unmeasured(change.files.under(\"docs/**\")).count()", "0");
    gives("change.coverage.under(\"src/b.js\").unmeasured(change.files.modified()).count()", "2");
    let outcome =
        run_on("if change.coverage.under(\"docs/**\").percent() < 80 { violation(change, \"low\"); }", evidence());
    assert_eq!(outcome.outcome, Outcome::Errored, "no line of it could have run");
    assert!(outcome.reason.contains("there is no percentage"), "{}", outcome.reason);
}

#[test]
fn a_typo_never_passes() {
    for body in [
        "change.tests.status(\"faild\").count();",
        "change.tests.group_by(\"sute\");",
        "change.tests.under(\"/tests\").count();",
        "change.coverage.unmeasured(\"src/**\").count();",
    ] {
        let rule = format!("{META}\nfn check(change, params) {{\n{body}\n}}\n");
        let files = BTreeMap::from([
            ("pack.toml".to_owned(), PACK.as_bytes().to_vec()),
            ("rules/r.rhai".to_owned(), rule.into_bytes()),
        ]);
        if let Ok(set) = PolicySet::load(&[PackFiles { origin: "packs/test".to_owned(), files }], &[]) {
            let outcome = evaluate(&set, &Arc::new(evidence()), &Options::default()).remove(0);
            assert_eq!(outcome.outcome, Outcome::Errored, "{body}");
        }
    }
}

#[test]
fn a_rule_that_asks_for_what_is_not_complete_is_undecided() {
    for (body, kind) in [
        ("for t in change.tests.failed() { violation(t, t.name); }", EvidenceKind::Tests),
        ("if change.coverage.missed() > 900 { violation(change, \"low\"); }", EvidenceKind::Coverage),
        ("let all = change.coverage.unmeasured(change.files); note(`${all.count()}`);", EvidenceKind::Coverage),
    ] {
        let mut evidence = evidence();
        evidence.tests.retain(|test| test.status != CheckStatus::Failed);
        evidence.sources.push(Source::incomplete(kind, Completeness::Failed, "cut short"));
        let outcome = run_on(body, evidence);
        assert_eq!(outcome.outcome, Outcome::Undecided, "{body}: {}", outcome.reason);
    }
}
