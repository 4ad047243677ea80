//! Hostile scripts: none crashes, none hangs, none eats the machine, and none leaves a rule satisfied that should have erred.
//! Each runs on a thread with the stack that threads have by default, in whatever build the tests are.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may panic, and makes its inputs"
)]

mod bodies;
mod files;

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tollgate::diagnostic::Code;
use tollgate::evaluate::{Options, Outcome, evaluate};
use tollgate::evidence::{Evidence, EvidenceKind, FileChange, FileKind, FileMode, FileStatus, Source};
use tollgate::policy::{Limits, PackFiles, PolicySet};

use bodies::{BODIES, SLOW};
use files::files;

const PACK: &str = "name = \"p\"\nversion = \"1.0.0\"\ndescription = \"d\"\n[parameters.list]\ntype = \"list<string>\"\ndefault = [\"a\", \"b\"]\n";
pub(crate) const META: &str = "const RULE = #{ title: \"t\", category: \"process\", enforcement: \"hard-mandatory\", risk: \"high\", needs: [\"files\"] };\n";

/// How a script has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The pack is not loaded.
    Refused(Code),
    /// The rule errs.
    Errs(Code),
    /// Time or memory ran out: no verdict. A fast machine may come to the limit of operations first.
    HeldBack,
    /// The rule ends by itself.
    Is(Outcome),
}

use End::{Errs, HeldBack, Is, Refused};
use Outcome::Satisfied;

fn evidence() -> Arc<Evidence> {
    let file = FileChange {
        mode_before: Some(FileMode::REGULAR),
        mode_after: Some(FileMode::REGULAR),
        added: Some(1),
        removed: Some(1),
        ..FileChange::at("src/a.rs", FileStatus::Modified, FileKind::Source)
    };
    Arc::new(Evidence {
        files: vec![file],
        sources: vec![Source::complete(EvidenceKind::Files)],
        ..Evidence::default()
    })
}

