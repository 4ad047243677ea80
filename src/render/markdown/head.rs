//! The top of the page: the decision, what made it lenient, what would clear it, who has to approve, the risk.

use super::list::Cut;
use super::{Scale, share};
use crate::render::escape::{markdown, markdown_name, markdown_short};
use crate::render::{overrides, words};
use crate::report::Decision;
use crate::report::Risk;
use crate::report::{CategoryRiskReport, RequirementReport, RuleReport, VerdictReport};

/// The emergency override that was handed in, before anything else.
pub(super) fn override_in_force(report: &VerdictReport, scale: Scale) -> String {
    let Some(given) = &report.override_ else { return String::new() };
    let lines = overrides::lines(given, markdown, markdown_name).into_iter().map(|line| format!("- {line}\n"));
    let list = Cut::new(scale.of(share::OVERRIDE)).fill(lines).open("line");
    format!("## {}\n\n{}\n\n{list}\n", overrides::title(given), overrides::meaning(given))
}

/// The headline, what it is about, and the rules that decided.
pub(super) fn decision(report: &VerdictReport, scale: Scale) -> String {
    let decision = report.decision;
    let by_override = if report.honoured_override().is_some() { " (by override)" } else { "" };
    let mut out = format!("## Decision: {}{by_override}\n\n", words::decision(decision));
    out.push_str(&subject(report));
    out.push_str(words::meaning(decision));
    out.push_str("\n\n");
    let deciding = words::deciding(report);
    let other: Vec<String> =
        words::other_reasons(report, markdown_name).iter().map(|reason| format!("- {reason}\n")).collect();
    if deciding.is_empty() && other.is_empty() {
        out.push_str(&words::without_deciding_rule(report));
        out.push_str("\n\n");
    } else {
        let list = Cut::new(scale.of(share::REASONS)).fill(deciding.iter().map(|rule| reason(rule))).open("rule");
        out.push_str(&format!("Decided by:\n\n{list}{}\n", other.concat()));
    }
    let others: Vec<String> = [Decision::Indeterminate, Decision::ApprovalRequired, Decision::Rejected]
        .into_iter()
        .filter(|other| *other != decision)
        .map(|other| (other, report.rules.iter().filter(|rule| rule.decision == other).count()))
        .filter(|(_, number)| *number > 0)
        .map(|(other, number)| words::asking(other, number))
        .collect();
    if !others.is_empty() {
        out.push_str(&format!("Besides: {}.\n\n", others.join(", ")));
    }
    out
}

fn subject(report: &VerdictReport) -> String {
    let subject = &report.subject;
    let mut parts = Vec::new();
    if let Some(title) = &subject.title {
        parts.push(format!("**Change:** {}", markdown(title)));
    }
    let name =
        |label: &str, value: &Option<String>| value.as_ref().map(|value| format!("{label} {}", markdown_name(value)));
    parts.extend(name("by", &subject.author));
    parts.extend(name("in", &subject.repository));
    parts.extend(name("branch", &subject.branch));
    if subject.head.is_some() || subject.base.is_some() {
        let commits = [&subject.base, &subject.head].map(|commit| markdown_name(&words::short_commit(commit.as_ref())));
        parts.push(format!("from {} to {}", commits[0], commits[1]));
    }
    if parts.is_empty() {
        return String::new();
    }
    // Each part is bounded by itself; together they keep to their share by leaving out the last ones.
    while parts.iter().map(String::len).sum::<usize>() > share::SUBJECT && parts.len() > 1 {
        parts.pop();
    }
    format!("{}\n\n", parts.join(" \u{b7} "))
}

fn reason(rule: &RuleReport) -> String {
    let ending = words::ending_with_reason(rule, markdown);
    format!("- {} ({}, {}) {ending}\n", markdown(&rule.title), markdown_name(&rule.id), words::enforcement(rule))
}

/// Dry run, everything that made the evaluation more lenient, and what the change's own policy would have said.
pub(super) fn leniency(report: &VerdictReport, scale: Scale) -> String {
    let mut out = String::new();
    if report.dry_run {
        out.push_str(&format!(
            "**Dry run:** the exit code is 0 whatever the decision. Without it, it would be {} ({}).\n\n",
            words::exit_code(report.decision),
            words::decision(report.decision)
        ));
    }
    if !report.weakenings.is_empty() {
        let lines = report
            .weakenings
            .iter()
            .map(|weakening| format!("- {} (by {})\n", markdown(&weakening.what), markdown_name(&weakening.by)));
        let list = Cut::new(scale.of(share::LENIENT)).fill(lines).open("weakening");
        out.push_str(&format!("**More lenient than the policy by itself:**\n\n{list}\n"));
    }
    if let Some(head) = &report.head_policy {
        let said = overrides::head_policy(head, markdown, markdown_name);
        out.push_str(&format!("**The change edits what judges it.** {said}\n\n"));
    }
    out
}

