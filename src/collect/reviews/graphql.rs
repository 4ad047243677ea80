//! GitHub's GraphQL: a connection `reviews`, `latestReviews` or `latestOpinionatedReviews` somewhere under `data`, and
//! what `gh pr view --json` writes, which is the nodes alone.

use serde_json::Value;

use super::github::STATES;
use super::{EXPECTED, Reading, time};
use crate::collect::forge::{Fields, github, what_is};
use crate::collect::input::Refusal;
use crate::evidence::ReviewState;

/// The names of the connections. Where a pull request has several, the first of them has the most.
const CONNECTIONS: [&str; 3] = ["reviews", "latestOpinionatedReviews", "latestReviews"];

/// How deep under the answer a pull request may stand.
const MAX_DEPTH: usize = 8;

/// How many nodes a page of GraphQL has at most.
const FULL_PAGE: usize = 100;

/// Whether there is a connection of reviews; puts the keys to it into `path`, outermost first, with its own last.
///
/// The bare list that `gh` writes stands at the top. A list of that name further inside is some other document's: an empty
/// one there would say that nobody objects.
pub(super) fn find(value: &Value, path: &mut Vec<String>) -> bool {
    let Some(object) = value.as_object() else { return false };
    let outermost = path.is_empty();
    let connection =
        |value: &Value| (outermost && value.is_array()) || value.get("nodes").is_some() || value.get("edges").is_some();
    if let Some(name) = CONNECTIONS.iter().find(|name| object.get(**name).is_some_and(connection)) {
        path.push((*name).to_owned());
        return true;
    }
    if path.len() >= MAX_DEPTH {
        return false;
    }
    for (key, value) in object {
        path.push(key.clone());
        if find(value, path) {
            return true;
        }
        path.pop();
    }
    false
}

/// One answer.
pub(super) fn page<'a>(page: &'a Value, reading: &mut Reading<'a>) -> Result<(), Refusal> {
    let mut path = Vec::new();
    if !find(page, &mut path) {
        let reason =
            format!("is {} without reviews, expected {EXPECTED}: ask for `reviews` of the pull request", what_is(page));
        return Err(Refusal::failed(reason));
    }
    let name = path.pop().unwrap_or_default();
    let at = path.iter().fold(reading.at(), |mut at, key| {
        at.push('/');
        at.push_str(key);
        at
    });
    let parent = path.iter().try_fold(page, |value, key| value.get(key));
    let Some(parent) = parent.and_then(|parent| reading.fields(parent, at)) else { return Ok(()) };
    if let Some(number) = parent.get("number").and_then(Value::as_u64) {
        reading.numbers.insert(number);
    }
    let before = reading.reviews.len();
    let entries = match parent.get(&name) {
        Some(Value::Array(_)) => bare(&parent, &name, reading),
        _ => match parent.object(&name) {
            Some(connection) => connected(&connection, reading),
            None => Vec::new(),
        },
    };
    for fields in &entries {
        review(fields, reading);
    }
    let commented = |review: &super::WireReview| review.state == Some(ReviewState::Commented);
    if name == "latestReviews" && reading.reviews.iter().skip(before).any(commented) {
        reading.cut(
            "has of each reviewer only what they said last, and some only commented then: what they decided before is not \
             in it; ask for `reviews` or `latestOpinionatedReviews`",
        );
    }
    Ok(())
}

/// What `gh pr view --json reviews` writes: it has asked for every page of `reviews`, and for one of `latestReviews`.
fn bare<'a>(parent: &Fields<'a>, name: &str, reading: &mut Reading<'a>) -> Vec<Fields<'a>> {
    let entries = parent.objects(name, "a review");
    (reading.seen.first, reading.seen.last) = (true, true);
    if name != "reviews" && entries.len() >= FULL_PAGE {
        reading.cut(format!("has {} reviewers, which is a full page: ask for `reviews`", entries.len()));
    }
    entries
}

/// A page of a connection, and what it says of other pages.
fn connected<'a>(connection: &Fields<'a>, reading: &mut Reading<'a>) -> Vec<Fields<'a>> {
    let entries = if connection.get("nodes").is_some() {
        connection.objects("nodes", "a review")
    } else {
        let edges = connection.objects("edges", "an edge");
        edges.iter().filter_map(|edge| edge.object("node")).collect()
    };
    let seen = &mut reading.seen;
    seen.entries += entries.len() as u64;
    if let Some(total) = connection.number("totalCount") {
        seen.total = Some(seen.total.map_or(total, |known| known.max(total)));
    }
    if let Some(info) = connection.object("pageInfo") {
        seen.last |= info.flag("hasNextPage") == Some(false);
        seen.first |= info.flag("hasPreviousPage") != Some(true);
    }
    entries
}

fn review(fields: &Fields<'_>, reading: &mut Reading<'_>) {
    let state = fields.word("state", STATES);
    if state.is_none() && fields.get("state").is_none() {
        fields.problem("state", "is absent, expected a state");
    }
    let commit = fields.object("commit").and_then(|commit| commit.commit("oid"));
    let time = time(fields, "submittedAt");
    let Some(person) = github(fields, "author") else { return };
    if let Some(review) = reading.push(fields, person, state) {
        (review.commit, review.time) = (commit, time);
    }
}

/// Whether the first and the last page are there, or as many reviews as the forge counts.
pub(super) fn all_there(reading: &mut Reading<'_>) {
    let seen = &reading.seen;
    match seen.total {
        Some(total) if seen.entries < total => {
            let reason = format!("has {} of {total} reviews: get the other pages into the same file", seen.entries);
            reading.cut(reason);
        }
        Some(_) => {}
        None if !seen.last => reading.cut(
            "is not known to end with the last page: ask for `pageInfo { hasNextPage endCursor }` and get the other pages \
             into the same file (`gh api graphql --paginate --slurp`)",
        ),
        None if !seen.first => {
            reading.cut("begins after the first page: get the other pages into the same file");
        }
        None => {}
    }
}
