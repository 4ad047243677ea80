//! Reviews as evidence: each once, with what every reviewer holds now.
//!
//! One review is often in two files (an answer of REST and the webhook of the last of them). Reviews that agree in
//! reviewer, commit, time and state are one; those that contradict each other all stay.

use jiff::Timestamp;

use super::failed_for;
use super::latest::{self, Standing};
use crate::collect::input::Report;
use crate::collect::reviews::{ReviewFile, WireReview, WireTime};
use crate::evidence::{Change, Completeness, EvidenceKind, Review, Source};
use crate::normalize::freshness;

/// The reviews of all files, in canonical order, and one source for each file. The order of files changes nothing.
///
/// A file fails where it holds an entry that can't be taken as it stands, and where it names another pull request, or
/// another repository, than the change is of, or more than one. It is truncated where it visibly is not all.
#[must_use]
pub fn reviews(files: &[Report<ReviewFile>], change: &Change) -> (Vec<Review>, Vec<Source>) {
    let mut standings = Vec::new();
    let mut sources = Vec::new();
    for report in files {
        let mut source = freshness::source(report, EvidenceKind::Reviews, change);
        if let Ok(file) = &report.outcome {
            let mut problems = file.problems.clone();
            source.tool = Some(file.forge.name().to_owned());
            source.set_aside = file.set_aside;
            for (position, wire) in file.reviews.iter().enumerate() {
                let standing = Standing {
                    key: wire.reviewer.as_deref().map(str::to_lowercase),
                    time: time(wire, &mut problems),
                    position,
                    state: wire.state,
                    review: review(wire),
                };
                source.items += u64::from(standing.state.is_some());
                standings.push(standing);
            }
            other_request(&mut source, file, change);
            if let Some(why) = &file.incomplete {
                source.worsen(Completeness::Truncated, why.clone());
            }
            failed_for(&mut source, &problems);
        }
        sources.push(source);
    }
    (latest::settle(standings), sources)
}

fn review(wire: &WireReview) -> Review {
    Review {
        reviewer: wire.reviewer.clone(),
        bot: wire.bot.unwrap_or(false),
        state: wire.state.unwrap_or(crate::evidence::ReviewState::Pending),
        latest: false,
        commit: wire.commit.clone(),
        time: None,
    }
}

/// The time of a review; what is no time is noted, and then it has none.
fn time(wire: &WireReview, problems: &mut crate::collect::forge::Problems) -> Option<Timestamp> {
    let (time, written) = match wire.time.as_ref()? {
        WireTime::Text(text) => (text.parse().ok(), freshness::words(text)),
        WireTime::Milliseconds(count) => (Timestamp::from_millisecond(*count).ok(), count.to_string()),
    };
    if time.is_none() {
        problems.push(wire.at.clone(), format!("found {written} for a time, expected one of RFC 3339"));
    }
    time
}

/// Makes reviews stale that were read when the change was another request: two requests can have one head, and who approves
/// the one did not approve the other. Where either side leaves open which request it is, nothing can be told.
pub fn of_another_request(sources: &mut [Source], before: &Change, now: &Change) {
    let (Some(before), Some(now)) = (before.number, now.number) else { return };
    if before == now {
        return;
    }
    for source in sources.iter_mut().filter(|source| source.kind == EvidenceKind::Reviews) {
        source.worsen(Completeness::Stale, format!("was read for request {before}, and the change is request {now}"));
    }
}

/// Whether a repository is named as the forge names it, `owner/name`, and not by the address that it was cloned from: that may
/// be a mirror's or a fork's.
fn is_forges_name(repository: &str) -> bool {
    let name = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['/', ':', '\\']);
    repository.split_once('/').is_some_and(|(owner, repository)| name(owner) && name(repository))
}

/// Reviews of another request say nothing about this one.
fn other_request(source: &mut Source, file: &ReviewFile, change: &Change) {
    if let [one, other, ..] = file.repositories.iter().collect::<Vec<_>>().as_slice() {
        let reason = format!("holds reviews of the repositories `{one}` and `{other}`, expected those of one");
        source.worsen(Completeness::Failed, reason);
    }
    if let Some(repository) = change.repository.as_deref().filter(|name| is_forges_name(name))
        && let Some(other) = file.repositories.iter().find(|other| **other != repository.to_lowercase())
    {
        let reason = format!("holds reviews of a request of `{other}`, expected those of `{repository}`");
        source.worsen(Completeness::Failed, reason);
    }
    let numbers: Vec<String> = file.numbers.iter().map(u64::to_string).collect();
    if numbers.len() > 1 {
        let reason = format!("holds reviews of the requests {}, expected those of one", numbers.join(", "));
        source.worsen(Completeness::Failed, reason);
    }
    if let Some(number) = change.number
        && let Some(other) = file.numbers.iter().find(|other| **other != number)
    {
        source.worsen(Completeness::Failed, format!("holds reviews of request {other}, expected those of {number}"));
    }
}
