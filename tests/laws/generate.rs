//! Generated cases: a set of rules as they ended, evidence, thresholds, and which violations are waived.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use tollgate::diagnostic::{Code, Diagnostic};
use tollgate::evaluate::{Assessment, Judgement, Outcome, RequiredApproval, RuleOutcome, Subject, Threat, Violation};
use tollgate::evidence::{
    Advisory, BaselineState, Capability, Change, CheckStatus, Claim, ClaimKind, Comparison, Completeness,
    DependencyChange, DependencyChangeKind, DependencyScope, Directness, Ecosystem, Evidence, EvidenceKind, FileChange,
    FileCoverage, FileKind, FileStatus, FindingKind, FindingRow, FindingsBuilder, Level, Licence, Review, ReviewState,
    Severity, SeverityFrom, Source, Suppression, TestCase,
};
use tollgate::policy::{Approver, Enforcement, Impact, Likelihood, Risk, RuleMeta, Threshold};

/// How many items of each kind the evidence has: subjects are below it.
const ITEMS: u32 = 3;

/// How a rule came to its end, before precedence makes an outcome of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Quiet,
    NotApplicable,
    /// Not applicable, because the user said that there is no such evidence.
    Without,
    Errored,
}

/// One rule, as it is made before its outcome is.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    pub(crate) meta: RuleMeta,
    pub(crate) end: End,
    pub(crate) incomplete: bool,
    pub(crate) violations: Vec<Violation>,
    pub(crate) assessments: Vec<Assessment>,
    pub(crate) required: Vec<RequiredApproval>,
    pub(crate) notes: Vec<String>,
    pub(crate) judgements: Vec<Judgement>,
}

impl Spec {
    /// The outcome by the precedence of docs/decision.md.
    pub(crate) fn outcome(&self) -> RuleOutcome {
        let outcome = if self.end == End::Errored {
            Outcome::Errored
        } else if !self.violations.is_empty() {
            Outcome::Violated
        } else if self.incomplete {
            Outcome::Undecided
        } else if self.end == End::Quiet {
            Outcome::Satisfied
        } else {
            Outcome::NotApplicable
        };
        let ran = matches!(outcome, Outcome::Satisfied | Outcome::Violated)
            || (outcome == Outcome::NotApplicable && self.end == End::NotApplicable);
        RuleOutcome {
            rule: Arc::new(self.meta.clone()),
            outcome,
            ran,
            excused: outcome == Outcome::NotApplicable && !ran,
            excusable: Vec::new(),
            limited_by: None,
            incomplete: self.incomplete,
            reason: format!("it ended {outcome}"),
            violations: self.violations.clone(),
            assessments: self.assessments.clone(),
            required_approvals: self.required.clone(),
            threats: vec![Threat {
                threat: "theft".to_owned(),
                category: "network".to_owned(),
                likelihood: Likelihood::High,
                impact: Impact::Low,
                mitigation: None,
                residual: None,
            }],
            notes: self.notes.clone(),
            recommendations: self.notes.clone(),
            judgements: self.judgements.clone(),
            follow_ups: self.notes.clone(),
            evidence: self.meta.needs.clone(),
            diagnostic: (outcome == Outcome::Errored).then(|| Diagnostic::new(Code::ScriptError, "it broke")),
        }
    }

    pub(crate) fn mandatory(&self) -> bool {
        self.meta.enforcement != Enforcement::Advisory
    }
}

/// All that a decision is made from.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) specs: Vec<Spec>,
    pub(crate) thresholds: Vec<Threshold>,
    pub(crate) evidence: Evidence,
    /// For the violations in order, whether each is waived; repeated as often as it takes.
    pub(crate) waived: Vec<bool>,
}

impl World {
    pub(crate) fn outcomes(&self) -> Vec<RuleOutcome> {
        self.specs.iter().map(Spec::outcome).collect()
    }

    pub(crate) fn something_ran(&self) -> bool {
        self.outcomes().iter().any(|outcome| outcome.ran)
    }
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let specs = vec(spec(), 0..5).prop_map(|mut specs| {
        for (index, spec) in specs.iter_mut().enumerate() {
            spec.meta.id = format!("rule-{index}");
        }
        specs
    });
    (specs, vec(threshold(), 0..3), evidence(), vec(any::<bool>(), 1..6))
        .prop_map(|(specs, thresholds, evidence, waived)| World { specs, thresholds, evidence, waived })
}

/// A rule with the id `new`, which no rule of a [`world`] has.
pub(crate) fn spec() -> impl Strategy<Value = Spec> {
    let end = prop_oneof![
        6 => Just(End::Quiet),
        1 => Just(End::NotApplicable),
        1 => Just(End::Without),
        1 => Just(End::Errored)
    ];
    let asked = prop_oneof![3 => Just(Vec::new()), 1 => vec(required(), 1..3)];
    let found = prop_oneof![1 => Just(Vec::new()), 1 => vec(violation(), 1..4)];
    let notes = vec(select(vec!["one".to_owned(), "two".to_owned()]), 0..3);
    let said = (notes, vec(judgement(), 0..3));
    (meta(), end, prop::bool::weighted(0.15), found, vec(assessment(), 0..2), asked, said).prop_map(
        |(meta, end, incomplete, violations, assessments, required, (notes, judgements))| Spec {
            meta,
            end,
            incomplete,
            violations,
            assessments,
            required,
            notes,
            judgements,
        },
    )
}

