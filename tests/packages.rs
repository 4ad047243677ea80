//! From lockfiles and what is known of their packages to the verdict, through the binary.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may panic, and makes its inputs"
)]

#[path = "support/git.rs"]
mod git;

use std::process::{Command, Output, Stdio};

use git::git;
use serde_json::{Value, json};

/// Two trees whose lockfiles differ: `a` rises from 1.0.0 to 1.1.0, `b` comes in at 2.0.0, and `c` stays at 3.0.0.
struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { directory: tempfile::tempdir().unwrap() };
        let lock = |packages: &[(&str, &str)]| {
            let asked: serde_json::Map<String, Value> =
                packages.iter().map(|(name, version)| ((*name).to_owned(), json!(version))).collect();
            let mut all = serde_json::Map::from_iter([(String::new(), json!({"dependencies": asked.clone()}))]);
            for (name, version) in packages {
                let resolved = format!("https://registry.npmjs.org/{name}/-/{name}-{version}.tgz");
                let entry = json!({"version": version, "resolved": resolved, "license": "MIT",
                    "integrity": format!("sha512-{}==", name.repeat(86))});
                all.insert(format!("node_modules/{name}"), entry);
            }
            (json!({"lockfileVersion": 3, "packages": all}).to_string(), json!({"dependencies": asked}).to_string())
        };
        for (side, packages) in [
            ("before", &[("a", "1.0.0"), ("c", "3.0.0")][..]),
            ("after", &[("a", "1.1.0"), ("b", "2.0.0"), ("c", "3.0.0")][..]),
        ] {
            let (lock, manifest) = lock(packages);
            place.write(&format!("{side}/package-lock.json"), &lock);
            place.write(&format!("{side}/package.json"), &manifest);
        }
        place
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.directory.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tollgate"))
            .args(args)
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// The verdict under the baseline without scanners, and the exit code.
    fn eval(&self, more: &[&str]) -> (Value, i32) {
        let fixed = ["eval", "--trees", "before", "after", "--author", "ada", "--format", "json"];
        let how = ["--without", "findings", "--as-of", "2026-06-01T00:00:00Z"];
        let output = self.run(&[&fixed[..], &how, more].concat());
        (serde_json::from_slice(&output.stdout).unwrap(), output.status.code().unwrap())
    }

    fn advisories(&self, more: &[&str]) -> Vec<(String, String, String)> {
        let output = self.run(&[&["collect", "--trees", "before", "after"][..], more].concat());
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = |item: &Value, key: &str| item[key].as_str().unwrap().to_owned();
        let items = document["advisories"]["items"].as_array().unwrap();
        items.iter().map(|item| (text(item, "id"), text(item, "name"), text(item, "presence"))).collect()
    }
}

fn record(id: &str, package: &str, fixed: Option<&str>, vector: &str) -> Value {
    let mut events = vec![json!({"introduced": "0"})];
    events.extend(fixed.map(|fixed| json!({"fixed": fixed})));
    json!({"schema_version": "1.6.0", "id": id, "modified": "2026-05-01T00:00:00Z", "summary": format!("{package} is weak"),
        "severity": [{"type": "CVSS_V3", "score": vector}],
        "affected": [{"package": {"ecosystem": "npm", "name": package}, "ranges": [{"type": "SEMVER", "events": events}]}]})
}

const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const LOW: &str = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N";

fn completeness<'v>(verdict: &'v Value, kind: &str) -> Vec<&'v str> {
    let of_kind = |source: &&Value| source["kind"] == kind;
    verdict["sources"].as_array().unwrap().iter().filter(of_kind).filter_map(|it| it["completeness"].as_str()).collect()
}

fn outcome<'v>(verdict: &'v Value, id: &str) -> &'v str {
    let rule = verdict["rules"].as_array().unwrap().iter().find(|rule| rule["id"] == id).unwrap();
    rule["outcome"].as_str().unwrap()
}

