//! The table of docs/decision.md, written a second time and compared over every combination.

use std::collections::BTreeSet;

use tollgate::evaluate::Outcome;
use tollgate::evidence::Word as _;
use tollgate::policy::Enforcement;
use tollgate::verdict::{Case, Decision, Violations, decision_of};

/// As docs/decision.md has it: what applies, and the decision by enforcement.
const TABLE: &str = "\
nothing open | approved | approved          | approved
violated     | approved | approval_required | rejected
not told     | approved | indeterminate     | indeterminate
asks         | approved | approval_required | approval_required
";

fn cell(row: &str, enforcement: Enforcement) -> Decision {
    let column = match enforcement {
        Enforcement::Advisory => 1,
        Enforcement::SoftMandatory => 2,
        Enforcement::HardMandatory => 3,
    };
    let line = TABLE.lines().find(|line| line.starts_with(row)).unwrap();
    Decision::parse(line.split('|').nth(column).unwrap().trim()).unwrap()
}

/// The join of all rows that apply.
fn reference(case: Case) -> Decision {
    let mut rows = vec!["nothing open"];
    let by_its_word = case.outcome == Outcome::Violated && case.violations == Violations::None;
    let open = case.violations == Violations::Open || by_its_word;
    // "approved once they have": no approval is outstanding. Of nothing, nobody can have approved.
    let approved = case.enforcement == Enforcement::SoftMandatory && !case.outstanding && !by_its_word;
    if open && !approved {
        rows.push("violated");
    }
    if case.incomplete || matches!(case.outcome, Outcome::Undecided | Outcome::Errored) {
        rows.push("not told");
    }
    if case.outstanding {
        rows.push("asks");
    }
    rows.into_iter().map(|row| cell(row, case.enforcement)).max().unwrap()
}

fn every_case() -> Vec<Case> {
    let mut cases = Vec::new();
    for enforcement in Enforcement::ALL {
        for outcome in Outcome::ALL {
            for violations in Violations::ALL {
                for (incomplete, outstanding) in [(false, false), (false, true), (true, false), (true, true)] {
                    cases.push(Case {
                        enforcement: *enforcement,
                        outcome: *outcome,
                        incomplete,
                        violations: *violations,
                        outstanding,
                    });
                }
            }
        }
    }
    cases
}

#[test]
fn every_combination_is_decided_as_the_table_says() {
    let cases = every_case();
    assert_eq!(cases.len(), 3 * 5 * 3 * 4);
    for case in &cases {
        assert_eq!(decision_of(*case), reference(*case), "{case:?}");
    }
    let decisions: BTreeSet<Decision> = cases.into_iter().map(decision_of).collect();
    assert_eq!(decisions.len(), Decision::ALL.len());
}

#[test]
fn waiving_approving_or_completing_never_makes_a_rule_worse() {
    for case in every_case() {
        let better = [
            Case { outstanding: false, ..case },
            Case { incomplete: false, ..case },
            Case {
                violations: if case.violations == Violations::Open { Violations::Waived } else { case.violations },
                ..case
            },
            Case { enforcement: Enforcement::Advisory, ..case },
        ];
        for better in better {
            assert!(decision_of(better) <= decision_of(case), "{better:?} against {case:?}");
        }
    }
}

#[test]
fn a_rule_that_could_not_tell_is_never_lifted_by_waivers_or_approvals() {
    for case in every_case() {
        let told = !case.incomplete && !matches!(case.outcome, Outcome::Undecided | Outcome::Errored);
        if case.enforcement != Enforcement::Advisory && !told {
            assert!(decision_of(case) >= Decision::Indeterminate, "{case:?}");
        }
    }
}
