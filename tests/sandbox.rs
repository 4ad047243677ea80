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

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tollgate::diagnostic::Code;
use tollgate::evaluate::{Options, Outcome, evaluate};
use tollgate::evidence::{Evidence, EvidenceKind, FileChange, FileKind, FileMode, FileStatus, Source};
use tollgate::policy::{Limits, PackFiles, PolicySet};

const PACK: &str = "name = \"p\"\nversion = \"1.0.0\"\ndescription = \"d\"\n[parameters.list]\ntype = \"list<string>\"\ndefault = [\"a\", \"b\"]\n";
const META: &str = "const RULE = #{ title: \"t\", category: \"process\", enforcement: \"hard-mandatory\", risk: \"high\", needs: [\"files\"] };\n";

/// A text of 100,000 characters, and one that does not occur in it although all of it but the last character does.
const LONG: &str = "let s = \"\"; s.pad(100000, \"a\"); let t = \"\"; t.pad(50000, \"a\"); t += \"b\"; ";
const ARRAY: &str = "let a = []; a.pad(9999, 0); ";
const MAP: &str = "let m = #{}; for i in 0..3000 { m[`k${i}`] = i; } ";

/// How a script has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
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
use Outcome::{Satisfied, Violated};

/// Bodies of `check`.
#[rustfmt::skip]
const BODIES: &[(&str, &str, End)] = &[
    ("endless loop", "loop {}", Errs(Code::LimitExceeded)),
    ("endless while", "while true {}", Errs(Code::LimitExceeded)),
    ("endless do", "do {} while true;", Errs(Code::LimitExceeded)),
    ("limit, then return", "for i in 0..10000000 {} return;", Errs(Code::LimitExceeded)),
    ("all numbers", "for i in 0..9223372036854775807 {}", Errs(Code::LimitExceeded)),
    ("all numbers backwards", "for i in range(9223372036854775807, -9223372036854775807, -1) {}", Errs(Code::LimitExceeded)),
    ("steps of zero", "for i in range(0, 10, 0) {}", Errs(Code::ScriptError)),
    ("text doubled", "let s = \"a\"; loop { s += s; }", Errs(Code::LimitExceeded)),
    ("text in itself", "let s = \"aaaa\"; loop { s = `${s}${s}`; }", Errs(Code::LimitExceeded)),
    ("text padded", "let s = \"a\"; s.pad(1000000000000, \"x\");", Errs(Code::LimitExceeded)),
    ("text replaced", "let s = \"\"; s.pad(200000, \"a\"); let t = \"\"; t.pad(200000, \"b\"); s.replace(\"a\", t);", Errs(Code::LimitExceeded)),
    ("nothing replaced", "let s = \"\"; s.pad(200000, \"a\"); s.replace(\"\", \"bbbb\");", Errs(Code::LimitExceeded)),
    ("text split", "let s = \"\"; s.pad(200000, \"a\"); let _x = s.split(\"\");", Errs(Code::LimitExceeded)),
    ("text split by characters", "let s = \"\"; s.pad(200000, \"a\"); let _x = s.split(\"a\");", Errs(Code::LimitExceeded)),
    ("array grown", "let a = []; loop { a.push(1); }", Errs(Code::LimitExceeded)),
    ("array doubled", "let a = [1]; loop { a += a; }", Errs(Code::LimitExceeded)),
    ("array padded", "let a = []; a.pad(9223372036854775807, 0);", Errs(Code::LimitExceeded)),
    ("array of texts", "let s = \"\"; s.pad(100000, \"x\"); let a = []; loop { a.push(s + \"y\"); }", Errs(Code::LimitExceeded)),
    ("arrays in an array", "let a = []; a.pad(9999, \"x\"); let b = []; b.pad(9999, a);", Errs(Code::LimitExceeded)),
    ("map grown", "let _m = #{}; let i = 0; loop { _m[`k${i}`] = i; i += 1; }", Errs(Code::LimitExceeded)),
    ("many violations", "loop { violation(change, \"x\"); }", Errs(Code::LimitExceeded)),
    ("many notes", "loop { note(\"x\"); }", Errs(Code::LimitExceeded)),
    ("long violations", "let s = \"\"; s.pad(200000, \"x\"); for i in 0..10000 { violation(change, s + `${i}`); }", Errs(Code::LimitExceeded)),
    ("long notes", "let s = \"\"; s.pad(200000, \"x\"); for i in 0..10000 { note(s + `${i}`); }", Errs(Code::LimitExceeded)),
    ("long remedies", "let s = \"\"; s.pad(200000, \"x\"); let v = violation(change, \"x\"); loop { v.remedy(s); }", Errs(Code::LimitExceeded)),
    ("nested callbacks", "let a = []; a.pad(1000, 0); let _b = a.map(|x| { for i in 0..1000000 {} 1 });", Errs(Code::LimitExceeded)),
    ("callbacks in callbacks", "let a = []; a.pad(1000, 0); let _c = a.map(|x| { let b = []; b.pad(1000, 0); let _d = b.map(|y| y + 1); 1 });", Errs(Code::LimitExceeded)),
    ("comparer without an order", "let a = []; for i in 0..3000 { a.push((i * 7919) % 3001); } a.sort(|x, y| if x % 2 == 0 { 1 } else { -1 });", Is(Satisfied)),
    ("comparer that never ends", "let a = [1, 2, 3]; a.sort(|x, y| { loop {} });", Errs(Code::LimitExceeded)),
    ("sorting of anything", "let a = [1, \"a\", 2.0, true]; a.sort();", Errs(Code::BadArguments)),
    ("addition past the end", "let a = 9223372036854775807; let _b = a + 1;", Errs(Code::ScriptError)),
    ("negation past the end", "let a = -9223372036854775807 - 1; let _b = -a;", Errs(Code::ScriptError)),
    ("division by zero", "let b = 0; let _c = 1 / b;", Errs(Code::ScriptError)),
    ("least number by minus one", "let a = -9223372036854775807 - 1; let b = -1; let _c = a / b;", Errs(Code::ScriptError)),
    ("remainder past the end", "let a = -9223372036854775807 - 1; let b = -1; let _c = a % b;", Errs(Code::ScriptError)),
    ("large power", "let b = 1000; let _a = 2 ** b;", Errs(Code::ScriptError)),
    ("large shift", "let b = 100; let _a = 1 << b;", Is(Satisfied)),
    ("no number compared", "let a = 0.0 / 0.0; if a > 1.0 {}", Errs(Code::TypeMismatch)),
    ("number too large for an integer", "let a = 1e300; let _b = a.to_int();", Errs(Code::ScriptError)),
    ("index past the end", "let s = \"abc\"; let _c = s[10];", Errs(Code::ScriptError)),
    ("index before the start", "let s = \"abc\"; let _c = s[-10];", Errs(Code::ScriptError)),
    ("part of a text past its end", "let s = \"a\u{e9}\"; let _c = s.sub_string(1, 9223372036854775807); s.crop(-5, 3);", Is(Satisfied)),
    ("bit past the end", "let a = 5; let _b = a[0..=64];", Refused(Code::TypeMismatch)),
    ("junk as a number", "let _a = parse_int(\"junk\");", Errs(Code::ScriptError)),
    ("number with an odd base", "let _a = parse_int(\"10\", 99);", Errs(Code::ScriptError)),
    ("print flood", "loop { print(\"aaaaaaaaaaaaaaaa\"); }", Errs(Code::LimitExceeded)),
    ("many globs", "for i in 0..200000 { let _x = change.files.under(`a${i}/**`); }", Errs(Code::LimitExceeded)),
    ("nested glob", "let s = \"\"; for i in 0..300 { s += \"{a,\"; } for i in 0..300 { s += \"}\"; } let _x = change.files.under(s);", Errs(Code::LimitExceeded)),
    ("long glob", "let s = \"\"; s.pad(100000, \"[!a]\"); let _x = change.files.under(s);", Errs(Code::LimitExceeded)),
    ("long word", "let s = \"\"; s.pad(200000, \"a\"); let _x = change.files.kind(s);", Errs(Code::UnknownWord)),
    ("queries in a loop", "loop { let _x = change.files.group_by(\"kind\"); }", Errs(Code::LimitExceeded)),
    ("variable named like an effect", "let violation = |a, b| 0; for f in change.files { violation(f, \"x\"); }", Refused(Code::ShadowedName)),
    ("constant named like an effect", "const violation = 1; violation(change, \"x\");", Refused(Code::ShadowedName)),
    ("change replaced", "change = #{}; let _x = change.files;", Refused(Code::ShadowedName)),
    ("parameters emptied", "params.clear(); let _x = params.list;", Errs(Code::UnknownProperty)),
    ("parameters moved", "params.list.push(\"c\"); params.list.clear(); note(`${params.list.len()}`);", Is(Satisfied)),
    ("effect on a view", "violation(change.files, \"x\");", Refused(Code::BadArguments)),
    ("effect on a number", "violation(1, \"x\");", Refused(Code::BadArguments)),
    ("effect of another type", "violation(change, 1);", Refused(Code::BadArguments)),
    ("violation that is no risk", "violation(change, \"x\").risk(\"nothing\");", Refused(Code::UnknownWord)),
    ("value given back", "return false;", Refused(Code::ReturnedValue)),
    ("view given back", "change.files", Refused(Code::ReturnedValue)),
    ("this", "this.files;", Refused(Code::TypeMismatch)),
    ("exit", "exit(0);", Refused(Code::UnknownFunction)),
    ("throw", "throw 1;", Refused(Code::SyntaxError)),
    ("try", "try { loop {} } catch {}", Refused(Code::SyntaxError)),
    ("sleep", "sleep(5);", Refused(Code::UnknownFunction)),
    ("clock", "let _x = timestamp();", Refused(Code::UnknownFunction)),
    ("random", "let _x = rand();", Refused(Code::UnknownFunction)),
    ("eval", "eval(\"1\");", Refused(Code::SyntaxError)),
    ("function by name", "let f = Fn(\"violation\"); f.call(change, \"x\");", Refused(Code::SyntaxError)),
    ("curry", "let f = |x| x; f.curry(1);", Refused(Code::SyntaxError)),
    ("capture", "let k = 1; let _f = |x| x + k;", Refused(Code::SyntaxError)),
    ("import of a file", "import \"/etc/passwd\" as x;", Refused(Code::UnknownModule)),
    ("switch", "switch 1 { _ => {} }", Refused(Code::SyntaxError)),
    ("what is missing, hidden", "let _x = change.title ?? \"\";", Refused(Code::SyntaxError)),
];

