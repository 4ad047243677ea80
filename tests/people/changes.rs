//! What an event says beside what git says.

use serde_json::json;
use tollgate::evidence::{Change, Completeness};

use super::events::pull_request;
use super::{eventful, id};

fn git(head: char) -> Change {
    Change {
        repository: Some("git@host.example:acme/shop".to_owned()),
        base: Some(id('d')),
        merge_base: Some(id('c')),
        head: Some(id(head)),
        title: Some("first line of a commit".to_owned()),
        commit_authors: vec!["Ada <ada@acme.example>".to_owned()],
        branch: Some("shoes-2".to_owned()),
        time: Some("2026-03-01T10:00:00Z".to_owned()),
        ..Change::default()
    }
}

#[test]
fn commits_are_gits_and_words_are_the_forges() {
    let read = git('a');
    let (change, source) = eventful(&pull_request().to_string(), &read, &[]);
    assert_eq!(source.completeness, Completeness::Complete);
    assert_eq!((&change.base, &change.merge_base, &change.head), (&read.base, &read.merge_base, &read.head));
    assert_eq!((&change.time, &change.commit_authors), (&read.time, &read.commit_authors));
    assert_eq!((change.title.as_deref(), change.author.as_deref()), (Some("Sell shoes"), Some("ada")));
    assert_eq!((change.repository.as_deref(), change.branch.as_deref()), (Some("acme/shop"), Some("shoes")));
    assert_eq!(source.commit, Some(id('a')));
}

#[test]
fn an_event_of_another_commit_is_stale_and_nothing_is_taken_from_it() {
    let (change, source) = eventful(&pull_request().to_string(), &git('e'), &[]);
    assert_eq!((change, source.completeness), (git('e'), Completeness::Stale));
    let reason = source.reason.unwrap();
    assert!(reason.contains(&id('a')) && reason.contains(&id('e')), "{reason}");
}

#[test]
fn a_merge_of_the_events_head_into_the_target_is_fresh_and_any_other_merge_is_not() {
    let payload = pull_request().to_string();
    for (parents, fresh, why) in [
        (vec!['d', 'a'], true, "into the base that git knows"),
        (vec!['a', 'd'], true, "the order does not matter"),
        (vec!['c', 'a'], true, "into the merge base: the base went on since"),
        (vec!['b', 'a'], true, "into the base that the event knows"),
        (vec!['f', 'a'], false, "with something else"),
        (vec!['d', 'f'], false, "of something else"),
        (vec!['a', 'a'], false, "with itself"),
        (vec!['a'], false, "a commit on top of it"),
        (vec!['d', 'a', 'f'], false, "of more than two"),
        (vec![], false, "parents that are not known"),
    ] {
        let parents: Vec<String> = parents.into_iter().map(id).collect();
        let (change, source) = eventful(&payload, &git('e'), &parents);
        assert_eq!(change.head, Some(id('e')), "{why}");
        assert_eq!(source.completeness == Completeness::Complete, fresh, "{why}: {source:?}");
        assert_eq!(change.author.is_some(), fresh, "{why}");
        assert_eq!(source.commit, Some(id('a')), "{why}: the source is of the event's head");
    }
}

#[test]
fn without_git_the_commits_are_the_events_where_they_are_whole() {
    let (change, source) = eventful(&pull_request().to_string(), &Change::default(), &[]);
    assert_eq!((change.base, change.head, change.merge_base), (Some(id('b')), Some(id('a')), None));
    assert_eq!(source.commit, Some(id('a')));
    let mut short = pull_request();
    short["head"]["sha"] = json!("aaaaaaaaaaaa");
    let (change, _) = eventful(&short.to_string(), &Change::default(), &[]);
    assert_eq!(change.head, None);
    // A shortened id still tells whether it is the head.
    for (head, completeness) in [('a', Completeness::Complete), ('e', Completeness::Stale)] {
        assert_eq!(eventful(&short.to_string(), &git(head), &[]).1.completeness, completeness);
    }
}

#[test]
fn the_commit_that_the_user_states_is_the_head_or_the_events_own() {
    let report = |commit: char| {
        let mut report = super::report(tollgate::collect::event::parse(pull_request().to_string().as_bytes()));
        report.commit = Some(id(commit)[..8].to_owned());
        report
    };
    let parents = [id('d'), id('a')];
    for (commit, completeness) in
        [('a', Completeness::Complete), ('e', Completeness::Complete), ('f', Completeness::Stale)]
    {
        let (_, source) = tollgate::normalize::people::change(&report(commit), &git('e'), &parents);
        assert_eq!(source.completeness, completeness, "{commit}: {source:?}");
    }
}

#[test]
fn an_absent_payload_changes_nothing() {
    let report = tollgate::collect::event::read(std::path::Path::new("no/such.json"), "no/such.json", None);
    let (change, source) = tollgate::normalize::people::change(&report, &git('a'), &[]);
    assert_eq!((change, source.completeness), (git('a'), Completeness::Missing));
}
