//! The verdict as plain text for a screen: the decision, why, what to do next; then what was seen, in short.
//!
//! A rule that ended well is a count, not a line. No control character of the change's reaches the terminal.

mod evidence;
mod explain;
mod screen;

pub(super) use explain::render as explanation;

use super::Options;
use super::escape::{terminal as text, terminal_name as name};
use super::{overrides, words};
use crate::report::{RuleReport, VerdictReport, ViolationReport};
use screen::Screen;

/// How many violations of one rule are shown; the others are counted.
pub const MAX_VIOLATIONS: usize = 20;

/// How many entries of any other list are shown; the others are counted.
pub const MAX_ENTRIES: usize = 20;

/// The narrowest screen that is written for.
pub const MIN_WIDTH: usize = 40;

pub(super) fn render(report: &VerdictReport, options: &Options) -> String {
    let mut screen = Screen::new(options.color, options.width.max(MIN_WIDTH));
    decision(&mut screen, report);
    next(&mut screen, report);
    approvals(&mut screen, report);
    violations(&mut screen, report);
    unfinished(&mut screen, report);
    waivers(&mut screen, report);
    evidence::risk(&mut screen, report);
    evidence::seen(&mut screen, report);
    screen.finish()
}

fn decision(screen: &mut Screen, report: &VerdictReport) {
    if let Some(given) = &report.override_ {
        screen.head(overrides::title(given));
        screen.text(2, overrides::meaning(given));
        entries(screen, 2, &overrides::lines(given, text, name), "line");
        screen.raw("");
    }
    let by_override = if report.honoured_override().is_some() { " (by override)" } else { "" };
    let said = screen.styled(screen::of_decision(report.decision), words::decision(report.decision));
    screen.raw(&format!("Decision: {said}{by_override}"));
    let subject = &report.subject;
    if let Some(title) = &subject.title {
        screen.text(0, &format!("Change: {}", text(title)));
    }
    let deciding = words::deciding(report);
    let other = words::other_reasons(report, name);
    if deciding.is_empty() && other.is_empty() {
        screen.text(0, &words::without_deciding_rule(report));
    }
    let lines: Vec<String> = deciding.iter().map(|rule| ended(rule)).collect();
    entries(screen, 2, &lines, "rule");
    for reason in other {
        screen.text(2, &format!("- {reason}"));
    }
    if report.dry_run {
        let code = words::exit_code(report.decision);
        screen.text(0, &format!("Dry run: the exit code is 0 whatever the decision; without it, it would be {code}."));
    }
    if !report.weakenings.is_empty() {
        screen.head("More lenient than the policy by itself");
        let lines: Vec<String> = report
            .weakenings
            .iter()
            .map(|weakening| format!("- {} (by {})", text(&weakening.what), name(&weakening.by)))
            .collect();
        entries(screen, 2, &lines, "weakening");
    }
    if let Some(head) = &report.head_policy {
        screen.text(0, &format!("The change edits what judges it. {}", overrides::head_policy(head, text, name)));
    }
}

/// `rule-id (hard-mandatory) violated, 2 violations: reason`.
fn ended(rule: &RuleReport) -> String {
    format!("- {} ({}) {}", name(&rule.id), words::enforcement(rule), words::ending_with_reason(rule, text))
}

/// Lines, and how many are left out.
fn entries(screen: &mut Screen, indent: usize, lines: &[String], noun: &str) {
    for line in lines.iter().take(MAX_ENTRIES) {
        screen.text(indent, line);
    }
    left_out(screen, indent, lines.len().saturating_sub(MAX_ENTRIES), noun);
}

fn left_out(screen: &mut Screen, indent: usize, number: usize, noun: &str) {
    if number > 0 {
        let s = if number == 1 { "" } else { "s" };
        screen.text(indent, &format!("({number} more {noun}{s} not shown here)"));
    }
}

fn next(screen: &mut Screen, report: &VerdictReport) {
    if report.next.is_empty() {
        return;
    }
    screen.head("What would clear it");
    let lines: Vec<String> = report
        .next
        .iter()
        .enumerate()
        .map(|(index, action)| {
            let who = action.who.as_ref().map(|who| format!(" (by: {})", name(who))).unwrap_or_default();
            let rules = match action.rules.is_empty() {
                true => String::new(),
                false => format!(" (for {})", words::listed(&action.rules, 5, name)),
            };
            format!("{}. {}{who}{rules}{}", index + 1, text(&action.action), words::together(action))
        })
        .collect();
    entries(screen, 2, &lines, "action");
}

