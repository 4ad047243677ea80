//! The paths that the repository has, and which of them a path from somewhere else can only mean.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;

use super::Context;
use crate::evidence::FileStatus;

/// A path from the root of a file system, with `/` between its parts and none before the first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::normalize) struct Absolute(pub(in crate::normalize) String);

impl Absolute {
    /// Resolves `.` and `..`; above the root there is nothing.
    pub(in crate::normalize) fn new(path: &str) -> Self {
        let mut parts: Vec<&str> = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        let mut path = parts.join("/");
        // Drive letters have no case.
        if path.as_bytes().get(1) == Some(&b':')
            && let Some(drive) = path.get_mut(..1)
        {
            drive.make_ascii_uppercase();
        }
        Self(path)
    }

    /// What follows a directory that contains it.
    pub(in crate::normalize) fn below(&self, directory: &Self) -> Option<&str> {
        if directory.0.is_empty() {
            return Some(&self.0);
        }
        self.0.strip_prefix(&directory.0)?.strip_prefix('/')
    }
}

/// Resolves `.` and `..` of a path of the repository. `None` where it leaves the repository or names no file.
pub(super) fn inside(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    (!parts.is_empty() && !path.contains('\0')).then(|| parts.join("/"))
}

/// What is known of the repository's paths.
pub(in crate::normalize) struct Tree<'a> {
    /// Changed paths, and their position in the change.
    files: BTreeMap<&'a str, usize>,
    /// Previous paths of renamed files.
    previous: BTreeMap<&'a str, usize>,
    head: Option<&'a [String]>,
    all: &'a Context<'a>,
    alike: OnceCell<Alike>,
    /// Paths that a suffix can mean, in the order of their parts read from the end.
    from_end: OnceCell<Vec<(String, &'a str)>>,
}

impl<'a> Tree<'a> {
    pub(in crate::normalize) fn new(context: &'a Context<'a>) -> Self {
        let files = context.files.iter().enumerate().map(|(index, file)| (file.path.as_str(), index)).collect();
        let renamed = context.files.iter().enumerate().filter(|(_, file)| file.status == FileStatus::Renamed);
        let previous = renamed.filter_map(|(index, file)| Some((file.previous_path.as_deref()?, index))).collect();
        Self {
            files,
            previous,
            head: context.head_paths,
            all: context,
            from_end: OnceCell::new(),
            alike: OnceCell::new(),
        }
    }

    /// Whether all paths of the head are known.
    pub(in crate::normalize) const fn is_known(&self) -> bool {
        self.head.is_some()
    }

    /// The position of a changed path in the change.
    pub(in crate::normalize) fn changed(&self, path: &str) -> Option<usize> {
        self.files.get(path).copied()
    }

    /// Whether the head, or else the change, has the path.
    pub(in crate::normalize) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path) || self.in_head(path)
    }

    fn in_head(&self, path: &str) -> bool {
        self.head.is_some_and(|head| head.binary_search_by(|known| known.as_str().cmp(path)).is_ok())
    }

    /// The new path of a file that was renamed away from this one, where nothing took its place.
    pub(in crate::normalize) fn moved(&self, path: &str) -> Option<(&'a str, usize)> {
        if self.has(path) {
            return None;
        }
        let index = *self.previous.get(path)?;
        Some((self.all.files.get(index)?.path.as_str(), index))
    }

    /// The one path that ends an absolute path; `None` where there is none, or more than one.
    pub(in crate::normalize) fn end_of(&self, path: &Absolute) -> Option<&'a str> {
        only(self.ends(&path.0))
    }

    /// The one path that ends a relative one, or ends with it; `None` where there is none, or more than one.
    pub(in crate::normalize) fn like(&self, path: &str) -> Option<&'a str> {
        let key = from_end(path);
        let all = self.from_end.get_or_init(|| self.sorted_from_end());
        let start = all.partition_point(|(known, _)| *known < key);
        let longer = all.iter().skip(start).take_while(|(known, _)| known.starts_with(&key));
        let longer = longer.filter(|(known, _)| known.strip_prefix(&key).is_some_and(|rest| rest.starts_with('/')));
        only(self.ends(path).chain(longer.map(|(_, path)| *path)))
    }

    /// Whether a path could mean a changed file by another name. Asked where the files of the head are not known.
    pub(in crate::normalize) fn resembles(&self, path: &str) -> bool {
        let alike = self.alike.get_or_init(|| Alike::of(self.files.keys().chain(self.previous.keys())));
        let written = plain(path);
        alike.parts.contains(&written) || ends(&written).any(|end| alike.whole.contains(end))
    }

    /// Paths that a path is, or ends with after a `/`.
    fn ends(&self, path: &str) -> impl Iterator<Item = &'a str> {
        ends(path).filter_map(|end| self.known(end))
    }

    /// The same path as the head, or else the change, holds it.
    fn known(&self, path: &str) -> Option<&'a str> {
        match self.head {
            Some(head) => {
                let index = head.binary_search_by(|known| known.as_str().cmp(path)).ok()?;
                head.get(index).map(String::as_str)
            }
            None => self.files.get_key_value(path).map(|(known, _)| *known),
        }
    }

    fn sorted_from_end(&self) -> Vec<(String, &'a str)> {
        let mut all: Vec<(String, &str)> = match self.head {
            Some(head) => head.iter().map(|path| (from_end(path), path.as_str())).collect(),
            None => self.files.keys().map(|path| (from_end(path), *path)).collect(),
        };
        all.sort_unstable();
        all
    }
}

/// Changed paths without what spellings differ in.
struct Alike {
    whole: BTreeSet<String>,
    /// Each path's ends, and each directory that it lies in.
    parts: BTreeSet<String>,
}

impl Alike {
    fn of<'p>(paths: impl Iterator<Item = &'p &'p str>) -> Self {
        let whole: BTreeSet<String> = paths.map(|path| plain(path)).collect();
        let mut parts = BTreeSet::new();
        for path in &whole {
            parts.extend(ends(path).map(str::to_owned));
            parts.extend(path.match_indices('/').filter_map(|(at, _)| path.get(..at)).map(str::to_owned));
        }
        Self { whole, parts }
    }
}

/// A path in one case, without escapes, without what a URI can have after it, without blanks around it.
fn plain(path: &str) -> String {
    let path = path.split(['#', '?']).next().unwrap_or(path);
    percent_decode_str(path.trim()).decode_utf8_lossy().to_lowercase()
}

/// A path, and what follows each `/` of it.
fn ends(path: &str) -> impl Iterator<Item = &str> {
    let starts = std::iter::once(0).chain(path.match_indices('/').map(|(at, _)| at + 1));
    starts.filter_map(|start| path.get(start..))
}

/// The parts of a path in reverse, so that paths with the same end have the same start.
fn from_end(path: &str) -> String {
    path.rsplit('/').collect::<Vec<_>>().join("/")
}

fn only<'a>(mut candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let first = candidates.next()?;
    candidates.next().is_none().then_some(first)
}
