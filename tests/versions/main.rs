//! The order of versions against what each ecosystem publishes of its own, and the laws of an order over generated ones.
//!
//! Tables hold facts alone, each with the source that states it. What a source states and we don't hold stands in a table
//! of its own, with the reason.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may fail as the tests do")]

mod composer;
mod gem;
mod golang;
mod jumps;
mod laws;
mod maven;
mod pypi;
mod semantic;
mod tags;

use std::cmp::Ordering;

use tollgate::evidence::Ecosystem;
use tollgate::versions::{Version, compare};

/// Each comes before all that follow it.
fn ascend(ecosystem: Ecosystem, versions: &[&str]) {
    for (index, left) in versions.iter().enumerate() {
        for right in &versions[index + 1..] {
            ordered(ecosystem, left, Some(Ordering::Less), right);
        }
    }
}

/// Each pair is equal.
fn equal(ecosystem: Ecosystem, pairs: &[(&str, &str)]) {
    for (left, right) in pairs {
        ordered(ecosystem, left, Some(Ordering::Equal), right);
    }
}

/// The first of each pair comes before the second.
fn less(ecosystem: Ecosystem, pairs: &[(&str, &str)]) {
    for (left, right) in pairs {
        ordered(ecosystem, left, Some(Ordering::Less), right);
    }
}

fn opaque(ecosystem: Ecosystem, versions: &[&str]) {
    for version in versions {
        assert!(Version::parse(ecosystem, version).is_opaque(), "{ecosystem} `{version}` has an order");
    }
}

fn known(ecosystem: Ecosystem, versions: &[&str]) {
    for version in versions {
        assert!(!Version::parse(ecosystem, version).is_opaque(), "{ecosystem} `{version}` has no order");
    }
}

/// Both ways.
fn ordered(ecosystem: Ecosystem, left: &str, expected: Option<Ordering>, right: &str) {
    assert_eq!(compare(ecosystem, left, right), expected, "{ecosystem} `{left}` to `{right}`");
    let reversed = expected.map(Ordering::reverse);
    assert_eq!(compare(ecosystem, right, left), reversed, "{ecosystem} `{right}` to `{left}`");
}

/// Facts as lines of `left < right`, `left = right` or `left > right`; gives how many there are.
fn facts(ecosystem: Ecosystem, lines: &str) -> usize {
    for line in lines.lines() {
        let fact: Vec<&str> = line.split(' ').collect();
        assert_eq!(fact.len(), 3, "`{line}`");
        let expected = [("<", Ordering::Less), ("=", Ordering::Equal), (">", Ordering::Greater)];
        let expected = expected.iter().find(|(relation, _)| *relation == fact[1]).map(|(_, order)| *order);
        assert!(expected.is_some(), "`{line}`");
        ordered(ecosystem, fact[0], expected, fact[2]);
    }
    lines.lines().count()
}
