//! Lockfiles of both sides of a change, as changed packages: over real changes, odd files, and generated ones.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tollgate::collect::lockfiles::{self, FORMATS, LockfileInputs, MAX_PACKAGES};
use tollgate::collect::snapshot::{Side, Snapshot, SnapshotError};
use tollgate::evidence::{
    Completeness, DependencyChange, DependencyChangeKind, DependencyScope, Directness, FileChange, FileKind, FileMode,
    FileStatus, Jump, Source, SourceKind,
};
use tollgate::normalize::dependencies::dependencies;

type Files = BTreeMap<String, Vec<u8>>;

/// Two trees in memory.
#[derive(Default, Clone)]
struct Trees {
    before: Files,
    after: Files,
}

impl Snapshot for Trees {
    fn read(&self, side: Side, path: &str) -> Result<Option<Vec<u8>>, SnapshotError> {
        Ok(self.side(side).get(path).cloned())
    }

    fn paths(&self, side: Side) -> Result<Vec<String>, SnapshotError> {
        Ok(self.side(side).keys().cloned().collect())
    }
}

impl Trees {
    fn new<'a>(
        before: impl IntoIterator<Item = (&'a str, &'a str)>,
        after: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let files = |side: Vec<(&str, &str)>| {
            side.into_iter().map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect()
        };
        Self { before: files(before.into_iter().collect()), after: files(after.into_iter().collect()) }
    }

    fn side(&self, side: Side) -> &Files {
        match side {
            Side::Before => &self.before,
            Side::After => &self.after,
        }
    }

    /// Paths whose content differs, as a diff states them.
    fn changes(&self) -> Vec<FileChange> {
        let paths: BTreeSet<&String> = self.before.keys().chain(self.after.keys()).collect();
        let differ = paths.into_iter().filter(|path| self.before.get(*path) != self.after.get(*path));
        differ
            .map(|path| match (self.before.contains_key(path), self.after.contains_key(path)) {
                (false, _) => file(path, FileStatus::Added, None),
                (true, false) => file(path, FileStatus::Deleted, None),
                (true, true) => file(path, FileStatus::Modified, None),
            })
            .collect()
    }

    fn read(&self) -> LockfileInputs {
        lockfiles::read(&self.changes(), Some(self))
    }

    fn evidence(&self) -> (Vec<DependencyChange>, Vec<Source>) {
        dependencies(&self.read())
    }
}

fn file(path: &str, status: FileStatus, previous: Option<&str>) -> FileChange {
    FileChange {
        path: path.to_owned(),
        previous_path: previous.map(str::to_owned),
        status,
        mode_before: (status != FileStatus::Added).then_some(FileMode::REGULAR),
        mode_after: (status != FileStatus::Deleted).then_some(FileMode::REGULAR),
        binary: false,
        added: None,
        removed: None,
        hunks: Vec::new(),
        language: None,
        kind: FileKind::Other,
        owners: Vec::new(),
    }
}

