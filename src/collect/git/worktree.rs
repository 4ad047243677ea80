//! What of a checkout is not committed: never part of a change, and worth a word to whoever thinks that it is. Only files that
//! git tracks are looked at, by what git's index keeps of them; contents are read where that does not tell.

use std::collections::BTreeSet;
use std::path::Path;

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::stat::Options;
use gix::index::entry::{Flags, Mode, Stat};
use gix::index::extension::Tree;
use gix::index::fs::Metadata;
use gix::index::{Entry, State};

use super::{GitRepository, broken, said, unusable};
use crate::collect::snapshot::SnapshotError;
use crate::evidence::path_from_bytes;

/// How many tracked files are looked at, each of which costs a few microseconds; of a larger checkout nothing is told.
const MAX_FILES: usize = 50_000;
/// How many bytes of files are read in all: in a checkout that was copied the index knows of no file that it is unchanged.
/// What is beyond that is taken for unchanged.
const MAX_READ_BYTES: u64 = 64 << 20;

impl GitRepository {
    /// Tracked files that are another in the index or on the disk than in a commit, by path; none where it is not the one that
    /// is checked out, or the checkout is too large.
    ///
    /// # Errors
    /// Where the index or a tree can't be read.
    pub fn uncommitted(&self, commit: &str) -> Result<Vec<String>, SnapshotError> {
        self.uncommitted_within(commit, MAX_FILES, MAX_READ_BYTES)
    }

    fn uncommitted_within(&self, commit: &str, files: usize, bytes: u64) -> Result<Vec<String>, SnapshotError> {
        let Some(root) = self.repo.workdir() else { return Ok(Vec::new()) };
        let commit = self.commit(commit)?;
        if self.repo.head_id().map(gix::Id::detach).ok() != Some(commit) {
            return Ok(Vec::new());
        }
        let index = self.repo.open_index().map_err(|error| {
            unusable(format!("the index can't be read: {}", said(&error)), "`git status` tells more")
        })?;
        if index.is_sparse() || index.entries().len() > files {
            return Ok(Vec::new());
        }
        let mut found = BTreeSet::new();
        self.staged(self.tree_of(commit)?, index.tree(), BStr::new(""), &index, &mut found)?;
        let mut checkout = Checkout { repo: &self.repo, root, index: &index, bytes };
        found.extend(
            index.entries().iter().filter(|entry| checkout.differs(entry)).map(|entry| entry.path(&index).to_owned()),
        );
        Ok(found.iter().map(|path| path_from_bytes(path)).collect())
    }

    /// What the index has under a directory that its tree has not, or otherwise, or no more. The index keeps which trees it is
    /// equal to; these are not gone through.
    fn staged(
        &self,
        tree: ObjectId,
        kept: Option<&Tree>,
        prefix: &BStr,
        index: &State,
        found: &mut BTreeSet<BString>,
    ) -> Result<(), SnapshotError> {
        if kept.is_some_and(|kept| kept.num_entries.is_some() && kept.id == tree) {
            return Ok(());
        }
        let tree = self.repo.find_tree(tree).map_err(|error| broken(prefix, tree, &error))?;
        let mut names = BTreeSet::new();
        for entry in tree.iter() {
            let entry = entry.map_err(|error| broken(prefix, tree.id, &error))?;
            let (name, mode) = (entry.filename(), entry.mode());
            let path: BString = [prefix.as_bytes(), name.as_bytes()].concat().into();
            names.insert((name.to_owned(), mode.is_tree()));
            if mode.is_tree() {
                let inner: BString = [path.as_bytes(), b"/"].concat().into();
                let kept =
                    kept.and_then(|kept| kept.children.iter().find(|child| child.name.as_slice() == name.as_bytes()));
                self.staged(entry.object_id(), kept, inner.as_ref(), index, found)?;
                continue;
            }
            let same = |of: &Entry| {
                of.id == entry.oid() && of.mode.to_tree_entry_mode().is_some_and(|of| of.kind() == mode.kind())
            };
            if !index.entry_by_path(path.as_ref()).is_some_and(same) {
                found.insert(path);
            }
        }
        let below = if prefix.is_empty() { Some(index.entries()) } else { index.prefixed_entries(prefix) };
        for entry in below.unwrap_or_default() {
            let path = entry.path(index);
            let rest = path.get(prefix.len()..).unwrap_or_default();
            let (name, is_below) = rest.split_once_str("/").map_or((rest, false), |(name, _)| (name, true));
            if !names.contains(&(BString::from(name), is_below)) {
                found.insert(path.to_owned());
            }
        }
        Ok(())
    }
}

