//! What flags say of the change where no forge does, or against what it says: one list for the command line, the settings file
//! and the report.

use std::collections::BTreeMap;

use super::console::is_hostile;
use crate::evidence::{Change, Word as _, vocabulary};

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
    /// Takes what is said of a fact as it stands. A blank text is what an unset variable of a pipeline leaves: to take it for
    /// an answer would be to know what nobody told. Only a description may be empty. A name of the author that is nobody's
    /// login would be equal to no reviewer's, so that the author's own approval would count as somebody else's.
    ///
    /// # Errors
    /// What was found, and what was expected.
    pub fn read(self, said: &str) -> Result<String, String> {
        if self != Self::Description && said.trim().is_empty() {
            return Err(format!("the {} is blank, expected a text, or nothing where it is not known", self.as_str()));
        }
        if self == Self::Author
            && let Some(instead) = no_login(said)
        {
            return Err(format!("`{}` is no login{instead}", said.escape_debug()));
        }
        Ok(said.to_owned())
    }

    /// What is known of it, as a text; `None` where nothing is.
    #[must_use]
    pub fn known(self, change: &Change) -> Option<String> {
        match self {
            Self::Author => change.author.clone(),
            Self::Title => change.title.clone(),
            Self::Description => change.description.clone(),
            Self::Branch => change.branch.clone(),
            Self::TargetBranch => change.target_branch.clone(),
            Self::Repository => change.repository.clone(),
            Self::Url => change.url.clone(),
            Self::Label => Some(change.labels.join(", ")),
        }
    }

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

/// What to write instead of a text that is nobody's login; `None` for what may be one.
fn no_login(said: &str) -> Option<String> {
    if said.chars().any(char::is_whitespace) {
        return Some(", which has no blanks".to_owned());
    }
    if said.chars().any(is_hostile) {
        return Some(", which has nothing in it that can't be seen".to_owned());
    }
    let write = |bare: String| if bare.is_empty() { String::new() } else { format!(": write `{bare}`") };
    // As CODEOWNERS and packs write people, and as `gh` writes bots.
    let bare = said.strip_prefix('@').or_else(|| said.strip_prefix("user:"));
    let bot = said.strip_prefix("app/").map(|bot| format!("{bot}[bot]"));
    match bare.map(str::to_owned).or(bot) {
        Some(bare) => Some(write(bare)),
        None => (said.contains('/') || said.starts_with("team:")).then(String::new),
    }
}

#[cfg(test)]
mod tests {
    use super::Fact;
    use crate::evidence::{Change, Word as _};

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

    #[test]
    fn a_blank_text_and_a_name_that_is_no_login_are_refused() {
        for fact in Fact::ALL.iter().copied().filter(|fact| *fact != Fact::Description) {
            assert!(fact.read("").is_err() && fact.read(" \t").is_err(), "{fact}");
        }
        assert_eq!(Fact::Description.read(""), Ok(String::new()));
        for (written, instead) in [
            ("@eve", ": write `eve`"),
            ("user:eve", ": write `eve`"),
            ("app/renovate", ": write `renovate[bot]`"),
            ("@", ""),
            ("acme/security", ""),
            ("team:security", ""),
            ("Eve Adams", ", which has no blanks"),
            ("eve\u{200b}", ", which has nothing in it that can't be seen"),
        ] {
            let refused = Fact::Author.read(written).unwrap_err();
            assert_eq!(refused, format!("`{}` is no login{instead}", written.escape_debug()));
        }
        for login in ["eve", "Eve-1", "renovate[bot]", "eve@example.com", "{d301aafa-d676-4ee0-88be-962be7417567}"] {
            assert_eq!(Fact::Author.read(login).as_deref(), Ok(login));
        }
    }
}
