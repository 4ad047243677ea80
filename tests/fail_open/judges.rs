//! What judges the change taken from the change itself, by ways that are easily overlooked; and settings that would replace
//! what is stricter.

use serde_json::{Value, json};

use crate::people::{World, asks};
use crate::{Place, all, decision, pack_toml, rule};

const FILES: &str = "\"files\"";
const REJECTS: &str = "for f in change.files { violation(f, f.path); }";

/// A repository that names its strict pack, and a change of it.
fn place(edit: impl FnOnce(&Place)) -> Place {
    let place = Place::new();
    place.git(&["init", "-q", "-b", "main"]);
    place.pack("strict", FILES, REJECTS);
    place.write("tollgate.toml", "policy = [\"strict\"]\n");
    place.write("src/a.js", "a\n");
    place.commit();
    place.git(&["checkout", "-q", "-b", "change"]);
    place.write("src/a.js", "b\n");
    edit(&place);
    place.commit();
    place
}

fn after(name: &'static str, edit: impl FnOnce(&Place)) -> (&'static str, String) {
    (name, decision(name, &place(edit).eval(&["--base", "main"])))
}

fn lenient(place: &Place, directory: &str) {
    place.write(&format!("{directory}/pack.toml"), pack_toml("strict"));
    place.write(&format!("{directory}/rules/the-rule.rhai"), rule(FILES, "note(\"x\");"));
}

#[cfg(unix)]
#[test]
fn the_judge_moves_becomes_a_link_or_another_repository() {
    use std::os::unix::fs::symlink;
    let remove = |place: &Place, directory: &str| std::fs::remove_dir_all(place.path().join(directory)).unwrap();
    all([
        after("nothing", |_| {}),
        after("another pack is moved to its place", |place| {
            remove(place, "strict");
            lenient(place, "strict");
        }),
        after("the pack is renamed", |place| {
            place.git(&["mv", "strict", "old"]);
            lenient(place, "strict");
        }),
        after("the pack is renamed by its case", |place| {
            place.git(&["mv", "strict", "x"]);
            place.git(&["mv", "x", "Strict"]);
        }),
        after("the rule is renamed by its case", |place| {
            place.git(&["mv", "strict/rules/the-rule.rhai", "strict/rules/The-Rule.rhai"]);
        }),
        after("the settings are renamed by their case", |place| {
            place.git(&["mv", "tollgate.toml", "Tollgate.toml"]);
        }),
        after("the pack becomes a submodule", |place| {
            remove(place, "strict");
            lenient(place, "strict");
            let git = |arguments: &[&str]| place.git(&[&["-C", "strict"], arguments].concat());
            git(&["init", "-q"]);
            git(&["add", "-A"]);
            git(&["commit", "-q", "-m", "x"]);
            place.git(&["rm", "-rq", "--cached", "strict"]);
        }),
        after("a rule becomes a link", |place| {
            place.remove("strict/rules/the-rule.rhai");
            place.write("x.rhai", rule(FILES, "note(\"x\");"));
            symlink("../../x.rhai", place.path().join("strict/rules/the-rule.rhai")).unwrap();
        }),
        after("other settings below", |place| {
            place.write("src/tollgate.toml", "policy = [\"builtin:baseline\"]\ndry-run = true\n");
            place.write(".tollgate/tollgate.toml", "dry-run = true\n");
            place.write(".tollgate.toml", "dry-run = true\n");
        }),
        after("a file that ignores", |place| place.write(".tollgateignore", "*\n")),
        after("attributes", |place| place.write(".gitattributes", "* -diff -text linguist-generated export-ignore\n")),
        after("attributes in a directory", |place| place.write("src/.gitattributes", "* -diff binary\n")),
        after("a mailmap", |place| place.write(".mailmap", "y <y@example.org> x <x@example.org>\n")),
        after("modules", |place| {
            place.write(".gitmodules", "[submodule \"src\"]\npath = src\nurl = ../x\nignore = all\n");
        }),
    ]
    .map(|(name, found)| (name, "rejected", found)));
    // From where it is asked, and with what git is told about the working tree, the settings are those of the root.
    let place = place(|place| place.write("src/tollgate.toml", "policy = [\"builtin:baseline\"]\n"));
    place.git(&["update-index", "--assume-unchanged", "src/a.js"]);
    place.git(&["update-index", "--skip-worktree", "strict/rules/the-rule.rhai"]);
    for directory in ["src", "strict/rules", "."] {
        let mut command = place.command(&["eval", "--base", "main", "--format", "json"]);
        let output = command.current_dir(place.path().join(directory)).output().unwrap();
        assert_eq!(decision(directory, &output), "rejected", "{directory}");
        let named = ["eval", "--base", "main", "--format", "json", "--repo", directory];
        assert_eq!(decision(directory, &place.run(&named)), "rejected", "--repo {directory}");
    }
}

