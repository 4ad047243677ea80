//! A change given as two directories. Symbolic links are entries and are never followed, `.git` is passed over, and
//! nothing is written.
//!
//! A directory holds no submodules: what lies in a checked-out one are files like any other.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::hash::Kind;

use super::snapshot::{Attributes, Contents, Entry, Pair, RawChange, Side, Snapshot, SnapshotError, compare};
use crate::evidence::{Change, FileMode, path_from_bytes, path_to_bytes};

/// How deep directories may lie in each other.
pub const MAX_DEPTH: usize = 256;

/// Compares two directories as git compares two commits.
///
/// # Errors
/// Where one of them is no directory, or something in it can't be read or is neither file, directory nor symbolic link.
pub fn read(before: &Path, after: &Path) -> Result<RawChange, SnapshotError> {
    let trees = Trees { before: Tree::list(before)?, after: Tree::list(after)? };
    let mut pairs = Vec::new();
    for (path, old) in &trees.before.entries {
        match trees.after.entries.get(path) {
            None => pairs.push(Pair { path: path.clone(), before: Some(trees.before.entry(path, old)?), after: None }),
            Some(new) if old == new && trees.same_content(path, old)? => {}
            Some(new) => {
                let (before, after) = (trees.before.entry(path, old)?, trees.after.entry(path, new)?);
                if before != after {
                    pairs.push(Pair { path: path.clone(), before: Some(before), after: Some(after) });
                }
            }
        }
    }
    for (path, new) in &trees.after.entries {
        if !trees.before.entries.contains_key(path) {
            pairs.push(Pair { path: path.clone(), before: None, after: Some(trees.after.entry(path, new)?) });
        }
    }
    let paths = pairs.iter().map(|pair| pair.path.as_slice());
    let attributes = Attributes::above(paths, |path| trees.before.regular_file(path))?;
    let files = compare(pairs, &trees, &attributes)?;
    Ok(RawChange { change: Change::default(), files, snapshot: Some(Box::new(trees)) })
}

struct Trees {
    before: Tree,
    after: Tree,
}

struct Tree {
    root: PathBuf,
    entries: BTreeMap<Vec<u8>, Found>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found {
    mode: FileMode,
    /// In bytes; of a symbolic link, of its target.
    size: u64,
}

impl Trees {
    fn of(&self, side: Side) -> &Tree {
        match side {
            Side::Before => &self.before,
            Side::After => &self.after,
        }
    }

    /// Only asked of entries of the same mode and size.
    fn same_content(&self, path: &[u8], found: &Found) -> Result<bool, SnapshotError> {
        if found.mode == FileMode::SYMLINK {
            return Ok(self.before.target(path)? == self.after.target(path)?);
        }
        let (mut old, mut new) = (self.before.open(path)?, self.after.open(path)?);
        let (mut a, mut b) = (Vec::with_capacity(STEP), Vec::with_capacity(STEP));
        loop {
            self.before.step(path, &mut old, &mut a)?;
            self.after.step(path, &mut new, &mut b)?;
            if a != b {
                return Ok(false);
            }
            if a.is_empty() {
                return Ok(true);
            }
        }
    }
}

impl Contents for Trees {
    fn size(&self, side: Side, path: &[u8], _: Entry) -> Result<u64, SnapshotError> {
        let tree = self.of(side);
        tree.entries.get(path).map(|found| found.size).ok_or_else(|| tree.changed(path))
    }

    fn load(&self, side: Side, path: &[u8], entry: Entry) -> Result<Vec<u8>, SnapshotError> {
        let tree = self.of(side);
        if entry.mode == FileMode::SYMLINK { tree.target(path) } else { tree.whole(path) }
    }
}

impl Snapshot for Trees {
    fn read(&self, side: Side, path: &str) -> Result<Option<Vec<u8>>, SnapshotError> {
        self.of(side).regular_file(&path_to_bytes(path))
    }

    fn paths(&self, side: Side) -> Result<Vec<String>, SnapshotError> {
        Ok(self.of(side).entries.keys().map(|path| path_from_bytes(path)).collect())
    }
}

const STEP: usize = 64 << 10;

impl Tree {
    fn list(root: &Path) -> Result<Self, SnapshotError> {
        let metadata = fs::metadata(root).map_err(|error| SnapshotError::Unusable {
            message: format!("the directory `{}` can't be read: {error}", root.display()),
            help: "name two directories: the tree before the change and the tree after it".to_owned(),
        })?;
        if !metadata.is_dir() {
            return Err(SnapshotError::Unusable {
                message: format!("`{}` is a file, expected a directory", root.display()),
                help: "name two directories: the tree before the change and the tree after it".to_owned(),
            });
        }
        let mut tree = Self { root: root.to_path_buf(), entries: BTreeMap::new() };
        let mut open = vec![(Vec::new(), 0)];
        while let Some((directory, depth)) = open.pop() {
            if depth > MAX_DEPTH {
                return Err(tree.unreadable(&directory, format!("lies deeper than {MAX_DEPTH} directories")));
            }
            tree.list_directory(&directory, depth, &mut open)?;
        }
        Ok(tree)
    }

