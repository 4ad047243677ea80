//! What git itself says of a change, as raw files.

use tollgate::collect::snapshot::RawFile;
use tollgate::evidence::{FileMode, FileStatus, Hunk, path_from_bytes};

use std::path::Path;

use super::repository::git;

/// A file, and whether its content is the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) file: RawFile,
    pub(crate) same_content: bool,
}

/// `git diff --raw -z`: modes, ids, status and paths.
pub(crate) fn raw(bytes: &[u8]) -> Vec<Told> {
    let mut fields = bytes.split(|byte| *byte == 0).filter(|field| !field.is_empty());
    let mut told = Vec::new();
    while let Some(field) = fields.next() {
        let words: Vec<&str> = std::str::from_utf8(field).unwrap().trim_start_matches(':').split(' ').collect();
        let mode = |text: &str| Some(u32::from_str_radix(text, 8).unwrap()).filter(|mode| *mode != 0).map(FileMode);
        let blob = |text: &str| Some(text.to_owned()).filter(|id| id.bytes().any(|digit| digit != b'0'));
        let first = path_from_bytes(fields.next().unwrap());
        let status = match &words[4][..1] {
            "A" => FileStatus::Added,
            "D" => FileStatus::Deleted,
            "M" => FileStatus::Modified,
            "R" => FileStatus::Renamed,
            "T" => FileStatus::TypeChanged,
            other => panic!("{other}"),
        };
        let second = (status == FileStatus::Renamed).then(|| path_from_bytes(fields.next().unwrap()));
        let renamed = second.is_some();
        told.push(Told {
            same_content: words[2] == words[3],
            file: RawFile {
                previous_path: renamed.then(|| first.clone()),
                mode_before: mode(words[0]),
                mode_after: mode(words[1]),
                blob_before: blob(words[2]),
                blob_after: blob(words[3]),
                ..RawFile::at(second.unwrap_or(first), status)
            },
        });
    }
    told
}

/// `git diff --numstat -z`: counts in the order of `raw`.
fn numstat(bytes: &[u8]) -> Vec<(Option<u32>, Option<u32>)> {
    let mut fields = bytes.split(|byte| *byte == 0).filter(|field| !field.is_empty());
    let mut counts = Vec::new();
    while let Some(field) = fields.next() {
        let words: Vec<&[u8]> = field.splitn(3, |byte| *byte == b'\t').collect();
        let count = |word: &[u8]| std::str::from_utf8(word).unwrap().parse().ok();
        counts.push((count(words[0]), count(words[1])));
        if words[2].is_empty() {
            fields.next();
            fields.next();
        }
    }
    counts
}

/// The changed blocks of `git diff`, file by file. Not those of `-U0`: only there git leaves a common end out before it
/// compares, and so places blocks that could stand in several places elsewhere than in every other diff.
fn blocks(bytes: &[u8]) -> Vec<Vec<Hunk>> {
    let mut files: Vec<Vec<Hunk>> = Vec::new();
    let (mut at, mut left, mut open) = ([0_u32; 2], [0_u32; 2], false);
    for line in bytes.split(|byte| *byte == b'\n') {
        if line.starts_with(b"diff --git ") {
            (left, open) = ([0, 0], false);
            files.push(Vec::new());
        } else if line.starts_with(b"@@ -") && left == [0, 0] {
            let text = String::from_utf8_lossy(line).into_owned();
            let words: Vec<&str> = text.split(' ').collect();
            for side in 0..2 {
                let (start, lines) = words[side + 1][1..].split_once(',').unwrap_or((&words[side + 1][1..], "1"));
                left[side] = lines.parse().unwrap();
                at[side] = start.parse::<u32>().unwrap() + u32::from(left[side] == 0);
            }
            open = false;
        } else if left != [0, 0] && matches!(line.first(), Some(b' ' | b'-' | b'+')) {
            let sides = [line[0] != b'+', line[0] != b'-'];
            let blocks = files.last_mut().unwrap();
            if line[0] != b' ' {
                if !open {
                    blocks.push(Hunk { old_start: at[0], old_lines: 0, new_start: at[1], new_lines: 0 });
                }
                let block = blocks.last_mut().unwrap();
                block.old_lines += u32::from(sides[0]);
                block.new_lines += u32::from(sides[1]);
            }
            open = line[0] != b' ';
            for side in 0..2 {
                at[side] += u32::from(sides[side]);
                left[side] -= u32::from(sides[side]);
            }
        }
    }
    for block in files.iter_mut().flatten() {
        block.old_start -= u32::from(block.old_lines == 0);
        block.new_start -= u32::from(block.new_lines == 0);
    }
    files
}

/// All that git says of the change between two commits, with the attributes of the first.
pub(crate) fn told(repository: &Path, before: &str, after: &str) -> Vec<Told> {
    let empty = String::from_utf8(git(repository, &["hash-object", "-t", "tree", "-w", "/dev/null"], None)).unwrap();
    let [with, without] = [before, empty.trim()].map(|tree| format!("--attr-source={tree}"));
    let told_by = |source: &str, more: &[&str]| {
        let mut arguments = vec![source, "diff", "-M", "--no-color", "--no-ext-diff", "--no-textconv"];
        arguments.extend(more);
        arguments.extend([before, after]);
        git(repository, &arguments, None)
    };
    let diff = |more: &[&str]| told_by(&with, more);
    let mut told = raw(&diff(&["--raw", "-z", "--no-abbrev"]));
    let counts = numstat(&diff(&["--numstat", "-z"]));
    let bare = numstat(&told_by(&without, &["--numstat", "-z"]));
    let mut hunks = blocks(&diff(&["-p"])).into_iter();
    assert_eq!((told.len(), told.len()), (counts.len(), bare.len()));
    for ((file, (added, removed)), (by_bytes, _)) in told.iter_mut().zip(counts).zip(bare) {
        file.file.hidden = !file.same_content && added.is_none() && by_bytes.is_some();
        let file = &mut file.file;
        (file.added, file.removed, file.binary) = (added, removed, added.is_none());
        file.hunks = hunks.next().unwrap();
        if file.status == FileStatus::TypeChanged {
            // Git prints these as a deletion and an addition; both are whole files.
            let new = hunks.next().unwrap();
            let (old, new) =
                (file.hunks.first().map_or(0, |hunk| hunk.old_lines), new.first().map_or(0, |hunk| hunk.new_lines));
            file.hunks = vec![Hunk { old_start: 1, old_lines: old, new_start: 1, new_lines: new }];
        }
    }
    assert_eq!(hunks.next(), None);
    told.sort_by(|a, b| a.file.cmp(&b.file));
    told
}
