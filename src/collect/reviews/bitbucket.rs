//! Bitbucket: what each participant of a pull request holds now. Neither kind says when in a way that could order it, and
//! only the server says of which commit.

use serde_json::{Map, Value};

use super::{EXPECTED, Reading, time};
use crate::collect::forge::{Fields, bitbucket_cloud, bitbucket_server};
use crate::collect::input::Refusal;
use crate::evidence::ReviewState;

/// The pull request inside a webhook of either kind, or the object itself.
pub(in crate::collect) fn unwrapped(object: &Map<String, Value>) -> &Map<String, Value> {
    let inside = match object.get("pullrequest") {
        Some(request) => Some(request),
        None => object.get("pullRequest").filter(|_| object.contains_key("eventKey")),
    };
    inside.and_then(Value::as_object).unwrap_or(object)
}

/// Whether an object is a pull request of Bitbucket Cloud.
pub(in crate::collect) fn is_cloud(object: &Map<String, Value>) -> bool {
    ["source", "destination"].iter().all(|name| object.get(*name).is_some_and(Value::is_object))
}

/// Whether an object is a pull request of Bitbucket Server.
pub(in crate::collect) fn is_server(object: &Map<String, Value>) -> bool {
    ["fromRef", "toRef"].iter().all(|name| object.get(*name).is_some_and(Value::is_object))
}

/// Whether an object is a page of participants of Bitbucket Server.
pub(super) fn is_participants(object: &Map<String, Value>) -> bool {
    let participant = |entry: &Value| entry.get("user").is_some() && entry.get("role").is_some();
    object.contains_key("isLastPage")
        && object.get("values").and_then(Value::as_array).is_some_and(|values| values.iter().all(participant))
}

/// The fields of the pull request on a page.
fn request<'a>(page: &'a Value, reading: &Reading<'a>) -> Option<Fields<'a>> {
    let outer = reading.fields(page, reading.at())?;
    if page.get("pullrequest").is_some() {
        outer.object("pullrequest")
    } else if page.get("pullRequest").is_some() {
        outer.object("pullRequest")
    } else {
        Some(outer)
    }
}

/// A pull request of Bitbucket Cloud.
pub(super) fn cloud<'a>(page: &'a Value, reading: &mut Reading<'a>) -> Result<(), Refusal> {
    let Some(fields) = request(page, reading) else { return Ok(()) };
    if fields.raw("participants").is_none() {
        return Err(Refusal::failed(format!(
            "is a Bitbucket pull request without `participants`, expected {EXPECTED}: get `pullrequests/N` itself, not a list"
        )));
    }
    reading.numbers.extend(fields.number("id"));
    for entry in fields.objects("participants", "a participant") {
        const STATES: &[(&str, ReviewState)] =
            &[("approved", ReviewState::Approved), ("changes_requested", ReviewState::ChangesRequested)];
        let said = entry.get("state").map(|_| entry.word("state", STATES));
        let state = settled(&entry, said);
        let time = time(&entry, "participated_on");
        if let Some(person) = bitbucket_cloud(&entry, "user")
            && let Some(review) = reading.push(&entry, person, state)
        {
            review.time = time;
        }
    }
    Ok(())
}

/// A pull request of Bitbucket Server: `reviewers`, and `participants` who were not asked.
pub(super) fn server<'a>(page: &'a Value, reading: &mut Reading<'a>) {
    let Some(fields) = request(page, reading) else { return };
    reading.numbers.extend(fields.number("id"));
    if fields.raw("reviewers").is_none() {
        fields.problem("reviewers", "is absent, expected a list of reviewers");
    }
    for name in ["reviewers", "participants"] {
        for entry in fields.objects(name, "a participant") {
            participant(&entry, reading);
        }
    }
}

/// A page of participants of Bitbucket Server.
pub(super) fn participants<'a>(page: &'a Value, reading: &mut Reading<'a>) {
    let Some(fields) = reading.fields(page, reading.at()) else { return };
    reading.seen.first |= fields.number("start").unwrap_or(0) == 0;
    reading.seen.last |= fields.flag("isLastPage") == Some(true);
    for entry in fields.objects("values", "a participant") {
        participant(&entry, reading);
    }
}

/// Whether the first and the last page of participants are there.
pub(super) fn all_there(reading: &mut Reading<'_>) {
    if !(reading.seen.first && reading.seen.last) {
        reading.cut(
            "is not all pages (`isLastPage` is false, or `start` is not 0): get the others into the same file, or the pull \
             request itself, which has all reviewers",
        );
    }
}

fn participant(entry: &Fields<'_>, reading: &mut Reading<'_>) {
    // UNAPPROVED is what everybody has who said nothing.
    const STATES: &[(&str, Option<ReviewState>)] = &[
        ("APPROVED", Some(ReviewState::Approved)),
        ("NEEDS_WORK", Some(ReviewState::ChangesRequested)),
        ("UNAPPROVED", None),
    ];
    let said = match entry.get("status").map(|_| entry.word("status", STATES)) {
        Some(Some(None)) | None => None,
        Some(said) => Some(said.flatten()),
    };
    let state = settled(entry, said);
    let silent = matches!(state, Some(ReviewState::Pending | ReviewState::Commented));
    if silent && entry.said("role") == Some("AUTHOR") {
        reading.set_aside += 1;
        return;
    }
    let commit = entry.commit("lastReviewedCommit");
    if let Some(person) = bitbucket_server(entry, "user")
        && let Some(review) = reading.push(entry, person, state)
    {
        review.commit = commit;
    }
}

/// What a participant holds, by the word (`None` where there is none, `Some(None)` where it is not known) and by
/// `approved`. Where the two contradict each other, nothing can be told.
fn settled(entry: &Fields<'_>, said: Option<Option<ReviewState>>) -> Option<ReviewState> {
    let contradiction = |found: bool| {
        entry.problem("approved", format!("found {found}, which contradicts what stands beside it"));
        None
    };
    let silent = if entry.said("role") == Some("REVIEWER") { ReviewState::Pending } else { ReviewState::Commented };
    let unapproved = entry.get("status").is_some();
    match (said, entry.flag("approved")) {
        (Some(None), _) => None,
        (Some(Some(ReviewState::Approved)), Some(false)) => contradiction(false),
        (Some(Some(ReviewState::ChangesRequested)), Some(true)) => contradiction(true),
        (Some(said), _) => said,
        (None, Some(true)) if unapproved => contradiction(true),
        (None, Some(true)) => Some(ReviewState::Approved),
        (None, Some(false)) => Some(silent),
        (None, None) if unapproved => Some(silent),
        (None, None) => {
            entry.problem("approved", "is absent, expected true or false");
            None
        }
    }
}
