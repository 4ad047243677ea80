//! A changed path in the evidence document, and what its fields say of each other.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dependency::{strings, texts};
use super::error::{Checked, Fault};
use super::scalars::{Digest, Mode, ObjectId, RepositoryPath, Text};
use super::strict::{objects, optional_object, word};
use crate::evidence::{FileChange, FileKind, FileKindFrom, FileMode, FileStatus, Hunk, LfsPointer, Ownership, Word};

/// One changed path. A hand-written one needs `path`, `status` and `kind`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileRecord<'a> {
    /// The path after the change; of a deleted file, the path before.
    #[serde(borrow)]
    pub path: RepositoryPath<'a>,
    /// The path before, of a renamed file and of no other.
    #[serde(default)]
    pub previous_path: Option<RepositoryPath<'a>>,
    /// What happened to it.
    #[serde(deserialize_with = "word")]
    pub status: FileStatus,
    /// What it is for.
    #[serde(deserialize_with = "word")]
    pub kind: FileKind,
    /// What told so.
    #[serde(default = "by_path", deserialize_with = "word", skip_serializing_if = "is_by_path")]
    pub kind_from: FileKindFrom,
    /// The language, by GitHub Linguist's name.
    #[serde(default)]
    pub language: Option<Text<'a>>,
    /// Mode before; `null` where it was not there.
    #[serde(default)]
    pub mode_before: Option<Mode>,
    /// Mode after; `null` where it is gone.
    #[serde(default)]
    pub mode_after: Option<Mode>,
    /// Git's id of the content before, of a submodule its commit; left out where it was not there or is not known whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob_before: Option<ObjectId<'a>>,
    /// Git's id of the content after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob_after: Option<ObjectId<'a>>,
    /// Whether one side is binary, so that no lines are counted.
    #[serde(default)]
    pub binary: bool,
    /// Whether attributes of the base keep its text from being shown: then it is `binary` only by them.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// Whether one side is a symbolic link: always what the modes say.
    #[serde(default)]
    pub symlink: Option<bool>,
    /// Whether one side is a submodule: always what the modes say.
    #[serde(default)]
    pub submodule: Option<bool>,
    /// Lines added; `null` where they can't be counted.
    #[serde(default)]
    pub added: Option<u32>,
    /// Lines removed; `null` where they can't be counted.
    #[serde(default)]
    pub removed: Option<u32>,
    /// The changed blocks, in order.
    #[serde(default, deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub hunks: Vec<HunkRecord>,
    /// The pointer before, of a file that Git LFS keeps elsewhere.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    pub lfs_before: Option<LfsPointerRecord<'a>>,
    /// The pointer after.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    pub lfs_after: Option<LfsPointerRecord<'a>>,
    /// Code owners of the path and of the previous path. Where it is left out, all of `ownership`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<Text<'a>>,
    /// What CODEOWNERS of the base asks for each of these paths, rule by rule.
    #[serde(default, deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub ownership: Vec<OwnershipRecord<'a>>,
}

const fn by_path() -> FileKindFrom {
    FileKindFrom::Path
}

fn is_by_path(from: &FileKindFrom) -> bool {
    *from == by_path()
}

/// Whether it is false: what goes without saying.
pub(super) const fn is_false(value: &bool) -> bool {
    !*value
}

/// What stands in the repository for a file that Git LFS keeps elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LfsPointerRecord<'a> {
    /// SHA-256 of the content, in lower-case hexadecimal.
    #[serde(borrow)]
    pub oid: Digest<'a>,
    /// Bytes of the content.
    pub size: u64,
}

/// What one rule of CODEOWNERS asks for one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnershipRecord<'a> {
    /// The path that it is about: the file's, or its previous one.
    #[serde(borrow)]
    pub path: RepositoryPath<'a>,
    /// The section; `null` outside of any.
    #[serde(default)]
    pub section: Option<Text<'a>>,
    /// Logins and teams with their `@`, and e-mail addresses, as they are written.
    pub owners: Vec<Text<'a>>,
    /// How many of them have to approve.
    pub count: u32,
    /// Whether the section only suggests.
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
    /// The line of CODEOWNERS, from 1.
    pub line: u32,
}

impl<'a> From<&'a LfsPointer> for LfsPointerRecord<'a> {
    fn from(pointer: &'a LfsPointer) -> Self {
        Self { oid: pointer.oid.as_str().into(), size: pointer.size }
    }
}

