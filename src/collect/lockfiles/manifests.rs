//! Names of manifests and of lockfiles that no reader takes; a change of one of them is never nothing.

use super::format_of;
use super::place::{directory, file_name};

/// What can be told about a changed manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manifest {
    /// `Cargo.toml`: its sections can be compared, and a lockfile decides.
    Cargo,
    /// `package.json`, the same.
    Npm,
    /// `pnpm-workspace.yaml`: catalogs and overrides of the workspace.
    PnpmWorkspace,
    /// `pyproject.toml`: its sections can be compared, and a lockfile decides.
    Pyproject,
    /// `Pipfile`, the same.
    Pipfile,
    /// `setup.cfg`: its sections can be compared; nothing locks them.
    SetupCfg,
    /// `requirements*.in`, which pip-compile makes the `.txt` of the same name from.
    RequirementsIn,
    /// `go.sum`, checksums for the `go.mod` beside it.
    GoSum,
    /// `Gemfile` and `gems.rb`: programs, compared line by line.
    Gemfile,
    /// `*.gemspec`: a program, of which the lines count that say `dependency`.
    Gemspec,
    /// `composer.json`: its sections can be compared, and a lockfile decides.
    Composer,
    /// Gradle's build files and version catalogs: programs, compared line by line.
    Gradle,
    /// A project of .NET: its references can be compared, and a lockfile decides.
    DotNetProject,
    /// What several projects of .NET share.
    DotNetShared,
    /// Nothing: no reader takes files of this name.
    Unread,
}

/// Where the lockfiles of a manifest lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// In its own directory.
    Beside,
    /// There, or in a directory above if the lockfile knows the manifest.
    Above,
    /// In its directory and everywhere below.
    Below,
}

impl Manifest {
    /// Names of the lockfiles that may lock a manifest, read or not, and where they lie.
    pub(super) fn locks(self, path: &str) -> (Vec<String>, Reach) {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let stem = |end: &str| file_name(path).strip_suffix(end).unwrap_or_default().to_owned();
        match self {
            Self::Cargo => (names(&["Cargo.lock"]), Reach::Above),
            Self::Npm => {
                let all = ["npm-shrinkwrap.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"];
                (names(&[&all[..], &["bun.lockb", "deno.lock"]].concat()), Reach::Above)
            }
            Self::PnpmWorkspace => (names(&["pnpm-lock.yaml"]), Reach::Beside),
            Self::Pyproject => {
                let all = ["uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock", "pixi.lock"];
                (names(&all), Reach::Above)
            }
            Self::Pipfile => (names(&["Pipfile.lock"]), Reach::Beside),
            Self::RequirementsIn => (vec![format!("{}.txt", stem(".in"))], Reach::Beside),
            Self::GoSum => (names(&["go.mod"]), Reach::Beside),
            Self::Gemfile if file_name(path) == "gems.rb" => (names(&["gems.locked"]), Reach::Beside),
            Self::Gemfile => (names(&["Gemfile.lock"]), Reach::Beside),
            Self::Gemspec => (names(&["Gemfile.lock", "gems.locked"]), Reach::Above),
            Self::Composer => (names(&["composer.lock"]), Reach::Beside),
            Self::Gradle => {
                (names(&["gradle.lockfile", "buildscript-gradle.lockfile", "settings-gradle.lockfile"]), Reach::Below)
            }
            Self::DotNetProject => {
                let project = file_name(path).rsplit_once('.').map_or("", |(project, _)| project);
                let own = format!("packages.{}.lock.json", project.replace(' ', "_"));
                (vec!["packages.lock.json".to_owned(), own], Reach::Beside)
            }
            Self::DotNetShared => (names(&["packages.lock.json"]), Reach::Below),
            Self::SetupCfg | Self::Unread => (Vec::new(), Reach::Beside),
        }
    }
}

/// Manifests that a lockfile may leave behind when it is deleted, by the name of the lockfile.
pub(super) fn manifests_of(lock: &str) -> &'static [&'static str] {
    match file_name(lock) {
        "Cargo.lock" => &["Cargo.toml"],
        "npm-shrinkwrap.json" | "package-lock.json" | "yarn.lock" | "pnpm-lock.yaml" | "bun.lock" => &["package.json"],
        "uv.lock" | "poetry.lock" | "pdm.lock" | "pylock.toml" => &["pyproject.toml"],
        "Pipfile.lock" => &["Pipfile"],
        "Gemfile.lock" => &["Gemfile"],
        "gems.locked" => &["gems.rb"],
        "composer.lock" => &["composer.json"],
        "gradle.lockfile" => &["build.gradle", "build.gradle.kts"],
        _ => &[],
    }
}

