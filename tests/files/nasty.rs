//! One change with every kind of file change and every kind of path, described in three ways.

use std::path::Path;

use proptest::prelude::*;
use tollgate::collect::git::{self, GitOptions};
use tollgate::collect::snapshot::{RawFile, Side};
use tollgate::collect::{diff, trees};
use tollgate::evidence::{FileMode, FileStatus};

use super::repository::{Repository, git as run};
use super::truth::{Told, told};

const PATHS: [&[u8]; 14] = [
    b"tab\tname.txt",
    b"new\nline.txt",
    b"quote\".txt",
    b"back\\slash.txt",
    b"two  blanks .txt",
    b"a/b b/f",
    b"a b/a b/a b/f",
    "über/日本.txt".as_bytes(),
    b"latin1_\xe9\xff.txt",
    b"-leading-dash",
    b":leading:colon",
    b"carriage\rreturn",
    b"\x01control\x7f",
    b"diff --git a/x b/x",
];

fn numbered(lines: u32, salt: &str) -> String {
    (1..=lines).map(|line| format!("{salt} {line}\n")).collect()
}

fn before(repository: &Repository) {
    for path in PATHS {
        repository.write(path, "one\ntwo\nthree\n");
    }
    repository.write(".gitattributes", "*.hidden -diff\n*.shown diff\n[attr]secret binary\n*.secret secret\n");
    repository.write("sub/.gitattributes", "*.hidden diff\n*.unset !diff\n");
    for path in ["a.hidden", "sub/a.hidden", "a.secret", "sub/deep/a.secret"] {
        repository.write(path, "text\n");
    }
    repository.write("a.shown", "te\0xt\n");
    repository.write("deleted.txt", numbered(5, "deleted"));
    repository.write("moved.txt", numbered(40, "moved"));
    repository.write("moved and edited.txt", numbered(40, "edited"));
    repository.write("half.txt", numbered(10, "half"));
    for number in 0..5 {
        repository.write(format!("dir/old/{number}.txt"), numbered(10 + number, "directory"));
    }
    repository.write("mode.sh", "#!/bin/sh\n");
    repository.write("mode and text.sh", "#!/bin/sh\n");
    repository.executable("mode and text.sh", true);
    repository.link("link/changed", "before");
    repository.link("link/deleted", "gone");
    repository.link("link/moved", "some/where");
    repository.write("type/file", numbered(3, "type"));
    repository.link("type/link", "target");
    repository.write("type/directory", "a file\n");
    repository.write("binary/changed.bin", [0, 1, 2, 3, 255]);
    repository.write("binary/moved.bin", [0, 7, 7, 7].repeat(100));
    repository.write("binary/became text", [0, 7, 7, 7]);
    repository.write("binary/late nul", [b"x\n".repeat(4001), vec![0]].concat());
    repository.write("empty/deleted", "");
    repository.write("empty/filled", "");
    repository.write("no newline/gains", "one\ntwo");
    repository.write("no newline/loses", "one\ntwo\n");
    repository.write("no newline/both", "one\ntwo");
    repository.write("crlf", "one\r\ntwo\r\nthree\r\n");
    repository.write("swap/a", numbered(20, "this"));
    repository.write("swap/b", numbered(20, "that"));
    repository.write("dashes.sql", "-- one\n++ two\n");
    repository.write("same/1/x.txt", numbered(9, "same"));
    repository.write("same/2/y.txt", numbered(9, "same"));
}

