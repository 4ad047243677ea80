//! Changed files as rules see them.

use std::sync::OnceLock;

use rhai::{Dynamic, INT, ImmutableString};

use super::collection::{Collection, Item, Matches, Placed, View, placed};
use super::error::HostResult;
use super::findings::unknown_group;
use super::globs::texts;
use super::scope::Places;
use super::signature::{Param, Signature};
use super::stored::{Stored, property, select};
use super::words::{WordValue, choices, words};
use crate::evidence::{Evidence, EvidenceKind, FileChange, FileKind, FileKindFrom, FileStatus, LfsPointer, Word};
use crate::policy::Subject;

/// Changed files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileRows;

impl Collection for FileRows {
    const ITEM: &'static str = "File";
    const VIEW: &'static str = "Files";
    const KIND: EvidenceKind = EvidenceKind::Files;
    const PLACES: Option<Places> = Some(Places::of::<Self>());

    fn len(evidence: &Evidence) -> usize {
        evidence.files.len()
    }

    fn subject(row: u32) -> Subject {
        Subject::File(row)
    }
}

impl Placed for FileRows {
    const UNDER: &'static str = "those whose path, before or after, a glob matches";
    const NOT_UNDER: &'static str = "those whose paths no glob matches";

    /// A renamed file lies under both of its paths.
    fn hits(evidence: &Evidence, matches: &dyn Fn(&str) -> bool) -> Vec<bool> {
        let hit = |file: &FileChange| matches(&file.path) || file.previous_path.as_deref().is_some_and(matches);
        evidence.files.iter().map(hit).collect()
    }

    fn slot(matches: &Matches) -> &OnceLock<Vec<bool>> {
        &matches.files
    }
}

impl Stored for FileRows {
    type Row = FileChange;

    fn stored(evidence: &Evidence) -> &[FileChange] {
        &evidence.files
    }
}

type Files = View<FileRows>;
type Row = Item<FileRows>;

impl Files {
    fn keep_status(&self, status: FileStatus) -> Self {
        self.keep_rows(|file| file.status == status)
    }

    fn sum(&self, lines: impl Fn(&FileChange) -> u64) -> INT {
        INT::try_from(self.each().map(lines).sum::<u64>()).unwrap_or(INT::MAX)
    }
}

fn added(file: &FileChange) -> u64 {
    file.added.map_or(0, u64::from)
}

fn removed(file: &FileChange) -> u64 {
    file.removed.map_or(0, u64::from)
}

fn size(pointer: Option<&LfsPointer>) -> INT {
    pointer.map_or(0, |pointer| INT::try_from(pointer.size).unwrap_or(INT::MAX))
}

const GROUPS: &[&str] = &["status", "kind", "language"];

fn group_by(files: &Files, key: &str) -> HostResult<rhai::Map> {
    Ok(match key {
        "status" => files.group_by(|evidence, row| evidence.files.get(row).map_or("", |file| file.status.as_str())),
        "kind" => files.group_by(|evidence, row| evidence.files.get(row).map_or("", |file| file.kind.as_str())),
        "language" => files
            .group_by(|evidence, row| evidence.files.get(row).and_then(|file| file.language.as_deref()).unwrap_or("")),
        _ => return Err(unknown_group(key, GROUPS)),
    })
}

const VIEW: &str = "Files";

/// What every collection has.
pub(super) const COMMON: &[Signature] = &placed::<FileRows>();

