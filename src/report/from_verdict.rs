//! A verdict as it is published: positions in the evidence become what they stand for, and every list gets its order.
//! Nothing here decides, and nothing is left out that was decided.

use std::collections::{BTreeMap, BTreeSet};

use super::checks::{CoverageSummary, ReviewsSummary, TestsSummary};
use super::diagnostic::DiagnosticReport;
use super::packages::DependenciesSummary;
use super::policy::{ApproversReport, PendingReport, PolicyReport};
use super::provenance::{PackReport, ProblemReport, SettingReport, SourceReport, WeakeningReport};
use super::subject::SubjectReport;
use super::summary::{FilesSummary, FindingsSummary};
use super::verdict::{
    ActionReport, ApprovalsReport, AssessmentReport, CategoryRiskReport, Engine, GivenApproval, LocationReport,
    NotCountedReport, NoteReport, ReasonReport, RequirementReport, RiskReport, RuleReport, SubjectOfVerdict,
    ThreatReport, VERDICT_SCHEMA, VerdictReport, ViolationReport,
};
use super::waivers::WaiverReport;
use crate::evaluate::{RequiredApproval, Subject};
use crate::evidence::{Change, Evidence, Source, Word as _};
use crate::policy::{Approver, Enforcement, PackMeta, RuleMeta};
use crate::verdict::{
    Action, CategoryRisk, JudgedViolation, NotCounted, Reason, Requirement, RiskSummary, RuleVerdict, Verdict,
};

/// What a verdict is published with, beside the evidence: everything about the run that it does not hold itself.
#[derive(Debug, Clone)]
pub struct ReportContext<'a> {
    /// The time that rules and waivers were judged at: RFC 3339, UTC.
    pub as_of: String,
    /// Whether the exit code was told to be 0 whatever the decision.
    pub dry_run: bool,
    /// What judged, as a whole.
    pub policy: PolicyReport,
    /// The packs that were asked, in any order.
    pub packs: &'a [PackMeta],
    /// Everything that made this run more lenient, in any order.
    pub weakenings: Vec<WeakeningReport>,
    /// Where each setting came from, in any order.
    pub settings: Vec<SettingReport>,
    /// Sources that were expected and are not among the evidence's own, in any order.
    pub extra_sources: &'a [Source],
}

impl VerdictReport {
    /// The published form of a verdict. `evidence` is what the rules were asked about: subjects are positions in it.
    #[must_use]
    pub fn new(verdict: &Verdict, evidence: &Evidence, context: &ReportContext<'_>) -> Self {
        let mut packs: Vec<PackReport> = context.packs.iter().map(PackReport::from).collect();
        packs.sort_by(|a, b| (a.layer, &a.name, &a.version, &a.sha256).cmp(&(b.layer, &b.name, &b.version, &b.sha256)));
        let sources: BTreeSet<&Source> = evidence.sources.iter().chain(context.extra_sources).collect();
        Self {
            schema: VERDICT_SCHEMA.to_owned(),
            engine: Engine::default(),
            subject: SubjectOfVerdict::from(&evidence.change),
            as_of: context.as_of.clone(),
            decision: verdict.decision,
            dry_run: context.dry_run,
            reasons: verdict.reasons.iter().map(ReasonReport::from).collect(),
            override_: None,
            risk: RiskReport::from(&verdict.risk),
            rules: verdict.rules.iter().map(|rule| rule_report(rule, evidence)).collect(),
            approvals: ApprovalsReport {
                required: verdict.approvals.iter().map(RequirementReport::from).collect(),
                satisfied: verdict.approvals.iter().all(|requirement| requirement.outstanding == 0),
            },
            next: verdict.next.iter().map(ActionReport::from).collect(),
            findings: FindingsSummary::new(&evidence.findings),
            files: FilesSummary::new(&evidence.files),
            dependencies: DependenciesSummary::new(evidence),
            tests: TestsSummary::new(&evidence.tests),
            coverage: CoverageSummary::new(&evidence.coverage, &evidence.files),
            reviews: ReviewsSummary::new(evidence),
            claims: super::claims::claims(&verdict.claims, evidence),
            threats: threats(&verdict.rules),
            controls: controls(&verdict.rules),
            recommendations: said(&verdict.rules, |rule| &rule.outcome.recommendations),
            follow_ups: said(&verdict.rules, |rule| &rule.outcome.follow_ups),
            waivers: verdict.waivers.iter().map(WaiverReport::from).collect(),
            weakenings: ordered(&context.weakenings),
            head_policy: None,
            sources: sources.into_iter().map(SourceReport::from).collect(),
            policy: context.policy.clone(),
            packs,
            settings: ordered(&context.settings),
        }
    }
}

