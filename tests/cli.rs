//! The command line as it is seen: help, usage errors, exit codes. `TRYCMD=overwrite cargo test --test cli` writes anew
//! what is seen.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::{Command, Stdio};

/// The program, with nothing of the environment that it looks at.
fn tollgate() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command.env_remove("TOLLGATE_LOG").env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

#[test]
fn the_command_line_says_what_is_written_down() {
    trycmd::TestCases::new().env("NO_COLOR", "1").env("TOLLGATE_LOG", "").case("tests/cmd/*.trycmd");
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_no_success() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status = tollgate().arg("--help").stdout(full).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn a_reader_that_went_away_is_no_success() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = tollgate().arg("--help").stdout(writer).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn a_verb_that_only_prints_ends_quietly_where_nobody_reads_on() {
    for verb in [["definitions"].as_slice(), &["explain"], &["schema", "pack"], &["completions", "bash"], &["rules"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = tollgate().args(verb).stdout(writer).output().unwrap();
        assert_eq!(
            (output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()),
            (Some(2), ""),
            "{verb:?}"
        );
    }
}

#[test]
fn a_filter_in_the_environment_that_is_none_is_refused() {
    let output = tollgate().args(["eval", "--trees", ".", "."]).env("TOLLGATE_LOG", "tollgate=loud").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("of TOLLGATE_LOG is no filter"), "{said}");
}
