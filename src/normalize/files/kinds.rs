//! What a file is for, by its path: tables, asked from the kind that matters most to the one that matters least, so that
//! a policy in a folder of tests is a policy.
//!
//! Names of package managers are matched as they are spelled; everything else without regard to ASCII case, because what
//! is meant to be a workflow or a test should not pass for something else by its spelling.

use super::languages::{Sort, look_up};
use super::tables::{
    CI_FOLDERS, CI_NAMES, CI_ROOTS, CI_STARTS, CONFIG_ENDINGS, DOCS_FOLDERS, DOCS_STARTS, GENERATED_ENDINGS,
    GENERATED_FOLDERS, GENERATED_PARTS, GENERATORS, INFRASTRUCTURE_DATA_FOLDERS, INFRASTRUCTURE_ENDINGS,
    INFRASTRUCTURE_FOLDERS, INFRASTRUCTURE_NAMES, INFRASTRUCTURE_SCRIPTS, INFRASTRUCTURE_STARTS, LOCKFILE_ENDINGS,
    LOCKFILES, MANIFEST_ENDINGS, MANIFESTS, POLICY_EXTENSIONS, POLICY_FOLDERS, POLICY_NAMES, POLICY_PATHS,
    TEST_FOLDERS, TEST_NAMES, TEST_PARTS, TEST_STEM_ENDINGS, TEST_STEM_LANGUAGES, VENDORED_FOLDERS, VENDORED_SPELLED,
};
use crate::evidence::FileKind;

/// What a file is for, by its path.
#[must_use]
pub fn kind_of(path: &str) -> FileKind {
    kind_among(path, &[], look_up(path).map(|(_, sort)| sort))
}

/// What a file is for, by its path and by what sort of language it is in, where some kinds are known not to fit.
pub(super) fn kind_among(path: &str, but: &[FileKind], sort: Option<Sort>) -> FileKind {
    let lower = path.to_ascii_lowercase();
    let path = Path {
        whole: path,
        spelled: path.rsplit('/').next().unwrap_or(path),
        name: lower.rsplit('/').next().unwrap_or(&lower),
        lower: &lower,
        sort,
    };
    KINDS.iter().find(|(kind, fits)| !but.contains(kind) && fits(&path)).map_or_else(
        || match sort {
            Some(Sort::Program) => FileKind::Source,
            Some(Sort::Build) => FileKind::Infrastructure,
            Some(Sort::Data) => FileKind::Config,
            Some(Sort::Prose) => FileKind::Docs,
            None if path.name.starts_with('.') => FileKind::Config,
            None => FileKind::Other,
        },
        |(kind, _)| *kind,
    )
}

struct Path<'a> {
    /// The whole path as it is spelled.
    whole: &'a str,
    /// The file's name as it is spelled.
    spelled: &'a str,
    /// The file's name in lower case.
    name: &'a str,
    /// The whole path in lower case.
    lower: &'a str,
    /// What its language's files are.
    sort: Option<Sort>,
}

