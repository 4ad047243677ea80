//! Real changes and odd files, which are not part of the repository.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tollgate::collect::lockfiles;
use tollgate::evidence::{
    Completeness, DependencyChange, DependencyChangeKind, Directness, FileStatus, Jump, PackageSource, SourceKind,
};
use tollgate::normalize::dependencies::dependencies;

use crate::{Files, Trees, file, table};

/// Real lockfiles, which are not part of the repository; `None` where they are not at hand.
pub(crate) fn shared(area: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(area);
    if !path.is_dir() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

pub(crate) fn tree(root: &Path) -> Files {
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

pub(crate) fn real(name: &str) -> Option<Trees> {
    let root = shared("lockfile")?.join(name);
    Some(Trees { before: tree(&root.join("before")), after: tree(&root.join("after")) })
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
    let kinds = |sources: &[PackageSource]| sources.iter().map(|it| it.kind).collect::<Vec<_>>();
    assert_eq!(changes.len(), 1);
    assert_eq!(
        (kinds(&changes[0].sources_before), kinds(&changes[0].sources_after)),
        (vec![SourceKind::Git], vec![SourceKind::Registry])
    );
    assert_eq!(changes[0].jump, Some(Jump::Unknown));
    assert!(sources[0].problems.iter().any(|problem| problem.message.contains("`develop`")), "{sources:?}");
}

/// What a real change gives for one of its lockfiles, which is complete, as lines of
/// `change name before after directness scope`.
pub(crate) fn rows(name: &str, lock: &str) -> Option<Vec<String>> {
    let (changes, sources) = real(name)?.evidence();
    let source = sources.iter().find(|source| source.path.as_deref() == Some(lock));
    assert_eq!(source.map(|source| source.completeness), Some(Completeness::Complete), "{name}: {sources:?}");
    Some(changes.iter().filter(|change| change.manifest.as_deref() == Some(lock)).map(row).collect())
}

/// One change as a line.
pub(crate) fn row(change: &DependencyChange) -> String {
    let side = |versions: &[String]| if versions.is_empty() { "-".to_owned() } else { versions.join(",") };
    let (before, after) = (side(&change.before), side(&change.after));
    format!("{} {} {before} {after} {} {}", change.change, change.name, change.directness, change.scope)
}

/// An odd file, as the set that it locks or the reason why it is refused (`line: message`).
pub(crate) fn odd(name: &str) -> Option<Result<lockfiles::LockedSet, String>> {
    let bytes = fs::read(shared("lockfile-odd")?.join(name)).unwrap();
    Some(read_one(canonical(name).unwrap(), bytes, &[]))
}

/// One lockfile with files beside it, as the set that it locks or the reason why it is refused (`line: message`).
pub(crate) fn read_one(
    path: &str,
    bytes: impl Into<Vec<u8>>,
    beside: &[(&str, &str)],
) -> Result<lockfiles::LockedSet, String> {
    let mut trees = Trees::new([], beside.iter().copied());
    trees.after.insert(path.to_owned(), bytes.into());
    let inputs = lockfiles::read(&[file(path, FileStatus::Added, None)], Some(&trees));
    assert_eq!(inputs.pairs.len(), 1, "{path} is read");
    let line = |line: Option<u32>| line.map_or_else(|| "-".to_owned(), |line| line.to_string());
    inputs.pairs[0].after.clone().map_err(|error| format!("{}: {}", line(error.line), error.message))
}

/// Packages of a set as lines of `name version directness scope`.
pub(crate) fn packages(set: &lockfiles::LockedSet) -> Vec<String> {
    let one = |it: &lockfiles::LockedPackage| format!("{} {} {} {}", it.name, it.version, it.directness, it.scope);
    set.packages.iter().map(one).collect()
}

/// Where packages of a set come from, as lines of `name kind host location`.
pub(crate) fn places(set: &lockfiles::LockedSet) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let rows = set.packages.iter().flat_map(|package| {
        let row = |place: &PackageSource| {
            format!("{} {} {} {}", package.name, place.kind, text(&place.host), text(&place.location))
        };
        package.sources.iter().map(row).collect::<Vec<_>>()
    });
    rows.collect()
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
        ("pdm-", "pdm.lock"),
        ("pipfile-", "Pipfile.lock"),
        ("pylock-", "pylock.toml"),
        ("gem-", "Gemfile.lock"),
        ("composer-", "composer.lock"),
        ("gradle-", "gradle.lockfile"),
        ("maven-", "pom.xml"),
        ("yarn-", "yarn.lock"),
        ("pnpm-", "pnpm-lock.yaml"),
        ("bun-", "bun.lock"),
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
