//! Which lockfiles a change concerns, and both sides of each. Where nothing can be told, that is said, never left out.

use std::collections::{BTreeMap, BTreeSet};

use super::manifests::{Manifest, UNREAD_LOCKS, manifest_of};
use super::place::{beside, bounded, directory, file_name, within};
use super::sections::{Asked, Sections, sections};
use super::{
    Context, LockedPackage, LockedSet, LockfileError, LockfileFormat, LockfileInputs, LockfilePair, MAX_INCLUDES,
    Unresolved, format_of, parse, requirements,
};
use crate::collect::input::sha256_hex;
use crate::collect::snapshot::{Side, Snapshot};
use crate::evidence::{Ecosystem, FileChange, FileKind, FileStatus, SourceKind};

/// Reads both sides of every lockfile that the change concerns, and says which changed manifests nothing resolves.
///
/// A lockfile is concerned where it changed, where the files that it includes did, and where a manifest changed whose
/// dependencies it locks. Without a snapshot nothing is read: a diff does not hold whole files.
#[must_use]
pub fn read(files: &[FileChange], snapshot: Option<&dyn Snapshot>) -> LockfileInputs {
    let Some(snapshot) = snapshot else {
        return LockfileInputs { unresolved: unreadable(files), ..LockfileInputs::default() };
    };
    let mut reader = Reader { snapshot, pairs: BTreeMap::new(), unresolved: BTreeSet::new() };
    for file in files {
        reader.lockfile(file);
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

struct Reader<'a> {
    snapshot: &'a dyn Snapshot,
    pairs: BTreeMap<String, LockfilePair>,
    unresolved: BTreeSet<Unresolved>,
}

impl Reader<'_> {
    fn unresolved(&mut self, path: &str, reason: impl Into<String>) {
        self.unresolved.insert(Unresolved { path: path.to_owned(), reason: bounded(reason.into()) });
    }

    fn lockfile(&mut self, file: &FileChange) {
        for (path, before, after) in sides(file) {
            let Some(format) = format_of(path) else { continue };
            // A lockfile that moved to another directory is gone from where it was.
            let left = match (before, after) {
                (Some(before), None) => Some(before),
                (Some(before), Some(after)) if directory(before) != directory(after) => Some(before),
                _ => None,
            };
            if let Some(left) = left
                && let Err(reason) = self.still_locked(left, format)
            {
                self.unresolved(left, reason);
                if after.is_none() {
                    continue;
                }
            }
            self.pair(path, format, before, after);
        }
    }

    fn pair(&mut self, path: &str, format: &'static dyn LockfileFormat, before: Option<&str>, after: Option<&str>) {
        let (before, _) = self.side(format, Side::Before, before);
        let (after, sha256) = self.side(format, Side::After, after);
        let (ecosystem, name) = (format.ecosystem(), format.name());
        let pair = LockfilePair { path: path.to_owned(), format: name, ecosystem, sha256, before, after };
        self.pairs.insert(path.to_owned(), pair);
    }

    /// One side of a lockfile, and its digest. What the change says is there has to be there, as a regular file.
    fn side(
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

    /// Whether a deleted lockfile leaves behind no manifest that it locked, or one that another lockfile locks now.
    fn still_locked(&self, path: &str, format: &dyn LockfileFormat) -> Result<(), String> {
        let manifest = match format.name() {
            "Cargo.lock" => "Cargo.toml",
            "package-lock.json" => "package.json",
            "poetry.lock" | "uv.lock" => "pyproject.toml",
            _ => return Ok(()),
        };
        let manifest = beside(path, manifest);
        let (Some(kind), Ok(Some(bytes))) = (manifest_of(&manifest), self.snapshot.read(Side::After, &manifest)) else {
            return Ok(());
        };
        match sections(kind, &bytes) {
            Ok(sections) if sections.all.is_empty() => Ok(()),
            Ok(sections) => match self.locks(kind, &manifest, &sections) {
                Ok(_) => Ok(()),
                Err(reason) => Err(format!("is gone while `{manifest}` stays: {reason}")),
            },
            Err(error) => Err(format!("is gone while `{manifest}` stays, which {}", error.message)),
        }
    }

    fn manifest(&mut self, kind: Manifest, before: Option<&str>, after: Option<&str>) {
        let Some(path) = after else {
            if let (Manifest::Unread, Some(path)) = (kind, before) {
                self.unresolved(path, "is deleted, and no reader tells what it named");
            }
            return;
        };
        if kind == Manifest::Unread {
            let name = file_name(path);
            return self.unresolved(path, format!("names or locks dependencies, and no reader takes `{name}` files"));
        }
        let now = match self.snapshot.read(Side::After, path) {
            Ok(Some(bytes)) => sections(kind, &bytes),
            Ok(None) => Err(LockfileError::new(None, "is not a regular file")),
            Err(error) => Err(LockfileError::new(None, error.to_string())),
        };
        let now = match now {
            Ok(now) => now,
            Err(error) => {
                let line = error.line.map_or(String::new(), |line| format!("{path}:{line}: "));
                return self.unresolved(path, format!("{line}{}", error.message));
            }
        };
        // A side before that can't be read is as good as another.
        let was = before.and_then(|path| self.snapshot.read(Side::Before, path).ok().flatten());
        let was = was.and_then(|bytes| sections(kind, &bytes).ok()).unwrap_or_default();
        if was.build != now.build {
            self.unresolved(path, "what builds the project (`build-system`) changed, and no lockfile holds that");
        }
        if was.all == now.all {
            return;
        }
        match self.locks(kind, path, &now) {
            Ok(locks) => self.decided_by(path, &locks, now.asked.difference(&was.asked)),
            Err(reason) => self.unresolved(path, format!("dependencies changed and nothing locks them: {reason}")),
        }
    }

    /// Lets lockfiles decide over a manifest; what it asks for now and did not before has to be in one of them.
    fn decided_by<'n>(&mut self, path: &str, locks: &[String], new: impl Iterator<Item = &'n Asked>) {
        for lock in locks.iter().filter(|lock| !self.pairs.contains_key(*lock)).cloned().collect::<Vec<_>>() {
            if let Some(format) = format_of(&lock) {
                let absent = matches!(self.snapshot.read(Side::Before, &lock), Ok(None));
                self.pair(&lock, format, (!absent).then_some(lock.as_str()), Some(&lock));
            }
        }
        let pairs: Vec<&LockfilePair> = locks.iter().filter_map(|lock| self.pairs.get(lock)).collect();
        let sets: Vec<Held<'_>> = pairs.into_iter().filter_map(Held::new).collect();
        if sets.is_empty() {
            return;
        }
        let stale = new.filter(|asked| !sets.iter().any(|held| held.holds(path, asked))).min();
        if let Some(asked) = stale.cloned() {
            let locks = locks.iter().map(|lock| format!("`{lock}`")).collect::<Vec<_>>().join(", ");
            let wanted = format!("{} {}", asked.key, asked.range);
            self.unresolved(
                path,
                format!("asks for `{}`, which {locks} does not hold: it is out of date", wanted.trim()),
            );
        }
    }

    /// The lockfiles that lock a manifest after the change: those beside it, else one above that knows it.
    fn locks(&self, kind: Manifest, path: &str, sections: &Sections) -> Result<Vec<String>, String> {
        let here = directory(path);
        let (names, above): (&[&str], bool) = match kind {
            Manifest::Cargo => (&["Cargo.lock"], true),
            Manifest::Npm => (&["npm-shrinkwrap.json", "package-lock.json"], true),
            Manifest::Pyproject => (&["uv.lock", "poetry.lock"], true),
            Manifest::GoSum => (&["go.mod"], false),
            Manifest::RequirementsIn => {
                let text = path.strip_suffix(".in").map(|stem| format!("{stem}.txt")).unwrap_or_default();
                let found = self.exists(&text).then(|| vec![text.clone()]);
                return found.ok_or_else(|| format!("there is no `{text}`"));
            }
            Manifest::SetupCfg | Manifest::Unread => return Err("no lockfile belongs to it".to_owned()),
        };
        let mut from = here;
        loop {
            let found: Vec<String> =
                names.iter().map(|name| within(from, name)).filter(|lock| self.exists(lock)).collect();
            let known =
                |lock: &String| from == here && kind != Manifest::Cargo || self.knows(lock, kind, path, sections);
            let found: Vec<String> = found.into_iter().filter(known).collect();
            if !found.is_empty() {
                return Ok(found);
            }
            let unread = UNREAD_LOCKS.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, names)| names);
            if let Some(lock) = unread.iter().map(|name| within(from, name)).find(|lock| self.exists(lock)) {
                return Err(format!("no reader takes its lockfile `{lock}`"));
            }
            if from.is_empty() || !above {
                let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ");
                return Err(format!("there is no {names} for it"));
            }
            from = directory(from);
        }
    }

    fn exists(&self, path: &str) -> bool {
        !matches!(self.snapshot.read(Side::After, path), Ok(None))
    }

    /// Whether a lockfile locks this manifest's package. One that can't be read is taken to, and fails then.
    fn knows(&self, lock: &str, kind: Manifest, manifest: &str, sections: &Sections) -> bool {
        let Some(format) = format_of(lock) else { return false };
        let read = match self.pairs.get(lock) {
            Some(pair) => pair.after.clone(),
            None => self.side(format, Side::After, Some(lock)).0,
        };
        let Ok(set) = read else { return true };
        match (kind, &sections.project) {
            (Manifest::Npm, _) => set.members.contains(relative(manifest, lock)),
            (Manifest::Pyproject, Some(name)) => format.name() == "uv.lock" && set.members.contains(name),
            (Manifest::Cargo, Some(name)) => set.members.contains(name),
            // A workspace without a package of its own lies beside its lockfile.
            (Manifest::Cargo, None) => directory(lock) == directory(manifest),
            _ => false,
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
        let known_hosts = self.known_hosts();
        LockfileInputs {
            pairs: self.pairs.into_values().collect(),
            unresolved: self.unresolved.into_iter().collect(),
            known_hosts,
        }
    }

    /// Hosts in all lockfiles before the change, of the ecosystems in which a lockfile has a host that it did not have.
    fn known_hosts(&self) -> BTreeMap<Ecosystem, BTreeSet<String>> {
        let mut known = BTreeMap::new();
        for pair in self.pairs.values() {
            if let (Ok(before), Ok(after)) = (&pair.before, &pair.after)
                && !hosts(after).is_subset(&hosts(before))
            {
                known.entry(pair.ecosystem).or_insert_with(BTreeSet::new);
            }
        }
        if known.is_empty() {
            return known;
        }
        // Where they can't be listed every host of the change is new, which is the safe side.
        for path in self.snapshot.paths(Side::Before).unwrap_or_default() {
            let Some(format) = format_of(&path) else { continue };
            if let Some(seen) = known.get_mut(&format.ecosystem())
                && let Ok(set) = self.side(format, Side::Before, Some(&path)).0
            {
                seen.extend(hosts(&set));
            }
        }
        known
    }
}

