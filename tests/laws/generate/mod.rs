//! Generated cases: rules as they ended, evidence, people, waivers, and thresholds.

mod evidence;
mod people;
mod rules;
mod waivers;

use std::sync::Arc;

use tollgate::evaluate::RuleOutcome;
use tollgate::evidence::{Completeness, Evidence, EvidenceKind, Source};
use tollgate::policy::{RuleMeta, Threshold};
use tollgate::verdict::{
    Approving, Given, Grounds, Requirement, Verdict, Waiver, Waivers, decide_crediting, decide_on,
};

pub(crate) use self::evidence::full_evidence;
pub(crate) use self::people::{EARLIER, HEAD, STRANGE, Void, approval, expected, hold, review, void_review};
pub(crate) use self::rules::{End, Spec, approver as make_approver, spec, threshold, violation};
pub(crate) use self::waivers::{DAY, day, scope, waiver};
use super::draw::{Draw, Drawn, drawn};

/// How many items of each kind the evidence has that subjects are of.
pub(crate) const ITEMS: u32 = 3;

/// All that a decision is made from.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) specs: Vec<Spec>,
    pub(crate) thresholds: Vec<Threshold>,
    /// The reviews from [`ITEMS`] on are no subjects, so that they can come and go.
    pub(crate) evidence: Evidence,
    pub(crate) approving: Approving,
    pub(crate) waivers: Vec<Waiver>,
    /// The rule that waivers can violate.
    pub(crate) hygiene: Option<Arc<RuleMeta>>,
    /// For the violations in order, whether a law waives each by its name; repeated as often as it takes.
    pub(crate) waived: Vec<bool>,
}

impl World {
    pub(crate) fn outcomes(&self) -> Vec<RuleOutcome> {
        self.specs.iter().map(Spec::outcome).collect()
    }

    pub(crate) fn something_ran(&self) -> bool {
        self.specs.iter().any(|spec| spec.outcome().ran)
    }

    pub(crate) fn all_waivers(&self) -> Waivers {
        Waivers::new(self.waivers.clone(), DAY, self.hygiene.clone())
    }

    /// The verdict on all of it.
    pub(crate) fn judge(&self) -> Verdict {
        self.judge_with(&self.all_waivers())
    }

    /// The verdict where other waivers are in its place.
    pub(crate) fn judge_with(&self, waivers: &Waivers) -> Verdict {
        let Self { thresholds, evidence, approving, .. } = self;
        decide_on(self.outcomes(), &Grounds { thresholds, evidence, waivers, approving, absent: &[] })
    }

    /// The verdict where everybody approves of everything.
    pub(crate) fn judge_leniently(&self, waivers: &Waivers) -> Verdict {
        let lenient = |requirement: &Requirement| {
            (0..requirement.count).map(|person| Given { by: format!("person-{person}"), commit: None }).collect()
        };
        decide_crediting(self.outcomes(), &self.thresholds, &self.evidence, waivers, &lenient)
    }

    pub(crate) fn with(&self, extra: Spec) -> Self {
        let mut world = self.clone();
        world.specs.push(extra);
        world
    }

    /// The same, but that waivers are in order whatever they are, which is a decision of its own.
    pub(crate) fn without_hygiene(mut self) -> Self {
        self.hygiene = None;
        self
    }

    /// The same with all that is asked about a kind of evidence known.
    pub(crate) fn knowing(mut self, kinds: &[EvidenceKind]) -> Self {
        for kind in kinds {
            if self.evidence.completeness(*kind) != Completeness::Complete {
                self.evidence.sources.retain(|source| source.kind != *kind);
                self.evidence.sources.push(Source::complete(*kind));
            }
        }
        self
    }

    /// The same without what was asked for at earlier heads.
    pub(crate) fn without_previous(mut self) -> Self {
        self.approving.previous.clear();
        self
    }
}

pub(crate) fn world() -> Drawn<World> {
    drawn(720, make)
}

pub(crate) fn make(draw: &mut Draw<'_>) -> World {
    let mut evidence = evidence::evidence(draw);
    let approving = people::people(draw, &mut evidence);
    let mut specs = draw.list(0, 5, rules::make_spec);
    for (index, spec) in specs.iter_mut().enumerate() {
        spec.meta.id = format!("rule-{index}");
    }
    let mut waivers = draw.list(0, 4, waivers::make_waiver);
    for (index, waiver) in waivers.iter_mut().enumerate() {
        waiver.id = format!("W-{index}");
    }
    let mut world = World {
        specs,
        thresholds: draw.list(0, 3, rules::make_threshold),
        evidence,
        approving,
        waivers,
        hygiene: draw.maybe(25, waivers::hygiene),
        waived: draw.list(1, 6, |draw| draw.chance(50)),
    };
    name(&mut world, draw);
    if draw.chance(12) {
        let asked = world.judge().approvals.into_iter().map(|asked| asked.fingerprint).collect();
        world.approving.previous.push(people::earlier(draw, asked));
    }
    world
}

/// Gives waivers that are about some violation the name of one.
fn name(world: &mut World, draw: &mut Draw<'_>) {
    let asks = |waiver: &Waiver| waiver.scope.fingerprint.as_deref() == Some(waivers::SOME);
    if !world.waivers.iter().any(asks) {
        return;
    }
    let verdict = world.judge_with(&Waivers::default());
    let names: Vec<(&str, &str)> = verdict
        .rules
        .iter()
        .flat_map(|rule| rule.violations.iter().map(|judged| (rule.id(), judged.fingerprint.as_str())))
        .collect();
    if names.is_empty() {
        return;
    }
    for waiver in world.waivers.iter_mut().filter(|waiver| asks(waiver)) {
        let (rule, name) = draw.pick(&names);
        rule.clone_into(&mut waiver.rule);
        waiver.scope.fingerprint = Some(name.to_owned());
    }
}
