//! What a policy set keeps between evaluations changes no outcome: the second is as the first, and as one of a set that was
//! loaded anew, whichever evidence, errors and threads came between.

use super::*;

/// Rules that keep different things: constants, imports, functions of their own, closures, errors and limits.
fn files() -> Vec<(String, String)> {
    let library = "fn helper(x) { x + 1000 }\nfn most(x) { helper(x) + helper(x + 1) }\n".to_owned();
    let of = |name: &str, text: String| (format!("rules/{name}.rhai"), text);
    vec![
        ("lib/counts.rhai".to_owned(), library),
        of(
            "constants",
            format!(
                "{META}\nconst WORDS = [\"src/**\", \"docs/**\"];\nfn check(change, params) {{\n\
                 if !change.findings.under(global::WORDS).is_empty() {{ note(`${{global::WORDS.len()}}`); }}\n}}\n"
            ),
        ),
        of(
            "imports",
            format!(
                "import \"counts\" as counts;\n{META}\nfn own(x) {{ x }}\nfn check(change, params) {{\n\
                 for f in change.findings {{ note(`${{own(1)}} ${{own(2)}} ${{own(3)}}`); }}\n\
                 note(`${{counts::most(1)}} ${{counts::most(2)}}`);\n}}\n"
            ),
        ),
        of(
            "helpers",
            format!(
                "{META}\nfn helper(x) {{ x * 2 }}\nfn check(change, params) {{ note(`${{helper(change.findings.count())}}`); }}\n"
            ),
        ),
        of(
            "other-helpers",
            format!(
                "{META}\nfn helper(x) {{ x * 3 }}\nfn check(change, params) {{ note(`${{helper(change.findings.count())}}`); }}\n"
            ),
        ),
        of("closures", rule("let few = [1, 2, 3].filter(|x| x > hide(1)); note(`${few.len()}`);")),
        of(
            "types",
            rule("let x = hide(1); for f in change.findings { x = hide(f.message); } if x == 1 { note(\"one\"); }"),
        ),
        of(
            "error",
            rule(
                "for f in change.findings { violation(f, f.message); }\nlet a = [1]; note(`${a[change.findings.count()]}`);",
            ),
        ),
        of("endless", rule("let n = 0; while change.findings.count() > n - n { n += 1; }")),
        of(
            "deep",
            format!(
                "{META}\nfn f(x) {{ if x > 0 {{ f(x - 1); }} }}\nfn check(change, params) {{ note(\"deep\"); f(change.findings.count() * 100); }}\n"
            ),
        ),
        of(
            "objects",
            rule(
                "for f in change.findings.severity_at_least(params.severity) { violation(f, \"bad\").risk(\"low\"); }",
            ),
        ),
    ]
}

fn fresh(limits: Limits) -> PolicySet {
    let files = files();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    PolicySet::load_with(&[pack(&files)], &[], limits).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

fn few() -> Limits {
    Limits { operations: 5_000, ..Limits::default() }
}

fn nothing() -> Arc<Evidence> {
    Arc::new(Evidence { sources: vec![Source::complete(EvidenceKind::Findings)], ..Evidence::default() })
}

fn ask(policy: &PolicySet, evidence: &Arc<Evidence>) -> Vec<RuleOutcome> {
    evaluate(policy, evidence, &Options::default())
}

#[test]
fn outcomes_do_not_depend_on_what_was_evaluated_before() {
    let (full, empty) = (evidence(), nothing());
    let expected = [ask(&fresh(few()), &full), ask(&fresh(few()), &empty)];
    let errored = expected[0].iter().filter(|outcome| outcome.outcome == Outcome::Errored).count();
    assert_eq!(errored, 4, "{:?}", expected[0].iter().map(|o| (&o.rule.id, o.outcome, &o.reason)).collect::<Vec<_>>());
    assert!(expected[1].iter().all(|outcome| outcome.outcome == Outcome::Satisfied || outcome.rule.id == "error"));
    for order in [[0, 0, 1, 1, 0], [1, 1, 1, 0, 0], [0, 1, 0, 1, 0], [1, 0, 0, 0, 1]] {
        let policy = fresh(few());
        for which in order {
            assert_eq!(ask(&policy, [&full, &empty][which]), expected[which]);
        }
    }
}

#[test]
fn outcomes_are_the_same_in_every_thread() {
    let policy = fresh(few());
    let (full, empty) = (evidence(), nothing());
    let expected = [ask(&fresh(few()), &full), ask(&fresh(few()), &empty)];
    std::thread::scope(|scope| {
        for thread in 0..4_usize {
            let (policy, full, empty, expected) = (&policy, &full, &empty, &expected);
            scope.spawn(move || {
                for round in 0..6 {
                    let which = (thread + round) % 2;
                    assert_eq!(ask(policy, [full, empty][which]), expected[which]);
                }
            });
        }
    });
}

#[test]
fn a_limit_ends_the_same_rules_at_every_evaluation() {
    let full = evidence();
    let mut ended = std::collections::BTreeSet::new();
    for operations in (1..120).step_by(3) {
        let limits = Limits { operations, ..Limits::default() };
        let policy = fresh(limits);
        let first = ask(&policy, &full);
        ended.insert(first.iter().filter(|outcome| outcome.outcome == Outcome::Errored).count());
        assert_eq!(ask(&policy, &full), first, "{operations}");
        assert_eq!(ask(&policy, &full), first, "{operations}");
    }
    assert!(ended.len() > 3, "{ended:?}");
}

#[test]
fn so_many_calls_inside_calls_as_the_limit_says_and_no_more() {
    let text = |calls: usize| {
        format!(
            "{META}\nfn f(x) {{ if x > 0 {{ f(x - 1); }} }}\nfn check(change, params) {{ note(\"deep\"); f({calls}); }}\n"
        )
    };
    let deepest = |call_depth: usize| {
        let limits = Limits { call_depth, ..Limits::default() };
        let ends_well = |calls: usize| {
            let text = text(calls);
            let policy = PolicySet::load_with(&[pack(&[("rules/r.rhai", &text)])], &[], limits).unwrap();
            ask(&policy, &nothing())[0].outcome == Outcome::Satisfied
        };
        (0..64).take_while(|calls| ends_well(*calls)).count()
    };
    let (ten, twelve) = (deepest(10), deepest(12));
    assert_eq!((ten, twelve), (10, 12));
}
