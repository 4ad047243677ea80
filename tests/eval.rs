//! `tollgate eval` from end to end: what it decides is what it exits with, and what it writes is whole.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a test may panic, and makes its inputs"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tollgate::cli::pipeline::{PackFiles, PolicySet};
use tollgate::cli::test::case::{parse, rule_of};
use tollgate::cli::test::run_pack;
use tollgate::evaluate::Outcome;

/// A directory with a change of one file, `before` and `after`, and packs of one rule each.
struct Place {
    directory: tempfile::TempDir,
}

const VIOLATES: &str = "for f in change.files { violation(f, `${f.path} changed`); }";

impl Place {
    fn new() -> Self {
        let place = Self { directory: tempfile::tempdir().unwrap() };
        place.write("before/a.txt", "a\n");
        place.write("after/a.txt", "b\n");
        place.pack("approved", "hard-mandatory", "files", "note(\"looked\");");
        place.pack("rejected", "hard-mandatory", "files", VIOLATES);
        place.pack("approval_required", "soft-mandatory", "files", VIOLATES);
        place.pack("indeterminate", "hard-mandatory", "findings", "note(\"looked\");");
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

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).unwrap()
    }

    fn pack(&self, name: &str, enforcement: &str, needs: &str, check: &str) {
        let may_lack = "[evidence.findings]\nmay_lack = true\n";
        self.write(
            &format!("{name}/pack.toml"),
            &format!(
                "name = \"{}\"\nversion = \"1.0.0\"\ndescription = \"a pack\"\n{may_lack}",
                name.replace('_', "-")
            ),
        );
        self.write(
            &format!("{name}/rules/the-rule.rhai"),
            &format!(
                "//! Why.\nconst RULE = #{{ title: \"The rule\", category: \"process\", enforcement: \"{enforcement}\", risk: \"medium\", needs: [\"{needs}\"], approvers: [\"team:security\"] }};\nfn check(change, params) {{ {check} }}\n"
            ),
        );
    }

    /// Runs with the two directories, whatever else is said.
    fn eval(&self, arguments: &[&str]) -> Output {
        self.run(&[&["eval", "--trees", "before", "after", "--as-of", "2026-01-31"], arguments].concat())
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

    fn entries(&self) -> Vec<String> {
        let entries = self.path().read_dir().unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn verdict(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stderr(output)))
}

#[test]
fn the_exit_code_is_that_of_the_decision_in_every_format_and_colour() {
    let place = Place::new();
    for (pack, expected) in [("approved", 0), ("rejected", 1), ("approval_required", 3), ("indeterminate", 4)] {
        for format in ["json", "terminal", "markdown", "sarif"] {
            for color in ["always", "never"] {
                let output = place.eval(&["--policy", pack, "--format", format, "--color", color]);
                assert_eq!(code(&output), expected, "{pack} as {format}: {}", stderr(&output));
            }
        }
        let output = place.eval(&["--policy", pack, "--format", "json"]);
        assert_eq!(verdict(&output)["decision"], pack);
    }
}

#[test]
fn a_dry_run_exits_with_zero_says_so_and_keeps_the_decision() {
    let place = Place::new();
    for pack in ["approved", "rejected", "approval_required", "indeterminate"] {
        let output = place.eval(&["--policy", pack, "--format", "json", "--dry-run"]);
        let verdict = verdict(&output);
        assert_eq!((code(&output), &verdict["decision"]), (0, &pack.into()));
        assert_eq!(verdict["weakenings"][0]["by"], "--dry-run");
    }
}

#[test]
fn a_dry_run_never_hides_that_there_is_no_verdict() {
    let place = Place::new();
    place.write("broken/pack.toml", "name = 1");
    assert_eq!(code(&place.eval(&["--policy", "broken", "--dry-run"])), 2);
    assert_eq!(code(&place.eval(&["--policy", "none", "--dry-run"])), 2);
    assert_eq!(code(&place.eval(&["--policy", "approved", "--dry-run", "--output", "json=none/v.json"])), 2);
}

