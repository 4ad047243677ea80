//! Policies that judge nothing, that are mistyped, or that are asked for leave that they do not give.

use serde_json::json;

use crate::{Place, all, decision, pack_toml, rule};

/// One changed file, and a complete report without findings.
fn place() -> Place {
    let place = Place::new();
    place.write("before/src/a.js", "a\n");
    place.write("after/src/a.js", "b\n");
    place.write(
        "scan.sarif",
        json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "CodeQL"}}, "invocations": [{"executionSuccessful": true}], "results": []}]}).to_string(),
    );
    place
}

const FILES: &str = "\"files\"";

fn eval(place: &Place, name: &str, arguments: &[&str]) -> String {
    decision(name, &place.eval(&[&["--trees", "before", "after"], arguments].concat()))
}

/// What a pack of one rule ends in, without any report.
fn of(name: &str, text: &str) -> String {
    let place = place();
    place.write(
        "p/pack.toml",
        format!("{}[parameters.limit]\ntype = \"integer\"\ndefault = 3\nstricter = \"lower\"\n", pack_toml("p")),
    );
    place.write("p/rules/the-rule.rhai", text);
    eval(&place, name, &["--policy", "p"])
}

fn check(name: &str, body: &str) -> String {
    of(name, &rule(FILES, body))
}

#[test]
fn a_rule_that_looks_and_finds_nothing_approves() {
    assert_eq!(check("control", "for f in change.files.deleted() { violation(f, f.path); }"), "approved");
}

#[test]
fn packs_that_judge_nothing() {
    let place = place();
    place.write("empty/pack.toml", pack_toml("empty"));
    place.write("cases-only/pack.toml", pack_toml("cases-only"));
    place.write("cases-only/cases/x/y.toml", "");
    place.write("elsewhere/pack.toml", pack_toml("elsewhere"));
    place.write("elsewhere/the-rule.rhai", rule(FILES, ""));
    place.write("deeper/pack.toml", pack_toml("deeper"));
    place.write("deeper/rules/more/the-rule.rhai", rule(FILES, ""));
    place.write("misspelled/pack.toml", pack_toml("misspelled"));
    place.write("misspelled/rule/the-rule.rhai", rule(FILES, ""));
    place.write("suffix/pack.toml", pack_toml("suffix"));
    place.write("suffix/rules/the-rule.RHAI", rule(FILES, ""));
    place.write("hidden/pack.toml", pack_toml("hidden"));
    place.write("hidden/rules/.the-rule.rhai", rule(FILES, ""));
    place.write("nameless/rules/the-rule.rhai", rule(FILES, ""));
    std::fs::create_dir_all(place.path().join("nothing")).unwrap();
    let packs = [
        "empty",
        "cases-only",
        "elsewhere",
        "deeper",
        "misspelled",
        "suffix",
        "hidden",
        "nameless",
        "nothing",
        "absent",
        "scan.sarif",
        "builtin:none",
    ];
    all(packs.map(|pack| (pack, "none", eval(&place, pack, &["--policy", pack]))));
    // A pack beside one that judges does not vanish either.
    place.pack("good", FILES, "note(\"looked\");");
    assert_eq!(eval(&place, "good", &["--policy", "good"]), "approved");
    all(packs.map(|pack| (pack, "none", eval(&place, pack, &["--policy", "good", "--policy", pack]))));
}

