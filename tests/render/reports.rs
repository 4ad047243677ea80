//! Verdicts as a run would give them, written by hand.

use std::collections::BTreeMap;

use tollgate::evaluate::Outcome;
use tollgate::evidence::{
    Completeness, DependencyChangeKind, DependencyScope, Directness, Ecosystem, EvidenceKind, FileKind, FileStatus,
    Introduced, Severity, SourceKind,
};
use tollgate::policy::{Enforcement, Impact, Likelihood, Risk};
use tollgate::report::*;
use tollgate::verdict::Decision;

pub(crate) fn count(name: &str, count: u64) -> Count {
    Count { name: name.into(), count }
}

pub(crate) fn source(
    kind: EvidenceKind,
    completeness: Completeness,
    tool: Option<&str>,
    path: Option<&str>,
) -> SourceReport {
    SourceReport {
        kind,
        completeness,
        reason: None,
        path: path.map(Into::into),
        sha256: path.map(|path| format!("{:064x}", path.len())),
        made: None,
        tool: tool.map(Into::into),
        tool_version: tool.map(|_| "2.20.1".into()),
        commit: None,
        items: 0,
        set_aside: 0,
        problems: vec![],
        problem_count: 0,
    }
}

pub(crate) fn rule(
    id: &str,
    title: &str,
    category: &str,
    enforcement: Enforcement,
    outcome: Outcome,
    reason: &str,
) -> RuleReport {
    let decision = match (outcome, enforcement) {
        (Outcome::Satisfied | Outcome::NotApplicable, _) | (_, Enforcement::Advisory) => Decision::Approved,
        (Outcome::Violated, Enforcement::SoftMandatory) => Decision::ApprovalRequired,
        (Outcome::Violated, Enforcement::HardMandatory) => Decision::Rejected,
        (Outcome::Undecided | Outcome::Errored, _) => Decision::Indeterminate,
    };
    RuleReport {
        id: id.into(),
        pack: "acme-org".into(),
        layer: 0,
        title: title.into(),
        category: category.into(),
        enforcement,
        risk: Risk::High,
        approvers: vec![],
        set_by: BTreeMap::new(),
        parameters: BTreeMap::new(),
        pending: None,
        scope: None,
        outcome,
        incomplete: outcome == Outcome::Undecided,
        decision,
        reason: reason.into(),
        violations: vec![],
        notes: vec![],
        evidence: vec![],
        diagnostic: None,
        remedy: None,
        docs: None,
        controls: vec![],
    }
}

pub(crate) fn violation(message: &str, path: Option<&str>, line: Option<u32>) -> ViolationReport {
    ViolationReport {
        message: message.into(),
        subject: SubjectReport::Change {},
        location: path.map(|path| LocationReport { path: path.into(), line }),
        risk: Risk::High,
        remedy: None,
        approvers: vec![],
        fingerprint: format!("{:032x}", message.len() * 31 + line.unwrap_or(0) as usize),
        waiver: None,
    }
}

fn file(path: &str, status: FileStatus, kind: FileKind, added: u32, removed: u32) -> FileItem {
    FileItem { path: path.into(), previous_path: None, status, kind, added: Some(added), removed: Some(removed) }
}

fn category(name: &str, risk: Option<Risk>, undecided: u32, rules: &[&str]) -> CategoryRiskReport {
    CategoryRiskReport {
        category: name.into(),
        risk,
        undecided,
        advisory: None,
        rules: rules.iter().map(|id| (*id).into()).collect(),
        assessments: vec![],
    }
}

