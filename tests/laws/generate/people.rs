//! Generated people: who made the change, who is in which team, and who has said what of which commit.

use std::collections::{BTreeMap, BTreeSet};

use tollgate::evidence::{Completeness, Evidence, EvidenceKind, Review, ReviewState, Word as _};
use tollgate::policy::Approver;
use tollgate::verdict::{Approving, Earlier};

use super::super::draw::{Draw, Drawn, drawn};
use super::rules::approver;

/// The head that is judged, and the others that reviews are of: an earlier one, the request's own where the head merges it,
/// the one that a queue made the head from, and one that nobody knows.
pub(crate) const HEAD: &str = "1111111111111111111111111111111111111111";
pub(crate) const EARLIER: &str = "2222222222222222222222222222222222222222";
const OWN: &str = "3333333333333333333333333333333333333333";
const QUEUED: &str = "4444444444444444444444444444444444444444";
pub(crate) const STRANGE: &str = "5555555555555555555555555555555555555555";

/// Everybody who is in a team or reviews; the last four may not approve a change of `author` with all of [`COMMITTERS`].
const LOGINS: [&str; 8] = ["u", "ann", "bob", "eve", "author", "carl", "dora", "ops[bot]"];
const COMMITTERS: [&str; 3] =
    ["Carl Carlson <carl@acme.example>", "D. D. <12345+Dora@users.noreply.github.com>", "author"];

/// A login in one of its spellings.
fn spelled(draw: &mut Draw<'_>, login: &str) -> String {
    match draw.below(5) {
        3 => login.to_uppercase(),
        4 => login.split_at_checked(1).map_or_else(String::new, |(first, rest)| first.to_uppercase() + rest),
        _ => login.to_owned(),
    }
}

/// Puts people into evidence whose reviews so far are nobody's.
pub(super) fn people(draw: &mut Draw<'_>, evidence: &mut Evidence) -> Approving {
    evidence.change.head = Some(HEAD.to_owned());
    evidence.change.author = Some("author".to_owned());
    if draw.chance(15) {
        evidence.change.author = draw.pick(&[Some("AUTHOR".to_owned()), Some("u".to_owned()), None]);
    }
    if draw.chance(5) {
        evidence.change.head = None;
    }
    evidence.change.commit_authors = draw.list(0, 3, |draw| draw.text(&COMMITTERS));
    if draw.chance(20)
        && let Some(source) = evidence.sources.iter_mut().find(|source| source.kind == EvidenceKind::Change)
    {
        source.commit = Some(OWN.to_owned());
    }
    for team in ["a", "b"] {
        let members = draw.list(0, 5, |draw| {
            let login = draw.text(&LOGINS);
            spelled(draw, &login)
        });
        evidence.teams.insert(team.to_owned(), members);
    }
    evidence.teams.insert("empty".to_owned(), Vec::new());
    let mut said = draw.list(0, 6, make_review);
    if draw.chance(35) {
        said.extend(["u", "ann", "bob", "eve"].map(|login| approval(login, HEAD)));
    }
    hold(&mut said);
    if draw.chance(5)
        && let Some(review) = said.first_mut()
    {
        // A document may say anything.
        review.latest = !review.latest;
    }
    evidence.reviews.extend(said);
    let fallbacks = match draw.below(3) {
        0 => BTreeMap::new(),
        _ => BTreeMap::from([("acme".to_owned(), draw.list(1, 3, approver))]),
    };
    Approving { reviewed_head: draw.maybe(20, |_| QUEUED.to_owned()), previous: Vec::new(), fallbacks }
}

/// What an earlier verdict asked for: some of what is asked for now, and what is asked for no more.
pub(super) fn earlier(draw: &mut Draw<'_>, asked: Vec<String>) -> Earlier {
    let mut requirements: BTreeSet<String> = asked.into_iter().filter(|_| draw.chance(70)).collect();
    requirements.insert("0".repeat(64));
    Earlier { head: EARLIER.to_owned(), requirements }
}

