//! Whether an emergency override is honoured. It changes the decision and nothing else; what would have been decided stays.

use super::Decision;
use super::approvals::{self, Approving, People, Requirement};
use crate::evidence::{Evidence, MAX_OVERRIDE_HOURS, Override};
use crate::policy::OverrideTerms;

/// An override, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedOverride {
    /// What was handed in.
    pub given: Override,
    /// Why it is not honoured; `None` where it is.
    pub why_not: Option<String>,
    /// What the packs of the first layer ask for before one is honoured, and who has given it.
    pub approvals: Vec<Requirement>,
    /// What is decided without it.
    pub would_have_been: Decision,
}

impl JudgedOverride {
    /// What is decided with it.
    #[must_use]
    pub const fn decision(&self) -> Decision {
        match self.why_not {
            None => Decision::Approved,
            Some(_) => self.would_have_been,
        }
    }
}

/// Judges an override of a change at a time. `terms` are those of the first layer's packs.
#[must_use]
pub fn judge_override(
    given: Override,
    terms: &[OverrideTerms],
    evidence: &Evidence,
    as_of: jiff::Timestamp,
    would_have_been: Decision,
) -> JudgedOverride {
    // Reviews of this very head alone: neither what an earlier one was given nor what a queue says was reviewed counts.
    let approving = Approving::default();
    let people = People::of(evidence, &approving);
    let mut approvals = approvals::asked_for_override(terms, evidence);
    approvals.iter_mut().for_each(|requirement| people.settle(requirement));
    let mut why = Vec::new();
    if approvals.is_empty() {
        why.push("no pack of the first layer names `[override] approvals`".to_owned());
    }
    why.extend(other_head(&given, evidence));
    why.extend(other_time(&given, as_of));
    why.extend(approvals.iter().filter_map(outstanding));
    let why_not = (!why.is_empty()).then(|| why.join("; "));
    JudgedOverride { given, why_not, approvals, would_have_been }
}

fn other_head(given: &Override, evidence: &Evidence) -> Option<String> {
    if evidence.heads().any(|head| head.eq_ignore_ascii_case(&given.head)) {
        return None;
    }
    Some(match &evidence.change.head {
        Some(head) => format!("it is for {}, and the change is at {head}", given.head),
        None => format!("it is for {}, and the last commit of the change is not known", given.head),
    })
}

fn other_time(given: &Override, as_of: jiff::Timestamp) -> Option<String> {
    let left = given.expires.duration_since(as_of);
    if left <= jiff::SignedDuration::ZERO {
        return Some(format!("it expired at {}", given.expires));
    }
    if left > jiff::SignedDuration::from_hours(MAX_OVERRIDE_HOURS) {
        return Some(format!(
            "it would hold until {}, and none is honoured for longer than {MAX_OVERRIDE_HOURS} hours from when it is used",
            given.expires
        ));
    }
    let created = given.created.filter(|created| *created > as_of)?;
    Some(format!("it was made at {created}, after the time that is judged at"))
}

