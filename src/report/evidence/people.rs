//! Records of reviews and teams.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::{Checked, Fault, quoted};
use super::scalars::{Text, Time};
use super::strict::word;
use crate::evidence::{Review, ReviewState, Word as _};

/// One review of the change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRecord<'a> {
    /// The reviewer's login; `null` for a deleted account.
    #[serde(borrow)]
    pub reviewer: Option<Text<'a>>,
    /// Whether the reviewer is a bot.
    #[serde(default)]
    pub bot: bool,
    /// What they said.
    #[serde(deserialize_with = "word")]
    pub state: ReviewState,
    /// Whether it is what the reviewer holds now. Where it is left out, it is not.
    #[serde(default)]
    pub latest: bool,
    /// The commit that they looked at.
    #[serde(default)]
    pub commit: Option<Text<'a>>,
    /// When.
    #[serde(default)]
    pub time: Option<Time<'a>>,
}

impl<'a> From<&'a Review> for ReviewRecord<'a> {
    fn from(review: &'a Review) -> Self {
        Self {
            reviewer: review.reviewer.as_deref().map(Text::from),
            bot: review.bot,
            state: review.state,
            latest: review.latest,
            commit: review.commit.as_deref().map(Text::from),
            time: review.time.as_deref().map(Time::from),
        }
    }
}

impl ReviewRecord<'_> {
    /// The review that it states.
    pub(super) fn into_review(self) -> Checked<Review> {
        if self.latest && matches!(self.state, ReviewState::Commented | ReviewState::Pending) {
            let state = self.state.as_str();
            return Err(Fault::field(
                "latest",
                format!("found true in a review that is `{state}`, which decides nothing"),
            ));
        }
        if self.latest && self.reviewer.as_ref().is_none_or(|reviewer| reviewer.as_str().trim().is_empty()) {
            return Err(Fault::field("latest", "found true without a `reviewer`, expected false"));
        }
        Ok(Review {
            reviewer: self.reviewer.map(Text::into_string),
            bot: self.bot,
            state: self.state,
            latest: self.latest,
            commit: self.commit.map(Text::into_string),
            time: self.time.map(Time::into_string),
        })
    }
}

/// Refuses a second review that is what its reviewer holds now: an approval would count twice, or beside the same person's
/// request for changes. Logins are compared without case.
pub(super) fn each_holds_one(reviews: &[ReviewRecord<'_>]) -> Checked<()> {
    let mut held = BTreeSet::new();
    for (index, review) in reviews.iter().enumerate().filter(|(_, review)| review.latest) {
        let Some(reviewer) = &review.reviewer else { continue };
        if !held.insert(reviewer.as_str().to_lowercase()) {
            let message =
                format!("found true for {} twice, expected one review of each reviewer", quoted(reviewer.as_str()));
            return Err(Fault::field("latest", message).in_element(index).in_field("items").in_field("reviews"));
        }
    }
    Ok(())
}

/// A team and its members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamRecord<'a> {
    /// The team, without `team:`.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// The logins of its members.
    pub members: Vec<Text<'a>>,
}
