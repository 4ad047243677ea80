//! The words and counts that all human formats share, read off the report; no markup and no layout.

use crate::report::Decision;
use crate::report::Outcome;
use crate::report::{
    ActionReport, GivenApproval, ReasonReport, RequirementReport, RuleReport, SourceReport, VerdictReport,
    ViolationReport,
};
use crate::report::{ClaimReport, ClaimResult, Enforcement, Risk};
use crate::report::{Completeness, CoverageSummary, EvidenceKind, ReviewState, TestsSummary, Word};

/// A decision as a reader says it.
pub(super) fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Approved => "approved",
        Decision::ApprovalRequired => "approval required",
        Decision::Indeterminate => "indeterminate",
        Decision::Rejected => "rejected",
    }
}

/// What rules of a decision do, after their number.
pub(super) fn asking(decision: Decision, number: usize) -> String {
    let (one, many) = match decision {
        Decision::Approved => ("objects to nothing", "object to nothing"),
        Decision::ApprovalRequired => ("asks for an approval", "ask for an approval"),
        Decision::Indeterminate => ("is not decided", "are not decided"),
        Decision::Rejected => ("rejects it", "reject it"),
    };
    format!("{} {}", count(number, "rule"), if number == 1 { one } else { many })
}

/// What a decision means, in one sentence.
pub(super) fn meaning(decision: Decision) -> &'static str {
    match decision {
        Decision::Approved => "The change may pass.",
        Decision::ApprovalRequired => "The change may pass once the people named below approve it.",
        Decision::Indeterminate => {
            "It can't be told whether the change may pass: something was not looked at, or a rule did not end."
        }
        Decision::Rejected => "The change may not pass as it is.",
    }
}

/// The exit code that a decision stands for.
pub(super) fn exit_code(decision: Decision) -> u8 {
    match decision {
        Decision::Approved => 0,
        Decision::Rejected => 1,
        Decision::ApprovalRequired => 3,
        Decision::Indeterminate => 4,
    }
}

/// How a rule ended as a reader says it.
pub(super) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotApplicable => "not applicable",
        other => other.as_str(),
    }
}

/// Test cases in numbers.
pub(super) fn tests(tests: &TestsSummary) -> String {
    let mut out = format!(
        "{}: {} passed, {} failed, {} skipped",
        count_u64(tests.total, "case"),
        tests.passed,
        tests.failed,
        tests.skipped
    );
    if tests.flaky > 0 {
        out.push_str(&format!("; {} passed only after failing", tests.flaky));
    }
    out
}

/// Coverage of changed lines in numbers. What was not measured is never part of a percentage, and said beside it.
pub(super) fn coverage(coverage: &CoverageSummary) -> String {
    let measured = coverage.covered + coverage.missed;
    let mut out = match (coverage.covered * 100).checked_div(measured) {
        Some(percent) => format!(
            "{} of {} were run ({percent} %), in {}",
            coverage.covered,
            count_u64(measured, "measured line"),
            count_u64(coverage.files, "file")
        ),
        None => "no changed line was measured".to_owned(),
    };
    if coverage.unmeasured > 0 {
        out.push_str(&format!("; {} not measured at all", count_u64(coverage.unmeasured, "changed source file")));
    }
    out
}

/// What a reviewer holds as a reader says it.
pub(super) fn review_state(state: ReviewState) -> &'static str {
    match state {
        ReviewState::Approved => "approves",
        ReviewState::ChangesRequested => "asks for changes",
        ReviewState::Commented => "commented",
        ReviewState::Dismissed => "dismissed",
        ReviewState::Pending => "pending",
    }
}

/// How much of a source is there as a reader says it.
pub(super) fn completeness(completeness: Completeness) -> &'static str {
    match completeness {
        Completeness::NotExpected => "not expected",
        other => other.as_str(),
    }
}

/// `1 rule`, `2 rules`; the noun is one that takes an s.
pub(super) fn count(number: usize, noun: &str) -> String {
    count_u64(u64::try_from(number).unwrap_or(u64::MAX), noun)
}

/// `1 rule`, `2 rules`; the noun is one that takes an s.
pub(super) fn count_u64(number: u64, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{s}")
}

