//! What dependency reviews and bills of materials state, merged with lockfiles: over real files and generated ones.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests may fail, print and read as the tests do"
)]

mod damage;
mod laws;
mod licences;
mod merging;
mod reviews;
mod sboms;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tollgate::collect::dependency_review::{self, DependencyReview};
use tollgate::collect::input::Report;
use tollgate::collect::lockfiles::{self, LockfileInputs};
use tollgate::collect::sbom::{self, Sbom};
use tollgate::collect::snapshot::{Side, Snapshot, SnapshotError};
use tollgate::evidence::{
    Change, DependencyChange, FileChange, FileKind, FileMode, FileStatus, Licence, Source, Word as _,
};
use tollgate::normalize::dependencies::{Locked, Merged, SbomPair, Statements, merge};
use tollgate::normalize::licences::licences;

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
    fn side(&self, side: Side) -> &Files {
        match side {
            Side::Before => &self.before,
            Side::After => &self.after,
        }
    }

    fn inputs(&self) -> LockfileInputs {
        let paths: BTreeSet<&String> = self.before.keys().chain(self.after.keys()).collect();
        let differ = paths.into_iter().filter(|path| self.before.get(*path) != self.after.get(*path));
        let changes: Vec<FileChange> = differ
            .map(|path| {
                let (old, new) = (self.before.contains_key(path), self.after.contains_key(path));
                let status = match (old, new) {
                    (false, _) => FileStatus::Added,
                    (true, false) => FileStatus::Deleted,
                    (true, true) => FileStatus::Modified,
                };
                FileChange {
                    mode_before: old.then_some(FileMode::REGULAR),
                    mode_after: new.then_some(FileMode::REGULAR),
                    ..FileChange::at(path, status, FileKind::Other)
                }
            })
            .collect();
        lockfiles::read(&changes, Some(self))
    }
}

/// Two sides of some lockfiles, as (path, before, after).
fn trees(files: &[(&str, &str, &str)]) -> Trees {
    let side = |of: fn(&(&str, &str, &str)) -> String| -> Files {
        files.iter().map(|file| (file.0.to_owned(), of(file).into_bytes())).collect()
    };
    Trees { before: side(|it| it.1.to_owned()), after: side(|it| it.2.to_owned()) }
}

/// A package-lock.json with some packages, as (name, version, licence).
fn npm_lock(packages: &[(&str, &str, &str)]) -> String {
    let entry = |(name, version, licence): &(&str, &str, &str)| {
        let licence = if licence.is_empty() { String::new() } else { format!(r#", "license": "{licence}""#) };
        format!(r#""node_modules/{name}-{version}/node_modules/{name}": {{"version": "{version}"{licence}}}"#)
    };
    let entries: Vec<String> = packages.iter().map(entry).collect();
    format!(r#"{{"lockfileVersion": 3, "packages": {{{}}}}}"#, entries.join(", "))
}

fn cargo_lock(packages: &[(&str, &str)]) -> String {
    let entry = |(name, version): &(&str, &str)| {
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
        )
    };
    format!("version = 4\n{}", packages.iter().map(entry).collect::<String>())
}

/// A dependency review from its text.
fn review(path: &str, text: &str) -> Report<DependencyReview> {
    report(path, text.as_bytes(), dependency_review::parse)
}

/// Entries of a review, as (added, manifest, ecosystem, name, version).
fn entries(entries: &[(bool, &str, &str, &str, &str)]) -> String {
    let entry = |(added, manifest, ecosystem, name, version): &(bool, &str, &str, &str, &str)| {
        let kind = if *added { "added" } else { "removed" };
        format!(
            r#"{{"change_type": "{kind}", "manifest": "{manifest}", "ecosystem": "{ecosystem}", "name": "{name}", "version": "{version}", "vulnerabilities": []}}"#
        )
    };
    format!("[[{}]]", entries.iter().map(entry).collect::<Vec<_>>().join(","))
}

/// A bill of materials with some package URLs.
fn bom(path: &str, purls: &[&str]) -> Report<Sbom> {
    let component = |purl: &&str| format!(r#"{{"type": "library", "name": "x", "purl": "{purl}"}}"#);
    let components: Vec<String> = purls.iter().map(component).collect();
    let text = format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": "urn:{path}", "components": [{}]}}"#,
        components.join(",")
    );
    report(path, text.as_bytes(), sbom::parse)
}

fn pair(path: &str, before: &[&str], after: &[&str]) -> SbomPair {
    SbomPair { before: bom(&format!("{path}-before"), before), after: bom(path, after) }
}

fn report<T>(path: &str, bytes: &[u8], parse: fn(&[u8]) -> Result<T, tollgate::collect::input::Refusal>) -> Report<T> {
    Report { path: path.to_owned(), commit: None, sha256: None, outcome: parse(bytes) }
}

fn merged(trees: &Trees, reviews: &[Report<DependencyReview>], sboms: &[SbomPair]) -> Merged {
    merge(Locked::of(&trees.inputs()), &Statements { reviews, sboms }, &Change::default())
}

/// Merged dependencies and their licences.
fn licensed(
    trees: &Trees,
    reviews: &[Report<DependencyReview>],
    sboms: &[SbomPair],
) -> (Merged, Vec<Licence>, Vec<Source>) {
    let merged = merged(trees, reviews, sboms);
    let statements = Statements { reviews, sboms };
    let (licences, sources) = licences(&trees.inputs(), &statements, &merged, &Change::default());
    (merged, licences, sources)
}

/// Real inputs, which are not part of the repository; `None` where they are not at hand.
fn shared(area: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(area);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// Every file under a directory, by its path from there.
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
    walk(root, root, &mut files);
    files
}

/// A real pair of bills of materials.
fn real_pair(name: &str) -> Option<SbomPair> {
    let files = tree(&shared("sbom")?.join(name));
    let side = |start: &str| {
        let (path, bytes) = files.iter().find(|(path, _)| path.starts_with(start)).unwrap();
        report(path, bytes, sbom::parse)
    };
    Some(SbomPair { before: side("before"), after: side("after") })
}

fn real_lock(name: &str) -> Option<Trees> {
    let root = shared("lockfile")?.join(name);
    Some(Trees { before: tree(&root.join("before")), after: tree(&root.join("after")) })
}

fn real_review(name: &str) -> Option<Report<DependencyReview>> {
    let bytes = fs::read(shared("dep-review")?.join(name)).unwrap();
    Some(report(name, &bytes, dependency_review::parse))
}

/// One line for each changed package.
fn lines(items: &[DependencyChange]) -> Vec<String> {
    let line = |item: &DependencyChange| {
        let by: Vec<&str> = item.stated_by.iter().map(|by| by.as_str()).collect();
        let mut line = format!(
            "{} {} {} -> {} in {} by {}",
            item.change,
            item.name,
            item.before.join(","),
            item.after.join(","),
            item.manifest.as_deref().unwrap_or("-"),
            by.join("+")
        );
        for other in &item.disagreements {
            let _ = write!(
                line,
                "; {} {}: {} -> {}",
                other.by,
                other.source,
                other.before.join(","),
                other.after.join(",")
            );
        }
        line
    };
    items.iter().map(line).collect()
}

/// One line for each source that is not complete.
fn open(sources: &[Source]) -> Vec<String> {
    let open = sources.iter().filter(|source| source.completeness.as_str() != "complete");
    let line = |source: &Source| {
        format!(
            "{} {}: {}",
            source.path.as_deref().unwrap_or("-"),
            source.completeness,
            source.reason.as_deref().unwrap_or_default()
        )
    };
    open.map(line).collect()
}
