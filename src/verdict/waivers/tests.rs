use std::sync::Arc;

use jiff::civil::{Date, date};

use super::super::testing::{Edit as _, satisfied, team};
use super::super::{Decision, Grounds, JudgedWaiver, Scope, Verdict, Waiver, WaiverState, Waivers, decide, decide_on};
use crate::evaluate::{Outcome, RuleOutcome, Subject};
use crate::evidence::{
    Advisory, BaselineState, Capability, Change, Claim, ClaimKind, Comparison, Completeness, DependencyChange,
    Ecosystem, Evidence, EvidenceKind, FileChange, FileKind, FileStatus, FindingKind, FindingRow, FindingsBuilder,
    Level, Licence, Severity, SeverityFrom, Source, Suppression,
};
use crate::policy::Enforcement::{Advisory as Advises, HardMandatory};
use crate::policy::{Approver, PathGlob, RuleMeta, WAIVERS_RULE, WaiverTerms, WaiverTrouble};

const TODAY: Date = date(2026, 11, 23);

/// One of each kind of subject, all in the directory `legacy`, but for the change.
fn world() -> Evidence {
    let mut findings = FindingsBuilder::default();
    let rule = findings.rule("CodeQL", None, "js/xss", None, &[]);
    findings.push(&FindingRow {
        rule,
        kind: FindingKind::Fail,
        level: Level::Error,
        severity: Severity::High,
        severity_from: SeverityFrom::Level,
        score: None,
        message: "m",
        path: Some("legacy/a.js"),
        unmapped: None,
        line: 1,
        end_line: 1,
        column: 1,
        cwe: &[],
        package: None,
        fingerprint: 1,
        suppression: Suppression::No,
        baseline_state: BaselineState::Unstated,
        on_changed_line: true,
        compared: Comparison::Unknown,
    });
    let manifest = Some("legacy/package-lock.json".to_owned());
    let purl = "pkg:npm/lodash@4.17.20";
    let dependency = DependencyChange {
        manifest: manifest.clone(),
        after: vec!["4.17.20".to_owned()],
        ..DependencyChange::at(Ecosystem::Npm, "lodash", purl)
    };
    let advisory = Advisory {
        manifest: manifest.clone(),
        aliases: vec!["CVE-2020-8203".to_owned()],
        after: vec!["4.17.20".to_owned()],
        ..Advisory::at(Ecosystem::Npm, "lodash", purl, "GHSA-p6mc-m468-83gw")
    };
    let licence = Licence {
        ecosystem: Ecosystem::Npm,
        name: "lodash".to_owned(),
        version: "4.17.20".to_owned(),
        purl: purl.to_owned(),
        manifest,
        expression: Some("MIT".to_owned()),
        stated: None,
        before: Vec::new(),
        by: None,
    };
    let claim = Claim {
        path: Some("legacy/claims.md".to_owned()),
        line: 1,
        kind: ClaimKind::Bullet,
        text: "no new dependency".to_owned(),
        label: None,
        section: Vec::new(),
        ticked: None,
        numbers: Vec::new(),
    };
    let capability =
        Capability { path: "legacy/a.js".to_owned(), line: 3, kind: "network".to_owned(), what: "fetch".to_owned() };
    Evidence {
        findings: findings.finish(),
        files: vec![FileChange::at("legacy/a.js", FileStatus::Modified, FileKind::Source)],
        dependencies: vec![dependency],
        licences: vec![licence],
        advisories: vec![advisory],
        capabilities: vec![capability],
        claims: vec![claim],
        change: Change { author: Some("dev".to_owned()), ..Change::default() },
        sources: vec![Source::complete(EvidenceKind::Findings), Source::complete(EvidenceKind::Files)],
        ..Evidence::default()
    }
}

