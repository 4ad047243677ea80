//! Changed packages as people see them: what is against them first, what was not looked up never "none".

use tollgate::evidence::{
    Advisory, AdvisoryKind, Completeness, DependencyChange, DependencyChangeKind, DependencyOrigin, DependencyScope,
    Directness, Ecosystem, Evidence, EvidenceKind, Integrity, Jump, Licence, PackageSource, Pin, Presence, Severity,
    SourceKind, VexStatement, VexStatus,
};
use tollgate::render::{Format, markdown};
use tollgate::report::{DependenciesSummary, VerdictReport};

use crate::reports::{approved, source};
use crate::{section, shown};

fn registry(host: &str) -> Vec<PackageSource> {
    vec![PackageSource { kind: SourceKind::Registry, host: Some(host.into()), location: None }]
}

/// An upgrade by a patch, of something that another package brings in.
fn package(name: &str) -> DependencyChange {
    DependencyChange {
        manifest: Some("package-lock.json".into()),
        change: DependencyChangeKind::Upgraded,
        before: vec!["1.0.0".into()],
        after: vec!["1.0.1".into()],
        jump: Some(Jump::Patch),
        directness: Directness::Transitive,
        scope: DependencyScope::Runtime,
        sources_before: registry("registry.npmjs.org"),
        sources_after: registry("registry.npmjs.org"),
        pin: Pin::Content,
        integrity: Integrity::Present,
        stated_by: vec![DependencyOrigin::Lockfile],
        ..DependencyChange::at(Ecosystem::Npm, name, format!("pkg:npm/{name}@1.0.1"))
    }
}

fn advisory(name: &str, id: &str, severity: Option<Severity>, presence: Presence) -> Advisory {
    let versions = |there: bool, version: &str| if there { vec![version.to_owned()] } else { vec![] };
    Advisory {
        manifest: Some("package-lock.json".into()),
        presence,
        before: versions(presence != Presence::Introduced, "1.0.0"),
        after: versions(presence != Presence::Fixed, "1.0.1"),
        severity,
        fixed_in: vec!["1.0.2".into()],
        ..Advisory::at(Ecosystem::Npm, name, format!("pkg:npm/{name}@1.0.1"), id)
    }
}

fn licence(name: &str, expression: Option<&str>, before: &[&str]) -> Licence {
    Licence {
        ecosystem: Ecosystem::Npm,
        name: name.into(),
        version: "1.0.1".into(),
        purl: format!("pkg:npm/{name}@1.0.1"),
        manifest: Some("package-lock.json".into()),
        expression: expression.map(Into::into),
        stated: None,
        before: before.iter().map(|text| (*text).to_owned()).collect(),
        by: Some(DependencyOrigin::Lockfile),
    }
}

/// Three hundred upgrades that nobody asked for by name, and a few packages that somebody has to look at.
fn evidence() -> Evidence {
    let mut dependencies: Vec<DependencyChange> = (0..300).map(|number| package(&format!("lib-{number}"))).collect();
    let added = |name: &str| DependencyChange {
        change: DependencyChangeKind::Added,
        before: vec![],
        jump: None,
        directness: Directness::Direct,
        sources_before: vec![],
        ..package(name)
    };
    dependencies.push(DependencyChange { integrity: Integrity::Absent, ..added("bare") });
    dependencies.push(DependencyChange { similar_to: vec!["lodash".into()], ..added("1odash") });
    dependencies.push(DependencyChange { sources_after: registry("npm.evil.example"), ..package("moved") });
    dependencies.push(DependencyChange { deprecated: Some("use `that`".into()), ..package("old") });
    dependencies.push(DependencyChange { directness: Directness::Direct, ..package("plain") });
    dependencies.push(package("holed"));
    let excuse = |status| VexStatement {
        status,
        justification: Some("vulnerable_code_not_in_execute_path".into()),
        detail: None,
        author: Some("acme".into()),
        source: "vex.json".into(),
    };
    let mut excused = advisory("holed", "GHSA-4", Some(Severity::High), Presence::Introduced);
    excused.vex = vec![excuse(VexStatus::NotAffected)];
    let malware = Advisory {
        kind: AdvisoryKind::Malware,
        fixed_in: vec![],
        ..advisory("bare", "MAL-1", None, Presence::Introduced)
    };
    let mut evidence = Evidence {
        dependencies,
        advisories: vec![
            advisory("holed", "GHSA-1", Some(Severity::Critical), Presence::Introduced),
            advisory("holed", "GHSA-2", Some(Severity::Low), Presence::CarriedOver),
            advisory("holed", "GHSA-3", None, Presence::Fixed),
            excused,
            malware,
            advisory("untouched", "GHSA-5", Some(Severity::High), Presence::CarriedOver),
            advisory("untouched", "GHSA-6", None, Presence::CarriedOver),
        ],
        licences: vec![
            licence("holed", Some("BUSL-1.1"), &["MPL-2.0"]),
            licence("bare", None, &[]),
            licence("plain", Some("MIT OR Apache-2.0"), &[]),
        ],
        ..Evidence::default()
    };
    evidence.sort();
    evidence
}

