//! Waivers in words, for a screen and for Markdown: what became of each, first those that somebody has to look after.

use crate::report::{VerdictReport, WaiverReport, WaiverState, WaiverTrouble, Word as _};

/// The waivers of a verdict: refused and expired ones, those with something else to say against them, the others; each by id.
pub(super) fn ordered(report: &VerdictReport) -> Vec<&WaiverReport> {
    let mut waivers: Vec<&WaiverReport> = report.waivers.iter().collect();
    waivers.sort_by_key(|waiver| match waiver.state {
        WaiverState::Refused => 0,
        WaiverState::Expired => 1,
        _ if !waiver.troubles.is_empty() => 2,
        WaiverState::Applied | WaiverState::Unused | WaiverState::NotChecked => 3,
    });
    waivers
}

/// `W-12 applied, expiring: 2 violations of new-finding; last day 2027-03-31, 9 days left; owner .., approved by ..: reason`.
pub(super) fn line(waiver: &WaiverReport, text: impl Fn(&str) -> String, name: impl Fn(&str) -> String) -> String {
    let state = waiver.state.as_str().replace('_', " ");
    // What the state says is not said again.
    let told = [WaiverTrouble::Expired, WaiverTrouble::Refused, WaiverTrouble::Unused, WaiverTrouble::Broad];
    let further: Vec<&str> =
        waiver.troubles.iter().filter(|trouble| !told.contains(trouble)).map(|trouble| trouble.as_str()).collect();
    let further = if further.is_empty() { String::new() } else { format!(", {}", further.join(", ")) };
    let lifts = match waiver.lifts.len() {
        0 => name(&waiver.rule),
        1 => format!("1 violation of {}", name(&waiver.rule)),
        count => format!("{count} violations of {}", name(&waiver.rule)),
    };
    let why = waiver.why.as_ref().filter(|_| waiver.state != WaiverState::Expired);
    let why = why.map(|why| format!(" ({})", text(why))).unwrap_or_default();
    let left = match waiver.days_left {
        Some(1) => ", 1 day left".to_owned(),
        Some(days) if days >= 0 => format!(", {days} days left"),
        _ => String::new(),
    };
    let approved = waiver
        .approved_by
        .as_ref()
        .map_or_else(|| "approved by nobody".to_owned(), |login| format!("approved by {}", name(login)));
    let ticket = waiver.ticket.as_ref().map(|ticket| format!(", ticket {}", name(ticket))).unwrap_or_default();
    format!(
        "{} {state}{further}: {lifts}{why}; last day {}{left}; owner {}, {approved}{ticket}: {} ({})",
        name(&waiver.id),
        text(&waiver.expires),
        name(&waiver.owner),
        text(&waiver.reason),
        name(&waiver.at)
    )
}

/// Why a violation is waived: the waiver's id and reason, and who answers for it.
pub(super) fn justification(report: &VerdictReport, id: &str) -> String {
    let Some(waiver) = report.waivers.iter().find(|waiver| waiver.id == id) else { return format!("waiver {id}") };
    let approved = waiver.approved_by.as_ref().map(|login| format!(", approved by {login}")).unwrap_or_default();
    format!("waiver {id}: {} (owner {}{approved}, last day {})", waiver.reason, waiver.owner, waiver.expires)
}
