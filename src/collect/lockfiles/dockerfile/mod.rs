//! Dockerfiles: `Dockerfile`, `Containerfile`, with a dot and anything before them, or a dot, a dash or an underscore and
//! anything after.
//!
//! - What `FROM`, `COPY --from` and `RUN --mount=from` name and no earlier stage is called, is an image; so is what reads
//!   the file itself (`# syntax=`). `scratch` is nothing.
//! - `ARG`s before the first `FROM` fill in variables, by their defaults: a build can be told other values, which no file
//!   says. A variable without a default is decided by whoever builds, so that its image floats; its version changes with
//!   every `ARG` and `ENV` of the file, so that no change of them reads as none.
//! - Names that say that a file is a template, a document, data or `.dockerignore` are not taken: no build reads those.
//! - What the last stage is built on is runtime; what other images are for is not known.
//! - `ADD` from an address and packages that a `RUN` installs are not images, and not read.

mod instructions;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use self::instructions::Instruction;
use self::words::expand;
use super::place::{bounded, file_name};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat, image};
use crate::collect::input::sha256_hex;
use crate::evidence::{DependencyScope, Ecosystem, Problem};

/// `Dockerfile`.
pub(super) struct Dockerfile;

/// Most stages of a file.
const MAX_STAGES: usize = 1_000;

/// Ends of names of files that no build reads as a Dockerfile.
const OTHERS: [&str; 41] = [
    "adoc",
    "bak",
    "cfg",
    "conf",
    "diff",
    "dockerignore",
    "ejs",
    "erb",
    "golden",
    "gotmpl",
    "handlebars",
    "hbs",
    "html",
    "in",
    "ini",
    "j2",
    "jinja",
    "jinja2",
    "json",
    "liquid",
    "lock",
    "log",
    "m4",
    "mako",
    "markdown",
    "md",
    "mustache",
    "orig",
    "patch",
    "png",
    "rej",
    "rst",
    "shot",
    "snap",
    "svg",
    "template",
    "tmpl",
    "toml",
    "tpl",
    "yaml",
    "yml",
];

/// Ends of names of programs.
const CODE: [&str; 24] = [
    "bat", "c", "cc", "cpp", "cs", "ex", "exs", "go", "h", "java", "js", "jsx", "kt", "lua", "php", "pl", "ps1", "py",
    "rb", "rs", "scala", "sh", "swift", "ts",
];

/// Variables that a build sets for each platform that it builds for; they never spell the name of an image.
const PLATFORM: [&str; 8] = [
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
];

impl LockfileFormat for Dockerfile {
    fn name(&self) -> &'static str {
        "Dockerfile"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Docker
    }

    fn recognizes(&self, path: &str) -> bool {
        let name = file_name(path);
        let last = name.rsplit('.').next().unwrap_or_default();
        let extension = last.to_ascii_lowercase();
        let starts = |start: &str| {
            let rest = name.strip_prefix(start);
            // In lower case it is as well the name of a program that deals with them.
            let plain = start.starts_with(|c: char| c.is_ascii_uppercase()) || !CODE.contains(&extension.as_str());
            rest.is_some_and(|rest| rest.is_empty() || (plain && rest.starts_with(['.', '-', '_'])))
        };
        let ends = matches!(last, "Dockerfile" | "dockerfile" | "Containerfile" | "containerfile");
        let starts = ["Dockerfile", "Containerfile", "dockerfile", "containerfile"].into_iter().any(starts);
        (starts && !OTHERS.contains(&extension.as_str())) || (ends && name.len() > last.len())
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let file = instructions::parse(text)?;
        let mut reader = Reader {
            path: context.path,
            escape: file.escape,
            unresolved: unresolved(&file.instructions),
            arguments: BTreeMap::new(),
            stages: Vec::new(),
            packages: Vec::new(),
            members: BTreeSet::new(),
            problems: Vec::new(),
        };
        if let Some((image, line)) = &file.syntax {
            let package = reader.reference(image, *line)?;
            reader.packages.extend(package.map(|it| LockedPackage { scope: DependencyScope::Development, ..it }));
        }
        for instruction in &file.instructions {
            reader.instruction(instruction)?;
        }
        if reader.stages.is_empty() {
            return Err(LockfileError::new(None, "has no `FROM`"));
        }
        Ok(reader.finish())
    }
}

