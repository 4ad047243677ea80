//! A diff is read whole or not at all.

use proptest::prelude::*;
use tollgate::collect::diff;
use tollgate::evidence::{Completeness, FileMode, FileStatus};

const WHOLE: &[u8] = include_bytes!("../inputs/diff/whole.diff");

fn reason(bytes: impl AsRef<[u8]>) -> String {
    let refusal = diff::read(bytes.as_ref()).err().expect("it has to be refused");
    assert_eq!(refusal.completeness, Completeness::Failed);
    refusal.reason
}

#[test]
fn a_whole_diff_is_read() {
    let change = diff::read(WHOLE).unwrap();
    let shown: Vec<_> = change
        .files
        .iter()
        .map(|file| format!("{} {} {:?} {:?}", file.status, file.path, file.added, file.removed))
        .collect();
    insta::assert_debug_snapshot!(shown);
}

/// What is lost with the end of a diff is seen, but for whole files and whole hunks.
#[test]
fn a_diff_that_is_cut_off_anywhere_but_between_hunks_is_refused() {
    let mut cuts = 0;
    for cut in 0..WHOLE.len() {
        let (kept, lost) = WHOLE.split_at(cut);
        // The second half of a binary patch is not needed to apply it, and a missing newline's mark is no line.
        let between = [&b"diff --git "[..], b"@@ ", b"\\ No newline"].iter().any(|start| lost.starts_with(start))
            || (lost.starts_with(b"literal ") && !kept.ends_with(b"patch\n"));
        match diff::read(kept) {
            Ok(_) => assert!(between && kept.ends_with(b"\n"), "cut off at {cut}: {}", String::from_utf8_lossy(lost)),
            Err(_) => cuts += 1,
        }
    }
    assert!(cuts > WHOLE.len() - 40);
}

const HEAD: &str = "diff --git a/x b/x\nindex 1234567..89abcde 100644\n--- a/x\n+++ b/x\n";

#[test]
fn every_refusal_says_what_it_is() {
    let hunk = "@@ -1,2 +1,2 @@\n a\n-b\n+c\n";
    assert!(diff::read(format!("{HEAD}{hunk}").as_bytes()).is_ok());
    for (bytes, part) in [
        (String::new(), "--repo"),
        ("\n \n".to_owned(), "--repo"),
        (format!("{HEAD}{hunk} more\n"), "line 9: the hunk of line 5 has more lines"),
        (format!("{HEAD}@@ -1,3 +1,2 @@\n a\n-b\n+c\n"), "line 5: the hunk ends early"),
        (format!("{HEAD}@@ -1,1 +1,2 @@\n a\n-b\n+c\n"), "line 7: the hunk of line 5 has more lines"),
        (format!("{HEAD}@@ -1,2 +1,2 @@\n a\n~\n"), "line 7: is neither context nor added nor removed"),
        (format!("{HEAD}@@ -1,2 +2,2 @@\n a\n-b\n+c\n"), "does not stand where"),
        (format!("{HEAD}{hunk}@@ -9,1 +10,1 @@\n-b\n+c\n"), "line 9: the hunk does not stand where"),
        (format!("{HEAD}@@ -5,1 +5,1 @@\n-b\n+c\n{hunk}"), "does not stand where"),
        (format!("{HEAD}@@ -1,2 +1,2 @@\n a\n b\n"), "changes no line"),
        (format!("{HEAD}@@ -1,2 +1,2 @\n a\n-b\n+c\n"), "is no hunk header"),
        (format!("{HEAD}@@ -0,2 +1,2 @@\n a\n-b\n+c\n"), "out of range"),
        (format!("{HEAD}@@ -4294967295,2 +4294967295,2 @@\n a\n-b\n+c\n"), "out of range"),
        (format!("{HEAD}@@@ -1,2 -1,2 +1,2 @@@\n  a\n"), "combined diff"),
        (HEAD.to_owned(), "has no hunk"),
        (format!("{HEAD}{hunk}").replace('\n', "\r\n"), "CR LF"),
        (format!("{HEAD}@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline\n\\ No newline\n+c\n"), "line 9: is neither"),
        ("diff --git a/x b/x\n".to_owned(), "not in the diff"),
        ("diff --git a/x b/x\nindex 1234567..89abcde 100644\n".to_owned(), "not in the diff"),
        ("diff --git a/x b/x\nnew file mode 100644\n".to_owned(), "not in the diff"),
        ("diff --git a/x b/x\ndeleted file mode 100644\nindex 1234567..0000000\n".to_owned(), "`-D`"),
        ("diff --git a/x b/x\nold mode 100644\nnew mode 100755\nindex 1234567..89abcde\n".to_owned(), "`-w`"),
        ("diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\n".to_owned(), "not in the diff"),
        ("diff --git a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to y\n".to_owned(), "without `-C`"),
        ("diff --git a/x b/y\nrename from x\nrename to z\n".to_owned(), "can't be told apart"),
        ("diff --git a/x b/y\nrename from x\n".to_owned(), "contradicts itself"),
        ("diff --git a/x b/x\nold mode 100644\nnew mode 120000\n".to_owned(), "two types"),
        ("diff --git a/x b/x\nold mode 100644\nnew mode 040000\n".to_owned(), "is no mode"),
        ("diff --git a/x b/x\nold mode 100644\nold mode 100644\n".to_owned(), "twice"),
        (format!("{HEAD}{hunk}{HEAD}{hunk}"), "line 9: has `x` a second time"),
        (format!("{HEAD}{hunk}\n{HEAD}{hunk}"), "after the end"),
        (HEAD.replace("--- a/x", "--- a/y") + hunk, "does not name the file"),
        (HEAD.replace("+++ b/x", "+++ /dev/null") + hunk, "does not name the file"),
        (HEAD.replace(" b/x\n", " b/y\n") + hunk, "can't be told apart"),
        (format!("{HEAD}{hunk}{}{hunk}", HEAD.replace("a/x", "y").replace("b/x", "y")), "prefixes"),
        (format!("{HEAD}{hunk}Submodule x 1234567..89abcde:\n  > subject\n"), "--submodule=short"),
        (format!("Submodule x 1234567..89abcde:\n{HEAD}{hunk}"), "--submodule=short"),
        (format!("{HEAD}{hunk}Only in b: y\n"), "without a `diff --git` line"),
        (format!("--- a/y\n+++ b/y\n{hunk}{HEAD}{hunk}"), "without a `diff --git` line"),
        (format!("* Unmerged path y\n{HEAD}{hunk}"), "conflicts"),
        (format!("\x1b[1m{HEAD}{hunk}"), "--no-color"),
        (format!("{HEAD}@@ -1,2 +1,2 @@\n a\n\x1b[31m-b\x1b[m\n\x1b[32m+c\x1b[m\n"), "--no-color"),
        (format!("From {0} Mon Sep 17 00:00:00 2001\n\n---\n{HEAD}{hunk}-- \n2.1\n\nFrom {0} Mon Sep 17 00:00:00 2001\n", "a".repeat(40)), "another patch"),
        (format!("{HEAD}{hunk}-- \n2.1\n"), "is not part of a git diff"),
        ("diff --git a/x b/x\nindex 1234567..89abcde 100644\nBinary files a/x and b/y differ\n".to_owned(), "does not name"),
        ("diff --git a/x b/x\nindex 1234567..89abcde 100644\nGIT binary patch\nliteral 3\nKcmZ\n".to_owned(), "cut off"),
        ("diff --git a/x b/x\nindex 1234567..89abcde 100644\nGIT binary patch\n".to_owned(), "0 blocks"),
        ("diff --git a/x b/x\nnew file mode 100644\nindex 0000000..89abcde\n--- /dev/null\n+++ b/x\n@@ -1,1 +1,1 @@\n-a\n+b\n".to_owned(), "lines on both sides"),
    ] {
        let reason = reason(&bytes);
        assert!(reason.contains(part), "{bytes}\n{reason}");
        assert!(!reason.contains(['\n', '\x1b']), "{reason}");
    }
    assert!(reason([0xff, 0xfe, b'd', 0, b'\n', 0]).contains("UTF-16"));
}