const SUBJECTS: [(&str, Subject); 8] = [
    ("finding", Subject::Finding(0)),
    ("file", Subject::File(0)),
    ("dependency", Subject::Dependency(0)),
    ("licence", Subject::Licence(0)),
    ("advisory", Subject::Advisory(0)),
    ("capability", Subject::Capability(0)),
    ("claim", Subject::Claim(0)),
    ("change", Subject::Change),
];

/// A rule that objects to one of each.
fn objecting() -> RuleOutcome {
    SUBJECTS.iter().fold(satisfied("r", HardMandatory), |rule, (name, subject)| rule.objects(*subject, name))
}

fn globs(globs: &[&str]) -> Vec<PathGlob> {
    globs.iter().map(|glob| PathGlob::parse(glob).unwrap()).collect()
}

fn waiver(scope: Scope) -> Waiver {
    Waiver {
        id: "W-1".to_owned(),
        rule: "r".to_owned(),
        scope,
        owner: "team:payments".to_owned(),
        reason: "why".to_owned(),
        approved_by: Some("security-lead".to_owned()),
        ticket: None,
        created: None,
        expires: date(2027, 3, 31),
        at: "waivers.toml:1".to_owned(),
        terms: Arc::default(),
    }
}

fn under(glob: &str) -> Waiver {
    waiver(Scope { paths: globs(&[glob]), ..Scope::default() })
}

fn verdict(rules: Vec<RuleOutcome>, evidence: &Evidence, waivers: &Waivers) -> Verdict {
    decide_on(
        rules,
        &Grounds { thresholds: &[], evidence, waivers, approving: &super::super::Approving::default(), absent: &[] },
    )
}

fn on(day: Date, waivers: Vec<Waiver>) -> Verdict {
    verdict(vec![objecting()], &world(), &Waivers::new(waivers, day, None))
}

/// The messages of the violations that are lifted, which are the kinds of their subjects.
fn lifted(verdict: &Verdict) -> Vec<String> {
    let all = verdict.rules.iter().flat_map(|rule| &rule.violations);
    let mut lifted: Vec<String> =
        all.filter(|judged| judged.waiver.is_some()).map(|judged| judged.violation.message.clone()).collect();
    lifted.sort();
    lifted
}

fn only(verdict: &Verdict) -> &JudgedWaiver {
    assert_eq!(verdict.waivers.len(), 1);
    &verdict.waivers[0]
}

#[test]
fn each_part_of_a_scope_lifts_what_it_names_and_nothing_else() {
    let text = |text: &str| Some(text.to_owned());
    let package = |name: &str| Some((Ecosystem::Npm, name.to_owned()));
    let versions = |versions: &[&str]| versions.iter().map(|version| (*version).to_owned()).collect::<Vec<_>>();
    let none = Scope::default;
    let packages: &[&str] = &["advisory", "dependency", "licence"];
    let table: Vec<(&str, Scope, &[&str])> = vec![
        ("nothing", none(), &[]),
        ("versions alone", Scope { versions: versions(&["4.17.20"]), ..none() }, &[]),
        (
            "a directory",
            Scope { paths: globs(&["legacy/**"]), ..none() },
            &["advisory", "capability", "claim", "dependency", "file", "finding", "licence"],
        ),
        ("a file", Scope { paths: globs(&["legacy/a.js"]), ..none() }, &["capability", "file", "finding"]),
        ("another directory", Scope { paths: globs(&["src/**"]), ..none() }, &[]),
        ("an advisory", Scope { advisory: text("ghsa-p6mc-m468-83gw"), ..none() }, &["advisory"]),
        ("an alias", Scope { advisory: text("CVE-2020-8203"), ..none() }, &["advisory"]),
        ("another advisory", Scope { advisory: text("CVE-2020-8204"), ..none() }, &[]),
        ("a package", Scope { package: package("lodash"), ..none() }, packages),
        ("another package", Scope { package: package("lodash-es"), ..none() }, &[]),
        ("the same name elsewhere", Scope { package: Some((Ecosystem::Pypi, "lodash".to_owned())), ..none() }, &[]),
        (
            "a version",
            Scope { package: package("lodash"), versions: versions(&["4.17.20", "4.17.21"]), ..none() },
            packages,
        ),
        ("another version", Scope { package: package("lodash"), versions: versions(&["4.17.21"]), ..none() }, &[]),
        ("a tool", Scope { tool: text("codeql"), ..none() }, &["finding"]),
        ("another tool", Scope { tool: text("gitleaks"), ..none() }, &[]),
        ("a scanner's rule", Scope { finding_rule: text("js/xss"), ..none() }, &["finding"]),
        ("another of its rules", Scope { finding_rule: text("js/sql"), ..none() }, &[]),
        (
            "two parts that fit",
            Scope { finding_rule: text("js/xss"), paths: globs(&["legacy/**"]), ..none() },
            &["finding"],
        ),
        (
            "two parts of which one fits",
            Scope { finding_rule: text("js/xss"), paths: globs(&["src/**"]), ..none() },
            &[],
        ),
        (
            "two parts that nothing has both of",
            Scope { tool: text("CodeQL"), package: package("lodash"), ..none() },
            &[],
        ),
    ];
    for (name, scope, expected) in table {
        assert_eq!(lifted(&on(TODAY, vec![waiver(scope)])), expected, "{name}");
    }
}

