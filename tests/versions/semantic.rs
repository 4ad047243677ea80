//! Cargo, npm and NuGet: what resembles SemVer.

use tollgate::evidence::Ecosystem;

use super::{ascend, equal, facts, known, less, opaque};

/// Those that follow SemVer's precedence, whatever else they read.
const SEMANTIC: [Ecosystem; 5] =
    [Ecosystem::Cargo, Ecosystem::Npm, Ecosystem::Golang, Ecosystem::Nuget, Ecosystem::Github];

/// semver.org, version 2.0.0, sections 9 to 11.
#[test]
fn the_specification_s_own_examples_hold() {
    for ecosystem in SEMANTIC {
        ascend(ecosystem, &["1.0.0", "2.0.0", "2.1.0", "2.1.1"]);
        ascend(ecosystem, &["1.9.0", "1.10.0", "1.11.0"]);
        ascend(
            ecosystem,
            &[
                "1.0.0-alpha",
                "1.0.0-alpha.1",
                "1.0.0-alpha.beta",
                "1.0.0-beta",
                "1.0.0-beta.2",
                "1.0.0-beta.11",
                "1.0.0-rc.1",
                "1.0.0",
            ],
        );
        known(ecosystem, &["1.0.0-0.3.7", "1.0.0-x.7.z.92", "1.0.0-x-y-z.--"]);
        equal(
            ecosystem,
            &[
                ("1.0.0-alpha+001", "1.0.0-alpha"),
                ("1.0.0+20130313144700", "1.0.0"),
                ("1.0.0-beta+exp.sha.5114f85", "1.0.0-beta"),
                ("1.0.0+21AF26D3----117B344092BD", "1.0.0"),
            ],
        );
        opaque(ecosystem, &["1.0.0-", "1.0.0-a..b", "1.0.0-a.", "1.0.0+", "1.0.0+a..b", "1.0.0-é", "a.b.c", "-1.0.0"]);
    }
}

/// semver.org, sections 2 and 9: no zeros before a number.
#[test]
fn zeros_before_a_number_are_refused_where_the_specification_is_kept() {
    for ecosystem in [Ecosystem::Cargo, Ecosystem::Golang] {
        opaque(ecosystem, &["01.2.3", "1.02.3", "1.2.03", "1.2.3-01", "1.2.3-a.01"]);
        known(ecosystem, &["1.2.3-01a", "1.2.3-0", "1.2.3+01"]);
    }
}

/// google/osv-scalibr, `semantic/testdata/semver-versions.txt`; one more line there compares `1.1.3.4.5` with itself, which
/// is no semantic version.
#[test]
fn what_osv_states_of_semantic_versions_holds() {
    for ecosystem in [Ecosystem::Cargo, Ecosystem::Npm, Ecosystem::Golang] {
        assert_eq!(facts(ecosystem, include_str!("facts/semver.txt")), 85);
        opaque(ecosystem, &["1.1.3.4.5"]);
    }
}

/// npm/node-semver, `test/fixtures/comparisons.js`, `equality.js`, `valid-versions.js`, `invalid-versions.js`.
#[test]
fn npm_s_own_fixtures_hold() {
    less(
        Ecosystem::Npm,
        &[
            ("0.0.0-foo", "0.0.0"),
            ("0.0.0", "0.0.1"),
            ("0.9.9", "1.0.0"),
            ("0.9.0", "0.10.0"),
            ("0.10.0", "0.99.0"),
            ("1.2.3", "2.0.0"),
            ("0.0.0-foo", "v0.0.0"),
            ("v0.0.0-foo", "0.0.0"),
            ("v1.2.3", "2.0.0"),
            ("1.2.3-asdf", "1.2.3"),
            ("1.2.3-4", "1.2.3"),
            ("1.2.3-4-foo", "1.2.3"),
            ("1.2.3-5", "1.2.3-5-foo"),
            ("1.2.3-4", "1.2.3-5"),
            ("1.2.3-5-Foo", "1.2.3-5-foo"),
            ("2.7.2+asdf", "3.0.0"),
            ("1.2.3-a.5", "1.2.3-a.10"),
            ("1.2.3-a.5", "1.2.3-a.b"),
            ("1.2.3-a", "1.2.3-a.b"),
            ("1.2.3-a.b.c.5.d.100", "1.2.3-a.b.c.10.d.5"),
            ("1.2.3-r100", "1.2.3-r2"),
            ("1.2.3-R2", "1.2.3-r100"),
        ],
    );
    for suffix in ["", "-0", "-1", "-beta", "+build", "-beta+build"] {
        for prefix in ["", "v", "=", "v ", "= ", " v", " =", " v ", " = "] {
            let other = suffix.replace("build", "otherbuild");
            equal(Ecosystem::Npm, &[(&format!("1.2.3{suffix}"), &format!("{prefix}1.2.3{other}"))]);
        }
    }
    known(
        Ecosystem::Npm,
        &[
            "1.2.3-1.2.3",
            "1.2.3-1a",
            "1.2.3-a1",
            "1.2.3-alpha-1",
            "1.2.3-alpha-.-beta",
            "1.2.3+new-build",
            "1.2.3+build.a1",
        ],
    );
    opaque(Ecosystem::Npm, &["hello, world", "xyz", "", "1.2.3.4", "1.x", "*", "^1.2.3", "latest", "file:../a"]);
}

