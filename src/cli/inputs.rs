//! Files of evidence by the flag that names them: one list for the command line, the settings file and the report.

use std::collections::BTreeMap;
use std::path::Path;

use super::said::Location;
use crate::evidence::vocabulary;

vocabulary! {
    /// A flag that names a file of evidence.
    pub enum Input("evidence flag", ordered: false) {
        /// Scanner results.
        Sarif = "sarif",
        /// A scanner's own report.
        Report = "report",
        /// Scanner results of the base.
        BaselineSarif = "baseline-sarif",
        /// What the forge's comparison says of dependencies.
        Dependencies = "dependencies",
        /// Bills of materials: before, after, and so on.
        Sbom = "sbom",
        /// Databases of advisories.
        Advisories = "advisories",
        /// What somebody says about advisories.
        Vex = "vex",
        /// What the forge says of the change.
        Change = "change",
        /// Reviews.
        Reviews = "reviews",
        /// Who is in which team.
        Teams = "teams",
        /// Test results.
        Tests = "tests",
        /// Coverage.
        Coverage = "coverage",
        /// Documents that state something about the change.
        Claims = "claims",
    }
}

/// A file of evidence, and the commit that it was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceFile {
    /// The file.
    pub file: Location,
    /// The commit, as it was written.
    pub commit: Option<String>,
}

impl EvidenceFile {
    /// Splits `FILE@COMMIT`. What follows the last `@` is a commit only if it is 7 to 40 hexadecimal digits.
    #[must_use]
    pub fn parse(directory: &Path, written: &str) -> Self {
        let split = written.rsplit_once('@').filter(|(file, commit)| {
            !file.is_empty() && (7..=40).contains(&commit.len()) && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        let (file, commit) = match split {
            Some((file, commit)) => (file, Some(commit.to_ascii_lowercase())),
            None => (written, None),
        };
        Self { file: Location::new(directory, file), commit }
    }

    /// A file that a flag names: of those that are made for no commit, an `@` belongs to the name.
    #[must_use]
    pub fn named(input: Input, directory: &Path, written: &str) -> Self {
        match input {
            Input::Advisories | Input::Vex => Self { file: Location::new(directory, written), commit: None },
            _ => Self::parse(directory, written),
        }
    }

    /// As it was written.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.commit {
            Some(commit) => format!("{}@{commit}", self.file.shown),
            None => self.file.shown.clone(),
        }
    }
}

/// The files of each flag that names any, in the order in which they were written.
pub type Inputs = BTreeMap<Input, Vec<EvidenceFile>>;

#[cfg(test)]
mod tests {
    use super::EvidenceFile;
    use std::path::Path;

    #[test]
    fn only_hexadecimal_digits_after_the_last_at_sign_are_a_commit() {
        let read = |written| {
            let file = EvidenceFile::parse(Path::new("d"), written);
            (file.file.shown, file.commit)
        };
        assert_eq!(read("a.sarif@0123abC"), ("a.sarif".to_owned(), Some("0123abc".to_owned())));
        assert_eq!(read("a@b.sarif"), ("a@b.sarif".to_owned(), None));
        assert_eq!(read("a@0123ab"), ("a@0123ab".to_owned(), None), "six digits are too few");
        assert_eq!(read("a@b@deadbeef"), ("a@b".to_owned(), Some("deadbeef".to_owned())));
        assert_eq!(read("@deadbeef"), ("@deadbeef".to_owned(), None));
        assert_eq!(EvidenceFile::parse(Path::new("d"), "a.sarif").file.path, Path::new("d/a.sarif"));
    }
}
