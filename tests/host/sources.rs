//! Sources and capabilities, as rules see them and as verdicts show what is said about them.

use std::sync::Arc;

use tollgate::diagnostic::Code;
use tollgate::evaluate::{Options, Outcome, Subject, evaluate};
use tollgate::evidence::{Completeness, Evidence, EvidenceKind, Source};
use tollgate::render::{self, Format};
use tollgate::report::{PolicyReport, ReportContext, SubjectReport, VerdictReport};
use tollgate::verdict::{Waivers, decide};

use super::{errs, evidence, gives, load, refused, run, run_on};

#[test]
fn sources_are_selected_by_kind_completeness_tool_and_commit() {
    for (expression, expected) in [
        ("change.sources.count()", "12"),
        ("change.sources.kind(\"findings\").count()", "2"),
        ("change.sources.kind([\"findings\", \"files\"]).count()", "3"),
        ("change.sources.completeness(\"complete\").kind(\"findings\").count()", "1"),
        ("change.sources.completeness([\"stale\", \"failed\"]).count()", "1"),
        ("change.sources.tool(\"codeql\").count()", "1"),
        ("change.sources.tool(\"nobody\").any()", "false"),
        ("change.sources.kind(\"findings\").of_unknown_commit().count()", "1"),
        ("change.sources.of_unknown_commit().or(change.sources.tool(\"CodeQL\")).is_all()", "true"),
        ("change.sources.count_by(\"completeness\")[\"stale\"]", "1"),
        ("change.sources.sum(\"items\")", "19"),
        ("change.sources.top(1, \"completeness\").tool(\"gitleaks\").count()", "1"),
    ] {
        gives(expression, expected);
    }
    let shown = "for s in change.sources.kind(\"findings\") {
        note(`${s.kind} ${s.completeness} ${s.path} ${s.tool} ${s.tool_version} ${s.commit.len()} ${s.reason} ${s.made} ${s.problems.len()} ${s.items}`);
    }";
    assert_eq!(
        run(shown).notes,
        [
            "findings complete codeql.sarif CodeQL 2.20.1 40   0 0",
            "findings stale leaks.sarif gitleaks  0 was made for another commit  0 0",
        ]
    );
    let age = "for s in change.sources.kind(\"advisories\") { note(`${s.made_date} ${change.today.days_since(s.made_date)}`); }";
    assert_eq!(run(age).notes, ["2026-02-20 9"]);
    let worse = "for s in change.sources { if s.completeness >= \"stale\" { note(s.path); } }";
    assert_eq!(run(worse).notes, ["leaks.sarif"]);
}

#[test]
fn to_look_at_sources_asks_for_no_evidence() {
    let none = Evidence::default();
    let outcome = run_on("if change.sources.kind(\"findings\").is_empty() { note(\"nobody scanned\"); }", &none);
    assert_eq!(
        (outcome.outcome, outcome.notes),
        (Outcome::Satisfied, vec!["nobody scanned".to_owned()]),
        "{}",
        outcome.reason
    );
    assert!(outcome.evidence.is_empty(), "{:?}", outcome.evidence);
    assert_eq!(run_on("let n = change.findings.count();", &none).outcome, Outcome::Undecided);
}

#[test]
fn a_mistake_about_sources_never_passes() {
    refused("let x = change.sources.kind(\"finding\");", Code::UnknownWord, "did you mean `findings`?");
    refused("let x = change.sources.completeness(\"compleet\");", Code::UnknownWord, "did you mean `complete`?");
    errs(
        "for s in change.sources { if s.kind == s.completeness { } }",
        Code::TypeMismatch,
        "expected a kind of evidence",
    );
    errs(
        "for s in change.sources.kind(\"files\") { note(`${s.made_date}`); }",
        Code::NotKnown,
        "when the source was made",
    );
    errs("for s in change.sources { if s in change.findings { } }", Code::BadArguments, "contains");
    errs("let x = change.sources.under(\"src/**\");", Code::BadArguments, "there is no `under` for Sources");
}

#[test]
fn two_sources_are_two_things() {
    let body = "let seen = 0; for a in change.sources { for b in change.sources { if a == b { seen += 1; } } } note(`${seen}`);";
    assert_eq!(run(body).notes, ["12"]);
    errs("for s in change.sources { if s == change { } }", Code::TypeMismatch, "can't compare");
}

