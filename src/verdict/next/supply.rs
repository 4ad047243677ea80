//! Which evidence an undecided rule lacks, and how it comes by it.

use super::list::{Actions, Part, Step};
use super::{ActionKind, Situation};
use crate::evidence::{Completeness, EvidenceKind, Source, Word as _};
use crate::verdict::{Decision, RuleVerdict};

/// One action for each source that keeps a rule from being decided.
pub(super) fn evidence(actions: &mut Actions, situation: &Situation<'_>, rule: &RuleVerdict) {
    let lacking = lacking(situation, rule);
    let mut add = |action| {
        let part = || Part::Evidence(rule.id().to_owned());
        let step = Step::new(ActionKind::Supply, Decision::Indeterminate, action).of([rule.id()]);
        actions.add(step.brings(part()).takes(part()));
    };
    if lacking.is_empty() {
        // What it lacks is not among the sources, which no run of the engine's own comes to.
        add(format!("supply what the rule `{}` needs: {}", rule.id(), rule.outcome.reason));
    }
    let incomplete = |source: &&Source| source.completeness != Completeness::Complete;
    for kind in lacking {
        let of_kind = |source: &&Source| source.kind == kind && incomplete(source);
        let supplied: Vec<&Source> = situation.evidence.sources.iter().filter(of_kind).collect();
        let absent: Vec<&Source> = situation.absent.iter().filter(of_kind).collect();
        // That nobody supplied any is not told beside which are expected.
        let told = supplied.iter().filter(|source| absent.is_empty() || !source.is_nobodys());
        for source in told {
            add(mend(source, rule));
        }
        for source in &absent {
            add(if source.completeness == Completeness::Stale { renew(source) } else { mend(source, rule) });
        }
        if supplied.is_empty() && absent.is_empty() {
            add(how(kind, rule));
        }
    }
}

/// How much there is of a kind, with what the policy asks for beside the evidence.
fn completeness(situation: &Situation<'_>, kind: EvidenceKind) -> Completeness {
    let absent = situation.absent.iter().filter(|source| source.kind == kind).map(|source| source.completeness);
    absent.fold(situation.evidence.completeness(kind), Completeness::max)
}

/// The kinds that a rule needs or read and that are not complete; what it may do without only where that is all.
fn lacking(situation: &Situation<'_>, rule: &RuleVerdict) -> Vec<EvidenceKind> {
    let meta = &rule.outcome.rule;
    let incomplete: Vec<EvidenceKind> = EvidenceKind::ALL
        .iter()
        .copied()
        .filter(|kind| meta.needs.contains(kind) || rule.outcome.evidence.contains(kind))
        .filter(|kind| completeness(situation, *kind) != Completeness::Complete)
        .collect();
    let dispensable = |kind: &EvidenceKind| meta.optional.contains(kind) && !meta.needs.contains(kind);
    if incomplete.iter().all(dispensable) {
        return incomplete;
    }
    incomplete.into_iter().filter(|kind| !dispensable(kind)).collect()
}

/// What to do about a source that knows too little of late.
fn renew(source: &Source) -> String {
    let reason = source.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("bring in a newer {}{reason}", name(source))
}

fn name(source: &Source) -> String {
    match (&source.tool, &source.path) {
        (Some(tool), _) => format!("`{tool}`"),
        (None, Some(path)) => format!("`{path}`"),
        (None, None) => format!("the {}", source.kind),
    }
}

/// What to do about a source that is not complete.
fn mend(source: &Source, rule: &RuleVerdict) -> String {
    let kind = source.kind.as_str();
    let reason = source.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let what = name(source);
    match source.completeness {
        Completeness::Missing if source.tool.is_none() && source.path.is_none() => {
            format!("{}{reason}", how(source.kind, rule))
        }
        Completeness::Missing => format!("bring in {what}{reason}; {}", how(source.kind, rule)),
        Completeness::NotExpected => {
            format!("leave out `--without {kind}`, which not every pack allows, and {}", way(source.kind))
        }
        Completeness::Truncated => format!("bring all of {what} under the limit{reason}"),
        Completeness::Stale if source.tool.is_some() => format!("run {what} again on the head commit{reason}"),
        Completeness::Stale => format!("make {what} again for the head commit{reason}"),
        Completeness::Failed | Completeness::Complete if source.tool.is_some() => format!("re-run {what}{reason}"),
        Completeness::Failed | Completeness::Complete => format!("repair {what}{reason}"),
    }
}

/// How evidence of a kind is supplied, or told not to be expected where that is honoured.
fn how(kind: EvidenceKind, rule: &RuleVerdict) -> String {
    if rule.outcome.excusable.contains(&kind) {
        format!("{}, or say `--without {}` where none is to be expected", way(kind), kind.as_str())
    } else {
        way(kind).to_owned()
    }
}

/// How evidence of a kind is supplied.
pub(super) const fn way(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Change => "supply what the forge says of the change with `--change EVENT.json`",
        EvidenceKind::Findings => {
            "supply a scanner's SARIF with `--sarif FILE`, or its own report with `--report FILE`"
        }
        EvidenceKind::Baseline => "supply the scanner's SARIF of the base with `--baseline-sarif FILE@COMMIT`",
        EvidenceKind::Owners => "supply CODEOWNERS of the base with `--repo DIR` or `--trees BEFORE AFTER`",
        EvidenceKind::Files => "supply the changed files with `--repo DIR`, `--trees BEFORE AFTER` or `--diff FILE`",
        EvidenceKind::Dependencies => {
            "supply the changed packages with `--repo DIR`, `--trees BEFORE AFTER` or `--dependencies FILE`"
        }
        EvidenceKind::Licences => "supply the packages' licences with `--dependencies FILE` or `--sbom BEFORE AFTER`",
        EvidenceKind::Advisories => "supply known vulnerabilities with `--advisories PATH`",
        EvidenceKind::Capabilities => "supply the changed code with `--repo DIR` or `--trees BEFORE AFTER`",
        EvidenceKind::Reviews => "supply the forge's reviews with `--reviews FILE`",
        EvidenceKind::Teams => "supply the teams' members with `--teams FILE`",
        EvidenceKind::Tests => "supply test results with `--tests FILE`",
        EvidenceKind::Coverage => "supply coverage with `--coverage FILE`",
        EvidenceKind::Claims => "supply the document with the claims with `--claims FILE`",
    }
}
