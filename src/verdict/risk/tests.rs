use super::super::testing::{Edit as _, evidence, satisfied, threshold};
use super::super::{CategoryRisk, Decision, RiskSummary, Waiver, Waivers, decide};
use crate::evaluate::{Outcome, RuleOutcome, Subject};
use crate::policy::Enforcement::{Advisory, HardMandatory, SoftMandatory};
use crate::policy::Risk;

fn risk(outcomes: Vec<RuleOutcome>) -> RiskSummary {
    decide(outcomes, &[], &evidence(), &Waivers::default()).risk
}

fn category<'a>(risk: &'a RiskSummary, name: &str) -> &'a CategoryRisk {
    risk.categories.iter().find(|category| category.category == name).unwrap()
}

#[test]
fn a_satisfied_mandatory_rule_looked_and_found_none() {
    assert_eq!(risk(vec![satisfied("r", HardMandatory)]).overall, Some(Risk::None));
}

#[test]
fn what_nothing_assessed_has_no_level() {
    for outcome in [Outcome::Undecided, Outcome::Errored, Outcome::NotApplicable] {
        let risk = risk(vec![satisfied("r", HardMandatory).ended(outcome)]);
        assert_eq!((risk.overall, category(&risk, "injection").risk), (None, None), "{outcome}");
    }
    assert_eq!(risk(vec![satisfied("r", HardMandatory).incomplete()]).overall, None);
    assert_eq!(risk(Vec::new()).overall, None);
}

#[test]
fn where_a_mandatory_rule_was_excused_from_looking_nothing_found_is_no_level() {
    let excused = |enforcement| RuleOutcome {
        ran: false,
        excused: true,
        ..satisfied("excused", enforcement).ended(Outcome::NotApplicable)
    };
    let looked = || satisfied("looked", HardMandatory);
    let level = |rules: Vec<RuleOutcome>| category(&risk(rules), "injection").risk;
    assert_eq!(level(vec![excused(HardMandatory), looked()]), None);
    assert_eq!(level(vec![excused(SoftMandatory), looked()]), None);
    assert_eq!(level(vec![excused(Advisory), looked()]), Some(Risk::None), "advisory rules count for nothing");
    let found = looked().objects(Subject::Change, "m");
    assert_eq!(level(vec![excused(HardMandatory), found]), Some(Risk::High), "what was found stays found");
    let elsewhere = satisfied("elsewhere", HardMandatory).meta(|meta| meta.category = "tests".to_owned());
    let both = risk(vec![excused(HardMandatory), elsewhere]);
    assert_eq!((category(&both, "injection").risk, category(&both, "tests").risk), (None, Some(Risk::None)));
    let own_word = RuleOutcome { excused: false, ..excused(HardMandatory) };
    assert_eq!(level(vec![own_word, looked()]), Some(Risk::None));
}

#[test]
fn the_undecided_stand_beside_the_level() {
    let risk = risk(vec![
        satisfied("a", HardMandatory).objects(Subject::Change, "m").meta(|meta| meta.risk = Risk::Medium),
        satisfied("b", SoftMandatory).ended(Outcome::Undecided),
        satisfied("c", HardMandatory).ended(Outcome::Errored).meta(|meta| meta.category = "tests".to_owned()),
        satisfied("d", HardMandatory).objects(Subject::Change, "m").meta(|meta| meta.risk = Risk::Low).incomplete(),
        satisfied("e", Advisory).ended(Outcome::Undecided),
    ]);
    assert_eq!((risk.overall, risk.undecided), (Some(Risk::Medium), 3));
    let injection = category(&risk, "injection");
    assert_eq!((injection.risk, injection.undecided), (Some(Risk::Medium), 2));
    let tests = category(&risk, "tests");
    assert_eq!((tests.risk, tests.undecided), (None, 1));
}

