//! One file of a git diff: its header lines, what they have to agree on, and its body.

use super::hunks::{Hunks, hunks};
use super::names::{Names, Prefix, consume, name, names};
use super::{Lines, shown};
use crate::collect::snapshot::RawFile;
use crate::evidence::{FileMode, FileStatus, path_from_bytes};

/// How every file of a git diff starts.
pub(super) const START: &[u8] = b"diff --git ";

/// Git's ids of an empty file, by SHA-1 and by SHA-256.
const EMPTY: [&[u8]; 2] =
    [b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"];

/// One file, and where it starts.
pub(super) struct Section {
    pub(super) line: usize,
    pub(super) hunk_headers: usize,
    pub(super) file: RawFile,
}

/// Header lines that were seen, as they stand.
#[derive(Default)]
struct Header<'a> {
    old_mode: Option<&'a [u8]>,
    new_mode: Option<&'a [u8]>,
    new_file: Option<&'a [u8]>,
    deleted: Option<&'a [u8]>,
    similarity: Option<&'a [u8]>,
    dissimilarity: Option<&'a [u8]>,
    rename_from: Option<&'a [u8]>,
    rename_to: Option<&'a [u8]>,
    copy_from: Option<&'a [u8]>,
    copy_to: Option<&'a [u8]>,
    index: Option<&'a [u8]>,
}

/// The ids before and after, and the mode where it did not change.
type Ids<'a> = (&'a [u8], &'a [u8], Option<&'a [u8]>);

enum Body {
    None,
    Binary,
    Text(Hunks),
}

pub(super) fn section(lines: &mut Lines<'_>, prefix: &mut Option<Prefix>) -> Result<Section, String> {
    let line = lines.number;
    let start = lines.next().and_then(|line| line.strip_prefix(START)).unwrap_or_default();
    if start.ends_with(b"\r") {
        return Err(format!("line {line}: ends in CR LF; expected the bytes that git wrote"));
    }
    let header = Header::read(lines)?;
    if header.copy_from.is_some() || header.copy_to.is_some() {
        return Err(format!("line {line}: is a copy, whose lines the diff does not show; make it without `-C`"));
    }
    let renamed = header.renamed(line)?;
    let (found, names) = names(start, renamed.as_ref()).ok_or_else(|| {
        format!("line {line}: the names of {} can't be told apart; expected the prefixes `a/` and `b/`", shown(start))
    })?;
    if *prefix.get_or_insert(found) != found {
        return Err(format!("line {line}: the prefixes of the names are not those of the files before"));
    }
    let sides =
        Sides { prefix: found, names: &names, new_file: header.new_file.is_some(), deleted: header.deleted.is_some() };
    let body = body(lines, &sides)?;
    header.refuse_missing_body(&body, renamed.is_some(), line)?;
    let file = header.file(names, renamed.is_some(), &body, line)?;
    let hunk_headers = if let Body::Text(hunks) = &body { hunks.headers } else { 0 };
    Ok(Section { line, hunk_headers, file })
}

impl<'a> Header<'a> {
    fn read(lines: &mut Lines<'a>) -> Result<Self, String> {
        let mut header = Self::default();
        while let Some(line) = lines.peek() {
            let Some((place, value)) = header.place(line) else {
                break;
            };
            if place.replace(value).is_some() {
                return Err(format!("line {}: says the same thing of a file twice", lines.number));
            }
            lines.next();
        }
        Ok(header)
    }