pub(crate) fn approval(by: &str, commit: &str) -> Review {
    Review {
        reviewer: Some(by.to_owned()),
        bot: false,
        state: ReviewState::Approved,
        latest: true,
        commit: Some(commit.to_owned()),
        time: None,
    }
}

/// A review by anybody of anything; nobody holds it yet.
pub(crate) fn review() -> Drawn<Review> {
    drawn(16, make_review)
}

fn make_review(draw: &mut Draw<'_>) -> Review {
    let login = draw.text(&LOGINS);
    let reviewer = if draw.chance(5) { None } else { Some(spelled(draw, &login)) };
    let state = if draw.chance(40) { draw.word() } else { ReviewState::Approved };
    let commit = match draw.below(8) {
        0..4 => Some(HEAD),
        4 => Some(EARLIER),
        5 => Some(OWN),
        6 => Some(QUEUED),
        _ => draw.pick(&[Some(STRANGE), None]),
    };
    Review {
        reviewer,
        bot: login == "ops[bot]" && draw.chance(50) || draw.chance(3),
        state,
        latest: false,
        commit: commit.map(str::to_owned),
        time: None,
    }
}

/// Says of each review, in the order of time, whether it is what its person holds: their last but for comments.
pub(crate) fn hold(reviews: &mut [Review]) {
    let mut seen = BTreeSet::new();
    for review in reviews.iter_mut().rev() {
        let speaks = !matches!(review.state, ReviewState::Commented | ReviewState::Pending);
        let person = review.reviewer.as_ref().map(|login| login.to_lowercase());
        review.latest = speaks && person.is_some_and(|person| seen.insert(person));
    }
}

/// A review that counts for nobody, in one of the ways in which one does not.
pub(crate) fn void_review() -> Drawn<(Void, Review)> {
    drawn(16, |draw| {
        let void = draw.pick(&Void::ALL);
        let mut review = approval("u", HEAD);
        let by = |draw: &mut Draw<'_>, login: &str| Some(spelled(draw, login));
        match void {
            Void::Author => review.reviewer = by(draw, "author"),
            Void::Committer => {
                let login = draw.text(&["carl", "dora"]);
                review.reviewer = by(draw, &login);
            }
            Void::Bot => review.bot = true,
            Void::BotByName => review.reviewer = Some("ops[bot]".to_owned()),
            Void::Nobody => review.reviewer = None,
            Void::OtherCommit => review.commit = draw.pick(&[Some(STRANGE.to_owned()), None]),
            Void::Earlier => review.commit = Some(EARLIER.to_owned()),
            Void::NotHeld => review.latest = false,
            Void::NoApproval => {
                let states = ReviewState::ALL.iter().copied().filter(|state| *state != ReviewState::Approved);
                review.state = draw.pick(&states.collect::<Vec<_>>());
            }
        }
        (void, review)
    })
}

/// Why a review counts for nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Void {
    Author,
    Committer,
    Bot,
    BotByName,
    Nobody,
    OtherCommit,
    Earlier,
    NotHeld,
    NoApproval,
}

impl Void {
    pub(crate) const ALL: [Self; 9] = [
        Self::Author,
        Self::Committer,
        Self::Bot,
        Self::BotByName,
        Self::Nobody,
        Self::OtherCommit,
        Self::Earlier,
        Self::NotHeld,
        Self::NoApproval,
    ];
}