#[test]
fn a_fingerprint_lifts_its_one_violation_of_whatever_kind() {
    let before = on(TODAY, Vec::new());
    for judged in &before.rules[0].violations {
        let scope = Scope { fingerprint: Some(judged.fingerprint.clone()), ..Scope::default() };
        let after = on(TODAY, vec![waiver(scope.clone())]);
        assert_eq!(lifted(&after), [judged.violation.message.as_str()]);
        assert_eq!(only(&after).lifts, [judged.fingerprint.as_str()]);
        let elsewhere = Scope { paths: globs(&["elsewhere/**"]), ..scope };
        assert!(lifted(&on(TODAY, vec![waiver(elsewhere)])).is_empty(), "parts join by AND");
    }
}

#[test]
fn a_waiver_is_of_one_rule() {
    let rules = || vec![objecting(), objecting().meta(|meta| meta.id = "s".to_owned())];
    let verdict = verdict(rules(), &world(), &Waivers::new(vec![under("**")], TODAY, None));
    for rule in &verdict.rules {
        assert_eq!(rule.violations.iter().any(|judged| judged.waiver.is_some()), rule.id() == "r");
    }
}

#[test]
fn a_renamed_file_is_waived_where_both_its_paths_are_and_so_is_what_lies_in_it() {
    let mut evidence = world();
    evidence.files[0].previous_path = Some("src/a.js".to_owned());
    evidence.files[0].status = FileStatus::Renamed;
    let judged = |paths: &[&str]| {
        let waivers = Waivers::new(vec![waiver(Scope { paths: globs(paths), ..Scope::default() })], TODAY, None);
        lifted(&verdict(vec![objecting()], &evidence, &waivers))
    };
    assert_eq!(judged(&["legacy/a.js"]), [""; 0], "moved into what is waived");
    assert_eq!(judged(&["src/a.js"]), [""; 0], "moved out of what is waived");
    assert_eq!(judged(&["legacy/a.js", "src/*.js"]), ["capability", "file", "finding"]);
}

#[test]
fn the_last_day_counts_whole_and_the_next_one_not_at_all() {
    let mut ending = under("**");
    ending.expires = TODAY;
    let last = on(TODAY, vec![ending.clone()]);
    assert_eq!((only(&last).state, only(&last).days_left), (WaiverState::Applied, Some(0)));
    let over = on(TODAY.tomorrow().unwrap(), vec![ending]);
    assert_eq!((only(&over).state, only(&over).days_left), (WaiverState::Expired, Some(-1)));
    assert!(lifted(&over).is_empty() && over.decision == Decision::Rejected);
    assert_eq!(only(&over).why.as_deref(), Some("its last day was 2026-11-23"));
}

