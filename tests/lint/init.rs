//! What `init` writes works as it is, and it never stands in the way of what is there.

use std::path::Path;

use crate::{git, root, tollgate, write};

fn names(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_path_buf()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            found.push(path.strip_prefix(directory).unwrap().to_str().unwrap().to_owned());
            if path.is_dir() && !path.ends_with(".git") {
                open.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn in_a_fresh_repository_the_policy_is_tested_clean_and_judges_the_next_change() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    git(here, &["init", "-q"]);
    write(here, "README.md", "# A repository\n");
    git(here, &["add", "."]);
    git(here, &["commit", "-q", "-m", "first"]);
    let ran = tollgate(here, &["init"]);
    assert_eq!(ran.code, 0, "{}", ran.said);
    assert!(ran.out.contains("wrote policy/rules/sensitive-path.rhai\n"), "{}", ran.out);
    assert!(ran.out.contains("they count once they are merged"), "{}", ran.out);
    let tries = ["eval", "--policy", "builtin:baseline", "--policy", "policy", "--policy-ref", "HEAD"];
    assert!(ran.out.contains(&format!("tollgate {}\n", tries.join(" "))), "{}", ran.out);
    for verb in
        [["test", "policy"].as_slice(), &["lint", "--deny", "warnings"], &["rules", "--config", "tollgate.toml"]]
    {
        let ran = tollgate(here, verb);
        assert_eq!(ran.code, 0, "{verb:?}: {}{}", ran.out, ran.said);
    }
    let before = tollgate(here, &["eval", "--as-of", "2027-01-01"]);
    assert_ne!(
        before.code, 2,
        "a policy that is not committed yet judges nothing, and breaks nothing: {}",
        before.said
    );

    git(here, &["add", "."]);
    git(here, &["commit", "-q", "-m", "policy"]);
    let tried = tollgate(here, &tries);
    assert!(tried.out.contains("sensitive-path"), "what `init` says tries the packs: {}{}", tried.out, tried.said);
    git(here, &["checkout", "-q", "-b", "harmless"]);
    write(here, "README.md", "# A repository\n\nwith a text\n");
    git(here, &["commit", "-q", "-a", "-m", "text"]);
    let harmless = tollgate(here, &["eval", "--as-of", "2027-01-01"]);
    assert_eq!(harmless.code, 0, "{}{}", harmless.out, harmless.said);

    git(here, &["checkout", "-q", "-b", "sensitive", "main"]);
    write(here, "migrations/1.sql", "create table a (b int);\n");
    git(here, &["add", "."]);
    git(here, &["commit", "-q", "-m", "migration"]);
    let sensitive = tollgate(here, &["eval", "--as-of", "2027-01-01"]);
    assert_eq!(sensitive.code, 3, "{}{}", sensitive.out, sensitive.said);
    assert!(sensitive.out.contains("migrations/1.sql is added"), "{}", sensitive.out);
}

#[test]
fn what_is_there_is_never_overwritten_and_then_nothing_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    write(here, ".github/workflows/tollgate.yml", "mine\n");
    write(here, "policy/pack.toml", "mine\n");
    let before = names(here);
    let ran = tollgate(here, &["init", "--ci", "github"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.said.contains("--> policy/pack.toml") && ran.said.contains("--> .github/workflows/tollgate.yml"),
        "{}",
        ran.said
    );
    assert_eq!(names(here), before);
    assert_eq!(std::fs::read_to_string(here.join("policy/pack.toml")).unwrap(), "mine\n");
}

#[cfg(unix)]
#[test]
fn where_a_file_cannot_be_written_nothing_is_left() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    // The directory of the pack's rules can't be made: a file is in its place.
    write(here, "policy/rules", "a file\n");
    let before = names(here);
    let ran = tollgate(here, &["init"]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert_eq!(names(here), before, "{}", ran.said);
}

#[test]
fn each_ci_gets_a_workflow_that_fetches_the_history_and_needs_no_secret() {
    for (ci, path) in [("github", ".github/workflows/tollgate.yml"), ("gitlab", ".gitlab/tollgate.yml")] {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("new");
        let ran = tollgate(&root(""), &["init", target.to_str().unwrap(), "--ci", ci]);
        assert_eq!(ran.code, 0, "{}", ran.said);
        let text = std::fs::read_to_string(target.join(path)).unwrap();
        let _: serde_json::Value = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{ci}: {error}"));
        assert!(text.contains("tollgate eval --base") && text.contains("--output markdown=tollgate.md"), "{text}");
        assert!(text.contains("fetch-depth: 0") || text.contains("GIT_DEPTH: \"0\""), "{text}");
        assert!(!text.contains("secrets."), "{text}");
    }
}

#[test]
fn definitions_for_editors_may_lie_in_a_pack_and_are_no_part_of_it() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    git(here, &["init", "-q"]);
    assert_eq!(tollgate(here, &["init"]).code, 0);
    let digest = || tollgate(here, &["lint", "policy", "--format", "json"]).json()["packs"][0].clone();
    let before = digest();
    assert_eq!(tollgate(here, &["definitions", "--out", "policy"]).code, 0);
    assert_eq!(tollgate(here, &["definitions", "--out", "policy/cases/all.d.rhai"]).code, 0);
    assert!(std::fs::metadata(here.join("policy/tollgate.d.rhai")).unwrap().len() > 65_536, "larger than a script");
    assert_eq!(digest(), before);
    for verb in [["test", "policy"].as_slice(), &["lint", "--deny", "warnings"]] {
        let ran = tollgate(here, verb);
        assert_eq!(ran.code, 0, "{verb:?}: {}{}", ran.out, ran.said);
    }
    // And as a commit has them.
    git(here, &["add", "."]);
    git(here, &["commit", "-q", "-m", "policy"]);
    git(here, &["checkout", "-q", "-b", "sensitive"]);
    write(here, "migrations/1.sql", "create table a (b int);\n");
    git(here, &["add", "."]);
    git(here, &["commit", "-q", "-m", "migration"]);
    let judged = tollgate(here, &["eval", "--as-of", "2027-01-01"]);
    assert_eq!(judged.code, 3, "{}{}", judged.out, judged.said);
    // Where scripts are read, no name keeps one from being read.
    let rule = std::fs::read_to_string(here.join("policy/rules/sensitive-path.rhai")).unwrap();
    for (file, said) in [
        ("policy/rules/broken.d.rhai", "syntax-error"),
        ("policy/lib/broken.d.rhai", "syntax-error"),
        ("policy/other/a.d.rhai/script.rhai", "would never run"),
        ("policy/rules/below/broken.d.rhai", "would never run"),
    ] {
        write(here, file, "fn {");
        let ran = tollgate(here, &["lint", "policy"]);
        assert!(ran.code == 2 && ran.said.contains(said), "{file}: {}{}", ran.out, ran.said);
        std::fs::remove_file(here.join(file)).unwrap();
    }
    write(here, "policy/rules/second.d.rhai", &rule);
    assert!(tollgate(here, &["rules", "--policy", "policy"]).out.contains("second.d"));
}
