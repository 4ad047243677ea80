//! Laws of what people hold: a later decision replaces an earlier one, a comment changes nothing, no order of files matters,
//! and where the order can't be told no approval wins by it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate::collect::{event, reviews as wire};
use tollgate::evidence::{Change, Completeness, Review, ReviewState};
use tollgate::normalize::people;

use super::{one, report, rest, shown, take};

/// A review: who, what, when (minute, or no time), which commit.
type Said = (usize, usize, Option<u32>, bool);

const PEOPLE: [&str; 4] = ["ada", "ADA", "bob", "renovate[bot]"];
const STATES: [&str; 5] = ["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"];

fn said() -> impl Strategy<Value = Said> {
    (0..PEOPLE.len(), 0..STATES.len(), prop::option::weighted(0.9, 0..6_u32), any::<bool>())
}

fn written(said: &Said) -> Value {
    let (who, state, minute, commit) = *said;
    let mut review = rest(PEOPLE[who], STATES[state], minute.unwrap_or(0));
    if minute.is_none() {
        review["submitted_at"] = Value::Null;
    }
    if commit {
        review["commit_id"] = json!("b".repeat(40));
    }
    review
}

fn file(said: &[Said]) -> String {
    // A list of pages, so that 30 of them are not taken for a page alone.
    json!([said.iter().map(written).collect::<Vec<Value>>()]).to_string()
}

