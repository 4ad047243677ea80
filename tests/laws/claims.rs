//! What becomes of claims, and that no decision rests on them.

use proptest::prelude::*;
use tollgate::evaluate::{Judgement, Outcome};
use tollgate::verdict::ClaimResult;

use super::draw::config;
use super::generate::{Spec, spec, world};

/// Whether a rule says a thing of a claim.
fn says(spec: &Spec, claim: usize, holds: bool) -> bool {
    spec.judgements.iter().any(|judgement| judgement.claim as usize == claim && judgement.holds == holds)
}

/// Whether a rule came to an end of its own, having seen all that it asked for.
fn counts(spec: &Spec) -> bool {
    let outcome = spec.outcome();
    outcome.ran && !outcome.incomplete && !matches!(outcome.outcome, Outcome::Undecided | Outcome::Errored)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_claim_is_listed_with_what_the_rules_that_count_show(world in world()) {
        let verdict = world.judge();
        let positions: Vec<usize> = verdict.claims.iter().map(|judged| judged.claim as usize).collect();
        prop_assert_eq!(positions, (0..world.evidence.claims.len()).collect::<Vec<_>>());
        for (claim, judged) in verdict.claims.iter().enumerate() {
            let expected = if world.specs.iter().any(|spec| says(spec, claim, false)) {
                ClaimResult::Contradicted
            } else if world.specs.iter().any(|spec| says(spec, claim, true) && counts(spec)) {
                ClaimResult::Supported
            } else {
                ClaimResult::Undecided
            };
            prop_assert_eq!(judged.result, expected);
            // Every judgement is shown, with its rule, also one that does not count.
            for spec in &world.specs {
                for Judgement { holds, because, .. } in spec.judgements.iter().filter(|said| said.claim as usize == claim) {
                    let mut shown = judged.judgements.iter();
                    let same = shown.any(|shown| {
                        shown.rule == spec.meta.id && shown.holds == *holds && shown.because == *because
                    });
                    prop_assert!(same);
                }
            }
        }
    }

    #[test]
    fn no_decision_rests_on_what_is_said_of_claims(world in world()) {
        let mut silent = world.clone();
        silent.specs.iter_mut().for_each(|spec| spec.judgements.clear());
        let (before, after) = (silent.judge(), world.judge());
        prop_assert_eq!((before.decision, before.reasons, before.risk), (after.decision, after.reasons, after.risk));
        prop_assert_eq!((before.approvals, before.next), (after.approvals, after.next));
    }

    #[test]
    fn another_rule_never_lifts_a_contradiction_nor_takes_support_without_one(world in world(), extra in spec()) {
        let mut more = world.clone();
        more.specs.push(extra);
        for (before, after) in world.judge().claims.iter().zip(&more.judge().claims) {
            match before.result {
                ClaimResult::Contradicted => prop_assert_eq!(after.result, ClaimResult::Contradicted),
                ClaimResult::Supported => prop_assert_ne!(after.result, ClaimResult::Undecided),
                ClaimResult::Undecided => {}
            }
        }
    }

    #[test]
    fn less_evidence_supports_nothing_more(world in world()) {
        let mut less = world.clone();
        less.specs.iter_mut().for_each(|spec| spec.incomplete = true);
        for (before, after) in world.judge().claims.iter().zip(&less.judge().claims) {
            prop_assert_ne!(after.result, ClaimResult::Supported);
            prop_assert_eq!(before.result == ClaimResult::Contradicted, after.result == ClaimResult::Contradicted);
        }
    }
}