type Fits = fn(&Path<'_>) -> bool;

const KINDS: &[(FileKind, Fits)] = &[
    (FileKind::Policy, policy),
    (FileKind::Vendored, |path| path.under(VENDORED_FOLDERS) || lies_under(path.whole, VENDORED_SPELLED)),
    (FileKind::Lockfile, lockfile),
    (FileKind::Manifest, manifest),
    (FileKind::Ci, ci),
    (FileKind::Generated, generated),
    (FileKind::Test, test),
    (FileKind::Infrastructure, infrastructure),
    (FileKind::Docs, docs),
    (FileKind::Config, |path| path.ends(CONFIG_ENDINGS)),
];

impl Path<'_> {
    /// Whether the file lies, at any depth, in one of these folders.
    fn under(&self, folders: &[&str]) -> bool {
        lies_under(self.lower, folders)
    }

    fn named(&self, names: &[&str]) -> bool {
        names.contains(&self.name)
    }

    fn ends(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.name.ends_with(ending))
    }

    fn starts(&self, starts: &[&str]) -> bool {
        starts.iter().any(|start| self.name.starts_with(start))
    }

    fn holds(&self, parts: &[&str]) -> bool {
        parts.iter().any(|part| self.name.contains(part))
    }

    fn extension(&self) -> &str {
        self.name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

fn lies_under(path: &str, folders: &[&str]) -> bool {
    folders.iter().any(|folder| {
        path.match_indices(folder).any(|(at, _)| {
            let before = at == 0 || path.as_bytes().get(at - 1) == Some(&b'/');
            before && path.as_bytes().get(at + folder.len()) == Some(&b'/')
        })
    })
}

fn policy(path: &Path<'_>) -> bool {
    path.named(POLICY_NAMES)
        || POLICY_EXTENSIONS.contains(&path.extension())
        || POLICY_PATHS.contains(&path.lower)
        || path.under(POLICY_FOLDERS)
        || (path.extension() == "rhai" && path.under(&["rules", "lib", "policies", "policy"]))
}

fn lockfile(path: &Path<'_>) -> bool {
    let pylock = path.name.starts_with("pylock.") && path.extension() == "toml";
    LOCKFILES.contains(&path.spelled) || path.ends(LOCKFILE_ENDINGS) || pylock
}

/// A path can't tell whether `requirements.txt` is pinned.
fn manifest(path: &Path<'_>) -> bool {
    let requirements = (path.starts(&["requirements", "constraints"]) || path.under(&["requirements"]))
        && matches!(path.extension(), "txt" | "in");
    MANIFESTS.contains(&path.spelled) || path.ends(MANIFEST_ENDINGS) || requirements
}

fn ci(path: &Path<'_>) -> bool {
    path.under(CI_FOLDERS)
        || path.named(CI_NAMES)
        || path.starts(CI_STARTS)
        || CI_ROOTS.iter().any(|root| path.lower.starts_with(root))
}

fn generated(path: &Path<'_>) -> bool {
    path.under(GENERATED_FOLDERS)
        || path.ends(GENERATED_ENDINGS)
        || (path.holds(GENERATED_PARTS) && !path.named(GENERATORS))
}

fn test(path: &Path<'_>) -> bool {
    let stem = path.spelled.split('.').next().unwrap_or(path.spelled);
    let spelled = TEST_STEM_LANGUAGES.contains(&path.extension())
        && TEST_STEM_ENDINGS.iter().any(|ending| {
            stem.strip_suffix(ending).is_some_and(|stem| stem.ends_with(|last: char| !last.is_uppercase()))
        });
    let python = path.name.starts_with("test_") && path.extension() == "py";
    path.under(TEST_FOLDERS)
        || path.holds(TEST_PARTS)
        || path.named(TEST_NAMES)
        || path.extension() == "snap"
        || spelled
        || python
}

fn infrastructure(path: &Path<'_>) -> bool {
    let meant =
        !matches!(path.sort, Some(Sort::Program | Sort::Prose)) || INFRASTRUCTURE_SCRIPTS.contains(&path.extension());
    path.under(INFRASTRUCTURE_FOLDERS)
        || (meant && path.under(INFRASTRUCTURE_DATA_FOLDERS))
        || path.named(INFRASTRUCTURE_NAMES)
        || path.starts(INFRASTRUCTURE_STARTS)
        || path.ends(INFRASTRUCTURE_ENDINGS)
}

/// A program among the documents, such as Sphinx's `conf.py`, is still a program.
fn docs(path: &Path<'_>) -> bool {
    let program = matches!(path.sort, Some(Sort::Program | Sort::Build));
    !program && (path.under(DOCS_FOLDERS) || (path.starts(DOCS_STARTS) && path.sort != Some(Sort::Data)))
}