fn word<T: tollgate::evidence::Word + std::fmt::Debug + Clone>() -> impl Strategy<Value = T> {
    select(T::ALL)
}

fn meta() -> impl Strategy<Value = RuleMeta> {
    let category = select(vec!["injection", "secrets", "tests", "of-our-own"]);
    let approvers = vec(approver(), 1..3);
    let needs = vec(select(vec![EvidenceKind::Findings, EvidenceKind::Files, EvidenceKind::Tests]), 0..3);
    let remedy = option::of(Just("do otherwise".to_owned()));
    (category, word::<Enforcement>(), word::<Risk>(), approvers, needs, remedy).prop_map(
        |(category, enforcement, risk, approvers, needs, remedy)| RuleMeta {
            id: "new".to_owned(),
            pack: "acme".to_owned(),
            layer: 0,
            title: "a rule".to_owned(),
            description: String::new(),
            category: category.to_owned(),
            enforcement,
            risk,
            needs,
            optional: Vec::new(),
            approvers,
            controls: vec!["C-1".to_owned()],
            remedy,
            owner: None,
            docs: None,
            further_approvers: Vec::new(),
            scope: None,
            effective_on: None,
            pending: None,
            parameters: Vec::new(),
            set_by: BTreeMap::new(),
        },
    )
}

fn approver() -> impl Strategy<Value = Approver> {
    select(vec![Approver::Any, Approver::Owners, Approver::Team("a".to_owned()), Approver::User("u".to_owned())])
}

fn subject() -> impl Strategy<Value = Subject> {
    (0..11_u8, 0..ITEMS).prop_map(|(kind, index)| match kind {
        0 => Subject::Change,
        1 => Subject::Finding(index),
        2 => Subject::File(index),
        3 => Subject::Dependency(index),
        4 => Subject::Capability(index),
        5 => Subject::Review(index),
        6 => Subject::Test(index),
        7 => Subject::Coverage(index),
        8 => Subject::Licence(index),
        9 => Subject::Advisory(index),
        _ => Subject::Claim(index),
    })
}

pub(crate) fn violation() -> impl Strategy<Value = Violation> {
    let message = select(vec!["m".to_owned(), "n".to_owned()]);
    let remedy = option::weighted(0.2, Just("fix it".to_owned()));
    let approvers = prop_oneof![3 => Just(Vec::new()), 1 => vec(approver(), 1..3)];
    (subject(), message, option::weighted(0.3, word::<Risk>()), remedy, approvers)
        .prop_map(|(subject, message, risk, remedy, approvers)| Violation { subject, message, risk, remedy, approvers })
}

fn assessment() -> impl Strategy<Value = Assessment> {
    (select(vec!["injection", "network"]), word::<Risk>()).prop_map(|(category, risk)| Assessment {
        category: category.to_owned(),
        risk,
        because: "so".to_owned(),
    })
}

fn judgement() -> impl Strategy<Value = Judgement> {
    let because = select(vec!["it shows".to_owned(), "it says".to_owned()]);
    (0..ITEMS, any::<bool>(), because).prop_map(|(claim, holds, because)| Judgement { claim, holds, because })
}

fn required() -> impl Strategy<Value = RequiredApproval> {
    (subject(), vec(approver(), 1..3), 1..3_u32).prop_map(|(subject, from, count)| RequiredApproval {
        subject,
        from,
        count,
        because: "so".to_owned(),
    })
}

pub(crate) fn threshold() -> impl Strategy<Value = Threshold> {
    let approvals = vec((vec(approver(), 1..3), 1..3_u32), 0..2);
    (word::<Risk>(), prop::bool::weighted(0.3), approvals).prop_map(|(risk, rejects, approvals)| Threshold {
        risk,
        rejects,
        approvals,
        pack: "acme".to_owned(),
        layer: 0,
    })
}

fn evidence() -> impl Strategy<Value = Evidence> {
    let source = (word::<EvidenceKind>(), word::<Completeness>(), option::of(Just("scanner"))).prop_map(
        |(kind, completeness, tool)| Source {
            tool: tool.map(str::to_owned),
            ..Source::incomplete(kind, completeness, "so it was")
        },
    );
    vec(source, 0..4).prop_map(|sources| {
        let mut evidence = full_evidence();
        evidence.sources = sources;
        evidence.sort();
        evidence
    })
}

