//! Attributes of the base, and pointers of Git LFS.

use tollgate::collect::git::{self, GitOptions};
use tollgate::collect::{diff, trees};
use tollgate::evidence::{FileChange, FileKind, FileKindFrom, LfsPointer};
use tollgate::normalize::files::files;

use super::repository::Repository;

const ATTRIBUTES: &str = "\
*.snapshot linguist-generated\n\
ours/** linguist-vendored=false\n\
vendor/ours/** -linguist-vendored\n\
theirs/** linguist-vendored\n\
manual/** linguist-documentation=true\n\
[attr]made linguist-generated -diff\n\
made/** made\n\
*.inc linguist-language=PHP\n\
*.secret -diff\n\
*.psd filter=lfs diff=lfs merge=lfs -text\n\
*.raw filter=lfs -diff\n\
.github/** linguist-generated\n";

fn pointer(digit: char, size: u64) -> String {
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {size}\n", digit.to_string().repeat(64))
}

/// A change of every file, the attributes among them; the same one as commits and as directories.
fn change() -> (Repository, String, String) {
    let repository = Repository::new();
    repository.write("README.md", "x\n");
    repository.commit("before", &[]);
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write(".gitattributes", ATTRIBUTES);
    repository.write("deep/.gitattributes", "*.snapshot -linguist-generated\n");
    for path in PATHS {
        repository.write(path, "one\n");
    }
    repository.write("picture.psd", pointer('a', 7));
    repository.write("left.psd", pointer('b', 8));
    repository.write("image.raw", pointer('c', 9));
    repository.write("look-alike.psd", pointer('a', 7).replace("sha256", "sha1"));
    repository.write("binary.secret", [0, 1, 2]);
    repository.write("mode.secret", "one\n");
    repository.write("gone.secret", "one\n");
    repository.write("moved.secret", "one\ntwo\nthree\nfour\n");
    let base = repository.commit("base", &[]);
    repository.git(&["checkout", "--quiet", "topic"]);
    repository.git(&["merge", "--quiet", "main"]);
    repository.write(".gitattributes", "* linguist-vendored -diff\n");
    for path in PATHS {
        repository.write(path, "one\ntwo\n");
    }
    repository.write("picture.psd", pointer('d', 70));
    repository.write("left.psd", "no longer\n");
    repository.write("image.raw", pointer('e', 90));
    repository.write("look-alike.psd", pointer('f', 7).replace("sha256", "sha1"));
    repository.write("new.psd", pointer('1', 10_000_000_000));
    repository.link("link.psd", &pointer('2', 1));
    repository.write("binary.secret", [0, 1, 3]);
    repository.write("new.secret", "new\n");
    repository.executable("mode.secret", true);
    repository.remove("gone.secret");
    repository.rename("moved.secret", "moved/there.secret");
    let head = repository.commit("head", &[]);
    (repository, base, head)
}

const PATHS: [&str; 13] = [
    "a.snapshot",
    "deep/a.snapshot",
    "ours/a.rs",
    "vendor/ours/a.rs",
    "vendor/a.rs",
    "theirs/a.rs",
    "theirs/Cargo.toml",
    "manual/a.txt",
    "manual/a.rs",
    "made/a.rs",
    "a.inc",
    "a.secret",
    ".github/workflows/ci.yml",
];

fn both() -> [Vec<FileChange>; 2] {
    let (repository, base, head) = change();
    let options = GitOptions {
        repo: repository.path().to_path_buf(),
        base: Some("main".to_owned()),
        head: Some("topic".to_owned()),
    };
    let (before, after) = (repository.check_out(&base), repository.check_out(&head));
    let trees = trees::read(before.path(), after.path()).unwrap();
    [files(git::read(&options).unwrap().files), files(trees.files)]
}