#[test]
fn capabilities_are_selected_by_place_and_kind() {
    for (expression, expected) in [
        ("change.capabilities.count()", "2"),
        ("change.capabilities.under(\"src/lo*\").count()", "1"),
        ("change.capabilities.not_under(\"src/lo*\").capability(\"process\").count()", "1"),
        ("change.capabilities.capability([\"network\", \"process\"]).is_all()", "true"),
        ("change.capabilities.count_by(\"capability\")[\"network\"]", "1"),
        ("change.capabilities.max(\"line\")", "9"),
    ] {
        gives(expression, expected);
    }
    let shown = "for c in change.capabilities.capability(\"network\") { note(`${c.capability} ${c.path}:${c.line} ${c.what}`); }";
    assert_eq!(run(shown).notes, ["network src/login.js:9 listen(8080)"]);
    let mut lacking = evidence();
    lacking.capabilities.clear();
    lacking.sources.retain(|source| source.kind != EvidenceKind::Capabilities);
    assert_eq!(run_on("for c in change.capabilities { violation(c, \"new\"); }", &lacking).outcome, Outcome::Undecided);
}

/// The verdict of one rule, and its summary.
fn verdict(body: &str, evidence: &Evidence) -> VerdictReport {
    let set = load(body).unwrap_or_else(|mistakes| panic!("{body}: {}", mistakes[0]));
    let evidence = Arc::new(evidence.clone());
    let outcomes = evaluate(&set, &evidence, &Options::default());
    let verdict = decide(outcomes, &[], &evidence, &Waivers::default());
    let context = ReportContext {
        as_of: "2026-03-01T23:30:00Z".to_owned(),
        dry_run: false,
        policy: PolicyReport::default(),
        packs: &[],
        weakenings: Vec::new(),
        settings: Vec::new(),
        extra_sources: &[],
    };
    VerdictReport::new(&verdict, &evidence, &context)
}

#[test]
fn what_is_said_of_a_capability_or_a_source_is_in_the_verdict_and_its_summary() {
    let report = verdict(
        "for c in change.capabilities.capability(\"network\") { violation(c, `new: ${c.what}`); }
        for s in change.sources.kind(\"findings\").of_unknown_commit() { violation(s, `${s.tool} looked at an unknown commit`); }",
        &evidence(),
    );
    let [capability, source] = report.rules[0].violations.as_slice() else {
        panic!("{:?}", report.rules[0].violations)
    };
    assert!(
        matches!(&capability.subject, SubjectReport::Capability { capability, path, line: 9 } if capability == "network" && path == "src/login.js")
    );
    assert_eq!(capability.location.as_ref().unwrap().line, Some(9));
    assert!(
        matches!(&source.subject, SubjectReport::Source { source, tool: Some(tool), completeness, commit: None, .. }
        if source == "findings" && tool == "gitleaks" && completeness == "stale")
    );
    assert!(source.location.is_none());
    assert_ne!(capability.fingerprint, source.fingerprint);
    let text =
        String::from_utf8(render::render(Format::Markdown, &report, &render::Options::default()).unwrap()).unwrap();
    for part in ["listen(8080)", "src/login.js", "gitleaks looked at an unknown commit"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn what_is_said_of_a_source_is_the_same_one_when_it_was_made_again() {
    let of = |commit: Option<&str>, completeness| {
        let source = Source {
            tool: Some("T".to_owned()),
            commit: commit.map(str::to_owned),
            completeness,
            ..Source::complete(EvidenceKind::Findings)
        };
        let evidence = Evidence { sources: vec![source], ..Evidence::default() };
        let outcome = run_on("for s in change.sources { violation(s, \"m\"); }", &evidence);
        assert!(matches!(outcome.violations[0].subject, Subject::Source(0)));
        verdict("for s in change.sources { violation(s, \"m\"); }", &evidence).rules[0].violations[0]
            .fingerprint
            .clone()
    };
    assert_eq!(of(None, Completeness::Complete), of(Some("abc"), Completeness::Stale));
}
