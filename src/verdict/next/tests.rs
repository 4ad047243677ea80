use super::super::testing::{Edit as _, evidence, evidence_with, satisfied, team, threshold};
use super::super::{
    Action, ActionKind, Approving, Decision, Given, Grounds, Verdict, Waivers, decide, decide_crediting, decide_on,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::evaluate::{Outcome, RuleOutcome, Subject};
use crate::evidence::{Completeness, EvidenceKind, Source};
use crate::policy::Enforcement::{Advisory, HardMandatory, SoftMandatory};
use crate::policy::{Risk, Threshold};

/// Where nobody has approved anything; how approvals come to be counted is tested where they are.
fn verdict(outcomes: Vec<RuleOutcome>, thresholds: &[Threshold]) -> Verdict {
    decide_crediting(outcomes, thresholds, &evidence(), &Waivers::default(), &|_| Vec::new())
}

fn only(verdict: &Verdict) -> &Action {
    let [action] = verdict.next.as_slice() else { panic!("one action, not {:?}", verdict.next) };
    action
}

fn undecided(id: &str) -> RuleOutcome {
    satisfied(id, HardMandatory).ended(Outcome::Undecided).incomplete()
}

#[test]
fn an_approved_change_needs_nothing() {
    let rules = vec![satisfied("a", HardMandatory), satisfied("b", Advisory).objects(Subject::Change, "m")];
    assert_eq!(verdict(rules, &[]).next, []);
}

#[test]
fn fixing_what_a_hard_rule_objects_to_clears_it() {
    let rule = || satisfied("r", HardMandatory);
    let before = verdict(vec![rule().objects(Subject::File(0), "bad call")], &[]);
    let action = only(&before);
    assert_eq!((action.kind, action.rules.as_slice()), (ActionKind::Fix, &["r".to_owned()][..]));
    assert_eq!(action.action, "do otherwise: `bad call`");
    let after = verdict(vec![rule()], &[]);
    assert_eq!((after.decision, after.next.len()), (Decision::Approved, 0));
}

#[test]
fn violations_of_one_rule_are_one_action_with_each_remedy_once() {
    let mut rule = (0..3).fold(satisfied("r", HardMandatory), |rule, index| rule.objects(Subject::File(index), "m"));
    rule.violations[0].remedy = Some("call somebody".to_owned());
    let mut evidence = evidence();
    evidence.change.author = Some("ann".to_owned());
    let verdict = decide(vec![rule], &[], &evidence, &Waivers::default());
    assert_eq!(only(&verdict).action, "call somebody; do otherwise: 3 violations of `r`");
    assert_eq!(only(&verdict).who.as_deref(), Some("user:ann"));
}

#[test]
fn a_soft_violation_is_fixed_or_approved_and_either_clears_it() {
    let rule = || satisfied("r", SoftMandatory);
    let before = verdict(vec![rule().objects(Subject::File(0), "m")], &[]);
    let kinds: Vec<ActionKind> = before.next.iter().map(|action| action.kind).collect();
    assert_eq!(kinds, [ActionKind::Fix, ActionKind::Approve]);
    assert_eq!(before.next[1].who.as_deref(), Some("team:security"));
    assert_eq!(verdict(vec![rule()], &[]).decision, Decision::Approved);
    let given = Given { by: "ann".to_owned(), commit: None };
    let rules = vec![rule().objects(Subject::File(0), "m")];
    let approved = decide_crediting(rules, &[], &evidence(), &Waivers::default(), &|_| vec![given.clone()]);
    assert_eq!((approved.decision, approved.next.len()), (Decision::Approved, 0));
}

#[test]
fn an_approval_still_to_be_given_says_how_many_people_are_left() {
    let rule = || satisfied("r", HardMandatory).asks(&[team("legal"), team("risk")], 2, Subject::Change);
    assert_eq!(only(&verdict(vec![rule()], &[])).action, "get the approval of 2 people");
    let given = Given { by: "ann".to_owned(), commit: None };
    let half = decide_crediting(vec![rule()], &[], &evidence(), &Waivers::default(), &|_| vec![given.clone()]);
    assert_eq!(only(&half).action, "get the approval of one person more");
}

#[test]
fn missing_findings_are_supplied_and_then_the_rule_is_decided() {
    let source = Source::incomplete(EvidenceKind::Findings, Completeness::Missing, "no file was given");
    let before = decide(vec![undecided("a"), undecided("b")], &[], &evidence_with(source), &Waivers::default());
    let action = only(&before);
    assert_eq!((action.kind, action.rules.len()), (ActionKind::Supply, 2));
    assert!(action.action.contains("`--sarif FILE`"), "{}", action.action);
    assert!(action.action.contains("`--without findings`"), "{}", action.action);
    assert!(action.action.contains("no file was given"), "{}", action.action);
    let after = verdict(vec![satisfied("a", HardMandatory), undecided("b")], &[]);
    assert_eq!(only(&after).rules, ["b"], "what was decided is off the list");
}

#[test]
fn nobody_is_told_to_say_without_where_that_is_not_honoured() {
    let source = || Source::incomplete(EvidenceKind::Findings, Completeness::Missing, "no file was given");
    let rule = RuleOutcome { excusable: Vec::new(), ..undecided("r") };
    for source in [source(), source().at("scan.sarif")] {
        let advice = decide(vec![rule.clone()], &[], &evidence_with(source), &Waivers::default());
        let action = &only(&advice).action;
        assert!(action.contains("`--sarif FILE`") && !action.contains("--without"), "{action}");
    }
    let advice = verdict(vec![rule], &[]);
    assert!(!only(&advice).action.contains("--without"), "{:?}", only(&advice));
}

#[test]
fn a_source_that_is_there_and_no_good_is_named_with_its_reason() {
    let said = |completeness, tool: Option<&str>| {
        let mut source = Source::incomplete(EvidenceKind::Findings, completeness, "exit code 137").at("scan.sarif");
        source.tool = tool.map(str::to_owned);
        only(&decide(vec![undecided("r")], &[], &evidence_with(source), &Waivers::default())).action.clone()
    };
    assert_eq!(said(Completeness::Failed, Some("semgrep")), "re-run `semgrep`: exit code 137");
    assert_eq!(said(Completeness::Failed, None), "repair `scan.sarif`: exit code 137");
    assert_eq!(said(Completeness::Stale, Some("semgrep")), "run `semgrep` again on the head commit: exit code 137");
    assert_eq!(said(Completeness::Truncated, None), "bring all of `scan.sarif` under the limit: exit code 137");
    assert!(said(Completeness::NotExpected, None).starts_with("leave out `--without findings`"));
    assert!(said(Completeness::Missing, Some("CodeQL")).starts_with("bring in `CodeQL`: exit code 137; supply"));
}

#[test]
fn every_bad_source_of_a_kind_is_an_action_of_its_own() {
    let bad = |tool: &str| Source {
        tool: Some(tool.to_owned()),
        ..Source::incomplete(EvidenceKind::Findings, Completeness::Failed, "ended early")
    };
    let mut evidence = evidence();
    evidence.sources.extend([bad("x"), bad("y")]);
    assert_eq!(decide(vec![undecided("r")], &[], &evidence, &Waivers::default()).next.len(), 2);
    evidence.sources.pop();
    assert_eq!(decide(vec![undecided("r")], &[], &evidence, &Waivers::default()).next.len(), 1);
}

#[test]
fn a_kind_that_the_rule_may_do_without_is_not_asked_for_while_it_lacks_what_it_needs() {
    let rule = undecided("r").meta(|meta| meta.optional = vec![EvidenceKind::Teams]);
    let rule = RuleOutcome { evidence: vec![EvidenceKind::Findings, EvidenceKind::Teams], ..rule };
    let missing = Source::incomplete(EvidenceKind::Findings, Completeness::Missing, "not there");
    let verdict = decide(vec![rule.clone()], &[], &evidence_with(missing), &Waivers::default());
    assert!(only(&verdict).action.contains("SARIF"));
    let verdict = decide(vec![rule], &[], &evidence(), &Waivers::default());
    assert!(only(&verdict).action.contains("--teams"));
}

#[test]
fn what_is_lacking_and_no_source_tells_of_is_told_in_the_rules_words() {
    let rule = RuleOutcome { reason: "findings of `CodeQL` are missing".to_owned(), ..undecided("r") };
    let action = only(&verdict(vec![rule], &[])).action.clone();
    assert_eq!(action, "supply what the rule `r` needs: findings of `CodeQL` are missing");
}

#[test]
fn a_rule_that_erred_is_for_who_looks_after_it() {
    let errored = |owner: Option<&str>| {
        let mut rule = satisfied("r", HardMandatory).ended(Outcome::Errored);
        rule.diagnostic = Some(Diagnostic::new(Code::LimitExceeded, "too many operations"));
        verdict(vec![rule.meta(|meta| meta.owner = owner.map(str::to_owned))], &[])
    };
    let before = errored(None);
    assert_eq!(only(&before).action, "fix the rule `r`: too many operations");
    assert_eq!((only(&before).kind, only(&before).who.as_deref()), (ActionKind::RepairRule, Some("pack acme")));
    assert_eq!(only(&errored(Some("team:appsec"))).who.as_deref(), Some("team:appsec"));
    assert_eq!(verdict(vec![satisfied("r", HardMandatory)], &[]).decision, Decision::Approved);
}

#[test]
fn a_rule_that_somebody_stopped_with_a_lower_limit_is_for_them() {
    let mut rule = satisfied("r", HardMandatory).ended(Outcome::Errored);
    rule.diagnostic = Some(Diagnostic::new(Code::LimitExceeded, "too many operations"));
    rule.limited_by = Some("team (layer 1)".to_owned());
    let before = verdict(vec![rule], &[]);
    assert_eq!(only(&before).who.as_deref(), Some("team (layer 1)"));
    assert!(only(&before).action.starts_with("raise the limit that `r` hit"), "{}", only(&before).action);
}

#[test]
fn where_nothing_can_be_asked_a_policy_is() {
    let nothing = verdict(Vec::new(), &[]);
    assert_eq!(nothing.decision, Decision::Indeterminate);
    assert_eq!(only(&nothing).kind, ActionKind::AddPolicy);
    let mut without = satisfied("r", HardMandatory).ended(Outcome::NotApplicable);
    without.ran = false;
    let nothing = verdict(vec![without.clone()], &[]);
    assert_eq!((nothing.decision, only(&nothing).kind), (Decision::Indeterminate, ActionKind::AddPolicy));
    without.ran = true;
    assert_eq!(verdict(vec![without], &[]).decision, Decision::Approved);
}

#[test]
fn where_nothing_ran_an_advisory_rule_that_lacks_evidence_is_a_beginning() {
    let rule = satisfied("r", Advisory).ended(Outcome::Undecided);
    let source = Source::incomplete(EvidenceKind::Findings, Completeness::Missing, "not there");
    let before = decide(vec![rule], &[], &evidence_with(source), &Waivers::default());
    assert_eq!((before.decision, only(&before).kind), (Decision::Indeterminate, ActionKind::Supply));
    assert_eq!(verdict(vec![satisfied("r", Advisory)], &[]).decision, Decision::Approved);
}

#[test]
fn a_rejecting_risk_is_lowered_where_approval_would_not_do() {
    let thresholds = [threshold(Risk::High, true, Vec::new())];
    let before = verdict(vec![satisfied("r", SoftMandatory).assesses("network", Risk::Critical)], &thresholds);
    let action = only(&before);
    assert_eq!((action.kind, action.rules.as_slice()), (ActionKind::LowerRisk, &["r".to_owned()][..]));
    assert_eq!(action.action, "bring the risk from `critical` below `high`, which acme rejects whoever approves");
    let after = verdict(vec![satisfied("r", SoftMandatory).assesses("network", Risk::Medium)], &thresholds);
    assert_eq!((after.decision, after.next.len()), (Decision::Approved, 0));
}

#[test]
fn a_risk_that_goes_with_the_violations_is_not_told_twice() {
    let thresholds = [threshold(Risk::High, true, Vec::new())];
    let hard = verdict(vec![satisfied("r", HardMandatory).objects(Subject::Change, "m")], &thresholds);
    assert_eq!(only(&hard).kind, ActionKind::Fix);
    let soft = verdict(vec![satisfied("r", SoftMandatory).objects(Subject::Change, "m")], &thresholds);
    let kinds: Vec<ActionKind> = soft.next.iter().map(|action| action.kind).collect();
    assert_eq!(kinds, [ActionKind::LowerRisk, ActionKind::Fix, ActionKind::Approve]);
}

#[test]
fn a_policy_that_rejects_every_change_is_for_its_pack() {
    let verdict = verdict(vec![satisfied("r", HardMandatory)], &[threshold(Risk::None, true, Vec::new())]);
    assert_eq!(only(&verdict).who.as_deref(), Some("pack acme"));
}

#[test]
fn what_stands_against_the_worst_decision_comes_first_then_what_serves_the_most_rules() {
    let erred = satisfied("e", HardMandatory).ended(Outcome::Errored);
    let source = Source::incomplete(EvidenceKind::Findings, Completeness::Missing, "not there");
    let rules = vec![
        satisfied("soft", SoftMandatory).objects(Subject::Change, "m"),
        erred,
        undecided("u"),
        undecided("v"),
        satisfied("hard", HardMandatory).objects(Subject::Change, "m"),
    ];
    let verdict = decide_crediting(rules, &[], &evidence_with(source), &Waivers::default(), &|_| Vec::new());
    let kinds: Vec<(ActionKind, usize)> = verdict.next.iter().map(|action| (action.kind, action.rules.len())).collect();
    let expected = [
        (ActionKind::Fix, 1),
        (ActionKind::Supply, 2),
        (ActionKind::RepairRule, 1),
        (ActionKind::Fix, 1),
        (ActionKind::Approve, 1),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(verdict.next[0].rules, ["hard"]);
}

#[test]
fn a_tool_that_the_policy_expects_is_named_though_nobody_supplied_it() {
    let absent = Source {
        tool: Some("CodeQL".to_owned()),
        ..Source::incomplete(EvidenceKind::Findings, Completeness::Missing, "pack acme expects it")
    };
    let grounds = Grounds {
        thresholds: &[],
        evidence: &evidence(),
        waivers: &Waivers::default(),
        approving: &Approving::default(),
        absent: &[absent],
    };
    let verdict = decide_on(vec![undecided("r")], &grounds);
    assert!(only(&verdict).action.starts_with("bring in `CodeQL`: pack acme expects it"), "{:?}", only(&verdict));
}

#[test]
fn what_takes_others_names_them_and_comes_after_what_shows_by_itself() {
    let rule = RuleOutcome { evidence: vec![EvidenceKind::Tests, EvidenceKind::Coverage], ..undecided("a") };
    let rule = rule.meta(|meta| meta.needs = vec![EvidenceKind::Tests, EvidenceKind::Coverage]);
    let also = RuleOutcome { evidence: vec![EvidenceKind::Tests], ..undecided("b") };
    let also = also.meta(|meta| meta.needs = vec![EvidenceKind::Tests]);
    let erred = satisfied("e", HardMandatory).ended(Outcome::Errored);
    let verdict = verdict(vec![rule, also, erred], &[]);
    let told: Vec<(ActionKind, &[String], &[u32])> =
        verdict.next.iter().map(|action| (action.kind, action.alone.as_slice(), action.with.as_slice())).collect();
    let (b, e) = (["b".to_owned()], ["e".to_owned()]);
    let expected: [(ActionKind, &[String], &[u32]); 3] =
        [(ActionKind::Supply, &b, &[3]), (ActionKind::RepairRule, &e, &[]), (ActionKind::Supply, &[], &[1])];
    assert_eq!(told, expected);
}
