use super::super::testing::{Edit as _, evidence, satisfied, team, threshold};
use super::super::{Decision, Given, Requirement, Verdict, Waiver, Waivers, decide, decide_crediting};
use crate::evaluate::{Outcome, RuleOutcome, Subject};
use crate::policy::Enforcement::{Advisory, HardMandatory, SoftMandatory};
use crate::policy::{Approver, Risk, Threshold};

fn verdict(outcomes: Vec<RuleOutcome>, thresholds: &[Threshold]) -> Verdict {
    decide(outcomes, thresholds, &evidence(), &Waivers::default())
}

fn required(outcomes: Vec<RuleOutcome>) -> Vec<Requirement> {
    verdict(outcomes, &[]).approvals
}

fn given(by: &str) -> Given {
    Given { by: by.to_owned(), commit: None }
}

#[test]
fn a_soft_mandatory_violation_asks_the_rules_approvers() {
    let verdict = verdict(vec![satisfied("r", SoftMandatory).objects(Subject::File(0), "m")], &[]);
    assert_eq!(verdict.decision, Decision::ApprovalRequired);
    let [requirement] = verdict.approvals.as_slice() else { panic!("one requirement") };
    assert_eq!((requirement.from.as_slice(), requirement.count), (&[team("security")][..], 1));
    assert_eq!((requirement.outstanding, requirement.given.len()), (1, 0));
    assert_eq!(requirement.because().collect::<Vec<_>>(), ["r"]);
    assert_eq!(requirement.paths, ["a"]);
}

#[test]
fn a_violations_own_approvers_take_the_place_of_the_rules() {
    let mut rule = satisfied("r", SoftMandatory).objects(Subject::File(0), "m").objects(Subject::File(1), "m");
    rule.violations[0].approvers = vec![team("platform")];
    let required = required(vec![rule]);
    let from: Vec<String> = required.iter().map(|requirement| requirement.from[0].to_string()).collect();
    assert_eq!(from, ["team:platform", "team:security"]);
}

#[test]
fn hard_mandatory_and_advisory_violations_ask_nobody() {
    let rules = [HardMandatory, Advisory].map(|enforcement| satisfied("r", enforcement).objects(Subject::Change, "m"));
    for rule in rules {
        assert_eq!(required(vec![rule]), Vec::new());
    }
}

#[test]
fn a_waived_violation_asks_nobody_and_a_required_approval_stays() {
    let rule = satisfied("r", SoftMandatory).objects(Subject::File(0), "m").asks(&[team("legal")], 1, Subject::Change);
    let fingerprint = verdict(vec![rule.clone()], &[]).rules[0].violations[0].fingerprint.clone();
    let waivers = Waivers::new(vec![Waiver { rule: "r".to_owned(), fingerprint, id: "W".to_owned() }]);
    let verdict = decide(vec![rule], &[], &evidence(), &waivers);
    assert_eq!(verdict.decision, Decision::ApprovalRequired);
    let from: Vec<&[Approver]> = verdict.approvals.iter().map(|requirement| requirement.from.as_slice()).collect();
    assert_eq!(from, [&[team("legal")][..]]);
}

#[test]
fn a_mandatory_rule_that_asks_for_approval_waits_for_it_and_an_advisory_one_does_not() {
    let asks = |enforcement| satisfied("r", enforcement).asks(&[team("legal")], 2, Subject::Change);
    for enforcement in [SoftMandatory, HardMandatory] {
        let verdict = verdict(vec![asks(enforcement)], &[]);
        assert_eq!((verdict.decision, verdict.approvals[0].outstanding), (Decision::ApprovalRequired, 2));
    }
    let verdict = verdict(vec![asks(Advisory)], &[]);
    assert_eq!((verdict.decision, verdict.approvals.len()), (Decision::Approved, 0));
}

#[test]
fn a_threshold_asks_in_the_name_of_its_level_and_pack() {
    let thresholds = [
        threshold(Risk::Medium, false, vec![(vec![team("security")], 1), (vec![team("platform")], 2)]),
        threshold(Risk::Critical, false, vec![(vec![team("board")], 1)]),
    ];
    let verdict = verdict(vec![satisfied("r", SoftMandatory).assesses("network", Risk::High)], &thresholds);
    assert_eq!(verdict.decision, Decision::ApprovalRequired);
    assert_eq!(verdict.rules[0].decision, Decision::Approved, "the rule itself asks for nothing");
    let because: Vec<&str> = verdict.approvals.iter().flat_map(Requirement::because).collect();
    assert_eq!(because, ["risk.medium of acme", "risk.medium of acme"]);
}

