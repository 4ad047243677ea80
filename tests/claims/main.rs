//! Claims: what a Markdown document states, line by line, and what rules make of it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests may fail, print and read as the tests do"
)]

mod laws;
mod markdown;
mod rules;
mod seeds;

use tollgate::collect::claims::parse;
use tollgate::collect::input::Report;
use tollgate::evidence::{Change, Claim, Source};
use tollgate::normalize::claims::{claims, of_description};

/// Claims of a document in their order, and its source.
fn document(bytes: &[u8]) -> (Vec<Claim>, Source) {
    let report = Report { path: "doc.md".to_owned(), commit: None, sha256: None, outcome: parse(bytes) };
    let (claims, mut sources) = claims(&[report]);
    assert_eq!(sources.len(), 1);
    (claims, sources.remove(0))
}

/// Claims of a description in their order, and its source.
fn description(text: &str) -> (Vec<Claim>, Source) {
    let change = Change { description: Some(text.to_owned()), ..Change::default() };
    of_description(&change).unwrap()
}
