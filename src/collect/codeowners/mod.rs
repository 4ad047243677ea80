//! CODEOWNERS, in GitHub's dialect and in GitLab's: who has to be asked about which paths.
//!
//! **Where it lies.** GitHub takes the first of `.github/CODEOWNERS`, `CODEOWNERS`, `docs/CODEOWNERS`; GitLab the first of
//! `CODEOWNERS`, `docs/CODEOWNERS`, `.gitlab/CODEOWNERS`. Which of the two it is the place says, where it is one that only
//! one of them knows; `.github` before `.gitlab` where a repository has both. Of a file that both know the content says: with a
//! heading of a section, a role (`@@maintainer`), or a group of more than two names it is GitLab's, else GitHub's.
//! A symbolic link is no CODEOWNERS.
//!
//! **What can't be understood.** Both pass over it: whoever was meant is then not asked, and the file says nothing of it.
//! So each such line is a problem, and it is kept with every way in which it may have been meant. A line that would have
//! decided over a changed path makes the owners `failed`; one that is about other paths does not, because what the forge
//! asks for the paths of this change is known. A repository with a mistake somewhere in its CODEOWNERS can so still be worked in,
//! and the mistake be mended.
//!
//! **Limits.** [`MAX_BYTES`]; and [`pattern::MAX_READINGS`] ways of one line, past which it may have been meant for every path.

mod github;
mod gitlab;
mod glob;
mod line;
mod owner;
pub mod pattern;

pub use glob::{Glob, Unclosed};

use self::line::{lines, pattern_and_rest, words};
use super::input::{Refusal, sha256_hex};
use super::snapshot::SnapshotError;
use crate::evidence::{Completeness, Problem, path_from_bytes};

/// Most bytes of a file: 3 MiB. GitHub does not load one of 3 MB.
pub const MAX_BYTES: usize = 3 << 20;

/// Where only GitHub looks.
const GITHUB: &str = ".github/CODEOWNERS";
/// Where both look, in this order.
const BOTH: [&str; 2] = ["CODEOWNERS", "docs/CODEOWNERS"];
/// Where only GitLab looks.
const GITLAB: &str = ".gitlab/CODEOWNERS";

/// Every place where one of them looks.
pub const PLACES: [&str; 4] = [GITHUB, "CODEOWNERS", "docs/CODEOWNERS", GITLAB];

/// Whose rules a file follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// GitHub's.
    GitHub,
    /// GitLab's.
    GitLab,
}

/// What one file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeOwners {
    /// Whose rules it follows.
    pub dialect: Dialect,
    /// Parts that decide separately; the first is what stands outside of any. GitHub's files have no other.
    pub sections: Vec<Section>,
    /// Its lines, in order.
    pub rules: Vec<Rule>,
    /// What can't be taken as it stands.
    pub problems: Vec<Problem>,
}

/// A part of a file that decides separately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name, as its first heading spells it.
    pub name: Option<String>,
    /// Whether it only suggests.
    pub optional: bool,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its number, from 1.
    pub line: u32,
    /// Its section, as a place in [`CodeOwners::sections`].
    pub section: usize,
    /// The paths that it is about.
    pub pattern: pattern::Pattern,
    /// What it does.
    pub effect: Effect,
    /// How many owners its section asks for.
    pub count: u32,
    /// Why something else may have been meant.
    pub doubt: Option<Doubt>,
}

/// What a line does with the paths that it matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// They are owned by these, or by nobody.
    Owned(Vec<String>),
    /// Its section asks nobody about them.
    Excluded,
    /// Nothing: it is a way in which a line that the forge passes over may have been meant.
    PassedOver,
}

/// Why a line may have been meant otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// As a place in [`CodeOwners::problems`].
    pub problem: usize,
    /// Whether that is so for all paths that it matches, or only for those over which it decides.
    pub always: bool,
}

/// The CODEOWNERS of a commit or a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeOwnersFile {
    /// Where it lies in the repository; `None` where there is none.
    pub path: Option<String>,
    /// The commit that it was read at, where it was one.
    pub commit: Option<String>,
    /// SHA-256 of its bytes.
    pub sha256: Option<String>,
    /// What it says, which is nothing where there is none; or why it can't be had.
    pub outcome: Result<Option<CodeOwners>, Refusal>,
}

