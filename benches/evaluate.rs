//! Fifteen rules on a small change and on 100,000 findings: what one evaluation costs, limits on.
//!
//! The peer is another program: `TOLLGATE_BENCH_PEER="COMMAND"` runs it in the same minutes, and the first number that
//! follows `TOLLGATE_BENCH_PEER_LABEL` in what it prints (in microseconds) is what the ratio is taken to; of several
//! labels, with `|` between them, there is a ratio to each.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark prints what it measured")]

mod support;

use std::hint::black_box;
use std::sync::Arc;

use support::{RULES, change, load, median, pack};
use tollgate::evaluate::{Options, Outcome, evaluate};
use tollgate::policy::Session;

/// What the peer prints after each label, in microseconds.
fn peers() -> Vec<(String, f64)> {
    let Ok(command) = std::env::var("TOLLGATE_BENCH_PEER") else { return Vec::new() };
    let labels = std::env::var("TOLLGATE_BENCH_PEER_LABEL").unwrap_or_default();
    let Ok(output) = std::process::Command::new("sh").arg("-c").arg(command).output() else { return Vec::new() };
    let text = String::from_utf8_lossy(&output.stdout);
    let figure = |label: &str| -> Option<f64> {
        let after = text.split_once(label)?.1;
        let mut numbers = after.split(|character: char| !character.is_ascii_digit() && character != '.');
        numbers.find_map(|number| number.parse().ok())
    };
    labels.split('|').filter_map(|label| Some((label.to_owned(), figure(label)?))).collect()
}

fn main() {
    let policy = load(pack(RULES.iter().map(|body| (*body).to_owned())));
    let options = Options::default();
    let small = Arc::new(change(20, 15, 5));
    let before = peers();
    let evaluated = median(21, 500, || {
        black_box(evaluate(&policy, black_box(&small), &options));
    });
    let after = peers();
    let outcomes = evaluate(&policy, &small, &options);
    assert!(outcomes.iter().all(|outcome| matches!(outcome.outcome, Outcome::Satisfied | Outcome::Violated)));
    println!("small change (20 findings, 15 files, 5 dependencies), 15 rules: {evaluated:.1} µs");
    for ((label, before), (_, after)) in before.iter().zip(&after) {
        let peer = f64::midpoint(*before, *after);
        println!("  peer {label}: {peer:.1} µs; ratio {:.2}", evaluated / peer);
    }
    let mut session = Session::new(&policy, Arc::clone(&small), None);
    let asked = median(21, 500, || {
        for rule in policy.rules() {
            black_box(session.run(rule));
        }
    });
    println!("  of which asking the rules, the evidence at hand: {asked:.1} µs");
    drop(session);
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
