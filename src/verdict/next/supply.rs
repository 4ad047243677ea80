//! Which evidence an undecided rule lacks, and how it comes by it.

use super::super::{Decision, RuleVerdict};
use super::{ActionKind, Actions};
use crate::evidence::{Completeness, Evidence, EvidenceKind, Source, Word as _};

/// One action for each source that keeps a rule from being decided.
pub(super) fn evidence(actions: &mut Actions, evidence: &Evidence, rule: &RuleVerdict) {
    let lacking = lacking(evidence, rule);
    let mut add = |action| actions.add(ActionKind::Supply, Decision::Indeterminate, action, None, [rule.id()]);
    if lacking.is_empty() {
        // What it lacks is not among the sources, as a tool that its pack expects and nobody named here.
        add(format!("supply what the rule `{}` needs: {}", rule.id(), rule.outcome.reason));
    }
    for kind in lacking {
        let mut sources = evidence
            .sources
            .iter()
            .filter(|source| source.kind == kind && source.completeness != Completeness::Complete)
            .peekable();
        if sources.peek().is_none() {
            add(how(kind, rule));
        }
        for source in sources {
            add(mend(source, rule));
        }
    }
}

/// The kinds that a rule needs or read and that are not complete; what it may do without only where that is all.
fn lacking(evidence: &Evidence, rule: &RuleVerdict) -> Vec<EvidenceKind> {
    let meta = &rule.outcome.rule;
    let incomplete: Vec<EvidenceKind> = EvidenceKind::ALL
        .iter()
        .copied()
        .filter(|kind| meta.needs.contains(kind) || rule.outcome.evidence.contains(kind))
        .filter(|kind| evidence.completeness(*kind) != Completeness::Complete)
        .collect();
    let dispensable = |kind: &EvidenceKind| meta.optional.contains(kind) && !meta.needs.contains(kind);
    if incomplete.iter().all(dispensable) {
        return incomplete;
    }
    incomplete.into_iter().filter(|kind| !dispensable(kind)).collect()
}

/// What to do about a source that is not complete.
fn mend(source: &Source, rule: &RuleVerdict) -> String {
    let kind = source.kind.as_str();
    let reason = source.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let what = match (&source.tool, &source.path) {
        (Some(tool), _) => format!("`{tool}`"),
        (None, Some(path)) => format!("`{path}`"),
        (None, None) => format!("the {kind}"),
    };
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