fn ordered<T: Ord + Clone>(list: &[T]) -> Vec<T> {
    let mut list = list.to_vec();
    list.sort();
    list.dedup();
    list
}

impl From<&Change> for SubjectOfVerdict {
    fn from(change: &Change) -> Self {
        Self {
            repository: change.repository.clone(),
            base: change.base.clone(),
            merge_base: change.merge_base.clone(),
            head: change.head.clone(),
            author: change.author.clone(),
            title: change.title.clone(),
            branch: change.branch.clone(),
        }
    }
}

impl From<&RiskSummary> for RiskReport {
    fn from(risk: &RiskSummary) -> Self {
        Self {
            overall: risk.overall,
            undecided: risk.undecided,
            advisory: risk.advisory,
            categories: risk.categories.iter().map(CategoryRiskReport::from).collect(),
        }
    }
}

impl From<&CategoryRisk> for CategoryRiskReport {
    fn from(category: &CategoryRisk) -> Self {
        let assessments = category.assessments.iter().map(|assessment| AssessmentReport {
            rule: assessment.rule.clone(),
            risk: assessment.risk,
            because: assessment.because.clone(),
            advisory: assessment.advisory,
        });
        Self {
            category: category.category.clone(),
            risk: category.risk,
            undecided: category.undecided,
            advisory: category.advisory,
            rules: category.rules.clone(),
            assessments: assessments.collect(),
        }
    }
}

fn rule_report(rule: &RuleVerdict, evidence: &Evidence) -> RuleReport {
    let RuleVerdict { outcome, decision, violations } = rule;
    let meta = &outcome.rule;
    let mut notes = outcome.notes.clone();
    notes.extend(outcome.required_approvals.iter().map(|asked| asked_note(asked, meta.enforcement)));
    RuleReport {
        id: meta.id.clone(),
        pack: meta.pack.clone(),
        layer: meta.layer,
        title: meta.title.clone(),
        category: meta.category.clone(),
        enforcement: meta.enforcement,
        risk: meta.risk,
        approvers: ApproversReport::of(meta),
        set_by: meta.set_by.iter().map(|(setting, by)| (setting.clone(), by.into())).collect(),
        parameters: own_parameters(meta),
        pending: meta.pending.map(|pending| PendingReport {
            effective_on: pending.effective_on.to_string(),
            days: pending.days,
            enforcement: pending.enforcement,
        }),
        scope: meta.scope.clone(),
        outcome: outcome.outcome,
        incomplete: outcome.incomplete,
        decision: *decision,
        reason: outcome.reason.clone(),
        violations: violations.iter().map(|judged| violation_report(judged, meta.remedy.as_ref(), evidence)).collect(),
        notes,
        evidence: outcome.evidence.clone(),
        diagnostic: outcome.diagnostic.as_ref().map(DiagnosticReport::from),
        remedy: meta.remedy.clone(),
        docs: meta.docs.clone(),
        controls: meta.controls.clone(),
    }
}

fn own_parameters(meta: &RuleMeta) -> BTreeMap<String, serde_json::Value> {
    let own = meta.parameters.iter().filter(|parameter| parameter.own);
    own.map(|parameter| (parameter.name.clone(), parameter.value.clone())).collect()
}

/// Why a rule asks for an approval, and that an advisory one has to be given to nobody.
fn asked_note(asked: &RequiredApproval, enforcement: Enforcement) -> String {
    let verb = if enforcement == Enforcement::Advisory { "would ask" } else { "asks" };
    let people = if asked.count == 1 { "one person".to_owned() } else { format!("{} people", asked.count) };
    format!("{verb} for the approval of {people} from {}: {}", words(&asked.from).join(" or "), asked.because)
}

fn words(approvers: &[Approver]) -> Vec<String> {
    approvers.iter().map(ToString::to_string).collect()
}

fn violation_report(judged: &JudgedViolation, remedy: Option<&String>, evidence: &Evidence) -> ViolationReport {
    let violation = &judged.violation;
    let (subject, location) = resolve(violation.subject, evidence);
    ViolationReport {
        message: violation.message.clone(),
        subject,
        location,
        risk: judged.risk,
        remedy: violation.remedy.as_ref().or(remedy).cloned(),
        approvers: words(&violation.approvers),
        fingerprint: judged.fingerprint.clone(),
        waiver: judged.waiver.clone(),
    }
}