/// Real lockfiles, which are not part of the repository; `None` where they are not at hand.
fn shared(area: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(area);
    if !path.is_dir() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

fn tree(root: &Path) -> Files {
    fn walk(root: &Path, at: &Path, files: &mut Files) {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, files);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut files = Files::new();
    if root.is_dir() {
        walk(root, root, &mut files);
    }
    files
}

fn real(name: &str) -> Option<Trees> {
    let root = shared("lockfile")?.join(name);
    Some(Trees { before: tree(&root.join("before")), after: tree(&root.join("after")) })
}

fn table(changes: &[DependencyChange], sources: &[Source]) -> String {
    let mut out = String::new();
    for change in changes {
        let jump = change.jump.map_or("-".to_owned(), |jump| jump.to_string());
        let _ = write!(
            out,
            "{} {} {} -> {} jump={jump} {} {} {}",
            change.change,
            change.name,
            change.before.join(","),
            change.after.join(","),
            change.directness,
            change.scope,
            change.purl
        );
        if change.sources_before != change.sources_after && !change.before.is_empty() && !change.after.is_empty() {
            let _ = write!(out, " sources {} -> {}", change.sources_before.len(), change.sources_after.len());
        }
        if !change.new_hosts.is_empty() {
            let _ = write!(out, " new hosts {}", change.new_hosts.join(","));
        }
        out.push('\n');
    }
    for source in sources {
        let _ =
            write!(out, "= {} {} items={}", source.path.as_deref().unwrap_or("-"), source.completeness, source.items);
        if let Some(reason) = &source.reason {
            let _ = write!(out, " because {reason}");
        }
        for problem in &source.problems {
            let _ = write!(out, "\n  ! {}: {}", problem.at, problem.message);
        }
        out.push('\n');
    }
    out
}

#[test]
fn every_real_change_gives_the_packages_that_it_changes() {
    let Some(root) = shared("lockfile") else { return };
    let mut names: Vec<String> =
        fs::read_dir(root).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let mut out = String::new();
    for name in names {
        let (changes, sources) = real(&name).unwrap().evidence();
        let _ = writeln!(out, "## {name}\n{}", table(&changes, &sources));
    }
    insta::assert_snapshot!("real_changes", out);
}

/// What a real change gives, as (change, name, before, after).
fn known(name: &str) -> Option<Vec<(DependencyChangeKind, String, String, String)>> {
    let (changes, sources) = real(name)?.evidence();
    assert!(sources.iter().all(|source| source.completeness == Completeness::Complete), "{name}: {sources:?}");
    let row = |change: DependencyChange| (change.change, change.name, change.before.join(","), change.after.join(","));
    Some(changes.into_iter().map(row).collect())
}

#[test]
fn a_new_format_of_the_same_packages_is_no_change() {
    for name in [
        "npm-v2-to-v3-no-dep-change",
        "cargo-v3-to-v4-release-only",
        "poetry-1.8-to-2.0-format",
        "poetry-1.5-category-removed",
    ] {
        assert!(known(name).unwrap_or_default().is_empty(), "{name}");
    }
}

#[test]
fn the_one_change_in_a_new_format_is_found() {
    let Some(changes) = known("npm-v1-to-v3-js-yaml") else { return };
    let bump = (DependencyChangeKind::Upgraded, "js-yaml".into(), "3.13.1".into(), "4.2.0".into());
    assert!(changes.contains(&bump), "{changes:?}");
    let changes = known("npm-v1-to-v2").unwrap();
    assert_eq!(changes, [(DependencyChangeKind::Upgraded, "github-linguist".into(), "2.3.0".into(), "2.4.0".into())]);
}

#[test]
fn crates_of_the_workspace_are_no_dependencies_and_theirs_are_direct() {
    let Some(trees) = real("cargo-v4-new-workspace-member") else { return };
    let (changes, _) = trees.evidence();
    assert_eq!(changes.iter().map(|change| change.name.as_str()).collect::<Vec<_>>(), ["fst", "redb"]);
    assert!(changes.iter().all(|change| change.directness == Directness::Direct));
}

#[test]
fn a_replaced_go_module_is_a_change_though_no_requirement_is() {
    let Some(trees) = real("gomod-replace-directive") else { return };
    let (changes, _) = trees.evidence();
    assert_eq!(changes.len(), 1);
    assert_eq!(
        (changes[0].name.as_str(), changes[0].change),
        ("github.com/moby/go-archive", DependencyChangeKind::Changed)
    );
}

#[test]
fn the_release_of_go_is_a_package() {
    let Some(changes) = known("gomod-go-directive-cve") else { return };
    let go = (DependencyChangeKind::Upgraded, "go".into(), "1.23.4".into(), "1.23.8".into());
    assert!(changes.contains(&go), "{changes:?}");
}

#[test]
fn a_git_requirement_that_becomes_a_release_changes_its_source() {
    let Some(trees) = real("requirements-git-url") else { return };
    let (changes, sources) = trees.evidence();
    let kinds = |sources: &[tollgate::evidence::PackageSource]| sources.iter().map(|it| it.kind).collect::<Vec<_>>();
    assert_eq!(changes.len(), 1);
    assert_eq!(
        (kinds(&changes[0].sources_before), kinds(&changes[0].sources_after)),
        (vec![SourceKind::Git], vec![SourceKind::Registry])
    );
    assert_eq!(changes[0].jump, Some(Jump::Unknown));
    assert!(sources[0].problems.iter().any(|problem| problem.message.contains("`develop`")), "{sources:?}");
}

#[test]
fn formats_that_no_reader_takes_are_failed_with_their_name() {
    let Some(root) = shared("lockfile") else { return };
    for entry in fs::read_dir(root).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !["yarn", "pnpm", "gem", "composer", "gradle", "maven"].iter().any(|start| name.starts_with(start)) {
            continue;
        }
        let (changes, sources) = real(&name).unwrap().evidence();
        assert!(changes.is_empty(), "{name}");
        assert!(!sources.is_empty() && sources.iter().all(|it| it.completeness == Completeness::Failed), "{name}");
        assert!(sources.iter().all(|it| it.reason.as_deref().is_some_and(|reason| !reason.is_empty())), "{name}");
    }
}