/// How many findings the head has no more.
pub(super) fn gone(count: u64) -> String {
    match count {
        1 => "1 of the baseline is gone.".to_owned(),
        count => format!("{count} of the baseline are gone."),
    }
}

/// A level of risk with what is not known of it; nothing assessed is not "none".
pub(super) fn risk(risk: Option<Risk>, undecided: u32) -> String {
    match (risk, undecided) {
        (None, 0) => "not assessed".to_owned(),
        (None, _) => format!("not assessed, {undecided} undecided"),
        (Some(risk), 0) => risk.to_string(),
        (Some(Risk::None), _) => format!("none so far, {undecided} undecided"),
        (Some(risk), _) => format!("at least {risk}, {undecided} undecided"),
    }
}

/// The rules whose decision is that of the change; none where it is approved.
pub(super) fn deciding(report: &VerdictReport) -> Vec<&RuleReport> {
    match report.decision {
        Decision::Approved => Vec::new(),
        decision => report.rules.iter().filter(|rule| rule.decision == decision).collect(),
    }
}

/// What decided beside rules and approvals, which are listed by themselves.
pub(super) fn other_reasons(report: &VerdictReport, escape: impl Fn(&str) -> String) -> Vec<String> {
    let other = |reason: &ReasonReport| match reason {
        ReasonReport::Rule { .. } | ReasonReport::Approval { .. } => None,
        ReasonReport::Risk { level, pack } => {
            Some(format!("pack {} rejects what has risk {level} or more", escape(pack)))
        }
        ReasonReport::NoRuleRan {} => Some("no rule ran, so nothing was shown".to_owned()),
    };
    // They are those of what it would have been.
    let overridden = report.honoured_override().is_some();
    report.reasons.iter().filter(|_| !overridden).filter_map(other).collect()
}

/// Why a change has its decision where no rule by itself has it.
pub(super) fn without_deciding_rule(report: &VerdictReport) -> String {
    match report.decision {
        Decision::Approved if report.honoured_override().is_some() => "The override decides.".to_owned(),
        Decision::Approved => why_approved(report),
        Decision::ApprovalRequired => "No single rule asks for it: see the required approvals.".to_owned(),
        Decision::Indeterminate if report.rules.is_empty() => "No rule was asked.".to_owned(),
        Decision::Indeterminate => "No single rule is undecided: no rule ran, so nothing was shown.".to_owned(),
        Decision::Rejected => {
            format!(
                "No single rule rejects it: the policy does, at this risk ({}).",
                risk(report.risk.overall, report.risk.undecided)
            )
        }
    }
}

/// Why an approved change is: that nobody objects is said only where it is so.
fn why_approved(report: &VerdictReport) -> String {
    let mandatory = || report.rules.iter().filter(|rule| rule.enforcement != Enforcement::Advisory);
    let all: usize = mandatory().map(|rule| rule.violations.len()).sum();
    let waived: usize = mandatory().map(|rule| waived(&rule.violations)).sum();
    let mut said = match (all - waived, waived) {
        (0, 0) => "No mandatory rule objects.".to_owned(),
        (0, _) => format!("All that mandatory rules object to is waived: {}.", count(waived, "violation")),
        (open, 0) => format!("Mandatory rules object, and it is approved: {}.", count(open, "violation")),
        (open, _) => format!("Mandatory rules object, and it is approved or waived: {open} approved, {waived} waived."),
    };
    if !report.approvals.required.is_empty() && report.approvals.satisfied {
        said.push_str(" All required approvals are given.");
    }
    said
}

/// How binding a rule is; of one that is not in force yet, also when it will be.
pub(super) fn enforcement(rule: &RuleReport) -> String {
    match &rule.pending {
        None => rule.enforcement.to_string(),
        Some(pending) => format!(
            "{} until {}, {}; then {}",
            rule.enforcement,
            pending.effective_on,
            count(pending.days as usize, "day"),
            pending.enforcement
        ),
    }
}

