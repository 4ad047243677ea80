//! A policy set and evidence to one outcome per rule; never prints, never stops early.

mod outcome;

use std::sync::Arc;

pub use crate::policy::{Assessment, Judgement, RequiredApproval, Subject, Threat, Violation};
pub use outcome::{Outcome, RuleOutcome};

use crate::diagnostic::{Code, Diagnostic};
use crate::evidence::{Completeness, Evidence, EvidenceKind, Source, Word as _};
use crate::policy::{Limit, PolicySet, Rule, RuleMeta, RuleResult, STACK_BYTES, Session};

/// What is said about an evaluation beside policy and evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Kinds of evidence that are not to be expected here. See [`honoured`].
    pub without: Vec<EvidenceKind>,
    /// The time that sources and rules are judged at; without it, a source whose age a pack limits is stale, a rule that is
    /// in force from some day on is in force, and a rule that asks for the day is errored.
    pub as_of: Option<jiff::Timestamp>,
    /// Whether nothing has an age: where nobody says when, as in a case, no source is stale for what it does not tell.
    pub ageless: bool,
}

/// Asks every rule, in the order of their ids.
#[must_use]
pub fn evaluate(policy: &PolicySet, evidence: &Arc<Evidence>, options: &Options) -> Vec<RuleOutcome> {
    let mut lacking = policy.missing_sources(evidence);
    if !options.ageless {
        lacking.extend(policy.stale_sources(evidence, options.as_of));
    }
    let gaps = Gaps::of(evidence, &lacking);
    let day = options.as_of.map(|time| time.to_zoned(jiff::tz::TimeZone::UTC).date());
    let is_excusable = |kind: &EvidenceKind| !is_supplied(evidence, *kind) && policy.insists_on(*kind).is_none();
    let excusable: Vec<EvidenceKind> = EvidenceKind::ALL.iter().copied().filter(is_excusable).collect();
    let without: Vec<EvidenceKind> = options.without.iter().copied().filter(|kind| excusable.contains(kind)).collect();
    let ask_all = || -> Vec<RuleOutcome> {
        let mut session = Session::new(policy, Arc::clone(evidence), options.as_of);
        let mut outcomes = Vec::with_capacity(policy.rules().len());
        outcomes.extend(policy.rules().iter().map(|rule| ask(&mut session, rule, day, &gaps, &without)));
        for outcome in &mut outcomes {
            dispense(outcome, &excusable);
            name_limit(policy, outcome);
        }
        session.end();
        outcomes
    };
    if policy.may_nest() { on_a_large_stack(policy, ask_all) } else { ask_all() }
}

/// Runs on a stack that deep values of scripts can't overflow. Where the system gives none, no rule is asked.
fn on_a_large_stack(policy: &PolicySet, ask_all: impl FnOnce() -> Vec<RuleOutcome> + Send) -> Vec<RuleOutcome> {
    std::thread::scope(|scope| match std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, ask_all) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        Err(error) => policy.rules().iter().map(|rule| not_asked(&rule.meta, &error)).collect(),
    })
}

fn not_asked(meta: &Arc<RuleMeta>, error: &std::io::Error) -> RuleOutcome {
    let message = format!("the system gives no stack of {STACK_BYTES} bytes to run rules on: {error}");
    RuleOutcome {
        reason: message.clone(),
        evidence: meta.needs.clone(),
        diagnostic: Some(Diagnostic::new(Code::Abandoned, message)),
        ..RuleOutcome::blank(meta)
    }
}

/// The kinds of evidence that are not complete.
struct Gaps {
    kinds: Vec<(EvidenceKind, Completeness)>,
    /// The same kinds, one bit each.
    bits: u32,
}

impl Gaps {
    fn of(evidence: &Evidence, lacking: &[Source]) -> Self {
        let kinds = EvidenceKind::ALL.iter().map(|kind| (*kind, of_kind(evidence, lacking, *kind)));
        let kinds: Vec<_> = kinds.filter(|(_, completeness)| *completeness != Completeness::Complete).collect();
        Self { bits: bits(kinds.iter().map(|(kind, _)| kind)), kinds }
    }

