//! `tollgate lint`: what only reading a policy can tell, without running a rule.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::config::FILE_NAME;
use super::console::Console;
use super::judge::short;
use super::packs::layers_as_they_stand;
use super::pipeline::{GitRepository, Side, unreadable};
use super::said::{PackPlace, pack_place};
use super::standing;
use super::{Exit, args};
use crate::collect::snapshot::{Snapshot, SnapshotError};
use crate::collect::{lockfiles, trees};
use crate::diagnostic::{Code, Diagnostic, Level, Place};
use crate::evidence::{Ecosystem, FileChange, FileKind, FileStatus, vocabulary};
use crate::normalize;
use crate::policy::{Layer, Repository, lint};
use crate::report::LintReport;

const EXAMPLES: &str = "\
Packs are read as they lie on the disk with those that they extend, one layer each, in the order in
which they are named.
What a code means: `tollgate explain CODE`.
Exit codes: 0 nothing but warnings was found, 1 there is one and `--deny warnings` was given,
2 a pack can't be loaded.

Examples:
  tollgate lint policy
  tollgate lint policies/org policies/team --repo . --deny warnings
  tollgate lint policy --format sarif > lint.sarif";

/// How large a CI file may be that is searched for names of tools, in bytes.
const MAX_CI_BYTES: usize = 1 << 20;

/// Files that run tools, beside those that are of CI by their kind.
const RUNS_TOOLS: &[&str] = &[
    "Makefile",
    "justfile",
    "Justfile",
    "Taskfile.yml",
    ".pre-commit-config.yaml",
    "package.json",
    "tox.ini",
    "noxfile.py",
];

vocabulary! {
    /// How what was found is written to standard output.
    pub enum LintFormat("format", ordered: false) {
        /// For people: with the source line.
        Terminal = "terminal",
        /// For programs, see `tollgate schema lint`.
        Json = "json",
        /// For code scanning, SARIF 2.1.0.
        Sarif = "sarif",
    }
}

vocabulary! {
    /// What ends the verb with exit code 1.
    pub enum Deny("level", ordered: false) {
        /// Any warning.
        Warnings = "warnings",
    }
}

/// Arguments of `lint`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct LintArgs {
    /// Packs, in layer order [default: those that tollgate.toml of the current directory names]
    #[arg(value_name = "DIR|builtin:NAME", value_parser = |text: &str| Ok::<_, String>(pack_place(Path::new(""), text)))]
    packs: Vec<PackPlace>,
    /// Repository whose paths, CI files and lockfiles globs, languages, tools and packages are looked up in: git's HEAD, or the files of
    /// a directory that is no repository
    #[arg(long, value_name = "DIR")]
    repo: Option<String>,
    /// Exit with 1 where there is a warning
    #[arg(long, value_name = "LEVEL", value_parser = args::word::<Deny>())]
    deny: Option<Deny>,
    /// Code of warnings that are not to be given (repeatable)
    #[arg(long, value_name = "CODE", value_parser = warning)]
    allow: Vec<Code>,
    /// Format of standard output
    #[arg(long, value_name = "FORMAT", value_parser = args::word::<LintFormat>(), default_value = "terminal", help_heading = "Output")]
    format: LintFormat,
}

/// Reads the code of a warning.
fn warning(written: &str) -> Result<Code, String> {
    let code = Code::named(written).map_err(|mistake| match mistake.help {
        Some(help) => format!("{}; {help}", mistake.message),
        None => mistake.message,
    })?;
    match code.level() {
        Level::Warning => Ok(code),
        Level::Error => Err("it is the code of an error, which can't be allowed".to_owned()),
    }
}

/// Runs the verb.
pub fn run(args: &LintArgs, console: &Console) -> Exit {
    match found(args) {
        Ok(linted) => linted.tell(args, console),
        Err(mistakes) => console.refuse(&mistakes),
    }
}

/// What was found in which packs, compared with what.
struct Linted {
    packs: Vec<(String, String)>,
    compared: Vec<String>,
    found: Vec<Diagnostic>,
}

fn found(args: &LintArgs) -> Result<Linted, Vec<Diagnostic>> {
    let Configured { places, parameters } = if args.packs.is_empty() {
        configured()?
    } else {
        Configured { places: args.packs.clone(), parameters: Vec::new() }
    };
    let layers = layers_as_they_stand(&places)?;
    // A pack that does not load is told of before a repository is read.
    let repository = match &args.repo {
        Some(directory) => {
            lint(&layers, &parameters, None)?;
            Some(repository(directory).map_err(|error| vec![unreadable(&error)])?)
        }
        None => None,
    };
    let mut found = lint(&layers, &parameters, repository.as_ref().map(|(repository, _)| repository))?;
    found.retain(|warning| !args.allow.contains(&warning.code));
    let packs = layers.iter().flat_map(Layer::packs).map(|pack| (pack.origin.clone(), pack.sha256())).collect();
    Ok(Linted { packs, compared: repository.map(|(_, compared)| vec![compared]).unwrap_or_default(), found })
}

/// Packs, and parameters that they are given.
struct Configured {
    places: Vec<PackPlace>,
    parameters: Vec<(String, String)>,
}

