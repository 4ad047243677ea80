//! Changed files as rules see them.

use std::sync::OnceLock;

use rhai::{Dynamic, INT, ImmutableString};

use super::collection::{Collection, Item, Matches, Placed, View};
use super::error::HostResult;
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
    const KIND: Option<EvidenceKind> = Some(EvidenceKind::Files);
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

const VIEW: &str = "Files";

pub(super) const TABLE: &[Signature] = &[
    Signature::method(
        VIEW,
        "lines_added",
        &[],
        "number",
        "lines added in all; files whose lines can't be counted, such as images, add 0",
        |module, name| {
            module.set_native_fn(name, |view: Files| Ok(view.sum(added)));
        },
    )
    .example(r#"if change.files.lines_added() > 2000 { violation(change, "more than anybody reads"); }"#),
    Signature::method(
        VIEW,
        "lines_removed",
        &[],
        "number",
        "lines removed in all; files whose lines can't be counted add 0",
        |module, name| {
            module.set_native_fn(name, |view: Files| Ok(view.sum(removed)));
        },
    )
    .example(r#"note(`${change.files.kind("test").lines_removed()} lines of tests go`);"#),
    Signature::method(
        VIEW,
        "lines_changed",
        &[],
        "number",
        "lines added and removed in all; files whose lines can't be counted add 0",
        |module, name| {
            module.set_native_fn(name, |view: Files| Ok(view.sum(|file| added(file) + removed(file))));
        },
    )
    .example(r#"if change.files.not_under("docs/**").lines_changed() > 500 { recommend("split the change"); }"#),
    select::<FileRows>(
        "status",
        &[("status", Param::Words(FileStatus::VOCABULARY))],
        "those with a status, which is what happened to them",
        |module, name| {
            choices(module, name, |view: Files, status: &Dynamic| -> HostResult<Files> {
                let wanted = words::<FileStatus>(status)?;
                Ok(view.keep_rows(|file| wanted.get(file.status as usize).copied().unwrap_or(true)))
            });
        },
    )
    .example(r#"for f in change.files.status(["deleted", "renamed"]).under("api/**") { violation(f, "callers break"); }"#),
    select::<FileRows>("added", &[], "new ones", |module, name| {
        module.set_native_fn(name, |view: Files| Ok(view.keep_status(FileStatus::Added)));
    })
    .example(r#"for f in change.files.added().under("migrations/**") { note(`new migration ${f.path}`); }"#),
    select::<FileRows>("modified", &[], "those whose content or mode changed, at the same path", |module, name| {
        module.set_native_fn(name, |view: Files| Ok(view.keep_status(FileStatus::Modified)));
    })
    .example(r#"for f in change.files.modified().under("migrations/**") { violation(f, "migrations are only added"); }"#),
    select::<FileRows>("deleted", &[], "those that are gone", |module, name| {
        module.set_native_fn(name, |view: Files| Ok(view.keep_status(FileStatus::Deleted)));
    })
    .example(r#"for f in change.files.deleted().kind("test") { violation(f, `the test ${f.path} is gone`); }"#),
    select::<FileRows>("renamed", &[], "those that were at another path before", |module, name| {
        module.set_native_fn(name, |view: Files| Ok(view.keep_status(FileStatus::Renamed)));
    })
    .example("for f in change.files.renamed() { note(`${f.previous_path} is ${f.path} now`); }"),
    select::<FileRows>("kind", &[("kind", Param::Words(FileKind::VOCABULARY))], "those of a kind, which is what they are for, as their path or `.gitattributes` of the base tells", |module, name| {
        choices(module, name, |view: Files, kind: &Dynamic| -> HostResult<Files> {
            let wanted = words::<FileKind>(kind)?;
            Ok(view.keep_rows(|file| wanted.get(file.kind as usize).copied().unwrap_or(true)))
        });
    })
    .example(r#"for f in change.files.kind(["ci", "infrastructure"]) { violation(f, "asks for the platform team"); }"#),
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
    )
    .example(r#"if !change.files.language("Rust").is_empty() { recommend("run the benchmarks"); }"#),
    select::<FileRows>("binary", &[], "those whose lines can't be shown to reviewers: no text, or marked as binary", |module, name| {
        module.set_native_fn(name, |view: Files| Ok(view.keep_rows(|file| file.binary)));
    })
    .example(r#"for f in change.files.binary().added() { violation(f, "nobody can review this"); }"#),
    select::<FileRows>(
        "hidden",
        &[],
        "texts that `.gitattributes` of the base keeps from being shown to reviewers",
        |module, name| {
            module.set_native_fn(name, |view: Files| Ok(view.keep_rows(|file| file.hidden)));
        },
    )
    .example("for f in change.files.hidden() { note(`reviewers are not shown ${f.path}`); }"),
    select::<FileRows>(
        "lfs",
        &[],
        "those that are or were pointers to content that Git LFS keeps elsewhere",
        |module, name| {
            module.set_native_fn(name, |view: Files| Ok(view.keep_rows(FileChange::is_lfs)));
        },
    )
    .example("for f in change.files.lfs() { note(`${f.path} has ${f.lfs_size_after} bytes elsewhere`); }"),
    select::<FileRows>(
        "becoming_executable",
        &[],
        "those that may be executed now and could not before",
        |module, name| {
            module.set_native_fn(name, |view: Files| Ok(view.keep_rows(FileChange::becomes_executable)));
        },
    )
    .example(r#"for f in change.files.becoming_executable() { violation(f, "may be executed now"); }"#),
    select::<FileRows>("symlinks", &[], "those that are or were symbolic links", |module, name| {
        module.set_native_fn(name, |view: Files| Ok(view.keep_rows(FileChange::is_symlink)));
    })
    .example(r#"for f in change.files.symlinks() { violation(f, "links are not followed in review"); }"#),
    select::<FileRows>("submodules", &[], "those that are or were submodules", |module, name| {
        module.set_native_fn(name, |view: Files| Ok(view.keep_rows(FileChange::is_submodule)));
    })
    .example(r#"for f in change.files.submodules() { violation(f, "code of another repository"); }"#),
    property::<FileRows>(
        "path",
        "text",
        "the path after the change; of a deleted file, the path before",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(ImmutableString::new(), |file| file.path.as_str().into()))
            });
        },
    )
    .example(r#"for f in change.files.kind("ci") { violation(f, `${f.path} decides what is built`); }"#),
    property::<FileRows>(
        "previous_path",
        "text",
        "the path before, of a renamed file; empty for others",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(ImmutableString::new(), |file| file.previous_path.as_deref().unwrap_or("").into()))
            });
        },
    )
    .example("for f in change.files.renamed() { note(`${f.previous_path} is ${f.path} now`); }"),
    property::<FileRows>("status", "file status", "what happened to it", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(WordValue::of(FileStatus::Modified), |file| WordValue::of(file.status)))
        });
    })
    .example(r#"for f in change.files { if f.status == "type-changed" { violation(f, "is another kind of thing now"); } }"#),
    property::<FileRows>("kind", "file kind", "what it is for", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(WordValue::of(FileKind::Other), |file| WordValue::of(file.kind)))
        });
    })
    .example(r#"for f in change.files { if f.kind == "other" { note(`nobody says what ${f.path} is for`); } }"#),
    property::<FileRows>(
        "kind_from",
        "origin of a file kind",
        "what told its kind",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(WordValue::of(FileKindFrom::Path), |file| WordValue::of(file.kind_from)))
            });
        },
    )
    .example(r#"for f in change.files { if f.kind_from == "attributes" { note(`${f.path} is ${f.kind} by .gitattributes`); } }"#),
    property::<FileRows>(
        "language",
        "text",
        "the language, by Linguist's name; empty where neither the path nor attributes tell",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(ImmutableString::new(), |file| file.language.as_deref().unwrap_or("").into()))
            });
        },
    )
    .example(r#"for f in change.files { if f.language == "" && f.kind == "source" { note(`no known language: ${f.path}`); } }"#),
    property::<FileRows>("added", "number", "lines added; 0 where they can't be counted", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |file| INT::from(file.added.unwrap_or(0)))));
    })
    .example("for f in change.files { if f.added > 1000 { recommend(`split ${f.path}`); } }"),
    property::<FileRows>("removed", "number", "lines removed; 0 where they can't be counted", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |file| INT::from(file.removed.unwrap_or(0)))));
    })
    .example("for f in change.files { if f.removed > 1000 { note(`${f.removed} lines of ${f.path} go`); } }"),
    property::<FileRows>("counted", "true or false", "whether its lines can be counted", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(false, |file| file.added.is_some() && file.removed.is_some()))
        });
    })
    .example("for f in change.files { if !f.counted { note(`nobody knows how many lines of ${f.path} changed`); } }"),
    property::<FileRows>("binary", "true or false", "whether its lines can't be shown to reviewers: no text, or marked as binary", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(true, |file| file.binary)));
    })
    .example(r#"for f in change.files { if f.binary && f.kind == "source" { violation(f, "source that nobody can read"); } }"#),
    property::<FileRows>("symlink", "true or false", "whether it is or was a symbolic link", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(true, FileChange::is_symlink)));
    })
    .example("for f in change.files { if f.symlink { note(`${f.path} is or was a link`); } }"),
    property::<FileRows>("submodule", "true or false", "whether it is or was a submodule", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(true, FileChange::is_submodule)));
    })
    .example(r#"for f in change.files { if f.submodule { violation(f, "code of another repository"); } }"#),
    property::<FileRows>(
        "executable",
        "true or false",
        "whether it may be executed after the change",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(true, FileChange::is_executable)));
        },
    )
    .example(r#"for f in change.files { if f.executable && f.kind == "docs" { violation(f, "a document that can be executed"); } }"#),
    property::<FileRows>(
        "hidden",
        "true or false",
        "whether it is a text that `.gitattributes` of the base keeps from being shown to reviewers",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(true, |file| file.hidden)));
        },
    )
    .example("for f in change.files { if f.hidden { note(`reviewers are not shown ${f.path}`); } }"),
    property::<FileRows>(
        "lfs",
        "true or false",
        "whether it is or was a pointer to content that Git LFS keeps elsewhere",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(true, FileChange::is_lfs)));
        },
    )
    .example("for f in change.files { if f.lfs { note(`the content of ${f.path} is elsewhere`); } }"),
    property::<FileRows>(
        "lfs_size_before",
        "number",
        "bytes that Git LFS kept elsewhere before; 0 where it kept none",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |file| size(file.lfs_before.as_ref()))));
        },
    )
    .example("for f in change.files { if f.lfs_size_after > f.lfs_size_before { note(`${f.path} grows`); } }"),
    property::<FileRows>(
        "lfs_size_after",
        "number",
        "bytes that Git LFS keeps elsewhere; 0 where it keeps none",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |file| size(file.lfs_after.as_ref()))));
        },
    )
    .example(r#"for f in change.files { if f.lfs_size_after > 10000000 { violation(f, "larger than 10 MB"); } }"#),
];
