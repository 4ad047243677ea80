//! Go: versions of modules and releases of Go itself.

use tollgate::evidence::Ecosystem;

use super::{ascend, equal, less, opaque};

const GO: Ecosystem = Ecosystem::Golang;

/// golang/mod, `semver/semver_test.go`: in the order that the table there has.
#[test]
fn the_tests_of_x_mod_semver_hold() {
    ascend(
        GO,
        &[
            "v1.0.0-alpha",
            "v1.0.0-alpha.1",
            "v1.0.0-alpha.beta",
            "v1.0.0-beta",
            "v1.0.0-beta.2",
            "v1.0.0-beta.11",
            "v1.0.0-rc.1",
            "v1.0.0",
            "v1.2.0",
            "v1.2.3-456",
            "v1.2.3-456.789",
            "v1.2.3-456-789",
            "v1.2.3-456a",
            "v1.2.3-pre",
            "v1.2.3-pre.1",
            "v1.2.3-zzz",
            "v1.2.3",
        ],
    );
    equal(
        GO,
        &[
            ("v1", "v1.0.0"),
            ("v1.0", "v1.0.0"),
            ("v1.2", "v1.2.0"),
            ("v1.2.3-pre+meta", "v1.2.3-pre"),
            ("v1.2.3+meta", "v1.2.3"),
            ("v1.2.3+meta-pre", "v1.2.3"),
            ("v1.2.3+meta-pre.sha.256a", "v1.2.3"),
        ],
    );
    opaque(
        GO,
        &["bad", "v1-alpha.beta.gamma", "v1-pre", "v1+meta", "v1-pre+meta", "v1.2-pre", "v1.2+meta", "v1.2-pre+meta"],
    );
}

/// Go Modules Reference, "Pseudo-versions": the three forms, each between the versions that it is said to be between.
/// The last table is that of golang/mod, `module/pseudo_test.go`: the version before, and the pseudo-version after it.
#[test]
fn pseudo_versions_stand_between_the_versions_around_them() {
    ascend(
        GO,
        &[
            "v0.0.0-20170915032832-14c0d48ead0c",
            "v0.0.0-20191109021931-daa7c04131f5",
            "v0.0.0",
            "v1.2.3-pre",
            "v1.2.3-pre.0.20191109021931-daa7c04131f5",
            "v1.2.3",
            "v1.2.4-0.20191109021931-daa7c04131f5",
            "v1.2.4",
        ],
    );
    less(
        GO,
        &[
            ("v0.0.0", "v0.0.1-0.20060102150405-hash"),
            ("v1.2.3", "v1.2.4-0.20060102150405-hash"),
            ("v1.2.99999999999999999", "v1.2.100000000000000000-0.20060102150405-hash"),
            ("v1.2.3-pre", "v1.2.3-pre.0.20060102150405-hash"),
            ("v1.3.0-pre", "v1.3.0-pre.0.20060102150405-hash"),
            ("v0.0.0--", "v0.0.0--.0.20060102150405-hash"),
            ("v1.0.0+metadata", "v1.0.1-0.20060102150405-hash+metadata"),
            ("v2.0.0+incompatible", "v2.0.1-0.20060102150405-hash+incompatible"),
            ("v2.3.0-pre+incompatible", "v2.3.0-pre.0.20060102150405-hash+incompatible"),
        ],
    );
}

/// Go Modules Reference, "+incompatible versions"; OSV writes versions of Go without the `v`.
#[test]
fn neither_incompatible_nor_the_v_counts() {
    equal(
        GO,
        &[
            ("v2.0.0+incompatible", "v2.0.0"),
            ("v2.0.0+incompatible", "2.0.0"),
            ("v1.2.3", "1.2.3"),
            ("v1.2.3-rc.1", "1.2.3-rc.1"),
            ("v0.0.0-20191109021931-daa7c04131f5", "0.0.0-20191109021931-daa7c04131f5"),
        ],
    );
}

/// golang/go, `src/cmd/go/internal/gover/gover_test.go`; what is malformed there (`x`, nothing) has no order here.
#[test]
fn the_tests_of_go_s_own_releases_hold() {
    less(
        GO,
        &[
            ("1", "1.1"),
            ("1.5", "1.6"),
            ("1.5", "1.10"),
            ("1.6", "1.6.1"),
            ("1.19rc1", "1.19"),
            ("1.20rc1", "1.20"),
            ("1.21", "1.21.0"),
            ("1.21", "1.21rc1"),
            ("1.21rc1", "1.21.0"),
            ("1.6", "1.19"),
            ("1.19", "1.19.1"),
            ("1.19rc1", "1.19.1"),
            ("1.19rc1", "1.19rc2"),
            ("1.19.0", "1.19.1"),
            ("1.19rc1", "1.19.0"),
            ("1.19alpha3", "1.19beta2"),
            ("1.19beta2", "1.19rc1"),
            ("1.1", "1.99999999999999998"),
            ("1.99999999999999998", "1.99999999999999999"),
        ],
    );
    equal(GO, &[("1.19", "1.19.0"), ("1.20", "1.20.0"), ("1.999testmod", "1.999testmod")]);
    opaque(GO, &["x", "", "1.600+auto", "1.", "1.2.", "1.2.3.4", "1.02", "1.2rc01", "1.2RC1"]);
}

/// go.dev/doc/toolchain, "Go versions" and "Go toolchain names": `go1.21.3-bigcorp` is of version 1.21.3.
#[test]
fn a_toolchain_s_name_and_its_suffix_don_t_count() {
    equal(GO, &[("go1.21.3", "1.21.3"), ("go1.21.3-custom", "1.21.3"), ("go1.21rc1-custom", "1.21rc1")]);
    ascend(GO, &["go1.9", "go1.21", "go1.21rc1", "go1.21rc2", "go1.21.0", "go1.21.3-custom", "go1.22rc1"]);
    opaque(GO, &["go", "gopher", "local", "default"]);
}

/// Go's vulnerability database begins the series of 1.22 with `1.22.0-0` and writes 1.22rc1 as `1.22.0-rc.1`.
#[test]
fn releases_of_go_stand_where_its_database_expects_them() {
    equal(GO, &[("1.22", "1.22.0-0"), ("1.22rc1", "1.22.0-rc.1"), ("1.22.0", "v1.22.0")]);
    ascend(GO, &["1.21.12", "1.22.0-0", "1.22beta1", "1.22.0-rc.1", "1.22rc2", "1.22.0", "1.22.4"]);
}
