//! What would clear it: a list of actions, most effective first. It proposes and decides nothing.

mod supply;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Decision, Requirement, RiskSummary, RuleVerdict, Uncounted, risk, table};
use crate::evaluate::{Outcome, Violation};
use crate::evidence::{Evidence, Word as _};
use crate::policy::{Approver, Enforcement, Risk, Threshold};

/// What kind of thing an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActionKind {
    /// Fix what a rule objects to.
    Fix,
    /// Bring the risk below the level that is rejected.
    LowerRisk,
    /// Fix a rule that erred.
    RepairRule,
    /// Supply evidence that is not complete.
    Supply,
    /// Have a rule that applies: nothing ran.
    AddPolicy,
    /// Get an approval.
    Approve,
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
    pub(super) evidence: &'a Evidence,
}

/// Actions of one wording, with all the rules that they are for.
#[derive(Default)]
struct Actions {
    merged: BTreeMap<Wording, Merged>,
}

/// Kind, what to do, who, and of a fix the rule: two rules may say the same of different things.
type Wording = (ActionKind, String, Option<String>, Option<String>);

#[derive(Default)]
struct Merged {
    /// The worst decision that it works against.
    against: Option<Decision>,
    rules: BTreeSet<String>,
}

impl Actions {
    fn add<'a>(
        &mut self,
        kind: ActionKind,
        against: Decision,
        action: String,
        who: Option<String>,
        rules: impl IntoIterator<Item = &'a str>,
    ) {
        let rules: BTreeSet<String> = rules.into_iter().map(str::to_owned).collect();
        let own = rules.first().filter(|_| kind == ActionKind::Fix).cloned();
        let merged = self.merged.entry((kind, action, who, own)).or_default();
        merged.against = merged.against.max(Some(against));
        merged.rules.extend(rules);
    }

    /// What stands against the worst decision first, then what serves the most rules.
    fn ordered(self) -> Vec<Action> {
        let mut all: Vec<(Option<Decision>, Action)> = self
            .merged
            .into_iter()
            .map(|((kind, action, who, _), merged)| {
                (merged.against, Action { kind, action, who, rules: merged.rules.into_iter().collect() })
            })
            .collect();
        // Stable: what is equal in this stays ordered by kind and wording.
        all.sort_by_key(|(against, action)| (Reverse(*against), Reverse(action.rules.len())));
        all.into_iter().map(|(_, action)| action).collect()
    }
}

/// What would clear the change; nothing where it is approved.
pub(super) fn actions(situation: &Situation<'_>) -> Vec<Action> {
    let mut actions = Actions::default();
    if situation.decision == Decision::Approved {
        return Vec::new();
    }
    let nothing_ran = !situation.rules.iter().any(|rule| table::ran(&rule.outcome));
    let outstanding = situation.approvals.iter().filter(|requirement| requirement.outstanding > 0);
    let wanted: BTreeSet<&str> =
        outstanding.clone().flat_map(|requirement| &requirement.violations).map(String::as_str).collect();
    for rule in situation.rules {
        fixes(&mut actions, author(situation.evidence), &wanted, rule);
        // Where nothing ran, an advisory rule that can be asked is a beginning.
        if rule.is_unsettled() && (rule.is_mandatory() || nothing_ran) {
            if rule.outcome.outcome == Outcome::Errored {
                repair(&mut actions, rule);
            } else {
                supply::evidence(&mut actions, situation.evidence, rule);
            }
        }
    }
    lower_risk(&mut actions, situation);
    if nothing_ran {
        add_policy(&mut actions, situation);
    }
    for requirement in outstanding {
        approve(&mut actions, requirement);
    }
    actions.ordered()
}

