//! How far apart two versions are, by ecosystem, and what OSV's marks mean.

use std::cmp::Ordering;

use tollgate::evidence::{Ecosystem, Jump};
use tollgate::versions::{MAX_VERSION_LENGTH, Version, compare};

use super::{opaque, ordered};

const ALL: [Ecosystem; 10] = [
    Ecosystem::Cargo,
    Ecosystem::Npm,
    Ecosystem::Pypi,
    Ecosystem::Golang,
    Ecosystem::Gem,
    Ecosystem::Composer,
    Ecosystem::Maven,
    Ecosystem::Nuget,
    Ecosystem::Github,
    Ecosystem::Docker,
];

fn jumps(ecosystem: Ecosystem, table: &[(&str, &str, Jump)]) {
    for (before, after, expected) in table {
        let (left, right) = (Version::parse(ecosystem, before), Version::parse(ecosystem, after));
        assert_eq!(left.jump(&right), *expected, "{ecosystem} `{before}` to `{after}`");
        assert_eq!(right.jump(&left), *expected, "{ecosystem} `{after}` to `{before}`");
    }
}

#[test]
fn numbers_count_by_their_position_everywhere() {
    for ecosystem in ALL {
        jumps(
            ecosystem,
            &[
                ("1.2.3", "2.0.0", Jump::Major),
                ("1.2.3", "1.3.0", Jump::Minor),
                ("1.2.3", "1.2.4", Jump::Patch),
                ("1.2.3", "1.2.3", Jump::None),
                ("1.2.3", "2.2.3", Jump::Major),
                ("9.0.0", "10.0.0", Jump::Major),
                ("1.2.3", "no version", Jump::Unknown),
                ("no version", "no version", Jump::Unknown),
            ],
        );
    }
}

#[test]
fn the_second_number_of_a_zero_version_is_the_first_where_that_is_the_convention() {
    for ecosystem in ALL {
        let expected = match ecosystem {
            Ecosystem::Gem | Ecosystem::Composer | Ecosystem::Maven | Ecosystem::Nuget => Jump::Minor,
            _ => Jump::Major,
        };
        jumps(
            ecosystem,
            &[("0.2.3", "0.3.0", expected), ("0.2.3", "0.2.4", Jump::Patch), ("0.9.0", "1.0.0", Jump::Major)],
        );
    }
}

#[test]
fn pre_releases_and_what_comes_after_a_release_are_told_apart() {
    jumps(Ecosystem::Cargo, &[("1.0.0-rc.1", "1.0.0", Jump::Prerelease), ("1.0.0-rc.1", "1.0.1", Jump::Patch)]);
    jumps(Ecosystem::Npm, &[("1.0.0-rc.1", "1.0.0-rc.2", Jump::Prerelease), ("1.0.0+a", "1.0.0+b", Jump::None)]);
    jumps(
        Ecosystem::Pypi,
        &[
            ("1.0rc1", "1.0", Jump::Prerelease),
            ("1.0.dev1", "1.0", Jump::Prerelease),
            ("1.0", "1.0.post1", Jump::Patch),
            ("1.0", "1.0+local", Jump::Patch),
            ("1.0", "1.0.0.1", Jump::Patch),
            ("1.0", "1!1.0", Jump::Major),
        ],
    );
    jumps(
        Ecosystem::Maven,
        &[
            ("1.0-SNAPSHOT", "1.0", Jump::Prerelease),
            ("1.0-jre-SNAPSHOT", "1.0-jre", Jump::Prerelease),
            ("1.0.RC1", "1.0.Final", Jump::Prerelease),
            ("31.1-android", "31.1-jre", Jump::Patch),
            ("1.0", "1.0-sp1", Jump::Patch),
            ("1.0", "1.0-1", Jump::Patch),
            ("1.2.3.4", "1.2.3.5", Jump::Patch),
            ("1.2.3.Final", "1.3.0.Final", Jump::Minor),
            ("1.2.3.RELEASE", "1.2.3", Jump::None),
            ("1.0-alpha", "2.0-alpha", Jump::Major),
        ],
    );
    jumps(
        Ecosystem::Gem,
        &[
            ("1.0.rc1", "1.0", Jump::Prerelease),
            ("1.2.3.4", "1.2.3.5", Jump::Patch),
            ("1.0-1", "1.0", Jump::Prerelease),
        ],
    );
    jumps(
        Ecosystem::Composer,
        &[
            ("1.0-beta1", "1.0", Jump::Prerelease),
            ("1.0", "1.0-p1", Jump::Patch),
            ("1.2.3.4", "1.2.3.5", Jump::Patch),
            ("2010-01-02", "2010-01-03", Jump::Patch),
            ("dev-master", "dev-master", Jump::Unknown),
        ],
    );
    jumps(
        Ecosystem::Nuget,
        &[
            ("1.2.3.4", "1.2.3.5", Jump::Patch),
            ("1.2.3.4-beta", "1.2.3.5", Jump::Patch),
            ("1.2.3-beta", "1.2.3-BETA", Jump::None),
            ("1.2.3-beta", "1.2.3", Jump::Prerelease),
        ],
    );
}

