//! Gradle's lockfiles: `gradle.lockfile`, `buildscript-gradle.lockfile`, `settings-gradle.lockfile`, and before Gradle 7
//! one file for each configuration under `gradle/dependency-locks/`.
//!
//! A line is `group:artifact:version=configuration,..`; `empty=..` lists configurations that resolve to nothing; in a file
//! for one configuration a line is `group:artifact:version` alone. Gradle ends the others with `empty=`, so that one
//! without it is cut short. The files do not say where an artifact comes from,
//! nor who asks for it.
//!
//! The scope follows from the names of the configurations, which are a convention of Gradle's plugins:
//! - one with `test` among its words (`testRuntimeClasspath`, `debugUnitTestCompileClasspath`) is for development, and so
//!   are those of tools that run in the build (annotation processors, linters, coverage) and build scripts themselves;
//! - another that ends in `runtimeClasspath` or `compileClasspath`, or is named as people declare them, is runtime;
//! - what any other is for is not known.

use std::collections::{BTreeMap, BTreeSet};

use super::place::{directory, file_name, nowhere};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::{DependencyScope, Ecosystem, SourceKind};

/// `gradle.lockfile` and its kin.
pub(super) struct GradleLockfile;

/// The end of the names of all of them.
const END: &str = ".lockfile";

impl LockfileFormat for GradleLockfile {
    fn name(&self) -> &'static str {
        "gradle.lockfile"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Maven
    }

    fn recognizes(&self, path: &str) -> bool {
        matches!(file_name(path), "gradle.lockfile" | "buildscript-gradle.lockfile" | "settings-gradle.lockfile")
            || own_configuration(path).is_some()
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let own = own_configuration(context.path);
        let script = ["buildscript-", "settings-"].iter().any(|start| file_name(context.path).starts_with(start));
        let mut set = LockedSet::default();
        // The version of each module in each configuration, of which Gradle takes one.
        let mut versions: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        let mut lines = BTreeSet::new();
        let mut ended = own.is_some();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let refused = |message: String| LockfileError::new(Some(number), message);
            let (module, version, configurations) = match entry(line, own) {
                Some(Entry::Empty) if ended => return Err(refused("has a second line `empty=`".to_owned())),
                Some(Entry::Empty) => {
                    ended = true;
                    continue;
                }
                Some(Entry::Module { module, version, configurations }) => (module, version, configurations),
                None if own.is_some() => {
                    return Err(refused(format!("`{line}` is not `group:artifact:version`")));
                }
                None => {
                    return Err(refused(format!("`{line}` is not `group:artifact:version=configuration,..`")));
                }
            };
            if !lines.insert((module, version)) {
                return Err(refused(format!("locks `{module}:{version}` a second time")));
            }
            for configuration in &configurations {
                if let Some(other) = versions.insert((module, configuration), version) {
                    let message =
                        format!("locks `{module}` to `{version}` in `{configuration}`, and to `{other}` above");
                    return Err(refused(message));
                }
            }
            let scope = if script { DependencyScope::Development } else { scope(&configurations) };
            set.packages.push(LockedPackage {
                sources: vec![nowhere(SourceKind::Registry)],
                scope,
                line: Some(number),
                ..LockedPackage::new(Ecosystem::Maven, module, version)
            });
        }
        if !ended {
            return Err(LockfileError::new(
                None,
                "has no line `empty=`, with which Gradle ends the file: it is cut short",
            ));
        }
        Ok(set)
    }
}

/// The configuration that a file under `gradle/dependency-locks/` is for; `None` of other files.
fn own_configuration(path: &str) -> Option<&str> {
    let folder = directory(path);
    let locks = folder == "gradle/dependency-locks" || folder.ends_with("/gradle/dependency-locks");
    file_name(path).strip_suffix(END).filter(|name| locks && !name.is_empty())
}

enum Entry<'t> {
    Empty,
    Module { module: &'t str, version: &'t str, configurations: Vec<&'t str> },
}

