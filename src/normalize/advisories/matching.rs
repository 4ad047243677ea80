//! Whether a version is one that a record is about: OSV's evaluation, in the order of the version's own ecosystem.

use std::cmp::Ordering;

use crate::collect::advisories::{Affected, Entry, Event, Range, action_path};
use crate::evidence::Ecosystem;
use crate::versions::Version;

/// Whether a version is affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    /// It is not.
    No,
    /// It can't be told: the version has no place in the order, or the record says nothing that could be compared.
    Unclear,
    /// It is.
    Yes,
}

/// Whether a record is about a version of a package; the name is that of the lockfile.
pub(super) fn affects(ecosystem: Ecosystem, name: &str, entry: &Entry, version: &str) -> Answer {
    let parsed = Version::parse(ecosystem, version);
    let here = entry.affected.iter().filter(|affected| is_here(ecosystem, name, affected));
    here.map(|affected| one(ecosystem, affected, version, &parsed)).max().unwrap_or(Answer::No)
}

/// Of actions, whether the record's path is on the way to the package's, or below it; where one of the two names the whole
/// repository, either may be meant.
fn is_here(ecosystem: Ecosystem, name: &str, affected: &Affected) -> bool {
    let (Ecosystem::Github, Some(stated)) = (ecosystem, &affected.path) else { return true };
    let Some(used) = action_path(name) else { return true };
    let below =
        |upper: &str, lower: &str| lower.strip_prefix(upper).is_some_and(|it| it.is_empty() || it.starts_with('/'));
    below(stated, &used) || below(&used, stated)
}

fn one(ecosystem: Ecosystem, affected: &Affected, version: &str, parsed: &Version) -> Answer {
    let equal =
        |listed: &String| listed == version || Version::parse(ecosystem, listed).order(parsed) == Some(Ordering::Equal);
    if affected.versions.iter().any(equal) {
        return Answer::Yes;
    }
    let ranges = affected.ranges.iter().filter_map(|range| match range {
        Range::Ordered(events) => Some(in_range(ecosystem, events, parsed)),
        Range::Other(_) => None,
    });
    match ranges.max() {
        Some(answer) if *parsed != Version::Opaque || affected.versions.is_empty() => answer,
        Some(answer) => answer.max(Answer::Unclear),
        // A list of versions says that no other one is affected; of what has no place among them nobody knows.
        None if affected.versions.is_empty() || *parsed == Version::Opaque => Answer::Unclear,
        None => Answer::No,
    }
}

/// Whether a version is in a range.
///
/// In the order of versions, the last event that the version has reached decides. Of two at the same version it is the one
/// that the record has later: that is how a range ends where the next begins, and how one is empty.
fn in_range(ecosystem: Ecosystem, events: &[Event], version: &Version) -> Answer {
    let mut limits = events.iter().filter_map(|event| match event {
        Event::Limit(limit) if limit.contains('*') => Some(Some(Ordering::Less)),
        Event::Limit(limit) => Some(version.order(&Version::parse(ecosystem, limit))),
        _ => None,
    });
    let limited = match limits.next() {
        None => Answer::Yes,
        Some(first) => std::iter::once(first)
            .chain(limits)
            .map(|order| match order {
                Some(Ordering::Less) => Answer::Yes,
                Some(_) => Answer::No,
                None => Answer::Unclear,
            })
            .max()
            .unwrap_or(Answer::Yes),
    };
    limited.min(since(ecosystem, events, version))
}

