//! Reviews as rules see them.
//!
//! What is asked for most has the shortest name: `approved()` and `changes_requested()` are what people hold now. What
//! they ever said is `state(..)`.

use std::collections::BTreeSet;

use rhai::{Dynamic, ImmutableString};

use super::change::team_members;
use super::collection::{Collection, Item, Store, View};
use super::error::HostResult;
use super::globs::texts;
use super::signature::{Param, Signature};
use super::stored::{Stored, property, select};
use super::words::{WordValue, choices, words};
use crate::evidence::{Evidence, EvidenceKind, Review, ReviewState, Word};
use crate::policy::Subject;

/// Reviews.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReviewRows;

impl Collection for ReviewRows {
    const ITEM: &'static str = "Review";
    const VIEW: &'static str = "Reviews";
    const KIND: Option<EvidenceKind> = Some(EvidenceKind::Reviews);

    fn len(evidence: &Evidence) -> usize {
        evidence.reviews.len()
    }

    fn subject(row: u32) -> Subject {
        Subject::Review(row)
    }
}

impl Stored for ReviewRows {
    type Row = Review;

    fn stored(evidence: &Evidence) -> &[Review] {
        &evidence.reviews
    }
}

type Row = Item<ReviewRows>;

type Reviews = View<ReviewRows>;

impl Reviews {
    /// What people hold now, of one state.
    fn held(&self, state: ReviewState) -> Self {
        self.keep_rows(|review| review.latest && review.state == state)
    }

    /// Those of some people; logins are compared without case.
    fn by<'a>(&self, logins: impl Iterator<Item = &'a str>) -> Self {
        let logins: BTreeSet<String> = logins.map(str::to_lowercase).collect();
        self.keep_rows(|review| {
            review.reviewer.as_deref().is_some_and(|reviewer| logins.contains(&reviewer.to_lowercase()))
        })
    }

    /// Those of other people; a deleted account may have been one of them.
    fn not_by<'a>(&self, logins: impl Iterator<Item = &'a str>) -> Self {
        let logins: BTreeSet<String> = logins.map(str::to_lowercase).collect();
        self.keep_rows(|review| {
            review.reviewer.as_deref().is_some_and(|reviewer| !logins.contains(&reviewer.to_lowercase()))
        })
    }

    fn by_team(&self, team: &str) -> HostResult<Self> {
        Ok(self.by(team_members(&self.store, team)?.iter().map(String::as_str)))
    }

    /// Those of the last commit. Which one they are of is not always said, and then they are not of it.
    fn at_head(&self) -> Self {
        let heads = heads(&self.store);
        self.keep_rows(|review| review.commit.as_deref().is_some_and(|commit| heads.contains(&commit)))
    }
}

/// The change's last commit: the head, and where that merges the forge's request into its target, the request's own.
fn heads(store: &Store) -> Vec<&str> {
    if store.evidence.change.head.is_none() {
        store.read(EvidenceKind::Change);
    }
    store.evidence.heads().collect()
}

