use std::collections::{BTreeMap, BTreeSet};

use super::super::super::testing::{Edit as _, satisfied, team};
use super::super::super::{Approving, Decision, Earlier, Grounds, Requirement, Uncounted, Verdict, Waivers, decide_on};
use crate::evaluate::{RuleOutcome, Subject};
use crate::evidence::{
    Change, Completeness, Evidence, EvidenceKind, FileChange, FileKind, FileStatus, Ownership, Review, ReviewState,
    Source,
};
use crate::policy::Approver;
use crate::policy::Enforcement::SoftMandatory;

const HEAD: &str = "1111111111111111111111111111111111111111";
const OLD: &str = "2222222222222222222222222222222222222222";

fn file(path: &str, owner: &str, after: &str) -> FileChange {
    FileChange {
        owners: vec![owner.to_owned()],
        blob_before: Some("a".repeat(40)),
        blob_after: Some(after.repeat(40)),
        ..FileChange::at(path, FileStatus::Modified, FileKind::Source)
    }
}

/// A change by dev, with commits of dev and of Carol, whom the team of security knows; dana alone owns `b`.
fn world(reviews: Vec<Review>) -> Evidence {
    let teams = [("security", vec!["sam", "Sue", "carol", "dev"]), ("empty", vec![]), ("sole", vec!["Dev"])];
    let complete =
        [EvidenceKind::Findings, EvidenceKind::Files, EvidenceKind::Owners, EvidenceKind::Reviews, EvidenceKind::Teams];
    Evidence {
        change: Change {
            head: Some(HEAD.to_owned()),
            author: Some("dev".to_owned()),
            commit_authors: vec![
                "Dev Eloper <dev@example.org>".to_owned(),
                "Carol C <12345+Carol@users.noreply.github.com>".to_owned(),
            ],
            ..Change::default()
        },
        files: vec![file("a", "@org/security", "b"), file("b", "@dana", "b"), file("c", "@DEV", "b")],
        reviews,
        teams: teams
            .into_iter()
            .map(|(name, members)| (name.to_owned(), members.into_iter().map(str::to_owned).collect()))
            .collect(),
        sources: complete.map(Source::complete).to_vec(),
        ..Evidence::default()
    }
}

fn review(by: &str, state: ReviewState, commit: &str) -> Review {
    Review {
        reviewer: Some(by.to_owned()),
        bot: false,
        state,
        latest: true,
        commit: Some(commit.to_owned()),
        time: None,
    }
}

fn approved(by: &str) -> Review {
    review(by, ReviewState::Approved, HEAD)
}

fn asks(from: &[Approver], count: u32, subject: Subject) -> RuleOutcome {
    satisfied("r", SoftMandatory).asks(from, count, subject)
}

fn verdict(rule: RuleOutcome, evidence: &Evidence, approving: &Approving) -> Verdict {
    decide_on(vec![rule], &Grounds { thresholds: &[], evidence, waivers: &Waivers::default(), approving, absent: &[] })
}

/// What became of the only requirement.
fn one(rule: RuleOutcome, evidence: &Evidence, approving: &Approving) -> Requirement {
    let verdict = verdict(rule, evidence, approving);
    let [requirement] = verdict.approvals.as_slice() else { panic!("{:?}", verdict.approvals) };
    let met = requirement.outstanding == 0;
    assert_eq!(verdict.decision == Decision::Approved, met, "{requirement:?}");
    requirement.clone()
}

fn alone(rule: RuleOutcome, evidence: &Evidence) -> Requirement {
    one(rule, evidence, &Approving::default())
}

fn by(requirement: &Requirement) -> Vec<&str> {
    requirement.given.iter().map(|given| given.by.as_str()).collect()
}

#[test]
fn a_member_who_holds_an_approval_of_the_head_gives_it_in_any_capitals() {
    for login in ["sam", "SAM", "sue"] {
        let requirement = alone(asks(&[team("security")], 1, Subject::Change), &world(vec![approved(login)]));
        assert_eq!((requirement.outstanding, by(&requirement)), (0, vec![login]));
    }
    let requirement = alone(asks(&[team("security")], 1, Subject::Change), &world(Vec::new()));
    assert_eq!(
        (requirement.outstanding, requirement.candidates.as_slice()),
        (1, &["sam", "Sue"].map(str::to_owned)[..])
    );
}

