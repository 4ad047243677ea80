//! A directory with a repository, `repo`, whose branch `topic` is one commit ahead of `main`, and files outside of it, `out`.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::git::git;

pub(crate) struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    /// What base and head have, as path and text.
    pub(crate) fn new(base: &[(&str, &str)], head: &[(&str, &str)]) -> Self {
        let place = Self { directory: tempfile::tempdir().unwrap() };
        std::fs::create_dir(place.path().join("repo")).unwrap();
        place.git(&["init", "-q", "-b", "main"]);
        place.commit(&[("a.txt", "a")]);
        place.commit(base);
        place.git(&["checkout", "-q", "-b", "topic"]);
        place.commit(head);
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn commit(&self, files: &[(&str, &str)]) {
        for (file, text) in files {
            self.write(&format!("repo/{file}"), text);
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "a commit"]);
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git(&self.path().join("repo"), "Committer", "c@example.org", arguments)
    }

    pub(crate) fn head(&self) -> String {
        self.git(&["rev-parse", "topic"])
    }

    /// A pack outside of the repository with one rule, which does something about each changed file.
    pub(crate) fn pack(&self, name: &str, more: &str, check: &str) {
        let [(manifest, text), (rule, script)] = pack(name, more, check);
        self.write(&format!("out/{name}/{manifest}"), &text);
        self.write(&format!("out/{name}/{rule}"), &script);
    }

    /// Reviews that approve, by login and commit.
    pub(crate) fn reviews(&self, reviews: &[(&str, &str)]) {
        let reviews: Vec<_> = reviews
            .iter()
            .zip(1..)
            .map(|((login, commit), id)| {
                serde_json::json!({
                    "id": id, "user": {"login": login, "id": id, "type": "User"}, "state": "APPROVED",
                    "commit_id": commit, "submitted_at": "2026-01-30T12:00:00Z", "body": "",
                })
            })
            .collect();
        self.write("out/reviews.json", &serde_json::Value::from(reviews).to_string());
    }

    pub(crate) fn over(&self, head: &str, expires: &str) {
        let text = format!(
            "head = \"{head}\"\nreason = \"outage\"\nowner = \"team:payments\"\nticket = \"INC-1\"\nexpires = {expires}\n"
        );
        self.write("out/override.toml", &text);
    }

    pub(crate) fn eval(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tollgate"))
            .args(["eval", "--repo", "repo", "--head", "topic"])
            .args(if arguments.contains(&"--base") { &[][..] } else { &["--base", "main"] })
            .args(arguments)
            .current_dir(self.path())
            .env_remove("TOLLGATE_LOG")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

/// A pack's two files.
pub(crate) fn pack(name: &str, more: &str, check: &str) -> [(String, String); 2] {
    let manifest = format!("name = \"{name}\"\nversion = \"1.0.0\"\ndescription = \"a pack\"\n{more}");
    let rule = format!(
        "//! Why.\nconst RULE = #{{ title: \"The rule\", category: \"process\", enforcement: \"hard-mandatory\", risk: \"medium\", needs: [\"files\"] }};\nfn check(change, params) {{ for f in change.files {{ {check} }} }}\n"
    );
    [("pack.toml".to_owned(), manifest), (format!("rules/the-{name}-rule.rhai"), rule)]
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub(crate) fn verdict(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stderr(output)))
}
