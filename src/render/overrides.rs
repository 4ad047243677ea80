//! An emergency override, and the policy of the head, in words that every format takes.

use super::words;
use crate::report::{HeadPolicyReport, OverrideReport};

/// The headline of an override.
pub(super) const fn title(given: &OverrideReport) -> &'static str {
    if given.honoured { "Override in force" } else { "Override not honoured" }
}

/// What an override did.
pub(super) const fn meaning(given: &OverrideReport) -> &'static str {
    if given.honoured {
        "An emergency override changed the decision."
    } else {
        "An emergency override was handed in. It changed nothing."
    }
}

/// What there is to say of it, a line each. `text` escapes sentences, `name` names.
pub(super) fn lines(
    given: &OverrideReport,
    text: impl Fn(&str) -> String,
    name: impl Fn(&str) -> String,
) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(why) = &given.why {
        lines.push(format!("not honoured: {}", text(why)));
    }
    lines.push(format!("would have been: {}", words::decision(given.would_have_been)));
    lines.push(format!("reason: {}", text(&given.reason)));
    lines.push(format!("owner: {}", name(&given.owner)));
    lines.push(format!("ticket: {}", name(&given.ticket)));
    lines.push(format!("expires: {}", name(&given.expires)));
    lines.push(format!("for the head {}", name(&given.head)));
    for requirement in &given.approvals {
        let from = words::listed(&requirement.from, 5, &name);
        let by: Vec<String> = requirement.given.iter().map(|given| given.by.clone()).collect();
        let by = if by.is_empty() { "nobody".to_owned() } else { words::listed(&by, 5, &name) };
        lines.push(format!("{} from {from}: given by {by}", words::count(requirement.count as usize, "approval")));
    }
    lines.push(format!("said by {}", name(&given.file)));
    lines
}

/// What the policy of the head would have decided, in a sentence.
pub(super) fn head_policy(
    head: &HeadPolicyReport,
    text: impl Fn(&str) -> String,
    name: impl Fn(&str) -> String,
) -> String {
    let edited = words::listed(&head.edited, 5, &name);
    let said = match (&head.decision, &head.failure) {
        (Some(decision), _) => format!("that of the head would have said: {}", words::decision(*decision)),
        (None, Some(failure)) => format!("what that of the head would have said is not known: {}", text(failure)),
        (None, None) => "what that of the head would have said is not known".to_owned(),
    };
    let differences: Vec<String> = head
        .differences
        .iter()
        .take(5)
        .map(|difference| {
            let decision = |decision: Option<_>| decision.map_or("no such rule", words::decision);
            format!("{}: {} becomes {}", name(&difference.rule), decision(difference.base), decision(difference.head))
        })
        .collect();
    let more = head.differences.len().saturating_sub(differences.len());
    let differences = match (differences.as_slice(), more) {
        ([], _) => String::new(),
        (some, 0) => format!(" ({})", some.join("; ")),
        (some, more) => format!(" ({}; {more} more)", some.join("; ")),
    };
    format!("It edits {edited}. What decides here is the policy of the base; {said}{differences}.")
}
