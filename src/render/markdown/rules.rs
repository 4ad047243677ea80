//! What the rules object to, and how they ended.

use super::list::{Cut, details, not_shown};
use super::{Scale, share};
use crate::render::escape::{markdown, markdown_name};
use crate::render::place::place;
use crate::render::words;
use crate::report::{RuleReport, VerdictReport, ViolationReport};

/// The least room that is worth beginning the violations of one more rule.
const MIN_ROOM: usize = 1_000;

/// Every violation, by rule, in `room` bytes; what does not fit is counted.
pub(super) fn violations(report: &VerdictReport, room: usize) -> (String, u64) {
    let rules = words::violated(report);
    if rules.is_empty() {
        return (String::new(), 0);
    }
    let total: usize = rules.iter().map(|rule| rule.violations.len()).sum();
    let waived: usize = rules.iter().map(|rule| words::waived(&rule.violations)).sum();
    let waived = if waived > 0 { format!(", {waived} waived") } else { String::new() };
    let mut out = format!("### Violations: {total}{waived}\n\n");
    let mut untold: u64 = 0;
    let mut left_out: u64 = 0;
    for (index, rule) in rules.iter().enumerate() {
        let rest = room.saturating_sub(out.len() + MIN_ROOM);
        if rest < MIN_ROOM {
            untold += rule.violations.len() as u64;
        } else {
            let (text, cut) = of_rule(rule, (rest / (rules.len() - index)).max(MIN_ROOM));
            out.push_str(&text);
            left_out += cut;
        }
    }
    if untold > 0 {
        out.push_str(not_shown(untold, "violation").trim_start());
        out.push('\n');
    }
    (out, left_out + untold)
}

fn of_rule(rule: &RuleReport, room: usize) -> (String, u64) {
    let mut out = format!(
        "**{}** ({}, {}, risk {})",
        markdown(&rule.title),
        markdown_name(&rule.id),
        words::enforcement(rule),
        words::highest_risk(rule)
    );
    if rule.violations.len() > 1 {
        out.push_str(&format!(", {}", words::count(rule.violations.len(), "violation")));
    }
    out.push_str("\n\n");
    let shared = words::shared_remedy(rule);
    if let Some(remedy) = shared {
        out.push_str(&format!("To do: {}\n\n", markdown(remedy)));
    }
    let entries = rule.violations.iter().map(|violation| entry(rule, violation, shared.is_none()));
    let list = Cut::new(room.saturating_sub(out.len())).fill(entries);
    let left_out = list.left_out();
    out.push_str(&list.folded("violation"));
    out.push('\n');
    (out, left_out)
}

fn entry(rule: &RuleReport, violation: &ViolationReport, with_remedy: bool) -> String {
    let mut line = "- ".to_owned();
    if let Some(place) = place(violation) {
        line.push_str(&format!("{}: ", markdown_name(&place)));
    }
    line.push_str(&markdown(&violation.message));
    if violation.risk != rule.risk {
        line.push_str(&format!(" (risk {})", violation.risk));
    }
    if !violation.approvers.is_empty() {
        line.push_str(&format!(" (approval by {})", words::listed(&violation.approvers, 5, markdown_name)));
    }
    if let Some(waiver) = &violation.waiver {
        line.push_str(&format!(" **(waived by {})**", markdown_name(waiver)));
    }
    if let Some(remedy) = violation.remedy.as_ref().filter(|_| with_remedy) {
        line.push_str(&format!(" To do: {}", markdown(remedy)));
    }
    line.push('\n');
    line
}

/// The counts of all outcomes, and every rule that did not end by its own word with its reason.
pub(super) fn in_short(report: &VerdictReport, scale: Scale) -> String {
    let mut out = format!("### Rules: {}\n\n{}.\n\n", report.rules.len(), words::outcome_counts(report));
    let unfinished = words::unfinished(report);
    if !unfinished.is_empty() {
        let entries = unfinished.iter().map(|rule| unfinished_entry(rule));
        let list = Cut::new(scale.of(share::RULES)).fill(entries).folded("rule");
        out.push_str(&format!("Not decided, or decided on incomplete evidence:\n\n{list}\n"));
    }
    let listed = |rule: &&RuleReport| words::is_unfinished(rule) || !rule.violations.is_empty();
    let rest: Vec<&RuleReport> = report.rules.iter().filter(|rule| !listed(rule)).collect();
    if !rest.is_empty() {
        let entries = rest.iter().map(|rule| {
            let notes = words::listed(&rule.notes, 3, markdown);
            let notes = if notes.is_empty() { notes } else { format!(" (note: {notes})") };
            let pending = rule.pending.as_ref().map(|_| format!(" ({})", words::enforcement(rule))).unwrap_or_default();
            format!("- {}{pending} {}{notes}\n", markdown_name(&rule.id), words::ending_with_reason(rule, markdown))
        });
        let list = Cut::new(scale.of(share::RULES)).fill(entries).open("rule");
        out.push_str(&details(&format!("{} without objection", words::count(rest.len(), "rule")), &list));
        out.push('\n');
    }
    out
}

fn unfinished_entry(rule: &RuleReport) -> String {
    let ending = words::ending_with_reason(rule, markdown);
    let mut line = format!("- {} ({}) {ending}", markdown_name(&rule.id), words::enforcement(rule));
    if let Some(diagnostic) = &rule.diagnostic {
        line.push_str(&format!(" \u{2014} {}", markdown(&words::diagnostic(diagnostic))));
    }
    line.push('\n');
    line
}