#[test]
fn nobody_else_gives_it_and_nothing_else_does() {
    let cases = [
        ("a stranger", approved("eve")),
        ("the author, spelled otherwise", approved("DEV")),
        ("an author of commits, by the address that the forge makes up", approved("carol")),
        ("who asks for changes", review("sam", ReviewState::ChangesRequested, HEAD)),
        ("who comments", review("sam", ReviewState::Commented, HEAD)),
        ("who was dismissed", review("sam", ReviewState::Dismissed, HEAD)),
        ("who is asked", review("sam", ReviewState::Pending, HEAD)),
        ("who approved another commit", review("sam", ReviewState::Approved, OLD)),
        ("who approved no known commit", Review { commit: None, ..approved("sam") }),
        ("who said something else since", Review { latest: false, ..approved("sam") }),
        ("a bot", Review { bot: true, ..approved("sam") }),
        ("a deleted account", Review { reviewer: None, ..approved("sam") }),
    ];
    for (who, review) in cases {
        let requirement = alone(asks(&[team("security")], 1, Subject::Change), &world(vec![review]));
        assert_eq!((requirement.outstanding, by(&requirement)), (1, Vec::<&str>::new()), "{who}");
    }
}

#[test]
fn every_approval_that_does_not_count_is_told_with_why_until_the_requirement_is_met() {
    let why = |review: Review, edit: &dyn Fn(&mut Evidence)| {
        let mut evidence = world(vec![review]);
        edit(&mut evidence);
        let requirement = alone(asks(&[team("security")], 1, Subject::Change), &evidence);
        let told: Vec<String> = requirement.not_counted.into_iter().map(|approval| approval.why).collect();
        told.join(", ")
    };
    let nothing = |_: &mut Evidence| {};
    assert_eq!(why(approved("eve"), &nothing), "is not one of those who are asked");
    assert_eq!(why(approved("DEV"), &nothing), "proposed the change");
    assert_eq!(why(approved("carol"), &nothing), "wrote a commit of it");
    assert_eq!(why(Review { bot: true, ..approved("sam") }, &nothing), "is a bot");
    assert_eq!(why(Review { reviewer: None, ..approved("sam") }, &nothing), "is an account that is gone");
    assert_eq!(why(Review { commit: None, ..approved("sam") }, &nothing), "approved a commit that is not known");
    let old = review("sam", ReviewState::Approved, OLD);
    assert_eq!(why(old, &nothing), "approved 222222222222, which is not the head");
    let no_author = |evidence: &mut Evidence| evidence.change.author = None;
    assert!(why(approved("sam"), &no_author).starts_with("counts for nothing: who proposed the change is not known"));
    let no_teams = |evidence: &mut Evidence| evidence.sources.retain(|source| source.kind != EvidenceKind::Teams);
    assert_eq!(why(approved("eve"), &no_teams), "is not one of those who are asked, as far as is known");
    // What is no approval, or counts, is not told of.
    assert_eq!(why(review("sam", ReviewState::ChangesRequested, HEAD), &nothing), "");
    assert_eq!(why(approved("sam"), &nothing), "");
}

#[test]
fn everything_that_is_not_known_is_told_at_once() {
    let mut evidence = world(Vec::new());
    evidence.change.author = None;
    evidence.change.head = None;
    evidence.sources.clear();
    let requirement = alone(asks(&[team("security"), Approver::Owners], 1, Subject::File(1)), &evidence);
    let missing = |kind| Uncounted::Incomplete(kind, Completeness::Missing);
    let kinds = [EvidenceKind::Reviews, EvidenceKind::Teams, EvidenceKind::Owners].map(missing);
    assert_eq!(requirement.uncounted, [vec![Uncounted::NoAuthor, Uncounted::NoHead], kinds.to_vec()].concat());
}

#[test]
fn a_login_that_the_forge_marks_as_a_bots_never_counts() {
    let mut evidence = world(vec![approved("helper[bot]")]);
    evidence.teams.insert("security".to_owned(), vec!["helper[bot]".to_owned()]);
    let requirement = alone(asks(&[team("security")], 1, Subject::Change), &evidence);
    assert_eq!(requirement.outstanding, 1);
    assert_eq!(requirement.unsatisfiable.as_deref(), Some("helper[bot] is a bot"));
}