/// Judged where `team:security` has to approve waivers, and it has the members `security-lead` and `second`.
fn approved(change: impl FnOnce(&mut Waiver, &mut Evidence)) -> JudgedWaiver {
    let mut evidence = world();
    evidence.teams.insert("security".to_owned(), vec!["security-lead".to_owned(), "second".to_owned()]);
    evidence.sources.push(Source::complete(EvidenceKind::Teams));
    let mut waiver = under("**");
    waiver.terms = Arc::new(WaiverTerms { by: vec![vec![team("security")]], ..WaiverTerms::default() });
    change(&mut waiver, &mut evidence);
    only(&verdict(vec![objecting()], &evidence, &Waivers::new(vec![waiver], TODAY, None))).clone()
}

type Edit = fn(&mut Waiver, &mut Evidence);

#[test]
fn a_waiver_is_in_force_where_one_of_those_asked_approved_it_who_is_neither_its_owner_nor_the_author() {
    let asks = |waiver: &mut Waiver, by: Vec<Vec<Approver>>| Arc::make_mut(&mut waiver.terms).by = by;
    assert_eq!(approved(|_, _| ()).state, WaiverState::Applied);
    assert_eq!(approved(|waiver, _| waiver.approved_by = Some("Security-Lead".to_owned())).state, WaiverState::Applied);
    assert_eq!(approved(|waiver, _| asks(waiver, vec![vec![Approver::Any]])).state, WaiverState::Applied);
    let user = |login: &str| vec![Approver::User(login.to_owned())];
    assert_eq!(approved(|waiver, _| asks(waiver, vec![user("SECURITY-lead")])).state, WaiverState::Applied);
    assert_eq!(approved(|waiver, _| asks(waiver, vec![user("security-lead"), user("x")])).state, WaiverState::Refused);
    let unasked = approved(|waiver, _| {
        asks(waiver, Vec::new());
        waiver.approved_by = Some("anybody".to_owned());
    });
    assert_eq!(unasked.state, WaiverState::Applied, "where the pack names nobody, anybody's approval is enough");

    let refused: [(&str, Edit); 8] = [
        ("nobody has approved it", |waiver, _| waiver.approved_by = None),
        ("is not one of team:security", |waiver, _| waiver.approved_by = Some("dev2".to_owned())),
        ("its own owner, security-lead, approved it", |waiver, _| waiver.owner = "Security-Lead".to_owned()),
        ("proposed the change", |_, evidence| evidence.change.author = Some("SECURITY-LEAD".to_owned())),
        ("who proposed the change is not known", |_, evidence| evidence.change.author = None),
        ("who proposed the change is not known", |waiver, evidence| {
            Arc::make_mut(&mut waiver.terms).by.clear();
            evidence.change.author = None;
        }),
        ("teams: missing", |_, evidence| {
            evidence.teams.clear();
            evidence.sources.retain(|source| source.kind != EvidenceKind::Teams);
        }),
        ("is not one of team:security", |_, evidence| evidence.teams.clear()),
    ];
    for (why, change) in refused {
        let judged = approved(change);
        assert_eq!((judged.state, judged.lifts.len()), (WaiverState::Refused, 0), "{why}");
        assert!(judged.why.as_ref().unwrap().contains(why), "{why}: {:?}", judged.why);
        let own = why.contains("owner") || why.contains("proposed the change") && !why.contains("not known");
        assert_eq!(judged.troubles.contains(&WaiverTrouble::SelfApproved), own, "{why}");
    }
}

