//! The stages behind the command line, in the order in which it calls them. Wiring alone: every choice is a stage's own.

use std::sync::Arc;

use super::said::Location;
use super::settings::Settings;
use crate::collect::input::Refusal;
use crate::collect::snapshot::{RawChange, RawFile, SnapshotError};
use crate::collect::{diff, trees};
use crate::diagnostic::{Code, Diagnostic};
use crate::evaluate::{self, Outcome, evaluate, honoured};
use crate::evidence::{
    Completeness, DependencyChange, DependencyChangeKind, Evidence, EvidenceKind, FileChange, Override, Source,
};
use crate::normalize;
use crate::policy::Risk;
use crate::report::{PolicyReport, ReportContext, VerdictReport, WeakeningReport};
use crate::verdict::{Decision, Grounds, RuleVerdict, Verdict, decide_on, judge_override};

pub use crate::collect::diff::MAX_BYTES as MAX_DIFF_BYTES;
pub use crate::collect::git::GitRepository;
pub use crate::collect::snapshot::Side;
pub use crate::policy::{Layer, Outside, PackFiles, PolicySet};
pub use crate::render::{Format, Options as RenderOptions, explanation, explanation_json, waiver_line};
pub use crate::report::{
    Document as DocumentKind, ExplanationReport, OpenViolation, read_earlier, read_open_violations, read_verdict,
    schema_text, write_evidence,
};
pub use crate::verdict::{Approving, Earlier, Scope, Waiver, Waivers};

/// A mistake in how the change was described.
#[must_use]
pub fn unreadable(error: &SnapshotError) -> Diagnostic {
    let mistake = Diagnostic::new(Code::UnreadableChange, error.to_string());
    if error.help().is_empty() { mistake } else { mistake.help(error.help()) }
}

/// The change between two directories.
///
/// # Errors
/// Where one of them can't be read.
pub fn read_trees(before: &Location, after: &Location) -> Result<RawChange, Diagnostic> {
    trees::read(&before.path, &after.path).map_err(|error| unreadable(&error))
}

/// The change that a diff shows.
///
/// # Errors
/// Where it is not one whole diff.
pub fn read_diff(bytes: &[u8]) -> Result<RawChange, Refusal> {
    diff::read(bytes)
}

/// Changed paths as evidence.
#[must_use]
pub fn files(files: Vec<RawFile>) -> Vec<FileChange> {
    normalize::files::files(files)
}

/// Evidence from its document.
///
/// # Errors
/// Where it is none.
pub fn read_evidence(file: &Location) -> Result<Evidence, Diagnostic> {
    crate::collect::evidence::read(&file.path).map(|(evidence, _)| all_licences(evidence)).map_err(|error| {
        let mut mistake = Diagnostic::from(&error);
        if let Some(place) = &mut mistake.place {
            place.file.clone_from(&file.shown);
        }
        mistake
    })
}

/// The evidence with a source that is missing where a package that comes in has no record of its licence.
fn all_licences(mut evidence: Evidence) -> Evidence {
    let lacking = normalize::licences::without_record(&evidence);
    if let (Some((item, version)), Completeness::Complete) =
        (lacking.first(), evidence.completeness(EvidenceKind::Licences))
    {
        let others = match lacking.len() {
            1 => String::new(),
            several => format!(" and {} others", several - 1),
        };
        let what = format!("{} package {} {version}{others}", item.ecosystem, item.name);
        let reason = format!("the document has no record of the licence of {what}");
        evidence.sources.push(Source::incomplete(EvidenceKind::Licences, Completeness::Missing, reason));
        evidence.sources.sort();
    }
    evidence
}

