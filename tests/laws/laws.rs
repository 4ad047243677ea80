//! The laws themselves.

use std::cell::RefCell;
use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use tollgate::evaluate::{Outcome, RuleOutcome};
use tollgate::evidence::{Completeness, EvidenceKind, Source, Word as _};
use tollgate::policy::{Enforcement, PathGlob, Risk};
use tollgate::report::{PolicyReport, ReportContext, VerdictReport};
use tollgate::verdict::{
    ActionKind, Decision, Given, RuleVerdict, Scope, Verdict, Violations, Waiver, Waivers, decide, decide_crediting,
};

use super::generate::{End, Spec, World, shuffled, spec, threshold, violation, world};

/// How many cases each law is held against.
const CASES: u32 = 2_000;

fn judge(world: &World, waivers: &Waivers) -> Verdict {
    decide(world.outcomes(), &world.thresholds, &world.evidence, waivers)
}

/// Waivers of the violations that the world says are waived, by the fingerprints that its verdict publishes.
fn waivers(world: &World) -> Waivers {
    let verdict = judge(world, &Waivers::default());
    let named = violations_of(&verdict).into_iter().zip(world.waived.iter().cycle());
    let chosen = named.filter(|(_, waived)| **waived).enumerate();
    Waivers::of_fingerprints(
        chosen.map(|(number, ((rule, fingerprint, _), _))| (rule, fingerprint, format!("W-{number}"))),
    )
}

/// The id of the waiver that names a violation.
fn waiver_of<'a>(waivers: &'a Waivers, rule: &str, fingerprint: &str) -> Option<&'a str> {
    let names = |waiver: &&Waiver| waiver.rule == rule && waiver.scope.fingerprint.as_deref() == Some(fingerprint);
    waivers.all().iter().find(names).map(|waiver| waiver.id.as_str())
}

/// Rule, fingerprint and waiver of every violation.
fn violations_of(verdict: &Verdict) -> Vec<(String, String, Option<String>)> {
    let of_rule = |rule: &RuleVerdict| {
        let id = rule.id().to_owned();
        let all = rule.violations.iter().map(|judged| (id.clone(), judged.fingerprint.clone(), judged.waiver.clone()));
        all.collect::<Vec<_>>()
    };
    verdict.rules.iter().flat_map(of_rule).collect()
}

fn bytes(verdict: &Verdict, world: &World) -> Vec<u8> {
    let context = ReportContext {
        as_of: "2026-01-31T00:00:00Z".to_owned(),
        dry_run: false,
        policy: PolicyReport::default(),
        packs: &[],
        weakenings: Vec::new(),
        settings: Vec::new(),
        extra_sources: &[],
    };
    serde_json::to_vec(&VerdictReport::new(verdict, &world.evidence, &context)).unwrap()
}

fn with(world: &World, extra: Spec) -> World {
    let mut world = world.clone();
    world.specs.push(extra);
    world
}

fn lenient(requirement: &tollgate::verdict::Requirement) -> Vec<Given> {
    (0..requirement.count).map(|person| Given { by: format!("person-{person}"), commit: None }).collect()
}

fn unsettled(spec: &Spec) -> bool {
    let outcome = spec.outcome();
    spec.mandatory() && (outcome.incomplete || matches!(outcome.outcome, Outcome::Undecided | Outcome::Errored))
}

