//! Maven: the POM reference and the tests of `ComparableVersion`.

use tollgate::evidence::Ecosystem;

use super::{ascend, equal, facts, less, opaque};

const MAVEN: Ecosystem = Ecosystem::Maven;

/// maven.apache.org/pom.html, "Version Order Specification": splitting, trimming, and end results.
#[test]
fn the_specification_s_own_examples_hold() {
    equal(
        MAVEN,
        &[
            ("1-1.foo-bar1baz-.1", "1-1.foo-bar-1-baz-0.1"),
            ("1.0.0", "1"),
            ("1.ga", "1"),
            ("1.final", "1"),
            ("1.0", "1"),
            ("1.", "1"),
            ("1-", "1"),
            ("1_", "1"),
            ("1.0.0-foo.0.0", "1-foo"),
            ("1.0.0-0.0.0", "1"),
            ("1.foo", "1-foo"),
            ("1-ga", "1"),
            ("1-0", "1"),
            ("1_0", "1"),
            ("1-a1", "1-alpha-1"),
            ("1.0-alpha1", "1.0-ALPHA1"),
        ],
    );
    ascend(MAVEN, &["1-alpha", "1-a1", "1-beta", "1-b1", "1-milestone", "1-m1", "1-rc", "1-snapshot", "1", "1-sp"]);
    ascend(MAVEN, &["1-foo", "1-1", "1.1"]);
    less(
        MAVEN,
        &[
            ("1", "1.1"),
            ("1-snapshot", "1"),
            ("1", "1-sp"),
            ("1-foo2", "1-foo10"),
            ("1-ga", "1-sp"),
            ("1-ga.1", "1-sp.1"),
            ("1-sp-1", "1-ga-1"),
            ("1.K", "1.7"),
            ("5.aardvark", "5.zebra"),
            ("1.b", "1.α"),
            ("2.0-rc1", "2.0"),
        ],
    );
}

/// apache/maven, `ComparableVersionTest.java`, of Maven 4.
#[test]
fn the_lists_of_maven_s_own_tests_are_in_order() {
    ascend(
        MAVEN,
        &[
            "1-alpha2snapshot",
            "1-alpha2",
            "1-alpha-123",
            "1-beta-2",
            "1-beta123",
            "1-m2",
            "1-m11",
            "1-rc",
            "1-cr2",
            "1-rc123",
            "1-SNAPSHOT",
            "1",
            "1-sp",
            "1-sp2",
            "1-sp123",
            "1-abc",
            "1-def",
            "1-pom-1",
            "1-1-snapshot",
            "1-1",
            "1-2",
            "1-123",
        ],
    );
    ascend(
        MAVEN,
        &[
            "2.0", "2.0.a", "2-1", "2.0.2", "2.0.123", "2.1.0", "2.1-a", "2.1b", "2.1-c", "2.1-1", "2.1.0.1", "2.2",
            "2.123", "11.a2", "11.a11", "11.b2", "11.b11", "11.m2", "11.m11", "11", "11.a", "11b", "11c", "11m",
        ],
    );
    ascend(MAVEN, &["6.1.0rc3", "6.1.0", "6.1H.5-beta"]);
    ascend(
        MAVEN,
        &["20190126.230843", "1234567890.12345", "123456789012345.1H.5-beta", "12345678901234567890.1H.5-beta"],
    );
    ascend(MAVEN, &["1-0.alpha", "1-0.beta", "1"]);
}

/// The same file: what is equal, without regard to case, to zeros before a number, and to which script digits are of.
#[test]
fn the_pairs_of_maven_s_own_tests_hold() {
    for (one, other) in [("a", "A"), ("x", "X"), ("b", "B"), ("m", "M"), ("cr", "rc"), ("Cr", "Rc"), ("é", "É")] {
        for start in ["1", "1-", "1.0-", "1.0.0-", "1.0", "1.0.0"] {
            equal(MAVEN, &[(&format!("{start}{one}"), &format!("1-{other}"))]);
        }
    }
    for released in ["ga", "release", "final", "Ga", "GA", "RELEASE", "RELeaSE", "Final", "FinaL", "FINAL"] {
        equal(MAVEN, &[(&format!("1{released}"), "1")]);
    }
    equal(
        MAVEN,
        &[("1a1", "1-alpha-1"), ("1b2", "1-beta-2"), ("1m3", "1-milestone-3"), ("1m3", "1MileStone3"), ("1", "1.0-0")],
    );
    for zeros in 1..19 {
        equal(MAVEN, &[(&format!("{}1", "0".repeat(zeros)), "1"), (&"0".repeat(zeros + 1), "0.0")]);
    }
    for word in ["abc", "alpha", "a", "beta", "b", "def", "milestone", "m", "RC"] {
        less(MAVEN, &[(&format!("1.0.0.{word}1"), &format!("1.0.0-{word}2"))]);
        equal(
            MAVEN,
            &[(&format!("2-{word}"), &format!("2.0.{word}")), (&format!("2-{word}"), &format!("2.0.0.{word}"))],
        );
    }
    less(
        MAVEN,
        &[
            ("1.0.final-redhat", "1.0-sp1-redhat"),
            ("1.0.final-redhat", "1.0-sp-1-redhat"),
            ("1.0.final-redhat", "1.0-sp.1-redhat"),
            ("J", "7"),
            ("c", "7"),
            ("aardvark", "zebra"),
            ("zebra", "ζέβρα"),
            ("é", "1"),
            ("\u{1d7e4}", "1"),
            ("\u{668}", "1"),
            ("0.7", "2"),
            ("0.2", "1.0.7"),
            ("2.0-1", "2.0.1"),
            ("2.0.1-klm", "2.0.1-lmn"),
            ("2.0.1-xyz", "2.0.1-123"),
        ],
    );
}

/// google/osv-scalibr, `semantic/testdata/maven-versions.txt`, and 250 of the 14,752 of `maven-versions-generated.txt`, one
/// of each shape. What is left out stands below.
#[test]
fn what_osv_states_of_maven_holds() {
    assert_eq!(facts(MAVEN, include_str!("facts/maven.txt")), 343);
}

/// The same files. They were made with Maven 3.8, where a qualifier behind a dot comes after one behind a hyphen; since
/// 3.9 (and by the specification) the two are the same. `_` is a separator by the specification, and a letter in them.
#[test]
fn what_changed_since_those_files_were_made_follows_the_specification() {
    less(
        MAVEN,
        &[
            ("1.0.0.RC8-beta", "1.0.0-RC16"),
            ("1.0.0.RC7-3", "1.0.0-gradle-rework-beta3"),
            ("2.9.0.RC1", "2.9.0-1"),
            ("6.1.12rc1", "6.1.12.rc5"),
            ("3.5.0.Beta-1", "3.5.0-CR-2"),
            ("1.1.31_noneautotype", "1.1.31.sec10"),
        ],
    );
}

/// `ComparableVersion` has each of these above the one before it, and the first above the last; by the specification the
/// qualifier decides.
#[test]
fn there_is_no_circle() {
    ascend(MAVEN, &["1-snapshot", "1", "1.sp.1"]);
}

#[test]
fn what_names_no_single_version_has_no_order() {
    opaque(MAVEN, &["LATEST", "RELEASE", "${project.version}", "[1.0,2.0)", "(,1.0]", "1.0,2.0", "1 2", "file:a"]);
}