/// The path under which an odd file is read.
fn canonical(name: &str) -> Option<&'static str> {
    let prefixes = [
        ("cargo-", "Cargo.lock"),
        ("npm-", "package-lock.json"),
        ("poetry-", "poetry.lock"),
        ("uv-", "uv.lock"),
        ("gomod-", "go.mod"),
        ("requirements-", "requirements.txt"),
    ];
    prefixes.into_iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(_, path)| path)
}

#[test]
fn odd_files_are_read_or_refused_with_line_and_reason() {
    let Some(root) = shared("lockfile-odd") else { return };
    let mut out = String::new();
    for (name, bytes) in tree(&root) {
        let Some(path) = canonical(&name) else { continue };
        let trees = Trees { before: Files::new(), after: [(path.to_owned(), bytes)].into() };
        let (changes, sources) = trees.evidence();
        let _ = writeln!(out, "## {name}\n{}", table(&changes, &sources));
    }
    insta::assert_snapshot!("odd_files", out);
}

#[test]
fn every_real_lockfile_equals_itself_and_its_truncations_never_panic() {
    let Some(root) = shared("lockfile") else { return };
    for (name, bytes) in tree(&root) {
        let path = name.rsplit('/').next().unwrap();
        if lockfiles::format_of(path).is_none() {
            continue;
        }
        let same = Trees {
            before: [(path.to_owned(), bytes.clone())].into(),
            after: [(path.to_owned(), bytes.clone())].into(),
        };
        let inputs = lockfiles::read(&[file(path, FileStatus::Modified, None)], Some(&same));
        let (changes, sources) = dependencies(&inputs);
        assert!(changes.is_empty() && sources[0].completeness == Completeness::Complete, "{name}: {sources:?}");
        for tenths in 1..10 {
            let cut = bytes[..bytes.len() * tenths / 10].to_vec();
            let _ = Trees { before: Files::new(), after: [(path.to_owned(), cut)].into() }.evidence();
        }
    }
}

const CARGO: &str = "version = 4\n\n[[package]]\nname = \"me\"\nversion = \"1.0.0\"\ndependencies = [\n \"a\",\n]\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"11\"\n";
const CARGO_TOML: &str = "[package]\nname = \"me\"\nversion = \"1.0.0\"\n[dependencies]\na = \"1\"\n";