fn after(repository: &Repository) {
    for path in PATHS {
        repository.write(path, "one\n2\nthree\nfour\n");
    }
    for path in ["a.hidden", "sub/a.hidden", "a.secret", "sub/deep/a.secret"] {
        repository.write(path, "text\nmore\n");
    }
    repository.write("a.shown", "te\0xt\nmore\n");
    // The head can't hide its own lines.
    repository.write(".gitattributes", "* -diff\n");
    repository.write("added/file.txt", numbered(3, "added"));
    repository.remove("deleted.txt");
    repository.rename("moved.txt", "moved/to here.txt");
    repository.remove("moved and edited.txt");
    repository.write("moved/and edited, too", numbered(40, "edited").replace("edited 7\n", "seven\n"));
    repository.remove("half.txt");
    repository.write("other half.txt", format!("{}{}", numbered(5, "half"), numbered(5, "new half")));
    for number in 0..5 {
        repository.rename(format!("dir/old/{number}.txt"), format!("dir/new/deep/{number}.txt"));
    }
    repository.executable("mode.sh", true);
    repository.executable("mode and text.sh", false);
    repository.write("mode and text.sh", "#!/bin/sh\nexit 1\n");
    repository.link("link/added", "added");
    repository.link("link/changed", "after\nlines");
    repository.remove("link/deleted");
    repository.rename("link/moved", "link/moved here");
    repository.link("type/file", "target");
    repository.remove("type/link");
    repository.write("type/link", numbered(4, "type"));
    repository.remove("type/directory");
    repository.write("type/directory/file", "now in a directory\n");
    repository.write("binary/changed.bin", [0, 1, 2, 3, 254]);
    repository.rename("binary/moved.bin", "binary/moved here.bin");
    repository.write("binary/added.bin", [0; 10]);
    repository.write("binary/became text", "text\n");
    repository.write("binary/late nul", [b"x\n".repeat(4001), vec![0], b"\ny\n".to_vec()].concat());
    repository.remove("empty/deleted");
    repository.write("empty/added one", "");
    repository.write("empty/added two", "");
    repository.write("empty/filled", "no newline");
    repository.write("no newline/gains", "one\ntwo\n");
    repository.write("no newline/loses", "one\ntwo");
    repository.write("no newline/both", "one\n2");
    repository.write("crlf", "one\r\ntwo\nthree\r\nfour\r\n");
    repository.rename("swap/a", "swap/c");
    repository.rename("swap/b", "swap/a");
    repository.rename("swap/c", "swap/b");
    repository.write("dashes.sql", "-- 1\n++ 2\n");
    repository.rename("same/1/x.txt", "moved/y.txt");
    repository.rename("same/2/y.txt", "moved/x.txt");
}

const SUBMODULE: [&str; 3] = [
    "1111111111111111111111111111111111111111",
    "2222222222222222222222222222222222222222",
    "3333333333333333333333333333333333333333",
];

struct Nasty {
    repository: Repository,
    base: String,
    head: String,
}

fn nasty() -> Nasty {
    let repository = Repository::new();
    before(&repository);
    let base = repository.commit("before", &[("module/bumped", SUBMODULE[0]), ("module/deleted", SUBMODULE[2])]);
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    after(&repository);
    repository.git(&["rm", "--quiet", "--cached", "module/deleted"]);
    let head = repository.commit("after\n\nbody", &[("module/bumped", SUBMODULE[1]), ("module/added", SUBMODULE[0])]);
    Nasty { repository, base, head }
}

fn by_git(repository: &Path, base: &str, head: &str) -> Vec<RawFile> {
    let options =
        GitOptions { repo: repository.to_path_buf(), base: Some(base.to_owned()), head: Some(head.to_owned()) };
    git::read(&options).unwrap().files
}

fn files(told: &[Told]) -> Vec<RawFile> {
    let mut files: Vec<_> = told.iter().map(|told| told.file.clone()).collect();
    files.sort();
    files
}

