//! What rules ask of claims, and what becomes of what they say of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate::evaluate::{Options, Outcome, RuleOutcome, evaluate};
use tollgate::evidence::{
    BaselineState, Comparison, Completeness, Evidence, EvidenceKind, FindingKind, FindingRow, FindingsBuilder, Level,
    Severity, SeverityFrom, Source, Suppression,
};
use tollgate::policy::{PackFiles, PolicySet};
use tollgate::report::{ClaimResult, PolicyReport, ReportContext, VerdictReport};
use tollgate::verdict::{Decision, Waivers, decide};

use crate::description;

const DESCRIPTION: &str = "\
# Summary

## Security scan

**CodeQL: 0 alerts**

- [x] No new dependencies
- [ ] Threat model reviewed
- Coverage: 93.5%, 1,200 lines

## Risk

| Category | Level |
|---|---|
| Injection | LOW |

Risk: LOW
";

/// The documented example: what is written about a scanner's alerts is held against its findings.
const ALERTS: &str = r#"
//! A number of alerts that the description states is the number that CodeQL reports.
const RULE = #{
    title: "Stated alerts are those that were found",
    category: "process",
    enforcement: "hard-mandatory",
    risk: "medium",
    needs: ["findings", "claims"],
    remedy: "correct the description",
};

fn check(change, params) {
    let found = change.findings.tool("CodeQL").count();
    for claim in change.claims.labelled("codeql") {
        if claim.numbers.len() != 1 {
            note(`line ${claim.line} states no number of alerts`);
        } else if claim.number == found {
            supported(claim, `CodeQL reports ${found}`);
        } else {
            contradicted(claim, `CodeQL reports ${found}`);
            violation(claim, `${claim.text}: CodeQL reports ${found}`);
        }
    }
}
"#;

fn rule(needs: &str, body: &str) -> String {
    format!(
        "const RULE = #{{ title: \"t\", category: \"process\", enforcement: \"advisory\", risk: \"low\", needs: [{needs}] }};\nfn check(change, params) {{\n{body}\n}}\n"
    )
}

fn load(rules: &[(&str, &str)]) -> PolicySet {
    let manifest = "name = \"test\"\nversion = \"1.0.0\"\ndescription = \"a pack for tests\"\n";
    let mut files = BTreeMap::from([("pack.toml".to_owned(), manifest.as_bytes().to_vec())]);
    files.extend(rules.iter().map(|(id, text)| (format!("rules/{id}.rhai"), text.as_bytes().to_vec())));
    PolicySet::load(&[PackFiles { origin: "packs/test".to_owned(), files }], &[]).unwrap()
}

/// The description above, and so many findings of CodeQL.
fn evidence(findings: u64) -> Evidence {
    let (claims, source) = description(DESCRIPTION);
    let mut builder = FindingsBuilder::default();
    let rule = builder.rule("CodeQL", None, "js/xss", None, &[]);
    for fingerprint in 0..findings {
        builder.push(&FindingRow {
            rule,
            kind: FindingKind::Fail,
            level: Level::Error,
            severity: Severity::High,
            severity_from: SeverityFrom::Level,
            score: None,
            message: "reflected",
            path: Some("a.js"),
            unmapped: None,
            line: 7,
            end_line: 7,
            column: 1,
            cwe: &[],
            package: None,
            fingerprint: u128::from(fingerprint),
            suppression: Suppression::No,
            baseline_state: BaselineState::Unstated,
            on_changed_line: true,
            compared: Comparison::Unknown,
        });
    }
    let scan = Source { tool: Some("CodeQL".to_owned()), ..Source::complete(EvidenceKind::Findings) };
    let mut evidence =
        Evidence { findings: builder.finish(), claims, sources: vec![source, scan], ..Evidence::default() };
    evidence.sort();
    evidence
}

fn run(rules: &[(&str, &str)], evidence: &Evidence) -> (Vec<RuleOutcome>, VerdictReport) {
    let policy = load(rules);
    let outcomes = evaluate(&policy, &Arc::new(evidence.clone()), &Options::default());
    let verdict = decide(outcomes.clone(), &[], evidence, &Waivers::default());
    let context = ReportContext {
        as_of: "2026-01-31T00:00:00Z".to_owned(),
        dry_run: false,
        policy: PolicyReport::default(),
        packs: &[],
        weakenings: Vec::new(),
        settings: Vec::new(),
        extra_sources: &[],
    };
    (outcomes, VerdictReport::new(&verdict, evidence, &context))
}

/// The outcome of one rule with such a body.
fn one(body: &str) -> RuleOutcome {
    run(&[("r", &rule("\"claims\"", body))], &evidence(0)).0.remove(0)
}

