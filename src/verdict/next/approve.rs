//! How an outstanding approval is come by: what has to be known before it counts, and who can give it.

use super::list::{Actions, Part, Step};
use super::{ActionKind, supply};
use crate::evidence::EvidenceKind;
use crate::policy::Approver;
use crate::verdict::{Decision, Requirement, Uncounted};

/// Actions for one requirement that is not met.
pub(super) fn approval(actions: &mut Actions, requirement: &Requirement) {
    let step = |kind, action| {
        let rules = requirement.rules.iter().map(String::as_str);
        Step::new(kind, Decision::ApprovalRequired, action).of(rules).and(&requirement.thresholds)
    };
    if let Some(why) = requirement.unsatisfiable.as_ref().filter(|_| nobody_can(requirement)) {
        let action = format!("name somebody who can approve: {why}");
        return actions.add(step(ActionKind::Approve, action));
    }
    let counting = || Part::Counting(requirement.fingerprint.clone());
    let approvals = || Part::Approvals(requirement.fingerprint.clone());
    for why in &requirement.uncounted {
        let action = format!("{}, so that approvals are counted ({why})", known_by(why));
        let step = step(ActionKind::Supply, action);
        actions.add(step.brings(counting()).takes(counting()).takes(approvals()));
    }
    let mut step = step(ActionKind::Approve, wording(requirement)).by(Some(asked(requirement)));
    step = step.brings(approvals());
    actions.add(if counts(requirement) { step } else { step.takes(counting()) });
}

/// Whether it is known that nobody can meet a requirement, nor those who are asked instead.
fn nobody_can(requirement: &Requirement) -> bool {
    requirement.fallback.is_empty() || !more_are_possible(requirement) && too_few(requirement)
}

/// Whether those who are known are too few.
fn too_few(requirement: &Requirement) -> bool {
    requirement.candidates.len() < requirement.outstanding as usize
}

/// Whether there may be others than those who are known.
fn more_are_possible(requirement: &Requirement) -> bool {
    requirement.uncounted.iter().any(|why| match why {
        Uncounted::NoAuthor | Uncounted::NoHead => false,
        Uncounted::Incomplete(kind, _) => *kind != EvidenceKind::Reviews,
        Uncounted::NoLogin(_) => true,
    })
}

/// Whether approvals of those who are known count, and are enough.
fn counts(requirement: &Requirement) -> bool {
    let nobody = |why: &Uncounted| match why {
        Uncounted::NoAuthor | Uncounted::NoHead => true,
        Uncounted::Incomplete(kind, _) => *kind == EvidenceKind::Reviews,
        Uncounted::NoLogin(_) => false,
    };
    !requirement.uncounted.iter().any(nobody) && !too_few(requirement)
}

/// What has to be done before it is known.
pub(super) fn known_by(why: &Uncounted) -> String {
    match why {
        Uncounted::NoAuthor => "say who proposed the change with `--author LOGIN` or `--change EVENT.json`".to_owned(),
        Uncounted::NoHead => {
            "say which commit the change ends in with `--repo DIR` or `--change EVENT.json`".to_owned()
        }
        Uncounted::Incomplete(kind, _) => supply::way(*kind).to_owned(),
        Uncounted::NoLogin(owner) => {
            format!("name people or a team beside `{owner}` in CODEOWNERS of the base")
        }
    }
}

fn wording(requirement: &Requirement) -> String {
    let people =
        if requirement.outstanding == 1 { "one person" } else { &format!("{} people", requirement.outstanding) };
    let more = if requirement.given.is_empty() { "" } else { " more" };
    let mut action = format!("get the approval of {people}{more}");
    if !requirement.thresholds.is_empty() {
        action.push_str(&format!(", for {}", requirement.thresholds.join(" and ")));
    }
    action
}

fn asked(requirement: &Requirement) -> String {
    let asked = requirement.from.iter().chain(&requirement.fallback);
    let mut from: Vec<String> = asked.map(|approver| people(approver, requirement)).collect();
    from.dedup();
    from.join(" or ")
}

fn people(approver: &Approver, requirement: &Requirement) -> String {
    match approver {
        Approver::Owners if requirement.owners.is_empty() => "the code owners".to_owned(),
        Approver::Owners => format!("the code owners ({})", requirement.owners.join(", ")),
        Approver::Any => "a member of any team".to_owned(),
        Approver::User(_) | Approver::Team(_) => approver.to_string(),
    }
}
