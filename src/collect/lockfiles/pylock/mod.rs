//! `pylock.toml` and `pylock.<name>.toml`, lock version 1 (PEP 751).
//!
//! A name may be locked several times, under several markers; each entry is a package. Scope follows from the marker where
//! the file tells its dependency groups apart: what is installed without asking for a group or an extra, and what an extra
//! brings in, is what is shipped. Directness is that of the `pyproject.toml` beside the file, if that names anything.

mod marker;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::{Spanned, Table};

use self::marker::Marker;
use super::place::{Lines, directory, file_name, join, nowhere, path, source, toml};
use super::pypi::{checksums, directness, named_beside, normalized, with_hosts};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::{DependencyScope, Ecosystem, PackageSource, Problem, SourceKind};

/// `pylock.toml`.
pub(super) struct Pylock;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Lock {
    lock_version: Option<Spanned<String>>,
    created_by: Option<String>,
    dependency_groups: Option<Vec<String>>,
    #[serde(default)]
    default_groups: Vec<String>,
    packages: Option<Vec<Spanned<Package>>>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Option<String>,
    marker: Option<String>,
    #[serde(default)]
    dependencies: Vec<Table>,
    vcs: Option<Vcs>,
    directory: Option<Directory>,
    archive: Option<Archive>,
    index: Option<String>,
    sdist: Option<Archive>,
    wheels: Option<Vec<Archive>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Vcs {
    #[serde(rename = "type")]
    kind: String,
    url: Option<String>,
    path: Option<String>,
    commit_id: String,
}

#[derive(Deserialize)]
struct Directory {
    path: String,
}

#[derive(Deserialize)]
struct Archive {
    url: Option<String>,
    path: Option<String>,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
}

impl LockfileFormat for Pylock {
    fn name(&self) -> &'static str {
        "pylock.toml"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Pypi
    }

    fn recognizes(&self, path: &str) -> bool {
        let name = file_name(path);
        name.starts_with("pylock.") && name.ends_with(".toml")
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let lock: Lock = toml(text)?;
        let lines = Lines::new(text);
        let version = lock.lock_version.ok_or_else(|| LockfileError::new(None, "has no `lock-version`"))?;
        let line = lines.at(version.span().start);
        let mut set = LockedSet::default();
        match version.get_ref().split_once('.') {
            Some(("1", "0")) => {}
            Some(("1", _)) => set.problems.push(Problem {
                at: line.map_or_else(|| context.path.to_owned(), |line| format!("{}:{line}", context.path)),
                message: format!("is of lock version `{}`; what it has more than 1.0 is not read", version.get_ref()),
            }),
            _ => {
                let message = format!("is of lock version `{}`; 1 is read", version.get_ref());
                return Err(LockfileError::new(line, message));
            }
        }
        for (key, absent) in [("created-by", lock.created_by.is_none()), ("packages", lock.packages.is_none())] {
            if absent {
                return Err(LockfileError::new(None, format!("has no `{key}`, which PEP 751 demands")));
            }
        }
        let entries: Vec<(Package, Option<u32>)> = lock
            .packages
            .into_iter()
            .flatten()
            .map(|entry| (lines.at(entry.span().start), entry.into_inner()))
            .map(|(line, package)| (Package { name: normalized(&package.name), ..package }, line))
            .collect();
        whole(&entries)?;
        let named = named_beside(context).filter(|named| !named.is_empty());
        let groups: BTreeSet<String> = lock.default_groups.into_iter().collect();
        for (package, line) in entries {
            let Some((version, sources)) = package.place(context, line)? else {
                set.members.insert(package.name);
                continue;
            };
            let archives = || package.archive.iter().chain(&package.sdist).chain(package.wheels.iter().flatten());
            let hashes: Vec<Option<String>> = archives().flat_map(Archive::hashes).collect();
            set.packages.push(LockedPackage {
                sources: with_hosts(sources, archives().filter_map(|archive| archive.url.as_deref())),
                scope: match &lock.dependency_groups {
                    None => DependencyScope::Unknown,
                    Some(_) => scope(package.marker.as_deref(), &groups),
                },
                directness: directness(named.as_ref(), &package.name),
                integrity: checksums(hashes.iter().map(Option::as_deref)),
                line,
                ..LockedPackage::new(Ecosystem::Pypi, package.name, version)
            });
        }
        Ok(set)
    }
}

