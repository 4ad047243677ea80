//! What flags say of the change where no forge does, or against what it says: one list for the command line, the settings file
//! and the report.

use std::collections::BTreeMap;

use crate::evidence::{Change, vocabulary};

vocabulary! {
    /// A flag that says something of the change.
    pub enum Fact("fact of the change", ordered: false) {
        /// Login of who proposed it.
        Author = "author",
        /// Its title.
        Title = "title",
        /// What its author wrote about it.
        Description = "description",
        /// The branch that it is on.
        Branch = "branch",
        /// The branch that it is to go into.
        TargetBranch = "target-branch",
        /// The repository that it is to go into.
        Repository = "repository",
        /// Its address on the forge.
        Url = "url",
        /// A label.
        Label = "label",
    }
}

/// What is said of each fact; of all but labels one text.
pub type Facts = BTreeMap<Fact, Vec<String>>;

impl Fact {
    /// Puts what is said in the place of what is known.
    pub fn tell(self, said: &[String], change: &mut Change) {
        let text = match self {
            Self::Author => &mut change.author,
            Self::Title => &mut change.title,
            Self::Description => &mut change.description,
            Self::Branch => &mut change.branch,
            Self::TargetBranch => &mut change.target_branch,
            Self::Repository => &mut change.repository,
            Self::Url => &mut change.url,
            Self::Label => {
                change.labels = said.to_vec();
                change.labels.sort();
                change.labels.dedup();
                return;
            }
        };
        *text = said.last().cloned();
        if self == Self::Author {
            // What the forge says of another author is nothing about this one.
            change.author_is_bot = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Fact;
    use crate::evidence::Change;

    #[test]
    fn what_is_said_takes_the_place_of_what_is_known() {
        let mut change = Change {
            author: Some("bot".to_owned()),
            author_is_bot: Some(true),
            labels: vec!["a".to_owned()],
            ..Change::default()
        };
        Fact::Author.tell(&["ann".to_owned()], &mut change);
        Fact::Label.tell(&["c".to_owned(), "b".to_owned(), "c".to_owned()], &mut change);
        assert_eq!((change.author.as_deref(), change.author_is_bot), (Some("ann"), None));
        assert_eq!(change.labels, ["b", "c"]);
    }
}