pub(crate) fn report() -> VerdictReport {
    let mut report = approved();
    report.dependencies = DependenciesSummary::new(&evidence());
    for kind in [EvidenceKind::Advisories, EvidenceKind::Licences] {
        report.sources.push(source(kind, Completeness::Complete, None, Some("osv.zip")));
    }
    report
}

fn packages(report: &VerdictReport) -> String {
    section(&shown(Format::Markdown, report), "### Dependencies", &["### Findings"]).to_owned()
}

#[test]
fn what_is_against_a_package_comes_first_and_the_rest_is_one_line() {
    let report = report();
    let names: Vec<&str> = report.dependencies.items.iter().take(8).map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["bare", "holed", "1odash", "moved", "old", "plain", "lib-0", "lib-1"]);
    assert_eq!((report.dependencies.total, report.dependencies.omitted), (306, 106));
    let page = packages(&report);
    let (open, folded) = page.split_once("<details>").unwrap();
    assert!(open.contains("`holed`") && open.contains("**new: critical GHSA-1 (fixed in 1.0.2)**"), "{open}");
    assert!(!open.contains("lib-1"), "{open}");
    assert!(folded.contains("<summary>300 more: 300 upgraded</summary>"), "{folded}");
}

#[test]
fn what_nobody_looked_up_is_never_none() {
    let mut report = report();
    report.dependencies.advisories = Default::default();
    report.dependencies.licences = Default::default();
    for item in &mut report.dependencies.items {
        item.advisories.clear();
        item.licences.clear();
    }
    let said = packages(&report);
    assert!(said.contains("none known") && said.contains("none introduced"), "{said}");
    for (completeness, expected) in [
        (Some(Completeness::Missing), "not looked up"),
        (Some(Completeness::Failed), "not looked up"),
        (Some(Completeness::Stale), "not shown to be all"),
        (Some(Completeness::Truncated), "not shown to be all"),
        (None, "not looked up"),
    ] {
        let mut report = report.clone();
        report.sources.retain(|source| !matches!(source.kind, EvidenceKind::Advisories | EvidenceKind::Licences));
        if let Some(completeness) = completeness {
            for kind in [EvidenceKind::Advisories, EvidenceKind::Licences] {
                report.sources.push(source(kind, completeness, None, Some("osv.zip")));
            }
        }
        let said = packages(&report);
        assert!(said.contains(expected) && !said.contains("none known"), "{completeness:?}: {said}");
        assert!(said.matches(expected).count() >= 2, "{completeness:?}: {said}");
        let screen = shown(Format::Terminal, &report);
        assert!(!screen.contains("known vulnerabilities of packages: none\n"), "{completeness:?}: {screen}");
    }
}

#[test]
fn many_packages_with_long_names_stay_within_the_page() {
    let mut evidence = evidence();
    for (number, package) in evidence.dependencies.iter_mut().enumerate() {
        package.name = format!("{number}-{}", "x|`<b>".repeat(100));
        package.deprecated = Some("long ".repeat(300));
    }
    let mut report = report();
    report.dependencies = DependenciesSummary::new(&evidence);
    let page = shown(Format::Markdown, &report);
    assert!(page.len() <= markdown::MAX_BYTES, "{}", page.len());
    assert!(packages(&report).contains("more packages not shown here"));
}