/// A small change that every rule is content with.
pub(crate) fn approved() -> VerdictReport {
    let mut diff = source(EvidenceKind::Files, Completeness::Complete, None, None);
    diff.items = 3;
    let lock = source(EvidenceKind::Dependencies, Completeness::Complete, None, Some("Cargo.lock"));
    let mut codeql = source(EvidenceKind::Findings, Completeness::Complete, Some("CodeQL"), Some("codeql.sarif"));
    codeql.commit = Some("2".repeat(40));
    let mut exempt =
        rule("no-binary-files", "No binary files", "supply-chain", Enforcement::Advisory, Outcome::Satisfied, "");
    exempt.notes = vec!["3 files looked at".into()];
    VerdictReport {
        schema: VERDICT_SCHEMA.into(),
        engine: Engine { name: "tollgate".into(), version: "0.1.0".into() },
        subject: SubjectOfVerdict {
            repository: Some("acme/shop".into()),
            base: Some("1".repeat(40)),
            merge_base: Some("1".repeat(40)),
            head: Some("2".repeat(40)),
            author: Some("dana".into()),
            title: Some("Round prices half up".into()),
            branch: Some("fix/rounding".into()),
        },
        as_of: "2026-11-22T09:00:00Z".into(),
        decision: Decision::Approved,
        dry_run: false,
        reasons: Vec::new(),
        override_: None,
        risk: RiskReport {
            overall: Some(Risk::None),
            undecided: 0,
            advisory: None,
            categories: vec![
                category("vulnerabilities", Some(Risk::None), 0, &["new-critical-finding"]),
                category("supply-chain", None, 0, &["no-binary-files"]),
                category("licences", None, 0, &["copyleft"]),
            ],
        },
        rules: vec![
            rule(
                "copyleft",
                "Copyleft licence",
                "licences",
                Enforcement::SoftMandatory,
                Outcome::NotApplicable,
                "no package was added",
            ),
            rule(
                "new-critical-finding",
                "New critical finding",
                "vulnerabilities",
                Enforcement::HardMandatory,
                Outcome::Satisfied,
                "no violation",
            ),
            exempt,
        ],
        approvals: ApprovalsReport { required: vec![], satisfied: true },
        next: vec![],
        findings: FindingsSummary::default(),
        files: FilesSummary {
            total: 3,
            added: 41,
            removed: 7,
            uncounted: 0,
            by_status: vec![count("added", 1), count("modified", 2)],
            by_kind: vec![count("source", 1), count("test", 1), count("docs", 1)],
            items: vec![
                file("docs/prices.md", FileStatus::Added, FileKind::Docs, 12, 0),
                file("src/price.rs", FileStatus::Modified, FileKind::Source, 9, 6),
                file("tests/price.rs", FileStatus::Modified, FileKind::Test, 20, 1),
            ],
            omitted: 0,
        },
        dependencies: DependenciesSummary::default(),
        tests: TestsSummary::default(),
        coverage: CoverageSummary::default(),
        reviews: ReviewsSummary::default(),
        claims: vec![],
        threats: vec![],
        controls: BTreeMap::from([("NIST-SSDF:PW.7.2".into(), vec!["new-critical-finding".into()])]),
        recommendations: vec![],
        follow_ups: vec![],
        waivers: vec![],
        weakenings: vec![],
        head_policy: None,
        sources: vec![lock, diff, codeql],
        policy: PolicyReport { sha256: "5a".repeat(32), ..PolicyReport::default() },
        packs: vec![PackReport {
            name: "acme-org".into(),
            version: "1.4.0".into(),
            layer: 0,
            sha256: "ab".repeat(32),
            origin: "policy at 111111111111".into(),
        }],
        settings: vec![SettingReport { setting: "sarif".into(), value: "codeql.sarif".into(), from: "flag".into() }],
    }
}