#[test]
fn unused_is_said_only_where_all_that_the_rule_needs_is_known() {
    let state = |rules: Vec<RuleOutcome>| {
        let verdict = verdict(rules, &world(), &Waivers::new(vec![under("elsewhere/**")], TODAY, None));
        (only(&verdict).state, only(&verdict).why.clone())
    };
    assert_eq!(state(vec![objecting()]), (WaiverState::Unused, None));
    assert_eq!(state(vec![satisfied("r", HardMandatory)]).0, WaiverState::Unused);
    assert_eq!(state(vec![objecting().incomplete()]).0, WaiverState::NotChecked);
    assert_eq!(state(vec![]).1.as_deref(), Some("its rule was not asked"));
    for outcome in [Outcome::Undecided, Outcome::Errored] {
        assert_eq!(state(vec![satisfied("r", HardMandatory).ended(outcome)]).0, WaiverState::NotChecked);
    }
    let mut silenced = satisfied("r", HardMandatory).ended(Outcome::NotApplicable);
    silenced.ran = false;
    assert_eq!(state(vec![silenced]).0, WaiverState::NotChecked);
}

#[test]
fn a_waiver_of_paths_lifts_nothing_where_it_is_not_known_which_files_were_moved() {
    let mut evidence = world();
    evidence.sources.push(Source::incomplete(EvidenceKind::Files, Completeness::Failed, "cut off"));
    let verdict = verdict(vec![objecting()], &evidence, &Waivers::new(vec![under("**")], TODAY, None));
    assert_eq!((only(&verdict).state, only(&verdict).lifts.len()), (WaiverState::NotChecked, 0));
    assert!(only(&verdict).why.as_ref().unwrap().contains("files: failed"));
    assert_eq!(verdict.decision, Decision::Rejected);
}

#[test]
fn a_waiver_lifts_nothing_but_violations() {
    let waivers = Waivers::new(vec![under("**")], TODAY, None);
    for outcome in [Outcome::Undecided, Outcome::Errored] {
        let rule = satisfied("r", HardMandatory).objects(Subject::File(0), "file").ended(outcome);
        assert_eq!(verdict(vec![rule], &world(), &waivers).decision, Decision::Indeterminate);
    }
    let rule = satisfied("r", HardMandatory).objects(Subject::File(0), "file").incomplete();
    assert_eq!(verdict(vec![rule], &world(), &waivers).decision, Decision::Indeterminate);
    let rule = satisfied("r", HardMandatory).objects(Subject::File(0), "f").asks(&[team("x")], 1, Subject::File(0));
    assert_eq!(verdict(vec![rule], &world(), &waivers).decision, Decision::ApprovalRequired);
}

#[test]
fn a_waiver_is_over_long_by_the_days_from_its_making_or_from_now() {
    let troubles = |days: u32, created: Option<Date>| {
        let mut waiver = under("legacy/package-lock.json");
        waiver.created = created;
        waiver.terms = Arc::new(WaiverTerms { max_days: Some(days), ..WaiverTerms::default() });
        waiver.standing(Some(TODAY), None).troubles
    };
    // 128 days are left.
    assert_eq!(troubles(128, None), []);
    assert_eq!(troubles(127, None), [WaiverTrouble::OverLong]);
    assert_eq!(troubles(128, Some(TODAY.yesterday().unwrap())), [WaiverTrouble::OverLong]);
    assert_eq!(troubles(127, Some(date(2027, 3, 1))), [WaiverTrouble::OverLong], "no making is yet to come");
}

fn rule_of_waivers(enforcement: crate::policy::Enforcement) -> Option<Arc<RuleMeta>> {
    Some(satisfied(WAIVERS_RULE, enforcement).rule)
}