/// How a rule ended, with its violations: `violated, 3 violations (1 waived), on incomplete evidence`.
pub(super) fn ending(rule: &RuleReport) -> String {
    let mut text = outcome(rule.outcome).to_owned();
    if !rule.violations.is_empty() {
        text.push_str(", ");
        text.push_str(&count(rule.violations.len(), "violation"));
        let waived = waived(&rule.violations);
        if waived > 0 {
            text.push_str(&format!(" ({waived} waived)"));
        }
    }
    if rule.incomplete && rule.outcome != Outcome::Undecided {
        text.push_str(", on incomplete evidence");
    }
    text
}

/// How a rule ended and why, by its own reason where it has one: `undecided: it needs findings, which are missing`.
pub(super) fn ending_with_reason(rule: &RuleReport, escape: impl Fn(&str) -> String) -> String {
    if rule.reason.trim().is_empty() {
        return ending(rule);
    }
    let incomplete =
        if rule.incomplete && rule.outcome != Outcome::Undecided { ", on incomplete evidence" } else { "" };
    // That it does not object is not why the change waits for it.
    let reason = match (rule.outcome, rule.decision) {
        (Outcome::Satisfied, Decision::ApprovalRequired) => "it asks for an approval".to_owned(),
        _ => escape(&rule.reason),
    };
    format!("{}{incomplete}: {reason}", outcome(rule.outcome))
}

/// How many of these violations a waiver lifts.
pub(super) fn waived(violations: &[ViolationReport]) -> usize {
    violations.iter().filter(|violation| violation.waiver.is_some()).count()
}

/// Rules with violations, those first that weigh most on the decision.
pub(super) fn violated(report: &VerdictReport) -> Vec<&RuleReport> {
    let mut rules: Vec<&RuleReport> = report.rules.iter().filter(|rule| !rule.violations.is_empty()).collect();
    rules.sort_by_key(|rule| std::cmp::Reverse((rule.decision, rule.enforcement, highest_risk(rule))));
    rules
}

/// The highest risk of a rule's violations, and of the rule where it has none.
pub(super) fn highest_risk(rule: &RuleReport) -> Risk {
    rule.violations.iter().map(|violation| violation.risk).max().unwrap_or(rule.risk)
}

/// Whether a rule is errored or undecided, or read incomplete evidence.
pub(super) fn is_unfinished(rule: &RuleReport) -> bool {
    matches!(rule.outcome, Outcome::Errored | Outcome::Undecided) || rule.incomplete
}

/// Rules that did not end by their own word: errored ones, undecided ones, and those that read incomplete evidence.
pub(super) fn unfinished(report: &VerdictReport) -> Vec<&RuleReport> {
    let mut rules: Vec<&RuleReport> = report.rules.iter().filter(|rule| is_unfinished(rule)).collect();
    rules.sort_by_key(|rule| std::cmp::Reverse((rule.decision, rule.outcome == Outcome::Errored)));
    rules
}

/// The counts of all outcomes, also those that are 0: `3 satisfied, 1 violated, ..., 1 violation waived`.
pub(super) fn outcome_counts(report: &VerdictReport) -> String {
    let number = |wanted: Outcome| report.rules.iter().filter(|rule| rule.outcome == wanted).count();
    let waived: usize = report.rules.iter().map(|rule| waived(&rule.violations)).sum();
    let mut parts: Vec<String> =
        [Outcome::Satisfied, Outcome::Violated, Outcome::Undecided, Outcome::Errored, Outcome::NotApplicable]
            .iter()
            .map(|wanted| format!("{} {}", number(*wanted), outcome(*wanted)))
            .collect();
    parts.push(format!("{} waived", count(waived, "violation")));
    parts.join(", ")
}

/// How far a kind of evidence was looked at.
pub(super) enum Looked<'a> {
    /// All of it: an empty result is knowledge.
    Fully,
    /// Something of it; the sources that are not complete.
    Partly(Vec<&'a SourceReport>),
    /// Nothing of it; its sources, of which there may be none.
    Not(Vec<&'a SourceReport>),
}

/// Whether anything at all was taken from a source.
pub(super) fn was_read(source: &SourceReport) -> bool {
    match source.completeness {
        Completeness::Missing | Completeness::NotExpected => false,
        Completeness::Failed => source.items > 0,
        Completeness::Complete | Completeness::Truncated | Completeness::Stale => true,
    }
}

/// How far a kind of evidence was looked at, by its sources.
pub(super) fn looked(report: &VerdictReport, kind: EvidenceKind) -> Looked<'_> {
    let sources: Vec<&SourceReport> = report.sources.iter().filter(|source| source.kind == kind).collect();
    if !sources.iter().any(|source| was_read(source)) {
        return Looked::Not(sources);
    }
    let incomplete: Vec<&SourceReport> =
        sources.into_iter().filter(|source| source.completeness != Completeness::Complete).collect();
    if incomplete.is_empty() { Looked::Fully } else { Looked::Partly(incomplete) }
}

