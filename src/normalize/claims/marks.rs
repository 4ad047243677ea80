//! Boxes and marks that a statement begins with.

/// Characters and GitHub's short names of them that say that something is done.
const TICKED: &[&str] =
    &["✅", "☑", "✔", "✓", "🗹", "[x]", "[X]", ":white_check_mark:", ":heavy_check_mark:", ":ballot_box_with_check:"];

/// Those that say that it is not done yet.
const OPEN: &[&str] = &["☐", "⬜", "🔲", "[ ]", ":white_large_square:", ":black_square_button:"];

/// Those that begin a statement and may mean either.
const OTHER: &[&str] = &[
    "❌",
    "❎",
    "✗",
    "✘",
    "✖",
    "☒",
    "⚠",
    "🚫",
    "⛔",
    "🔴",
    "🟢",
    "🟡",
    "🟠",
    "❗",
    "❓",
    ":x:",
    ":warning:",
    ":no_entry:",
    ":red_circle:",
    ":green_circle:",
    ":negative_squared_cross_mark:",
    ":heavy_multiplication_x:",
];

/// What a text begins with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// Bytes of the mark and the blanks after it; 0 where there is none.
    pub(super) skipped: usize,
    /// Whether the box is ticked; `None` where the mark is no box.
    pub(super) ticked: Option<bool>,
}

/// The mark that a text begins with.
pub(super) fn mark(text: &str) -> Mark {
    for (marks, ticked) in [(TICKED, Some(true)), (OPEN, Some(false)), (OTHER, None)] {
        if let Some(rest) = marks.iter().find_map(|mark| text.strip_prefix(mark)) {
            // Whether it is shown as a picture.
            let rest = rest.trim_start_matches(['\u{fe0e}', '\u{fe0f}']);
            // `[x](y)` is no box; a picture needs no blank after it.
            let is_word = text.starts_with(['[', ':']) && !rest.is_empty() && !rest.starts_with(' ');
            if !is_word {
                return Mark { skipped: text.len() - rest.trim_start().len(), ticked };
            }
        }
    }
    Mark::default()
}

#[cfg(test)]
mod tests {
    use super::{Mark, mark};

    #[test]
    fn marks_are_known_by_their_beginning() {
        let at = |text| {
            let Mark { skipped, ticked } = mark(text);
            (skipped, ticked)
        };
        assert_eq!(at("✅ done"), (4, Some(true)));
        assert_eq!(at("✔\u{fe0f}done"), (6, Some(true)));
        assert_eq!(at("[x] done"), (4, Some(true)));
        assert_eq!(at("[ ] open"), (4, Some(false)));
        assert_eq!(at("[x]: no"), (0, None));
        assert_eq!(at("[ ]"), (3, Some(false)));
        assert_eq!(at("❌ no"), (4, None));
        assert_eq!(at(":x:y"), (0, None));
        assert_eq!(at("done ✅"), (0, None));
    }
}
