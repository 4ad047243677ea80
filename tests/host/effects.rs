//! What a rule may do about a change: ask for approvals, describe threats, judge.

use tollgate::diagnostic::Code;
use tollgate::evaluate::{Outcome, Subject};
use tollgate::evidence::Word as _;
use tollgate::policy::{Impact, Likelihood, Risk};

use super::{errs, nothing, refused, run, run_on};

const THREAT: &str = "threat: \"an upload is run\", category: \"injection\", likelihood: \"medium\", impact: \"high\"";

#[test]
fn an_approval_is_asked_for_as_it_is_written() {
    let outcome = run("
        require_approval(change, \"team:security\", 2, \"it is new\");
        for f in change.files.under(\"docs/**\") { require_approval(f, [\"owners\", \"user:ada\", \"owners\"], 1, `${f.path} is read by many`); }
        require_approval(change, \"team:security\", 2, \"it is new\");
    ");
    assert_eq!(outcome.outcome, Outcome::Satisfied, "{}", outcome.reason);
    let shown: Vec<String> = outcome
        .required_approvals
        .iter()
        .map(|asked| {
            format!(
                "{:?} {:?} {} {}",
                asked.subject,
                asked.from.iter().map(ToString::to_string).collect::<Vec<_>>(),
                asked.count,
                asked.because
            )
        })
        .collect();
    assert_eq!(
        shown,
        ["Change [\"team:security\"] 2 it is new", "File(0) [\"user:ada\", \"owners\"] 1 docs/a.md is read by many",]
    );
}

#[test]
fn an_approval_of_nobody_or_for_no_reason_is_an_error() {
    refused(
        "require_approval(change, \"tem:security\", 1, \"x\");",
        Code::UnknownWord,
        "unknown approver `tem:security`",
    );
    refused(
        "require_approval(change, [\"owners\", \"security\"], 1, \"x\");",
        Code::UnknownWord,
        "expected `user:LOGIN`",
    );
    refused("violation(change, \"x\").approvers([\"team:\"]);", Code::UnknownWord, "unknown approver");
    errs(
        "let who = \"everybody\"; require_approval(change, who, 1, \"x\");",
        Code::UnknownWord,
        "unknown approver `everybody`",
    );
    errs("require_approval(change, [], 1, \"x\");", Code::BadArguments, "names nobody");
    errs("require_approval(change, \"any\", 0, \"x\");", Code::BadArguments, "at least one person, found 0");
    errs("require_approval(change, \"any\", 5000000000, \"x\");", Code::BadArguments, "found 5000000000");
    errs("require_approval(change, \"any\", 1, \" \");", Code::BadArguments, "needs why");
    errs("require_approval(\"src/a.js\", \"any\", 1, \"x\");", Code::BadArguments, "expected an item");
    errs("require_approval(change, \"any\", \"1\", \"x\");", Code::BadArguments, "count: a whole number");
}

#[test]
fn a_threat_has_the_risk_that_the_matrix_gives_and_what_is_left_of_it() {
    let outcome = run(&format!(
        "threat(#{{ {THREAT}, mitigation: \"no right to run\", residual: \"low\" }}); threat(#{{ {THREAT} }});"
    ));
    assert_eq!(outcome.outcome, Outcome::Satisfied, "{}", outcome.reason);
    let [bare, full] = outcome.threats.as_slice() else { panic!("{:?}", outcome.threats) };
    assert_eq!((full.likelihood, full.impact, full.risk()), (Likelihood::Medium, Impact::High, Risk::High));
    assert_eq!((full.mitigation.as_deref(), full.residual), (Some("no right to run"), Some(Risk::Low)));
    assert_eq!((bare.threat.as_str(), bare.category.as_str()), ("an upload is run", "injection"));
    assert_eq!((bare.mitigation.as_ref(), bare.residual, bare.risk()), (None, None, Risk::High));
    // A category of the pack's own, and words that are values of the evidence.
    let outcome = run(
        "let level = \"critical\"; threat(#{ threat: \"t\", category: \"payments\", likelihood: \"low\", impact: level });",
    );
    assert_eq!(outcome.threats[0].risk(), Risk::High);
}

#[test]
fn every_likelihood_and_impact_has_its_risk() {
    let rows: Vec<String> = Impact::ALL
        .iter()
        .map(|impact| {
            Likelihood::ALL.iter().map(|likelihood| impact.at(*likelihood).as_str()).collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(rows, ["low low medium", "low medium high", "medium high critical", "high critical critical"]);
}

#[test]
fn a_threat_that_is_not_well_formed_is_refused() {
    let but = |from: &str, to: &str| format!("threat(#{{ {} }});", THREAT.replace(from, to));
    refused(&but("likelihood", "liklihood"), Code::UnknownWord, "did you mean `likelihood`?");
    refused(&but(", impact: \"high\"", ""), Code::BadArguments, "the map has no `impact`");
    refused(&but("\"medium\"", "\"medum\""), Code::UnknownWord, "did you mean `medium`?");
    refused(&but("\"high\"", "\"hihg\""), Code::UnknownWord, "unknown impact `hihg`");
    refused(&but("impact: \"high\"", "impact: \"high\", residual: \"tiny\""), Code::UnknownWord, "unknown risk `tiny`");
    let made = |from: &str, to: &str| format!("let map = #{{ {} }}; threat(map);", THREAT.replace(from, to));
    errs(&made("likelihood", "liklihood"), Code::UnknownWord, "did you mean `likelihood`?");
    errs(&made("threat: \"an upload is run\", ", ""), Code::BadArguments, "the map has no `threat`");
    errs(&made("\"medium\"", "\"medum\""), Code::UnknownWord, "unknown likelihood `medum`");
    errs(&but("injection", "injektion"), Code::UnknownWord, "did you mean `injection`?");
    errs(&but("an upload is run", "  "), Code::BadArguments, "`threat` of the threat is an empty text");
    errs(&but("\"an upload is run\"", "7"), Code::TypeMismatch, "found a number, expected a text");
    errs(&but("\"high\"", "4"), Code::TypeMismatch, "expected an impact");
    errs(&but("\"high\"", "\"high\", residual: \"low\""), Code::BadArguments, "no `mitigation`");
    errs(
        &but("\"high\"", "\"low\", mitigation: \"m\", residual: \"medium\""),
        Code::BadArguments,
        "above that of the threat",
    );
    errs(
        "threat(\"an upload is run\");",
        Code::BadArguments,
        "`threat(threat)` takes threat: a map with `threat` (a text)",
    );
}

#[test]
fn what_a_rule_says_of_its_violations_is_kept() {
    let outcome = run("
        for f in change.findings.severity(\"critical\") {
            violation(f, f.message).risk(\"medium\").remedy(\"escape it\").approvers([\"team:web\", \"user:ada\"]);
        }
        violation(change, \"all of it\");
    ");
    let [whole, finding] = outcome.violations.as_slice() else { panic!("{:?}", outcome.violations) };
    assert_eq!((whole.subject, whole.risk, whole.remedy.as_deref()), (Subject::Change, None, None));
    assert!(matches!(finding.subject, Subject::Finding(_)));
    assert_eq!((finding.risk, finding.remedy.as_deref()), (Some(Risk::Medium), Some("escape it")));
    assert_eq!(finding.approvers.iter().map(ToString::to_string).collect::<Vec<_>>(), ["user:ada", "team:web"]);
    errs("violation(change, \"x\").risk(\"hihg\");", Code::UnknownWord, "did you mean `high`?");
}

#[test]
fn effects_of_more_kinds_share_one_limit() {
    for effect in ["threat(#{ THREAT })", "require_approval(change, \"any\", 1, `${i}`)"] {
        let body = format!("for i in 0..20000 {{ {}; }}", effect.replace("THREAT", THREAT));
        errs(&body, Code::LimitExceeded, "more than");
    }
    let outcome = run_on(
        "follow_up(\"look\"); recommend(\"try\"); note(\"seen\"); assess(\"network\", \"low\", \"small\");",
        &nothing(),
    );
    assert_eq!(
        (outcome.follow_ups, outcome.recommendations, outcome.notes),
        (vec!["look".into()], vec!["try".into()], vec!["seen".into()])
    );
    assert_eq!(outcome.assessments[0].risk, Risk::Low);
}
