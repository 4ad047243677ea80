//! Directories in which package managers keep the sources of dependencies, as tools write them into reports.
//!
//! Their files have the names of others (`src/lib.rs`, `index.js`), so that they would be found in the repository by their ends.
//! Only directories are known that hold nothing else. Python's `site-packages` are none of them: there tests run what was installed
//! of the repository itself.

use std::collections::BTreeSet;

/// A kind of such directories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Cargo's registries: `registry/src/index.crates.io-1949cf8c6b5b557f/`.
    Registry,
    /// Cargo's checkouts: `git/checkouts/` in its home.
    Checkouts,
    /// The standard library of a toolchain of Rust: `lib/rustlib/src/rust/`.
    Toolchain,
    /// The standard library of Rust, as its debug information names it: `/rustc/` and a commit.
    Rustc,
    /// `node_modules/`.
    NodeModules,
}

/// What a repository holds of such directories itself; those kinds tell nothing of it.
pub(super) struct Dependencies(BTreeSet<Kind>);

impl Dependencies {
    pub(super) fn not_in<'p>(paths: impl Iterator<Item = &'p str>) -> Self {
        Self(paths.filter_map(kind).collect())
    }

    /// Whether a path of a report is one of a dependency.
    pub(super) fn have(&self, written: &str) -> bool {
        kind(&written.trim().replace('\\', "/")).is_some_and(|kind| !self.0.contains(&kind))
    }
}

fn kind(path: &str) -> Option<Kind> {
    let names: Vec<&str> = path.split('/').collect();
    let (_, directories) = names.split_last()?;
    (0..directories.len()).find_map(|at| match directories.get(at..)? {
        ["registry", "src", index, ..] if index.starts_with("index.crates.io-") || index.starts_with("github.com-") => {
            Some(Kind::Registry)
        }
        [".cargo" | "cargo", "git", "checkouts", ..] => Some(Kind::Checkouts),
        ["lib", "rustlib", "src", "rust", ..] => Some(Kind::Toolchain),
        ["rustc", commit, ..] if commit.len() == 40 && commit.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            Some(Kind::Rustc)
        }
        ["node_modules", ..] => Some(Kind::NodeModules),
        _ => None,
    })
}
