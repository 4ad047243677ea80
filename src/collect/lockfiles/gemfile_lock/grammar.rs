//! The grammar of a `Gemfile.lock`: sections, blocks of sources with their gems, lists; it decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::lockfiles::{LockfileError, MAX_PACKAGES};

/// What kind of source a block is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockKind {
    Gem,
    Git,
    Path,
    Plugin,
}

/// One source with the gems that come from it.
pub(super) struct Block {
    pub(super) kind: BlockKind,
    /// The line of its heading.
    pub(super) line: u32,
    /// Values of each option, in the order of the file.
    options: BTreeMap<String, Vec<String>>,
    pub(super) gems: Vec<Gem>,
    /// Whether `specs:` stands there.
    specs: bool,
}

impl Block {
    /// Values of an option.
    pub(super) fn values(&self, key: &str) -> impl Iterator<Item = &str> {
        self.options.get(key).into_iter().flatten().map(String::as_str)
    }
}

/// One gem for one platform.
pub(super) struct Gem {
    pub(super) line: u32,
    pub(super) id: Id,
    /// Names of what it depends on.
    pub(super) needs: Vec<String>,
}

/// A gem at a version for a platform; empty for any.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) platform: String,
}

/// A whole file.
#[derive(Default)]
pub(super) struct Document {
    pub(super) blocks: Vec<Block>,
    /// Names that the `Gemfile` asks for; `None` without that section.
    pub(super) direct: Option<BTreeSet<String>>,
    /// Checksums as `algorithm:digest` with the line; `None` without that section.
    pub(super) checksums: Option<BTreeMap<Id, (u32, Vec<String>)>>,
    /// Whether a section stands below `DEPENDENCIES`, so that this one is not cut short.
    pub(super) ended: bool,
}

/// Sections that are no sources.
const LISTS: [&str; 5] = ["PLATFORMS", "DEPENDENCIES", "CHECKSUMS", "RUBY VERSION", "BUNDLED WITH"];

/// Reads a whole file.
///
/// # Errors
/// At the first line that is not of the grammar.
pub(super) fn document(text: &str) -> Result<Document, LockfileError> {
    let mut document = Document::default();
    let mut section = "";
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut gems = 0;
    for (index, raw) in text.lines().enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let error = |message: String| LockfileError::new(Some(number), message);
        let line = raw.trim_end();
        if line.is_empty() {
            continue;
        }
        if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark)) {
            return Err(error("holds a mark of a merge conflict".to_owned()));
        }
        let body = line.trim_start_matches(' ');
        let indent = line.len() - body.len();
        if indent == 0 {
            document.finish(section)?;
            section = line;
            let kind = match line {
                "GEM" => BlockKind::Gem,
                "GIT" => BlockKind::Git,
                "PATH" => BlockKind::Path,
                "PLUGIN SOURCE" => BlockKind::Plugin,
                list if LISTS.contains(&list) => {
                    if !seen.insert(list) {
                        return Err(error(format!("`{list}` stands there twice")));
                    }
                    document.open(list);
                    continue;
                }
                _ => return Err(error(format!("`{line}` is no section of a Gemfile.lock"))),
            };
            document.blocks.push(Block {
                kind,
                line: number,
                options: BTreeMap::new(),
                gems: Vec::new(),
                specs: false,
            });
            continue;
        }
        match section {
            "GEM" | "GIT" | "PATH" | "PLUGIN SOURCE" => {
                let block = document.blocks.last_mut().ok_or_else(|| error("stands in no section".to_owned()))?;
                in_block(block, indent, body, number).map_err(error)?;
                gems += usize::from(indent == 4);
                if gems > MAX_PACKAGES {
                    return Err(LockfileError::limit(Some(number), format!("locks more than {MAX_PACKAGES} packages")));
                }
            }
            "" => return Err(error(format!("`{body}` stands in no section"))),
            _ => document.in_list(section, indent, body, number).map_err(error)?,
        }
    }
    document.finish(section)?;
    Ok(document)
}

impl Document {
    fn open(&mut self, list: &str) {
        match list {
            "DEPENDENCIES" => self.direct = Some(BTreeSet::new()),
            "CHECKSUMS" => self.checksums = Some(BTreeMap::new()),
            _ => {}
        }
        self.ended |= self.direct.is_some() && list != "DEPENDENCIES";
    }

