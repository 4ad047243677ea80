//! Actions as they are collected: merged by wording, ordered by what they do, and each with what has to be done beside it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::super::Decision;
use super::{Action, ActionKind};

/// Something that has to be there before something shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// All that a rule lacks, by its id: every action that brings some of it is needed.
    Evidence(String),
    /// What has to be known before approvals of a requirement count, by its fingerprint.
    Counting(String),
    /// Approvals of a requirement, by its fingerprint.
    Approvals(String),
}

/// An action before it is merged with those of the same wording.
pub(super) struct Step {
    kind: ActionKind,
    against: Decision,
    action: String,
    who: Option<String>,
    rules: BTreeSet<String>,
    thresholds: BTreeSet<String>,
    brings: Vec<Part>,
    takes: Vec<Part>,
}

impl Step {
    pub(super) const fn new(kind: ActionKind, against: Decision, action: String) -> Self {
        Self {
            kind,
            against,
            action,
            who: None,
            rules: BTreeSet::new(),
            thresholds: BTreeSet::new(),
            brings: Vec::new(),
            takes: Vec::new(),
        }
    }

    /// Who can do it.
    pub(super) fn by(self, who: Option<String>) -> Self {
        Self { who, ..self }
    }

    /// The rules that it is for.
    pub(super) fn of<'a>(self, rules: impl IntoIterator<Item = &'a str>) -> Self {
        Self { rules: rules.into_iter().map(str::to_owned).collect(), ..self }
    }

    /// What else asks for it.
    pub(super) fn and(self, thresholds: &[String]) -> Self {
        Self { thresholds: thresholds.iter().cloned().collect(), ..self }
    }

    /// A part that it brings.
    pub(super) fn brings(mut self, part: Part) -> Self {
        self.brings.push(part);
        self
    }

    /// A part all of which has to be there before it shows for its rules.
    pub(super) fn takes(mut self, part: Part) -> Self {
        self.takes.push(part);
        self
    }
}

/// Actions of one wording, with all that they are for.
#[derive(Default)]
pub(super) struct Actions {
    merged: BTreeMap<Wording, Merged>,
}

/// Kind, what to do, who, and of a fix the rule: two rules may say the same of different things.
type Wording = (ActionKind, String, Option<String>, Option<String>);

#[derive(Default)]
struct Merged {
    /// The worst decision that it works against.
    against: Option<Decision>,
    rules: BTreeSet<String>,
    thresholds: BTreeSet<String>,
    brings: BTreeSet<Part>,
    /// What each step of this wording takes beside itself, with the rules that it is for.
    steps: Vec<(Vec<Part>, BTreeSet<String>)>,
}

/// An action, the wordings that it takes beside its own, and how many things it is for.
struct Ranked {
    against: Option<Decision>,
    weight: usize,
    wording: Wording,
    beside: BTreeSet<Wording>,
    action: Action,
}

impl Actions {
    pub(super) fn add(&mut self, step: Step) {
        let Step { kind, against, action, who, rules, thresholds, brings, takes } = step;
        let own = rules.first().filter(|_| kind == ActionKind::Fix).cloned();
        let merged = self.merged.entry((kind, action, who, own)).or_default();
        merged.against = merged.against.max(Some(against));
        merged.rules.extend(rules.iter().cloned());
        merged.thresholds.extend(thresholds);
        merged.brings.extend(brings);
        merged.steps.push((takes, rules));
    }

    /// What stands against the worst decision first; of these, what shows by itself, then what serves the most rules and
    /// thresholds.
    pub(super) fn ordered(self) -> Vec<Action> {
        let mut bringing: BTreeMap<&Part, Vec<&Wording>> = BTreeMap::new();
        for (wording, merged) in &self.merged {
            for part in &merged.brings {
                bringing.entry(part).or_default().push(wording);
            }
        }
        let mut ranked: Vec<Ranked> =
            self.merged.iter().map(|(wording, merged)| ranked(wording, merged, &bringing)).collect();
        // Stable: what is equal in this stays ordered by kind and wording.
        ranked.sort_by_key(|ranked| {
            let shows = ranked.beside.is_empty() || !ranked.action.alone.is_empty();
            (Reverse(ranked.against), !shows, Reverse(ranked.weight))
        });
        let numbers: BTreeMap<Wording, u32> = ranked.iter().map(|ranked| ranked.wording.clone()).zip(1..).collect();
        let numbered = |Ranked { beside, mut action, .. }: Ranked| {
            action.with = beside.iter().filter_map(|wording| numbers.get(wording).copied()).collect();
            action.with.sort_unstable();
            action
        };
        ranked.into_iter().map(numbered).collect()
    }
}

fn ranked(wording: &Wording, merged: &Merged, bringing: &BTreeMap<&Part, Vec<&Wording>>) -> Ranked {
    let mut beside = BTreeSet::new();
    let mut alone = BTreeSet::new();
    for (takes, rules) in &merged.steps {
        let others = takes.iter().flat_map(|part| bringing.get(part).into_iter().flatten());
        let others: BTreeSet<Wording> = others.filter(|other| **other != wording).copied().cloned().collect();
        if others.is_empty() {
            alone.extend(rules.iter().cloned());
        }
        beside.extend(others);
    }
    let (kind, action, who, _) = wording.clone();
    let action = Action {
        kind,
        action,
        who,
        rules: merged.rules.iter().cloned().collect(),
        alone: alone.into_iter().collect(),
        with: Vec::new(),
    };
    let weight = merged.rules.len() + merged.thresholds.len();
    Ranked { against: merged.against, weight, wording: wording.clone(), beside, action }
}