    fn list_directory(
        &mut self,
        directory: &[u8],
        depth: usize,
        open: &mut Vec<(Vec<u8>, usize)>,
    ) -> Result<(), SnapshotError> {
        let listed = fs::read_dir(self.place(directory)?).map_err(|error| self.unreadable(directory, error))?;
        for child in listed {
            let child = child.map_err(|error| self.unreadable(directory, error))?;
            let name = name_bytes(&child.file_name());
            if name == b".git" {
                continue;
            }
            let path = if directory.is_empty() { name } else { [directory, b"/", &name].concat() };
            let metadata = child.metadata().map_err(|error| self.unreadable(&path, error))?;
            if metadata.is_dir() {
                open.push((path, depth + 1));
                continue;
            }
            let found = if metadata.is_symlink() {
                Found { mode: FileMode::SYMLINK, size: self.target(&path)?.len() as u64 }
            } else if metadata.is_file() {
                Found { mode: file_mode(&metadata), size: metadata.len() }
            } else {
                return Err(self.unreadable(&path, "is neither a file nor a directory nor a symbolic link"));
            };
            self.entries.insert(path, found);
        }
        Ok(())
    }

    fn entry(&self, path: &[u8], found: &Found) -> Result<Entry, SnapshotError> {
        let mut hasher = gix::hash::hasher(Kind::Sha1);
        hasher.update(format!("blob {}\0", found.size).as_bytes());
        if found.mode == FileMode::SYMLINK {
            hasher.update(&self.target(path)?);
        } else {
            let mut file = self.open(path)?;
            let mut bytes = Vec::with_capacity(STEP);
            let mut length = 0;
            loop {
                self.step(path, &mut file, &mut bytes)?;
                if bytes.is_empty() {
                    break;
                }
                length += bytes.len() as u64;
                hasher.update(&bytes);
            }
            if length != found.size {
                return Err(self.changed(path));
            }
        }
        let id: ObjectId = hasher.try_finalize().map_err(|error| self.unreadable(path, error))?;
        Ok(Entry { mode: found.mode, id })
    }

    /// Only files that were listed are read, so that no symbolic link on the way is followed.
    fn regular_file(&self, path: &[u8]) -> Result<Option<Vec<u8>>, SnapshotError> {
        match self.entries.get(path) {
            Some(found) if found.mode != FileMode::SYMLINK => self.whole(path).map(Some),
            _ => Ok(None),
        }
    }

    fn whole(&self, path: &[u8]) -> Result<Vec<u8>, SnapshotError> {
        let mut bytes = Vec::new();
        self.open(path)?.read_to_end(&mut bytes).map_err(|error| self.unreadable(path, error))?;
        Ok(bytes)
    }

    fn open(&self, path: &[u8]) -> Result<fs::File, SnapshotError> {
        fs::File::open(self.place(path)?).map_err(|error| self.unreadable(path, error))
    }

    fn step(&self, path: &[u8], file: &mut fs::File, bytes: &mut Vec<u8>) -> Result<(), SnapshotError> {
        bytes.clear();
        file.take(STEP as u64).read_to_end(bytes).map(drop).map_err(|error| self.unreadable(path, error))
    }

    fn target(&self, path: &[u8]) -> Result<Vec<u8>, SnapshotError> {
        let target = fs::read_link(self.place(path)?).map_err(|error| self.unreadable(path, error))?;
        Ok(name_bytes(target.as_os_str()))
    }

    fn place(&self, path: &[u8]) -> Result<PathBuf, SnapshotError> {
        if path.is_empty() {
            return Ok(self.root.clone());
        }
        native(path).map(|path| self.root.join(path)).ok_or_else(|| self.unreadable(path, "has no name here"))
    }

    fn changed(&self, path: &[u8]) -> SnapshotError {
        self.unreadable(path, "changed while it was read")
    }

    fn unreadable(&self, path: &[u8], message: impl ToString) -> SnapshotError {
        SnapshotError::Unreadable {
            path: path_from_bytes(path),
            message: format!("{} (in `{}`)", message.to_string(), self.root.display()),
            help: "both directories have to be readable, and unchanged while they are read".to_owned(),
        }
    }
}

#[cfg(unix)]
fn name_bytes(name: &std::ffi::OsStr) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(name).to_vec()
}

#[cfg(not(unix))]
fn name_bytes(name: &std::ffi::OsStr) -> Vec<u8> {
    name.to_string_lossy().replace('\\', "/").into_bytes()
}

#[cfg(unix)]
fn native(path: &[u8]) -> Option<PathBuf> {
    Some(PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(path)))
}

#[cfg(not(unix))]
fn native(path: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(path).ok().map(PathBuf::from)
}

#[cfg(unix)]
fn file_mode(metadata: &Metadata) -> FileMode {
    use std::os::unix::fs::PermissionsExt;
    if metadata.permissions().mode() & 0o100 == 0 { FileMode::REGULAR } else { FileMode::EXECUTABLE }
}

#[cfg(not(unix))]
fn file_mode(_: &Metadata) -> FileMode {
    FileMode::REGULAR
}
