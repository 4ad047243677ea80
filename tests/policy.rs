//! Packs, rules and the host API, through the library: what loads, what is refused, and how rules end.
#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test ends by panicking, and may read and bless generated files"
)]

#[path = "policy/again.rs"]
mod again;
#[path = "policy/comments.rs"]
mod comments;
#[path = "policy/modules.rs"]
mod modules;
#[path = "policy/packages.rs"]
mod packages;

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate::diagnostic::{Code, Diagnostic};
use tollgate::evaluate::{Options, Outcome, RuleOutcome, evaluate};
use tollgate::evidence::{
    BaselineState, Comparison, Evidence, EvidenceKind, FileChange, FileKind, FileMode, FileStatus, FindingKind,
    FindingRow, FindingsBuilder, Level, Severity, SeverityFrom, Source, Suppression,
};
use tollgate::policy::{Limits, PackFiles, PolicySet};

const PACK: &str = r#"
name = "test"
version = "1.0.0"
description = "a pack for tests"
[parameters.severity]
type = "severity"
default = "high"
stricter = "lower"
[parameters.limit]
type = "integer"
default = 3
"#;

const META: &str = r#"const RULE = #{ title: "t", category: "process", enforcement: "hard-mandatory", risk: "high", needs: ["findings"] };"#;

fn pack(files: &[(&str, &str)]) -> PackFiles {
    let mut all = BTreeMap::from([("pack.toml".to_owned(), PACK.as_bytes().to_vec())]);
    all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())));
    PackFiles { origin: "packs/test".to_owned(), files: all }
}

/// Gives back what it is given; of what type that is, is known only when it runs.
const ANY: &str = "fn hide(x) { [x, 1, \"x\"][0] }\n";

fn rule(body: &str) -> String {
    format!("{META}\nfn check(change, params) {{ if hide(false) {{ note(\"x\"); }}\n{body}\n}}\n{ANY}")
}

fn load(files: &[(&str, &str)]) -> Result<PolicySet, Vec<Diagnostic>> {
    PolicySet::load(&[pack(files)], &[])
}

/// Three findings: critical on a changed line, medium on an old line, high that can't be placed. And one that is gone.
fn evidence() -> Arc<Evidence> {
    let mut builder = FindingsBuilder::default();
    let rule = builder.rule("CodeQL", Some("2.1"), "js/xss", None, &["security"]);
    let other = builder.rule("gitleaks", None, "generic-api-key", None, &[]);
    let row = FindingRow {
        rule,
        kind: FindingKind::Fail,
        level: Level::Error,
        severity: Severity::Critical,
        severity_from: SeverityFrom::SecuritySeverity,
        score: Some(9.8),
        message: "reflected",
        path: Some("src/auth/login.js"),
        unmapped: None,
        line: 7,
        end_line: 7,
        column: 1,
        cwe: &[79],
        package: None,
        fingerprint: 1,
        suppression: Suppression::No,
        baseline_state: BaselineState::Unstated,
        on_changed_line: true,
        compared: Comparison::Unknown,
    };
    builder.push(&row);
    builder.push(&FindingRow {
        severity: Severity::Medium,
        path: Some("src/ui/list.js"),
        on_changed_line: false,
        compared: Comparison::Unchanged,
        fingerprint: 2,
        cwe: &[],
        ..row
    });
    builder.push(&FindingRow {
        rule: other,
        severity: Severity::High,
        path: None,
        unmapped: Some("/ci/x"),
        fingerprint: 3,
        cwe: &[798],
        ..row
    });
    builder.push(&FindingRow { severity: Severity::High, compared: Comparison::Gone, fingerprint: 4, ..row });
    let file = |path: &str, status, kind, added| FileChange {
        mode_before: Some(FileMode::REGULAR),
        mode_after: Some(FileMode::REGULAR),
        added: Some(added),
        removed: Some(1),
        language: Some("JavaScript".to_owned()),
        ..FileChange::at(path, status, kind)
    };
    let mut evidence = Evidence {
        findings: builder.finish(),
        files: vec![
            file("src/auth/login.js", FileStatus::Modified, FileKind::Source, 10),
            FileChange {
                previous_path: Some("old/name.js".to_owned()),
                ..file("src/new/name.js", FileStatus::Renamed, FileKind::Source, 0)
            },
            file("tests/login.test.js", FileStatus::Added, FileKind::Test, 20),
        ],
        sources: [EvidenceKind::Findings, EvidenceKind::Baseline, EvidenceKind::Files].map(Source::complete).into(),
        ..Evidence::default()
    };
    evidence.change.author = Some("mallory".to_owned());
    evidence.sort();
    Arc::new(evidence)
}

fn run(body: &str) -> RuleOutcome {
    run_on(body, &evidence())
}

fn run_on(body: &str, evidence: &Arc<Evidence>) -> RuleOutcome {
    let text = rule(body);
    // Small limits, so that a debug build reaches them soon.
    let limits = Limits { operations: 60_000, array_elements: 500, ..Limits::default() };
    let set = PolicySet::load_with(&[pack(&[("rules/r.rhai", &text)])], &[], limits)
        .unwrap_or_else(|mistakes| panic!("{body}: {}", mistakes[0]));
    evaluate(&set, evidence, &Options::default()).remove(0)
}

