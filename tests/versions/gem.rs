//! RubyGems: `Gem::Version`.

use tollgate::evidence::Ecosystem;

use super::{ascend, equal, facts, known, less, opaque};

const GEM: Ecosystem = Ecosystem::Gem;

/// rubygems/rubygems, the documentation of `Gem::Version`.
#[test]
fn the_documentation_holds() {
    ascend(GEM, &["0.9", "1.0.a.2", "1.0.b1", "1.0"]);
    ascend(GEM, &["3.2", "3.10"]);
    ascend(GEM, &["1.0.a9", "1.0.a10"]);
    ascend(GEM, &["0.0.1", "0.0.2", "0.1.0", "1.0.0", "1.1.0", "1.1.1", "1.1.2"]);
    equal(GEM, &[("1.0.a10", "1.0.a.10")]);
}

/// rubygems/rubygems, `test/rubygems/test_gem_version.rb`. That nothing is 0 is left out: here nothing has no order.
#[test]
fn rubygems_own_tests_hold() {
    less(
        GEM,
        &[
            ("1.0.a", "1.0"),
            ("0.0.0", "1.8.2"),
            ("1.8.2.a", "1.8.2"),
            ("1.8.2.a", "1.8.2.b"),
            ("1.8.2.a9", "1.8.2.a10"),
            ("0.0.beta", "0.0.beta.1"),
            ("0.0.beta", "0.beta.1"),
            ("5.a", "5.0.0.rc2"),
            ("5.0.0.rc2", "5.x"),
            ("1.9.2.99", "1.9.3"),
            ("1.9.3", "1.9.3.1"),
            ("1.0.0-alpha", "1.0.0-alpha.1"),
            ("1.0.0-alpha.1", "1.0.0-beta.2"),
            ("1.0.0-beta.2", "1.0.0-beta.11"),
            ("1.0.0-beta.11", "1.0.0-rc.1"),
            ("1.0.0-rc1", "1.0.0"),
            ("1.0.0-1", "1"),
            ("1.freeze.test", "1"),
        ],
    );
    equal(
        GEM,
        &[
            ("1.0", "1.0.0"),
            ("1.0", " 1.0 "),
            ("1.0", "\n1.0\n"),
            ("1.2.b1", "1.2.b.1"),
            ("1.2", "1.2.0"),
            ("1.2.pre.1", "1.2.0.pre.1.0"),
            ("0.beta.1", "0.0.beta.1"),
            ("1.0.0.a.1.0", "1.a.1"),
            ("1.2.3-1", "1.2.3.pre.1"),
        ],
    );
    known(GEM, &["22.1.50.0.d", "1.2.d.42", "1.A", "1-a", "5.2.4.a10"]);
    opaque(
        GEM,
        &[
            "junk",
            "1.0\n2.0",
            "1..2",
            "1.2 3.4",
            "2.3422222.222.222222222.22222.ads0as.dasd0.ddd2222.2.qd3e.",
            "whatever",
            "1.0_a",
        ],
    );
}

/// The rules of `canonical_segments` and of comparing what is longer, worked out by hand: zeros at the end and before the
/// first letters go; of those that stay, letters after them come before nothing at all, and a number after it.
#[test]
fn zeros_between_letters_count_by_what_follows() {
    ascend(GEM, &["1.a.b", "1.a0.b", "1.a", "1.a0.1", "1.a.1"]);
    equal(GEM, &[("1.a.0b", "1.a.b"), ("1.0.0.a", "1.a"), ("1.a.0.0", "1.a"), ("1.0a", "1.a")]);
}

/// google/osv-scalibr, `semantic/testdata/rubygems-versions.txt`, and 250 of the 4,098 of `rubygems-versions-generated.txt`,
/// one of each shape. Two more lines there have letters in the first segment, which RubyGems refuses.
#[test]
fn what_osv_states_of_gems_holds() {
    assert_eq!(facts(GEM, include_str!("facts/gem.txt")), 273);
    opaque(GEM, &["1beta", "1gamma"]);
}