fn read(files: &[Vec<Said>]) -> Vec<Review> {
    let texts: Vec<String> = files.iter().map(|said| file(said)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    take(&texts, &Change::default()).0
}

/// What each person holds: state and time.
fn held(reviews: &[Review]) -> BTreeMap<String, (ReviewState, Option<String>)> {
    let mut held = BTreeMap::new();
    for review in reviews.iter().filter(|review| review.latest) {
        let who = review.reviewer.as_ref().unwrap().to_lowercase();
        let before = held.insert(who, (review.state, review.time.clone()));
        assert!(before.is_none(), "one person holds one thing: {reviews:?}");
    }
    held
}

proptest! {
    #[test]
    fn the_order_of_files_changes_nothing(files in prop::collection::vec(prop::collection::vec(said(), 0..6), 0..5)) {
        let mut turned = files.clone();
        turned.reverse();
        prop_assert_eq!(read(&files), read(&turned));
        // The same file once more brings nothing new.
        let mut twice = files.clone();
        twice.extend(files.first().cloned());
        prop_assert_eq!(read(&files), read(&twice));
    }

    #[test]
    fn a_comment_changes_nothing_that_anybody_holds(
        mut said in prop::collection::vec(said(), 0..12),
        comment in said(),
        pending in any::<bool>(),
        at in any::<prop::sample::Index>(),
    ) {
        let before = held(&read(&[said.clone()]));
        let (who, _, minute, commit) = comment;
        said.insert(at.index(said.len() + 1), (who, if pending { 4 } else { 2 }, minute, commit));
        prop_assert_eq!(before, held(&read(&[said])));
    }

    #[test]
    fn a_later_decision_replaces_all_earlier_ones(
        mut said in prop::collection::vec(said(), 0..12),
        who in 0..PEOPLE.len(),
        decision in prop::sample::select(vec![0_usize, 1, 3]),
        at in any::<prop::sample::Index>(),
    ) {
        // One without a time may be later still.
        for (_, _, minute, _) in &mut said {
            minute.get_or_insert(0);
        }
        let before = held(&read(&[said.clone()]));
        said.insert(at.index(said.len() + 1), (who, decision, Some(59), false));
        let mut expected = before;
        let state = [ReviewState::Approved, ReviewState::ChangesRequested, ReviewState::Commented, ReviewState::Dismissed][decision];
        expected.insert(PEOPLE[who].to_lowercase(), (state, Some("2026-03-01T10:59:00Z".to_owned())));
        prop_assert_eq!(held(&read(&[said])), expected);
    }

    #[test]
    fn an_approval_stands_only_where_nothing_stricter_may_be_later(
        files in prop::collection::vec(prop::collection::vec(said(), 0..6), 1..4),
    ) {
        let all: Vec<Said> = files.iter().flatten().copied().collect();
        let reviews = read(&files);
        for review in reviews.iter().filter(|review| review.latest && review.state == ReviewState::Approved) {
            let who = review.reviewer.as_ref().unwrap().to_lowercase();
            for (other, state, minute, _) in &all {
                let may_be_later = match (minute, &review.time) {
                    (Some(minute), Some(time)) => format!("2026-03-01T10:{minute:02}:00Z") >= *time,
                    _ => true,
                };
                let stricter = matches!(STATES[*state], "CHANGES_REQUESTED" | "DISMISSED");
                prop_assert!(PEOPLE[*other].to_lowercase() != who || !stricter || !may_be_later, "{:?}", reviews);
            }
        }
        // Whoever decided anything holds something.
        for (who, state, _, _) in &all {
            let decided = matches!(STATES[*state], "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED");
            prop_assert!(!decided || held(&reviews).contains_key(&PEOPLE[*who].to_lowercase()));
        }
    }

    #[test]
    fn bytes_that_were_changed_never_panic_and_never_approve_more(
        said in prop::collection::vec(said(), 1..4),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = file(&said).into_bytes();
        for (index, byte) in edits {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        let (reviews, sources) = people::reviews(&[report(wire::parse(&bytes))], &Change::default());
        let words = bytes.windows(10).filter(|window| window.eq_ignore_ascii_case(b"\"APPROVED\"")).count();
        let approvals = reviews.iter().filter(|review| review.state == ReviewState::Approved).count();
        prop_assert!(approvals <= words, "{:?}", sources);
        let _ = people::change(&report(event::parse(&bytes)), &Change::default(), &[]);
    }

    #[test]
    fn a_file_that_was_cut_short_is_never_complete(said in prop::collection::vec(said(), 0..4), at in any::<prop::sample::Index>()) {
        let bytes = file(&said).into_bytes();
        let cut = &bytes[..at.index(bytes.len())];
        let (reviews, sources) = people::reviews(&[report(wire::parse(cut))], &Change::default());
        prop_assert!(reviews.is_empty() && sources[0].completeness == Completeness::Failed);
    }
}

#[test]
fn with_equal_times_an_approval_does_not_win() {
    for (states, held) in [
        (["CHANGES_REQUESTED", "APPROVED"], "changes_requested"),
        (["APPROVED", "CHANGES_REQUESTED"], "changes_requested"),
        (["DISMISSED", "APPROVED"], "dismissed"),
        (["DISMISSED", "CHANGES_REQUESTED"], "changes_requested"),
    ] {
        let (reviews, _) = one(&json!([rest("ada", states[0], 1), rest("ada", states[1], 1)]).to_string());
        assert!(shown(&reviews).contains(&format!("ada {held} latest")), "{states:?}: {reviews:?}");
    }
}

#[test]
fn a_review_that_can_not_be_read_may_have_taken_an_approval_back() {
    for (minute, expected) in [(2, "ada approved"), (1, "ada approved"), (0, "ada approved latest")] {
        let list = json!([rest("ada", "APPROVED", 1), rest("Ada", "REVOKED", minute), rest("bob", "APPROVED", 1)]);
        let (reviews, source) = one(&list.to_string());
        assert_eq!(shown(&reviews), [expected, "bob approved latest"], "{minute}");
        assert_eq!(source.completeness, Completeness::Failed);
    }
    // A request for changes stands all the same.
    let (reviews, _) = one(&json!([rest("ada", "CHANGES_REQUESTED", 1), rest("ada", "REVOKED", 2)]).to_string());
    assert_eq!(shown(&reviews), ["ada changes_requested latest"]);
}