impl From<LfsPointerRecord<'_>> for LfsPointer {
    fn from(pointer: LfsPointerRecord<'_>) -> Self {
        Self { oid: pointer.oid.into_string(), size: pointer.size }
    }
}

impl<'a> From<&'a Ownership> for OwnershipRecord<'a> {
    fn from(ownership: &'a Ownership) -> Self {
        Self {
            path: ownership.path.as_str().into(),
            section: ownership.section.as_deref().map(Text::from),
            owners: texts(&ownership.owners),
            count: ownership.count,
            optional: ownership.optional,
            line: ownership.line,
        }
    }
}

impl OwnershipRecord<'_> {
    fn into_ownership(self) -> Ownership {
        Ownership {
            path: self.path.into_string(),
            section: self.section.map(Text::into_string),
            owners: strings(self.owners),
            count: self.count,
            optional: self.optional,
            line: self.line,
        }
    }
}

/// A block of changed lines, without context lines: what `git diff -U0` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HunkRecord {
    /// First line on the side before, from 1; with no lines there, the line after which the block stands.
    pub old_start: u32,
    /// Lines on the side before.
    pub old_lines: u32,
    /// First line on the side after, from 1; with no lines there, the line after which the block stands.
    pub new_start: u32,
    /// Lines on the side after.
    pub new_lines: u32,
}

impl<'a> From<&'a FileChange> for FileRecord<'a> {
    fn from(file: &'a FileChange) -> Self {
        Self {
            path: file.path.as_str().into(),
            previous_path: file.previous_path.as_deref().map(RepositoryPath::from),
            status: file.status,
            kind: file.kind,
            kind_from: file.kind_from,
            language: file.language.as_deref().map(Text::from),
            mode_before: file.mode_before.map(Mode),
            mode_after: file.mode_after.map(Mode),
            blob_before: file.blob_before.as_deref().map(ObjectId::from),
            blob_after: file.blob_after.as_deref().map(ObjectId::from),
            binary: file.binary,
            hidden: file.hidden,
            symlink: Some(file.is_symlink()),
            submodule: Some(file.is_submodule()),
            added: file.added,
            removed: file.removed,
            hunks: file.hunks.iter().map(HunkRecord::from).collect(),
            lfs_before: file.lfs_before.as_ref().map(LfsPointerRecord::from),
            lfs_after: file.lfs_after.as_ref().map(LfsPointerRecord::from),
            owners: texts(&file.owners),
            ownership: file.ownership.iter().map(OwnershipRecord::from).collect(),
        }
    }
}

impl From<&Hunk> for HunkRecord {
    fn from(hunk: &Hunk) -> Self {
        Self {
            old_start: hunk.old_start,
            old_lines: hunk.old_lines,
            new_start: hunk.new_start,
            new_lines: hunk.new_lines,
        }
    }
}

impl HunkRecord {
    fn into_hunk(self) -> Hunk {
        Hunk {
            old_start: self.old_start,
            old_lines: self.old_lines,
            new_start: self.new_start,
            new_lines: self.new_lines,
        }
    }
}

