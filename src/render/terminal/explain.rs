//! An explanation as plain text: what is explained, each part that weighs on it with all that it rests on, and what would
//! clear it. No control character of the change's reaches the terminal.

use super::screen::{self, Screen};
use super::{MAX_VIOLATIONS, MIN_WIDTH, entries, left_out, name, text};
use crate::render::{Options, overrides, waivers, words};
use crate::report::{
    AboutReport, ActionKind, ActionReport, Completeness, Decision, ExplanationReport, NumberedActionReport, PartReport,
    ReadReport, RequirementReport, RulePartReport, RuleReport, SetByReport, SourceReport, ViolationReport, WaiverState,
};

/// How many sources of a kind are named.
const MAX_SOURCES: usize = 20;

/// How many approvals that do not count are named with why.
const MAX_NOT_COUNTED: usize = 20;

/// An explanation as text.
pub(in crate::render) fn render(report: &ExplanationReport, options: &Options) -> String {
    let mut screen = Screen::new(options.color, options.width.max(MIN_WIDTH));
    match &report.about {
        AboutReport::Change {} => of_change(&mut screen, report),
        AboutReport::Rule { .. } => of_rule(&mut screen, report, usize::MAX),
        AboutReport::Violation { fingerprint, .. } => {
            screen.raw(&format!("Violation {}", name(fingerprint)));
            of_rule(&mut screen, report, usize::MAX);
        }
    }
    next(&mut screen, report);
    screen.finish()
}

fn of_change(screen: &mut Screen, report: &ExplanationReport) {
    if let Some(given) = &report.override_ {
        screen.head(overrides::title(given));
        screen.text(2, overrides::meaning(given));
        entries(screen, 2, &overrides::lines(given, text, name), "line");
        screen.raw("");
    }
    let decision = screen.styled(screen::of_decision(report.decision), words::decision(report.decision));
    let approved = report.decision == Decision::Approved;
    let by_override = if report.is_overridden() { " (by override)" } else { "" };
    screen.raw(&if approved {
        format!("Decision: {decision}{by_override}")
    } else {
        format!("Not approved: {decision}")
    });
    subject(screen, report);
    if approved {
        rests_on(screen, report);
    } else {
        screen.text(0, words::meaning(report.decision));
    }
    if report.is_overridden() && !report.parts.is_empty() {
        screen.head("Without the override, this would keep it from being approved");
    } else if !report.parts.is_empty() {
        screen.head(&match report.parts.len() {
            1 => "1 thing keeps it from being approved".to_owned(),
            several => format!("{several} things keep it from being approved, the worst first"),
        });
    }
    for part in &report.parts {
        screen.raw("");
        show(screen, report, part, MAX_VIOLATIONS);
    }
}

fn subject(screen: &mut Screen, report: &ExplanationReport) {
    let subject = &report.subject;
    if let Some(title) = &subject.title {
        screen.text(0, &format!("Change: {}", text(title)));
    }
    let author = subject.author.as_ref().map(|author| format!(", by {}", name(author))).unwrap_or_default();
    let head = name(&words::short_commit(subject.head.as_ref()));
    screen.text(0, &format!("Head {head}{author}; judged as of {}", name(&report.as_of)));
}

/// What an approved change owes its approval to.
fn rests_on(screen: &mut Screen, report: &ExplanationReport) {
    let nothing = report.approvals.is_empty() && report.waivers.is_empty() && report.weakenings.is_empty();
    if nothing && !report.is_overridden() {
        return screen
            .text(0, "No mandatory rule objects, and nothing had to be approved, waived or made more lenient.");
    }
    screen.head("It rests on");
    if report.is_overridden() {
        screen.text(2, "- the override");
    }
    for given in &report.approvals {
        screen.text(2, &format!("- {}", asked(report, given)));
    }
    for waiver in &report.waivers {
        screen.text(2, &format!("- waiver {}", waivers::line(waiver, text, name)));
    }
    for weakening in &report.weakenings {
        screen.text(2, &format!("- more lenient: {} (by {})", text(&weakening.what), name(&weakening.by)));
    }
}

fn of_rule(screen: &mut Screen, report: &ExplanationReport, most: usize) {
    for part in &report.parts {
        show(screen, report, part, most);
    }
    let decision = screen.styled(screen::of_decision(report.decision), words::decision(report.decision));
    let by_override = if report.is_overridden() { " (by override)" } else { "" };
    screen.raw("");
    screen.raw(&format!("Decision about the change: {decision}{by_override}"));
    subject(screen, report);
}

