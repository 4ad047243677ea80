//! What of a checkout is not committed, against git's own word.

use std::fs;
use std::os::unix::fs::symlink;

use tollgate::collect::git::GitRepository;

use super::repository::Repository;

/// What is told, and what git tells.
fn both(repository: &Repository) -> (Vec<String>, Vec<String>) {
    let told = GitRepository::open(repository.path()).unwrap().uncommitted("HEAD").unwrap();
    let status = repository.git(&["status", "--porcelain", "-z", "--untracked-files=no", "--no-renames"]);
    let status = String::from_utf8(status).unwrap();
    let mut gits: Vec<String> = status.split('\0').filter_map(|line| line.get(3..)).map(str::to_owned).collect();
    gits.sort();
    (told, gits)
}

/// A repository with one commit that has everything that is told apart.
fn repository() -> Repository {
    let repository = Repository::new();
    for path in
        ["a", "same-size", "deleted", "removed", "staged", "to-link", "d/one", "d/e/two", "gone/three", "ü\t\"x"]
    {
        fs::write(repository.place(path), "one\n").unwrap();
    }
    fs::write(repository.place("empty"), "").unwrap();
    symlink("a", repository.place("link")).unwrap();
    fs::write(repository.place("to-directory"), "one\n").unwrap();
    repository.git(&["add", "."]);
    repository.git(&["commit", "--quiet", "--message=one"]);
    repository
}

#[test]
fn a_clean_checkout_has_nothing_uncommitted() {
    let repository = repository();
    assert_eq!(both(&repository), (vec![], vec![]));
    // What only was touched, and what nobody added, is none of it.
    fs::write(repository.place("a"), "one\n").unwrap();
    fs::write(repository.place("untracked"), "one\n").unwrap();
    assert_eq!(both(&repository), (vec![], vec![]));
}

#[test]
fn what_differs_in_the_index_or_on_the_disk_is_what_git_says() {
    let repository = repository();
    fs::write(repository.place("a"), "one\ntwo\n").unwrap();
    fs::write(repository.place("same-size"), "two\n").unwrap();
    fs::remove_file(repository.place("deleted")).unwrap();
    repository.git(&["rm", "--quiet", "removed"]);
    fs::write(repository.place("staged"), "staged\n").unwrap();
    fs::remove_file(repository.place("to-link")).unwrap();
    symlink("a", repository.place("to-link")).unwrap();
    fs::remove_file(repository.place("link")).unwrap();
    symlink("b", repository.place("link")).unwrap();
    fs::write(repository.place("new/dir/file"), "one\n").unwrap();
    fs::write(repository.place("d/e/new"), "one\n").unwrap();
    fs::remove_dir_all(repository.path().join("gone")).unwrap();
    fs::write(repository.place("gone"), "a file now\n").unwrap();
    fs::remove_file(repository.path().join("to-directory")).unwrap();
    fs::write(repository.place("to-directory/file"), "one\n").unwrap();
    fs::write(repository.place("ü\t\"x"), "two\n").unwrap();
    fs::write(repository.place("empty"), "no more\n").unwrap();
    repository.git(&["add", "staged", "new", "d/e/new"]);
    let (told, gits) = both(&repository);
    assert_eq!(told, gits);
    assert_eq!(told.len(), 13, "{told:?}");
    repository.git(&["add", "--all"]);
    let (told, gits) = both(&repository);
    assert_eq!(told, gits);
    // Without what the index keeps of trees it is the same.
    repository.git(&["read-tree", "--reset", "HEAD"]);
    let (told, gits) = both(&repository);
    assert_eq!(told, gits);
}

#[test]
fn what_a_filter_checks_out_otherwise_is_not_taken_for_edited() {
    let repository = Repository::new();
    fs::write(repository.place(".gitattributes"), "*.txt text eol=crlf\n").unwrap();
    fs::write(repository.place("a.txt"), "one\r\n").unwrap();
    repository.git(&["add", "."]);
    repository.git(&["commit", "--quiet", "--message=one"]);
    assert_eq!(both(&repository), (vec![], vec![]));
    fs::write(repository.place("a.txt"), "one\r\n").unwrap();
    assert_eq!(both(&repository), (vec![], vec![]));
    fs::write(repository.place("a.txt"), "one\r\ntwo\r\n").unwrap();
    assert_eq!(both(&repository), (vec!["a.txt".to_owned()], vec!["a.txt".to_owned()]));
}

#[test]
fn only_the_commit_that_is_checked_out_is_compared_with_the_checkout() {
    let repository = repository();
    fs::write(repository.place("a"), "two\n").unwrap();
    repository.git(&["commit", "--quiet", "--all", "--message=two"]);
    fs::write(repository.place("a"), "three\n").unwrap();
    let opened = GitRepository::open(repository.path()).unwrap();
    assert_eq!(opened.uncommitted("HEAD").unwrap(), ["a"]);
    assert_eq!(opened.uncommitted("HEAD~1").unwrap(), [""; 0]);
}
