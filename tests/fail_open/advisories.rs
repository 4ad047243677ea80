//! Vulnerabilities and licences that nobody looked up, or not of late, or against a list that says something else than it
//! seems to.

use serde_json::{Value, json};

use crate::{Place, all, code, decision, pack_toml, rule};

const ASKS: &str = "for a in change.advisories.introduced().severity_at_least(\"high\") { violation(a, a.id); }";

/// A change of one package, with sources that are said.
fn document(sources: Value, advisories: Value) -> String {
    let mut all = vec![
        json!({"kind": "files", "completeness": "complete"}),
        json!({"kind": "dependencies", "completeness": "complete"}),
    ];
    all.extend(sources.as_array().unwrap().iter().cloned());
    let mut document = json!({
        "schema": "tollgate/evidence/v1",
        "change": {"repository": "acme/shop"},
        "dependencies": {"items": [{"ecosystem": "npm", "name": "left-pad", "purl": "pkg:npm/left-pad@1.3.0",
            "manifest": "package-lock.json", "change": "added", "after": ["1.3.0"]}]},
        "advisories": {"items": advisories},
        "sources": all
    });
    // Items come from somewhere.
    if sources.as_array().unwrap().iter().any(|source| source["kind"] == "licences") {
        document["licences"] = json!({"items": [{"ecosystem": "npm", "name": "left-pad", "version": "1.3.0",
            "purl": "pkg:npm/left-pad@1.3.0", "manifest": "package-lock.json", "expression": "AGPL-3.0-only", "by": "lockfile"}]});
    }
    document.to_string()
}

fn database(completeness: &str, made: Option<&str>) -> Value {
    let reason = (completeness != "complete").then_some("cut short");
    let mut source = json!({"kind": "advisories", "completeness": completeness, "reason": reason, "path": "osv.zip"});
    if let Some(made) = made {
        source["made"] = made.into();
    }
    json!([source])
}

fn advisory(severity: Value) -> Value {
    json!([{"ecosystem": "npm", "name": "left-pad", "manifest": "package-lock.json", "purl": "pkg:npm/left-pad@1.3.0",
        "id": "GHSA-1", "after": ["1.3.0"], "presence": "introduced", "severity": severity}])
}

/// What a rule that asks for serious advisories ends in, under what a pack says about their age.
fn of(name: &str, pack: &str, sources: Value, advisories: Value) -> String {
    let place = Place::new();
    place.pack("p", "\"advisories\"", ASKS);
    place.write("p/pack.toml", format!("{}{pack}", pack_toml("p")));
    place.write("evidence.json", document(sources, advisories));
    decision(name, &place.eval(&["--evidence", "evidence.json", "--policy", "p"]))
}

#[test]
fn a_complete_database_without_the_package_approves() {
    assert_eq!(of("control", "", database("complete", None), json!([])), "approved");
    let week = "[evidence.advisories]\nmax_age_days = 7\n";
    assert_eq!(of("fresh", week, database("complete", Some("2026-01-24T00:00:00Z")), json!([])), "approved");
    // Where there was nothing to look up, no database is too old.
    let nothing = json!([{"kind": "advisories", "completeness": "complete"}]);
    assert_eq!(of("nothing", week, nothing, json!([])), "approved");
}

#[test]
fn advisories_that_nobody_supplied_or_that_are_not_all() {
    let none = || json!([]);
    all([
        ("none supplied", "indeterminate", of("none", "", none(), none())),
        ("missing", "indeterminate", of("missing", "", database("missing", None), none())),
        ("failed", "indeterminate", of("failed", "", database("failed", None), none())),
        ("truncated", "indeterminate", of("truncated", "", database("truncated", None), none())),
        ("stale", "indeterminate", of("stale", "", database("stale", None), none())),
        ("one of two failed", "indeterminate", {
            let mut sources = database("complete", None);
            sources.as_array_mut().unwrap().push(database("failed", None)[0].clone());
            of("two", "", sources, none())
        }),
        ("failed, and found one", "rejected", of("found", "", database("failed", None), advisory("high".into()))),
        ("one that nobody rates", "rejected", of("unrated", "", database("complete", None), advisory(Value::Null))),
    ]);
}

#[test]
fn a_database_that_is_older_than_the_pack_allows() {
    let week = "[evidence.advisories]\nmax_age_days = 7\n";
    let made = |time: Option<&str>| of(time.unwrap_or("no time"), week, database("complete", time), json!([]));
    all([
        ("a second too old", "indeterminate", made(Some("2026-01-23T23:59:59Z"))),
        ("years old", "indeterminate", made(Some("2019-01-01T00:00:00Z"))),
        ("of no known age", "indeterminate", made(None)),
        ("one of two too old", "indeterminate", {
            let mut sources = database("complete", Some("2026-01-30T00:00:00Z"));
            let mut old = database("complete", Some("2025-01-30T00:00:00Z"))[0].clone();
            old["path"] = "old.zip".into();
            sources.as_array_mut().unwrap().push(old);
            of("two", week, sources, json!([]))
        }),
    ]);
    let place = Place::new();
    place.pack("p", "\"advisories\"", ASKS);
    place.write("p/pack.toml", format!("{}[evidence.advisories]\nmax_age_day = 7\n", pack_toml("p")));
    place.write("evidence.json", document(database("complete", None), json!([])));
    assert_eq!(code(&place.eval(&["--evidence", "evidence.json", "--policy", "p"])), 2, "a mistyped key");
}

