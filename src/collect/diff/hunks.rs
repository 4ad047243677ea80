//! The hunks of one file, line by line, to blocks without context. A hunk holds exactly the lines that its header says,
//! and stands exactly where the hunks before it put it; anything else means that something is missing.

use super::{Lines, refuse_foreign, shown};
use crate::evidence::Hunk;

/// All hunks of a file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Hunks {
    /// How many `@@` lines there were.
    pub(super) headers: usize,
    pub(super) blocks: Vec<Hunk>,
    pub(super) added: u32,
    pub(super) removed: u32,
    /// Whether there was a line of context or of the side before; there is none in an added file.
    pub(super) old_side: bool,
    /// The same of the side after.
    pub(super) new_side: bool,
}

/// One block where all lines of a file are replaced.
pub(super) fn replaced(old: u32, new: u32) -> Vec<Hunk> {
    if old == 0 && new == 0 {
        return Vec::new();
    }
    vec![Hunk { old_start: u32::from(old > 0), old_lines: old, new_start: u32::from(new > 0), new_lines: new }]
}

pub(super) fn hunks(lines: &mut Lines<'_>) -> Result<Hunks, String> {
    let mut found = Hunks::default();
    let mut next = Position { old: 1, new: 1 };
    while let Some(line) = lines.peek() {
        if !line.starts_with(b"@@ ") {
            if line.starts_with(b"@@") {
                refuse_foreign(line, lines.number)?;
            }
            break;
        }
        let number = lines.number;
        let header = header(line).ok_or_else(|| format!("line {number}: is no hunk header: {}", shown(line)))?;
        lines.next();
        let at = header.position(number)?;
        if at.old < next.old || at.new < next.new || at.old.abs_diff(next.old) != at.new.abs_diff(next.new) {
            return Err(format!(
                "line {number}: the hunk does not stand where the lines before it put it; a part of the diff is missing"
            ));
        }
        next = walk(lines, &header, at, number, &mut found)?;
        found.headers += 1;
    }
    Ok(found)
}

#[derive(Debug, Clone, Copy)]
struct Position {
    old: u32,
    new: u32,
}

struct Header {
    old: (u32, u32),
    new: (u32, u32),
}

impl Header {
    /// The lines that come next on each side: an empty range names the line before it.
    fn position(&self, number: usize) -> Result<Position, String> {
        let first = |(start, length): (u32, u32)| {
            let first = if length == 0 { start.checked_add(1) } else { Some(start).filter(|start| *start > 0) };
            // One more, so that walking past the end can't overflow.
            first.filter(|first| first.checked_add(length).is_some_and(|end| end < u32::MAX))
        };
        first(self.old)
            .zip(first(self.new))
            .map(|(old, new)| Position { old, new })
            .ok_or_else(|| format!("line {number}: the hunk's line numbers are out of range"))
    }
}

/// `@@ -1,2 +3,4 @@`, with a length of 1 where none is given.
fn header(line: &[u8]) -> Option<Header> {
    let line = line.strip_prefix(b"@@ -")?;
    let end = line.windows(3).position(|window| window == b" @@")?;
    let (ranges, rest) = line.split_at_checked(end)?;
    let rest = rest.strip_prefix(b" @@")?;
    if !rest.is_empty() && !rest.starts_with(b" ") {
        return None;
    }
    let (old, new) = std::str::from_utf8(ranges).ok()?.split_once(" +")?;
    Some(Header { old: range(old)?, new: range(new)? })
}

fn range(text: &str) -> Option<(u32, u32)> {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    match text.split_once(',') {
        Some((start, length)) => Some((number(start)?, number(length)?)),
        None => Some((number(text)?, 1)),
    }
}

/// Walks the lines of one hunk; returns the position after it.
fn walk(
    lines: &mut Lines<'_>,
    header: &Header,
    start: Position,
    number: usize,
    found: &mut Hunks,
) -> Result<Position, String> {
    let (mut at, mut block) = (start, None);
    let (old_end, new_end) = (start.old + header.old.1, start.new + header.new.1);
    let before = (found.added, found.removed);
    let mut content = false;
    while at.old < old_end || at.new < new_end {
        let line = lines.peek().ok_or_else(|| format!("line {number}: the hunk ends early: the diff is cut off"))?;
        match line.first() {
            // Mailers take the blank off an empty line of context.
            Some(b' ') | None => {
                close(&mut block, at, found);
                (at.old, at.new) = (at.old + 1, at.new + 1);
                (found.old_side, found.new_side) = (true, true);
            }
            Some(b'-') => {
                block.get_or_insert(at);
                at.old += 1;
                found.removed += 1;
                found.old_side = true;
            }
            Some(b'+') => {
                block.get_or_insert(at);
                at.new += 1;
                found.added += 1;
                found.new_side = true;
            }
            Some(b'\\') if content && line.starts_with(b"\\ ") => {}
            _ => {
                refuse_foreign(line, lines.number)?;
                let why = "is neither context nor added nor removed, but the hunk is not complete";
                return Err(format!("line {}: {why}: the diff is cut off, or shows words", lines.number));
            }
        }
        if at.old > old_end || at.new > new_end {
            return Err(format!(
                "line {}: the hunk of line {number} has more lines than its header says",
                lines.number
            ));
        }
        // A missing newline is told of once, after the line that lacks it.
        content = line.first() != Some(&b'\\');
        lines.next();
    }
    close(&mut block, at, found);
    if lines.peek().is_some_and(|line| line.starts_with(b"\\ ")) {
        lines.next();
    }
    if (found.added, found.removed) == before {
        return Err(format!("line {number}: the hunk changes no line"));
    }
    match lines.peek().and_then(<[u8]>::first) {
        Some(b' ' | b'+' | b'\\') => {
            Err(format!("line {}: the hunk of line {number} has more lines than its header says", lines.number))
        }
        _ => Ok(at),
    }
}

fn close(block: &mut Option<Position>, at: Position, found: &mut Hunks) {
    if let Some(start) = block.take() {
        let (old_lines, new_lines) = (at.old - start.old, at.new - start.new);
        found.blocks.push(Hunk {
            old_start: start.old - u32::from(old_lines == 0),
            old_lines,
            new_start: start.new - u32::from(new_lines == 0),
            new_lines,
        });
    }
}
