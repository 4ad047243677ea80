//! The laws of reviews: whose approval counts, for what, and what a review more or less may do.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::Index;
use tollgate::evaluate::Subject;
use tollgate::evidence::{Completeness, EvidenceKind, Review, ReviewState, Source};
use tollgate::verdict::{Earlier, Requirement, Uncounted, Verdict};

use super::draw::{Draw, Drawn, config, drawn};
use super::generate::{EARLIER, HEAD, ITEMS, Void, World, approval, expected, hold, make, review, void_review, world};

/// The reviews that are no subject.
fn said(world: &mut World) -> Vec<Review> {
    world.evidence.reviews.split_off(ITEMS as usize)
}

/// The same world where other reviews, in the order of time, were given.
fn after(world: &World, reviews: &[Review]) -> World {
    let mut other = world.clone();
    said(&mut other);
    let mut reviews = reviews.to_vec();
    hold(&mut reviews);
    other.evidence.reviews.extend(reviews);
    other
}

/// A world and the reviews of it in the order of time.
fn history(mut world: World) -> (World, Vec<Review>) {
    let mut reviews = said(&mut world);
    hold(&mut reviews);
    (after(&world, &reviews), reviews)
}

fn person(review: &Review) -> Option<String> {
    review.reviewer.as_ref().map(|login| login.to_lowercase())
}

/// Who gave what, by requirement.
fn given(verdict: &Verdict) -> BTreeMap<&str, BTreeSet<String>> {
    let people = |asked: &Requirement| asked.given.iter().map(|given| given.by.to_lowercase()).collect();
    verdict.approvals.iter().map(|asked| (asked.fingerprint.as_str(), people(asked))).collect()
}

/// A requirement without how people are spelled, and without the texts that spell them.
type Plain = (String, Vec<String>, u32, BTreeSet<String>, bool);

/// All that is decided, whoever's spelling came first.
fn plain(verdict: &Verdict) -> (tollgate::verdict::Decision, Vec<Plain>) {
    let lower = |login: &String| login.to_lowercase();
    let of = |asked: &Requirement| {
        let given = asked.given.iter().map(|given| lower(&given.by)).collect();
        let candidates = asked.candidates.iter().map(lower).collect();
        (asked.fingerprint.clone(), given, asked.outstanding, candidates, asked.unsatisfiable.is_some())
    };
    (verdict.decision, verdict.approvals.iter().map(of).collect())
}

/// A world, and the same one with the evidence in another order.
fn reordered() -> Drawn<(World, World)> {
    drawn(900, |draw| {
        let world = make(draw);
        let mut other = world.clone();
        let evidence = &mut other.evidence;
        let reviews = places(draw, evidence.reviews.len());
        let files = places(draw, evidence.files.len());
        evidence.reviews = reviews.iter().map(|at| world.evidence.reviews[*at].clone()).collect();
        evidence.files = files.iter().map(|at| world.evidence.files[*at].clone()).collect();
        evidence.sources = draw.shuffled(&evidence.sources);
        evidence.change.commit_authors = draw.shuffled(&evidence.change.commit_authors);
        for members in evidence.teams.values_mut() {
            *members = draw.shuffled(members);
        }
        let moved = |places: &[usize], index: u32| {
            u32::try_from(places.iter().position(|at| *at == index as usize).unwrap()).unwrap()
        };
        let follow = |subject: &mut Subject| match subject {
            Subject::Review(index) => *index = moved(&reviews, *index),
            Subject::File(index) => *index = moved(&files, *index),
            _ => {}
        };
        for spec in &mut other.specs {
            spec.violations.iter_mut().for_each(|violation| follow(&mut violation.subject));
            spec.required.iter_mut().for_each(|required| follow(&mut required.subject));
        }
        (world, other)
    })
}