#[test]
fn what_can_t_be_told_is_unknown() {
    jumps(
        Ecosystem::Golang,
        &[
            ("v0.0.0-20210630005230-0f9fa26af87c", "v0.0.0-20220715151400-c0bba94af5f8", Jump::Unknown),
            ("v1.2.4-0.20210630005230-0f9fa26af87c", "v1.2.4", Jump::Unknown),
            ("v1.2.4-pre.0.20210630005230-0f9fa26af87c", "v1.2.4-pre", Jump::Unknown),
            ("v1.2.3", "v1.2.4-0.20210630005230-0f9fa26af87c", Jump::Patch),
            ("v2.0.0-20210630005230-0f9fa26af87c+incompatible", "v2.0.0+incompatible", Jump::Unknown),
            ("v1.2.4-rc.1", "v1.2.4", Jump::Prerelease),
            ("1.21", "1.21.0", Jump::Prerelease),
            ("1.21rc1", "1.21.0", Jump::Prerelease),
            ("1.21.3", "1.22.0", Jump::Minor),
        ],
    );
    jumps(
        Ecosystem::Docker,
        &[
            ("1.2.3-alpine", "1.2.4-alpine", Jump::Patch),
            ("1.2.3-alpine", "1.2.3", Jump::Unknown),
            ("1.2.3-alpine3.19", "1.2.3-alpine3.20", Jump::Unknown),
            ("latest", "latest", Jump::Unknown),
        ],
    );
    jumps(Ecosystem::Github, &[("v4", "v4.1.2", Jump::Minor), ("main", "v4", Jump::Unknown)]);
    // Numbers beyond 64 bits have an order, but no arithmetic.
    jumps(Ecosystem::Npm, &[("99999999999999999999.0.0", "99999999999999999999.0.1", Jump::Unknown)]);
}

/// OSV's schema, `events`: `introduced` of `0` is before every version.
#[test]
fn osv_s_zero_comes_before_every_version() {
    for ecosystem in ALL {
        for version in ["0.0.0", "0.0", "0.0.1", "1", "1.2.3"] {
            ordered(ecosystem, "0", Some(Ordering::Less), version);
        }
        ordered(ecosystem, "0", Some(Ordering::Equal), "0");
        assert_ne!(Version::parse(ecosystem, "0").jump(&Version::parse(ecosystem, "0.0.0")), Jump::None);
    }
    for (ecosystem, least) in [
        (Ecosystem::Cargo, "0.0.0-0"),
        (Ecosystem::Npm, "0.0.0-0"),
        (Ecosystem::Pypi, "0.dev0"),
        (Ecosystem::Golang, "v0.0.0-00010101000000-000000000000"),
        (Ecosystem::Gem, "0.A"),
        (Ecosystem::Composer, "0.0-dev"),
        (Ecosystem::Maven, "0-alpha-alpha"),
        (Ecosystem::Nuget, "0.0.0-0"),
        (Ecosystem::Github, "v0.0.0-0"),
        (Ecosystem::Docker, "0-alpine"),
    ] {
        ordered(ecosystem, "0", Some(Ordering::Less), least);
    }
}

#[test]
fn a_version_that_is_too_long_has_no_order() {
    for ecosystem in ALL {
        let longest = format!("1.2.{}", "9".repeat(MAX_VERSION_LENGTH - 4));
        // Python's numbers are of 64 bits, and Composer's first may be short alone.
        if ecosystem != Ecosystem::Pypi {
            assert_eq!(compare(ecosystem, "1.2.3", &longest), Some(Ordering::Less), "{ecosystem}");
        }
        opaque(ecosystem, &[&format!("{longest}9")]);
    }
}

#[test]
fn versions_of_two_ecosystems_have_no_order() {
    let (npm, cargo) = (Version::parse(Ecosystem::Npm, "1.2.3"), Version::parse(Ecosystem::Cargo, "1.2.3"));
    assert_eq!(npm.order(&cargo), None);
    assert_eq!(npm.jump(&cargo), Jump::Unknown);
    assert_ne!(npm, cargo);
}

#[test]
fn control_characters_are_of_no_version() {
    for ecosystem in ALL {
        opaque(ecosystem, &["1.0-a\0b", "1.0\u{7f}", "1.0\n1.0", "\u{85}"]);
    }
}