/// The number that a rule's only note holds.
#[track_caller]
fn counts(expression: &str, expected: &str) {
    let outcome = run(&format!("note(`${{{expression}}}`);"));
    assert_eq!(outcome.outcome, Outcome::Satisfied, "{expression}: {}", outcome.reason);
    assert_eq!(outcome.notes, [expected], "{expression}");
}

#[test]
fn queries_select_what_they_say() {
    counts("change.findings.count()", "3");
    counts("change.findings.severity_at_least(\"high\").count()", "2");
    counts("change.findings.severity_at_least(params.severity).count()", "2");
    counts("change.findings.severity([\"medium\", \"high\"]).count()", "2");
    counts("change.findings.introduced().count()", "2");
    counts("change.findings.on_changed_lines().count()", "2");
    counts("change.findings.rule(\"js/xss\").count()", "2");
    counts("change.findings.tool(\"GitLeaks \").count()", "1");
    counts("change.findings.cwe(79).count()", "1");
    counts("change.findings.cwe([79, 798]).count()", "2");
    counts("change.findings.level(\"error\").count()", "3");
    counts("change.findings.not_suppressed().count()", "3");
    counts("change.findings.is_empty()", "false");
    counts("change.findings.group_by(\"severity\").keys().len()", "3");
    counts("change.findings.group_by(\"tool\")[\"CodeQL\"].count()", "2");
    counts("change.files.count()", "3");
    counts("change.files.status([\"added\", \"renamed\"]).count()", "2");
    counts("change.files.kind(\"source\").count()", "2");
    counts("change.files.language(\"javascript\").count()", "3");
    counts("change.files.lines_changed()", "33");
    counts("change.files.under(\"src/**\").lines_added()", "10");
    counts("change.author", "mallory");
}

#[test]
fn what_became_of_findings_since_the_baseline_can_be_asked() {
    counts("change.findings.compared(\"unknown\").count()", "2");
    counts("change.findings.compared([\"unchanged\", \"moved\"]).count()", "1");
    counts("change.findings.compared(\"new\").count()", "0");
    counts("change.findings.under(\"src/ui/**\").compared(\"unchanged\").count()", "1");
    counts("change.gone_findings.count()", "1");
    counts("change.gone_findings.severity_at_least(\"critical\").count()", "0");
    counts("change.gone_findings.under(\"src/auth/**\").introduced().is_empty()", "true");
    let outcome = run("for f in change.gone_findings { if f.compared == \"gone\" { violation(f, f.path); } }");
    assert_eq!(outcome.violations[0].message, "src/auth/login.js");
    let outcome = run("note(`${change.findings.compared(\"gone\").count()}`);");
    assert_eq!(outcome.outcome, Outcome::Errored);
    assert!(outcome.reason.contains("change.gone_findings"), "{}", outcome.reason);

    // Nothing that was not compared is known not to be new; a rule that asks is told so, and `introduced` has them all.
    let mut evidence = Evidence::clone(&evidence());
    evidence.sources.retain(|source| source.kind != EvidenceKind::Baseline);
    let evidence = Arc::new(evidence);
    for asks in ["change.findings.compared(\"new\")", "change.gone_findings"] {
        let outcome = run_on(&format!("for f in {asks} {{ violation(f, f.message); }}"), &evidence);
        assert!(outcome.incomplete || outcome.outcome == Outcome::Undecided, "{asks}: {:?}", outcome.outcome);
    }
    let outcome = run_on("for f in change.findings.introduced() { note(f.path); }", &evidence);
    assert_eq!((outcome.outcome, outcome.incomplete, outcome.notes.len()), (Outcome::Satisfied, false, 2));
}

#[test]
fn what_the_upload_says_is_there_to_be_asked_and_changes_nothing_by_itself() {
    counts("change.findings.baseline_state(\"unstated\").count()", "3");
    counts("change.findings.baseline_state([\"new\", \"updated\"]).count()", "0");
    counts("change.findings.suppressed().count()", "0");
    counts("change.findings.severity_from(\"security-severity\").count()", "3");
    counts("change.findings.severity_from([\"level\", \"producer\"]).count()", "0");
    counts("change.findings.kind(\"fail\").count()", "3");
    let outcome = run("for f in change.findings { if f.suppression == \"no\" && f.baseline_state == \"unstated\" && \
                       f.severity_from == \"security-severity\" && f.kind == \"fail\" { note(f.fingerprint); } }");
    assert_eq!((outcome.outcome, outcome.notes.len()), (Outcome::Satisfied, 3), "{}", outcome.reason);
}

#[test]
fn a_finding_without_a_place_lies_under_every_glob_and_outside_of_every_glob() {
    counts("change.findings.under([\"src/auth/**\"]).count()", "2");
    counts("change.findings.not_under(\"src/**\").count()", "1");
    counts("change.findings.in_files(change.files).count()", "2");
}