/// Refuses a file that lacks what its packages depend on, where it says that.
fn whole(entries: &[(Package, Option<u32>)]) -> Result<(), LockfileError> {
    let names: BTreeSet<&str> = entries.iter().map(|(package, _)| package.name.as_str()).collect();
    for (package, line) in entries {
        for dependency in package.dependencies.iter().filter_map(|dependency| dependency.get("name")?.as_str()) {
            if !names.contains(normalized(dependency).as_str()) {
                let message = format!("`{}` depends on `{dependency}`, which is not in the file", package.name);
                return Err(LockfileError::new(*line, message));
            }
        }
    }
    Ok(())
}

fn scope(marker: Option<&str>, groups: &BTreeSet<String>) -> DependencyScope {
    match marker.map(|marker| Marker { groups }.holds(marker)) {
        None | Some(Some(true)) => DependencyScope::Runtime,
        Some(Some(false)) => DependencyScope::Development,
        Some(None) => DependencyScope::Unknown,
    }
}

impl Package {
    /// Version and place; `None` of a directory of the repository.
    fn place(
        &self,
        context: &Context<'_>,
        line: Option<u32>,
    ) -> Result<Option<(String, PackageSource)>, LockfileError> {
        let name = &self.name;
        let error = |message: String| Err(LockfileError::new(line, message));
        let released = self.sdist.is_some() || self.wheels.as_ref().is_some_and(|wheels| !wheels.is_empty());
        let version = |instead: &str| self.version.clone().unwrap_or_else(|| instead.to_owned());
        match (&self.vcs, &self.directory, &self.archive, released) {
            (Some(vcs), None, None, false) => {
                if vcs.kind != "git" {
                    return error(format!("`{name}` lies in a repository of `{}`, which is not read", vcs.kind));
                }
                let commit = vcs.commit_id.as_str();
                let place = match (&vcs.url, &vcs.path) {
                    (Some(url), _) => source(SourceKind::Git, &format!("{url}#{commit}")),
                    (None, Some(local)) => {
                        PackageSource { kind: SourceKind::Git, ..path(&format!("{local}#{commit}")) }
                    }
                    (None, None) => return error(format!("`{name}` has neither `url` nor `path` in `vcs`")),
                };
                Ok(Some((version(commit), place)))
            }
            (None, Some(local), None, false) => {
                let own = join(directory(context.path), &local.path).is_some();
                Ok((!own).then(|| (version("0"), path(&local.path))))
            }
            (None, None, Some(archive), false) => match (&archive.url, &archive.path) {
                (Some(url), _) => Ok(Some((version("0"), source(SourceKind::Url, url)))),
                (None, Some(local)) => Ok(Some((version("0"), path(local)))),
                (None, None) => error(format!("`{name}` has neither `url` nor `path` in `archive`")),
            },
            (None, None, None, true) => {
                let Some(version) = self.version.clone() else {
                    return error(format!("`{name}` has no version"));
                };
                Ok(Some((version, self.released_from())))
            }
            (None, None, None, false) => error(format!(
                "`{name}` comes from nowhere: expected `vcs`, `directory`, `archive`, `sdist` or `wheels`"
            )),
            _ => error(format!("`{name}` comes from several kinds of places: PEP 751 allows one")),
        }
    }

    /// The index, or the path of an archive that lies at hand.
    fn released_from(&self) -> PackageSource {
        let local = self
            .sdist
            .iter()
            .chain(self.wheels.iter().flatten())
            .find_map(|archive| archive.path.as_deref().filter(|_| archive.url.is_none()));
        match (self.index.as_deref(), local) {
            (Some(index), _) => source(SourceKind::Registry, index),
            (None, Some(local)) => path(local),
            (None, None) => nowhere(SourceKind::Registry),
        }
    }
}

impl Archive {
    /// `algorithm:digest` of each of its hashes; a hole where there is none.
    fn hashes(&self) -> Vec<Option<String>> {
        if self.hashes.is_empty() {
            return vec![None];
        }
        self.hashes.iter().map(|(algorithm, digest)| Some(format!("{algorithm}:{digest}"))).collect()
    }
}