/// What a position in the evidence stands for, and where that is. A position that is not in the evidence, which no rule
/// can give, is taken for the change as a whole.
fn resolve(subject: Subject, evidence: &Evidence) -> (SubjectReport, Option<LocationReport>) {
    let place =
        |path: &str, line: u32| Some(LocationReport { path: path.to_owned(), line: (line > 0).then_some(line) });
    let resolved = match subject {
        Subject::Change => None,
        Subject::Finding(index) => evidence.findings.get(index as usize).map(|finding| {
            let subject = SubjectReport::Finding {
                tool: finding.tool.to_owned(),
                rule: finding.rule.to_owned(),
                severity: finding.severity.as_str().to_owned(),
                fingerprint: format!("{:032x}", finding.fingerprint),
            };
            (subject, finding.path.and_then(|path| place(path, finding.line)))
        }),
        Subject::File(index) => evidence.files.get(index as usize).map(|file| {
            let subject = SubjectReport::File {
                path: file.path.clone(),
                previous_path: file.previous_path.clone(),
                status: file.status.as_str().to_owned(),
            };
            (subject, place(&file.path, 0))
        }),
        Subject::Dependency(index) => evidence.dependencies.get(index as usize).map(|dependency| {
            let subject = SubjectReport::Dependency {
                purl: dependency.purl.clone(),
                change: dependency.change.as_str().to_owned(),
                before: dependency.before.clone(),
                after: dependency.after.clone(),
                manifest: dependency.manifest.clone(),
            };
            (subject, dependency.manifest.as_ref().and_then(|path| place(path, 0)))
        }),
        Subject::Licence(index) => evidence.licences.get(index as usize).map(|licence| {
            let subject = SubjectReport::Licence {
                purl: licence.purl.clone(),
                expression: licence.expression.clone(),
                stated: licence.stated.clone(),
            };
            (subject, licence.manifest.as_ref().and_then(|path| place(path, 0)))
        }),
        Subject::Advisory(index) => evidence.advisories.get(index as usize).map(|advisory| {
            let subject = SubjectReport::Advisory {
                id: advisory.id.clone(),
                aliases: advisory.aliases.clone(),
                purl: advisory.purl.clone(),
                severity: advisory.severity.map(|severity| severity.as_str().to_owned()),
                presence: advisory.presence.as_str().to_owned(),
                fixed_in: advisory.fixed_in.clone(),
            };
            (subject, advisory.manifest.as_ref().and_then(|path| place(path, 0)))
        }),
        Subject::Capability(index) => evidence.capabilities.get(index as usize).map(|capability| {
            let subject = SubjectReport::Capability {
                capability: capability.kind.clone(),
                path: capability.path.clone(),
                line: capability.line,
            };
            (subject, place(&capability.path, capability.line))
        }),
        Subject::Review(index) => evidence.reviews.get(index as usize).map(|review| {
            let subject = SubjectReport::Review {
                reviewer: review.reviewer.clone(),
                state: review.state.as_str().to_owned(),
                commit: review.commit.clone(),
            };
            (subject, None)
        }),
        Subject::Test(index) => evidence.tests.get(index as usize).map(|test| {
            let subject = SubjectReport::Test {
                suite: test.suite.clone(),
                class: test.class.clone(),
                name: test.name.clone(),
                status: test.status.as_str().to_owned(),
            };
            (subject, test.path.as_ref().and_then(|path| place(path, test.line)))
        }),
        Subject::Coverage(index) => evidence.coverage.get(index as usize).map(|coverage| {
            let count = |lines: &[u32]| u32::try_from(lines.len()).unwrap_or(u32::MAX);
            let subject = SubjectReport::Coverage {
                path: coverage.path.clone(),
                covered: count(&coverage.covered),
                missed: count(&coverage.missed),
            };
            (subject, place(&coverage.path, coverage.missed.first().copied().unwrap_or(0)))
        }),
        Subject::Claim(index) => evidence.claims.get(index as usize).map(|claim| {
            let subject = SubjectReport::Claim { text: claim.text.clone(), line: claim.line };
            (subject, claim.path.as_ref().and_then(|path| place(path, claim.line)))
        }),
        // Its path is one of the machine that judges, not of the repository.
        Subject::Source(index) => evidence.sources.get(index as usize).map(|source| {
            let subject = SubjectReport::Source {
                source: source.kind.as_str().to_owned(),
                path: source.path.clone(),
                tool: source.tool.clone(),
                commit: source.commit.clone(),
                completeness: source.completeness.as_str().to_owned(),
            };
            (subject, None)
        }),
    };
    resolved.unwrap_or((SubjectReport::Change {}, None))
}

