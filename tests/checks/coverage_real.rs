//! Coverage reports as tools write them, from a folder beside the repository where there is one. What is right for each was found by
//! reading it with another reader of XML, or line by line, and joining the lines of each file.

use std::path::PathBuf;

use tollgate::evidence::Completeness;

use crate::{Repository, coverage_report, modified, reason};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/coverage");

/// What is right for a file.
enum Right {
    /// How many files it names, lines that ran, lines that did not, and directories.
    Read(usize, usize, usize, &'static [&'static str]),
    /// Words of why nothing of it is read.
    Refused(&'static str),
}

use Right::{Read, Refused};

/// Every file, what is right for it, and why.
const TABLE: &[(&str, Right, &str)] = &[
    (
        "cobertura-coverage.cobertura.xml",
        Read(39, 1_212, 248, &[r"D:\Dev\Csharp\EDlib\src\"]),
        "its totals say 1212 of 1460 lines; 39 files in 80 classes; lines of methods repeat those of the class",
    ),
    ("cobertura-coverage.gcovr.xml", Read(1, 345, 227, &["src/"]), "its totals say 345 of 572 lines; external DOCTYPE"),
    (
        "cobertura-coverage.simplecov.xml",
        Read(13, 350, 12, &["/Users/pboling/src/my/oauth2"]),
        "its totals say 350 of 362 lines; external DOCTYPE",
    ),
    ("grcov-invalid_DA_record.info", Refused("is cut short"), "ends with `DA:590` and no end of the record"),
    (
        "grcov-not_info_file.info",
        Refused("is no coverage report: it starts with `I'm not an info file`"),
        "a line of English",
    ),
    (
        "grcov-relative_path-relative_path.info",
        Read(3, 9, 0, &[]),
        "one file under three spellings: lines 1, 2, 4 of the first, 1, 2, 3 of the others",
    ),
    ("jacoco-basic.xml", Read(1, 3, 1, &[]), "the constructor of line 1 did not run; lines 3, 4 and 6 did"),
];

fn bytes(name: &str) -> Option<Vec<u8>> {
    std::fs::read(PathBuf::from(FOLDER).join(name)).ok()
}

#[test]
fn every_real_file_reads_as_it_is_argued() {
    let Ok(folder) = std::fs::read_dir(FOLDER) else {
        println!("no real files here, nothing tested");
        return;
    };
    let mut names: Vec<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, TABLE.iter().map(|(name, ..)| *name).collect::<Vec<_>>(), "the table has every file");
    for (name, right, why) in TABLE {
        match (coverage_report(&bytes(name).unwrap()).outcome, right) {
            (Ok(report), Read(files, covered, missed, bases)) => {
                let sums = report
                    .files
                    .iter()
                    .fold((0, 0), |(covered, missed), file| (covered + file.covered.len(), missed + file.missed.len()));
                assert_eq!((report.files.len(), sums), (*files, (*covered, *missed)), "{name}: {why}");
                assert!(report.bases == *bases && report.problem_count == 0, "{name}: {report:?}");
            }
            (Err(refusal), Refused(words)) => assert!(refusal.reason.contains(words), "{name}: {refusal:?}"),
            (outcome, _) => panic!("{name}: {outcome:?}, but {why}"),
        }
    }
}

#[test]
fn paths_of_another_machine_are_found_in_the_repository() {
    for (name, path, lines, expected) in [
        // Lines 14 to 19 of the first class: none ran, by its `hits`.
        ("cobertura-coverage.cobertura.xml", "src/EDlib/Exceptions/APIException.cs", (14, 6), (0, 4)),
        // Lines 44, 46, 48, 50 ran, line 53 did not; 45, 47, 49, 51, 52 are no code.
        ("cobertura-coverage.gcovr.xml", "src/redis_ipc.c", (44, 10), (4, 1)),
        // All 12 lines of the file ran.
        ("cobertura-coverage.simplecov.xml", "lib/oauth2.rb", (1, 12), (12, 0)),
        ("jacoco-basic.xml", "app/src/main/java/hello.java", (1, 9), (3, 1)),
    ] {
        let Some(bytes) = bytes(name) else {
            println!("no real files here, nothing tested");
            return;
        };
        let repository = Repository::new(&[path, "README.md"], vec![modified(path, &[lines])]);
        let text = String::from_utf8(bytes).unwrap();
        let (files, source) = repository.coverage(&text);
        assert_eq!(source.completeness, Completeness::Complete, "{name}: {source:?}");
        assert_eq!(files.len(), 1, "{name}");
        assert_eq!((files[0].covered.len(), files[0].missed.len()), expected, "{name}: {files:?}");
        assert_eq!(source.items, 1, "{name}");
        // In another repository none of its files is known.
        let other = Repository::new(&["README.md"], vec![modified("README.md", &[(1, 1)])]);
        let (files, source) = other.coverage(&text);
        assert!(files.is_empty() && source.completeness == Completeness::Failed, "{name}: {source:?}");
        assert!(reason(&source).contains("none of the"), "{name}: {source:?}");
    }
}

#[test]
fn one_file_under_three_spellings_is_one() {
    let Some(bytes) = bytes("grcov-relative_path-relative_path.info") else {
        println!("no real files here, nothing tested");
        return;
    };
    let path = "foo/bar/oof.cpp";
    let repository = Repository::new(&[path], vec![modified(path, &[(2, 2)])]);
    let (files, source) = repository.coverage(std::str::from_utf8(&bytes).unwrap());
    assert_eq!(source.completeness, Completeness::Complete, "{source:?}");
    assert_eq!((files[0].path.as_str(), &files[0].covered[..], &files[0].missed[..]), (path, &[2, 3][..], &[][..]));
}
