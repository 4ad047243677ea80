//! Whether fingerprints that a tool states identify its findings.
//!
//! A reader can't know what a tool means by a fingerprint, but it sees where one can't be one. A value is set aside for all
//! results of its run that have it
//!
//! - where it stands on different contents of one rule: it does not tell these apart;
//! - where it stands on results of several rules in several files: two rules may well be broken on one line, and a line may be
//!   copied into another file, but that both happen is rarer than a value that means nothing;
//! - where it is the only value of the run, and the contents differ: a word in place of a fingerprint.
//!
//! What is set aside depends on no line and no order. A result with several fingerprints has one value: all of them
//! together. A value that was kept says more than the content: a result whose snippet was edited and whose value is the
//! same is the same, and one of the same content with another value is another.

use crate::collect::sarif::Stated;

/// One result that states a fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Claim {
    pub(super) stated: Stated,
    /// What stands for its rule.
    pub(super) rule: u64,
    /// What stands for its text.
    pub(super) text: u64,
    /// What stands for its place.
    pub(super) place: u64,
    /// The number of its row.
    pub(super) row: u32,
}

/// The rows whose fingerprints don't identify them.
pub(super) fn set_aside(mut claims: Vec<Claim>) -> Vec<u32> {
    claims.sort_unstable();
    let varies = |group: &[Claim], part: fn(&Claim) -> u64| {
        group.iter().zip(group.iter().skip(1)).any(|(one, next)| part(one) != part(next))
    };
    let rule = |claim: &Claim| claim.rule;
    let text = |claim: &Claim| claim.text;
    let place = |claim: &Claim| claim.place;
    let one_value = claims.first().map(|claim| claim.stated) == claims.last().map(|claim| claim.stated);
    if one_value && (varies(&claims, rule) || varies(&claims, text)) {
        return claims.iter().map(|claim| claim.row).collect();
    }
    let mut rows = Vec::new();
    for group in claims.chunk_by(|one, other| one.stated == other.stated) {
        let of_one_rule = group.chunk_by(|one, other| one.rule == other.rule).any(|group| varies(group, text));
        if of_one_rule || (varies(group, rule) && varies(group, place)) {
            rows.extend(group.iter().map(|claim| claim.row));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::{Claim, set_aside};
    use crate::collect::sarif::Stated;

    fn claims(all: &[(u32, u64, u64, u64)]) -> Vec<Claim> {
        let claim = |(row, (value, rule, text, place)): (usize, &(u32, u64, u64, u64))| Claim {
            stated: Stated { keys: NonZeroU32::MIN, value: (0, *value) },
            rule: *rule,
            text: *text,
            place: *place,
            row: u32::try_from(row).unwrap(),
        };
        all.iter().enumerate().map(claim).collect()
    }

    fn aside(all: &[(u32, u64, u64, u64)]) -> Vec<u32> {
        let mut rows = set_aside(claims(all));
        rows.sort_unstable();
        rows
    }

    #[test]
    fn a_value_on_different_contents_of_a_rule_is_none() {
        assert_eq!(aside(&[(7, 1, 10, 1), (7, 1, 11, 1), (8, 1, 12, 1)]), [0, 1]);
    }

    #[test]
    fn a_value_on_equal_contents_identifies_them_all() {
        assert_eq!(aside(&[(7, 1, 10, 1), (7, 1, 10, 2), (8, 1, 12, 1)]), [0u32; 0]);
    }

    #[test]
    fn two_rules_on_one_line_may_share_a_value_and_two_rules_in_two_files_may_not() {
        assert_eq!(aside(&[(7, 1, 10, 1), (7, 2, 11, 1), (8, 1, 12, 1)]), [0u32; 0]);
        assert_eq!(aside(&[(7, 1, 10, 1), (7, 2, 11, 2), (8, 1, 12, 1)]), [0, 1]);
    }

    #[test]
    fn the_only_value_of_a_run_is_none_unless_all_contents_are_equal() {
        assert_eq!(aside(&[(7, 1, 10, 1), (7, 2, 11, 1)]), [0, 1]);
        assert_eq!(aside(&[(7, 1, 10, 1), (7, 1, 10, 2)]), [0u32; 0]);
        assert_eq!(aside(&[(7, 1, 10, 1)]), [0u32; 0]);
    }
}