#[test]
fn a_stale_database_is_told_of() {
    let place = Place::new();
    place.pack("p", "\"advisories\"", ASKS);
    place.write("p/pack.toml", format!("{}[evidence.advisories]\nmax_age_days = 7\n", pack_toml("p")));
    place.write("evidence.json", document(database("complete", Some("2025-12-31T00:00:00Z")), json!([])));
    let output = place.eval(&["--evidence", "evidence.json", "--policy", "p"]);
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    let stale = verdict["sources"].as_array().unwrap().iter().find(|source| source["completeness"] == "stale").unwrap();
    let reason = stale["reason"].as_str().unwrap();
    assert!(reason.contains("31 days before") && reason.contains("pack `p` asks for 7 at most"), "{reason}");
}

#[test]
fn a_list_of_licences_with_a_typo() {
    let typed = |name: &str, check: &str, toml: &str, arguments: &[&str]| {
        let place = Place::new();
        place.write("p/pack.toml", format!("{}{toml}", pack_toml("p")));
        place.write("p/rules/the-rule.rhai", rule("\"licences\"", check));
        place.write("evidence.json", document(json!([{"kind": "licences", "completeness": "complete"}]), json!([])));
        decision(name, &place.eval(&[&["--evidence", "evidence.json", "--policy", "p"], arguments].concat()))
    };
    let listed = |entry: &str| format!("for l in change.licences.not_allowed([{entry}]) {{ violation(l, l.name); }}");
    let allowed = "for l in change.licences.allowed(params.forbidden) { violation(l, l.name); }";
    let parameter = |of: &str, value: &str| {
        format!("[parameters.forbidden]\ntype = \"list<{of}>\"\ndefault = [{value}]\nstricter = \"superset\"\n")
    };
    // A misspelled licence in a list of forbidden ones would forbid nothing.
    let typo = "\"AGPL-3.0\", \"MIT\"";
    let good = "\"AGPL-3.0-only\"";
    let set = "forbidden=[\"AGPL-3.0-only\", \"AGLP-3.0-only\"]";
    all([
        ("control", "approved", typed("control", &listed(good), "", &[])),
        ("not listed", "rejected", typed("other", &listed("\"MIT\""), "", &[])),
        ("forbidden", "rejected", typed("forbidden", allowed, &parameter("licence", good), &[])),
        ("written out", "none", typed("literal", &listed("\"AGPL-3.0-onyl\""), "", &[])),
        ("in a parameter", "none", typed("parameter", allowed, &parameter("licence", typo), &[])),
        ("on the command line", "none", typed("param", allowed, &parameter("licence", good), &["--param", set])),
        ("in a list of any texts", "indeterminate", typed("texts", allowed, &parameter("string", typo), &[])),
        (
            "made by the script",
            "indeterminate",
            typed(
                "made",
                "let l = \"AGPL\"; l += \"-3\"; for x in change.licences.allowed([l]) { violation(x, x.name); }",
                "",
                &[],
            ),
        ),
        ("more than one licence", "none", typed("or", &listed("\"MIT OR AGPL-3.0-only\""), "", &[])),
    ]);
}

#[test]
fn a_word_of_advisories_with_a_typo() {
    let of = |check: &str| {
        let place = Place::new();
        place.pack("p", "\"advisories\"", check);
        place.write("evidence.json", document(database("complete", None), advisory("critical".into())));
        decision(check, &place.eval(&["--evidence", "evidence.json", "--policy", "p"]))
    };
    let each = |test: &str| of(&format!("for a in change.advisories {{ if {test} {{ violation(a, a.id); }} }}"));
    all([
        ("control", "rejected", each("a.severity >= \"high\"")),
        ("severity", "none", each("a.severity == \"critcal\"")),
        ("presence", "none", each("a.presence == \"introducd\"")),
        ("kind", "none", of("for a in change.advisories.kind(\"malwear\") { violation(a, a.id); }")),
        ("pin", "none", of("for d in change.dependencies.pin(\"flaoting\") { violation(d, d.name); }")),
        ("origin", "none", of("for d in change.dependencies { if \"sbomb\" in [d.pin] { violation(d, d.name); } }")),
        ("a rule that reads what it does not say it needs", "indeterminate", {
            let place = Place::new();
            let check = "for d in change.dependencies { for l in d.licences { violation(l, l.name); } }";
            place.pack("p", "\"files\"", check);
            place.write("evidence.json", document(database("complete", None), json!([])));
            decision("reads", &place.eval(&["--evidence", "evidence.json", "--policy", "p"]))
        }),
    ]);
}
