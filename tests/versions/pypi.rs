//! Python: PEP 440.

use tollgate::evidence::Ecosystem;

use super::{ascend, equal, facts, opaque};

const PYPI: Ecosystem = Ecosystem::Pypi;

/// PEP 440: examples of version schemes, of epochs, and "Summary of permitted suffixes and relative ordering".
#[test]
fn the_specification_s_own_examples_hold() {
    ascend(PYPI, &["0.9", "0.9.1", "0.9.2", "0.9.10", "0.9.11", "1.0", "1.0.1", "1.1", "2.0", "2.0.1"]);
    ascend(PYPI, &["2012.1", "2012.2", "2012.3", "2012.15", "2013.1", "2013.2"]);
    ascend(PYPI, &["0.9", "1.0a1", "1.0a2", "1.0b1", "1.0rc1", "1.0", "1.1a1"]);
    ascend(
        PYPI,
        &["0.9", "1.0.dev1", "1.0.dev2", "1.0.dev3", "1.0.dev4", "1.0c1", "1.0c2", "1.0", "1.0.post1", "1.1.dev1"],
    );
    ascend(PYPI, &["1.0", "1.1", "2.0", "2013.10", "2014.04", "1!1.0", "1!1.1", "1!2.0"]);
    ascend(
        PYPI,
        &[
            "1.dev0",
            "1.0.dev456",
            "1.0a1",
            "1.0a2.dev456",
            "1.0a12.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc1.dev456",
            "1.0rc1",
            "1.0",
            "1.0+abc.5",
            "1.0+abc.7",
            "1.0+5",
            "1.0.post456.dev34",
            "1.0.post456",
            "1.0.15",
            "1.1.dev1",
        ],
    );
    equal(
        PYPI,
        &[("1.1", "1.1.0"), ("1", "1.0.0.0"), ("1.0+ubuntu-1", "1.0+ubuntu.1"), ("1.0+ubuntu_1", "1.0+ubuntu.1")],
    );
}

/// pypa/packaging, `tests/test_version.py`: the list that has to be in order, of each of two epochs; equal ones of the list
/// stand in one line.
#[test]
fn the_list_of_packaging_is_in_order() {
    let list = [
        "1.0.dev0",
        "1.0.dev456",
        "1.0.dev456+local",
        "1.0a0.post0.dev0",
        "1.0a0.post0",
        "1.0a1.dev1",
        "1.0a1.dev1+local",
        "1.0a1",
        "1.0a1+local",
        "1.0b0",
        "1.0b1.dev456",
        "1.0b2",
        "1.0b2.post345.dev456",
        "1.0b2.post345",
        "1.0b2-346",
        "1.0rc0",
        "1.0rc1.dev1",
        "1.0c1",
        "1.0rc2",
        "1.0",
        "1.0.post0.dev0",
        "1.0.post0",
        "1.0.post456.dev34",
        "1.0.post456",
        "1.0.post456+local",
        "1.0.1.dev1",
        "1.0.1a1",
        "1.0.1",
        "1.0.1+local",
        "1.0.1.post1",
        "1.1.dev1",
        "1.2+a",
        "1.2+abc",
        "1.2+abcdef",
        "1.2+def",
        "1.2+0",
        "1.2+1.abc",
        "1.2+1.1",
        "1.2+1.1.0",
        "1.2+2",
        "1.2+123",
        "1.2+123456",
        "1.2.r32+123456",
        "1.2.rev33+123456",
    ];
    ascend(PYPI, &list);
    ascend(PYPI, &["1.0.dev456+local", "1.0a0", "1.0a0.post0.dev0"]);
    ascend(PYPI, &["1.2+0", "1.2+1", "1.2+1.abc"]);
    let later: Vec<String> = list.iter().map(|version| format!("1!{version}")).collect();
    let both: Vec<&str> = list.iter().copied().chain(later.iter().map(String::as_str)).collect();
    ascend(PYPI, &both);
}

/// pypa/packaging, `tests/test_version.py`: spellings and their normal form.
#[test]
fn spellings_are_equal_to_their_normal_form() {
    let forms: [(&[&str], &str, &str); 5] = [
        (&["dev", ".dev", "-dev", "DEV", ".DEV", "-DEV"], ".dev", "0"),
        (&["a", ".a", "-a", "alpha", ".alpha", "-alpha", "A", ".A", "-A", "ALPHA", ".ALPHA", "-ALPHA"], "a", "0"),
        (&["b", ".b", "-b", "beta", ".beta", "-beta", "B", ".B", "-B", "BETA", ".BETA", "-BETA"], "b", "0"),
        (&["c", ".c", "-c", "rc", ".rc", "-rc", "C", ".C", "-C", "RC", ".RC", "-RC"], "rc", "0"),
        (&["post", ".post", "-post", "r", ".r", "-r", "rev", ".rev", "-rev", "POST", ".POST", "-POST"], ".post", "0"),
    ];
    for (spellings, normal, implied) in forms {
        for spelling in spellings {
            for (number, written) in [("", implied), ("1", "1"), ("05", "5"), ("09000", "9000")] {
                equal(PYPI, &[(&format!("1.0{spelling}{number}"), &format!("1.0{normal}{written}"))]);
            }
        }
    }
    equal(
        PYPI,
        &[
            ("1.0-5", "1.0.post5"),
            ("1.0+AbC", "1.0+abc"),
            ("1.01", "1.1"),
            ("1.0.post000", "1.0.post0"),
            ("00!1.2", "1.2"),
            ("0100!0.0", "100!0.0"),
            ("v1.0", "1.0"),
            ("   v1.0\t\n", "1.0"),
        ],
    );
}

/// pypa/packaging, `tests/test_version.py`.
#[test]
fn what_packaging_refuses_has_no_order() {
    opaque(
        PYPI,
        &[
            "french toast",
            "1.0+a+",
            "1.0++",
            "1.0+_foobar",
            "1.0+foo&asd",
            "1.0+1+1",
            "1. 0",
            "1 .0",
            "1. 0a1",
            "1 .0a1",
            "1.0 a1",
            "1.0a 1",
            "٠١٢.٣٤٥.٦٧٨٩",
            ".",
            "..",
            "1..0",
            "1.0.",
            ".1.0",
            "1..2.3",
            "1.0+\u{130}",
        ],
    );
}

/// google/osv-scalibr, `semantic/testdata/pypi-versions.txt`, and 250 of the 12,375 of `pypi-versions-generated.txt`, one
/// of each shape; those of versions that PEP 440 refuses are left out.
#[test]
fn what_osv_states_of_python_holds() {
    assert_eq!(facts(PYPI, include_str!("facts/pypi.txt")), 264);
}

/// The same files: versions from before PEP 440, which OSV orders by the older rules.
#[test]
fn versions_from_before_pep_440_have_no_order() {
    opaque(
        PYPI,
        &[
            "0.1-bulbasaur",
            "-class.-jw.util.version.version-pre",
            "0.7.1.fix1",
            "0.7.4.svn.r2010",
            "2013-01-21T20:33:09+0100",
            "2013-09-11T19-27-10",
            "0.0.1-test1",
            "0.7.10p1",
            "0.6m6",
            "4.11-final",
            "a3",
            "2.0.1rc2-git",
        ],
    );
}