#[test]
fn packages_that_nobody_looked_up_are_undecided() {
    let place = Place::new();
    let (verdict, code) = place.eval(&[]);
    assert_eq!((code, completeness(&verdict, "advisories")), (4, vec!["missing"]));
    assert_eq!(outcome(&verdict, "new-critical-vulnerability"), "undecided");
    // A database of another ecosystem has not looked either, and an empty one has looked at nothing.
    let other = json!([{"schema_version": "1.6.0", "id": "PYSEC-1", "modified": "2026-05-01T00:00:00Z",
        "affected": [{"package": {"ecosystem": "PyPI", "name": "a"}, "versions": ["1.1.0"]}]}]);
    place.write("other.json", &other.to_string());
    place.write("none.json", "[]");
    place.write("broken.json", "<html>");
    std::fs::create_dir(place.directory.path().join("empty")).unwrap();
    for database in ["other.json", "none.json", "broken.json", "empty", "absent.zip"] {
        let (verdict, code) = place.eval(&["--advisories", database]);
        assert_eq!(code, 4, "{database}");
        assert!(completeness(&verdict, "advisories").iter().any(|it| *it != "complete"), "{database}");
    }
    // Who has none may say so, and the verdict says it.
    let (verdict, code) = place.eval(&["--without", "advisories"]);
    assert_ne!(code, 4);
    assert!(verdict["weakenings"].to_string().contains("advisories"));
}

#[test]
fn what_the_change_brings_in_decides_and_what_was_there_does_not() {
    let place = Place::new();
    let database = [
        record("GHSA-in", "b", None, CRITICAL),
        record("GHSA-stays", "c", Some("3.0.1"), CRITICAL),
        record("GHSA-gone", "a", Some("1.0.5"), CRITICAL),
    ];
    place.write("osv.json", &json!(database).to_string());
    let found = place.advisories(&["--advisories", "osv.json"]);
    let rows: Vec<_> =
        found.iter().map(|(id, name, presence)| (id.as_str(), name.as_str(), presence.as_str())).collect();
    assert_eq!(
        rows,
        [("GHSA-gone", "a", "fixed"), ("GHSA-in", "b", "introduced"), ("GHSA-stays", "c", "carried-over")]
    );
    let (verdict, code) = place.eval(&["--advisories", "osv.json"]);
    assert_eq!((code, outcome(&verdict, "new-critical-vulnerability")), (1, "violated"));
    place.write("osv.json", &json!(&database[1..]).to_string());
    let (verdict, code) = place.eval(&["--advisories", "osv.json"]);
    assert_eq!(
        (outcome(&verdict, "new-critical-vulnerability"), completeness(&verdict, "advisories")),
        ("satisfied", vec!["complete"])
    );
    assert_eq!(code, 3, "a new direct package still asks for approval");
    // Low ones are listed and block nothing.
    place.write("osv.json", &json!([record("GHSA-in", "b", None, LOW)]).to_string());
    let (verdict, code) = place.eval(&["--advisories", "osv.json"]);
    assert_eq!((code, outcome(&verdict, "new-vulnerability")), (3, "violated"));
}

#[test]
fn an_index_changes_nothing_and_a_damaged_one_is_made_anew() {
    let place = Place::new();
    place.write("osv.json", &json!([record("GHSA-in", "b", None, CRITICAL)]).to_string());
    let plain = place.eval(&["--advisories", "osv.json"]);
    let cached = || place.eval(&["--advisories", "osv.json", "--advisory-cache", "cache"]);
    assert_eq!(cached(), plain);
    assert_eq!(cached(), plain);
    let mut indexes = 0;
    for entry in std::fs::read_dir(place.directory.path().join("cache")).unwrap() {
        std::fs::write(entry.unwrap().path(), "damaged").unwrap();
        indexes += 1;
    }
    assert!(indexes > 0, "there is an index");
    assert_eq!(cached(), plain);
}

