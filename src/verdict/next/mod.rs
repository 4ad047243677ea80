//! What would clear it: a list of actions, most effective first. It proposes and decides nothing.

mod approve;
mod list;
mod supply;
mod waive;

use std::collections::BTreeSet;

use self::list::{Actions, Step};
use super::{Decision, JudgedWaiver, Requirement, RiskSummary, RuleVerdict, risk};
use crate::evaluate::{Outcome, Violation};
use crate::evidence::{Evidence, Source, Word as _, vocabulary};
use crate::policy::{Enforcement, Risk, Threshold, WAIVERS_RULE};

vocabulary! {
    /// What kind of thing an action is.
    pub enum ActionKind("kind of action", ordered: false) {
        /// Fix what a rule objects to.
        Fix = "fix",
        /// Bring the risk below the level that is rejected.
        LowerRisk = "lower_risk",
        /// Fix a rule that erred.
        RepairRule = "repair_rule",
        /// Supply evidence that is not complete, or what has to be known before approvals count.
        Supply = "supply",
        /// Have a rule that applies: nothing ran.
        AddPolicy = "add_policy",
        /// Bring a waiver in force that is there and is not.
        Waive = "waive",
        /// Get an approval, or name who can give it.
        Approve = "approve",
    }
}

/// Something that would bring the change nearer to approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What kind of thing it is.
    pub kind: ActionKind,
    /// What to do.
    pub action: String,
    /// Who can do it, where that is known.
    pub who: Option<String>,
    /// Ids of the rules that it is for, in order.
    pub rules: Vec<String>,
    /// Those of these rules for which nothing else has to be done as well before it shows, in order.
    pub alone: Vec<String>,
    /// The actions, by their number in the list from 1, that have to be done as well before all of it shows, in order.
    pub with: Vec<u32>,
}

/// How many different remedies one action names.
const MAX_REMEDIES: usize = 3;

/// All that actions are made from.
pub(super) struct Situation<'a> {
    pub(super) decision: Decision,
    pub(super) rules: &'a [RuleVerdict],
    pub(super) thresholds: &'a [Threshold],
    pub(super) risk: &'a RiskSummary,
    pub(super) approvals: &'a [Requirement],
    pub(super) waivers: &'a [JudgedWaiver],
    pub(super) evidence: &'a Evidence,
    /// Sources that the policy asks for beside those of the evidence.
    pub(super) absent: &'a [Source],
}

/// What would clear the change; nothing where it is approved.
pub(super) fn actions(situation: &Situation<'_>) -> Vec<Action> {
    let mut actions = Actions::default();
    if situation.decision == Decision::Approved {
        return Vec::new();
    }
    let nothing_ran = !situation.rules.iter().any(super::has_shown);
    let outstanding = situation.approvals.iter().filter(|requirement| requirement.outstanding > 0);
    let wanted: BTreeSet<&str> =
        outstanding.clone().flat_map(|requirement| &requirement.violations).map(String::as_str).collect();
    for rule in situation.rules {
        fixes(&mut actions, author(situation.evidence), &wanted, rule);
        waive::waivers(&mut actions, situation, &wanted, rule);
        // Where nothing ran, an advisory rule that can be asked is a beginning.
        if rule.is_unsettled() && (rule.is_mandatory() || nothing_ran) {
            if rule.outcome.outcome == Outcome::Errored {
                repair(&mut actions, rule);
            } else {
                supply::evidence(&mut actions, situation, rule);
            }
        }
    }
    lower_risk(&mut actions, situation);
    if nothing_ran {
        add_policy(&mut actions, situation);
    }
    for requirement in outstanding {
        approve::approval(&mut actions, requirement);
    }
    actions.ordered()
}

/// One action for all of a rule's violations that stand in the way: those of a hard-mandatory rule, and those of a
/// soft-mandatory one that are `wanted`, which is to say not approved yet.
fn fixes(actions: &mut Actions, author: Option<String>, wanted: &BTreeSet<&str>, rule: &RuleVerdict) {
    let meta = &rule.outcome.rule;
    let Some(against) = of_violations(meta.enforcement) else { return };
    let violations: Vec<&Violation> = rule
        .open_violations()
        .filter(|judged| against == Decision::Rejected || wanted.contains(judged.fingerprint.as_str()))
        .map(|judged| &judged.violation)
        .collect();
    let mut action = match violations.as_slice() {
        // "Violated" without a violation is a rule's own word; it is not left without an answer.
        [] if rule.outcome.outcome == Outcome::Violated && rule.violations.is_empty() => {
            format!("fix what `{}` objects to: {}", meta.id, rule.outcome.reason)
        }
        [] => return,
        [violation] => format!("fix `{}`", violation.message),
        several => format!("fix {} violations of `{}`", several.len(), meta.id),
    };
    let remedies: BTreeSet<&str> =
        violations.iter().filter_map(|violation| violation.remedy.as_deref().or(meta.remedy.as_deref())).collect();
    if !remedies.is_empty() {
        // A remedy is an order of its own, which may be another than to fix something.
        let mut orders = remedies.iter().take(MAX_REMEDIES).copied().collect::<Vec<_>>().join("; ");
        if let more @ 1.. = remedies.len().saturating_sub(MAX_REMEDIES) {
            orders.push_str(&format!("; and {more} more"));
        }
        action = format!("{orders}: {}", action.strip_prefix("fix ").unwrap_or(&action));
    }
    actions.add(Step::new(ActionKind::Fix, against, action).by(author).of([rule.id()]));
}

