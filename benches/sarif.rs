//! Reading SARIF: throughput and peak memory against `serde_sarif`, on one large log made here.
//!
//! A last row reads a file of half a million results from disk, compact and indented, and makes them into findings.
//!
//! `cargo bench --bench sarif [-- MEGABYTES]`; `-- many` for the last row alone. Each reader runs in a process of its own, which is this program started
//! again, so that its peak memory is its own. Throughput is the best of several rounds on bytes that are in memory.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a program of its own"
)]

use std::fmt::Write as _;
use std::process::Command;
use std::time::Instant;

use tollgate::collect::sarif::{SarifInput, parse};
use tollgate::evidence::Change;
use tollgate::normalize::findings::{Inputs, findings};
use tollgate::normalize::places::Context;

const DEFAULT_MEGABYTES: usize = 100;
const ROUNDS: usize = 5;
/// Results of the last row, and how much memory they may take.
const RESULTS: usize = 500_000;
const MAX_MEBIBYTES: f64 = 400.0;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let megabytes = arguments.iter().find_map(|argument| argument.parse::<usize>().ok()).unwrap_or(DEFAULT_MEGABYTES);
    if let Some(file) = arguments.iter().find_map(|argument| argument.strip_prefix("file=")) {
        return read_file(file);
    }
    if arguments.iter().any(|argument| argument == "many") {
        return many();
    }
    match arguments.iter().find(|argument| ["reading", "ours", "theirs", "neither"].contains(&argument.as_str())) {
        Some(reader) => child(reader, megabytes),
        None => parent(megabytes),
    }
}

fn parent(megabytes: usize) {
    let run = |reader: &str| -> (f64, f64) {
        let program = std::env::current_exe().unwrap();
        let output = Command::new(program).args([reader, &megabytes.to_string()]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let mut numbers = text.split_whitespace().map(|number| number.parse::<f64>().unwrap());
        (numbers.next().expect("throughput"), numbers.next().expect("memory"))
    };
    let (_, bytes_only) = run("neither");
    let (reading, reading_peak) = run("reading");
    let (ours, our_peak) = run("ours");
    let (theirs, their_peak) = run("theirs");
    println!("{megabytes} MB of SARIF; the bytes alone take {bytes_only:.0} MiB");
    println!("                             MB/s   ratio   peak MiB   ratio");
    let line = |name: &str, speed: f64, peak: f64| {
        println!("{name:<28} {speed:>4.0} {:>6.1}x {peak:>10.0} {:>6.2}x", speed / theirs, peak / their_peak);
    };
    line("serde_sarif, read", theirs, their_peak);
    line("tollgate, read", reading, reading_peak);
    line("tollgate, made into findings", ours, our_peak);
    many();
}

/// Reads a file of many results in a process of its own, and says how long that took and what it took.
fn many() {
    for indented in [false, true] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let megabytes = semgrep_like(RESULTS, indented, std::io::BufWriter::new(file.as_file_mut())) as f64 / 1e6;
        let program = std::env::current_exe().unwrap();
        let argument = format!("file={}", file.path().display());
        let output = Command::new(program).arg(argument).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let mut numbers = text.split_whitespace().map(|number| number.parse::<f64>().unwrap());
        let (seconds, peak) = (numbers.next().expect("seconds"), numbers.next().expect("memory"));
        println!(
            "{RESULTS} results with fingerprints in {megabytes:.0} MB{}: {:.0} MB/s, peak {peak:.0} MiB of {MAX_MEBIBYTES:.0}",
            if indented { ", indented" } else { "" },
            megabytes / seconds
        );
        assert!(peak < MAX_MEBIBYTES, "takes more memory than it may");
    }
}

/// Reads one file from disk and makes it into findings; prints seconds and the peak of memory.
fn read_file(path: &str) {
    let start = Instant::now();
    let inputs = [tollgate::collect::sarif::read(path.as_ref(), "many.sarif", None)];
    let change = Change::default();
    let context = Context { files: &[], change: &change, head_paths: None, roots: &[] };
    let (found, sources) = findings(&Inputs { sarif: &inputs, ..Inputs::default() }, &context);
    assert_eq!((found.len(), &sources.first().unwrap().reason), (RESULTS, &None));
    println!("{} {}", start.elapsed().as_secs_f64(), peak_mebibytes());
}

