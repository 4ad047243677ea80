//! What can't be read is said, with what to do about it.

use std::fs;
use std::path::Path;

use tollgate::collect::git::{self, GitOptions, GitRepository};
use tollgate::collect::snapshot::SnapshotError;
use tollgate::collect::trees;

use super::repository::{Repository, git as run};

fn read(repo: &Path, base: Option<&str>, head: Option<&str>) -> Result<tollgate::evidence::Change, SnapshotError> {
    let options = GitOptions { repo: repo.to_path_buf(), base: base.map(str::to_owned), head: head.map(str::to_owned) };
    git::read(&options).map(|change| change.change)
}

#[track_caller]
fn refused<T>(result: Result<T, SnapshotError>, message: &str, help: &str) {
    let error = result.err().expect("it has to be refused");
    assert!(error.to_string().contains(message), "{error}");
    assert!(error.help().contains(help), "{}", error.help());
    assert!(!error.to_string().contains('\n'), "{error}");
}

/// `main` with three commits, `topic` with two from the second.
fn forked() -> (Repository, [String; 5]) {
    let repository = Repository::new();
    let commit = |name: &str| {
        repository.write(name, name);
        repository.commit(name, &[])
    };
    let (one, two) = (commit("one"), commit("two"));
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    let (four, five) = (commit("four"), commit("five"));
    repository.git(&["checkout", "--quiet", "main"]);
    let three = commit("three");
    (repository, [one, two, three, four, five])
}

#[test]
fn without_a_base_the_default_branch_is_it_and_on_it_the_first_parent() {
    let (repository, [one, two, three, _, five]) = forked();
    let topic = read(repository.path(), None, Some("topic")).unwrap();
    assert_eq!((topic.base, topic.merge_base, topic.head), (Some(three.clone()), Some(two.clone()), Some(five)));
    assert_eq!(topic.branch.as_deref(), Some("topic"));
    assert_eq!(topic.title.as_deref(), Some("five"));
    assert_eq!(topic.time.as_deref(), Some("2026-01-02T02:04:05Z"));
    assert_eq!(topic.commit_authors, ["A U Thor <author@example.com>"]);
    assert_eq!(topic.repository, None);

    let main = read(repository.path(), None, None).unwrap();
    assert_eq!((main.base, main.merge_base, main.head), (Some(two.clone()), Some(two), Some(three.clone())));
    assert_eq!(main.branch.as_deref(), Some("main"));

    repository.git(&["remote", "add", "origin", "https://me:secret@example.com/a/b.git"]);
    repository.git(&["update-ref", "refs/remotes/origin/trunk", &one]);
    repository.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"]);
    let against_remote = read(repository.path(), None, None).unwrap();
    assert_eq!((against_remote.base, against_remote.merge_base), (Some(one.clone()), Some(one.clone())));
    assert_eq!(against_remote.repository.as_deref(), Some("https://example.com/a/b.git"));

    repository.git(&["checkout", "--quiet", "--detach", &one]);
    let options = GitOptions { repo: repository.path().to_path_buf(), base: None, head: None };
    let root = git::read(&options).unwrap();
    assert_eq!((root.change.base, root.change.head, root.change.branch), (None, Some(one), None));
    assert_eq!(root.files.len(), 1, "a root commit against nothing");
}

#[test]
fn without_a_base_a_head_that_the_default_branch_holds_is_no_empty_change() {
    let (repository, [one, two, _, four, _]) = forked();
    // As a job on an older commit of the default branch: detached, and behind the branch's tip.
    repository.git(&["checkout", "--quiet", "--detach", &two]);
    let behind = read(repository.path(), None, None).unwrap();
    assert_eq!((behind.base, behind.merge_base, behind.head), (Some(one.clone()), Some(one), Some(two.clone())));
    // A merged branch's commit likewise.
    repository.git(&["checkout", "--quiet", "main"]);
    repository.git(&["merge", "--quiet", "--no-ff", "-m", "merge", "topic"]);
    let merged = read(repository.path(), None, Some(&four)).unwrap();
    assert_eq!((merged.base, merged.head), (Some(two), Some(four)));
}

