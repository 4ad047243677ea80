//! The sections of a manifest that say what is depended on, so that two sides can be compared without the rest of it.

mod dotnet;
mod programs;

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use pep440_rs::VersionSpecifiers;
use semver::VersionReq;
use serde_json::Value;

use super::manifests::Manifest;
use super::place::{self, text};
use super::{LockfileError, pypi};
use crate::evidence::Ecosystem;

/// What a manifest says of dependencies.
#[derive(Debug, Default)]
pub(super) struct Sections {
    /// The project's own name.
    pub(super) project: Option<String>,
    /// Sections that name dependencies or where they come from; an absent one and an empty one are the same.
    pub(super) all: BTreeMap<String, Value>,
    /// What is needed to build the project, where that is apart and no lockfile holds it.
    pub(super) build: Option<Value>,
    /// Packages that a lockfile has to hold, as it spells them, and what is asked of each; nothing where its way of asking
    /// is not understood.
    pub(super) asked: BTreeSet<Asked>,
}

/// One package that a manifest asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asked {
    /// The package's own name, as the lockfile spells it.
    pub(super) name: String,
    /// The name under which the manifest asks for it.
    pub(super) key: String,
    /// The range of versions, as it is written; empty where any will do.
    pub(super) range: String,
    /// Whether the lockfile has to hold it at all; what a workspace only offers to its members may be used by none.
    pub(super) required: bool,
}

impl Asked {
    fn new(name: impl Into<String>, key: &str, range: &str) -> Self {
        Self { name: name.into(), key: key.to_owned(), range: range.trim().to_owned(), required: true }
    }

    /// Whether a version is one that is asked for; a range that is not understood takes any.
    pub(super) fn takes(&self, ecosystem: Ecosystem, version: &str) -> bool {
        match ecosystem {
            Ecosystem::Cargo => match (VersionReq::parse(&self.range), semver::Version::parse(version)) {
                (Ok(range), Ok(version)) => range.matches(&version),
                _ => true,
            },
            Ecosystem::Pypi => {
                match (VersionSpecifiers::from_str(&self.range), pep440_rs::Version::from_str(version)) {
                    (Ok(range), Ok(version)) => range.contains(&version),
                    _ => true,
                }
            }
            _ => true,
        }
    }
}

/// The sections of a manifest.
///
/// # Errors
/// Where it is not of the format that its name says.
pub(super) fn sections(kind: Manifest, bytes: &[u8]) -> Result<Sections, LockfileError> {
    let text = text(bytes)?;
    match kind {
        Manifest::Cargo => Ok(cargo(&place::toml(text)?)),
        Manifest::Pyproject => Ok(pyproject(&place::toml(text)?)),
        Manifest::Pipfile => Ok(pipfile(&place::toml(text)?)),
        Manifest::Npm => json(text).map(|json| npm(&json)),
        Manifest::Composer => json(text).map(|json| composer(&json)),
        Manifest::Gemfile => Ok(programs::gemfile(text)),
        Manifest::Gemspec => Ok(programs::gemspec(text)),
        Manifest::Gradle => Ok(programs::gradle(text)),
        Manifest::PnpmWorkspace => Ok(whole(text, &[""])),
        Manifest::DotNetProject => dotnet::references(text, true),
        Manifest::DotNetShared => dotnet::references(text, false),
        Manifest::SetupCfg => Ok(whole(text, &["requires", "_require", "dependency_links"])),
        Manifest::RequirementsIn | Manifest::GoSum | Manifest::Unread => Ok(whole(text, &[""])),
    }
}

fn json(text: &str) -> Result<Value, LockfileError> {
    serde_json::from_str(text).map_err(|error| {
        let line = u32::try_from(error.line()).ok();
        LockfileError::new(line, "can't be read as JSON")
    })
}

/// A file without sections that can be told apart: all of it, where one of some words stands in it.
fn whole(text: &str, words: &[&str]) -> Sections {
    let mut sections = Sections::default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines: Vec<Value> = lines.map(Value::from).collect();
    if words.iter().any(|word| text.contains(word)) {
        sections.keep("all", Some(&Value::from(lines)));
    }
    sections
}

