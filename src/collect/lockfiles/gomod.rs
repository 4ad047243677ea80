//! `go.mod`: what is required, and what stands in for it. `go.sum` lists more than is built; only its checksums are used.
//!
//! - A `replace` gives the module that it replaces the version and the place of its replacement: the name is what the
//!   code imports, the source is what it gets. One whose module or version is not required here is reported too.
//! - The release of Go itself is the package `go`: that of `toolchain`, or of `go` where there is none.
//! - `exclude`, `retract`, `tool`, `godebug` and `ignore` bring in nothing that `require` does not list.
//! - Below go 1.17 the file does not list what its modules bring in.

use std::collections::{BTreeMap, BTreeSet};

use super::place::{file_name, path};
use super::{Context, LockedPackage, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::{Directness, Ecosystem, PackageSource, SourceKind};

/// `go.mod`.
pub(super) struct GoMod;

/// The name under which Go's own release is reported.
const GO: &str = "go";

impl LockfileFormat for GoMod {
    fn name(&self) -> &'static str {
        "go.mod"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Golang
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "go.mod"
    }

    fn parse(&self, text: &str, context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        let mut file = File::default();
        for directive in directives(text)? {
            file.take(directive)?;
        }
        if file.module.is_none() && file.required.is_empty() {
            return Err(LockfileError::new(None, "names no module and requires none"));
        }
        let sums = context.sibling("go.sum").map(|bytes| sums(&bytes)).unwrap_or_default();
        Ok(file.locked(&sums))
    }
}

/// One line of the file: its verb (that of its block, inside one), its words, and what its comment says.
struct Directive {
    verb: String,
    words: Vec<String>,
    indirect: bool,
    line: u32,
}

impl Directive {
    fn error(&self, expected: &str) -> LockfileError {
        let message = format!("`{} {}` is not {expected}", self.verb, self.words.join(" "));
        LockfileError::new(Some(self.line), message)
    }
}

fn directives(text: &str) -> Result<Vec<Directive>, LockfileError> {
    let mut found = Vec::new();
    let mut block: Option<(String, u32)> = None;
    for (index, raw) in text.lines().enumerate() {
        let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let (mut words, comment) = words(raw, line)?;
        let indirect = comment.trim_start_matches('/').trim_start();
        let indirect = indirect == "indirect" || indirect.starts_with("indirect;");
        match (words.as_slice(), &block) {
            ([], _) => continue,
            ([close], Some(_)) if close == ")" => block = None,
            ([verb, open], None) if open == "(" => block = Some((verb.clone(), line)),
            (_, Some((verb, _))) => found.push(Directive { verb: verb.clone(), words, indirect, line }),
            (_, None) => {
                let verb = words.remove(0);
                found.push(Directive { verb, words, indirect, line });
            }
        }
    }
    match block {
        Some((verb, line)) => Err(LockfileError::new(Some(line), format!("the block of `{verb}` is never closed"))),
        None => Ok(found),
    }
}

/// The words of a line, and its comment. Words may be quoted as Go's strings are; `(` and `)` are words.
fn words(line: &str, number: u32) -> Result<(Vec<String>, &str), LockfileError> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            return Ok((words, rest));
        }
        let (word, after) = if first == '"' || first == '`' {
            let body = rest.get(1..).unwrap_or_default();
            let split = body.split_once(first);
            split.ok_or_else(|| LockfileError::new(Some(number), "has a quoted word that does not end"))?
        } else if matches!(first, '(' | ')' | ',' | '[' | ']') {
            rest.split_at(first.len_utf8())
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '[' | ']'));
            let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            // A comment may follow without a space.
            let end = word.find("//").unwrap_or(word.len());
            rest.split_at(end)
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Ok((words, ""))
}

struct Module {
    path: String,
    version: String,
    indirect: bool,
    line: u32,
}

struct Replacement {
    path: String,
    version: Option<String>,
    by: String,
    by_version: Option<String>,
    line: u32,
}

#[derive(Default)]
struct File {
    module: Option<String>,
    go: Option<(String, u32)>,
    toolchain: Option<(String, u32)>,
    required: Vec<Module>,
    replaced: Vec<Replacement>,
}

impl File {
    fn take(&mut self, directive: Directive) -> Result<(), LockfileError> {
        let line = directive.line;
        let words: Vec<&str> = directive.words.iter().map(String::as_str).collect();
        match (directive.verb.as_str(), words.as_slice()) {
            ("module", [path]) if self.module.is_none() => self.module = Some((*path).to_owned()),
            ("go", [version]) if self.go.is_none() => self.go = Some(((*version).to_owned(), line)),
            ("toolchain", [version]) if self.toolchain.is_none() => {
                self.toolchain = Some(((*version).to_owned(), line));
            }
            ("require", [path, version]) if is_version(version) => self.required.push(Module {
                path: (*path).to_owned(),
                version: (*version).to_owned(),
                indirect: directive.indirect,
                line,
            }),
            ("replace", words) => {
                let replacement = replacement(words, line).ok_or_else(|| directive.error("a replacement"))?;
                self.replaced.push(replacement);
            }
            ("exclude", [_, version]) if is_version(version) => {}
            ("retract", [_, ..]) | ("tool" | "godebug" | "ignore", [_]) => {}
            ("module" | "go" | "toolchain", [_]) => return Err(directive.error("the only one of its kind")),
            ("require", [_, _]) => return Err(directive.error("a module at a version, as in `v1.2.3`")),
            ("module" | "go" | "toolchain" | "require" | "exclude" | "retract" | "tool" | "godebug" | "ignore", _) => {
                return Err(directive.error("a directive with the words that it needs"));
            }
            _ => return Err(directive.error("a directive of a go.mod")),
        }
        Ok(())
    }

