//! `tollgate definitions`: to standard output, to a file, or to a directory, whole or not at all.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tollgate::policy::definitions;

fn tollgate(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command.arg("definitions").args(arguments).env_remove("TOLLGATE_LOG").stdin(Stdio::null()).output().unwrap()
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_is_printed_is_what_a_file_gets() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("tollgate.d.rhai");
    std::fs::write(&file, "an older one").unwrap();
    let written = tollgate(&["--out", file.to_str().unwrap()]);
    assert_eq!((written.status.code(), written.stdout.as_slice()), (Some(0), [].as_slice()));
    let printed = tollgate(&[]);
    assert_eq!(printed.status.code(), Some(0));
    assert_eq!(String::from_utf8(printed.stdout).unwrap(), definitions().single());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), definitions().single());
    assert_eq!(names(directory.path()), ["tollgate.d.rhai"]);
}

#[test]
fn a_directory_gets_a_file_for_each_part() {
    let directory = tempfile::tempdir().unwrap();
    let written = tollgate(&["--out", directory.path().to_str().unwrap()]);
    assert_eq!(written.status.code(), Some(0));
    assert_eq!(names(directory.path()), ["language.d.rhai", "scope.d.rhai", "tollgate.d.rhai"]);
    for (name, text) in definitions().files() {
        assert_eq!(std::fs::read_to_string(directory.path().join(name)).unwrap(), text);
    }
}

#[test]
fn where_nothing_can_be_written_nothing_is_and_the_exit_code_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("none/tollgate.d.rhai");
    // Without the ending it is a directory that was meant.
    for out in [file, directory.path().join("definitions"), directory.path().join("tollgate.rhai")] {
        let refused = tollgate(&["--out", out.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(String::from_utf8(refused.stderr).unwrap().contains("there is no directory"));
        assert!(names(directory.path()).is_empty());
    }
}
