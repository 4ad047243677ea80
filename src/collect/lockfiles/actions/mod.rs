//! GitHub Actions: workflows (`.github/workflows/*.yml`), and actions (`action.yml` anywhere) of the composite and docker
//! kinds. What they name is what runs: actions, reusable workflows, and container images.
//!
//! - The name of an action is `owner/repository` in lower case; the source has the path in the repository as well, since
//!   one repository can hold many actions. The version is what stands after `@`.
//! - A commit's whole id holds an action to its content. A ref that reads as a version (`v4`, `1.2.3`) is taken for a tag,
//!   which its owner can move; any other for a branch.
//! - `./..` and `$/..` are the repository's own. A workflow is for development; what an action is used for is not known.
//! - `${{ matrix.x }}` in an image stands for every value that the job's matrix writes out. Any other expression is decided
//!   when the workflow runs, by values that can stand anywhere in the file: its package keeps the text as its name, and
//!   its version changes with the file, so that no change reads as none.
//! - Workflows in folders of `.github/workflows`, or below another folder, are none to GitHub, and not read.
//! - An `action.yml` without `runs` is no action to GitHub; it names nothing.

mod matrix;
mod tree;

use std::collections::BTreeSet;

use self::tree::{Node, Value};
use super::place::{bounded, directory, file_name, join};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat, image};
use crate::collect::input::sha256_hex;
use crate::evidence::{DependencyScope, Directness, Ecosystem, PackageSource, Pin, Problem, SourceKind};

/// Workflows and actions.
pub(super) struct Actions;

/// Where workflows lie.
const WORKFLOWS: &str = ".github/workflows";
/// Keys of jobs and steps whose values are data that nothing runs.
const DATA: [&str; 8] = ["with", "env", "strategy", "outputs", "secrets", "permissions", "concurrency", "defaults"];

impl LockfileFormat for Actions {
    fn name(&self) -> &'static str {
        "GitHub Actions"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Github
    }

    fn recognizes(&self, path: &str) -> bool {
        is_action(path) || (directory(path) == WORKFLOWS && (path.ends_with(".yml") || path.ends_with(".yaml")))
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let action = is_action(context.path);
        let mut reader = Reader {
            path: context.path,
            text,
            scope: if action { DependencyScope::Unknown } else { DependencyScope::Development },
            packages: Vec::new(),
            members: BTreeSet::new(),
            problems: Vec::new(),
        };
        let root = match tree::parse(text) {
            Ok(root) => root,
            // Many tools call a file of theirs so.
            Err(_) if action && !text.contains("runs") => return Ok(LockedSet::default()),
            Err(error) => return Err(error),
        };
        if action {
            if let Some(runs) = root.get("runs") {
                reader.action(runs)?;
            }
        } else {
            let jobs = root.get("jobs").filter(|jobs| matches!(jobs.value, Value::Map(_)));
            let jobs = jobs.ok_or_else(|| LockfileError::new(root.line, "is no workflow: it has no `jobs`"))?;
            for (name, job) in jobs.entries() {
                let Value::Map(_) = job.value else {
                    return Err(LockfileError::new(job.line, format!("the job `{name}` is no mapping")));
                };
                reader.walk(job, job)?;
            }
        }
        Ok(LockedSet {
            packages: image::once(reader.packages),
            members: reader.members,
            problems: reader.problems,
            ..LockedSet::default()
        })
    }
}

