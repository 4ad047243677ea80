//! Texts of findings without what changes from run to run although the finding is the same.
//!
//! Positions in a message are left out: `line 5`, `lines 3-7`, `col: 12`, `(12:5)`, `[12:30]`, `#L12-L15`, and what follows
//! a path, `src/a.py:12` or `a.py:12:5`. No other number is: `CVE-2021-1234`, `1.2.3`, a port, `index 4`, a count of lines
//! say what was found, and of a list of lines only the first number is taken for a position.

use std::borrow::Cow;

/// Words that a position follows, in lower case.
const BEFORE: &[&str] =
    &["line", "lines", "ln", "row", "rows", "col", "cols", "column", "columns", "offset", "position", "pos"];

/// Whether a snippet says anything: it has a letter or a digit, and is not masked.
pub(super) fn tells(snippet: &str) -> bool {
    let trimmed = snippet.trim_matches(|c: char| !c.is_alphanumeric());
    let one_letter = || {
        let mut letters = trimmed.chars();
        letters.next().is_some_and(|first| letters.all(|other| other.eq_ignore_ascii_case(&first)) && trimmed.len() > 1)
    };
    !trimmed.is_empty()
        && !["redacted", "masked", "hidden", "secret"].iter().any(|word| trimmed.eq_ignore_ascii_case(word))
        && !one_letter()
}

/// A message without the positions in it.
pub(super) fn without_positions(message: &str) -> Cow<'_, str> {
    let bytes = message.as_bytes();
    if !bytes.iter().any(u8::is_ascii_digit) {
        return Cow::Borrowed(message);
    }
    let mut out = String::with_capacity(message.len());
    let mut kept = 0;
    let mut at = 0;
    while let Some(start) = next_digit(bytes, at) {
        let end = number_end(bytes, start);
        match position(message, start, end) {
            Some(position_end) => {
                out.push_str(message.get(kept..start).unwrap_or_default());
                kept = position_end;
                at = position_end;
            }
            None => at = end,
        }
    }
    if kept == 0 {
        return Cow::Borrowed(message);
    }
    out.push_str(message.get(kept..).unwrap_or_default());
    Cow::Owned(out)
}

fn next_digit(bytes: &[u8], from: usize) -> Option<usize> {
    Some(from + bytes.get(from..)?.iter().position(u8::is_ascii_digit)?)
}

/// Where the digits end that start here.
fn number_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len())
}

/// Where the position ends whose first number stands here, if it is one.
fn position(message: &str, start: usize, end: usize) -> Option<usize> {
    let before = message.get(..start)?;
    let whole = pair_end(message, end);
    let follows_word = || {
        let word_end = before.trim_end_matches([' ', ':', '=', '#', '\t', '[', '(', '`', '\'']);
        // `line5` is no position, nor is `at line. 5`.
        let gap = before.len() - word_end.len();
        let word_start = word_end.rfind(|c: char| !c.is_ascii_alphabetic()).map_or(0, |at| at + 1);
        let word = word_end.get(word_start..).unwrap_or("");
        let inside_of_a_name = word_end.get(..word_start).is_some_and(|left| left.ends_with(['_', '-', '.', '/']));
        (1..=3).contains(&gap) && !inside_of_a_name && BEFORE.iter().any(|known| word.eq_ignore_ascii_case(known))
    };
    if follows_word() || before.ends_with("#L") {
        return Some(whole);
    }
    let pair = message.get(end..whole).is_some_and(|rest| rest.starts_with(':'));
    let after = message.get(whole..)?;
    if pair && (before.ends_with('(') && after.starts_with(')') || before.ends_with('[') && after.starts_with(']')) {
        return Some(whole);
    }
    let name = before.strip_suffix(':')?;
    let name = name.get(name.rfind([' ', '\t', '\n', '(', '[', '`', '\'', '"']).map_or(0, |at| at + 1)..)?;
    // A host and its port look like a file and its line, unless there is a directory or a column.
    (names_a_file(name) && (pair || name.contains(['/', '\\']))).then_some(whole)
}

