//! Lockfiles of both sides of a change, as changed packages: over real changes, odd files, and generated ones.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests may fail, print and read as the tests do"
)]

mod builds;
mod formats;
mod javascript;
mod javascript_formats;
mod javascript_laws;
mod laws;
mod python;
mod python_refused;
mod real;
mod round_trip;
mod ruby_php;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use tollgate::collect::lockfiles::{self, LockfileInputs};
use tollgate::collect::snapshot::{Side, Snapshot, SnapshotError};
use tollgate::evidence::{Completeness, DependencyChange, FileChange, FileKind, FileMode, FileStatus, Source};
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
        previous_path: previous.map(str::to_owned),
        mode_before: (status != FileStatus::Added).then_some(FileMode::REGULAR),
        mode_after: (status != FileStatus::Deleted).then_some(FileMode::REGULAR),
        ..FileChange::at(path, status, FileKind::Other)
    }
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

/// The reason of every source that is not complete, by path.
fn failures(trees: &Trees) -> Vec<(String, String)> {
    let (_, sources) = trees.evidence();
    let failed = sources.into_iter().filter(|source| source.completeness != Completeness::Complete);
    failed.map(|source| (source.path.unwrap_or_default(), source.reason.unwrap_or_default())).collect()
}