#[test]
fn a_violation_has_its_own_risk_or_that_of_its_rule() {
    let mut rule = satisfied("r", HardMandatory).objects(Subject::File(0), "m").objects(Subject::File(1), "m");
    assert_eq!(risk(vec![rule.clone()]).overall, Some(Risk::High));
    rule.violations[0].risk = Some(Risk::Critical);
    assert_eq!(risk(vec![rule.clone()]).overall, Some(Risk::Critical));
    rule.violations[0].risk = Some(Risk::Low);
    rule.violations[1].risk = Some(Risk::Medium);
    assert_eq!(risk(vec![rule]).overall, Some(Risk::Medium));
}

#[test]
fn a_waived_violation_endangers_nothing_and_an_assessment_can_not_be_waived() {
    let rule = satisfied("r", HardMandatory).objects(Subject::File(0), "m").assesses("network", Risk::Low);
    let verdict = decide(vec![rule.clone()], &[], &evidence(), &Waivers::default());
    let fingerprint = verdict.rules[0].violations[0].fingerprint.clone();
    let waiver = Waiver { rule: "r".to_owned(), fingerprint, id: "W-1".to_owned() };
    let risk = decide(vec![rule], &[], &evidence(), &Waivers::new(vec![waiver])).risk;
    assert_eq!(category(&risk, "injection").risk, Some(Risk::None));
    assert_eq!(category(&risk, "network").risk, Some(Risk::Low));
    assert_eq!(risk.overall, Some(Risk::Low));
}

#[test]
fn an_assessment_speaks_for_the_category_that_it_names() {
    let risk = risk(vec![satisfied("r", SoftMandatory).assesses("network", Risk::High).ended(Outcome::Undecided)]);
    let network = category(&risk, "network");
    assert_eq!(
        (network.risk, network.undecided, network.rules.as_slice()),
        (Some(Risk::High), 1, &["r".to_owned()][..])
    );
    assert_eq!(category(&risk, "injection").risk, None);
    assert_eq!(risk.undecided, 1, "one rule, though it has a say in two categories");
}

#[test]
fn advisory_risk_is_shown_apart() {
    let risk = risk(vec![
        satisfied("a", Advisory).objects(Subject::Change, "m").assesses("network", Risk::Critical),
        satisfied("b", HardMandatory),
    ]);
    assert_eq!((risk.overall, risk.advisory), (Some(Risk::None), Some(Risk::Critical)));
    let network = category(&risk, "network");
    assert_eq!((network.risk, network.advisory), (None, Some(Risk::Critical)));
    assert!(network.assessments[0].advisory);
}

#[test]
fn categories_come_in_the_order_of_the_built_in_list_then_by_name() {
    let of = |id: &str, name: &str| satisfied(id, HardMandatory).meta(|meta| meta.category = name.to_owned());
    let risk = risk(vec![of("a", "zebra"), of("b", "process"), of("c", "apple"), of("d", "vulnerabilities")]);
    let names: Vec<&str> = risk.categories.iter().map(|category| category.category.as_str()).collect();
    assert_eq!(names, ["vulnerabilities", "process", "apple", "zebra"]);
}

#[test]
fn a_threshold_holds_from_its_level_on() {
    let rule = || satisfied("r", SoftMandatory).assesses("network", Risk::High);
    let decision = |level: Risk| {
        decide(vec![rule()], &[threshold(level, true, Vec::new())], &evidence(), &Waivers::default()).decision
    };
    assert_eq!(decision(Risk::Medium), Decision::Rejected);
    assert_eq!(decision(Risk::High), Decision::Rejected);
    assert_eq!(decision(Risk::Critical), Decision::Approved);
}

#[test]
fn every_change_reaches_none_also_one_that_nobody_assessed() {
    let rule = satisfied("r", HardMandatory).ended(Outcome::NotApplicable);
    let verdict = decide(vec![rule], &[threshold(Risk::None, true, Vec::new())], &evidence(), &Waivers::default());
    assert_eq!((verdict.risk.overall, verdict.decision), (None, Decision::Rejected));
}
