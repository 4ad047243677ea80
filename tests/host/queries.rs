//! Aggregates over selections, and selections as sets.

use proptest::prelude::*;
use tollgate::diagnostic::Code;
use tollgate::evaluate::Outcome;

use super::{errs, generate, gives, load, nothing, refused, run, run_on};

#[test]
fn aggregates_of_a_selection_are_what_a_loop_over_it_would_find() {
    for (expression, expected) in [
        ("change.files.sum(\"added\")", "29"),
        ("change.files.under(\"src/**\").sum(\"removed\")", "31"),
        ("change.files.max(\"added\")", "12"),
        ("change.files.min(\"added\")", "0"),
        ("change.files.under(\"src/**\").min(\"added\")", "12"),
        ("change.tests.max(\"attempts\")", "3"),
        ("change.coverage.sum(\"missed\")", "1"),
        ("change.files.under(\"nowhere/**\").sum(\"added\")", "0"),
        ("change.files.group_by(\"kind\").keys().len()", "3"),
        ("change.files.group_by(\"kind\")[\"source\"].sum(\"added\")", "24"),
        ("change.files.group_by(\"path\")[\"logo.png\"].count()", "1"),
        ("change.files.count_by(\"language\")[\"JavaScript\"]", "2"),
        ("change.files.count_by(\"language\")[\"\"]", "1"),
        ("change.findings.count_by(\"severity\")[\"high\"]", "2"),
        ("change.reviews.count_by(\"reviewer\")[\"bob\"]", "1"),
        ("change.claims.count_by(\"kind\")[\"bullet\"]", "1"),
        ("change.dependencies.group_by(\"change\")[\"added\"].count()", "2"),
        ("change.advisories.count_by(\"severity\")[\"unknown\"]", "1"),
        ("change.licences.count_by(\"expression\")[\"MIT\"]", "1"),
        ("change.files.any()", "true"),
        ("change.files.under(\"nowhere/**\").any()", "false"),
        ("change.files.is_all()", "true"),
        ("change.files.under(\"**\").is_all()", "true"),
        ("change.files.under(\"src/**\").is_all()", "false"),
        ("change.files.under(\"src/**\").or(change.files.not_under(\"src/**\")).is_all()", "true"),
    ] {
        gives(expression, expected);
    }
}

#[test]
fn the_top_is_a_selection_in_the_order_of_the_collection_and_ties_go_to_those_that_come_first() {
    let top = |query: &str, property: &str| {
        let body = format!(
            "let found = \"\"; for item in change.{query} {{ found += `${{item.{property}}} `; }} note(`top: ${{found}}`);"
        );
        run(&body).notes[0].strip_prefix("top: ").unwrap().to_owned()
    };
    assert_eq!(top("files.top(1, \"added\")", "path"), "src/list.js ");
    assert_eq!(top("files.top(2, \"removed\")", "path"), "src/list.js src/login.js ");
    assert_eq!(top("files.top(3, \"added\").under(\"docs/**\")", "path"), "docs/a.md ");
    assert_eq!(top("files.top(0, \"added\")", "path"), "");
    assert_eq!(top("findings.top(1, \"severity\")", "rule"), "js/xss ");
    assert_eq!(top("findings.top(2, \"score\").except(change.findings.top(1, \"score\"))", "rule"), "js/sql ");
    assert_eq!(top("advisories.top(1, \"severity\")", "id"), "GHSA-2 ", "what nothing rates is above all others");
    assert_eq!(top("dependencies.top(1, \"jump\")", "name"), "left-pad ");
}

#[test]
fn a_column_that_is_not_there_or_can_not_be_used_so_is_refused_at_load_and_an_error_when_it_runs() {
    for (query, text) in [
        ("change.files.sum(\"aded\")", "did you mean `added`?"),
        ("change.files.sum(\"kind\")", "expected one of"),
        ("change.findings.max(\"severity\")", "no whole number"),
        ("change.findings.group_by(\"sevrity\")", "did you mean `severity`?"),
        ("change.findings.group_by(\"line\")", "can't group by `line`"),
        ("change.reviews.count_by(\"revewer\")", "did you mean `reviewer`?"),
        ("change.files.top(3, \"statsu\")", "no column"),
    ] {
        refused(&format!("let x = {query};"), Code::UnknownWord, text);
    }
    errs("let c = \"aded\"; let x = change.files.sum(c);", Code::UnknownWord, "did you mean `added`?");
    errs("let c = \"status\"; let x = change.files.top(1, c);", Code::UnknownWord, "`status` of Files has no order");
    // Another collection has it, so only running shows it.
    errs("let x = change.findings.group_by(\"ecosystem\");", Code::UnknownWord, "can't group by `ecosystem`");
    errs("let x = change.files.top(-1, \"added\");", Code::BadArguments, "found -1");
    errs("let x = change.files.sum(7);", Code::BadArguments, "`sum(column)` takes column: one of `added`");
    errs("let x = change.dependencies.sum(\"added\");", Code::BadArguments, "there is no `sum` for Dependencies");
}