/// One action for all of a rule's violations that stand in the way: those of a hard-mandatory rule, and those of a
/// soft-mandatory one that are `wanted`, which is to say not approved yet.
fn fixes(actions: &mut Actions, author: Option<String>, wanted: &BTreeSet<&str>, rule: &RuleVerdict) {
    let meta = &rule.outcome.rule;
    let against = match meta.enforcement {
        Enforcement::Advisory => return,
        Enforcement::SoftMandatory => Decision::ApprovalRequired,
        Enforcement::HardMandatory => Decision::Rejected,
    };
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
    actions.add(ActionKind::Fix, against, action, author, [rule.id()]);
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
    actions.add(ActionKind::RepairRule, Decision::Indeterminate, action, Some(who), [rule.id()]);
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
        return actions.add(ActionKind::LowerRisk, Decision::Rejected, action, Some(format!("pack {packs}")), []);
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
    actions.add(ActionKind::LowerRisk, Decision::Rejected, action, author(situation.evidence), rules);
}

/// Whether fixing the rule's violations, as is asked for anyway, leaves nothing of it at that level.
fn only_hard_violations(rule: &RuleVerdict, level: Risk) -> bool {
    rule.outcome.rule.enforcement == Enforcement::HardMandatory
        && rule.outcome.assessments.iter().all(|assessment| assessment.risk < level)
}

/// Where nothing ran and no action above would make a rule run.
fn add_policy(actions: &mut Actions, situation: &Situation<'_>) {
    if situation.rules.is_empty() {
        let action = "add a policy with `--policy DIR`: there is no rule that could be asked".to_owned();
        actions.add(ActionKind::AddPolicy, Decision::Indeterminate, action, None, []);
    } else if !situation.rules.iter().any(RuleVerdict::is_unsettled) {
        let action = "add a rule that applies to this change, or supply what its rules need instead of `--without`: \
                      no rule ran"
            .to_owned();
        let rules = situation.rules.iter().map(RuleVerdict::id);
        actions.add(ActionKind::AddPolicy, Decision::Indeterminate, action, None, rules);
    }
}

fn approve(actions: &mut Actions, requirement: &Requirement) {
    let rules = || requirement.rules.iter().map(String::as_str);
    if let Some(why) = requirement.unsatisfiable.as_ref().filter(|_| requirement.fallback.is_empty()) {
        let action = format!("name somebody who can approve: {why}");
        return actions.add(ActionKind::Approve, Decision::ApprovalRequired, action, None, rules());
    }
    let supply = match &requirement.uncounted {
        Some(Uncounted::NoAuthor) => Some("say who proposed the change with `--author LOGIN` or `--change EVENT.json`"),
        Some(Uncounted::NoHead) => {
            Some("say which commit the change ends in with `--repo DIR` or `--change EVENT.json`")
        }
        Some(Uncounted::Incomplete(kind, _)) => Some(supply::way(*kind)),
        Some(Uncounted::NoLogin(_)) | None => None,
    };
    if let (Some(supply), Some(why)) = (supply, &requirement.uncounted) {
        let action = format!("{supply}, so that approvals are counted ({why})");
        actions.add(ActionKind::Supply, Decision::ApprovalRequired, action, None, rules());
    }
    let asked = requirement.from.iter().chain(&requirement.fallback);
    let mut from: Vec<String> = asked.map(|approver| people(approver, requirement)).collect();
    from.dedup();
    let from = from.join(" or ");
    let people =
        if requirement.outstanding == 1 { "one person" } else { &format!("{} people", requirement.outstanding) };
    let more = if requirement.given.is_empty() { "" } else { " more" };
    let mut action = format!("get the approval of {people}{more}");
    if !requirement.thresholds.is_empty() {
        action.push_str(&format!(", for {}", requirement.thresholds.join(" and ")));
    }
    actions.add(ActionKind::Approve, Decision::ApprovalRequired, action, Some(from), rules());
}

fn people(approver: &Approver, requirement: &Requirement) -> String {
    match approver {
        Approver::Owners if requirement.owners.is_empty() => "the code owners".to_owned(),
        Approver::Owners => format!("the code owners ({})", requirement.owners.join(", ")),
        Approver::Any => "a member of any team".to_owned(),
        Approver::User(_) | Approver::Team(_) => approver.to_string(),
    }
}

/// Who proposed the change, where that is known.
fn author(evidence: &Evidence) -> Option<String> {
    evidence.change.author.as_ref().map(|login| format!("user:{login}"))
}

#[cfg(test)]
mod tests;