#[test]
fn rules_that_did_not_run_to_their_end() {
    let advisory = |body: &str| rule(FILES, body).replace("hard-mandatory", "advisory");
    all([
        ("an error", "indeterminate", check("error", "let x = 0; note(`${1 / x}`);")),
        (
            "an error in an advisory rule alone",
            "indeterminate",
            of("advisory", &advisory("let x = 0; note(`${1 / x}`);")),
        ),
        ("a limit, then return", "indeterminate", check("limit", "note(\"x\"); for i in 0..10000000 {} return;")),
        (
            "a limit in a callback",
            "indeterminate",
            check("callback", "let a = [1].map(|x| { loop {} }); note(`${a.len()}`);"),
        ),
        (
            "not applicable, on what is missing",
            "indeterminate",
            of("missing", &rule("\"findings\"", "not_applicable(\"no findings\");")),
        ),
        (
            "not applicable, because nothing was read",
            "indeterminate",
            of("read", &rule(FILES, "if change.findings.is_empty() { not_applicable(\"none\"); }")),
        ),
        (
            "evidence read and not needed",
            "indeterminate",
            of("needs", &rule("", "for f in change.findings { violation(f, \"x\"); }")),
        ),
        (
            "not applicable, after a violation",
            "rejected",
            check("after", "violation(change, \"x\"); not_applicable(\"never mind\");"),
        ),
        ("not applicable, before an error", "indeterminate", check("before", "not_applicable(\"x\"); note([][0]);")),
        ("a value given back", "none", check("value", "return true;")),
        ("a query that nobody uses", "none", check("query", "change.files.deleted()")),
    ]);
}

#[test]
fn typing_mistakes_in_rules() {
    let whole = rule(FILES, "");
    all([
        ("a field", "none", check("field", "if change.fils.is_empty() {}")),
        (
            "a field of an item",
            "none",
            check("item", "for f in change.files { if f.pth == \"a\" { violation(f, \"x\"); } }"),
        ),
        ("a function", "none", check("function", "for f in change.files { violatoin(f, \"x\"); }")),
        ("a method", "none", check("method", "let x = change.files.delted();")),
        ("arguments", "none", check("arguments", "violation(\"x\");")),
        (
            "a parameter",
            "none",
            check("parameter", "if change.files.count() > params.limt { violation(change, \"x\"); }"),
        ),
        ("a word", "none", check("word", "let x = change.files.status(\"modifed\");")),
        ("a word in a list", "none", check("list", "let x = change.files.status([\"added\", \"modifed\"]);")),
        (
            "a word compared",
            "none",
            check("compared", "for f in change.files { if f.status == \"modifed\" { violation(f, \"x\"); } }"),
        ),
        (
            "a word that is made",
            "indeterminate",
            check("made", "let w = \"modi\" + \"fed\"; for f in change.files.status(w) { violation(f, \"x\"); }"),
        ),
        (
            "a word compared when it runs",
            "indeterminate",
            check(
                "runs",
                "let w = \"modi\" + \"fed\"; for f in change.files { if f.status == w { violation(f, \"x\"); } }",
            ),
        ),
        ("a word in capitals", "none", check("capitals", "let x = change.files.status(\"Modified\");")),
        ("a glob", "none", check("glob", "for f in change.files.under(\"src/[a\") { violation(f, \"x\"); }")),
        (
            "a glob that matches nothing",
            "none",
            check("root", "for f in change.files.under(\"/src/**\") { violation(f, \"x\"); }"),
        ),
        ("a glob that is empty", "none", check("empty", "for f in change.files.under(\"\") { violation(f, \"x\"); }")),
        (
            "a number and a text",
            "none",
            check("types", "let n = change.files.count(); if n == \"1\" { violation(change, \"x\"); }"),
        ),
        (
            "a number and nothing",
            "none",
            check("nothing", "if change.files.count() == () { violation(change, \"x\"); }"),
        ),
        ("a list and a number", "none", check("ordered", "if [1] > 0 { violation(change, \"x\"); }")),
        (
            "a file and its path",
            "none",
            check("path", "for f in change.files { if f == \"src/a.js\" { violation(f, \"x\"); } }"),
        ),
        ("an entry of a map", "none", check("entry", "let m = #{ high: 1 }; let k = \"hihg\"; let x = m[k];")),
        (
            "two words of different kinds",
            "none",
            check("kinds", "for f in change.files { if f.status == f.kind { violation(f, \"x\"); } }"),
        ),
        (
            "a condition that is no truth",
            "none",
            check("condition", "if change.files.count() { violation(change, \"x\"); }"),
        ),
        ("metadata", "none", of("metadata", &whole.replace("enforcement", "enforcment"))),
        ("an enforcement", "none", of("enforcement", &whole.replace("hard-mandatory", "hard-mandatry"))),
        ("an enforcement in capitals", "none", of("capitals", &whole.replace("hard-mandatory", "Hard-Mandatory"))),
        ("a kind of evidence", "none", of("kind", &whole.replace("\"files\"", "\"fils\""))),
        ("a category", "none", of("category", &whole.replace("\"process\"", "\"proces\""))),
        ("a risk", "none", of("risk", &whole.replace("\"high\"", "\"hihg\""))),
        ("needs as a text", "none", of("text", &whole.replace("[\"files\"]", "\"files\""))),
        ("no needs", "none", of("needs", &whole.replace(", needs: [\"files\"]", ""))),
        ("no metadata", "none", of("no metadata", "fn check(change, params) {}")),
        ("metadata twice", "none", of("twice", &format!("{}{whole}", whole.lines().next().unwrap()))),
        ("no check", "none", of("no check", &whole.replace("fn check", "fn chek"))),
        ("a check without parameters", "none", of("no parameters", &whole.replace("(change, params)", "()"))),
        ("soft without approvers", "none", of("soft", &whole.replace("hard-", "soft-"))),
        ("evidence needed and not", "none", of("both", &whole.replace("] };", "], optional: [\"files\"] };"))),
        ("a script that ends early", "none", of("early", &whole[..whole.len() - 4])),
        ("nothing at all", "none", of("nothing", "")),
        ("not UTF-16", "none", of("utf-16", "\u{fffe}")),
        (
            "lines as on Windows",
            "rejected",
            of("lines", &rule(FILES, "// x\nviolation(change, \"x\");").replace('\n', "\r\n")),
        ),
        ("a byte order mark", "rejected", of("mark", &format!("\u{feff}{}", rule(FILES, "violation(change, \"x\");")))),
        ("a comment that hides a line", "none", of("comment", &rule(FILES, "// \u{2028}violation(change, \"x\");\n"))),
    ]);
}

