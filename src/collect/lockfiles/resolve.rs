//! Which lockfiles decide over a changed manifest, and whether they hold what it asks for.

use std::collections::BTreeMap;

use super::manifests::{Manifest, Reach, manifest_of, manifests_of};
use super::pair::Reader;
use super::place::{beside, directory, file_name, within};
use super::sections::{Asked, Sections, sections};
use super::{LockedPackage, LockedSet, LockfileError, LockfilePair, format_of};
use crate::collect::snapshot::Side;
use crate::evidence::SourceKind;

impl Reader<'_> {
    /// Whether a deleted lockfile leaves behind no manifest that it locked, or one that another lockfile locks now.
    pub(super) fn still_locked(&self, path: &str) -> Result<(), String> {
        for name in manifests_of(path) {
            let manifest = beside(path, name);
            let (Some(kind), Ok(Some(bytes))) = (manifest_of(&manifest), self.snapshot.read(Side::After, &manifest))
            else {
                continue;
            };
            match sections(kind, &bytes) {
                Ok(sections) if sections.all.is_empty() => {}
                Ok(sections) => self
                    .locks(kind, &manifest, &sections)
                    .map(|_| ())
                    .map_err(|reason| format!("is gone while `{manifest}` stays: {reason}"))?,
                Err(error) => return Err(format!("is gone while `{manifest}` stays, which {}", error.message)),
            }
        }
        Ok(())
    }

    pub(super) fn manifest(&mut self, kind: Manifest, before: Option<&str>, after: Option<&str>) {
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

    /// The lockfiles that lock a manifest after the change: those beside it, else one above that knows it, else those below
    /// where it speaks for all of them.
    fn locks(&self, kind: Manifest, path: &str, sections: &Sections) -> Result<Vec<String>, String> {
        let (names, reach) = kind.locks(path);
        if names.is_empty() {
            return Err("no lockfile belongs to it".to_owned());
        }
        let mut from = directory(path);
        if reach == Reach::Below {
            return self.below(path, &names);
        }
        loop {
            let beside: Vec<String> =
                names.iter().map(|name| within(from, name)).filter(|lock| self.exists(lock)).collect();
            let (read, unread): (Vec<String>, Vec<String>) =
                beside.into_iter().partition(|lock| format_of(lock).is_some());
            // Beside a manifest lies its own lockfile, but for workspaces, whose lockfile names its members.
            let own = from == directory(path) && kind != Manifest::Cargo;
            let read: Vec<String> =
                read.into_iter().filter(|lock| own || self.knows(lock, kind, path, sections)).collect();
            if !read.is_empty() {
                return Ok(read);
            }
            if let Some(lock) = unread.first() {
                return Err(format!("no reader takes its lockfile `{lock}`"));
            }
            if from.is_empty() || reach != Reach::Above {
                return Err(format!("there is no {} for it", listed(&names)));
            }
            from = directory(from);
        }
    }

    /// Lockfiles of a directory and of all below.
    fn below(&self, manifest: &str, names: &[String]) -> Result<Vec<String>, String> {
        let mut root = directory(manifest);
        // A version catalog speaks for the build whose directory `gradle` it lies in.
        if file_name(manifest) == "libs.versions.toml" && file_name(root) == "gradle" {
            root = directory(root);
        }
        let paths = self.snapshot.paths(Side::After).map_err(|error| error.to_string())?;
        let inside = |path: &String| {
            let below = root.is_empty() || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
            below && names.iter().any(|name| name == file_name(path)) && format_of(path).is_some()
        };
        let found: Vec<String> = paths.into_iter().filter(inside).collect();
        if found.is_empty() { Err(format!("there is no {} for it", listed(names))) } else { Ok(found) }
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
            (Manifest::Npm, _) => set.members.contains(relative(manifest, lock)) || self.is_workspace(manifest, lock),
            (Manifest::Gemspec, _) => file_name(manifest)
                .strip_suffix(".gemspec")
                .is_some_and(|name| set.members.contains(name) || directory(manifest) == directory(lock)),
            (Manifest::Pyproject, Some(name)) => format.name() == "uv.lock" && set.members.contains(name),
            (Manifest::Cargo, Some(name)) => set.members.contains(name),
            // A workspace without a package of its own lies beside its lockfile.
            (Manifest::Cargo, None) => directory(lock) == directory(manifest),
            _ => false,
        }
    }

    /// Whether the `package.json` beside a lockfile takes a directory for one of its workspaces, for lockfiles that don't
    /// name them.
    fn is_workspace(&self, manifest: &str, lock: &str) -> bool {
        let root = beside(lock, "package.json");
        let Ok(Some(bytes)) = self.snapshot.read(Side::After, &root) else { return false };
        let Ok(json) = serde_json::from_slice::<serde_json::Value>(&bytes) else { return false };
        let workspaces = json.get("workspaces").map(|found| found.get("packages").unwrap_or(found));
        let globs =
            workspaces.and_then(|globs| globs.as_array()).into_iter().flatten().filter_map(|glob| glob.as_str());
        let directory = relative(manifest, lock);
        globs.map(|glob| glob.trim_start_matches("./").trim_end_matches('/')).any(|glob| {
            let glob = globset::GlobBuilder::new(glob).literal_separator(true).build();
            glob.is_ok_and(|glob| glob.compile_matcher().is_match(directory))
        })
    }
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
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
