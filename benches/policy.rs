//! What a policy costs beside one small change: a cold start, a hundred rules over a hundred thousand findings, and two
//! threads against one. Each line has its limit.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark prints what it measured, of processes that it starts"
)]

mod support;

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use support::{RULES, change, load, median, pack};
use tollgate::evaluate::{Options, evaluate};
use tollgate::evidence::Evidence;
use tollgate::policy::{PackFiles, PolicySet};

/// Tells a process of this program that it is there for one cold start.
const COLD: &str = "TOLLGATE_BENCH_COLD";

/// The questions of the other benchmark in rules of about twenty lines, as people write them.
fn long_pack() -> PackFiles {
    pack(RULES.iter().enumerate().map(|(index, question)| {
        format!(
            "\n    // What is asked for, and where.\n    let limit = {index};\n    let seen = 0;\n    let paths = [];\n    \
             for file in change.files.under(\"src/area{index}/**\") {{\n        if file.status == \"deleted\" {{\n            \
             continue;\n        }}\n        seen += 1;\n        if seen > limit && paths.len() < 10 {{\n            \
             paths.push(file.path);\n        }}\n    }}\n    if paths.len() > 0 {{\n        \
             note(`${{seen}} files, among them ${{paths[0]}}`);\n    }}\n    \
             // The question itself.\n    {question}\n"
        )
    }))
}

/// A hundred rules of the same kinds, each with globs and words of its own.
fn hundred() -> PackFiles {
    let severities = ["critical", "high", "medium", "low"];
    let levels = ["error", "warning", "note"];
    let word = |words: &[&'static str], index: usize| words.get(index % words.len()).copied().unwrap_or("");
    pack((0..100).map(|index| {
        let (severity, level) = (word(&severities, index), word(&levels, index));
        match index % 10 {
            0 => format!("if !change.findings.level(\"{level}\").under(\"src/auth/mod{index}/**\").is_empty() {{ violation(change, \"R\"); }}"),
            1 => format!("if change.findings.severity_at_least(\"{severity}\").count() > {index}000 {{ violation(change, \"R\"); }}"),
            2 => format!("if !change.findings.introduced().under(\"**/file{index}*.rs\").is_empty() {{ violation(change, \"R\"); }}"),
            3 => format!("if !change.findings.severity_at_least(\"{severity}\").in_files(change.files.under(\"src/**\")).is_empty() {{ violation(change, \"R\"); }}"),
            4 => format!("if change.findings.on_changed_lines().severity(\"{severity}\").count() > {index} {{ violation(change, \"R\"); }}"),
            5 => format!("if !change.findings.rule(\"js/rule-{index}\").introduced().is_empty() {{ violation(change, \"R\"); }}"),
            6 => format!("if change.findings.introduced().severity_at_least(\"{severity}\").under([\"src/api/**\", \"src/db/mod{index}/**\"]).count() > 5 {{ violation(change, \"R\"); }}"),
            7 => format!("if change.findings.tool(\"CodeQL\").level(\"{level}\").count() > {index}00 {{ violation(change, \"R\"); }}"),
            8 => format!("if !change.findings.cwe({index}).introduced().is_empty() {{ violation(change, \"R\"); }}"),
            _ => format!("if !change.files.under(\"src/**/mod{index}/*\").is_empty() && change.findings.not_under(\"src/**\").count() > {index} {{ violation(change, \"R\"); }}"),
        }
    }))
}

/// Loads a policy as the first thing that a process does, in microseconds.
fn cold() -> f64 {
    let pack = long_pack();
    let start = Instant::now();
    // To let the policy go is no part of a start.
    let _policy = black_box(load(black_box(pack)));
    start.elapsed().as_secs_f64() * 1e6
}

/// One cold start, in a process of its own, in microseconds.
fn cold_start(program: &Path) -> Option<f64> {
    let output = Command::new(program).env(COLD, "1").output().ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}

/// The medians of cold starts, taken in turns: of a copy of this program, and of itself. An installed program was copied or
/// unpacked, in large pieces; what a linker just wrote lies in memory in pieces of a page, and each of those is put into the
/// address space of a process by itself.
fn cold_starts(processes: usize) -> [f64; 2] {
    let Ok(linked) = std::env::current_exe() else { return [f64::NAN; 2] };
    let Ok(directory) = tempfile::tempdir() else { return [f64::NAN; 2] };
    let installed = directory.path().join("installed");
    if std::fs::copy(&linked, &installed).is_err() {
        return [f64::NAN; 2];
    }
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..processes {
        for (program, times) in [&installed, &linked].into_iter().zip(&mut times) {
            times.extend(cold_start(program));
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
    })
}

/// Evaluations in a second, by as many threads as there are changes, each with its policy and a change of its own.
fn throughput(policies: &[&PolicySet], changes: &[Arc<Evidence>], evaluations: u32) -> f64 {
    let options = Options::default();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for (policy, change) in policies.iter().zip(changes) {
            let options = &options;
            scope.spawn(move || {
                for _ in 0..evaluations {
                    black_box(evaluate(policy, black_box(change), options));
                }
            });
        }
    });
    f64::from(evaluations) * changes.len() as f64 / start.elapsed().as_secs_f64()
}

/// How much more two threads do than one, taken in turns so that all meet the same machine; and how much more they do where
/// they share nothing, which is what the machine gives.
fn two_threads(name: &str, load: impl Fn() -> PolicySet, make: impl Fn() -> Evidence, evaluations: u32) {
    let (policy, other) = (load(), load());
    let changes = [Arc::new(make()), Arc::new(make())];
    let median = |mut ratios: Vec<f64>| {
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let (mut shared, mut apart) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        let one = throughput(&[&policy], &changes[..1], evaluations);
        shared.push(throughput(&[&policy, &policy], &changes, evaluations) / one);
        apart.push(throughput(&[&policy, &other], &changes, evaluations) / one);
    }
    let (shared, apart) = (median(shared), median(apart));
    println!("two threads against one, {name}: ratio {shared:.2}, limit 1.8; with a policy for each {apart:.2}");
}

fn main() {
    if std::env::var_os(COLD).is_some() {
        println!("{}", cold());
        return;
    }
    let limit = 1_500.0;
    let [installed, linked] = cold_starts(41);
    let running = median(21, 20, || {
        black_box(load(long_pack()));
    });
    println!("cold start, 15 rules of about 20 lines, limit {limit:.0} µs");
    for (figure, of) in [
        (installed, "the first thing that a process does, the program as it is installed"),
        (linked, "the first thing that a process does, the program as the linker left it"),
        (running, "anew in a process that runs, as the peers time theirs"),
    ] {
        println!("  {of}: {figure:.0} µs; ratio {:.2}", figure / limit);
    }

    let policy = load(hundred());
    let large = Arc::new(change(100_000, 300, 60));
    let options = Options::default();
    let figure = median(11, 1, || {
        black_box(evaluate(&policy, black_box(&large), &options));
    }) / 1e3;
    let limit = 50.0;
    println!("100 rules over 100000 findings: {figure:.1} ms, limit {limit:.0} ms; ratio {:.2}", figure / limit);

    let policy = || load(pack(RULES.iter().map(|body| (*body).to_owned())));
    two_threads("small changes", policy, || change(20, 15, 5), 3_000);
    two_threads("changes of 1000 findings", policy, || change(1_000, 300, 60), 600);
}
