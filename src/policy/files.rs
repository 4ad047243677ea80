//! The files of a pack, wherever they come from: inside the binary, a directory, a commit.

use std::collections::BTreeMap;
use std::path::Path;

use include_dir::{Dir, DirEntry, include_dir};
use sha2::{Digest, Sha256};

use super::near;
use crate::diagnostic::{Code, Diagnostic, Place};

/// The packs of `policies/`, inside the binary.
static BUILTIN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/policies");

/// How large one file of a pack may be, in bytes.
pub const MAX_FILE_BYTES: u64 = 64 * 1024;
/// How many files a pack may have, cases included.
pub const MAX_FILES: usize = 10_000;

/// The ending of files that editors take for definitions of what scripts can use.
pub const DEFINITIONS: &str = ".d.rhai";

const WHAT_A_PACK_IS: &str =
    "a pack is a directory with `pack.toml` and `rules/`; the packs inside the binary are `builtin:NAME`";

/// The files of one pack, by path inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFiles {
    /// Where it comes from, as the user knows it: `builtin:baseline`, a directory, a directory at a commit.
    pub origin: String,
    /// Every file, by its path with `/`.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl PackFiles {
    /// A pack that travels inside the binary.
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        let dir = BUILTIN.get_dir(name)?;
        let mut files = BTreeMap::new();
        let mut open = vec![dir];
        while let Some(dir) = open.pop() {
            for entry in dir.entries() {
                match entry {
                    DirEntry::Dir(dir) => open.push(dir),
                    DirEntry::File(file) => {
                        if let Ok(path) = file.path().strip_prefix(name) {
                            files.insert(slashes(path), file.contents().to_vec());
                        }
                    }
                }
            }
        }
        Some(Self { origin: format!("builtin:{name}"), files })
    }

    /// A pack that travels inside the binary, or what is wrong with its name.
    ///
    /// # Errors
    /// Where there is none of that name.
    pub fn required_builtin(name: &str) -> Result<Self, Diagnostic> {
        Self::builtin(name).ok_or_else(|| {
            let names: Vec<&str> = Self::builtin_names().collect();
            let message = format!("there is no built-in pack `{name}`, there are {}", names.join(", "));
            Diagnostic::new(Code::UnreadablePack, message).suggest(name, names.iter().copied())
        })
    }

    /// The names of the packs inside the binary.
    pub fn builtin_names() -> impl Iterator<Item = &'static str> {
        BUILTIN.dirs().filter_map(|dir| dir.path().to_str())
    }

    /// A pack in a directory. Symbolic links are not followed: a pack is what it holds.
    ///
    /// # Errors
    /// A [`Diagnostic`] where the directory or a file in it can't be read, or a limit is passed.
    pub fn from_dir(dir: &Path, origin: &str) -> Result<Self, Diagnostic> {
        let lost = |mistake: Diagnostic| {
            let meant = near::meant(origin, &near::beside(dir, origin));
            mistake.help(meant.unwrap_or_else(|| WHAT_A_PACK_IS.to_owned()))
        };
        let mut files = BTreeMap::new();
        let mut open = vec![dir.to_path_buf()];
        while let Some(path) = open.pop() {
            let entries = read_dir(&path).map_err(|mistake| if path == dir { lost(mistake) } else { mistake })?;
            // Said before the rest is read: a directory that is no pack may hold anything.
            if path == dir && !entries.iter().any(|entry| entry.ends_with("pack.toml")) {
                return Err(lost(unreadable(dir, "the pack has no `pack.toml`")));
            }
            for entry in entries {
                let relative = entry.strip_prefix(dir).map(slashes).unwrap_or_default();
                if relative.split('/').any(|part| part.starts_with('.')) {
                    continue;
                }
                let kind = entry.symlink_metadata().map_err(|error| unreadable(&entry, &error.to_string()))?;
                if kind.is_symlink() {
                    return Err(unreadable(&entry, "is a symbolic link, expected a file of the pack"));
                }
                if kind.is_dir() {
                    open.push(entry);
                    continue;
                }
                if !kind.is_file() {
                    // A pipe would be waited for without an end.
                    return Err(unreadable(&entry, "is a pipe, a socket or a device, expected a file of the pack"));
                }
                if Self::leaves_out(&relative) {
                    continue;
                }
                if files.len() >= MAX_FILES {
                    return Err(unreadable(dir, &format!("has more than {MAX_FILES} files")));
                }
                files.insert(relative, read_file(&entry, kind.len())?);
            }
        }
        Ok(Self { origin: origin.to_owned(), files })
    }

    /// Whether a file lies in a pack without being of it: definitions for editors, which they look for beside the scripts.
    /// It is not read, so nothing in it can run. Where scripts are read, every file is one whatever its ending says: a rule
    /// must not get lost by its name.
    #[must_use]
    pub fn leaves_out(path: &str) -> bool {
        path.ends_with(DEFINITIONS) && !path.starts_with("rules/") && !path.starts_with("lib/")
    }

    /// Whether it travels inside the binary.
    #[must_use]
    pub fn is_builtin(&self) -> bool {
        self.origin.starts_with("builtin:")
    }

    /// How a file of this pack is called in diagnostics.
    #[must_use]
    pub fn name_of(&self, path: &str) -> String {
        format!("{}/{path}", self.origin)
    }

    /// The files that decide: cases and documentation do not.
    pub fn deciding(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .filter(|(path, _)| *path == "pack.toml" || path.starts_with("rules/") || path.starts_with("lib/"))
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// SHA-256 over the paths and contents of the files that decide.
    #[must_use]
    pub fn sha256(&self) -> String {
        let mut digest = Sha256::new();
        for (path, bytes) in self.deciding() {
            for part in [path.as_bytes(), bytes] {
                digest.update((part.len() as u64).to_le_bytes());
                digest.update(part);
            }
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn slashes(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn unreadable(path: &Path, what: &str) -> Diagnostic {
    Diagnostic::new(Code::UnreadablePack, what).at(Place::file(path.display().to_string()))
}

#[expect(clippy::disallowed_methods, reason = "packs are read here")]
fn read_dir(path: &Path) -> Result<Vec<std::path::PathBuf>, Diagnostic> {
    let error = |error: std::io::Error| {
        let what = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such directory, expected a pack".to_owned(),
            std::io::ErrorKind::NotADirectory => "is a file, expected a pack, which is a directory".to_owned(),
            _ => format!("can't be read as a pack: {error}"),
        };
        unreadable(path, &what)
    };
    std::fs::read_dir(path).map_err(error)?.map(|entry| entry.map(|entry| entry.path()).map_err(error)).collect()
}

#[expect(clippy::disallowed_methods, reason = "packs are read here")]
fn read_file(path: &Path, size: u64) -> Result<Vec<u8>, Diagnostic> {
    if size > MAX_FILE_BYTES {
        return Err(unreadable(path, &format!("has {size} bytes, the limit is {MAX_FILE_BYTES}")));
    }
    std::fs::read(path).map_err(|error| unreadable(path, &format!("can't be read: {error}")))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests make packs")]
mod tests {
    use super::PackFiles;

    fn refusal(dir: &std::path::Path) -> String {
        PackFiles::from_dir(dir, "pack").unwrap_err().message
    }

    #[test]
    fn a_directory_that_is_no_pack_is_refused_before_the_rest_of_it_is_read() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("large"), vec![0; 100_000]).unwrap();
        assert_eq!(refusal(dir.path()), "the pack has no `pack.toml`");
        assert!(refusal(&dir.path().join("large")).starts_with("is a file, expected a pack"));
        assert!(refusal(&dir.path().join("absent")).starts_with("there is no such directory"));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_refused_and_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("pack.toml"), "").unwrap();
        std::fs::create_dir(dir.path().join("rules")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("rules/r.rhai")).unwrap();
        assert!(refusal(dir.path()).contains("expected a file of the pack"), "{}", refusal(dir.path()));
    }
}
