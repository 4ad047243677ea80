//! What rules see of reviews, teams and the change.

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate::diagnostic::Code;
use tollgate::evaluate::{Options, Outcome, RuleOutcome, evaluate};
use tollgate::evidence::{Completeness, Evidence, EvidenceKind, Review, ReviewState, Source};
use tollgate::policy::{PackFiles, PolicySet};

use super::id;

const PACK: &str = "name = \"test\"\nversion = \"1.0.0\"\ndescription = \"for tests\"\n";
const META: &str =
    r#"const RULE = #{ title: "t", category: "process", enforcement: "hard-mandatory", risk: "high", needs: [] };"#;

/// Gives back what it is given; of what type that is, is known only when it runs.
const ANY: &str = "fn hide(x) { [x, 1, \"x\"][0] }\n";

fn load(body: &str) -> Result<PolicySet, String> {
    let rule = format!("{META}\nfn check(change, params) {{ if hide(false) {{ note(\"x\"); }}\n{body}\n}}\n{ANY}");
    let files = [("pack.toml", PACK.to_owned()), ("rules/r.rhai", rule)];
    let files = files.into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes())).collect();
    PolicySet::load(&[PackFiles { origin: "packs/test".to_owned(), files }], &[])
        .map_err(|mistakes| mistakes[0].to_string())
}

fn run(body: &str, evidence: &Evidence) -> RuleOutcome {
    let set = load(body).unwrap_or_else(|mistake| panic!("{body}: {mistake}"));
    evaluate(&set, &Arc::new(evidence.clone()), &Options::default()).remove(0)
}

fn evidence() -> Evidence {
    let review = |reviewer: Option<&str>, state, latest, commit: char| Review {
        reviewer: reviewer.map(str::to_owned),
        bot: reviewer.is_some_and(|login| login.ends_with("[bot]")),
        state,
        latest,
        commit: Some(id(commit)),
        time: Some("2026-03-01T10:00:00Z".to_owned()),
    };
    let mut evidence = Evidence {
        reviews: vec![
            review(Some("Ada"), ReviewState::Approved, true, 'a'),
            review(Some("Ada"), ReviewState::ChangesRequested, false, 'b'),
            review(Some("bob"), ReviewState::ChangesRequested, true, 'b'),
            review(Some("bob"), ReviewState::Approved, false, 'a'),
            review(Some("cy"), ReviewState::Commented, false, 'a'),
            review(Some("di"), ReviewState::Approved, true, 'c'),
            review(Some("ci[bot]"), ReviewState::Approved, true, 'a'),
            Review { commit: None, ..review(None, ReviewState::Approved, false, 'a') },
        ],
        teams: BTreeMap::from([("security".to_owned(), vec!["ADA".to_owned(), "cy".to_owned()])]),
        sources: vec![
            Source::complete(EvidenceKind::Reviews),
            Source::complete(EvidenceKind::Teams),
            Source { commit: Some(id('c')), ..Source::complete(EvidenceKind::Change) },
        ],
        ..Evidence::default()
    };
    evidence.change.head = Some(id('a'));
    evidence.sort();
    evidence
}

fn gives(expression: &str, expected: &str) {
    let outcome = run(&format!("note(`${{{expression}}}`);"), &evidence());
    assert_eq!(
        (outcome.outcome, outcome.notes.as_slice()),
        (Outcome::Satisfied, &[expected.to_owned()][..]),
        "{expression}: {}",
        outcome.reason
    );
}