/// What violations of a rule stand for by themselves; `None` where for nothing.
const fn of_violations(enforcement: Enforcement) -> Option<Decision> {
    match enforcement {
        Enforcement::Advisory => None,
        Enforcement::SoftMandatory => Some(Decision::ApprovalRequired),
        Enforcement::HardMandatory => Some(Decision::Rejected),
    }
}

fn repair(actions: &mut Actions, rule: &RuleVerdict) {
    let message = match &rule.outcome.diagnostic {
        Some(diagnostic) => &diagnostic.message,
        None => &rule.outcome.reason,
    };
    let (action, who) = match &rule.outcome.limited_by {
        // The rule may be as it should be: it ran into what somebody else lowered.
        Some(by) => (format!("raise the limit that `{}` hit, or make do with less: {message}", rule.id()), by.clone()),
        None => (format!("fix the rule `{}`: {message}", rule.id()), keeper(rule)),
    };
    actions.add(Step::new(ActionKind::RepairRule, Decision::Indeterminate, action).by(Some(who)).of([rule.id()]));
}

/// Who looks after a rule: its owner, else its pack.
fn keeper(rule: &RuleVerdict) -> String {
    let meta = &rule.outcome.rule;
    meta.owner.clone().unwrap_or_else(|| format!("pack {}", meta.pack))
}

/// What a rejecting threshold asks for, unless fixing hard-mandatory violations does it anyway.
fn lower_risk(actions: &mut Actions, situation: &Situation<'_>) {
    let rejecting =
        situation.thresholds.iter().filter(|threshold| threshold.rejects && situation.risk.reaches(threshold.risk));
    let Some(lowest) = rejecting.clone().map(|threshold| threshold.risk).min() else { return };
    let packs: BTreeSet<&str> = rejecting.map(|threshold| threshold.pack.as_str()).collect();
    let packs = packs.into_iter().collect::<Vec<_>>().join(", ");
    if lowest == Risk::None {
        let action = "change the policy: its `risk.none` rejects every change".to_owned();
        let step = Step::new(ActionKind::LowerRisk, Decision::Rejected, action);
        return actions.add(step.by(Some(format!("pack {packs}"))));
    }
    let carriers: Vec<&RuleVerdict> = situation
        .rules
        .iter()
        .filter(|rule| rule.is_mandatory() && risk::highest_of(rule).is_some_and(|level| level >= lowest))
        .collect();
    if carriers.iter().all(|rule| only_hard_violations(rule, lowest)) {
        return;
    }
    let at = situation.risk.overall.unwrap_or(Risk::None).as_str();
    let action =
        format!("bring the risk from `{at}` below `{}`, which {packs} rejects whoever approves", lowest.as_str());
    let rules = carriers.iter().map(|rule| rule.id());
    let step = Step::new(ActionKind::LowerRisk, Decision::Rejected, action);
    actions.add(step.by(author(situation.evidence)).of(rules));
}

/// Whether fixing the rule's violations, as is asked for anyway, leaves nothing of it at that level.
fn only_hard_violations(rule: &RuleVerdict, level: Risk) -> bool {
    rule.outcome.rule.enforcement == Enforcement::HardMandatory
        && rule.outcome.assessments.iter().all(|assessment| assessment.risk < level)
}

/// Where nothing ran and no action above would make a rule run.
fn add_policy(actions: &mut Actions, situation: &Situation<'_>) {
    // That waivers are looked at shows nothing of the change.
    let mut rules = situation.rules.iter().filter(|rule| rule.id() != WAIVERS_RULE).peekable();
    let action = if rules.peek().is_none() {
        "add a policy with `--policy DIR`: there is no rule that could be asked"
    } else if rules.clone().any(RuleVerdict::is_unsettled) {
        return;
    } else {
        "add a rule that applies to this change, or supply what its rules need instead of `--without`: no rule ran"
    };
    let step = Step::new(ActionKind::AddPolicy, Decision::Indeterminate, action.to_owned());
    actions.add(step.of(rules.map(RuleVerdict::id)));
}

/// Who proposed the change, where that is known.
fn author(evidence: &Evidence) -> Option<String> {
    evidence.change.author.as_ref().map(|login| format!("user:{login}"))
}

#[cfg(test)]
mod tests;
