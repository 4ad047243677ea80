//! What is looked at before Markdown is: the mark of the encoding, front matter, how deep lines nest, where lines begin.

use super::{MAX_INDENT, MAX_NESTING};

/// Where lines begin. They end as in CommonMark: at a line feed, a carriage return, or both.
pub(super) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn new(text: &str) -> Self {
        let mut starts = vec![0];
        let mut bytes = text.bytes().enumerate().peekable();
        while let Some((at, byte)) = bytes.next() {
            let follows = bytes.peek().map(|(_, byte)| *byte);
            if byte == b'\n' || (byte == b'\r' && follows != Some(b'\n')) {
                starts.push(at + 1);
            }
        }
        Self { starts }
    }

    /// The line, from 1, that an offset is on.
    pub(super) fn of(&self, offset: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= offset)).unwrap_or(u32::MAX)
    }
}

/// The text's lines with their ends and offsets.
fn lines(text: &str, from: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut offset = from;
    text.get(from..).unwrap_or("").split_inclusive('\n').map(move |line| {
        let start = offset;
        offset += line.len();
        (start, line)
    })
}

/// Where the text begins after the mark of its encoding and its front matter: `---` alone on the first line, up to the
/// next `---` or `...`. One that does not end is none.
pub(super) fn matter(text: &str) -> usize {
    let begin = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lines = lines(text, begin);
    if lines.next().is_none_or(|(_, first)| first.trim_end() != "---") {
        return begin;
    }
    lines
        .find(|(_, line)| matches!(line.trim_end(), "---" | "..."))
        .map_or(begin, |(start, line)| start.saturating_add(line.len()))
}

/// The first line that opens more than [`MAX_NESTING`] containers, or that is indented by more than [`MAX_INDENT`]
/// columns. Every line of a document is held against every container that is open, so that without a limit the time
/// would grow with the square of the length.
pub(super) fn too_deep(text: &str, from: usize) -> Option<usize> {
    text.get(from..).unwrap_or("").split(['\n', '\r']).position(is_too_deep).map(|at| {
        // Only now it matters that a carriage return before a line feed ends no line of its own.
        let before = text.get(from..).unwrap_or("").split_inclusive(['\n', '\r']).take(at);
        let end = from + before.map(str::len).sum::<usize>();
        Lines::new(text).of(end) as usize
    })
}

fn is_too_deep(line: &str) -> bool {
    let (mut containers, mut columns) = (0_usize, 0_usize);
    let mut bytes = line.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 4,
            b'>' => containers += 1,
            b'-' | b'+' | b'*' if bytes.peek().is_none_or(|next| matches!(next, b' ' | b'\t')) => containers += 1,
            b'0'..=b'9' => {
                while bytes.next_if(u8::is_ascii_digit).is_some() {}
                if bytes.next_if(|next| matches!(next, b'.' | b')')).is_none() {
                    break;
                }
                containers += 1;
            }
            // The label of a footnote that is defined here.
            b'[' if bytes.peek() == Some(&b'^') => {
                while bytes.next_if(|next| *next != b']').is_some() {}
                if bytes.next().is_none() || bytes.next_if_eq(&b':').is_none() {
                    break;
                }
                containers += 1;
            }
            _ => break,
        }
        if containers > MAX_NESTING || columns > MAX_INDENT {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{Lines, is_too_deep, matter, too_deep};

    #[test]
    fn lines_end_as_commonmark_says() {
        let lines = Lines::new("a\nb\r\nc\rd");
        assert_eq!([0, 1, 2, 3, 4, 5, 6, 7].map(|offset| lines.of(offset)), [1, 1, 2, 2, 2, 3, 3, 4]);
    }

    #[test]
    fn front_matter_begins_on_the_first_line_and_ends() {
        let rest = |text: &'static str| text.get(matter(text)..).unwrap();
        assert_eq!(rest("---\na: b\n---\nc"), "c");
        assert_eq!(rest("\u{feff}---\r\na: b\r\n...\r\nc"), "c");
        assert_eq!(rest("\u{feff}a"), "a");
        assert_eq!(rest("---\na: b\n"), "---\na: b\n");
        assert_eq!(rest("\n---\na\n---\n"), "\n---\na\n---\n");
        assert_eq!(rest("----\na\n---\n"), "----\na\n---\n");
    }

    #[test]
    fn depth_is_counted_in_containers_and_columns() {
        assert!(!is_too_deep(&">".repeat(100)));
        assert!(is_too_deep(&"> ".repeat(101)));
        assert!(is_too_deep(&"- > 1. [^a]: ".repeat(26)));
        assert!(!is_too_deep(&"-".repeat(1_000)), "a line of dashes nests nothing");
        assert!(!is_too_deep(&"1".repeat(1_000)));
        assert!(is_too_deep(&format!("{}x", " ".repeat(401))));
        assert_eq!(too_deep(&format!("a\r\nb\r\n{}", ">".repeat(101)), 0), Some(3));
    }
}