/// Positions in an order.
fn places(draw: &mut Draw<'_>, count: usize) -> Vec<usize> {
    draw.shuffled(&(0..count).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn who_has_given_a_requirement_is_who_may_belongs_to_it_and_holds_an_approval_of_it(world in world()) {
        let verdict = world.judge();
        for asked in &verdict.approvals {
            let expected = expected(asked, &asked.fallback, &world.evidence, &world.approving);
            let given: Vec<String> = asked.given.iter().map(|given| given.by.to_lowercase()).collect();
            let distinct: BTreeSet<String> = given.iter().cloned().collect();
            prop_assert_eq!(distinct.len(), given.len(), "one person counts once, however spelled");
            // One review counts for every requirement that it fits: none is used up by another.
            prop_assert_eq!(&distinct, &expected.given, "{:?}", asked);
            prop_assert_eq!(asked.unsatisfiable.is_some(), expected.unsatisfiable, "{:?}", asked);
            prop_assert_eq!(asked.outstanding, expected.outstanding, "{:?}", asked);
            let whole = world.approving.fallbacks.get("acme").into_iter().flatten().collect::<Vec<_>>();
            prop_assert!(asked.fallback.is_empty() || asked.fallback.iter().collect::<Vec<_>>() == whole);
            // Who has given it is no candidate any more.
            prop_assert!(asked.candidates.iter().all(|login| !distinct.contains(&login.to_lowercase())));
        }
    }

    #[test]
    fn where_author_head_or_reviews_are_not_known_nobody_has_approved_anything(
        world in world(), what in 0..3_u8, missing in any::<bool>(),
    ) {
        let mut world = world;
        let evidence = &mut world.evidence;
        match what {
            0 => evidence.change.author = None,
            1 => {
                evidence.change.head = None;
                evidence.sources.iter_mut().for_each(|source| source.commit = None);
                world.approving.reviewed_head = None;
            }
            _ if missing => evidence.sources.retain(|source| source.kind != EvidenceKind::Reviews),
            _ => evidence.sources.push(Source::incomplete(EvidenceKind::Reviews, Completeness::Stale, "it is old")),
        }
        let verdict = world.judge();
        for asked in &verdict.approvals {
            prop_assert!(asked.given.is_empty() && asked.outstanding == asked.count);
            let whole = |why: &Uncounted| !matches!(why, Uncounted::NoLogin(_));
            prop_assert!(asked.uncounted.iter().any(whole), "{:?}", asked.uncounted);
        }
    }

    #[test]
    fn a_review_that_counts_for_nobody_changes_nothing(
        world in world(), (void, extra) in void_review(), at in any::<Index>(),
    ) {
        let mut world = world.without_previous();
        match void {
            Void::Author => world.evidence.change.author = Some("author".to_owned()),
            Void::Committer => {
                world.evidence.change.commit_authors =
                    vec!["Carl <x@acme.example>".to_owned(), "<7+DORA@users.noreply.github.com>".to_owned()];
            }
            Void::Earlier => {
                // Of what was asked for then, nothing is asked for now.
                let requirements = BTreeSet::from(["0".repeat(64)]);
                world.approving.previous.push(Earlier { head: EARLIER.to_owned(), requirements });
            }
            _ => {}
        }
        let mut other = world.clone();
        let from = ITEMS as usize;
        other.evidence.reviews.insert(from + at.index(world.evidence.reviews.len() - from + 1), extra);
        // That it does not count is told, and is all that it does.
        let untold = |mut verdict: Verdict| {
            verdict.approvals.iter_mut().for_each(|asked| asked.not_counted.clear());
            verdict
        };
        prop_assert_eq!(untold(world.judge()), untold(other.judge()));
    }

    #[test]
    fn an_approval_more_never_makes_it_worse_and_one_person_gives_one(world in world(), login in 0..4_usize) {
        let (mut world, mut reviews) = history(world);
        // One of a commit that is no head takes the place of one that counted.
        world.evidence.change.head = Some(HEAD.to_owned());
        reviews.push(approval(["u", "Ann", "BOB", "eve"][login], HEAD));
        let other = after(&world, &reviews);
        let (before, now) = (world.judge(), other.judge());
        prop_assert!(now.decision <= before.decision);
        let had = given(&before);
        for (asked, people) in given(&now) {
            let had = &had[asked];
            prop_assert!(people.is_superset(had) && people.len() <= had.len() + 1);
        }
    }

    /// Where a review is what its person holds, and does not count, one before it that does is held once it is gone: that
    /// alone may improve. Such are those that take an approval back, approvals of another commit, and those that a bot gave under
    /// the login of a person.
    #[test]
    fn taking_a_review_away_never_improves_unless_it_took_the_place_of_one_that_counts(world in world(), at in any::<Index>()) {
        let (world, mut reviews) = history(world);
        prop_assume!(!reviews.is_empty());
        let gone = reviews.remove(at.index(reviews.len()));
        let (before, now) = (world.judge(), after(&world, &reviews).judge());
        let counted = gone.state == ReviewState::Approved
            && !gone.bot
            && gone.commit.as_deref().is_some_and(|commit| world.evidence.heads().any(|head| head == commit));
        if counted || !gone.latest {
            prop_assert!(now.decision >= before.decision);
            let had = given(&before);
            for (asked, people) in given(&now) {
                prop_assert!(people.is_subset(&had[asked]));
            }
        }
        // And in evidence that says itself who holds what, there is no such exception.
        let mut bare = world.clone();
        let position = bare.evidence.reviews.iter().position(|review| *review == gone).unwrap();
        if position >= ITEMS as usize {
            bare.evidence.reviews.remove(position);
            prop_assert!(bare.judge().decision >= before.decision);
        }
    }

    #[test]
    fn whoever_takes_it_back_or_asks_for_changes_never_improves_and_a_comment_does_nothing(
        world in world(), mut later in review(), dismissed in any::<bool>(),
    ) {
        let (world, mut reviews) = history(world);
        let before = world.judge();
        let comment = Review { state: ReviewState::Commented, ..later.clone() };
        let commented = after(&world, &[&reviews[..], &[comment]].concat());
        prop_assert_eq!(&before, &commented.judge());
        later.state = if dismissed { ReviewState::Dismissed } else { ReviewState::ChangesRequested };
        let who = person(&later);
        reviews.push(later);
        let now = after(&world, &reviews).judge();
        prop_assert!(now.decision >= before.decision);
        for people in given(&now).values() {
            prop_assert!(who.as_ref().is_none_or(|who| !people.contains(who)), "who took it back has given it");
        }
    }

    #[test]
    fn the_order_of_reviews_members_files_and_sources_changes_nothing((world, other) in reordered()) {
        let (before, now) = (world.judge(), other.judge());
        prop_assert_eq!(plain(&before), plain(&now));
        prop_assert_eq!((&before.reasons, &before.risk), (&now.reasons, &now.risk));
        prop_assert_eq!((&before.next, &before.approvals), (&now.next, &now.approvals));
        let states = |verdict: &Verdict| {
            verdict.waivers.iter().map(|judged| (judged.state, judged.lifts.clone())).collect::<Vec<_>>()
        };
        prop_assert_eq!(states(&before), states(&now));
    }

    #[test]
    fn however_people_are_spelled_they_are_the_same_people(world in world(), which in 0..4_u8) {
        let mut other = world.clone();
        let evidence = &mut other.evidence;
        if which != 1 {
            evidence.reviews.iter_mut().skip(ITEMS as usize).for_each(|review| {
                review.reviewer = review.reviewer.as_ref().map(|login| match login.ends_with(']') {
                    // By this a bot is known; its name is no person's.
                    true => login.clone(),
                    false => login.to_uppercase(),
                });
            });
        }
        if which != 2 {
            evidence.change.author = evidence.change.author.as_ref().map(|login| login.to_uppercase());
        }
        if which != 3 {
            evidence.teams.values_mut().flatten().for_each(|login| *login = login.to_lowercase());
        }
        let (before, now) = (world.judge(), other.judge());
        prop_assert_eq!(plain(&before), plain(&now));
    }

    #[test]
    fn a_push_drops_the_approvals_of_what_it_touches_and_no_other(
        world in world(), touched in proptest::option::of(0..ITEMS as usize), files_known in prop::bool::weighted(0.8),
    ) {
        let (mut first, mut reviews) = history(world.without_previous().knowing(&[EvidenceKind::Files]));
        if !files_known {
            let cut = Source::incomplete(EvidenceKind::Files, Completeness::Truncated, "there are more");
            first.evidence.sources.push(cut);
        }
        first.approving.reviewed_head = None;
        first.evidence.sources.iter_mut().for_each(|source| source.commit = None);
        first.evidence.change.head = Some(EARLIER.to_owned());
        reviews.iter_mut().for_each(|review| review.commit = Some(EARLIER.to_owned()));
        let first = after(&first, &reviews);
        let before = first.judge();
        let mut second = first.clone();
        second.evidence.change.head = Some(HEAD.to_owned());
        let requirements = before.approvals.iter().map(|asked| asked.fingerprint.clone()).collect();
        second.approving.previous.push(Earlier { head: EARLIER.to_owned(), requirements });
        if let Some(at) = touched {
            second.evidence.files[at].blob_after = Some("d".repeat(40));
        }
        let now = second.judge();
        prop_assert_eq!(before.approvals.len(), now.approvals.len());
        let mut kept_all = true;
        for asked in &now.approvals {
            let same = |other: &&Requirement| {
                let key = |asked: &Requirement| (asked.from.clone(), asked.count, asked.owners.clone(), asked.paths.clone());
                let why = |asked: &Requirement| (asked.rules.clone(), asked.thresholds.clone(), asked.violations.clone());
                key(other) == key(asked) && why(other) == why(asked)
            };
            // Packs with other fallbacks ask for the same apart.
            let earlier: Vec<&Requirement> = before.approvals.iter().filter(same).collect();
            prop_assert!(!earlier.is_empty());
            let files: Vec<(usize, &tollgate::evidence::FileChange)> = second.evidence.files.iter().enumerate().collect();
            let is_of = |file: &tollgate::evidence::FileChange, path: &String| {
                file.path == *path || file.previous_path.as_ref() == Some(path)
            };
            let concerned = files.iter().filter(|(_, file)| {
                asked.paths.is_empty() || asked.paths.iter().any(|path| is_of(file, path))
            });
            let named = asked.paths.iter().all(|path| files.iter().any(|(_, file)| is_of(file, path)));
            let known = named && files_known && concerned.clone().all(|(_, file)| file.blob_before.is_some());
            let relevant = concerned.clone().any(|(at, _)| Some(*at) == touched);
            if known && !relevant {
                prop_assert!(earlier.iter().any(|earlier| earlier.given == asked.given), "{:?}", asked);
            } else {
                prop_assert!(asked.given.is_empty(), "{:?}", asked);
                kept_all = false;
            }
        }
        prop_assert!(now.decision >= before.decision);
        prop_assert!(!kept_all || now.decision == before.decision);
    }
}