/// What would clear it.
pub(super) fn next(report: &VerdictReport, scale: Scale) -> String {
    if report.next.is_empty() {
        return String::new();
    }
    let lines = report.next.iter().enumerate().map(|(index, action)| {
        let who = action.who.as_ref().map(|who| format!(" \u{2014} {}", markdown_name(who))).unwrap_or_default();
        let rules = match action.rules.is_empty() {
            true => String::new(),
            false => format!(" (for {})", words::listed(&action.rules, 5, markdown_name)),
        };
        format!("{}. {}{who}{rules}{}\n", index + 1, markdown(&action.action), words::together(action))
    });
    format!("### What would clear it\n\n{}\n", Cut::new(scale.of(share::NEXT)).fill(lines).open("action"))
}

/// Who has to approve, and who has.
pub(super) fn approvals(report: &VerdictReport, scale: Scale) -> String {
    if report.approvals.required.is_empty() {
        return String::new();
    }
    let state = if report.approvals.satisfied { "All of them are given." } else { "Not all of them are given." };
    let list = Cut::new(scale.of(share::APPROVALS))
        .fill(report.approvals.required.iter().map(|required| requirement(report, required)))
        .open("requirement");
    format!("### Required approvals\n\n{state}\n\n{list}\n")
}

fn requirement(report: &VerdictReport, requirement: &RequirementReport) -> String {
    let from = words::listed(&requirement.from, 5, markdown_name);
    let rest = words::requirement(report.subject.head.as_ref(), requirement, markdown_name, markdown, |text| {
        format!("**{text}**")
    });
    let held = words::not_counted(requirement, markdown_name, markdown);
    format!("- {} from {from}: {rest}{held}\n", words::count(requirement.count as usize, "approval"))
}

/// Risk by category.
pub(super) fn risk(report: &VerdictReport, scale: Scale) -> String {
    let risk = &report.risk;
    let mut out = format!("### Risk: {}\n\n", words::risk(risk.overall, risk.undecided));
    if let Some(advisory) = risk.advisory {
        out.push_str(&format!("Advisory rules, which count for nothing here, say: {advisory}.\n\n"));
    }
    let (told, untold): (Vec<_>, Vec<_>) = risk
        .categories
        .iter()
        .partition(|category| category.risk.is_some() || category.undecided > 0 || category.advisory.is_some());
    if !told.is_empty() {
        let advisory = told.iter().any(|category| category.advisory.is_some());
        let (title, line) = if advisory { (" Advisory |", "---|") } else { ("", "") };
        out.push_str(&format!("| Category | Risk |{title} Why |\n|---|---|{line}---|\n"));
        let rows = told.iter().map(|category| category_row(report, category, advisory));
        out.push_str(&Cut::new(scale.of(share::RISK)).fill(rows).open("row"));
        out.push('\n');
    }
    if !untold.is_empty() {
        let names: Vec<String> = untold.iter().map(|category| category.category.clone()).collect();
        out.push_str(&format!("Not assessed: {}.\n\n", words::listed(&names, 20, markdown_short)));
    }
    out
}

fn category_row(report: &VerdictReport, category: &CategoryRiskReport, advisory: bool) -> String {
    let level = words::risk(category.risk, category.undecided);
    let level = if category.risk >= Some(Risk::High) { format!("**{level}**") } else { level };
    let advisory = match (advisory, category.advisory) {
        (false, _) => String::new(),
        (true, None) => " |".to_owned(),
        (true, Some(risk)) => format!(" {risk} |"),
    };
    let said = category.assessments.iter().map(|assessment| {
        let apart = if assessment.advisory { ", advisory" } else { "" };
        format!("{} ({}: {}{apart})", markdown(&assessment.because), markdown_name(&assessment.rule), assessment.risk)
    });
    let ended = |telling: bool| {
        let rules = report.rules.iter().filter(move |rule| category.rules.contains(&rule.id));
        rules
            .filter(move |rule| telling == (!rule.violations.is_empty() || words::is_unfinished(rule)))
            .map(|rule| format!("{} {}", markdown_name(&rule.id), words::ending(rule)))
    };
    let mut why: Vec<String> = said.chain(ended(true)).collect();
    if why.is_empty() {
        // A level of none is the word of these rules, and of no others.
        why.extend(ended(false));
    }
    let mut shown = why.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
    if why.len() > 3 {
        shown.push_str(&format!("; {} more", why.len() - 3));
    }
    format!("| {} | {level} |{advisory} {shown} |\n", markdown(&category.category))
}
