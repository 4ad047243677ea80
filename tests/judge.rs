//! The change never picks its judge: settings and packs inside a repository are those of the base.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may panic, and makes its inputs"
)]

#[path = "support/git.rs"]
mod git;

use std::path::{Path, PathBuf};
use std::process::Command;

use git::git;
use tollgate::cli::facts::Fact;
use tollgate::cli::judge::{Run, prepare};
use tollgate::cli::packs::layers;
use tollgate::cli::said::{Described, Location, PackPlace, Said, pack_place};
use tollgate::diagnostic::Diagnostic;
use tollgate::policy::{Layer, PackFiles};

const RULE: &str = "//! Why.\nconst RULE = #{ title: \"A rule\", category: \"process\", enforcement: \"advisory\", risk: \"low\", needs: [\"files\"] };\nfn check(change, params) { note(\"looked\"); }\n";

const BASE: &str = "name = \"base\"\nversion = \"1\"\ndescription = \"\"\n";
const HEAD: &str = "name = \"head\"\nversion = \"1\"\ndescription = \"\"\n";

fn packs(run: &Run) -> Result<Vec<PackFiles>, Vec<Diagnostic>> {
    layers(run).map(|layers| layers.iter().flat_map(Layer::packs).cloned().collect())
}

/// A repository whose branch `topic` is one commit ahead of `main`.
struct Repository {
    directory: tempfile::TempDir,
}