/// Every violation's id in the evidence's terms, with its waiver.
fn waived(verdict: &Verdict) -> Vec<(String, tollgate::evaluate::Violation, bool)> {
    let of_rule = |rule: &RuleVerdict| {
        let id = rule.id().to_owned();
        let all = rule.violations.iter().map(|judged| (id.clone(), judged.violation.clone(), judged.waiver.is_some()));
        all.collect::<Vec<_>>()
    };
    verdict.rules.iter().flat_map(of_rule).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, max_global_rejects: 4 * CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rules_and_of_all_that_they_said_changes_no_byte(
        world in world(),
        keys in prop::collection::vec(any::<Index>(), 8),
    ) {
        let waivers = waivers(&world);
        let mut other = world.clone();
        other.specs = shuffled(&world.specs, &keys);
        other.thresholds = shuffled(&world.thresholds, &keys);
        for spec in &mut other.specs {
            spec.violations = shuffled(&spec.violations, &keys);
            spec.assessments = shuffled(&spec.assessments, &keys);
            spec.required = shuffled(&spec.required, &keys);
            spec.notes = shuffled(&spec.notes, &keys);
            spec.judgements = shuffled(&spec.judgements, &keys);
        }
        prop_assert_eq!(bytes(&judge(&world, &waivers), &world), bytes(&judge(&other, &waivers), &other));
    }

    #[test]
    fn deciding_twice_gives_the_same_bytes(world in world()) {
        let waivers = waivers(&world);
        prop_assert_eq!(bytes(&judge(&world, &waivers), &world), bytes(&judge(&world, &waivers), &world));
    }

    #[test]
    fn where_a_rule_ran_another_rule_never_improves_decision_or_risk(world in world(), extra in spec()) {
        prop_assume!(world.something_ran());
        let waivers = waivers(&world);
        let (before, after) = (judge(&world, &waivers), judge(&with(&world, extra), &waivers));
        prop_assert!(after.decision >= before.decision);
        // That nobody assessed it is no better than "none", which a rule that was excused from looking turns into it.
        let level = |verdict: &Verdict| verdict.risk.overall.unwrap_or(Risk::None);
        prop_assert!(level(&after) >= level(&before));
    }

    #[test]
    fn where_a_rule_ran_another_violation_never_improves_decision_or_risk(
        world in world(),
        extra in violation(),
        at in any::<Index>(),
    ) {
        prop_assume!(world.something_ran());
        let waivers = waivers(&world);
        let mut other = world.clone();
        let at = at.index(world.specs.len());
        other.specs[at].violations.push(extra);
        let (before, after) = (judge(&world, &waivers), judge(&other, &waivers));
        prop_assert!(after.decision >= before.decision);
        prop_assert!(after.risk.overall >= before.risk.overall);
    }

    #[test]
    fn without_a_source_that_a_mandatory_rule_needs_nothing_is_approved(world in world(), at in any::<Index>()) {
        prop_assume!(world.specs.iter().any(Spec::mandatory));
        let mut other = world.clone();
        let mut mandatory: Vec<&mut Spec> = other.specs.iter_mut().filter(|spec| spec.mandatory()).collect();
        let at = at.index(mandatory.len());
        mandatory[at].incomplete = true;
        let waivers = waivers(&other);
        let verdict = decide_crediting(other.outcomes(), &other.thresholds, &other.evidence, &waivers, &lenient);
        prop_assert!(verdict.decision >= Decision::Indeterminate);
        prop_assert!(verdict.risk.undecided > 0);
    }

    #[test]
    fn a_waiver_lifts_the_violation_that_it_names_and_nothing_else(world in world()) {
        let waivers = waivers(&world);
        let (before, after) = (judge(&world, &Waivers::default()), judge(&world, &waivers));
        let named = violations_of(&before).into_iter().zip(world.waived.iter().cycle());
        for ((rule, fingerprint, _), expected) in named {
            prop_assert_eq!(waiver_of(&waivers, &rule, &fingerprint).is_some(), *expected);
        }
        for (rule, fingerprint, waiver) in violations_of(&after) {
            prop_assert_eq!(waiver.as_deref(), waiver_of(&waivers, &rule, &fingerprint));
        }
        for (before, after) in before.rules.iter().zip(&after.rules) {
            prop_assert_eq!(&before.outcome, &after.outcome);
            let names = |rule: &RuleVerdict| {
                rule.violations.iter().map(|judged| judged.fingerprint.clone()).collect::<Vec<_>>()
            };
            prop_assert_eq!(names(before), names(after));
            let touched = after.violations.iter().any(|judged| judged.waiver.is_some());
            prop_assert!(touched || before == after);
            prop_assert!(after.decision <= before.decision);
        }
    }

    #[test]
    fn a_violation_beside_it_never_lifts_one_that_was_not(
        world in world(),
        extra in violation(),
        at in any::<Index>(),
    ) {
        prop_assume!(!world.specs.is_empty());
        let mut other = world.clone();
        let at = at.index(world.specs.len());
        other.specs[at].violations.push(extra);
        // Waivers of names that either set publishes.
        for waivers in [waivers(&world), waivers(&other)] {
            let lifted = waived(&judge(&other, &waivers));
            for (rule, violation, before) in waived(&judge(&world, &waivers)) {
                let now = lifted.iter().any(|(id, other, now)| *id == rule && *other == violation && *now);
                prop_assert!(before || !now, "adding a violation lifted another");
            }
        }
    }

    #[test]
    fn a_waiver_of_a_path_lifts_what_lies_there_and_nothing_else(
        mut world in world(),
        at in any::<Index>(),
        files_known in any::<bool>(),
    ) {
        prop_assume!(!world.evidence.files.is_empty());
        if files_known {
            world.evidence.sources.retain(|source| source.kind != EvidenceKind::Files);
            world.evidence.sources.push(Source::complete(EvidenceKind::Files));
        }
        let known = world.evidence.completeness(EvidenceKind::Files) == Completeness::Complete;
        let files = &world.evidence.files;
        let path = files[at.index(files.len())].path.clone();
        let before = judge(&world, &Waivers::default());
        let of_rule = |rule: &RuleVerdict| Waiver {
            rule: rule.id().to_owned(),
            scope: Scope { paths: vec![PathGlob::parse(&path).unwrap()], ..Scope::default() },
            ..Waivers::of_fingerprints([(String::new(), String::new(), "W".to_owned())]).all()[0].clone()
        };
        let day = jiff::civil::date(2026, 1, 31);
        let after = judge(&world, &Waivers::new(before.rules.iter().map(of_rule).collect(), day, None));
        let report: serde_json::Value = serde_json::from_slice(&bytes(&after, &world)).unwrap();
        let moved = files.iter().any(|file| {
            let touches = file.path == path || file.previous_path.as_ref() == Some(&path);
            touches && file.previous_path.as_ref().is_some_and(|previous| *previous != file.path)
        });
        for rule in report["rules"].as_array().unwrap() {
            for violation in rule["violations"].as_array().unwrap() {
                let lies_there = violation["location"]["path"] == path.as_str();
                let lifted = !violation["waiver"].is_null();
                prop_assert_eq!(lifted, lies_there && !moved && known, "{}", violation);
            }
        }
    }

    #[test]
    fn fingerprints_are_unique_in_a_verdict(world in world()) {
        let verdict = judge(&world, &Waivers::default());
        let all = violations_of(&verdict);
        let distinct: BTreeSet<&String> = all.iter().map(|(_, fingerprint, _)| fingerprint).collect();
        prop_assert_eq!(distinct.len(), all.len());
        let distinct: BTreeSet<&String> = verdict.approvals.iter().map(|asked| &asked.fingerprint).collect();
        prop_assert_eq!(distinct.len(), verdict.approvals.len());
    }

    #[test]
    fn no_waiver_and_no_approval_lifts_what_could_not_be_told(
        mut world in world(),
        mut unsettled_rule in spec(),
        errored in any::<bool>(),
        hard in any::<bool>(),
    ) {
        unsettled_rule.meta.enforcement = if hard { Enforcement::HardMandatory } else { Enforcement::SoftMandatory };
        if errored {
            unsettled_rule.end = End::Errored;
        } else {
            unsettled_rule.incomplete = true;
        }
        world.specs.insert(0, unsettled_rule);
        world.waived = vec![true];
        let waivers = waivers(&world);
        let verdict = decide_crediting(world.outcomes(), &world.thresholds, &world.evidence, &waivers, &lenient);
        prop_assert!(verdict.decision >= Decision::Indeterminate);
        // The rule `new` is the first by id, as it is in the world.
        for (spec, rule) in world.specs.iter().zip(&verdict.rules) {
            prop_assert_eq!(&spec.meta.id, rule.id());
            prop_assert!(!unsettled(spec) || rule.decision >= Decision::Indeterminate);
        }
    }

    #[test]
    fn a_waiver_lifts_no_assessment_and_no_required_approval(mut world in world()) {
        world.waived = vec![true];
        let verdict = judge(&world, &waivers(&world));
        for spec in world.specs.iter().filter(|spec| spec.mandatory()) {
            let highest = spec.assessments.iter().map(|assessment| assessment.risk).max();
            prop_assert!(verdict.risk.overall >= highest);
            for asked in &spec.required {
                let met = |kept: &tollgate::verdict::Requirement| kept.is_of(&spec.meta.id) && kept.count == asked.count;
                prop_assert!(verdict.approvals.iter().any(met));
            }
            prop_assert!(spec.required.is_empty() || verdict.decision >= Decision::ApprovalRequired);
        }
    }

    #[test]
    fn approvals_lower_no_risk_and_lift_no_rejection(world in world()) {
        let waivers = waivers(&world);
        let before = judge(&world, &waivers);
        let after = decide_crediting(world.outcomes(), &world.thresholds, &world.evidence, &waivers, &lenient);
        prop_assert_eq!(&before.risk, &after.risk);
        let expected = if before.decision == Decision::ApprovalRequired { Decision::Approved } else { before.decision };
        prop_assert_eq!(after.decision, expected);
    }

    #[test]
    fn where_a_rule_ran_advisory_rules_change_nothing_that_counts(world in world(), mut extra in spec()) {
        prop_assume!(world.something_ran());
        extra.meta.enforcement = Enforcement::Advisory;
        let waivers = waivers(&world);
        let (before, after) = (judge(&world, &waivers), judge(&with(&world, extra), &waivers));
        prop_assert_eq!(after.decision, before.decision);
        prop_assert_eq!(after.reasons, before.reasons);
        prop_assert_eq!(after.approvals, before.approvals);
        prop_assert_eq!(after.next, before.next);
        prop_assert_eq!((after.risk.overall, after.risk.undecided), (before.risk.overall, before.risk.undecided));
    }

    #[test]
    fn where_no_rule_ran_nothing_is_approved(world in world()) {
        let waivers = waivers(&world);
        let mut idle = world.clone();
        idle.specs.retain(|spec| !spec.outcome().ran);
        let verdict = decide_crediting(idle.outcomes(), &idle.thresholds, &idle.evidence, &waivers, &lenient);
        prop_assert!(verdict.decision >= Decision::Indeterminate);
    }

    #[test]
    fn more_thresholds_and_lower_ones_never_improve(world in world(), extra in threshold(), at in any::<Index>()) {
        let waivers = waivers(&world);
        let before = judge(&world, &waivers);
        let mut more = world.clone();
        more.thresholds.push(extra);
        let after = judge(&more, &waivers);
        prop_assert!(after.decision >= before.decision);
        let at = at.index(more.thresholds.len());
        let level = more.thresholds[at].risk as usize;
        more.thresholds[at].risk = Risk::ALL[level.saturating_sub(1)];
        prop_assert!(judge(&more, &waivers).decision >= after.decision);
    }

    #[test]
    fn a_change_that_is_not_approved_is_told_what_would_clear_it(world in world()) {
        let waivers = waivers(&world);
        for verdict in [
            judge(&world, &waivers),
            decide_crediting(world.outcomes(), &world.thresholds, &world.evidence, &waivers, &lenient),
        ] {
            prop_assert_eq!(verdict.next.is_empty(), verdict.decision == Decision::Approved);
            prop_assert_eq!(verdict.reasons.is_empty(), verdict.decision == Decision::Approved);
            let known: BTreeSet<&str> = verdict.rules.iter().map(RuleVerdict::id).collect();
            prop_assert!(verdict.next.iter().flat_map(|action| &action.rules).all(|id| known.contains(id.as_str())));
        }
    }

    #[test]
    fn the_decision_is_the_worst_of_its_parts(world in world()) {
        let verdict = judge(&world, &waivers(&world));
        let mut worst = verdict.rules.iter().map(|rule| rule.decision).max().unwrap_or(Decision::Approved);
        if verdict.approvals.iter().any(|asked| asked.outstanding > 0) {
            worst = worst.max(Decision::ApprovalRequired);
        }
        if !world.something_ran() {
            worst = worst.max(Decision::Indeterminate);
        }
        let level = verdict.risk.overall.unwrap_or(Risk::None);
        if world.thresholds.iter().any(|threshold| threshold.rejects && threshold.risk <= level) {
            worst = Decision::Rejected;
        }
        prop_assert_eq!(verdict.decision, worst);
    }
}