fn is_action(path: &str) -> bool {
    matches!(file_name(path), "action.yml" | "action.yaml")
}

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    scope: DependencyScope,
    packages: Vec<LockedPackage>,
    members: BTreeSet<String>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// Everything that a job names, wherever in it: `uses` of steps and of the job, containers, services.
    fn walk(&mut self, node: &Node, job: &Node) -> Result<(), LockfileError> {
        for item in node.items() {
            self.walk(item, job)?;
        }
        for (key, value) in node.entries() {
            match key.as_str() {
                "uses" => self.uses(value)?,
                "container" => self.container(value, job)?,
                "services" => {
                    if value.text().is_some() {
                        self.container(value, job)?;
                    }
                    for (_, service) in value.entries() {
                        self.container(service, job)?;
                    }
                }
                key if DATA.contains(&key) => {}
                _ => self.walk(value, job)?,
            }
        }
        Ok(())
    }

    /// What the `runs` of an action names: the steps of a composite one, the image of a docker one.
    fn action(&mut self, runs: &Node) -> Result<(), LockfileError> {
        if let Some(steps) = runs.get("steps") {
            self.walk(steps, runs)?;
        }
        let Some(image) = runs.get("image") else { return Ok(()) };
        let text = image.text().ok_or_else(|| LockfileError::new(image.line, "`image` is no text"))?;
        match text.trim().strip_prefix("docker://") {
            Some(reference) => self.image(reference, image.line, runs),
            None => {
                self.members.insert(join(directory(self.path), text).unwrap_or_else(|| text.to_owned()));
                Ok(())
            }
        }
    }

    fn uses(&mut self, node: &Node) -> Result<(), LockfileError> {
        let Some(text) = node.text().map(str::trim) else {
            return Err(LockfileError::new(node.line, "`uses` is no text"));
        };
        if let Some(reference) = text.strip_prefix("docker://") {
            return self.image(reference, node.line, node);
        }
        // `$/` is the repository that the file itself is of, wherever it is called from.
        let local = text.strip_prefix("$/").or_else(|| text.starts_with(['.']).then_some(text));
        if let Some(local) = local.filter(|_| ["./", ".\\", "$/"].iter().any(|start| text.starts_with(start))) {
            self.members.insert(join("", local).unwrap_or_else(|| text.to_owned()));
            return Ok(());
        }
        if text.contains("${{") {
            let name = self.unresolved(text, node.line);
            self.packages.push(LockedPackage { ecosystem: Ecosystem::Github, ..name });
            return Ok(());
        }
        let package = action(text).ok_or_else(|| {
            LockfileError::new(
                node.line,
                format!("`{text}` is not `owner/repository@ref`, `./path` or `docker://image`"),
            )
        })?;
        self.packages.push(LockedPackage { line: node.line, scope: self.scope, ..package });
        Ok(())
    }

    /// The image of a job or of a service: a text, or a mapping with `image`.
    fn container(&mut self, node: &Node, job: &Node) -> Result<(), LockfileError> {
        let image = match &node.value {
            Value::Null => return Ok(()),
            Value::Map(_) => match node.get("image") {
                Some(image) => image,
                None => return Ok(()),
            },
            _ => node,
        };
        match &image.value {
            Value::Null => Ok(()),
            Value::Text(text) => self.image(text, image.line, job),
            _ => Err(LockfileError::new(image.line, "the image of a container is no text")),
        }
    }

    fn image(&mut self, text: &str, line: Option<u32>, job: &Node) -> Result<(), LockfileError> {
        let text = text.trim();
        let Some(values) = matrix::values(text, job) else {
            let package = self.unresolved(text, line);
            self.packages.push(package);
            return Ok(());
        };
        for value in values {
            // A job without an image runs on the machine itself.
            let value = value.trim();
            let value = value.strip_prefix("docker://").unwrap_or(value);
            if value.is_empty() {
                continue;
            }
            let package = image::package(value)
                .ok_or_else(|| LockfileError::new(line, format!("`{value}` is no reference to an image")))?;
            self.packages.push(LockedPackage { line, scope: self.scope, ..package });
        }
        Ok(())
    }

    /// What is decided when the workflow runs.
    fn unresolved(&mut self, text: &str, line: Option<u32>) -> LockedPackage {
        let at = line.map_or_else(|| self.path.to_owned(), |line| format!("{}:{line}", self.path));
        self.problems.push(Problem { at, message: bounded(format!("`{text}` is decided when the workflow runs")) });
        let digest: String = sha256_hex(self.text.as_bytes()).chars().take(12).collect();
        LockedPackage { line, scope: self.scope, ..image::unresolved(text, &format!("unresolved-{digest}")) }
    }
}

