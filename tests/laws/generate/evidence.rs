//! Evidence with something of every kind, which rules can object to.

use std::sync::LazyLock;

use tollgate::evidence::{
    Advisory, BaselineState, Capability, Change, CheckStatus, Claim, ClaimKind, Comparison, Completeness,
    DependencyChange, DependencyChangeKind, DependencyScope, Directness, Ecosystem, Evidence, EvidenceKind, FileChange,
    FileCoverage, FileKind, FileStatus, FindingKind, FindingRow, FindingsBuilder, Jump, Level, Licence, Review,
    ReviewState, Severity, SeverityFrom, Source, Suppression, TestCase, Word as _,
};

use super::super::draw::Draw;
use super::ITEMS;

/// It is built once and copied for each case.
static FULL: LazyLock<Evidence> = LazyLock::new(build);

/// Evidence with [`ITEMS`] of every kind that can be a subject, and no source.
pub(crate) fn full_evidence() -> Evidence {
    FULL.clone()
}

/// People, a team, and who has no login that anything tells.
const OWNERS: [&str; 6] = ["@u", "@org/a", "@bob", "@author", "@@role", "ann@acme.example"];

/// Evidence whose kinds are known to different degrees, with owners and contents of its files.
pub(super) fn evidence(draw: &mut Draw<'_>) -> Evidence {
    let mut evidence = full_evidence();
    evidence.sources = sources(draw);
    for file in &mut evidence.files {
        file.owners = draw.list(0, 3, |draw| draw.text(&OWNERS));
        file.owners.sort();
        file.owners.dedup();
        file.blob_after = Some(draw.text(&["b", "c"]).repeat(40));
        if draw.chance(5) {
            file.blob_before = None;
        }
    }
    evidence
}

/// Mostly one that is complete for each kind; else others, none, or a second one.
fn sources(draw: &mut Draw<'_>) -> Vec<Source> {
    let all_there = draw.chance(40);
    let mut sources = Vec::new();
    for kind in EvidenceKind::ALL {
        let count = if all_there || draw.chance(85) { 1 } else { 2 * draw.below(2) };
        for _ in 0..count {
            let completeness =
                if all_there || draw.chance(85) { Completeness::Complete } else { draw.word::<Completeness>() };
            let tool = (*kind == EvidenceKind::Findings && draw.chance(20)).then(|| "scanner".to_owned());
            sources.push(match completeness {
                Completeness::Complete => Source { tool, ..Source::complete(*kind) },
                other => Source { tool, ..Source::incomplete(*kind, other, "so it was") },
            });
        }
    }
    sources.sort();
    sources.dedup();
    sources
}

fn build() -> Evidence {
    let mut findings = FindingsBuilder::default();
    let rule = findings.rule("scanner", None, "R1", None, &[]);
    let other = findings.rule("Other Scanner", None, "R2", None, &[]);
    for index in 0..ITEMS {
        findings.push(&FindingRow {
            rule: if index == 2 { other } else { rule },
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
        blob_before: Some("a".repeat(40)),
        blob_after: Some("b".repeat(40)),
        ..FileChange::at(format!("src/{index}.rs"), status, FileKind::Source)
    }
}

fn dependency(index: u32) -> DependencyChange {
    DependencyChange {
        manifest: Some("package-lock.json".to_owned()),
        change: DependencyChangeKind::Upgraded,
        before: vec!["1.0.0".to_owned()],
        after: vec!["2.0.0".to_owned()],
        jump: Some(Jump::Major),
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
        aliases: vec![format!("CVE-2026-000{}", index.min(1))],
        after: vec![format!("{index}.0.0")],
        ..Advisory::at(
            Ecosystem::Npm,
            format!("package-{}", index.min(1)),
            format!("pkg:npm/package-{}@{index}.0.0", index.min(1)),
            format!("GHSA-0000-0000-000{}", index.min(1)),
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
