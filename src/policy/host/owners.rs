//! Code owners of changed files as rules see them. Whatever of it a rule asks for, it has asked for `owners`.

use std::sync::Arc;

use rhai::{Array, Dynamic, INT, ImmutableString, Module};

use super::collection::{Item, Store, View};
use super::effects::array;
use super::error::HostResult;
use super::files::FileRows;
use super::globs::texts;
use super::signature::{Param, Signature};
use super::words::choices;
use crate::evidence::{EvidenceKind, FileChange, Ownership};

type Files = View<FileRows>;
type File = Item<FileRows>;

/// One rule of CODEOWNERS that decides over a changed path.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    store: Arc<Store>,
    file: u32,
    index: usize,
}

impl Asked {
    /// A property of the rule; a value that was given out is always there.
    fn get<T>(&self, missing: T, property: impl FnOnce(&Ownership) -> T) -> T {
        let file = self.store.evidence.files.get(self.file as usize);
        file.and_then(|file| file.ownership.get(self.index)).map_or(missing, property)
    }
}

fn owners(file: &File) -> Array {
    file.store.read(EvidenceKind::Owners);
    file.store.evidence.files.get(file.row as usize).map_or_else(Array::new, |file| array(&file.owners))
}

fn ownership(file: &File) -> Array {
    file.store.read(EvidenceKind::Owners);
    let count = file.store.evidence.files.get(file.row as usize).map_or(0, |file| file.ownership.len());
    let asked = |index| Dynamic::from(Asked { store: Arc::clone(&file.store), file: file.row, index });
    (0..count).map(asked).collect()
}

/// Whether nobody owns one of the paths of a file. Evidence may name owners without saying which path they are of.
fn lacks_owner(file: &FileChange) -> bool {
    if file.ownership.is_empty() {
        return file.owners.is_empty();
    }
    let paths = [Some(&file.path), file.previous_path.as_ref()];
    paths.into_iter().flatten().any(|path| !file.ownership.iter().any(|asked| asked.path == *path))
}

fn bare(owner: &str) -> &str {
    owner.strip_prefix('@').unwrap_or(owner)
}

fn keep(files: &Files, test: impl Fn(&FileChange) -> bool) -> Files {
    files.store.read(EvidenceKind::Owners);
    files.keep(|evidence, row| evidence.files.get(row).is_none_or(&test))
}

pub(super) fn register(module: &mut Module) {
    module.set_custom_type::<Asked>(ITEM);
}

const FILE: &str = "File";
const FILES: &str = "Files";
pub(super) const ITEM: &str = "Ownership";

pub(super) const TABLE: &[Signature] = &[
    Signature::method(
        FILES,
        "owned_by",
        &[("owners", Param::Texts)],
        "Files",
        "those that one of some code owners owns, as CODEOWNERS names them, without regard to case and to a leading `@`",
        |module, name| {
            choices(module, name, |view: Files, names: &Dynamic| -> HostResult<Files> {
                let names = texts(names)?;
                let wanted = |owner: &String| names.iter().any(|name| bare(name).eq_ignore_ascii_case(bare(owner)));
                Ok(keep(&view, |file| file.owners.iter().any(wanted)))
            });
        },
    )
    .example(r#"for f in change.files.owned_by("@acme/payments") { note(`${f.path} is for payments`); }"#),
    Signature::method(
        FILES,
        "without_owner",
        &[],
        "Files",
        "those of which a path, before or after, has no code owner",
        |module: &mut Module, name| {
            module.set_native_fn(name, |view: Files| Ok(keep(&view, lacks_owner)));
        },
    )
    .example(r#"for f in change.files.without_owner() { violation(f, "nobody owns it"); }"#),
    Signature::property(FILE, "owners", "array of texts", "code owners of its paths", |module, name| {
        module.set_getter_fn(name, |row: &mut File| Ok(owners(row)));
    })
    .example(r#"for f in change.files.kind("ci") { note(`${f.path}: ask ${f.owners.join(", ")}`); }"#),
    Signature::property(
        FILE,
        "ownership",
        "array of Ownership",
        "what CODEOWNERS asks for its paths: one rule for each path and, with GitLab, each section",
        |module, name| {
            module.set_getter_fn(name, |row: &mut File| Ok(ownership(row)));
        },
    )
    .example("for f in change.files { for o in f.ownership { if o.optional { note(`${o.path}: only suggested`); } } }"),
    Signature::property(ITEM, "path", "text", "the path that is owned", |module, name| {
        module.set_getter_fn(name, |asked: &mut Asked| {
            Ok(asked.get(ImmutableString::new(), |ownership| ownership.path.as_str().into()))
        });
    })
    .example("for f in change.files { for o in f.ownership { note(`${o.path} is owned`); } }"),
    Signature::property(ITEM, "section", "text", "GitLab's section; empty outside of any", |module, name| {
        module.set_getter_fn(name, |asked: &mut Asked| {
            Ok(asked.get(ImmutableString::new(), |ownership| ownership.section.as_deref().unwrap_or("").into()))
        });
    })
    .example(r#"for f in change.files { for o in f.ownership { if o.section == "security" { violation(f, "security owns it"); } } }"#),
    Signature::property(ITEM, "owners", "array of texts", "whom it names", |module, name| {
        module
            .set_getter_fn(name, |asked: &mut Asked| Ok(asked.get(Array::new(), |ownership| array(&ownership.owners))));
    })
    .example(r#"for f in change.files { for o in f.ownership { note(`${o.path}: ${o.owners.join(" or ")}`); } }"#),
    Signature::property(ITEM, "approvals", "number", "how many of them have to approve", |module, name| {
        module.set_getter_fn(name, |asked: &mut Asked| Ok(asked.get(INT::MAX, |ownership| INT::from(ownership.count))));
    })
    .example("for f in change.files { for o in f.ownership { if o.approvals > 1 { note(`${o.path} needs ${o.approvals}`); } } }"),
    Signature::property(ITEM, "optional", "true or false", "whether it only suggests them, so that nobody has to approve", |module, name| {
        module.set_getter_fn(name, |asked: &mut Asked| Ok(asked.get(false, |ownership| ownership.optional)));
    })
    .example("for f in change.files { for o in f.ownership { if !o.optional { note(`${o.path} needs ${o.approvals} approvals`); } } }"),
    Signature::property(ITEM, "line", "number", "its line in CODEOWNERS, from 1", |module, name| {
        module.set_getter_fn(name, |asked: &mut Asked| Ok(asked.get(0, |ownership| INT::from(ownership.line))));
    })
    .example("for f in change.files { for o in f.ownership { note(`${o.path}: line ${o.line} of CODEOWNERS`); } }"),
];