#[test]
fn attributes_of_the_base_say_what_a_file_is_and_those_of_the_head_do_not() {
    use FileKind::{Ci, Docs, Generated, Manifest, Policy, Source, Vendored};
    use FileKindFrom::{Attributes, Path};
    for files in both() {
        for (path, kind, from) in [
            ("a.snapshot", Generated, Attributes),
            ("deep/a.snapshot", FileKind::Other, Path),
            ("ours/a.rs", Source, Path),
            ("vendor/ours/a.rs", Source, Attributes),
            ("vendor/a.rs", Vendored, Path),
            ("theirs/a.rs", Vendored, Attributes),
            ("theirs/Cargo.toml", Manifest, Path),
            ("manual/a.txt", Docs, Attributes),
            ("manual/a.rs", Docs, Attributes),
            ("made/a.rs", Generated, Attributes),
            ("a.inc", Source, Attributes),
            (".github/workflows/ci.yml", Ci, Path),
            (".gitattributes", Policy, Path),
        ] {
            let file = files.iter().find(|file| file.path == path).unwrap();
            assert_eq!((file.kind, file.kind_from), (kind, from), "{path}");
        }
        let language = |path: &str| files.iter().find(|file| file.path == path).unwrap().language.clone();
        assert_eq!(language("a.inc").as_deref(), Some("PHP"));
        assert_eq!(language("a.snapshot"), None);
    }
}

#[test]
fn text_that_attributes_hide_is_said_to_be_hidden() {
    for files in both() {
        let hidden: Vec<&str> = files.iter().filter(|file| file.hidden).map(|file| file.path.as_str()).collect();
        // Not those that are binary by their bytes, whose text does not change, or that are pointers.
        assert_eq!(hidden, ["a.secret", "gone.secret", "made/a.rs", "new.secret"]);
        assert!(files.iter().filter(|file| file.hidden).all(|file| file.binary && file.added.is_none()));
        let binary: Vec<&str> =
            files.iter().filter(|file| file.binary && !file.hidden).map(|file| file.path.as_str()).collect();
        assert_eq!(binary, ["binary.secret", "image.raw", "mode.secret", "moved/there.secret"]);
    }
}

#[test]
fn pointers_of_git_lfs_are_told_from_both_sides_and_keep_their_lines() {
    let pointer = |digit: char, size| Some(LfsPointer { oid: digit.to_string().repeat(64), size });
    for files in both() {
        let lfs: Vec<_> = files
            .iter()
            .filter(|file| file.is_lfs())
            .map(|file| (file.path.as_str(), file.lfs_before.clone(), file.lfs_after.clone()))
            .collect();
        assert_eq!(
            lfs,
            [
                ("image.raw", pointer('c', 9), pointer('e', 90)),
                ("left.psd", pointer('b', 8), None),
                ("new.psd", None, pointer('1', 10_000_000_000)),
                ("picture.psd", pointer('a', 7), pointer('d', 70)),
            ]
        );
        let picture = files.iter().find(|file| file.path == "picture.psd").unwrap();
        assert_eq!((picture.binary, picture.added, picture.removed), (false, Some(2), Some(2)), "the counts are git's");
    }
}

#[test]
fn a_diff_knows_neither_attributes_nor_pointers() {
    let (repository, base, head) = change();
    let bytes = repository.git(&["diff", "-M", &base, &head]);
    let files = files(diff::read(&bytes).unwrap().files);
    assert!(files.iter().all(|file| !file.hidden && !file.is_lfs() && file.kind_from == FileKindFrom::Path));
}

#[test]
fn attributes_that_came_after_the_merge_base_count() {
    let repository = Repository::new();
    repository.write("a.x", "1\n");
    repository.commit("before", &[]);
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.write("a.x", "2\n");
    repository.commit("head", &[]);
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write(".gitattributes", "*.x linguist-generated -diff\n");
    repository.commit("tip", &[]);
    let options = GitOptions {
        repo: repository.path().to_path_buf(),
        base: Some("main".to_owned()),
        head: Some("topic".to_owned()),
    };
    let files = files(git::read(&options).unwrap().files);
    assert_eq!((files.len(), files[0].kind, files[0].hidden), (1, FileKind::Generated, true));
}
