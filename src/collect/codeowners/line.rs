//! What the lines of both dialects have in common.

/// A line's pattern, and what follows it: the pattern ends at the first white space without a `\` before it.
pub(super) fn pattern_and_rest(line: &str) -> (&str, &str) {
    let mut escaped = false;
    for (at, character) in line.char_indices() {
        if !escaped && is_blank(character) {
            return line.split_at(at);
        }
        escaped = !escaped && character == '\\';
    }
    (line, "")
}

/// Spaces and tabs; what else is white space may stand in a path.
pub(super) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\u{c}' | '\u{b}')
}

pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_blank).filter(|word| !word.is_empty())
}

/// Lines with their numbers, from 1, without white space around them; neither empty ones nor comments.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    (1..).zip(text.split('\n')).filter_map(|(number, line)| {
        let line = line.trim_start_matches(is_blank);
        // A blank after a `\` is part of the pattern, but an end of line as Windows writes it never is.
        let line = line.strip_suffix('\r').unwrap_or(line);
        let trimmed = line.trim_end_matches(is_blank);
        let line = if trimmed.ends_with('\\') { line } else { trimmed };
        (!line.is_empty() && !line.starts_with('#')).then_some((number, line))
    })
}

/// Part of the file inside a message, where its length has to be bounded.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST).and_then(|(end, _)| text.get(..end)) {
        Some(start) => format!("`{start}...`"),
        None => format!("`{text}`"),
    }
}
