//! Which lockfiles a change concerns, and both sides of each. Where nothing can be told, that is said, never left out.

use std::collections::{BTreeMap, BTreeSet};

use super::elsewhere::elsewhere;
use super::manifests::manifest_of;
use super::place::{bounded, directory, file_name};
use super::{
    Context, LockedSet, LockfileError, LockfileFormat, LockfileInputs, LockfilePair, MAX_INCLUDES, Unresolved,
    format_of, parse, requirements,
};
use crate::collect::input::sha256_hex;
use crate::collect::snapshot::{Side, Snapshot};
use crate::evidence::{Ecosystem, FileChange, FileKind, FileStatus};

/// Reads both sides of every lockfile that the change concerns, and says which changed manifests nothing resolves.
///
/// A lockfile is concerned where it changed, where the files that it includes did, and where a manifest changed whose
/// dependencies it locks. Without a snapshot nothing is read: a diff does not hold whole files.
#[must_use]
pub fn read(files: &[FileChange], snapshot: Option<&dyn Snapshot>) -> LockfileInputs {
    let Some(snapshot) = snapshot else {
        return LockfileInputs { unresolved: unreadable(files), ..LockfileInputs::default() };
    };
    let mut reader = Reader { snapshot, pairs: BTreeMap::new(), unresolved: BTreeSet::new(), before: BTreeSet::new() };
    let mut lockfiles: Vec<Lockfile<'_>> = files.iter().flat_map(Lockfile::of).collect();
    for switch in switches(&mut lockfiles) {
        reader.switched(&switch);
    }
    for lockfile in lockfiles {
        reader.lockfile(lockfile);
    }
    reader.including(files);
    for file in files {
        for (path, before, after) in sides(file) {
            if let Some(kind) = manifest_of(path) {
                reader.manifest(kind, before, after);
            }
        }
    }
    reader.finish()
}

/// Every changed manifest and lockfile, where only a diff was given.
fn unreadable(files: &[FileChange]) -> Vec<Unresolved> {
    let paths = files.iter().flat_map(|file| std::iter::once(&file.path).chain(&file.previous_path));
    let known: BTreeSet<&String> =
        paths.filter(|path| format_of(path).is_some() || manifest_of(path).is_some()).collect();
    let reason = "a diff does not hold whole lockfiles; use --repo or --trees";
    known.into_iter().map(|path| Unresolved { path: path.clone(), reason: reason.to_owned() }).collect()
}

/// A changed file as (path to report, path before, path after): two of them where it moved and is no longer what it was.
fn sides(file: &FileChange) -> Vec<(&str, Option<&str>, Option<&str>)> {
    let path = file.path.as_str();
    match (file.status, &file.previous_path) {
        (FileStatus::Added, _) => vec![(path, None, Some(path))],
        (FileStatus::Deleted, _) => vec![(path, Some(path), None)],
        (_, None) => vec![(path, Some(path), Some(path))],
        (_, Some(previous)) if same_kind(previous, path) => vec![(path, Some(previous), Some(path))],
        (_, Some(previous)) => vec![(previous, Some(previous), None), (path, None, Some(path))],
    }
}

fn same_kind(left: &str, right: &str) -> bool {
    format_of(left).map(LockfileFormat::name) == format_of(right).map(LockfileFormat::name)
        && manifest_of(left) == manifest_of(right)
}

/// A lockfile that changed.
#[derive(Clone, Copy)]
struct Lockfile<'a> {
    path: &'a str,
    format: &'static dyn LockfileFormat,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

impl<'a> Lockfile<'a> {
    fn of(file: &'a FileChange) -> impl Iterator<Item = Self> {
        let read = |(path, before, after)| Some(Self { path, format: format_of(path)?, before, after });
        sides(file).into_iter().filter_map(read)
    }

    /// Whether one stands in the place of another that is gone: of the same packages, in the same directory, by another
    /// manager. Files of which a directory has many say nothing of each other.
    fn replaces(&self, gone: &Self) -> bool {
        let alone = !matches!(self.format.ecosystem(), Ecosystem::Github | Ecosystem::Docker);
        let other = self.format.name() != gone.format.name()
            || (file_name(self.path) != file_name(gone.path) && self.format.name() != requirements::NAME);
        alone
            && other
            && self.format.ecosystem() == gone.format.ecosystem()
            && directory(self.path) == directory(gone.path)
    }
}

/// A lockfile and those that it takes the place of.
struct Switch<'a> {
    to: Lockfile<'a>,
    from: Vec<Lockfile<'a>>,
}

/// Takes out of the lockfiles of a change those of a manager that was switched.
fn switches<'a>(lockfiles: &mut Vec<Lockfile<'a>>) -> Vec<Switch<'a>> {
    let mut switches = Vec::new();
    while let Some(at) = lockfiles
        .iter()
        .position(|new| new.before.is_none() && lockfiles.iter().any(|gone| gone.after.is_none() && new.replaces(gone)))
    {
        let to = lockfiles.remove(at);
        let from = lockfiles.extract_if(.., |gone| gone.after.is_none() && to.replaces(gone)).collect();
        switches.push(Switch { to, from });
    }
    switches
}

pub(super) struct Reader<'a> {
    pub(super) snapshot: &'a dyn Snapshot,
    pub(super) pairs: BTreeMap<String, LockfilePair>,
    pub(super) unresolved: BTreeSet<Unresolved>,
    /// Lockfiles of the side before that were read.
    before: BTreeSet<String>,
}