/// A new package that the security team has to look at.
pub(crate) fn new_dependency() -> VerdictReport {
    let mut report = approved();
    report.decision = Decision::ApprovalRequired;
    report.subject.title = Some("Sign webhooks".into());
    let mut new = rule(
        "new-direct-dependency",
        "New direct dependency",
        "dependencies",
        Enforcement::SoftMandatory,
        Outcome::Violated,
        "1 violation, 1 waived",
    );
    new.risk = Risk::Medium;
    new.docs = Some("https://policy.acme.example/rules/new-direct-dependency".into());
    let mut hmac = violation("`hmac` 0.13.0 is new among the direct dependencies", Some("Cargo.lock"), None);
    hmac.risk = Risk::Medium;
    hmac.subject = SubjectReport::Dependency {
        purl: "pkg:cargo/hmac@0.13.0".into(),
        change: "added".into(),
        before: vec![],
        after: vec!["0.13.0".into()],
        manifest: Some("Cargo.lock".into()),
    };
    hmac.remedy = Some("have the security team look at it, or do without it".into());
    let mut hex = violation("`hex` 0.4.3 is new among the direct dependencies", Some("Cargo.lock"), None);
    hex.risk = Risk::Medium;
    hex.waiver = Some("W-12".into());
    hex.remedy = hmac.remedy.clone();
    new.violations = vec![hmac, hex];
    report.rules.push(new);
    report.risk.overall = Some(Risk::Medium);
    let mut dependencies = category("dependencies", Some(Risk::Medium), 0, &["new-direct-dependency"]);
    dependencies.assessments = vec![AssessmentReport {
        rule: "new-direct-dependency".into(),
        risk: Risk::Low,
        because: "two packages of a well-known author".into(),
        advisory: false,
    }];
    report.risk.categories.push(dependencies);
    report.approvals = ApprovalsReport {
        required: vec![
            RequirementReport {
                from: vec!["team:security".into()],
                count: 2,
                because: vec!["new-direct-dependency".into()],
                fingerprint: "f1".into(),
                given: vec![GivenApproval { by: "second-reviewer".into(), commit: Some("2".repeat(40)) }],
                outstanding: 1,
                paths: vec![],
                owners: vec![],
                candidates: vec!["security-lead".into()],
                not_counted: vec![],
                uncounted: Some("teams: truncated".into()),
                unsatisfiable: None,
                fallback: vec![],
            },
            RequirementReport {
                from: vec!["owners".into()],
                count: 1,
                because: vec!["new-direct-dependency".into()],
                fingerprint: "f2".into(),
                given: vec![],
                outstanding: 1,
                paths: vec!["Cargo.lock".into()],
                owners: vec!["@dev".into()],
                candidates: vec!["board-member".into()],
                not_counted: vec![],
                uncounted: None,
                unsatisfiable: Some("the only owner of Cargo.lock is the author".into()),
                fallback: vec!["team:board".into()],
            },
        ],
        satisfied: false,
    };
    report.next = vec![
        action(ActionKind::Approve, "approve the change at its head", Some("team:security"), "new-direct-dependency"),
        action(ActionKind::Fix, "remove `hmac` from Cargo.toml", None, "new-direct-dependency"),
    ];
    let item = |name: &str, version: &str, directness| DependencyItem {
        ecosystem: Ecosystem::Cargo,
        name: name.into(),
        purl: format!("pkg:cargo/{name}@{version}"),
        change: DependencyChangeKind::Added,
        before: vec![],
        after: vec![version.into()],
        jump: None,
        directness,
        scope: DependencyScope::Runtime,
        sources: vec![PackageSourceItem { kind: SourceKind::Registry, host: Some("crates.io".into()), location: None }],
        manifest: Some("Cargo.lock".into()),
        pin: Pin::Content,
        integrity: Integrity::Present,
        deprecated: None,
        signs: vec![],
        advisories: vec![],
        advisories_omitted: 0,
        licences: vec![],
    };
    let mut upgraded = item("digest", "0.11.0", Directness::Transitive);
    upgraded.change = DependencyChangeKind::Upgraded;
    upgraded.before = vec!["0.10.7".into()];
    upgraded.jump = Some(Jump::Major);
    report.dependencies = DependenciesSummary {
        total: 3,
        by_change: vec![count("added", 2), count("upgraded", 1)],
        items: vec![item("hex", "0.4.3", Directness::Direct), item("hmac", "0.13.0", Directness::Direct), upgraded],
        ..DependenciesSummary::default()
    };
    report.waivers = vec![
        waiver("W-12", WaiverState::Applied, "2027-03-31", &[]),
        waiver("W-07", WaiverState::Unused, "2026-12-01", &[WaiverTrouble::Unused, WaiverTrouble::Expiring]),
        waiver("W-03", WaiverState::Expired, "2026-01-01", &[WaiverTrouble::Expired]),
    ];
    report.follow_ups =
        vec![NoteReport { rule: "new-direct-dependency".into(), text: "watch the advisories of `hmac`".into() }];
    report
}

