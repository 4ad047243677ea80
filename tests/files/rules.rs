//! Owners, hidden text and pointers of Git LFS as rules see them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate::evaluate::{Options, Outcome, RuleOutcome, evaluate};
use tollgate::evidence::{
    Evidence, EvidenceKind, FileChange, FileKind, FileKindFrom, FileStatus, LfsPointer, Ownership, Source,
};
use tollgate::policy::{PackFiles, PolicySet};

const PACK: &str = "name = \"test\"\nversion = \"1.0.0\"\ndescription = \"a pack for tests\"\n";

fn run(body: &str, evidence: &Evidence) -> RuleOutcome {
    let rule = format!(
        "const RULE = #{{ title: \"t\", category: \"process\", enforcement: \"hard-mandatory\", risk: \"high\", needs: [\"files\"] }};\nfn check(change, params) {{\n{body}\n}}\n"
    );
    let files = BTreeMap::from([
        ("pack.toml".to_owned(), PACK.as_bytes().to_vec()),
        ("rules/r.rhai".to_owned(), rule.into_bytes()),
    ]);
    let pack = PackFiles { origin: "packs/test".to_owned(), files };
    let set = PolicySet::load(&[pack], &[]).unwrap_or_else(|mistakes| panic!("{body}: {}", mistakes[0]));
    evaluate(&set, &Arc::new(evidence.clone()), &Options::default()).remove(0)
}

fn asked(path: &str, section: Option<&str>, owners: &[&str], optional: bool) -> Ownership {
    Ownership {
        path: path.to_owned(),
        section: section.map(str::to_owned),
        owners: owners.iter().map(|owner| (*owner).to_owned()).collect(),
        count: 2,
        optional,
        line: 7,
    }
}

fn file(path: &str, ownership: Vec<Ownership>) -> FileChange {
    let mut owners: Vec<String> = ownership.iter().flat_map(|asked| asked.owners.clone()).collect();
    owners.sort();
    FileChange { owners, ownership, ..FileChange::at(path, FileStatus::Modified, FileKind::Source) }
}

fn evidence() -> Evidence {
    let pointer = |size| Some(LfsPointer { oid: "0".repeat(64), size });
    let files = vec![
        file("a.rs", vec![asked("a.rs", None, &["@Org/Team"], false), asked("a.rs", Some("Docs"), &["@docs"], true)]),
        file("b.rs", Vec::new()),
        FileChange { owners: vec!["me@example.com".to_owned()], ..file("c.rs", Vec::new()) },
        FileChange {
            previous_path: Some("old.rs".to_owned()),
            status: FileStatus::Renamed,
            ..file("d.rs", vec![asked("old.rs", None, &["@docs"], false)])
        },
        FileChange { lfs_before: pointer(5), lfs_after: pointer(7), ..file("e.bin", Vec::new()) },
        FileChange { binary: true, hidden: true, kind_from: FileKindFrom::Attributes, ..file("f.js", Vec::new()) },
    ];
    let sources = vec![Source::complete(EvidenceKind::Files), Source::complete(EvidenceKind::Owners)];
    Evidence { files, sources, ..Evidence::default() }
}

#[test]
fn questions_about_owners_select_what_they_say() {
    const PATHS_OF: &str = "fn paths_of(files) { let all = \"\"; for f in files { all += f.path; all += \" \"; } all }";
    for (expression, expected) in [
        ("paths_of(change.files.owned_by(\"org/team\"))", "a.rs "),
        ("paths_of(change.files.owned_by([\"@DOCS\", \"me@example.com\"]))", "a.rs c.rs d.rs "),
        ("paths_of(change.files.owned_by(\"team\"))", ""),
        // The renamed one has an owner where it was, and none where it is.
        ("paths_of(change.files.without_owner())", "b.rs d.rs e.bin f.js "),
        ("paths_of(change.files.hidden())", "f.js "),
        ("paths_of(change.files.lfs())", "e.bin "),
        ("change.files.owned_by(\"@docs\").count()", "2"),
    ] {
        let found = run(&format!("note(`${{{expression}}}`);\n}}\n{PATHS_OF}\nfn unused() {{"), &evidence());
        assert_eq!(found.outcome, Outcome::Satisfied, "{expression}: {}", found.reason);
        assert_eq!(found.notes, [expected], "{expression}");
    }
}

#[test]
fn properties_of_a_file_are_what_the_evidence_says() {
    let body = r#"
        for f in change.files {
            for asked in f.ownership {
                note(`${f.path}: ${asked.path} "${asked.section}" ${asked.owners.len()} ${asked.approvals} ${asked.optional} ${asked.line}`);
            }
            if f.lfs { note(`${f.path}: ${f.lfs_size_before} to ${f.lfs_size_after}`); }
            if f.kind_from == "attributes" && f.hidden { note(`${f.path}: hidden`); }
            if "me@example.com" in f.owners { note(`${f.path}: mine`); }
        }"#;
    let found = run(body, &evidence());
    assert_eq!(found.outcome, Outcome::Satisfied, "{}", found.reason);
    assert_eq!(
        found.notes,
        [
            "a.rs: a.rs \"\" 1 2 false 7",
            "a.rs: a.rs \"Docs\" 1 2 true 7",
            "c.rs: mine",
            "d.rs: old.rs \"\" 1 2 false 7",
            "e.bin: 5 to 7",
            "f.js: hidden"
        ]
    );
}

#[test]
fn who_asks_for_owners_without_knowing_them_is_undecided() {
    let mut lacking = evidence();
    lacking.sources.pop();
    for (body, complete) in [
        ("note(`${change.files.owned_by(\"@a\").count()}`);", false),
        ("note(`${change.files.without_owner().count()}`);", false),
        ("for f in change.files { note(`${f.owners.len()}`); }", false),
        ("for f in change.files { note(`${f.ownership.len()}`); }", false),
        ("for f in change.files.hidden() { note(`${f.lfs}`); }", true),
    ] {
        let found = run(body, &lacking);
        let expected = if complete { Outcome::Satisfied } else { Outcome::Undecided };
        assert_eq!((found.outcome, found.incomplete), (expected, !complete), "{body}: {}", found.reason);
    }
}

#[test]
fn what_one_line_of_codeowners_asks_is_no_item_and_compares_with_nothing() {
    for (body, said) in [
        ("for f in change.files { for asked in f.ownership { violation([asked, 1][0], \"x\"); } }", "Ownership"),
        ("for f in change.files { for asked in f.ownership { if [asked, 1][0] == f { note(\"x\"); } } }", "Ownership"),
    ] {
        let found = run(body, &evidence());
        assert_eq!(found.outcome, Outcome::Errored, "{body}");
        assert!(found.reason.contains(said), "{}", found.reason);
    }
}
