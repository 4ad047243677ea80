//! Ecosystems as scanners name them, as types of package URLs.

use super::wire::PackageName;

/// Names of ecosystems (OSV's, Trivy's, Syft's; in lower case, without the release after a colon), the type of package
/// URLs, and the namespace that all packages of it have.
const KINDS: &[(&[&str], &str, Option<&str>)] = &[
    (&["npm", "yarn", "pnpm", "bun", "node-pkg", "javascript"], "npm", None),
    (&["pypi", "pip", "pipenv", "poetry", "uv", "pylock", "python", "python-pkg", "conda-pkg"], "pypi", None),
    (&["crates.io", "cargo", "rustbinary", "rust-binary", "rust-crate", "rust"], "cargo", None),
    (&["go", "gomod", "gobinary", "go-module"], "golang", None),
    (&["maven", "jar", "pom", "gradle", "sbt", "java-archive", "java"], "maven", None),
    (&["rubygems", "bundler", "gemspec", "gem", "ruby"], "gem", None),
    (&["packagist", "composer", "composer-vendor", "php-composer"], "composer", None),
    (&["nuget", "dotnet-core", "packages-props", "dotnet"], "nuget", None),
    (&["github actions"], "github", None),
    (&["hex"], "hex", None),
    (&["pub"], "pub", None),
    (&["cran"], "cran", None),
    (&["hackage"], "hackage", None),
    (&["conan", "conancenter"], "conan", None),
    (&["swift", "swifturl"], "swift", None),
    (&["cocoapods"], "cocoapods", None),
    (&["bitnami"], "bitnami", None),
    (&["julia"], "julia", None),
    (&["debian"], "deb", Some("debian")),
    (&["ubuntu"], "deb", Some("ubuntu")),
    (&["alpine"], "apk", Some("alpine")),
    (&["wolfi"], "apk", Some("wolfi")),
    (&["chainguard"], "apk", Some("chainguard")),
    (&["red hat", "redhat"], "rpm", Some("redhat")),
    (&["rocky linux", "rocky"], "rpm", Some("rocky")),
    (&["almalinux", "alma"], "rpm", Some("almalinux")),
    (&["suse", "sles"], "rpm", Some("suse")),
    (&["opensuse", "opensuse-leap", "opensuse-tumbleweed"], "rpm", Some("opensuse")),
    (&["centos"], "rpm", Some("centos")),
    (&["oracle"], "rpm", Some("oracle")),
    (&["amazon"], "rpm", Some("amzn")),
    (&["fedora"], "rpm", Some("fedora")),
    (&["photon"], "rpm", Some("photon")),
    (&["cbl-mariner"], "rpm", Some("mariner")),
    (&["azurelinux"], "rpm", Some("azurelinux")),
];

/// A package of an ecosystem; without a type of package URLs where the ecosystem is not known.
pub(super) fn package(ecosystem: &str, name: &str, version: Option<&str>) -> PackageName {
    let lower = ecosystem.to_lowercase();
    let plain = lower.split(':').next().unwrap_or_default().trim();
    let known = KINDS.iter().find(|(names, ..)| names.contains(&plain));
    PackageName {
        purl: None,
        kind: known.map(|(_, kind, _)| *kind),
        namespace: known.and_then(|(_, _, namespace)| *namespace),
        name: name.to_owned(),
        version: version.map(str::to_owned),
    }
}
