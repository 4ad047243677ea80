//! The README's example prints what the README shows. `TRYCMD=overwrite cargo test --test readme` writes anew what is seen.

#[test]
fn the_first_example_prints_what_the_readme_shows() {
    trycmd::TestCases::new().env("NO_COLOR", "1").env("TOLLGATE_LOG", "").case("README.md");
}
