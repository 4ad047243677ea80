//! Names of manifests and of lockfiles that no reader takes; a change of one of them is never nothing.

use super::place::{directory, file_name};

/// What can be told about a changed manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manifest {
    /// `Cargo.toml`: its sections can be compared, and a lockfile decides.
    Cargo,
    /// `package.json`, the same.
    Npm,
    /// `pyproject.toml`, the same.
    Pyproject,
    /// `setup.cfg`: its sections can be compared; nothing locks them.
    SetupCfg,
    /// `requirements*.in`, which pip-compile makes the `.txt` of the same name from.
    RequirementsIn,
    /// `go.sum`, checksums for the `go.mod` beside it.
    GoSum,
    /// Nothing: no reader takes files of this name.
    Unread,
}

/// The kind of a manifest or of a lockfile that no format reads; `None` of any other file.
pub(super) fn manifest_of(path: &str) -> Option<Manifest> {
    let name = file_name(path);
    Some(match name {
        "Cargo.toml" => Manifest::Cargo,
        "package.json" => Manifest::Npm,
        "pyproject.toml" => Manifest::Pyproject,
        "setup.cfg" => Manifest::SetupCfg,
        "go.sum" => Manifest::GoSum,
        name if is_requirements_in(name, path) => Manifest::RequirementsIn,
        name if UNREAD.contains(&name) || UNREAD_ENDS.iter().any(|end| name.ends_with(end)) => Manifest::Unread,
        name if name.starts_with("pylock.") && name.ends_with(".toml") => Manifest::Unread,
        _ => return None,
    })
}

fn is_requirements_in(name: &str, path: &str) -> bool {
    name.ends_with(".in") && (name.contains("requirements") || file_name(directory(path)) == "requirements")
}

/// Lockfiles of other managers, by the manifest that they belong to, to say why a manifest is not resolved.
pub(super) const UNREAD_LOCKS: &[(Manifest, &[&str])] = &[
    (Manifest::Npm, &["bun.lockb", "deno.lock"]),
    (Manifest::Pyproject, &["pdm.lock", "pylock.toml", "Pipfile.lock", "pixi.lock"]),
];

/// Files that name or lock dependencies and that nothing here reads.
const UNREAD: &[&str] = &[
    // JavaScript
    "pnpm-workspace.yaml",
    "bun.lockb",
    "deno.lock",
    "bower.json",
    // Python
    "Pipfile",
    "Pipfile.lock",
    "pdm.lock",
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
    // Ruby
    "Gemfile",
    "Gemfile.lock",
    "gems.rb",
    "gems.locked",
    // PHP
    "composer.json",
    "composer.lock",
    // Java and Kotlin, Scala, Clojure
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "settings.gradle",
    "settings.gradle.kts",
    "gradle.lockfile",
    "buildscript-gradle.lockfile",
    "libs.versions.toml",
    "ivy.xml",
    "build.sbt",
    "project.clj",
    "deps.edn",
    // .NET
    "packages.lock.json",
    "packages.config",
    "Directory.Packages.props",
    "Directory.Build.props",
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

const UNREAD_ENDS: &[&str] = &[".csproj", ".fsproj", ".vbproj", ".gemspec", ".podspec", ".cabal"];

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
            ("a/App.csproj", Some(Manifest::Unread)),
            ("requirements/dev.in", Some(Manifest::RequirementsIn)),
            ("pylock.dev.toml", Some(Manifest::Unread)),
            ("src/Cargo.toml.rs", None),
            ("MANIFEST.in", None),
        ] {
            assert_eq!(manifest_of(path), kind, "{path}");
        }
    }
}
