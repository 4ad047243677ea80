//! What the readers of forges' answers share: JSON documents in a row, checked fields, and who somebody is.
//!
//! A forge's answer is JSON. `curl` and `gh api --paginate` write one document for each page, one after the other, so a
//! file may hold several. A key that stands twice in one object is refused: which of the two counts would be a guess.

mod fields;
mod found;
mod json;
mod person;

pub(super) use fields::{Fields, Notes};
pub(super) use found::{error_of, is_github_pull_request, is_github_review, quoted, what_is};
pub use json::MAX_VALUES;
pub(super) use json::documents;
pub(super) use person::{Person, bitbucket_cloud, bitbucket_server, github, gitlab, gitlab_account};

use crate::evidence::{Problem, Source};

/// The forges whose answers are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Forge {
    /// GitHub, in the cloud or on a server.
    GitHub,
    /// GitLab.
    GitLab,
    /// Bitbucket Cloud.
    BitbucketCloud,
    /// Bitbucket Server and Data Center.
    BitbucketServer,
}

impl Forge {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::BitbucketCloud => "Bitbucket Cloud",
            Self::BitbucketServer => "Bitbucket Server",
        }
    }
}

/// What could not be taken as it stands: the first ones with their text, and how many in all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// In the order of the file, at most [`Source::MAX_PROBLEMS`].
    pub kept: Vec<Problem>,
    /// How many there were.
    pub count: u64,
}

impl Problems {
    /// Records one.
    pub fn push(&mut self, at: impl Into<String>, message: impl Into<String>) {
        self.count += 1;
        if self.kept.len() < Source::MAX_PROBLEMS {
            self.kept.push(Problem { at: at.into(), message: message.into() });
        }
    }
}
