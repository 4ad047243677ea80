//! Versions in the order of their ecosystem, globs on texts, and what the reference shows.

use proptest::prelude::*;
use tollgate::diagnostic::Code;
use tollgate::evidence::{Ecosystem, Word as _};
use tollgate::versions::Version;

use super::{errs, gives, nothing, refused, run, run_on};

#[test]
fn versions_are_compared_by_their_ecosystem() {
    for (expression, expected) in [
        ("compare_versions(\"npm\", \"1.10.0\", \"1.9.0\")", "1"),
        ("compare_versions(\"npm\", \"1.9.0\", \"1.10.0\")", "-1"),
        ("compare_versions(\"pypi\", \"1.0\", \"1.0.0\")", "0"),
        ("compare_versions(\"pypi\", \"1.0rc1\", \"1.0\")", "-1"),
        ("change.dependencies.with_version_below(\"1.2.0\").count()", "2"),
        ("change.dependencies.with_version_at_least(\"1.2.0\").count()", "3"),
        ("change.dependencies.name(\"lodash\").with_version_below(\"4.17.21\").any()", "false"),
        ("change.dependencies.name(\"lodash\").with_version_at_least(\"4.17.21\").any()", "true"),
        ("change.dependencies.name(\"nothing\").with_version_below(\"1\").any()", "false"),
    ] {
        gives(expression, expected);
    }
    let each = "for d in change.dependencies { if d.name != \"fork\" { note(`${d.name} ${d.has_version_below(\"1.2.0\")} ${d.has_version_at_least(\"1.2.0\")}`); } }";
    // One that is locked twice lies on both sides, one that is gone on none.
    assert_eq!(run(each).notes, ["gone false false", "left-pad true true", "lodash false true"]);
    let ecosystem = "for d in change.dependencies.name(\"lodash\") { note(`${compare_versions(d.ecosystem, d.version, \"4.0.0\")}`); }";
    assert_eq!(run(ecosystem).notes, ["1"]);
}

#[test]
fn a_version_without_an_order_is_an_error_and_a_package_of_one_is_never_left_out() {
    refused("let x = compare_versions(\"nmp\", \"1\", \"2\");", Code::UnknownWord, "did you mean `npm`?");
    errs(
        "let x = compare_versions(\"npm\", \"main\", \"1.0.0\");",
        Code::NotKnown,
        "nothing tells the order of `main` and `1.0.0`",
    );
    errs(
        "let x = change.dependencies.with_version_below(\"1.x.y\");",
        Code::BadArguments,
        "`1.x.y` has no order among versions of npm",
    );
    errs(
        "for d in change.dependencies.name(\"fork\") { if d.has_version_below(\"1.0.0\") { } }",
        Code::NotKnown,
        "fork lies: github:acme/fork#main",
    );
    errs(
        "for d in change.dependencies.name(\"lodash\") { if d.has_version_below(\"latest\") { } }",
        Code::BadArguments,
        "`latest` has no order",
    );
    for query in ["with_version_below", "with_version_at_least"] {
        gives(&format!("change.dependencies.name(\"fork\").{query}(\"1.0.0\").count()"), "1");
    }
}

#[test]
fn what_is_not_in_is_what_in_denies() {
    for (expression, expected) in [
        ("\"zz\" !in change.title + \"a\"", "true"),
        ("\"a\" !in [\"a\", change.title]", "false"),
        ("7 !in [1, change.files.count()]", "true"),
        ("change.files.count() !in 0..100000", "false"),
        ("\"nothing\" !in change.files.count_by(\"language\")", "true"),
        (
            "[\"low\", 1][0] !in change.findings.count_by(\"severity\") == !([\"low\", 1][0] in change.findings.count_by(\"severity\"))",
            "true",
        ),
    ] {
        gives(expression, expected);
    }
    errs(
        "for f in change.findings { let word = [\"hihg\", 1][0]; if f.severity !in [word] { note(\"m\"); } }",
        Code::UnknownWord,
        "hihg",
    );
}

#[test]
fn a_glob_matches_all_of_a_text() {
    for (expression, expected) in [
        ("change.branch.matches_glob(\"release/*\")", "true"),
        ("change.branch.matches_glob(\"release\")", "false"),
        ("change.branch.matches_glob(\"Release/*\")", "false"),
        ("change.branch.matches_glob([\"main\", \"release/2026.?\"])", "true"),
        ("change.branch.matches_glob([[], 1][0])", "false"),
        ("change.title.matches_glob(\"{feat,fix}*: **\")", "true"),
        ("matches_glob(change.target_branch, \"main\")", "true"),
        ("\"a/b/c\".matches_glob(\"a/*\")", "false"),
        ("\"a/b/c\".matches_glob(\"a/**\")", "true"),
    ] {
        gives(expression, expected);
    }
    refused("let x = change.branch.matches_glob(\"release/[\");", Code::MalformedGlob, "malformed");
    refused("let x = matches_glob(change.branch, \"/release\");", Code::MalformedGlob, "write `release`");
    errs(
        "let glob = \"a{\"; let x = change.branch.matches_glob([\"release/*\", glob]);",
        Code::MalformedGlob,
        "malformed",
    );
    errs("let x = change.branch.matches_glob(7);", Code::TypeMismatch, "expected a text");
    errs("let x = change.number.matches_glob(\"7\");", Code::BadArguments, "`matches_glob`");
}

#[test]
fn globs_on_long_texts_are_charged_by_what_they_read() {
    let long = "let s = \"\"; s.pad(200000, \"a\"); ";
    errs(&format!("{long} loop {{ let x = s.matches_glob(\"*b\"); }}"), Code::LimitExceeded, "operations");
    let many = "let globs = []; for i in 0..1000 { globs.push(`*${i}`); } let x = s.matches_glob(globs);";
    errs(&format!("{long} {many}"), Code::LimitExceeded, "operations");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn rules_order_versions_as_their_ecosystem_does(
        index in 0..Ecosystem::ALL.len(),
        left in "[0-9]{1,2}(\\.[0-9]{1,2}){0,3}(-(alpha|beta|rc)\\.?[0-9])?",
        right in "[0-9]{1,2}(\\.[0-9]{1,2}){0,3}(-(alpha|beta|rc)\\.?[0-9])?",
    ) {
        let ecosystem = Ecosystem::ALL[index];
        let order = Version::parse(ecosystem, &left).order(&Version::parse(ecosystem, &right));
        let outcome = run_on(&format!("note(`${{compare_versions(\"{ecosystem}\", \"{left}\", \"{right}\")}}`);"), &nothing());
        match order {
            Some(order) => prop_assert_eq!(outcome.notes, vec![(order as i8).to_string()]),
            None => prop_assert_eq!(outcome.diagnostic.unwrap().code, Code::NotKnown),
        }
    }
}