impl Sections {
    fn keep(&mut self, name: impl Into<String>, value: Option<&Value>) {
        let empty = match value {
            None | Some(Value::Null) => true,
            Some(Value::Object(map)) => map.is_empty(),
            Some(Value::Array(items)) => items.is_empty(),
            Some(_) => false,
        };
        if let (Some(value), false) = (value, empty) {
            self.all.insert(name.into(), value.clone());
        }
    }
}

const CARGO: [&str; 5] =
    ["dependencies", "dev-dependencies", "build-dependencies", "dev_dependencies", "build_dependencies"];

fn cargo(manifest: &Value) -> Sections {
    let name = manifest.pointer("/package/name").and_then(Value::as_str);
    let mut sections = Sections { project: name.map(str::to_owned), ..Sections::default() };
    let targets = manifest.get("target").and_then(Value::as_object).into_iter().flatten();
    let tables = std::iter::once((String::new(), manifest)).chain(targets.map(|(cfg, table)| (cfg.clone(), table)));
    for (prefix, table) in tables {
        for section in CARGO {
            let value = table.get(section);
            sections.keep(format!("{prefix}/{section}"), value);
            for (key, value) in value.and_then(Value::as_object).into_iter().flatten() {
                // What the workspace gives may be called otherwise there.
                if value.get("workspace").is_none() {
                    sections.asked.insert(crate_of(key, value));
                }
            }
        }
    }
    let offered = manifest.pointer("/workspace/dependencies");
    for (key, value) in offered.and_then(Value::as_object).into_iter().flatten() {
        sections.asked.insert(Asked { required: false, ..crate_of(key, value) });
    }
    sections.keep("workspace", offered);
    sections.keep("patch", manifest.get("patch"));
    sections.keep("replace", manifest.get("replace"));
    sections
}

/// What one entry of a table of Cargo's dependencies asks for.
fn crate_of(key: &str, value: &Value) -> Asked {
    let name = value.get("package").and_then(Value::as_str).unwrap_or(key);
    let range = value.as_str().or_else(|| value.get("version").and_then(Value::as_str));
    Asked::new(name, key, range.unwrap_or_default())
}

fn npm(manifest: &Value) -> Sections {
    let mut sections = Sections::default();
    for section in ["dependencies", "devDependencies", "optionalDependencies"] {
        for (key, value) in manifest.get(section).and_then(Value::as_object).into_iter().flatten() {
            let alias = value.as_str().and_then(|value| value.strip_prefix("npm:"));
            let name = alias.map_or(key.as_str(), |alias| match alias.rfind('@') {
                Some(at) if at > 0 => alias.get(..at).unwrap_or(alias),
                _ => alias,
            });
            sections.asked.insert(Asked::new(name, key, value.as_str().unwrap_or_default()));
        }
        sections.keep(section, manifest.get(section));
    }
    for section in [
        "peerDependencies",
        "peerDependenciesMeta",
        "bundleDependencies",
        "bundledDependencies",
        "overrides",
        "resolutions",
        "workspaces",
        "pnpm",
    ] {
        sections.keep(section, manifest.get(section));
    }
    sections
}

/// What Composer's `require` can name that is no package: PHP itself, its extensions, libraries of the system.
fn is_platform(name: &str) -> bool {
    !name.contains('/')
}

fn composer(manifest: &Value) -> Sections {
    let mut sections = Sections::default();
    for section in ["require", "require-dev"] {
        for (key, value) in manifest.get(section).and_then(Value::as_object).into_iter().flatten() {
            if !is_platform(key) {
                sections.asked.insert(Asked::new(key.to_lowercase(), key, value.as_str().unwrap_or_default()));
            }
        }
        sections.keep(section, manifest.get(section));
    }
    for section in ["repositories", "replace", "provide", "conflict", "minimum-stability", "prefer-stable"] {
        sections.keep(section, manifest.get(section));
    }
    for section in ["platform", "allow-plugins", "secure-http"] {
        sections.keep(format!("config/{section}"), manifest.pointer(&format!("/config/{section}")));
    }
    sections
}

/// Tables of a `Pipfile` that name no packages.
const PIPFILE_OTHERS: [&str; 3] = ["requires", "scripts", "pipenv"];

fn pipfile(manifest: &Value) -> Sections {
    let mut sections = Sections::default();
    for (section, value) in manifest.as_object().into_iter().flatten() {
        if PIPFILE_OTHERS.contains(&section.as_str()) {
            continue;
        }
        for (key, value) in value.as_object().into_iter().flatten() {
            let range = value.as_str().or_else(|| value.get("version").and_then(Value::as_str)).unwrap_or_default();
            sections.asked.insert(Asked::new(pypi::normalized(key), key, range.trim_start_matches('*')));
        }
        sections.keep(section.clone(), Some(value));
    }
    sections
}

