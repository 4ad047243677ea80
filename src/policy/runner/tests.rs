use std::sync::Arc;

use rhai::{AST, Caches, Dynamic, Map, Scope};

use super::shown::FIRST_COLLECTION;
use super::{Body, call};
use crate::evidence::{Evidence, EvidenceKind, FileChange, FileKind, FileStatus, Source};
use crate::policy::host::{ChangeView, RuleRun, Store, signatures};
use crate::policy::mentions::Mentions;
use crate::policy::modules::Modules;
use crate::policy::sandbox::Sandbox;
use crate::policy::{BUILTIN_CATEGORIES, Limits};

/// A script as it is kept where it has nothing but functions.
fn compiled(sandbox: &Sandbox, text: &str) -> AST {
    let mut script = sandbox.compiler().compile(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    script.set_source("r.rhai").clear_statements();
    script
}

/// What came of a script three times in a row, what it said and asked for, and how many operations it took.
fn outcomes(script: &AST, sandbox: &Sandbox, mut body: Option<Body>, of_evidence: bool) -> Vec<String> {
    let runner = sandbox.runner(&Modules::default());
    let store = Store::new(Arc::new(evidence()), Arc::clone(&runner.meter), Arc::clone(&runner.globs), None);
    runner.shown.set(Some(Arc::clone(&store)));
    let (mut caches, mut scope) = (Caches::new(), Scope::new());
    let mut again = |_: usize| {
        let categories = BUILTIN_CATEGORIES.iter().map(|name| (*name).to_owned()).collect();
        let run = Arc::new(RuleRun::new(categories, Arc::clone(&runner.meter)));
        let mut global = runner.engine.new_global_runtime_state();
        global.lib.push(script.shared_lib().clone());
        global.source = Some("rules/a.rhai".into());
        global.tag = Dynamic::from(Arc::clone(&run));
        runner.meter.begin_rule();
        store.forget_read();
        let view = Dynamic::from(ChangeView::new(Arc::clone(&store)));
        let mut change = if of_evidence { view } else { Dynamic::from(3_i64) };
        let parameters = Dynamic::from_map(Map::new());
        let returned = match &mut body {
            Some(body) => {
                body.begin(&mut global);
                body.run(&runner.engine, &mut global, &mut caches, &mut change, parameters)
            }
            None => call(&runner.engine, &mut global, &mut caches, &mut scope, &mut change, parameters),
        };
        scope.clear();
        let (effects, operations) = (std::mem::take(&mut *run.effects()), runner.meter.used());
        if returned.is_err() {
            // As where rules run.
            (body, caches) = (body.take().and(Body::of(script)), Caches::new());
        }
        format!("{returned:?} {effects:?} {operations} {:?}", store.kinds_read())
    };
    (0..3).map(&mut again).collect()
}

#[test]
fn statements_do_count_and_say_what_the_function_does() {
    let functions = "fn twice(x) { x * 2 } fn deep(x) { if x > 0 { deep(x - 1) + 1 } else { 0 } } fn spin() { loop {} }\n\
                     fn grow(x) { let a = x; let b = a; let c = b; c } fn len(x) { 99 } fn fails(x) { [1][x + 7] }\n";
    let bodies = [
        "note(`${twice(change)} ${change.twice()}`);",
        "let list = [1, 2, 3]; note(`${list.len()} ${len(list)} ${list.map(|x| x.twice()).len()}`);",
        "for i in 0..5 { if i == 3 { break; } note(`${i} ${\"a\" in [\"a\", \"b\"]} ${!(i in [1])}`); }",
        "let i = 0; while i < 4 { i += 1; if i == 2 { continue; } note(i.to_string()); } do { i -= 1 } until i < 2;",
        "if change > 2 { return; } note(\"never\");",
        "return change + 1;",
        "change",
        "change = \"gone\"; note(change);",
        "const LIMIT = 2; { const LIMIT = 3; note(`${LIMIT}`); } note(`${LIMIT} ${params.len()}`);",
        "params.a = #{ b: [change, \"x\".to_upper()] }; note(params.a.b[1].sub_string(0, 1));",
        "let text = \"a\" + change + `b${-change}` + (change > 1 && true || false); note(text);",
        "let f = |x| x + twice(x); note(`${f.call(2)} ${call(f, 3)}`);",
        "let map = #{ f: |x| x * 5 }; note(`${map.f(2)}`);",
        "note(`${[1, 2][change]}`);",
        "note(`${\n  fails(change)}`);",
        "note(`${change.unknown()}`);",
        "note(`${change.unknown}`);",
        "note(`${unknown(1, \"a\")}`);",
        "note(`${change == \"3\"}`);",
        "note(`${1 / 0}`);",
        "note(`${deep(20)}`);",
        "note(`${deep(40)}`);",
        "note(`${deep(500)}`);",
        "loop {}",
        "spin();",
        "let n = 0; while n < 1000000 { n += 1; }",
        "let text = \"0123456789\"; loop { text += text; }",
        "let list = [1]; loop { list += list; }",
        "let a = 1; let b = 2; let c = 3; let d = 4; note(`${grow(1)} ${a + b + c + d}`);",
        "check(1, 2);",
        "if change > 0 { check(change - 1, params); fails(1); }",
        "[3, 1, 2].for_each(|x| note(`${x} ${this}`)); let l = [3, 1]; l.sort(); note(`${l}`);",
        "assess(\"unheard of\", \"high\", \"because\");",
        "not_applicable(\"\");",
    ];
    for limits in [
        Limits { operations: 3_000, ..Limits::default() },
        Limits { operations: 30, ..Limits::default() },
        Limits {
            operations: 3_000,
            variables: 6,
            call_depth: 30,
            text_bytes: 64,
            array_elements: 40,
            ..Limits::default()
        },
    ] {
        let sandbox = Sandbox::new(limits, Mentions::all());
        for text in bodies {
            let text = format!("{functions}fn check(change, params) {{\n {text}\n}}");
            let script = compiled(&sandbox, &text);
            let body = Body::of(&script);
            assert!(body.is_some(), "{text}");
            assert_eq!(outcomes(&script, &sandbox, body, false), outcomes(&script, &sandbox, None, false), "{text}");
        }
    }
}

/// Three files, one of them deleted.
fn evidence() -> Evidence {
    let file = |path: &str, status| FileChange::at(path.to_owned(), status, FileKind::Source);
    Evidence {
        files: vec![
            file("a/b.rs", FileStatus::Modified),
            file("a/c.rs", FileStatus::Deleted),
            file("d.rs", FileStatus::Added),
        ],
        sources: vec![Source::complete(EvidenceKind::Files)],
        ..Evidence::default()
    }
}

#[test]
fn collections_of_the_change_are_asked_for_as_its_properties_are() {
    let functions = "fn other(change) { change.files.count() }\n";
    let bodies = [
        "note(`${change.files.count()} ${change.files.under(\"a/**\").deleted().any()}`);",
        "for f in change.files.under(\"a/**\") { note(f.path); } for f in change.files { note(f.path); }",
        "if change.files.any() && change.findings.is_empty() { violation(change, \"a\"); }",
        "let files = change.files; note(`${files.count()} ${files.added().count()} ${other(change)}`);",
        "note(`${change.files.top(1, \"added\").count()}`); change.files.and(change.files.added()).count()",
        "note(`${change.dependencies.count()}`); change.files.under(1)",
        "change.files.under(\"[\").any()",
        "change.files.under(fails()).any()",
        "change.files.unknown()",
        "change.files.unknown.any()",
        "change.unknown.any()",
        "change.labels.len()",
        "change.files[0].path",
        "change = #{ files: [1, 2] }; note(`${change.files.len()}`);",
        "let change = #{ files: [1, 2] }; note(`${change.files.len()}`);",
        "{ let change = [1]; note(`${change.files.len()}`); }",
        "for change in [#{ files: [1, 2] }] { note(`${change.files.len()}`); }",
        "for (f, change) in change.files { note(`${change.files.len()}`); }",
        "let params = change; note(`${params.files.count()}`);",
        "change.files = change.files; change.files.count()",
    ];
    for operations in [3, 5, 8, 13, 1_000] {
        let sandbox = Sandbox::new(Limits { operations, ..Limits::default() }, Mentions::all());
        for text in bodies {
            let text = format!("{functions}fn check(change, params) {{\n {text}\n}}");
            let script = compiled(&sandbox, &text);
            let body = Body::of(&script);
            assert!(body.is_some(), "{text}");
            // How far an expression came that an error ended is not the same.
            let shown = |outcome: String| match outcome.split_once(" Effects {") {
                Some((error, _)) if error.starts_with("Err(") => error.to_owned(),
                _ => outcome,
            };
            let shown = |outcomes: Vec<String>| -> Vec<String> { outcomes.into_iter().map(shown).collect() };
            let (own, called) = (outcomes(&script, &sandbox, body, true), outcomes(&script, &sandbox, None, true));
            assert_eq!(shown(own), shown(called), "{text}");
        }
    }
}

#[test]
fn every_example_of_the_reference_does_and_asks_for_what_it_does_as_a_function() {
    let sandbox = Sandbox::new(Limits::default(), Mentions::all());
    let mut of_collections = 0;
    // The index of any of them begins with these digits.
    let collection = (FIRST_COLLECTION / 100).to_string();
    for example in signatures().map(|signature| signature.example).filter(|example| !example.is_empty()) {
        let text = format!("fn check(change, params) {{\n {example}\n}}");
        let script = compiled(&sandbox, &text);
        let without_counts = |outcomes: Vec<String>| -> Vec<String> {
            let counts = |part: &&str| part.parse::<u64>().is_err();
            outcomes.iter().map(|one| one.split(' ').filter(counts).collect::<Vec<_>>().join(" ")).collect()
        };
        let (own, called) = (Body::of(&script), outcomes(&script, &sandbox, None, true));
        of_collections += usize::from(format!("{own:?}").contains(&collection));
        assert_eq!(without_counts(outcomes(&script, &sandbox, own, true)), without_counts(called), "{text}");
    }
    assert!(of_collections > 100, "{of_collections}");
}

#[test]
fn nothing_is_counted_for_setting_a_collection_where_what_it_gave_may_have_been_changed() {
    let sandbox = Sandbox::new(Limits::default(), Mentions::all());
    let text = "fn check(change, params) { change.files.group_by(\"status\").len() }";
    let script = compiled(&sandbox, text);
    let counted = |body| -> Vec<(String, u64)> {
        let outcomes = outcomes(&script, &sandbox, body, true).into_iter();
        let parts = |outcome: String| {
            let (before, operations) = outcome.trim_end_matches(" [Files]").rsplit_once(' ').unwrap();
            (before.to_owned(), operations.parse().unwrap())
        };
        outcomes.map(parts).collect()
    };
    for (own, called) in counted(Body::of(&script)).into_iter().zip(counted(None)) {
        assert_eq!((&own.0, own.1 + 2), (&called.0, called.1));
    }
}

#[test]
fn what_a_function_puts_in_the_place_of_the_change_is_asked() {
    let sandbox = Sandbox::new(Limits::default(), Mentions::all());
    let text = "fn swap() { if true { this = #{ files: [1, 2] }; } }\n\
                fn check(change, params) { change.swap(); note(`${change.files.len()}`); }";
    let script = compiled(&sandbox, text);
    let own = outcomes(&script, &sandbox, Body::of(&script), true);
    assert!(own.iter().all(|outcome| outcome.contains("notes: [\"2\"]")), "{own:?}");
    assert_eq!(own, outcomes(&script, &sandbox, None, true));
}