/// Words that a sample of generated worlds reaches.
#[derive(Debug, Default)]
struct Reached {
    outcomes: BTreeSet<(Enforcement, Outcome)>,
    decisions: BTreeSet<(bool, Decision)>,
    rule_decisions: BTreeSet<(Enforcement, Decision)>,
    violations: BTreeSet<Violations>,
    levels: BTreeSet<Option<Risk>>,
    actions: BTreeSet<ActionKind>,
    subjects: BTreeSet<u8>,
    requirements: usize,
    ambiguous: usize,
}

impl Reached {
    fn add(&mut self, world: &World, verdict: &Verdict) {
        self.decisions.insert((world.something_ran(), verdict.decision));
        self.levels.insert(verdict.risk.overall);
        self.actions.extend(verdict.next.iter().map(|action| action.kind));
        self.requirements = self.requirements.max(verdict.approvals.len());
        for rule in &verdict.rules {
            let RuleOutcome { rule: meta, outcome, .. } = &rule.outcome;
            self.outcomes.insert((meta.enforcement, *outcome));
            self.rule_decisions.insert((meta.enforcement, rule.decision));
            self.violations.insert(match (rule.violations.len(), rule.open_violations().count()) {
                (0, _) => Violations::None,
                (_, 0) => Violations::Waived,
                _ => Violations::Open,
            });
            let subjects: Vec<_> = rule.violations.iter().map(|judged| judged.violation.subject).collect();
            self.subjects.extend(subjects.iter().map(|subject| match subject {
                tollgate::evaluate::Subject::Change => 0,
                tollgate::evaluate::Subject::Finding(_) => 1,
                tollgate::evaluate::Subject::File(_) => 2,
                tollgate::evaluate::Subject::Dependency(_) => 3,
                tollgate::evaluate::Subject::Capability(_) => 4,
                tollgate::evaluate::Subject::Claim(_) => 5,
                tollgate::evaluate::Subject::Review(_) => 6,
                tollgate::evaluate::Subject::Test(_) => 7,
                tollgate::evaluate::Subject::Coverage(_) => 8,
                tollgate::evaluate::Subject::Licence(_) => 9,
                tollgate::evaluate::Subject::Advisory(_) => 10,
                // Sources are what some laws take away, so that no generated subject is a position among them.
                tollgate::evaluate::Subject::Source(_) => 11,
            }));
            self.ambiguous += subjects.len() - subjects.iter().collect::<BTreeSet<_>>().len();
        }
    }
}

