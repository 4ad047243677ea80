//! Reports to files: all of them whole, or none of them begun. Every report is rendered before the first byte is written.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::diagnostic::{Code, Diagnostic};

/// One finished document and where it goes.
#[derive(Debug)]
pub struct Document {
    /// Where to.
    pub path: PathBuf,
    /// The path as the user wrote it.
    pub shown: String,
    /// The whole document.
    pub bytes: Vec<u8>,
}

/// Writes every document beside its destination, then those for devices and pipes, and last moves the others into place.
///
/// # Errors
/// Where one could not be written. Before the first is moved, a failure leaves every file as it was.
pub fn write(documents: &[Document]) -> Result<(), Diagnostic> {
    let mut written = Vec::with_capacity(documents.len());
    for document in documents {
        written.push(prepare(document).map_err(|error| unwritable(document, &error))?);
    }
    // What a device or a pipe does not take is found out while no file is in its place yet.
    let (streams, files): (Vec<_>, Vec<_>) =
        written.into_iter().zip(documents).partition(|(prepared, _)| matches!(prepared, Prepared::Stream(_)));
    for (prepared, document) in streams.into_iter().chain(files) {
        prepared.finish(&document.bytes).map_err(|error| unwritable(document, &error))?;
    }
    Ok(())
}

/// A document that only has to be put into its place.
enum Prepared {
    /// Whole, beside its destination.
    Beside(NamedTempFile, PathBuf),
    /// A device or a pipe, which is written to and never replaced.
    Stream(std::fs::File),
}

impl Prepared {
    fn finish(self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Self::Beside(file, destination) => file.persist(destination).map(drop).map_err(|error| error.error),
            Self::Stream(mut stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        }
    }
}

fn prepare(document: &Document) -> std::io::Result<Prepared> {
    let destination = match document.path.metadata() {
        Ok(metadata) if metadata.is_dir() => return Err(std::io::Error::other("is a directory")),
        Ok(metadata) if !metadata.is_file() => {
            return std::fs::OpenOptions::new().write(true).open(&document.path).map(Prepared::Stream);
        }
        // A link stays a link; what it points to is replaced.
        Ok(_) => document.path.canonicalize()?,
        Err(_) => document.path.clone(),
    };
    let directory = match destination.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !directory.is_dir() {
        return Err(std::io::Error::other(format!("there is no directory `{}`", directory.display())));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tollgate-");
    // Temporary files are for their owner alone; a report gets what any new file would get.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(&document.bytes)?;
    file.flush()?;
    Ok(Prepared::Beside(file, destination))
}

fn unwritable(document: &Document, error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(Code::UnwritableReport, format!("`{}` could not be written: {error}", document.shown))
        .help("the directory has to exist and be writable; no report is written unless all can be")
}

/// The first path that two documents share, however it is spelled.
#[must_use]
pub fn shared<'a>(paths: impl IntoIterator<Item = (&'a Path, &'a str)>) -> Option<&'a str> {
    let mut seen: Vec<PathBuf> = Vec::new();
    for (path, shown) in paths {
        let path = destination(path);
        if seen.contains(&path) {
            return Some(shown);
        }
        seen.push(path);
    }
    None
}

/// The path with its directory made canonical, where there is one.
fn destination(path: &Path) -> PathBuf {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (directory.canonicalize(), path.file_name()) {
        (Ok(directory), Some(name)) => directory.join(name),
        _ => path.to_path_buf(),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests look at what was written")]
mod tests {
    use super::{Document, shared, write};
    use std::path::Path;

    fn document(dir: &Path, name: &str) -> Document {
        Document { path: dir.join(name), shown: name.to_owned(), bytes: name.as_bytes().to_vec() }
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            dir.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_report_that_cannot_be_written_leaves_no_other_behind() {
        let dir = tempfile::tempdir().unwrap();
        let error = write(&[document(dir.path(), "a.json"), document(dir.path(), "none/b.md")]).unwrap_err();
        assert!(error.message.starts_with("`none/b.md` could not be written: there is no directory"), "{error}");
        assert!(names(dir.path()).is_empty());
    }

    #[test]
    fn reports_replace_what_was_there_and_leave_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.json"), "old").unwrap();
        write(&[document(dir.path(), "a.json"), document(dir.path(), "b.md")]).unwrap();
        assert_eq!(names(dir.path()), ["a.json", "b.md"]);
        assert_eq!(std::fs::read(dir.path().join("a.json")).unwrap(), b"a.json");
    }

    #[cfg(unix)]
    #[test]
    fn a_report_may_be_read_by_whoever_may_read_a_new_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("plain"), "").unwrap();
        write(&[document(dir.path(), "a.json")]).unwrap();
        let mode = |name: &str| dir.path().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode("a.json"), mode("plain"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("target"), "old").unwrap();
        std::os::unix::fs::symlink("target", dir.path().join("link")).unwrap();
        std::os::unix::fs::symlink("/dev/null", dir.path().join("null")).unwrap();
        write(&[document(dir.path(), "link"), document(dir.path(), "null")]).unwrap();
        assert_eq!(names(dir.path()), ["link", "null", "target"]);
        assert_eq!(std::fs::read(dir.path().join("target")).unwrap(), b"link");
        assert!(dir.path().join("null").symlink_metadata().unwrap().is_symlink());
    }

    #[test]
    fn a_directory_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("d")).unwrap();
        assert!(write(&[document(dir.path(), "d")]).is_err());
    }

    #[test]
    fn one_path_in_two_spellings_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("./a"));
        assert_eq!(shared([(a.as_path(), "a"), (b.as_path(), "./a")]), Some("./a"));
        assert_eq!(shared([(a.as_path(), "a"), (dir.path().join("b").as_path(), "b")]), None);
    }
}
