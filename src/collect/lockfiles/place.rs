//! Texts, paths and addresses as lockfiles write them; it knows no format.

use percent_encoding::percent_decode_str;

use super::{LockfileError, MAX_BYTES, MAX_MESSAGE};
use crate::evidence::{PackageSource, SourceKind};

/// Bytes as text, without a byte order mark.
pub(super) fn text(bytes: &[u8]) -> Result<&str, LockfileError> {
    check_size(bytes)?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        LockfileError::new(u32::try_from(line).ok(), "is not UTF-8")
    })
}

/// Whether a file is small enough to be read.
pub(super) fn check_size(bytes: &[u8]) -> Result<(), LockfileError> {
    if bytes.len() > MAX_BYTES {
        return Err(LockfileError::limit(None, format!("is larger than the limit of {MAX_BYTES} bytes")));
    }
    Ok(())
}

/// Line numbers of byte offsets.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn new(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line of an offset, starting at 1.
    pub(super) fn at(&self, offset: usize) -> Option<u32> {
        u32::try_from(self.0.partition_point(|end| *end < offset) + 1).ok()
    }
}

/// What a TOML document says, or the line where it is wrong.
pub(super) fn toml<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, LockfileError> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().and_then(|span| Lines::new(text).at(span.start));
        LockfileError::new(line, format!("can't be read as TOML: {}", one_line(error.message())))
    })
}

/// A message of a parser, on one line and in lower case as messages are.
pub(super) fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A message of at most [`MAX_MESSAGE`] characters.
pub(super) fn bounded(mut message: String) -> String {
    if let Some((end, _)) = message.char_indices().nth(MAX_MESSAGE) {
        message.truncate(end);
        message.push_str(" ...");
    }
    message
}

/// The directory of a path, without a slash at its end; empty for the root.
pub(super) fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// The path of a file in the same directory.
pub(super) fn beside(path: &str, name: &str) -> String {
    within(directory(path), name)
}

/// The path of a name in a directory.
pub(super) fn within(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

/// A relative path seen from a directory, with `.` and `..` resolved; `None` where it leaves the repository.
pub(super) fn join(directory: &str, relative: &str) -> Option<String> {
    let relative = relative.replace('\\', "/");
    if relative.starts_with('/') || relative.get(1..2) == Some(":") {
        return None;
    }
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A source at an address.
pub(super) fn source(kind: SourceKind, address: &str) -> PackageSource {
    let (location, host) = clean(address);
    PackageSource { kind, host, location: Some(location) }
}

/// A source without an address.
pub(super) const fn nowhere(kind: SourceKind) -> PackageSource {
    PackageSource { kind, host: None, location: None }
}

/// A source at a path.
pub(super) fn path(path: &str) -> PackageSource {
    PackageSource { kind: SourceKind::Path, host: None, location: Some(path.to_owned()) }
}

/// Query parameters that say which content is meant; others can hold credentials and are dropped.
const MEANINGFUL: [&str; 5] = ["branch", "tag", "rev", "subdirectory", "egg"];

/// An address without credentials, percent-decoded in path and query, and its host.
fn clean(address: &str) -> (String, Option<String>) {
    let (address, fragment) = address.split_once('#').map_or((address, ""), |(left, right)| (left, right));
    let (address, query) = address.split_once('?').map_or((address, ""), |(left, right)| (left, right));
    let Some((scheme, rest)) = address.split_once("://") else {
        return (scp(address, fragment), scp_host(address));
    };
    let (authority, path) = rest.split_once('/').map_or((rest, ""), |(left, right)| (left, right));
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_lowercase();
    let mut out = format!("{}://{authority}", scheme.to_lowercase());
    if !path.is_empty() {
        out.push('/');
        out.push_str(&decoded(path));
    }
    append(&mut out, query, fragment);
    (out, host_of(&authority))
}

fn append(out: &mut String, query: &str, fragment: &str) {
    let kept = query.split('&').filter(|pair| MEANINGFUL.contains(&pair.split('=').next().unwrap_or_default()));
    for (index, pair) in kept.enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        out.push_str(&decoded(pair));
    }
    if !fragment.is_empty() {
        out.push('#');
        out.push_str(&decoded(fragment));
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// `git@host:owner/name`, git's other way of writing an address, without the user.
fn scp(address: &str, fragment: &str) -> String {
    let mut out = match address.split_once(':') {
        Some((host, path)) if scp_host(address).is_some() => {
            format!("{}:{path}", host.rsplit_once('@').map_or(host, |(_, host)| host).to_lowercase())
        }
        _ => address.to_owned(),
    };
    append(&mut out, "", fragment);
    out
}

fn scp_host(address: &str) -> Option<String> {
    let (host, _) = address.split_once(':')?;
    let host = host.rsplit_once('@')?.1;
    (!host.is_empty() && !host.contains('/')).then(|| host.to_lowercase())
}

/// The host of an authority, without its port.
fn host_of(authority: &str) -> Option<String> {
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => authority.split(':').next().unwrap_or_default(),
    };
    let host = host.trim_end_matches('.');
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Lines, clean, join, text};
    use crate::collect::lockfiles::MAX_BYTES;
    use crate::evidence::Completeness;

    #[test]
    fn credentials_never_stay_in_a_location() {
        for address in [
            "https://user:s3cret@Example.com/a.tgz",
            "https://example.com/a.tgz?token=s3cret&access=s3cret",
            "git+ssh://s3cret@example.com:22/a.git#0123",
            "s3cret@example.com:a/b.git",
        ] {
            let (location, host) = clean(address);
            assert!(!location.contains("s3cret"), "{location}");
            assert_eq!(host.as_deref(), Some("example.com"), "{address}");
        }
    }

    #[test]
    fn the_two_encodings_of_a_branch_are_one_place() {
        assert_eq!(clean("git+https://h/r?branch=a%2Fb#1"), clean("git+https://h/r?branch=a/b#1"));
    }

    #[test]
    fn a_path_that_leaves_the_repository_is_none() {
        assert_eq!(join("a/b", "../c/./d").as_deref(), Some("a/c/d"));
        assert_eq!(join("a", "../../c"), None);
        assert_eq!(join("a", "/etc"), None);
        assert_eq!(join("a", "C:\\x"), None);
    }

    #[test]
    fn one_byte_more_than_the_limit_is_truncated_and_a_mark_is_dropped() {
        assert_eq!(text(&vec![b' '; MAX_BYTES + 1]).unwrap_err().completeness, Completeness::Truncated);
        assert!(text(&vec![b' '; MAX_BYTES]).is_ok());
        assert_eq!(text(b"\xEF\xBB\xBFa").unwrap(), "a");
        assert_eq!(text(b"a\n\xFF").unwrap_err().line, Some(2));
    }

    #[test]
    fn lines_start_at_one() {
        let lines = Lines::new("a\nb\n");
        assert_eq!([lines.at(0), lines.at(1), lines.at(2)], [Some(1), Some(1), Some(2)]);
    }
}
