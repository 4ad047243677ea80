//! `package.json` of a project and of its workspaces, for lockfiles that do not repeat them.

use std::collections::{BTreeMap, BTreeSet};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;
use serde_json::Value;

use super::address::name_and_range;
use crate::collect::lockfiles::place::{directory, text, within};
use crate::collect::lockfiles::{Context, LockfileError};

/// Most workspaces of one project.
const MAX_WORKSPACES: usize = 5_000;

/// What a `package.json` says of dependencies.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::collect::lockfiles) struct Manifest {
    pub(in crate::collect::lockfiles) name: Option<Value>,
    dependencies: Option<Value>,
    dev_dependencies: Option<Value>,
    optional_dependencies: Option<Value>,
    peer_dependencies: Option<Value>,
    workspaces: Option<Value>,
    resolutions: Option<Value>,
}

impl Manifest {
    /// What is shipped: names and ranges.
    pub(in crate::collect::lockfiles) fn runtime(&self) -> BTreeMap<&str, &str> {
        let mut asked = ranges(self.dependencies.as_ref());
        asked.extend(ranges(self.optional_dependencies.as_ref()));
        asked
    }

    /// What is for development alone.
    pub(in crate::collect::lockfiles) fn development(&self) -> BTreeMap<&str, &str> {
        ranges(self.dev_dependencies.as_ref())
    }

    /// What whoever uses it has to bring.
    pub(in crate::collect::lockfiles) fn peers(&self) -> BTreeMap<&str, &str> {
        ranges(self.peer_dependencies.as_ref())
    }

    /// Names of packages whose version it settles for all that ask for them.
    pub(in crate::collect::lockfiles) fn resolutions(&self) -> BTreeSet<&str> {
        let last = |pattern: &'_ str| {
            let scoped = pattern.rmatch_indices('/').nth(1).and_then(|(at, _)| pattern.get(at + 1..));
            let scoped = scoped.or(Some(pattern)).filter(|end| end.starts_with('@'));
            scoped.map_or(pattern.rfind('/').map_or(0, |at| at + 1), |end| pattern.len() - end.len())
        };
        let keys = self.resolutions.as_ref().and_then(Value::as_object).into_iter().flat_map(|map| map.keys());
        keys.filter_map(|key| Some(name_and_range(key.get(last(key)..)?).0)).collect()
    }

    /// Patterns of directories of workspaces.
    fn patterns(&self) -> Vec<&str> {
        let list = match &self.workspaces {
            Some(Value::Object(map)) => map.get("packages"),
            other => other.as_ref(),
        };
        list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

fn ranges(section: Option<&Value>) -> BTreeMap<&str, &str> {
    let entries = section.and_then(Value::as_object).into_iter().flatten();
    entries.map(|(name, range)| (name.as_str(), range.as_str().unwrap_or_default())).collect()
}

/// The manifest in a directory of the repository; `None` where there is none or it is not one.
pub(in crate::collect::lockfiles) fn manifest_of(context: &Context<'_>, folder: &str) -> Option<Manifest> {
    let bytes = context.read(&within(folder, "package.json")).ok().flatten()?;
    serde_json::from_str(text(&bytes).ok()?).ok()
}

/// The manifests of a project's workspaces, by their directory from the lockfile's own, which is left out.
///
/// # Errors
/// Where they can't be found, or are too many.
pub(in crate::collect::lockfiles) fn workspaces(
    root: &Manifest,
    context: &Context<'_>,
) -> Result<BTreeMap<String, Manifest>, LockfileError> {
    let patterns = root.patterns();
    if patterns.is_empty() {
        return Ok(BTreeMap::new());
    }
    let wrong = |pattern: &str| {
        LockfileError::new(
            None,
            format!("can't be read with its `package.json`, whose workspace `{pattern}` is no pattern"),
        )
    };
    let (kept, dropped): (Vec<&str>, Vec<&str>) = patterns.into_iter().partition(|pattern| !pattern.starts_with('!'));
    let set = |patterns: &[&str]| -> Result<GlobSet, LockfileError> {
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            let plain = pattern.trim_start_matches('!').trim_start_matches("./").trim_end_matches('/');
            let glob = GlobBuilder::new(plain).literal_separator(true).build().map_err(|_| wrong(pattern))?;
            set.add(glob);
        }
        set.build().map_err(|_| wrong("*"))
    };
    let (kept, dropped) = (set(&kept)?, set(&dropped)?);
    let all = context.snapshot.paths(context.side).map_err(|error| LockfileError::new(None, error.to_string()))?;
    let here = directory(context.path);
    let mut found = BTreeMap::new();
    for path in all.iter().filter(|path| path.ends_with("/package.json")) {
        let folder = directory(path);
        let inside =
            if here.is_empty() { Some(folder) } else { folder.strip_prefix(here).and_then(|it| it.strip_prefix('/')) };
        let Some(inside) = inside.filter(|it| !it.is_empty() && !it.split('/').any(|part| part == "node_modules"))
        else {
            continue;
        };
        if kept.is_match(inside) && !dropped.is_match(inside) {
            if found.len() == MAX_WORKSPACES {
                return Err(LockfileError::limit(
                    None,
                    format!("is of a project of more than {MAX_WORKSPACES} workspaces"),
                ));
            }
            if let Some(manifest) = manifest_of(context, folder) {
                found.insert(inside.to_owned(), manifest);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::Manifest;

    #[test]
    fn a_resolution_is_of_the_last_name_of_its_pattern() {
        let manifest: Manifest = serde_json::from_str(
            r#"{"resolutions": {"a": "1", "**/b": "1", "x/c@^1": "1", "@s/d": "1", "x/@t/e": "1", "@s/x/f": "1", "@u/g@npm:1": "1"}}"#,
        )
        .unwrap();
        assert_eq!(
            manifest.resolutions().into_iter().collect::<Vec<_>>(),
            ["@s/d", "@t/e", "@u/g", "a", "b", "c", "f"]
        );
    }
}