#[test]
fn manifests_that_say_something_else() {
    let of = |name: &str, manifest: &str, arguments: &[&str]| {
        let place = place();
        place.write("p/pack.toml", manifest);
        place.write(
            "p/rules/the-rule.rhai",
            rule("\"files\", \"findings\"", "if change.files.count() > params.limit { violation(change, \"x\"); }"),
        );
        eval(&place, name, &[&["--policy", "p"], arguments].concat())
    };
    let limit = "[parameters.limit]\ntype = \"integer\"\ndefault = 0\nstricter = \"lower\"\n";
    let base = format!("{}{limit}", pack_toml("p"));
    let with = |more: &str| format!("{base}{more}");
    let sarif: &[&str] = &["--sarif", "scan.sarif"];
    let param = |value: &'static str| [sarif, &["--param", value]].concat();
    all([
        ("as it is", "rejected", of("as it is", &base, sarif)),
        ("relaxed from outside", "none", of("relaxed", &base, &param("limit=100"))),
        ("relaxed past its range", "none", of("range", &with("tunable = { from = 0, to = 5 }\n"), &param("limit=6"))),
        ("relaxed by another type", "none", of("type", &base, &param("limit=high"))),
        ("relaxed by a number past all", "none", of("past", &base, &param("limit=99999999999999999999"))),
        ("a parameter that is not there", "none", of("absent", &base, &param("limti=1"))),
        ("an unknown key", "none", of("key", &format!("strict = true\n{base}"), sarif)),
        ("an unknown table", "none", of("table", &with("[evidense.findings]\nexpect = [\"CodeQL\"]\n"), sarif)),
        (
            "an unknown kind of evidence",
            "none",
            of("kind", &with("[evidence.findigs]\nexpect = [\"CodeQL\"]\n"), sarif),
        ),
        ("a rule that is not there", "none", of("rule", &with("[rules.the-rul]\nenforcement = \"advisory\"\n"), sarif)),
        ("the same table twice", "none", of("twice", &with(limit), sarif)),
        (
            "a scanner that was not run",
            "indeterminate",
            of(
                "scanner",
                &with("[evidence.findings]\nexpect = [\"gitleaks\"]\n").replace("default = 0", "default = 9"),
                sarif,
            ),
        ),
        (
            "without what may not lack",
            "indeterminate",
            of("without", &base.replace("default = 0", "default = 9"), &["--without", "findings"]),
        ),
        (
            "without what is there",
            "rejected",
            of("there", &with("[evidence.findings]\nmay_lack = true\n"), &[sarif, &["--without", "findings"]].concat()),
        ),
        (
            "without files",
            "indeterminate",
            of(
                "files",
                &with("[evidence.files]\nmay_lack = true\n").replace("default = 0", "default = 9"),
                &["--without", "files"],
            ),
        ),
        (
            "without everything that it needs",
            "indeterminate",
            of(
                "everything",
                &with("[evidence.findings]\nmay_lack = true\n").replace("default = 0", "default = 9"),
                &["--without", "findings"],
            ),
        ),
    ]);
}