/// One line; `None` where it is none of this kind of file.
fn entry<'t>(line: &'t str, own: Option<&'t str>) -> Option<Entry<'t>> {
    let (module, configurations) = match (line.split_once('='), own) {
        (None, Some(own)) => (line, vec![own]),
        (Some(("empty", "")), None) => return Some(Entry::Empty),
        (Some((module, configurations)), None) => (module, configurations.split(',').collect()),
        _ => return None,
    };
    let unique: BTreeSet<&str> = configurations.iter().copied().collect();
    if unique.len() != configurations.len() || !configurations.iter().all(|name| is_name(name)) {
        return None;
    }
    if module == "empty" {
        return Some(Entry::Empty).filter(|_| own.is_none());
    }
    let (module, version) = module.rsplit_once(':')?;
    let (group, artifact) = module.split_once(':')?;
    let well = [group, artifact, version].iter().all(|part| is_name(part));
    well.then_some(Entry::Module { module, version, configurations })
}

fn is_name(part: &str) -> bool {
    !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, ':' | '=' | ','))
}

/// Runtime where any configuration is; what is not known outweighs what is for development.
fn scope(configurations: &[&str]) -> DependencyScope {
    let scopes: Vec<DependencyScope> = configurations.iter().map(|name| scope_of(name)).collect();
    let first = [DependencyScope::Runtime, DependencyScope::Unknown].into_iter().find(|scope| scopes.contains(scope));
    first.unwrap_or(DependencyScope::Development)
}

/// Words of configurations that hold what runs while building, in lower case: Gradle's own and those of usual plugins.
const TOOLS: [&str; 16] = [
    "checkstyle",
    "codenarc",
    "detekt",
    "errorprone",
    "jacoco",
    "jmh",
    "kapt",
    "ksp",
    "ktlint",
    "lint",
    "pitest",
    "pmd",
    "processor",
    "spotbugs",
    "spotless",
    "kover",
];

fn scope_of(configuration: &str) -> DependencyScope {
    let words = words(configuration);
    let any = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    // `developmentOnly` is Spring Boot's; `classpath` is what a build script itself runs on.
    if any(&["test", "tests"])
        || any(&TOOLS)
        || words.join(" ").starts_with("development only")
        || configuration == "classpath"
    {
        return DependencyScope::Development;
    }
    let ends = |end: &[&str]| words.len() >= end.len() && words.iter().rev().zip(end.iter().rev()).all(|(a, b)| a == b);
    let shipped = ends(&["runtime", "classpath"]) || ends(&["compile", "classpath"]);
    let declared = matches!(
        configuration,
        "default" | "api" | "implementation" | "compile" | "compileOnly" | "runtime" | "runtimeOnly"
    );
    if shipped || declared { DependencyScope::Runtime } else { DependencyScope::Unknown }
}

/// The words of a name in camel case, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut lower = false;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            lower = false;
            words.push(String::new());
            continue;
        }
        if words.is_empty() || (character.is_uppercase() && lower) {
            words.push(String::new());
        }
        lower = !character.is_uppercase();
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::{GradleLockfile, LockfileFormat, scope_of};
    use crate::evidence::DependencyScope;

    #[test]
    fn scopes_follow_the_words_of_a_configuration() {
        for (name, scope) in [
            ("runtimeClasspath", DependencyScope::Runtime),
            ("compileClasspath", DependencyScope::Runtime),
            ("releaseRuntimeClasspath", DependencyScope::Runtime),
            ("java17CompileClasspath", DependencyScope::Runtime),
            ("latestRuntimeClasspath", DependencyScope::Runtime),
            ("testRuntimeClasspath", DependencyScope::Development),
            ("debugUnitTestCompileClasspath", DependencyScope::Development),
            ("java17TestRuntimeClasspath", DependencyScope::Development),
            ("annotationProcessor", DependencyScope::Development),
            ("jacocoAgent", DependencyScope::Development),
            ("developmentOnly", DependencyScope::Development),
            ("sonarlintCoreClasspath", DependencyScope::Unknown),
            ("shadow", DependencyScope::Unknown),
        ] {
            assert_eq!(scope_of(name), scope, "{name}");
        }
    }

    #[test]
    fn names_are_known_where_gradle_writes_them() {
        for (path, known) in [
            ("gradle.lockfile", true),
            ("app/buildscript-gradle.lockfile", true),
            ("gradle/dependency-locks/compileClasspath.lockfile", true),
            ("app/gradle/dependency-locks/x.lockfile", true),
            ("x.lockfile", false),
            ("gradle/dependency-locks/.lockfile", false),
            ("my-gradle.lockfile", false),
            ("notgradle/dependency-locks/x.lockfile", false),
        ] {
            assert_eq!(GradleLockfile.recognizes(path), known, "{path}");
        }
    }
}
