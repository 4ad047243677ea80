//! What the Python formats share: names as PEP 503 normalizes them, and the requirements that a `pyproject.toml` names.

use std::collections::BTreeSet;

use toml::Value;

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
    use super::{leading_name, named, normalized};

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
