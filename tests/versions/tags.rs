//! Tags of repositories on GitHub and of container images. Nobody publishes an order of these; the tables are ours.

use std::cmp::Ordering;

use tollgate::evidence::Ecosystem;
use tollgate::versions::sort;

use super::{ascend, equal, opaque, ordered};

const GITHUB: Ecosystem = Ecosystem::Github;
const DOCKER: Ecosystem = Ecosystem::Docker;

#[test]
fn tags_of_repositories_are_versions_with_or_without_a_v() {
    ascend(GITHUB, &["v1", "v3.6.0", "v4.0.0-beta.1", "v4", "v4.1.2", "v4.1.2.1", "v10", "v2024.01.15"]);
    equal(GITHUB, &[("v4", "v4.0.0"), ("V4", "4.0.0"), ("v4.1.2", "4.1.2"), ("v4.1.2+build", "4.1.2")]);
}

#[test]
fn branches_and_commits_have_no_order() {
    opaque(
        GITHUB,
        &[
            "main",
            "master",
            "release/v1",
            "releases-v1",
            "refs/tags/v1",
            "11bd71901bbe5b1630ceea73d27597364c9af683",
            "1234567890123456789012345678901234567890",
            "1234567",
            "0a1b2c3",
            "v",
            "codeql-bundle-v2.15.0",
            "action@v1",
        ],
    );
}

#[test]
fn tags_of_images_are_numbers() {
    ascend(DOCKER, &["3", "3.9", "3.10", "3.10.1", "16", "22.04", "24.04", "20240101"]);
    ascend(DOCKER, &["1.2.3-alpine", "1.2.10-alpine", "1.3-alpine"]);
    equal(DOCKER, &[("24.04", "24.4.0"), ("v1.2.3", "1.2.3"), ("1.2-slim", "1.2.0-slim")]);
    opaque(
        DOCKER,
        &[
            "latest",
            "alpine",
            "bookworm-20240101",
            "stable-slim",
            "7f3c1d2",
            "sha256:11bd71901bbe5b1630ceea73d27597364c9af68311bd71901bbe5b1630ceea73",
            "11bd71901bbe5b1630ceea73d27597364c9af683",
            "1.2.3@sha256:00",
            "1.2.",
            "1.2.3 4",
        ],
    );
}

#[test]
fn only_tags_with_the_same_suffix_have_an_order() {
    for (left, right) in [
        ("1.2.3", "1.2.3-alpine"),
        ("1.2.3-alpine", "1.2.4-slim"),
        ("1.2.3-alpine3.19", "1.2.4-alpine3.20"),
        ("3.13.0rc1", "3.13.0"),
        ("1.2.3-alpine", "latest"),
    ] {
        ordered(DOCKER, left, None, right);
    }
    ordered(DOCKER, "0", Some(Ordering::Less), "1-alpine");
    ordered(DOCKER, "0", Some(Ordering::Less), "1");
}

#[test]
fn tags_are_sorted_by_suffix_first() {
    let mut tags = ["2-slim", "10", "1-slim", "latest", "9", "0"].map(str::to_owned);
    sort(DOCKER, &mut tags);
    assert_eq!(tags, ["latest", "0", "9", "10", "1-slim", "2-slim"]);
}
