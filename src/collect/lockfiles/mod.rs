//! Lockfiles of both sides of a change, as parsed sets of packages; it compares nothing and resolves nothing.
//!
//! A format is one file beside this one and one row of [`FORMATS`]. A lockfile is read whole or refused: one entry that
//! can't be taken as it stands refuses the file, because a package that nobody sees is the one that matters.

mod actions;
mod bun;
mod cargo;
mod composer;
mod dockerfile;
mod elsewhere;
mod gemfile_lock;
mod gomod;
mod gradle;
mod image;
mod javascript;
mod json;
mod manifests;
mod maven;
mod npm;
mod nuget;
mod pair;
mod pdm;
mod pipfile;
mod place;
mod pnpm;
mod poetry;
mod pylock;
mod pypi;
mod requirements;
mod resolve;
mod sections;
mod uv;
mod yarn;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::snapshot::{Side, Snapshot};
use crate::evidence::{Completeness, DependencyScope, Directness, Ecosystem, PackageSource, Pin, Problem};

pub use elsewhere::Elsewhere;
pub use pair::read;
pub(super) use pypi::normalized as pep503;

/// Most bytes of one lockfile; the largest seen in the wild are below 10 MB.
pub const MAX_BYTES: usize = 64 << 20;
/// Most packages of one lockfile.
pub const MAX_PACKAGES: usize = 200_000;
/// Deepest nesting of packages in packages (npm's first format), and of requirement files that include one another.
pub const MAX_DEPTH: usize = 40;
/// Most requirement files that one includes, itself and repetitions among them.
pub const MAX_INCLUDES: usize = 200;
/// Most registries that a lockfile takes each of its packages from; every package has them all as its sources.
pub const MAX_REGISTRIES: usize = 100;
/// Most characters of a message; it quotes the file, whose lines have any length.
pub const MAX_MESSAGE: usize = 400;

/// One package of a lockfile, at one version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockedPackage {
    /// Where packages of its kind come from.
    pub ecosystem: Ecosystem,
    /// The name as its ecosystem normalizes it.
    pub name: String,
    /// The version as the lockfile writes it; of a git requirement of Python, the ref.
    pub version: String,
    /// Where it comes from: the place that the lockfile names first, then other hosts that its archives lie on.
    pub sources: Vec<PackageSource>,
    /// What it is used for.
    pub scope: DependencyScope,
    /// Whether a manifest of the repository names it.
    pub directness: Directness,
    /// Checksums of its archives as `algorithm:digest`, each once and in order; empty where the lockfile has none.
    pub integrity: Vec<String>,
    /// What it is held to, where the format itself says so; else it follows from its checksums and its sources.
    pub pin: Option<Pin>,
    /// The licence as the lockfile writes it.
    pub licence: Option<String>,
    /// What the lockfile says against using it: deprecated, abandoned, yanked; its own words where it has any.
    pub deprecated: Option<String>,
    /// The line where it is locked, starting at 1, where the format's parser tells.
    pub line: Option<u32>,
}

impl LockedPackage {
    /// A package of which the lockfile says nothing but its version.
    #[must_use]
    pub fn new(ecosystem: Ecosystem, name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            ecosystem,
            name: name.into(),
            version: version.into(),
            sources: Vec::new(),
            scope: DependencyScope::Unknown,
            directness: Directness::Unknown,
            integrity: Vec::new(),
            pin: None,
            licence: None,
            deprecated: None,
            line: None,
        }
    }
}

/// All that one lockfile locks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LockedSet {
    /// Packages that come from elsewhere, in the order of the file.
    pub packages: Vec<LockedPackage>,
    /// Packages of the repository itself: names (Cargo, uv), or directories from the lockfile's own (npm).
    pub members: BTreeSet<String>,
    /// What each member asks for by the lockfile's own word, where that repeats the manifest (npm): name and range.
    pub asked: BTreeMap<String, BTreeMap<String, String>>,
    /// What could not be taken as it stands though every package was read.
    pub problems: Vec<Problem>,
    /// Why the file by its own rules does not list everything that is used.
    pub partial: Option<String>,
}