#[test]
fn a_renamed_file_lies_under_both_of_its_paths() {
    counts("change.files.under(\"old/**\").count()", "1");
    counts("change.files.under(\"src/new/**\").count()", "1");
    counts("change.files.not_under([\"old/**\"]).count()", "2");
}

#[test]
fn items_are_typed_and_iterable() {
    let outcome = run(r#"
        for f in change.findings.severity_at_least("critical") {
            violation(f, `${f.rule} in ${f.path}:${f.line} is ${f.severity}: ${f.message}`).risk("critical").remedy("x");
        }
        for f in change.files { if f.status == "renamed" && f.kind == "source" { violation(f, f.previous_path); } }
    "#);
    assert_eq!(outcome.outcome, Outcome::Violated);
    let messages: Vec<&str> = outcome.violations.iter().map(|violation| violation.message.as_str()).collect();
    assert_eq!(messages, ["js/xss in src/auth/login.js:7 is critical: reflected", "old/name.js"]);
}

#[test]
fn words_compare_by_their_order_and_only_with_words() {
    let holds = r#"
        for f in change.findings {
            if f.severity >= "high" && f.severity > "medium" && f.severity in ["high", "critical"] { note(f.rule); }
            if f.severity == params.severity { note("exactly"); }
        }
    "#;
    assert_eq!(run(holds).notes, ["exactly", "generic-api-key", "js/xss"]);
}

/// The script, and what its diagnostic says.
const ERRORED: &[(&str, Code, &str)] = &[
    ("let word = hide(\"hihg\"); for f in change.findings { if f.severity == word { } }", Code::UnknownWord, "`hihg`"),
    ("hide(change.findings.severity_at_least(hide(\"hihg\")));", Code::UnknownWord, "expected one of"),
    ("for f in change.findings { if f.severity in hide([\"high\", \"hihg\"]) { } }", Code::UnknownWord, "`hihg`"),
    (
        "for f in change.findings { if f.line == hide(\"7\") { } }",
        Code::TypeMismatch,
        "can't compare a number with a text",
    ),
    ("for f in change.findings { if f.severity == hide(9) { } }", Code::TypeMismatch, "found a number"),
    ("for f in change.findings { if f.severity == hide(f.level) { } }", Code::TypeMismatch, "expected a severity"),
    ("for f in change.files { if hide(f.status) > \"added\" { } }", Code::TypeMismatch, "has no order"),
    ("let none = hide([()]); if change.findings.count() == none[0] { }", Code::TypeMismatch, "with nothing"),
    ("if hide(4) > \"0\" { }", Code::TypeMismatch, "a number with a text"),
    ("hide(change.files.under(hide(\"/src\")));", Code::MalformedGlob, "matches nothing"),
    ("hide(change.findings.under(hide(7)));", Code::TypeMismatch, "expected a text"),
    ("for f in change.findings { note(hide(f).purl); }", Code::UnknownProperty, "a Finding has no property `purl`"),
    ("for f in change.files { note(hide(f).message); }", Code::UnknownProperty, "a File has no property `message`"),
    ("violation(hide(7), \"x\");", Code::BadArguments, "expected an item"),
    ("violation(change, hide(7));", Code::BadArguments, "violation"),
    ("not_applicable(hide(\"\"));", Code::BadArguments, "needs a reason"),
    ("assess(hide(\"vulnerabilitys\"), \"high\", \"x\");", Code::UnknownWord, "vulnerabilitys"),
    ("hide(change.findings.group_by(hide(\"sevrity\")));", Code::UnknownWord, "can't group by"),
    ("hide(change.findings.count())", Code::ReturnedValue, "gave a number back"),
    ("loop { }", Code::LimitExceeded, "operations"),
    ("let _a = []; loop { _a.push(1); }", Code::LimitExceeded, "limit"),
    ("let f = |x| { loop { } }; [1].map(f);", Code::LimitExceeded, "operations"),
    ("let s = \"aaaaaaaa\"; for i in 0..40 { s += s; }", Code::LimitExceeded, "limit"),
    (
        "let s = \"\"; s.pad(60000, \"a\"); let t = s; s.replace(\"a\", t); hide(s);",
        Code::LimitExceeded,
        "`replace` would make",
    ),
    ("loop { hide(change.findings.introduced()); }", Code::LimitExceeded, "operations"),
    ("for i in 0..20000 { note(`${i}`); }", Code::LimitExceeded, "more than"),
    ("hide(1 / 0);", Code::ScriptError, "zero"),
    ("hide(\"x\" + hide([()])[0]);", Code::TypeMismatch, "`+` does not go with a text and nothing"),
    ("hide(hide([()])[0] + \"x\");", Code::TypeMismatch, "`+` does not go with nothing and a text"),
    ("let s = \"x\"; s += hide([()])[0]; hide(s);", Code::TypeMismatch, "`+` does not go with a text and nothing"),
    ("let s = \"x\"; s.append(hide([()])[0]); hide(s);", Code::TypeMismatch, "`+` does not go with a text and nothing"),
    ("hide(hide(1) + \"1\");", Code::TypeMismatch, "`+` does not go with a number and a text"),
    ("hide(hide(false) + \"1\");", Code::TypeMismatch, "`+` does not go with true or false and a text"),
    ("hide(hide([1]) + \"1\");", Code::TypeMismatch, "`+` does not go with an array and a text"),
    ("hide(hide(change.findings) + \"1\");", Code::TypeMismatch, " and a text"),
    ("hide(\"1\" + hide(change.findings));", Code::TypeMismatch, "`+` does not go with a text and"),
    ("hide(\"1\" + hide([\"a\"]));", Code::TypeMismatch, "`+` does not go with a text and an array"),
    ("hide(\"1\" + hide(#{ a: 1 }));", Code::TypeMismatch, "`+` does not go with a text and a map"),
    ("let s = \"x\"; s += hide(change.findings); hide(s);", Code::TypeMismatch, "`+` does not go with a text and"),
    ("hide(hide(1) + hide(true));", Code::TypeMismatch, "`+` does not go with a number and true or false"),
    ("hide(hide(\"a\") * hide(2));", Code::TypeMismatch, "`*` does not go with a text and a number"),
    ("hide([1, 2].filter(|n| hide(n)));", Code::TypeMismatch, "the function for `filter` gave a number, expected true"),
    ("hide([\"a\"].some(|s| hide(s)));", Code::TypeMismatch, "the function for `some` gave a text"),
    ("hide([\"a\"].all(|s| hide([()])[0]));", Code::TypeMismatch, "the function for `all` gave nothing"),
    ("hide([1].find(|n| hide(n)));", Code::TypeMismatch, "the function for `find` gave a number"),
    ("hide([0, 1].find(|n| hide(n), 1));", Code::TypeMismatch, "the function for `find` gave a number"),
    ("hide([1].index_of(|n| hide(n)));", Code::TypeMismatch, "the function for `index_of` gave a number"),
    ("let a = [1]; hide(a.drain(|n| hide(n))); hide(a);", Code::TypeMismatch, "the function for `drain` gave a number"),
    ("let a = [1]; a.retain(|n| hide(n)); hide(a);", Code::TypeMismatch, "the function for `retain` gave a number"),
    ("hide(#{ a: 1 }.filter(|k, v| hide(v)));", Code::TypeMismatch, "the function for `filter` gave a number"),
    ("let m = #{ a: 1 }; hide(m.drain(|k, v| hide(v))); hide(m);", Code::TypeMismatch, "for `drain` gave a number"),
    ("let m = #{ a: 1 }; hide(m.retain(|k| hide(k))); hide(m);", Code::TypeMismatch, "for `retain` gave a text"),
    ("hide([1, 2].filter(|n| hide(n) > \"1\"));", Code::TypeMismatch, "can't compare a number with a text"),
    ("hide([1].filter(|n| { while hide(true) { } true }));", Code::LimitExceeded, "operations"),
];

#[test]
fn what_can_be_read_goes_behind_a_text() {
    for (expression, expected) in [
        ("hide(\"a\") + hide(\"b\")", "ab"),
        ("hide(\"a\") + hide('b')", "ab"),
        ("hide('a') + hide(\"b\")", "ab"),
        ("hide(\"a\") + hide(1)", "a1"),
        ("hide(\"a\") + hide(1.5)", "a1.5"),
        ("hide(\"a\") + hide(true)", "atrue"),
        ("hide(\"a\") + hide([1, 2])", "a[1, 2]"),
        ("hide(\"a\") + hide(date(\"2027-01-01\"))", "a2027-01-01"),
        ("hide(\"a\") + hide(params.severity)", "ahigh"),
        ("hide(params.severity) + hide(\"a\")", "higha"),
    ] {
        for body in [format!("note(hide({expression}));"), format!("let s = \"\"; s += {expression}; note(s);")] {
            let outcome = run(&body);
            assert_eq!(outcome.notes, [expected], "{body}: {}", outcome.reason);
        }
    }
    let outcome = run("let s = \"a\"; s += hide('b'); s.append(hide(\"c\")); s.append(hide(4)); note(s);");
    assert_eq!(outcome.notes, ["abc4"], "{}", outcome.reason);
}

#[test]
fn functions_that_ask_a_function_go_by_its_answers() {
    let told = |body: &str| {
        let outcome = run(body);
        assert_eq!(outcome.outcome, Outcome::Satisfied, "{body}: {}", outcome.reason);
        outcome.notes
    };
    for (expression, expected) in [
        ("[1, 2, 3].filter(|n| n > 1)", "[2, 3]"),
        ("[1, 2, 3].filter(|n, i| i > 1)", "[3]"),
        ("[1, 2, 3].filter(|| this > 1)", "[2, 3]"),
        ("[].filter(|n| n)", "[]"),
        ("[1, 2].some(|n| n == 2)", "true"),
        ("[1, 2].some(|n| n == 3)", "false"),
        ("[].some(|n| n == 3)", "false"),
        ("[1, 2].all(|n| n > 0)", "true"),
        ("[1, 2].all(|n| n > 1)", "false"),
        ("[].all(|n| n > 1)", "true"),
        ("[1, 2, 3].find(|n| n > 1)", "2"),
        ("[1, 2, 3].find(|n| n > 1, -1)", "3"),
        ("[1, 2, 3].index_of(|n| n > 1)", "1"),
        ("[1, 2, 3].index_of(|n| n > 0, 2)", "2"),
        ("[1, 2, 3].index_of(|n| n > 0, 3)", "-1"),
        ("#{ a: 1, b: 2 }.filter(|k, v| v > 1)", "#{\"b\": 2}"),
        ("#{ a: 1, b: 2 }.filter(|k| k == \"a\" && this == 1)", "#{\"a\": 1}"),
    ] {
        assert_eq!(told(&format!("note(`${{hide({expression})}}`);")), [expected], "{expression}");
    }
    for (change, expected) in [
        ("let a = [1, 2, 3]; let b = a.drain(|n, i| n == 2 || i == 2);", "[1] [2, 3]"),
        ("let a = [1, 2, 3]; let b = a.retain(|n| n == 2);", "[2] [1, 3]"),
        ("let a = #{ x: 1, y: 2 }; let b = a.drain(|k, v| v == 2);", "#{\"x\": 1} #{\"y\": 2}"),
        ("let a = #{ x: 1, y: 2 }; let b = a.retain(|k| k == \"y\");", "#{\"y\": 2} #{\"x\": 1}"),
    ] {
        assert_eq!(told(&format!("{change} note(`${{hide(a)}} ${{hide(b)}}`);")), [expected], "{change}");
    }
}

#[test]
fn what_shows_only_when_it_runs_makes_the_rule_errored_at_its_place() {
    for (body, code, text) in ERRORED {
        let outcome = run(body);
        assert_eq!(outcome.outcome, Outcome::Errored, "{body}: {}", outcome.reason);
        let diagnostic = outcome.diagnostic.unwrap();
        assert_eq!(diagnostic.code, *code, "{body}: {diagnostic}");
        assert!(diagnostic.to_string().contains(text), "{body}: {diagnostic}");
        let place = diagnostic.place.clone().unwrap();
        assert_eq!(place.file, "packs/test/rules/r.rhai", "{body}");
        assert!(place.line > 0 && place.column > 0 && place.text.is_some(), "{body}: {diagnostic}");
    }
}

#[test]
fn one_errored_rule_leaves_the_others_alone_and_keeps_its_violations() {
    let bad = rule("violation(change, \"before\"); hide(1 / 0);");
    let good = rule("violation(change, \"good\");");
    let set = load(&[("rules/a-bad.rhai", &bad), ("rules/b-good.rhai", &good)]).unwrap();
    let outcomes = evaluate(&set, &evidence(), &Options::default());
    assert_eq!(outcomes[0].outcome, Outcome::Errored);
    assert_eq!(outcomes[0].violations[0].message, "before");
    assert_eq!(outcomes[1].outcome, Outcome::Violated);
}

/// The body of `check`, and what the diagnostic at load says.
const REFUSED: &[(&str, Code, &str)] = &[
    ("let x = ;", Code::SyntaxError, "3:9"),
    ("switch 1 { _ => 2 }", Code::SyntaxError, "misspelled word"),
    ("let x = () ?? 1;", Code::SyntaxError, "hides"),
    ("let x = change?.findings;", Code::SyntaxError, "hides"),
    ("try { } catch { }", Code::SyntaxError, "catch an error"),
    ("eval(\"1\");", Code::SyntaxError, "as a script"),
    ("undefined_name;", Code::SyntaxError, "undefined_name"),
    ("exit();", Code::UnknownFunction, "`exit`"),
    ("sleep(5);", Code::UnknownFunction, "`sleep`"),
    ("timestamp();", Code::UnknownFunction, "`timestamp`"),
    ("violatoin(change, \"x\");", Code::UnknownFunction, "did you mean `violation`?"),
    ("change.findings.severity_atleast(\"high\");", Code::UnknownFunction, "did you mean `severity_at_least`?"),
    ("change.findings.under();", Code::UnknownFunction, "takes 1 argument, found 0"),
    ("change.findngs.count();", Code::UnknownProperty, "did you mean `findings`?"),
    ("let n = change.findings.count;", Code::UnknownProperty, "write `count()`"),
    ("let n = change.findings();", Code::UnknownFunction, "without `()`"),
    ("if change.draft { note(change.titel); }", Code::UnknownProperty, "did you mean `title`?"),
    ("note(`${params.sevrity}`);", Code::UnknownParameter, "did you mean `severity`?"),
    ("if change.draft { change.findings.severity_at_least(\"hihg\"); }", Code::UnknownWord, "did you mean `high`?"),
    ("if change.draft { change.files.kind([\"source\", \"tset\"]); }", Code::UnknownWord, "did you mean `test`?"),
    ("for f in change.files { if f.status == \"modifed\" { } }", Code::UnknownWord, "did you mean `modified`?"),
    ("for t in change.tests { if t.status == \"pased\" { } }", Code::UnknownWord, "did you mean `passed`?"),
    ("for c in change.claims { if c.kind == \"bulet\" { } }", Code::UnknownWord, "did you mean `bullet`?"),
    ("if change.draft { change.files.under([\"src/[\"]); }", Code::MalformedGlob, "src/["),
    ("if change.draft { change.files.under(\"/src/**\"); }", Code::MalformedGlob, "write `src/**`"),
    ("note(global::NOTHING);", Code::UnknownProperty, "no constant `NOTHING`"),
    ("import \"x\" as x;", Code::UnknownModule, "at the top"),
];

#[test]
fn what_can_be_known_without_running_is_refused_at_load() {
    for (body, code, text) in REFUSED {
        let mistakes = load(&[("rules/r.rhai", &rule(body))]).map(|_| ()).expect_err(body);
        let shown = mistakes[0].to_string();
        assert_eq!(mistakes[0].code, *code, "{body}: {shown}");
        assert!(shown.contains(text), "{body}: {shown}");
        assert!(mistakes[0].place.as_ref().is_some_and(|place| place.line > 0), "{body}: {shown}");
    }
}

#[test]
fn broken_metadata_is_refused_with_its_place() {
    let with =
        |from: &str, to: &str| format!("{}\nfn check(change, params) {{ note(\"x\"); }}\n", META.replace(from, to));
    let cases = [
        (with("title: \"t\", ", ""), "no `title`"),
        (with("hard-mandatory", "hard"), "unknown enforcement `hard`"),
        (with("hard-mandatory", "soft-mandatory"), "needs `approvers`"),
        (with("category: \"process\"", "category: \"proces\""), "did you mean `process`?"),
        (with("\"findings\"", "\"finding\""), "did you mean `findings`?"),
        (with("title:", "titel:"), "unknown metadata `titel`"),
        (with("risk: \"high\"", "risk: 7"), "`risk` has to be a text"),
        (with("needs: [\"findings\"]", "needs: \"findings\""), "array of texts"),
        (
            with("risk: \"high\"", "risk: \"high\", effective_on: \"2207-01-01\""),
            "in the year 2207, expected one up to 2100",
        ),
        ("fn check(change, params) { note(\"x\"); }".to_owned(), "no metadata"),
        (format!("{META}\nfn check(change) {{ }}"), "takes 1 parameters"),
        (META.to_owned(), "no `fn check(change, params)`"),
        (format!("{META}\nlet x = 1;\nfn check(change, params) {{ note(\"x\"); }}"), "outside of functions"),
        (
            format!("{META}\nfn violation(a, b) {{ }}\nfn check(change, params) {{ note(\"x\"); }}"),
            "which is a host function",
        ),
        (
            format!("{META}\nimport \"missing\" as m;\nfn check(change, params) {{ note(\"x\"); }}"),
            "no module `missing`",
        ),
    ];
    for (text, expected) in cases {
        let mistakes = load(&[("rules/r.rhai", &text)]).map(|_| ()).expect_err(expected);
        let shown: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        assert!(shown.iter().any(|line| line.contains(expected)), "{expected}: {shown:?}");
    }
}

#[test]
fn mistakes_of_the_metadata_are_told_before_those_of_what_the_rule_does() {
    let script = "const RULE = #{ title: \"t\", category: \"proces\", enforcement: \"advisory\", risk: \"low\" };\nfn check(change, params) { print(change.titel); }";
    let nothing = "fn check(change, params) { }";
    let told = |script: &str| {
        let mistakes = load(&[("rules/r.rhai", script)]).unwrap_err();
        mistakes.iter().map(|mistake| mistake.code).collect::<Vec<_>>()
    };
    assert_eq!(told(script), [Code::UnknownWord, Code::BrokenMetadata, Code::UnknownProperty]);
    assert_eq!(told(nothing), [Code::BrokenMetadata, Code::NoEffect]);
}

#[test]
fn a_pack_is_refused_for_what_would_silently_not_be_there() {
    let good = rule("");
    let refused = |files: &[(&str, &str)], expected: &str| {
        let mistakes = load(files).map(|_| ()).expect_err(expected);
        let shown: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        assert!(shown.iter().any(|line| line.contains(expected)), "{expected}: {shown:?}");
    };
    refused(&[], "the pack has no rules");
    refused(&[("rules/sub/r.rhai", &good)], "would never run");
    refused(&[("r.rhai", &good)], "would never run");
    refused(&[("rules/r.rhai", &good), ("rules/s.rhia", &good)], "expected a rule, `rules/<id>.rhai`");
    refused(&[("rules/r.rhai", &good), ("lib/s.rhia", "")], "expected a module, `lib/<name>.rhai`");
    refused(&[("rules/r.rhai", &good), ("rule/s.rhai", &good)], "nothing in `rule/` would ever be read");
    load(&[("rules/r.rhai", &good), ("README.md", "text"), ("docs/x.md", "text")]).unwrap();
    let toml = |text: &str| format!("{PACK}\n{text}");
    refused(&[("rules/r.rhai", &good), ("pack.toml", &toml("[rules.x]\nenforcement = \"advisory\""))], "no rule `x`");
    refused(&[("rules/r.rhai", &good), ("pack.toml", &toml("[ruls.r]"))], "unknown key");
    refused(&[("rules/r.rhai", &good), ("pack.toml", &toml("[evidence.finding]"))], "unknown");
    refused(&[("rules/r.rhai", &good), ("pack.toml", &toml("[rules.r.parameters]\nlimt = 3"))], "no parameter `limt`");
    refused(
        &[("rules/r.rhai", &good), ("pack.toml", &toml("[rules.r.parameters]\nlimit = \"x\""))],
        "expected an integer",
    );
    refused(
        &[("rules/r.rhai", &good), ("pack.toml", &toml("[risk.high]\napprovals = [{ from = [\"tam:x\"] }]"))],
        "`tam:x`",
    );
    refused(&[("rules/r.rhai", &good), ("pack.toml", &toml("[risk.high]"))], "`[risk.high]` says nothing");
    refused(
        &[("rules/r.rhai", &good), ("pack.toml", &toml("[risk.high]\napprovals = []"))],
        "`[risk.high]` says nothing",
    );
    let twice = PolicySet::load(&[pack(&[("rules/r.rhai", &good)]), pack(&[("rules/r.rhai", &good)])], &[]).unwrap();
    assert_eq!((twice.packs().len(), twice.rules().len()), (1, 1), "the same pack counts once");
    let mut other = pack(&[("rules/s.rhai", &good)]);
    other.origin = "packs/other".to_owned();
    let twice = PolicySet::load(&[pack(&[("rules/r.rhai", &good)]), other], &[]).unwrap_err();
    assert!(twice.iter().any(|mistake| mistake.to_string().contains("is there twice")), "{twice:?}");
}

#[test]
fn parameters_move_only_as_far_as_the_pack_lets_them() {
    let text = rule("note(`${params.severity} ${params.limit}`);");
    let load = |parameters: &[(&str, &str)]| {
        let parameters: Vec<(String, String)> =
            parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        PolicySet::load(&[pack(&[("rules/r.rhai", &text)])], &parameters)
    };
    let set = load(&[("severity", "low")]).unwrap();
    assert_eq!(evaluate(&set, &evidence(), &Options::default())[0].notes, ["low 3"]);
    assert_eq!(set.rules()[0].meta.set_by["parameters.severity"].to_string(), "--param");
    for (name, value, expected) in [
        ("severity", "critical", "only to a lower value"),
        ("severity", "hihg", "unknown severity"),
        ("limit", "4", "neither `stricter` nor `tunable`"),
        ("limt", "4", "no pack has a parameter `limt`"),
    ] {
        let mistakes = load(&[(name, value)]).unwrap_err();
        assert!(mistakes[0].to_string().contains(expected), "{name}={value}: {}", mistakes[0]);
    }
}

#[test]
fn modules_of_the_pack_can_be_imported_and_their_errors_have_their_place() {
    let library = "fn loud(text) { text + \"!\" }\nfn broken(x) {\n  1 / x\n}\nfn worse(f) { f.nothing }\n";
    let with = |body: &str| format!("import \"words\" as words;\nconst LIMIT = 2;\n{}", rule(body));
    let set = load(&[
        ("lib/words.rhai", &library.replace("fn worse(f) { f.nothing }", "")),
        ("rules/r.rhai", &with("note(words::loud(`${global::LIMIT}`)); hide(words::broken(0));")),
    ])
    .unwrap();
    let outcome = evaluate(&set, &evidence(), &Options::default()).remove(0);
    assert_eq!(outcome.notes, ["2!"]);
    let place = outcome.diagnostic.unwrap().place.unwrap();
    assert_eq!((place.file.as_str(), place.line), ("packs/test/lib/words.rhai", 3));
    for (files, expected) in [
        (vec![("lib/words.rhai", library.to_owned()), ("rules/r.rhai", with(""))], "a property `nothing`"),
        (
            vec![("lib/words.rhai", "fn a() { }".to_owned()), ("rules/r.rhai", with("words::b();"))],
            "no function `words::b`",
        ),
        (vec![("lib/words.rhai", "import \"words\" as w;".to_owned()), ("rules/r.rhai", with(""))], "in a circle"),
        (vec![("lib/words.rhai", "note(1);".to_owned()), ("rules/r.rhai", with(""))], "outside of functions"),
    ] {
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let mistakes = load(&files).map(|_| ()).expect_err(expected);
        assert!(mistakes.iter().any(|mistake| mistake.to_string().contains(expected)), "{expected}: {mistakes:?}");
    }
}

#[test]
fn incomplete_evidence_is_never_satisfied_whether_declared_or_only_read() {
    let mut lacking = Evidence::clone(&evidence());
    lacking.sources.retain(|source| source.kind != EvidenceKind::Findings);
    let lacking = Arc::new(lacking);
    for (body, outcome) in [
        ("", Outcome::Undecided),
        ("not_applicable(\"nothing to see\");", Outcome::Undecided),
        ("violation(change, \"x\");", Outcome::Violated),
        ("hide(1 / 0);", Outcome::Errored),
    ] {
        let found = run_on(body, &lacking);
        assert_eq!(found.outcome, outcome, "{body}");
        assert!(found.incomplete, "{body}");
    }
    // `needs` says nothing of dependencies, but the rule looks at them.
    let found = run_on("let _n = change.dependencies.count();", &evidence());
    assert_eq!((found.outcome, found.incomplete), (Outcome::Undecided, true));
    assert!(found.reason.contains("dependencies are missing"), "{}", found.reason);
}

#[test]
fn not_applicable_is_said_by_the_rule_with_a_reason() {
    let outcome = run("not_applicable(\"only docs changed\");");
    assert_eq!(
        (outcome.outcome, outcome.reason.as_str(), outcome.ran),
        (Outcome::NotApplicable, "only docs changed", true)
    );
}

#[test]
fn without_is_honoured_only_where_the_pack_says_so_and_nothing_was_supplied() {
    let text = rule("");
    let allowing = format!("{PACK}\n[evidence.findings]\nmay_lack = true\n");
    let mut lacking = Evidence::clone(&evidence());
    lacking.sources.retain(|source| source.kind != EvidenceKind::Findings);
    let lacking = Arc::new(lacking);
    let options = Options { without: vec![EvidenceKind::Findings], ..Options::default() };
    let strict = load(&[("rules/r.rhai", &text)]).unwrap();
    assert_eq!(evaluate(&strict, &lacking, &options)[0].outcome, Outcome::Undecided);
    let lenient = load(&[("rules/r.rhai", &text), ("pack.toml", &allowing)]).unwrap();
    let outcome = evaluate(&lenient, &lacking, &options).remove(0);
    assert_eq!((outcome.outcome, outcome.ran), (Outcome::NotApplicable, false));
    assert_eq!(evaluate(&lenient, &evidence(), &options)[0].outcome, Outcome::Satisfied);
}

#[test]
fn an_expected_tool_that_is_absent_is_missing() {
    let text = rule("");
    let toml = format!("{PACK}\n[evidence.findings]\nexpect = [\"codeql\", \"Semgrep\"]\n");
    let set = load(&[("rules/r.rhai", &text), ("pack.toml", &toml)]).unwrap();
    let mut one = Evidence::clone(&evidence());
    one.sources[0].tool = Some("CodeQL".to_owned());
    let missing = set.missing_sources(&one);
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].tool.as_deref(), Some("Semgrep"));
    assert_eq!(evaluate(&set, &Arc::new(one), &Options::default())[0].outcome, Outcome::Undecided);
}