/// The kind of a manifest or of a lockfile that no format reads; `None` of any other file.
pub(super) fn manifest_of(path: &str) -> Option<Manifest> {
    let name = file_name(path);
    Some(match name {
        "Cargo.toml" => Manifest::Cargo,
        "package.json" => Manifest::Npm,
        "pnpm-workspace.yaml" => Manifest::PnpmWorkspace,
        "pyproject.toml" => Manifest::Pyproject,
        "Pipfile" => Manifest::Pipfile,
        "setup.cfg" => Manifest::SetupCfg,
        "go.sum" => Manifest::GoSum,
        "Gemfile" | "gems.rb" => Manifest::Gemfile,
        "composer.json" => Manifest::Composer,
        "build.gradle" | "build.gradle.kts" | "settings.gradle" | "settings.gradle.kts" => Manifest::Gradle,
        "libs.versions.toml" => Manifest::Gradle,
        "Directory.Packages.props" | "Directory.Build.props" => Manifest::DotNetShared,
        name if is_requirements_in(name, path) => Manifest::RequirementsIn,
        name if name.ends_with(".gemspec") => Manifest::Gemspec,
        name if [".csproj", ".fsproj", ".vbproj"].iter().any(|end| name.ends_with(end)) => Manifest::DotNetProject,
        name if format_of(path).is_none() && is_unread(name) => Manifest::Unread,
        _ => return None,
    })
}

fn is_unread(name: &str) -> bool {
    UNREAD.contains(&name) || UNREAD_ENDS.iter().any(|end| name.ends_with(end))
}

fn is_requirements_in(name: &str, path: &str) -> bool {
    name.ends_with(".in") && (name.contains("requirements") || file_name(directory(path)) == "requirements")
}

/// Files that name or lock dependencies and that nothing here reads.
const UNREAD: &[&str] = &[
    // JavaScript
    "bun.lockb",
    "deno.lock",
    "bower.json",
    // Python
    "setup.py",
    "environment.yml",
    "environment.yaml",
    "conda-lock.yml",
    "pixi.toml",
    "pixi.lock",
    // Go
    "go.work",
    "go.work.sum",
    "Gopkg.toml",
    "Gopkg.lock",
    "glide.yaml",
    "glide.lock",
    // Java and Kotlin, Scala, Clojure
    "ivy.xml",
    "build.sbt",
    "project.clj",
    "deps.edn",
    // .NET
    "packages.config",
    "paket.dependencies",
    "paket.lock",
    // Dart, Swift, Objective-C
    "pubspec.yaml",
    "pubspec.lock",
    "Package.swift",
    "Package.resolved",
    "Podfile",
    "Podfile.lock",
    "Cartfile",
    "Cartfile.resolved",
    // Elixir, Erlang, Haskell, Perl, R, Julia
    "mix.exs",
    "mix.lock",
    "rebar.config",
    "rebar.lock",
    "stack.yaml",
    "stack.yaml.lock",
    "cabal.project",
    "cabal.project.freeze",
    "cpanfile",
    "cpanfile.snapshot",
    "renv.lock",
    "Project.toml",
    "Manifest.toml",
    // C and C++
    "conanfile.txt",
    "conanfile.py",
    "conan.lock",
    "vcpkg.json",
    // Builds and machines
    "MODULE.bazel",
    "MODULE.bazel.lock",
    "WORKSPACE",
    "WORKSPACE.bazel",
    "flake.lock",
    "Chart.lock",
    ".terraform.lock.hcl",
];

const UNREAD_ENDS: &[&str] = &[".podspec", ".cabal"];

#[cfg(test)]
mod tests {
    use super::{Manifest, UNREAD, manifest_of};
    use crate::collect::lockfiles::format_of;

    #[test]
    fn no_name_is_both_read_and_unread() {
        for name in UNREAD {
            assert!(format_of(name).is_none(), "{name}");
            assert_eq!(manifest_of(name), Some(Manifest::Unread), "{name}");
        }
    }

    #[test]
    fn manifests_are_known_in_any_directory() {
        for (path, kind) in [
            ("a/b/Cargo.toml", Some(Manifest::Cargo)),
            ("a/App.csproj", Some(Manifest::DotNetProject)),
            ("a.gemspec", Some(Manifest::Gemspec)),
            ("requirements/dev.in", Some(Manifest::RequirementsIn)),
            ("gradle/libs.versions.toml", Some(Manifest::Gradle)),
            ("pylock.dev.toml", None),
            ("src/Cargo.toml.rs", None),
            ("MANIFEST.in", None),
        ] {
            assert_eq!(manifest_of(path), kind, "{path}");
        }
    }
}
