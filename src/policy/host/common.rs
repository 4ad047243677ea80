//! The names that every collection has, with an example for each: one row per collection.

use super::advisories::AdvisoryRows;
use super::aggregates::{grouped, ranked, summed};
use super::capabilities::CapabilityRows;
use super::claims::ClaimRows;
use super::collection::{counted, placed};
use super::coverage::CoverageRows;
use super::dependencies::DependencyRows;
use super::files::FileRows;
use super::findings::FindingRows;
use super::licences::LicenceRows;
use super::reviews::ReviewRows;
use super::sets::joined;
use super::signature::Signature;
use super::sources::SourceRows;
use super::test_cases::TestRows;

/// What every collection has. `$one` and `$other` are selections of it, `$column` is what it can be grouped by.
macro_rules! every {
    ($rows:ty, $all:literal, $one:literal, $other:literal, $column:literal) => {{
        const NAMES: &[Signature] = {
            let [count, is_empty] = counted::<$rows>();
            let [any, is_all, group_by, count_by] = grouped::<$rows>();
            let [and, or, except, contains] = joined::<$rows>();
            &[
                count.example(concat!("note(`${change.", $all, ".count()} in all`);")),
                is_empty.example(concat!("if change.", $all, ".", $one, ".is_empty() { note(\"there is none\"); }")),
                any.example(concat!("if change.", $all, ".", $one, ".any() { note(\"there is one\"); }")),
                is_all.example(concat!("if change.", $all, ".", $one, ".is_all() { note(\"there is no other\"); }")),
                group_by.example(concat!(
                    "let parts = change.",
                    $all,
                    ".group_by(\"",
                    $column,
                    "\");\n",
                    "for name in parts.keys() { for item in parts[name] { note(`one of ${name}`); } }",
                )),
                count_by.example(concat!(
                    "let counts = change.",
                    $all,
                    ".count_by(\"",
                    $column,
                    "\");\n",
                    "for name in counts.keys() { note(`${name}: ${counts[name]}`); }",
                )),
                and.example(concat!(
                    "let both = change.",
                    $all,
                    ".",
                    $one,
                    ".and(change.",
                    $all,
                    ".",
                    $other,
                    ");\n",
                    "note(`${both.count()} are both`);",
                )),
                or.example(concat!(
                    "let either = change.",
                    $all,
                    ".",
                    $one,
                    ".or(change.",
                    $all,
                    ".",
                    $other,
                    ");\n",
                    "note(`${either.count()} are one or the other`);",
                )),
                except.example(concat!(
                    "let rest = change.",
                    $all,
                    ".",
                    $one,
                    ".except(change.",
                    $all,
                    ".",
                    $other,
                    ");\n",
                    "note(`${rest.count()} are left`);",
                )),
                contains.example(concat!(
                    "let wanted = change.",
                    $all,
                    ".",
                    $one,
                    ";\n",
                    "for item in change.",
                    $all,
                    ".",
                    $other,
                    " { if item in wanted { note(\"one is both\"); } }",
                )),
            ]
        };
        NAMES
    }};
}

/// What a collection has that lies under paths.
macro_rules! places {
    ($rows:ty, $all:literal) => {{
        const NAMES: &[Signature] = {
            let [under, not_under] = placed::<$rows>();
            &[
                under.example(concat!("note(`${change.", $all, ".under([\"src/**\", \"lib/**\"]).count()} there`);")),
                not_under.example(concat!("note(`${change.", $all, ".not_under(\"docs/**\").count()} elsewhere`);")),
            ]
        };
        NAMES
    }};
}

/// What a collection has whose items have an order by some property.
macro_rules! ranks {
    ($rows:ty, $all:literal, $column:literal) => {{
        const NAMES: &[Signature] = &[ranked::<$rows>().example(concat!(
            "for item in change.",
            $all,
            ".top(3, \"",
            $column,
            "\") { note(`one of the first three: ${item.",
            $column,
            "}`); }",
        ))];
        NAMES
    }};
}

/// What a collection has whose items have numbers.
macro_rules! numbers {
    ($rows:ty, $all:literal, $column:literal) => {{
        const NAMES: &[Signature] = {
            let [sum, max, min] = summed::<$rows>();
            &[
                sum.example(concat!("note(`${change.", $all, ".sum(\"", $column, "\")} in all`);")),
                max.example(concat!(
                    "let all = change.",
                    $all,
                    ";\n",
                    "if all.any() { note(`${all.max(\"",
                    $column,
                    "\")} at most`); }",
                )),
                min.example(concat!(
                    "let all = change.",
                    $all,
                    ";\n",
                    "if all.any() { note(`${all.min(\"",
                    $column,
                    "\")} at least`); }",
                )),
            ]
        };
        NAMES
    }};
}

#[rustfmt::skip]
pub(super) const TABLES: &[&[Signature]] = &[
    every!(FindingRows, "findings", r#"severity("critical")"#, "introduced()", "severity"),
    places!(FindingRows, "findings"), ranks!(FindingRows, "findings", "score"), numbers!(FindingRows, "findings", "line"),
    every!(FileRows, "files", r#"under("src/**")"#, "added()", "kind"),
    places!(FileRows, "files"), ranks!(FileRows, "files", "added"), numbers!(FileRows, "files", "added"),
    every!(DependencyRows, "dependencies", "direct()", "added()", "ecosystem"),
    places!(DependencyRows, "dependencies"), ranks!(DependencyRows, "dependencies", "jump"),
    every!(LicenceRows, "licences", "known()", "changed()", "expression"),
    places!(LicenceRows, "licences"),
    every!(AdvisoryRows, "advisories", "introduced()", "fixable()", "severity"),
    places!(AdvisoryRows, "advisories"), ranks!(AdvisoryRows, "advisories", "severity"),
    every!(ReviewRows, "reviews", "approved()", "by_people()", "state"),
    every!(TestRows, "tests", "failed()", r#"under("tests/**")"#, "status"),
    places!(TestRows, "tests"), ranks!(TestRows, "tests", "attempts"), numbers!(TestRows, "tests", "attempts"),
    every!(CoverageRows, "coverage", r#"under("src/**")"#, r#"not_under("src/generated/**")"#, "path"),
    places!(CoverageRows, "coverage"), ranks!(CoverageRows, "coverage", "missed"), numbers!(CoverageRows, "coverage", "missed"),
    every!(ClaimRows, "claims", "ticked()", r#"section("risk")"#, "kind"),
    ranks!(ClaimRows, "claims", "line"), numbers!(ClaimRows, "claims", "line"),
    every!(SourceRows, "sources", r#"kind("findings")"#, r#"completeness("complete")"#, "completeness"),
    ranks!(SourceRows, "sources", "items"), numbers!(SourceRows, "sources", "items"),
    every!(CapabilityRows, "capabilities", r#"capability("network")"#, r#"under("src/**")"#, "capability"),
    places!(CapabilityRows, "capabilities"), ranks!(CapabilityRows, "capabilities", "line"), numbers!(CapabilityRows, "capabilities", "line"),
];