#[test]
fn git_is_told_something_else_by_its_environment() {
    let place = place(|_| {});
    let other = Place::new();
    other.git(&["init", "-q", "-b", "main"]);
    other.write("x", "x");
    other.commit();
    let git_dir = other.path().join(".git");
    let index = other.path().join("index");
    for (name, value) in [
        ("GIT_INDEX_FILE", index.as_os_str()),
        ("GIT_WORK_TREE", other.path().as_os_str()),
        ("GIT_REPLACE_REF_BASE", "refs/heads/".as_ref()),
        ("GIT_NAMESPACE", "x".as_ref()),
        ("GIT_DIFF_OPTS", "-u0".as_ref()),
        ("GIT_EXTERNAL_DIFF", "/bin/true".as_ref()),
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES", git_dir.as_os_str()),
    ] {
        let mut command = place.command(&["eval", "--base", "main", "--format", "json"]);
        let found = decision(name, &command.env(name, value).output().unwrap());
        assert_ne!(found, "approved", "{name}");
    }
}

#[test]
fn a_forks_head_brings_no_judge() {
    let place = place(|place| {
        place.write("tollgate.toml", "policy = [\"lenient\"]\nbase = \"change\"\ndry-run = true\n");
        lenient(place, "lenient");
    });
    let head = place.git(&["rev-parse", "HEAD"]);
    let base = place.git(&["rev-parse", "main"]);
    let user = json!({"login": "eve", "id": 1, "type": "User"});
    let repository = |name: &str| json!({"full_name": name, "name": "shop", "fork": name != "acme/shop"});
    let event = json!({"action": "opened", "number": 1, "repository": repository("acme/shop"), "pull_request": {
        "number": 1, "title": "x", "body": "", "user": user, "draft": false, "labels": [], "state": "open",
        "head": {"sha": head, "ref": "main", "repo": repository("eve/shop")},
        "base": {"sha": base, "ref": "main", "repo": repository("acme/shop")}}});
    place.write(".git/event.json", event.to_string());
    for more in [&[][..], &["--head", &head], &["--config", "tollgate.toml"]] {
        let output = place.eval(&[&["--base", "main", "--change", ".git/event.json"], more].concat());
        assert_eq!(decision("fork", &output), "rejected", "{more:?}: {}", crate::stderr(&output));
    }
}

#[test]
fn teams_overrides_reviews_and_owners_that_the_change_brings_along() {
    let world = World::new();
    let review = json!([world.review(json!({}))]).to_string();
    assert_eq!(world.with("control", &review, &[]), "approved");
    world.place.write("teams.toml", "[teams]\nsecurity = [\"eve\"]\n");
    world.place.write("override.toml", "head = \"x\"\n");
    let head = world.place.commit();
    let by_eve = |commit: &str| world.review(json!({"user": {"login": "eve", "type": "User"}, "commit_id": commit}));
    let eve = json!([by_eve(&head)]).to_string();
    world.place.write(".git/info/exclude", "reviews.json\n");
    world.place.write("reviews.json", json!([world.review(json!({"commit_id": head}))]).to_string());
    let pack = world.at("p");
    let teams = world.at("teams.toml");
    let base = ["--base", "main", "--policy", &pack, "--author", "dev"];
    world.away.write("eve.json", &eve);
    let eves = world.at("eve.json");
    let of = |name: &str, more: &[&str]| decision(name, &world.place.eval(&[&base, more].concat()));
    all([
        ("teams", "none", of("teams", &["--teams", "teams.toml", "--reviews", &eves])),
        ("an override", "none", of("override", &["--override", "override.toml", "--teams", &teams])),
        ("an approval of somebody who is not asked", "approval_required", {
            of("eve", &["--teams", &teams, "--reviews", &eves])
        }),
    ]);
    world.place.write("committed.json", json!([world.review(json!({"commit_id": head}))]).to_string());
    world.place.commit();
    let found = of("reviews", &["--teams", &teams, "--reviews", "committed.json"]);
    assert_eq!(found, "approval_required", "reviews that are committed");
}