/// Evidence from what a case says of it: its document without `schema`, and a complete source for each kind of `complete`.
///
/// # Errors
/// What is wrong with it.
pub fn evidence_of_case(document: serde_json::Value, complete: &[EvidenceKind]) -> Result<Evidence, String> {
    let serde_json::Value::Object(mut document) = document else {
        return Err("the evidence is no table".to_owned());
    };
    if document.insert("schema".to_owned(), crate::report::EVIDENCE_SCHEMA.into()).is_some() {
        return Err("the evidence of a case has no `schema`".to_owned());
    }
    let sources = document.entry("sources").or_insert_with(|| serde_json::Value::Array(Vec::new()));
    if let serde_json::Value::Array(sources) = sources {
        let complete = complete.iter().map(|kind| serde_json::json!({"kind": kind, "completeness": "complete"}));
        sources.extend(complete);
    }
    for (kind, complete_row) in [("files", classify as fn(&mut serde_json::Value)), ("findings", say_nothing)] {
        if let Some(serde_json::Value::Array(rows)) = document.get_mut(kind).and_then(|kind| kind.get_mut("items")) {
            rows.iter_mut().for_each(complete_row);
        }
    }
    let text = serde_json::Value::Object(document).to_string();
    let evidence = crate::report::read_evidence(text.as_bytes()).map_err(|error| {
        // Its line and column are of a text that nobody has seen.
        let place = if error.path.is_empty() { String::new() } else { format!("evidence.{}: ", error.path) };
        let help = error.help.map(|help| format!("; {help}")).unwrap_or_default();
        format!("{place}{}{help}", error.message)
    })?;
    let added = |(item, _): &(&DependencyChange, &str)| item.change == DependencyChangeKind::Added;
    match normalize::licences::without_record(&evidence).into_iter().find(added) {
        Some((item, version)) if evidence.completeness(EvidenceKind::Licences) == Completeness::Complete => {
            Err(format!(
                "licences are said to be complete, and `evidence.licences.items` has none of the {} package `{}` {version}, which is added; \
             add it, without `expression` and `by` where nothing is stated, or take `licences` out of `complete`",
                item.ecosystem, item.name
            ))
        }
        _ => Ok(evidence),
    }
}

/// What a changed path would be classified as, where a case does not say.
fn classify(file: &mut serde_json::Value) {
    let serde_json::Value::Object(file) = file else { return };
    let Some(path) = file.get("path").and_then(serde_json::Value::as_str).map(str::to_owned) else { return };
    file.entry("kind").or_insert_with(|| normalize::files::kind_of(&path).to_string().into());
    file.entry("language").or_insert_with(|| normalize::files::language_of(&path).into());
}

/// A case is seldom about what the scanner says.
fn say_nothing(finding: &mut serde_json::Value) {
    if let serde_json::Value::Object(finding) = finding {
        finding.entry("message").or_insert_with(|| "".into());
    }
}

/// A decision, and the document about it.
pub struct Judged {
    /// The document.
    pub report: VerdictReport,
    /// The decision.
    pub decision: Decision,
    /// Why this is no verdict, where the process had to be held back.
    pub abandoned: Option<Diagnostic>,
}

/// What a change is judged by, beside policy, evidence and settings.
pub struct Judging<'a> {
    /// The sources of [`absent_sources`].
    pub absent: &'a [Source],
    /// The time to judge at.
    pub as_of: jiff::Timestamp,
    /// What is known about approvals beside the evidence.
    pub approving: &'a Approving,
    /// Which violations are lifted.
    pub waivers: &'a Waivers,
    /// The emergency override that was handed in.
    pub overriding: Option<&'a Override>,
    /// What makes the run more lenient beside what its settings say by themselves.
    pub further: &'a [WeakeningReport],
}

