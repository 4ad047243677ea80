//! Waivers from end to end: what a file of them may say, what each lifts, and that every verb tells the same.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic, and makes its inputs"
)]

#[path = "../support/git.rs"]
mod git;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use git::git;
use serde_json::Value;
use tollgate::collect::waivers::parse;

const WAIVER: &str = "[[waiver]]\nid = \"W-1\"\nrule = \"no-change\"\npaths = [\"legacy/**\"]\nowner = \"team:payments\"\nreason = \"leaves in March\"\napproved_by = \"lead\"\nexpires = 2026-12-31\n";

const RULE: &str = "//! Why.\nconst RULE = #{ title: \"Nothing changes\", category: \"process\", enforcement: \"hard-mandatory\", risk: \"medium\", needs: [\"files\"] };\nfn check(change, params) { for f in change.files { violation(f, `${f.path} changed`); } }\n";

/// A directory with a change of `legacy/a.txt`, a pack `pack` of one rule, and files of waivers.
struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    fn new(pack: &str, waivers: &str) -> Self {
        let place = Self { directory: tempfile::tempdir().unwrap() };
        place.write("before/legacy/a.txt", "a\n");
        place.write("after/legacy/a.txt", "b\n");
        place.write("pack/pack.toml", &format!("name = \"acme\"\nversion = \"1\"\ndescription = \"a pack\"\n{pack}"));
        place.write("pack/rules/no-change.rhai", RULE);
        place.write("waivers.toml", waivers);
        place.write("teams.toml", "[teams]\nsecurity = [\"lead\"]\n");
        place
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tollgate"))
            .args(arguments)
            .current_dir(self.path())
            .env_remove("TOLLGATE_LOG")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    fn eval(&self, day: &str, arguments: &[&str]) -> Output {
        let all = ["eval", "--trees", "before", "after", "--policy", "pack", "--author", "dev", "--as-of", day];
        self.run(&[&all[..], arguments].concat())
    }

    /// The verdict with the waivers of `waivers.toml`, and the exit code.
    fn judged(&self, day: &str, arguments: &[&str]) -> (Value, i32) {
        let all = [&["--waivers", "waivers.toml", "--format", "json"][..], arguments].concat();
        let output = self.eval(day, &all);
        let verdict =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", err(&output)));
        (verdict, code(&output))
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn mistakes(text: &str) -> Vec<String> {
    parse("waivers.toml", text).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn a_waiver_without_what_it_has_to_say_is_refused_at_its_place() {
    assert!(parse("waivers.toml", WAIVER).is_ok());
    for (without, place, expected) in [
        ("id = \"W-1\"\n", "1:1", "has no `id`"),
        ("rule = \"no-change\"\n", "1:1", "has no `rule`"),
        ("paths = [\"legacy/**\"]\n", "1:1", "has no scope"),
        ("owner = \"team:payments\"\n", "1:1", "has no `owner`"),
        ("reason = \"leaves in March\"\n", "1:1", "has no `reason`"),
        ("expires = 2026-12-31\n", "1:1", "has no `expires`"),
    ] {
        let found = mistakes(&WAIVER.replace(without, ""));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(&format!("waivers.toml:{place}:")) && found[0].contains(expected), "{found:?}");
    }
}

#[test]
fn what_can_not_be_meant_is_refused_at_its_place() {
    for (from, to, place, expected) in [
        ("\"leaves in March\"", "\" \"", "6:11", "`reason` is blank"),
        ("\"team:payments\"", "\"\"", "5:9", "`owner` is blank"),
        ("\"team:payments\"", "\"@payments\"", "5:10", "is no login"),
        ("\"lead\"", "\"team:security\"", "7:16", "is no login"),
        ("reason", "raeson", "6:1", "unknown key `raeson`"),
        ("[[waiver]]", "[[waivers]]", "1:3", "unknown key `waivers`"),
        ("2026-12-31", "2026-12-31T12:00:00Z", "8:11", "is no day"),
        ("2026-12-31", "\"2026-02-30\"", "8:12", "is no day"),
        ("2026-12-31", "7", "8:11", "is no day"),
        ("expires", "created = 2027-01-01\nexpires", "8:11", "after its last day"),
        ("[\"legacy/**\"]", "[]", "4:9", "is about nothing"),
        ("[\"legacy/**\"]", "[\"a\"]\nversions = [\"1\"]", "5:12", "no `package` is named"),
        ("[\"legacy/**\"]", "[\"a\"]\nfingerprint = \"abc\"", "5:16", "is no fingerprint"),
        ("[\"legacy/**\"]", "[\"a\"]\npackage = \"lodash\"", "5:12", "is no package URL"),
        ("[\"legacy/**\"]", "[\"a\"]\npackage = \"pkg:npm/a@1\"\nversions = [\"2\"]", "5:12", "has a version"),
    ] {
        let found = mistakes(&WAIVER.replace(from, to));
        assert_eq!(found.len(), 1, "{to}: {found:?}");
        assert!(found[0].starts_with(&format!("waivers.toml:{place}:")) && found[0].contains(expected), "{found:?}");
    }
    let twice = mistakes(&format!("{WAIVER}{}", WAIVER.replace("W-1", "w-1")));
    assert!(twice.len() == 1 && twice[0].starts_with("waivers.toml:10:7: there is another waiver `W-1`"), "{twice:?}");
}

#[test]
fn a_mistake_in_any_file_leaves_no_verdict_in_any_verb() {
    let place = Place::new("", WAIVER);
    place.write("typo.toml", &WAIVER.replace("no-change", "no-chang").replace("W-1", "W-2"));
    place.write("glob.toml", &WAIVER.replace("legacy/**", "legacy/").replace("W-1", "W-3"));
    place.write("copy.toml", WAIVER);
    place.write("self.toml", &WAIVER.replace("no-change", "waivers").replace("W-1", "W-4"));
    for (file, expected) in [
        ("typo.toml", "did you mean `no-change`?"),
        ("glob.toml", "matches nothing"),
        ("self.toml", "no waiver lifts"),
        ("absent.toml", "absent.toml"),
        ("copy.toml", "there is another waiver"),
    ] {
        let files = ["--waivers", "waivers.toml", "--waivers", file];
        let output = place.eval("2026-11-23", &files);
        assert_eq!(code(&output), 2, "{file}");
        assert!(err(&output).contains(expected), "{file}: {}", err(&output));
        for verb in ["list", "check"] {
            let output = place.run(&[&["waivers", verb, "--policy", "pack"][..], &files].concat());
            assert_eq!(code(&output), 2, "{verb} {file}: {}", err(&output));
        }
    }
}

#[test]
fn a_waiver_lets_its_violation_pass_until_the_end_of_its_last_day_in_every_verb() {
    let place = Place::new("", WAIVER);
    assert_eq!(code(&place.eval("2026-11-23", &[])), 1);
    for (time, state, exit, said) in [
        ("2026-11-23", "applied", 0, "in force"),
        ("2026-12-31T23:59:59Z", "applied", 0, "expiring"),
        ("2027-01-01T00:30:00+01:00", "applied", 0, "expiring"),
        ("2027-01-01T00:00:00Z", "expired", 1, "expired"),
    ] {
        let (verdict, code_of) = place.judged(time, &[]);
        assert_eq!((verdict["waivers"][0]["state"].as_str(), code_of), (Some(state), exit), "{time}");
        let waiver = &verdict["rules"][0]["violations"][0]["waiver"];
        assert_eq!(waiver.as_str(), (exit == 0).then_some("W-1"));
        let listed = place.run(&["waivers", "list", "--policy", "pack", "--waivers", "waivers.toml", "--as-of", time]);
        assert_eq!(code(&listed), 0);
        assert!(out(&listed).starts_with(&format!("W-1 {said}: no-change")), "{}", out(&listed));
        let checked =
            place.run(&["waivers", "check", "--policy", "pack", "--waivers", "waivers.toml", "--as-of", time]);
        assert_eq!(code(&checked), i32::from(said != "in force"), "{}", out(&checked));
        let change = ["--trees", "before", "after", "--author", "dev", "--as-of", time];
        let of_change =
            place.run(&[&["waivers", "check", "--policy", "pack", "--waivers", "waivers.toml"][..], &change].concat());
        assert_eq!(code(&of_change), i32::from(said != "in force"), "{}", err(&of_change));
        assert_eq!(out(&of_change).contains("a.txt changed"), exit == 0, "{}", out(&of_change));
    }
}

#[test]
fn a_packs_terms_hold_for_its_own_rules() {
    let by = "[waivers]\nby = [\"team:security\"]\nmax_days = 30\nviolations = [\"over-long\", \"refused\"]\n";
    let place = Place::new(by, &WAIVER.replace("2026-12-31", "2026-12-23"));
    let teams = ["--teams", "teams.toml"];
    let (verdict, exit) = place.judged("2026-11-23", &teams);
    assert_eq!((verdict["waivers"][0]["state"].as_str(), exit), (Some("applied"), 0), "{}", verdict["waivers"]);
    let rule =
        |verdict: &Value| verdict["rules"].as_array().unwrap().iter().find(|rule| rule["id"] == "waivers").cloned();
    assert_eq!(rule(&verdict).unwrap()["outcome"], "satisfied");
    let (verdict, exit) = place.judged("2026-11-22", &teams);
    assert_eq!((verdict["waivers"][0]["state"].as_str(), exit), (Some("applied"), 1), "over-long by a day");
    assert!(rule(&verdict).unwrap()["violations"][0]["message"].as_str().unwrap().contains("over-long"));
    let (verdict, exit) = place.judged("2026-11-23", &[]);
    assert_eq!((verdict["waivers"][0]["state"].as_str(), exit), (Some("refused"), 1), "nobody knows the teams");
}

#[test]
fn terms_that_can_not_be_meant_and_a_rule_of_the_reserved_name_do_not_load() {
    for (terms, expected) in [
        ("by = []", "nobody is named"),
        ("by = [\"owners\"]", "can't approve a waiver"),
        ("by = [\"security\"]", "unknown approver"),
        ("max_days = 0", "`max_days` is 0"),
        ("max_days = 10\ndefault_days = 20", "`default_days` is 20"),
        ("enforcement = \"advisory\"", "nothing of waivers is a violation"),
        ("violations = [\"over-long\"]", "no `max_days`"),
        ("violations = [\"expird\"]", "expird"),
        ("violations = [\"expired\"]\nenforcement = \"soft-mandatory\"", "nobody is named who may"),
    ] {
        let output = Place::new(&format!("[waivers]\n{terms}\n"), WAIVER).eval("2026-11-23", &[]);
        assert!(code(&output) == 2 && err(&output).contains(expected), "{terms}: {}", err(&output));
    }
    let place = Place::new("", WAIVER);
    place.write("pack/rules/waivers.rhai", RULE);
    assert!(err(&place.eval("2026-11-23", &[])).contains("no rule can be called `waivers`"));
}

#[test]
fn a_draft_names_each_open_violation_and_is_refused_until_somebody_answers_for_it() {
    let place = Place::new("[waivers]\ndefault_days = 7\n", WAIVER);
    place.write("after/b.txt", "b\n");
    assert_eq!(code(&place.eval("2026-11-23", &["--waivers", "waivers.toml", "--output", "json=verdict.json"])), 1);
    let drafted = out(&place.run(&["waivers", "draft", "--verdict", "verdict.json", "--policy", "pack"]));
    assert_eq!(drafted.matches("[[waiver]]").count(), 1, "what is waived is not open: {drafted}");
    assert!(drafted.contains("b.txt changed") && drafted.contains("expires = 2026-11-30"), "{drafted}");
    let found = mistakes(&drafted);
    assert!(found.iter().any(|one| one.contains("`owner` is blank")), "{found:?}");
    let filled = drafted.replace("owner = \"\"", "owner = \"ann\"").replace("reason = \"\"", "reason = \"why\"");
    place.write("waivers.toml", &format!("{WAIVER}{}", filled.replace("approved_by = \"\"", "approved_by = \"lead\"")));
    let (verdict, exit) = place.judged("2026-11-23", &[]);
    assert_eq!(exit, 0, "{}", verdict["waivers"]);
}

#[test]
fn waivers_inside_the_repository_are_those_of_the_base() {
    let place = Place::new("", WAIVER);
    let git = |arguments: &[&str]| _ = git(&place.path().join("repo"), "dev", "dev@example.org", arguments);
    place.write("repo/legacy/a.txt", "a\n");
    place.write("repo/waivers.toml", &WAIVER.replace("legacy", "elsewhere"));
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "base"]);
    git(&["checkout", "-qb", "change"]);
    place.write("repo/legacy/a.txt", "b\n");
    place.write("repo/waivers.toml", &WAIVER.replace("legacy/", ""));
    git(&["commit", "-qam", "head"]);
    let arguments = ["eval", "--repo", "repo", "--base", "main", "--policy", "pack", "--as-of", "2026-11-23"];
    let waived = ["--waivers", "repo/waivers.toml", "--format", "json", "--author", "dev"];
    let output = place.run(&[&arguments[..], &waived].concat());
    assert_eq!(code(&output), 1, "{}", err(&output));
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(verdict["waivers"][0]["state"], "unused");
    assert!(verdict["waivers"][0]["at"].as_str().unwrap().starts_with("waivers.toml@"), "{}", verdict["waivers"]);
}

