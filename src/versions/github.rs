//! Tags of repositories on GitHub, as `uses:` names them: `v4`, `v4.1.2`. Branches and commits have no order.
//!
//! A tag of fewer numbers is taken for its first release, though its owner may move it: `v4` is `v4.0.0`.

use super::key::Key;
use super::semver::{self, Form};

const TAG: Form = Form { least: 1, most: 4, short_with_pre: true, padded: true, joined: false, caseless: false };

/// Digits alone that are at least as long as git's shortest usual id of a commit may be one.
const SHORT_COMMIT: usize = 7;

pub(super) fn key(text: &str) -> Option<Key> {
    if is_commit(text) || (text.len() >= SHORT_COMMIT && text.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    semver::key(text.strip_prefix(['v', 'V']).unwrap_or(text), TAG)
}

/// Whether it is the whole id of a commit, or another digest of such a length.
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