/// The day of a time, in UTC.
#[must_use]
pub fn utc_day(time: jiff::Timestamp) -> jiff::civil::Date {
    time.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Asks every rule, decides, and writes down what was decided and why.
#[must_use]
pub fn judge_change(policy: &PolicySet, evidence: Evidence, settings: &Settings, judging: &Judging<'_>) -> Judged {
    let Judging { absent, as_of, approving, waivers, overriding, further } = *judging;
    let without = refusals(policy, &evidence, &settings.without.value);
    let evidence = Arc::new(evidence);
    let options = evaluate::Options { without: settings.without.value.clone(), as_of: Some(as_of), ageless: false };
    let verdict = judge(policy, &evidence, &options, approving, waivers);
    let mut errors = verdict.rules.iter().filter_map(|rule| rule.outcome.diagnostic.as_ref());
    let abandoned = errors.find(|diagnostic| diagnostic.code == Code::Abandoned).cloned();
    let mut weakenings = settings.weakenings(evidence.change.time.as_deref(), &without);
    // What flags and settings raise is among theirs.
    let raised = policy.limits().iter().filter(|limit| limit.value > limit.default && limit.set_by.layer.is_some());
    weakenings.extend(raised.map(|limit| WeakeningReport {
        what: format!("the limit of {} was raised from {} to {}", limit.name, limit.default, limit.value),
        by: limit.set_by.to_string(),
    }));
    weakenings.extend_from_slice(further);
    let overriding = overriding
        .map(|given| judge_override(given.clone(), &policy.override_terms(), &evidence, as_of, verdict.decision));
    if let Some(judged) = &overriding {
        weakenings.extend(settings.weakenings_of_override(judged, as_of));
    }
    let context = ReportContext {
        as_of: as_of.to_string(),
        dry_run: settings.dry_run.value,
        policy: PolicyReport::from(policy),
        packs: policy.packs(),
        weakenings,
        settings: settings.reports(),
        extra_sources: absent,
    };
    let report = VerdictReport::new(&verdict, &evidence, &context);
    let report = match &overriding {
        Some(judged) => report.with_override(judged),
        None => report,
    };
    Judged { decision: report.decision, abandoned, report }
}

/// Asks every rule and decides, for nobody to act on.
///
/// # Errors
/// Why there is no verdict.
pub fn ask(
    policy: &PolicySet,
    evidence: Evidence,
    settings: &Settings,
    judging: &Judging<'_>,
) -> Result<Verdict, String> {
    let without = settings.without.value.clone();
    let options = evaluate::Options { without, as_of: Some(judging.as_of), ageless: false };
    let verdict = judge(policy, &Arc::new(evidence), &options, judging.approving, judging.waivers);
    let mut errors = verdict.rules.iter().filter_map(|rule| rule.outcome.diagnostic.as_ref());
    match errors.find(|diagnostic| diagnostic.code == Code::Abandoned) {
        Some(abandoned) => Err(abandoned.to_string()),
        None => Ok(verdict),
    }
}

fn judge(
    policy: &PolicySet,
    evidence: &Arc<Evidence>,
    options: &evaluate::Options,
    approving: &Approving,
    waivers: &Waivers,
) -> Verdict {
    let outcomes = evaluate(policy, evidence, options);
    let mut absent = policy.missing_sources(evidence);
    absent.extend(policy.stale_sources(evidence, options.as_of).into_iter().filter(|_| !options.ageless));
    decide_on(outcomes, &Grounds { thresholds: policy.thresholds(), evidence, waivers, approving, absent: &absent })
}

/// Each kind that is said not to be expected, and why that is not honoured, where it is not.
#[must_use]
pub fn refusals(
    policy: &PolicySet,
    evidence: &Evidence,
    without: &[EvidenceKind],
) -> Vec<(EvidenceKind, Option<String>)> {
    without.iter().map(|kind| (*kind, honoured(policy, evidence, *kind).err())).collect()
}

/// Sources that are not there: what packs expect, or expect to be newer, kinds that rules need and nobody supplied, and
/// kinds that are by the user's word not to be expected.
#[must_use]
pub fn absent_sources(
    policy: &PolicySet,
    evidence: &Evidence,
    without: &[EvidenceKind],
    as_of: jiff::Timestamp,
) -> Vec<Source> {
    let excused: Vec<EvidenceKind> = refusals(policy, evidence, without)
        .into_iter()
        .filter(|(_, refusal)| refusal.is_none())
        .map(|(kind, _)| kind)
        .collect();
    let mut absent = policy.missing_sources(evidence);
    absent.extend(policy.stale_sources(evidence, Some(as_of)));
    absent.retain(|source| !excused.contains(&source.kind));
    let kinds = |kind: &EvidenceKind, sources: &[Source]| sources.iter().any(|source| source.kind == *kind);
    let needed = policy.rules().iter().flat_map(|rule| rule.meta.needs.iter());
    for kind in needed {
        if !excused.contains(kind) && !kinds(kind, &evidence.sources) && !kinds(kind, &absent) {
            absent.push(Source::incomplete(*kind, Completeness::Missing, "rules need them, and none were supplied"));
        }
    }
    absent.extend(
        excused.into_iter().map(|kind| Source::incomplete(kind, Completeness::NotExpected, "by the user's word")),
    );
    absent.sort();
    absent.dedup();
    absent
}

/// A verdict as bytes.
///
/// # Errors
/// Where the format can't hold it.
pub fn render(format: Format, report: &VerdictReport, options: &RenderOptions) -> Result<Vec<u8>, Diagnostic> {
    crate::render::render(format, report, options)
        .map_err(|error| Diagnostic::new(Code::UnwritableReport, format!("no {format} could be made: {error}")))
}

/// What a policy made of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseVerdict {
    /// What the whole policy decides.
    pub decision: Decision,
    /// Every rule.
    pub rules: Vec<CaseRule>,
}

