//! A change given as a unified diff in git's format. Whatever could hide a part of it is refused: a diff is taken whole
//! or not at all, and a second parser has to find the same in it.
//!
//! What can't be told from a diff: whether it was made with `-R`, `--relative`, `-w` (where it leaves no trace), under
//! other rename rules, or with lines hidden by attributes (such a file shows as binary); the modes of a file that was only renamed; whether a
//! renamed or mode-changed file without lines is binary.

mod header;
mod hunks;
mod names;
mod second;

use std::collections::BTreeSet;

use self::header::Section;
use self::names::Prefix;
use super::input::Refusal;
use super::snapshot::{RawChange, RawFile};
use crate::evidence::{Change, Completeness, FileStatus};

/// The longest diff that is read, in bytes: 256 MiB.
pub const MAX_BYTES: u64 = 256 << 20;

/// Reads a whole diff: the output of `git diff`, `git show` of one commit that is no merge, or a patch of `git format-patch`.
///
/// # Errors
/// A [`Refusal`] where it is not one complete git diff of one change; the reason names the line.
pub fn read(bytes: &[u8]) -> Result<RawChange, Refusal> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Refusal {
            completeness: Completeness::Truncated,
            reason: format!("is larger than the limit of {MAX_BYTES} bytes"),
        });
    }
    let files = files(bytes).map_err(Refusal::failed)?;
    Ok(RawChange { change: Change::default(), files, snapshot: None })
}

fn files(bytes: &[u8]) -> Result<Vec<RawFile>, String> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("has no change in it; if the change is empty, describe it with `--repo`".to_owned());
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("is encoded as UTF-16, expected the bytes that git wrote".to_owned());
    }
    if bytes.last() != Some(&b'\n') {
        return Err("ends in the middle of a line".to_owned());
    }
    let mut lines = Lines { rest: bytes, number: 1 };
    let mailed = bytes.starts_with(b"From ");
    skip_preamble(&mut lines, mailed)?;
    let start = lines.rest;
    let mut prefix: Option<Prefix> = None;
    let mut sections = Vec::new();
    while lines.peek().is_some_and(|line| line.starts_with(header::START)) {
        sections.push(header::section(&mut lines, &mut prefix)?);
    }
    let end = lines.rest.len();
    skip_trailer(&mut lines, mailed)?;
    let body = start.split_at(start.len().saturating_sub(end)).0;
    second::agrees(body, &sections)?;
    joined(sections)
}

/// Lines with their numbers, from 1.
struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
}

impl<'a> Lines<'a> {
    /// The next line without its newline.
    fn peek(&self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        self.rest.split(|byte| *byte == b'\n').next()
    }

    fn next(&mut self) -> Option<&'a [u8]> {
        let line = self.peek()?;
        self.rest = self.rest.get(line.len() + 1..).unwrap_or_default();
        self.number += 1;
        Some(line)
    }
}

/// Text before the first file: mail headers, a commit message, a summary.
fn skip_preamble(lines: &mut Lines<'_>, mailed: bool) -> Result<(), String> {
    let mut first = true;
    while let Some(line) = lines.peek() {
        if line.starts_with(header::START) {
            return Ok(());
        }
        if !(first && mailed) {
            refuse_foreign(line, lines.number)?;
        }
        first = false;
        lines.next();
    }
    Err("has no `diff --git` line; expected the output of `git diff`".to_owned())
}

/// After the last file: nothing, or the signature of a mailed patch.
fn skip_trailer(lines: &mut Lines<'_>, mailed: bool) -> Result<(), String> {
    if mailed && matches!(lines.peek(), Some(b"-- " | b"--")) {
        lines.next();
        // Git's version.
        if lines.peek().is_some_and(|line| line.first().is_some_and(u8::is_ascii_digit)) {
            lines.next();
        }
    }
    while let Some(line) = lines.peek() {
        if line.starts_with(header::START) {
            return Err(format!(
                "line {}: a file after the end of the diff; make one diff of the whole change",
                lines.number
            ));
        }
        if !line.is_empty() {
            refuse_foreign(line, lines.number)?;
            return Err(format!("line {}: is not part of a git diff: {}", lines.number, shown(line)));
        }
        lines.next();
    }
    Ok(())
}