#[test]
fn what_a_pack_makes_a_violation_is_one_and_no_waiver_lifts_it() {
    let mut expired = under("**");
    expired.expires = date(2026, 1, 1);
    let mut of_waivers = Waiver { id: "W-2".to_owned(), rule: WAIVERS_RULE.to_owned(), ..under("**") };
    of_waivers.scope.paths = Vec::new();
    for (violations, expected) in [
        (vec![WaiverTrouble::Expired], Outcome::Violated),
        (vec![WaiverTrouble::Unused, WaiverTrouble::Refused], Outcome::Satisfied),
    ] {
        expired.terms = Arc::new(WaiverTerms { violations, ..WaiverTerms::default() });
        let waivers =
            |more: &[Waiver]| Waivers::new([&[expired.clone()], more].concat(), TODAY, rule_of_waivers(HardMandatory));
        let rules = || vec![satisfied("r", HardMandatory)];
        let judged = verdict(rules(), &world(), &waivers(&[]));
        let rule = judged.rules.iter().find(|rule| rule.id() == WAIVERS_RULE).unwrap();
        assert_eq!(rule.outcome.outcome, expected);
        let rejected = expected == Outcome::Violated;
        assert_eq!(judged.decision, if rejected { Decision::Rejected } else { Decision::Approved });
        if let Some(violation) = rule.violations.first() {
            of_waivers.scope.fingerprint = Some(violation.fingerprint.clone());
            let judged = verdict(rules(), &world(), &waivers(std::slice::from_ref(&of_waivers)));
            assert_eq!(judged.decision, Decision::Rejected, "{:?}", judged.waivers);
        }
    }
}

#[test]
fn waivers_in_order_or_not_never_stand_for_a_rule_that_ran() {
    for violations in [vec![], vec![WaiverTrouble::Expired]] {
        let mut expired = under("**");
        expired.expires = date(2026, 1, 1);
        expired.terms = Arc::new(WaiverTerms { violations, ..WaiverTerms::default() });
        let waivers = Waivers::new(vec![expired], TODAY, rule_of_waivers(Advises));
        assert_eq!(verdict(Vec::new(), &world(), &waivers).decision, Decision::Indeterminate);
    }
    assert_eq!(decide(Vec::new(), &[], &world(), &Waivers::default()).decision, Decision::Indeterminate);
}

#[test]
fn two_waivers_of_one_violation_are_both_applied_and_the_first_by_id_is_named() {
    let second = Waiver { id: "W-0".to_owned(), ..under("legacy/a.js") };
    let judged = on(TODAY, vec![under("legacy/**"), second]);
    let states: Vec<(&str, WaiverState, usize)> =
        judged.waivers.iter().map(|judged| (judged.waiver.id.as_str(), judged.state, judged.lifts.len())).collect();
    assert_eq!(states, [("W-0", WaiverState::Applied, 3), ("W-1", WaiverState::Applied, 7)]);
    assert!(judged.waivers.iter().all(|judged| judged.troubles == [WaiverTrouble::Broad]));
    let file = judged.rules[0].violations.iter().find(|judged| judged.violation.subject == Subject::File(0));
    assert_eq!(file.unwrap().waiver.as_deref(), Some("W-0"));
}

#[test]
fn a_waiver_that_is_not_in_force_tells_what_it_would_lift_and_lifts_nothing() {
    let over = on(date(2027, 4, 1), vec![under("**")]);
    assert_eq!((over.waivers[0].state, over.waivers[0].lifts.len()), (WaiverState::Expired, 0));
    let open: Vec<&str> = over.rules[0].open_violations().map(|judged| judged.fingerprint.as_str()).collect();
    assert_eq!(open.len(), SUBJECTS.len(), "nothing is lifted");
    assert!(!over.waivers[0].would_lift.is_empty());
    assert!(over.waivers[0].would_lift.iter().all(|name| open.contains(&name.as_str())));
    // Exactly what it lifts while it is in force, and nothing that another one lifts.
    let before = on(TODAY, vec![under("**")]);
    assert_eq!((&before.waivers[0].lifts, before.waivers[0].would_lift.len()), (&over.waivers[0].would_lift, 0));
    let beside = Waiver { id: "W-2".to_owned(), expires: date(2028, 1, 1), ..under("**") };
    let both = on(date(2027, 4, 1), vec![under("**"), beside]);
    assert_eq!((both.waivers[0].would_lift.len(), &both.waivers[1].lifts), (0, &before.waivers[0].lifts));
}