#[test]
fn queries_of_reviews_select_what_they_say() {
    for (expression, expected) in [
        ("change.reviews.count()", "8"),
        ("change.reviews.latest().count()", "4"),
        ("change.reviews.approved().count()", "3"),
        ("change.reviews.changes_requested().count()", "1"),
        ("change.reviews.state(\"approved\").count()", "5"),
        ("change.reviews.state([\"commented\", \"changes_requested\"]).count()", "3"),
        ("change.reviews.approved().by_people().count()", "2"),
        ("change.reviews.by(\"BOB\").count()", "2"),
        ("change.reviews.by([\"bob\", \"cy\", \"\"]).count()", "3"),
        ("change.reviews.approved().not_by(\"ADA\").count()", "2"),
        ("change.reviews.approved().not_by([\"aDa\", \"nobody\"]).by(\"ada\").count()", "0"),
        ("change.reviews.not_by(\"\").count()", "7"),
        ("change.reviews.by_team(\"security\").approved().count()", "1"),
        // The head, and the last commit of the request that the event is of.
        ("change.reviews.approved().at_head().count()", "3"),
        ("change.reviews.at_head().count()", "5"),
        ("change.members(\"security\").len()", "2"),
        ("change.members(\"security\")[0]", "ADA"),
    ] {
        gives(expression, expected);
    }
    let each = "for r in change.reviews.approved().by(\"ada\") { note(`${r.reviewer} ${r.state} ${r.latest} ${r.bot} ${r.commit.len()} ${r.time}`); }";
    assert_eq!(run(each, &evidence()).notes, ["Ada approved true false 40 2026-03-01T10:00:00Z"]);
    let subject = "for r in change.reviews.changes_requested() { violation(r, r.reviewer); }";
    assert_eq!(run(subject, &evidence()).violations[0].message, "bob");
}

#[test]
fn a_stale_event_does_not_say_what_the_head_is() {
    let mut evidence = evidence();
    for source in evidence.sources.iter_mut().filter(|source| source.kind == EvidenceKind::Change) {
        source.completeness = Completeness::Stale;
    }
    let outcome = run("note(`${change.reviews.approved().at_head().count()}`);", &evidence);
    assert_eq!(outcome.notes, ["2"]);
}

#[test]
fn what_is_misspelled_never_passes() {
    for (body, code, text) in [
        ("hide(change.reviews.by_team(\"securty\"));", Code::UnknownTeam, "did you mean `security`?"),
        ("hide(change.members(\"team:security\"));", Code::UnknownTeam, "write `security`"),
        ("hide(change.members(\"nobody\"));", Code::UnknownTeam, "there is no team `nobody`"),
        ("hide(change.reviews.state(hide(\"aproved\")));", Code::UnknownWord, "did you mean `approved`?"),
        ("note(`${hide(change.reviews).latest}`);", Code::UnknownProperty, "a Reviews has no property `latest`"),
        ("hide(change.reviews.by(hide(7)));", Code::TypeMismatch, "expected a text"),
    ] {
        let outcome = run(body, &evidence());
        assert_eq!(outcome.outcome, Outcome::Errored, "{body}");
        let diagnostic = outcome.diagnostic.unwrap();
        assert!(diagnostic.code == code && diagnostic.to_string().contains(text), "{body}: {diagnostic}");
    }
    for (body, text) in [
        ("change.reviews.state(\"aproved\");", "did you mean `approved`?"),
        ("change.reviews.aproved();", "did you mean `approved`?"),
        ("change.memebrs(\"a\");", "did you mean `members`?"),
        ("for r in change.reviews { if r.state == \"aproved\" { } }", "did you mean `approved`?"),
        ("note(change.descripton);", "did you mean `description`?"),
    ] {
        match load(body) {
            Ok(_) => panic!("{body} loads"),
            Err(mistake) => assert!(mistake.contains(text), "{body}: {mistake}"),
        }
    }
}