/// Results as Semgrep writes them: a snippet and a fingerprint each, no two messages alike. Gives the bytes written.
fn semgrep_like(results: usize, indented: bool, mut out: impl std::io::Write) -> usize {
    let line = if indented { "\n                " } else { "" };
    let mut written = 0;
    let mut write = |text: &str| {
        written += text.len();
        out.write_all(text.as_bytes()).unwrap();
    };
    write(r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Semgrep OSS","rules":["#);
    for rule in 0..300 {
        let comma = if rule == 0 { "" } else { "," };
        write(&format!(
            r#"{comma}{{"id":"rule-{rule}","properties":{{"tags":["CWE-{rule}"],"security-severity":"7.5"}}}}"#
        ));
    }
    write(r#"]}},"invocations":[{"executionSuccessful":true}],"results":["#);
    let mut random = 1_u64;
    let mut next = move |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    for count in 0..results {
        let (rule, file, at, name) = (next(300), next(5000), 1 + next(3000), next(1 << 30));
        let comma = if count == 0 { "" } else { "," };
        write(&format!(
            r#"{comma}{line}{{{line}"ruleId":"rule-{rule}",{line}"level":"error",{line}"message":{{{line}"text":"Detected use of value_{name} without a check; this may let somebody do things."{line}}},{line}"locations":[{line}{{{line}"physicalLocation":{{{line}"artifactLocation":{{{line}"uri":"src/package_{}/module_{file}.py",{line}"uriBaseId":"%SRCROOT%"{line}}},{line}"region":{{{line}"startLine":{at},{line}"startColumn":5,{line}"endLine":{at},{line}"endColumn":40,{line}"snippet":{{{line}"text":"    result_{} = eval(request.args[{}])"{line}}}}}}}}}],{line}"fingerprints":{{{line}"matchBasedId/v1":"{:016x}{:016x}{:016x}{:016x}_0"{line}}},{line}"properties":{{}}{line}}}"#,
            file % 50,
            next(1 << 20),
            next(1000),
            next(1 << 31),
            next(1 << 31),
            next(1 << 31),
            next(1 << 31)
        ));
    }
    write("]}]}");
    written
}

fn child(reader: &str, megabytes: usize) {
    let bytes = codeql_like(megabytes * 1_000_000);
    let rounds = if reader == "neither" { 0 } else { ROUNDS };
    let best = (0..rounds).map(|_| round(reader, &bytes)).fold(f64::INFINITY, f64::min);
    println!("{} {}", bytes.len() as f64 / 1e6 / best, peak_mebibytes());
}

/// Seconds that one round takes.
fn round(reader: &str, bytes: &[u8]) -> f64 {
    let start = Instant::now();
    if reader == "reading" {
        assert!(parse(bytes).is_ok());
    } else if reader == "ours" {
        let inputs = [SarifInput { path: "big.sarif".to_owned(), commit: None, sha256: None, outcome: parse(bytes) }];
        let change = Change::default();
        let context = Context { files: &[], change: &change, head_paths: None, roots: &[] };
        let (found, sources) = findings(&Inputs { sarif: &inputs, ..Inputs::default() }, &context);
        assert_eq!(found.len() as u64, sources.first().unwrap().items);
        assert!(sources.first().unwrap().reason.is_none());
    } else {
        let log: serde_sarif::sarif::Sarif = serde_json::from_slice(bytes).unwrap();
        assert_eq!(log.runs.len(), 1);
    }
    start.elapsed().as_secs_f64()
}

fn peak_mebibytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// A log as CodeQL writes them: rules with help, results with partial fingerprints, and a code flow on every fourth.
fn codeql_like(size: usize) -> Vec<u8> {
    let mut out = String::with_capacity(size + 10_000);
    out.push_str(r#"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":{"name":"CodeQL","organization":"GitHub","semanticVersion":"2.24.1","rules":["#);
    for rule in 0..200 {
        let comma = if rule == 0 { "" } else { "," };
        write!(out, r#"{comma}{{"id":"py/rule-{rule}","name":"py/rule-{rule}","shortDescription":{{"text":"Rule {rule}"}},"fullDescription":{{"text":"What rule {rule} looks for, at some length."}},"defaultConfiguration":{{"enabled":true,"level":"{}"}},"properties":{{"tags":["security","external/cwe/cwe-{:03}"],"kind":"path-problem","precision":"high","security-severity":"{}.{}"}}}}"#,
            ["error", "warning", "note"].get(rule % 3).unwrap(), rule, rule % 10, rule % 7).unwrap();
    }
    out.push_str(r#"]}},"invocations":[{"executionSuccessful":true}],"results":["#);
    let mut random = 1_u64;
    let mut next = move |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    let mut count = 0;
    while out.len() < size {
        let (rule, file, line) = (next(200), next(4000), 1 + next(3000));
        let comma = if count == 0 { "" } else { "," };
        let name = next(1 << 30);
        write!(out, r#"{comma}{{"ruleId":"py/rule-{rule}","ruleIndex":{rule},"rule":{{"id":"py/rule-{rule}","index":{rule}}},"message":{{"text":"This expression depends on a [user-provided value](1) that flows into `value_{name}`.\nSee [here](2)."}},"#).unwrap();
        write!(out, r#""locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"src/package_{}/module_{file}.py","uriBaseId":"%SRCROOT%","index":{file}}},"region":{{"startLine":{line},"startColumn":5,"endColumn":{}}}}}}}],"#, file % 50, 6 + next(80)).unwrap();
        write!(out, r#""partialFingerprints":{{"primaryLocationLineHash":"{:016x}:1","primaryLocationStartColumnFingerprint":"4"}}"#, next(1 << 31)).unwrap();
        if count % 4 == 0 {
            out.push_str(r#","codeFlows":[{"threadFlows":[{"locations":["#);
            for step in 0..6 {
                let comma = if step == 0 { "" } else { "," };
                write!(out, r#"{comma}{{"location":{{"physicalLocation":{{"artifactLocation":{{"uri":"src/package_{}/module_{file}.py","uriBaseId":"%SRCROOT%","index":{file}}},"region":{{"startLine":{},"startColumn":9,"endColumn":24}}}},"message":{{"text":"ControlFlowNode for step_{step}"}}}}}}"#, file % 50, line + step).unwrap();
            }
            out.push_str("]}]}]");
        }
        write!(out, r#","relatedLocations":[{{"id":1,"physicalLocation":{{"artifactLocation":{{"uri":"src/package_{}/module_{file}.py","uriBaseId":"%SRCROOT%","index":{file}}},"region":{{"startLine":{line},"startColumn":9,"endColumn":24}}}},"message":{{"text":"user-provided value"}}}}]}}"#, file % 50).unwrap();
        count += 1;
    }
    out.push_str(r#"],"columnKind":"utf16CodeUnits"}]}"#);
    out.into_bytes()
}
