//! What the benchmarks of evaluation share: a change of any size, rules, and medians.
#![expect(clippy::panic, clippy::disallowed_methods, reason = "a benchmark measures")]

use std::collections::BTreeMap;
use std::time::Instant;

use tollgate::evidence::{
    BaselineState, Comparison, DependencyChange, DependencyChangeKind, DependencyScope, Directness, Ecosystem,
    Evidence, EvidenceKind, FileChange, FileKind, FileMode, FileStatus, FindingKind, FindingRow, FindingsBuilder, Jump,
    Level, Severity, SeverityFrom, Source, Suppression, Word,
};
use tollgate::policy::{PackFiles, PolicySet};

/// The question of each rule; each is a rule of its own, as an organisation would write it.
pub(crate) const RULES: &[&str] = &[
    r#"if change.findings.level("error").under("src/auth/**").any() { violation(change, "R1"); }"#,
    r#"if change.findings.severity_at_least("critical").any() { violation(change, "R2"); }"#,
    r#"if change.findings.level("error").count() > 10 { violation(change, "R3"); }"#,
    r#"if change.findings.severity_at_least("high").in_files(change.files).any() { violation(change, "R4"); }"#,
    r#"if change.findings.level("warning").count() > 50 { violation(change, "R5"); }"#,
    r#"if change.files.under(".github/workflows/**").any() && !("platform" in change.labels) { violation(change, "R6"); }"#,
    r#"if change.files.count() > 100 { violation(change, "R7"); }"#,
    r#"if change.files.lines_changed() > 1000 { violation(change, "R8"); }"#,
    r#"if change.files.deleted().under("tests/**").any() { violation(change, "R9"); }"#,
    r#"if change.dependencies.added().source(["git", "url"]).any() { violation(change, "R10"); }"#,
    r#"if change.dependencies.from_new_host().any() { violation(change, "R11"); }"#,
    r#"if change.dependencies.upgraded().jump_at_least("major").any() { violation(change, "R12"); }"#,
    r#"if change.dependencies.added().count() > 10 { violation(change, "R13"); }"#,
    r#"if change.files.under("migrations/**").any() && !("db-reviewed" in change.labels) { violation(change, "R14"); }"#,
    r#"if change.files.under("src/**").any() && !change.files.under("tests/**").any() { violation(change, "R15"); }"#,
];

/// The files of a pack whose rules have these bodies.
pub(crate) fn pack(bodies: impl IntoIterator<Item = String>) -> PackFiles {
    let manifest = "name = \"bench\"\nversion = \"1\"\ndescription = \"rules of a benchmark\"\n";
    let mut files = BTreeMap::from([("pack.toml".to_owned(), manifest.as_bytes().to_vec())]);
    for (index, body) in bodies.into_iter().enumerate() {
        let text = format!(
            "const RULE = #{{ title: \"t\", category: \"process\", enforcement: \"advisory\", risk: \"low\", needs: [] }};\n\
             fn check(change, params) {{ {body} }}\n"
        );
        files.insert(format!("rules/r{:03}.rhai", index + 1), text.into_bytes());
    }
    PackFiles { origin: "bench".to_owned(), files }
}

/// A policy of one pack.
pub(crate) fn load(pack: PackFiles) -> PolicySet {
    PolicySet::load(&[pack], &[]).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// A change of a certain size; the same numbers give the same change.
pub(crate) fn change(findings: usize, files: usize, dependencies: usize) -> Evidence {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap_or(0)
    };
    let directories = ["src/auth", "src/api", "src/db", "src/ui", "tests", "docs", "migrations", ".github/workflows"];
    let paths: Vec<String> = (0..(files.max(20) * 2).min(20_000))
        .map(|index| format!("{}/mod{}/file{index}.rs", directories.get(index % 8).unwrap_or(&""), index % 13))
        .collect();
    let path = |index: usize| paths.get(index % paths.len()).cloned().unwrap_or_default();
    let mut builder = FindingsBuilder::default();
    for index in 0..findings {
        let rule = next(200);
        let rule_id = builder.rule("CodeQL", Some("2.24"), &format!("js/rule-{rule}"), None, &[]);
        let level = Level::ALL.get(next(4)).copied().unwrap_or(Level::Error);
        let line = u32::try_from(next(3_000) + 1).unwrap_or(1);
        builder.push(&FindingRow {
            rule: rule_id,
            kind: FindingKind::Fail,
            level,
            severity: Severity::ALL.get(rule % 5).copied().unwrap_or(Severity::High),
            severity_from: SeverityFrom::SecuritySeverity,
            score: None,
            message: &format!("this query depends on a user-provided value {index}"),
            path: Some(&path(next(paths.len()))),
            unmapped: None,
            line,
            end_line: line,
            column: 1,
            cwe: &[79],
            package: None,
            fingerprint: index as u128,
            suppression: Suppression::No,
            baseline_state: BaselineState::Unstated,
            on_changed_line: index % 3 == 0,
            compared: Comparison::Unknown,
        });
    }
    let mut evidence = Evidence {
        findings: builder.finish(),
        files: (0..files)
            .map(|index| {
                let statuses = [FileStatus::Modified, FileStatus::Added, FileStatus::Deleted];
                let status = statuses.get(next(3)).copied().unwrap_or(FileStatus::Added);
                FileChange {
                    mode_before: Some(FileMode::REGULAR),
                    mode_after: Some(FileMode::REGULAR),
                    added: u32::try_from(next(60)).ok(),
                    removed: u32::try_from(next(40)).ok(),
                    language: Some("Rust".to_owned()),
                    ..FileChange::at(path(index), status, FileKind::Source)
                }
            })
            .collect(),
        dependencies: (0..dependencies)
            .map(|index| DependencyChange {
                manifest: Some("package-lock.json".to_owned()),
                change: DependencyChangeKind::Upgraded,
                before: vec!["1.0.0".to_owned()],
                after: vec!["2.0.0".to_owned()],
                jump: Some(Jump::Major),
                directness: Directness::Direct,
                scope: DependencyScope::Runtime,
                ..DependencyChange::at(Ecosystem::Npm, format!("pkg-{index}"), format!("pkg:npm/pkg-{index}@2.0.0"))
            })
            .collect(),
        sources: vec![
            Source::complete(EvidenceKind::Findings),
            Source::complete(EvidenceKind::Files),
            Source::complete(EvidenceKind::Dependencies),
        ],
        ..Evidence::default()
    };
    evidence.sort();
    evidence
}

/// The median of several samples, in microseconds for one call.
pub(crate) fn median(samples: usize, calls: u32, mut call: impl FnMut()) -> f64 {
    call();
    let mut times: Vec<f64> = (0..samples)
        .map(|_| {
            let start = Instant::now();
            (0..calls).for_each(|_| call());
            start.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(samples / 2).copied().unwrap_or(f64::NAN)
}