#[test]
fn every_rendering_says_which_violation_is_waived_and_why() {
    let hostile = WAIVER.replace("leaves in March", "<b>leaves</b> \u{202e}in \\u001b[31mMarch");
    let place = Place::new("", &hostile);
    for format in ["terminal", "markdown", "sarif"] {
        let shown = out(&place.eval("2026-11-23", &["--waivers", "waivers.toml", "--format", format]));
        assert!(shown.contains("W-1") && shown.contains("payments"), "{format}: {shown}");
        assert!(!shown.contains('\u{202e}') && !shown.contains('\u{1b}'), "{format}: {shown}");
        assert!(format != "markdown" || !shown.contains("<b>leaves"), "{shown}");
    }
    let sarif: Value =
        serde_json::from_str(&out(&place.eval("2026-11-23", &["--waivers", "waivers.toml", "--format", "sarif"])))
            .unwrap();
    let suppression = &sarif["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!((suppression["kind"].as_str(), suppression["status"].as_str()), (Some("external"), Some("accepted")));
}

#[test]
fn verbs_that_judge_no_change_go_by_the_settings_of_the_current_directory() {
    let place = Place::new("", WAIVER);
    assert!(err(&place.run(&["waivers", "list"])).contains("no file of waivers is named"));
    assert!(out(&place.run(&["rules"])).contains("new-critical-finding"));
    place.write("tollgate.toml", "policy = [\"pack\"]\nwaivers = [\"waivers.toml\"]\n");
    let listed = place.run(&["waivers", "list", "--as-of", "2026-11-23"]);
    assert!(out(&listed).starts_with("W-1 in force: no-change"), "{}{}", out(&listed), err(&listed));
    let rules = out(&place.run(&["rules"]));
    assert!(rules.contains("no-change") && !rules.contains("new-critical-finding"), "{rules}");
    place.write("tollgate.toml", "polcy = [\"pack\"]\n");
    for verb in [&["rules"][..], &["waivers", "list"], &["lint"]] {
        let output = place.run(verb);
        assert!(code(&output) == 2 && err(&output).contains("tollgate.toml:1:1"), "{verb:?}: {}", err(&output));
    }
}

#[test]
fn a_file_that_is_named_twice_is_told_once_and_nothing_of_it_counts() {
    let place = Place::new("", WAIVER);
    let twice = |other: &str| {
        let named = ["--waivers", "waivers.toml", "--waivers", other];
        let eval = place.eval("2026-06-01", &named);
        let list = place.run(&[&["waivers", "list", "--policy", "pack"], named.as_slice()].concat());
        assert_eq!((code(&eval), out(&eval).as_str()), (2, ""));
        assert_eq!(err(&eval), err(&list));
        err(&list)
    };
    let said = twice("waivers.toml");
    assert_eq!(
        said,
        "error[broken-waiver]: this file of waivers is named twice\n--> waivers.toml\nhelp: name it once\n"
    );
    let said = twice("./pack/../waivers.toml");
    assert!(said.ends_with("help: name it once: `waivers.toml` is the same\n"), "{said}");
    // A flag takes the place of the settings, so there it is named once.
    place.write("tollgate.toml", "waivers = [\"waivers.toml\"]\n");
    let list = place.run(&["waivers", "list", "--policy", "pack", "--waivers", "waivers.toml"]);
    assert_eq!((code(&list), out(&list).lines().count()), (0, 1), "{}", err(&list));
}