/// Tools that take dependencies from their own tables; the whole table counts.
const PYTHON_TOOLS: [&str; 7] = ["uv", "pdm", "hatch", "pixi", "rye", "flit", "setuptools"];

fn pyproject(manifest: &Value) -> Sections {
    let name = manifest.pointer("/project/name").or_else(|| manifest.pointer("/tool/poetry/name"));
    let table: Option<toml::Table> = serde_json::from_value(manifest.clone()).ok();
    let mut sections = Sections {
        project: name.and_then(Value::as_str).map(pypi::normalized),
        asked: table.as_ref().map(pypi::asked).unwrap_or_default().into_iter().map(python).collect(),
        build: manifest.get("build-system").cloned(),
        ..Sections::default()
    };
    // A project may ask for its own extras.
    if let Some(project) = &sections.project {
        sections.asked.retain(|asked| asked.name != *project);
    }
    sections.keep("dependency-groups", manifest.get("dependency-groups"));
    for section in ["dependencies", "optional-dependencies", "dynamic"] {
        sections.keep(format!("project/{section}"), manifest.pointer(&format!("/project/{section}")));
    }
    for section in ["dependencies", "dev-dependencies", "group", "extras", "source", "requires-plugins"] {
        sections.keep(format!("poetry/{section}"), manifest.pointer(&format!("/tool/poetry/{section}")));
    }
    for tool in PYTHON_TOOLS {
        sections.keep(tool, manifest.pointer(&format!("/tool/{tool}")));
    }
    sections
}

/// A requirement of Python, as (name, specifiers).
fn python((name, range): (String, String)) -> Asked {
    Asked::new(name.clone(), &name, &range)
}

#[cfg(test)]
mod tests {
    use super::{Manifest, sections};

    fn same(kind: Manifest, left: &str, right: &str) -> bool {
        sections(kind, left.as_bytes()).unwrap().all == sections(kind, right.as_bytes()).unwrap().all
    }

    #[test]
    fn what_names_no_dependency_may_change() {
        let cargo = "[package]\nname = 'a'\nversion = '1.0.0'\n[dependencies]\nb = '1'\n";
        assert!(same(
            Manifest::Cargo,
            cargo,
            &format!("{}[lints]\n[dev-dependencies]\n", cargo.replace("1.0.0", "2.0.0"))
        ));
        assert!(same(Manifest::Npm, r#"{"scripts": {}}"#, r#"{"version": "2.0.0"}"#));
        assert!(same(Manifest::Pyproject, "[tool.ruff]\nx = 1", "[tool.ruff]\nx = 2"));
        assert!(same(Manifest::SetupCfg, "[flake8]\nx = 1", "[flake8]\nx = 2"));
    }

    #[test]
    fn what_names_a_dependency_may_not() {
        assert!(!same(Manifest::Cargo, "", "[target.'cfg(unix)'.dependencies]\na = '1'"));
        assert!(!same(Manifest::Cargo, "", "[patch.crates-io]\na = { path = 'a' }"));
        assert!(!same(Manifest::Npm, "{}", r#"{"overrides": {"a": "1"}}"#));
        assert!(!same(Manifest::Pyproject, "", "[tool.poetry.group.dev.dependencies]\na = '*'"));
        assert!(!same(Manifest::Pyproject, "", "[[tool.uv.index]]\nurl = 'https://h'"));
        assert!(!same(Manifest::SetupCfg, "", "[options]\ninstall_requires = a"));
    }

    #[test]
    fn names_are_those_that_the_lockfile_has() {
        let cargo =
            sections(Manifest::Cargo, b"[dependencies]\na = { package = 'b', version = '1' }\nc.workspace = true");
        assert_eq!(cargo.unwrap().asked.into_iter().map(|asked| asked.name).collect::<Vec<_>>(), ["b"]);
        let npm = sections(Manifest::Npm, br#"{"dependencies": {"a": "npm:@s/b@^1"}}"#);
        assert_eq!(npm.unwrap().asked.into_iter().map(|asked| asked.name).collect::<Vec<_>>(), ["@s/b"]);
    }
}
