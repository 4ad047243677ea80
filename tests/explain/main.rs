//! `tollgate explain` on verdicts that `eval` wrote: why a change is not approved, one rule, one violation; and what it refuses.
#![cfg(test)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test may panic, and makes its inputs"
)]

use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tollgate::report::{Document, schema};

const HEAD: &str = "1111111111111111111111111111111111111111";

const PACK: &str = r#"name = "acme"
version = "1.4.0"
description = "what acme asks"

[evidence.findings]
expect = ["CodeQL"]
may_lack = true

[risk.critical]
decision = "rejected"

[risk.high]
approvals = [{ from = ["team:leads"], count = 2 }]

[waivers]
by = ["team:security"]

[override]
approvals = [{ from = ["team:leads"], count = 1 }]
"#;

/// Rules by id: metadata, and the body of `check`.
const RULES: &[(&str, &str, &str)] = &[
    (
        "no-keys",
        r#"category: "secrets", enforcement: "hard-mandatory", risk: "critical", needs: ["files"], remedy: "take it out, and revoke it""#,
        r#"for f in change.files.under("**/*.pem") { violation(f, `${f.path} is a key`); }"#,
    ),
    (
        "sign-in",
        r#"category: "authentication", enforcement: "soft-mandatory", risk: "high", needs: ["files"], approvers: ["team:security"]"#,
        r#"for f in change.files.under("src/auth/**") { violation(f, `${f.path} signs people in`); }"#,
    ),
    (
        "new-finding",
        r#"category: "vulnerabilities", enforcement: "hard-mandatory", risk: "high", needs: ["findings", "tests"]"#,
        r#"for f in change.findings.introduced() { violation(f, f.message); }"#,
    ),
    (
        "tidy",
        r#"category: "process", enforcement: "advisory", risk: "low", needs: ["files"]"#,
        r#"for f in change.files.under("**/*.tmp") { violation(f, `${f.path} is left over`); }"#,
    ),
    (
        "broken",
        r#"category: "process", enforcement: "hard-mandatory", risk: "low", needs: ["files"]"#,
        r#"let all = [1, 2]; note(`${all[change.files.count() + 5]}`);"#,
    ),
];

const WAIVERS: &str = r#"[[waiver]]
id = "W-1"
rule = "no-keys"
paths = ["src/**"]
owner = "team:payments"
reason = "a key of the tests"
approved_by = "sam"
expires = 2026-01-01
"#;

