//! The reference for whoever writes rules: every example runs, every name is described, editors can read what they get.

#![expect(
    clippy::panic,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test ends by panicking, and reads its own files"
)]

mod command;
mod definitions;
mod examples;
mod pages;
