//! Reading a change: 5,000 changed files of a git repository, and a diff of 20 MB, each against git itself.
//!
//! `cargo bench --bench files [-- FILES MEGABYTES]`. The peer is `git diff --raw --numstat -M` over the same change, a process with
//! what it takes to start one; ours runs inside of this program and, for the whole command, as `tollgate collect`. Rounds of both sides alternate, and
//! each figure is the least of them. Without git on the machine there is nothing to measure.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    reason = "a program of its own"
)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use tollgate::collect::diff;
use tollgate::collect::git::{GitOptions, read};

const ROUNDS: usize = 7;

fn main() {
    let mut sizes = std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let (files, megabytes) = (sizes.next().unwrap_or(5_000), sizes.next().unwrap_or(20));
    if Command::new("git").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("there is no git on this machine, so there is nothing to compare with");
        return;
    }
    println!("{:<44} {:>9} {:>9} {:>7}", "", "ours, ms", "git, ms", "ratio");
    let directory = tempfile::tempdir().unwrap();

    let repository = directory.path().join("files");
    make_repository(&repository, files, 150, 6);
    let options = GitOptions { repo: repository.clone(), base: Some("base".into()), head: Some("head".into()) };
    let changed = numstat(&repository);
    compare(
        &format!("git, {changed} changed files"),
        || assert_eq!(read(&options).unwrap().files.len(), changed),
        || assert_eq!(numstat(&repository), changed),
    );

    // Few lines a file would be headers alone: each file of it has about 40 KB of changed lines.
    let repository = directory.path().join("diff");
    make_repository(&repository, megabytes * 25, 1_000, 500);
    let output = git(&repository, &["diff", "-M", "base", "head"]).output().unwrap();
    let changed = numstat(&repository);
    compare(
        &format!("diff of {:.0} MB, {changed} changed files", output.stdout.len() as f64 / 1e6),
        || assert_eq!(diff::read(&output.stdout).unwrap().files.len(), changed),
        || assert_eq!(numstat(&repository), changed),
    );
    let options = GitOptions { repo: repository.clone(), base: Some("base".into()), head: Some("head".into()) };
    compare(
        "git, the change of that diff",
        || assert_eq!(read(&options).unwrap().files.len(), changed),
        || assert_eq!(numstat(&repository), changed),
    );
}

fn compare(name: &str, ours: impl Fn(), git: impl Fn()) {
    let (mut our_best, mut git_best) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        our_best = our_best.min(seconds(&ours));
        git_best = git_best.min(seconds(&git));
    }
    println!("{name:<44} {:>9.1} {:>9.1} {:>6.2}x", our_best * 1e3, git_best * 1e3, our_best / git_best);
}

fn seconds(run: impl Fn()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

fn git(repository: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(repository).args(arguments);
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    command
}

/// How many files changed, by the peer.
fn numstat(repository: &Path) -> usize {
    let output = git(repository, &["diff", "--raw", "--numstat", "-M", "base", "head"]).output().unwrap();
    assert!(output.status.success());
    output.stdout.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b":")).count()
}

/// A bare repository with the branches `base` and `head`: three times as many files as change, of about `lines` lines each, of which
/// `edits` differ. Every twentieth file that changes is renamed as well, every fiftieth is new, every fiftieth is gone.
fn make_repository(repository: &Path, changed: usize, lines: usize, edits: usize) {
    assert!(Command::new("git").args(["init", "-q", "--bare"]).arg(repository).status().unwrap().success());
    let mut random = Random(1);
    let mut stream = Vec::new();
    commit(&mut stream, "base", None);
    let total = changed * 3;
    for index in 0..total {
        let text = text(index, lines, None, &mut random);
        modify(&mut stream, &path(index), &text);
    }
    commit(&mut stream, "head", Some("refs/heads/base"));
    for index in 0..changed {
        let text = text(index, lines, Some(edits), &mut random);
        match index % 100 {
            0 | 50 => {
                writeln!(stream, "D {}", path(index)).unwrap();
            }
            1 | 51 => modify(
                &mut stream,
                &format!("new/{}", path(index)),
                &format!("{index}\n{}", text.replace("let ", "use ")),
            ),
            step if step % 20 == 2 => {
                writeln!(stream, "R {} moved/{}", path(index), path(index)).unwrap();
                let few = self::text(index, lines, Some(edits.min(lines / 5)), &mut random);
                modify(&mut stream, &format!("moved/{}", path(index)), &few);
            }
            _ => modify(&mut stream, &path(index), &text),
        }
    }
    stream.extend_from_slice(b"done\n");
    let mut import = git(repository, &["fast-import", "--quiet", "--done"]).stdin(Stdio::piped()).spawn().unwrap();
    import.stdin.take().unwrap().write_all(&stream).unwrap();
    assert!(import.wait().unwrap().success());
    // As after a clone: one pack.
    assert!(git(repository, &["repack", "-adq"]).status().unwrap().success());
}

fn commit(stream: &mut Vec<u8>, branch: &str, from: Option<&str>) {
    write!(stream, "commit refs/heads/{branch}\ncommitter A <a@a.example> 1700000000 +0000\ndata 1\nx\n").unwrap();
    if let Some(from) = from {
        writeln!(stream, "from {from}").unwrap();
    }
}

fn modify(stream: &mut Vec<u8>, path: &str, text: &str) {
    write!(stream, "M 100644 inline {path}\ndata {}\n{text}\n", text.len()).unwrap();
}

fn path(index: usize) -> String {
    format!("src/package_{}/part_{}/module_{index}.rs", index % 40, index % 7)
}

/// A text of its own for each file; with edits, that many of its lines are others.
fn text(file: usize, lines: usize, edits: Option<usize>, random: &mut Random) -> String {
    let edited: std::collections::BTreeSet<usize> =
        (0..edits.unwrap_or(0)).map(|_| random.below(lines as u64) as usize).collect();
    let mut out = String::with_capacity(lines * 40);
    for line in 0..lines {
        let mark = if edited.contains(&line) { "changed" } else { "value" };
        writeln!(out, "    let {mark}_{} = compute({}, \"{file}\");", (line * 31 + file) % 997, line * file % 1009)
            .unwrap();
    }
    out
}

struct Random(u64);

impl Random {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}