fn result_of(report: &VerdictReport, text: &str) -> (ClaimResult, String) {
    let mut claims = report.claims.iter().filter(|claim| claim.text.contains(text));
    let claim = claims.next().unwrap();
    assert!(claims.next().is_none());
    (claim.result, claim.because.clone())
}

#[test]
fn the_documented_example_holds_a_stated_number_against_the_findings() {
    let (outcomes, report) = run(&[("alerts", ALERTS)], &evidence(0));
    assert_eq!(outcomes[0].outcome, Outcome::Satisfied, "{:?}", outcomes[0].diagnostic);
    assert_eq!(report.decision, Decision::Approved);
    assert_eq!(result_of(&report, "CodeQL"), (ClaimResult::Supported, "CodeQL reports 0 (alerts)".to_owned()));
    assert_eq!(result_of(&report, "dependencies"), (ClaimResult::Undecided, "no rule judged it".to_owned()));
    assert_eq!(report.claims.len(), 6);

    let (outcomes, report) = run(&[("alerts", ALERTS)], &evidence(2));
    assert_eq!(outcomes[0].outcome, Outcome::Violated);
    assert_eq!(report.decision, Decision::Rejected);
    assert_eq!(result_of(&report, "CodeQL"), (ClaimResult::Contradicted, "CodeQL reports 2 (alerts)".to_owned()));
}

#[test]
fn a_scan_that_did_not_end_supports_nothing_and_still_contradicts() {
    for (findings, expected) in [(0, ClaimResult::Undecided), (2, ClaimResult::Contradicted)] {
        let mut evidence = evidence(findings);
        evidence.sources.iter_mut().for_each(|source| {
            if source.kind == EvidenceKind::Findings {
                source.worsen(Completeness::Failed, "it crashed");
            }
        });
        let (_, report) = run(&[("alerts", ALERTS)], &evidence);
        let (result, because) = result_of(&report, "CodeQL");
        assert_eq!(result, expected);
        assert_eq!(because.contains("did not see all"), expected == ClaimResult::Undecided, "{because}");
    }
}

#[test]
fn what_a_rule_said_before_it_erred_supports_nothing_and_still_contradicts() {
    let body = "let n = 0; for claim in change.claims { if claim.has_box { supported(claim, \"so\"); } else { contradicted(claim, \"not so\"); } n += 1; } if n > 5 { note(`${1 / (n - n)}`); }";
    let (outcomes, report) = run(&[("r", &rule("\"claims\"", body))], &evidence(0));
    assert_eq!(outcomes[0].outcome, Outcome::Errored);
    assert_eq!(result_of(&report, "dependencies").0, ClaimResult::Undecided);
    assert_eq!(result_of(&report, "Coverage").0, ClaimResult::Contradicted);
}

#[test]
fn one_that_contradicts_outweighs_all_that_support_and_each_is_shown() {
    let supports = rule("\"claims\"", "for claim in change.claims { supported(claim, \"it is so\"); }");
    let contradicts = rule("\"claims\"", "for claim in change.claims.open() { contradicted(claim, \"nobody did\"); }");
    let rules = [("a", &*supports), ("b", &*contradicts), ("c", &*supports)];
    let (outcomes, report) = run(&rules, &evidence(0));
    // Neither is an objection.
    assert!(outcomes.iter().all(|outcome| outcome.outcome == Outcome::Satisfied && outcome.violations.is_empty()));
    assert_eq!(result_of(&report, "Threat"), (ClaimResult::Contradicted, "nobody did (b)".to_owned()));
    let claim = report.claims.iter().find(|claim| claim.text.contains("Threat")).unwrap();
    let said: Vec<_> = claim.judgements.iter().map(|said| (said.rule.as_str(), said.result, said.counts)).collect();
    assert_eq!(
        said,
        [
            ("b", ClaimResult::Contradicted, true),
            ("a", ClaimResult::Supported, true),
            ("c", ClaimResult::Supported, true)
        ]
    );
    assert_eq!(result_of(&report, "dependencies"), (ClaimResult::Supported, "it is so (a); it is so (c)".to_owned()));
    // The order of the rules changes nothing.
    let (_, other) = run(&[rules[2], rules[1], rules[0]], &evidence(0));
    assert_eq!(report.claims, other.claims);
}

