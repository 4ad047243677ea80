//! What reading a policy tells: explanations that are shown to be right, warnings of `lint`, the calls that led to an
//! error, and the policy that `init` writes.

#![expect(
    clippy::disallowed_methods,
    reason = "tests write their own files, run the program, and are told to write by the environment"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that can't go on has failed"
)]

mod calls;
mod examples;
mod formats;
#[path = "../support/git.rs"]
mod git;
mod init;
mod metadata;
mod warnings;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Runs git in a directory.
fn git(directory: &Path, arguments: &[&str]) {
    git::git(directory, "a", "a@example.com", arguments);
}

/// What a run of the program gave.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    said: String,
}

impl Ran {
    /// The lines of standard error as JSON, where that is what was asked for.
    fn messages(&self) -> Vec<Value> {
        self.said.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.said))
    }

    /// The codes of a level, wherever they are told.
    fn codes(&self, level: &str) -> BTreeSet<String> {
        let document: Value = serde_json::from_str(&self.out).unwrap_or_default();
        let told = document["diagnostics"].as_array().cloned().unwrap_or_default();
        let mut codes: BTreeSet<String> = self
            .messages()
            .into_iter()
            .chain(told)
            .filter(|message| message["level"] == level)
            .filter_map(|message| message["code"].as_str().map(str::to_owned))
            .collect();
        if level == "error" {
            let rules = document["rules"].as_array().cloned().unwrap_or_default();
            codes.extend(rules.iter().filter_map(|rule| rule["diagnostic"]["code"].as_str().map(str::to_owned)));
        }
        codes
    }
}

/// Runs the program in a directory.
fn tollgate(directory: &Path, arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(arguments)
        .current_dir(directory)
        .env("NO_COLOR", "1")
        .env_remove("TOLLGATE_LOG")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        said: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A directory with files.
fn files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        write(directory.path(), name, text);
    }
    directory
}

fn write(directory: &Path, name: &str, text: &str) {
    let path = directory.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// An ordinary `pack.toml`.
fn manifest(name: &str) -> String {
    format!("name = \"{name}\"\nversion = \"1.0.0\"\ndescription = \"a pack\"\n")
}