/// The package of `owner/repository[/path]@ref`, as GitHub's runner takes it apart.
fn action(text: &str) -> Option<LockedPackage> {
    let (place, reference) = text.split_once('@')?;
    let mut parts = place.split('/');
    let (owner, repository) = (parts.next()?, parts.next()?);
    let well = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    let refused = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | '\\');
    if !well(owner) || !well(repository) || reference.is_empty() || text.split_once('@')?.1.contains(refused) {
        return None;
    }
    if parts.any(|part| part.is_empty() || part.contains(refused)) {
        return None;
    }
    let source =
        PackageSource { kind: SourceKind::Git, host: Some("github.com".to_owned()), location: Some(place.to_owned()) };
    Some(LockedPackage {
        sources: vec![source],
        directness: Directness::Direct,
        pin: Some(pin(reference)),
        ..LockedPackage::new(Ecosystem::Github, format!("{owner}/{repository}").to_lowercase(), reference)
    })
}

/// What a ref holds to, by how it reads: nothing else tells a tag from a branch.
fn pin(reference: &str) -> Pin {
    let commit = matches!(reference.len(), 40 | 64) && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    let tag = reference.strip_prefix("refs/tags/").unwrap_or(reference);
    let numbers = tag.strip_prefix(['v', 'V']).unwrap_or(tag);
    let numbers = numbers.split(['-', '+']).next().unwrap_or_default();
    let version = numbers.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    match (commit, version) {
        (true, _) => Pin::Content,
        (false, true) => Pin::Version,
        (false, false) => Pin::Floating,
    }
}

#[cfg(test)]
mod tests {
    use super::{Actions, LockfileFormat, action};
    use crate::evidence::Pin;

    #[test]
    fn actions_are_taken_apart_as_the_runner_does() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        for (text, name, version, location, pin) in [
            ("actions/checkout@v4", "actions/checkout", "v4", "actions/checkout", Pin::Version),
            ("Actions/Checkout@v4.1.0-rc1", "actions/checkout", "v4.1.0-rc1", "Actions/Checkout", Pin::Version),
            ("a/b/c/d@main", "a/b", "main", "a/b/c/d", Pin::Floating),
            ("a/b@releases/v1", "a/b", "releases/v1", "a/b", Pin::Floating),
            ("a/b@refs/tags/v1.2", "a/b", "refs/tags/v1.2", "a/b", Pin::Version),
            ("a/b@v1.x", "a/b", "v1.x", "a/b", Pin::Floating),
            (&format!("a/b@{commit}"), "a/b", commit, "a/b", Pin::Content),
            ("a/b@0123abc", "a/b", "0123abc", "a/b", Pin::Floating),
            ("a/b/.github/workflows/x.yml@1", "a/b", "1", "a/b/.github/workflows/x.yml", Pin::Version),
        ] {
            let found = action(text).unwrap();
            assert_eq!((found.name.as_str(), found.version.as_str(), found.pin), (name, version, Some(pin)), "{text}");
            assert_eq!(found.sources[0].location.as_deref(), Some(location), "{text}");
        }
        for text in ["", "a", "a@b", "a/b", "a/b@", "/b@c", "a/@c", "a//b@c", "a/b/@c", "a/b@c@d", "a/b@c d", "a b/c@d"]
        {
            assert_eq!(action(text), None, "{text}");
        }
    }

    #[test]
    fn workflows_lie_where_github_looks_for_them() {
        for (path, known) in [
            (".github/workflows/ci.yml", true),
            (".github/workflows/ci.yaml", true),
            (".github/workflows/a/ci.yml", false),
            ("a/.github/workflows/ci.yml", false),
            (".github/workflows/ci.json", false),
            ("action.yml", true),
            ("a/b/action.yaml", true),
            ("a/myaction.yml", false),
            (".github/dependabot.yml", false),
        ] {
            assert_eq!(Actions.recognizes(path), known, "{path}");
        }
    }
}
