//! Locations of a run as paths of the repository. What can't be mapped is kept as the tool wrote it, never dropped.
//!
//! A location is mapped where it is certain (it lies below a known root, or the head or the change has the path), or
//! where exactly one path can be meant (a unique suffix). Where the files of the head are known and do not have a
//! relative path, it is unmapped rather than taken on trust: a finding that no file of the head can bear is shown as one
//! that could not be placed. Where they are unknown, a relative path is taken as the tool gives it, unless it could be another
//! spelling of a changed one: in another case, with escapes left, from another directory, or the directory of a changed file.
//!
//! Absolute paths of another machine: each that ends in exactly one path of the repository tells where the repository
//! lay there. If all that do agree, that directory is the root for the rest of the run.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use percent_encoding::percent_decode_str;

use super::tree::{Absolute, Tree, inside};
use crate::collect::sarif::{ArtifactLocation, Run};
use crate::evidence::{NO_SYMBOL, Strings, path_from_bytes};

/// How many bases of `originalUriBaseIds` may stand on each other. What stands on more, or on itself, has no known base.
pub(super) const MAX_BASE_CHAIN: usize = 32;

/// Where a location lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// In the repository.
    Path {
        /// The path.
        path: String,
        /// Its position in the change, if it is changed.
        file: Option<usize>,
        /// Whether the tool names it by a previous path, so that its lines are not those of the head.
        moved: bool,
    },
    /// Somewhere else, or nowhere: what the tool wrote.
    Unmapped(String),
}

/// A location with its base resolved.
enum Resolved {
    Absolute(Absolute),
    /// Spellings of a path relative to the repository, the likeliest first.
    Relative(Vec<String>),
    Elsewhere,
}

/// All locations of one run.
pub(super) struct Places {
    known: IndexMap<ArtifactLocation, Place>,
}

impl Places {
    pub(super) fn of(run: &Run, strings: &Strings, tree: &Tree<'_>, roots: &[Absolute]) -> Self {
        let bases = run.bases.iter().rev().map(|base| (base.name, base.location)).collect();
        let reader = Reader { run, strings, roots, bases };
        let mut distinct: IndexMap<ArtifactLocation, ()> = IndexMap::new();
        for location in &run.store.locations {
            distinct.insert(location.artifact, ());
        }
        let resolved: Vec<(ArtifactLocation, String, Resolved)> = distinct
            .into_keys()
            .map(|location| {
                let (written, resolved) = reader.resolve(location);
                (location, written, resolved)
            })
            .collect();
        let root = elsewhere_root(&resolved, tree, roots);
        let known = resolved
            .into_iter()
            .map(|(location, written, resolved)| {
                let place = place(&resolved, tree, roots, root.as_ref());
                (location, place.unwrap_or(Place::Unmapped(written)))
            })
            .collect();
        Self { known }
    }

    pub(super) fn get(&self, location: ArtifactLocation) -> Option<&Place> {
        self.known.get(&location)
    }
}

/// Where the repository lay on the machine of the tool, if all paths that tell agree.
fn elsewhere_root(
    resolved: &[(ArtifactLocation, String, Resolved)],
    tree: &Tree<'_>,
    roots: &[Absolute],
) -> Option<Absolute> {
    let mut found: BTreeSet<Absolute> = BTreeSet::new();
    for (_, _, resolved) in resolved {
        if let Resolved::Absolute(path) = resolved
            && !roots.iter().any(|root| path.below(root).is_some())
            && let Some(end) = tree.end_of(path)
        {
            found.insert(Absolute::new(path.0.strip_suffix(end)?));
            if found.len() > 1 {
                return None;
            }
        }
    }
    found.pop_first()
}

fn place(resolved: &Resolved, tree: &Tree<'_>, roots: &[Absolute], elsewhere: Option<&Absolute>) -> Option<Place> {
    let here = |path: &str| Place::Path { path: path.to_owned(), file: tree.changed(path), moved: false };
    let there = |path: &str| {
        let (path, file) = tree.moved(path)?;
        Some(Place::Path { path: path.to_owned(), file: Some(file), moved: true })
    };
    match resolved {
        Resolved::Elsewhere => None,
        Resolved::Absolute(path) => {
            if let Some(below) = roots.iter().filter_map(|root| path.below(root)).min_by_key(|below| below.len()) {
                let below = inside(below)?;
                return Some(there(&below).unwrap_or_else(|| here(&below)));
            }
            if let Some(end) = tree.end_of(path) {
                return Some(here(end));
            }
            let below = path.below(elsewhere?)?;
            if tree.has(below) { Some(here(below)) } else { there(below) }
        }
        Resolved::Relative(spellings) => {
            let paths: Vec<String> = spellings.iter().filter_map(|path| inside(path)).collect();
            if let Some(path) = paths.iter().find(|path| tree.has(path)) {
                return Some(here(path));
            }
            // The likeliest spelling decides whether it leaves the repository.
            let path = inside(spellings.first()?)?;
            if let Some(place) = paths.iter().find_map(|path| there(path)) {
                return Some(place);
            }
            if tree.is_known() {
                return paths.iter().find_map(|path| tree.like(path)).map(here);
            }
            // A changed file under another name is not one that does not change.
            (!names_an_image(&path) && !paths.iter().any(|path| tree.resembles(path))).then(|| here(&path))
        }
    }
}

