//! Composer: its normalisation of versions, and PHP's comparison.

use tollgate::evidence::Ecosystem;

use super::{ascend, equal, facts, less, opaque};

const COMPOSER: Ecosystem = Ecosystem::Composer;

/// composer/semver, `tests/VersionParserTest.php`: a version and its normal form.
#[test]
fn versions_are_equal_to_their_normal_form() {
    equal(
        COMPOSER,
        &[
            ("1.0.0", "1.0.0.0"),
            ("1.2.3.4", "1.2.3.4"),
            ("1.0.0RC1dev", "1.0.0.0-RC1-dev"),
            ("1.0.0-rC15-dev", "1.0.0.0-RC15-dev"),
            ("1.0.0.RC.15-dev", "1.0.0.0-RC15-dev"),
            ("1.0.0-rc1", "1.0.0.0-RC1"),
            ("1.0.0.pl3-dev", "1.0.0.0-patch3-dev"),
            ("1.0-dev", "1.0.0.0-dev"),
            ("99999", "99999.0.0.0"),
            ("10.4.13-beta", "10.4.13.0-beta"),
            ("10.4.13beta2", "10.4.13.0-beta2"),
            ("10.4.13beta.2", "10.4.13.0-beta2"),
            ("v1.13.11-beta.0", "1.13.11.0-beta0"),
            ("1.13.11.0-beta0", "1.13.11.0-beta0"),
            ("10.4.13-b", "10.4.13.0-beta"),
            ("10.4.13-b5", "10.4.13.0-beta5"),
            ("v1.0.0", "1.0.0.0"),
            ("2010.01", "2010.01.0.0"),
            ("2010.01.02", "2010.01.02.0"),
            ("2010.1.555", "2010.1.555.0"),
            ("2010.10.200", "2010.10.200.0"),
            ("v20100102", "20100102"),
            ("2010-01-02-10-20-30.0.3", "2010.01.02.10.20.30.0.3"),
            ("2010-01-02-10-20-30.5", "2010.01.02.10.20.30.5"),
            ("2012.06.07", "2012.06.07.0"),
            ("2010-01-02.5", "2010.01.02.5"),
            ("20100102-203040", "20100102.203040"),
            ("20100102.x-dev", "20100102.9999999.9999999.9999999-dev"),
            ("20100102.203040.x-dev", "20100102.203040.9999999.9999999-dev"),
            ("20100102203040-10", "20100102203040.10"),
            ("20100102-203040-p1", "20100102.203040-patch1"),
            ("201903.x-dev", "201903.9999999.9999999.9999999-dev"),
            ("201903.0-p2", "201903.0-patch2"),
            ("1.x-dev", "1.9999999.9999999.9999999-dev"),
            ("1.0.0+foo@dev", "1.0.0.0"),
            ("1.0.0-beta.5+foo", "1.0.0.0-beta5"),
            ("1.0.0+foo", "1.0.0.0"),
            ("1.0.0-alpha.3.1+foo", "1.0.0.0-alpha3.1"),
            ("1.0.0-alpha2.1+foo", "1.0.0.0-alpha2.1"),
            ("1.0.0-alpha-2.1-3+foo", "1.0.0.0-alpha2.1-3"),
            ("1.0.0+foo as 2.0", "1.0.0.0"),
            ("00.01.03.04", "0.1.3.4"),
            ("0700", "0700.0.0.0"),
            ("041.x-dev", "041.9999999.9999999.9999999-dev"),
            (" 1.0.0", "1.0.0.0"),
            ("1.0.0 ", "1.0.0.0"),
            // Shorthands of constraints, the same file.
            ("1.2.3b5", "1.2.3.0-beta5"),
            ("1.2.3a1", "1.2.3.0-alpha1"),
            ("1.2.3p1234", "1.2.3.0-patch1234"),
            ("1.2.3pl1234", "1.2.3.0-patch1234"),
            ("1.2.3.4-stable", "1.2.3.4"),
        ],
    );
    for calendar in [
        "20230131.0.0",
        "202301310000.0.0",
        "20100102.0",
        "20100102.1.0",
        "20100102.0.3",
        "100000",
        "201903.0",
        "20100102",
    ] {
        equal(COMPOSER, &[(calendar, calendar)]);
    }
}