#[test]
fn reports_are_all_written_or_none() {
    let place = Place::new();
    let before = place.entries();
    let output = place.eval(&["--policy", "approved", "--output", "json=v.json", "--output", "markdown=none/s.md"]);
    assert_eq!((code(&output), place.entries()), (2, before));
    assert!(output.stdout.is_empty(), "no verdict is shown where its reports could not be written");

    let output = place.eval(&[
        "--policy",
        "approved",
        "--output",
        "json=v.json",
        "--output",
        "markdown=s.md",
        "--format",
        "json",
    ]);
    assert_eq!(code(&output), 0);
    assert_eq!(place.read("v.json").into_bytes(), output.stdout);
    assert!(place.read("s.md").contains("approved"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_verdict_that_cannot_be_shown_is_none() {
    let place = Place::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(["eval", "--trees", "before", "after", "--policy", "approved"])
        .current_dir(place.path())
        .stdout(full)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let place = Place::new();
    let run = || place.eval(&["--policy", "rejected", "--format", "json"]).stdout;
    assert_eq!(run(), run());
}

#[test]
fn evidence_that_was_collected_gives_the_verdict_that_the_change_gives() {
    let place = Place::new();
    let collected = place.run(&["collect", "--trees", "before", "after", "--output", "e.json"]);
    assert_eq!(code(&collected), 0, "{}", stderr(&collected));
    let later = place.run(&[
        "eval",
        "--evidence",
        "e.json",
        "--policy",
        "rejected",
        "--as-of",
        "2026-01-31",
        "--format",
        "json",
    ]);
    let now = place.eval(&["--policy", "rejected", "--format", "json"]);
    assert_eq!(code(&now), 1, "{}", stderr(&now));
    assert_eq!(String::from_utf8(later.stdout).unwrap(), String::from_utf8(now.stdout).unwrap());
}

#[test]
fn scanner_results_beside_an_evidence_document_replace_its_findings() {
    let place = Place::new();
    let sarif = |rule: &str| {
        serde_json::json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "scan"}}, "invocations": [{"executionSuccessful": true}],
            "results": [{"ruleId": rule, "message": {"text": "m"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.txt"}, "region": {"startLine": 1}}}]}]}]})
        .to_string()
    };
    place.write("old.sarif", &sarif("old"));
    place.write("new.sarif", &sarif("new"));
    let collected = place.run(&["collect", "--trees", "before", "after", "--sarif", "old.sarif", "--output", "e.json"]);
    assert_eq!(code(&collected), 0, "{}", stderr(&collected));
    let shown = place.run(&[
        "eval",
        "--evidence",
        "e.json",
        "--sarif",
        "new.sarif",
        "--policy",
        "approved",
        "--format",
        "json",
    ]);
    let verdict = verdict(&shown);
    let rules: Vec<&str> =
        verdict["findings"]["items"].as_array().unwrap().iter().map(|f| f["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["new"]);
    let paths: Vec<&str> = verdict["sources"].as_array().unwrap().iter().filter_map(|s| s["path"].as_str()).collect();
    assert!(paths.contains(&"new.sarif") && !paths.contains(&"old.sarif"), "{paths:?}");
}

#[test]
fn what_is_missing_is_a_source_of_the_verdict_and_said_on_standard_error() {
    let place = Place::new();
    let output = place.eval(&["--policy", "approved", "--sarif", "none.sarif", "--format", "json"]);
    assert!(
        stderr(&output).contains("warning: findings `none.sarif` missing: there is no such file"),
        "{}",
        stderr(&output)
    );
    let verdict = verdict(&output);
    assert!(
        verdict["sources"]
            .as_array()
            .unwrap()
            .iter()
            .any(|s| s["path"] == "none.sarif" && s["completeness"] == "missing")
    );

    let output = place.eval(&["--policy", "indeterminate", "--format", "json"]);
    assert!(stderr(&output).contains("warning: findings missing: rules need them"), "{}", stderr(&output));
}

#[test]
fn a_branch_as_the_commit_of_a_scan_is_said_to_be_no_commit_id() {
    let place = Place::new();
    let said = |sarif| stderr(&place.eval(&["--policy", "indeterminate", "--sarif", sarif]));
    assert!(said("none.sarif@main").contains("`main` is no commit id"), "{}", said("none.sarif@main"));
    assert!(!said("a@b/none.sarif").contains("commit id"), "{}", said("a@b/none.sarif"));
}

#[test]
fn evidence_that_is_not_to_be_expected_is_a_weakening_and_honoured_where_the_pack_allows_it() {
    let place = Place::new();
    let output = place.eval(&["--policy", "indeterminate", "--without", "findings", "--format", "json"]);
    let shown = verdict(&output);
    assert_eq!(shown["rules"][0]["outcome"], "not_applicable");
    assert_eq!(code(&output), 4, "no rule ran, so nothing is shown");
    assert_eq!(shown["weakenings"][0]["what"], "findings are said not to be expected");

    let output = place.eval(&["--policy", "rejected", "--without", "files", "--format", "json"]);
    assert!(stderr(&output).contains("`--without files` is not honoured"), "{}", stderr(&output));
    assert!(verdict(&output)["weakenings"][0]["what"].as_str().unwrap().contains("not honoured"));
    assert_eq!(code(&output), 1);
}

#[test]
fn a_change_without_a_changed_file_is_said_to_be_empty() {
    let place = Place::new();
    let said = |after: &str| stderr(&place.run(&["eval", "--trees", "before", after, "--policy", "approved"]));
    assert!(said("before").contains("warning: the change is empty"), "{}", said("before"));
    assert!(!said("after").contains("is empty"), "{}", said("after"));
}

#[test]
fn a_diff_that_is_none_leaves_nothing_approved() {
    let place = Place::new();
    place.write("no.diff", "this is no diff\n");
    let output = place.run(&["eval", "--diff", "no.diff", "--policy", "approved"]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    assert!(stderr(&output).contains("warning: files `no.diff` failed"), "{}", stderr(&output));
}

#[test]
fn an_evidence_document_that_is_none_gives_no_verdict() {
    let place = Place::new();
    place.write("e.json", "{\"schema\": \"tollgate/evidence/v1\", \"findngs\": {}}");
    let output = place.run(&["eval", "--evidence", "e.json", "--policy", "approved"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("e.json:1:"), "{}", stderr(&output));
}

#[test]
fn settings_come_from_the_file_unless_a_flag_says_otherwise_and_the_verdict_says_which() {
    let place = Place::new();
    place.write(
        "t.toml",
        "trees = [\"before\", \"after\"]\npolicy = [\"rejected\"]\nas-of = 2026-01-31\nformat = \"json\"\n",
    );
    let output = place.run(&["eval", "--config", "t.toml"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let output = place.run(&["eval", "--config", "t.toml", "--policy", "approved"]);
    assert_eq!(code(&output), 0);
    let verdict = verdict(&output);
    let from = |setting: &str| {
        let settings = verdict["settings"].as_array().unwrap();
        settings.iter().find(|s| s["setting"] == setting).map(|s| s["from"].as_str().unwrap().to_owned()).unwrap()
    };
    assert_eq!((from("policy").as_str(), from("trees").as_str()), ("flag", "t.toml"));
}

#[test]
fn cases_pass_fail_or_are_not_there() {
    let place = Place::new();
    let case = |outcome: &str| {
        format!(
            "complete = [\"files\"]\n[[evidence.files.items]]\npath = \"a.py\"\nstatus = \"added\"\n[expect]\noutcome = \"{outcome}\"\n"
        )
    };
    let output = place.run(&["test", "rejected"]);
    assert_eq!(code(&output), 2, "nothing ran");

    place.write("rejected/cases/the-rule/good.toml", &case("violated"));
    let output = place.run(&["test", "rejected"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));

    place.write("rejected/cases/the-rule/bad.toml", &case("satisfied"));
    let output = place.run(&["test", "rejected"]);
    let shown = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(code(&output), 1);
    assert!(
        shown.contains("FAIL the-rule/bad") && shown.contains("outcome: expected satisfied, found violated"),
        "{shown}"
    );
    assert!(shown.contains("2 cases: 1 as expected, 1 not"), "{shown}");

    place.write("rejected/cases/the-rul/x.toml", &case("violated"));
    let output = place.run(&["test", "rejected"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("did you mean `the-rule`?"), "{}", stderr(&output));
    let shown = String::from_utf8(output.stdout.clone()).unwrap();
    for told in ["pass the-rule/good", "FAIL the-rule/bad", "ERROR the-rul/x: can't be run"] {
        assert!(shown.contains(told), "one with a mistake hides no others: {shown}");
    }
    assert!(shown.contains("3 cases: 1 as expected, 1 not, 1 can't be run"), "{shown}");

    place.write("approved/cases/the-rule/x.toml", &format!("parameters = {{ limt = 3 }}\n{}", case("satisfied")));
    let output = place.run(&["test", "approved"]);
    assert_eq!(code(&output), 2);
    let shown = stderr(&output);
    assert!(shown.contains("`limt`") && shown.contains("cases/the-rule/x.toml"), "{shown}");
}

#[test]
fn the_cases_of_every_built_in_pack_are_as_expected() {
    for name in PackFiles::builtin_names() {
        let pack = PackFiles::builtin(name).unwrap();
        let result = run_pack(&pack).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
        let failed: Vec<_> = result.cases.iter().filter(|case| !case.mismatches.is_empty()).collect();
        assert!(failed.is_empty(), "{name}: {failed:#?}");
        assert!(result.untested.is_empty(), "{name}: no case is about {:?}", result.untested);
    }
}

#[test]
fn the_cases_of_every_built_in_rule_stand_on_both_sides_of_its_border() {
    for name in PackFiles::builtin_names() {
        let pack = PackFiles::builtin(name).unwrap();
        let (mut objects, mut lets_pass) = (BTreeSet::new(), BTreeSet::new());
        for (file, bytes) in pack.files.iter().filter(|(file, _)| rule_of(file).is_some()) {
            let case = parse(file, file, bytes).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
            match case.expected.outcome {
                Outcome::Violated => objects.insert(case.rule),
                // It objects to nothing: what it says of incomplete evidence is all that it has to say.
                Outcome::Undecided if case.rule == "scanner-finished" => objects.insert(case.rule),
                Outcome::Satisfied => lets_pass.insert(case.rule),
                _ => false,
            };
        }
        for rule in PolicySet::load(&[pack], &[]).unwrap().rules() {
            let id = &rule.meta.id;
            assert!(objects.contains(id), "{name}: in no case does `{id}` object");
            assert!(lets_pass.contains(id), "{name}: in no case does `{id}` let pass");
        }
    }
}
