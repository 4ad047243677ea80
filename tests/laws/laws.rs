//! The laws of rules, violations, risk and thresholds.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;
use tollgate::evaluate::{Outcome, Subject, Violation};
use tollgate::evidence::{Completeness, EvidenceKind, Source, Word as _};
use tollgate::policy::{Enforcement, Risk};
use tollgate::report::{PolicyReport, ReportContext, VerdictReport, read_evidence, write_evidence};
use tollgate::verdict::{Decision, JudgedViolation, Requirement, RuleVerdict, Verdict, Waivers};

use super::draw::{Drawn, config, drawn};
use super::generate::{End, ITEMS, Spec, World, hold, make, spec, threshold, violation, world};

/// Waivers of the violations that the world says are waived, by the fingerprints that its verdict publishes.
fn named(world: &World) -> Waivers {
    let verdict = world.judge_with(&Waivers::default());
    let named = violations_of(&verdict).into_iter().zip(world.waived.iter().cycle());
    let chosen = named.filter(|(_, waived)| **waived).enumerate();
    Waivers::of_fingerprints(
        chosen.map(|(number, ((rule, fingerprint, _), _))| (rule, fingerprint, format!("W-{number}"))),
    )
}

/// The id of the waiver that names a violation.
fn waiver_of<'a>(waivers: &'a Waivers, rule: &str, fingerprint: &str) -> Option<&'a str> {
    let mut all = waivers.all().iter();
    let of = all.find(|waiver| waiver.rule == rule && waiver.scope.fingerprint.as_deref() == Some(fingerprint));
    of.map(|waiver| waiver.id.as_str())
}

/// Rule, fingerprint and waiver of every violation.
fn violations_of(verdict: &Verdict) -> Vec<(String, String, Option<String>)> {
    each(verdict, |rule, judged| (rule.to_owned(), judged.fingerprint.clone(), judged.waiver.clone()))
}