/// Whether a path looks like the name of a container image: a tag or a digest after its last part.
fn names_an_image(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains(':') || name.contains("@sha256"))
}

struct Reader<'a> {
    run: &'a Run,
    strings: &'a Strings,
    roots: &'a [Absolute],
    bases: BTreeMap<u32, ArtifactLocation>,
}

/// What a URI is.
enum Written<'a> {
    /// A path on the machine of the tool.
    Absolute(Absolute),
    Relative(&'a str),
    /// Another scheme than `file`.
    Elsewhere,
}

/// What `originalUriBaseIds` says of a base.
enum Base {
    Unknown,
    Absolute(Absolute),
    Relative(String),
}

impl Reader<'_> {
    fn text(&self, symbol: u32) -> &str {
        if symbol == NO_SYMBOL { "" } else { self.strings.get(symbol) }
    }

    /// A location as written, and what that is.
    fn resolve(&self, location: ArtifactLocation) -> (String, Resolved) {
        let artifact = usize::try_from(location.index).ok().and_then(|index| self.run.artifacts.get(index));
        let location = match artifact {
            Some(artifact) if location.uri == NO_SYMBOL => artifact.location,
            _ => location,
        };
        let uri = self.text(location.uri);
        let written = uri.to_owned();
        if uri.trim().is_empty() || artifact.is_some_and(|artifact| artifact.parent >= 0) {
            return (written, Resolved::Elsewhere);
        }
        let resolved = match kind_of(uri) {
            Written::Elsewhere => Resolved::Elsewhere,
            Written::Absolute(path) => Resolved::Absolute(path),
            Written::Relative(path) => match self.base(location.base, MAX_BASE_CHAIN) {
                Base::Unknown => Resolved::Relative(spellings(path)),
                Base::Relative(base) => {
                    Resolved::Relative(spellings(path).iter().map(|path| format!("{base}/{path}")).collect())
                }
                Base::Absolute(base) => {
                    let path = spellings(path).into_iter().next().unwrap_or_default();
                    Resolved::Absolute(Absolute::new(&format!("{}/{path}", base.0)))
                }
            },
        };
        (written, resolved)
    }

    /// What a base stands for.
    fn base(&self, name: u32, left: usize) -> Base {
        let (Some(base), Some(left)) = (self.bases.get(&name), left.checked_sub(1)) else {
            return Base::Unknown;
        };
        match kind_of(self.text(base.uri)) {
            Written::Elsewhere => Base::Unknown,
            // No repository lies at the root of a file system: this is how tools say that they know of no base.
            Written::Absolute(path) if path.0.is_empty() && !self.roots.contains(&path) => Base::Unknown,
            Written::Absolute(path) => Base::Absolute(path),
            Written::Relative(path) => {
                let path = spellings(path).into_iter().next().unwrap_or_default();
                match self.base(base.base, left) {
                    Base::Absolute(above) => Base::Absolute(Absolute::new(&format!("{}/{path}", above.0))),
                    Base::Relative(above) => Base::Relative(format!("{above}/{path}")),
                    Base::Unknown if path.is_empty() => Base::Unknown,
                    Base::Unknown => Base::Relative(path),
                }
            }
        }
    }
}

/// Tells URIs, absolute paths and relative ones apart.
fn kind_of(uri: &str) -> Written<'_> {
    let uri = uri.trim();
    if let Some((scheme, rest)) = uri.split_once(':')
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    {
        if scheme.eq_ignore_ascii_case("file") {
            return file_uri(rest);
        }
        let is_drive = scheme.len() == 1 && (rest.starts_with(['/', '\\']) || rest.starts_with("%5C"));
        return if is_drive { absolute(uri) } else { Written::Elsewhere };
    }
    if uri.starts_with(['/', '\\']) { absolute(uri) } else { Written::Relative(uri) }
}

/// What follows `file:`. Where the authority is a drive letter, it is taken for what was meant.
fn file_uri(rest: &str) -> Written<'_> {
    let path = match rest.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at_checked(rest.find('/').unwrap_or(rest.len())).unwrap_or((rest, ""));
            if authority.is_empty() || authority.eq_ignore_ascii_case("localhost") { path } else { rest }
        }
        None => rest,
    };
    absolute(path)
}

fn absolute(path: &str) -> Written<'_> {
    Written::Absolute(Absolute::new(&decoded(path).replace('\\', "/")))
}

/// A path with its %-escapes decoded; bytes that are not UTF-8 are kept as the repository's paths keep them.
fn decoded(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let bytes: Cow<'_, [u8]> = percent_decode_str(path).into();
    match std::str::from_utf8(&bytes) {
        Ok(text) => Cow::Owned(text.to_owned()),
        Err(_) => Cow::Owned(path_from_bytes(&bytes)),
    }
}

/// What a relative reference can mean, the likeliest first: producers decode or not, and write Windows's separators.
fn spellings(path: &str) -> Vec<String> {
    let plain = decoded(path);
    let mut all = vec![plain.replace('\\', "/"), plain.into_owned(), path.to_owned()];
    all.dedup();
    all
}

/// Directories that are known to be the root of the repository.
pub(super) fn roots(directories: &[String]) -> Vec<Absolute> {
    directories.iter().map(|directory| Absolute::new(&directory.replace('\\', "/"))).collect()
}
