//! The label of a statement: what stands before its colon.

use std::ops::Range;

use crate::collect::claims::Text;

/// How many bytes a label has at most.
const LONGEST: usize = 100;

/// How many words one has at most that nothing emphasises.
const MOST_WORDS: usize = 5;

/// What a statement is about.
pub(super) struct Label<'a> {
    /// The label itself.
    pub(super) text: &'a str,
    /// Whether something stands after the colon.
    pub(super) says: bool,
    /// Whether the author emphasised it.
    pub(super) emphasised: bool,
}

/// The label of the statement at a range: `Risk: LOW`, `**Risk level:** low`, `**Risk level**: low`.
pub(super) fn label(text: &Text, range: Range<usize>) -> Option<Label<'_>> {
    let string = text.string().get(range.clone())?;
    let emphasis = text.strong_from(range.start).map(|end| end - range.start);
    for (at, colon) in string.char_indices().take_while(|(at, _)| *at <= LONGEST) {
        let after = string.get(at + colon.len_utf8()..).unwrap_or("");
        let is_colon = match colon {
            // A colon inside of a word is one of an address, a path or a time.
            ':' => after.is_empty() || after.starts_with(' '),
            '：' => true,
            _ => false,
        };
        if !is_colon || text.is_whole(range.start + at) {
            continue;
        }
        let before = string.get(..at).unwrap_or("").trim();
        // The colon stands in the emphasis, or right behind it.
        let emphasised = emphasis.is_some_and(|end| end == at || end == at + colon.len_utf8());
        let fits = emphasised || is_plain(before);
        return (fits && before.chars().any(char::is_alphanumeric)).then(|| Label {
            text: before,
            says: after.chars().any(char::is_alphanumeric),
            emphasised,
        });
    }
    None
}

/// Whether words may be a label without emphasis: few, of one sentence, without a picture's short name,
/// and not cut out of brackets.
fn is_plain(before: &str) -> bool {
    let mut words = before.split(' ');
    words.clone().count() <= MOST_WORDS
        && !before.contains("://")
        && before.matches('(').count() == before.matches(')').count()
        && !words.clone().any(|word| word.starts_with(':'))
        && !words.any(|word| word.len() > 1 && word.ends_with(['.', '!', '?', ';', ',']))
}