/// What stands outside of git's own format and would be lost.
fn refuse_foreign(line: &[u8], number: usize) -> Result<(), String> {
    let starts = |words: &[&str]| words.iter().any(|word| line.starts_with(word.as_bytes()));
    let why = if starts(&["\x1b"]) {
        "is coloured; make the diff with `--no-color`"
    } else if starts(&["diff --cc ", "diff --combined ", "@@@"]) {
        "is a combined diff of a merge, which leaves files out; make the diff of two commits"
    } else if starts(&["Submodule "]) {
        "is a submodule in words; make the diff with `--submodule=short`"
    } else if starts(&["* Unmerged path"]) {
        "is a path with conflicts; make the diff of two commits"
    } else if mail_start(line) {
        "starts another patch; make one diff of the whole change"
    } else if starts(&["--- ", "+++ ", "@@ ", "diff ", "Index: ", "Only in ", "Binary files "]) {
        "belongs to a diff without a `diff --git` line; make the diff with `git diff`"
    } else {
        return Ok(());
    };
    Err(format!("line {number}: {why}"))
}

/// `From`, a commit id and a date.
fn mail_start(line: &[u8]) -> bool {
    line.strip_prefix(b"From ").is_some_and(|rest| {
        rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count() >= 40 && rest.contains(&b':')
    })
}

/// A line as it can stand in a message.
fn shown(line: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(line).chars().take(60).flat_map(char::escape_debug).collect();
    format!("`{text}`")
}

/// Sections to files: git shows a change of type as a deletion and an addition one after the other.
fn joined(sections: Vec<Section>) -> Result<Vec<RawFile>, String> {
    let mut files: Vec<RawFile> = Vec::with_capacity(sections.len());
    let (mut before, mut after) = (BTreeSet::new(), BTreeSet::new());
    for section in sections {
        if let Some(last) = files.last_mut()
            && let Some(joined) = type_change(last, &section.file)
        {
            after.insert(joined.path.clone());
            *last = joined;
            continue;
        }
        let file = section.file;
        let old = file.previous_path.as_ref().unwrap_or(&file.path);
        let twice = (file.status != FileStatus::Added && !before.insert(old.clone()))
            || (file.status != FileStatus::Deleted && !after.insert(file.path.clone()));
        if twice {
            return Err(format!(
                "line {}: has {} a second time; expected one diff of the whole change",
                section.line,
                shown(file.path.as_bytes())
            ));
        }
        files.push(file);
    }
    if let Some(file) = files.iter().find(|file| file.status == FileStatus::Deleted && after.contains(&file.path)) {
        return Err(format!(
            "has {} both deleted and present; make the diff without `-B`",
            shown(file.path.as_bytes())
        ));
    }
    files.sort();
    Ok(files)
}

fn type_change(deleted: &RawFile, added: &RawFile) -> Option<RawFile> {
    let (old, new) = deleted.mode_before.zip(added.mode_after)?;
    let both = deleted.status == FileStatus::Deleted && added.status == FileStatus::Added;
    if !both || deleted.path != added.path || old.same_type(new) {
        return None;
    }
    let binary = deleted.binary || added.binary;
    let (removed, added_lines) = (deleted.removed.filter(|_| !binary), added.added.filter(|_| !binary));
    let whole = hunks::replaced(removed.unwrap_or(0), added_lines.unwrap_or(0));
    Some(RawFile {
        mode_before: Some(old),
        mode_after: Some(new),
        binary,
        added: added_lines,
        removed,
        hunks: whole,
        blob_before: deleted.blob_before.clone(),
        blob_after: added.blob_after.clone(),
        ..RawFile::at(added.path.as_str(), FileStatus::TypeChanged)
    })
}