/// npm/node-semver, `internal/re.js`: the loose form takes a pre-release without its hyphen, and zeros before numbers.
#[test]
fn npm_reads_the_loose_form() {
    equal(
        Ecosystem::Npm,
        &[("1.2.3beta", "1.2.3-beta"), ("1.0.0alpha1", "1.0.0-alpha1"), ("01.02.03", "1.2.3"), ("1.2.3-01", "1.2.3-1")],
    );
    opaque(Ecosystem::Cargo, &["1.2.3beta"]);
}

/// Cargo itself knows full versions alone; advisories also write shorter ones.
#[test]
fn fewer_numbers_are_filled_up() {
    for ecosystem in [Ecosystem::Cargo, Ecosystem::Npm, Ecosystem::Nuget, Ecosystem::Github, Ecosystem::Docker] {
        equal(ecosystem, &[("1", "1.0.0"), ("1.2", "1.2.0")]);
    }
    for ecosystem in [Ecosystem::Cargo, Ecosystem::Npm, Ecosystem::Github] {
        equal(ecosystem, &[("v1", "1.0.0"), ("1.2-rc.1", "1.2.0-rc.1")]);
    }
    equal(Ecosystem::Cargo, &[("=1.2.3", "1.2.3"), ("= v1.2.3", "1.2.3")]);
}

/// NuGet/NuGet.Client, `NuGet.Versioning.Test/VersionComparerTests.cs`, `SemVer201SpecTests.cs`, and
/// `VsSemanticVersionComparerTests.cs`; google/osv-scalibr, `semantic/testdata/nuget-versions.txt`.
#[test]
fn nuget_s_own_tests_hold() {
    let nuget = Ecosystem::Nuget;
    assert_eq!(facts(nuget, include_str!("facts/nuget.txt")), 34);
    less(
        nuget,
        &[
            ("1.2.3", "1.2.4"),
            ("9.9.9", "10.1.1"),
            ("1.2.3-alpha", "1.2.3"),
            ("1.2.3-2", "1.2.3-3"),
            ("1.2.3-1.9", "1.2.3-1.50"),
            ("1.2.3-2A", "1.2.3-3A"),
            ("1.2.3-1.50A", "1.2.3-1.9A"),
            ("1.2.3-999999", "1.2.3-Z"),
            ("1.2.3-A.999999", "1.2.3-A.56-2"),
            ("1.2.3-a", "1.2.3-a.2"),
            ("1.2.3-a.2.3.4", "1.2.3-a.2.3.4.5"),
            ("2.9.0.0", "3.1.0-beta-001"),
        ],
    );
    equal(nuget, &[("1.2.3-a", "1.2.3-A"), ("1.2.3-A-b2-C", "1.2.3-a-B2-c"), ("2.9.0.0", "2.9.0")]);
    known(nuget, &["0.1.2--", "0.1.2--B2.-.C.-A0-", "0.1.2+203-49244.23-3.34-4.0-.-.-", "0.1.2----+----"]);
    opaque(
        nuget,
        &[
            "1.2. 3",
            "X.2.3",
            "1.2.Z",
            "1.-2.3",
            "0.1.2-Alpha..2",
            "0.1.2-",
            "0.1.2-alp=ha",
            "0.1.2+2+A",
            "0.1.2+02..A",
            "1.2.3.4.5",
        ],
    );
}

/// learn.microsoft.com, "NuGet package versioning": pre-release versions, and normalized version numbers.
#[test]
fn nuget_s_documentation_holds() {
    let nuget = Ecosystem::Nuget;
    ascend(
        nuget,
        &[
            "1.0.1-aaa",
            "1.0.1-alpha10",
            "1.0.1-alpha2",
            "1.0.1-beta",
            "1.0.1-open",
            "1.0.1-rc.2",
            "1.0.1-rc.10",
            "1.0.1-zzz",
            "1.0.1",
        ],
    );
    equal(
        nuget,
        &[
            ("1.00", "1.0"),
            ("1.01.1", "1.1.1"),
            ("1.00.0.1", "1.0.0.1"),
            ("1.0.0.0", "1.0.0"),
            ("1.0.01.0", "1.0.1"),
            ("1.0.7+r3456", "1.0.7"),
        ],
    );
}
