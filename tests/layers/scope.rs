//! Packs that are about a part of the repository.

use std::sync::Arc;

use tollgate::evaluate::{Options, Outcome, RuleOutcome, evaluate};
use tollgate::evidence::{
    BaselineState, CheckStatus, Comparison, Completeness, Evidence, EvidenceKind, FindingKind, FindingRow,
    FindingsBuilder, Level, Severity, SeverityFrom, Source, Suppression, TestCase,
};
use tollgate::policy::PackFiles;
use tollgate::verdict::Decision;

use super::{change, file, loaded, outcomes, pack, refused, report, rule, verdict};

const SCOPE: &str = "[scope]\npaths = [\"services/payments/**\", \"libs/pay*/**\"]\n";

fn scoped(body: &str) -> PackFiles {
    pack("payments", SCOPE, &[("r", &rule("hard-mandatory", "", body))])
}

fn one(body: &str, evidence: &Evidence) -> RuleOutcome {
    outcomes(&loaded(&[vec![scoped(body)]]), evidence, None).remove(0)
}

const LIST: &str = "for f in change.files { note(f.path); } note(`${change.files.under(\"**\").count()}`);";

fn finding(builder: &mut FindingsBuilder, path: Option<&str>, message: &str) {
    let rule = builder.rule("CodeQL", None, "r", None, &[]);
    builder.push(&FindingRow {
        rule,
        kind: FindingKind::Fail,
        level: Level::Error,
        severity: Severity::High,
        severity_from: SeverityFrom::SecuritySeverity,
        score: None,
        message,
        path,
        unmapped: None,
        line: 1,
        end_line: 1,
        column: 1,
        cwe: &[],
        package: None,
        fingerprint: message.len() as u128,
        suppression: Suppression::No,
        baseline_state: BaselineState::Unstated,
        on_changed_line: true,
        compared: Comparison::Unknown,
    });
}

#[test]
fn rules_see_what_lies_under_the_globs_and_a_renamed_file_under_both_its_paths() {
    let mut evidence =
        change(&["services/payments/a.rs", "services/other.rs", "libs/payroll/x/y.rs", "services/payments"]);
    evidence.files.push(file("docs/moved.rs", Some("services/payments/old.rs")));
    evidence.sort();
    assert_eq!(one(LIST, &evidence).notes, ["3", "docs/moved.rs", "libs/payroll/x/y.rs", "services/payments/a.rs"]);
    let everything = pack("all", "", &[("r", &rule("hard-mandatory", "", LIST))]);
    assert_eq!(outcomes(&loaded(&[vec![everything]]), &evidence, None)[0].notes.len(), 6);
}

#[test]
fn findings_and_tests_that_cannot_be_placed_stay() {
    let mut builder = FindingsBuilder::default();
    for (path, message) in [(Some("services/payments/a.rs"), "in"), (Some("docs/b"), "out!"), (None, "unplaced")] {
        finding(&mut builder, path, message);
    }
    let test = |path: Option<&str>, name: &str| TestCase {
        suite: "s".to_owned(),
        class: None,
        name: name.to_owned(),
        status: CheckStatus::Failed,
        attempts: 1,
        path: path.map(str::to_owned),
        line: 0,
        message: None,
    };
    let mut evidence = change(&["services/payments/a.rs"]);
    evidence.findings = builder.finish();
    evidence.tests = vec![test(Some("docs/t"), "out"), test(None, "anywhere"), test(Some("libs/pay/t"), "in")];
    evidence.sources.extend([EvidenceKind::Findings, EvidenceKind::Tests].map(Source::complete));
    evidence.sort();
    let body = "for f in change.findings { note(f.message); } for t in change.tests { note(\"test \" + t.name); }";
    assert_eq!(one(body, &evidence).notes, ["in", "test anywhere", "test in", "unplaced"]);
}

#[test]
fn where_nothing_lies_in_the_scope_its_rules_do_not_apply_and_did_not_run() {
    let outside = change(&["docs/a.md", "services/other.rs"]);
    let outcome = one("violation(change, \"no\")", &outside);
    assert_eq!((outcome.outcome, outcome.ran), (Outcome::NotApplicable, false));
    assert_eq!(outcome.reason, "nothing of the change lies in its scope, `libs/pay*/**`, `services/payments/**`");
    let policy = loaded(&[vec![scoped("")]]);
    assert_eq!(verdict(&policy, &outside).decision, Decision::Indeterminate, "no rule ran, so nothing was shown");
    let general = pack("org", "", &[("general", &rule("advisory", "", ""))]);
    let policy = loaded(&[vec![general], vec![scoped("violation(change, \"no\")")]]);
    assert_eq!(verdict(&policy, &outside).decision, Decision::Approved);
    assert_eq!(verdict(&policy, &change(&["libs/pay/a"])).decision, Decision::Rejected);
}

#[test]
fn where_the_changed_files_are_not_all_known_a_scoped_rule_is_asked() {
    let mut evidence = change(&["docs/a.md"]);
    evidence.sources = vec![Source::incomplete(EvidenceKind::Files, Completeness::Truncated, "cut")];
    let outcome = one("", &evidence);
    assert_eq!((outcome.outcome, outcome.incomplete), (Outcome::Undecided, true));
}

#[test]
fn what_may_lie_in_the_scope_is_looked_at() {
    let mut builder = FindingsBuilder::default();
    finding(&mut builder, None, "anywhere");
    let mut evidence = change(&["docs/a.md"]);
    evidence.findings = builder.finish();
    evidence.sources.push(Source::complete(EvidenceKind::Findings));
    evidence.sort();
    let outcome = one("for f in change.findings { violation(f, f.message); }", &evidence);
    assert_eq!(outcome.outcome, Outcome::Violated);
}

#[test]
fn a_scope_is_its_packs_alone_and_the_verdict_says_it() {
    let general = pack("org", "", &[("general", &rule("advisory", "", LIST)), ("z", &rule("advisory", "", LIST))]);
    let policy = loaded(&[vec![general], vec![scoped(LIST)]]);
    let evidence = change(&["services/payments/a.rs", "docs/b.md"]);
    let outcomes = evaluate(&policy, &Arc::new(evidence.clone()), &Options::default());
    let notes: Vec<usize> = outcomes.iter().map(|outcome| outcome.notes.len()).collect();
    assert_eq!(notes, [3, 2, 3], "general, r, z");
    let report = report(&policy, &evidence, "2026-01-01T00:00:00Z");
    let globs = vec!["libs/pay*/**".to_owned(), "services/payments/**".to_owned()];
    assert_eq!((report.rules[1].scope.clone(), report.rules[0].scope.clone()), (Some(globs), None));
}

#[test]
fn a_scope_of_nothing_and_a_malformed_glob_are_refused() {
    for (scope, expected) in [
        ("paths = []", "the scope has no paths"),
        ("paths = [\"a/[\"]", "malformed"),
        ("paths = [\"/a\"]", "matches nothing"),
        ("path = [\"a\"]", "unknown key `path`"),
    ] {
        let broken = pack("p", &format!("[scope]\n{scope}\n"), &[("r", &rule("advisory", "", ""))]);
        let (_, place, message, _) = refused(&[vec![broken]]);
        assert!(message.contains(expected) && place.starts_with("packs/p/pack.toml:"), "{place} {message}");
    }
}