#[test]
fn people_are_counted_once_and_one_review_serves_every_requirement() {
    let twice = world(vec![approved("sam"), approved("Sam")]);
    assert_eq!(alone(asks(&[team("security")], 2, Subject::Change), &twice).outstanding, 1);
    let both = asks(&[team("security")], 1, Subject::Change).asks(&[Approver::Any], 1, Subject::Change);
    let verdict = verdict(both, &world(vec![approved("sam")]), &Approving::default());
    assert_eq!((verdict.approvals.len(), verdict.decision), (2, Decision::Approved));
}

#[test]
fn owners_are_people_and_teams_of_the_subjects_files_alone() {
    let rule = |file| asks(&[Approver::Owners], 1, Subject::File(file));
    assert_eq!(alone(rule(0), &world(vec![approved("sam")])).outstanding, 0);
    assert_eq!(alone(rule(1), &world(vec![approved("sam")])).outstanding, 1);
    assert_eq!(alone(rule(1), &world(vec![approved("Dana")])).outstanding, 0);
}

#[test]
fn owners_of_the_whole_change_are_those_of_each_file_that_has_any() {
    let rule = || asks(&[Approver::Owners], 1, Subject::Change);
    let mut evidence = world(vec![approved("sam")]);
    evidence.files.truncate(2);
    evidence.files.push(FileChange::at("d", FileStatus::Modified, FileKind::Source));
    let half = verdict(rule(), &evidence, &Approving::default());
    let left: Vec<(&[String], u32)> =
        half.approvals.iter().map(|requirement| (requirement.paths.as_slice(), requirement.outstanding)).collect();
    assert_eq!(left, [(&["b".to_owned()][..], 1), (&["a".to_owned()][..], 0)]);
    evidence.reviews.push(approved("dana"));
    assert_eq!(verdict(rule(), &evidence, &Approving::default()).decision, Decision::Approved);
    evidence.files.retain(|file| file.owners.is_empty());
    let nobody = alone(rule(), &evidence);
    assert_eq!(nobody.unsatisfiable.as_deref(), Some("no changed file has a code owner"));
}

#[test]
fn an_owner_whose_login_nothing_tells_is_not_taken_for_nobody() {
    for owner in ["team@example.org", "@@maintainer"] {
        let mut evidence = world(vec![approved("sam")]);
        evidence.files[1].owners = vec![owner.to_owned()];
        let requirement = alone(asks(&[Approver::Owners], 1, Subject::File(1)), &evidence);
        assert_eq!((requirement.outstanding, &requirement.unsatisfiable), (1, &None));
        assert_eq!(requirement.uncounted, [Uncounted::NoLogin(owner.to_owned())]);
    }
}

#[test]
fn what_nobody_can_give_says_why() {
    let cases = [
        (asks(&[team("empty")], 1, Subject::Change), "the team `empty` has no members"),
        (asks(&[team("none")], 1, Subject::Change), "there is no team `none`"),
        (asks(&[team("sole")], 1, Subject::Change), "Dev proposed the change"),
        (asks(&[Approver::Owners], 1, Subject::File(2)), "DEV proposed the change"),
        (
            asks(&[team("security")], 3, Subject::Change),
            "3 people are asked for, and only sam, Sue could; carol wrote a commit of it; dev proposed the change",
        ),
    ];
    for (rule, why) in cases {
        let requirement = alone(rule, &world(vec![approved("sam"), approved("sue"), approved("eve")]));
        assert_eq!(requirement.unsatisfiable.as_deref(), Some(why));
        assert_eq!((requirement.outstanding, requirement.fallback.len()), (requirement.count, 0));
    }
}