/// No scanner result was supplied, one rule erred, and the run was lenient.
pub(crate) fn no_scanner() -> VerdictReport {
    let mut report = approved();
    report.decision = Decision::Indeterminate;
    report.dry_run = true;
    report.subject.title = Some("Add login form".into());
    report.weakenings = vec![
        WeakeningReport { what: "the exit code is 0 whatever the decision".into(), by: "--dry-run".into() },
        WeakeningReport { what: "judged as of a time before the change's own".into(), by: "--as-of".into() },
    ];
    report.sources.retain(|source| source.kind != EvidenceKind::Findings);
    let mut codeql = source(EvidenceKind::Findings, Completeness::Missing, Some("CodeQL"), None);
    codeql.reason = Some("pack `acme-org` expects it, and nothing was supplied".into());
    codeql.tool_version = None;
    let mut gitleaks = source(EvidenceKind::Findings, Completeness::Failed, Some("gitleaks"), Some("gitleaks.sarif"));
    gitleaks.reason = Some("the file is empty: 0 bytes".into());
    report.sources.extend([codeql, gitleaks]);
    for rule in &mut report.rules {
        if rule.id == "new-critical-finding" {
            rule.outcome = Outcome::Undecided;
            rule.incomplete = true;
            rule.decision = Decision::Indeterminate;
            rule.reason = "it needs findings, of which a source is missing".into();
        }
    }
    let mut errored = rule(
        "open-port",
        "New listening port",
        "network",
        Enforcement::SoftMandatory,
        Outcome::Errored,
        "the script ended in an error",
    );
    errored.diagnostic = Some(DiagnosticReport {
        code: "unknown-property".into(),
        message: "a file change has no property `pathh`".into(),
        file: Some("rules/open-port.rhai".into()),
        line: Some(12),
        column: Some(9),
        help: Some("did you mean `path`?".into()),
        related: vec![RelatedReport {
            message: "called from `check`".into(),
            file: "rules/open-port.rhai".into(),
            line: Some(5),
            column: Some(36),
        }],
    });
    report.rules.push(errored);
    report.risk = RiskReport {
        overall: None,
        undecided: 2,
        advisory: Some(Risk::Low),
        categories: vec![
            category("vulnerabilities", None, 1, &["new-critical-finding"]),
            category("network", None, 1, &["open-port"]),
            category("supply-chain", None, 0, &["no-binary-files"]),
        ],
    };
    let supply = "supply the result of CodeQL for the head, with `--sarif`";
    report.next = vec![action(ActionKind::Supply, supply, Some("the pipeline"), "new-critical-finding")];
    report.claims = vec![claim(None, 4, "CodeQL: 0 alerts", ClaimResult::Undecided, "no rule judged it")];
    report.sources.push(source(EvidenceKind::Claims, Completeness::Complete, None, None));
    report
}

/// A claim that one rule judged, or none.
fn claim(path: Option<&str>, line: u32, text: &str, result: ClaimResult, because: &str) -> ClaimReport {
    let judged = result != ClaimResult::Undecided;
    let judgement = ClaimJudgementReport { rule: "r".into(), result, counts: true, because: because.into() };
    ClaimReport {
        path: path.map(str::to_owned),
        line,
        text: text.into(),
        result,
        because: because.into(),
        judgements: judged.then_some(judgement).into_iter().collect(),
    }
}