    fn place(&mut self, line: &'a [u8]) -> Option<(&mut Option<&'a [u8]>, &'a [u8])> {
        let places: [(&[u8], &mut Option<&'a [u8]>); 11] = [
            (b"old mode ", &mut self.old_mode),
            (b"new mode ", &mut self.new_mode),
            (b"new file mode ", &mut self.new_file),
            (b"deleted file mode ", &mut self.deleted),
            (b"similarity index ", &mut self.similarity),
            (b"dissimilarity index ", &mut self.dissimilarity),
            (b"rename from ", &mut self.rename_from),
            (b"rename to ", &mut self.rename_to),
            (b"copy from ", &mut self.copy_from),
            (b"copy to ", &mut self.copy_to),
            (b"index ", &mut self.index),
        ];
        places.into_iter().find_map(|(word, place)| line.strip_prefix(word).map(|value| (place, value)))
    }

    fn renamed(&self, line: usize) -> Result<Option<Names>, String> {
        match (self.rename_from, self.rename_to) {
            (None, None) => Ok(None),
            (Some(from), Some(to)) if self.new_file.is_none() && self.deleted.is_none() => match (name(from), name(to))
            {
                (Some(old), Some(new)) if old != new => Ok(Some(Names { old, new })),
                _ => Err(format!("line {line}: the names of the rename are not readable, or the same")),
            },
            _ => Err(format!("line {line}: the header contradicts itself about a rename")),
        }
    }

    /// The ids on both sides and the mode, of the line `index 1234567..89abcde 100644`.
    fn ids(&self) -> Option<Ids<'a>> {
        let mut parts = self.index?.splitn(2, |byte| *byte == b' ');
        let ids = parts.next()?;
        let dots = ids.windows(2).position(|window| window == b"..")?;
        let (old, new) = (ids.get(..dots)?, ids.get(dots + 2..)?);
        let id = |id: &[u8]| (4..=64).contains(&id.len()) && id.iter().all(u8::is_ascii_hexdigit);
        (id(old) && id(new)).then_some((old, new, parts.next()))
    }

    /// Git's ids of both contents, where the diff has them whole (`--full-index`); a side that is not there has none.
    fn blobs(&self) -> (Option<String>, Option<String>) {
        let whole = |id: &[u8]| matches!(id.len(), 40 | 64) && id.iter().any(|digit| *digit != b'0');
        let text = |id: &[u8]| whole(id).then(|| String::from_utf8_lossy(id).to_ascii_lowercase());
        self.ids().map_or((None, None), |(old, new, _)| (text(old), text(new)))
    }

    /// A header that tells of changed content, without that content: the diff is cut off, or made with `-w` or `-D`.
    fn refuse_missing_body(&self, body: &Body, renamed: bool, line: usize) -> Result<(), String> {
        if self.index.is_some() && self.ids().is_none() {
            return Err(format!("line {line}: the `index` line of the file is not readable"));
        }
        if !matches!(body, Body::None) {
            return Ok(());
        }
        let whole = match self.ids() {
            Some((_, new, _)) if self.new_file.is_some() => empty(new),
            Some((old, _, _)) if self.deleted.is_some() => empty(old),
            Some(_) => false,
            None if renamed => self.similarity == Some(b"100%"),
            None => self.old_mode.is_some() && self.new_mode.is_some() && self.old_mode != self.new_mode,
        };
        if whole {
            return Ok(());
        }
        Err(format!(
            "line {line}: the file's changes are not in the diff: it is cut off, or was made with `-w`, `-D` or `--quiet`"
        ))
    }

    fn file(&self, names: Names, renamed: bool, body: &Body, line: usize) -> Result<RawFile, String> {
        let (mode_before, mode_after) = self.modes(line)?;
        let status = match (self.new_file, self.deleted) {
            (Some(_), Some(_)) => return Err(format!("line {line}: the file is both new and deleted")),
            (Some(_), None) => FileStatus::Added,
            (None, Some(_)) => FileStatus::Deleted,
            (None, None) if renamed => FileStatus::Renamed,
            (None, None) => FileStatus::Modified,
        };
        let hunks = match body {
            Body::Binary => None,
            Body::None => Some(Hunks::default()),
            Body::Text(hunks) => Some(hunks.clone()),
        };
        if let Some(hunks) = &hunks
            && ((status == FileStatus::Added && hunks.old_side) || (status == FileStatus::Deleted && hunks.new_side))
        {
            return Err(format!("line {line}: the file is {status}, but has lines on both sides"));
        }
        if let (Some(old), Some(new)) = (mode_before, mode_after)
            && !old.same_type(new)
        {
            return Err(format!("line {line}: the modes are of two types of file; git shows that as two files"));
        }
        let (blob_before, blob_after) = self.blobs();
        Ok(RawFile {
            blob_before,
            blob_after,
            previous_path: renamed.then(|| path_from_bytes(&names.old)),
            mode_before,
            mode_after,
            binary: hunks.is_none(),
            added: hunks.as_ref().map(|hunks| hunks.added),
            removed: hunks.as_ref().map(|hunks| hunks.removed),
            hunks: hunks.map(|hunks| hunks.blocks).unwrap_or_default(),
            ..RawFile::at(path_from_bytes(&names.new), status)
        })
    }

