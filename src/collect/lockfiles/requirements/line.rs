//! One line of a requirement file; it follows no include and decides nothing.

use crate::collect::lockfiles::pypi::{is_archive, leading_name, normalized};

/// A line with its continuations.
pub(super) struct Logical {
    /// Where it starts, from 1.
    pub(super) number: u32,
    /// Its text, without comments.
    pub(super) text: String,
    /// Its comment, and the comment lines below it.
    pub(super) comment: String,
}

/// What a line says.
pub(super) enum Line {
    /// Nothing that decides which packages there are.
    Nothing,
    /// `-r` or `-c`.
    Include { path: String, constraint: bool },
    /// An index, or a page of links.
    Index(String),
    /// A path without a name.
    Local(String),
    /// A package.
    Requirement(Requirement),
}

/// One package that is asked for.
pub(super) struct Requirement {
    pub(super) name: String,
    pub(super) pin: Pin,
    pub(super) hashes: Vec<String>,
    /// Whether a marker decides if it is installed.
    pub(super) conditional: bool,
}

/// What decides its version.
pub(super) enum Pin {
    None,
    Version(String),
    Url(String),
    Git { address: String, reference: String },
}

/// Lines with their continuations joined and their comments apart, as pip does it; empty ones are left out.
pub(super) fn logical(text: &str) -> Vec<Logical> {
    let mut lines: Vec<Logical> = Vec::new();
    let mut continued = false;
    for (index, raw) in text.lines().enumerate() {
        let (body, comment) = split_comment(raw);
        // A line that is a comment alone ends a continuation.
        let only_comment = body.trim().is_empty() && !comment.is_empty();
        let (body, continues) = match body.strip_suffix('\\') {
            Some(body) if comment.is_empty() => (body, true),
            _ => (body, false),
        };
        match lines.last_mut() {
            Some(last) if continued || only_comment => {
                if !only_comment {
                    last.text.push_str(body);
                }
                last.comment.push_str(comment);
                last.comment.push(' ');
            }
            _ if body.trim().is_empty() && !continues => {}
            _ => {
                let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
                lines.push(Logical { number, text: body.to_owned(), comment: comment.to_owned() });
            }
        }
        continued = continues && !only_comment;
    }
    lines
}

/// A comment starts at `#` at the start of the line or after white space.
fn split_comment(line: &str) -> (&str, &str) {
    let mut before = ' ';
    for (at, character) in line.char_indices() {
        if character == '#' && before.is_whitespace() {
            return line.split_at(at);
        }
        before = character;
    }
    (line, "")
}

/// Options that change how packages are got or built, not which.
const HARMLESS: [&str; 11] = [
    "--pre",
    "--all-releases",
    "--only-final",
    "--prefer-binary",
    "--require-hashes",
    "--no-require-hashes",
    "--no-binary",
    "--only-binary",
    "--trusted-host",
    "--use-feature",
    "--no-index",
];

/// What one logical line says, or what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Line, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Line::Nothing);
    }
    // Credentials often do, and say nothing of the place.
    let text = &without_credentials(text);
    if text.contains("${") {
        return Err(format!("`{text}` depends on a variable of the environment"));
    }
    if text.starts_with('-') {
        return option(text);
    }
    requirement(text)
}

/// A line in which no address has a user or a password that is a variable of the environment.
fn without_credentials(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        out.push_str(before);
        out.push_str("://");
        let end = after.find(|c: char| c == '/' || c.is_whitespace()).unwrap_or(after.len());
        let (authority, _) = after.split_at_checked(end).unwrap_or((after, ""));
        let host = authority.rfind('@').filter(|_| authority.contains("${")).and_then(|at| after.get(at + 1..));
        rest = host.unwrap_or(after);
    }
    out.push_str(rest);
    out
}

fn option(text: &str) -> Result<Line, String> {
    let (name, value) = match text.split_once([' ', '=', '\t']) {
        Some((name, value)) => (name, value.trim().trim_matches(['"', '\''])),
        // `-rbase.txt`: a value may follow its letter.
        None if !text.starts_with("--") => text.split_at_checked(2).unwrap_or((text, "")),
        None => (text, ""),
    };
    let needed = || if value.is_empty() { Err(format!("`{name}` has no value")) } else { Ok(value.to_owned()) };
    match name {
        "-r" | "--requirement" => Ok(Line::Include { path: needed()?, constraint: false }),
        "-c" | "--constraint" => Ok(Line::Include { path: needed()?, constraint: true }),
        "-i" | "--index-url" | "--extra-index-url" | "-f" | "--find-links" => Ok(Line::Index(needed()?)),
        "-e" | "--editable" => requirement(&needed()?),
        name if HARMLESS.contains(&name) => Ok(Line::Nothing),
        _ => Err(format!("`{text}` is no option of a requirement file that is known")),
    }
}

