//! The README's example prints what the README shows. `TRYCMD=overwrite cargo test --test readme` writes anew what is seen.
#![expect(clippy::expect_used, reason = "a test may panic")]

#[test]
fn the_first_example_prints_what_the_readme_shows() {
    trycmd::TestCases::new().env("NO_COLOR", "1").env("TOLLGATE_LOG", "").case("README.md");
}

/// The first block of a language in a document.
fn block<'a>(document: &'a str, language: &str, index: usize) -> &'a str {
    let fence = format!("```{language}\n");
    document.split(&fence).nth(index + 1).and_then(|rest| rest.split("```").next()).expect("a block of that language")
}

#[test]
fn the_pack_of_the_documentation_loads_and_its_case_is_as_expected() {
    let packs = include_str!("../docs/packs.md");
    let files = [
        ("pack.toml", block(packs, "toml", 0)),
        ("rules/new-direct-dependency.rhai", block(include_str!("../README.md"), "rhai", 0)),
        ("cases/new-direct-dependency/a-new-package.toml", block(packs, "toml", 1)),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).into();
    let pack = tollgate::policy::PackFiles { origin: "docs".to_owned(), files };
    let result = tollgate::cli::test::run_pack(&pack).expect("a pack that loads");
    assert_eq!(result.cases.len(), 1);
    assert!(result.cases.iter().all(|case| case.mismatches.is_empty()), "{result:?}");
}