#[test]
fn packs_that_would_hide_one_another() {
    let place = place();
    let violates = rule(FILES, "violation(change, \"x\");");
    let silent = rule(FILES, "note(\"looked\");");
    let pack = |directory: &str, name: &str, id: &str, text: &str| {
        place.write(&format!("{directory}/pack.toml"), pack_toml(name));
        place.write(&format!("{directory}/rules/{id}.rhai"), text);
    };
    pack("one", "one", "the-rule", &violates);
    pack("same-name", "one", "another-rule", &silent);
    pack("same-rule", "two", "the-rule", &silent);
    pack("other", "three", "third-rule", &silent);
    let of = |packs: &[&str]| {
        let arguments: Vec<&str> = packs.iter().flat_map(|pack| ["--policy", pack]).collect();
        eval(&place, &packs.join(" "), &arguments)
    };
    all([
        ("one", "rejected", of(&["one"])),
        ("beside another", "rejected", of(&["one", "other"])),
        ("the other way round", "rejected", of(&["other", "one"])),
        ("the same name", "none", of(&["one", "same-name"])),
        ("the same name first", "none", of(&["same-name", "one"])),
        ("the same rule", "none", of(&["one", "same-rule"])),
        ("the same rule first", "none", of(&["same-rule", "one"])),
        ("the same pack, which counts once", "rejected", of(&["one", "one"])),
    ]);
}

#[test]
fn evidence_documents_that_claim_more_than_they_hold() {
    let place = place();
    place.pack("p", "\"findings\", \"files\"", crate::ASKS_FINDINGS);
    let whole = json!({"schema": "tollgate/evidence/v1", "files": {"items": []}, "findings": {"items": []}, "sources": [
        {"kind": "files", "completeness": "complete"}, {"kind": "findings", "completeness": "complete"}]});
    let of = |name: &str, text: String| {
        place.write("e.json", text);
        decision(name, &place.eval(&["--evidence", "e.json", "--policy", "p"]))
    };
    let with = |path: &str, value: serde_json::Value| {
        let mut document = whole.clone();
        let (parent, key) = path.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[key] = value;
        document.to_string()
    };
    all([
        ("as it is", "approved", of("as it is", whole.to_string())),
        ("no sources", "indeterminate", of("no sources", with("/sources", json!([])))),
        (
            "one source",
            "indeterminate",
            of("one", with("/sources", json!([{"kind": "files", "completeness": "complete"}]))),
        ),
        (
            "one source that failed",
            "indeterminate",
            of(
                "failed",
                whole
                    .to_string()
                    .replace("\"complete\",\"kind\":\"findings\"", "\"failed\",\"reason\":\"x\",\"kind\":\"findings\""),
            ),
        ),
        ("an unknown field", "none", of("field", with("/findngs", json!({"items": []})))),
        (
            "an unknown field of a source",
            "none",
            of("source", with("/sources", json!([{"kind": "files", "completeness": "complete", "trust": true}]))),
        ),
        (
            "an unknown completeness",
            "none",
            of("completeness", with("/sources", json!([{"kind": "files", "completeness": "Complete"}]))),
        ),
        (
            "an unknown kind",
            "none",
            of("kind", with("/sources", json!([{"kind": "file", "completeness": "complete"}]))),
        ),
        ("another schema", "none", of("schema", with("/schema", json!("tollgate/evidence/v2")))),
        (
            "a finding without a severity",
            "none",
            of("severity", with("/findings/items", json!([{"tool": "t", "rule": "r", "message": "m"}]))),
        ),
        (
            "a score of zero beside an error",
            "rejected",
            of(
                "score",
                with(
                    "/findings/items",
                    json!([{"tool": "t", "rule": "r", "message": "m", "score": 0.0, "level": "error"}]),
                ),
            ),
        ),
        ("empty", "none", of("empty", String::new())),
        ("cut short", "none", of("cut", whole.to_string()[..40].to_owned())),
        ("twice", "none", of("twice", format!("{whole}{whole}"))),
    ]);
    assert_eq!(decision("absent", &place.eval(&["--evidence", "none.json", "--policy", "p"])), "none");
}