/// Sources in one line, with what they lack: `CodeQL missing (reason); gitleaks failed`.
pub(super) fn lacking(sources: &[&SourceReport], escape: impl Fn(&str) -> String) -> String {
    const MAX: usize = 3;
    if sources.is_empty() {
        return "there is no source for it".to_owned();
    }
    let told: Vec<String> = sources
        .iter()
        .take(MAX)
        .map(|source| {
            let name = source.tool.as_ref().or(source.path.as_ref()).map(|name| format!("{} ", escape(name)));
            let reason = source.reason.as_ref().map(|reason| format!(" ({})", escape(reason)));
            format!("{}{}{}", name.unwrap_or_default(), completeness(source.completeness), reason.unwrap_or_default())
        })
        .collect();
    let more = sources.len().saturating_sub(MAX);
    let more = if more > 0 { format!("; {more} more") } else { String::new() };
    format!("{}{more}", told.join("; "))
}

/// The kinds of evidence that have no source at all.
pub(super) fn kinds_without_source(report: &VerdictReport) -> Vec<&'static str> {
    EvidenceKind::ALL
        .iter()
        .filter(|kind| !report.sources.iter().any(|source| source.kind == **kind))
        .map(|kind| kind.as_str())
        .collect()
}

/// `7 claims (1 contradicted, 2 supported, 4 undecided)`
pub(super) fn claims(report: &VerdictReport) -> String {
    let number = |wanted| report.claims.iter().filter(|claim| claim.result == wanted).count();
    let by: Vec<String> = [ClaimResult::Contradicted, ClaimResult::Supported, ClaimResult::Undecided]
        .iter()
        .map(|wanted| format!("{} {wanted}", number(*wanted)))
        .collect();
    format!("{} ({})", count(report.claims.len(), "claim"), by.join(", "))
}

/// Claims, those first that a reader has to know: contradicted, supported, undecided; each in the order of the report.
pub(super) fn claims_by_result(report: &VerdictReport) -> Vec<&ClaimReport> {
    let mut claims: Vec<&ClaimReport> = report.claims.iter().collect();
    claims.sort_by_key(|claim| match claim.result {
        ClaimResult::Contradicted => 0,
        ClaimResult::Supported => 1,
        ClaimResult::Undecided => 2,
    });
    claims
}

/// The first twelve characters of a commit id, which is enough for a reader.
pub(super) fn short_commit(commit: Option<&String>) -> String {
    match commit {
        Some(commit) => commit.chars().take(12).collect(),
        None => "unknown".to_owned(),
    }
}

/// The first `max` of a list, and how many more there are: `a, b and 3 more`.
pub(super) fn listed<'a>(
    names: impl IntoIterator<Item = &'a String>,
    max: usize,
    escape: impl Fn(&str) -> String,
) -> String {
    let names: Vec<&String> = names.into_iter().collect();
    let mut text = names.iter().take(max).map(|name| escape(name)).collect::<Vec<_>>().join(", ");
    if names.len() > max {
        text.push_str(&format!(" and {} more", names.len() - max));
    }
    text
}

/// Which actions have to be done as well, where that is so: ` (only together with 3, 4)`.
pub(super) fn together(action: &ActionReport) -> String {
    match (action.with.is_empty(), action.alone.is_empty()) {
        (true, _) => String::new(),
        (false, true) => format!(" (only together with {})", others(action)),
        (false, false) => format!(" (all of it only together with {})", others(action)),
    }
}