/// What a change of `src/auth.js` ends in where owners have to approve and `ann` does.
fn owned(base: &[(&str, &str)], head: &[(&str, &str)]) -> String {
    let world = World::new();
    world.away.write("p/rules/the-rule.rhai", asks("owners", ""));
    world.place.git(&["checkout", "-q", "main"]);
    for (file, text) in base {
        world.place.write(file, text);
    }
    world.place.commit();
    world.place.git(&["checkout", "-q", "change"]);
    world.place.git(&["merge", "-q", "--no-edit", "main"]);
    for (file, text) in head {
        world.place.write(file, text);
    }
    let head = world.place.commit();
    let ann = world.review(json!({"user": {"login": "ann", "type": "User"}, "commit_id": head}));
    world.with("owned", &json!([ann]).to_string(), &["--repository", "acme/shop"])
}

#[test]
fn owners_that_nobody_can_read_or_that_the_change_names() {
    let ann = "src/** @ann\n";
    all([
        ("the owner", "approved", owned(&[("CODEOWNERS", ann)], &[])),
        (
            "an owner that the head names",
            "approval_required",
            owned(&[("CODEOWNERS", "* @bob\n")], &[("CODEOWNERS", ann)]),
        ),
        (
            "an owner that a file of the head names in a place that counts more",
            "approval_required",
            owned(&[("CODEOWNERS", "* @bob\n")], &[(".github/CODEOWNERS", ann)]),
        ),
        ("a line that can't be read", "approval_required", owned(&[("CODEOWNERS", "* @ann\nsrc/** @bob !x [\n")], &[])),
        ("a pattern that can't be read", "approval_required", owned(&[("CODEOWNERS", "* @ann\n!src/** @bob\n")], &[])),
        ("a later line without owners", "approval_required", owned(&[("CODEOWNERS", "* @ann\nsrc/**\n")], &[])),
        ("an owner that is a team without members", "approval_required", {
            owned(&[("CODEOWNERS", "* @acme/nobody\n")], &[])
        }),
        ("an owner by address", "approval_required", owned(&[("CODEOWNERS", "* ann@example.org\n")], &[])),
        ("an empty file", "approval_required", owned(&[("CODEOWNERS", "")], &[])),
        ("none", "approval_required", owned(&[], &[])),
    ]);
}

/// What two layers of packs end in, where three files changed.
fn layered(first: &str, second: &str, arguments: &[&str]) -> String {
    let place = Place::new();
    for file in ["a", "b", "c"] {
        place.write(&format!("before/{file}.js"), "a\n");
        place.write(&format!("after/{file}.js"), "b\n");
    }
    place.pack("org", FILES, "if change.files.count() > params.limit { violation(change, \"x\"); }");
    let limit = "[parameters.limit]\ntype = \"integer\"\ndefault = 2\nstricter = \"lower\"\n";
    place.write("org/pack.toml", format!("{}{limit}{first}", pack_toml("org")));
    place.write("repo/pack.toml", format!("{}{second}", pack_toml("repo")));
    place.write("repo/rules/another-rule.rhai", rule(FILES, "note(\"x\");"));
    let all = ["--trees", "before", "after", "--policy", "org", "--policy", "repo"];
    decision(second, &place.eval(&[&all, arguments].concat()))
}

#[test]
fn later_layers_and_flags_that_would_replace_what_is_stricter() {
    let tunable = "[parameters.limit]\ntype = \"integer\"\ndefault = 2\nstricter = \"lower\"\n";
    all([
        ("nothing", "rejected", layered("", "", &[])),
        ("a limit that is higher", "none", layered("", "[set]\nlimit = 9\n", &[])),
        ("a limit that is lower", "rejected", layered("", "[set]\nlimit = 1\n", &[])),
        ("a rule made advisory", "none", layered("", "[rules.the-rule]\nenforcement = \"advisory\"\n", &[])),
        ("a rule in force later", "none", layered("", "[rules.the-rule]\neffective_on = \"2030-01-01\"\n", &[])),
        ("a risk that asks for less", "rejected", {
            let asks = |level: &str| format!("[risk.{level}]\ndecision = \"rejected\"\n");
            layered(&asks("low"), &asks("critical"), &[])
        }),
        (
            "evidence that may lack",
            "rejected",
            layered("", "[evidence.files]\nmay_lack = true\n", &["--without", "files"]),
        ),
        ("a parameter of the same name", "rejected", layered("", &tunable.replace("default = 2", "default = 9"), &[])),
        ("an override", "none", layered("", "[override]\napprovals = [{ from = [\"any\"], count = 1 }]\n", &[])),
        ("waivers by anybody", "rejected", layered("", "[waivers]\nby = [\"any\"]\n", &[])),
        ("a scope that leaves the change out", "rejected", layered("", "[scope]\npaths = [\"nowhere/**\"]\n", &[])),
        ("a flag", "none", layered("", "", &["--param", "limit=9"])),
    ]);
    // Tunable by the first layer's own word, it is the control.
    let declared = "tunable = { from = 0, to = 9 }\n";
    assert_eq!(layered(declared, "[set]\nlimit = 9\n", &[]), "approved");
}