/// Where a range or a pair ends whose first number ends here: `7-9`, `12:5`, `12:5-13:1`, `12..14`, `L12-L15`.
fn pair_end(message: &str, mut end: usize) -> usize {
    const JOINTS: &[&str] = &["-L", "-", "\u{2013}", "..", ":", " - ", " to ", "C"];
    let bytes = message.as_bytes();
    loop {
        let rest = message.get(end..).unwrap_or("");
        let more = JOINTS.iter().find_map(|joint| {
            let digits = rest.strip_prefix(joint)?;
            let length = number_end(digits.as_bytes(), 0);
            // `5-6px` goes on with something else than a number.
            let after = digits.get(length..)?.chars().next();
            let ends = after.is_none_or(|after| !after.is_alphanumeric() || (after == 'C' && rest.starts_with("-L")));
            (length > 0 && ends).then_some(joint.len() + length)
        });
        match more {
            Some(length) if end < bytes.len() => end += length,
            _ => return end,
        }
    }
}

/// Whether a text looks like the name of a file, rather than of a host or an image: the last part has an extension of
/// letters that starts none, and it is no address.
fn names_a_file(name: &str) -> bool {
    const HOSTS: &[&str] = &["com", "org", "net", "io", "dev", "local", "internal", "example"];
    if name.contains("//") || name.contains('@') {
        return false;
    }
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    last.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && (1..=10).contains(&extension.len())
            && extension.starts_with(|c: char| c.is_ascii_alphabetic())
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && !HOSTS.iter().any(|host| extension.eq_ignore_ascii_case(host))
    })
}

#[cfg(test)]
mod tests {
    use super::{tells, without_positions};

    #[test]
    fn positions_are_left_out_of_a_message() {
        for (one, other) in [
            ("previously imported [on line 5](1).", "previously imported [on line 812](1)."),
            ("from outer scope (line 6).", "from outer scope (line 60)."),
            ("at line 87 (no-descending-specificity)", "at line 5 (no-descending-specificity)"),
            ("see lines 3-7", "see lines 10-12"),
            ("Line: 5, column: 7", "Line: 6, column: 99"),
            ("line [65](1) reveals", "line [7](1) reveals"),
            ("Unexpected token (12:5)", "Unexpected token (1:50)"),
            ("==a:[12:30]", "==a:[1:2]"),
            ("defined in src/a.py:12:5 already", "defined in src/a.py:1:9 already"),
            ("defined in src\\a.py:12", "defined in src\\a.py:9"),
            ("https://example.org/x/blob/main/a.rs#L12-L15", "https://example.org/x/blob/main/a.rs#L2-L5"),
            ("col=3", "col=4"),
        ] {
            assert_ne!(one, other);
            assert_eq!(without_positions(one), without_positions(other));
        }
    }

    #[test]
    fn numbers_that_say_what_was_found_stay() {
        for message in [
            "Vulnerability CVE-2019-1549",
            "Installed Version: 1.1.1c-r0, fixed in 1.1.1d",
            "listens on localhost:8080",
            "listens on example.com:8080",
            "http://zero.example:8080/x.html",
            "image alpine:3.10",
            "Array 'values[4]' accessed at index 4, which is out of bounds.",
            "Function has 51 lines, at most 50 are allowed",
            "function too long (52/50)",
            "baseline 3",
            "Expect directory permissions to be 0750 or less",
            "outline-5",
            "pipeline_line 5",
            "registry.corp:5000",
            "10.0.0.1:22",
            "deadline.line 7",
        ] {
            let kept = without_positions(message);
            assert_eq!(kept, message);
        }
    }

    #[test]
    fn a_snippet_that_was_masked_tells_nothing() {
        for snippet in ["", "  ", "REDACTED", "***REDACTED***", "****", "xxxxxxxx", "<masked>", "})"] {
            assert!(!tells(snippet), "{snippet}");
        }
        for snippet in ["x", "eval(x)", "MI_INTERPOSE_MI(realpath),", "secret = 1"] {
            assert!(tells(snippet), "{snippet}");
        }
    }
}
