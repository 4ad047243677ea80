//! Generated rules as they ended, and thresholds.

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate::diagnostic::{Code, Diagnostic};
use tollgate::evaluate::{Assessment, Judgement, Outcome, RequiredApproval, RuleOutcome, Subject, Threat, Violation};
use tollgate::evidence::EvidenceKind;
use tollgate::policy::{Approver, Enforcement, Impact, Likelihood, RuleMeta, Threshold};

use super::super::draw::{Draw, Drawn, drawn};
use super::ITEMS;

/// How a rule came to its end, before precedence makes an outcome of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Quiet,
    NotApplicable,
    /// Not applicable, because the user said that there is no such evidence.
    Without,
    Errored,
}

/// One rule, as it is made before its outcome is.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    pub(crate) meta: RuleMeta,
    pub(crate) end: End,
    pub(crate) incomplete: bool,
    pub(crate) violations: Vec<Violation>,
    pub(crate) assessments: Vec<Assessment>,
    pub(crate) required: Vec<RequiredApproval>,
    pub(crate) notes: Vec<String>,
    pub(crate) judgements: Vec<Judgement>,
}

impl Spec {
    /// The outcome by the precedence of docs/decision.md.
    pub(crate) fn outcome(&self) -> RuleOutcome {
        let outcome = if self.end == End::Errored {
            Outcome::Errored
        } else if !self.violations.is_empty() {
            Outcome::Violated
        } else if self.incomplete {
            Outcome::Undecided
        } else if self.end == End::Quiet {
            Outcome::Satisfied
        } else {
            Outcome::NotApplicable
        };
        let ran = matches!(outcome, Outcome::Satisfied | Outcome::Violated)
            || (outcome == Outcome::NotApplicable && self.end == End::NotApplicable);
        RuleOutcome {
            rule: Arc::new(self.meta.clone()),
            outcome,
            ran,
            excused: outcome == Outcome::NotApplicable && !ran,
            excusable: Vec::new(),
            limited_by: None,
            incomplete: self.incomplete,
            reason: format!("it ended {outcome}"),
            violations: self.violations.clone(),
            assessments: self.assessments.clone(),
            required_approvals: self.required.clone(),
            threats: vec![Threat {
                threat: "theft".to_owned(),
                category: "network".to_owned(),
                likelihood: Likelihood::High,
                impact: Impact::Low,
                mitigation: None,
                residual: None,
            }],
            notes: self.notes.clone(),
            recommendations: self.notes.clone(),
            judgements: self.judgements.clone(),
            follow_ups: self.notes.clone(),
            evidence: self.meta.needs.clone(),
            diagnostic: (outcome == Outcome::Errored).then(|| Diagnostic::new(Code::ScriptError, "it broke")),
        }
    }

    pub(crate) fn mandatory(&self) -> bool {
        self.meta.enforcement != Enforcement::Advisory
    }
}

/// A rule with the id `new`, which no rule of a world has.
pub(crate) fn spec() -> Drawn<Spec> {
    drawn(96, make_spec)
}

pub(crate) fn violation() -> Drawn<Violation> {
    drawn(16, make_violation)
}

pub(crate) fn threshold() -> Drawn<Threshold> {
    drawn(16, make_threshold)
}

pub(super) fn make_spec(draw: &mut Draw<'_>) -> Spec {
    let end = [End::Quiet, End::Quiet, End::Quiet, End::Quiet, End::Quiet, End::Quiet];
    let end = draw.pick(&[&end[..], &[End::NotApplicable, End::Without, End::Errored]].concat());
    let meta = meta(draw);
    let incomplete = draw.chance(15);
    let violations = if draw.chance(50) { draw.list(1, 4, make_violation) } else { Vec::new() };
    let assessments = draw.list(0, 2, assessment);
    let required = if draw.chance(25) { draw.list(1, 3, required) } else { Vec::new() };
    let notes = draw.list(0, 3, |draw| draw.text(&["one", "two"]));
    let judgements = draw.list(0, 3, judgement);
    Spec { meta, end, incomplete, violations, assessments, required, notes, judgements }
}

fn meta(draw: &mut Draw<'_>) -> RuleMeta {
    RuleMeta {
        id: "new".to_owned(),
        pack: draw.text(&["acme", "acme", "other"]),
        layer: 0,
        title: "a rule".to_owned(),
        description: String::new(),
        category: draw.text(&["injection", "secrets", "tests", "of-our-own"]),
        enforcement: draw.word(),
        risk: draw.word(),
        needs: draw.list(0, 3, |draw| draw.pick(&[EvidenceKind::Findings, EvidenceKind::Files, EvidenceKind::Tests])),
        optional: Vec::new(),
        approvers: draw.list(1, 3, approver),
        controls: vec!["C-1".to_owned()],
        remedy: draw.maybe(50, |_| "do otherwise".to_owned()),
        owner: None,
        docs: None,
        further_approvers: Vec::new(),
        scope: None,
        effective_on: None,
        pending: None,
        parameters: Vec::new(),
        set_by: BTreeMap::new(),
    }
}

/// People and teams that there are, mostly.
pub(crate) fn approver(draw: &mut Draw<'_>) -> Approver {
    let team = |name: &str| Approver::Team(name.to_owned());
    let user = |name: &str| Approver::User(name.to_owned());
    match draw.below(20) {
        0..4 => user("u"),
        4..8 => Approver::Any,
        8..12 => team("a"),
        12..16 => Approver::Owners,
        16 => team("b"),
        17 => team("empty"),
        18 => team("gone"),
        _ => user("Author"),
    }
}

fn subject(draw: &mut Draw<'_>) -> Subject {
    let (kind, index) = (draw.below(11), draw.below(ITEMS));
    match kind {
        0 => Subject::Change,
        1 => Subject::Finding(index),
        2 => Subject::File(index),
        3 => Subject::Dependency(index),
        4 => Subject::Capability(index),
        5 => Subject::Review(index),
        6 => Subject::Test(index),
        7 => Subject::Coverage(index),
        8 => Subject::Licence(index),
        9 => Subject::Advisory(index),
        _ => Subject::Claim(index),
    }
}

pub(super) fn make_violation(draw: &mut Draw<'_>) -> Violation {
    Violation {
        subject: subject(draw),
        message: draw.text(&["m", "n"]),
        risk: draw.maybe(30, Draw::word),
        remedy: draw.maybe(20, |_| "fix it".to_owned()),
        approvers: if draw.chance(25) { draw.list(1, 3, approver) } else { Vec::new() },
    }
}

fn assessment(draw: &mut Draw<'_>) -> Assessment {
    Assessment { category: draw.text(&["injection", "network"]), risk: draw.word(), because: "so".to_owned() }
}

fn judgement(draw: &mut Draw<'_>) -> Judgement {
    Judgement { claim: draw.below(ITEMS), holds: draw.chance(50), because: draw.text(&["it shows", "it says"]) }
}

fn required(draw: &mut Draw<'_>) -> RequiredApproval {
    RequiredApproval {
        subject: subject(draw),
        from: draw.list(1, 3, approver),
        count: 1 + draw.below(2),
        because: "so".to_owned(),
    }
}

pub(super) fn make_threshold(draw: &mut Draw<'_>) -> Threshold {
    Threshold {
        risk: draw.word(),
        rejects: draw.chance(30),
        approvals: draw.list(0, 2, |draw| (draw.list(1, 3, approver), 1 + draw.below(2))),
        pack: draw.text(&["acme", "acme", "other"]),
        layer: 0,
    }
}