impl Repository {
    /// Both sides as path and text; the checkout is that of the head.
    fn new(base: &[(&str, &str)], head: &[(&str, &str)]) -> Self {
        let repository = Self { directory: tempfile::tempdir().unwrap() };
        repository.git(&["init", "-q", "-b", "main"]);
        repository.commit("first", &[("README", "")]);
        repository.commit("base", base);
        repository.git(&["checkout", "-q", "-b", "topic"]);
        repository.commit("head", head);
        repository
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn commit(&self, message: &str, files: &[(&str, &str)]) {
        for (file, text) in files {
            self.write(file, text);
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(self.path(), "t", "t@example.org", arguments)
    }

    /// Flags that name the repository, and nothing else unless the test adds it.
    fn flags(&self) -> Said {
        Said { change: Some(Described::Git { repo: Some(self.here()), base: None, head: None }), ..Said::default() }
    }

    fn here(&self) -> Location {
        Location { path: self.path().to_path_buf(), shown: "repo".to_owned() }
    }

    fn pack(&self, written: &str) -> Option<Vec<PackPlace>> {
        Some(vec![pack_place(self.path(), written)])
    }

    fn file(&self, name: &str) -> String {
        self.path().join(name).to_str().unwrap().to_owned()
    }
}

fn message(result: Result<Run, Vec<Diagnostic>>) -> String {
    match result {
        Ok(_) => panic!("was not refused"),
        Err(mistakes) => mistakes.iter().map(ToString::to_string).collect(),
    }
}

/// The one file of the one pack.
fn content(run: &Run) -> String {
    let packs = packs(run).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    String::from_utf8(packs[0].files["pack.toml"].clone()).unwrap()
}

#[test]
fn settings_are_those_of_the_base_and_not_of_head_or_checkout() {
    let repository =
        Repository::new(&[("tollgate.toml", "title = \"base\"")], &[("tollgate.toml", "title = \"head\"")]);
    repository.write("tollgate.toml", "title = \"checkout\"");
    let run = prepare(repository.flags(), None).unwrap();
    assert_eq!(run.settings.facts[&Fact::Title].value, ["base"]);
    let base = repository.git(&["rev-parse", "main"]);
    assert_eq!(run.settings.file.unwrap(), format!("tollgate.toml@{}", &base[..12]));
}

#[test]
fn without_settings_at_the_base_the_head_brings_none_and_the_built_in_pack_judges() {
    let repository = Repository::new(&[], &[("tollgate.toml", "policy = [\"mine\"]"), ("mine/pack.toml", "")]);
    let run = prepare(repository.flags(), None).unwrap();
    assert_eq!(run.settings.policy.value, [PackPlace::Builtin("baseline".to_owned())]);
    assert_eq!(run.settings.file, None);
}

#[test]
fn settings_that_are_named_inside_the_repository_are_read_from_the_base_too() {
    let repository = Repository::new(&[("ci/t.toml", "title = \"base\"")], &[("ci/t.toml", "title = \"head\"")]);
    let run = prepare(repository.flags(), Some(&repository.file("ci/t.toml"))).unwrap();
    assert_eq!(run.settings.facts[&Fact::Title].value, ["base"]);
}

#[test]
fn settings_that_only_the_head_has_are_refused_by_name() {
    let repository = Repository::new(&[], &[("ci/t.toml", "title = \"head\"")]);
    let said = message(prepare(repository.flags(), Some(&repository.file("ci/t.toml"))));
    assert!(said.contains("has no `ci/t.toml`"), "{said}");
}

#[test]
fn the_head_cannot_turn_a_change_of_the_repository_into_two_directories() {
    let repository = Repository::new(
        &[
            ("ci/t.toml", "policy = [\"../p\"]"),
            ("p/pack.toml", "name = \"p\"\nversion = \"1.0.0\"\ndescription = \"a pack\""),
            ("p/rules/r.rhai", RULE),
        ],
        &[("ci/t.toml", "trees = [\"same\", \"same\"]"), ("ci/same/x", "")],
    );
    // The settings file alone says what the change is, and the base's says that it is one of the repository.
    let output = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(["eval", "--config", "ci/t.toml", "--format", "json"])
        .current_dir(repository.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(&repository.git(&["rev-parse", "topic"])[..12]), "{said}");
    assert!(!said.contains("`same`"), "{said}");
}

#[test]
fn two_directories_that_the_base_names_as_well_are_taken() {
    let text = "trees = [\"a\", \"b\"]";
    let repository = Repository::new(&[("e/t.toml", text), ("e/a/x", ""), ("e/b/x", "")], &[]);
    let run = prepare(Said::default(), Some(&repository.file("e/t.toml"))).unwrap();
    assert!(matches!(run.settings.change.value, Described::Trees(..)));
}

#[test]
fn settings_of_the_base_may_name_another_base_and_nothing_that_leaves_the_repository() {
    let repository = Repository::new(&[("tollgate.toml", "base = \"main~1\"")], &[]);
    let run = prepare(repository.flags(), None).unwrap();
    assert_eq!(run.raw.unwrap().change.base.unwrap(), repository.git(&["rev-parse", "main~1"]));

    for (key, text) in [("trees", "trees = [\"a\", \"b\"]"), ("evidence", "evidence = \"e\""), ("repo", "repo = \".\"")]
    {
        let repository = Repository::new(&[("tollgate.toml", text)], &[]);
        let said = message(prepare(repository.flags(), None));
        assert!(said.contains(&format!("`{key}` can't be set")), "{said}");
    }
}

#[test]
fn broken_settings_at_the_base_are_a_mistake_at_their_place() {
    let repository = Repository::new(&[("tollgate.toml", "\npolcy = []")], &[("tollgate.toml", "")]);
    let said = message(prepare(repository.flags(), None));
    assert!(said.contains(":2:1: unknown key `polcy`"), "{said}");
}

#[test]
fn settings_outside_of_the_repository_count_as_they_lie_there() {
    let repository = Repository::new(&[("tollgate.toml", "title = \"base\"")], &[]);
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("t.toml");
    std::fs::write(&file, "title = \"outside\"\nbase = \"main~1\"").unwrap();
    let run = prepare(repository.flags(), file.to_str()).unwrap();
    assert_eq!(run.settings.facts[&Fact::Title].value, ["outside"]);
    assert_eq!(run.raw.unwrap().change.base.unwrap(), repository.git(&["rev-parse", "main~1"]));
}

#[test]
fn a_pack_inside_the_repository_is_that_of_the_base_however_it_is_spelled() {
    let repository = Repository::new(&[("p/org/pack.toml", BASE)], &[("p/org/pack.toml", HEAD)]);
    let base = repository.git(&["rev-parse", "main"]);
    for written in ["p/org", "./p/../p/org/", "p//org"] {
        let run = prepare(Said { policy: repository.pack(written), ..repository.flags() }, None).unwrap();
        assert_eq!(content(&run), BASE, "{written}");
        assert_eq!(packs(&run).unwrap()[0].origin, format!("p/org@{}", &base[..12]));
    }
}

#[test]
fn a_pack_that_the_checkout_lost_is_still_that_of_the_base() {
    let repository = Repository::new(&[("p/pack.toml", BASE)], &[]);
    std::fs::remove_dir_all(repository.path().join("p")).unwrap();
    let run = prepare(Said { policy: repository.pack("p"), ..repository.flags() }, None).unwrap();
    assert_eq!(content(&run), BASE);
}

#[test]
fn a_pack_that_only_the_head_has_is_refused() {
    let repository = Repository::new(&[], &[("p/pack.toml", HEAD)]);
    let run = prepare(Said { policy: repository.pack("p"), ..repository.flags() }, None).unwrap();
    let mistakes = packs(&run).unwrap_err();
    assert!(mistakes[0].message.contains("there is no pack `p` at"), "{mistakes:?}");
}

#[test]
fn a_place_that_is_no_pack_is_answered_by_where_the_pack_is() {
    let files = [("p/org/pack.toml", BASE), ("p/org/rules/a.rhai", RULE), ("p/README", "")];
    let repository = Repository::new(&files, &[("p/next/pack.toml", HEAD)]);
    let base = repository.git(&["rev-parse", "main"])[..12].to_owned();
    let said = |written: &str| {
        let policy = repository.pack(written);
        let run = prepare(Said { policy, ..repository.flags() }, None).unwrap();
        let mistakes = packs(&run).unwrap_err();
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        (mistakes[0].message.clone(), mistakes[0].help.clone().unwrap())
    };
    let (message, help) = said("p/org/pack.toml");
    assert_eq!(message, format!("`p/org/pack.toml` is a file at {base}, expected a pack, which is a directory"));
    assert_eq!(help, "the pack is `p/org`");
    assert_eq!(said("p/org/rules"), (format!("`p/org/rules` has no `pack.toml` at {base}, expected a pack"), help));
    let (message, help) = said("p");
    assert_eq!(message, format!("`p` has no `pack.toml` at {base}, expected a pack"));
    assert_eq!(help, "did you mean `p/org`?");
    let (message, help) = said("p/ogr");
    assert_eq!((message, help.as_str()), (format!("there is no pack `p/ogr` at {base}"), "did you mean `p/org`?"));
    let (message, help) = said(".");
    assert_eq!(
        (message, help.as_str()),
        (format!("`.` has no `pack.toml` at {base}, expected a pack"), "did you mean `./p/org`?")
    );
    let (_, help) = said("elsewhere");
    assert!(help.starts_with("packs inside the repository are read from the base; commit it there first"), "{help}");
    let (_, help) = said("p/next");
    assert!(help.contains("commit it there first"), "the checkout has it: {help}");
}

#[cfg(unix)]
#[test]
fn a_link_does_not_bring_a_pack_of_the_head_in() {
    let repository = Repository::new(&[("p/pack.toml", BASE)], &[("evil/pack.toml", HEAD)]);
    let outside = tempfile::tempdir().unwrap();
    let link = |target: PathBuf, name: &Path| std::os::unix::fs::symlink(target, name).unwrap();
    // From outside into the checkout.
    link(repository.path().join("evil"), &outside.path().join("in"));
    let policy = Some(vec![pack_place(outside.path(), "in")]);
    let run = prepare(Said { policy, ..repository.flags() }, None).unwrap();
    assert!(packs(&run).is_err());
    // Inside the checkout, in the place of the base's pack.
    std::fs::remove_dir_all(repository.path().join("p")).unwrap();
    link(repository.path().join("evil"), &repository.path().join("p"));
    let run = prepare(Said { policy: repository.pack("p"), ..repository.flags() }, None).unwrap();
    assert_eq!(content(&run), BASE);
}

#[test]
fn another_commit_for_packs_is_taken_and_listed_as_a_weakening() {
    let repository = Repository::new(&[("p/pack.toml", BASE)], &[("p/pack.toml", HEAD)]);
    let flags = Said { policy: repository.pack("p"), policy_ref: Some("topic".to_owned()), ..repository.flags() };
    let run = prepare(flags, None).unwrap();
    assert_eq!(content(&run), HEAD);
    assert_eq!(run.settings.weakenings(None, &[])[0].by, "--policy-ref");
}

#[test]
fn packs_of_the_bases_own_settings_are_paths_of_the_repository() {
    let repository =
        Repository::new(&[("tollgate.toml", "policy = [\"p\"]"), ("p/pack.toml", BASE)], &[("p/pack.toml", HEAD)]);
    let run = prepare(repository.flags(), None).unwrap();
    assert_eq!(content(&run), BASE);
}

/// `pack.toml` of a pack that extends others.
fn extending(name: &str, extends: &str) -> String {
    format!("name = \"{name}\"\nversion = \"1\"\ndescription = \"\"\nextends = [{extends}]\n")
}

#[test]
fn what_a_pack_inside_the_repository_extends_is_that_of_the_base() {
    let org = extending("org", "\"../common\", \"builtin:baseline\"");
    let repository =
        Repository::new(&[("p/org/pack.toml", &org), ("p/common/pack.toml", BASE)], &[("p/common/pack.toml", HEAD)]);
    let base = repository.git(&["rev-parse", "main"]);
    let run = prepare(Said { policy: repository.pack("p/org"), ..repository.flags() }, None).unwrap();
    let origins: Vec<String> = packs(&run).unwrap().into_iter().map(|pack| pack.origin).collect();
    let at = |path: &str| format!("{path}@{}", &base[..12]);
    assert_eq!(origins, [at("p/org"), at("p/common"), "builtin:baseline".to_owned()]);
    assert_eq!(packs(&run).unwrap()[1].files["pack.toml"], BASE.as_bytes());
}

#[test]
fn a_pack_inside_the_repository_extends_nothing_outside_of_it() {
    for written in ["../../common", "/etc", "../org/../../../p"] {
        let org = extending("org", &format!("\"{written}\""));
        let repository = Repository::new(&[("p/org/pack.toml", &org), ("common/pack.toml", BASE)], &[]);
        let run = prepare(Said { policy: repository.pack("p/org"), ..repository.flags() }, None).unwrap();
        let mistakes = packs(&run);
        match written {
            "../../common" => assert_eq!(mistakes.unwrap().len(), 2),
            _ => {
                let told = mistakes.unwrap_err()[0].to_string();
                assert!(told.contains("p/org@") && told.contains("pack.toml:4:12"), "{written}: {told}");
            }
        }
    }
}

#[test]
fn a_pack_outside_that_extends_one_inside_gets_that_of_the_base() {
    let repository = Repository::new(&[("p/pack.toml", BASE)], &[("p/pack.toml", HEAD)]);
    let outside = tempfile::tempdir_in(repository.path().parent().unwrap()).unwrap();
    let inside = repository.path().file_name().unwrap().to_str().unwrap().to_owned();
    std::fs::write(outside.path().join("pack.toml"), extending("org", &format!("\"../{inside}/p\""))).unwrap();
    let policy = Some(vec![pack_place(outside.path(), "")]);
    let run = prepare(Said { policy, ..repository.flags() }, None).unwrap();
    assert_eq!(packs(&run).unwrap()[1].files["pack.toml"], BASE.as_bytes());
}

#[test]
fn packs_on_the_disk_that_extend_each_other_in_a_circle_are_told_with_the_chain() {
    let disk = tempfile::tempdir().unwrap();
    for (name, extends) in [("a", "\"../b\""), ("b", "\"../c\""), ("c", "\"../a\"")] {
        std::fs::create_dir(disk.path().join(name)).unwrap();
        std::fs::write(disk.path().join(name).join("pack.toml"), extending(name, extends)).unwrap();
    }
    let told = tollgate::cli::packs::as_it_stands(&pack_place(disk.path(), "a")).map(drop).unwrap_err()[0].to_string();
    assert!(told.contains("`a` extends `b` extends `c` extends `a`"), "{told}");
    assert!(told.contains("c/pack.toml:4:12"), "{told}");
}

#[test]
fn what_is_not_committed_is_said_beside_the_verdict_and_changes_nothing_of_it() {
    let repository = Repository::new(&[("a", "one")], &[("a", "two"), ("b", "two"), ("c", "two")]);
    let eval = |more: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_tollgate"))
            .args(["eval", "--as-of", "2026-01-01", "--format", "json"])
            .args(more)
            .current_dir(repository.path())
            .env_remove("TOLLGATE_LOG")
            .output()
            .unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (verdict, said) = eval(&[]);
    assert!(!said.contains("not judged"), "{said}");
    repository.write("a", "three");
    let (again, said) = eval(&[]);
    assert!(said.contains("\ntollgate: 1 uncommitted change is not judged: `a`\n"), "{said}");
    assert_eq!(verdict, again);
    for file in ["b", "c", "d", "e", "f", "g"] {
        repository.write(file, "three");
    }
    repository.git(&["add", "."]);
    let (again, said) = eval(&["--repo", ".", "--head", "topic"]);
    let line = "7 uncommitted changes are not judged: `a`, `b`, `c`, `d`, `e` and 2 more";
    assert!(said.contains(&format!("\ntollgate: {line}\n")), "{said}");
    assert!(!again.contains("uncommitted"));
    let (_, said) = eval(&["--base", "main~1", "--head", "main"]);
    assert!(!said.contains("not judged"), "{said}");
}
