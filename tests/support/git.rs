//! Git for tests, without anybody's configuration.

use std::path::Path;
use std::process::Command;

/// Runs git in a directory, as somebody who is called `name <email>`; gives what it says, without the end of the line.
pub(crate) fn git(directory: &Path, name: &str, email: &str, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", &format!("user.name={name}"), "-c", &format!("user.email={email}")])
        .args(["-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
