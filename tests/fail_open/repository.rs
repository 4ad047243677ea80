//! The change edits what judges it, brings its own evidence along, or hides itself from git.

use serde_json::json;

use crate::{ASKS_FINDINGS, Place, all, decision, pack_toml, rule};

const FILES: &str = "\"files\"";
const REJECTS: &str = "for f in change.files { violation(f, f.path); }";

/// A repository whose base has a pack that rejects everything, and settings that name it.
fn place() -> Place {
    let place = Place::new();
    place.git(&["init", "-q", "-b", "main"]);
    place.pack("strict", FILES, REJECTS);
    place.write("tollgate.toml", "policy = [\"strict\"]\n");
    place.write("src/a.js", "a\n");
    place.commit();
    place.git(&["checkout", "-q", "-b", "change"]);
    place.write("src/a.js", "b\n");
    place.commit();
    place
}

/// What lies outside of the repository.
fn outside(name: &str, needs: &str, check: &str) -> Place {
    let outside = Place::new();
    outside.pack(name, needs, check);
    outside
}

fn after(name: &str, arguments: &[&str], edit: impl FnOnce(&Place)) -> String {
    let place = place();
    edit(&place);
    place.commit();
    decision(name, &place.eval(arguments))
}

#[test]
fn the_change_edits_its_judge() {
    let lenient = rule(FILES, "note(\"x\");");
    let edit = |file: &'static str, text: &str| {
        let text = text.to_owned();
        move |place: &Place| place.write(file, text)
    };
    let other = |place: &Place| {
        place.pack("lenient", FILES, "note(\"x\");");
        place.write("tollgate.toml", "policy = [\"lenient\"]\n");
    };
    all([
        ("nothing", "rejected", after("nothing", &[], |_| {})),
        ("the rule", "rejected", after("rule", &[], edit("strict/rules/the-rule.rhai", &lenient))),
        (
            "the rule's enforcement",
            "rejected",
            after(
                "enforcement",
                &[],
                edit("strict/rules/the-rule.rhai", &rule(FILES, REJECTS).replace("hard-mandatory", "advisory")),
            ),
        ),
        (
            "the pack's settings",
            "rejected",
            after(
                "pack",
                &[],
                edit(
                    "strict/pack.toml",
                    &format!("{}[rules.the-rule]\nenforcement = \"advisory\"\n", pack_toml("strict")),
                ),
            ),
        ),
        ("a broken pack", "rejected", after("broken", &[], edit("strict/pack.toml", "no"))),
        ("the settings", "rejected", after("settings", &[], other)),
        ("the settings, named", "rejected", after("named", &["--config", "tollgate.toml"], other)),
        ("the settings, gone", "rejected", after("gone", &[], |place| place.remove("tollgate.toml"))),
        ("the pack, gone", "rejected", after("pack gone", &[], |place| place.remove("strict/pack.toml"))),
        ("a dry run", "rejected", after("dry", &[], edit("tollgate.toml", "policy = [\"strict\"]\ndry-run = true\n"))),
        ("a new pack, named", "none", after("new pack", &["--policy", "lenient"], other)),
        (
            "new settings",
            "none",
            after("new settings", &["--config", "new.toml"], edit("new.toml", "policy = [\"builtin:baseline\"]\n")),
        ),
        (
            "new settings with directories",
            "none",
            after("directories", &["--config", "new.toml"], edit("new.toml", "trees = [\"src\", \"src\"]\n")),
        ),
        (
            "new settings with evidence",
            "none",
            after("evidence", &["--config", "new.toml"], |place| {
                place.write("new.toml", "evidence = \"e.json\"\npolicy = [\"builtin:baseline\"]\n");
                place.write("e.json", "{\"schema\": \"tollgate/evidence/v1\"}");
            }),
        ),
        (
            "settings that name directories now",
            "rejected",
            after("now", &["--config", "tollgate.toml"], edit("tollgate.toml", "trees = [\"src\", \"src\"]\n")),
        ),
        ("what git ignores", "rejected", after("ignores", &[], edit(".gitignore", "*\n"))),
    ]);
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_of_the_repository_and_into_it() {
    use std::os::unix::fs::symlink;
    let lenient = outside("lenient", FILES, "note(\"x\");");
    let target = lenient.path().join("lenient");
    all([
        (
            "the pack becomes a link",
            "rejected",
            after("link", &[], |place| {
                std::fs::remove_dir_all(place.path().join("strict")).unwrap();
                symlink(&target, place.path().join("strict")).unwrap();
            }),
        ),
        (
            "a new link to a pack",
            "none",
            after("new", &["--policy", "linked"], |place| symlink(&target, place.path().join("linked")).unwrap()),
        ),
        (
            "settings that become a link",
            "rejected",
            after("settings", &["--config", "tollgate.toml"], |place| {
                place.remove("tollgate.toml");
                lenient.write("t.toml", "policy = [\"lenient\"]\n");
                symlink(lenient.path().join("t.toml"), place.path().join("tollgate.toml")).unwrap();
            }),
        ),
    ]);
    // A link from outside that leads to the pack of the checkout is a path inside.
    let place = place();
    place.write("strict/rules/the-rule.rhai", rule(FILES, "note(\"x\");"));
    place.commit();
    let away = Place::new();
    symlink(place.path(), away.path().join("repository")).unwrap();
    symlink(place.path().join("strict"), away.path().join("pack")).unwrap();
    for path in ["repository/strict", "pack", "repository/src/../strict"] {
        let path = away.path().join(path);
        assert_eq!(decision("inside", &place.eval(&["--policy", path.to_str().unwrap()])), "rejected", "{path:?}");
    }
}

