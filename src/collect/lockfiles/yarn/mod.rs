//! `yarn.lock`, in both of its formats: yarn 1's own, and the YAML of yarn 2 and later.
//!
//! Neither says what is for development, and the first not even what is direct: that is in the `package.json` beside the
//! file and in those of its workspaces.

mod berry;
mod classic;
mod grammar;
mod resolution;

use super::place::file_name;
use super::{Context, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::Ecosystem;

/// `yarn.lock`.
pub(super) struct YarnLock;

impl LockfileFormat for YarnLock {
    fn name(&self) -> &'static str {
        "yarn.lock"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Npm
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "yarn.lock"
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let comments = text.lines().map_while(|line| match line.trim() {
            "" => Some(""),
            line => line.strip_prefix('#'),
        });
        for (index, comment) in comments.enumerate() {
            match comment.trim().strip_prefix("yarn lockfile v") {
                None => {}
                Some("1") => return classic::parse(text, context),
                Some(version) => {
                    let message = format!("is of yarn lockfile version `{version}`; 1 is read, and yarn 2 and later");
                    return Err(LockfileError::new(u32::try_from(index + 1).ok(), message));
                }
            }
        }
        if text.lines().any(|line| line.trim_end() == "__metadata:" || line.trim_end() == "\"__metadata\":") {
            return berry::parse(text, context);
        }
        Err(LockfileError::new(None, "has neither the comment `yarn lockfile v1` nor `__metadata`"))
    }
}