impl FileRecord<'_> {
    /// The file change that it states.
    pub(super) fn into_change(self) -> Checked<FileChange> {
        self.check_previous_path()?;
        self.check_modes()?;
        check_hunks(&self.hunks)?;
        self.check_ownership()?;
        if self.hidden && !self.binary {
            return Err(Fault::field("hidden", "found true in a file that is not `binary`, expected false"));
        }
        let (symlink, submodule) = (self.symlink, self.submodule);
        let change = FileChange {
            path: self.path.into_string(),
            previous_path: self.previous_path.map(RepositoryPath::into_string),
            status: self.status,
            mode_before: self.mode_before.map(|mode| mode.0),
            mode_after: self.mode_after.map(|mode| mode.0),
            blob_before: self.blob_before.map(ObjectId::into_string),
            blob_after: self.blob_after.map(ObjectId::into_string),
            binary: self.binary,
            added: self.added,
            removed: self.removed,
            hunks: self.hunks.into_iter().map(HunkRecord::into_hunk).collect(),
            language: self.language.map(Text::into_string),
            kind: self.kind,
            kind_from: self.kind_from,
            hidden: self.hidden,
            lfs_before: self.lfs_before.map(LfsPointer::from),
            lfs_after: self.lfs_after.map(LfsPointer::from),
            owners: owners(&self.owners, &self.ownership),
            ownership: self.ownership.into_iter().map(OwnershipRecord::into_ownership).collect(),
        };
        check_derived("symlink", symlink, change.is_symlink(), FileMode::SYMLINK)?;
        check_derived("submodule", submodule, change.is_submodule(), FileMode::SUBMODULE)?;
        Ok(change)
    }

    fn check_previous_path(&self) -> Checked<()> {
        let status = self.status.as_str();
        match (&self.previous_path, self.status) {
            (None, FileStatus::Renamed) => Err(Fault::record("is `renamed`, expected a `previous_path`")),
            (Some(previous), FileStatus::Renamed) if *previous == self.path => {
                Err(Fault::field("previous_path", "is the same as `path` in a `renamed` file"))
            }
            (None, _) | (Some(_), FileStatus::Renamed) => Ok(()),
            (Some(_), _) => Err(Fault::field(
                "previous_path",
                format!("is there in a file that is `{status}`, expected it only where the status is `renamed`"),
            )),
        }
    }

    /// What is asked for is asked for one of the file's own paths, and names somebody.
    fn check_ownership(&self) -> Checked<()> {
        for (index, ownership) in self.ownership.iter().enumerate() {
            let fault = |fault: Box<Fault>| Err(fault.in_element(index).in_field("ownership"));
            if ownership.path != self.path && Some(&ownership.path) != self.previous_path.as_ref() {
                return fault(Fault::field("path", "is neither the file's path nor its previous one"));
            }
            if ownership.owners.is_empty() {
                return fault(Fault::field("owners", "is empty, expected whom the rule names"));
            }
        }
        Ok(())
    }

    fn check_modes(&self) -> Checked<()> {
        match self.status {
            FileStatus::Added if self.mode_before.is_some() => {
                Err(Fault::field("mode_before", "is there in a file that is `added`, expected null"))
            }
            FileStatus::Deleted if self.mode_after.is_some() => {
                Err(Fault::field("mode_after", "is there in a file that is `deleted`, expected null"))
            }
            FileStatus::Added if self.blob_before.is_some() => {
                Err(Fault::field("blob_before", "is there in a file that is `added`, expected null"))
            }
            FileStatus::Deleted if self.blob_after.is_some() => {
                Err(Fault::field("blob_after", "is there in a file that is `deleted`, expected null"))
            }
            _ => Ok(()),
        }
    }
}

/// Owners in order, each once: those that are stated, or else all of the rules that are.
fn owners(stated: &[Text<'_>], ownership: &[OwnershipRecord<'_>]) -> Vec<String> {
    let all: BTreeSet<&str> = match stated {
        [] => ownership.iter().flat_map(|ownership| &ownership.owners).map(Text::as_str).collect(),
        stated => stated.iter().map(Text::as_str).collect(),
    };
    all.into_iter().map(str::to_owned).collect()
}

/// What is derived from the modes is written for readers, and never believed.
fn check_derived(field: &str, stated: Option<bool>, derived: bool, mode: FileMode) -> Checked<()> {
    match stated {
        Some(stated) if stated != derived => {
            let found = if derived { "a mode is" } else { "no mode is" };
            Err(Fault::field(field, format!("found {stated}, expected {derived}: {found} `{mode}`")))
        }
        _ => Ok(()),
    }
}

/// Blocks come in order and don't overlap on either side.
fn check_hunks(hunks: &[HunkRecord]) -> Checked<()> {
    let (mut old_free, mut new_free) = (0, 0);
    for (index, hunk) in hunks.iter().enumerate() {
        let fault = |fault: Box<Fault>| fault.in_element(index).in_field("hunks");
        if hunk.old_lines == 0 && hunk.new_lines == 0 {
            return Err(fault(Fault::record("has no lines on either side")));
        }
        old_free = check_side("old", hunk.old_start, hunk.old_lines, old_free).map_err(fault)?;
        new_free = check_side("new", hunk.new_start, hunk.new_lines, new_free).map_err(fault)?;
    }
    Ok(())
}

/// The first line that the next block may start at.
fn check_side(side: &str, start: u32, lines: u32, free: u64) -> Checked<u64> {
    // A block without lines stands after its line, so the first line that it could hold is the next one.
    let first = u64::from(start) + u64::from(lines == 0);
    if first == 0 {
        return Err(Fault::field(&format!("{side}_start"), "found 0, expected a line from 1"));
    }
    if first < free {
        return Err(Fault::field(
            &format!("{side}_start"),
            format!(
                "found {start}, expected blocks in order that don't overlap: the one before reaches line {}",
                free - 1
            ),
        ));
    }
    Ok(first + u64::from(lines))
}