impl CodeOwners {
    fn new(dialect: Dialect) -> Self {
        Self { dialect, sections: Vec::new(), rules: Vec::new(), problems: Vec::new() }
    }

    fn problem(&mut self, line: u32, message: impl Into<String>) -> usize {
        self.problems.push(Problem { at: format!("line {line}"), message: message.into() });
        self.problems.len() - 1
    }
}

/// Reads the CODEOWNERS that counts, through `file`, which gives a regular file of the base by its path.
pub fn read(file: impl Fn(&str) -> Result<Option<Vec<u8>>, SnapshotError>, commit: Option<&str>) -> CodeOwnersFile {
    let commit = commit.map(str::to_owned);
    match find(file) {
        Ok(Some(Found { path, bytes, dialect, passed_over })) => {
            let sha256 = Some(sha256_hex(&bytes));
            let outcome = parse(&bytes, dialect).map(|mut owners| {
                owners.problems.extend(passed_over.map(|path| Problem {
                    at: path.to_owned(),
                    message: "was not read: this repository has a file for GitHub as well".to_owned(),
                }));
                Some(owners)
            });
            CodeOwnersFile { path: Some(path.to_owned()), commit, sha256, outcome }
        }
        Ok(None) => CodeOwnersFile { path: None, commit, sha256: None, outcome: Ok(None) },
        Err((path, error)) => {
            let outcome = Err(Refusal::failed(error.to_string()));
            CodeOwnersFile { path: Some(path.to_owned()), commit, sha256: None, outcome }
        }
    }
}

struct Found {
    path: &'static str,
    bytes: Vec<u8>,
    /// `None` where the content says.
    dialect: Option<Dialect>,
    passed_over: Option<&'static str>,
}

fn find(
    file: impl Fn(&str) -> Result<Option<Vec<u8>>, SnapshotError>,
) -> Result<Option<Found>, (&'static str, SnapshotError)> {
    let file = |path: &'static str| file(path).map_err(|error| (path, error));
    let of_gitlab = file(GITLAB)?;
    if let Some(bytes) = file(GITHUB)? {
        let passed_over = of_gitlab.map(|_| GITLAB);
        return Ok(Some(Found { path: GITHUB, bytes, dialect: Some(Dialect::GitHub), passed_over }));
    }
    for path in BOTH {
        if let Some(bytes) = file(path)? {
            let dialect = of_gitlab.as_ref().map(|_| Dialect::GitLab);
            return Ok(Some(Found { path, bytes, dialect, passed_over: None }));
        }
    }
    Ok(of_gitlab.map(|bytes| Found { path: GITLAB, bytes, dialect: Some(Dialect::GitLab), passed_over: None }))
}

/// Reads the content of one file; without a dialect the content says which it is.
///
/// # Errors
/// Where it is too large, or no text.
pub fn parse(bytes: &[u8], dialect: Option<Dialect>) -> Result<CodeOwners, Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(match dialect {
            Some(Dialect::GitLab) => Refusal {
                completeness: Completeness::Truncated,
                reason: format!("is larger than the limit of {MAX_BYTES} bytes"),
            },
            _ => Refusal::failed(format!("is larger than {MAX_BYTES} bytes, so that GitHub does not load it")),
        });
    }
    if bytes.contains(&0) {
        return Err(Refusal::failed("is binary: found a NUL byte, expected text"));
    }
    // Paths of the evidence are spelled the same way.
    let text = path_from_bytes(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    Ok(match dialect.unwrap_or_else(|| told_by(&text)) {
        Dialect::GitHub => github::parse(&text),
        Dialect::GitLab => gitlab::parse(&text),
    })
}

/// The dialect of a file that lies where both forges look.
fn told_by(text: &str) -> Dialect {
    let gitlabs = lines(text).any(|(_, line)| {
        gitlab::Named::of(line).is_some_and(|named| named.is_whole())
            || words(pattern_and_rest(line).1).take_while(|word| !word.starts_with('#')).any(owner::is_gitlabs)
    });
    if gitlabs { Dialect::GitLab } else { Dialect::GitHub }
}

#[cfg(test)]
mod tests;