/// Evidence with [`ITEMS`] of every kind that can be a subject.
pub(crate) fn full_evidence() -> Evidence {
    let mut findings = FindingsBuilder::default();
    let rule = findings.rule("scanner", None, "R1", None, &[]);
    for index in 0..ITEMS {
        findings.push(&FindingRow {
            rule,
            kind: FindingKind::Fail,
            level: Level::Error,
            severity: Severity::High,
            severity_from: SeverityFrom::Level,
            score: None,
            message: "message",
            path: (index > 0).then_some("src/a.rs"),
            unmapped: (index == 0).then_some("/elsewhere"),
            line: index,
            end_line: index,
            column: 0,
            cwe: &[79],
            fingerprint: 7,
            suppression: Suppression::No,
            baseline_state: BaselineState::Unstated,
            package: None,
            on_changed_line: true,
            compared: Comparison::Unknown,
        });
    }
    let mut evidence = Evidence {
        findings: findings.finish(),
        files: (0..ITEMS).map(file).collect(),
        dependencies: (0..ITEMS).map(dependency).collect(),
        licences: (0..ITEMS).map(licence).collect(),
        advisories: (0..ITEMS).map(advisory).collect(),
        capabilities: (0..ITEMS).map(capability).collect(),
        reviews: (0..ITEMS).map(review).collect(),
        tests: (0..ITEMS).map(test_case).collect(),
        coverage: (0..ITEMS).map(coverage).collect(),
        claims: (0..ITEMS).map(claim).collect(),
        change: Change { author: Some("author".to_owned()), ..Change::default() },
        ..Evidence::default()
    };
    evidence.sort();
    evidence
}

fn file(index: u32) -> FileChange {
    let status = if index == 1 { FileStatus::Renamed } else { FileStatus::Modified };
    FileChange {
        previous_path: (index == 1).then(|| "src/old.rs".to_owned()),
        added: Some(1),
        removed: Some(1),
        owners: vec![format!("user:owner-{}", index % 2)],
        ..FileChange::at(format!("src/{index}.rs"), status, FileKind::Source)
    }
}

fn dependency(index: u32) -> DependencyChange {
    DependencyChange {
        manifest: Some("package-lock.json".to_owned()),
        change: DependencyChangeKind::Upgraded,
        before: vec!["1.0.0".to_owned()],
        after: vec!["2.0.0".to_owned()],
        jump: None,
        directness: Directness::Direct,
        scope: DependencyScope::Runtime,
        ..DependencyChange::at(Ecosystem::Npm, format!("package-{index}"), format!("pkg:npm/package-{index}@2.0.0"))
    }
}

/// The last two differ in their version alone.
fn licence(index: u32) -> Licence {
    Licence {
        ecosystem: Ecosystem::Npm,
        name: format!("package-{}", index.min(1)),
        version: format!("{index}.0.0"),
        purl: format!("pkg:npm/package-{}@{index}.0.0", index.min(1)),
        manifest: Some("package-lock.json".to_owned()),
        expression: Some("MIT".to_owned()),
        stated: None,
        before: Vec::new(),
        by: None,
    }
}

/// The last two differ in their versions alone.
fn advisory(index: u32) -> Advisory {
    Advisory {
        after: vec![format!("{index}.0.0")],
        ..Advisory::at(
            Ecosystem::Npm,
            format!("package-{}", index.min(1)),
            format!("pkg:npm/package-{}@{index}.0.0", index.min(1)),
            "GHSA-0000-0000-0000",
        )
    }
}

/// The last two differ in their line alone.
fn capability(index: u32) -> Capability {
    let what = if index == 0 { "bind()" } else { "spawn()" };
    Capability { path: "src/0.rs".to_owned(), line: index + 1, kind: "process".to_owned(), what: what.to_owned() }
}

fn review(index: u32) -> Review {
    Review {
        reviewer: (index > 0).then(|| format!("reviewer-{index}")),
        bot: false,
        state: ReviewState::Approved,
        latest: index > 0,
        commit: None,
        time: None,
    }
}

/// Two of them are one case of which the report gives no place.
fn test_case(index: u32) -> TestCase {
    TestCase {
        suite: "suite".to_owned(),
        class: None,
        name: format!("case {}", index / 2),
        status: CheckStatus::Failed,
        attempts: 1,
        path: (index == 0).then(|| "src/0.rs".to_owned()),
        line: 4,
        message: None,
    }
}

fn coverage(index: u32) -> FileCoverage {
    FileCoverage { path: format!("src/{index}.rs"), covered: vec![1], missed: (7..7 + index).collect() }
}

fn claim(index: u32) -> Claim {
    let path = (index > 0).then(|| "CHANGES.md".to_owned());
    Claim {
        path,
        line: index + 1,
        kind: ClaimKind::Sentence,
        text: format!("claim {index}"),
        label: None,
        section: Vec::new(),
        ticked: None,
        numbers: vec![index.to_string()],
    }
}

/// A list in an order that `keys` give.
pub(crate) fn shuffled<T: Clone>(list: &[T], keys: &[Index]) -> Vec<T> {
    let mut left = list.to_vec();
    let mut out = Vec::with_capacity(left.len());
    let mut keys = keys.iter().cycle();
    while !left.is_empty() {
        let at = keys.next().map_or(0, |key| key.index(left.len()));
        out.push(left.remove(at));
    }
    out
}
