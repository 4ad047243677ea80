//! Who says what about the change: reviews, teams and events of forges, against real files, own inputs of each dialect, and laws.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    reason = "tests read their own inputs, and a panic is how they fail"
)]

mod changes;
mod events;
mod host;
mod latest;
mod pages;
mod real;
mod reviews;
mod teams;

use serde_json::{Value, json};
use tollgate::collect::input::{Refusal, Report};
use tollgate::collect::{event, reviews as wire};
use tollgate::evidence::{Change, Review, Source};
use tollgate::normalize::people;

/// A full commit id out of one hexadecimal digit.
fn id(digit: char) -> String {
    digit.to_string().repeat(40)
}

fn report<T>(outcome: Result<T, Refusal>) -> Report<T> {
    Report { path: "input.json".to_owned(), commit: None, sha256: None, outcome }
}

/// The reviews of some files, and their sources in the order of the files.
fn take(files: &[&str], change: &Change) -> (Vec<Review>, Vec<Source>) {
    let reports: Vec<_> = files.iter().map(|text| report(wire::parse(text.as_bytes()))).collect();
    people::reviews(&reports, change)
}

/// The reviews of one file, and its source.
fn one(text: &str) -> (Vec<Review>, Source) {
    let (reviews, mut sources) = take(&[text], &Change::default());
    (reviews, sources.remove(0))
}

/// `login state [latest] [bot]` of each review, in order.
fn shown(reviews: &[Review]) -> Vec<String> {
    let show = |review: &Review| {
        let mut text = format!("{} {}", review.reviewer.as_deref().unwrap_or("-"), review.state);
        text.push_str(if review.latest { " latest" } else { "" });
        text.push_str(if review.bot { " bot" } else { "" });
        text
    };
    reviews.iter().map(show).collect()
}

/// What an event makes of a change, and its source.
fn eventful(text: &str, read: &Change, parents: &[String]) -> (Change, Source) {
    people::change(&report(event::parse(text.as_bytes())), read, parents)
}

/// An account as GitHub's REST API has it.
fn user(login: &str) -> Value {
    json!({"login": login, "id": 1, "type": if login.ends_with("[bot]") { "Bot" } else { "User" }})
}

/// A review as GitHub's REST API has it, at a minute of one hour.
fn rest(login: &str, state: &str, minute: u32) -> Value {
    json!({
        "id": minute, "user": user(login), "body": "", "state": state, "commit_id": id('a'),
        "submitted_at": format!("2026-03-01T10:{minute:02}:00Z"), "author_association": "MEMBER",
        "pull_request_url": "https://api.github.com/repos/acme/shop/pulls/12",
    })
}
