//! Globs that seem to be names of directories, told without a repository at hand.

use super::Pack;
use super::repository::{takes, texts};
use super::script::Argument;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::host::{Param, check_glob};

/// Files in letters of any case.
const FILES: &[&str] = &["bootstrap", "configure", "gradlew", "mvnw", "pkgbuild", "sconscript", "sconstruct"];

/// Files where their first letter is a capital; in small letters these may be directories.
const TITLED: &[&str] = &[
    "authors",
    "changelog",
    "changes",
    "codeowners",
    "contributing",
    "contributors",
    "copying",
    "history",
    "install",
    "kbuild",
    "kconfig",
    "licence",
    "license",
    "maintainers",
    "news",
    "notice",
    "owners",
    "readme",
    "security",
    "todo",
    "version",
];

/// Directories in which files have names of any kind.
const OF_SCRIPTS: &[&str] = &["bin", "sbin", "hooks", "scripts", ".husky", ".githooks"];

/// Warns of every such glob that scripts, parameters or the scope of a pack write out.
pub(super) fn warn(pack: &Pack<'_>, found: &mut Vec<Diagnostic>) {
    for script in pack.rules.iter().chain(&pack.modules) {
        for call in script.functions.iter().flat_map(|function| &function.calls) {
            for (index, argument) in call.arguments.iter().enumerate() {
                let Argument::Texts(texts) = argument else { continue };
                if !takes(call, index, |param| matches!(param, Param::Globs)) {
                    continue;
                }
                for (glob, at) in texts.iter().filter(|(glob, _)| is_bare(glob)) {
                    let warning = script.script.mistake(Code::BareDirectory, *at, seems(glob, ""));
                    found.push(with_help(warning, glob));
                }
            }
        }
    }
    let of_globs = |kind: &str| matches!(kind, "glob" | "list<glob>");
    let parameters = pack.manifest.parameters.iter().filter(|(_, table)| of_globs(table.kind.get_ref()));
    let defaults = parameters.flat_map(|(name, table)| {
        texts(table.default.get_ref()).into_iter().map(move |glob| (glob, format!(" of the parameter `{name}`")))
    });
    let scope = pack.manifest.scope.iter().flat_map(|scope| scope.paths.get_ref());
    let scope = scope.map(|glob| (glob.get_ref().as_str(), " of the pack's scope".to_owned()));
    for (glob, what) in defaults.chain(scope).filter(|(glob, _)| is_bare(glob)) {
        let warning = pack.warn(Code::BareDirectory, &[&format!("\"{glob}\"")], seems(glob, &what));
        found.push(with_help(warning, glob));
    }
}

fn seems(glob: &str, what: &str) -> String {
    format!("the glob `{glob}`{what} seems to be a directory, and matches no file in it")
}

/// The same warning, with what was probably meant.
pub(super) fn with_help(warning: Diagnostic, glob: &str) -> Diagnostic {
    warning.help(format!("did you mean `{glob}/**`?"))
}

/// Whether a glob has no wildcard, and its last part is unlike the name of a file.
pub(super) fn is_bare(glob: &str) -> bool {
    if glob.contains(['*', '?', '[', ']', '{', '}', '\\']) || check_glob(glob).is_err() {
        return false;
    }
    let mut parts = glob.rsplit('/');
    let name = parts.next().unwrap_or(glob);
    let lower = name.to_ascii_lowercase();
    // `Makefile`, `Dockerfile` and their like; `LICENSE-MIT`, `CODEOWNERS`, `README`, `BUILD` and theirs.
    let is_file = lower.ends_with("file")
        || !name.contains(|one: char| one.is_lowercase())
        || name.starts_with(|one: char| one.is_uppercase()) && TITLED.contains(&lower.as_str())
        || FILES.contains(&lower.as_str());
    !name.contains('.') && !is_file && !parts.next().is_some_and(|directory| OF_SCRIPTS.contains(&directory))
}

#[cfg(test)]
mod tests {
    use super::is_bare;

    #[test]
    fn names_of_files_and_patterns_are_not_taken_for_directories() {
        for glob in [
            "Makefile",
            "docker/Dockerfile",
            "LICENSE",
            "LICENSE-MIT",
            "License",
            ".github/CODEOWNERS",
            "justfile",
            "go.mod",
            "README",
            "Changelog",
            "BUILD",
            "a/VERSION",
            "bin/deploy",
            ".husky/pre-commit",
            "src/**",
            "src/*",
            "mig?",
            "{a,b}",
            "[ab]",
            ".github",
            "Jenkinsfile",
            "configure",
            "src/a.rs",
            "Kconfig",
        ] {
            assert!(!is_bare(glob), "{glob}");
        }
        for glob in ["migrations", "src/auth", "db/migrate", "Sources", "License/texts"] {
            assert!(is_bare(glob), "{glob}");
        }
    }
}