/// Bodies that the limits on operations and sizes let go on for long.
#[rustfmt::skip]
const SLOW: &[(&str, &str, &str)] = &[
    ("arrays nested", "", "let a = []; loop { a = [a]; }"),
    ("arrays nested by index", "", "let a = []; loop { let b = [0]; b[0] = a; a = b; }"),
    ("arrays nested by push", "", "let a = []; loop { let b = []; b.push(a); a = b; }"),
    ("maps nested", "", "let a = #{}; loop { a = #{ a: a }; }"),
    ("maps nested by index", "", "let a = #{}; loop { let b = #{}; b[\"a\"] = a; a = b; }"),
    ("both nested", "", "let a = #{}; loop { a = #{ a: [a] }; }"),
    ("texts searched", LONG, "loop { let _x = s.contains(t); }"),
    ("texts raised", LONG, "loop { let _x = s.to_upper(); }"),
    ("arrays copied", ARRAY, "loop { let _b = a; }"),
    ("arrays sorted", ARRAY, "loop { a.sort(); }"),
    ("arrays shown", ARRAY, "loop { let _x = a.to_string(); }"),
    ("arrays compared", ARRAY, "let b = a; loop { let _x = a == b; }"),
    ("arrays folded", ARRAY, "loop { let _x = a.reduce(|s, x| s + x, 0); }"),
    ("maps copied", MAP, "loop { let _x = m; }"),
    ("keys asked for", MAP, "loop { let _x = m.keys(); }"),
];

