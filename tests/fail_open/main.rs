//! Known ways in which gates let a change pass that they should not. Each row is one: whatever it ends in, it is not
//! `approved`. Beside each table stands a control that is approved, so that a row does not hold by accident.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::string_slice,
    reason = "a test may panic, and makes its inputs"
)]

mod advisories;
mod dependencies;
mod earlier;
mod findings;
mod hostile;
mod judges;
mod known;
mod mutations;
mod outputs;
mod people;
mod policy;
mod repository;
mod waivers;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A directory with the two sides of a change, packs, and whatever else a row needs.
pub(crate) struct Place {
    directory: tempfile::TempDir,
}

/// Objects to each serious finding that the change brings in.
pub(crate) const ASKS_FINDINGS: &str =
    "for f in change.findings.introduced().on_changed_lines().severity_at_least(\"high\") { violation(f, f.message); }";

impl Place {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn remove(&self, file: &str) {
        std::fs::remove_file(self.path().join(file)).unwrap();
    }

    /// A pack of one hard-mandatory rule.
    pub(crate) fn pack(&self, name: &str, needs: &str, check: &str) {
        self.write(&format!("{name}/pack.toml"), pack_toml(name));
        self.write(&format!("{name}/rules/the-rule.rhai"), rule(needs, check));
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
        command.args(arguments).current_dir(self.path()).env_remove("TOLLGATE_LOG").stdin(Stdio::null());
        command
    }

    /// `eval` at a fixed time; the verdict as JSON.
    pub(crate) fn eval(&self, arguments: &[&str]) -> Output {
        self.run(&[&["eval", "--as-of", "2026-01-31", "--format", "json"], arguments].concat())
    }

    /// Runs git without anybody's configuration.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub(crate) fn commit(&self) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
        self.git(&["rev-parse", "HEAD"])
    }
}

pub(crate) fn pack_toml(name: &str) -> String {
    format!("name = \"{name}\"\nversion = \"1.0.0\"\ndescription = \"a pack\"\n")
}

pub(crate) fn rule(needs: &str, check: &str) -> String {
    format!(
        "const RULE = #{{ title: \"t\", category: \"process\", enforcement: \"hard-mandatory\", risk: \"high\", needs: [{needs}] }};\nfn check(change, params) {{ {check} }}\n"
    )
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("ended by a signal: {}", stderr(output)))
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a row ended in: the exit code and, where there is one, the decision; both have to say the same.
#[track_caller]
pub(crate) fn decision(name: &str, output: &Output) -> String {
    let code = code(output);
    let said = stderr(output);
    assert!(!said.contains("panicked"), "{name}: {said}");
    let decision = serde_json::from_slice::<Value>(&output.stdout)
        .map_or_else(|_| "none".to_owned(), |verdict| verdict["decision"].as_str().unwrap().to_owned());
    let expected = match decision.as_str() {
        "approved" => 0,
        "rejected" => 1,
        "none" => 2,
        "approval_required" => 3,
        "indeterminate" => 4,
        other => panic!("{name}: {other}"),
    };
    assert_eq!(code, expected, "{name}: {decision}: {said}");
    decision
}

/// Checks a table of rows, and says of all that are wrong.
#[track_caller]
pub(crate) fn all<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str, String)>) {
    let wrong: Vec<String> = rows
        .into_iter()
        .filter(|(_, expected, found)| expected != found)
        .map(|(name, expected, found)| format!("{name}: {found}, expected {expected}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