#[test]
fn the_generators_reach_every_outcome_enforcement_and_decision() {
    let reached = RefCell::new(Reached::default());
    let mut runner = TestRunner::deterministic();
    let worlds = world();
    for _ in 0..CASES {
        let world = worlds.new_tree(&mut runner).unwrap().current();
        let waivers = waivers(&world);
        reached.borrow_mut().add(&world, &judge(&world, &waivers));
    }
    let reached = reached.into_inner();
    assert_eq!(reached.outcomes.len(), Enforcement::ALL.len() * Outcome::ALL.len(), "{reached:?}");
    // All four where a rule ran; where none did, only the two that are left.
    let expected: BTreeSet<(bool, Decision)> = Decision::ALL
        .iter()
        .map(|decision| (true, *decision))
        .chain([(false, Decision::Indeterminate), (false, Decision::Rejected)])
        .collect();
    assert_eq!(reached.decisions, expected);
    // Each enforcement with each decision that it can have: advisory one, the hard and the soft all that the table has.
    assert_eq!(reached.rule_decisions.len(), 1 + 3 + 4, "{reached:?}");
    assert_eq!(reached.violations.len(), Violations::ALL.len());
    assert_eq!(reached.levels.len(), Risk::ALL.len() + 1);
    assert_eq!(reached.actions.len(), 6, "{reached:?}");
    assert_eq!(reached.subjects.len(), 11);
    assert!(reached.requirements > 2 && reached.ambiguous > 20, "{reached:?}");
}