    /// Those among some kinds; most rules look at one or two, which are complete.
    fn among(&self, asked: &[EvidenceKind]) -> Vec<&(EvidenceKind, Completeness)> {
        let asked = bits(asked) & self.bits;
        if asked == 0 {
            return Vec::new();
        }
        self.kinds.iter().filter(|(kind, _)| asked & (1 << kind.index()) != 0).collect()
    }
}

/// One bit for each kind.
fn bits<'a>(kinds: impl IntoIterator<Item = &'a EvidenceKind>) -> u32 {
    kinds.into_iter().fold(0, |bits, kind| bits | 1 << kind.index())
}

/// The completeness of a kind, with what packs expect and nobody supplied, or not of late.
fn of_kind(evidence: &Evidence, lacking: &[Source], kind: EvidenceKind) -> Completeness {
    let expected = lacking.iter().filter(|source| source.kind == kind).map(|source| source.completeness).max();
    expected.map_or_else(|| evidence.completeness(kind), |worst| worst.max(evidence.completeness(kind)))
}

/// Whether `--without KIND` is honoured: every pack whose rules need the kind has to say that it may be lacking, and no
/// source of the kind may have been supplied.
///
/// # Errors
/// Why it is not, in words.
pub fn honoured(policy: &PolicySet, evidence: &Evidence, kind: EvidenceKind) -> Result<(), String> {
    if is_supplied(evidence, kind) {
        return Err(format!("there is {kind} evidence, so it can't be said not to be expected"));
    }
    match policy.insists_on(kind) {
        Some(pack) => Err(format!("pack `{pack}` does not say that {kind} may be lacking")),
        None => Ok(()),
    }
}

/// Whether somebody supplied something of a kind.
fn is_supplied(evidence: &Evidence, kind: EvidenceKind) -> bool {
    let supplied = |source: &Source| !source.is_nobodys() && !had_nothing_to_look_up(evidence, source);
    evidence.sources.iter().any(|source| source.kind == kind && supplied(source))
}

/// Whether a source is there only to say that of no changed package there was anything to look up: nobody supplied it.
fn had_nothing_to_look_up(evidence: &Evidence, source: &Source) -> bool {
    matches!(source.kind, EvidenceKind::Licences | EvidenceKind::Advisories)
        && evidence.dependencies.is_empty()
        && source.path.is_none()
        && source.tool.is_none()
        && source.sha256.is_none()
}

/// Says of a rule which kinds of evidence that it needs could be said not to be expected.
fn dispense(outcome: &mut RuleOutcome, excusable: &[EvidenceKind]) {
    if !outcome.rule.needs.is_empty() {
        outcome.excusable = outcome.rule.needs.iter().copied().filter(|kind| excusable.contains(kind)).collect();
    }
}

/// Says of a rule that hit a limit what that is, and who lowered it.
fn name_limit(policy: &PolicySet, outcome: &mut RuleOutcome) {
    let Some(error) = outcome.diagnostic.as_mut().filter(|error| error.code == Code::LimitExceeded) else { return };
    let name = error.message.split('`').nth(1).and_then(|name| Limit::named(name).ok());
    let hit = name.or_else(|| Limit::named("operations").ok().filter(|_| error.message.ends_with(" operations")));
    let Some(hit) = hit else { return };
    let set = policy.limits().iter().find(|limit| limit.name == hit.name);
    let written = format!("`{}`", hit.name);
    let value = hit.of(policy.in_use());
    let told = error.message.replacen(&written, &format!("{written}, which is {value}"), 1);
    outcome.reason = outcome.reason.replacen(&error.message, &told, 1);
    error.message = told;
    outcome.limited_by = set.filter(|limit| limit.value < limit.default).map(|limit| limit.set_by.to_string());
}