#[test]
fn a_base_without_a_policy_is_judged_by_the_built_in_one() {
    let place = Place::new();
    place.git(&["init", "-q", "-b", "main"]);
    place.write("src/a.js", "a\n");
    place.commit();
    place.git(&["checkout", "-q", "-b", "change"]);
    place.write("src/a.js", "b\n");
    place.pack("own", FILES, "note(\"x\");");
    place.write("tollgate.toml", "policy = [\"own\"]\n");
    place.commit();
    let output = place.eval(&[]);
    assert_eq!(decision("bootstrap", &output), "indeterminate");
    let base = place.git(&["rev-parse", "main"]);
    let why = format!("the head has a `tollgate.toml`, the base {} does not: it counts once merged", &base[..12]);
    assert!(crate::stderr(&output).contains(&format!("under `builtin:baseline`: {why}")), "{}", crate::stderr(&output));
    let named = place.eval(&["--policy", "builtin:baseline"]);
    assert!(crate::stderr(&named).contains(&why), "{}", crate::stderr(&named));
    assert_eq!(decision("named", &place.eval(&["--policy", "own"])), "none");
}

#[test]
fn settings_that_only_the_checkout_has_are_said_not_to_count_and_without_any_nothing_is_said() {
    let place = Place::new();
    place.git(&["init", "-q", "-b", "main"]);
    place.write("src/a.js", "a\n");
    place.commit();
    place.git(&["checkout", "-q", "-b", "change"]);
    place.write("src/a.js", "b\n");
    place.commit();
    let said = crate::stderr(&place.eval(&[]));
    assert!(said.contains("under `builtin:baseline`, because no policy was named"), "{said}");
    place.write("tollgate.toml", "policy = [\"own\"]\n");
    let said = crate::stderr(&place.eval(&[]));
    assert!(said.contains("the checkout has a `tollgate.toml`, the base ") && said.contains("once merged"), "{said}");
}