fn requirement(text: &str) -> Result<Line, String> {
    let (text, options) = split_options(text);
    let mut hashes = hashes(options)?;
    let (body, marker) = match text.split_once("; ").or_else(|| text.split_once(" ;")) {
        Some((body, marker)) => (body, marker),
        None if text.contains("://") => (text, ""),
        None => text.split_once(';').unwrap_or((text, "")),
    };
    let (body, conditional) = (body.trim(), !marker.trim().is_empty());
    let name = leading_name(body);
    let rest = body.get(name.len()..).unwrap_or_default().trim_start();
    let rest = without_extras(rest).ok_or_else(|| format!("`{body}` has extras that do not end"))?;
    hashes.extend(fragment_hash(body));
    let made = |name: &str, pin: Pin| {
        Ok(Line::Requirement(Requirement { name: normalized(name), pin, hashes: hashes.clone(), conditional }))
    };
    if let Some(address) = rest.strip_prefix('@').filter(|_| !name.is_empty()) {
        return made(name, address_pin(address.trim())?);
    }
    if body.contains("://") {
        let egg = body.split_once("egg=").map(|(_, egg)| leading_name(egg)).filter(|egg| !egg.is_empty());
        let egg =
            egg.ok_or_else(|| format!("`{body}` does not say which package it is: expected `<name> @ <address>`"))?;
        return made(egg, address_pin(body)?);
    }
    if body.starts_with(['.', '/']) || body.contains('/') || body.contains('\\') || is_archive(body) {
        let path = body.strip_prefix("file:").unwrap_or(body);
        // Extras of a directory stand behind it.
        return Ok(Line::Local(path.split_once('[').map_or(path, |(path, _)| path).to_owned()));
    }
    if name.is_empty() {
        return Err(format!("`{body}` is not a requirement"));
    }
    made(name, version_pin(rest).ok_or_else(|| format!("`{body}` is not a requirement"))?)
}

/// The checksum in the fragment of an address, which pip holds the archive to.
fn fragment_hash(body: &str) -> Option<String> {
    let (_, fragment) = body.split_once("://")?.1.split_once('#')?;
    fragment.split('&').find_map(|pair| {
        let (algorithm, digest) = pair.split_once('=')?;
        let known = ["sha256", "sha384", "sha512", "sha224", "sha1", "md5"].contains(&algorithm);
        let hexadecimal = !digest.is_empty() && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        (known && hexadecimal).then(|| format!("{algorithm}:{digest}"))
    })
}

/// Options of a single requirement stand behind it.
fn split_options(text: &str) -> (&str, &str) {
    let found = [" --", " -C"].iter().filter_map(|start| text.find(start)).min();
    found.map_or((text, ""), |at| text.split_at(at))
}

fn hashes(options: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut words = options.split_whitespace();
    while let Some(word) = words.next() {
        let digest = match word {
            "--hash" => words.next(),
            word => match word.strip_prefix("--hash=") {
                Some(digest) => Some(digest),
                None if word.starts_with('-') => {
                    // Its value may be a word of its own.
                    if !word.contains('=') {
                        words.next();
                    }
                    continue;
                }
                None => return Err(format!("`{word}` stands behind the options of a requirement")),
            },
        };
        match digest.and_then(|digest| digest.split_once(':')) {
            Some((algorithm, digest)) if !algorithm.is_empty() && !digest.is_empty() => {
                found.push(format!("{algorithm}:{digest}"));
            }
            _ => return Err(format!("`{word}` is no checksum: expected `--hash=<algorithm>:<digest>`")),
        }
    }
    Ok(found)
}

fn without_extras(rest: &str) -> Option<&str> {
    match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']').map(|(_, rest)| rest.trim_start()),
        None => Some(rest),
    }
}

/// The pin of a list of specifiers; `None` where it is no such list.
fn version_pin(specifiers: &str) -> Option<Pin> {
    let specifiers = specifiers.trim().trim_start_matches('(').trim_end_matches(')');
    let mut pin = Pin::None;
    for specifier in specifiers.split(',').map(str::trim).filter(|specifier| !specifier.is_empty()) {
        let operator =
            ["===", "==", "~=", "!=", "<=", ">=", "<", ">"].into_iter().find(|it| specifier.starts_with(it))?;
        let version = specifier.get(operator.len()..)?.trim();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '!' | '+' | '-' | '_' | '*');
        if version.is_empty() || !version.chars().all(plain) {
            return None;
        }
        if matches!(operator, "==" | "===") && !version.contains('*') {
            pin = Pin::Version(version.to_owned());
        }
    }
    Some(pin)
}

