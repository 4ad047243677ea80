//! Fifteen rules on a small change and on 100,000 findings: what one evaluation costs, limits on.
//!
//! The peer is another program: `TOLLGATE_BENCH_PEER="COMMAND"` runs it in the same minutes, and the first number that
//! follows `TOLLGATE_BENCH_PEER_LABEL` in what it prints (in microseconds) is what the ratio is taken to.
#![expect(
    clippy::print_stdout,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a benchmark prints what it measured"
)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use tollgate::evaluate::{Options, Outcome, evaluate};
use tollgate::evidence::{
    BaselineState, Comparison, DependencyChange, DependencyChangeKind, DependencyScope, Directness, Ecosystem,
    Evidence, EvidenceKind, FileChange, FileKind, FileMode, FileStatus, FindingKind, FindingRow, FindingsBuilder, Jump,
    Level, Severity, SeverityFrom, Source, Suppression, Word,
};
use tollgate::policy::{PackFiles, PolicySet};

/// The question of each rule; each is a rule of its own, as an organisation would write it.
const RULES: &[&str] = &[
    r#"if !change.findings.level("error").under("src/auth/**").is_empty() { violation(change, "R1"); }"#,
    r#"if !change.findings.severity_at_least("critical").is_empty() { violation(change, "R2"); }"#,
    r#"if change.findings.level("error").count() > 10 { violation(change, "R3"); }"#,
    r#"if !change.findings.severity_at_least("high").in_files(change.files).is_empty() { violation(change, "R4"); }"#,
    r#"if change.findings.level("warning").count() > 50 { violation(change, "R5"); }"#,
    r#"if !change.files.under(".github/workflows/**").is_empty() && !("platform" in change.labels) { violation(change, "R6"); }"#,
    r#"if change.files.count() > 100 { violation(change, "R7"); }"#,
    r#"if change.files.lines_changed() > 1000 { violation(change, "R8"); }"#,
    r#"if !change.files.deleted().under("tests/**").is_empty() { violation(change, "R9"); }"#,
    r#"if !change.dependencies.added().source(["git", "url"]).is_empty() { violation(change, "R10"); }"#,
    r#"if !change.dependencies.from_new_host().is_empty() { violation(change, "R11"); }"#,
    r#"if !change.dependencies.upgraded().jump_at_least("major").is_empty() { violation(change, "R12"); }"#,
    r#"if change.dependencies.added().count() > 10 { violation(change, "R13"); }"#,
    r#"if !change.files.under("migrations/**").is_empty() && !("db-reviewed" in change.labels) { violation(change, "R14"); }"#,
    r#"if !change.files.under("src/**").is_empty() && change.files.under("tests/**").is_empty() { violation(change, "R15"); }"#,
];

fn policy() -> PolicySet {
    let manifest = "name = \"bench\"\nversion = \"1\"\ndescription = \"fifteen rules\"\n";
    let mut files = BTreeMap::from([("pack.toml".to_owned(), manifest.as_bytes().to_vec())]);
    for (index, body) in RULES.iter().enumerate() {
        let text = format!(
            "const RULE = #{{ title: \"t\", category: \"process\", enforcement: \"advisory\", risk: \"low\", needs: [] }};\n\
             fn check(change, params) {{ {body} }}\n"
        );
        files.insert(format!("rules/r{:02}.rhai", index + 1), text.into_bytes());
    }
    let pack = PackFiles { origin: "bench".to_owned(), files };
    PolicySet::load(&[pack], &[]).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// A change of a certain size; the same numbers give the same change.
fn change(findings: usize, files: usize, dependencies: usize) -> Evidence {
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
fn median(samples: usize, calls: u32, mut call: impl FnMut()) -> f64 {
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

/// What the peer prints after its label, in microseconds.
fn peer() -> Option<f64> {
    let command = std::env::var("TOLLGATE_BENCH_PEER").ok()?;
    let label = std::env::var("TOLLGATE_BENCH_PEER_LABEL").unwrap_or_default();
    let output = std::process::Command::new("sh").arg("-c").arg(command).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let after = text.split_once(&label)?.1;
    after
        .split(|character: char| !character.is_ascii_digit() && character != '.')
        .find_map(|number| number.parse().ok())
}

fn main() {
    let policy = policy();
    let options = Options::default();
    let small = Arc::new(change(20, 15, 5));
    let peer_before = peer();
    let evaluated = median(21, 500, || {
        black_box(evaluate(&policy, black_box(&small), &options));
    });
    let peer_after = peer();
    let outcomes = evaluate(&policy, &small, &options);
    assert!(outcomes.iter().all(|outcome| matches!(outcome.outcome, Outcome::Satisfied | Outcome::Violated)));
    println!("small change (20 findings, 15 files, 5 dependencies), 15 rules: {evaluated:.1} µs");
    if let (Some(before), Some(after)) = (peer_before, peer_after) {
        let peer = f64::midpoint(before, after);
        println!("  peer: {peer:.1} µs; ratio {:.2}", evaluated / peer);
    }
    let document = tollgate::report::write_evidence(&small);
    let parsed = median(21, 200, || {
        if let Ok(evidence) = tollgate::report::read_evidence(black_box(&document)) {
            black_box(evaluate(&policy, &Arc::new(evidence), &options));
        }
    });
    println!("  with reading its JSON ({} bytes): {parsed:.1} µs", document.len());
    for findings in [1_000, 10_000, 100_000] {
        let large = Arc::new(change(findings, 300, 60));
        let evaluated = median(11, 3, || {
            black_box(evaluate(&policy, black_box(&large), &options));
        });
        println!("{findings} findings, 300 files, 60 dependencies, 15 rules: {:.3} ms", evaluated / 1e3);
    }
}