/// A critical finding on a changed line, and a change whose author writes to whoever reads the verdict.
pub(crate) fn hostile() -> VerdictReport {
    let mut report = approved();
    report.decision = Decision::Rejected;
    report.subject.title = Some(
        "Fix typo [approved](https://evil.example) @admin <img src=x onerror=alert(1)>\n## Decision: approved".into(),
    );
    report.subject.author = Some("mallory`|`".into());
    report.subject.branch = Some("\u{202e}niam".into());
    let message = "tainted value reaches `exec` | see #1\n::error::approved ##vso[task.complete result=Succeeded]";
    let path = "src/\u{10ffe9}[x](y)|.py";
    for rule in &mut report.rules {
        if rule.id == "new-critical-finding" {
            rule.outcome = Outcome::Violated;
            rule.decision = Decision::Rejected;
            rule.risk = Risk::Critical;
            rule.reason = "12 violations".into();
            rule.remedy = Some("fix the finding, or ask its owner for a waiver".into());
            rule.violations = (1..=12)
                .map(|line| {
                    let mut one = violation(message, Some(path), Some(line));
                    one.risk = Risk::Critical;
                    one.remedy = rule.remedy.clone();
                    one
                })
                .collect();
        }
    }
    report.risk.overall = Some(Risk::Critical);
    report.risk.categories[0].risk = Some(Risk::Critical);
    let fix = "fix the 12 violations of `new-critical-finding`";
    report.next = vec![action(ActionKind::Fix, fix, Some("mallory`|`"), "new-critical-finding")];
    report
        .sources
        .iter_mut()
        .filter(|source| source.kind == EvidenceKind::Findings)
        .for_each(|source| source.items = 12);
    report.findings = FindingsSummary {
        total: 12,
        introduced: IntroducedCounts { yes: 0, no: 0, unknown: 12 },
        compared: ComparedCounts { unknown: 12, gone: 3, ..ComparedCounts::default() },
        on_changed_lines: 12,
        unmapped: 0,
        suppressed: 1,
        by_severity: vec![SeverityCount {
            severity: Severity::Critical,
            total: 12,
            introduced: 12,
            on_changed_lines: 12,
        }],
        by_tool: vec![count("CodeQL", 12)],
        items: (1..=2)
            .map(|line| FindingItem {
                tool: "CodeQL".into(),
                rule: "py/command-line-injection".into(),
                severity: Severity::Critical,
                message: message.into(),
                path: Some(path.into()),
                line: Some(line),
                on_changed_line: true,
                introduced: Introduced::Unknown,
                compared: Comparison::Unknown,
                fingerprint: format!("{line:032x}"),
            })
            .collect(),
        omitted: 10,
    };
    let path = Some("docs/SECURITY|.md");
    report.claims = vec![
        claim(path, 9, "no new dependencies", ClaimResult::Supported, "no locked package changed (r)"),
        claim(path, 11, "a | b", ClaimResult::Undecided, "no rule judged it"),
        claim(None, 3, "- [x] **0 alerts** :white_check_mark:", ClaimResult::Contradicted, "CodeQL reports 12 (r)"),
    ];
    let mut claims = source(EvidenceKind::Claims, Completeness::Truncated, None, path);
    claims.reason = Some("has more than the limit of 10000 claims".into());
    report.sources.push(claims);
    report.threats = vec![ThreatReport {
        rule: "new-critical-finding".into(),
        threat: "a request runs commands of its own".into(),
        category: "injection".into(),
        likelihood: Likelihood::High,
        impact: Impact::High,
        risk: Risk::Critical,
        mitigation: Some("requests are checked".into()),
        residual: Some(Risk::Low),
    }];
    report.recommendations =
        vec![NoteReport { rule: "new-critical-finding".into(), text: "pass arguments as a list".into() }];
    report.head_policy = Some(HeadPolicyReport {
        edited: vec!["policies/org/pack.toml".into()],
        decision: Some(Decision::Approved),
        differences: vec![PolicyDifference {
            rule: "new-critical-finding".into(),
            base: Some(Decision::Rejected),
            head: None,
        }],
        failure: None,
    });
    report
}

/// An emergency override that somebody handed in.
pub(crate) fn overriding(reason: &str, why: Option<&str>) -> OverrideReport {
    OverrideReport {
        honoured: why.is_none(),
        why: why.map(str::to_owned),
        would_have_been: Decision::Rejected,
        reason: reason.into(),
        owner: "team:payments".into(),
        ticket: "INC-4".into(),
        head: "4b825dc642cb6eb9a060e54bf8d69288fbee4904".into(),
        created: None,
        expires: "2026-01-31T18:00:00Z".into(),
        approvals: vec![],
        file: "override.toml".into(),
    }
}

/// The reports by name.
pub(crate) fn all() -> Vec<(&'static str, VerdictReport)> {
    vec![
        ("approved", approved()),
        ("new_dependency", new_dependency()),
        ("no_scanner", no_scanner()),
        ("hostile", hostile()),
    ]
}

/// An action that shows by itself.
fn action(kind: ActionKind, action: &str, who: Option<&str>, rule: &str) -> ActionReport {
    ActionReport {
        kind,
        action: action.into(),
        who: who.map(Into::into),
        rules: vec![rule.into()],
        alone: vec![rule.into()],
        with: vec![],
    }
}

/// A waiver that lifts a violation where it is applied, is in force for 40 days, and is written in line 1 of `waivers.toml`.
fn waiver(id: &str, state: WaiverState, expires: &str, troubles: &[WaiverTrouble]) -> WaiverReport {
    let expired = state == WaiverState::Expired;
    WaiverReport {
        id: id.into(),
        state,
        why: expired.then(|| format!("its last day was {expires}")),
        rule: "new-direct-dependency".into(),
        scope: vec!["paths legacy/**".into()],
        owner: "team:payments".into(),
        reason: "leaves the tree in March".into(),
        approved_by: Some("security-lead".into()),
        ticket: Some("PAY-311".into()),
        created: None,
        expires: expires.into(),
        days_left: Some(if expired { -30 } else { 40 }),
        troubles: troubles.to_vec(),
        lifts: if state == WaiverState::Applied { vec!["f".repeat(32)] } else { vec![] },
        would_lift: vec![],
        at: "waivers.toml:1".into(),
    }
}