#[test]
fn policies_whose_scope_or_globs_select_nothing() {
    let of = |scope: &str, check: &str| {
        let place = Place::new();
        place.write("before/src/a.js", "a\n");
        place.write("after/src/a.js", "b\n");
        place.pack("p", FILES, check);
        place.write("p/pack.toml", format!("{}{scope}", pack_toml("p")));
        decision(scope, &place.eval(&["--trees", "before", "after", "--policy", "p"]))
    };
    let scope = |glob: &str| of(&format!("[scope]\npaths = [\"{glob}\"]\n"), REJECTS);
    all([
        ("a scope with the change in it", "rejected", scope("src/**")),
        ("a scope that matches nothing", "indeterminate", scope("srcs/**")),
        ("a scope in another case", "indeterminate", scope("SRC/**")),
        ("a scope that can match nothing", "none", scope("src/")),
        ("a scope that is empty", "none", of("[scope]\npaths = []\n", REJECTS)),
        ("a scope of a mistyped key", "none", of("[scope]\npath = [\"src/**\"]\n", REJECTS)),
    ]);
    // What a rule itself selects is for its cases to show: it looked, and found nothing.
    let looked = of("", "for f in change.files.under(\"srcs/**\") { violation(f, f.path); }");
    assert_eq!(looked, "approved");
}

#[test]
fn a_rule_that_stops_before_it_looks() {
    let of = |check: &str| {
        let place = Place::new();
        place.write("before/src/a.js", "a\n");
        place.write("after/src/a.js", "b\n");
        place.pack("p", FILES, check);
        decision(check, &place.eval(&["--trees", "before", "after", "--policy", "p"]))
    };
    all([
        ("not at all", "rejected", of(REJECTS)),
        ("return at the top", "none", of(&format!("return; {REJECTS}"))),
        ("return in a condition that always holds", "none", of(&format!("if true {{ return; }} {REJECTS}"))),
        ("exit", "none", of(&format!("exit(); {REJECTS}"))),
        ("exit with a value", "none", of(&format!("exit(0); {REJECTS}"))),
        ("throw", "none", of(&format!("throw \"x\"; {REJECTS}"))),
        ("break out of the loop", "none", of("for f in change.files { break; violation(f, f.path); }")),
        ("a loop over nothing", "none", of("for f in [] { violation(change, \"x\"); }")),
        (
            "not applicable at the top",
            "approved",
            of(&format!("if change.files.count() == 1 {{ not_applicable(\"x\"); }} else {{ {REJECTS} }}")),
        ),
    ]);
}

#[test]
fn merged_reports_that_lost_a_run_or_say_twice_what_they_are() {
    let place = Place::new();
    place.write("before/src/a.js", "a\n");
    place.write("after/src/a.js", "b\n");
    place.pack("p", "\"findings\"", "for f in change.findings { violation(f, f.message); }");
    place.write("p/pack.toml", format!("{}[evidence.findings]\nexpect = [\"CodeQL\", \"gitleaks\"]\n", pack_toml("p")));
    let run = |name: &str| json!({"tool": {"driver": {"name": name}}, "invocations": [{"executionSuccessful": true}], "results": []});
    let of = |name: &'static str, runs: Value| {
        place.write("s.sarif", json!({"version": "2.1.0", "runs": runs}).to_string());
        decision(name, &place.eval(&["--trees", "before", "after", "--policy", "p", "--sarif", "s.sarif"]))
    };
    let mut extension = run("CodeQL");
    extension["tool"]["extensions"] = json!([{"name": "gitleaks"}]);
    let mut named = run("CodeQL");
    named["automationDetails"] = json!({"id": "gitleaks/"});
    all([
        ("both", "approved", of("both", json!([run("CodeQL"), run("gitleaks")]))),
        ("the clean run of one lost", "indeterminate", of("lost", json!([run("CodeQL")]))),
        ("the clean run of one lost, the other twice", "indeterminate", {
            of("twice", json!([run("CodeQL"), run("CodeQL")]))
        }),
        ("the lost one as an extension", "indeterminate", of("extension", json!([extension]))),
        ("the lost one as a name of the run", "indeterminate", of("named", json!([named]))),
        ("the lost one as a part of a name", "indeterminate", of("part", json!([run("CodeQL"), run("gitleaks2")]))),
        ("no name at all", "indeterminate", of("none", json!([run("CodeQL"), run("")]))),
    ]);
}

