//! The verbs: what the catalogue and the verdict tell of layers.
#![expect(clippy::disallowed_methods, reason = "tests make packs and run the command")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tollgate::report::{Document, schema};

use super::{objecting, pack, rule};

/// A directory with two packs on top of each other, the first of which extends a third.
fn packs() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let limit = "[parameters.limit]\ntype = \"integer\"\ndefault = 5\nstricter = \"lower\"\n";
    let org = format!(
        "extends = [\"../common\"]\n{limit}[risk.high]\ndecision = \"rejected\"\n[limits]\noperations = 2_000_000\n[evidence.files]\nexpect = [\"git\"]\n"
    );
    let text = rule("advisory", ", remedy: \"less\", controls: [\"C-1\"]", "note(`${params.limit}`)");
    let why = format!("//! Because of the limit.\n{text}");
    let later =
        "[scope]\npaths = [\"src/**\"]\n[rules.r]\nenforcement = \"hard-mandatory\"\nparameters = { limit = 4 }\n";
    for pack in [
        pack("org", &org, &[("r", &why)]),
        pack("common", "", &[("c", &objecting("hard-mandatory", ", effective_on: \"2027-01-01\""))]),
        pack("team", later, &[("t", &objecting("advisory", ""))]),
    ] {
        let root = directory.path().join(pack.origin.strip_prefix("packs/").unwrap());
        for (path, bytes) in &pack.files {
            let file = root.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, bytes).unwrap();
        }
    }
    std::fs::write(
        directory.path().join("evidence.json"),
        r#"{"schema": "tollgate/evidence/v1", "files": {"items": [{"path": "src/a.rs", "status": "modified", "kind": "source"}]},
            "sources": [{"kind": "files", "completeness": "complete", "tool": "git"}]}"#,
    )
    .unwrap();
    directory
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tollgate")).args(arguments).current_dir(directory).output().unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.stderr.is_empty() || output.status.code() != Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

const POLICY: [&str; 6] = ["--policy", "org", "--policy", "team", "--param", "limit=3"];