impl Reader<'_> {
    pub(super) fn unresolved(&mut self, path: &str, reason: impl Into<String>) {
        self.unresolved.insert(Unresolved { path: path.to_owned(), reason: bounded(reason.into()) });
    }

    fn lockfile(&mut self, Lockfile { path, format, before, after }: Lockfile<'_>) {
        // A lockfile that moved to another directory is gone from where it was.
        let left = match (before, after) {
            (Some(before), None) => Some(before),
            (Some(before), Some(after)) if directory(before) != directory(after) => Some(before),
            _ => None,
        };
        if let Some(left) = left
            && let Err(reason) = self.still_locked(left)
        {
            self.unresolved(left, reason);
            if after.is_none() {
                return;
            }
        }
        self.pair(path, format, before, after);
    }

    /// Compares a lockfile with those of the manager before.
    fn switched(&mut self, switch: &Switch<'_>) {
        let (path, format) = (switch.to.path, switch.to.format);
        let mut before = Ok(LockedSet::default());
        for gone in &switch.from {
            let old = gone.before.unwrap_or(gone.path);
            self.before.insert(old.to_owned());
            let (read, _) = self.side(gone.format, Side::Before, Some(old));
            let read = read.map_err(|error| LockfileError { path: error.path.or(Some(old.to_owned())), ..error });
            before = match (before, read) {
                (Ok(mut all), Ok(set)) => {
                    all.packages.extend(set.packages);
                    all.members.extend(set.members);
                    all.partial = all.partial.or(set.partial);
                    Ok(all)
                }
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
        }
        let (after, sha256) = self.side(format, Side::After, Some(path));
        let (ecosystem, name) = (format.ecosystem(), format.name());
        let pair =
            LockfilePair { path: path.to_owned(), format: name, ecosystem, sha256, before, after, switched: true };
        self.pairs.insert(path.to_owned(), pair);
    }

    pub(super) fn pair(
        &mut self,
        path: &str,
        format: &'static dyn LockfileFormat,
        before: Option<&str>,
        after: Option<&str>,
    ) {
        self.before.extend(before.map(str::to_owned));
        let (before, _) = self.side(format, Side::Before, before);
        let (after, sha256) = self.side(format, Side::After, after);
        let (ecosystem, name) = (format.ecosystem(), format.name());
        let pair =
            LockfilePair { path: path.to_owned(), format: name, ecosystem, sha256, before, after, switched: false };
        self.pairs.insert(path.to_owned(), pair);
    }

    /// One side of a lockfile, and its digest. What the change says is there has to be there, as a regular file.
    pub(super) fn side(
        &self,
        format: &dyn LockfileFormat,
        side: Side,
        path: Option<&str>,
    ) -> (Result<LockedSet, LockfileError>, Option<String>) {
        let Some(path) = path else {
            return (Ok(LockedSet::default()), None);
        };
        let context = Context { path, side, snapshot: self.snapshot };
        match context.read(path) {
            Ok(Some(bytes)) => (parse(format, &bytes, &context), Some(sha256_hex(&bytes))),
            Ok(None) => (Err(LockfileError::new(None, "is not a regular file")), None),
            Err(error) => (Err(error), None),
        }
    }

    /// Requirement files that did not change and include one that did, whatever that is called.
    fn including(&mut self, files: &[FileChange]) {
        let by_end = |path: &str| [".txt", ".in", ".pip", ".req"].iter().any(|end| path.ends_with(end));
        // An included file may have any name; code is none, and most of what changes.
        let code = |file: &FileChange| matches!(file.kind, FileKind::Source | FileKind::Test | FileKind::Docs);
        let paths = files.iter().flat_map(|file| {
            let both = std::iter::once(&file.path).chain(&file.previous_path);
            both.map(String::as_str).filter(move |path| by_end(path) || !code(file))
        });
        let changed: BTreeSet<&str> = paths.filter(|path| format_of(path).is_none()).collect();
        if changed.is_empty() {
            return;
        }
        let Ok(all) = self.snapshot.paths(Side::After) else {
            return self
                .unresolved("", "the files of the repository can't be listed, so that includes can't be followed");
        };
        for path in all.iter().filter(|path| format_of(path).is_some_and(|it| it.name() == requirements::NAME)) {
            if self.pairs.contains_key(path) || !self.includes_any(path, &changed) {
                continue;
            }
            if let Some(format) = format_of(path) {
                self.pair(path, format, Some(path), Some(path));
            }
        }
    }

    fn includes_any(&self, path: &str, changed: &BTreeSet<&str>) -> bool {
        let mut seen = BTreeSet::from([path.to_owned()]);
        let mut queue = vec![path.to_owned()];
        while let Some(path) = queue.pop() {
            let Ok(Some(bytes)) = self.snapshot.read(Side::After, &path) else { continue };
            for included in requirements::includes(&bytes, &path) {
                if changed.contains(included.as_str()) {
                    return true;
                }
                if seen.len() < MAX_INCLUDES && seen.insert(included.clone()) {
                    queue.push(included);
                }
            }
        }
        false
    }

    fn finish(self) -> LockfileInputs {
        let pairs: Vec<LockfilePair> = self.pairs.into_values().collect();
        LockfileInputs {
            elsewhere: elsewhere(&pairs, &self.before, self.snapshot),
            pairs,
            unresolved: self.unresolved.into_iter().collect(),
        }
    }
}