    fn modes(&self, line: usize) -> Result<(Option<FileMode>, Option<FileMode>), String> {
        let read = |text: Option<&[u8]>| match text {
            None => Ok(None),
            Some(b"100644") => Ok(Some(FileMode::REGULAR)),
            Some(b"100755") => Ok(Some(FileMode::EXECUTABLE)),
            Some(b"120000") => Ok(Some(FileMode::SYMLINK)),
            Some(b"160000") => Ok(Some(FileMode::SUBMODULE)),
            Some(other) => Err(format!("line {line}: {} is no mode of a file", shown(other))),
        };
        if self.old_mode.is_some() != self.new_mode.is_some()
            || (self.old_mode.is_some() && (self.new_file.is_some() || self.deleted.is_some()))
        {
            return Err(format!("line {line}: the header contradicts itself about the mode"));
        }
        let unchanged = self.ids().and_then(|(_, _, mode)| mode);
        let (new_file, deleted) = (read(self.new_file)?, read(self.deleted)?);
        if new_file.is_some() || deleted.is_some() {
            return Ok((deleted, new_file));
        }
        Ok((read(self.old_mode.or(unchanged))?, read(self.new_mode.or(unchanged))?))
    }
}

fn empty(id: &[u8]) -> bool {
    EMPTY.iter().any(|empty| empty.starts_with(id))
}

struct Sides<'a> {
    prefix: Prefix,
    names: &'a Names,
    new_file: bool,
    deleted: bool,
}

impl Sides<'_> {
    fn name_before(&self) -> Vec<u8> {
        if self.new_file { b"/dev/null".to_vec() } else { [self.prefix.old.as_bytes(), &self.names.old].concat() }
    }

    fn name_after(&self) -> Vec<u8> {
        if self.deleted { b"/dev/null".to_vec() } else { [self.prefix.new.as_bytes(), &self.names.new].concat() }
    }
}

fn body(lines: &mut Lines<'_>, sides: &Sides<'_>) -> Result<Body, String> {
    let number = lines.number;
    let Some(line) = lines.peek() else {
        return Ok(Body::None);
    };
    let unfit = |line: &[u8]| format!("line {number}: {} does not name the file of the `diff --git` line", shown(line));
    if let Some(old) = line.strip_prefix(b"--- ") {
        lines.next();
        let new = lines.next().unwrap_or_default();
        // A name with a blank in it is followed by a tab.
        let fits = |line: &[u8], name: &[u8]| consume(line, name).is_some_and(|rest| rest.is_empty() || rest == b"\t");
        if !fits(old, &sides.name_before()) {
            return Err(unfit(line));
        }
        if !new.strip_prefix(b"+++ ").is_some_and(|new| fits(new, &sides.name_after())) {
            return Err(unfit(new));
        }
        let found = hunks(lines)?;
        if found.headers == 0 {
            return Err(format!("line {number}: the file has no hunk: the diff is cut off"));
        }
        return Ok(Body::Text(found));
    }
    if let Some(rest) = line.strip_prefix(b"Binary files ") {
        let rest = consume(rest, &sides.name_before()).and_then(|rest| rest.strip_prefix(b" and "));
        let rest = rest.and_then(|rest| consume(rest, &sides.name_after()));
        if rest != Some(b" differ") {
            return Err(unfit(line));
        }
        lines.next();
        return Ok(Body::Binary);
    }
    if line == b"GIT binary patch" {
        lines.next();
        binary_patch(lines)?;
        return Ok(Body::Binary);
    }
    Ok(Body::None)
}

/// One or two blocks, each closed by an empty line.
fn binary_patch(lines: &mut Lines<'_>) -> Result<(), String> {
    let mut blocks = 0;
    while let Some(line) = lines.peek()
        && (line.starts_with(b"literal ") || line.starts_with(b"delta "))
    {
        lines.next();
        loop {
            match lines.next() {
                Some(b"") => break,
                Some(line) if line.iter().all(u8::is_ascii_graphic) => {}
                _ => {
                    return Err(format!("line {}: the binary patch ends early: the diff is cut off", lines.number - 1));
                }
            }
        }
        blocks += 1;
    }
    if blocks == 1 || blocks == 2 {
        return Ok(());
    }
    Err(format!("line {}: the binary patch has {blocks} blocks, expected one or two", lines.number))
}
