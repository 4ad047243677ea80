//! What rules add: threats, recommendations, follow-ups, waivers, controls.

use super::list::Cut;
use super::{Scale, share};
use crate::render::escape::{markdown, markdown_name};
use crate::render::words;
use crate::report::{NoteReport, VerdictReport};

/// Each of them that is there.
pub(super) fn all(report: &VerdictReport, scale: Scale) -> String {
    [
        section("Threats", "threat", threats(report), scale.of(share::STATED)),
        section("Recommendations", "recommendation", notes(&report.recommendations, "- "), scale.of(share::STATED)),
        section("Open after the merge", "follow-up", notes(&report.follow_ups, "- [ ] "), scale.of(share::STATED)),
        section("Waivers", "waiver", waivers(report), scale.of(share::STATED)),
        section("Controls", "control", controls(report), scale.of(share::STATED)),
    ]
    .concat()
}

fn section(title: &str, noun: &str, entries: Vec<String>, room: usize) -> String {
    if entries.is_empty() {
        return String::new();
    }
    format!("### {title}\n\n{}\n", Cut::new(room).fill(entries).folded(noun))
}

fn threats(report: &VerdictReport) -> Vec<String> {
    report
        .threats
        .iter()
        .map(|threat| {
            let mitigation = match (&threat.mitigation, threat.residual) {
                (Some(mitigation), Some(left)) => format!("against it: {}; that leaves {left}", markdown(mitigation)),
                (Some(mitigation), None) => format!("against it: {}", markdown(mitigation)),
                (None, _) => "nothing is named against it".to_owned(),
            };
            format!(
                "- {} ({}, {}: likelihood {}, impact {}; {}): {mitigation}\n",
                markdown(&threat.threat),
                markdown_name(&threat.category),
                threat.risk,
                threat.likelihood,
                threat.impact,
                markdown_name(&threat.rule)
            )
        })
        .collect()
}

fn notes(notes: &[NoteReport], mark: &str) -> Vec<String> {
    notes.iter().map(|note| format!("{mark}{} ({})\n", markdown(&note.text), markdown_name(&note.rule))).collect()
}

fn waivers(report: &VerdictReport) -> Vec<String> {
    let line = |waiver| format!("- {}\n", crate::render::waivers::line(waiver, markdown, markdown_name));
    crate::render::waivers::ordered(report).into_iter().map(line).collect()
}

fn controls(report: &VerdictReport) -> Vec<String> {
    let ending = |id: &String| {
        report.rules.iter().find(|rule| rule.id == *id).map_or("not asked", |rule| words::outcome(rule.outcome))
    };
    report
        .controls
        .iter()
        .map(|(control, rules)| {
            let shown: Vec<String> =
                rules.iter().take(5).map(|id| format!("{} {}", markdown_name(id), ending(id))).collect();
            let more = rules.len().saturating_sub(5);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("- {}: {}{more}\n", markdown_name(control), shown.join(", "))
        })
        .collect()
}