pub(super) const TABLE: &[Signature] = &[
    select::<ReviewRows>(
        "latest",
        &[],
        "of each person what they hold now; comments take nothing back",
        |module, name| {
            module.set_native_fn(name, |view: Reviews| Ok(view.keep_rows(|review| review.latest)));
        },
    )
    .example("for r in change.reviews.latest() { note(`${r.reviewer}: ${r.state}`); }"),
    select::<ReviewRows>("approved", &[], "approvals that people hold now", |module, name| {
        module.set_native_fn(name, |view: Reviews| Ok(view.held(ReviewState::Approved)));
    })
    .example(r#"if change.reviews.approved().count() < 2 { violation(change, "two people have to approve"); }"#),
    select::<ReviewRows>("changes_requested", &[], "requests for changes that people hold now", |module, name| {
        module.set_native_fn(name, |view: Reviews| Ok(view.held(ReviewState::ChangesRequested)));
    })
    .example("for r in change.reviews.changes_requested() { violation(r, `${r.reviewer} asks for changes`); }"),
    select::<ReviewRows>(
        "state",
        &[("states", Param::Words(ReviewState::VOCABULARY))],
        "those of the given states, also what was taken back or replaced since",
        |module, name| {
            choices(module, name, |view: Reviews, states: &Dynamic| {
                let set = words::<ReviewState>(states)?;
                Ok(view.keep_rows(|review| set.get(usize::from(review.state.index())).copied().unwrap_or(false)))
            });
        },
    )
    .example(r#"for r in change.reviews.state("dismissed") { note(`a review of ${r.reviewer} was dismissed`); }"#),
    select::<ReviewRows>(
        "by",
        &[("logins", Param::Texts)],
        "those of the given people, in capitals or not",
        |module, name| {
            choices(module, name, |view: Reviews, logins: &Dynamic| {
                let logins = texts(logins)?;
                Ok(view.by(logins.iter().map(ImmutableString::as_str)))
            });
        },
    )
    .example(r#"if change.reviews.by("release-lead").approved().is_empty() { violation(change, "not approved yet"); }"#),
    select::<ReviewRows>(
        "not_by",
        &[("logins", Param::Texts)],
        "those of other people than the given, in capitals or not, such as `not_by(change.author)`; without those of deleted accounts",
        |module, name| {
            choices(module, name, |view: Reviews, logins: &Dynamic| {
                let logins = texts(logins)?;
                Ok(view.not_by(logins.iter().map(ImmutableString::as_str)))
            });
        },
    )
    .example(r#"if change.reviews.approved().not_by(change.author).is_empty() { violation(change, "nobody else agrees"); }"#),
    select::<ReviewRows>(
        "by_team",
        &[("team", Param::Text)],
        "those of a team's members; an unknown team is an error",
        |module, name| {
            module.set_native_fn(name, |view: Reviews, team: &str| view.by_team(team));
        },
    )
    .errors("an unknown team, where all teams are known")
    .example(r#"if change.reviews.by_team("security").approved().is_empty() { violation(change, "security has not approved"); }"#),
    select::<ReviewRows>("by_people", &[], "those that no bot gave", |module, name| {
        module.set_native_fn(name, |view: Reviews| Ok(view.keep_rows(|review| !review.bot)));
    })
    .example(r#"if change.reviews.approved().by_people().is_empty() { violation(change, "no person has approved"); }"#),
    select::<ReviewRows>(
        "at_head",
        &[],
        "those of the change's last commit; without those of which the forge does not say the commit",
        |module, name| {
            module.set_native_fn(name, |view: Reviews| Ok(view.at_head()));
        },
    )
    .example(r#"if change.reviews.approved().at_head().is_empty() { violation(change, "nobody approved the last commit"); }"#),
    property::<ReviewRows>(
        "reviewer",
        "text",
        "the reviewer's login as the forge spells it; empty for a deleted account. `==` tells capitals apart, `by` and `not_by` don't",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(ImmutableString::new(), |item| item.reviewer.as_deref().unwrap_or("").into()))
            });
        },
    )
    .example("for r in change.reviews.approved() { note(`${r.reviewer} approves`); }"),
    property::<ReviewRows>("bot", "true or false", "whether the reviewer is a bot", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(true, |item| item.bot)));
    })
    .example(r#"for r in change.reviews.approved() { if r.bot { violation(r, "a bot approves"); } }"#),
    property::<ReviewRows>("state", "review state", "what they said", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(WordValue::of(ReviewState::Pending), |item| WordValue::of(item.state)))
        });
    })
    .example(r#"for r in change.reviews { if r.state == "pending" { note(`${r.reviewer} is not done`); } }"#),
    property::<ReviewRows>("latest", "true or false", "whether it is what the reviewer holds now", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(false, |item| item.latest)));
    })
    .example("for r in change.reviews { if r.latest { note(`${r.reviewer}: ${r.state}`); } }"),
    property::<ReviewRows>(
        "commit",
        "text",
        "full id of the commit that they looked at; empty where the forge does not say",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(ImmutableString::new(), |item| item.commit.as_deref().unwrap_or("").into()))
            });
        },
    )
    .example("for r in change.reviews.approved() { if r.commit != change.head { note(`${r.reviewer} saw an earlier commit`); } }"),
    property::<ReviewRows>("time", "text", "when it was given, as in `2026-01-31T12:00:00Z`; empty where the forge does not say", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(ImmutableString::new(), |item| item.time.as_deref().unwrap_or("").into()))
        });
    })
    .example("for r in change.reviews.approved() { note(`${r.reviewer} approved at ${r.time}`); }"),
];
