//! What the Python formats share: names as PEP 503 normalizes them, the requirements that a `pyproject.toml` names, and
//! what can be said of a package's archives.

use std::collections::BTreeSet;

use toml::Value;

use super::Context;
use super::place::source;
use crate::evidence::{Directness, PackageSource, SourceKind};

/// A name in lower case, with each run of `-`, `_` and `.` as one `-` (PEP 503).
pub(in crate::collect) fn normalized(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.trim().chars() {
        if matches!(character, '-' | '_' | '.') {
            if !out.ends_with('-') {
                out.push('-');
            }
        } else {
            out.extend(character.to_lowercase());
        }
    }
    out
}

/// The leading name of a requirement (PEP 508): everything up to extras, a specifier, a marker or an address.
pub(super) fn leading_name(requirement: &str) -> &str {
    let end = requirement.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')));
    requirement.get(..end.unwrap_or(requirement.len())).unwrap_or_default()
}

/// Normalized names of all packages that a `pyproject.toml` asks for.
pub(super) fn named(pyproject: &toml::Table) -> BTreeSet<String> {
    asked(pyproject).into_iter().map(|(name, _)| name).collect()
}

/// Normalized names and specifiers of all packages that a `pyproject.toml` asks for, by PEP 621, PEP 735, Poetry's and
/// uv's sections; what builds the project itself (`build-system`) is not among them. Poetry's own ranges are left empty.
pub(super) fn asked(pyproject: &toml::Table) -> BTreeSet<(String, String)> {
    let mut names = BTreeSet::new();
    let project = pyproject.get("project");
    requirements(project.and_then(|p| p.get("dependencies")), &mut names);
    each(project.and_then(|p| p.get("optional-dependencies")), |value| requirements(Some(value), &mut names));
    each(pyproject.get("dependency-groups"), |value| requirements(Some(value), &mut names));
    let tool = |name: &str| pyproject.get("tool").and_then(|tool| tool.get(name));
    requirements(tool("uv").and_then(|uv| uv.get("dev-dependencies")), &mut names);
    let poetry = tool("poetry");
    for section in ["dependencies", "dev-dependencies"] {
        keys(poetry.and_then(|p| p.get(section)), &mut names);
    }
    each(poetry.and_then(|p| p.get("group")), |group| keys(group.get("dependencies"), &mut names));
    names.retain(|(name, _)| name != "python");
    names
}

/// The same, with the groups that PDM keeps in a table of its own.
pub(super) fn named_by_pdm(pyproject: &toml::Table) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let groups = pyproject.get("tool").and_then(|tool| tool.get("pdm")?.get("dev-dependencies"));
    each(groups, |value| requirements(Some(value), &mut names));
    // `-e` stands before an address, whose fragment has the name.
    let group = |value: &Value| value.as_array().into_iter().flatten().filter_map(egg).collect::<Vec<_>>();
    let mut found: BTreeSet<String> = names.into_iter().map(|(name, _)| name).filter(|name| name != "-e").collect();
    each(groups, |value| found.extend(group(value)));
    found.extend(named(pyproject));
    found
}

/// The name of an editable requirement.
fn egg(value: &Value) -> Option<String> {
    let (_, egg) = value.as_str()?.strip_prefix("-e ")?.split_once("egg=")?;
    Some(normalized(leading_name(egg))).filter(|name| !name.is_empty())
}

/// Normalized names that the `pyproject.toml` beside a lockfile asks for; `None` where there is none that can be read.
pub(super) fn named_beside(context: &Context<'_>) -> Option<BTreeSet<String>> {
    let text = String::from_utf8(context.sibling("pyproject.toml")?).ok()?;
    text.parse().ok().map(|pyproject| named(&pyproject))
}

/// Whether a package is one of those that a manifest names; unknown without a manifest.
pub(super) fn directness(named: Option<&BTreeSet<String>>, name: &str) -> Directness {
    match named.map(|named| named.contains(name)) {
        None => Directness::Unknown,
        Some(true) => Directness::Direct,
        Some(false) => Directness::Transitive,
    }
}

/// Checksums of all archives of a package, each once and in order; none where one of them has none, because that one can
/// be any content.
pub(super) fn checksums<'a>(archives: impl Iterator<Item = Option<&'a str>>) -> Vec<String> {
    let whole =
        |hash: &&str| hash.split_once(':').is_some_and(|(algorithm, hex)| !algorithm.is_empty() && !hex.is_empty());
    let found: Option<BTreeSet<&str>> = archives.map(|hash| hash.filter(whole)).collect();
    found.into_iter().flatten().map(str::to_owned).collect()
}

