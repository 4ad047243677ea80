//! How a waiver that is there and not in force comes to be: what it lacks, and by whom it gets that.

use std::collections::BTreeSet;

use super::list::{Actions, Part, Step};
use super::{ActionKind, Situation, approve, of_violations};
use crate::evidence::EvidenceKind;
use crate::policy::Approver;
use crate::verdict::waivers::lacking;
use crate::verdict::{Decision, JudgedWaiver, RuleVerdict, Uncounted, WaiverState};

/// Actions for each waiver of a rule that would lift what stands in the way, and is not in force.
pub(super) fn waivers(actions: &mut Actions, situation: &Situation<'_>, wanted: &BTreeSet<&str>, rule: &RuleVerdict) {
    let Some(against) = of_violations(rule.outcome.rule.enforcement) else { return };
    let stands = |fingerprint: &&String| against == Decision::Rejected || wanted.contains(fingerprint.as_str());
    for judged in situation.waivers.iter().filter(|judged| judged.waiver.rule == rule.id()) {
        match judged.would_lift.iter().filter(stands).count() {
            0 => {}
            count => waiver(actions, situation, judged, against, count),
        }
    }
}

fn waiver(actions: &mut Actions, situation: &Situation<'_>, judged: &JudgedWaiver, against: Decision, count: usize) {
    let waiver = &judged.waiver;
    let id = &waiver.id;
    let rules = || [waiver.rule.as_str()];
    let lacks = lacking(waiver, situation.evidence);
    let known = || Part::Counting(format!("waiver {id}"));
    let valid = || Part::Approvals(format!("waiver {id}"));
    let teams = Uncounted::Incomplete(EvidenceKind::Teams, situation.evidence.completeness(EvidenceKind::Teams));
    for why in [lacks.author.then_some(Uncounted::NoAuthor), lacks.teams.then_some(teams)].into_iter().flatten() {
        let action = format!("{}, so that waivers count ({why})", approve::known_by(&why));
        let step = Step::new(ActionKind::Supply, against, action).of(rules());
        actions.add(step.brings(known()).takes(known()).takes(valid()));
    }
    let by = || people(&waiver.terms.by);
    let what = match (judged.state == WaiverState::Expired, lacks.approval) {
        (true, true) => format!("renew the waiver `{id}`, and have it approved by {}", by()),
        (true, false) => format!("renew the waiver `{id}`"),
        (false, true) => format!("have the waiver `{id}` approved by {}", by()),
        // What has to be known is all that it lacks.
        (false, false) => return,
    };
    let why = judged.why.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
    let lifts = if count == 1 { "1 violation".to_owned() } else { format!("{count} violations") };
    let action = format!("{what}{why}, where what it says still holds: it lifts {lifts} of `{}`", waiver.rule);
    let step = Step::new(ActionKind::Waive, against, action).by(Some(waiver.owner.clone()));
    actions.add(step.of(rules()).brings(valid()).takes(known()));
}

/// Whose approval makes a waiver valid.
fn people(by: &[Vec<Approver>]) -> String {
    if by.is_empty() {
        return "somebody who is neither its owner nor proposed the change".to_owned();
    }
    let lists = by.iter().map(|list| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "));
    lists.collect::<Vec<_>>().join(", and ")
}