#[test]
fn attributes_of_the_change_hide_nothing() {
    for attributes in
        ["* -diff\n", "* binary\n", "* linguist-generated\n", "* linguist-vendored -text\n", "*.js filter=x diff=x\n"]
    {
        let place = place();
        let away = outside("asks", "\"findings\", \"files\"", ASKS_FINDINGS);
        place.write(".gitattributes", attributes);
        place.write("src/a.js", "b\neval(x)\n");
        place.commit();
        away.write(
            "scan.sarif",
            report(
                json!([{"ruleId": "r", "level": "error", "message": {"text": "m"}, "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": "src/a.js"}, "region": {"startLine": 2}}}]}]),
            ),
        );
        let found = place.eval(&[
            "--policy",
            away.path().join("asks").to_str().unwrap(),
            "--sarif",
            away.path().join("scan.sarif").to_str().unwrap(),
        ]);
        assert_eq!(decision(attributes, &found), "rejected");
    }
}

fn report(results: serde_json::Value) -> String {
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "CodeQL"}}, "invocations": [{"executionSuccessful": true}], "results": results}]}).to_string()
}

#[test]
fn reports_that_were_made_for_something_else() {
    let place = place();
    let away = outside("asks", "\"findings\", \"files\"", ASKS_FINDINGS);
    let clean = report(json!([]));
    let base = place.git(&["rev-parse", "main"]);
    let named = |commit: &str| {
        clean.replace(
            "\"invocations\"",
            &format!("\"versionControlProvenance\": [{{\"revisionId\": \"{commit}\"}}], \"invocations\""),
        )
    };
    away.write("clean.sarif", &clean);
    away.write("old.sarif", named(&base));
    place.write("reports/clean.sarif", &clean);
    let head = place.commit();
    away.write("new.sarif", named(&head));
    place.write("reports/fresh.sarif", clean.replace("CodeQL", "codeql"));
    let pack = away.path().join("asks");
    let of =
        |name: &str, file: &str| decision(name, &place.eval(&["--policy", pack.to_str().unwrap(), "--sarif", file]));
    let away = |file: &str| away.path().join(file).to_str().unwrap().to_owned();
    let at = |commit: &str| format!("{}@{commit}", away("clean.sarif"));
    all([
        ("of nobody knows what", "approved", of("unknown", &away("clean.sarif"))),
        ("of the head", "approved", of("head", &at(&head))),
        ("of the head, shortened", "approved", of("short", &at(&head[..10]))),
        ("of the base", "indeterminate", of("base", &at(&base))),
        (
            "of a commit that is not there",
            "indeterminate",
            of("absent", &at("0123456789abcdef0123456789abcdef01234567")),
        ),
        ("that names the base", "indeterminate", of("names base", &away("old.sarif"))),
        ("that names the head", "approved", of("names head", &away("new.sarif"))),
        (
            "that names the head, and is said to be of the base",
            "indeterminate",
            of("both", &format!("{}@{base}", away("new.sarif"))),
        ),
        ("that the change brought along", "indeterminate", of("brought", "reports/clean.sarif")),
        ("that was made in the checkout", "approved", of("made", "reports/fresh.sarif")),
    ]);
}

#[test]
fn a_change_that_is_not_there_or_not_whole() {
    let place = place();
    let eval = |arguments: &[&str]| {
        decision(&arguments.join(" "), &place.eval(&[&["--policy", "strict"], arguments].concat()))
    };
    let tip = place.git(&["rev-parse", "HEAD:src/a.js"]);
    all([
        ("as it is", "rejected", eval(&[])),
        ("no such base", "none", eval(&["--base", "nowhere"])),
        ("no such head", "none", eval(&["--head", "nowhere"])),
        ("a base that is no commit", "none", eval(&["--base", &tip])),
        ("no such repository", "none", eval(&["--repo", "/nowhere"])),
        ("an empty name", "none", eval(&["--base", ""])),
        ("a name like a flag", "none", eval(&["--base=--all"])),
        ("no such policy", "none", eval(&["--policy-ref", "nowhere"])),
    ]);
    // Without the content of a file nothing can be told of it.
    let object = place.path().join(".git/objects").join(&tip[..2]).join(&tip[2..]);
    std::fs::remove_file(object).unwrap();
    assert_ne!(eval(&[]), "approved");
}