/// Runs a script on a thread with the stack that threads have by default.
fn end_of(text: &str, limits: Limits) -> End {
    let pack = PackFiles {
        origin: "p".to_owned(),
        files: BTreeMap::from([
            ("pack.toml".to_owned(), PACK.as_bytes().to_vec()),
            ("rules/r.rhai".to_owned(), text.as_bytes().to_vec()),
        ]),
    };
    let run = move || match PolicySet::load_with(&[pack], &[], limits) {
        Err(mistakes) => {
            assert!(mistakes.len() <= 101, "nobody reads {} mistakes", mistakes.len());
            Refused(mistakes[0].code)
        }
        Ok(policy) => {
            let outcome = evaluate(&policy, &evidence(), &Options::default()).remove(0);
            assert!(outcome.reason.len() < 5_000, "nobody reads {} characters", outcome.reason.len());
            match outcome.diagnostic {
                Some(diagnostic) if diagnostic.code == Code::Abandoned => HeldBack,
                Some(diagnostic) => Errs(diagnostic.code),
                None => Is(outcome.outcome),
            }
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().expect("no script may panic")
}

/// As by default, but for the time: where it runs out there is no verdict, and nobody wants to wait for that here.
fn limits(milliseconds: u64) -> Limits {
    Limits { milliseconds, ..Limits::default() }
}

#[test]
fn every_body_ends_as_it_should() {
    let ends = BODIES.iter().filter_map(|(name, body, expected)| {
        let text = format!("{META}fn check(change, params) {{ note(\"run\");\n{body}\n}}\n");
        let end = end_of(&text, limits(60_000));
        (end != *expected).then(|| format!("{name}: {end:?}, expected {expected:?}"))
    });
    let wrong: Vec<String> = ends.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_ends_as_it_should() {
    let ends = files().into_iter().filter_map(|(name, text, expected)| {
        let end = end_of(&text, limits(if expected == HeldBack { 300 } else { 60_000 }));
        let fast = expected == HeldBack && end == Errs(Code::LimitExceeded);
        (end != expected && !fast).then(|| format!("{name}: {end:?}, expected {expected:?}"))
    });
    let wrong: Vec<String> = ends.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_script_whose_operations_are_dear_is_held_back() {
    for (name, before, body) in SLOW {
        let text = format!("{META}fn check(change, params) {{ note(\"run\");\n{before}{body}\n}}\n");
        let start = Instant::now();
        let end = end_of(&text, limits(300));
        assert!(matches!(end, HeldBack | Errs(Code::LimitExceeded)), "{name}: {end:?}");
        assert!(start.elapsed() < Duration::from_secs(5), "{name} took {:?}", start.elapsed());
    }
}

#[test]
fn values_as_deep_as_the_limits_allow_overflow_no_stack() {
    let deep = [
        "let a = []; for i in 0..2500 { a = [a]; }",
        "let a = #{}; for i in 0..2500 { a = #{ a: a }; }",
        "let a = #{}; for i in 0..1500 { a = #{ a: [a] }; }",
        "let a = []; for i in 0..2500 { let b = [0]; b[0] = a; a = b; }",
        "let a = []; for i in 0..2500 { let b = []; b.push(a); a = b; }",
        "let a = []; for i in 0..2500 { let b = []; b.insert(0, a); a = b; }",
        "let a = []; for i in 0..2500 { let b = [0]; b[0] = a; a = b; } let b = a; note(`${a == b}`);",
        "let a = []; for i in 0..1500 { a = [a]; } note(`${a.to_string().len()}`);",
    ];
    for body in deep {
        let text = format!("{META}fn check(change, params) {{ note(\"run\");\n{body}\n}}\n");
        assert_eq!(end_of(&text, limits(60_000)), Is(Satisfied), "{body}");
    }
}

/// Once time is over for one rule, it is for all: the others are not begun anew.
#[test]
fn time_is_that_of_all_rules_together() {
    let rule = |body: &str| format!("{META}fn check(change, params) {{ note(\"run\"); {body} }}").into_bytes();
    let mut files = BTreeMap::from([("pack.toml".to_owned(), PACK.as_bytes().to_vec())]);
    for index in 0..20 {
        files.insert(format!("rules/r{index:02}.rhai"), rule("let a = []; a.pad(9999, 0); loop { let _b = a; }"));
    }
    let policy = PolicySet::load_with(&[PackFiles { origin: "p".to_owned(), files }], &[], limits(200)).unwrap();
    let start = Instant::now();
    let outcomes = evaluate(&policy, &evidence(), &Options::default());
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert!(outcomes.iter().all(|outcome| outcome.outcome == Outcome::Errored));
}

/// The command as it is run: its exit code, and what it says.
fn command(body: &str) -> (Option<i32>, String) {
    let place = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = place.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("before/a.txt", "a\n");
    write("after/a.txt", "b\n");
    write("p/pack.toml", PACK);
    write("p/rules/r.rhai", &format!("{META}fn check(change, params) {{ note(\"run\");\n{body}\n}}\n"));
    let output = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(["eval", "--trees", "before", "after", "--policy", "p", "--dry-run", "--limit", "milliseconds=60000"])
        .current_dir(place.path())
        .env_remove("TOLLGATE_LOG")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn memory_that_runs_out_leaves_no_verdict_and_the_machine_as_it_was() {
    let bombs = [
        "let s = \"\"; s.pad(200000, \"x\"); let _m = #{}; let i = 0; loop { _m[`k${i}`] = s + `${i}`; i += 1; }",
        "let s = \"\"; s.pad(200000, \"x\"); let _a = []; _a.pad(10000, 0); for i in 0..10000 { _a[i] = s + `${i}`; }",
    ];
    for bomb in bombs {
        let (code, said) = command(bomb);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("error[abandoned]: the rules took more than 268435456 bytes of memory"), "{said}");
    }
}

#[test]
fn deep_values_do_not_end_the_process() {
    let (code, said) = command("let a = #{}; for i in 0..2500 { a = #{ a: a }; }");
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn every_limit_is_in_the_reference_with_its_default_and_the_most_that_it_can_be() {
    let reference = std::fs::read_to_string("docs/packs.md").unwrap();
    let table = Limits::reference();
    assert!(reference.contains(&table), "docs/packs.md has another table than this:\n{table}");
}
