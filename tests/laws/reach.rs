//! That the generators reach all that there is to be decided, so that no law is held about nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;
use tollgate::evaluate::{Outcome, Subject};
use tollgate::evidence::{EvidenceKind, ReviewState, Word};
use tollgate::policy::{Enforcement, Risk, WaiverTrouble};
use tollgate::verdict::{Decision, JudgedWaiver, Requirement, Scope, Uncounted, Verdict, WaiverState};

use super::draw::Drawn;
use super::generate::{Void, World, void_review, world};
use super::overrides::{Not, case, why_not};

/// What was reached, and how often, as words under a topic.
#[derive(Debug, Default)]
struct Reached(BTreeMap<String, usize>);

impl Reached {
    fn add(&mut self, topic: &str, word: impl Display) {
        *self.0.entry(format!("{topic}: {word}")).or_default() += 1;
    }

    fn verdict(&mut self, world: &World, verdict: &Verdict) {
        let ran = if world.something_ran() { "ran" } else { "idle" };
        self.add("decision", format!("{} where rules {ran}", verdict.decision));
        self.add("level", verdict.risk.overall.map_or("unknown", Risk::as_str));
        for action in &verdict.next {
            self.add("action", format!("{:?}", action.kind));
        }
        let mut subjects = Vec::new();
        for rule in &verdict.rules {
            let enforcement = rule.outcome.rule.enforcement;
            self.add("outcome", format!("{} {enforcement}", rule.outcome.outcome));
            self.add("rule", format!("{enforcement} {}", rule.decision));
            let open = rule.open_violations().count();
            self.add(
                "violations",
                match (rule.violations.len(), open) {
                    (0, _) => "none",
                    (_, 0) => "all waived",
                    (all, open) if open < all => "some waived",
                    _ => "open",
                },
            );
            subjects.extend(rule.violations.iter().map(|judged| (rule.id(), judged.violation.subject)));
            subjects.iter().for_each(|(_, subject)| self.add("subject", kind(*subject)));
        }
        let distinct = subjects.iter().collect::<BTreeSet<_>>().len();
        if distinct < subjects.len() {
            self.add("subject", "objected to twice");
        }
        verdict.approvals.iter().for_each(|asked| self.requirement(asked));
        if verdict.approvals.len() > 2 {
            self.add("requirement", "one of many");
        }
        verdict.waivers.iter().for_each(|judged| self.waiver(judged));
    }

    fn requirement(&mut self, asked: &Requirement) {
        self.add(
            "requirement",
            match asked {
                Requirement { outstanding: 0, unsatisfiable: Some(_), .. } => "met by the fallback",
                Requirement { outstanding: 0, .. } => "met",
                Requirement { unsatisfiable: Some(_), fallback, .. } if fallback.is_empty() => "unsatisfiable",
                Requirement { unsatisfiable: Some(why), .. } if why.contains("nor can") => {
                    "unsatisfiable by the fallback too"
                }
                Requirement { unsatisfiable: Some(_), .. } => "open to the fallback",
                Requirement { given, .. } if !given.is_empty() => "met in part",
                _ => "open",
            },
        );
        for given in &asked.given {
            let of = match given.commit.as_deref().and_then(|commit| commit.chars().next()) {
                Some('1') => "the head",
                Some('2') => "an earlier head",
                Some('3') => "the request's own head",
                Some('4') => "the reviewed head",
                _ => "nothing known",
            };
            self.add("given", of);
        }
        if asked.uncounted.is_empty() {
            self.add("uncounted", "nothing");
        }
        for why in &asked.uncounted {
            match why {
                Uncounted::NoAuthor => self.add("uncounted", "no author"),
                Uncounted::NoHead => self.add("uncounted", "no head"),
                Uncounted::NoLogin(_) => self.add("uncounted", "no login"),
                Uncounted::Incomplete(kind, _) => self.add("uncounted", kind),
            }
        }
    }

    fn waiver(&mut self, judged: &JudgedWaiver) {
        self.add("waiver", judged.state);
        judged.troubles.iter().for_each(|trouble| self.add("trouble", trouble));
        if judged.state == WaiverState::Applied {
            let Scope { paths, fingerprint, advisory, package, versions, tool, finding_rule } = &judged.waiver.scope;
            let keys = [
                (!paths.is_empty(), "paths"),
                (fingerprint.is_some(), "fingerprint"),
                (advisory.is_some(), "advisory"),
                (package.is_some(), "package"),
                (package.is_some() && !versions.is_empty(), "versions"),
                (tool.is_some(), "tool"),
                (finding_rule.is_some(), "finding_rule"),
            ];
            let said = keys.iter().filter(|(is_said, _)| *is_said);
            said.clone().for_each(|(_, key)| self.add("applied by", key));
            if said.count() > 1 {
                self.add("applied by", "several keys");
            }
        }
    }

    /// What of all that there is was not reached.
    fn missing(&self, topic: &str, all: impl IntoIterator<Item = impl Display>) -> Vec<String> {
        let all = all.into_iter().map(|word| format!("{topic}: {word}"));
        all.filter(|word| !self.0.contains_key(word)).collect()
    }
}

