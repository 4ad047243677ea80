//! Which lockfiles a change concerns, and what counts as a change.

use tollgate::collect::lockfiles;
use tollgate::collect::snapshot::{Side, Snapshot, SnapshotError};
use tollgate::evidence::{Completeness, DependencyChangeKind, FileStatus, SourceKind};
use tollgate::normalize::dependencies::dependencies;

use crate::{Trees, failures, file};

const CARGO: &str = "version = 4\n\n[[package]]\nname = \"me\"\nversion = \"1.0.0\"\ndependencies = [\n \"a\",\n]\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"11\"\n";
const CARGO_TOML: &str = "[package]\nname = \"me\"\nversion = \"1.0.0\"\n[dependencies]\na = \"1\"\n";

#[test]
fn no_lockfile_and_no_manifest_changed_is_one_complete_source() {
    let (changes, sources) = Trees::new([("a.rs", "1")], [("a.rs", "2")]).evidence();
    assert!(changes.is_empty());
    assert_eq!(sources.len(), 1);
    assert_eq!((sources[0].completeness, sources[0].items), (Completeness::Complete, 0));
}

#[test]
fn a_diff_alone_tells_nothing_of_a_lockfile() {
    let files = [file("a/Cargo.toml", FileStatus::Modified, None), file("x.rs", FileStatus::Modified, None)];
    let (_, sources) = dependencies(&lockfiles::read(&files, None));
    assert_eq!(sources.len(), 1);
    assert_eq!(sources[0].completeness, Completeness::Failed);
    assert!(sources[0].reason.as_deref().unwrap().contains("--repo"));
    let (_, sources) = dependencies(&lockfiles::read(&files[1..], None));
    assert_eq!(sources[0].completeness, Completeness::Complete);
}

