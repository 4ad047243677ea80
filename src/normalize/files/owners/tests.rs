use super::{own, unknown};
use crate::collect::codeowners::{CodeOwnersFile, Dialect, parse, read};
use crate::collect::input::Refusal;
use crate::evidence::{Completeness, EvidenceKind, FileChange, FileKind, FileStatus, Ownership, Source};

fn owned(text: &str, dialect: Dialect, files: &mut [FileChange]) -> Source {
    let outcome = parse(text.as_bytes(), Some(dialect)).map(Some);
    let path = Some("CODEOWNERS".to_owned());
    let commit = Some("0123456789abcdef0123456789abcdef01234567".to_owned());
    own(files, &CodeOwnersFile { path, commit, sha256: Some("00".repeat(32)), outcome })
}

fn file(path: &str) -> FileChange {
    FileChange::at(path, FileStatus::Modified, FileKind::Other)
}

#[test]
fn a_renamed_file_is_owned_by_both_its_paths_and_each_owner_is_named_once() {
    let mut files = [FileChange {
        previous_path: Some("a/x".to_owned()),
        ..FileChange::at("b/x", FileStatus::Renamed, FileKind::Other)
    }];
    let source = owned("/a/ @two @one\n/b/ @two @three\n", Dialect::GitHub, &mut files);
    assert_eq!(files[0].owners, ["@one", "@three", "@two"]);
    let ownership = |path: &str, owners: [&str; 2], line| Ownership {
        path: path.to_owned(),
        section: None,
        owners: owners.map(str::to_owned).to_vec(),
        count: 1,
        optional: false,
        line,
    };
    assert_eq!(files[0].ownership, [ownership("b/x", ["@two", "@three"], 2), ownership("a/x", ["@two", "@one"], 1)]);
    assert_eq!((source.kind, source.completeness, source.items), (EvidenceKind::Owners, Completeness::Complete, 2));
    assert_eq!(source.path.as_deref(), Some("CODEOWNERS@0123456789ab"));
}

#[test]
fn each_section_of_gitlab_asks_separately() {
    let text = "* @general\n[Docs][2] @docs\nx.md\n^[Ruby][3] @ruby\n*.md\n[None]\n*.rb @r\n[Out] @out\n*\n!x.md\n";
    let mut files = [file("x.md")];
    let source = owned(text, Dialect::GitLab, &mut files);
    let asked: Vec<_> = files[0]
        .ownership
        .iter()
        .map(|asked| (asked.section.as_deref(), asked.owners[0].as_str(), asked.count, asked.optional, asked.line))
        .collect();
    assert_eq!(
        asked,
        [(None, "@general", 1, false, 1), (Some("Docs"), "@docs", 2, false, 3), (Some("Ruby"), "@ruby", 1, true, 5)]
    );
    // That an optional section has a number is a problem, and concerns nobody.
    assert_eq!((source.completeness, source.problem_count), (Completeness::Complete, 1));
}

#[test]
fn owners_that_were_there_before_are_replaced() {
    let mut files = [FileChange { owners: vec!["@old".to_owned()], ..file("a") }];
    owned("b @x\n", Dialect::GitHub, &mut files);
    assert_eq!((files[0].owners.len(), files[0].ownership.len()), (0, 0));
}

/// The text of a file, a path, and whether its owners are known.
#[test]
fn a_line_that_cannot_be_understood_fails_the_owners_of_the_paths_that_it_may_be_about() {
    use Dialect::{GitHub, GitLab};
    for (dialect, text, path, known, why) in [
        (GitHub, "* @a\n[x-z]/ @b\n", "y/f", false, "the range was meant"),
        (GitHub, "* @a\n[x-z]/ @b\n", "[x-z]/f", false, "or a directory of that name"),
        (GitHub, "* @a\n[x-z]/ @b\n", "q/f", true, "another path"),
        (GitHub, "[x-z]/ @b\n* @a\n", "y/f", true, "a later line decides"),
        (GitHub, "* @a\n[x-z]/\n", "y/f", true, "who was to be taken away is asked still"),
        (GitHub, "* @a\nsrc/ @b oops\n", "src/f", false, "the owners of the line are not asked"),
        (GitHub, "* @a\nsrc/ @b oops\n", "f", true, "another path"),
        (GitHub, "* @a\n!docs/ @b\n", "docs/f", false, "an exclusion with owners"),
        (GitHub, "* @a\n\\#x @b\n", "#x", false, "the name that was meant"),
        (GitHub, "* @a\n*.{js,ts} @b\n", "a.ts", false, "alternatives were meant"),
        (GitHub, "* @a\n*.{js,ts} @b\n", "a.rs", true, "neither of the alternatives"),
        (GitHub, "/ @b\n", "a", false, "everything was meant"),
        (GitLab, "* @a\n[Broken\nsrc/ @b\n", "src/f", false, "the line was for a section that is not there"),
        (GitLab, "* @a\n[Broken\nsrc/ @b\n", "f", true, "another path"),
        (GitLab, "* @a\n[Broken\nsrc/ @b\n[Next]\nx @c\n", "x", true, "a section that is there"),
        (GitLab, "* @a\nsrc/ nobody\n", "src/f", false, "nobody is left of the owners"),
        (GitLab, "* @a\nsrc/ nobody\nsrc/ @b\n", "src/f", true, "a later line decides"),
        (GitLab, "* @a\nsrc/ @b nobody\n", "src/f", true, "an owner is left"),
        (GitLab, "* @a\nsrc/\n", "src/f", true, "nobody was named"),
        (GitLab, "[S] nobody\nsrc/\n", "src/f", false, "nobody is left of the heading's owners"),
        (GitLab, "* @a\nx[y @b\n", "x[y", false, "a name with a bracket was meant"),
        (GitLab, "* @a\n!src/\nsrc/ nobody\n", "src/f", true, "the section asks nobody about it, whatever follows"),
    ] {
        let mut files = [file("zzz/other"), file(path)];
        let source = owned(text, dialect, &mut files);
        assert_eq!(source.completeness == Completeness::Complete, known, "{text:?} {path}: {why}");
        if let Some(reason) = source.reason {
            assert!(reason.starts_with("who owns `") && reason.contains("line "), "{reason}");
        }
    }
}

#[test]
fn what_is_not_there_is_told_apart_from_what_cannot_be_had() {
    let none = own(&mut [file("a")], &read(|_| Ok(None), Some("abc")));
    assert_eq!((none.completeness, none.items, none.reason, none.path), (Completeness::Complete, 0, None, None));
    assert_eq!(unknown().completeness, Completeness::Missing);
    let refused = CodeOwnersFile { path: None, commit: None, sha256: None, outcome: Err(Refusal::failed("no")) };
    assert_eq!(own(&mut [], &refused).completeness, Completeness::Failed);
}
