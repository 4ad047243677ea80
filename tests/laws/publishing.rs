//! The published form of a verdict: what positions stand for, and that nothing that was decided is left out.

use tollgate::diagnostic::{Code, Diagnostic, Place};
use tollgate::evaluate::{Assessment, Outcome, RequiredApproval, RuleOutcome, Subject, Threat, Violation};
use tollgate::evidence::{Completeness, Evidence, EvidenceKind, Source};
use tollgate::policy::{Approver, Enforcement, Impact, Likelihood, PackMeta, Risk, RuleMeta, Threshold};
use tollgate::report::{
    LocationReport, PolicyReport, ReportContext, SettingReport, SubjectReport, VerdictReport, WeakeningReport,
};
use tollgate::verdict::{Decision, Waivers, decide};

use super::generate::full_evidence;

fn context<'a>(packs: &'a [PackMeta], extra_sources: &'a [Source]) -> ReportContext<'a> {
    ReportContext {
        as_of: "2026-01-31T00:00:00Z".to_owned(),
        dry_run: true,
        policy: PolicyReport::default(),
        packs,
        weakenings: Vec::new(),
        settings: Vec::new(),
        extra_sources,
    }
}

fn outcome(id: &str, enforcement: Enforcement) -> RuleOutcome {
    let rule = RuleMeta {
        id: id.to_owned(),
        pack: "acme".to_owned(),
        layer: 1,
        title: "a rule".to_owned(),
        description: String::new(),
        category: "injection".to_owned(),
        enforcement,
        risk: Risk::High,
        needs: vec![EvidenceKind::Findings],
        optional: Vec::new(),
        approvers: vec![Approver::Team("security".to_owned())],
        controls: vec!["C-2".to_owned(), "C-1".to_owned()],
        remedy: Some("do otherwise".to_owned()),
        owner: None,
        docs: None,
        further_approvers: Vec::new(),
        scope: None,
        effective_on: None,
        pending: None,
        parameters: Vec::new(),
        set_by: std::collections::BTreeMap::new(),
    };
    RuleOutcome {
        outcome: Outcome::Satisfied,
        ran: true,
        reason: "nothing to object to".to_owned(),
        evidence: vec![EvidenceKind::Findings],
        ..RuleOutcome::blank(&rule.into())
    }
}

fn objecting(subject: Subject) -> RuleOutcome {
    let violation = Violation { subject, message: "m".to_owned(), risk: None, remedy: None, approvers: Vec::new() };
    RuleOutcome { outcome: Outcome::Violated, violations: vec![violation], ..outcome("r", Enforcement::HardMandatory) }
}

fn publish(outcomes: Vec<RuleOutcome>, evidence: &Evidence) -> VerdictReport {
    VerdictReport::new(&decide(outcomes, &[], evidence, &Waivers::default()), evidence, &context(&[], &[]))
}

fn at(path: &str, line: Option<u32>) -> Option<LocationReport> {
    Some(LocationReport { path: path.to_owned(), line })
}