/// The place that a lockfile names, and the other hosts that the archives lie on; those alone where it names none.
pub(super) fn with_hosts<'a>(first: PackageSource, archives: impl Iterator<Item = &'a str>) -> Vec<PackageSource> {
    let kind = first.kind;
    let hosts: BTreeSet<String> = archives.filter_map(|address| source(kind, address).host).collect();
    let others = hosts.into_iter().filter(|host| first.host.as_ref() != Some(host));
    let others: Vec<_> = others.map(|host| PackageSource { kind, host: Some(host), location: None }).collect();
    let unnamed = kind == SourceKind::Registry && first.host.is_none() && first.location.is_none();
    if unnamed && !others.is_empty() {
        return others;
    }
    std::iter::once(first).chain(others).collect()
}

/// Whether a path is one archive and not a directory.
pub(super) fn is_archive(path: &str) -> bool {
    [".whl", ".zip", ".tar.gz", ".tar.bz2", ".tar.xz", ".tgz"].iter().any(|end| path.ends_with(end))
}

/// Calls with every value of a table.
fn each(value: Option<&Value>, mut call: impl FnMut(&Value)) {
    for (_, value) in value.and_then(Value::as_table).into_iter().flatten() {
        call(value);
    }
}

fn requirements(value: Option<&Value>, names: &mut BTreeSet<(String, String)>) {
    for text in value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::trim) {
        let name = leading_name(text);
        if !name.is_empty() {
            names.insert((normalized(name), specifiers(text, name)));
        }
    }
}

/// What stands between a requirement's extras and its marker, without parentheses; empty where it is an address.
fn specifiers(requirement: &str, name: &str) -> String {
    let rest = requirement.get(name.len()..).unwrap_or_default().trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']').map_or("", |(_, rest)| rest),
        None => rest,
    };
    let rest = rest.split(';').next().unwrap_or_default().trim();
    if rest.starts_with('@') { String::new() } else { rest.trim_matches(['(', ')']).trim().to_owned() }
}

fn keys(value: Option<&Value>, names: &mut BTreeSet<(String, String)>) {
    let table = value.and_then(Value::as_table).into_iter().flatten();
    names.extend(table.map(|(name, _)| (normalized(name), String::new())));
}

#[cfg(test)]
mod tests {
    use super::{checksums, leading_name, named, named_by_pdm, normalized};

    #[test]
    fn an_archive_without_a_checksum_leaves_the_package_without() {
        let of = |hashes: &[Option<&str>]| checksums(hashes.iter().copied());
        assert_eq!(of(&[Some("sha256:2"), Some("sha256:1"), Some("sha256:1")]), ["sha256:1", "sha256:2"]);
        for hole in [None, Some(""), Some("sha256:"), Some("0123")] {
            assert!(of(&[Some("sha256:1"), hole]).is_empty(), "{hole:?}");
        }
    }

    #[test]
    fn groups_of_pdm_count_and_editable_ones_by_their_egg() {
        let text = "[tool.pdm.dev-dependencies]\nx = ['a>=1', '-e file:///${PROJECT_ROOT}/b#egg=B', '-e ./c']\n";
        let names: Vec<String> = named_by_pdm(&text.parse().unwrap()).into_iter().collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn names_are_those_of_pep_503() {
        assert_eq!(normalized("Django_Split.-Settings"), "django-split-settings");
        assert_eq!(leading_name("celery[sqs]==1"), "celery");
    }

    #[test]
    fn every_section_that_names_packages_is_read() {
        let text = r#"
            [project]
            dependencies = ["A (>=1)", "b[x]; python_version < '3'"]
            [project.optional-dependencies]
            x = ["c"]
            [dependency-groups]
            dev = ["d", { include-group = "y" }]
            [tool.uv]
            dev-dependencies = ["e"]
            [tool.poetry.dependencies]
            python = "^3"
            f = "*"
            [tool.poetry.group.test.dependencies]
            g = "1"
        "#;
        let names: Vec<String> = named(&text.parse().unwrap()).into_iter().collect();
        assert_eq!(names, ["a", "b", "c", "d", "e", "f", "g"]);
    }
}