    fn locked(&self, sums: &BTreeMap<(String, String), String>) -> LockedSet {
        let mut set = LockedSet::default();
        set.members.extend(self.module.clone());
        // The last of several replacements of one module counts; Go refuses them.
        let replaced: BTreeMap<(&str, Option<&str>), &Replacement> =
            self.replaced.iter().map(|one| ((one.path.as_str(), one.version.as_deref()), one)).collect();
        let mut used = BTreeSet::new();
        for module in &self.required {
            let directness = if module.indirect { Directness::Transitive } else { Directness::Direct };
            // The replacement of its very version comes before that of all.
            let key = [Some(module.version.as_str()), None].map(|version| (module.path.as_str(), version));
            let replacement = key.into_iter().find_map(|key| replaced.get_key_value(&key));
            used.extend(replacement.map(|(key, _)| *key));
            let replacement = replacement.map(|(_, one)| *one);
            set.packages.push(package(&module.path, Some(&module.version), replacement, directness, module.line, sums));
        }
        for (key, one) in replaced.iter().filter(|(key, _)| !used.contains(*key)) {
            set.packages.push(package(key.0, key.1, Some(one), Directness::Unknown, one.line, sums));
        }
        set.packages.extend(self.go());
        let go = self.go.as_ref().map_or("1.16", |(version, _)| version.as_str());
        if !lists_everything(go) && !self.required.is_empty() {
            let message = format!("at `go {go}` a go.mod does not list what its modules bring in (1.17 and later do)");
            set.partial = Some(message);
        }
        set
    }

    fn go(&self) -> Option<LockedPackage> {
        let toolchain = self.toolchain.as_ref().filter(|(version, _)| version != "default");
        let (version, line) = toolchain.or(self.go.as_ref())?;
        Some(LockedPackage {
            sources: vec![PackageSource { kind: SourceKind::Unknown, host: None, location: None }],
            directness: Directness::Direct,
            line: Some(*line),
            ..LockedPackage::new(Ecosystem::Golang, GO, version.strip_prefix("go").unwrap_or(version))
        })
    }
}

fn replacement(words: &[&str], line: u32) -> Option<Replacement> {
    let arrow = words.iter().position(|word| *word == "=>")?;
    let (left, right) = (words.get(..arrow)?, words.get(arrow + 1..)?);
    let (path, version) = match left {
        [path] => (path, None),
        [path, version] if is_version(version) => (path, Some((*version).to_owned())),
        _ => return None,
    };
    let (by, by_version) = match right {
        [local] if is_local(local) => (local, None),
        [by, version] if is_version(version) => (by, Some((*version).to_owned())),
        _ => return None,
    };
    Some(Replacement { path: (*path).to_owned(), version, by: (*by).to_owned(), by_version, line })
}

fn is_local(word: &str) -> bool {
    word.starts_with('.') || word.starts_with('/') || word.contains('\\')
}

/// What `go mod tidy` writes; anything else (a branch, `latest`) is resolved only when it runs.
fn is_version(word: &str) -> bool {
    word.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn lists_everything(go: &str) -> bool {
    let mut numbers = go.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (1, 17)
}

fn package(
    name: &str,
    version: Option<&str>,
    replacement: Option<&Replacement>,
    directness: Directness,
    line: u32,
    sums: &BTreeMap<(String, String), String>,
) -> LockedPackage {
    // What Go itself calls a module that has no version of its own.
    let version = version.unwrap_or("v0.0.0");
    let (version, source, sum) = match replacement {
        None => (version, registry(name, None), sums.get(&(name.to_owned(), version.to_owned()))),
        Some(Replacement { by, by_version: Some(version), .. }) => {
            (version.as_str(), registry(by, Some(by)), sums.get(&(by.clone(), version.clone())))
        }
        Some(Replacement { by, by_version: None, .. }) => (version, path(by), None),
    };
    LockedPackage {
        sources: vec![source],
        directness,
        integrity: sum.cloned().into_iter().collect(),
        line: Some(line),
        ..LockedPackage::new(Ecosystem::Golang, name, version)
    }
}

/// Modules come from a proxy that the file does not name; the first part of their path is the host that they are made at.
fn registry(module: &str, location: Option<&str>) -> PackageSource {
    let host = module.split('/').next().filter(|first| first.contains('.')).map(str::to_lowercase);
    PackageSource { kind: SourceKind::Registry, host, location: location.map(str::to_owned) }
}

/// The checksum of each module's content; lines that are none are Go's to complain about.
fn sums(bytes: &[u8]) -> BTreeMap<(String, String), String> {
    let text = String::from_utf8_lossy(bytes);
    let mut sums = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        if let (Some(module), Some(version), Some(sum)) = (words.next(), words.next(), words.next())
            && !version.ends_with("/go.mod")
        {
            sums.insert((module.to_owned(), version.to_owned()), sum.to_owned());
        }
    }
    sums
}
