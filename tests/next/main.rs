//! What a verdict lists as next is true: each action shows, by itself or with those that it names, and whoever does what is
//! listed ends with an approved change. Actions are applied by their words alone, as a reader would.
#![cfg(test)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test ends by panicking"
)]

mod apply;
mod world;
mod worlds;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use tollgate::verdict::{Action, ActionKind, Decision, Verdict};

use apply::apply;
use world::World;
use worlds::ALL;

/// In how many rounds everything that is listed is done.
const ROUNDS: usize = 8;

/// How often one action alone is done.
const STEPS: usize = 60;

/// What an action can show in, of one rule.
fn of_rule(verdict: &Verdict, id: &str) -> String {
    let rule = verdict.rules.iter().find(|rule| rule.id() == id);
    let own = verdict.approvals.iter().filter(|requirement| requirement.is_of(id));
    let asked: Vec<_> = own.map(|requirement| (requirement.outstanding, &requirement.unsatisfiable)).collect();
    let rule = rule.map(|rule| {
        let open = rule.open_violations().count();
        let assessed: Vec<_> = rule.outcome.assessments.iter().map(|assessment| assessment.risk).collect();
        (rule.outcome.outcome, rule.outcome.incomplete, rule.decision, open, assessed)
    });
    format!("{rule:?} {asked:?}")
}

/// What an action can show in, of the whole.
fn of_all(verdict: &Verdict) -> String {
    let asked: Vec<_> =
        verdict.approvals.iter().map(|requirement| (requirement.outstanding, &requirement.unsatisfiable)).collect();
    let rules: Vec<String> = verdict.rules.iter().map(|rule| of_rule(verdict, rule.id())).collect();
    format!("{:?} {:?} {:?} {asked:?} {rules:?}", verdict.decision, verdict.reasons, verdict.risk.overall)
}

/// Does everything that is listed, round by round, until nothing is.
fn do_all(mut world: World, what: &str) {
    for _ in 0..ROUNDS {
        let verdict = world.judge();
        if verdict.decision == Decision::Approved {
            return;
        }
        assert!(!verdict.next.is_empty(), "{what}: {:?} and nothing is listed", verdict.reasons);
        apply(&mut world, &verdict, &verdict.next);
    }
    let verdict = world.judge();
    assert_eq!(verdict.decision, Decision::Approved, "{what}: {:?}\n{:#?}", verdict.reasons, verdict.next);
}

/// An action, and those that it says have to be done as well.
fn with_others(verdict: &Verdict, action: &Action) -> Vec<Action> {
    let numbered = (1..).zip(&verdict.next);
    let wanted = numbered.filter(|(number, other)| *other == action || action.with.contains(number));
    wanted.map(|(_, wanted)| wanted.clone()).collect()
}

/// That each action shows: for the rules that it is enough for by itself, at all where it names no others, and with those
/// where it does.
fn each_shows(world: &World, what: &str) {
    let before = world.judge();
    for action in &before.next {
        let after = |actions: &[Action]| {
            let mut other = world.clone();
            apply(&mut other, &before, actions);
            other.judge()
        };
        let alone = after(std::slice::from_ref(action));
        for id in &action.alone {
            assert_ne!(of_rule(&before, id), of_rule(&alone, id), "{what}: nothing shows for `{id}`: {action:?}");
        }
        if action.with.is_empty() {
            assert_ne!(of_all(&before), of_all(&alone), "{what}: nothing shows: {action:?}");
        } else {
            let all = after(&with_others(&before, action));
            assert_ne!(of_all(&before), of_all(&all), "{what}: nothing shows: {:?}", with_others(&before, action));
            for id in &action.rules {
                assert_ne!(of_rule(&before, id), of_rule(&all, id), "{what}: nothing shows for `{id}`: {action:?}");
            }
        }
    }
}

#[test]
fn each_kind_of_action_is_listed_and_whoever_does_all_that_is_listed_ends_approved() {
    let mut kinds = BTreeSet::new();
    for (name, make) in ALL {
        let world = World::of(&[make]);
        let verdict = world.judge();
        assert_ne!(verdict.decision, Decision::Approved, "{name}: else there is nothing to clear");
        kinds.extend(verdict.next.iter().map(|action| action.kind));
        do_all(world, name);
    }
    let all: BTreeSet<ActionKind> = <ActionKind as tollgate::evidence::Word>::ALL.iter().copied().collect();
    assert_eq!(kinds, all);
}

#[test]
fn each_action_shows_by_itself_or_with_those_that_it_names() {
    for (name, make) in ALL {
        each_shows(&World::of(&[make]), name);
    }
}

#[test]
fn the_first_action_alone_each_time_ends_approved_too() {
    for (name, make) in ALL {
        one_by_one(World::of(&[make]), name, |_| 0);
    }
}

/// Does one action of those that are listed, with those that it names, until nothing is.
fn one_by_one(mut world: World, what: &str, choose: impl Fn(usize) -> usize) {
    for _ in 0..STEPS {
        let verdict = world.judge();
        if verdict.decision == Decision::Approved {
            return;
        }
        assert!(!verdict.next.is_empty(), "{what}: {:?} and nothing is listed", verdict.reasons);
        let action = &verdict.next[choose(verdict.next.len())];
        apply(&mut world, &verdict, &with_others(&verdict, action));
    }
    let verdict = world.judge();
    panic!("{what}: {:?}\n{:#?}", verdict.reasons, verdict.next);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn several_at_once_end_approved_in_whatever_order_they_are_done(
        chosen in subsequence(ALL, 2..6),
        order in any::<Index>(),
    ) {
        let names: Vec<&str> = chosen.iter().map(|(name, _)| *name).collect();
        let makes: Vec<&fn(&mut World)> = chosen.iter().map(|(_, make)| make).collect();
        let world = World::of(&makes);
        let what = names.join(" + ");
        each_shows(&world, &what);
        do_all(world.clone(), &what);
        one_by_one(world, &what, |length| order.index(length));
    }
}