/// A change of `src/auth/login.rs` by dev, which brings a key along, the policy of acme, and what the forge says.
struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    fn new(rules: &[&str]) -> Self {
        let place = Self { directory: tempfile::tempdir().unwrap() };
        place.write("before/src/auth/login.rs", "a\n");
        place.write("after/src/auth/login.rs", "b\n");
        place.write("after/src/key.pem", "k\n");
        place.write("pack/pack.toml", PACK);
        for (id, meta, check) in RULES.iter().filter(|(id, _, _)| rules.contains(id)) {
            let text = format!(
                "//! Why.\nconst RULE = #{{ title: \"The rule {id}\", {meta} }};\nfn check(change, params) {{ {check} }}\n"
            );
            place.write(&format!("pack/rules/{id}.rhai"), &text);
        }
        place.write("waivers.toml", WAIVERS);
        place.write("teams.toml", "[teams]\nsecurity = [\"sam\", \"dev\"]\nleads = [\"lea\", \"lou\"]\n");
        place.reviews(&["dev", "eve"]);
        let event = json!({
            "action": "opened",
            "pull_request": {
                "number": 1, "title": "Sign in with a key", "user": {"login": "dev"},
                "head": {"sha": HEAD, "ref": "topic"}, "base": {"sha": "2".repeat(40), "ref": "main"},
            },
            "repository": {"full_name": "acme/web"},
        });
        place.write("event.json", &event.to_string());
        place
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.directory.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Approvals of the head.
    fn reviews(&self, logins: &[&str]) {
        let review = |(id, login): (usize, &&str)| {
            json!({"id": id, "user": {"login": login, "type": "User"}, "state": "APPROVED", "commit_id": HEAD,
                   "submitted_at": "2026-01-01T00:00:00Z"})
        };
        let reviews: Vec<Value> = logins.iter().enumerate().map(review).collect();
        self.write("reviews.json", &Value::from(reviews).to_string());
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tollgate"))
            .args(arguments)
            .current_dir(self.directory.path())
            .env_remove("TOLLGATE_LOG")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Judges the change and keeps the verdict in `verdict.json`.
    fn eval(&self, more: &[&str], expected: i32) {
        let flags = "eval --trees before after --policy pack --change event.json --teams teams.toml --reviews reviews.json \
                     --waivers waivers.toml --as-of 2026-02-01T00:00:00Z --output json=verdict.json";
        let all: Vec<&str> = flags.split_whitespace().chain(more.iter().copied()).collect();
        let output = self.run(&all);
        assert_eq!(output.status.code(), Some(expected), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// What `explain` says of the verdict.
    fn explain(&self, more: &[&str]) -> String {
        let output = self.run(&[&["explain", "--verdict", "verdict.json"], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it says where it refuses.
    fn refuses(&self, more: &[&str]) -> String {
        let output = self.run(&[&["explain"], more].concat());
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), [].as_slice()), "{more:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

const EVERY: &[&str] = &["no-keys", "sign-in", "new-finding", "tidy", "broken"];

#[test]
fn why_not_tells_everything_that_keeps_it_from_approved_with_what_it_rests_on() {
    let place = Place::new(EVERY);
    place.eval(&[], 1);
    insta::assert_snapshot!("why-not", place.explain(&["--why-not"]));
    assert_eq!(place.explain(&["--why-not"]), place.explain(&[]), "nothing named asks the same");
}

#[test]
fn one_rule_and_one_violation_are_told_with_all_that_belongs_to_them() {
    let place = Place::new(EVERY);
    place.eval(&[], 1);
    insta::assert_snapshot!("rule", place.explain(&["sign-in"]));
    insta::assert_snapshot!("advisory", place.explain(&["tidy"]));
    let verdict: Value =
        serde_json::from_str(&std::fs::read_to_string(place.directory.path().join("verdict.json")).unwrap()).unwrap();
    let rules = verdict["rules"].as_array().unwrap().iter();
    let fingerprint =
        rules.flat_map(|rule| rule["violations"].as_array().unwrap()).find(|found| found["risk"] == "critical");
    let fingerprint = fingerprint.unwrap()["fingerprint"].as_str().unwrap();
    let by_prefix = place.explain(&[&fingerprint[..8]]);
    assert_eq!(by_prefix, place.explain(&[fingerprint]));
    assert_eq!(by_prefix, place.explain(&[&fingerprint[..12].to_uppercase()]));
    insta::assert_snapshot!("violation", by_prefix);
    let said = place.refuses(&["--verdict", "verdict.json", &fingerprint[..7]]);
    assert!(said.contains("too short for a fingerprint") && said.contains("at least 8 characters"), "{said}");
}

#[test]
fn of_an_approved_change_it_tells_what_that_rests_on() {
    let place = Place::new(&["sign-in", "new-finding"]);
    place.write("waivers.toml", "waiver = []\n");
    place.reviews(&["sam", "lea", "lou"]);
    place.write("pack/pack.toml", &format!("{PACK}\n[evidence.tests]\nmay_lack = true\n"));
    place.eval(&["--without", "findings"], 0);
    insta::assert_snapshot!("approved", place.explain(&["--why-not"]));
}

#[test]
fn of_an_override_it_tells_what_it_changed_or_why_it_did_not() {
    let place = Place::new(&["no-keys"]);
    let overriding = |ticket: &str| {
        format!(
            "head = \"{HEAD}\"\nreason = \"an outage\"\nowner = \"team:payments\"\nticket = \"{ticket}\"\nexpires = 2026-02-01T12:00:00Z\n"
        )
    };
    place.write("override.toml", &overriding("INC-1"));
    place.eval(&["--override", "override.toml"], 1);
    let refused = place.explain(&[]);
    assert!(refused.contains("Override not honoured") && refused.contains("Not approved: rejected"), "{refused}");
    place.reviews(&["lea"]);
    place.eval(&["--override", "override.toml"], 0);
    insta::assert_snapshot!("override", place.explain(&[]));
}

#[test]
fn where_nothing_ran_it_says_so() {
    let place = Place::new(&["new-finding"]);
    place.write("waivers.toml", "waiver = []\n");
    place.write("pack/pack.toml", &format!("{PACK}\n[evidence.tests]\nmay_lack = true\n"));
    place.eval(&["--without", "findings"], 4);
    let said = place.explain(&[]);
    assert!(said.contains("no rule ran: indeterminate") && said.contains("add a rule that applies"), "{said}");
}

#[test]
fn as_json_it_follows_its_schema_and_says_the_same() {
    let place = Place::new(EVERY);
    place.eval(&[], 1);
    let validator = jsonschema::draft202012::new(&schema(Document::Explanation)).unwrap();
    for name in [&[][..], &["sign-in"], &["no-keys"]] {
        let written: Value = serde_json::from_str(&place.explain(&[name, &["--format", "json"]].concat())).unwrap();
        let wrong: Vec<String> = validator.iter_errors(&written).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        let text = place.explain(name);
        for part in written["parts"].as_array().unwrap().iter().filter(|part| part["kind"] == "rule") {
            assert!(text.contains(part["part"]["rule"]["id"].as_str().unwrap()), "{text}");
        }
        for action in written["next"].as_array().unwrap() {
            assert!(text.contains(&format!("  {}. ", action["number"])), "{text}");
        }
    }
}

#[test]
fn the_same_verdict_is_explained_in_the_same_bytes() {
    let place = Place::new(EVERY);
    place.eval(&[], 1);
    for format in ["terminal", "json"] {
        assert_eq!(place.explain(&["--format", format]), place.explain(&["--format", format]));
    }
}

#[test]
fn hostile_text_of_the_change_steers_nothing() {
    let place = Place::new(&["sign-in"]);
    let title = "\u{1b}[2J\u{202e}x\n::error::y ##[group]z";
    let event = json!({"pull_request": {"number": 1, "title": title, "user": {"login": "dev"}, "head": {"sha": HEAD, "ref": "t"},
                       "base": {"sha": "2".repeat(40), "ref": "main"}}, "repository": {"full_name": "a/b"}});
    place.write("event.json", &event.to_string());
    place.write("after/src/auth/\u{202e}::warning::.rs", "x\n");
    place.write("waivers.toml", "waiver = []\n");
    place.eval(&[], 3);
    for name in [&[][..], &["sign-in"]] {
        let said = place.explain(name);
        assert!(!said.contains(['\u{1b}', '\u{202e}']) && !said.contains("##["), "{said:?}");
        assert!(!said.lines().any(|line| line.trim_start().starts_with("::")), "{said}");
    }
}

#[test]
fn what_is_not_in_the_verdict_is_refused_with_what_was_probably_meant() {
    let place = Place::new(&["sign-in"]);
    place.write("waivers.toml", "waiver = []\n");
    place.eval(&[], 3);
    let said = |name: &str| place.refuses(&["--verdict", "verdict.json", name]);
    assert!(said("sing-in").contains("did you mean `sign-in`?"), "{}", said("sing-in"));
    assert!(said("0123456789abcdef").contains("no rule and no violation `0123456789abcdef`"));
    assert!(said("unknown-function").contains("`tollgate explain unknown-function`, without `--verdict`"));
}

#[test]
fn a_file_that_is_no_verdict_is_refused_by_what_it_is() {
    let place = Place::new(&["sign-in"]);
    place.write("text", "no verdict");
    place.write("other.json", r#"{"schema": "tollgate/evidence/v1"}"#);
    place.write("newer.json", r#"{"schema": "tollgate/verdict/v2", "engine": {"version": "9.0.0"}}"#);
    place.write(
        "later.json",
        r#"{"schema": "tollgate/verdict/v1", "engine": {"name": "tollgate", "version": "0.9.7"}}"#,
    );
    for (file, told) in [
        ("absent.json", "there is no such file"),
        ("text", "is no verdict"),
        ("other.json", "is of schema `tollgate/evidence/v1`, expected `tollgate/verdict/v1`"),
        ("newer.json", "is of schema `tollgate/verdict/v2`, expected `tollgate/verdict/v1`"),
        ("later.json", "is a verdict of tollgate 0.9.7 that"),
    ] {
        let said = place.refuses(&["--why-not", "--verdict", file]);
        assert!(said.contains(told) && said.contains(file) && said.contains("broken-verdict"), "{file}: {said}");
    }
}

#[test]
fn the_exit_code_tells_nothing_of_the_decision_nor_of_the_format() {
    let place = Place::new(EVERY);
    place.eval(&[], 1);
    for more in [&["--why-not"][..], &["no-keys"], &["--format", "json"], &["--color", "always"]] {
        assert!(!place.explain(more).is_empty());
    }
}