fn address_pin(address: &str) -> Result<Pin, String> {
    let Some((system, rest)) = address.split_once('+').filter(|(system, _)| system.len() <= 3) else {
        return Ok(Pin::Url(address.to_owned()));
    };
    if system != "git" {
        return Err(format!("`{address}` lies in a repository of `{system}`, which is not read"));
    }
    let plain = rest.split('#').next().unwrap_or_default();
    let path = plain.split_once("://").map_or(plain, |(_, path)| path);
    let path = path.split_once('/').map_or("", |(_, path)| path);
    let Some((_, reference)) = path.rsplit_once('@').filter(|(_, reference)| !reference.is_empty()) else {
        return Err(format!("`{address}` names no commit: expected `{plain}@<commit>`"));
    };
    Ok(Pin::Git { address: address.to_owned(), reference: reference.to_owned() })
}

/// Whether a ref is a full commit id.
pub(super) fn is_commit(reference: &str) -> bool {
    matches!(reference.len(), 40 | 64) && reference.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{Line, Pin, logical, parse};

    fn pin(text: &str) -> (String, Option<String>) {
        match parse(text) {
            Ok(Line::Requirement(one)) => (
                one.name,
                match one.pin {
                    Pin::None => None,
                    Pin::Version(text) | Pin::Url(text) | Pin::Git { reference: text, .. } => Some(text),
                },
            ),
            Ok(_) => panic!("no requirement: {text}"),
            Err(message) => panic!("{message}"),
        }
    }

    #[test]
    fn what_pins_a_requirement_is_found() {
        for (text, expected) in [
            ("a==1.0", Some("1.0")),
            ("a [x, y] == 2.1.0", Some("2.1.0")),
            ("a===1!2.0+local", Some("1!2.0+local")),
            ("a (==1.0)", Some("1.0")),
            ("a==1.0; python_version < '3' --hash=sha256:12", Some("1.0")),
            ("a == 1.*", None),
            ("a>=1", None),
            ("a", None),
            ("a @ https://h/a.zip ; python_version < '3'", Some("https://h/a.zip")),
            ("git+https://user@h/o/a@main#egg=a", Some("main")),
            ("a @ git+ssh://git@h/o/a.git@0123", Some("0123")),
        ] {
            assert_eq!(pin(text), ("a".to_owned(), expected.map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn what_is_no_requirement_is_refused() {
        for text in [
            "a==",
            "a==${X}",
            "a=1",
            "a==1 b",
            "a==1.0 --hash=nothing",
            "--unknown",
            "-é",
            "-",
            "git+https://h/o/a#egg=a",
            "hg+https://h/a@1#egg=a",
            "a[x==1",
            "<<<<<<< HEAD",
            "https://h/a.zip",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn variables_may_stand_in_credentials_alone() {
        for text in [
            "--index-url https://${USER}:${TOKEN}@h.example/simple",
            "git+https://${TOKEN}@h.example/o/a@0123#egg=a",
            "a @ git+https://x:${TOKEN}@h.example/o/a@0123",
        ] {
            assert!(parse(text).is_ok(), "{text}");
        }
        for text in ["--index-url https://${HOST}/simple", "a @ https://h/${X}@b", "-r ${X}", "a==1 # ://${X}@b/${Y}"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_checksum_in_an_address_counts() {
        let hashes = |text: &str| match parse(text) {
            Ok(Line::Requirement(one)) => one.hashes,
            _ => panic!("no requirement: {text}"),
        };
        assert_eq!(hashes("a @ https://h/a.zip#sha256=01ab&egg=a"), ["sha256:01ab"]);
        assert_eq!(hashes("https://h/a.zip#egg=a&md5=01 --hash=sha256:2"), ["sha256:2", "md5:01"]);
        assert!(hashes("a @ https://h/a.zip#sha256=").is_empty());
        assert!(hashes("git+https://h/a@sha256=01#egg=a").is_empty());
    }

    #[test]
    fn continuations_are_joined_and_comments_are_not() {
        let lines = logical("a==1 \\\n  --hash=sha256:1 # x\n  # via b\n\nb==2#c\n");
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].text.split_whitespace().collect::<Vec<_>>(), ["a==1", "--hash=sha256:1"]);
        assert!(lines[0].comment.contains("via b"));
        assert_eq!((lines[1].number, lines[1].text.as_str()), (5, "b==2#c"));
    }
}
