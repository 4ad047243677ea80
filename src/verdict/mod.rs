//! Outcomes to a decision: one table, pure; the time is an argument.
//!
//! Nothing here asks a rule, reads a file or words a report. The order of what comes in changes nothing of what goes out.

mod approvals;
mod claims;
mod fingerprint;
mod next;
mod overrides;
mod risk;
mod table;
#[cfg(test)]
mod testing;
mod waivers;

pub use approvals::{Approving, Earlier, Given, NotCounted, Requirement, Uncounted};
pub use claims::{ClaimResult, JudgedClaim, RuleJudgement};
pub use next::{Action, ActionKind};
pub use overrides::{JudgedOverride, judge_override};
pub use risk::{CategoryRisk, RiskSummary, WeighedAssessment};
pub use table::{Case, Violations, decision_of, ran};
pub use waivers::{JudgedWaiver, Scope, Standing, Waiver, WaiverState, Waivers};

use approvals::People;
use waivers::Renames;

use crate::evaluate::{RuleOutcome, Violation};
use crate::evidence::{Evidence, Source, vocabulary};
use crate::policy::{Enforcement, Risk, Threshold, WAIVERS_RULE};

vocabulary! {
    /// What happens to the change. The worst of all rules' decisions is the change's.
    pub enum Decision("decision", ordered: true) {
        /// It may pass.
        Approved = "approved",
        /// It may pass once certain people agree.
        ApprovalRequired = "approval_required",
        /// It can't be told: evidence is not complete, a rule erred, or nothing was asked.
        Indeterminate = "indeterminate",
        /// It may not pass.
        Rejected = "rejected",
    }
}

/// What was decided about one change, and all that it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The join of all rules' decisions, of the risk's thresholds, and of what is left to approve.
    pub decision: Decision,
    /// Everything whose own decision is the change's; empty where it is approved.
    pub reasons: Vec<Reason>,
    /// Risk, by category and overall.
    pub risk: RiskSummary,
    /// Every rule, by id.
    pub rules: Vec<RuleVerdict>,
    /// Who has to approve, and who has.
    pub approvals: Vec<Requirement>,
    /// What would clear it, most effective first; empty exactly where it is approved.
    pub next: Vec<Action>,
    /// Every claim of the evidence, in its order; no decision rests on them.
    pub claims: Vec<JudgedClaim>,
    /// Every waiver, by id.
    pub waivers: Vec<JudgedWaiver>,
}

/// One rule, how it ended, and what that means for the change.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleVerdict {
    /// How it ended.
    pub outcome: RuleOutcome,
    /// What that means for the change.
    pub decision: Decision,
    /// The outcome's violations in the same order, each with what was judged of it.
    pub violations: Vec<JudgedViolation>,
}

impl RuleVerdict {
    /// The rule's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.outcome.rule.id
    }

    /// Whether the rule takes part in the decision.
    #[must_use]
    pub fn is_mandatory(&self) -> bool {
        self.outcome.rule.enforcement != Enforcement::Advisory
    }

    /// Whether something is left that the rule could not tell: it erred, is undecided, or read incomplete evidence.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        table::is_unsettled(self.outcome.outcome, self.outcome.incomplete)
    }

    /// The violations that no waiver lifts.
    pub fn open_violations(&self) -> impl Iterator<Item = &JudgedViolation> {
        self.violations.iter().filter(|violation| violation.waiver.is_none())
    }
}

/// A violation with its risk, its identity, and the waiver that lifts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedViolation {
    /// What the rule objects to.
    pub violation: Violation,
    /// Its own risk, or the rule's.
    pub risk: Risk,
    /// 32 lower-case hexadecimal digits: the same in the next run where rule and subject are the same, and unique in a
    /// verdict. The message counts only where the rule objects to the subject more than once.
    pub fingerprint: String,
    /// The id of the waiver that lifts it.
    pub waiver: Option<String>,
}

/// Something whose own decision is the change's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A rule, by its id.
    Rule(String),
    /// A threshold that rejects from a level of risk on.
    RiskRejects {
        /// From this level on.
        level: Risk,
        /// The pack that says so.
        pack: String,
    },
    /// A requirement that is not met, by its fingerprint.
    Requirement(String),
    /// No rule ran, so nothing is shown.
    NoRuleRan,
}

/// What outcomes are decided by, beside themselves.
#[derive(Debug, Clone, Copy)]
pub struct Grounds<'a> {
    /// What levels of risk ask for.
    pub thresholds: &'a [Threshold],
    /// What the rules were asked about.
    pub evidence: &'a Evidence,
    /// Which violations are lifted.
    pub waivers: &'a Waivers,
    /// What is known about approvals beside the evidence.
    pub approving: &'a Approving,
    /// Sources that the policy asks for beside those of the evidence: tools that did not speak, or not of late. Nothing is
    /// decided by them; they are what would clear it.
    pub absent: &'a [Source],
}

/// Decides about one change. `outcomes` may come in any order.
#[must_use]
pub fn decide_on(outcomes: Vec<RuleOutcome>, grounds: &Grounds<'_>) -> Verdict {
    let people = People::of(grounds.evidence, grounds.approving);
    decide_settling(outcomes, grounds, &|requirement| people.settle(requirement))
}

/// Decides about one change, where nothing is known about approvals but its own reviews.
#[must_use]
pub fn decide(outcomes: Vec<RuleOutcome>, thresholds: &[Threshold], evidence: &Evidence, waivers: &Waivers) -> Verdict {
    decide_on(outcomes, &Grounds { thresholds, evidence, waivers, approving: &Approving::default(), absent: &[] })
}