#[test]
fn a_revision_that_is_not_there_is_named() {
    let (repository, _) = forked();
    let at = repository.path();
    refused(read(at, Some("absent"), None), "there is no revision `absent` in the repository", "fetch-depth: 0");
    refused(read(at, Some("HEAD~9"), None), "there is no revision `HEAD~9`", "fetch");
    refused(read(at, Some("absent"), None), "revision `absent`", "fetch-depth: 0");
    refused(read(at, None, Some("0123456789012345678901234567890123456789")), "`0123456789012345678901", "fetch");
    refused(read(at, None, Some("")), "revision ``", "fetch");
    refused(read(at, None, Some("main..topic")), "revision `main..topic`", "");
    refused(read(at, None, Some("HEAD:one")), "is no commit", "name a branch");
    refused(read(at, None, Some("--help")), "revision `--help`", "fetch");
}

#[test]
fn a_short_id_of_several_objects_is_refused() {
    let (repository, _) = forked();
    let mut ids: Vec<String> = Vec::new();
    let found = (0..3000).find_map(|number| {
        repository.write("content", format!("{number}"));
        let id = repository.line(&["hash-object", "-w", "content"]);
        let twice = ids.iter().any(|known| known[..4] == id[..4]);
        ids.push(id.clone());
        twice.then_some(id)
    });
    refused(read(repository.path(), None, Some(&found.unwrap()[..4])), "mbiguous", "more digits");
}

#[test]
fn no_repository_an_empty_one_and_no_directory_are_told_apart() {
    let nothing = tempfile::tempdir().unwrap();
    refused(read(nothing.path(), None, None), "is not in a git repository", "--trees");
    refused(read(&nothing.path().join("absent"), None, None), "there is no directory", "checkout");
    let empty = Repository::new();
    refused(read(empty.path(), None, None), "no commit on its branch yet", "--head");
    let odd = Repository::new();
    odd.commit("first", &[]);
    odd.git(&["branch", "--move", "trunk"]);
    refused(read(odd.path(), None, None), "no default branch", "--base");
}

#[test]
fn unrelated_histories_are_refused() {
    let (repository, _) = forked();
    repository.git(&["checkout", "--quiet", "--orphan", "island"]);
    repository.commit("island", &[]);
    refused(read(repository.path(), None, None), "histories are unrelated", "--base");
}

#[test]
fn a_shallow_clone_without_the_history_is_refused() {
    let (repository, [_, two, three, four, five]) = forked();
    let url = format!("file://{}", repository.path().display());
    let clone = |depth: &str, branches: &str| {
        let clone = tempfile::tempdir().unwrap();
        run(clone.path(), &["clone", "--quiet", "--depth", depth, branches, &url, "."], None);
        clone
    };
    let shallow = clone("1", "--no-single-branch");
    refused(read(shallow.path(), Some(&three), Some(&five)), "shallow", "git fetch --unshallow");
    refused(read(shallow.path(), None, None), "the clone is shallow", "fetch-depth: 0");
    refused(read(shallow.path(), Some(&two), None), "revision", "git fetch --unshallow");
    // The merge base is there, and all that lies above it.
    let deeper = clone("3", "--no-single-branch");
    let change = read(deeper.path(), Some(&three), Some(&five)).unwrap();
    assert_eq!(change.merge_base.as_ref(), Some(&two));
    // A merge whose other parent is cut off: what it brings in can't be told.
    repository.git(&["merge", "--quiet", "--no-ff", "-m", "merge", "topic"]);
    let merged = clone("2", "--single-branch");
    refused(read(merged.path(), Some(&three), None), "is cut off at", "git fetch --unshallow");
    run(merged.path(), &["fetch", "--quiet", "--unshallow"], None);
    let whole = read(merged.path(), Some(&three), None).unwrap();
    assert_eq!(whole.merge_base, Some(three));
    assert!(four.len() == 40);
}