#[test]
fn a_subject_is_shown_with_its_place() {
    let evidence = full_evidence();
    let shown = |subject: Subject| {
        let violation = publish(vec![objecting(subject)], &evidence).rules.remove(0).violations.remove(0);
        (violation.subject, violation.location)
    };
    assert_eq!(shown(Subject::Change), (SubjectReport::Change {}, None));
    let (finding, location) = shown(Subject::Finding(0));
    assert!(matches!(&finding, SubjectReport::Finding { tool, rule, severity, fingerprint }
        if tool == "scanner" && rule == "R1" && severity == "high" && fingerprint.len() == 32));
    assert_eq!(location, at("src/a.rs", Some(1)));
    let (_, unmapped) = shown(Subject::Finding(2));
    assert_eq!(unmapped, None, "a location outside of the repository is no place in it");
    let (file, location) = shown(Subject::File(1));
    let renamed = SubjectReport::File {
        path: "src/1.rs".to_owned(),
        previous_path: Some("src/old.rs".to_owned()),
        status: "renamed".to_owned(),
    };
    assert_eq!((file, location), (renamed, at("src/1.rs", None)));
    let (dependency, location) = shown(Subject::Dependency(0));
    assert!(matches!(&dependency, SubjectReport::Dependency { purl, change, before, after, manifest }
        if purl == "pkg:npm/package-0@2.0.0" && change == "upgraded" && before == &["1.0.0"] && after == &["2.0.0"]
        && manifest.as_deref() == Some("package-lock.json")));
    assert_eq!(location, at("package-lock.json", None));
    assert_eq!(shown(Subject::Capability(1)).1, at("src/0.rs", Some(2)));
    let (review, location) = shown(Subject::Review(0));
    assert!(matches!(&review, SubjectReport::Review { reviewer: None, state, .. } if state == "approved"));
    assert_eq!(location, None, "a review is nowhere in the repository");
    let (test, location) = shown(Subject::Test(1));
    assert!(matches!(&test, SubjectReport::Test { suite, name, status, .. }
        if suite == "suite" && name == "case 0" && status == "failed"));
    assert_eq!(location, at("src/0.rs", Some(4)));
    assert_eq!(shown(Subject::Test(0)).1, None, "the report does not say where it is");
    let (coverage, location) = shown(Subject::Coverage(2));
    assert!(matches!(&coverage, SubjectReport::Coverage { covered: 1, missed: 2, .. }));
    assert_eq!(location, at("src/2.rs", Some(7)), "the first line that nothing runs");
    assert_eq!(shown(Subject::Claim(0)).1, None, "the change's own description is no file");
    assert_eq!(shown(Subject::Claim(1)).1, at("CHANGES.md", Some(2)));
}

#[test]
fn a_violation_is_published_with_what_holds_for_it() {
    let mut rule = objecting(Subject::Change);
    let plain = publish(vec![rule.clone()], &Evidence::default()).rules.remove(0).violations.remove(0);
    assert_eq!((plain.risk, plain.remedy.as_deref()), (Risk::High, Some("do otherwise")));
    assert!(plain.approvers.is_empty() && plain.waiver.is_none());
    rule.violations[0].risk = Some(Risk::Low);
    rule.violations[0].remedy = Some("call".to_owned());
    rule.violations[0].approvers = vec![Approver::User("ann".to_owned())];
    let own = publish(vec![rule], &Evidence::default()).rules.remove(0).violations.remove(0);
    assert_eq!((own.risk, own.remedy.as_deref()), (Risk::Low, Some("call")));
    assert_eq!(own.approvers, ["user:ann"]);
}

#[test]
fn everything_that_rules_said_is_in_the_report() {
    let mut rule = outcome("r", Enforcement::SoftMandatory);
    rule.notes = vec!["noted".to_owned()];
    rule.recommendations = vec!["recommended".to_owned()];
    rule.follow_ups = vec!["to follow up".to_owned()];
    rule.threats = vec![Threat {
        threat: "theft".to_owned(),
        category: "network".to_owned(),
        likelihood: Likelihood::High,
        impact: Impact::Low,
        mitigation: Some("a lock".to_owned()),
        residual: Some(Risk::Low),
    }];
    rule.assessments =
        vec![Assessment { category: "network".to_owned(), risk: Risk::Medium, because: "it listens".to_owned() }];
    rule.required_approvals = vec![RequiredApproval {
        subject: Subject::Change,
        from: vec![Approver::Any],
        count: 2,
        because: "it is large".to_owned(),
    }];
    let mut erred = outcome("e", Enforcement::HardMandatory);
    erred.outcome = Outcome::Errored;
    let place = Place { file: "rules/e.rhai".to_owned(), line: 3, column: 0, text: None };
    erred.diagnostic =
        Some(Diagnostic::new(Code::LimitExceeded, "too many operations").at(place).help("look for less"));
    let report = publish(vec![rule, erred], &Evidence::default());
    let text = serde_json::to_string(&report).unwrap();
    for said in
        ["noted", "recommended", "to follow up", "theft", "a lock", "it listens", "it is large", "limit-exceeded"]
    {
        assert!(text.contains(said), "`{said}` is not in {text}");
    }
    let ids: Vec<&str> = report.rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["e", "r"]);
    let diagnostic = report.rules[0].diagnostic.as_ref().unwrap();
    assert_eq!((diagnostic.line, diagnostic.column), (Some(3), None));
    assert_eq!(report.controls["C-1"], ["e", "r"]);
    assert_eq!((report.approvals.satisfied, report.approvals.required[0].outstanding), (false, 2));
    assert_eq!(report.decision, Decision::Indeterminate);
    assert!(report.dry_run);
}