#[test]
fn the_packs_fallback_is_asked_only_where_nobody_can_give_it() {
    let approving = |team_name: &str| Approving {
        fallbacks: BTreeMap::from([("acme".to_owned(), vec![team(team_name)])]),
        ..Approving::default()
    };
    let evidence = world(vec![approved("sam")]);
    let sole = one(asks(&[team("sole")], 1, Subject::Change), &evidence, &approving("security"));
    assert_eq!((sole.outstanding, by(&sole), sole.fallback.as_slice()), (0, vec!["sam"], &[team("security")][..]));
    assert!(sole.unsatisfiable.is_some());
    let mut evidence = world(vec![approved("sam")]);
    evidence.teams.insert("legal".to_owned(), vec!["lea".to_owned()]);
    let legal = one(asks(&[team("legal")], 1, Subject::Change), &evidence, &approving("security"));
    assert_eq!((legal.outstanding, legal.fallback.len()), (1, 0));
    let nobody = one(asks(&[team("sole")], 1, Subject::Change), &evidence, &approving("empty"));
    assert!(nobody.unsatisfiable.is_some_and(|why| why.ends_with("nor can the fallback")));
    let other =
        Approving { fallbacks: BTreeMap::from([("other".to_owned(), vec![team("security")])]), ..Approving::default() };
    assert_eq!(one(asks(&[team("sole")], 1, Subject::Change), &evidence, &other).outstanding, 1);
}

#[test]
fn what_is_not_known_counts_for_nobody_and_is_said() {
    let rule = || asks(&[team("security")], 1, Subject::Change);
    let left = |edit: &dyn Fn(&mut Evidence)| {
        let mut evidence = world(vec![approved("sam")]);
        edit(&mut evidence);
        let requirement = alone(rule(), &evidence);
        assert_eq!(requirement.unsatisfiable, None);
        (requirement.outstanding, requirement.uncounted)
    };
    let incomplete = |kind: EvidenceKind, completeness: Completeness| {
        left(&|evidence| {
            evidence.sources.push(Source::incomplete(kind, completeness, "why"));
        })
    };
    let expected = |kind, completeness| vec![Uncounted::Incomplete(kind, completeness)];
    for completeness in [Completeness::Failed, Completeness::Truncated, Completeness::Missing, Completeness::Stale] {
        let reviews = EvidenceKind::Reviews;
        assert_eq!(incomplete(reviews, completeness), (1, expected(reviews, completeness)));
    }
    // Who is known to be in the team counts; there may be more.
    let (teams, failed) = (EvidenceKind::Teams, Completeness::Failed);
    assert_eq!(incomplete(teams, failed), (0, expected(teams, failed)));
    assert_eq!(left(&|evidence| evidence.change.author = None), (1, vec![Uncounted::NoAuthor]));
    assert_eq!(left(&|evidence| evidence.change.head = None), (1, vec![Uncounted::NoHead]));
}

#[test]
fn an_approval_of_an_earlier_head_counts_while_what_it_is_about_stays_the_same() {
    let asked = |subject| asks(&[team("security")], 1, subject);
    let reviews = || vec![review("sam", ReviewState::Approved, OLD)];
    let earlier = |subject, edit: &dyn Fn(&mut Evidence)| {
        let mut evidence = world(Vec::new());
        evidence.change.head = Some(OLD.to_owned());
        edit(&mut evidence);
        let requirement = alone(asked(subject), &evidence);
        let requirements = BTreeSet::from([requirement.fingerprint]);
        Approving { previous: vec![Earlier { head: OLD.to_owned(), requirements }], ..Approving::default() }
    };
    let left = |subject, edit: &dyn Fn(&mut Evidence)| {
        one(asked(subject), &world(reviews()), &earlier(subject, edit)).outstanding
    };
    let nothing = |_: &mut Evidence| {};
    assert_eq!((left(Subject::File(0), &nothing), left(Subject::Change, &nothing)), (0, 0));
    // Another file was another one then: what is about this file stays, what is about the change does not.
    let other = |evidence: &mut Evidence| evidence.files[1].blob_after = Some("c".repeat(40));
    assert_eq!((left(Subject::File(0), &other), left(Subject::Change, &other)), (0, 1));
    let own = |evidence: &mut Evidence| evidence.files[0].blob_after = Some("c".repeat(40));
    let base = |evidence: &mut Evidence| evidence.files[0].blob_before = Some("c".repeat(40));
    let unknown = |evidence: &mut Evidence| evidence.files[0].blob_after = None;
    for edit in [&own as &dyn Fn(&mut Evidence), &base, &unknown] {
        assert_eq!((left(Subject::File(0), edit), left(Subject::Change, edit)), (1, 1));
    }
    // The review has to be of the very head that the verdict was about.
    let mut approving = earlier(Subject::File(0), &nothing);
    approving.previous[0].head = "3".repeat(40);
    assert_eq!(one(asked(Subject::File(0)), &world(reviews()), &approving).outstanding, 1);
}