#[test]
fn of_nothing_there_is_a_sum_and_no_largest_number() {
    let ends = |body: &str| run_on(body, &nothing());
    assert_eq!(
        ends("note(`${change.files.sum(\"added\")} ${change.files.any()} ${change.files.is_all()}`);").notes,
        ["0 false true"]
    );
    assert_eq!(
        ends("note(`${change.files.count_by(\"kind\").len()} ${change.files.top(3, \"added\").count()}`);").notes,
        ["0 0"]
    );
    for query in ["max", "min"] {
        let outcome = ends(&format!("if change.files.{query}(\"added\") > 5 {{ note(\"large\"); }}"));
        let diagnostic = outcome.diagnostic.unwrap();
        assert_eq!((outcome.outcome, diagnostic.code), (Outcome::Errored, Code::NotKnown));
        assert!(diagnostic.to_string().contains("ask `is_empty()` first"), "{diagnostic}");
    }
}

#[test]
fn selections_of_one_collection_are_sets() {
    for (expression, expected) in [
        ("change.files.under(\"src/**\").and(change.files.added()).count()", "1"),
        ("change.files.under(\"src/**\").or(change.files.added()).count()", "3"),
        ("change.files.under(\"src/**\").except(change.files.added()).count()", "1"),
        ("change.files.except(change.files).any()", "false"),
        ("change.files.and(change.files) == change.files", "true"),
        ("change.files.added() == change.files.status(\"added\")", "true"),
        ("change.files.added() == change.files", "false"),
        ("change.files.added() != change.files.modified()", "true"),
        ("change.gone_findings.or(change.findings).count()", "3"),
    ] {
        gives(expression, expected);
    }
    let within = "let fresh = change.files.added(); for f in change.files { if f in fresh { note(`${f.path} ${fresh.contains(f)}`); } }";
    assert_eq!(run(within).notes, ["docs/a.md true", "src/login.js true"]);
    let without = "let fresh = change.files.added(); for f in change.files { if !(f in fresh) { note(f.path); } }";
    assert_eq!(run(without).notes, ["logo.png", "src/list.js"]);
}

#[test]
fn selections_of_two_collections_are_never_one_set() {
    errs("let x = change.files.and(change.findings);", Code::BadArguments, "there is no `and` for Files, Findings");
    errs("let x = change.files == change.findings;", Code::TypeMismatch, "can't compare Files with Findings");
    errs("let x = change.files == [];", Code::TypeMismatch, "can't compare Files with an array");
    errs("for f in change.findings { if f in change.files { note(\"x\"); } }", Code::BadArguments, "contains");
    errs("if \"src/a.js\" in change.files { note(\"x\"); }", Code::BadArguments, "contains");
    errs("let x = change.files < change.files.added();", Code::TypeMismatch, "can't compare");
}

#[test]
fn queries_are_charged_by_what_they_read() {
    for query in ["sum(\"added\")", "top(2, \"added\")", "count_by(\"path\")", "and(all)", "contains(one)", "is_all()"]
    {
        let body = format!("let all = change.files; for one in all {{ loop {{ let x = all.{query}; }} }}");
        errs(&body, Code::LimitExceeded, "operations");
    }
}

type Names = &'static [&'static str];

/// Collections with the columns that they can be grouped by, those with numbers, and those with an order.
#[rustfmt::skip]
const COLUMNS: &[(&str, Names, Names, Names)] = &[
    ("findings", &["severity", "level", "introduced", "suppression", "kind", "tool", "rule", "path"], &["line"], &["severity", "level", "line", "score"]),
    ("files", &["status", "kind", "language", "path"], &["added", "removed"], &["added", "lfs_size_before", "lfs_size_after"]),
    ("dependencies", &["ecosystem", "name", "manifest", "change", "scope", "directness", "jump", "pin", "integrity"], &[], &["jump", "pin"]),
    ("licences", &["ecosystem", "name", "manifest", "expression"], &[], &[]),
    ("advisories", &["ecosystem", "name", "manifest", "id", "severity", "kind", "presence"], &[], &["severity"]),
    ("reviews", &["reviewer", "state", "commit"], &[], &[]),
    ("tests", &["suite", "class", "status", "path"], &["attempts", "line"], &["attempts", "line"]),
    ("coverage", &["path"], &["covered", "missed"], &["covered", "missed"]),
    ("claims", &["path", "label", "kind"], &["line"], &["line"]),
];