/// The reason of every source that is not complete, by path.
fn failures(trees: &Trees) -> Vec<(String, String)> {
    let (_, sources) = trees.evidence();
    let failed = sources.into_iter().filter(|source| source.completeness != Completeness::Complete);
    failed.map(|source| (source.path.unwrap_or_default(), source.reason.unwrap_or_default())).collect()
}

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
    assert!(found[0].1.contains("`evil`") && found[0].1.contains("out of date"), "{found:?}");
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
        changes.iter().map(|it| (it.change, it.manifest.as_str())).collect::<Vec<_>>(),
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
    // Under another package's name it is an archive of its own.
    let poisoned = old.replace("/a/-/a-", "/b/-/b-");
    let (changes, _) = Trees::new([("package-lock.json", &*old)], [("package-lock.json", &*poisoned)]).evidence();
    assert_eq!(changes[0].sources_after[0].kind, SourceKind::Url);
}

#[test]
fn requirements_follow_includes_and_constraints_inside_the_repository() {
    let trees = Trees::new(
        [
            ("requirements.txt", "-r base.txt\nb\n-c pins/all.txt\n"),
            ("base.txt", "a==1.0\n"),
            ("pins/all.txt", "b==2.0\nunused==1\n"),
        ],
        [
            ("requirements.txt", "-r base.txt\nb\n-c pins/all.txt\n"),
            ("base.txt", "a==1.1\n"),
            ("pins/all.txt", "b==2.1\nunused==1\n"),
        ],
    );
    let (changes, _) = trees.evidence();
    let rows: Vec<_> = changes.iter().map(|it| (it.name.as_str(), it.after.join(","), it.manifest.as_str())).collect();
    assert_eq!(rows, [("a", "1.1".to_owned(), "requirements.txt"), ("b", "2.1".to_owned(), "requirements.txt")]);
}

#[test]
fn requirements_that_are_not_pinned_or_include_each_other_are_failed_with_their_line() {
    for (files, path, part) in [
        (vec![("requirements.txt", "a==1\n\nb>=2\n")], "requirements.txt", "requirements.txt:3: `b` is not pinned"),
        (
            vec![("requirements.txt", "-r x.txt\n"), ("x.txt", "a==1\n-r requirements.txt\n")],
            "requirements.txt",
            "x.txt:2: includes `requirements.txt`, which includes it in turn",
        ),
        (
            vec![("requirements.txt", "-r none.txt\n")],
            "requirements.txt",
            "requirements.txt:1: includes `none.txt`, which is not there",
        ),
        (vec![("requirements.txt", "-r ../x.txt\n")], "requirements.txt", "outside of the repository"),
        (vec![("requirements.txt", "-r https://h/x.txt\n")], "requirements.txt", "not a file of the repository"),
        (
            vec![("requirements.txt", "a==1\na==2\n")],
            "requirements.txt",
            "requirements.txt:2: pins `a` to `1` and to `2`",
        ),
        (vec![("requirements.txt", "git+https://h/o/a#egg=a\n")], "requirements.txt", "names no commit"),
    ] {
        let found = failures(&Trees::new([], files));
        assert!(found.iter().any(|(at, reason)| at == path && reason.contains(part)), "{part}: {found:?}");
    }
}

#[test]
fn an_index_that_is_added_is_a_source_of_every_package() {
    let (changes, _) = Trees::new(
        [("requirements.txt", "a==1\nb==1\n")],
        [("requirements.txt", "--extra-index-url https://u:p@evil.example/simple\na==1\nb==1\n")],
    )
    .evidence();
    assert_eq!(changes.len(), 2);
    assert!(changes.iter().all(|change| change.new_hosts == ["evil.example"]));
}

#[test]
fn a_go_mod_of_an_old_release_says_that_it_lists_not_everything() {
    let go = |version: &str| format!("module m\ngo 1.16\nrequire a.b/c {version}\n");
    let (changes, sources) = Trees::new([("go.mod", &*go("v1.0.0"))], [("go.mod", &*go("v1.1.0"))]).evidence();
    assert_eq!(changes.len(), 1);
    assert_eq!(sources[0].completeness, Completeness::Truncated);
}

