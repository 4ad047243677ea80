//! Paths as tools write them, as paths of the repository. What can't be mapped is kept as it was written, never dropped.
//!
//! A path is mapped where it is certain (it lies below a known root, or the head or the change has it), or
//! where exactly one path can be meant (a unique suffix). Where the files of the head are known and do not have a
//! relative path, it is unmapped rather than taken on trust: what no file of the head can bear is shown as something
//! that could not be placed. Where they are unknown, a relative path is taken as the tool gives it, unless it could be another
//! spelling of a changed one: in another case, with escapes left, from another directory, or the directory of a changed file.
//!
//! Absolute paths of another machine: each that ends in exactly one path of the repository tells where the repository
//! lay there. If all that do agree, that directory is the root for the rest of the report.

mod tree;

use std::borrow::Cow;
use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use self::tree::inside;
pub(in crate::normalize) use self::tree::{Absolute, Tree};
use crate::evidence::{Change, FileChange, path_from_bytes};

/// What paths of reports are placed against.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The changed paths.
    pub files: &'a [FileChange],
    /// The commits of the change.
    pub change: &'a Change,
    /// All files of the head, in byte order; `None` where they are not known.
    pub head_paths: Option<&'a [String]>,
    /// Absolute directories that are known to be the repository's root.
    pub roots: &'a [String],
}

/// Where a path lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::normalize) enum Place {
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

/// A path with its base resolved.
pub(in crate::normalize) enum Resolved {
    Absolute(Absolute),
    /// Spellings of a path relative to the repository, the likeliest first.
    Relative(Vec<String>),
    Elsewhere,
}

/// The repository, ready for paths to be placed in it.
pub(in crate::normalize) struct Ground<'a> {
    pub(in crate::normalize) context: &'a Context<'a>,
    tree: Tree<'a>,
    roots: Vec<Absolute>,
}

impl<'a> Ground<'a> {
    pub(in crate::normalize) fn new(context: &'a Context<'a>) -> Self {
        let roots = context.roots.iter().map(|directory| Absolute::new(&directory.replace('\\', "/"))).collect();
        Self { context, tree: Tree::new(context), roots }
    }

    /// Whether a directory is known to be the repository's root.
    pub(in crate::normalize) fn is_root(&self, directory: &Absolute) -> bool {
        self.roots.contains(directory)
    }

    /// Places of all paths of one report as it writes them, in its order. `bases` are the directories that it says its
    /// relative paths may lie in; the first that gives a path which is there is taken, and the repository's root last.
    pub(in crate::normalize) fn map(&self, written: &[&str], bases: &[&str]) -> Vec<Place> {
        let all: Vec<Vec<Resolved>> = written.iter().map(|path| candidates(path, bases)).collect();
        let elsewhere = self.elsewhere_root(all.iter().flatten());
        let place = |(candidates, written): (&Vec<Resolved>, &&str)| {
            let mut places =
                candidates.iter().filter_map(|resolved| self.place(resolved, elsewhere.as_ref())).peekable();
            let first = places.peek().cloned();
            let there = |place: &Place| matches!(place, Place::Path { path, .. } if self.tree.has(path));
            places.find(there).or(first).unwrap_or_else(|| Place::Unmapped((*written).to_owned()))
        };
        all.iter().zip(written).map(place).collect()
    }

    /// Where the repository lay on the machine of the tool, if all paths that tell agree.
    pub(in crate::normalize) fn elsewhere_root<'r>(
        &self,
        resolved: impl Iterator<Item = &'r Resolved>,
    ) -> Option<Absolute> {
        let mut found: BTreeSet<Absolute> = BTreeSet::new();
        for resolved in resolved {
            if let Resolved::Absolute(path) = resolved
                && !self.roots.iter().any(|root| path.below(root).is_some())
                && let Some(end) = self.tree.end_of(path)
            {
                found.insert(Absolute::new(path.0.strip_suffix(end)?));
                if found.len() > 1 {
                    return None;
                }
            }
        }
        found.pop_first()
    }

    /// Where one path lies; `None` where that can't be told. `elsewhere` is what [`Ground::elsewhere_root`] gave.
    pub(in crate::normalize) fn place(&self, resolved: &Resolved, elsewhere: Option<&Absolute>) -> Option<Place> {
        let (tree, roots) = (&self.tree, &self.roots);
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
}

/// What a path of a report can mean, by the directories that it may lie in.
fn candidates(written: &str, bases: &[&str]) -> Vec<Resolved> {
    let path = match kind_of(written) {
        Written::Elsewhere => return vec![Resolved::Elsewhere],
        Written::Absolute(path) => return vec![Resolved::Absolute(path)],
        Written::Relative(path) if path.trim().is_empty() => return vec![Resolved::Elsewhere],
        Written::Relative(path) => path,
    };
    let plain = spellings(path);
    let in_base = |base: &&str| match kind_of(base) {
        Written::Elsewhere => None,
        Written::Absolute(base) => Some(Resolved::Absolute(Absolute::new(&format!("{}/{}", base.0, plain.first()?)))),
        Written::Relative(base) => {
            let base = spellings(base).into_iter().next()?;
            Some(Resolved::Relative(plain.iter().map(|path| format!("{base}/{path}")).collect()))
        }
    };
    let mut all: Vec<Resolved> = bases.iter().filter_map(in_base).collect();
    all.push(Resolved::Relative(plain));
    all
}

/// Whether a path looks like the name of a container image: a tag or a digest after its last part.
fn names_an_image(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains(':') || name.contains("@sha256"))
}

/// What a URI is.
pub(in crate::normalize) enum Written<'a> {
    /// A path on the machine of the tool.
    Absolute(Absolute),
    Relative(&'a str),
    /// Another scheme than `file`.
    Elsewhere,
}

/// Tells URIs, absolute paths and relative ones apart.
pub(in crate::normalize) fn kind_of(uri: &str) -> Written<'_> {
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
pub(in crate::normalize) fn spellings(path: &str) -> Vec<String> {
    let plain = decoded(path);
    let mut all = vec![plain.replace('\\', "/"), plain.into_owned(), path.to_owned()];
    all.dedup();
    all
}
