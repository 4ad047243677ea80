//! Trees and contents of a repository. Nothing is written, and what is missing is an error, never an absent file.

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::diff::tree::recorder::Change as TreeChange;
use gix::objs::tree::{EntryKind, EntryMode};

use super::{GitRepository, about, broken};
use crate::collect::snapshot::{Contents, Entry, Pair, Side, Snapshot, SnapshotError};
use crate::evidence::{FileMode, path_from_bytes, path_to_bytes};

/// Contents by their ids.
pub(super) struct ObjectContents<'a> {
    pub(super) repo: &'a gix::Repository,
}

impl Contents for ObjectContents<'_> {
    fn size(&self, _: Side, path: &[u8], entry: Entry) -> Result<u64, SnapshotError> {
        match self.repo.try_find_header(entry.id) {
            Ok(Some(header)) if header.kind() == gix::objs::Kind::Blob => Ok(header.size()),
            Ok(Some(_)) => Err(not_a_file(path, entry.id)),
            Ok(None) => Err(missing_object(path, entry.id)),
            Err(error) => Err(broken(path, entry.id, &error)),
        }
    }

    fn load(&self, _: Side, path: &[u8], entry: Entry) -> Result<Vec<u8>, SnapshotError> {
        load(self.repo, entry.id, path)
    }
}

fn load(repo: &gix::Repository, id: ObjectId, path: &[u8]) -> Result<Vec<u8>, SnapshotError> {
    match repo.try_find_object(id) {
        Ok(Some(mut object)) if object.kind == gix::objs::Kind::Blob => Ok(std::mem::take(&mut object.data)),
        Ok(Some(_)) => Err(not_a_file(path, id)),
        Ok(None) => Err(missing_object(path, id)),
        Err(error) => Err(broken(path, id, &error)),
    }
}

/// Both sides of a change in a repository; a side without a tree is empty.
pub(super) struct GitSnapshot {
    pub(super) repository: GitRepository,
    pub(super) before: Option<ObjectId>,
    pub(super) after: ObjectId,
}

impl GitSnapshot {
    fn tree(&self, side: Side) -> Option<ObjectId> {
        match side {
            Side::Before => self.before,
            Side::After => Some(self.after),
        }
    }
}

impl Snapshot for GitSnapshot {
    fn read(&self, side: Side, path: &str) -> Result<Option<Vec<u8>>, SnapshotError> {
        match self.tree(side) {
            Some(tree) => self.repository.regular_file(tree, &path_to_bytes(path)),
            None => Ok(None),
        }
    }

    fn paths(&self, side: Side) -> Result<Vec<String>, SnapshotError> {
        let Some(tree) = self.tree(side) else {
            return Ok(Vec::new());
        };
        let mut paths: Vec<Vec<u8>> = self
            .repository
            .entries(tree)?
            .into_iter()
            .filter(|entry| entry.mode.is_blob_or_symlink())
            .map(|entry| entry.filepath.into())
            .collect();
        paths.sort();
        Ok(paths.iter().map(|path| path_from_bytes(path)).collect())
    }
}

impl GitRepository {
    /// What differs between two trees, entry by entry; directories are not entries.
    pub(super) fn changed_entries(
        &self,
        before: Option<ObjectId>,
        after: ObjectId,
    ) -> Result<Vec<Pair>, SnapshotError> {
        let before = before.map(|id| self.tree_bytes(id, b"")).transpose()?.unwrap_or_default();
        let after = self.tree_bytes(after, b"")?;
        let mut recorder = gix::diff::tree::Recorder::default();
        let hash = self.repo.object_hash();
        gix::diff::tree(
            gix::objs::TreeRefIter::from_bytes(&before, hash),
            gix::objs::TreeRefIter::from_bytes(&after, hash),
            gix::diff::tree::State::default(),
            &self.repo.objects,
            &mut recorder,
        )
        .map_err(|error| about(b"", format!("the trees of the change can't be compared: {error}"), INCOMPLETE))?;
        Ok(recorder.records.into_iter().filter_map(pair).collect())
    }

    /// The regular file at a path of a tree.
    pub(super) fn regular_file(&self, tree: ObjectId, path: &[u8]) -> Result<Option<Vec<u8>>, SnapshotError> {
        match self.entry(tree, path)? {
            Some((mode, id)) if mode.is_blob() => self.blob(id, path).map(Some),
            _ => Ok(None),
        }
    }