fn loose(repository: &Repository, id: &str) -> std::path::PathBuf {
    repository.path().join(".git/objects").join(&id[..2]).join(&id[2..])
}

#[test]
fn an_object_that_is_not_there_is_named_with_its_path() {
    for (object, message) in [("HEAD:five", "can't read `five`"), ("HEAD^{tree}", "object"), ("HEAD~1", "")] {
        let (repository, _) = forked();
        repository.git(&["checkout", "--quiet", "topic"]);
        let id = repository.line(&["rev-parse", object]);
        fs::remove_file(loose(&repository, &id)).unwrap();
        let error = read(repository.path(), Some("main"), None).unwrap_err();
        assert!(error.to_string().contains(message) && error.to_string().contains(&id), "{object}: {error}");
        assert!(error.help().contains("fetch"), "{object}: {}", error.help());
    }
}

#[test]
fn a_missing_source_of_a_rename_is_an_error_too() {
    let repository = Repository::new();
    repository.write("a", "one\ntwo\nthree\n");
    repository.commit("before", &[]);
    repository.remove("a");
    repository.write("b", "one\ntwo\nfour\n");
    repository.commit("after", &[]);
    let id = repository.line(&["rev-parse", "HEAD~1:a"]);
    fs::remove_file(loose(&repository, &id)).unwrap();
    refused(read(repository.path(), None, None), "can't read `a`", "without `--filter`");
}

#[test]
fn replacements_and_a_users_configuration_never_act() {
    let (repository, [one, _, three, ..]) = forked();
    let before = git::read(&GitOptions { repo: repository.path().to_path_buf(), base: Some(one.clone()), head: None });
    repository.git(&["replace", &three, &one]);
    fs::write(repository.path().join(".git/info/attributes"), "* -diff\n").unwrap();
    repository.git(&["config", "diff.external", "false"]);
    repository.git(&["config", "diff.renames", "false"]);
    let after = git::read(&GitOptions { repo: repository.path().to_path_buf(), base: Some(one), head: Some(three) });
    assert_eq!(before.unwrap().files, after.unwrap().files);
}

#[test]
fn files_of_a_commit_are_read_from_bare_repositories_too() {
    let (repository, [one, ..]) = forked();
    repository.write("rules/a.rhai", "a");
    repository.write("rules/deep/b.rhai", "b");
    repository.link("rules/link", "a.rhai");
    let head = repository.commit("rules", &[]);
    repository.git(&["tag", "--annotate", "-m", "first", "v1"]);
    let bare = tempfile::tempdir().unwrap();
    run(bare.path(), &["clone", "--quiet", "--bare", repository.path().to_str().unwrap(), "."], None);
    for at in [repository.path(), bare.path()] {
        let open = GitRepository::open(at).unwrap();
        assert_eq!(open.root().is_none(), at == bare.path());
        assert_eq!(open.resolve("HEAD").unwrap(), head);
        assert_eq!(open.resolve("v1").unwrap(), head, "a tag is peeled");
        let rules = [("rules/a.rhai".to_owned(), b"a".to_vec()), ("rules/deep/b.rhai".to_owned(), b"b".to_vec())];
        assert_eq!(open.files_under("main", "rules/").unwrap(), rules);
        assert_eq!(open.files_under("main", "").unwrap().len(), 5);
        assert_eq!(open.files_under(&one, "rules").unwrap(), []);
        assert_eq!(open.file("main", "rules/a.rhai").unwrap(), Some(b"a".to_vec()));
        for absent in ["rules", "rules/link", "rules/a.rhai/x", "absent", "", "/"] {
            assert_eq!(open.file("main", absent).unwrap(), None, "{absent}");
        }
        refused(open.file("absent", "one"), "revision `absent`", "fetch");
    }
}

