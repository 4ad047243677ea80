//! Which commits a change lies between, and what they say of it. A history that is cut off is refused, not guessed at.

use std::collections::BTreeSet;

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};

use super::{GitRepository, broken, said, unusable};
use crate::collect::snapshot::SnapshotError;
use crate::evidence::Change;

const DEEPEN: &str = "fetch the history: `git fetch --unshallow`, or `fetch-depth: 0` in a CI checkout";

/// The commits that a change lies between. Of a root commit there is nothing before.
pub(super) struct Span {
    pub(super) base: Option<ObjectId>,
    pub(super) merge_base: Option<ObjectId>,
    pub(super) head: ObjectId,
}

impl GitRepository {
    pub(super) fn span(&self, base: Option<&str>, head: Option<&str>) -> Result<Span, SnapshotError> {
        let head = match head {
            Some(revision) => self.commit(revision)?,
            None => self.head()?,
        };
        let base = match base {
            Some(revision) => self.commit(revision)?,
            None => {
                let branch = self.default_branch()?;
                // What is in the default branch already, as a job on a detached checkout of it, is judged as its last
                // commit: the change from the branch to it would be empty, and pass whatever is in it.
                if branch == head || self.merge_base(branch, head)? == head {
                    let parent = self.first_parent(head)?;
                    return Ok(Span { base: parent, merge_base: parent, head });
                }
                branch
            }
        };
        let merge_base = self.merge_base(base, head)?;
        self.refuse_cut_history(base, merge_base)?;
        self.refuse_cut_history(head, merge_base)?;
        Ok(Span { base: Some(base), merge_base: Some(merge_base), head })
    }

    pub(super) fn commit(&self, revision: &str) -> Result<ObjectId, SnapshotError> {
        let id = self
            .repo
            .rev_parse_single(BStr::new(revision))
            .map_err(|error| self.unknown(revision, &said(&error)))?
            .detach();
        match self.repo.try_find_object(id) {
            Ok(Some(object)) => object
                .peel_to_kind(gix::objs::Kind::Commit)
                .map(|commit| commit.id)
                .map_err(|_| unusable(format!("`{revision}` is no commit"), "name a branch, a tag or a commit id")),
            Ok(None) => Err(self.unknown(revision, "")),
            Err(error) => Err(broken(b"", id, &error)),
        }
    }

    /// `why` is the reader's own account of it, which is told only where it is more than that nothing was found.
    fn unknown(&self, revision: &str, why: &str) -> SnapshotError {
        if why.contains("mbiguous") {
            let message = format!("the revision `{revision}` is ambiguous: {why}");
            return unusable(message, "give more digits of the id");
        }
        let help = if self.is_shallow() {
            DEEPEN
        } else {
            "fetch it, or see what there is with `git branch --all`; in a CI checkout, `fetch-depth: 0` fetches all branches"
        };
        unusable(format!("there is no revision `{revision}` in the repository"), help)
    }

    fn head(&self) -> Result<ObjectId, SnapshotError> {
        let head = self
            .repo
            .head()
            .map_err(|error| unusable(format!("`HEAD` can't be read: {}", said(&error)), "`git fsck` tells more"))?;
        if head.is_unborn() {
            return Err(unusable(
                "the repository has no commit on its branch yet",
                "commit something, or say which commit with `--head`",
            ));
        }
        self.commit("HEAD")
    }

    /// The remote's default branch as git knows it, else `main` or `master`, the remote's first.
    fn default_branch(&self) -> Result<ObjectId, SnapshotError> {
        const BRANCHES: [&str; 5] = [
            "refs/remotes/origin/HEAD",
            "refs/remotes/origin/main",
            "refs/remotes/origin/master",
            "refs/heads/main",
            "refs/heads/master",
        ];
        for name in BRANCHES {
            // A remote HEAD whose branch was not fetched is as good as none.
            if let Ok(Some(mut reference)) = self.repo.try_find_reference(name)
                && let Ok(commit) = reference.peel_to_commit()
            {
                return Ok(commit.id);
            }
        }
        Err(unusable(
            "no default branch is known: neither `origin/HEAD` nor `main` nor `master`",
            "say what the change is to go into with `--base`, and fetch it first; in a CI checkout, `fetch-depth: 0` does",
        ))
    }

    /// `None` of a root commit.
    fn first_parent(&self, commit: ObjectId) -> Result<Option<ObjectId>, SnapshotError> {
        let decoded = self.repo.find_commit(commit).map_err(|error| broken(b"", commit, &error))?;
        let Some(parent) = decoded.parent_ids().next().map(gix::Id::detach) else {
            return Ok(None);
        };
        if self.repo.has_object(parent) {
            return Ok(Some(parent));
        }
        Err(unusable(format!("the parent {parent} of {commit} is not in the repository, the clone is shallow"), DEEPEN))
    }

    pub(super) fn merge_base(&self, base: ObjectId, head: ObjectId) -> Result<ObjectId, SnapshotError> {
        let bases = self.repo.merge_bases_many(base, &[head]).map_err(|error| {
            unusable(format!("the merge base of {base} and {head} can't be found: {}", said(&error)), DEEPEN)
        })?;
        // Of several best ones (criss-cross merges) the first that is found, the same in every run.
        match bases.first() {
            Some(id) => Ok(id.detach()),
            None if self.is_shallow() => Err(unusable(
                format!("{base} and {head} have no common ancestor in this clone, which is shallow"),
                DEEPEN,
            )),
            None => {
                // The search passes over commits that are not there; a walk does not.
                self.commits(base, None)?;
                self.commits(head, None)?;
                Err(unusable(
                    format!("{base} and {head} have no common ancestor: their histories are unrelated"),
                    "say what the change is to go into with `--base`, or compare two directories with `--trees`",
                ))
            }
        }
    }