/// Whole files: what comes before a rule is run.
fn files() -> Vec<(&'static str, String, End)> {
    let rule = |body: &str| format!("{META}fn check(change, params) {{ note(\"run\");\n{body}\n}}\n");
    let twice = |text: &str, count: usize| text.repeat(count);
    let numbered = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let deep = |open: &str, close: &str, count: usize| {
        rule(&format!("let a = {}1{};", twice(open, count), twice(close, count)))
    };
    let frame = numbered(100, &|i| format!("let v{i} = \"\"; v{i}.pad(100000, \"x\"); "));
    vec![
        ("statements", rule(&twice("1;", 25_000)), Refused(Code::UnusedValue)),
        ("variables of one name", rule(&twice("let _a=1;", 6_000)), Is(Satisfied)),
        ("variables", rule(&numbered(4_000, &|i| format!("let _a{i}=1;"))), Errs(Code::LimitExceeded)),
        ("functions", numbered(4_000, &|i| format!("fn f{i}(){{}}")) + rule("").as_str(), Refused(Code::SyntaxError)),
        ("parentheses", deep("(", ")", 25_000), Refused(Code::SyntaxError)),
        ("brackets", deep("[", "]", 25_000), Refused(Code::SyntaxError)),
        ("texts in texts", deep("`${", "}`", 10_000), Refused(Code::SyntaxError)),
        ("functions in functions", deep("|| {", "}", 8_000), Refused(Code::SyntaxError)),
        ("negations", deep("!", "", 60_000), Refused(Code::SyntaxError)),
        ("blocks", rule(&(twice("{", 30_000) + twice("}", 30_000).as_str())), Refused(Code::SyntaxError)),
        ("conditions", rule(&(twice("if true {", 6_000) + twice("}", 6_000).as_str())), Refused(Code::SyntaxError)),
        ("otherwise", rule(&format!("if false {{}}{}", twice(" else if false {}", 3_500))), Refused(Code::SyntaxError)),
        ("sums", rule(&format!("let a = 1{};", twice("+1", 25_000))), Refused(Code::SyntaxError)),
        ("properties", rule(&format!("change{};", twice(".files", 9_000))), Refused(Code::SyntaxError)),
        ("indices", rule(&format!("let a = []; a{};", twice("[0]", 20_000))), Refused(Code::SyntaxError)),
        ("arguments", rule(&format!("note({}1);", twice("1,", 20_000))), Refused(Code::UnknownFunction)),
        ("long text", rule(&format!("let _a = \"{}\";", twice("a", 64_000))), Is(Satisfied)),
        ("long number", rule(&format!("let _a = {};", twice("9", 60_000))), Is(Satisfied)),
        ("long name", rule(&format!("change.{};", twice("a", 60_000))), Refused(Code::UnknownProperty)),
        (
            "long names that are near",
            rule(&format!("let _m = #{{ {}: 1 }}; change.{};", twice("b", 30_000), twice("a", 30_000))),
            Refused(Code::UnknownProperty),
        ),
        (
            "many names that are near",
            rule(&format!(
                "let m = #{{ {} }}; {}",
                numbered(2_500, &|i| format!("a{i}: 1, ")),
                numbered(2_500, &|i| format!("m.b{i};"))
            )),
            Refused(Code::UnknownProperty),
        ),
        ("larger than a file may be", rule(&twice(" ", 64 * 1024)), Refused(Code::UnreadablePack)),
        ("text that never ends", rule("let a = \"x;"), Refused(Code::SyntaxError)),
        ("comment that never ends", rule(&twice("/*", 30_000)), Refused(Code::SyntaxError)),
        (
            "recursion",
            format!("{META}fn f(x) {{ f(x + 1) }}\nfn check(c, p) {{ note(\"run\"); f(0); }}"),
            Errs(Code::LimitExceeded),
        ),
        (
            "recursion of two",
            format!("{META}fn f(x) {{ g(x) }}\nfn g(x) {{ f(x) }}\nfn check(c, p) {{ note(\"run\"); f(0); }}"),
            Errs(Code::LimitExceeded),
        ),
        (
            "recursion of the rule",
            format!("{META}fn check(c, p) {{ note(\"run\"); check(c, p); }}"),
            Errs(Code::LimitExceeded),
        ),
        (
            "calls without end",
            format!(
                "{META}fn f(n) {{ if n < 2 {{ 1 }} else {{ f(n - 1) + f(n - 2) }} }}\nfn check(c, p) {{ note(\"run\"); f(30); }}"
            ),
            Errs(Code::LimitExceeded),
        ),
        (
            "full frames",
            format!("{META}fn f(n) {{ {frame} if n > 0 {{ f(n - 1); }} }}\nfn check(c, p) {{ note(\"run\"); f(25); }}"),
            HeldBack,
        ),
        (
            "host function redefined",
            format!("{META}fn violation(a, b) {{}}\nfn check(c, p) {{ note(\"run\"); }}"),
            Refused(Code::ShadowedFunction),
        ),
        (
            "host function redefined with other arguments",
            format!("{META}fn  violation(a) {{}}\nfn check(c, p) {{ note(\"run\"); }}"),
            Refused(Code::ShadowedFunction),
        ),
        (
            "method redefined",
            format!("{META}fn Findings.introduced() {{ this }}\nfn check(c, p) {{ note(\"run\"); }}"),
            Refused(Code::ShadowedFunction),
        ),
        (
            "operator's function redefined",
            format!("{META}fn contains(a, b) {{ true }}\nfn check(c, p) {{ note(\"run\"); }}"),
            Refused(Code::ShadowedFunction),
        ),
        (
            "parameter named like an effect",
            format!("{META}fn check(violation, params) {{ violation(violation, \"x\"); }}"),
            Refused(Code::ShadowedName),
        ),
        (
            "parameters the other way round",
            format!("{META}fn check(params, change) {{ for f in change.files {{}} }}"),
            Refused(Code::UnknownParameter),
        ),
        ("parameter twice", format!("{META}fn check(change, change) {{}}"), Refused(Code::SyntaxError)),
        (
            "rule twice",
            format!("{META}fn check(a, b) {{ note(\"run\"); }}\nfn check(a, b) {{ violation(a, \"x\"); }}"),
            Refused(Code::SyntaxError),
        ),
        ("metadata twice", format!("{META}{META}fn check(a, b) {{ note(\"run\"); }}"), Refused(Code::BrokenMetadata)),
        (
            "metadata twice, the second harmless",
            format!("{META}{}fn check(a, b) {{ note(\"run\"); }}", META.replace("hard-mandatory", "advisory")),
            Refused(Code::BrokenMetadata),
        ),
        (
            "evidence needed and not",
            META.replace("] }", "], optional: [\"files\"] }") + "fn check(a, b) { note(\"run\"); }",
            Refused(Code::BrokenMetadata),
        ),
        ("constant that is computed", format!("const X = 1 + 1;\n{}", rule("")), Refused(Code::BrokenMetadata)),
        (
            "effect before the rule",
            format!("{META}note(\"x\");\nfn check(c, p) {{ note(\"run\"); }}"),
            Refused(Code::BrokenMetadata),
        ),
        (
            "constant changed",
            format!("const X = [1];\n{META}fn check(c, p) {{ note(\"run\"); global::X.push(1); }}"),
            Refused(Code::UnusedValue),
        ),
        (
            "line that is hidden in a comment",
            rule("// nothing \u{2028} violation(change, \"x\");"),
            Refused(Code::SyntaxError),
        ),
        ("text that is turned round", rule("/* \u{202e} */ violation(change, \"x\");"), Refused(Code::SyntaxError)),
        ("name with a hidden character", rule("change.fi\u{200b}les;"), Refused(Code::SyntaxError)),
        ("name in another alphabet", rule("change.f\u{456}les;"), Refused(Code::SyntaxError)),
        ("end of text inside", rule("let a = \"\0\";"), Refused(Code::SyntaxError)),
        ("lines that end as on Windows", rule("// x\nviolation(change, \"x\");").replace('\n', "\r\n"), Is(Violated)),
        ("byte order mark", format!("\u{feff}{}", rule("violation(change, \"x\");")), Is(Violated)),
    ]
}

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
        .args(["eval", "--trees", "before", "after", "--policy", "p", "--dry-run"])
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
        "let s = \"\"; s.pad(200000, \"x\"); let a = []; a.pad(10000, 0); for i in 0..10000 { a[i] = s + `${i}`; }",
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
