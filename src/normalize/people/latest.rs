//! What every reviewer holds now.
//!
//! A review that approves, asks for changes or was dismissed replaces what the same person decided before; a comment, or a
//! review that is not submitted, takes nothing back. Logins are compared without case.
//!
//! Where the order can't be told, the strictest counts, so that no approval wins by it: with equal times a request for changes
//! wins over a dismissal, and that over an approval; and a decision without a time may have been made at any time, so it is
//! weighed against the last of those that have one. A review that can't be read may have taken an approval back: unless
//! it is known to be older, that approval does not stand.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::evidence::{Review, ReviewState};

/// A review among all others.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    /// The reviewer in lower case; `None` for a deleted account.
    pub(super) key: Option<String>,
    /// When it was given.
    pub(super) time: Option<Timestamp>,
    /// Its position in its file.
    pub(super) position: usize,
    /// What was said; `None` where that can't be read.
    pub(super) state: Option<ReviewState>,
    /// The review without its time.
    pub(super) review: Review,
}

/// How strict a decision is; `None` for what decides nothing.
const fn strictness(state: ReviewState) -> Option<u8> {
    match state {
        ReviewState::Approved => Some(0),
        ReviewState::Dismissed => Some(1),
        ReviewState::ChangesRequested => Some(2),
        ReviewState::Commented | ReviewState::Pending => None,
    }
}

/// All reviews, each once, in canonical order, with those marked that are what their reviewer holds.
pub(super) fn settle(mut standings: Vec<Standing>) -> Vec<Review> {
    let mut people: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, standing) in standings.iter().enumerate() {
        if let Some(key) = &standing.key {
            people.entry(key).or_default().push(index);
        }
    }
    let held: Vec<usize> = people.values().filter_map(|own| latest(&standings, own)).collect();
    for index in held {
        if let Some(standing) = standings.get_mut(index) {
            standing.review.latest = true;
        }
    }
    let mut reviews: BTreeMap<_, Review> = BTreeMap::new();
    for Standing { key, time, state, mut review, .. } in standings {
        if state.is_none() {
            continue;
        }
        review.time = time.map(|time| time.to_string());
        let same = (key, review.commit.clone(), time, state);
        let latest = review.latest;
        // Of two that are one, the spelling that sorts first stays, and what any of the two is known for.
        let kept = reviews.entry(same).or_insert_with(|| review.clone());
        kept.bot |= review.bot;
        kept.latest |= latest;
        if review.reviewer < kept.reviewer {
            kept.reviewer = review.reviewer;
        }
    }
    let mut reviews: Vec<Review> = reviews.into_values().collect();
    reviews.sort();
    reviews
}

/// The one of a person's reviews that is what they hold.
fn latest(standings: &[Standing], own: &[usize]) -> Option<usize> {
    let all = || own.iter().filter_map(|index| Some((*index, standings.get(*index)?)));
    let decisions = || all().filter_map(|(index, it)| Some((index, it, strictness(it.state?)?)));
    let last = decisions().filter_map(|(_, it, _)| it.time).max();
    // Those that may be the last one: at the last time, or at no known time.
    let candidates = decisions().filter(|(_, it, _)| it.time.is_none() || it.time == last);
    let (index, held, _) = candidates.max_by_key(|(_, it, strictness)| {
        // Of equally strict ones any will do that is the same in every order of files.
        let review = &it.review;
        (*strictness, it.time, review.commit.is_some(), it.position, &review.commit, Reverse(&review.reviewer))
    })?;
    let doubtful = |other: &Standing| match (other.time, held.time) {
        (Some(other), Some(held)) => other >= held,
        _ => true,
    };
    let unread = all().any(|(_, other)| other.state.is_none() && doubtful(other));
    (held.state != Some(ReviewState::Approved) || !unread).then_some(index)
}