fn ask(
    session: &mut Session<'_>,
    rule: &Rule,
    day: Option<jiff::civil::Date>,
    gaps: &Gaps,
    without: &[EvidenceKind],
) -> RuleOutcome {
    let meta = session.meta(rule).on(day);
    let not_asked = |reason: String, evidence: Vec<EvidenceKind>| RuleOutcome {
        outcome: Outcome::NotApplicable,
        reason,
        evidence,
        ..RuleOutcome::blank(&meta)
    };
    if let Some(kind) = meta.needs.iter().find(|kind| without.contains(kind)) {
        let reason = format!("{kind} {} said not to be expected here", is_or_are(*kind));
        return RuleOutcome { excused: true, ..not_asked(reason, meta.needs.clone()) };
    }
    // Where it is not known which files changed, it is not known that none of them lies in the scope.
    if let Some(scope) = &meta.scope
        && gaps.among(&[EvidenceKind::Files]).is_empty()
        && !session.is_concerned(rule)
    {
        let paths: Vec<String> = scope.iter().map(|glob| format!("`{glob}`")).collect();
        let reason = format!("nothing of the change lies in its scope, {}", paths.join(", "));
        return not_asked(reason, vec![EvidenceKind::Files]);
    }
    conclude(meta, session.run(rule), gaps)
}

/// The verb that goes with the word of a kind of evidence.
const fn is_or_are(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Change | EvidenceKind::Baseline | EvidenceKind::Coverage => "is",
        EvidenceKind::Findings
        | EvidenceKind::Owners
        | EvidenceKind::Files
        | EvidenceKind::Dependencies
        | EvidenceKind::Licences
        | EvidenceKind::Advisories
        | EvidenceKind::Capabilities
        | EvidenceKind::Reviews
        | EvidenceKind::Teams
        | EvidenceKind::Tests
        | EvidenceKind::Claims => "are",
    }
}

/// What is said of a kind of evidence that is not complete.
fn state(kind: EvidenceKind, completeness: Completeness) -> String {
    let verb = is_or_are(kind);
    match completeness {
        Completeness::Complete => format!("{verb} complete"),
        Completeness::Missing => format!("{verb} missing"),
        Completeness::Failed => "failed".to_owned(),
        Completeness::Stale => format!("{verb} stale"),
        Completeness::Truncated => format!("{verb} truncated"),
        Completeness::NotExpected => format!("{verb} not expected"),
    }
}

/// How a rule ended, by what it did and by how complete what it looked at is.
fn conclude(meta: Arc<RuleMeta>, result: RuleResult, gaps: &Gaps) -> RuleOutcome {
    let mut kinds = result.read;
    kinds.extend_from_slice(&meta.needs);
    if !kinds.is_sorted_by(|left, right| left < right) {
        kinds.sort();
        kinds.dedup();
    }
    let looked_at = gaps.among(&kinds);
    let lacking: Vec<String> = looked_at
        .iter()
        .filter(|(kind, _)| !meta.optional.contains(kind))
        .map(|(kind, completeness)| [kind.as_str(), &state(*kind, *completeness)].join(" "))
        .collect();
    let incomplete = !lacking.is_empty();
    let count = result.violations.len();
    let (outcome, reason) = if let Some(error) = &result.error {
        (Outcome::Errored, error.message.clone())
    } else if count > 0 {
        (Outcome::Violated, if count == 1 { "1 violation".to_owned() } else { format!("{count} violations") })
    } else if incomplete {
        (Outcome::Undecided, lacking.join(", "))
    } else if let Some(reason) = &result.not_applicable {
        (Outcome::NotApplicable, reason.clone())
    } else {
        (Outcome::Satisfied, "no objection".to_owned())
    };
    let spared: Vec<String> = looked_at
        .iter()
        .filter(|(kind, _)| meta.optional.contains(kind))
        .map(|(kind, completeness)| format!("{kind}, which it may do without, {}", state(*kind, *completeness)))
        .collect();
    let reason = match (outcome, incomplete) {
        (Outcome::Satisfied, _) if !spared.is_empty() => format!("{reason}; {}", spared.join(", ")),
        (Outcome::Violated | Outcome::Errored, true) => [reason, lacking.join(", ")].join("; "),
        _ => reason,
    };
    RuleOutcome {
        rule: meta,
        outcome,
        ran: matches!(outcome, Outcome::Satisfied | Outcome::Violated | Outcome::NotApplicable),
        excused: false,
        excusable: Vec::new(),
        limited_by: None,
        incomplete,
        reason,
        violations: result.violations,
        assessments: result.assessments,
        notes: result.notes,
        recommendations: result.recommendations,
        judgements: result.judgements,
        required_approvals: result.required_approvals,
        threats: result.threats,
        follow_ups: result.follow_ups,
        evidence: kinds,
        diagnostic: result.error,
    }
}
