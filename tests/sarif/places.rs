//! Where a finding is: paths of other machines, bases, escapes, and lines of the change.

use serde_json::{Value, json};
use tollgate::evidence::{Change, FileChange, FileStatus};
use tollgate::normalize::places::Context;

use crate::{changed, input, log, of_head};

#[derive(Default)]
struct Repository {
    files: Vec<FileChange>,
    head: Option<Vec<String>>,
    roots: Vec<String>,
    bases: Value,
    artifacts: Value,
}

impl Repository {
    fn with_head(paths: &[&str]) -> Self {
        let mut head: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        head.sort();
        Self { head: Some(head), ..Self::default() }
    }

    /// Path, what was written where there is none, and whether it is on a changed line; by message.
    fn place_all(&self, artifacts: &[Value], region: &Value) -> Vec<(Option<String>, Option<String>, bool)> {
        let results = artifacts.iter().enumerate().map(|(index, artifact)| {
            json!({"message": {"text": format!("{index:03}")},
                   "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}]})
        });
        let mut log = log(results.collect());
        if !self.bases.is_null() {
            log["runs"][0]["originalUriBaseIds"] = self.bases.clone();
        }
        if !self.artifacts.is_null() {
            log["runs"][0]["artifacts"] = self.artifacts.clone();
        }
        let change = Change::default();
        let context =
            Context { files: &self.files, change: &change, head_paths: self.head.as_deref(), roots: &self.roots };
        let (found, _) = of_head(&[input(log.to_string().as_bytes())], &context);
        assert_eq!(found.len(), artifacts.len(), "no finding is dropped for its place");
        let mut all: Vec<_> = found.iter().collect();
        all.sort_by_key(|finding| finding.message);
        all.iter()
            .map(|finding| {
                assert_eq!(finding.path.is_none(), finding.unmapped.is_some());
                (finding.path.map(str::to_owned), finding.unmapped.map(str::to_owned), finding.on_changed_line)
            })
            .collect()
    }

    /// The path of one location, or what was written after a question mark.
    fn place(&self, artifact: Value) -> String {
        let (path, unmapped, on_changed_line) = self.place_all(&[artifact], &json!({})).remove(0);
        path.unwrap_or_else(|| {
            assert!(on_changed_line, "what can't be placed counts as changed");
            format!("?{}", unmapped.unwrap())
        })
    }

    fn uri(&self, uri: &str) -> String {
        self.place(json!({ "uri": uri }))
    }
}

#[test]
fn a_path_of_the_head_is_found_in_every_spelling() {
    let repository =
        Repository::with_head(&["src/a b.py", "src/über.py", "a+b.c", "50%25.txt", "C/x.c", "back\\slash"]);
    let cases = [
        ("src/a b.py", "src/a b.py"),
        ("src/a%20b.py", "src/a b.py"),
        ("./src//a%20b.py", "src/a b.py"),
        ("src/x/../a%20b.py", "src/a b.py"),
        ("src\\a b.py", "src/a b.py"),
        ("src/%C3%BCber.py", "src/über.py"),
        ("src/über.py", "src/über.py"),
        ("a%2Bb.c", "a+b.c"),
        ("50%25.txt", "50%25.txt"),
        ("back\\slash", "back\\slash"),
        ("%2e/C/x.c", "C/x.c"),
    ];
    for (written, path) in cases {
        assert_eq!(repository.uri(written), path);
    }
}

#[test]
fn what_can_not_be_mapped_is_kept_as_written_and_counts_as_changed() {
    let repository = Repository::with_head(&["a.py", "x/same.py", "y/same.py"]);
    for written in [
        "",
        " ",
        "..",
        "../a.py",
        "x/../../a.py",
        "%2e%2e/a.py",
        "https://example.org/a.py",
        "alpine:3.10 (alpine 3.10.2)",
        "library/postgres",
        "gone.py",
        "same.py",
        "/elsewhere/same.py",
        "a.py\u{0}",
        ".",
        "src/",
    ] {
        assert_eq!(repository.uri(written), format!("?{written}"));
    }
}

#[test]
fn an_absolute_path_below_a_known_root_is_certain() {
    let repository = Repository {
        roots: vec!["/home/ci/repo/".to_owned(), "c:\\work\\repo".to_owned()],
        ..Repository::with_head(&["src/a.py", "other/src/a.py"])
    };
    let cases = [
        ("file:///home/ci/repo/src/a.py", "src/a.py"),
        ("file://localhost/home/ci/repo/src/a.py", "src/a.py"),
        ("file:/home/ci/repo/src/a.py", "src/a.py"),
        ("FILE:///home/ci/./repo/x/../src/a.py", "src/a.py"),
        ("/home/ci/repo/src/a.py", "src/a.py"),
        ("C:\\work\\repo\\src\\a.py", "src/a.py"),
        ("c:/build/repo/src/a.py", "src/a.py"),
        ("file:///C:/build/repo/src/a.py", "src/a.py"),
        ("file:///c%3A/build/repo/src/a.py", "src/a.py"),
        ("file://C:/build/repo/src/a.py", "src/a.py"),
        ("/home/ci/repo/not-in-head.py", "not-in-head.py"),
        ("/home/ci/repository/none.py", "?/home/ci/repository/none.py"),
        ("/home/ci/repo", "?/home/ci/repo"),
    ];
    for (written, path) in cases {
        assert_eq!(repository.uri(written), path, "{written}");
    }
}

#[test]
fn an_absolute_path_of_another_machine_is_mapped_by_the_only_path_that_ends_it() {
    let repository = Repository::with_head(&["src/a.py", "README.md", "docs/README.md"]);
    assert_eq!(repository.uri("file:///build/x/src/a.py"), "src/a.py");
    assert_eq!(repository.uri("D:\\b\\src\\a.py"), "src/a.py");
    assert_eq!(repository.uri("/build/x/docs/README.md"), "?/build/x/docs/README.md");
    assert_eq!(repository.uri("/usr/lib/python3/ast.py"), "?/usr/lib/python3/ast.py");
    let written = ["/build/x/src/a.py", "/build/x/docs/README.md", "/build/x/README.md", "/usr/docs/README.md"];
    let placed = repository.place_all(&written.map(|uri| json!({ "uri": uri })), &json!({}));
    let paths: Vec<_> = placed.iter().map(|(path, ..)| path.as_deref()).collect();
    assert_eq!(paths, [Some("src/a.py"), Some("docs/README.md"), Some("README.md"), None], "one path tells the root");
}

#[test]
fn a_relative_path_from_another_directory_is_mapped_by_the_only_path_that_fits() {
    let repository = Repository::with_head(&["examples/deep/main.tf", "services/api/src/a.py"]);
    assert_eq!(repository.uri("conftest/examples/deep/main.tf"), "examples/deep/main.tf");
    assert_eq!(repository.uri("src/a.py"), "services/api/src/a.py");
    assert_eq!(repository.uri("rc/a.py"), "?rc/a.py");
}

#[test]
fn a_base_is_resolved_through_its_chain_and_a_loop_or_a_gap_is_none() {
    let repository = Repository {
        bases: json!({
            "ROOT": {"uri": "file:///build/r/"}, "SRC": {"uri": "src/", "uriBaseId": "ROOT"},
            "REL": {"uri": "src"}, "LOOP1": {"uri": "l1/", "uriBaseId": "LOOP2"}, "LOOP2": {"uri": "l2/", "uriBaseId": "LOOP1"},
            "EMPTY": {}, "TOP": {"uri": "file:///"}, "WEB": {"uri": "https://example.org/"}, "SELF": {"uriBaseId": "SELF"},
        }),
        roots: vec!["/build/r".to_owned()],
        ..Repository::with_head(&["a.c", "src/a.c", "x/a.c"])
    };
    let cases = [
        ("ROOT", "a.c"),
        ("SRC", "src/a.c"),
        ("REL", "src/a.c"),
        ("EMPTY", "a.c"),
        ("TOP", "a.c"),
        ("WEB", "a.c"),
        ("SELF", "a.c"),
        ("UNDEFINED", "a.c"),
        ("%SRCROOT%", "a.c"),
    ];
    for (base, path) in cases {
        assert_eq!(repository.place(json!({"uri": "a.c", "uriBaseId": base})), path, "{base}");
    }
    let looped = repository.place(json!({"uri": "a.c", "uriBaseId": "LOOP1"}));
    assert!(looped.ends_with("a.c"), "{looped}");
}

#[test]
fn a_location_can_be_a_position_among_the_artifacts() {
    let repository = Repository {
        artifacts: json!([{"location": {"uri": "a.py"}}, {"location": {"uri": "/in.zip", "index": 9}, "parentIndex": 0},
                          {"location": {"uri": "x.py", "uriBaseId": "B"}}, null]),
        bases: json!({"B": {"uri": "b/"}}),
        ..Repository::with_head(&["a.py", "b/x.py", "in.zip"])
    };
    assert_eq!(repository.place(json!({"index": 0})), "a.py");
    assert_eq!(repository.place(json!({"index": 1})), "?/in.zip");
    assert_eq!(repository.place(json!({"index": 2})), "b/x.py");
    assert_eq!(repository.place(json!({"uri": "a.py", "index": -1})), "a.py");
    for nowhere in [3, 4, -1] {
        assert_eq!(repository.place(json!({ "index": nowhere })), "?");
    }
}

#[test]
fn without_the_files_of_the_head_a_relative_path_is_taken_as_given() {
    let repository = Repository { files: vec![changed("src/a.py", 3..=5)], ..Repository::default() };
    assert_eq!(repository.uri("src/other.py"), "src/other.py");
    assert_eq!(repository.uri("/build/src/a.py"), "src/a.py");
    assert_eq!(repository.uri("/build/src/other.py"), "?/build/src/other.py");
    assert_eq!(repository.uri("library/postgres:12"), "?library/postgres:12");
}

#[test]
fn without_the_files_of_the_head_another_spelling_of_a_changed_path_is_no_other_file() {
    let repository = Repository { files: vec![changed("src/lib/a.py", 3..=5)], ..Repository::default() };
    for uri in [
        "SRC/lib/A.py",
        "lib/a.py",
        "a.py",
        "app/src/lib/a.py",
        "src/lib/a.py#L3",
        "src/lib",
        "src",
        "src%252Flib/a.py",
    ] {
        assert!(repository.uri(uri).starts_with('?'), "{uri}");
    }
    for uri in ["src/lib/b.py", "src/lib/aa.py", "lib/b.py", "src/libs"] {
        assert_eq!(repository.uri(uri), uri);
    }
}

#[test]
fn a_finding_is_on_a_changed_line_where_its_region_meets_one() {
    let repository = Repository { files: vec![changed("a.py", 10..=12)], ..Repository::with_head(&["a.py", "b.py"]) };
    let on = |uri: &str, region: Value| repository.place_all(&[json!({ "uri": uri })], &region).remove(0).2;
    for (region, expected) in [
        (json!({"startLine": 9}), false),
        (json!({"startLine": 10}), true),
        (json!({"startLine": 12, "endLine": 12}), true),
        (json!({"startLine": 13}), false),
        (json!({"startLine": 1, "endLine": 99}), true),
        (json!({"startLine": 12, "endLine": 3}), true),
        (json!({}), true),
        (json!({"startLine": 0}), true),
        (json!({"charOffset": 7, "charLength": 3}), true),
    ] {
        assert_eq!(on("a.py", region.clone()), expected, "{region}");
        assert!(!on("b.py", region), "a file that the change does not touch");
    }
}

#[test]
fn a_result_with_several_places_is_a_finding_in_each_file_and_on_a_changed_line_where_one_is() {
    let files = [changed("a.py", 10..=12)];
    let head = ["a.py".to_owned(), "b.py".to_owned()];
    let place = |uri: &str, line: u32| json!({"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}});
    let shown = |locations: Value| {
        let log = log(json!([{"message": {"text": "m"}, "locations": locations,
            "partialFingerprints": {"primaryLocationLineHash": "39fa2ee980eb94b0:1"}}]));
        let change = Change::default();
        let context = Context { files: &files, change: &change, head_paths: Some(&head), roots: &[] };
        let (found, sources) = of_head(&[input(log.to_string().as_bytes())], &context);
        assert_eq!(sources.iter().map(|source| source.items).sum::<u64>(), found.len() as u64);
        let mut fingerprints: Vec<u128> = found.iter().map(|finding| finding.fingerprint).collect();
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), found.len(), "each is another one");
        let mut shown: Vec<(Option<String>, u32, bool)> = found
            .iter()
            .map(|finding| (finding.path.map(str::to_owned), finding.line, finding.on_changed_line))
            .collect();
        shown.sort();
        shown
    };
    let at = |path: &str, line, on_changed_line| (Some(path.to_owned()), line, on_changed_line);
    let both = |line, changed| vec![at("a.py", line, changed), at("b.py", 1, false)];
    assert_eq!(shown(json!([place("b.py", 1), place("a.py", 11)])), both(11, true));
    assert_eq!(shown(json!([place("b.py", 1), place("a.py", 1)])), both(1, false));
    assert_eq!(shown(json!([place("a.py", 1), place("b.py", 1), place("a.py", 11), place("b.py", 2)])), both(11, true));
    assert_eq!(shown(json!([place("a.py", 10), place("a.py", 11)])), [at("a.py", 10, true)]);
    assert_eq!(shown(json!([])), [(None, 0, true)]);
    let unplaced = shown(json!([place("a.py", 11), place("../x.py", 1), place("../y.py", 1), place("../x.py", 2)]));
    assert_eq!(unplaced, [(None, 1, true), (None, 1, true), at("a.py", 11, true)]);
}

#[test]
fn a_previous_path_means_the_renamed_file_unless_another_took_its_place() {
    let renamed = FileChange {
        previous_path: Some("old.py".to_owned()),
        status: FileStatus::Renamed,
        ..changed("new.py", 50..=50)
    };
    let gone = Repository { files: vec![renamed.clone()], ..Repository::with_head(&["new.py"]) };
    let placed = gone.place_all(&[json!({"uri": "old.py"})], &json!({"startLine": 1})).remove(0);
    assert_eq!(placed, (Some("new.py".to_owned()), None, true));
    let taken = Repository { files: vec![renamed], ..Repository::with_head(&["new.py", "old.py"]) };
    let placed = taken.place_all(&[json!({"uri": "old.py"})], &json!({"startLine": 1})).remove(0);
    assert_eq!(placed, (Some("old.py".to_owned()), None, false));
}

#[test]
fn a_logical_location_names_a_finding_that_has_no_file() {
    let log = log(json!([{"message": {"text": "m"}, "locations": [
        {"logicalLocations": [{"fullyQualifiedName": "ns::f", "name": "f"}]}]}]));
    crate::only(&log, |finding, _| {
        assert_eq!((finding.path, finding.unmapped, finding.on_changed_line), (None, Some("ns::f"), true));
    });
}

#[test]
fn a_chain_of_bases_past_the_limit_is_none() {
    let place = |length: usize| {
        let base = |index: usize| (format!("B{index}"), json!({"uri": "d/", "uriBaseId": format!("B{}", index + 1)}));
        let mut bases: serde_json::Map<String, Value> = (0..length).map(base).collect();
        bases.insert(format!("B{length}"), json!({"uri": "file:///build/"}));
        let below = format!("{}a.c", "d/".repeat(length));
        let repository = Repository { bases: bases.into(), roots: vec!["/build".to_owned()], ..Repository::default() };
        repository.place(json!({"uri": "a.c", "uriBaseId": "B0"})) == below
    };
    assert!(place(31), "32 bases stand on each other");
    assert!(!place(100_000));
}