    /// The tree at a path of a tree.
    pub(super) fn directory(&self, tree: ObjectId, path: &[u8]) -> Result<Option<ObjectId>, SnapshotError> {
        if path.is_empty() {
            return Ok(Some(tree));
        }
        Ok(self.entry(tree, path)?.filter(|(mode, _)| mode.is_tree()).map(|(_, id)| id))
    }

    fn entry(&self, tree: ObjectId, path: &[u8]) -> Result<Option<(EntryMode, ObjectId)>, SnapshotError> {
        let mut components = path.split(|byte| *byte == b'/').peekable();
        let mut tree = tree;
        while let Some(component) = components.next() {
            let bytes = self.tree_bytes(tree, path)?;
            let mut found = None;
            for entry in gix::objs::TreeRefIter::from_bytes(&bytes, self.repo.object_hash()) {
                let entry = entry.map_err(|error| broken(path, tree, &error))?;
                if entry.filename.as_bytes() == component {
                    found = Some((entry.mode, entry.oid.to_owned()));
                    break;
                }
            }
            match found {
                Some((mode, id)) if components.peek().is_some() && mode.is_tree() => tree = id,
                found if components.peek().is_none() => return Ok(found),
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Everything under a tree but directories.
    pub(super) fn entries(&self, tree: ObjectId) -> Result<Vec<gix::traverse::tree::recorder::Entry>, SnapshotError> {
        let files = self.repo.find_tree(tree).and_then(|tree| tree.traverse().breadthfirst.files());
        let files = files.map_err(|error| broken(b"", tree, &error))?;
        Ok(files.into_iter().filter(|entry| !entry.mode.is_tree()).collect())
    }

    pub(super) fn blob(&self, id: ObjectId, path: &[u8]) -> Result<Vec<u8>, SnapshotError> {
        load(&self.repo, id, path)
    }

    pub(super) fn tree_of(&self, commit: ObjectId) -> Result<ObjectId, SnapshotError> {
        self.repo
            .find_commit(commit)
            .and_then(|commit| commit.tree_id().map(gix::Id::detach))
            .map_err(|error| broken(b"", commit, &error))
    }

    fn tree_bytes(&self, id: ObjectId, path: &[u8]) -> Result<Vec<u8>, SnapshotError> {
        match self.repo.try_find_object(id) {
            Ok(Some(mut object)) if object.kind == gix::objs::Kind::Tree => Ok(std::mem::take(&mut object.data)),
            Ok(Some(_)) => Err(not_a_file(path, id)),
            Ok(None) => Err(missing_object(path, id)),
            Err(error) => Err(broken(path, id, &error)),
        }
    }
}

fn pair(change: TreeChange) -> Option<Pair> {
    let (path, before, after) = match change {
        TreeChange::Addition { entry_mode, oid, path, .. } => (path, None, entry(entry_mode, oid)),
        TreeChange::Deletion { entry_mode, oid, path, .. } => (path, entry(entry_mode, oid), None),
        TreeChange::Modification { previous_entry_mode, previous_oid, entry_mode, oid, path } => {
            (path, entry(previous_entry_mode, previous_oid), entry(entry_mode, oid))
        }
    };
    // Old repositories hold modes that differ in bits git no longer tells apart.
    (before != after).then(|| Pair { path: path.into(), before, after })
}

/// `None` of a directory.
fn entry(mode: EntryMode, id: ObjectId) -> Option<Entry> {
    let mode = match mode.kind() {
        EntryKind::Tree => return None,
        EntryKind::Blob => FileMode::REGULAR,
        EntryKind::BlobExecutable => FileMode::EXECUTABLE,
        EntryKind::Link => FileMode::SYMLINK,
        EntryKind::Commit => FileMode::SUBMODULE,
    };
    Some(Entry { mode, id })
}

const INCOMPLETE: &str = "the clone is not complete: clone without `--filter`, or run `git fetch --refetch --no-filter`; `git fsck` tells of damage";

pub(super) fn missing_object(path: &[u8], id: ObjectId) -> SnapshotError {
    about(path, format!("object {id} is not in the repository"), INCOMPLETE)
}

fn not_a_file(path: &[u8], id: ObjectId) -> SnapshotError {
    about(
        path,
        format!("object {id} is not of the kind that its entry says"),
        "the repository is damaged; `git fsck` tells more",
    )
}