/// The same without limits.
fn since(ecosystem: Ecosystem, events: &[Event], version: &Version) -> Answer {
    // Before all versions, so even a version without a place has reached it.
    let mut last: Option<(Option<Version>, bool)> = None;
    for event in events {
        let (text, state) = match event {
            Event::Introduced(text) => (text, true),
            Event::Fixed(text) | Event::LastAffected(text) => (text, false),
            Event::Limit(_) => continue,
        };
        if state && text == "0" {
            last = last.or(Some((None, true)));
            continue;
        }
        let at = Version::parse(ecosystem, text);
        let Some(order) = version.order(&at) else { return Answer::Unclear };
        let reached = match event {
            Event::LastAffected(_) => order == Ordering::Greater,
            _ => order != Ordering::Less,
        };
        if !reached {
            continue;
        }
        let later = match &last {
            None | Some((None, _)) => true,
            Some((Some(known), _)) => match at.order(known) {
                Some(order) => order != Ordering::Less,
                None => return Answer::Unclear,
            },
        };
        if later {
            last = Some((Some(at), state));
        }
    }
    match last {
        Some((_, true)) => Answer::Yes,
        _ => Answer::No,
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, affects};
    use crate::collect::advisories::{Affected, Entry, Event, Range};
    use crate::evidence::Ecosystem;

    fn entry(affected: Vec<Affected>) -> Entry {
        Entry {
            at: String::new(),
            id: "X-1".into(),
            aliases: vec![],
            modified: "2024-01-01T00:00:00Z".into(),
            published: None,
            withdrawn: false,
            summary: String::new(),
            severity: vec![],
            word: None,
            informational: None,
            malicious: false,
            affected,
        }
    }

    /// `i` introduced, `f` fixed, `l` last affected, `m` limit; the rest of a word is the version.
    fn range(words: &str) -> Range {
        let event = |word: &str| match word.split_at(1) {
            ("i", version) => Event::Introduced(version.to_owned()),
            ("f", version) => Event::Fixed(version.to_owned()),
            ("l", version) => Event::LastAffected(version.to_owned()),
            (_, version) => Event::Limit(version.to_owned()),
        };
        Range::Ordered(words.split(' ').map(event).collect())
    }

    fn answer(ecosystem: Ecosystem, ranges: &[&str], versions: &[&str], version: &str) -> Answer {
        let affected = Affected {
            path: None,
            versions: versions.iter().map(|it| (*it).to_owned()).collect(),
            ranges: ranges.iter().map(|words| range(words)).collect(),
        };
        affects(ecosystem, "p", &entry(vec![affected]), version)
    }

    #[test]
    fn a_range_holds_what_the_schema_says() {
        use Answer::{No, Unclear, Yes};
        for (ranges, version, expected) in [
            // The schema's own examples.
            (&["i0"][..], "0.0.1", Yes),
            (&["i0"], "99.0.0", Yes),
            (&["i0 f1.0.2"], "1.0.1", Yes),
            (&["i0 f1.0.2"], "1.0.2", No),
            (&["i0 f1.0.2"], "1.0.2-rc.1", Yes),
            (&["i1.0.0 f1.0.2 i3.0.0 f3.2.5"], "0.9.9", No),
            (&["i1.0.0 f1.0.2 i3.0.0 f3.2.5"], "1.0.0", Yes),
            (&["i1.0.0 f1.0.2 i3.0.0 f3.2.5"], "2.0.0", No),
            (&["i1.0.0 f1.0.2 i3.0.0 f3.2.5"], "3.2.4", Yes),
            (&["i1.0.0 f1.0.2 i3.0.0 f3.2.5"], "3.2.5", No),
            (&["i1.0.0 f1.0.2", "i3.0.0 f3.2.5"], "3.0.0", Yes),
            (&["i0 l2.1.214"], "2.1.214", Yes),
            (&["i0 l2.1.214"], "2.1.215", No),
            // In any order.
            (&["f3.2.5 i3.0.0 f1.0.2 i1.0.0"], "3.1.0", Yes),
            (&["f3.2.5 i3.0.0 f1.0.2 i1.0.0"], "2.0.0", No),
            (&["f1.0.0 i0"], "1.0.0", No),
            (&["f1.0.0 i0"], "0.1.0", Yes),
            // Two at one version.
            (&["i0 f1.0.0 i1.0.0 f2.0.0"], "1.5.0", Yes),
            (&["i1.0.0 f1.0.0"], "1.0.0", No),
            (&["i1.0.0 l1.0.0"], "1.0.0", Yes),
            (&["i1.0.0 l1.0.0"], "1.0.1", No),
            // Limits.
            (&["i0 m2.0.0"], "1.9.9", Yes),
            (&["i0 m2.0.0"], "2.0.0", No),
            (&["i0 m*"], "2.0.0", Yes),
            (&["i0 m1.0.0 m2.0.0"], "1.5.0", Yes),
            // What has no place.
            (&["i0"], "main", Yes),
            (&["i0 f1.0.0"], "main", Unclear),
            (&["i0 l1.0.0"], "main", Unclear),
            (&["i1.0.0"], "main", Unclear),
            (&["i0 m1.0.0"], "main", Unclear),
            (&["i0 f1.0.0", "i0"], "main", Yes),
            (&["i0 fnever"], "1.0.0", Unclear),
        ] {
            assert_eq!(answer(Ecosystem::Npm, ranges, &[], version), expected, "{ranges:?} {version}");
        }
    }

    #[test]
    fn a_list_of_versions_adds_to_the_ranges_and_is_compared_by_the_ecosystem() {
        use Answer::{No, Unclear, Yes};
        for (ecosystem, ranges, versions, version, expected) in [
            (Ecosystem::Pypi, &[][..], &["1.0"][..], "1.0.0", Yes),
            (Ecosystem::Pypi, &[], &["1.0rc1"], "1.0.0rc1", Yes),
            (Ecosystem::Pypi, &[], &["1.0"], "1.1", No),
            (Ecosystem::Pypi, &["i0 f1.0"], &["2.0"], "2.0", Yes),
            (Ecosystem::Pypi, &["i0 f1.0"], &["2.0"], "1.5", No),
            (Ecosystem::Golang, &["i0 f1.2.3"], &[], "v1.2.2", Yes),
            (Ecosystem::Golang, &["i0 f1.2.3"], &[], "v1.2.3", No),
            (Ecosystem::Golang, &["i0 f1.19.6 i1.20.0-0 f1.20.1"], &[], "1.20", Yes),
            (
                Ecosystem::Golang,
                &["i0 f0.0.0-20220715151400-c0bba94af5f8"],
                &[],
                "v0.0.0-20210630005230-0f9fa26af87c",
                Yes,
            ),
            (Ecosystem::Pypi, &[], &["1.0"], "main", Unclear),
            (Ecosystem::Pypi, &[], &["main"], "main", Yes),
            (Ecosystem::Pypi, &["i0 f1.0"], &["0.5"], "main", Unclear),
            (Ecosystem::Pypi, &[], &[], "1.0", Unclear),
        ] {
            assert_eq!(answer(ecosystem, ranges, versions, version), expected, "{ranges:?} {versions:?} {version}");
        }
    }

    #[test]
    fn what_is_in_no_comparable_order_is_told_by_the_list_alone() {
        let git = |versions: &[&str]| Affected {
            versions: versions.iter().map(|it| (*it).to_owned()).collect(),
            ranges: vec![Range::Other("GIT".into())],
            ..Affected::default()
        };
        let of = |affected, version| affects(Ecosystem::Npm, "p", &entry(vec![affected]), version);
        assert_eq!((of(git(&["1.0.0"]), "1.0.0"), of(git(&["1.0.0"]), "1.0.1")), (Answer::Yes, Answer::No));
        assert_eq!(of(git(&[]), "1.0.0"), Answer::Unclear);
    }

    #[test]
    fn an_action_is_affected_through_its_repository_and_not_through_another_path() {
        let at = |path: Option<&str>| {
            let affected = Affected { path: path.map(str::to_owned), versions: vec![], ranges: vec![range("i0")] };
            entry(vec![affected])
        };
        for (stated, used, expected) in [
            (None, "o/r/init", Answer::Yes),
            (Some("init"), "o/r/init", Answer::Yes),
            (Some("init"), "O/R/Init/sub", Answer::Yes),
            (Some("init"), "o/r/analyze", Answer::No),
            (Some("init"), "o/r/initial", Answer::No),
            (Some("init"), "o/r", Answer::Yes),
        ] {
            assert_eq!(affects(Ecosystem::Github, used, &at(stated), "v1"), expected, "{stated:?} {used}");
        }
    }
}