fn show(screen: &mut Screen, report: &ExplanationReport, part: &PartReport, most: usize) {
    match part {
        PartReport::Rule { part } => rule(screen, report, part, most),
        PartReport::Risk { level, pack, risk } => {
            headline(screen, Decision::Rejected, "risk");
            let overall = words::risk(risk.overall, risk.undecided);
            screen.text(2, &format!("pack {} rejects what has risk {level} or more; it is {overall}", name(pack)));
            let carrying = risk.categories.iter().filter(|category| category.risk.is_some_and(|risk| risk >= *level));
            let lines: Vec<String> = carrying
                .map(|category| {
                    let rules = words::listed(&category.rules, 5, name);
                    format!(
                        "- {}: {} (rules {rules})",
                        text(&category.category),
                        words::risk(category.risk, category.undecided)
                    )
                })
                .collect();
            entries(screen, 2, &lines, "area");
        }
        PartReport::NoRuleRan {} => {
            headline(screen, Decision::Indeterminate, "no rule ran");
            screen.text(2, "nothing was asked that could be answered, so nothing was shown");
        }
        PartReport::Approval { requirement } => {
            headline(screen, Decision::ApprovalRequired, "approval");
            approval(screen, report, requirement);
        }
    }
}

fn headline(screen: &mut Screen, decision: Decision, what: &str) {
    let said = screen.styled(screen::of_decision(decision), words::decision(decision));
    screen.raw(&format!("{what}: {said}"));
}

fn rule(screen: &mut Screen, report: &ExplanationReport, part: &RulePartReport, most: usize) {
    let rule = &part.rule;
    headline(screen, rule.decision, &name(&rule.id));
    screen.text(2, &text(&rule.title));
    let decides = match (part.decides, rule.decision == Decision::Approved) {
        (true, _) => ", which is the change's",
        (false, true) => ", so it does not stand in the way",
        (false, false) => ", beside what is worse",
    };
    let decides = if part.decides && report.is_overridden() { ", which the change's would be" } else { decides };
    screen.text(
        2,
        &format!(
            "{}, {}; its decision is {}{decides}",
            words::enforcement(rule),
            words::ending_with_reason(rule, text),
            words::decision(rule.decision)
        ),
    );
    if let Some(diagnostic) = &rule.diagnostic {
        screen.text(4, &text(&words::diagnostic(diagnostic)));
    }
    for read in &part.read {
        self::read(screen, read);
    }
    if part.read.is_empty() {
        screen.text(2, "read: no evidence");
    }
    violations(screen, part, most);
    let idle = part.waivers.iter().filter(|waiver| waiver.lifts.is_empty() && waiver.would_lift.is_empty());
    for waiver in idle {
        screen.text(2, &format!("waiver {}", waivers::line(waiver, text, name)));
    }
    for asked in &part.approvals {
        approval(screen, report, asked);
    }
    for note in &rule.notes {
        screen.text(2, &format!("note: {}", text(note)));
    }
    set_by(screen, rule);
    let numbers: Vec<String> = part.next.iter().map(ToString::to_string).collect();
    if !numbers.is_empty() {
        screen.text(2, &format!("what would clear it: {} below", numbers.join(", ")));
    }
}

/// What was read of a kind, and how complete each source of it is.
fn read(screen: &mut Screen, read: &ReadReport) {
    screen.text(2, &format!("read: {} {}", read.kind, words::completeness(read.completeness)));
    if read.sources.is_empty() {
        screen.text(4, "- there is no source for it");
    }
    for source in read.sources.iter().take(MAX_SOURCES) {
        self::source(screen, source);
    }
    left_out(screen, 4, read.sources.len().saturating_sub(MAX_SOURCES), "source");
}

fn source(screen: &mut Screen, source: &SourceReport) {
    let tool = source.tool.as_ref().map(|tool| format!("{} ", name(tool))).unwrap_or_default();
    let path = source.path.as_ref().map(|path| format!("{} ", name(path))).unwrap_or_default();
    let reason = source.reason.as_ref().map(|reason| format!(": {}", text(reason))).unwrap_or_default();
    let items = match source.completeness {
        Completeness::Missing | Completeness::NotExpected => String::new(),
        _ => format!(", {}", words::count_u64(source.items, "item")),
    };
    screen.text(4, &format!("- {tool}{path}{}{items}{reason}", words::completeness(source.completeness)));
}

fn violations(screen: &mut Screen, part: &RulePartReport, most: usize) {
    let rule = &part.rule;
    let shared = if rule.violations.len() > 1 { words::shared_remedy(rule) } else { None };
    for violation in rule.violations.iter().take(most) {
        self::violation(screen, part, violation, shared.is_none());
    }
    left_out(screen, 2, rule.violations.len().saturating_sub(most), "violation");
    let others = part.violations.saturating_sub(rule.violations.len() as u64);
    if others > 0 {
        screen.text(2, &format!("the rule has {}", words::count_u64(others, "other violation")));
    }
    if let Some(remedy) = shared {
        screen.text(2, &format!("to do: {}", text(remedy)));
    }
}

