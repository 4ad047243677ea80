//! Every real diff there is: read whole, or refused with a reason.

use std::fmt::Write as _;

use tollgate::collect::diff;
use tollgate::evidence::FileStatus;

use super::truth::raw;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/diff");

fn bytes(name: &str) -> Option<Vec<u8>> {
    let bytes = std::fs::read(format!("{FOLDER}/{name}")).ok();
    if bytes.is_none() {
        println!("{FOLDER}/{name} is not there: skipped");
    }
    bytes
}

#[test]
fn every_real_diff_is_read_whole_or_refused_with_a_reason() {
    let Ok(listing) = std::fs::read_dir(FOLDER) else {
        println!("{FOLDER} is not there: skipped");
        return;
    };
    let mut names: Vec<_> = listing.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.ends_with(".txt"));
    names.sort();
    let mut table = String::new();
    for name in names {
        let bytes = bytes(&name).unwrap();
        let outcome = match diff::read(&bytes) {
            Ok(change) => {
                let sum = |of: fn(&tollgate::collect::snapshot::RawFile) -> Option<u32>| {
                    change.files.iter().filter_map(of).sum::<u32>()
                };
                format!("{} files, +{} -{}", change.files.len(), sum(|file| file.added), sum(|file| file.removed))
            }
            Err(refusal) => format!("{}: {}", refusal.completeness, refusal.reason),
        };
        writeln!(table, "{name}: {outcome}").unwrap();
    }
    insta::assert_snapshot!(table);
}

/// The list was made with `-C`, which tells of a copy where the diffs have an added file.
#[test]
fn the_nasty_diffs_have_the_files_of_gits_own_list() {
    let Some(list) = bytes("gen-nasty-raw-z.txt") else {
        return;
    };
    let text: Vec<u8> = list;
    let mut fields: Vec<Vec<u8>> = text.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
    let copy = fields.iter().position(|field| field.starts_with(b":") && field.ends_with(b" C095")).unwrap();
    fields[copy] = b":000000 100644 0000000 78708c4 A".to_vec();
    fields.remove(copy + 1);
    let mut expected: Vec<_> = raw(&fields.join(&0))
        .into_iter()
        .map(|told| (told.file.path, told.file.previous_path, told.file.status))
        .collect();
    expected.sort();
    for name in [
        "gen-nasty-default.diff",
        "gen-nasty-U0.diff",
        "gen-nasty-U25-interhunk.diff",
        "gen-nasty-quotepath-off.diff",
        "gen-nasty-format-patch.mbox",
    ] {
        let mut found: Vec<_> = diff::read(&bytes(name).unwrap())
            .unwrap()
            .files
            .into_iter()
            .map(|file| (file.path, file.previous_path, file.status))
            .collect();
        found.sort();
        assert_eq!(found, expected, "{name}");
    }
    let without = diff::read(&bytes("gen-nasty-no-renames.diff").unwrap()).unwrap();
    assert!(without.files.iter().all(|file| file.status != FileStatus::Renamed));
    assert_eq!(without.files.len(), 28);
}