const fn kind(subject: Subject) -> &'static str {
    match subject {
        Subject::Change => "change",
        Subject::Finding(_) => "finding",
        Subject::File(_) => "file",
        Subject::Dependency(_) => "dependency",
        Subject::Licence(_) => "licence",
        Subject::Advisory(_) => "advisory",
        Subject::Capability(_) => "capability",
        Subject::Review(_) => "review",
        Subject::Test(_) => "test",
        Subject::Coverage(_) => "coverage",
        Subject::Claim(_) => "claim",
        // Sources are what some laws take away, so that no generated subject is a position among them.
        Subject::Source(_) => "source",
    }
}

/// So many cases, the same ones in each run.
fn sample<T: std::fmt::Debug>(count: usize, cases: &Drawn<T>) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| cases.new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn the_generators_reach_every_outcome_decision_waiver_and_requirement() {
    let mut reached = Reached::default();
    for world in sample(4_000, &world()) {
        reached.verdict(&world, &world.judge());
        world.evidence.reviews.iter().for_each(|review| reached.add("review", review.state));
    }
    let mut missing = Vec::new();
    let mut expect = |topic, all: Vec<String>| missing.extend(reached.missing(topic, all));
    let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let each = |of: &dyn Fn(Enforcement) -> Vec<String>| Enforcement::ALL.iter().flat_map(|one| of(*one)).collect();
    expect("outcome", each(&|one| Outcome::ALL.iter().map(|outcome| format!("{outcome} {one}")).collect()));
    // An advisory rule has one decision, a hard one is not for approval but where it asks for it.
    expect(
        "rule",
        each(&|one| {
            let all = if one == Enforcement::Advisory { &[Decision::Approved][..] } else { Decision::ALL };
            let all =
                all.iter().filter(|decision| (one, **decision) != (Enforcement::SoftMandatory, Decision::Rejected));
            all.map(|decision| format!("{one} {decision}")).collect()
        }),
    );
    expect("decision", Decision::ALL.iter().map(|decision| format!("{decision} where rules ran")).collect());
    expect("decision", words(&["indeterminate where rules idle", "rejected where rules idle"]));
    expect("level", Risk::ALL.iter().map(ToString::to_string).chain(["unknown".to_owned()]).collect());
    expect("action", words(&["Fix", "LowerRisk", "RepairRule", "Supply", "AddPolicy", "Approve"]));
    expect("violations", words(&["none", "all waived", "some waived", "open"]));
    let subjects = ["change", "finding", "file", "dependency", "licence", "advisory", "capability", "review", "test"];
    expect("subject", words(&subjects));
    expect("subject", words(&["coverage", "claim", "objected to twice"]));
    let met = ["met", "met in part", "open", "unsatisfiable", "unsatisfiable by the fallback too", "one of many"];
    expect("requirement", words(&met));
    expect("requirement", words(&["open to the fallback", "met by the fallback"]));
    expect("given", words(&["the head", "an earlier head", "the request's own head", "the reviewed head"]));
    expect("uncounted", words(&["nothing", "no author", "no head", "no login"]));
    let kinds = [EvidenceKind::Reviews, EvidenceKind::Teams, EvidenceKind::Owners];
    expect("uncounted", kinds.iter().map(ToString::to_string).collect());
    expect("review", ReviewState::ALL.iter().map(ToString::to_string).collect());
    expect("waiver", WaiverState::ALL.iter().map(ToString::to_string).collect());
    expect("trouble", WaiverTrouble::ALL.iter().map(ToString::to_string).collect());
    let keys = ["paths", "fingerprint", "advisory", "package", "versions", "tool", "finding_rule", "several keys"];
    expect("applied by", words(&keys));
    assert!(missing.is_empty(), "not reached: {missing:#?}; reached: {:#?}", reached.0);
    assert!(
        !reached.0.contains_key("given: nothing known")
            && !reached.0.contains_key("decision: approved where rules idle")
    );
}

#[test]
fn the_generators_reach_every_way_in_which_an_override_or_a_review_does_not_count() {
    let mut reached = Reached::default();
    for case in sample(1_500, &case()) {
        let why = why_not(&case);
        if why.is_empty() {
            reached.add("override", "honoured");
        }
        why.iter().for_each(|why| reached.add("override", format!("{why:?}")));
        // By itself, so that nothing else hides it.
        if let (1, Some(only)) = (why.len(), why.first()) {
            reached.add("override", format!("{only:?} alone"));
        }
    }
    for (void, _) in sample(300, &void_review()) {
        reached.add("void", format!("{void:?}"));
    }
    // Of a head that is not known, no approval is.
    let alone = Not::ALL.iter().filter(|not| **not != Not::NoHead).map(|not| format!("{not:?} alone"));
    let mut missing = reached.missing("override", alone.chain(["honoured".to_owned()]));
    missing.extend(reached.missing("override", Not::ALL.iter().map(|not| format!("{not:?}"))));
    missing.extend(reached.missing("void", Void::ALL.iter().map(|void| format!("{void:?}"))));
    assert!(missing.is_empty(), "not reached: {missing:#?}; reached: {:#?}", reached.0);
}