impl From<&Requirement> for RequirementReport {
    fn from(requirement: &Requirement) -> Self {
        let given = requirement.given.iter();
        Self {
            from: words(&requirement.from),
            count: requirement.count,
            because: requirement.because().map(str::to_owned).collect(),
            fingerprint: requirement.fingerprint.clone(),
            given: given.map(|given| GivenApproval { by: given.by.clone(), commit: given.commit.clone() }).collect(),
            outstanding: requirement.outstanding,
            paths: requirement.paths.clone(),
            owners: requirement.owners.clone(),
            candidates: requirement.candidates.clone(),
            not_counted: requirement.not_counted.iter().map(NotCountedReport::from).collect(),
            uncounted: requirement.why_uncounted(),
            unsatisfiable: requirement.unsatisfiable.clone(),
            fallback: words(&requirement.fallback),
        }
    }
}

impl From<&NotCounted> for NotCountedReport {
    fn from(approval: &NotCounted) -> Self {
        Self { by: approval.by.clone(), commit: approval.commit.clone(), why: approval.why.clone() }
    }
}

impl From<&Action> for ActionReport {
    fn from(action: &Action) -> Self {
        Self {
            kind: action.kind,
            action: action.action.clone(),
            who: action.who.clone(),
            rules: action.rules.clone(),
            alone: action.alone.clone(),
            with: action.with.clone(),
        }
    }
}

fn threats(rules: &[RuleVerdict]) -> Vec<ThreatReport> {
    let of_rule = |rule: &RuleVerdict| {
        let id = rule.id().to_owned();
        let reports = rule.outcome.threats.iter().map(move |threat| ThreatReport {
            rule: id.clone(),
            threat: threat.threat.clone(),
            category: threat.category.clone(),
            likelihood: threat.likelihood,
            impact: threat.impact,
            risk: threat.risk(),
            mitigation: threat.mitigation.clone(),
            residual: threat.residual,
        });
        reports.collect::<Vec<_>>()
    };
    rules.iter().flat_map(of_rule).collect()
}

/// Sentences of one sort, by rule.
fn said<'a>(rules: &'a [RuleVerdict], sentences: impl Fn(&'a RuleVerdict) -> &'a Vec<String>) -> Vec<NoteReport> {
    let of_rule = |rule: &'a RuleVerdict| {
        sentences(rule).iter().map(|text| NoteReport { rule: rule.id().to_owned(), text: text.clone() })
    };
    rules.iter().flat_map(of_rule).collect()
}

fn controls(rules: &[RuleVerdict]) -> BTreeMap<String, Vec<String>> {
    let mut controls: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for rule in rules {
        for control in &rule.outcome.rule.controls {
            controls.entry(control.clone()).or_default().insert(rule.id());
        }
    }
    controls.into_iter().map(|(control, ids)| (control, ids.into_iter().map(str::to_owned).collect())).collect()
}

impl From<&Source> for SourceReport {
    fn from(source: &Source) -> Self {
        let problems = source.problems.iter();
        Self {
            kind: source.kind,
            completeness: source.completeness,
            reason: source.reason.clone(),
            path: source.path.clone(),
            sha256: source.sha256.clone(),
            made: source.made.clone(),
            tool: source.tool.clone(),
            tool_version: source.tool_version.clone(),
            commit: source.commit.clone(),
            items: source.items,
            set_aside: source.set_aside,
            problems: problems
                .map(|problem| ProblemReport { at: problem.at.clone(), message: problem.message.clone() })
                .collect(),
            problem_count: source.problem_count,
        }
    }
}

impl From<&PackMeta> for PackReport {
    fn from(pack: &PackMeta) -> Self {
        Self {
            name: pack.name.clone(),
            version: pack.version.clone(),
            layer: pack.layer,
            sha256: pack.sha256.clone(),
            origin: pack.origin.clone(),
        }
    }
}

impl From<&Reason> for ReasonReport {
    fn from(reason: &Reason) -> Self {
        match reason {
            Reason::Rule(id) => Self::Rule { id: id.clone() },
            Reason::RiskRejects { level, pack } => Self::Risk { level: *level, pack: pack.clone() },
            Reason::Requirement(fingerprint) => Self::Approval { fingerprint: fingerprint.clone() },
            Reason::NoRuleRan => Self::NoRuleRan {},
        }
    }
}
