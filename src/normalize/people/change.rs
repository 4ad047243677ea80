//! What a forge says of the change, put together with what git says of it.
//!
//! Commits are git's: an event tells of them only where nobody has read them. What the forge alone knows (author, title,
//! description, labels, number, ...) is the event's, also over the first line of a commit, which git takes for the title.
//!
//! An event is for the change where its last commit is the head. GitHub checks out `refs/pull/N/merge`: a commit that merges
//! the event's head into the target. Then the head is that merge, and the source's commit is the event's head, by which
//! reviews of the request can still be told to be of its last commit. Any other head makes the event stale, and nothing is
//! taken from it: its labels and its title may be those of something else.
//!
//! The source is truncated where the payload does not say what the forge knows. That is so for every merge group and push:
//! whose title or labels are asked for there is not told that there are none.

use std::collections::BTreeSet;

use super::failed_for;
use crate::collect::event::{Event, EventKind};
use crate::collect::input::Report;
use crate::evidence::{Change, Completeness, EvidenceKind, Source};
use crate::normalize::freshness;

/// Adds what an event says to a change, and gives the event's source.
///
/// `read` is the change as git, two directories or a diff show it. `head_parents` are the full ids of the parents of its
/// head, in order; empty where they are not known. What flags say is put over the result by the caller.
#[must_use]
pub fn change(report: &Report<Event>, read: &Change, head_parents: &[String]) -> (Change, Source) {
    let mut source = report.source(EvidenceKind::Change);
    let Ok(event) = &report.outcome else {
        freshen(&mut source, report, read, None);
        return (read.clone(), source);
    };
    source.tool = Some(event.forge.name().to_owned());
    source.items = 1;
    freshen(&mut source, report, read, event.head.as_deref());
    agree(&mut source, event, read, head_parents);
    let stale = source.completeness == Completeness::Stale;
    if !event.unsaid.is_empty() {
        let what = match event.kind {
            EventKind::Request => "",
            EventKind::MergeGroup => "is of a merge group, which ",
            EventKind::Push => "is of a push, which ",
        };
        source.worsen(Completeness::Truncated, format!("{what}does not say: {}", event.unsaid.join(", ")));
    }
    failed_for(&mut source, &event.problems);
    if stale {
        return (read.clone(), source);
    }
    (merged(event, read), source)
}

/// What the user says that the event was made for has to be the head, or the event's own.
fn freshen<T>(source: &mut Source, report: &Report<T>, read: &Change, head: Option<&str>) {
    let stated = report.commit.as_deref();
    let own = stated.zip(head).is_some_and(|(stated, head)| freshness::names(stated, head, read));
    if !own && let Err(reason) = freshness::stated(stated, read) {
        source.worsen(Completeness::Stale, reason);
    }
}

/// Compares the event's head with the change's.
fn agree(source: &mut Source, event: &Event, read: &Change, head_parents: &[String]) {
    let Some(told) = event.head.as_deref() else { return };
    let full = |id: &str| matches!(id.len(), 40 | 64);
    let Some(head) = read.head.as_deref() else {
        source.commit = Some(told.to_owned()).filter(|told| full(told)).or_else(|| source.commit.take());
        return;
    };
    if freshness::names(told, head, read) {
        source.commit = Some(head.to_owned());
    } else if let Some(merged) = merged_head(told, event, read, head_parents) {
        source.commit = Some(merged.to_owned());
    } else {
        let reason = format!("is of commit {}, expected head `{head}` or a merge of it", freshness::words(told));
        source.commit = Some(told.to_owned());
        source.worsen(Completeness::Stale, reason);
    }
}

/// The full id of the event's head where the change's head merges it into the target and does nothing else.
fn merged_head<'a>(told: &str, event: &Event, read: &Change, head_parents: &'a [String]) -> Option<&'a str> {
    let [one, other] = head_parents else { return None };
    let is_told = |id: &str| freshness::names(told, id, &Change::default());
    let targets = [&read.base, &read.merge_base, &event.base];
    let is_target =
        |id: &str| targets.into_iter().flatten().any(|target| freshness::names(target, id, &Change::default()));
    let is_merge = |target: &str, head: &str| is_told(head) && is_target(target) && !is_told(target);
    if is_merge(one, other) {
        return Some(other);
    }
    is_merge(other, one).then_some(one)
}

/// The change with what the event says.
fn merged(event: &Event, read: &Change) -> Change {
    let full = |id: &Option<String>| id.clone().filter(|id| matches!(id.len(), 40 | 64));
    let said = |event: &Option<String>, read: &Option<String>| event.clone().or_else(|| read.clone());
    let mut labels: BTreeSet<String> = event.labels.iter().flatten().map(|label| label.trim().to_owned()).collect();
    labels.remove("");
    let authors: BTreeSet<String> = event.commit_authors.iter().cloned().collect();
    Change {
        repository: said(&event.repository, &read.repository),
        base: read.base.clone().or_else(|| full(&event.base)),
        merge_base: read.merge_base.clone(),
        head: read.head.clone().or_else(|| full(&event.head)),
        author: said(&event.author, &read.author),
        author_is_bot: if event.author.is_some() { event.author_is_bot } else { read.author_is_bot },
        commit_authors: if read.commit_authors.is_empty() {
            authors.into_iter().collect()
        } else {
            read.commit_authors.clone()
        },
        title: said(&event.title, &read.title),
        description: said(&event.description, &read.description),
        branch: said(&event.branch, &read.branch),
        target_branch: said(&event.target_branch, &read.target_branch),
        number: event.number.or(read.number),
        url: said(&event.url, &read.url),
        draft: event.draft.or(read.draft),
        fork: event.fork.or(read.fork),
        labels: if event.labels.is_some() { labels.into_iter().collect() } else { read.labels.clone() },
        time: read.time.clone(),
    }
}
