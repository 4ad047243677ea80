//! The attributes of paths that matter here, from `.gitattributes` of the base: `diff`, and what GitHub Linguist goes by.
//! Attributes of the side after never count: the change would hide its own lines with them. Neither do `info/attributes` and
//! a user's own.
//!
//! `linguist-detectable` is not read: it says what counts in statistics, and nothing of what a file is for.

use std::collections::BTreeSet;

use gix::attrs::search::{MetadataCollection, Outcome};
use gix::attrs::{Search, StateRef};
use gix::bstr::ByteSlice;

use super::SnapshotError;
use crate::evidence::path_from_bytes;

/// What `.gitattributes` says of a path's `diff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DiffAttribute {
    /// `diff`: text, whatever its bytes.
    Set,
    /// `-diff`, or the macro `binary`: no lines are shown.
    Unset,
    /// Nothing, or a driver, whose settings would be the user's: the bytes decide.
    Unspecified,
}

/// What `.gitattributes` says of a path to GitHub Linguist; `None` where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Linguist {
    /// `linguist-generated`
    pub generated: Option<bool>,
    /// `linguist-vendored`
    pub vendored: Option<bool>,
    /// `linguist-documentation`
    pub documentation: Option<bool>,
    /// `linguist-language`, as it is written.
    pub language: Option<String>,
}

/// All `.gitattributes` that can say something of the changed paths.
#[derive(Default)]
pub(in crate::collect) struct Attributes {
    search: Option<(Search, MetadataCollection)>,
}

impl Attributes {
    /// Reads the `.gitattributes` beside and above each path.
    ///
    /// # Errors
    /// Where one is there but can't be read.
    pub(in crate::collect) fn above<'a>(
        paths: impl Iterator<Item = &'a [u8]>,
        mut load: impl FnMut(&[u8]) -> Result<Option<Vec<u8>>, SnapshotError>,
    ) -> Result<Self, SnapshotError> {
        let mut directories: BTreeSet<&[u8]> = BTreeSet::from([&b""[..]]);
        for path in paths {
            let mut rest = path;
            while let Some((directory, _)) = rest.rsplit_once_str("/") {
                if !directories.insert(directory) {
                    break;
                }
                rest = directory;
            }
        }
        let mut search: Option<(Search, MetadataCollection)> = None;
        // A directory sorts before what is in it, and later lists win.
        for directory in directories {
            let path = if directory.is_empty() {
                b".gitattributes".to_vec()
            } else {
                [directory, b"/.gitattributes"].concat()
            };
            if let Some(bytes) = load(&path)? {
                if search.is_none() {
                    search = Some(builtin(&path)?);
                }
                if let Some(search) = &mut search {
                    add(search, &path, directory.is_empty(), &bytes)?;
                }
            }
        }
        Ok(Self { search })
    }

    pub(super) fn diff(&self, path: &[u8]) -> DiffAttribute {
        let mut diff = DiffAttribute::Unspecified;
        self.each(path, &["diff"], |_, state| {
            diff = match state {
                StateRef::Set => DiffAttribute::Set,
                StateRef::Unset => DiffAttribute::Unset,
                StateRef::Value(_) | StateRef::Unspecified => DiffAttribute::Unspecified,
            };
        });
        diff
    }

    pub(super) fn linguist(&self, path: &[u8]) -> Linguist {
        let mut linguist = Linguist::default();
        self.each(
            path,
            &["linguist-generated", "linguist-vendored", "linguist-documentation", "linguist-language"],
            |name, state| match name {
                "linguist-generated" => linguist.generated = flag(state),
                "linguist-vendored" => linguist.vendored = flag(state),
                "linguist-documentation" => linguist.documentation = flag(state),
                _ => {
                    if let StateRef::Value(value) = state {
                        linguist.language = Some(value.as_bstr().to_string()).filter(|value| !value.is_empty());
                    }
                }
            },
        );
        linguist
    }

    /// The attributes among `names` that are said of a path.
    fn each(&self, path: &[u8], names: &[&str], mut take: impl FnMut(&str, StateRef<'_>)) {
        let Some((search, known)) = &self.search else { return };
        let mut outcome = Outcome::default();
        outcome.initialize_with_selection(known, names);
        search.pattern_matching_relative_path(
            path.as_bstr(),
            gix::glob::pattern::Case::Sensitive,
            Some(false),
            &mut outcome,
        );
        for found in outcome.iter_selected() {
            take(found.assignment.name.as_str(), found.assignment.state);
        }
    }
}

/// As Linguist has it: whatever is not unset and not `false` is true.
fn flag(state: StateRef<'_>) -> Option<bool> {
    match state {
        StateRef::Set => Some(true),
        StateRef::Unset => Some(false),
        StateRef::Value(value) => Some(value.as_bstr() != "false"),
        StateRef::Unspecified => None,
    }
}

/// Git's own macro `binary`.
fn builtin(path: &[u8]) -> Result<(Search, MetadataCollection), SnapshotError> {
    let mut names = MetadataCollection::default();
    Search::new_globals(std::iter::empty::<std::path::PathBuf>(), &mut Vec::new(), &mut names)
        .map(|search| (search, names))
        .map_err(|error| unreadable(path, &error))
}

fn add(
    (search, names): &mut (Search, MetadataCollection),
    path: &[u8],
    at_root: bool,
    bytes: &[u8],
) -> Result<(), SnapshotError> {
    let source = gix::path::from_bstr(path.as_bstr()).map_err(|error| unreadable(path, &error))?.into_owned();
    search
        .add_patterns_buffer(bytes, source, Some(std::path::Path::new("")), names, at_root)
        .map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &[u8], error: &dyn std::fmt::Display) -> SnapshotError {
    SnapshotError::Unreadable {
        path: path_from_bytes(path),
        message: error.to_string(),
        help: "mend it in the base of the change".to_owned(),
    }
}
