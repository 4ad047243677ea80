//! What a rule made of a case against what was expected.

use super::case::Case;
use crate::cli::pipeline::{CaseRule, CaseVerdict};
use crate::evidence::Word;

/// One thing that is otherwise than expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// What.
    pub what: &'static str,
    /// What the case expects.
    pub expected: String,
    /// What there is.
    pub found: String,
}

/// Everything that is otherwise than expected; empty where the case passes.
#[must_use]
pub(super) fn compare(case: &Case, found: &CaseVerdict) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    let mut check = |what, expected: Option<String>, found: String| {
        if let Some(expected) = expected
            && expected != found
        {
            mismatches.push(Mismatch { what, expected, found });
        }
    };
    let expected = &case.expected;
    let Some(rule) = found.rules.iter().find(|rule| rule.id == case.rule) else {
        check("rule", Some(case.rule.clone()), "no outcome of it".to_owned());
        return mismatches;
    };
    check("outcome", Some(shown(Some(expected.outcome), "")), outcome(rule, expected.outcome));
    check("decision", expected.decision.map(|word| word.to_string()), rule.decision.to_string());
    check("violations", expected.violations.map(|count| count.to_string()), rule.messages.len().to_string());
    check("risk", expected.risk.map(|word| word.to_string()), shown(rule.risk, "no violation"));
    check("approvers", expected.approvers.as_ref().map(|who| sorted(who)), sorted(&rule.approvers));
    check("decision of the change", expected.change.map(|word| word.to_string()), found.decision.to_string());
    for text in &expected.messages {
        if !rule.messages.iter().any(|message| message.contains(text.as_str())) {
            let found = match rule.messages.as_slice() {
                [] => "no violation".to_owned(),
                messages => messages.iter().map(|message| format!("`{message}`")).collect::<Vec<_>>().join(", "),
            };
            mismatches.push(Mismatch { what: "messages", expected: format!("one with `{text}`"), found });
        }
    }
    mismatches
}

/// The outcome; with its reason where it is not the expected one.
fn outcome(rule: &CaseRule, expected: crate::evaluate::Outcome) -> String {
    if rule.outcome == expected {
        return rule.outcome.to_string();
    }
    format!("{} ({})", rule.outcome, rule.reason)
}

fn shown<W: Word>(word: Option<W>, none: &str) -> String {
    word.map_or_else(|| none.to_owned(), |word| word.as_str().to_owned())
}

fn sorted(who: &[String]) -> String {
    let mut who: Vec<&str> = who.iter().map(String::as_str).collect();
    who.sort_unstable();
    who.dedup();
    if who.is_empty() { "nobody".to_owned() } else { who.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::compare;
    use crate::cli::pipeline::{CaseRule, CaseVerdict};
    use crate::cli::test::case::parse;
    use crate::evaluate::Outcome;
    use crate::policy::Risk;
    use crate::verdict::Decision;

    fn found() -> CaseVerdict {
        CaseVerdict {
            decision: Decision::Rejected,
            rules: vec![CaseRule {
                id: "r".to_owned(),
                outcome: Outcome::Violated,
                decision: Decision::Rejected,
                reason: "1 violation".to_owned(),
                messages: vec!["CVE-1 in a".to_owned()],
                risk: Some(Risk::High),
                approvers: vec!["team:b".to_owned(), "team:a".to_owned()],
            }],
        }
    }

    fn mismatches(expect: &str) -> Vec<&'static str> {
        let case = parse("cases/r/c.toml", "c.toml", format!("[expect]\n{expect}").as_bytes()).unwrap();
        compare(&case, &found()).into_iter().map(|mismatch| mismatch.what).collect()
    }

    #[test]
    fn what_is_as_expected_passes() {
        let all = "outcome = \"violated\"\ndecision = \"rejected\"\nviolations = 1\nmessages = [\"CVE-1\"]\nrisk = \"high\"\n\
                   approvers = [\"team:a\", \"team:b\"]\nchange.decision = \"rejected\"";
        assert!(mismatches(all).is_empty());
        assert!(mismatches("outcome = \"violated\"").is_empty());
    }

    #[test]
    fn everything_that_is_otherwise_is_named() {
        let all = "outcome = \"satisfied\"\ndecision = \"approved\"\nviolations = 0\nmessages = [\"CVE-2\"]\nrisk = \"low\"\n\
                   approvers = [\"team:a\"]\nchange.decision = \"approved\"";
        assert_eq!(
            mismatches(all),
            ["outcome", "decision", "violations", "risk", "approvers", "decision of the change", "messages"]
        );
    }
}
