//! npm: node-semver's order, read as its loose mode does, and leniently of fewer than three numbers.

use super::key::Key;
use super::semver::{self, Form};

const LOOSE: Form = Form { least: 1, most: 3, short_with_pre: true, padded: true, joined: true, caseless: false };

pub(super) fn key(text: &str) -> Option<Key> {
    semver::key(text.trim_start_matches(|first: char| matches!(first, 'v' | '=') || first.is_whitespace()), LOOSE)
}