    /// Where the history above the merge base is cut off, the merge base may be another and authors may be missing. The
    /// walk itself fails where a commit is not there.
    fn refuse_cut_history(&self, tip: ObjectId, merge_base: ObjectId) -> Result<(), SnapshotError> {
        let shallow = self
            .repo
            .shallow_commits()
            .map_err(|error| unusable(format!("the clone's depth can't be read: {}", said(&error)), DEEPEN))?;
        for id in self.commits(tip, Some(merge_base))? {
            if shallow.as_ref().is_some_and(|shallow| shallow.contains(&id)) {
                return Err(unusable(
                    format!("the history between {merge_base} and {tip} is cut off at {id}: the clone is shallow"),
                    DEEPEN,
                ));
            }
        }
        Ok(())
    }

    /// Commits that lead to a tip and not to the other commit.
    fn commits(&self, tip: ObjectId, without: Option<ObjectId>) -> Result<Vec<ObjectId>, SnapshotError> {
        let failed =
            |error: gix::Error| unusable(format!("the history of {tip} can't be read: {}", said(&error)), DEEPEN);
        let walk = self.repo.rev_walk([tip]).with_hidden(without).all().map_err(failed)?;
        walk.map(|info| info.map(|info| info.id).map_err(failed)).collect()
    }

    fn is_shallow(&self) -> bool {
        self.repo.is_shallow().unwrap_or(false)
    }

    /// What the commits say of the change.
    pub(super) fn describe(&self, span: &Span, head: Option<&str>) -> Result<Change, SnapshotError> {
        let mut authors = BTreeSet::new();
        for id in self.commits(span.head, span.merge_base)? {
            let commit = self.repo.find_commit(id).map_err(|error| broken(b"", id, &error))?;
            let author = commit.author().map_err(|error| broken(b"", id, &error))?.trim();
            authors.insert(format!("{} <{}>", author.name.to_str_lossy(), author.email.to_str_lossy()));
            authors.extend(co_authors(commit.message_raw_sloppy()));
        }
        let commit = self.repo.find_commit(span.head).map_err(|error| broken(b"", span.head, &error))?;
        let time = commit.time().map_err(|error| broken(b"", span.head, &error))?;
        Ok(Change {
            repository: self.remote(),
            base: span.base.map(|id| id.to_string()),
            merge_base: span.merge_base.map(|id| id.to_string()),
            head: Some(span.head.to_string()),
            commit_authors: authors.into_iter().collect(),
            title: title(commit.message_raw_sloppy()),
            branch: self.branch(head),
            time: jiff::Timestamp::from_second(time.seconds).ok().map(|time| time.to_string()),
            ..Change::default()
        })
    }

    /// The short name of the branch that the head was named by.
    fn branch(&self, head: Option<&str>) -> Option<String> {
        let name = match head {
            None | Some("HEAD") => self.repo.head_name().ok()??,
            Some(revision) => self.repo.try_find_reference(revision).ok()??.name().to_owned(),
        };
        let name = name.as_bstr().to_str().ok()?;
        match name.strip_prefix("refs/heads/") {
            Some(branch) => Some(branch.to_owned()),
            // A remote's branch without the remote's name.
            None => name.strip_prefix("refs/remotes/")?.split_once('/').map(|(_, branch)| branch.to_owned()),
        }
    }

    fn remote(&self) -> Option<String> {
        let url = self.repo.config_snapshot().string("remote.origin.url")?;
        Some(without_credentials(url.to_str().ok()?))
    }
}

fn title(message: &BStr) -> Option<String> {
    message.lines().map(|line| line.trim().to_str_lossy().into_owned()).find(|line| !line.is_empty())
}

/// Whom a message names as having written the commit, too. Forges show them as its authors.
fn co_authors(message: &BStr) -> Vec<String> {
    const KEY: &str = "co-authored-by:";
    let value = |line: &[u8]| {
        let line = line.trim().to_str_lossy();
        let key = line.get(..KEY.len())?;
        key.eq_ignore_ascii_case(KEY).then(|| line.trim_start_matches(key).trim().to_owned())
    };
    message.lines().filter_map(value).filter(|who| !who.is_empty()).collect()
}

/// A URL without user, password, query and fragment. The user of `git@host:path` is no secret and stays.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let (authority, path) = match rest.split_once('/') {
        Some((authority, path)) => (authority, Some(path)),
        None => (rest, None),
    };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match path {
        Some(path) => format!("{scheme}://{host}/{path}"),
        None => format!("{scheme}://{host}"),
    }
}

#[cfg(test)]
mod tests {
    use super::without_credentials;

    #[test]
    fn a_remote_never_shows_its_credentials() {
        for (url, shown) in [
            ("https://user:token@host.example/a/b.git", "https://host.example/a/b.git"),
            ("https://token@host.example/a/b.git?private_token=x", "https://host.example/a/b.git"),
            ("ssh://git:pw@host.example:22/a/b.git", "ssh://host.example:22/a/b.git"),
            ("git@host.example:a/b.git", "git@host.example:a/b.git"),
            ("https://u:p@ss@host.example", "https://host.example"),
            ("/srv/git/a.git", "/srv/git/a.git"),
        ] {
            assert_eq!(without_credentials(url), shown);
        }
    }
}