#[test]
fn the_same_people_for_the_same_part_are_asked_once() {
    let rule = |id: &str| satisfied(id, SoftMandatory).objects(Subject::File(0), "m").objects(Subject::File(1), "m");
    let one = required(vec![rule("b"), rule("a")]);
    assert_eq!(one.len(), 1);
    assert_eq!(one[0].because().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(one[0].paths, ["a", "b"]);
    assert_eq!(one[0].violations.len(), 4);
}

#[test]
fn other_numbers_and_the_change_as_a_whole_stay_apart() {
    let rule = satisfied("r", SoftMandatory)
        .asks(&[team("x")], 1, Subject::Change)
        .asks(&[team("x")], 2, Subject::Change)
        .asks(&[team("x")], 1, Subject::File(0));
    assert_eq!(required(vec![rule]).len(), 3);
}

#[test]
fn owners_of_different_files_are_different_people() {
    let rule = (0..3).fold(satisfied("r", SoftMandatory), |rule, index| rule.objects(Subject::File(index), "m"));
    let required = required(vec![rule.meta(|meta| meta.approvers = vec![Approver::Owners])]);
    let owners: Vec<(&[String], &[String])> =
        required.iter().map(|requirement| (requirement.owners.as_slice(), requirement.paths.as_slice())).collect();
    let text = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let expected = [(text(&["@ann"]), text(&["a", "c"])), (text(&["@bob"]), text(&["b"]))];
    assert_eq!(owners, expected.each_ref().map(|(owners, paths)| (owners.as_slice(), paths.as_slice())));
}

#[test]
fn a_requirement_is_the_same_one_until_what_it_rests_on_differs() {
    let base = || satisfied("r", SoftMandatory).objects(Subject::File(0), "m");
    let fingerprint = |rule: RuleOutcome| required(vec![rule])[0].fingerprint.clone();
    let same = fingerprint(base());
    assert_eq!(same.len(), 64);
    assert_eq!(fingerprint(base().meta(|meta| meta.title = "another".to_owned())), same);
    assert_ne!(fingerprint(base().meta(|meta| meta.id = "s".to_owned())), same);
    assert_ne!(fingerprint(base().meta(|meta| meta.approvers.push(team("legal")))), same);
    assert_ne!(fingerprint(base().objects(Subject::File(1), "m")), same);
    assert_ne!(fingerprint(base().asks(&[team("security")], 1, Subject::File(1))), same);
    let asks = |count| fingerprint(satisfied("r", SoftMandatory).asks(&[team("x")], count, Subject::Change));
    assert_ne!(asks(1), asks(2));
}

#[test]
fn people_are_counted_once_without_case_and_what_is_given_clears_the_rule() {
    let rule = || satisfied("r", SoftMandatory).asks(&[team("x")], 2, Subject::Change).objects(Subject::File(0), "m");
    let credited = |people: &[&str]| {
        let people: Vec<Given> = people.iter().map(|by| given(by)).collect();
        decide_crediting(vec![rule()], &[], &evidence(), &Waivers::default(), &|_| people.clone())
    };
    let twice_ann = credited(&["ann", "Ann"]);
    assert_eq!(twice_ann.decision, Decision::ApprovalRequired);
    assert_eq!(twice_ann.approvals.iter().map(|asked| asked.outstanding).max(), Some(1));
    let both = credited(&["ann", "bob"]);
    assert_eq!((both.decision, both.rules[0].decision), (Decision::Approved, Decision::Approved));
    assert!(both.next.is_empty());
}

#[test]
fn without_anybody_named_nobody_can_meet_it() {
    let rule = satisfied("r", SoftMandatory).objects(Subject::Change, "m").meta(|meta| meta.approvers.clear());
    let verdict = decide_crediting(vec![rule], &[], &evidence(), &Waivers::default(), &|_| vec![given("ann")]);
    assert_eq!((verdict.decision, verdict.approvals[0].outstanding), (Decision::ApprovalRequired, 1));
    assert!(verdict.approvals[0].unsatisfiable.is_some());
}

#[test]
fn a_rule_that_erred_after_its_violations_asks_for_them_and_stays_indeterminate() {
    let rule = satisfied("r", SoftMandatory).objects(Subject::Change, "m").ended(Outcome::Errored);
    let verdict = decide_crediting(vec![rule], &[], &evidence(), &Waivers::default(), &|_| vec![given("ann")]);
    assert_eq!((verdict.approvals.len(), verdict.approvals[0].outstanding), (1, 0));
    assert_eq!(verdict.decision, Decision::Indeterminate);
}
