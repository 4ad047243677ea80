//! Lines of a screen: wrapping, indentation and colour. Everything that is written here has been escaped before.

use anstyle::{AnsiColor, Style};

use crate::report::Decision;

/// A screen that is being written.
pub(super) struct Screen {
    out: String,
    color: bool,
    width: usize,
}

impl Screen {
    pub(super) fn new(color: bool, width: usize) -> Self {
        Self { out: String::new(), color, width }
    }

    /// What was written.
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Text in a style, where colours are wanted.
    pub(super) fn styled(&self, style: Style, text: &str) -> String {
        if self.color { format!("{}{text}{}", style.render(), style.render_reset()) } else { text.to_owned() }
    }

    /// A headline of our own words, after an empty line.
    pub(super) fn head(&mut self, text: &str) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        let text = self.styled(Style::new().bold(), text);
        self.out.push_str(&text);
        self.out.push('\n');
    }

    /// A line that is already styled, and short.
    pub(super) fn raw(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// Text, wrapped at spaces; its first line is indented by `indent`, the others by two more. A word that is longer
    /// than the screen stays whole, so that paths can be copied. Widths are counted in characters.
    pub(super) fn text(&mut self, indent: usize, text: &str) {
        let mut column = indent;
        self.out.extend(std::iter::repeat_n(' ', indent));
        let mut first = true;
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let length = word.chars().count();
            if !first && column + 1 + length > self.width {
                self.out.push('\n');
                self.out.extend(std::iter::repeat_n(' ', indent + 2));
                column = indent + 2;
            } else if !first {
                self.out.push(' ');
                column += 1;
            }
            // Where two escaped texts meet, a command to a runner could come about; see `escape::terminal`.
            match word.strip_prefix("::") {
                Some(rest) => self.out.extend([": :", rest]),
                None => self.out.push_str(word),
            }
            column += length;
            first = false;
        }
        self.out.push('\n');
    }
}

/// The colour of a decision.
pub(super) fn of_decision(decision: Decision) -> Style {
    let color = match decision {
        Decision::Approved => AnsiColor::Green,
        Decision::ApprovalRequired | Decision::Indeterminate => AnsiColor::Yellow,
        Decision::Rejected => AnsiColor::Red,
    };
    Style::new().bold().fg_color(Some(color.into()))
}

#[cfg(test)]
mod tests {
    use super::Screen;

    #[test]
    fn lines_are_wrapped_at_spaces_and_long_words_stay_whole() {
        let mut screen = Screen::new(false, 12);
        screen.text(2, "one two three a/very/long/path/indeed end");
        assert_eq!(screen.finish(), "  one two\n    three\n    a/very/long/path/indeed\n    end\n");
    }
}