/// What a lockfile holds after the change, by name.
struct Held<'a> {
    pair: &'a LockfilePair,
    set: &'a LockedSet,
    packages: BTreeMap<&'a str, Vec<&'a LockedPackage>>,
}

impl<'a> Held<'a> {
    fn new(pair: &'a LockfilePair) -> Option<Self> {
        let set = pair.after.as_ref().ok()?;
        let mut packages: BTreeMap<&str, Vec<&LockedPackage>> = BTreeMap::new();
        for package in &set.packages {
            packages.entry(&package.name).or_default().push(package);
        }
        Some(Self { pair, set, packages })
    }

    /// Whether it holds what a manifest asks for.
    fn holds(&self, manifest: &str, asked: &Asked) -> bool {
        if let Some(repeated) = self.set.asked.get(relative(manifest, &self.pair.path)) {
            return repeated.get(&asked.key) == Some(&asked.range);
        }
        let Some(packages) = self.packages.get(asked.name.as_str()) else {
            return !asked.required || self.set.members.contains(&asked.name);
        };
        // An address stands for its version.
        packages.iter().any(|package| {
            let registry = package.sources.iter().all(|source| source.kind == SourceKind::Registry);
            !registry || asked.takes(self.pair.ecosystem, &package.version)
        })
    }
}

/// The directory of a manifest, seen from that of its lockfile.
fn relative<'a>(manifest: &'a str, lock: &str) -> &'a str {
    let folder = directory(manifest);
    folder.strip_prefix(directory(lock)).unwrap_or(folder).trim_start_matches('/')
}

fn hosts(set: &LockedSet) -> BTreeSet<String> {
    set.packages.iter().flat_map(|package| &package.sources).filter_map(|source| source.host.clone()).collect()
}