/// Why a lockfile could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockfileError {
    /// The line, starting at 1, where that is known.
    pub line: Option<u32>,
    /// The file, where it is not the lockfile itself but one that it includes.
    pub path: Option<String>,
    /// What was found, and what was expected.
    pub message: String,
    /// `failed`, or `truncated` past a limit.
    pub completeness: Completeness,
}

impl LockfileError {
    /// The file is not what it is said to be.
    #[must_use]
    pub fn new(line: Option<u32>, message: impl Into<String>) -> Self {
        Self { line, path: None, message: place::bounded(message.into()), completeness: Completeness::Failed }
    }

    /// A limit was hit.
    #[must_use]
    pub fn limit(line: Option<u32>, message: impl Into<String>) -> Self {
        Self { completeness: Completeness::Truncated, ..Self::new(line, message) }
    }
}

/// Where a lockfile lies, so that a format can look at the files beside it.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Its path in the repository.
    pub path: &'a str,
    /// The side that it is of.
    pub side: Side,
    /// The files of that side.
    pub snapshot: &'a dyn Snapshot,
}

impl Context<'_> {
    /// The content of another file of the same side; `None` where there is none.
    ///
    /// # Errors
    /// Where it is there but can't be read.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, LockfileError> {
        self.snapshot.read(self.side, path).map_err(|error| LockfileError::new(None, error.to_string()))
    }

    /// The content of a file in the lockfile's own directory; `None` where there is none or it can't be read.
    #[must_use]
    pub fn sibling(&self, name: &str) -> Option<Vec<u8>> {
        self.read(&place::beside(self.path, name)).ok().flatten()
    }
}

/// One format of lockfiles.
pub trait LockfileFormat: Sync {
    /// What it is called in messages.
    fn name(&self) -> &'static str;

    /// Where its packages come from; of a format that has several kinds, most of them.
    fn ecosystem(&self) -> Ecosystem;

    /// Whether a path of the repository is of this format, by its name.
    fn recognizes(&self, path: &str) -> bool;

    /// The bytes of a file as text: UTF-8, where the format knows no other way to say what they are.
    ///
    /// # Errors
    /// Where they are no such text, or more than [`MAX_BYTES`].
    fn decode<'b>(&self, bytes: &'b [u8]) -> Result<Cow<'b, str>, LockfileError> {
        place::text(bytes).map(Cow::Borrowed)
    }

    /// The packages of one file. Local packages of the repository are [`LockedSet::members`], not packages.
    ///
    /// # Errors
    /// Where any part of the file is not what the format says, with the line where that is known.
    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError>;
}

/// The formats that are read.
pub static FORMATS: &[&dyn LockfileFormat] = &[
    &cargo::CargoLock,
    &npm::PackageLock,
    &poetry::PoetryLock,
    &uv::UvLock,
    &gomod::GoMod,
    &requirements::Requirements,
    &pdm::PdmLock,
    &pipfile::PipfileLock,
    &pylock::Pylock,
    &gemfile_lock::GemfileLock,
    &composer::ComposerLock,
    &gradle::GradleLockfile,
    &nuget::PackagesLock,
    &actions::Actions,
    &dockerfile::Dockerfile,
    &maven::Pom,
    &yarn::YarnLock,
    &pnpm::PnpmLock,
    &bun::BunLock,
];

/// The format of a path, if it is that of a lockfile that is read.
#[must_use]
pub fn format_of(path: &str) -> Option<&'static dyn LockfileFormat> {
    FORMATS.iter().copied().find(|format| format.recognizes(path))
}

/// One lockfile that the change concerns, both sides of it.
#[derive(Debug, Clone)]
pub struct LockfilePair {
    /// Its path after the change; of a deleted one, before.
    pub path: String,
    /// The format's name.
    pub format: &'static str,
    /// Where its packages come from.
    pub ecosystem: Ecosystem,
    /// SHA-256 of its bytes after the change; `None` where it is gone or can't be read.
    pub sha256: Option<String>,
    /// What it locked before; empty where it was not there.
    pub before: Result<LockedSet, LockfileError>,
    /// What it locks now; empty where it is gone.
    pub after: Result<LockedSet, LockfileError>,
    /// Whether `before` is of another manager's lockfile, which this one stands in the place of.
    pub switched: bool,
}