fn each<T>(verdict: &Verdict, make: impl Fn(&str, &JudgedViolation) -> T) -> Vec<T> {
    verdict.rules.iter().flat_map(|rule| rule.violations.iter().map(|judged| make(rule.id(), judged))).collect()
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

fn unsettled(spec: &Spec) -> bool {
    let outcome = spec.outcome();
    spec.mandatory() && (outcome.incomplete || matches!(outcome.outcome, Outcome::Undecided | Outcome::Errored))
}

/// Takes away what makes a document long, and what is objected to in it.
fn without_most(world: &mut World) {
    let evidence = &mut world.evidence;
    evidence.dependencies.clear();
    evidence.licences.clear();
    evidence.advisories.clear();
    evidence.capabilities.clear();
    evidence.tests.clear();
    evidence.coverage.clear();
    let stays = |subject: Subject| {
        matches!(
            subject,
            Subject::Change | Subject::Finding(_) | Subject::File(_) | Subject::Review(_) | Subject::Claim(_)
        )
    };
    for spec in &mut world.specs {
        spec.violations.retain(|violation| stays(violation.subject));
        spec.required.retain(|required| stays(required.subject));
    }
}

/// A world, and the same one with every list in another order that no reader of it asked for.
fn reordered() -> Drawn<(World, World)> {
    drawn(900, |draw| {
        let world = make(draw);
        let mut other = world.clone();
        other.specs = draw.shuffled(&world.specs);
        other.thresholds = draw.shuffled(&world.thresholds);
        other.waivers = draw.shuffled(&world.waivers);
        other.approving.previous = draw.shuffled(&world.approving.previous);
        for spec in &mut other.specs {
            spec.violations = draw.shuffled(&spec.violations);
            spec.assessments = draw.shuffled(&spec.assessments);
            spec.required = draw.shuffled(&spec.required);
            spec.notes = draw.shuffled(&spec.notes);
            spec.judgements = draw.shuffled(&spec.judgements);
        }
        (world, other)
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_order_of_rules_of_waivers_and_of_all_that_they_said_changes_nothing((world, other) in reordered()) {
        prop_assert_eq!(world.judge(), other.judge());
    }

    #[test]
    fn the_same_evidence_written_and_read_back_gives_the_same_bytes(
        mut world in world(), rendered in prop::bool::weighted(0.1), most in prop::bool::weighted(0.1),
    ) {
        if !most {
            without_most(&mut world);
        }
        // A document has a source for whatever is in it, its items in order, and each person's review that stands once.
        hold(&mut world.evidence.reviews);
        for kind in EvidenceKind::ALL {
            if !world.evidence.sources.iter().any(|source| source.kind == *kind) {
                world.evidence.sources.push(Source::incomplete(*kind, Completeness::Missing, "it is not there"));
            }
        }
        world.evidence.sort();
        let verdict = world.judge();
        let mut again = world.clone();
        again.evidence = read_evidence(&write_evidence(&world.evidence)).unwrap();
        prop_assert_eq!(&again.evidence, &world.evidence);
        let back = again.judge();
        prop_assert_eq!(&verdict, &back);
        // Equal verdicts on equal evidence are rendered by the same code: some of them do.
        if rendered {
            let text = |verdict, world| String::from_utf8(bytes(verdict, world)).unwrap();
            prop_assert_eq!(text(&verdict, &world), text(&back, &again));
        }
    }

    #[test]
    fn where_a_rule_ran_another_rule_never_improves_decision_or_risk(world in world(), extra in spec()) {
        prop_assume!(world.something_ran());
        let world = world.without_hygiene();
        let (before, after) = (world.judge(), world.with(extra).judge());
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
        let world = world.without_hygiene();
        let mut other = world.clone();
        let at = at.index(world.specs.len());
        other.specs[at].violations.push(extra);
        let (before, after) = (world.judge(), other.judge());
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
        for verdict in [other.judge(), other.judge_leniently(&named(&other))] {
            prop_assert!(verdict.decision >= Decision::Indeterminate);
            prop_assert!(verdict.risk.undecided > 0);
        }
    }

    #[test]
    fn a_waiver_lifts_the_violation_that_it_names_and_nothing_else(world in world()) {
        let mut world = world.without_previous();
        // Of a change by nobody known, no waiver is in force.
        world.evidence.change.author = Some("author".to_owned());
        let waivers = named(&world);
        let (before, after) = (world.judge_with(&Waivers::default()), world.judge_with(&waivers));
        for ((rule, fingerprint, _), expected) in violations_of(&before).into_iter().zip(world.waived.iter().cycle()) {
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
            prop_assert!(after.decision <= before.decision);
        }
    }

    #[test]
    fn a_violation_beside_it_never_lifts_one_that_was_not(
        world in world(),
        extra in violation(),
        at in any::<Index>(),
        which in 0..3_u8,
    ) {
        prop_assume!(!world.specs.is_empty());
        let mut other = world.clone();
        let at = at.index(world.specs.len());
        other.specs[at].violations.push(extra);
        // Waivers of names that either set publishes.
        let lifted = |world: &World, waivers: &Waivers| -> Vec<(String, Violation, bool)> {
            let say = |rule: &str, judged: &JudgedViolation| {
                (rule.to_owned(), judged.violation.clone(), judged.waiver.is_some())
            };
            each(&world.judge_with(waivers), say)
        };
        let waivers = match which {
            0 => named(&world),
            1 => named(&other),
            _ => world.all_waivers(),
        };
        let after = lifted(&other, &waivers);
        for (rule, violation, before) in lifted(&world, &waivers) {
            let now = after.iter().any(|(id, other, now)| *id == rule && *other == violation && *now);
            prop_assert!(before || !now, "adding a violation lifted another");
        }
    }

    #[test]
    fn fingerprints_are_unique_in_a_verdict(world in world()) {
        let verdict = world.judge();
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
        let verdict = world.judge_leniently(&named(&world));
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
        world.evidence.reviews.truncate(ITEMS as usize);
        let verdict = world.judge_with(&named(&world));
        for spec in world.specs.iter().filter(|spec| spec.mandatory()) {
            let highest = spec.assessments.iter().map(|assessment| assessment.risk).max();
            prop_assert!(verdict.risk.overall >= highest);
            for asked in &spec.required {
                let met = |kept: &Requirement| kept.is_of(&spec.meta.id) && kept.count == asked.count;
                prop_assert!(verdict.approvals.iter().any(met));
            }
            prop_assert!(spec.required.is_empty() || verdict.decision >= Decision::ApprovalRequired);
        }
    }

    #[test]
    fn approvals_lower_no_risk_and_lift_no_rejection(world in world()) {
        let mut alone = world.clone();
        alone.evidence.reviews.truncate(ITEMS as usize);
        let (nobody, these) = (alone.judge(), world.judge());
        let all = world.judge_leniently(&world.all_waivers());
        prop_assert!(nobody.risk == these.risk && these.risk == all.risk);
        let expected = if nobody.decision == Decision::ApprovalRequired { Decision::Approved } else { nobody.decision };
        prop_assert_eq!(all.decision, expected);
        prop_assert!(these.decision == nobody.decision || nobody.decision == Decision::ApprovalRequired);
        let open = these.approvals.iter().any(|asked| asked.outstanding > 0);
        prop_assert_eq!(these.decision, if open { nobody.decision } else { expected });
    }

    #[test]
    fn where_a_rule_ran_advisory_rules_change_nothing_that_counts(world in world(), mut extra in spec()) {
        prop_assume!(world.something_ran());
        extra.meta.enforcement = Enforcement::Advisory;
        let world = world.without_hygiene();
        let (before, after) = (world.judge(), world.with(extra).judge());
        prop_assert_eq!(after.decision, before.decision);
        prop_assert_eq!(after.reasons, before.reasons);
        prop_assert_eq!(after.approvals, before.approvals);
        prop_assert_eq!(after.next, before.next);
        prop_assert_eq!((after.risk.overall, after.risk.undecided), (before.risk.overall, before.risk.undecided));
    }

    #[test]
    fn where_no_rule_ran_nothing_is_approved(world in world()) {
        let mut idle = world;
        idle.specs.retain(|spec| !spec.outcome().ran);
        let verdict = idle.judge_leniently(&idle.all_waivers());
        prop_assert!(verdict.decision >= Decision::Indeterminate);
    }

    #[test]
    fn more_thresholds_and_lower_ones_never_improve(world in world(), extra in threshold(), at in any::<Index>()) {
        let before = world.judge();
        let mut more = world.clone();
        more.thresholds.push(extra);
        let after = more.judge();
        prop_assert!(after.decision >= before.decision);
        let at = at.index(more.thresholds.len());
        let level = more.thresholds[at].risk as usize;
        more.thresholds[at].risk = Risk::ALL[level.saturating_sub(1)];
        prop_assert!(more.judge().decision >= after.decision);
    }

    #[test]
    fn a_change_that_is_not_approved_is_told_what_would_clear_it(world in world()) {
        for verdict in [world.judge(), world.judge_leniently(&world.all_waivers())] {
            prop_assert_eq!(verdict.next.is_empty(), verdict.decision == Decision::Approved);
            prop_assert_eq!(verdict.reasons.is_empty(), verdict.decision == Decision::Approved);
            let known: BTreeSet<&str> = verdict.rules.iter().map(RuleVerdict::id).collect();
            prop_assert!(verdict.next.iter().flat_map(|action| &action.rules).all(|id| known.contains(id.as_str())));
        }
    }

    #[test]
    fn the_decision_is_the_worst_of_its_parts(world in world()) {
        let verdict = world.judge();
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