#[test]
fn directories_that_can_not_be_compared_are_refused() {
    let (before, after) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(before.path().join("file"), "x").unwrap();
    refused(
        trees::read(&before.path().join("absent"), after.path()).map(drop),
        "absent` can't be read",
        "two directories",
    );
    refused(trees::read(&before.path().join("file"), after.path()).map(drop), "is a file", "two directories");
    let socket = std::os::unix::net::UnixListener::bind(after.path().join("socket")).unwrap();
    refused(trees::read(before.path(), after.path()).map(drop), "neither a file nor a directory", "readable");
    drop(socket);
    fs::remove_file(after.path().join("socket")).unwrap();
    let deep = (0..=trees::MAX_DEPTH).fold(after.path().to_path_buf(), |path, _| path.join("d"));
    fs::create_dir_all(&deep).unwrap();
    refused(trees::read(before.path(), after.path()).map(drop), "deeper than 256", "");
}

#[test]
fn a_directorys_git_folder_is_passed_over_and_links_are_not_followed() {
    let (repository, _) = forked();
    repository.link("loop", ".");
    let plain = tempfile::tempdir().unwrap();
    let change = trees::read(plain.path(), repository.path()).unwrap();
    let paths: Vec<_> = change.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["loop", "one", "three", "two"]);
}

#[test]
fn a_linked_worktree_is_a_checkout_like_any_other() {
    let (repository, [_, two, three, ..]) = forked();
    let parent = tempfile::tempdir().unwrap();
    let linked = parent.path().join("linked");
    repository.git(&["worktree", "add", "--quiet", linked.to_str().unwrap(), "topic"]);
    fs::create_dir(linked.join("sub")).unwrap();
    let change = read(&linked.join("sub"), None, None).unwrap();
    assert_eq!((change.base, change.merge_base, change.branch), (Some(three), Some(two), Some("topic".to_owned())));
    let root = GitRepository::open(&linked.join("sub")).unwrap().root().unwrap();
    assert_eq!(root.canonicalize().unwrap(), linked.canonicalize().unwrap());
}

/// Of two best common ancestors the same one is always taken.
#[test]
fn criss_cross_merges_have_a_merge_base() {
    let (repository, [_, two, ..]) = forked();
    repository.git(&["branch", "side", "topic"]);
    repository.git(&["merge", "--quiet", "--no-edit", "topic"]);
    repository.git(&["checkout", "--quiet", "side"]);
    repository.git(&["merge", "--quiet", "--no-edit", "main~1"]);
    let change = read(repository.path(), Some("main"), Some("side")).unwrap();
    let best = repository.line(&["merge-base", "--all", "main", "side"]);
    assert!(best.lines().count() == 2 && best.lines().any(|id| Some(id) == change.merge_base.as_deref()));
    assert_ne!(change.merge_base, Some(two));
}

/// As a forge checks out a request: detached, at a merge of it into its target; and as shallow as can be.
#[test]
fn the_parents_of_a_merge_are_known_also_where_the_clone_ends_at_it() {
    let (repository, [one, ..]) = forked();
    let sides = [repository.line(&["rev-parse", "main"]), repository.line(&["rev-parse", "topic"])];
    repository.git(&["checkout", "--quiet", "--detach", "main"]);
    repository.git(&["merge", "--quiet", "--no-edit", "--no-ff", "topic"]);
    let merge = repository.line(&["rev-parse", "HEAD"]);
    let parents = |directory: &Path, revision: &str| GitRepository::open(directory).unwrap().parents(revision).unwrap();
    assert_eq!(parents(repository.path(), "HEAD"), sides);
    assert_eq!(parents(repository.path(), &one), Vec::<String>::new());

    let clone = tempfile::tempdir().unwrap();
    repository.git(&["branch", "merged", &merge]);
    let url = format!("file://{}", repository.path().display());
    let place = clone.path().join("shallow");
    repository.git(&["clone", "--quiet", "--depth=1", "--branch=merged", &url, place.to_str().unwrap()]);
    assert_eq!(parents(&place, "HEAD"), sides);
}