/// Who belongs to some approvers, without capitals, and whether there may be more of them: told a second time, from
/// docs/decision.md. `owners` are those of what is asked about.
fn members(from: &[Approver], owners: &[String], evidence: &Evidence) -> (BTreeSet<String>, bool) {
    let (mut logins, mut more) = (BTreeSet::new(), false);
    let known = |kind| evidence.completeness(kind) == Completeness::Complete;
    let team = |names: &[&str], logins: &mut BTreeSet<String>| {
        let found = names.iter().find_map(|name| evidence.teams.get(*name));
        logins.extend(found.into_iter().flatten().map(|login| login.to_lowercase()));
        !known(EvidenceKind::Teams)
    };
    for approver in from {
        match approver {
            Approver::User(login) => drop(logins.insert(login.to_lowercase())),
            Approver::Team(name) => more |= team(&[name], &mut logins),
            Approver::Any => {
                for name in evidence.teams.keys() {
                    team(&[name], &mut logins);
                }
                more |= !known(EvidenceKind::Teams);
            }
            Approver::Owners if !known(EvidenceKind::Owners) => more = true,
            Approver::Owners => {
                for owner in owners {
                    match owner.strip_prefix('@').filter(|name| !name.starts_with('@')) {
                        None => more = true,
                        Some(name) if name.contains('/') => {
                            more |= team(&[name, name.rsplit('/').next().unwrap()], &mut logins);
                        }
                        Some(name) => drop(logins.insert(name.to_lowercase())),
                    }
                }
            }
        }
    }
    (logins, more)
}

/// What becomes of a requirement, told a second time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) given: BTreeSet<String>,
    pub(crate) unsatisfiable: bool,
    pub(crate) outstanding: u32,
}

/// Who has given a requirement, from the evidence and docs/decision.md alone.
pub(crate) fn expected(
    asked: &tollgate::verdict::Requirement,
    fallback: &[Approver],
    evidence: &Evidence,
    approving: &Approving,
) -> Expected {
    let change = &evidence.change;
    let mut barred: BTreeSet<String> = change.author.iter().map(|login| login.to_lowercase()).collect();
    for committer in &change.commit_authors {
        barred.insert(match committer.as_str() {
            "author" => "author".to_owned(),
            carl if carl.starts_with("Carl") => "carl".to_owned(),
            _ => "dora".to_owned(),
        });
    }
    let may = |login: &String| !barred.contains(login) && !login.ends_with("[bot]");
    let (mut people, more) = members(&asked.from, &asked.owners, evidence);
    let few = people.iter().filter(|login| may(login)).count() < asked.count as usize;
    let unsatisfiable = few && !more && change.author.is_some();
    if unsatisfiable {
        people.extend(members(fallback, &asked.owners, evidence).0);
    }
    let mut heads: Vec<&str> = change.head.as_deref().into_iter().chain(approving.reviewed_head.as_deref()).collect();
    let told = evidence.sources.iter().filter(|source| {
        source.kind == EvidenceKind::Change
            && matches!(source.completeness, Completeness::Complete | Completeness::Truncated)
    });
    heads.extend(told.filter_map(|source| source.commit.as_deref()));
    // What is judged has to be known before anything of an earlier head is the same.
    let is_judged = !heads.is_empty();
    let kept = approving.previous.iter().filter(|earlier| earlier.requirements.contains(&asked.fingerprint));
    let of: BTreeSet<&str> = heads.into_iter().chain(kept.map(|earlier| earlier.head.as_str())).collect();
    let known =
        is_judged && change.author.is_some() && evidence.completeness(EvidenceKind::Reviews) == Completeness::Complete;
    let mut given = BTreeSet::new();
    for review in evidence.reviews.iter().filter(|_| known) {
        let login = review.reviewer.as_ref().map(|login| login.to_lowercase());
        let Some(login) = login.filter(|login| may(login) && people.contains(login)) else { continue };
        let counts = review.state == ReviewState::Approved && review.latest && !review.bot;
        if counts && review.commit.as_deref().is_some_and(|commit| of.contains(commit)) {
            given.insert(login);
        }
    }
    let missing = asked.count.saturating_sub(u32::try_from(given.len()).unwrap());
    let outstanding = if unsatisfiable && fallback.is_empty() { asked.count } else { missing };
    Expected { given, unsatisfiable, outstanding }
}