/// What a loop over all items makes of a column that is grouped by.
const GROUPED: &str = "
    let naive = #{};
    for item in all { let key = `${item.COLUMN}`; if key in naive { naive[key] += 1; } else { naive[key] = 1; } }
    let counts = all.count_by(\"COLUMN\");
    if naive != counts { violation(change, `NAME: other counts`); }
    let parts = all.group_by(\"COLUMN\");
    if parts.keys() != counts.keys() { violation(change, \"NAME: other parts\"); }
    for key in parts.keys() {
        if parts[key].count() != counts[key] { violation(change, `NAME: ${key}`); }
        for item in parts[key] { if `${item.COLUMN}` != key { violation(item, `NAME: ${key}`); } }
    }
";

/// What a loop over all items makes of a column of numbers.
const SUMMED: &str = "
    let sum = 0; let count = 0; let most = 0; let least = 0;
    for item in all {
        let x = item.COLUMN;
        if count == 0 || x > most { most = x; }
        if count == 0 || x < least { least = x; }
        sum += x; count += 1;
    }
    if sum != all.sum(\"COLUMN\") { violation(change, \"NAME: sum\"); }
    if all.any() && (most != all.max(\"COLUMN\") || least != all.min(\"COLUMN\")) { violation(change, \"NAME: ends\"); }
";

/// What a loop over all items makes of a column that ranks: nobody left out has more than, or as much as, one that is in and
/// comes later.
const RANKED: &str = "
    let top = all.top(2, \"COLUMN\");
    let expected = if all.count() < 2 { all.count() } else { 2 };
    if top.count() != expected { violation(change, \"NAME: how many\"); }
    for one in top {
        let later = false;
        for item in all {
            if item == one { later = true; }
            if !(item in top) && (item.COLUMN > one.COLUMN || (!later && item.COLUMN == one.COLUMN)) { violation(item, \"NAME: top\"); }
        }
    }
";

/// A rule that objects wherever a query differs from a loop over the items.
fn laws() -> String {
    let mut body = String::new();
    for (collection, groups, numbers, ranks) in COLUMNS {
        for (law, columns) in [(GROUPED, groups), (SUMMED, numbers), (RANKED, ranks)] {
            for column in *columns {
                let law = law.replace("COLUMN", column).replace("NAME", &format!("{collection}.{column}"));
                body.push_str(&format!(
                    "if change.files.count() < 100000 {{ let all = change.{collection}; {law} }}\n"
                ));
            }
        }
    }
    body
}

/// A rule that objects wherever a set is not what going through all items makes it.
const SETS: &str = "
    let left = change.files.status([LEFT, 1][0]); let right = change.files.status([RIGHT, 1][0]).or(change.files.under(\"GLOB\"));
    let and = left.and(right); let or = left.or(right); let except = left.except(right);
    for f in change.files {
        let l = f in left; let r = f in right;
        if (f in and) != (l && r) { violation(f, \"and\"); }
        if (f in or) != (l || r) { violation(f, \"or\"); }
        if (f in except) != (l && !r) { violation(f, \"except\"); }
    }
    if or.count() != left.count() + right.count() - and.count() { violation(change, \"or counts twice\"); }
    if except.count() + and.count() != left.count() { violation(change, \"except loses\"); }
    if or != right.or(left) || and != right.and(left) { violation(change, \"sides\"); }
    if or.is_all() != change.files.except(or).is_empty() { violation(change, \"is_all\"); }
    let last = \"\"; for f in or { if f.path <= last { violation(f, \"order\"); } last = f.path; }
";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_column_is_the_property_of_its_name(evidence in generate::evidence()) {
        let outcome = run_on(&laws(), &evidence);
        prop_assert!(outcome.diagnostic.is_none(), "{}", outcome.diagnostic.unwrap());
        prop_assert!(outcome.violations.is_empty(), "{:?}", outcome.violations);
    }

    #[test]
    fn set_operations_agree_with_a_look_at_each_item(
        statuses in proptest::collection::vec(0_usize..4, 0..40),
        left in proptest::sample::subsequence(&["added", "modified", "deleted", "renamed"], 0..4),
        right in proptest::sample::subsequence(&["added", "modified", "deleted", "renamed"], 0..4),
        glob in 0_u32..4,
    ) {
        use tollgate::evidence::{FileChange, FileKind, FileStatus};
        let known = [FileStatus::Added, FileStatus::Modified, FileStatus::Deleted, FileStatus::Renamed];
        let mut evidence = nothing();
        evidence.files = (0..).zip(&statuses)
            .map(|(index, status): (u32, _)| FileChange::at(format!("d{}/f{index:03}", index % 4), known[*status], FileKind::Source))
            .collect();
        evidence.sort();
        let list = |words: &[&str]| format!("[{}]", words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", "));
        let body = SETS.replace("LEFT", &list(&left)).replace("RIGHT", &list(&right)).replace("GLOB", &format!("d{glob}/**"));
        let outcome = run_on(&body, &evidence);
        prop_assert!(outcome.diagnostic.is_none(), "{}", outcome.diagnostic.unwrap());
        prop_assert!(outcome.violations.is_empty(), "{:?}", outcome.violations);
    }
}

#[test]
fn the_laws_load_and_object_where_something_is_wrong() {
    assert!(load(&laws()).is_ok());
    let outcome = run(&SETS
        .replace("LEFT", "[\"added\"]")
        .replace("RIGHT", "[]")
        .replace("GLOB", "src/**")
        .replace("l && !r", "l && r"));
    assert!(!outcome.violations.is_empty());
}

#[test]
fn what_nobody_knows_is_left_by_two_queries_of_one_kind_where_each_leaves_it() {
    for (query, expected) in [
        ("advisories.severity(\"unknown\").severity_at_least(\"high\")", "1"),
        ("advisories.severity_at_least(\"high\").severity(\"unknown\")", "1"),
        ("advisories.severity_at_least(\"medium\").severity([\"medium\", \"unknown\"])", "1"),
        ("dependencies.scope(\"runtime\").scope(\"unknown\").and(change.dependencies.scope(\"development\"))", "4"),
        ("dependencies.scope(\"runtime\").scope(\"development\")", "4"),
    ] {
        gives(&format!("change.{query}.count()"), expected);
    }
    for query in [
        "advisories.severity(\"high\").severity(\"low\")",
        "advisories.severity(\"low\").severity_at_least(\"high\")",
        "findings.severity(\"low\").severity_at_least(\"high\")",
    ] {
        refused(&format!("note(`${{change.{query}.count()}}`);"), Code::EmptySelection, "nothing is left");
    }
}

#[test]
fn severities_of_findings_and_advisories_are_one_scale_in_either_order() {
    let loops = |condition: &str| {
        format!(
            "let n = 0; for f in change.findings {{ for a in change.advisories {{ if {condition} {{ n += 1; }} }} }} note(`found ${{n}}`);"
        )
    };
    for (one, other) in [
        ("f.severity < a.severity", "a.severity > f.severity"),
        ("f.severity <= a.severity", "a.severity >= f.severity"),
        ("f.severity > a.severity", "a.severity < f.severity"),
        ("f.severity == a.severity", "a.severity == f.severity"),
        ("f.severity != a.severity", "a.severity != f.severity"),
        ("f.severity in [a.severity]", "a.severity in [f.severity]"),
    ] {
        let notes = run(&loops(one)).notes;
        assert_eq!(notes.len(), 1, "{one}");
        assert_eq!(notes, run(&loops(other)).notes, "{one}");
    }
    assert_eq!(run(&loops("f.severity < a.severity && a.severity == \"unknown\"")).notes, ["found 3"]);
}

#[test]
fn lists_are_sorted_by_the_order_that_comparisons_have() {
    for (list, expected) in [
        ("[date(\"2027-01-01\"), date(\"2026-01-01\")].order()", "2026-01-01, 2027-01-01"),
        ("[date(\"2026-01-01\"), date(\"2027-01-01\")].order_desc()", "2027-01-01, 2026-01-01"),
        ("[2, 1.5, 1].order()", "1, 1.5, 2"),
        ("[\"b\", \"a\"].order()", "a, b"),
        ("[true, false].order()", "false, true"),
    ] {
        gives(
            &format!(
                "{{ let text = \"\"; for e in {list} {{ text += if text == \"\" {{ `${{e}}` }} else {{ `, ${{e}}` }}; }} text }}"
            ),
            expected,
        );
    }
    let severities = "let list = []; for f in change.findings { list.push(f.severity); } list.sort_desc(); let text = \"\"; \
                      for s in list { text += `${s} `; } note(`found ${text}`);";
    assert_eq!(run(severities).notes, ["found critical high high "]);
    errs(
        "let list = []; for f in change.files { list.push(f.kind); } list.sort();",
        Code::TypeMismatch,
        "has no order",
    );
    errs(
        "let list = []; for f in change.files { list.push([f.path]); } list.sort();",
        Code::TypeMismatch,
        "can't compare",
    );
}
