//! Dates: days in UTC that a rule calculates with, and no clock.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use proptest::prelude::*;
use tollgate::diagnostic::Code;
use tollgate::evaluate::{Options, evaluate};

use super::{errs, evidence, gives, load, nothing, refused, run, run_on};

#[test]
fn a_date_is_compared_calculated_with_and_written() {
    for (expression, expected) in [
        // Judged half an hour before midnight.
        ("change.today", "2026-03-01"),
        ("change.as_of", "2026-03-01T23:30:00Z"),
        ("change.date", "2026-02-27"),
        ("change.time", "2026-02-27T22:15:00Z"),
        ("date(\"2026-01-31\")", "2026-01-31"),
        ("\"on \" + date(\"2026-01-31\")", "on 2026-01-31"),
        ("date(\"2026-01-31\").plus_days(1)", "2026-02-01"),
        ("date(\"2024-02-28\").plus_days(1)", "2024-02-29"),
        ("date(\"2026-01-31\").plus_days(-31)", "2025-12-31"),
        ("date(\"2026-01-31\").days_until(date(\"2026-03-01\"))", "29"),
        ("date(\"2026-01-31\").days_since(date(\"2026-03-01\"))", "-29"),
        ("change.today.days_since(change.date)", "2"),
        ("date(\"2026-01-31\").year", "2026"),
        ("date(\"2026-01-31\").month", "1"),
        ("date(\"2026-01-31\").day", "31"),
        ("date(\"2026-01-31\").weekday", "saturday"),
        ("change.today.weekday in [\"saturday\", \"sunday\"]", "true"),
        ("change.today == date(\"2026-03-01\")", "true"),
        ("change.today != date(\"2026-03-01\")", "false"),
        ("change.today > date(\"2026-02-28\")", "true"),
        ("change.today <= date(\"2026-02-28\")", "false"),
        ("params.freeze", "2026-12-24"),
        ("change.today < params.freeze", "true"),
        ("change.today in params.days", "false"),
        ("date(\"2026-05-01\") in params.days", "true"),
        ("params.days.join(\", \")", "2026-01-01, 2026-05-01"),
        ("params.freeze.days_since(change.today)", "298"),
    ] {
        gives(expression, expected);
    }
    let reviews = "for r in change.reviews.approved() { note(`${r.reviewer} on ${r.date}`); }";
    assert_eq!(run(reviews).notes, ["bob on 2026-02-28"]);
    let advisories =
        "for a in change.advisories.id(\"GHSA-1\") { note(`${change.today.days_since(a.published_date)}`); }";
    assert_eq!(run(advisories).notes, ["19"]);
}

#[test]
fn a_malformed_date_is_refused_at_load_and_an_error_when_it_runs() {
    for text in
        ["2026-13-01", "2026-02-30", "26-01-31", "2026-1-31", "31.01.2026", "", "2026-01-31T00:00:00Z", "tomorrow"]
    {
        refused(&format!("let x = date(\"{text}\");"), Code::BadArguments, "expected one such as `2026-01-31`");
        errs(&format!("let text = \"{text}\"; let x = date(text);"), Code::BadArguments, "is no date");
    }
}

#[test]
fn a_date_is_compared_with_nothing_but_a_date() {
    errs("if change.today > \"2026-01-31\" { }", Code::TypeMismatch, "can't compare a date with a text");
    errs("if change.today == change.as_of { }", Code::TypeMismatch, "can't compare a date with a text");
    errs("if 7 < change.today { }", Code::TypeMismatch, "can't compare a number with a date");
    errs("if change.today in [\"2026-03-01\"] { }", Code::TypeMismatch, "a date");
    refused("if change.today.weekday == \"someday\" { }", Code::UnknownWord, "monday");
    errs("let day = \"someday\"; if change.today.weekday == day { }", Code::UnknownWord, "monday");
    errs("let x = change.today.days_until(\"2026-12-24\");", Code::BadArguments, "`days_until(other)` takes other");
    refused("let x = change.today.hour;", Code::UnknownProperty, "`hour`");
    errs("let x = change.today.plus_days(9223372036854775807);", Code::BadArguments, "there is no date");
    errs("let x = date(\"9999-12-31\").plus_days(1);", Code::BadArguments, "there is no date");
}

#[test]
fn what_nobody_told_is_an_error_and_never_todays_clock() {
    let set = load("note(`${change.today}`);").unwrap();
    let outcome = evaluate(&set, &Arc::new(evidence()), &Options::default()).remove(0);
    assert_eq!(outcome.diagnostic.unwrap().code, Code::NotKnown);
    let unknown = |body: &str| run_on(body, &nothing()).diagnostic.unwrap().code;
    assert_eq!(unknown("note(`${change.date}`);"), Code::NotKnown);
    errs(
        "for r in change.reviews.state(\"commented\") { note(`${r.date}`); }",
        Code::NotKnown,
        "when the review was given",
    );
    errs("for a in change.advisories.id(\"GHSA-2\") { note(`${a.published_date}`); }", Code::NotKnown, "was published");
    let mut hostile = evidence();
    hostile.reviews[0].time = Some("yesterday".to_owned());
    let outcome = run_on("for r in change.reviews.approved() { note(`${r.date}`); }", &hostile);
    assert!(outcome.diagnostic.unwrap().to_string().contains("`yesterday` is no time"));
}

fn day() -> impl Strategy<Value = Date> {
    (-4_000_000_i32..2_900_000).prop_map(|days| Date::constant(1970, 1, 1) + days.days())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn dates_agree_with_the_calendar(left in day(), right in day(), days in -10_000_i64..10_000) {
        // Years before 0 and after 9999 are not written as four digits.
        prop_assume!((0..=9999).contains(&left.year()) && (0..=9999).contains(&right.year()));
        let later = left.checked_add(Span::new().days(days));
        prop_assume!(later.is_ok());
        let between = left.until(right).unwrap().get_days();
        let body = format!(
            "let l = date(\"{left}\"); let r = date(\"{right}\");
            note(`${{l.days_until(r)}} ${{r.days_since(l)}} ${{l < r}} ${{l == r}} ${{l >= r}} ${{l.plus_days({days})}} ${{l.year}}-${{l.month}}-${{l.day}} ${{l.weekday}}`);
            if l.plus_days(l.days_until(r)) != r {{ violation(change, \"not there and back\"); }}"
        );
        let expected = format!(
            "{between} {between} {} {} {} {} {}-{}-{} {}",
            left < right, left == right, left >= right, later.unwrap(),
            left.year(), left.month(), left.day(), format!("{:?}", left.weekday()).to_lowercase()
        );
        let outcome = run_on(&body, &nothing());
        prop_assert!(outcome.diagnostic.is_none(), "{}", outcome.diagnostic.unwrap());
        prop_assert_eq!(outcome.notes, vec![expected]);
        prop_assert!(outcome.violations.is_empty());
    }
}
