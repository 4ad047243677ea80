//! Scripts whose variables may be left unread, so that what runs can be tested.
#![allow(clippy::string_slice, reason = "a test may panic")]

/// A body with a `_` before the name of each variable.
pub(crate) fn unread(body: &str) -> String {
    let word = |character: char| character.is_alphanumeric() || character == '_';
    let names: Vec<&str> = body
        .match_indices("let ")
        .filter_map(|(at, found)| body[at + found.len()..].split(|character| !word(character)).next())
        .filter(|name| !name.is_empty() && !name.starts_with('_'))
        .collect();
    let mut written = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(start) = rest.find(word) {
        let end = rest[start..].find(|character| !word(character)).map_or(rest.len(), |length| start + length);
        let before = rest[..start].chars().next_back().or_else(|| written.chars().next_back());
        written.push_str(&rest[..start]);
        // Neither a property nor a text of one letter.
        if names.contains(&&rest[start..end]) && !matches!(before, Some('.' | '"' | '\'')) {
            written.push('_');
        }
        written.push_str(&rest[start..end]);
        rest = &rest[end..];
    }
    written + rest
}