/// The same file: branches, and what is no version.
#[test]
fn branches_and_what_composer_refuses_have_no_order() {
    opaque(
        COMPOSER,
        &[
            "dev-master",
            "master",
            "trunk",
            "dev-trunk",
            "dev-feature-foo",
            "DEV-FOOBAR",
            "dev-feature/foo",
            "dev-feature+issue-1",
            "dev-master as 1.0.0",
            "dev-load-varnish-only-when-used@stable",
            "dev-041.003",
            "dev-1.0.0-dev<1.0.5-dev",
            "dev-foo bar",
            "",
            "a",
            "1.0.0-meh",
            "1.0.0.0.0",
            "1.0.2.5.5",
            "feature-foo",
            "foo",
            "1.0.0+foo bar",
            "1.0.1-SNAPSHOT",
            "1.0.0<1.0.5-dev",
            "1.0.0-dev<1.0.5-dev",
            "foo bar-dev",
            "1.0 .2",
            "^",
            "^8 || ^",
            "~1",
            "^1",
            "1.*",
            "20100102.0.3.4",
            "100000.0.0.0",
            "2023013.0.0",
            "202301311.0.0",
            "20230131000.0.0",
            "2023013100000.0.0",
        ],
    );
}

/// composer/semver, `tests/ComparatorTest.php`, `SemverTest.php`, and `Constraint/ConstraintTest.php`.
#[test]
fn the_tests_of_the_comparator_hold() {
    less(
        COMPOSER,
        &[
            ("1.24.0", "1.25.0"),
            ("1.25.0", "1.26.0"),
            ("1.0.0", "1.2-dev"),
            ("1.25.0-beta2.1", "1.25.0-b.3"),
            ("1.25.0-b2.1", "1.25.0beta.3"),
            ("1.25.0-b-2.1", "1.25.0-rc"),
        ],
    );
    equal(COMPOSER, &[("1.25.0-beta2.1", "1.25.0-b.2.1"), ("1.25.0beta2.1", "1.25.0-b2.1"), ("2.0-b2", "2.0-beta2")]);
    ascend(COMPOSER, &["0.1", "1.0", "2.4.0-alpha", "2.4.0", "3.2.1", "50.2"]);
}

/// getcomposer.org, "Versions and constraints": stabilities from the least; php.net, `version_compare`: the same, then
/// numbers, then `pl`. A numeric branch comes after what was released of it.
#[test]
fn stabilities_are_in_order() {
    for separator in ["", "-", ".", "_"] {
        let words = ["dev", "alpha", "alpha1", "beta", "RC", "RC2", "RC10"];
        let versions: Vec<String> = words.iter().map(|word| format!("1.0{separator}{word}")).collect();
        let mut versions: Vec<&str> = versions.iter().map(String::as_str).collect();
        versions.extend(["1.0.0", "1.0.0-p1", "1.0.0-patch2", "1.0.0.1", "1.0.x-dev", "1.1-dev", "1.x-dev", "2.0a"]);
        ascend(COMPOSER, &versions);
    }
    ascend(COMPOSER, &["1.0-RC1-dev", "1.0-RC1", "1.0"]);
    ascend(COMPOSER, &["2010-01-02", "2010-01-03", "20100102", "20100102-203040", "20100103"]);
}

/// google/osv-scalibr, `semantic/testdata/packagist-versions.txt`, and 250 of the 10,630 of
/// `packagist-versions-generated.txt`, one of each shape. What is left out stands below.
#[test]
fn what_osv_states_of_composer_holds() {
    assert_eq!(facts(COMPOSER, include_str!("facts/composer.txt")), 325);
}

/// The same files. They hold of PHP's comparison alone; Composer normalises before it, which fills up numbers, takes
/// upper and lower case for the same, and refuses some.
#[test]
fn what_normalisation_changes_follows_composer() {
    equal(COMPOSER, &[("1.0.0", "1.0"), ("v1.9.0-ALPHA.1", "v1.9.0-alpha1"), ("5.1.0-stable", "5.1.0")]);
    less(
        COMPOSER,
        &[
            ("v3.0.0-beta", "v3.0"),
            ("v3.4.0-alpha", "v3.4"),
            ("v4.0-alpha", "v4-beta4"),
            ("v1.9.0-ALPHA.2", "v1.9.0-BETA.1"),
            ("5.1.0-beta2", "5.1.0-stable"),
        ],
    );
    opaque(
        COMPOSER,
        &[
            "4.3-2RC1",
            "dev-foo",
            "1.2.3.#",
            "999999999999999999999999999991",
            "0.0.1-test1",
            "3.0.0b1.post1",
            "1.5.1.dev100",
        ],
    );
}
