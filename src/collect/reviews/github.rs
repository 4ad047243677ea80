//! GitHub's REST API and webhooks.

use serde_json::Value;

use super::{Reading, time};
use crate::collect::forge::{Fields, github};
use crate::evidence::ReviewState;

/// States as REST spells them; webhooks have them in lower case.
pub(super) const STATES: &[(&str, ReviewState)] = &[
    ("APPROVED", ReviewState::Approved),
    ("CHANGES_REQUESTED", ReviewState::ChangesRequested),
    ("COMMENTED", ReviewState::Commented),
    ("DISMISSED", ReviewState::Dismissed),
    ("PENDING", ReviewState::Pending),
];

/// How many reviews a full page has: by default, and at most.
const FULL_PAGES: [usize; 2] = [30, 100];

/// A page of reviews.
pub(super) fn list<'a>(page: &'a Value, reading: &mut Reading<'a>) {
    let entries = page.as_array().map_or(&[][..], Vec::as_slice);
    let at = reading.at();
    for (index, entry) in entries.iter().enumerate() {
        if let Some(fields) = reading.fields(entry, format!("{at}/{index}")) {
            review(&fields, reading);
        }
    }
    if reading.pages == 1 && !reading.slurped && FULL_PAGES.contains(&entries.len()) {
        let count = entries.len();
        reading.cut(format!(
            "has exactly {count} reviews, which is a full page, and nothing shows that there is no other: get all with \
             `gh api --paginate --slurp`"
        ));
    }
}

/// One review alone.
pub(super) fn one<'a>(page: &'a Value, reading: &mut Reading<'a>) {
    if let Some(fields) = reading.fields(page, reading.at()) {
        review(&fields, reading);
    }
}

/// The event `pull_request_review`.
pub(super) fn webhook<'a>(page: &'a Value, reading: &mut Reading<'a>) {
    let Some(event) = reading.fields(page, reading.at()) else { return };
    if let Some(number) = event.object("pull_request").and_then(|request| request.number("number")) {
        reading.numbers.insert(number);
    }
    let repository = event.object("repository");
    reading.repositories.extend(repository.and_then(|it| it.said("full_name").map(str::to_lowercase)));
    if let Some(fields) = event.object("review") {
        review(&fields, reading);
    }
}

fn review(fields: &Fields<'_>, reading: &mut Reading<'_>) {
    if let Some((repository, number)) = fields.said("pull_request_url").and_then(request_of) {
        reading.repositories.insert(repository);
        reading.numbers.insert(number);
    }
    let state = fields.word("state", STATES);
    if state.is_none() && fields.get("state").is_none() {
        fields.problem("state", "is absent, expected a state");
    }
    let (commit, time) = (fields.commit("commit_id"), time(fields, "submitted_at"));
    let Some(person) = github(fields, "user") else { return };
    if let Some(review) = reading.push(fields, person, state) {
        (review.commit, review.time) = (commit, time);
    }
}

/// The repository, in lower case, and the number in `https://api.github.com/repos/OWNER/NAME/pulls/12`.
fn request_of(url: &str) -> Option<(String, u64)> {
    let (before, number) = url.rsplit_once("/pulls/")?;
    let (_, repository) = before.rsplit_once("/repos/")?;
    Some((repository.to_lowercase(), number.parse().ok()?))
}

/// An approval of which nobody can say whether a bot gave it does not count for a person's. REST always says; of GraphQL
/// one has to ask.
pub(super) fn who_is_a_person(reading: &mut Reading<'_>) {
    let unknown = reading.reviews.iter().filter(|review| {
        review.state == Some(ReviewState::Approved) && review.reviewer.is_some() && review.bot.is_none()
    });
    let count = unknown.count();
    if count > 0 {
        reading.cut(format!(
            "does not say of the authors of {count} approvals whether they are bots: ask for `author {{ __typename login }}`, \
             or use `pulls/N/reviews` of REST"
        ));
    }
}