#[test]
fn content_that_is_not_known_now_keeps_no_approval() {
    let rule = || asks(&[team("security")], 1, Subject::File(0));
    let mut evidence = world(vec![review("sam", ReviewState::Approved, OLD)]);
    evidence.files[0].blob_after = None;
    let mut before = evidence.clone();
    before.change.head = Some(OLD.to_owned());
    let requirements = BTreeSet::from([alone(rule(), &before).fingerprint]);
    let approving =
        Approving { previous: vec![Earlier { head: OLD.to_owned(), requirements }], ..Approving::default() };
    assert_eq!(one(rule(), &evidence, &approving).outstanding, 1);
}

#[test]
fn a_reviewed_head_stands_for_the_commit_that_was_made_from_it() {
    let rule = || asks(&[team("security")], 1, Subject::Change);
    let evidence = world(vec![review("sam", ReviewState::Approved, OLD)]);
    let approving = Approving { reviewed_head: Some(OLD.to_owned()), ..Approving::default() };
    assert_eq!((alone(rule(), &evidence).outstanding, one(rule(), &evidence, &approving).outstanding), (1, 0));
}

#[test]
fn what_is_listed_as_next_clears_it() {
    let rule = || asks(&[team("security")], 1, Subject::Change);
    let mut evidence = world(Vec::new());
    evidence.change.author = None;
    evidence.sources.retain(|source| source.kind != EvidenceKind::Reviews);
    let next = |evidence: &Evidence| {
        let verdict = verdict(rule(), evidence, &Approving::default());
        verdict.next.into_iter().map(|action| action.action).collect::<Vec<_>>().join("\n")
    };
    assert!(next(&evidence).contains("--author LOGIN"), "{}", next(&evidence));
    evidence.change.author = Some("dev".to_owned());
    assert!(next(&evidence).contains("--reviews FILE"), "{}", next(&evidence));
    evidence.sources.push(Source::complete(EvidenceKind::Reviews));
    assert_eq!(next(&evidence), "get the approval of one person");
    evidence.reviews.push(approved("sue"));
    assert_eq!(next(&evidence), "");
}

#[test]
fn who_owns_where_a_file_went_does_not_speak_for_who_owned_where_it_was() {
    let owned = |path: &str, owner: &str| Ownership {
        path: path.to_owned(),
        section: None,
        owners: vec![owner.to_owned()],
        count: 1,
        optional: false,
        line: 1,
    };
    let moved = FileChange {
        previous_path: Some("sealed/key".to_owned()),
        ownership: vec![owned("open/key", "@olga"), owned("sealed/key", "@sam")],
        owners: vec!["@olga".to_owned(), "@sam".to_owned()],
        status: FileStatus::Renamed,
        ..file("open/key", "", "b")
    };
    for subject in [Subject::File(0), Subject::Change] {
        for (who, outstanding) in [("olga", 1), ("sam", 1)] {
            let mut evidence = world(vec![approved(who)]);
            evidence.files = vec![moved.clone()];
            let verdict = verdict(asks(&[Approver::Owners], 1, subject), &evidence, &Approving::default());
            let left: u32 = verdict.approvals.iter().map(|requirement| requirement.outstanding).sum();
            assert_eq!((verdict.approvals.len(), left), (2, outstanding), "{who}");
        }
        let mut evidence = world(vec![approved("olga"), approved("sam")]);
        evidence.files = vec![moved.clone()];
        let both = verdict(asks(&[Approver::Owners], 1, subject), &evidence, &Approving::default());
        assert_eq!(both.decision, Decision::Approved);
    }
}

#[test]
fn of_files_that_change_places_each_is_what_an_approval_is_about() {
    let swapped = |first: &str, second: &str| {
        let renamed = |from: &str, to: &str, after: &str| FileChange {
            previous_path: Some(from.to_owned()),
            status: FileStatus::Renamed,
            ..file(to, "", after)
        };
        let mut evidence = world(Vec::new());
        evidence.files = vec![renamed("b", "a", first), renamed("a", "b", second)];
        alone(asks(&[team("security")], 1, Subject::File(0)), &evidence).fingerprint
    };
    assert_eq!(swapped("b", "c"), swapped("b", "c"));
    assert_ne!(swapped("b", "c"), swapped("d", "c"));
    assert_ne!(swapped("b", "c"), swapped("b", "d"));
}