#[test]
fn what_an_advisory_rule_would_ask_for_is_a_note() {
    let mut rule = outcome("r", Enforcement::Advisory);
    let because = "it is large".to_owned();
    rule.required_approvals =
        vec![RequiredApproval { subject: Subject::Change, from: vec![Approver::Any], count: 1, because }];
    let report = publish(vec![rule], &Evidence::default());
    assert_eq!(report.rules[0].notes, ["would ask for the approval of one person from any: it is large"]);
    assert!(report.approvals.satisfied && report.approvals.required.is_empty());
}

#[test]
fn sources_packs_and_settings_come_in_one_order() {
    let source = |kind, path: &str| Source::incomplete(kind, Completeness::Missing, "not there").at(path);
    let evidence = Evidence { sources: vec![source(EvidenceKind::Tests, "t")], ..Evidence::default() };
    let extra =
        [source(EvidenceKind::Tests, "t"), source(EvidenceKind::Findings, "b"), source(EvidenceKind::Findings, "a")];
    let pack = |name: &str, layer| PackMeta {
        name: name.to_owned(),
        version: "1".to_owned(),
        description: String::new(),
        layer,
        sha256: String::new(),
        origin: "builtin".to_owned(),
        expect: std::collections::BTreeMap::new(),
        may_lack: Vec::new(),
        max_age_days: std::collections::BTreeMap::new(),
        scope: None,
        fallback: Vec::new(),
        waivers: None,
        override_approvals: Vec::new(),
    };
    let packs = [pack("b", 1), pack("a", 1), pack("z", 0)];
    let mut context = context(&packs, &extra);
    context.weakenings =
        ["y", "x", "x"].map(|what| WeakeningReport { what: what.to_owned(), by: String::new() }).to_vec();
    let setting = |name: &str| SettingReport { setting: name.to_owned(), value: String::new(), from: String::new() };
    context.settings = vec![setting("repo"), setting("base")];
    let verdict = decide(Vec::new(), &[], &evidence, &Waivers::default());
    let report = VerdictReport::new(&verdict, &evidence, &context);
    let paths: Vec<&str> = report.sources.iter().filter_map(|source| source.path.as_deref()).collect();
    assert_eq!(paths, ["a", "b", "t"]);
    let names: Vec<&str> = report.packs.iter().map(|pack| pack.name.as_str()).collect();
    assert_eq!(names, ["z", "a", "b"]);
    let weakenings: Vec<&str> = report.weakenings.iter().map(|weakening| weakening.what.as_str()).collect();
    assert_eq!(weakenings, ["x", "y"]);
    assert_eq!(report.settings[0].setting, "base");
}

#[test]
fn a_requirement_names_the_rules_and_thresholds_behind_it() {
    let mut rule = outcome("r", Enforcement::SoftMandatory);
    rule.assessments = vec![Assessment { category: "network".to_owned(), risk: Risk::High, because: "so".to_owned() }];
    let from = vec![Approver::Any];
    rule.required_approvals =
        vec![RequiredApproval { subject: Subject::Change, from: from.clone(), count: 1, because: "so".to_owned() }];
    let threshold =
        Threshold { risk: Risk::Medium, rejects: false, approvals: vec![(from, 1)], pack: "acme".to_owned(), layer: 0 };
    let evidence = Evidence::default();
    let verdict = decide(vec![rule], &[threshold], &evidence, &Waivers::default());
    let report = VerdictReport::new(&verdict, &evidence, &context(&[], &[]));
    assert_eq!(report.approvals.required[0].because, ["r", "risk.medium of acme"]);
    let read: VerdictReport = serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
    assert_eq!(read, report, "what is written is read back alike");
}
