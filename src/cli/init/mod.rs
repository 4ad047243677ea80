//! `tollgate init`: a policy that works from the first minute. It overwrites nothing, and writes all of it or nothing.

use std::path::{Path, PathBuf};

use super::console::Console;
use super::{Exit, args};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::vocabulary;

const EXAMPLES: &str = "\
What is written: policy/ (a pack with one rule, a module, and cases on both sides of the rule),
tollgate.toml, which names it beside the built-in pack, and with --ci a workflow that judges every
change (on GitLab, one to include). A file that is there already is an error; then nothing is written.
The gate reads settings and packs from the base of a change: they count once they are merged.
Exit codes: 0 written, 2 nothing was written.

Examples:
  tollgate init
  tollgate init --ci github && tollgate test policy && tollgate lint";

vocabulary! {
    /// Where changes are judged.
    pub enum Ci("CI", ordered: false) {
        /// GitHub Actions.
        Github = "github",
        /// GitLab CI.
        Gitlab = "gitlab",
    }
}

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct InitArgs {
    /// Directory to write into, the root of a repository
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// Write a workflow for a CI as well
    #[arg(long, value_name = "CI", value_parser = args::word::<Ci>())]
    ci: Option<Ci>,
}

/// What is written whatever the CI.
const FILES: &[(&str, &str)] = &[
    ("tollgate.toml", include_str!("files/tollgate.toml")),
    ("policy/pack.toml", include_str!("files/pack.toml")),
    ("policy/rules/sensitive-path.rhai", include_str!("files/sensitive-path.rhai")),
    ("policy/lib/words.rhai", include_str!("files/words.rhai")),
    ("policy/cases/sensitive-path/a-migration.toml", include_str!("files/a-migration.toml")),
    ("policy/cases/sensitive-path/a-page-of-documentation.toml", include_str!("files/a-page-of-documentation.toml")),
];

const GITHUB: (&str, &str) = (".github/workflows/tollgate.yml", include_str!("files/github.yml"));
const GITLAB: (&str, &str) = (".gitlab/tollgate.yml", include_str!("files/gitlab.yml"));

/// Runs the verb.
pub fn run(args: &InitArgs, console: &Console) -> Exit {
    let ci = args.ci.map(|ci| match ci {
        Ci::Github => GITHUB,
        Ci::Gitlab => GITLAB,
    });
    let files: Vec<(&str, &str)> = FILES.iter().copied().chain(ci).collect();
    if let Err(mistakes) = write(&args.directory, &files) {
        return console.refuse(&mistakes);
    }
    let mut text = String::new();
    for (name, _) in files {
        text.push_str(&format!("wrote {}\n", super::console::one_line(&shown(&args.directory, name))));
    }
    text.push_str(&next(&args.directory));
    match console.stdout(text.as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(exit) => exit,
    }
}

/// What to do with what was written. That the base judges is why a first `eval` does not heed it, which nobody would guess.
fn next(directory: &Path) -> String {
    let policy = super::console::one_line(&shown(directory, "policy"));
    let repo = match policy.strip_suffix("/policy") {
        Some(directory) => format!(" --repo {directory}"),
        None => String::new(),
    };
    format!(
        "next: `tollgate test {policy}`, `tollgate lint {policy}`, and commit the files\n\
         The gate reads settings and packs from the base of a change, never from the change: they count once they are merged.\n\
         To try the packs on a change before that, commit them and say so:\n  \
         tollgate eval{repo} --policy builtin:baseline --policy {policy} --policy-ref HEAD\n"
    )
}

fn shown(directory: &Path, name: &str) -> String {
    if directory == Path::new(".") { name.to_owned() } else { directory.join(name).display().to_string() }
}

/// Writes every file beside its place first, then moves each of them there; what is in the way is never replaced.
fn write(directory: &Path, files: &[(&str, &str)]) -> Result<(), Vec<Diagnostic>> {
    let there = files.iter().filter(|(name, _)| directory.join(name).symlink_metadata().is_ok());
    let there: Vec<Diagnostic> = there.map(|(name, _)| exists(directory, name)).collect();
    if !there.is_empty() {
        return Err(there);
    }
    let failed = |name: &str, error: &std::io::Error| {
        vec![
            Diagnostic::new(Code::UnwritableReport, format!("can't be written: {error}"))
                .at(Place::file(shown(directory, name))),
        ]
    };
    let mut made = Made::default();
    for (name, text) in files {
        made.prepare(directory, name, text).map_err(|error| failed(name, &error))?;
    }
    made.keep().map_err(|(name, error)| match error.kind() {
        std::io::ErrorKind::AlreadyExists => vec![exists(directory, &name)],
        _ => failed(&name, &error),
    })
}

fn exists(directory: &Path, name: &str) -> Diagnostic {
    Diagnostic::new(Code::FileExists, "is there already, and nothing is overwritten")
        .at(Place::file(shown(directory, name)))
        .help("move it away, or take over by hand what `tollgate init` writes into an empty directory")
}

/// What was made so far. Whatever is not kept is removed again: files, then the directories that were made for them.
#[derive(Default)]
struct Made {
    directories: Vec<PathBuf>,
    waiting: Vec<(String, PathBuf, tempfile::NamedTempFile)>,
    written: Vec<PathBuf>,
    kept: bool,
}

impl Made {
    fn prepare(&mut self, directory: &Path, name: &str, text: &str) -> std::io::Result<()> {
        use std::io::Write as _;
        let path = directory.join(name);
        let parent = path.parent().unwrap_or(directory);
        let absent: Vec<PathBuf> =
            parent.ancestors().filter(|at| !at.as_os_str().is_empty() && !at.exists()).map(Path::to_path_buf).collect();
        for missing in absent.into_iter().rev() {
            std::fs::create_dir(&missing)?;
            self.directories.push(missing);
        }
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        let mut file = builder.prefix(".tollgate-init").tempfile_in(parent)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        self.waiting.push((name.to_owned(), path, file));
        Ok(())
    }

    fn keep(mut self) -> Result<(), (String, std::io::Error)> {
        for (name, path, file) in std::mem::take(&mut self.waiting) {
            file.persist_noclobber(&path).map_err(|error| (name, error.error))?;
            self.written.push(path);
        }
        self.kept = true;
        Ok(())
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        self.waiting.clear();
        // What can't be removed is left: the error that led here is the one to be told.
        for path in &self.written {
            let _ = std::fs::remove_file(path);
        }
        for path in self.directories.iter().rev() {
            let _ = std::fs::remove_dir(path);
        }
    }
}