/// A version for what hangs on values that are not known here, by all that the file says of values.
fn unresolved(instructions: &[Instruction]) -> String {
    let values = instructions.iter().filter(|it| matches!(it.keyword.as_str(), "ARG" | "ENV"));
    let values: Vec<&str> = values.map(|it| it.arguments.as_str()).collect();
    let digest: String = sha256_hex(values.join("\n").as_bytes()).chars().take(12).collect();
    format!("unresolved-{digest}")
}

/// One `FROM` and what follows it.
struct Stage {
    name: Option<String>,
    /// The stage that it goes on from.
    base: Option<usize>,
    /// The place of its image among the packages.
    package: Option<usize>,
}

struct Reader<'a> {
    path: &'a str,
    escape: char,
    /// The version of what is decided when the image is built.
    unresolved: String,
    /// Defaults of arguments before the first stage.
    arguments: BTreeMap<String, String>,
    stages: Vec<Stage>,
    packages: Vec<LockedPackage>,
    members: BTreeSet<String>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn instruction(&mut self, instruction: &Instruction) -> Result<(), LockfileError> {
        let line = instruction.line;
        match instruction.keyword.as_str() {
            "FROM" => return self.stage(instruction),
            "ARG" if self.stages.is_empty() => return self.argument(instruction),
            _ if self.stages.is_empty() => {
                let message = format!("`{}` stands before the first `FROM`", instruction.keyword);
                return Err(LockfileError::new(Some(line), message));
            }
            "COPY" | "ADD" => {
                for from in instruction.flags.iter().filter_map(|flag| flag.strip_prefix("--from=")) {
                    self.copied(from, line)?;
                }
            }
            "RUN" => {
                for mount in instruction.flags.iter().filter_map(|flag| flag.strip_prefix("--mount=")) {
                    let fields = mount.split(',').map(|field| field.trim().trim_matches('"'));
                    for from in fields.filter_map(|field| field.strip_prefix("from=")) {
                        self.copied(from, line)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// `ARG name[=default] ..`, before the first stage.
    fn argument(&mut self, instruction: &Instruction) -> Result<(), LockfileError> {
        let refused =
            |what: &str| LockfileError::new(Some(instruction.line), format!("`ARG {}` {what}", instruction.arguments));
        let words = words::split(&instruction.arguments).ok_or_else(|| refused("has a quote that is never closed"))?;
        if words.is_empty() {
            return Err(refused("names no argument"));
        }
        for word in words {
            let Some((name, value)) = word.split_once('=') else { continue };
            match expand(value, self.escape, &self.arguments) {
                Some(value) if value.unset.is_empty() => {
                    self.arguments.insert(name.to_owned(), value.text);
                }
                // A default that hangs on what is not known here is none.
                _ => {
                    self.arguments.remove(name);
                }
            }
        }
        Ok(())
    }

    fn stage(&mut self, instruction: &Instruction) -> Result<(), LockfileError> {
        let line = instruction.line;
        if self.stages.len() >= MAX_STAGES {
            return Err(LockfileError::limit(Some(line), format!("has more than {MAX_STAGES} stages")));
        }
        let words: Vec<&str> = instruction.arguments.split_whitespace().collect();
        let (text, name) = match words.as_slice() {
            [text] => (*text, None),
            [text, word, name] if word.eq_ignore_ascii_case("as") => (*text, Some(name.to_lowercase())),
            _ => {
                let message = format!("`FROM {}` is not `FROM image [AS name]`", instruction.arguments);
                return Err(LockfileError::new(Some(line), message));
            }
        };
        let (base, package) = match self.stage_of(text) {
            Some(base) => (base, None),
            None => {
                let package = self.reference(text, line)?;
                let at = package.is_some().then_some(self.packages.len());
                self.packages.extend(package);
                (None, at)
            }
        };
        self.members.extend(name.clone());
        self.stages.push(Stage { name, base, package });
        Ok(())
    }

    /// The earlier stage that a text names, by name alone. One whose name ends in the platform can be several, of which
    /// none is said.
    fn stage_of(&self, text: &str) -> Option<Option<usize>> {
        let expanded = expand(text, self.escape, &self.arguments)?;
        if let Some(at) = self.named(&expanded.text) {
            return Some(Some(at));
        }
        let platform =
            !expanded.unset.is_empty() && expanded.unset.iter().all(|name| PLATFORM.contains(&name.as_str()));
        let start = expanded.text.split('$').next().unwrap_or_default().to_lowercase();
        let is = |stage: &Stage| stage.name.as_ref().is_some_and(|name| name.starts_with(&start));
        (platform && !start.is_empty() && self.stages.iter().any(is)).then_some(None)
    }

    /// The latest stage of a name, which is the one that counts.
    fn named(&self, name: &str) -> Option<usize> {
        let name = name.to_lowercase();
        self.stages.iter().rposition(|stage| stage.name.as_ref() == Some(&name))
    }

    /// What a `COPY --from` or a mount names: a stage by name or number, else an image.
    fn copied(&mut self, text: &str, line: u32) -> Result<(), LockfileError> {
        if text.parse::<usize>().is_ok_and(|at| at < self.stages.len()) || self.stage_of(text).is_some() {
            return Ok(());
        }
        let package = self.reference(text, line)?;
        self.packages.extend(package);
        Ok(())
    }

    /// The image of a text; none of `scratch`.
    fn reference(&mut self, text: &str, line: u32) -> Result<Option<LockedPackage>, LockfileError> {
        let expanded = expand(text, self.escape, &self.arguments);
        let (text, unset) = expanded.map_or((text.to_owned(), true), |found| (found.text, !found.unset.is_empty()));
        if text == "scratch" {
            return Ok(None);
        }
        if unset && text.contains('$') && !text.contains("{{") {
            let at = format!("{}:{line}", self.path);
            self.problems
                .push(Problem { at, message: bounded(format!("`{text}` is decided when the image is built")) });
            return Ok(Some(LockedPackage { line: Some(line), ..image::unresolved(&text, &self.unresolved) }));
        }
        let package = image::package(&text)
            .ok_or_else(|| LockfileError::new(Some(line), format!("`{text}` is no reference to an image")))?;
        Ok(Some(LockedPackage { line: Some(line), ..package }))
    }

    fn finish(mut self) -> LockedSet {
        // What the last stage goes back to.
        let mut at = self.stages.len().checked_sub(1);
        while let Some(stage) = at.and_then(|at| self.stages.get(at)) {
            if let Some(package) = stage.package.and_then(|at| self.packages.get_mut(at)) {
                package.scope = DependencyScope::Runtime;
            }
            at = stage.base;
        }
        LockedSet {
            packages: image::once(self.packages),
            members: self.members,
            problems: self.problems,
            ..LockedSet::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Dockerfile, LockfileFormat};

    #[test]
    fn names_are_those_that_builds_read() {
        for (path, known) in [
            ("Dockerfile", true),
            ("a/Containerfile", true),
            ("Dockerfile.dev", true),
            ("Dockerfile.windows-1809", true),
            ("api.Dockerfile", true),
            ("api.dockerfile", true),
            ("dockerfile", true),
            ("Dockerfile.dockerignore", false),
            ("Dockerfile.md", false),
            ("Dockerfile.J2", false),
            ("Dockerfile.amd64.tmpl", false),
            (".dockerfile", true),
            ("Dockerfiles", false),
            ("MyDockerfile", false),
            ("dockerfile.rs", false),
            ("dockerfile.dev", true),
            ("Dockerfile.py", true),
            ("Dockerfile-dev", true),
            ("Dockerfile_dev", true),
            ("Dockerfile/x", false),
        ] {
            assert_eq!(Dockerfile.recognizes(path), known, "{path}");
        }
    }
}