#[test]
fn a_vex_statement_excuses_only_the_version_that_it_names() {
    let place = Place::new();
    place.write("osv.json", &json!([record("GHSA-in", "b", None, CRITICAL)]).to_string());
    let statement = |product: &str| {
        json!({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/1", "author": "ada", "version": 1,
            "timestamp": "2026-05-02T00:00:00Z", "statements": [{"vulnerability": {"name": "GHSA-in"},
            "products": [{"@id": product}], "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path"}]})
        .to_string()
    };
    let decided = |product: &str| {
        place.write("vex.json", &statement(product));
        let (verdict, code) = place.eval(&["--advisories", "osv.json", "--vex", "vex.json"]);
        (outcome(&verdict, "new-critical-vulnerability").to_owned(), code)
    };
    assert_eq!(decided("pkg:npm/b@2.0.0"), ("satisfied".to_owned(), 3));
    assert_eq!(decided("pkg:npm/b@2.0.1"), ("violated".to_owned(), 1));
    assert_eq!(decided("pkg:npm/c@2.0.0"), ("violated".to_owned(), 1));
    // What another package's author says of its own use of it is not said of this one.
    let other = statement("pkg:npm/b@2.0.0").replace(
        r#"{"@id":"pkg:npm/b@2.0.0"}"#,
        r#"{"@id":"pkg:npm/else@9.0.0","subcomponents":[{"@id":"pkg:npm/b@2.0.0"}]}"#,
    );
    assert!(other.contains("subcomponents"));
    place.write("vex.json", &other);
    let (_, code) = place.eval(&["--advisories", "osv.json", "--vex", "vex.json"]);
    assert_eq!(code, 1);
}

