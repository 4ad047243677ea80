//! NuGet: SemVer 2.0.0 of one to four numbers, pre-releases being the same in upper and lower case ("Package versioning").

use super::key::Key;
use super::semver::{self, Form};

const NUGET: Form = Form { least: 1, most: 4, short_with_pre: true, padded: true, joined: false, caseless: true };

pub(super) fn key(text: &str) -> Option<Key> {
    semver::key(text, NUGET)
}