pub(super) const TABLE: &[Signature] = &[
    Signature::method(
        VIEW,
        "group_by",
        &[("key", Param::Text)],
        "map of Files",
        "parts by `status`, `kind` or `language`",
        |module, name| {
            module.set_native_fn(name, |view: Files, key: &str| group_by(&view, key));
        },
    ),
    Signature::method(
        VIEW,
        "lines_added",
        &[],
        "number",
        "lines added in all, where they can be counted",
        |module, name| {
            module.set_native_fn(name, |view: Files| Ok(view.sum(added)));
        },
    ),
    Signature::method(
        VIEW,
        "lines_removed",
        &[],
        "number",
        "lines removed in all, where they can be counted",
        |module, name| {
            module.set_native_fn(name, |view: Files| Ok(view.sum(removed)));
        },
    ),
    Signature::method(
        VIEW,
        "lines_changed",
        &[],
        "number",
        "lines added and removed in all, where they can be counted",
        |module, name| {
            module.set_native_fn(name, |view: Files| Ok(view.sum(|file| added(file) + removed(file))));
        },
    ),
    select::<FileRows>(
        "status",
        &[("status", Param::Words(FileStatus::VOCABULARY))],
        "those with a status",
        |module, name| {
            choices(module, name, |view: Files, status: &Dynamic| -> HostResult<Files> {
                let wanted = words::<FileStatus>(status)?;
                Ok(view.keep_rows(|file| wanted.get(file.status as usize).copied().unwrap_or(true)))
            });
        },
    ),
    select::<FileRows>("added", &[], "new ones", |module, name| {
        module.set_native_fn(name, |view: Files| Ok(view.keep_status(FileStatus::Added)));
    }),
    select::<FileRows>("modified", &[], "those whose content or mode changed", |module, name| {
        module.set_native_fn(name, |view: Files| Ok(view.keep_status(FileStatus::Modified)));
    }),
    select::<FileRows>("deleted", &[], "those that are gone", |module, name| {
        module.set_native_fn(name, |view: Files| Ok(view.keep_status(FileStatus::Deleted)));
    }),
    select::<FileRows>("renamed", &[], "those that were at another path before", |module, name| {
        module.set_native_fn(name, |view: Files| Ok(view.keep_status(FileStatus::Renamed)));
    }),
    select::<FileRows>("kind", &[("kind", Param::Words(FileKind::VOCABULARY))], "those of a kind", |module, name| {
        choices(module, name, |view: Files, kind: &Dynamic| -> HostResult<Files> {
            let wanted = words::<FileKind>(kind)?;
            Ok(view.keep_rows(|file| wanted.get(file.kind as usize).copied().unwrap_or(true)))
        });
    }),
    select::<FileRows>(
        "language",
        &[("names", Param::Texts)],
        "those in a language, by Linguist's name without regard to case",
        |module, name| {
            choices(module, name, |view: Files, names: &Dynamic| -> HostResult<Files> {
                let names = texts(names)?;
                Ok(view.keep_rows(|file| {
                    file.language
                        .as_deref()
                        .is_some_and(|language| names.iter().any(|name| name.eq_ignore_ascii_case(language)))
                }))
            });
        },
    ),
    select::<FileRows>("binary", &[], "those whose lines can't be shown", |module, name| {
        module.set_native_fn(name, |view: Files| Ok(view.keep_rows(|file| file.binary)));
    }),
    select::<FileRows>(
        "hidden",
        &[],
        "those whose changed text attributes of the base keep from being shown",
        |module, name| {
            module.set_native_fn(name, |view: Files| Ok(view.keep_rows(|file| file.hidden)));
        },
    ),
    select::<FileRows>(
        "lfs",
        &[],
        "those that are or were pointers to content that Git LFS keeps elsewhere",
        |module, name| {
            module.set_native_fn(name, |view: Files| Ok(view.keep_rows(FileChange::is_lfs)));
        },
    ),
    select::<FileRows>(
        "becoming_executable",
        &[],
        "those that may be executed now and could not before",
        |module, name| {
            module.set_native_fn(name, |view: Files| Ok(view.keep_rows(FileChange::becomes_executable)));
        },
    ),
    select::<FileRows>("symlinks", &[], "those that are or were symbolic links", |module, name| {
        module.set_native_fn(name, |view: Files| Ok(view.keep_rows(FileChange::is_symlink)));
    }),
    select::<FileRows>("submodules", &[], "those that are or were submodules", |module, name| {
        module.set_native_fn(name, |view: Files| Ok(view.keep_rows(FileChange::is_submodule)));
    }),
    property::<FileRows>(
        "path",
        "text",
        "the path after the change; of a deleted file, the path before",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(ImmutableString::new(), |file| file.path.as_str().into()))
            });
        },
    ),
    property::<FileRows>(
        "previous_path",
        "text",
        "the path before, of a renamed file; empty for others",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(ImmutableString::new(), |file| file.previous_path.as_deref().unwrap_or("").into()))
            });
        },
    ),
    property::<FileRows>("status", "file status", "what happened to it", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(WordValue::of(FileStatus::Modified), |file| WordValue::of(file.status)))
        });
    }),
    property::<FileRows>("kind", "file kind", "what it is for", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(WordValue::of(FileKind::Other), |file| WordValue::of(file.kind)))
        });
    }),
    property::<FileRows>(
        "kind_from",
        "origin of a file kind",
        "what told so: its path, or attributes of the base",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(WordValue::of(FileKindFrom::Path), |file| WordValue::of(file.kind_from)))
            });
        },
    ),
    property::<FileRows>(
        "language",
        "text",
        "the language, by Linguist's name; empty where neither the path nor attributes tell",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(ImmutableString::new(), |file| file.language.as_deref().unwrap_or("").into()))
            });
        },
    ),
    property::<FileRows>("added", "number", "lines added; 0 where they can't be counted", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |file| INT::from(file.added.unwrap_or(0)))));
    }),
    property::<FileRows>("removed", "number", "lines removed; 0 where they can't be counted", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |file| INT::from(file.removed.unwrap_or(0)))));
    }),
    property::<FileRows>("counted", "true or false", "whether its lines can be counted", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(false, |file| file.added.is_some() && file.removed.is_some()))
        });
    }),
    property::<FileRows>("binary", "true or false", "whether its lines can't be shown", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(true, |file| file.binary)));
    }),
    property::<FileRows>("symlink", "true or false", "whether it is or was a symbolic link", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(true, FileChange::is_symlink)));
    }),
    property::<FileRows>("submodule", "true or false", "whether it is or was a submodule", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(true, FileChange::is_submodule)));
    }),
    property::<FileRows>(
        "executable",
        "true or false",
        "whether it may be executed after the change",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(true, FileChange::is_executable)));
        },
    ),
    property::<FileRows>(
        "hidden",
        "true or false",
        "whether attributes of the base keep a changed text from being shown",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(true, |file| file.hidden)));
        },
    ),
    property::<FileRows>(
        "lfs",
        "true or false",
        "whether it is or was a pointer to content that Git LFS keeps elsewhere",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(true, FileChange::is_lfs)));
        },
    ),
    property::<FileRows>(
        "lfs_size_before",
        "number",
        "bytes that Git LFS kept elsewhere before; 0 where it kept none",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |file| size(file.lfs_before.as_ref()))));
        },
    ),
    property::<FileRows>(
        "lfs_size_after",
        "number",
        "bytes that Git LFS keeps elsewhere; 0 where it keeps none",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |file| size(file.lfs_after.as_ref()))));
        },
    ),
];