/// What one rule made of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRule {
    /// The rule's id.
    pub id: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What that means for the change.
    pub decision: Decision,
    /// Why it ended so, in words.
    pub reason: String,
    /// Messages of its violations.
    pub messages: Vec<String>,
    /// The highest risk of its violations.
    pub risk: Option<Risk>,
    /// Who is asked to approve because of it.
    pub approvers: Vec<String>,
}

/// Judges the evidence of a case, as of the time of its change. Where that has none, nothing is too old, every rule is in
/// force, and there is no today: a rule that asks for it is errored. Of a kind that is complete, every tool that the policy expects has spoken.
#[must_use]
pub fn judge_case(
    policy: &PolicySet,
    mut evidence: Evidence,
    complete: &[EvidenceKind],
    without: &[EvidenceKind],
) -> CaseVerdict {
    let time: Option<jiff::Timestamp> = evidence.change.time.as_deref().and_then(|time| time.parse().ok());
    let spoken: Vec<Source> = policy
        .missing_sources(&evidence)
        .into_iter()
        .filter(|missing| complete.contains(&missing.kind))
        .map(|missing| Source {
            tool: missing.tool,
            made: time.map(|time| time.to_string()),
            ..Source::complete(missing.kind)
        })
        .collect();
    evidence.sources.extend(spoken);
    evidence.sources.sort();
    let options = evaluate::Options { without: without.to_vec(), as_of: time, ageless: time.is_none() };
    let approving = Approving { fallbacks: policy.fallbacks(), ..Approving::default() };
    let verdict = judge(policy, &Arc::new(evidence), &options, &approving, &Waivers::default());
    let rules = verdict.rules.iter().map(|rule| case_rule(rule, &verdict)).collect();
    CaseVerdict { decision: verdict.decision, rules }
}

fn case_rule(rule: &RuleVerdict, verdict: &Verdict) -> CaseRule {
    let required = verdict.approvals.iter().filter(|requirement| requirement.is_of(rule.id()));
    let help = rule.outcome.diagnostic.as_ref().and_then(|error| error.help.as_ref());
    let help = help.map(|help| format!("; {help}")).unwrap_or_default();
    CaseRule {
        id: rule.id().to_owned(),
        outcome: rule.outcome.outcome,
        decision: rule.decision,
        reason: format!("{}{help}", rule.outcome.reason),
        messages: rule.violations.iter().map(|judged| judged.violation.message.clone()).collect(),
        risk: rule.violations.iter().map(|judged| judged.risk).max(),
        approvers: required.flat_map(|requirement| requirement.from.iter().map(ToString::to_string)).collect(),
    }
}