#[test]
fn a_mailed_patch_with_its_signature_is_read() {
    let patch = format!(
        "From {} Mon Sep 17 00:00:00 2001\nFrom: A <a@example.com>\nSubject: [PATCH] x\n\n---\n x | 2 +-\n\n{HEAD}@@ -1 +1 @@\n-a\n+b\n-- \n2.47.3\n\n",
        "a".repeat(40)
    );
    assert_eq!(diff::read(patch.as_bytes()).unwrap().files.len(), 1);
}

#[test]
fn a_change_of_type_is_one_file() {
    let change = diff::read(WHOLE).unwrap();
    let file = change.files.iter().find(|file| file.path == "type").unwrap();
    assert_eq!(file.status, FileStatus::TypeChanged);
    assert_eq!((file.mode_before, file.mode_after), (Some(FileMode::REGULAR), Some(FileMode::SYMLINK)));
    assert_eq!((file.added, file.removed, file.hunks.len()), (Some(1), Some(1), 1));
}

#[test]
fn one_byte_more_than_the_limit_is_refused() {
    let bytes = vec![b'\n'; usize::try_from(diff::MAX_BYTES).unwrap() + 1];
    assert_eq!(diff::read(&bytes).err().unwrap().completeness, Completeness::Truncated);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = diff::read(&bytes);
        let _ = diff::read(&[b"diff --git ", &bytes[..]].concat());
        let _ = diff::read(&[HEAD.as_bytes(), b"@@ ", &bytes[..], b"\n"].concat());
    }

    #[test]
    fn a_damaged_diff_is_read_or_refused(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        lines in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..3),
    ) {
        let mut bytes = WHOLE.to_vec();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let mut text: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        for (from, to) in lines {
            let line = text.remove(from.index(text.len()));
            text.insert(to.index(text.len()), line);
        }
        let _ = diff::read(&text.join(&b'\n'));
    }

    /// Taking one line out of a hunk is always seen.
    #[test]
    fn a_missing_line_is_refused(at in any::<prop::sample::Index>()) {
        let lines: Vec<&[u8]> = WHOLE.split_inclusive(|byte| *byte == b'\n').collect();
        let at = at.index(lines.len());
        let in_hunk = matches!(lines[at][0], b'+' | b'-' | b' ') && !lines[at].starts_with(b"+++ ") && !lines[at].starts_with(b"--- ");
        prop_assume!(in_hunk);
        let left: Vec<u8> = lines.iter().enumerate().filter(|(index, _)| *index != at).flat_map(|(_, line)| line.to_vec()).collect();
        prop_assert!(diff::read(&left).is_err());
    }
}