/// Decides about one change, where `credit` gives the approvals that count for a requirement. What it gives is credited
/// once per person; it lifts nothing but the requirement that it was asked about.
#[must_use]
pub fn decide_crediting(
    outcomes: Vec<RuleOutcome>,
    thresholds: &[Threshold],
    evidence: &Evidence,
    waivers: &Waivers,
    credit: &dyn Fn(&Requirement) -> Vec<Given>,
) -> Verdict {
    let grounds = Grounds { thresholds, evidence, waivers, approving: &Approving::default(), absent: &[] };
    decide_settling(outcomes, &grounds, &|requirement| {
        let given = credit(requirement);
        requirement.give(given);
    })
}

fn decide_settling(outcomes: Vec<RuleOutcome>, grounds: &Grounds<'_>, settle: &dyn Fn(&mut Requirement)) -> Verdict {
    let Grounds { thresholds, evidence, waivers, approving, absent } = *grounds;
    let renames = Renames::of(evidence);
    let judged: Vec<(RuleVerdict, Vec<Vec<String>>)> =
        outcomes.into_iter().map(|outcome| judge(canonical(outcome), evidence, waivers, &renames)).collect();
    let fitting = waivers::fitting(&judged);
    let mut rules: Vec<RuleVerdict> = judged.into_iter().map(|(rule, _)| rule).collect();
    let waived = waivers::judge(waivers, &rules, &fitting, evidence);
    // What waivers violate themselves is lifted by none.
    let hygiene = waivers::hygiene(waivers, &waived);
    rules.extend(hygiene.map(|outcome| judge(outcome, evidence, &Waivers::default(), &renames).0));
    rules.sort_by(|a, b| key(a).cmp(&key(b)));
    let risk = risk::summarize(&rules);
    let mut approvals = approvals::required(&rules, thresholds, &risk, evidence, &approving.fallbacks);
    approvals.iter_mut().for_each(settle);
    for rule in &mut rules {
        rule.decision = decision_of(Case::of(rule, &approvals));
    }
    let (decision, reasons) = join(&rules, thresholds, &risk, &approvals);
    let next = next::actions(&next::Situation {
        decision,
        rules: &rules,
        thresholds,
        risk: &risk,
        approvals: &approvals,
        waivers: &waived,
        evidence,
        absent,
    });
    let claims = claims::judged(&rules, evidence);
    Verdict { decision, reasons, risk, rules, approvals, next, claims, waivers: waived }
}

/// The rules' decisions, the thresholds that reject, what is left to approve, and whether anything ran at all.
fn join(
    rules: &[RuleVerdict],
    thresholds: &[Threshold],
    risk: &RiskSummary,
    approvals: &[Requirement],
) -> (Decision, Vec<Reason>) {
    let mut all: Vec<(Decision, Reason)> =
        rules.iter().map(|rule| (rule.decision, Reason::Rule(rule.id().to_owned()))).collect();
    all.extend(thresholds.iter().filter(|threshold| threshold.rejects && risk.reaches(threshold.risk)).map(
        |threshold| (Decision::Rejected, Reason::RiskRejects { level: threshold.risk, pack: threshold.pack.clone() }),
    ));
    all.extend(
        approvals
            .iter()
            .filter(|requirement| requirement.outstanding > 0)
            .map(|requirement| (Decision::ApprovalRequired, Reason::Requirement(requirement.fingerprint.clone()))),
    );
    // Nothing asked, nothing shown: a policy that decided nothing has not approved anything.
    if !rules.iter().any(has_shown) {
        all.push((Decision::Indeterminate, Reason::NoRuleRan));
    }
    let decision = all.iter().map(|(decision, _)| *decision).max().unwrap_or(Decision::Indeterminate);
    let mut reasons: Vec<Reason> = all
        .into_iter()
        .filter(|(own, _)| *own == decision && decision != Decision::Approved)
        .map(|(_, reason)| reason)
        .collect();
    reasons.sort();
    reasons.dedup();
    (decision, reasons)
}

/// Whether a rule ran. That waivers are in order, or are not, shows nothing of the change.
fn has_shown(rule: &RuleVerdict) -> bool {
    ran(&rule.outcome) && rule.id() != WAIVERS_RULE
}

/// Ids are unique in a policy set; the rest is for callers that put two sets together.
fn key(rule: &RuleVerdict) -> (&str, &str, u32) {
    (&rule.outcome.rule.id, &rule.outcome.rule.pack, rule.outcome.rule.layer)
}

/// A rule before it is decided, and for each of its violations the waivers that are about it.
fn judge(
    outcome: RuleOutcome,
    evidence: &Evidence,
    waivers: &Waivers,
    renames: &Renames<'_>,
) -> (RuleVerdict, Vec<Vec<String>>) {
    let own = waivers.of_rule(&outcome.rule.id, evidence);
    let (violations, lifted) = fingerprint::judge(&outcome, evidence, &own, renames);
    (RuleVerdict { outcome, decision: Decision::Indeterminate, violations }, lifted)
}

/// The same outcome with every list in order and each entry once.
fn canonical(mut outcome: RuleOutcome) -> RuleOutcome {
    fn order<T: Ord>(list: &mut Vec<T>) {
        list.sort();
        list.dedup();
    }
    order(&mut outcome.violations);
    order(&mut outcome.assessments);
    order(&mut outcome.required_approvals);
    order(&mut outcome.threats);
    order(&mut outcome.notes);
    order(&mut outcome.recommendations);
    order(&mut outcome.judgements);
    order(&mut outcome.follow_ups);
    order(&mut outcome.evidence);
    outcome
}