#[test]
fn without_reviews_or_teams_whoever_asks_for_them_is_undecided() {
    let without = |kind: EvidenceKind| {
        let mut evidence = evidence();
        evidence.sources.retain(|source| source.kind != kind);
        if kind == EvidenceKind::Teams {
            evidence.teams.clear();
        }
        evidence
    };
    for (body, kind, reason) in [
        ("change.reviews.count();", EvidenceKind::Reviews, "reviews are missing"),
        ("change.reviews.by_team(\"security\");", EvidenceKind::Teams, "teams are missing"),
        ("change.members(\"security\");", EvidenceKind::Teams, "teams are missing"),
    ] {
        let outcome = run(&format!("let _x = {body}"), &without(kind));
        assert_eq!((outcome.outcome, outcome.reason.as_str()), (Outcome::Undecided, reason), "{body}");
        assert_eq!(run(&format!("let _x = {body}"), &evidence()).outcome, Outcome::Satisfied, "{body}");
    }
    // Reviews alone need no teams.
    assert_eq!(run("let _x = change.reviews.by(\"ada\");", &without(EvidenceKind::Teams)).outcome, Outcome::Satisfied);
}

/// Every property of the change that only the forge may know.
const PROPERTIES: &[&str] = &[
    "repository",
    "base",
    "merge_base",
    "head",
    "author",
    "title",
    "description",
    "branch",
    "target_branch",
    "number",
    "url",
    "labels",
    "commit_authors",
    "draft",
    "fork",
    "author_is_bot",
];

/// Those that are true or false.
const FLAGS: &[&str] = &["draft", "fork", "author_is_bot"];

#[test]
fn to_read_what_nobody_told_makes_a_rule_undecided_and_to_read_what_is_known_does_not() {
    let mut known = Evidence::default();
    let text = || Some("x".to_owned());
    let change = &mut known.change;
    for field in [
        &mut change.repository,
        &mut change.base,
        &mut change.merge_base,
        &mut change.head,
        &mut change.author,
        &mut change.title,
        &mut change.description,
        &mut change.branch,
        &mut change.target_branch,
        &mut change.url,
    ] {
        *field = text();
    }
    (change.number, change.draft, change.fork, change.author_is_bot) = (Some(1), Some(false), Some(false), Some(false));
    (change.labels, change.commit_authors) = (vec!["x".to_owned()], vec!["x".to_owned()]);
    for property in PROPERTIES {
        let body = format!("let _x = change.{property};");
        let outcome = run(&body, &known);
        assert_eq!((outcome.outcome, outcome.evidence.len()), (Outcome::Satisfied, 0), "{property}");
        let outcome = run(&body, &Evidence::default());
        assert_eq!((outcome.outcome, outcome.reason.as_str()), (Outcome::Undecided, "change is missing"), "{property}");

        // A source that says all it can: texts are empty then, but neither true nor false is safe.
        let told = Evidence { sources: vec![Source::complete(EvidenceKind::Change)], ..Evidence::default() };
        let outcome = run(&body, &told);
        if FLAGS.contains(property) {
            let code = outcome.diagnostic.as_ref().map(|diagnostic| diagnostic.code);
            assert_eq!((outcome.outcome, code), (Outcome::Errored, Some(Code::NotKnown)), "{property}");
        } else {
            assert_eq!(outcome.outcome, Outcome::Satisfied, "{property}: {}", outcome.reason);
        }
        // One that is cut short, as that of a merge group, tells of nothing that is not there.
        let cut = Source::incomplete(EvidenceKind::Change, Completeness::Truncated, "x");
        let told = Evidence { sources: vec![cut], ..Evidence::default() };
        assert_eq!(run(&body, &told).outcome, Outcome::Undecided, "{property}");
    }
}

#[test]
fn flags_and_numbers_have_their_types() {
    let mut known = Evidence::default();
    (known.change.draft, known.change.fork, known.change.author_is_bot) = (Some(false), Some(true), Some(false));
    known.change.number = Some(12);
    let body = "if !change.draft && change.fork && !change.author_is_bot && change.number == 12 { note(\"so\"); }";
    assert_eq!(run(body, &known).notes, ["so"]);
    // Where no source is there, the rule is undecided whatever it makes of the answer.
    let outcome = run("if change.draft { not_applicable(\"a draft\"); }", &Evidence::default());
    assert_eq!(outcome.outcome, Outcome::Undecided);
}
