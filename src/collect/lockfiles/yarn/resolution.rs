//! Where a package of yarn 2 and later comes from: the protocols of its `resolution`.

use percent_encoding::percent_decode_str;

use crate::collect::lockfiles::javascript::{commit_archive, from_address, is_archive, name_and_range};
use crate::collect::lockfiles::place::{directory, join, nowhere, path, source, within};
use crate::collect::lockfiles::{Context, LockfileError};
use crate::evidence::{PackageSource, SourceKind};

/// Most patches of patches.
const MAX_PATCHES: usize = 8;

/// What a resolution says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Resolution {
    /// A package of the project, by its directory from the lockfile's own.
    Workspace(String),
    /// Another directory of the repository, the same.
    Folder(String),
    /// Anything else, and the patch by which it is told apart from the unpatched.
    Package {
        /// Where it comes from, then the file that patches it.
        sources: Vec<PackageSource>,
        /// What names the patch's content.
        patch: Option<String>,
    },
}

/// A resolution, as its name and what it says.
pub(super) fn resolution<'r>(
    text: &'r str,
    version: &str,
    line: Option<u32>,
    context: &Context<'_>,
) -> Result<(&'r str, Resolution), LockfileError> {
    let (name, reference) = name_and_range(text);
    let unknown = || LockfileError::new(line, format!("is resolved to `{text}`, which is no resolution that is known"));
    if name.is_empty() || reference.is_empty() {
        return Err(unknown());
    }
    if let Some(folder) = reference.strip_prefix("workspace:") {
        let folder = join("", folder).ok_or_else(unknown)?;
        return Ok((name, Resolution::Workspace(folder)));
    }
    if let Some(rest) = reference.strip_prefix("patch:") {
        let (sources, patch) = patched(name, rest, version, 0).ok_or_else(unknown)?;
        return Ok((name, Resolution::Package { sources, patch: Some(patch) }));
    }
    for protocol in ["link:", "portal:", "file:", "exec:"] {
        if let Some(rest) = reference.strip_prefix(protocol) {
            let local = rest.split("::").next().unwrap_or_default().split('#').next().unwrap_or_default();
            let local = plain(&within(&base(rest), local));
            let folder = join(directory(context.path), &local).filter(|_| protocol != "exec:" && !is_archive(&local));
            return Ok((
                name,
                match folder.and_then(|_| join("", &local)) {
                    Some(folder) => Resolution::Folder(folder),
                    None => Resolution::Package { sources: vec![path(&local)], patch: None },
                },
            ));
        }
    }
    let source = fetched(name, reference, version).ok_or_else(unknown)?;
    Ok((name, Resolution::Package { sources: vec![source], patch: None }))
}

/// The directory that a local path is seen from: that of the workspace that asks for it.
fn base(rest: &str) -> String {
    let locator = rest.split(['&', ':', '?']).find_map(|pair| pair.strip_prefix("locator="));
    let locator = locator.map(decoded).unwrap_or_default();
    let folder = locator.split_once("@workspace:").map_or("", |(_, folder)| folder);
    join("", folder).unwrap_or_default()
}

/// A path without `.`, and with `..` at its start alone.
fn plain(path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            ("" | ".", _) => {}
            ("..", Some(last)) if *last != ".." => {
                parts.pop();
            }
            (part, _) => parts.push(part),
        }
    }
    parts.join("/")
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A package from a registry, an archive or a repository; `None` of a protocol that is not known.
fn fetched(name: &str, reference: &str, version: &str) -> Option<PackageSource> {
    if let Some(rest) = reference.strip_prefix("npm:") {
        let archive = rest.split_once("::__archiveUrl=").map(|(_, address)| decoded(address));
        return Some(match archive {
            Some(address) => from_address((name, version), Some(&address), false),
            None if rest.contains("::") => return None,
            None => nowhere(SourceKind::Registry),
        });
    }
    let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let commit = fragment.split('&').find_map(|pair| pair.strip_prefix("commit=").or(pair.strip_prefix("commit:")));
    if let Some(commit) = commit {
        return Some(source(SourceKind::Git, &format!("{address}#{commit}")));
    }
    let address = address.split("::").next().unwrap_or_default();
    if let Some(source) = commit_archive(address) {
        return Some(source);
    }
    match address.split_once("://") {
        Some(("http" | "https", _)) if address.ends_with(".git") => Some(source(SourceKind::Git, reference)),
        Some(("http" | "https", _)) => Some(from_address((name, version), Some(address), false)),
        Some(("git" | "ssh" | "git+ssh" | "git+https" | "git+http" | "git+file", _)) => {
            Some(source(SourceKind::Git, reference))
        }
        Some(_) => None,
        None => (address.starts_with("git@")).then(|| source(SourceKind::Git, reference)),
    }
}

/// What is patched, and by what: `name@npm%3A1.0.0#file::version=1.0.0&hash=0123`.
fn patched(name: &str, text: &str, version: &str, depth: usize) -> Option<(Vec<PackageSource>, String)> {
    let (inner, patch) = text.split_once('#')?;
    let inner = decoded(inner);
    let (inner_name, reference) = name_and_range(&inner);
    if inner_name != name || depth == MAX_PATCHES {
        return None;
    }
    let (mut sources, mut content) = match reference.strip_prefix("patch:") {
        Some(rest) => patched(name, rest, version, depth + 1)?,
        None => (vec![fetched(name, reference, version)?], String::new()),
    };
    let (files, parameters) = patch.split_once("::").unwrap_or((patch, ""));
    for file in files.split('&').map(|file| file.trim_start_matches("optional!").trim_start_matches('~')) {
        // Yarn's own patches make old packages work with it, and change with its releases.
        if !file.starts_with("builtin<") {
            sources.push(path(file.trim_start_matches("./").trim_start_matches('/')));
        }
    }
    let hash = parameters.split('&').find_map(|pair| pair.strip_prefix("hash=")).unwrap_or("0");
    content.push_str(hash);
    Some((sources, content))
}