#[test]
fn nothing_about_the_output_changes_the_exit_code() {
    let place = place();
    place.pack("p", FILES, "violation(change, \"x\");");
    let exit = |arguments: &[&str]| {
        let output = place.run(&[&["eval", "--trees", "before", "after", "--policy", "p"], arguments].concat());
        crate::code(&output)
    };
    for format in ["json", "terminal", "markdown", "sarif"] {
        assert_eq!(exit(&["--format", format]), 1);
        assert_eq!(exit(&["--format", format, "--output", &format!("{format}=report")]), 1);
        assert_eq!(exit(&["--format", format, "--output", &format!("{format}=none/report")]), 2);
        assert_eq!(
            exit(&["--format", format, "--output", &format!("{format}=before")]),
            2,
            "a directory is in the way"
        );
    }
    assert_eq!(exit(&["--color", "always", "--log", "trace"]), 1);
    assert_eq!(exit(&["--format", "yaml"]), 2);
    assert_eq!(exit(&["--no-such-flag"]), 2);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_leaves_no_approval() {
    let place = place();
    place.pack("p", FILES, "note(\"x\");");
    for format in ["json", "terminal", "markdown", "sarif"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = place.command(&["eval", "--trees", "before", "after", "--policy", "p", "--format", format]);
        assert_eq!(command.stdout(writer).output().unwrap().status.code(), Some(2), "{format}");
    }
}

#[test]
fn what_nobody_supplied_can_be_said_not_to_be_expected_and_then_nobody_looked() {
    let place = place();
    let eval = |arguments: &[&str]| place.eval(&[&["--trees", "before", "after"], arguments].concat());
    let output = eval(&["--without", "findings", "--without", "advisories"]);
    let said = crate::stderr(&output);
    assert!(!said.contains("is not honoured"), "no package changed, so there was nothing to look up: {said}");
    let verdict: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let categories = verdict["risk"]["categories"].as_array().unwrap();
    let level = |name: &str| categories.iter().find(|one| one["category"] == name).unwrap()["risk"].clone();
    assert_eq!((level("vulnerabilities"), level("secrets")), (json!(null), json!(null)));
    let output = eval(&["--without", "findings"]);
    let verdict: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let categories = verdict["risk"]["categories"].as_array().unwrap();
    let level = categories.iter().find(|one| one["category"] == "vulnerabilities").unwrap()["risk"].clone();
    assert_eq!(level, json!(null), "no scanner looked for those that are no package's");
}

#[test]
fn what_is_lacking_is_told_in_the_number_of_its_word_and_advice_is_what_would_be_honoured() {
    let place = place();
    place.pack("p", "\"findings\", \"change\", \"baseline\"", "for f in change.findings { violation(f, f.path); }");
    let output = place.eval(&["--trees", "before", "after", "--policy", "p"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("findings are missing") && text.contains("change is missing"), "{text}");
    assert!(text.contains("baseline is missing"), "{text}");
    assert!(!text.contains("--without"), "no pack lets it be lacking: {text}");
}