/// The files of a checkout beside what the index keeps of them.
struct Checkout<'a> {
    repo: &'a gix::Repository,
    root: &'a Path,
    index: &'a gix::index::File,
    /// How many bytes may still be read.
    bytes: u64,
}

impl Checkout<'_> {
    /// Whether a file is another than the index has it, as far as that can be told.
    fn differs(&mut self, entry: &Entry) -> bool {
        let unlooked = entry.mode == Mode::COMMIT || entry.flags.intersects(Flags::SKIP_WORKTREE | Flags::ASSUME_VALID);
        if unlooked {
            return false;
        }
        if entry.stage_raw() != 0 {
            return true;
        }
        // A path that the system has no name for is no file there.
        let Ok(path) = gix::path::from_bstr(entry.path(self.index)) else { return false };
        let path = self.root.join(path);
        let found = match Metadata::from_path_no_follow(&path) {
            Ok(found) => found,
            Err(error) => {
                return matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory);
            }
        };
        let is_link = entry.mode == Mode::SYMLINK;
        if found.is_symlink() != is_link || found.is_file() == is_link {
            // Where the system has no links, they are files.
            return !(cfg!(windows) && found.is_file());
        }
        let Ok(stat) = Stat::from_fs(&found) else { return false };
        let racy = Options { trust_ctime: false, check_stat: true, use_nsec: true, use_stdev: false };
        let is_kept = stat.size == entry.stat.size && stat.mtime == entry.stat.mtime;
        if is_kept && !entry.stat.is_racy(self.index.timestamp(), racy) {
            return false;
        }
        let Ok(Some(committed)) = self.repo.try_find_header(entry.id) else { return false };
        let size = found.len();
        if size != committed.size() {
            // What a filter checks out is of another size than what is committed; then the index tells, and nothing else.
            return stat.size != entry.stat.size || size == 0;
        }
        self.has_other_content(&path, is_link, size, entry.id)
    }

    fn has_other_content(&mut self, path: &Path, is_link: bool, size: u64, id: ObjectId) -> bool {
        let Some(left) = self.bytes.checked_sub(size) else { return false };
        self.bytes = left;
        let content: Option<Vec<u8>> = if is_link {
            let target = std::fs::read_link(path).ok();
            target.and_then(|target| Some(gix::path::into_bstr(target).ok()?.into_owned().into()))
        } else {
            std::fs::read(path).ok()
        };
        let hash = |content: Vec<u8>| gix::objs::compute_hash(id.kind(), gix::objs::Kind::Blob, &content).ok();
        content.and_then(hash).is_some_and(|hash| hash != id)
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{GitRepository, MAX_FILES, MAX_READ_BYTES};

    fn git(directory: &std::path::Path, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.current_dir(directory).args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(arguments);
        assert!(command.env("GIT_CONFIG_GLOBAL", "/dev/null").status().unwrap().success());
    }

    #[test]
    fn beyond_its_limits_nothing_is_looked_at() {
        let directory = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
        git(directory.path(), &["init", "--quiet"]);
        file("a", "one");
        file("b", "one");
        git(directory.path(), &["add", "."]);
        git(directory.path(), &["commit", "--quiet", "--message=one"]);
        // Of the same size, so that only their contents tell.
        file("a", "two");
        file("b", "two");
        let repository = GitRepository::open(directory.path()).unwrap();
        let found = |files, bytes| repository.uncommitted_within("HEAD", files, bytes).unwrap();
        assert_eq!(found(MAX_FILES, MAX_READ_BYTES), ["a", "b"]);
        assert_eq!(found(2, 6), ["a", "b"]);
        assert_eq!(found(2, 5), ["a"]);
        assert_eq!(found(1, 6), [""; 0]);
    }
}
