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

vocabulary! {
    /// What a lockfile or manifest holds a package to, from the tightest.
    pub enum Pin("pin", ordered: true) {
        /// A checksum, a digest or a commit: other content would not be taken.
        Content = "content",
        /// One version, or a tag: whoever owns the name can put other content there.
        Version = "version",
        /// A branch, a range, or nothing: what is taken is decided when it is fetched.
        Floating = "floating",
        /// The files at hand don't tell; counts as looser than any other.
        Unknown = "unknown",
    }
}

vocabulary! {
    /// Whether checksums of a package are locked.
    pub enum Integrity("integrity", ordered: false) {
        /// Of all that is fetched for it.
        Present = "present",
        /// Not of all, though the lockfile has checksums of others.
        Absent = "absent",
        /// Its lockfile has no checksums at all, or nothing is fetched for it.
        Unrecorded = "unrecorded",
    }
}

vocabulary! {
    /// What states that a package changed.
    pub enum DependencyOrigin("dependency origin", ordered: false) {
        /// A lockfile or a manifest, both sides of it.
        Lockfile = "lockfile",
        /// The forge's comparison of two commits.
        DependencyReview = "dependency-review",
        /// Two bills of materials.
        Sbom = "sbom",
    }
}

/// What another source says of a package, where that is something else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Disagreement {
    /// The kind of source.
    pub by: DependencyOrigin,
    /// The source, as it was given.
    pub source: String,
    /// Versions before the change, as it has them.
    pub before: Vec<String>,
    /// Versions after the change, as it has them.
    pub after: Vec<String>,
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
    /// The lockfile or manifest that shows it, as a path of the repository; `None` where none does.
    pub manifest: Option<String>,
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
    /// What it is held to after the change (before it, of a removed one); the loosest of all places.
    pub pin: Pin,
    /// Whether checksums are locked after the change (before it, of a removed one).
    pub integrity: Integrity,
    /// What its lockfile says against using the version after the change: deprecated, abandoned, yanked.
    pub deprecated: Option<String>,
    /// Of a new package: names of packages in use before the change that it can be taken for, in byte order.
    pub similar_to: Vec<String>,
    /// Places of another kind or host from which a package of this name comes as well after the change, each once.
    pub other_sources: Vec<PackageSource>,
    /// What states it, each once.
    pub stated_by: Vec<DependencyOrigin>,
    /// What other sources say, where they say something else.
    pub disagreements: Vec<Disagreement>,
}

impl DependencyChange {
    /// A package of which nothing is known but that it changed.
    #[must_use]
    pub fn at(ecosystem: Ecosystem, name: impl Into<String>, purl: impl Into<String>) -> Self {
        Self {
            ecosystem,
            name: name.into(),
            manifest: None,
            purl: purl.into(),
            change: DependencyChangeKind::Changed,
            before: Vec::new(),
            after: Vec::new(),
            jump: Some(Jump::Unknown),
            directness: Directness::Unknown,
            scope: DependencyScope::Unknown,
            sources_before: Vec::new(),
            sources_after: Vec::new(),
            new_hosts: Vec::new(),
            pin: Pin::Unknown,
            integrity: Integrity::Unrecorded,
            deprecated: None,
            similar_to: Vec::new(),
            other_sources: Vec::new(),
            stated_by: Vec::new(),
            disagreements: Vec::new(),
        }
    }
}