    /// Refuses a block without the heading of its gems.
    fn finish(&self, section: &str) -> Result<(), LockfileError> {
        match self.blocks.last() {
            Some(block) if !LISTS.contains(&section) && !block.specs => {
                Err(LockfileError::new(Some(block.line), format!("`{section}` has no `specs:`; it may be cut short")))
            }
            _ => Ok(()),
        }
    }

    fn in_list(&mut self, section: &str, indent: usize, body: &str, line: u32) -> Result<(), String> {
        match section {
            "DEPENDENCIES" if indent == 2 => {
                let name = needed(body.strip_suffix('!').unwrap_or(body))?;
                self.direct.get_or_insert_default().insert(name);
                Ok(())
            }
            "CHECKSUMS" if indent == 2 => {
                let (id, digests) = checksum(body)?;
                let message = format!("the checksum of `{}` stands there twice", id.name);
                let other = self.checksums.get_or_insert_default().insert(id, (line, digests));
                other.map_or(Ok(()), |_| Err(message))
            }
            "PLATFORMS" if indent == 2 && is_name(body) => Ok(()),
            "BUNDLED WITH" if indent >= 2 && is_version(body) => Ok(()),
            "RUBY VERSION" if indent >= 2 => Ok(()),
            _ => Err(format!("`{body}` is no line of `{section}`")),
        }
    }
}

fn in_block(block: &mut Block, indent: usize, body: &str, line: u32) -> Result<(), String> {
    match (indent, block.specs) {
        (2, false) if body == "specs:" => {
            block.specs = true;
            Ok(())
        }
        (2, false) => {
            let word =
                |key: &&str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            let (key, value) = body
                .split_once(": ")
                .filter(|(key, _)| word(key))
                .ok_or_else(|| format!("`{body}` is no option of a source: expected `<key>: <value>`"))?;
            // Several remotes of one block are several registries.
            let several = key == "remote" && block.kind == BlockKind::Gem;
            let values = block.options.entry(key.to_owned()).or_default();
            if !values.is_empty() && !several {
                return Err(format!("`{key}` stands there twice"));
            }
            values.push(value.trim().to_owned());
            Ok(())
        }
        (4, true) => {
            let id = id(body).ok_or_else(|| format!("`{body}` is no gem: expected `<name> (<version>)`"))?;
            block.gems.push(Gem { line, id, needs: Vec::new() });
            Ok(())
        }
        (6, true) => {
            let name = needed(body.strip_suffix('!').unwrap_or(body))?;
            let gem = block.gems.last_mut().ok_or_else(|| format!("`{body}` is needed by no gem"))?;
            gem.needs.push(name);
            Ok(())
        }
        _ => Err(format!("`{body}` is indented by {indent} blanks, where no line of a source is")),
    }
}

/// `name (version)` or `name (version-platform)`.
fn id(text: &str) -> Option<Id> {
    let (name, rest) = text.split_once(" (")?;
    let inner = rest.strip_suffix(')')?;
    let (version, platform) = match inner.split_once('-') {
        Some((version, platform)) if is_name(platform) => (version, platform),
        Some(_) => return None,
        None => (inner, ""),
    };
    let valid = is_name(name) && is_version(version);
    valid.then(|| Id { name: name.to_owned(), version: version.to_owned(), platform: platform.to_owned() })
}

/// The name of `name` or `name (requirement, requirement)`.
fn needed(text: &str) -> Result<String, String> {
    let (name, requirements) = text.split_once(" (").map_or((text, None), |(name, rest)| (name, Some(rest)));
    let closed = requirements.is_none_or(|rest| rest.len() > 1 && rest.find(')') == Some(rest.len() - 1));
    let valid = is_name(name) && closed;
    if valid {
        Ok(name.to_owned())
    } else {
        Err(format!("`{text}` is no dependency: expected `<name> (<requirements>)`"))
    }
}

