//! Changed paths, from the three ways of describing a change, against git's own word.

mod table {
    use std::fmt::Write as _;
    use tollgate::collect::diff;

    #[test]
    fn every_real_diff_is_read_whole_or_refused_with_a_reason() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/diff");
        let Ok(listing) = std::fs::read_dir(folder) else {
            println!("{folder} is not there: skipped");
            return;
        };
        let mut names: Vec<_> = listing.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.ends_with(".txt"));
        names.sort();
        let mut table = String::new();
        for name in names {
            let bytes = std::fs::read(format!("{folder}/{name}")).unwrap();
            let outcome = match diff::read(&bytes) {
                Ok(change) => format!("{} files", change.files.len()),
                Err(refusal) => format!("{}: {}", refusal.completeness, refusal.reason),
            };
            writeln!(table, "{name}: {outcome}").unwrap();
        }
        insta::assert_snapshot!(table);
    }
}