/// The numbers of the actions that have to be done as well: `3, 4`.
pub(super) fn others(action: &ActionReport) -> String {
    let numbers: Vec<String> = action.with.iter().map(ToString::to_string).collect();
    listed(&numbers, MAX_PEOPLE, str::to_owned)
}

/// A script error in one line: `file:line:column: message [code]; help`.
pub(super) fn diagnostic(diagnostic: &crate::report::DiagnosticReport) -> String {
    let mut text = String::new();
    if let Some(file) = &diagnostic.file {
        text.push_str(file);
        for number in [diagnostic.line, diagnostic.column].into_iter().map_while(|number| number) {
            text.push_str(&format!(":{number}"));
        }
        text.push_str(": ");
    }
    text.push_str(&format!("{} [{}]", diagnostic.message, diagnostic.code));
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("; {help}"));
    }
    for related in &diagnostic.related {
        text.push_str(&format!("; {} at {}", related.message, related.file));
        for number in [related.line, related.column].into_iter().map_while(|number| number) {
            text.push_str(&format!(":{number}"));
        }
    }
    text
}

/// The remedy that all violations of a rule share, which is said once.
pub(super) fn shared_remedy(rule: &RuleReport) -> Option<&String> {
    let shared = rule.violations.first()?.remedy.as_ref()?;
    rule.violations.iter().all(|violation| violation.remedy.as_ref() == Some(shared)).then_some(shared)
}

/// Approvals of those who could give a requirement and that do not count for it, behind what is known of it.
pub(super) fn not_counted(
    requirement: &RequirementReport,
    name: impl Fn(&str) -> String,
    text: impl Fn(&str) -> String,
) -> String {
    let could =
        |login: &String| requirement.candidates.iter().any(|other| other.to_lowercase() == login.to_lowercase());
    let told = requirement.not_counted.iter().filter_map(|approval| {
        let by = approval.by.as_ref().filter(|login| could(login))?;
        Some(format!("; not counted: {} {}", name(by), text(&approval.why)))
    });
    told.take(MAX_PEOPLE).collect()
}

/// What is known of a requirement beside whom it asks: given, left, by whom, why. `name` and `text` make names and sentences
/// harmless; what nobody has to miss is `loud`.
pub(super) fn requirement(
    head: Option<&String>,
    requirement: &RequirementReport,
    name: impl Fn(&str) -> String + Copy,
    text: impl Fn(&str) -> String + Copy,
    loud: impl Fn(&str) -> String,
) -> String {
    let mut line = match requirement.outstanding {
        0 => "given".to_owned(),
        outstanding => loud(&format!("{outstanding} outstanding")),
    };
    let by: Vec<String> = requirement.given.iter().map(|given| kept(head, given, name)).collect();
    if !by.is_empty() {
        line.push_str(&format!(", given by {}", listed(&by, MAX_PEOPLE, str::to_owned)));
    }
    if requirement.outstanding > 0 && !requirement.candidates.is_empty() {
        line.push_str(&format!(", could be given by {}", listed(&requirement.candidates, MAX_PEOPLE, name)));
    }
    if !requirement.because.is_empty() {
        line.push_str(&format!("; because of {}", listed(&requirement.because, MAX_PEOPLE, name)));
    }
    if let Some(why) = requirement.uncounted.as_ref().filter(|_| requirement.outstanding > 0) {
        line.push_str(&format!("; {} {}", loud("not everybody's approval counts:"), text(why)));
    }
    if let Some(why) = &requirement.unsatisfiable {
        line.push_str(&format!("; {} {}", loud("nobody can give it:"), text(why)));
    }
    if !requirement.fallback.is_empty() {
        line.push_str(&format!("; asked instead: {}", listed(&requirement.fallback, MAX_PEOPLE, name)));
    }
    line
}

/// Who gave an approval, and of which commit where that is not the head.
fn kept(head: Option<&String>, given: &GivenApproval, name: impl Fn(&str) -> String) -> String {
    let by = name(&given.by);
    match given.commit.as_ref().filter(|commit| head != Some(*commit)) {
        Some(commit) => format!("{by} (of {})", name(&short_commit(Some(commit)))),
        None => by,
    }
}

/// How many people of a requirement, or actions beside one, are named.
const MAX_PEOPLE: usize = 5;