#[test]
fn a_manifest_whose_dependencies_stay_is_complete() {
    let trees = Trees::new([("Cargo.toml", CARGO_TOML)], [("Cargo.toml", &*CARGO_TOML.replace("1.0.0", "1.1.0"))]);
    assert_eq!(failures(&trees), []);
    let trees = Trees::new([("package.json", "{}")], [("package.json", r#"{"scripts": {"a": "b"}}"#)]);
    assert_eq!(failures(&trees), []);
}

#[test]
fn a_manifest_whose_dependencies_change_needs_a_lockfile_that_knows_it() {
    let changed = CARGO_TOML.replace("a = \"1\"", "a = \"1.0\"");
    let without = Trees::new([("lib/Cargo.toml", CARGO_TOML)], [("lib/Cargo.toml", &*changed)]);
    let found = failures(&without);
    assert_eq!(found.len(), 1);
    assert!(found[0].1.contains("nothing locks them"), "{found:?}");

    let with = |lock: &str| {
        Trees::new(
            [("lib/Cargo.toml", CARGO_TOML), ("Cargo.lock", lock)],
            [("lib/Cargo.toml", &*changed), ("Cargo.lock", lock)],
        )
    };
    assert_eq!(failures(&with(CARGO)), []);
    let (_, sources) = with(CARGO).evidence();
    assert_eq!(sources[0].path.as_deref(), Some("Cargo.lock"));
    // A lockfile of another workspace decides nothing, and one that can't be read fails.
    assert_eq!(failures(&with(&CARGO.replace("\"me\"", "\"other\""))).len(), 1);
    assert_eq!(failures(&with("version = ["))[0].0, "Cargo.lock");
}

#[test]
fn a_package_that_only_the_manifest_names_is_not_overlooked() {
    let changed = format!("{CARGO_TOML}evil = \"1\"\n");
    let trees = Trees::new(
        [("Cargo.toml", CARGO_TOML), ("Cargo.lock", CARGO)],
        [("Cargo.toml", changed.as_str()), ("Cargo.lock", CARGO)],
    );
    let found = failures(&trees);
    assert_eq!(found.len(), 1);
    assert!(found[0].1.contains("`evil 1`") && found[0].1.contains("out of date"), "{found:?}");
}

#[test]
fn a_lockfile_that_is_deleted_while_its_manifest_stays_is_failed() {
    let trees = Trees::new([("Cargo.toml", CARGO_TOML), ("Cargo.lock", CARGO)], [("Cargo.toml", CARGO_TOML)]);
    assert_eq!(failures(&trees)[0].0, "Cargo.lock");
    assert!(trees.evidence().0.is_empty());
    let (changes, _) = Trees::new([("Cargo.toml", CARGO_TOML), ("Cargo.lock", CARGO)], []).evidence();
    assert_eq!(changes[0].change, DependencyChangeKind::Removed);
}

#[test]
fn what_the_change_says_is_there_has_to_be_a_regular_file() {
    let trees = Trees::new([("Cargo.lock", CARGO)], []);
    let (changes, sources) =
        dependencies(&lockfiles::read(&[file("Cargo.lock", FileStatus::TypeChanged, None)], Some(&trees)));
    assert!(changes.is_empty());
    assert_eq!(sources[0].completeness, Completeness::Failed);
    assert!(sources[0].reason.as_deref().unwrap().contains("not a regular file"));
}

#[test]
fn a_renamed_lockfile_is_compared_with_itself_and_a_moved_one_is_two() {
    let trees = Trees::new([("old/Cargo.lock", CARGO)], [("new/Cargo.lock", CARGO)]);
    let renamed = [file("new/Cargo.lock", FileStatus::Renamed, Some("old/Cargo.lock"))];
    assert!(dependencies(&lockfiles::read(&renamed, Some(&trees))).0.is_empty());
    let (changes, _) = trees.evidence();
    assert_eq!(
        changes.iter().map(|it| (it.change, it.manifest.as_deref().unwrap())).collect::<Vec<_>>(),
        [(DependencyChangeKind::Added, "new/Cargo.lock"), (DependencyChangeKind::Removed, "old/Cargo.lock"),]
    );
    // Renamed to something that is no lockfile, it is gone.
    let trees = Trees::new([("Cargo.lock", CARGO)], [("Cargo.bak", CARGO)]);
    let renamed = [file("Cargo.bak", FileStatus::Renamed, Some("Cargo.lock"))];
    assert_eq!(dependencies(&lockfiles::read(&renamed, Some(&trees))).0[0].change, DependencyChangeKind::Removed);
}

#[test]
fn one_side_that_can_t_be_read_gives_no_items_and_says_which_line() {
    let trees = Trees::new([("Cargo.lock", "version = 4\nx = [")], [("Cargo.lock", CARGO)]);
    let (changes, sources) = trees.evidence();
    assert!(changes.is_empty());
    let reason = sources[0].reason.as_deref().unwrap();
    assert!(reason.starts_with("Cargo.lock:2: before the change: "), "{reason}");
    assert!(sources[0].sha256.is_some());
}

#[test]
fn marks_and_line_ends_of_windows_change_nothing() {
    let windows = format!("\u{feff}{}", CARGO.replace('\n', "\r\n"));
    assert_eq!(failures(&Trees::new([("Cargo.lock", CARGO)], [("Cargo.lock", &*windows)])), []);
    assert!(Trees::new([("Cargo.lock", CARGO)], [("Cargo.lock", &*windows)]).evidence().0.is_empty());
    let go = "module m\n\ngo 1.21\n\nrequire (\n\ta.b/c v1.0.0 // indirect\n)\n";
    let windows = format!("\u{feff}{}", go.replace('\n', "\r\n"));
    let (changes, sources) = Trees::new([("go.mod", go)], [("go.mod", &*windows)]).evidence();
    assert!(changes.is_empty() && sources[0].completeness == Completeness::Complete);
}

#[test]
fn another_checksum_of_the_same_version_is_a_change_and_two_at_once_are_an_error() {
    let (changes, _) =
        Trees::new([("Cargo.lock", CARGO)], [("Cargo.lock", &*CARGO.replace("\"11\"", "\"22\""))]).evidence();
    assert_eq!((changes.len(), changes[0].change), (1, DependencyChangeKind::Changed));
    let (_, block) = CARGO.split_at(CARGO.rfind("[[package]]").unwrap());
    let twice = format!("{CARGO}{}", block.replace("\"11\"", "\"22\""));
    let found = failures(&Trees::new([], [("Cargo.lock", &*twice)]));
    assert!(found[0].1.contains("locked twice"), "{found:?}");
}

#[test]
fn another_host_for_the_same_version_is_a_change_with_a_new_host() {
    let lock = |host: &str| {
        format!(
            r#"{{"lockfileVersion": 3, "packages": {{"": {{"dependencies": {{"a": "1"}}}}, "node_modules/a": {{"version": "1.0.0", "resolved": "https://u:p@{host}/a/-/a-1.0.0.tgz"}}}}}}"#
        )
    };
    let (old, new) = (lock("registry.npmjs.org"), lock("EVIL.example"));
    let (changes, _) = Trees::new([("package-lock.json", &*old)], [("package-lock.json", &*new)]).evidence();
    assert_eq!(changes.len(), 1);
    assert_eq!(
        (changes[0].change, &*changes[0].new_hosts),
        (DependencyChangeKind::Changed, &["evil.example".to_owned()][..])
    );
    assert!(!changes[0].sources_after[0].location.as_deref().unwrap().contains("u:p"));
    // A host that another lockfile of the repository used before is not new.
    let trees = Trees::new(
        [("package-lock.json", &*old), ("b/package-lock.json", &*new)],
        [("package-lock.json", &*new), ("b/package-lock.json", &*new)],
    );
    assert!(trees.evidence().0[0].new_hosts.is_empty());
    // Under another package's name or version it is an archive of its own.
    for poisoned in [old.replace("/a/-/a-", "/b/-/b-"), old.replace("a-1.0.0.tgz", "a-6.6.6.tgz")] {
        let (changes, _) = Trees::new([("package-lock.json", &*old)], [("package-lock.json", &*poisoned)]).evidence();
        assert_eq!(changes[0].sources_after[0].kind, SourceKind::Url);
    }
}

#[test]
fn a_lockfile_that_holds_another_version_than_the_manifest_asks_for_is_out_of_date() {
    let poetry = "[[package]]\nname = \"a\"\nversion = \"1.0\"\n[metadata]\nlock-version = \"2.1\"\n";
    let npm = |range: &str| {
        format!(
            r#"{{"lockfileVersion": 3, "packages": {{"": {{"dependencies": {{"a": "{range}"}}}}, "node_modules/a": {{"version": "1.0.0"}}}}}}"#
        )
    };
    let (old, new) = (npm("^1"), npm("^2"));
    for (manifest, before, after, lock, text, stale) in [
        ("Cargo.toml", CARGO_TOML, &*CARGO_TOML.replace("a = \"1\"", "a = \"2\""), "Cargo.lock", CARGO, true),
        ("Cargo.toml", CARGO_TOML, &*CARGO_TOML.replace("a = \"1\"", "a = \"1.0\""), "Cargo.lock", CARGO, false),
        (
            "pyproject.toml",
            "[project]\ndependencies = [\"a>=1\"]",
            "[project]\ndependencies = [\"a (>=2) ; x\"]",
            "poetry.lock",
            poetry,
            true,
        ),
        (
            "pyproject.toml",
            "[project]\ndependencies = [\"a>=1\"]",
            "[project]\ndependencies = [\"a[x]>=0.5\"]",
            "poetry.lock",
            poetry,
            false,
        ),
        (
            "package.json",
            r#"{"dependencies": {"a": "^1"}}"#,
            r#"{"dependencies": {"a": "^2"}}"#,
            "package-lock.json",
            &*old,
            true,
        ),
        (
            "package.json",
            r#"{"dependencies": {"a": "^1"}}"#,
            r#"{"dependencies": {"a": "^2"}}"#,
            "package-lock.json",
            &*new,
            false,
        ),
    ] {
        let found = failures(&Trees::new([(manifest, before), (lock, text)], [(manifest, after), (lock, text)]));
        assert_eq!(found.iter().any(|(_, reason)| reason.contains("out of date")), stale, "{after}: {found:?}");
        assert_eq!(found.len(), usize::from(stale));
    }
}

#[test]
fn what_builds_a_python_project_is_locked_by_nothing() {
    let text = |requires: &str| format!("[build-system]\nrequires = [\"{requires}\"]\n");
    let trees = Trees::new([("pyproject.toml", &*text("hatchling"))], [("pyproject.toml", &*text("evil"))]);
    let found = failures(&trees);
    assert!(found.len() == 1 && found[0].1.contains("build-system"), "{found:?}");
}

#[test]
fn a_workspace_is_locked_from_above_and_another_manager_s_lockfile_is_named() {
    let lock = r#"{"lockfileVersion": 3, "packages": {"": {}, "w": {"dependencies": {"a": "1"}}, "w/node_modules/a": {"version": "1.0.0"}}}"#;
    let (before, after) = ("{}", r#"{"dependencies": {"a": "1"}}"#);
    let trees = |lockfile, text| {
        Trees::new([("w/package.json", before), (lockfile, text)], [("w/package.json", after), (lockfile, text)])
    };
    assert_eq!(failures(&trees("package-lock.json", lock)), []);
    assert!(
        failures(&trees("package-lock.json", r#"{"lockfileVersion": 3, "packages": {}}"#))[0]
            .1
            .contains("nothing locks")
    );
    assert!(failures(&trees("bun.lockb", ""))[0].1.contains("`bun.lockb`"));
}

#[test]
fn a_file_that_no_reader_takes_is_failed_whatever_happened_to_it() {
    let gone = failures(&Trees::new([("Package.resolved", "x")], []));
    let come = failures(&Trees::new([], [("a/pom.xml", "x")]));
    assert_eq!((gone.len(), come.len()), (1, 1));
    assert!(gone[0].1.contains("deleted") && come[0].1.contains("pom.xml"));
}

#[test]
fn the_same_packages_used_more_often_are_no_change() {
    let lock = |more: &str| {
        format!(r#"{{"lockfileVersion": 3, "packages": {{"": {{}}, "node_modules/a": {{"version": "1.0.0"}}{more}}}}}"#)
    };
    let more =
        lock(r#", "node_modules/b": {"version": "1.0.0"}, "node_modules/b/node_modules/a": {"version": "1.0.0"}"#);
    let (changes, _) = Trees::new([("package-lock.json", &*lock(""))], [("package-lock.json", &*more)]).evidence();
    assert_eq!(changes.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn what_a_workspace_offers_may_be_unused_but_not_out_of_date() {
    let root = |version: &str| format!("{CARGO_TOML}[workspace.dependencies]\nunused = \"1\"\na = \"{version}\"\n");
    let stale = |version: &str| {
        let (before, after) = (CARGO_TOML, root(version));
        failures(&Trees::new(
            [("Cargo.toml", before), ("Cargo.lock", CARGO)],
            [("Cargo.toml", &*after), ("Cargo.lock", CARGO)],
        ))
    };
    assert_eq!(stale("1"), []);
    assert!(stale("2")[0].1.contains("`a 2`"));
}

#[test]
fn a_manifest_that_is_no_longer_one_is_failed_with_its_line() {
    let found = failures(&Trees::new([("package.json", "{}")], [("package.json", "{\n<<<<<<< HEAD\n}")]));
    assert!(found.len() == 1 && found[0].1.starts_with("package.json:2: "), "{found:?}");
}

/// A repository of which nothing can be read.
struct Broken;

impl Snapshot for Broken {
    fn read(&self, _side: Side, path: &str) -> Result<Option<Vec<u8>>, SnapshotError> {
        let (message, help) = ("the object is missing".to_owned(), "fetch it".to_owned());
        Err(SnapshotError::Unreadable { path: path.to_owned(), message, help })
    }

    fn paths(&self, _side: Side) -> Result<Vec<String>, SnapshotError> {
        Err(SnapshotError::Unusable { message: "no tree".to_owned(), help: "fetch it".to_owned() })
    }
}

#[test]
fn what_can_t_be_read_is_failed_and_never_absent() {
    for path in ["Cargo.lock", "Cargo.toml", "deps/base.txt"] {
        let (changes, sources) =
            dependencies(&lockfiles::read(&[file(path, FileStatus::Modified, None)], Some(&Broken)));
        assert!(changes.is_empty());
        assert!(sources.iter().any(|source| source.completeness == Completeness::Failed), "{path}: {sources:?}");
    }
}

#[test]
fn the_order_of_changed_files_changes_nothing() {
    let changed = CARGO_TOML.replace("a = \"1\"", "a = \"1.0\"");
    let trees = Trees::new(
        [("Cargo.toml", CARGO_TOML), ("Cargo.lock", CARGO), ("x/go.mod", "module m\n"), ("pom.xml", "")],
        [("Cargo.toml", &*changed), ("Cargo.lock", CARGO), ("x/go.mod", "module n\n"), ("setup.py", "")],
    );
    let mut files = trees.changes();
    let forwards = dependencies(&lockfiles::read(&files, Some(&trees)));
    files.reverse();
    assert_eq!(forwards, dependencies(&lockfiles::read(&files, Some(&trees))));
    assert_eq!(forwards.1.len(), 4);
}

const YARN_LIKE: &str = "version = 1\n\n[[package]]\nname = \"a\"\nversion = \"1.0\"\nsource = { registry = \"https://pypi.org/simple\" }\nsdist = { url = \"https://files.pythonhosted.org/a-1.0.tar.gz\", hash = \"sha256:11\" }\n";

#[test]
fn a_manager_that_was_switched_changes_only_the_packages_that_changed() {
    let requirements = "a==1.0 --hash=sha256:11\nb==1.0 --hash=sha256:22\n";
    let trees = Trees::new([("requirements.txt", requirements)], [("uv.lock", YARN_LIKE)]);
    let (changes, sources) = trees.evidence();
    let rows: Vec<_> =
        changes.iter().map(|it| (it.change, it.name.as_str(), it.manifest.as_deref().unwrap())).collect();
    assert_eq!(rows, [(DependencyChangeKind::Removed, "b", "uv.lock")]);
    assert_eq!(sources.iter().map(|it| it.path.as_deref().unwrap()).collect::<Vec<_>>(), ["uv.lock"]);
    // In another directory it is another project.
    let (changes, _) = Trees::new([("x/requirements.txt", requirements)], [("uv.lock", YARN_LIKE)]).evidence();
    assert_eq!(changes.len(), 3);
    // Other content under the same version is seen, and lost checksums are.
    for other in ["a==1.0 --hash=sha256:12\n", "a @ git+https://h.example/a@0123456789012345678901234567890123456789\n"]
    {
        let (changes, _) = Trees::new([("requirements.txt", other)], [("uv.lock", YARN_LIKE)]).evidence();
        assert_eq!(changes.len(), 1, "{other}");
    }
    let (changes, _) = Trees::new([("uv.lock", YARN_LIKE)], [("requirements.txt", "a==1.0\n")]).evidence();
    assert_eq!(changes.len(), 1);
}

#[test]
fn a_new_name_is_compared_with_the_names_in_use_anywhere() {
    let lock = |names: &[&str]| -> String { names.iter().map(|name| format!("{name}==1.0\n")).collect() };
    let (other, old) = (lock(&["requests"]), lock(&["flask"]));
    let new = lock(&["flask", "requets", "numpy"]);
    let trees = Trees::new(
        [("other/requirements.txt", &*other), ("requirements.txt", &*old)],
        [("other/requirements.txt", &*other), ("requirements.txt", &*new)],
    );
    let (changes, _) = trees.evidence();
    let rows: Vec<_> = changes.iter().map(|it| (it.name.as_str(), it.similar_to.join(","))).collect();
    assert_eq!(rows, [("numpy", String::new()), ("requets", "requests".to_owned())]);
}

#[test]
fn a_package_from_a_second_place_says_which() {
    let other = YARN_LIKE.replace("https://pypi.org/simple", "https://pypi.corp.example/simple");
    let trees = Trees::new([("a/uv.lock", &*other)], [("a/uv.lock", &*other), ("b/uv.lock", YARN_LIKE)]);
    let (changes, _) = trees.evidence();
    assert_eq!(changes.len(), 1);
    let hosts: Vec<_> = changes[0].other_sources.iter().map(|source| source.host.as_deref()).collect();
    assert_eq!(hosts.len(), 1);
    assert!(hosts[0] == Some("pypi.corp.example") || hosts[0] == Some("pypi.org"), "{hosts:?}");
    let same = Trees::new([("a/uv.lock", YARN_LIKE)], [("a/uv.lock", YARN_LIKE), ("b/uv.lock", YARN_LIKE)]);
    assert!(same.evidence().0[0].other_sources.is_empty());
}

#[test]
fn one_digest_of_several_that_is_exchanged_is_a_change_and_one_that_comes_is_not() {
    let lock = |digests: &[&str]| {
        let hashes: String = digests.iter().map(|digest| format!(" --hash=sha256:{digest}")).collect();
        format!("a==1.0{hashes}\n")
    };
    let changes = |old: &[&str], new: &[&str]| {
        let (old, new) = (lock(old), lock(new));
        Trees::new([("requirements.txt", &*old)], [("requirements.txt", &*new)]).evidence().0.len()
    };
    assert_eq!(changes(&["11", "22"], &["11", "33"]), 1);
    assert_eq!(changes(&["11"], &["11", "22"]), 0);
    assert_eq!(changes(&["11", "22"], &["11"]), 0);
}