#[test]
fn limits_can_be_set_and_count_callbacks() {
    let text = rule("let n = 0; for i in 0..200 { n += i; } hide(n);");
    let limits = Limits { operations: 100, ..Limits::default() };
    let set = PolicySet::load_with(&[pack(&[("rules/r.rhai", &text)])], &[], limits).unwrap();
    assert_eq!(evaluate(&set, &evidence(), &Options::default())[0].outcome, Outcome::Errored);
}

#[test]
fn the_order_of_rules_and_evaluating_twice_change_nothing() {
    let a = rule("for f in change.findings { violation(f, f.message); note(f.rule); }");
    let b = rule("violation(change, \"b\"); violation(change, \"a\"); violation(change, \"b\");");
    let set = load(&[("rules/a.rhai", &a), ("rules/b.rhai", &b)]).unwrap();
    let first = evaluate(&set, &evidence(), &Options::default());
    assert_eq!(first, evaluate(&set, &evidence(), &Options::default()));
    assert_eq!(first[1].violations.len(), 2, "equal violations are one");
}

#[test]
fn the_reference_of_host_functions_is_up_to_date() {
    let docs = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/docs"));
    let pages = tollgate::policy::host_reference();
    for page in &pages {
        let path = docs.join(&page.path);
        if std::env::var_os("TOLLGATE_BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap_or(docs)).unwrap();
            std::fs::write(&path, &page.text).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == page.text, "{} is stale: run the tests once with TOLLGATE_BLESS=1", page.path);
    }
    for entry in std::fs::read_dir(docs.join("reference")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(pages.iter().any(|page| page.path == format!("reference/{name}")), "docs/reference/{name} is no page");
    }
}

#[test]
fn every_pack_inside_the_binary_loads() {
    for name in PackFiles::builtin_names() {
        let files = PackFiles::builtin(name).unwrap();
        let set = PolicySet::load(&[files], &[]).unwrap_or_else(|mistakes| panic!("{name}: {}", mistakes[0]));
        assert!(!set.rules().is_empty() && (name != "baseline" || set.rules().len() >= 12), "{name}");
        for outcome in evaluate(&set, &evidence(), &Options::default()) {
            assert!(outcome.diagnostic.is_none(), "{:?}", outcome.diagnostic);
        }
    }
}