fn same(found: &[RawFile], expected: &[RawFile]) {
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn two_commits_give_what_git_says() {
    let Nasty { repository, base, head } = nasty();
    let told = told(repository.path(), &base, &head);
    assert!(told.len() > 60, "{}", told.len());
    for status in
        [FileStatus::Added, FileStatus::Deleted, FileStatus::Modified, FileStatus::Renamed, FileStatus::TypeChanged]
    {
        assert!(told.iter().any(|told| told.file.status == status), "{status}");
    }
    same(&by_git(repository.path(), &base, &head), &files(&told));
}

#[test]
fn two_directories_give_what_git_says_but_for_submodules() {
    let Nasty { repository, base, head } = nasty();
    let expected: Vec<_> = files(&told(repository.path(), &base, &head))
        .into_iter()
        .filter(|file| file.mode_before.or(file.mode_after) != Some(FileMode::SUBMODULE))
        .collect();
    let (before, after) = (repository.check_out(&base), repository.check_out(&head));
    let change = trees::read(before.path(), after.path()).unwrap();
    same(&change.files, &expected);
}

/// What a diff does not say: modes and binary content of files whose content did not change.
fn as_a_diff_shows(told: &Told) -> RawFile {
    let mut file = RawFile { hidden: false, ..told.file.clone() };
    if told.same_content {
        (file.blob_before, file.blob_after) = (None, None);
        (file.binary, file.added, file.removed) = (false, Some(0), Some(0));
        if file.mode_before == file.mode_after {
            (file.mode_before, file.mode_after) = (None, None);
        }
    }
    file
}

/// Ids are whole only where the diff is told to have them so.
fn without_ids(files: &[RawFile]) -> Vec<RawFile> {
    files.iter().map(|file| RawFile { blob_before: None, blob_after: None, ..file.clone() }).collect()
}

#[test]
fn a_diff_in_any_of_gits_forms_gives_what_git_says() {
    let Nasty { repository, base, head } = nasty();
    let told = told(repository.path(), &base, &head);
    let mut expected: Vec<_> = told.iter().map(as_a_diff_shows).collect();
    expected.sort();
    let source = format!("--attr-source={base}");
    for form in [
        &["diff", "-M"][..],
        &["diff", "-M", "--full-index", "--binary"],
        &["diff", "-M", "-U0"],
        &["diff", "-M", "-U25", "--inter-hunk-context=3"],
        &["diff", "-M", "--no-prefix"],
        &["-c", "diff.mnemonicPrefix=true", "diff", "-M"],
        &["-c", "core.quotePath=false", "diff", "-M"],
        &["diff", "-M", "--stat", "-p"],
        &["diff", "-M", "-W"],
    ] {
        let arguments = [&[source.as_str()], form, &[&base, &head]].concat();
        let bytes = repository.git(&arguments);
        let change = diff::read(&bytes).unwrap_or_else(|refusal| panic!("{form:?}: {}", refusal.reason));
        if form.contains(&"--full-index") {
            same(&change.files, &expected);
        }
        same(&without_ids(&change.files), &without_ids(&expected));
        assert!(change.snapshot.is_none());
    }
    for form in [&["format-patch", "--stdout", "-M", "-1"][..], &["show", "-M"]] {
        let bytes = repository.git(&[&[source.as_str()], form, &[&head]].concat());
        let change = diff::read(&bytes).unwrap_or_else(|refusal| panic!("{form:?}: {}", refusal.reason));
        same(&without_ids(&change.files), &without_ids(&expected));
    }
}

#[test]
fn both_sides_can_be_read_from_commits_and_from_directories() {
    let Nasty { repository, base, head } = nasty();
    let options = GitOptions {
        repo: repository.path().join("sub"),
        base: Some("main".to_owned()),
        head: Some("topic".to_owned()),
    };
    let change = git::read(&options).unwrap();
    assert_eq!((change.change.merge_base.as_ref(), change.change.head.as_ref()), (Some(&base), Some(&head)));
    let (before, after) = (repository.check_out(&base), repository.check_out(&head));
    let commits = change.snapshot.unwrap();
    let directories = trees::read(before.path(), after.path()).unwrap().snapshot.unwrap();
    for side in [Side::Before, Side::After] {
        let paths = commits.paths(side).unwrap();
        assert_eq!(paths, directories.paths(side).unwrap());
        for path in &paths {
            assert_eq!(commits.read(side, path).unwrap(), directories.read(side, path).unwrap(), "{path}");
        }
        assert_eq!(commits.read(side, "link/changed").unwrap(), None, "a link is no regular file");
        assert_eq!(commits.read(side, "link").unwrap(), None, "a directory is no regular file");
        assert_eq!(commits.read(side, "../x").unwrap(), None);
        assert_eq!(directories.read(side, "../x").unwrap(), None);
    }
    assert_eq!(commits.read(Side::Before, "crlf").unwrap().unwrap(), b"one\r\ntwo\r\nthree\r\n");
    assert_eq!(commits.read(Side::Before, "added/file.txt").unwrap(), None);
}

/// Every commit of a repository that is at hand, against its first parent: `HISTORY=/a/checkout cargo test -- --ignored history`.
#[test]
#[ignore = "needs a repository, named by the variable HISTORY"]
fn a_whole_history_is_what_git_says() {
    let repository = std::path::PathBuf::from(std::env::var_os("HISTORY").unwrap());
    let list = run(&repository, &["rev-list", "--parents", "--max-count=1500", "HEAD"], None);
    let (mut commits, mut files_seen, mut renames, mut differ) = (0, 0, 0, Vec::new());
    for line in String::from_utf8(list).unwrap().lines() {
        let ids: Vec<&str> = line.split(' ').collect();
        let [head, base, ..] = ids[..] else { continue };
        let told = told(&repository, base, head);
        let found = by_git(&repository, base, head);
        let expected = files(&told);
        commits += 1;
        files_seen += expected.len();
        renames += expected.iter().filter(|file| file.status == FileStatus::Renamed).count();
        if found != expected {
            let first = found.iter().zip(&expected).find(|(found, expected)| found != expected);
            println!("{base} {head}: {} and {} files, {first:#?}", found.len(), expected.len());
            differ.push(head.to_owned());
        }
    }
    println!("{commits} commits, {files_seen} files, {renames} renames, {} differ", differ.len());
    assert_eq!(differ, [""; 0]);
}

/// Small numbers from a seed, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn text(&mut self, lines: usize) -> Vec<String> {
        const WORDS: [&str; 8] = ["fn", "let x = 1;", "}", "", "    return", "\tif (a) {", "// note", "import os"];
        (0..lines)
            .map(|_| {
                if self.roll(3) > 0 {
                    format!("{} {}", WORDS[self.roll(8)], self.roll(40))
                } else {
                    WORDS[self.roll(8)].to_owned()
                }
            })
            .collect()
    }

    fn edit(&mut self, text: &mut Vec<String>) {
        for _ in 0..1 + self.roll(1 + text.len() / 2) {
            let at = self.roll(text.len() + 1);
            match self.roll(3) {
                0 => text.splice(at..at, self.text(1)).for_each(drop),
                1 if at < text.len() => drop(text.remove(at)),
                _ if at < text.len() => text[at] = self.text(1).remove(0),
                _ => {}
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Renames, counts and the places of hunks, over many edited files at once.
    #[test]
    fn edited_and_renamed_files_are_what_git_says(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let repository = Repository::new();
        let mut texts = Vec::new();
        for number in 0..60 {
            let lines = 1 + dice.roll(40);
            let text = dice.text(lines);
            let path = format!("{}/{}.txt", ["a", "b", "c/d"][dice.roll(3)], number % 45);
            repository.write(&path, text.join("\n") + "\n");
            texts.push((path, text));
        }
        let base = repository.commit("before", &[]);
        for (path, mut text) in texts {
            if dice.roll(4) == 0 || !repository.place(&path).exists() {
                continue;
            }
            if dice.roll(5) > 0 {
                dice.edit(&mut text);
            }
            let ending = ["\n", "", "\r\n"][dice.roll(3)];
            repository.remove(&path);
            let moved = match dice.roll(4) {
                0 => path,
                1 => format!("moved/{}", path.rsplit('/').next().unwrap()),
                2 => format!("moved/{}.txt", dice.roll(50)),
                _ => path.replace(".txt", ".md"),
            };
            repository.write(&moved, text.join(if ending == "\r\n" { "\r\n" } else { "\n" }) + ending);
        }
        let head = repository.commit("after", &[]);
        let told = told(repository.path(), &base, &head);
        let found = by_git(repository.path(), &base, &head);
        let counts = |files: &[RawFile]| {
            files.iter().map(|file| (file.path.clone(), file.previous_path.clone(), file.status, file.added, file.removed)).collect::<Vec<_>>()
        };
        prop_assert_eq!(counts(&found), counts(&files(&told)));
        prop_assert_eq!(&found, &files(&told));
        let (before, after) = (repository.check_out(&base), repository.check_out(&head));
        prop_assert_eq!(&trees::read(before.path(), after.path()).unwrap().files, &found);
        let mut shown: Vec<_> = told.iter().map(as_a_diff_shows).collect();
        shown.sort();
        let whole = diff::read(&repository.git(&["diff", "-M", "--full-index", &base, &head])).unwrap().files;
        prop_assert_eq!(&whole, &shown);
        let short = diff::read(&repository.git(&["diff", "-M", &base, &head])).unwrap().files;
        prop_assert_eq!(without_ids(&short), without_ids(&shown));
    }
}