#[test]
fn the_catalogue_tells_everything_and_who_set_it() {
    let directory = packs();
    let run = |more: &[&str]| {
        let arguments: Vec<&str> = ["rules"].into_iter().chain(POLICY).chain(more.iter().copied()).collect();
        stdout(&run(directory.path(), &arguments))
    };
    let json: Value = serde_json::from_str(&run(&["--effective", "--format", "json"])).unwrap();
    let validator = jsonschema::draft202012::new(&schema(Document::Rules)).unwrap();
    let complaints: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
    assert_eq!(complaints, Vec::<String>::new());
    let rule = &json["rules"][1];
    assert_eq!((&rule["id"], &rule["enforcement"]), (&"r".into(), &"hard-mandatory".into()));
    assert_eq!(rule["enforcement_set_by"], serde_json::json!({"by": "team", "layer": 1}));
    assert_eq!(rule["parameters"][0]["value"], 4, "the rule has its own value");
    assert_eq!(json["rules"][0]["effective_on"], "2027-01-01");
    assert_eq!(json["rules"][2]["scope"], serde_json::json!(["src/**"]));
    assert_eq!(json["parameters"][0]["set_by"], serde_json::json!({"by": "--param", "layer": null}));
    assert_eq!(json["parameters"][0]["value"], 3);
    assert_eq!(json["thresholds"][0]["set_by"]["by"], "org");
    assert_eq!(json["evidence"][0]["expect"], serde_json::json!(["git"]));
    assert_eq!(json["limits"][0]["value"], 2_000_000);
    let names: Vec<&str> =
        json["packs"].as_array().unwrap().iter().map(|pack| pack["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["common", "org", "team"]);
    let table = run(&["--effective"]);
    for told in [
        "team (layer 1)",
        "--param",
        "2027-01-01",
        "src/**",
        "set it lower",
        "2000000",
        json["sha256"].as_str().unwrap(),
    ] {
        assert!(table.contains(told), "{told} in\n{table}");
    }
    let page = run(&["--effective", "--format", "markdown"]);
    for told in ["Because of the limit.", "to do: less", "controls C-1", "parameter limit = 4, by team (layer 1)"] {
        assert!(page.contains(told), "{told} in\n{page}");
    }
}

#[test]
fn the_verdict_names_the_layers_the_digest_and_what_is_raised() {
    let directory = packs();
    let arguments: Vec<&str> = ["eval", "--evidence", "evidence.json", "--as-of", "2026-11-23", "--format", "json"]
        .into_iter()
        .chain(POLICY)
        .collect();
    let verdict: Value = serde_json::from_str(&stdout(&run(directory.path(), &arguments))).unwrap();
    let rules: Vec<&str> = ["rules"].into_iter().chain(POLICY).chain(["--format", "json"]).collect();
    let catalogue: Value = serde_json::from_str(&stdout(&run(directory.path(), &rules))).unwrap();
    assert_eq!(verdict["policy"]["sha256"], catalogue["sha256"]);
    assert_eq!(verdict["policy"]["parameters"][0]["set_by"]["by"], "--param");
    assert_eq!(verdict["policy"]["thresholds"][0]["set_by"]["layer"], 0);
    assert_eq!(verdict["rules"][1]["set_by"]["enforcement"], serde_json::json!({"by": "team", "layer": 1}));
    assert_eq!(verdict["rules"][1]["parameters"], serde_json::json!({"limit": 4}));
    assert_eq!(verdict["rules"][0]["pending"]["days"], 39);
    assert_eq!(
        verdict["weakenings"],
        serde_json::json!([{"what": "the limit of operations was raised from 1000000 to 2000000", "by": "org (layer 0)"}])
    );
}

#[test]
fn a_pack_is_tested_with_what_it_extends_and_only_its_own_rules_need_cases() {
    let directory = packs();
    let case = directory.path().join("org/cases/r/a.toml");
    std::fs::create_dir_all(case.parent().unwrap()).unwrap();
    std::fs::write(&case, "complete = [\"files\"]\n[[evidence.files.items]]\npath = \"a\"\nstatus = \"added\"\n[expect]\noutcome = \"satisfied\"\n").unwrap();
    let manifest = directory.path().join("org/pack.toml");
    let text = std::fs::read_to_string(&manifest).unwrap().replace("expect = [\"git\"]", "");
    std::fs::write(&manifest, text).unwrap();
    let output = run(directory.path(), &["test", "org"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("1 as expected") && !said.contains("without a case"), "{said}");
}

#[test]
fn cases_are_run_under_limits_that_are_set_from_outside_as_a_verdict_is() {
    let directory = packs();
    std::fs::create_dir_all(directory.path().join("common/cases/c")).unwrap();
    let case = "complete = [\"files\"]\n[[evidence.files.items]]\npath = \"src/a.rs\"\nstatus = \"modified\"\n[expect]\noutcome = \"violated\"\n";
    std::fs::write(directory.path().join("common/cases/c/one.toml"), case).unwrap();
    let test = |more: &[&str]| {
        let arguments: Vec<&str> = ["test", "common"].into_iter().chain(more.iter().copied()).collect();
        run(directory.path(), &arguments)
    };
    assert_eq!(test(&[]).status.code(), Some(0), "{:?}", test(&[]));
    let narrow = test(&["--limit", "operations=1"]);
    assert_eq!(narrow.status.code(), Some(1), "{narrow:?}");
    assert!(stdout(&narrow).contains("expected violated, found errored"), "{narrow:?}");
    assert_eq!(test(&["--limit", "operations=0"]).status.code(), Some(2));
    assert_eq!(test(&["--limit", "script_bytes=10"]).status.code(), Some(2), "what does not load is not tested");
}