/// A changed manifest or lockfile from which nothing can be told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unresolved {
    /// Its path.
    pub path: String,
    /// Why, and where it helps what to do.
    pub reason: String,
}

/// All that the lockfiles and manifests of a change say.
#[derive(Debug, Clone, Default)]
pub struct LockfileInputs {
    /// Lockfiles that were read or that should have been, by path.
    pub pairs: Vec<LockfilePair>,
    /// Changed manifests and lockfiles that nothing resolves, by path.
    pub unresolved: Vec<Unresolved>,
    /// What other lockfiles say; only of ecosystems in which something appears that was not there.
    pub elsewhere: BTreeMap<Ecosystem, Elsewhere>,
}

/// Reads the bytes of one lockfile: size, encoding and repeated entries are checked here, the rest by the format.
///
/// # Errors
/// Where the bytes are not what the format says, or are past a limit.
pub fn parse(format: &dyn LockfileFormat, bytes: &[u8], context: &Context<'_>) -> Result<LockedSet, LockfileError> {
    let text = format.decode(bytes)?;
    let set = format.parse(&text, context)?;
    if set.packages.len() > MAX_PACKAGES {
        return Err(LockfileError::limit(None, format!("locks more than {MAX_PACKAGES} packages")));
    }
    contradictions(&set.packages)?;
    Ok(set)
}

/// A package at one version from one place has one content; two sets of checksums of which neither holds the other are
/// a file that was edited by hand, and which of them is right can't be told.
fn contradictions(packages: &[LockedPackage]) -> Result<(), LockfileError> {
    let mut seen: BTreeMap<(Ecosystem, &str, &str, &[PackageSource]), &LockedPackage> = BTreeMap::new();
    for package in packages {
        let key = (package.ecosystem, package.name.as_str(), package.version.as_str(), package.sources.as_slice());
        let Some(first) = seen.insert(key, package) else { continue };
        if contradict(&first.integrity, &package.integrity) {
            let message = format!("`{} {}` is locked twice, with different checksums", package.name, package.version);
            return Err(LockfileError::new(package.line, message));
        }
    }
    Ok(())
}

/// Whether two lists of checksums, each in order, can't be of the same archives: they share an algorithm, and no digest of it.
#[must_use]
pub fn contradict(left: &[String], right: &[String]) -> bool {
    fn algorithm(digest: &str) -> &str {
        digest.split(':').next().unwrap_or_default()
    }
    // Whether each algorithm that both have is also one of a digest that both have.
    let mut shared: BTreeMap<&str, bool> = left.iter().map(|digest| (algorithm(digest), false)).collect();
    let mut both = BTreeSet::new();
    for digest in right {
        if let Some(same) = shared.get_mut(algorithm(digest)) {
            both.insert(algorithm(digest));
            *same |= left.binary_search(digest).is_ok();
        }
    }
    both.into_iter().any(|algorithm| shared.get(algorithm) == Some(&false))
}

#[cfg(test)]
mod tests {
    use super::contradict;

    #[test]
    fn checksums_of_one_algorithm_say_nothing_of_those_of_another() {
        let list = |digests: &[&str]| digests.iter().map(|digest| (*digest).to_owned()).collect::<Vec<_>>();
        let (weak, strong) = (list(&["sha1:a", "sha512:a"]), list(&["sha1:a", "sha512:b"]));
        // A forged archive can have the weak one of the two, so that one is not enough.
        assert!(contradict(&weak, &strong) && contradict(&strong, &weak));
        assert!(!contradict(&weak, &weak) && !contradict(&weak, &list(&["sha1:a"])));
        assert!(contradict(&weak, &list(&["sha1:b"])));
        // Other archives of the same release may come and go.
        assert!(!contradict(&list(&["sha256:a", "sha256:b"]), &list(&["sha256:b", "sha256:c"])));
        assert!(!contradict(&list(&["sha256:a"]), &list(&["sha512:a"])) && !contradict(&weak, &[]));
    }
}
