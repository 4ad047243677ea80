//! Changed paths, from the three ways of describing a change, against git's own word.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its inputs are its own"
)]

#[path = "files/attributes.rs"]
mod attributes;
#[path = "files/errors.rs"]
mod errors;
#[path = "files/nasty.rs"]
mod nasty;
#[path = "files/owners.rs"]
mod owners;
#[path = "files/refused.rs"]
mod refused;
#[path = "files/repository.rs"]
mod repository;
#[path = "files/rules.rs"]
mod rules;
#[path = "files/table.rs"]
mod table;
#[path = "files/truth.rs"]
mod truth;
#[path = "files/uncommitted.rs"]
mod uncommitted;