fn violation(screen: &mut Screen, part: &RulePartReport, violation: &ViolationReport, with_remedy: bool) {
    let place = super::place(violation);
    screen.text(2, &format!("- {place}{} (risk {})", text(&violation.message), violation.risk));
    screen.text(4, &format!("fingerprint {}", name(&violation.fingerprint)));
    for waiver in &part.waivers {
        let about = waiver.lifts.contains(&violation.fingerprint) || waiver.would_lift.contains(&violation.fingerprint);
        let said = match waiver.state {
            WaiverState::Applied => "waived by",
            WaiverState::Unused | WaiverState::NotChecked => continue,
            WaiverState::Expired | WaiverState::Refused => "not waived by",
        };
        if about || violation.waiver.as_ref() == Some(&waiver.id) {
            screen.text(4, &format!("{said} {}", waivers::line(waiver, text, name)));
        }
    }
    let told = |id: &&String| part.waivers.iter().any(|waiver| waiver.id == **id);
    if let Some(id) = violation.waiver.as_ref().filter(|id| !told(id)) {
        screen.text(4, &format!("waived by {}", name(id)));
    }
    if let Some(remedy) = violation.remedy.as_ref().filter(|_| with_remedy) {
        screen.text(4, &format!("to do: {}", text(remedy)));
    }
}

/// `2 approvals from team:security: 1 outstanding, given by ..`
fn asked(report: &ExplanationReport, requirement: &RequirementReport) -> String {
    let from = words::listed(&requirement.from, 5, name);
    let rest = words::requirement(report.subject.head.as_ref(), requirement, name, text, str::to_owned);
    format!("{} from {from}: {rest}", words::count(requirement.count as usize, "approval"))
}

fn approval(screen: &mut Screen, report: &ExplanationReport, requirement: &RequirementReport) {
    screen.text(2, &format!("asks for {}", asked(report, requirement)));
    if !requirement.paths.is_empty() {
        screen.text(4, &format!("about {}", words::listed(&requirement.paths, 5, name)));
    }
    let lines: Vec<String> = requirement
        .not_counted
        .iter()
        .take(MAX_NOT_COUNTED)
        .map(|approval| {
            let by = approval.by.as_ref().map_or_else(|| "somebody".to_owned(), |login| name(login));
            format!("- not counted: {by} {}", text(&approval.why))
        })
        .collect();
    for line in &lines {
        screen.text(4, line);
    }
    left_out(screen, 4, requirement.not_counted.len().saturating_sub(MAX_NOT_COUNTED), "approval");
}

/// `acme (layer 1)`, `--param`
fn setter(by: &SetByReport) -> String {
    match by.layer {
        Some(layer) => format!("{} (layer {layer})", name(&by.by)),
        None => name(&by.by),
    }
}

/// Whose rule it is, and who set what of it.
fn set_by(screen: &mut Screen, rule: &RuleReport) {
    let pack = format!("rule of pack {} (layer {})", name(&rule.pack), rule.layer);
    let set: Vec<String> =
        rule.set_by.iter().map(|(setting, by)| format!("{} set by {}", name(setting), setter(by))).collect();
    let set = if set.is_empty() { String::new() } else { format!("; {}", set.join("; ")) };
    screen.text(2, &format!("{pack}{set}"));
    if let Some(scope) = &rule.scope {
        screen.text(2, &format!("scope: {}", words::listed(scope, 5, name)));
    }
    if let Some(docs) = &rule.docs {
        screen.text(2, &format!("documented at {}", name(docs)));
    }
}

fn next(screen: &mut Screen, report: &ExplanationReport) {
    if report.next.is_empty() {
        return;
    }
    screen.head(if report.is_overridden() {
        "What would clear it without the override"
    } else {
        "What would clear it"
    });
    for NumberedActionReport { number, action } in &report.next {
        let who = action.who.as_ref().map(|who| format!(" (by: {})", name(who))).unwrap_or_default();
        screen.text(2, &format!("{number}. {}{who}", text(&action.action)));
        screen.text(5, &effect(action));
    }
}

/// What an action changes, by itself or with others.
fn effect(action: &ActionReport) -> String {
    let shows = match action.kind {
        ActionKind::Fix => "what it objects to is gone",
        ActionKind::LowerRisk => "no threshold rejects it any more",
        ActionKind::RepairRule => "can be decided, and may then object",
        ActionKind::Supply => "what it lacks is there, whatever it then says",
        ActionKind::AddPolicy => "something is asked",
        ActionKind::Waive => "what the waiver is about is lifted",
        ActionKind::Approve => "what it is asked for is met",
    };
    let rules = |rules: &[String]| {
        if rules.is_empty() { String::new() } else { format!("{}: ", words::listed(rules, 5, name)) }
    };
    let others: Vec<String> = action.rules.iter().filter(|rule| !action.alone.contains(rule)).cloned().collect();
    match (action.with.is_empty(), action.alone.is_empty()) {
        (true, _) => format!("by itself: {}{shows}", rules(&action.rules)),
        (false, true) => format!("only together with {}: {}{shows}", words::others(action), rules(&action.rules)),
        (false, false) if others.is_empty() => {
            format!("by itself: {}{shows}; all of it with {}", rules(&action.alone), words::others(action))
        }
        (false, false) => format!(
            "by itself: {}{shows}; together with {} also {}",
            rules(&action.alone),
            words::others(action),
            words::listed(&others, 5, name)
        ),
    }
}