#[test]
fn a_go_module_replaced_by_a_path_or_with_another_checksum_is_a_change() {
    let go = "module m\ngo 1.22\nrequire a.b/c v1.0.0\n";
    let replaced = format!("{go}replace a.b/c => ../fork\n");
    let (changes, _) = Trees::new([("go.mod", go)], [("go.mod", &*replaced)]).evidence();
    assert_eq!(
        (changes[0].change, changes[0].sources_after[0].kind),
        (DependencyChangeKind::Changed, SourceKind::Path)
    );
    let trees = Trees::new(
        [("go.mod", go), ("go.sum", "a.b/c v1.0.0 h1:AA=\n")],
        [("go.mod", go), ("go.sum", "a.b/c v1.0.0 h1:BB=\n")],
    );
    let (changes, sources) = trees.evidence();
    assert_eq!((changes.len(), changes[0].change), (1, DependencyChangeKind::Changed));
    assert_eq!((sources.len(), sources[0].path.as_deref()), (1, Some("go.mod")));
}

#[test]
fn limits_stop_a_lockfile_and_say_so() {
    let nested = (0..45)
        .fold("{}".to_owned(), |inner, _| format!(r#"{{"a": {{"version": "1.0.0", "dependencies": {inner}}}}}"#));
    let deep = format!(r#"{{"lockfileVersion": 1, "dependencies": {nested}}}"#);
    let (_, sources) = Trees::new([], [("package-lock.json", &*deep)]).evidence();
    assert_eq!(sources[0].completeness, Completeness::Truncated, "{sources:?}");

    let mut many = "module m\ngo 1.22\nrequire (\n".to_owned();
    for number in 0..=MAX_PACKAGES {
        let _ = writeln!(many, "a.b/c{number} v1.0.0");
    }
    many.push_str(")\n");
    let (changes, sources) = Trees::new([], [("go.mod", &*many)]).evidence();
    assert!(changes.is_empty());
    assert_eq!(sources[0].completeness, Completeness::Truncated, "{:?}", sources[0].reason);

    let files: Vec<(String, String)> =
        (0..50).map(|number| (format!("r{number}.txt"), format!("-r r{}.txt\n", number + 1))).collect();
    let first = [("requirements.txt", "-r r0.txt\n")];
    let rest = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    let (_, sources) = Trees::new([], first.into_iter().chain(rest)).evidence();
    assert_eq!(sources[0].completeness, Completeness::Truncated, "{sources:?}");

    // Both parsers stop before their own stack does.
    for (path, open, close) in [("Cargo.lock", "[", "]"), ("package-lock.json", "[", "]")] {
        let prefix = if path == "Cargo.lock" { "version = 4\nx = " } else { r#"{"x": "# };
        let deep = format!("{prefix}{}{}", open.repeat(100_000), close.repeat(100_000));
        assert_eq!(failures(&Trees::new([], [(path, &*deep)])).len(), 1, "{path}");
    }
}

/// One package as each format writes it, and a whole lockfile of some.
fn render(format: &str, packages: &BTreeMap<String, u32>, reversed: bool) -> String {
    let mut entries: Vec<(&String, &u32)> = packages.iter().collect();
    if reversed {
        entries.reverse();
    }
    let each =
        |one: &dyn Fn(&str, u32) -> String| entries.iter().map(|(name, minor)| one(name, **minor)).collect::<String>();
    match format {
        "Cargo.lock" => format!(
            "version = 4\n{}",
            each(&|name, minor| format!(
                "[[package]]\nname = \"{name}\"\nversion = \"1.{minor}.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
            ))
        ),
        "poetry.lock" => format!(
            "{}[metadata]\nlock-version = \"2.1\"\n",
            each(&|name, minor| format!("[[package]]\nname = \"{name}\"\nversion = \"1.{minor}.0\"\nfiles = []\n"))
        ),
        "uv.lock" => format!(
            "version = 1\n{}",
            each(&|name, minor| format!(
                "[[package]]\nname = \"{name}\"\nversion = \"1.{minor}.0\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\n"
            ))
        ),
        "go.mod" => format!("module m\ngo 1.22\n{}", each(&|name, minor| format!("require x.y/{name} v1.{minor}.0\n"))),
        "requirements.txt" => each(&|name, minor| format!("{name}==1.{minor}.0\n")),
        _ => {
            let body = each(&|name, minor| format!(r#", "node_modules/{name}": {{"version": "1.{minor}.0"}}"#));
            format!(r#"{{"lockfileVersion": 3, "packages": {{"": {{}}{body}}}}}"#)
        }
    }
}

fn packages() -> impl Strategy<Value = BTreeMap<String, u32>> {
    proptest::collection::btree_map("[a-z]{1,6}x", 0..50u32, 0..12)
}

proptest! {
    #[test]
    fn exactly_the_packages_that_differ_are_reported(before in packages(), after in packages(), at in 0..6usize) {
        let format = FORMATS[at].name();
        let trees = Trees::new([(format, &*render(format, &before, false))], [(format, &*render(format, &after, false))]);
        let (changes, sources) = trees.evidence();
        let mut expected: BTreeSet<(String, DependencyChangeKind)> = BTreeSet::new();
        for name in before.keys().chain(after.keys()) {
            let kind = match (before.get(name), after.get(name)) {
                (None, _) => DependencyChangeKind::Added,
                (_, None) => DependencyChangeKind::Removed,
                (Some(old), Some(new)) if old < new => DependencyChangeKind::Upgraded,
                (Some(old), Some(new)) if old > new => DependencyChangeKind::Downgraded,
                _ => continue,
            };
            expected.insert((name.clone(), kind));
        }
        let found: BTreeSet<(String, DependencyChangeKind)> =
            changes.iter().map(|it| (it.name.trim_start_matches("x.y/").to_owned(), it.change)).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(sources.iter().map(|it| it.items).sum::<u64>(), changes.len() as u64);
        prop_assert!(sources.iter().all(|it| it.completeness == Completeness::Complete), "{:?}", sources);
    }

    #[test]
    fn the_order_of_packages_changes_nothing(set in packages(), at in 0..6usize) {
        let format = FORMATS[at].name();
        let (left, right) = (render(format, &set, false), render(format, &set, true));
        prop_assert!(Trees::new([(format, &*left)], [(format, &*right)]).evidence().0.is_empty());
        let one = Trees::new([], [(format, &*left)]).evidence().0;
        prop_assert_eq!(one, Trees::new([], [(format, &*right)]).evidence().0);
    }

    #[test]
    fn bytes_that_are_no_lockfile_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0..6usize) {
        let path = FORMATS[at].name().to_owned();
        let _ = Trees { before: Files::new(), after: [(path, bytes)].into() }.evidence();
    }

    #[test]
    fn a_lockfile_with_bytes_changed_never_panics(
        set in packages(),
        at in 0..6usize,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let path = FORMATS[at].name();
        let mut bytes = render(path, &set, false).into_bytes();
        for (index, byte) in edits {
            if !bytes.is_empty() {
                let at = index.index(bytes.len());
                bytes[at] = byte;
            }
        }
        let _ = Trees { before: Files::new(), after: [(path.to_owned(), bytes)].into() }.evidence();
    }

    #[test]
    fn lines_of_requirements_never_panic(text in "([a-z=@:/#;\\[\\](), -]|--hash=|git\\+|\\\\\n|\n|é|\\$\\{){0,40}") {
        let _ = Trees::new([], [("requirements.txt", &*text)]).evidence();
    }
}