/// What a change ends in that is judged in two steps, or as a diff or two directories, in a checkout whose policy it edits.
#[test]
fn without_its_repository_a_change_brings_no_judge_either() {
    let evaluated = |name: &'static str, edit: &dyn Fn(&Place), then: &dyn Fn(&Place), more: &[&str]| {
        let place = place(edit);
        let collected = place.run(&["collect", "--base", "main", "--author", "dev", "--output", ".git/e.json"]);
        assert_eq!(crate::code(&collected), 0, "{}", crate::stderr(&collected));
        then(&place);
        let policy: &[&str] = if more.contains(&"--policy") { &[] } else { &["--policy", "strict"] };
        let output = place.eval(&[&["--evidence", ".git/e.json"], policy, more].concat());
        (name, decision(name, &output))
    };
    let stays = |_: &Place| {};
    let none: &[&str] = &[];
    let wide = "[[waiver]]\nid = \"W-1\"\nrule = \"the-rule\"\npaths = [\"**\"]\nowner = \"x\"\nreason = \"r\"\napproved_by = \"lead\"\nexpires = 2026-12-31\n";
    let waives = |place: &Place| place.write("w.toml", wide);
    all([
        evaluated("nothing of it", &stays, &stays, none),
        // Who judges in a checkout of the base has the base's files.
        evaluated(
            "the rule, judged where the base lies",
            &|place| lenient(place, "strict"),
            &|place| {
                place.git(&["checkout", "-q", "main"]);
            },
            none,
        ),
    ]
    .map(|(name, found)| (name, "rejected", found)));
    all([
        evaluated("the rule", &|place| lenient(place, "strict"), &stays, none),
        evaluated(
            "the rule is gone",
            &|place| {
                place.write("strict/rules/another-rule.rhai", rule(FILES, "note(\"x\");"));
                place.remove("strict/rules/the-rule.rhai");
            },
            &stays,
            none,
        ),
        evaluated(
            "the rule moved",
            &|place| {
                place.git(&["mv", "strict/rules/the-rule.rhai", "x.rhai"]);
                place.write("strict/rules/another-rule.rhai", rule(FILES, "note(\"x\");"));
            },
            &stays,
            none,
        ),
        evaluated(
            "the pack's settings",
            &|place| {
                place.write(
                    "strict/pack.toml",
                    format!("{}[rules.the-rule]\nenforcement = \"advisory\"\n", pack_toml("strict")),
                );
            },
            &stays,
            none,
        ),
        evaluated("a new pack", &|place| lenient(place, "other"), &stays, &["--policy", "other"]),
        evaluated("waivers", &waives, &stays, &["--waivers", "w.toml"]),
        evaluated("waivers by way of a directory", &waives, &stays, &["--waivers", "src/../w.toml"]),
        evaluated(
            "teams",
            &|place| place.write("teams.toml", "[teams]\nx = [\"y\"]\n"),
            &stays,
            &["--teams", "teams.toml"],
        ),
        evaluated(
            "settings",
            &|place| place.write("tollgate.toml", "dry-run = true\n"),
            &stays,
            &["--config", "tollgate.toml"],
        ),
    ]
    .map(|(name, found)| (name, "none", found)));
    let place = place(|place| lenient(place, "strict"));
    for index in ["--full-index", "--no-renames"] {
        std::fs::write(place.path().join(".git/d"), place.git(&["diff", index, "main..."]) + "\n").unwrap();
        assert_eq!(decision(index, &place.eval(&["--diff", ".git/d", "--policy", "strict"])), "none", "{index}");
    }
    let trees = Place::new();
    lenient(&trees, "before/strict");
    lenient(&trees, "after/strict");
    trees.write("before/strict/rules/the-rule.rhai", rule(FILES, REJECTS));
    let of = |pack: &str| decision(pack, &trees.eval(&["--trees", "before", "after", "--policy", pack]));
    all([("before/strict", "rejected", of("before/strict")), ("after/strict", "none", of("after/strict"))]);
}