fn outstanding(requirement: &Requirement) -> Option<String> {
    if requirement.outstanding == 0 {
        return None;
    }
    let from: Vec<String> = requirement.from.iter().map(ToString::to_string).collect();
    let mut said = format!(
        "{} of {} approvals of this head by {} are not given",
        requirement.outstanding,
        requirement.count,
        from.join(" or ")
    );
    let unsatisfiable = requirement.unsatisfiable.clone();
    if let Some(why) = unsatisfiable.or_else(|| requirement.why_uncounted()) {
        said.push_str(&format!(" ({why})"));
    }
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::judge_override;
    use crate::evidence::{Change, Evidence, EvidenceKind, Override, Review, ReviewState, Source};
    use crate::policy::{Approver, OverrideTerms};
    use crate::verdict::Decision;

    const NOW: &str = "2026-01-31T00:00:00Z";

    fn head() -> String {
        "a".repeat(40)
    }

    fn given(expires: &str) -> Override {
        Override {
            file: "o.toml".to_owned(),
            head: head(),
            reason: "outage".to_owned(),
            owner: "team:payments".to_owned(),
            ticket: "INC-1".to_owned(),
            expires: expires.parse().unwrap(),
            created: None,
        }
    }

    fn terms(count: u32) -> Vec<OverrideTerms> {
        vec![OverrideTerms { pack: "org".to_owned(), from: vec![Approver::Team("command".to_owned())], count }]
    }

    fn review(by: &str, commit: &str) -> Review {
        Review {
            reviewer: Some(by.to_owned()),
            bot: false,
            state: ReviewState::Approved,
            latest: true,
            commit: Some(commit.to_owned()),
            time: None,
        }
    }

    fn evidence(reviews: Vec<Review>) -> Evidence {
        Evidence {
            change: Change {
                head: Some(head()),
                author: Some("ann".to_owned()),
                commit_authors: vec!["Carl <carl@acme.example>".to_owned()],
                ..Change::default()
            },
            reviews,
            teams: [("command".to_owned(), ["ann", "bob", "carl", "dan", "ops[bot]"].map(str::to_owned).to_vec())]
                .into(),
            sources: vec![Source::complete(EvidenceKind::Reviews), Source::complete(EvidenceKind::Teams)],
            ..Evidence::default()
        }
    }

    /// Why an override is not honoured.
    fn why(given: Override, terms: &[OverrideTerms], evidence: &Evidence) -> Option<String> {
        let judged = judge_override(given, terms, evidence, NOW.parse().unwrap(), Decision::Rejected);
        assert_eq!(judged.decision() == Decision::Approved, judged.why_not.is_none());
        assert_eq!(judged.would_have_been, Decision::Rejected);
        judged.why_not
    }

    #[test]
    fn it_is_honoured_where_all_that_is_asked_for_was_given_at_this_head() {
        let evidence = evidence(vec![review("bob", &head()), review("dan", &head())]);
        assert_eq!(why(given("2026-02-01T00:00:00Z"), &terms(2), &evidence), None);
        let judged = judge_override(
            given("2026-01-31T01:00:00Z"),
            &terms(1),
            &evidence,
            NOW.parse().unwrap(),
            Decision::Indeterminate,
        );
        let by: Vec<&str> = judged.approvals[0].given.iter().map(|given| given.by.as_str()).collect();
        assert_eq!((by, judged.decision()), (vec!["bob", "dan"], Decision::Approved));
    }

    #[test]
    fn it_is_not_honoured_where_nobody_of_the_first_layer_names_who_decides() {
        let told = why(given("2026-01-31T01:00:00Z"), &[], &evidence(vec![review("bob", &head())])).unwrap();
        assert!(told.contains("names `[override] approvals`"), "{told}");
    }

    #[test]
    fn neither_another_head_nor_an_unknown_one_is_overridden() {
        let mut evidence = evidence(vec![review("bob", &head())]);
        evidence.change.head = Some("b".repeat(40));
        assert!(why(given("2026-01-31T01:00:00Z"), &terms(1), &evidence).unwrap().starts_with("it is for aaaa"));
        evidence.change.head = None;
        assert!(why(given("2026-01-31T01:00:00Z"), &terms(1), &evidence).unwrap().contains("is not known"));
    }

    #[test]
    fn it_holds_before_its_end_and_for_a_day_at_most_and_not_before_it_was_made() {
        let evidence = evidence(vec![review("bob", &head())]);
        for (expires, told) in [
            ("2026-01-31T00:00:00Z", "expired"),
            ("2026-01-30T23:59:59Z", "expired"),
            ("2026-02-01T00:00:01Z", "24 hours"),
            ("2036-02-01T00:00:01Z", "24 hours"),
        ] {
            assert!(why(given(expires), &terms(1), &evidence).unwrap().contains(told), "{expires}");
        }
        let early = Override { created: "2026-01-31T00:00:01Z".parse().ok(), ..given("2026-01-31T01:00:00Z") };
        assert!(why(early, &terms(1), &evidence).unwrap().contains("was made at"));
    }

    #[test]
    fn approvals_of_author_commit_author_bot_outsider_or_earlier_head_do_not_count() {
        let earlier = "b".repeat(40);
        for review in [
            review("ann", &head()),
            review("Ann", &head()),
            review("carl", &head()),
            review("ops[bot]", &head()),
            review("eve", &head()),
            review("bob", &earlier),
            Review { commit: None, ..review("bob", &head()) },
            Review { latest: false, ..review("bob", &head()) },
            Review { state: ReviewState::ChangesRequested, ..review("bob", &head()) },
        ] {
            let told = why(given("2026-01-31T01:00:00Z"), &terms(1), &evidence(vec![review.clone()]));
            assert!(told.is_some_and(|told| told.contains("1 of 1 approvals")), "{review:?}");
        }
        let one_of_two = why(given("2026-01-31T01:00:00Z"), &terms(2), &evidence(vec![review("bob", &head())]));
        assert!(one_of_two.unwrap().contains("1 of 2 approvals"));
    }

    #[test]
    fn nobody_counts_where_the_reviews_are_not_complete_and_every_pack_has_to_be_met() {
        let mut evidence = evidence(vec![review("bob", &head())]);
        let mut both = terms(1);
        both.push(OverrideTerms { pack: "other".to_owned(), from: vec![Approver::User("dan".to_owned())], count: 1 });
        assert!(why(given("2026-01-31T01:00:00Z"), &both, &evidence).unwrap().contains("user:dan"));
        evidence.sources.remove(0);
        assert!(why(given("2026-01-31T01:00:00Z"), &terms(1), &evidence).unwrap().contains("reviews: missing"));
    }
}