/// `name (version) algorithm=hex,algorithm=hex`, or without checksums.
fn checksum(text: &str) -> Result<(Id, Vec<String>), String> {
    let wrong = || format!("`{text}` is no checksum: expected `<name> (<version>) <algorithm>=<hex>`");
    let (gem, digests) = match text.split_once(") ") {
        Some((_, digests)) => (text.get(..text.len() - digests.len() - 1).unwrap_or_default(), digests),
        None => (text, ""),
    };
    let id = id(gem).ok_or_else(wrong)?;
    let mut found = BTreeSet::new();
    for digest in digests.split(',').filter(|_| !digests.is_empty()) {
        let (algorithm, hex) = digest.trim().split_once('=').ok_or_else(wrong)?;
        let length = match algorithm {
            "md5" => Some(32),
            "sha1" => Some(40),
            "sha256" => Some(64),
            "sha384" => Some(96),
            "sha512" => Some(128),
            _ => None,
        };
        let hexadecimal = !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_name(algorithm) || !hexadecimal || length.is_some_and(|length| hex.len() != length) {
            return Err(wrong());
        }
        found.insert(format!("{algorithm}:{}", hex.to_ascii_lowercase()));
    }
    Ok((id, found.into_iter().collect()))
}

/// Whether a text is what a gem, a platform or an algorithm may be called.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Whether a text is a version as RubyGems takes it, without a platform.
fn is_version(text: &str) -> bool {
    let number = text.starts_with(|first: char| first.is_ascii_digit());
    number && text.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::{checksum, document, id, needed};

    #[test]
    fn a_platform_is_what_stands_behind_the_version() {
        for (text, expected) in [
            ("a (1.0)", Some(("a", "1.0", ""))),
            ("a-b.c_d (1.0.0.rc1-x86_64-linux-gnu)", Some(("a-b.c_d", "1.0.0.rc1", "x86_64-linux-gnu"))),
            ("a (1.0-)", None),
            ("a ()", None),
            ("a (main)", None),
            ("a", None),
            ("a (1.0", None),
            ("a b (1.0)", None),
            ("a (1..0)", None),
        ] {
            let found = id(text);
            let found = found.as_ref().map(|id| (id.name.as_str(), id.version.as_str(), id.platform.as_str()));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_checksum_has_the_length_of_its_algorithm() {
        let (half, hex) = ("0123456789ABCDEF".repeat(2), "0123456789ABCDEF".repeat(4));
        let (_, digests) = checksum(&format!("a (1.0) sha256={hex},md5={half}")).unwrap();
        assert_eq!(digests, [format!("md5:{}", half.to_lowercase()), format!("sha256:{}", hex.to_lowercase())]);
        assert!(checksum("a (1.0)").unwrap().1.is_empty());
        for text in
            ["a (1.0) sha256=", "a (1.0) sha256=0123", "a (1.0) sha256", "a (1.0) new=xyz", "a (1.0) =00", "a sha1=00"]
        {
            assert!(checksum(text).is_err(), "{text}");
        }
        assert!(checksum(&format!("a (1.0) sha256={},", hex)).is_err());
    }

    #[test]
    fn what_a_gem_needs_has_a_name_and_closed_requirements() {
        for text in ["a", "a (>= 1, < 2)", "a (~> 1.0)"] {
            assert_eq!(needed(text).as_deref(), Ok("a"), "{text}");
        }
        for text in ["a (>= 1", "a (", "a b", "", "a ()) (", "a (= 1) x"] {
            assert!(needed(text).is_err(), "{text}");
        }
    }

    #[test]
    fn lines_out_of_grammar_are_refused_where_they_stand() {
        for (text, line) in [
            ("  remote: x\n", 1),
            ("GEM\n  specs:\n   a (1.0)\n", 3),
            ("GEM\n  specs:\n\ta (1.0)\n", 3),
            ("GEM\n  specs:\n      b\n", 3),
            ("GEM\n    a (1.0)\n", 2),
            ("GEM\n  remote: https://h/\n\nPLATFORMS\n", 1),
            ("GIT\n  remote: a\n  remote: b\n", 3),
            ("SVN\n", 1),
            ("GEM\n  specs:\n<<<<<<< HEAD\n", 3),
            ("DEPENDENCIES\n  a\nDEPENDENCIES\n", 3),
            ("BUNDLED WITH\n  soon\n", 2),
            ("PLATFORMS\n    ruby\n", 2),
        ] {
            assert_eq!(document(text).err().and_then(|error| error.line), Some(line), "{text}");
        }
    }
}
