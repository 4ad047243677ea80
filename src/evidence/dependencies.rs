//! Changed packages.

use super::vocabulary::vocabulary;

vocabulary! {
    /// Where packages of one kind come from; the words are the types of package URLs.
    pub enum Ecosystem("ecosystem", ordered: false) {
        /// Rust's crates.
        Cargo = "cargo",
        /// JavaScript's packages, by whichever manager.
        Npm = "npm",
        /// Python's packages.
        Pypi = "pypi",
        /// Go's modules.
        Golang = "golang",
        /// Ruby's gems.
        Gem = "gem",
        /// PHP's packages.
        Composer = "composer",
        /// Java's artifacts.
        Maven = "maven",
        /// .NET's packages.
        Nuget = "nuget",
        /// Actions and other repositories on GitHub.
        Github = "github",
        /// Container images.
        Docker = "docker",
    }
}

vocabulary! {
    /// What happened to a package.
    pub enum DependencyChangeKind("dependency change", ordered: false) {
        /// It was not there before.
        Added = "added",
        /// It is gone.
        Removed = "removed",
        /// Its highest version rose.
        Upgraded = "upgraded",
        /// Its highest version fell.
        Downgraded = "downgraded",
        /// Something else changed: the source, or the set of versions below the highest, or versions that can't be ordered.
        Changed = "changed",
    }
}

vocabulary! {
    /// The largest part of the version that changed, between the highest version before and after.
    pub enum Jump("jump", ordered: true) {
        /// Build metadata alone, or nothing.
        None = "none",
        /// From or to a pre-release of the same version.
        Prerelease = "prerelease",
        /// The third number.
        Patch = "patch",
        /// The second number.
        Minor = "minor",
        /// The first number, or the second of a 0.x version.
        Major = "major",
        /// The versions can't be compared; counts as larger than any other, because nothing shows that it is not.
        Unknown = "unknown",
    }
}

vocabulary! {
    /// Whether a manifest names the package itself.
    pub enum Directness("directness", ordered: false) {
        /// A manifest of the repository names it.
        Direct = "direct",
        /// Another package brings it in.
        Transitive = "transitive",
        /// The files at hand don't tell.
        Unknown = "unknown",
    }
}

vocabulary! {
    /// What a package is used for.
    pub enum DependencyScope("dependency scope", ordered: false) {
        /// What is shipped.
        Runtime = "runtime",
        /// Building, testing, developing.
        Development = "development",
        /// The files at hand don't tell.
        Unknown = "unknown",
    }
}

vocabulary! {
    /// What kind of place a package comes from.
    pub enum SourceKind("package source", ordered: false) {
        /// A package registry.
        Registry = "registry",
        /// A git repository.
        Git = "git",
        /// A path, inside the repository or beside it.
        Path = "path",
        /// An archive at a URL of its own.
        Url = "url",
        /// The files at hand don't tell.
        Unknown = "unknown",
    }
}

/// Where one locked version comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageSource {
    /// The kind of place.
    pub kind: SourceKind,
    /// The host that it is downloaded from, in lower case, where the lockfile says so.
    pub host: Option<String>,
    /// The place as the lockfile writes it, without credentials.
    pub location: Option<String>,
}

/// One package whose set of locked versions or sources changed, in one manifest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DependencyChange {
    /// Where packages of its kind come from.
    pub ecosystem: Ecosystem,
    /// The name as its ecosystem normalizes it.
    pub name: String,
    /// The lockfile or manifest that shows it, as a path of the repository.
    pub manifest: String,
    /// The package URL, at the highest version after the change (before it, of a removed one).
    pub purl: String,
    /// What happened.
    pub change: DependencyChangeKind,
    /// Locked versions before, in the ecosystem's order.
    pub before: Vec<String>,
    /// Locked versions after, in the ecosystem's order.
    pub after: Vec<String>,
    /// How far the highest version moved; `None` for added and removed packages.
    pub jump: Option<Jump>,
    /// Whether a manifest names it.
    pub directness: Directness,
    /// What it is used for, after the change (before it, of a removed one); runtime where it is used for both.
    pub scope: DependencyScope,
    /// Where it came from, each place once.
    pub sources_before: Vec<PackageSource>,
    /// Where it comes from now, each place once.
    pub sources_after: Vec<PackageSource>,
    /// Hosts of `sources_after` from which nothing in the same ecosystem came before the change.
    pub new_hosts: Vec<String>,
}