#[test]
fn an_error_of_the_forge_is_no_review_and_what_it_states_is_shown() {
    let place = Place::new();
    place.write("osv.json", &json!([record("GHSA-in", "c", Some("1.0.0"), LOW)]).to_string());
    place.write(
        "error.json",
        r#"{"message": "Dependency review is not supported on this repository.", "status": "403"}"#,
    );
    let (verdict, code) = place.eval(&["--advisories", "osv.json", "--dependencies", "error.json"]);
    assert_eq!((code, completeness(&verdict, "dependencies")), (4, vec!["failed", "complete"]));
    let row = |kind: &str, name: &str, version: &str| {
        json!({"change_type": kind, "manifest": "package-lock.json", "ecosystem": "npm", "name": name, "version": version,
            "package_url": format!("pkg:npm/{name}@{version}"), "license": "MIT", "source_repository_url": null, "vulnerabilities": []})
    };
    place.write(
        "review.json",
        &json!([row("removed", "a", "1.0.0"), row("added", "a", "9.9.9"), row("added", "b", "2.0.0")]).to_string(),
    );
    let output = place.run(&["collect", "--trees", "before", "after", "--dependencies", "review.json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let items = document["dependencies"]["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["disagreements"][0]["after"], json!(["9.9.9"]));
    assert_eq!(items[1]["stated_by"], json!(["lockfile", "dependency-review"]));
    let (verdict, _) = place.eval(&["--advisories", "osv.json", "--dependencies", "review.json"]);
    assert_eq!(outcome(&verdict, "disputed-dependency"), "violated");
}

#[test]
fn a_document_judges_like_its_sources() {
    let place = Place::new();
    let database = json!([record("GHSA-in", "b", None, CRITICAL), record("GHSA-stays", "c", None, LOW)]);
    place.write("osv.json", &database.to_string());
    let how = ["--without", "findings", "--author", "ada", "--as-of", "2026-06-01T00:00:00Z"];
    for format in ["json", "markdown", "terminal", "sarif"] {
        let what = ["--advisories", "osv.json", "--format", format];
        let now = place.run(&[&["eval", "--trees", "before", "after"][..], &how, &what].concat());
        let collected = ["collect", "--trees", "before", "after", "--advisories", "osv.json", "--author", "ada"];
        place.write("evidence.json", &String::from_utf8(place.run(&collected).stdout).unwrap());
        let later = ["eval", "--evidence", "evidence.json", "--format", format];
        let mut later = place.run(&[&later[..], &how].concat());
        later.stderr.clear();
        let same = |output: &Output| (String::from_utf8(output.stdout.clone()).unwrap(), output.status.code());
        assert_eq!(same(&later), same(&now), "{format}");
    }
}

#[test]
fn other_content_under_the_same_version_asks_for_approval() {
    let place = Place::new();
    place.write("osv.json", &json!([record("GHSA-in", "zzz", None, LOW)]).to_string());
    let lock = std::fs::read_to_string(place.directory.path().join("before/package-lock.json")).unwrap();
    let manifest = std::fs::read_to_string(place.directory.path().join("before/package.json")).unwrap();
    place.write("after/package.json", &manifest);
    let digest = format!("sha512-{}==", "c".repeat(86));
    for other in [
        format!("sha512-{}==", "d".repeat(86)),
        format!("sha1-{}=", "d".repeat(27)),
        format!("{digest} sha512-{}==", "d".repeat(86)),
        "md5-AAAA".to_owned(),
        "foo-bar".to_owned(),
        String::new(),
    ] {
        assert!(lock.contains(&digest));
        place.write("after/package-lock.json", &lock.replace(&digest, &other));
        let (verdict, code) = place.eval(&["--advisories", "osv.json"]);
        assert_eq!((code, outcome(&verdict, "dependency-repointed")), (3, "violated"), "{other}");
    }
    place.write("after/package-lock.json", &lock);
    assert_eq!(place.eval(&["--advisories", "osv.json"]).1, 0);
}

#[test]
fn a_path_of_a_database_is_taken_as_it_is_written() {
    let place = Place::new();
    place.write("db@20250101", &json!([record("GHSA-in", "b", None, CRITICAL)]).to_string());
    place.write("db", &json!([record("GHSA-in", "b", Some("1.0.0"), CRITICAL)]).to_string());
    assert_eq!(place.eval(&["--advisories", "db@20250101"]).1, 1);
}

/// A repository whose branch brings in `b`, beside a directory of advisories of which one is about `b`.
#[test]
fn a_directory_of_advisories_that_the_change_touches_clears_nothing() {
    let place = Place::new();
    let directory = place.directory.path();
    let git = |arguments: &[&str]| _ = git(&directory.join("repo"), "ada", "ada@example.com", arguments);
    let copy = |side: &str| {
        for name in ["package-lock.json", "package.json"] {
            place.write(&format!("repo/{name}"), &std::fs::read_to_string(directory.join(side).join(name)).unwrap());
        }
    };
    copy("before");
    place.write("repo/osv/1.json", &record("GHSA-in", "b", None, CRITICAL).to_string());
    place.write("repo/osv/2.json", &record("GHSA-else", "zzz", None, LOW).to_string());
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "base"]);
    git(&["checkout", "-q", "-b", "topic"]);
    copy("after");
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "b"]);
    let eval = || {
        let change = ["eval", "--repo", "repo", "--base", "main", "--author", "ada", "--format", "json"];
        let how = ["--without", "findings", "--as-of", "2026-06-01T00:00:00Z", "--advisories", "repo/osv"];
        let output = place.run(&[&change[..], &how].concat());
        let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
        let stale = completeness(&verdict, "advisories").contains(&"stale");
        (output.status.code().unwrap(), stale)
    };
    assert_eq!(eval(), (1, false), "the base's own database is believed");
    git(&["rm", "-q", "osv/1.json"]);
    git(&["commit", "-q", "-m", "without the record"]);
    assert_eq!(eval(), (4, true));
}
