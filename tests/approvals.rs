//! Approvals from end to end: who gives them, at which head, and what a push leaves of them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test may panic, and makes its inputs"
)]

#[path = "support/git.rs"]
mod git;

use std::path::Path;
use std::process::Command;

use git::git;

const PACK: &str = "name = \"acme\"\nversion = \"1.0.0\"\ndescription = \"who has to look at what\"\n";

const RULE: &str = r#"//! What signs people in is looked at by those who know it.
const RULE = #{
    title: "Sign-in needs an approval", category: "authentication", enforcement: "soft-mandatory", risk: "high",
    needs: ["files"], approvers: ["team:security"],
};
fn check(change, params) {
    for file in change.files.under("src/auth/**") { violation(file, `${file.path} signs people in`); }
}
"#;

/// A repository, a policy that lies outside of it, and what the forge says.
struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { directory: tempfile::tempdir().unwrap() };
        place.write("acme/pack.toml", PACK);
        place.write("acme/rules/sign-in.rhai", RULE);
        place.write("teams.toml", "[teams]\nsecurity = [\"sam\", \"dev\"]\n");
        place.git(&["init", "-q", "-b", "main"]);
        place.commit(&[("src/auth/login.rs", "fn login() {}\n"), ("docs/page.md", "A page.\n")]);
        place.git(&["checkout", "-q", "-b", "topic"]);
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

    fn git(&self, arguments: &[&str]) -> String {
        std::fs::create_dir_all(self.path().join("repo")).unwrap();
        git(&self.path().join("repo"), "Dev Eloper", "dev@example.org", arguments)
    }

    /// Commits files; gives the commit.
    fn commit(&self, files: &[(&str, &str)]) -> String {
        for (file, text) in files {
            self.write(&format!("repo/{file}"), text);
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "a commit"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Writes what the forge says: who approved which commit.
    fn reviews(&self, approvals: &[(&str, &str)]) {
        let reviews: Vec<serde_json::Value> = approvals
            .iter()
            .enumerate()
            .map(|(index, (login, commit))| {
                serde_json::json!({
                    "id": index + 1,
                    "user": {"login": login, "type": "User"},
                    "state": "APPROVED",
                    "commit_id": commit,
                    "submitted_at": format!("2026-01-0{}T00:00:00Z", index + 1),
                })
            })
            .collect();
        self.write("reviews.json", &serde_json::Value::from(reviews).to_string());
    }

    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_tollgate"))
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .output()
            .unwrap();
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Judges the checkout; gives the exit code and what was said. The verdict is written to a file.
    fn eval(&self, verdict: &str, more: &[&str]) -> (i32, String) {
        let output = format!("json={verdict}");
        let mut arguments = vec!["eval", "--repo", "repo", "--base", "main", "--author", "dev", "--policy", "acme"];
        arguments.extend(["--teams", "teams.toml", "--reviews", "reviews.json", "--as-of", "2026-02-01"]);
        arguments.extend(["--output", &output]);
        arguments.extend(more);
        self.run(&arguments)
    }

    fn requirement(&self, verdict: &str) -> serde_json::Value {
        let text = std::fs::read_to_string(self.path().join(verdict)).unwrap();
        let verdict: serde_json::Value = serde_json::from_str(&text).unwrap();
        verdict["approvals"]["required"][0].clone()
    }
}

const APPROVED: i32 = 0;
const NO_VERDICT: i32 = 2;
const APPROVAL_REQUIRED: i32 = 3;

#[test]
fn an_approval_of_the_head_clears_it_and_the_authors_own_does_not() {
    let place = Place::new();
    let head = place.commit(&[("src/auth/login.rs", "fn login() { check(); }\n")]);
    place.reviews(&[]);
    assert_eq!(place.eval("v.json", &[]).0, APPROVAL_REQUIRED);
    assert_eq!(place.requirement("v.json")["candidates"], serde_json::json!(["sam"]));
    place.reviews(&[("Dev", &head)]);
    assert_eq!(place.eval("v.json", &[]).0, APPROVAL_REQUIRED);
    place.reviews(&[("SAM", &head)]);
    assert_eq!(place.eval("v.json", &[]).0, APPROVED);
    assert_eq!(place.requirement("v.json")["given"][0]["by"], "SAM");
}

#[test]
fn an_unrelated_push_keeps_an_approval_and_a_relevant_one_drops_it() {
    let place = Place::new();
    let first = place.commit(&[("src/auth/login.rs", "fn login() { check(); }\n")]);
    // The approval was not there yet when the first head was judged.
    place.reviews(&[]);
    assert_eq!(place.eval("first.json", &[]).0, APPROVAL_REQUIRED);
    place.commit(&[("docs/page.md", "Another page.\n")]);
    place.reviews(&[("sam", &first)]);
    assert_eq!(place.eval("v.json", &[]).0, APPROVAL_REQUIRED);
    assert_eq!(place.eval("v.json", &["--previous", "first.json"]).0, APPROVED);
    assert_eq!(place.requirement("v.json")["given"][0]["commit"], first.as_str());
    place.commit(&[("src/auth/login.rs", "fn login() {}\n\n"), ("src/auth/new.rs", "")]);
    assert_eq!(place.eval("v.json", &["--previous", "first.json"]).0, APPROVAL_REQUIRED);
    // Back to what was approved: it is the very same again.
    place.git(&["rm", "-q", "src/auth/new.rs"]);
    place.commit(&[("src/auth/login.rs", "fn login() { check(); }\n")]);
    assert_eq!(place.eval("v.json", &["--previous", "first.json"]).0, APPROVED);
}

#[test]
fn the_base_that_moves_under_what_was_approved_drops_it() {
    let place = Place::new();
    let first = place.commit(&[("src/auth/login.rs", "fn login() { check(); }\n")]);
    place.reviews(&[("sam", &first)]);
    assert_eq!(place.eval("first.json", &[]).0, APPROVED);
    place.git(&["checkout", "-q", "main"]);
    place.commit(&[("src/auth/login.rs", "fn login() {}\nfn logout() {}\n")]);
    place.git(&["checkout", "-q", "topic"]);
    place.git(&["rebase", "-q", "-X", "theirs", "main"]);
    assert_eq!(place.eval("v.json", &["--previous", "first.json"]).0, APPROVAL_REQUIRED);
}

#[test]
fn a_merge_queues_commit_is_judged_by_the_reviews_of_the_head_that_it_was_made_from() {
    let place = Place::new();
    let head = place.commit(&[("src/auth/login.rs", "fn login() { check(); }\n")]);
    place.reviews(&[("sam", &head)]);
    place.git(&["commit", "-q", "--allow-empty", "-m", "made by the queue"]);
    assert_eq!(place.eval("v.json", &[]).0, APPROVAL_REQUIRED);
    assert_eq!(place.eval("v.json", &["--reviewed-head", &head]).0, APPROVED);
    let (code, said) = place.eval("v.json", &["--reviewed-head", head.get(..12).unwrap()]);
    assert_eq!(code, NO_VERDICT);
    assert!(said.contains("is no full commit id"), "{said}");
}

#[test]
fn a_verdict_that_the_change_brings_along_or_that_is_none_is_refused_and_an_absent_one_keeps_nothing() {
    let place = Place::new();
    let first = place.commit(&[("src/auth/login.rs", "fn login() { check(); }\n")]);
    place.reviews(&[("sam", &first)]);
    assert_eq!(place.eval("first.json", &[]).0, APPROVED);
    let verdict = std::fs::read_to_string(place.path().join("first.json")).unwrap();
    place.commit(&[("verdict.json", &verdict)]);
    let refused = [("repo/verdict.json", "is a file of the change itself"), ("teams.toml", "is no verdict")];
    for (file, why) in refused {
        let (code, said) = place.eval("v.json", &["--previous", file]);
        assert_eq!(code, NO_VERDICT);
        assert!(said.contains(file) && said.contains(why), "{said}");
    }
    let (code, said) = place.eval("v.json", &["--previous", "nothing.json"]);
    assert_eq!(code, APPROVAL_REQUIRED);
    assert!(said.contains("approvals of earlier heads are not kept"), "{said}");
    assert_eq!(place.eval("v.json", &["--previous", "nothing.json", "--previous", "first.json"]).0, APPROVED);
}

#[test]
fn reviews_that_arrive_later_give_what_a_fresh_run_would_byte_for_byte() {
    let place = Place::new();
    let head = place.commit(&[("src/auth/login.rs", "fn login() { check(); }\n")]);
    let collect = ["collect", "--repo", "repo", "--base", "main", "--author", "dev", "--teams", "teams.toml"];
    place.reviews(&[]);
    let mut early = collect.to_vec();
    early.extend(["--reviews", "reviews.json", "--output", "evidence.json"]);
    let (code, said) = place.run(&early);
    assert_eq!(code, 0, "{said}");
    place.reviews(&[("sam", &head)]);
    let rerun = |verdict: &str, more: &[&str]| {
        let output = format!("json={verdict}");
        let mut arguments = vec!["eval", "--evidence", "evidence.json", "--policy", "acme", "--as-of", "2026-02-01"];
        arguments.extend(["--output", &output]);
        arguments.extend(more);
        place.run(&arguments).0
    };
    assert_eq!(rerun("stored.json", &[]), APPROVAL_REQUIRED);
    assert_eq!(rerun("later.json", &["--reviews", "reviews.json"]), APPROVED);
    assert_eq!(place.eval("fresh.json", &[]).0, APPROVED);
    let read = |file: &str| std::fs::read_to_string(place.path().join(file)).unwrap();
    assert_eq!(read("later.json"), read("fresh.json"));
}