#[test]
fn queries_select_by_box_kind_section_label_and_text() {
    for (query, count) in [
        ("", 6),
        (".ticked()", 1),
        (".open()", 1),
        (".kind(\"checkbox\")", 2),
        (".kind([\"row\", \"bullet\"])", 2),
        (".section(\"SECURITY  scan\")", 4),
        (".section(\"summary\")", 6),
        (".section([\"risk\", \"scan\"])", 6),
        (".section(\"nowhere\")", 0),
        (".labelled(\"codeql\")", 1),
        (".labelled(\"code\")", 0),
        (".labelled([\"Risk\", \"injection\"])", 2),
        (".matching(\"NEW dependencies\")", 1),
        (".matching([\"low\", \"93.5%\"])", 3),
        (".section(\"risk\").kind(\"labelled\").matching(\"low\")", 1),
    ] {
        let outcome =
            one(&format!("let n = change.claims{query}.count(); if n != {count} {{ violation(change, `${{n}}`); }}"));
        assert_eq!(outcome.outcome, Outcome::Satisfied, "{query}: {outcome:?}");
    }
}

#[test]
fn properties_give_box_numbers_label_and_value() {
    for (query, expected) in [
        ("ticked().map(claim, `${claim.ticked} ${claim.has_box}`)", "true true"),
        ("open().map(claim, `${claim.ticked} ${claim.has_box}`)", "false true"),
        ("labelled(\"coverage\").map(claim, `${claim.ticked} ${claim.has_box}`)", "false false"),
        ("labelled(\"coverage\").map(claim, `${claim.numbers}`)", "[93.5, 1200]"),
        (
            "labelled(\"codeql\").map(claim, `${claim.number == 0} ${claim.value} ${claim.label}`)",
            "true 0 alerts CodeQL",
        ),
        (
            "labelled(\"injection\").map(claim, `${claim.value}; ${claim.text}; ${claim.kind}`)",
            "LOW; Injection | LOW; row",
        ),
        (
            "matching(\"no new\").map(claim, `${claim.value} ${claim.numbers.len()} ${claim.path}.`)",
            "No new dependencies 0 .",
        ),
        ("labelled(\"risk\").map(claim, `${claim.line} ${claim.section[1]}`)", "17 Risk"),
    ] {
        let (query, value) = query.split_once(".map(claim, ").unwrap();
        let value = value.strip_suffix(')').unwrap();
        let outcome = one(&format!("for claim in change.claims.{query} {{ note({value}); }}"));
        assert_eq!(
            (outcome.outcome, outcome.notes.join("/")),
            (Outcome::Satisfied, expected.to_owned()),
            "{outcome:?}"
        );
    }
}

#[test]
fn what_can_not_be_meant_is_an_error() {
    for (body, expected) in [
        (
            "for claim in change.claims.labelled(\"coverage\") { note(`${claim.number}`); }",
            "the claim has 2, expected one number",
        ),
        ("for claim in change.claims.ticked() { note(`${claim.number}`); }", "the claim has none, expected one number"),
        ("note(`${change.claims.matching(\" \").count()}`);", "found an empty text"),
        ("note(`${change.claims.section([\"a\", \"\"]).count()}`);", "found an empty text"),
        ("supported([change, 1][0], \"so\");", "`supported` is said of a claim, found the change"),
        ("contradicted([change.claims, 1][0], \"so\");", "`contradicted` is said of a claim, found Claims"),
        ("for claim in change.claims { supported(claim, [\" \", 1][0]); }", "`supported` needs what shows it"),
        ("for claim in change.claims { if [claim.label, 1][0] == 3 { note(\"x\"); } }", "can't compare"),
    ] {
        let outcome = one(body);
        assert_eq!(outcome.outcome, Outcome::Errored, "{body}");
        let message = outcome.diagnostic.unwrap().message;
        assert!(message.contains(expected), "{body}: {message}");
    }
}

#[test]
fn a_rule_that_asks_for_claims_where_nobody_supplied_any_is_undecided() {
    let mut evidence = evidence(0);
    evidence.claims.clear();
    evidence.sources.retain(|source| source.kind != EvidenceKind::Claims);
    let (outcomes, report) =
        run(&[("r", &rule("\"findings\"", "note(`${change.claims.ticked().count()}`);"))], &evidence);
    assert_eq!(outcomes[0].outcome, Outcome::Undecided);
    assert!(report.claims.is_empty());
}

#[test]
fn many_claims_cost_many_operations_and_end_in_a_limit() {
    let (claims, _) = description(&format!("- {}\n", "word ".repeat(20)).repeat(5_000));
    let mut evidence = evidence(0);
    evidence.claims = claims;
    let body =
        "let n = 0; while n < 100000 { n += 1; if !change.claims.matching(\"nothing\").is_empty() { note(\"x\"); } }";
    let (outcomes, _) = run(&[("r", &rule("\"claims\"", body))], &evidence);
    assert_eq!(outcomes[0].diagnostic.as_ref().unwrap().code, tollgate::diagnostic::Code::LimitExceeded);
}