fn approvals(screen: &mut Screen, report: &VerdictReport) {
    if report.approvals.required.is_empty() {
        return;
    }
    screen.head(if report.approvals.satisfied { "Required approvals: all given" } else { "Required approvals" });
    let lines: Vec<String> = report
        .approvals
        .required
        .iter()
        .map(|required| {
            let from = words::listed(&required.from, 5, name);
            let rest = words::requirement(report.subject.head.as_ref(), required, name, text, str::to_owned);
            let held = words::not_counted(required, name, text);
            format!("- {} from {from}: {rest}{held}", words::count(required.count as usize, "approval"))
        })
        .collect();
    entries(screen, 2, &lines, "requirement");
}

fn violations(screen: &mut Screen, report: &VerdictReport) {
    let rules = words::violated(report);
    if rules.is_empty() {
        return;
    }
    let total: usize = rules.iter().map(|rule| rule.violations.len()).sum();
    let waived: usize = rules.iter().map(|rule| words::waived(&rule.violations)).sum();
    let waived = if waived > 0 { format!(", {waived} waived") } else { String::new() };
    screen.head(&format!("Violations: {total}{waived}"));
    for rule in rules {
        let risk = words::highest_risk(rule);
        let enforcement = words::enforcement(rule);
        screen.text(2, &format!("{} ({}, {enforcement}, risk {risk})", text(&rule.title), name(&rule.id)));
        let shared = words::shared_remedy(rule);
        for violation in rule.violations.iter().take(MAX_VIOLATIONS) {
            violation_lines(screen, rule, violation, shared.is_none());
        }
        left_out(screen, 4, rule.violations.len().saturating_sub(MAX_VIOLATIONS), "violation");
        if let Some(remedy) = shared {
            screen.text(4, &format!("to do: {}", text(remedy)));
        }
    }
}

fn violation_lines(screen: &mut Screen, rule: &RuleReport, violation: &ViolationReport, with_remedy: bool) {
    let waived = violation.waiver.as_ref().map(|waiver| format!(" (waived by {})", name(waiver)));
    let risk = if violation.risk == rule.risk { String::new() } else { format!(" (risk {})", violation.risk) };
    let message = text(&violation.message);
    screen.text(4, &format!("- {}{message}{risk}{}", place(violation), waived.unwrap_or_default()));
    if let Some(remedy) = violation.remedy.as_ref().filter(|_| with_remedy) {
        screen.text(6, &format!("to do: {}", text(remedy)));
    }
}

/// `src/a.py:3: `, or nothing.
fn place(violation: &ViolationReport) -> String {
    super::place::place(violation).map(|place| format!("{}: ", name(&place))).unwrap_or_default()
}

fn waivers(screen: &mut Screen, report: &VerdictReport) {
    if report.waivers.is_empty() {
        return;
    }
    screen.head("Waivers");
    let ordered = super::waivers::ordered(report).into_iter();
    let lines: Vec<String> = ordered.map(|waiver| format!("- {}", super::waivers::line(waiver, text, name))).collect();
    entries(screen, 2, &lines, "waiver");
}

fn unfinished(screen: &mut Screen, report: &VerdictReport) {
    // Those that decided are told above, and once is enough, unless there is more to tell of them.
    let above: Vec<&str> = words::deciding(report).iter().take(MAX_ENTRIES).map(|rule| rule.id.as_str()).collect();
    let mut rules: Vec<&RuleReport> = words::unfinished(report);
    let all = rules.len();
    rules.retain(|rule| rule.diagnostic.is_some() || !above.contains(&rule.id.as_str()));
    if rules.is_empty() {
        return;
    }
    screen.head(match rules.len() == all {
        true => "Not decided, or decided on incomplete evidence",
        false => "More on what is not decided",
    });
    let lines: Vec<String> = rules
        .iter()
        .map(|rule| match &rule.diagnostic {
            Some(diagnostic) => format!("{} - {}", ended(rule), text(&words::diagnostic(diagnostic))),
            None => ended(rule),
        })
        .collect();
    entries(screen, 2, &lines, "rule");
}
