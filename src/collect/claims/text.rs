//! A run of text without markup, with what of its source still matters: lines, line breaks, emphasis, code.

use std::ops::Range;

/// Text without markup, blanks folded. Positions are bytes of [`Text::string`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    string: String,
    /// From which position on which line, ascending.
    origins: Vec<(usize, u32)>,
    /// Positions of what follows a line break, and whether the break was asked for.
    breaks: Vec<(usize, bool)>,
    /// What is emphasised.
    strong: Vec<Range<usize>>,
    /// Code and links: what a sentence does not end in.
    whole: Vec<Range<usize>>,
}

impl Text {
    /// The text.
    #[must_use]
    pub fn string(&self) -> &str {
        &self.string
    }

    /// The line, from 1, that a position stands on; 1 for a text without lines.
    #[must_use]
    pub fn line(&self, position: usize) -> u32 {
        let after = self.origins.partition_point(|(start, _)| *start <= position);
        self.origins.get(after.saturating_sub(1)).map_or(1, |(_, line)| *line)
    }

    /// Positions of what follows a line break, and whether that is a hard one, which every reader shows.
    #[must_use]
    pub fn breaks(&self) -> &[(usize, bool)] {
        &self.breaks
    }

    /// The end of the emphasis that begins at a position.
    #[must_use]
    pub fn strong_from(&self, position: usize) -> Option<usize> {
        let at = self.strong.binary_search_by_key(&position, |range| range.start).ok()?;
        self.strong.get(at).map(|range| range.end)
    }

    /// Whether a position is inside code or a link.
    #[must_use]
    pub fn is_whole(&self, position: usize) -> bool {
        let after = self.whole.partition_point(|range| range.start <= position);
        after.checked_sub(1).and_then(|at| self.whole.get(at)).is_some_and(|range| range.contains(&position))
    }

    /// Takes the text alone.
    #[must_use]
    pub fn into_string(self) -> String {
        self.string
    }
}

/// A text that is being put together.
#[derive(Debug, Default)]
pub(super) struct Builder {
    text: Text,
    blank: bool,
    line_break: Option<bool>,
    strong: Span,
    whole: Span,
}

/// Spans may stand inside each other; the outermost counts.
#[derive(Debug, Default)]
struct Span {
    depth: usize,
    begun: bool,
}

impl Span {
    fn open(&mut self) {
        self.begun &= self.depth > 0;
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.begun &= self.depth > 0;
    }

    /// A character of the text from `start` to `end`.
    fn cover(&mut self, ranges: &mut Vec<Range<usize>>, start: usize, end: usize) {
        if self.depth == 0 {
            return;
        }
        match ranges.last_mut().filter(|_| self.begun) {
            Some(range) => range.end = end,
            None => ranges.push(start..end),
        }
        self.begun = true;
    }
}

impl Builder {
    /// Adds a text that stands on one line.
    pub(super) fn push(&mut self, text: &str, line: u32) {
        for character in text.chars() {
            if character.is_whitespace() {
                self.blank = true;
                continue;
            }
            if self.blank && !self.text.string.is_empty() {
                self.text.string.push(' ');
            }
            self.blank = false;
            let start = self.text.string.len();
            if let Some(hard) = self.line_break.take()
                && start > 0
            {
                self.text.breaks.push((start, hard));
            }
            self.text.string.push(character);
            let end = self.text.string.len();
            if self.text.origins.last().is_none_or(|(_, last)| *last != line) {
                self.text.origins.push((start, line));
            }
            self.strong.cover(&mut self.text.strong, start, end);
            self.whole.cover(&mut self.text.whole, start, end);
        }
    }

    /// A line break; a hard one is one that every reader shows.
    pub(super) fn line_break(&mut self, hard: bool) {
        self.blank = true;
        self.line_break = Some(hard || self.line_break == Some(true));
    }

    /// Emphasis begins or ends.
    pub(super) fn strong(&mut self, open: bool) {
        if open { self.strong.open() } else { self.strong.close() }
    }

    /// Code or a link begins or ends.
    pub(super) fn whole(&mut self, open: bool) {
        if open { self.whole.open() } else { self.whole.close() }
    }

    pub(super) fn finish(self) -> Text {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::Builder;

    #[test]
    fn blanks_are_folded_and_positions_follow() {
        let mut builder = Builder::default();
        builder.push("  a \t", 3);
        builder.strong(true);
        builder.push(" b", 3);
        builder.line_break(false);
        builder.push("  c", 4);
        builder.strong(false);
        builder.whole(true);
        builder.push("d", 4);
        builder.whole(false);
        builder.line_break(false);
        builder.line_break(true);
        builder.push(" e ", 9);
        let text = builder.finish();
        assert_eq!(text.string(), "a b cd e");
        assert_eq!([0, 2, 4, 5, 7].map(|at| text.line(at)), [3, 3, 4, 4, 9]);
        assert_eq!(text.breaks(), [(4, false), (7, true)]);
        assert_eq!(text.strong_from(2), Some(5));
        assert_eq!([4, 5, 6].map(|at| text.is_whole(at)), [false, true, false]);
    }
}