/// The packs and parameters that the settings of the current directory name.
fn configured() -> Result<Configured, Vec<Diagnostic>> {
    let path = Path::new(FILE_NAME);
    if !path.is_file() {
        return Err(vec![
            Diagnostic::new(Code::Usage, "no pack is named, and there is no `tollgate.toml` here that names any")
                .help("name a pack, as in `tollgate lint policy`"),
        ]);
    }
    let said = standing::settings(None)?;
    match said.policy.filter(|packs| !packs.is_empty()) {
        Some(places) => Ok(Configured { places, parameters: said.param.unwrap_or_default() }),
        None => Err(vec![
            Diagnostic::new(Code::BrokenConfig, "names no `policy`, and no pack is named").at(Place::file(FILE_NAME)),
        ]),
    }
}

impl Linted {
    fn tell(&self, args: &LintArgs, console: &Console) -> Exit {
        let report = LintReport::new(self.packs.clone(), self.compared.clone(), &self.found);
        let written = match args.format {
            LintFormat::Terminal => Ok(self.text(console).into_bytes()),
            LintFormat::Json => crate::render::lint_json(&report),
            LintFormat::Sarif => crate::render::lint_sarif(&report),
        };
        let written = written.map_err(|error| {
            let message = format!("no {} could be made: {error}", args.format);
            console.refuse(&[Diagnostic::new(Code::UnwritableReport, message)])
        });
        match written.and_then(|bytes| console.stdout(&bytes)) {
            Ok(()) if args.deny.is_some() && !self.found.is_empty() => Exit::Found,
            Ok(()) => Exit::Clean,
            Err(exit) => exit,
        }
    }

    fn text(&self, console: &Console) -> String {
        let mut text = String::new();
        for warning in &self.found {
            text.push_str(&console.shown(warning, console.stdout_color()));
            text.push_str("\n\n");
        }
        let packs: Vec<&str> = self.packs.iter().map(|(origin, _)| origin.as_str()).collect();
        let count = match self.found.len() {
            0 => "no warning".to_owned(),
            1 => "1 warning".to_owned(),
            many => format!("{many} warnings"),
        };
        let compared: Vec<String> = self.compared.iter().map(|with| format!("; compared with {with}")).collect();
        text.push_str(&super::console::one_line(&format!("{count} about {}{}", packs.join(", "), compared.concat())));
        text.push('\n');
        text
    }
}

/// What a repository has, and in words what of it was looked at.
fn repository(directory: &str) -> Result<(Repository, String), SnapshotError> {
    let path = Path::new(directory);
    let (snapshot, what): (Box<dyn Snapshot>, String) = match GitRepository::open(path) {
        Ok(git) if is_root(&git, path) => {
            let head = git.resolve("HEAD")?;
            (git.snapshot(&head)?, format!("`{directory}` at {}", short(&head)))
        }
        _ => (files_of(path)?, format!("the files of `{directory}`, which is no git repository")),
    };
    let paths = snapshot.paths(Side::After)?;
    let ci: Vec<String> = ci_texts(&paths, snapshot.as_ref())?;
    let (packages, unread) = packages(&paths, snapshot.as_ref());
    let count: usize = packages.values().map(BTreeSet::len).sum();
    let unread = match unread {
        0 => String::new(),
        unread => format!(" (lockfiles that can't be read: {unread})"),
    };
    let what =
        format!("{what}: {} paths, {} files that run tools, {count} locked packages{unread}", paths.len(), ci.len());
    let languages = paths.iter().filter_map(|path| normalize::files::language_of(path)).map(str::to_owned).collect();
    Ok((Repository { paths, ci, languages, packages }, what))
}

/// Whether a directory is the whole repository: a part of one is taken as the files that it has.
fn is_root(git: &GitRepository, path: &Path) -> bool {
    match (git.root().and_then(|root| root.canonicalize().ok()), path.canonicalize()) {
        (Some(root), Ok(path)) => root == path,
        (None, _) => true,
        _ => false,
    }
}

/// The files of a directory, as what a change adds to nothing.
fn files_of(path: &Path) -> Result<Box<dyn Snapshot>, SnapshotError> {
    let unusable = |message: String| SnapshotError::Unusable { message, help: String::new() };
    let nothing = tempfile::tempdir().map_err(|error| unusable(format!("no temporary directory: {error}")))?;
    let raw = trees::read(nothing.path(), path)?;
    raw.snapshot.ok_or_else(|| unusable(format!("`{}` can't be read", path.display())))
}

fn ci_texts(paths: &[String], snapshot: &dyn Snapshot) -> Result<Vec<String>, SnapshotError> {
    let mut texts = Vec::new();
    for path in paths {
        let name = path.rsplit('/').next().unwrap_or(path);
        if normalize::files::kind_of(path) != FileKind::Ci && !RUNS_TOOLS.contains(&name) {
            continue;
        }
        let bytes = snapshot.read(Side::After, path)?.filter(|bytes| bytes.len() <= MAX_CI_BYTES);
        texts.extend(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()));
    }
    Ok(texts)
}

/// The packages of all lockfiles, and how many of these can't be read.
fn packages(paths: &[String], snapshot: &dyn Snapshot) -> (BTreeMap<Ecosystem, BTreeSet<String>>, usize) {
    let added = |path: &String| FileChange::at(path.clone(), FileStatus::Added, normalize::files::kind_of(path));
    let files: Vec<FileChange> = paths.iter().map(added).collect();
    let inputs = lockfiles::read(&files, Some(snapshot));
    let mut packages: BTreeMap<Ecosystem, BTreeSet<String>> = BTreeMap::new();
    for package in normalize::dependencies::packages(&inputs) {
        packages.entry(package.ecosystem).or_default().insert(package.name);
    }
    (packages, inputs.pairs.iter().filter(|pair| pair.after.is_err()).count())
}
