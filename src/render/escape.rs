//! Text that comes from the change, made harmless for each format; nothing here knows what the text says.
//!
//! Every function gives one line. What can't be seen is shown: control characters, bidirectional controls and other
//! invisible characters as `<U+202E>`, bytes of paths that are not UTF-8 as `\xFF`. What a format would act on (markup,
//! mentions, references, addresses, commands to a CI runner) is shown and not acted on. Long texts are cut, and say so.
//! Documents for programs (`json`) keep every text whole.

use std::fmt::Write as _;

/// How many characters of a message, reason or title are shown.
pub const MAX_TEXT: usize = 500;

/// How many characters of a path, name or id are shown.
pub const MAX_NAME: usize = 300;

/// How many characters of a text are shown where many stand in one line.
pub const MAX_SHORT: usize = 80;

/// The first of the characters that stand for bytes of paths that are not UTF-8 (byte 0x80), see `evidence::path_from_bytes`.
const FIRST_STAND_IN: u32 = 0x0010_FF80;

/// What stands for a text that shows nothing.
const EMPTY: &str = "(empty)";

/// Breaks what a forge would take for a mention, a reference or an address, and is not seen. A text can't bring its own:
/// there it is shown as `<U+200B>`.
const BREAK: &str = "&#8203;";

/// What has no shape of its own: Unicode's default ignorable code points, line and paragraph separators, interlinear
/// annotation, the blank Braille pattern and the noncharacters of the first plane.
const HIDDEN: &[(char, char)] = &[
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fdd0}', '\u{fdef}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{fffe}', '\u{ffff}'),
    ('\u{13430}', '\u{1345f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether a character can't be seen, or changes how others are seen.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || !character.is_ascii() && HIDDEN.iter().any(|(first, last)| (*first..=*last).contains(&character))
}

/// Appends a character so that it can be seen, and gives how many characters that took.
fn show(out: &mut String, character: char) -> usize {
    let before = out.len();
    let byte = u32::from(character).checked_sub(FIRST_STAND_IN).map(|offset| offset + 0x80);
    // Writing to a `String` does not fail.
    let _ = match byte {
        Some(byte) => write!(out, "\\x{byte:02X}"),
        None if is_hidden(character) => write!(out, "<U+{:04X}>", u32::from(character)),
        None => {
            out.push(character);
            return 1;
        }
    };
    out.len() - before
}

/// A sentence in one line: what is invisible is shown, each run of blanks is one space, and what goes beyond `max`
/// characters is counted.
#[must_use]
pub fn prose(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut blank = false;
    let mut shown = 0_usize;
    let mut characters = text.trim_matches(is_blank).chars();
    while let Some(character) = characters.next() {
        if is_blank(character) {
            blank = true;
            continue;
        }
        if shown >= max {
            cut_mark(&mut out, 1 + characters.count());
            return out;
        }
        if blank {
            out.push(' ');
            blank = false;
            shown += 1;
        }
        shown += show(&mut out, character);
    }
    out
}

/// A path, name or id in one line: like [`prose`], and blanks that could be overlooked are shown too, so that two
/// different names do not look the same.
#[must_use]
pub fn name(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut characters = text.chars().peekable();
    let mut shown = 0_usize;
    let mut after_blank = true;
    while let Some(character) = characters.next() {
        if shown >= max {
            cut_mark(&mut out, 1 + characters.count());
            return out;
        }
        if character == ' ' && (after_blank || characters.peek().is_none()) {
            out.push_str("<U+0020>");
            shown += "<U+0020>".len();
        } else {
            shown += show(&mut out, character);
        }
        after_blank = character == ' ';
    }
    out
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

fn cut_mark(out: &mut String, left: usize) {
    let s = if left == 1 { "" } else { "s" };
    let _ = write!(out, " \u{2026} ({left} more character{s})");
}

/// A sentence as Markdown that shows it and nothing else: no markup, HTML, link, image, mention or reference comes to
/// life, also at the start of a list item and in a table. Names of commits are left alone: a forge links only those of the repository itself.
#[must_use]
pub fn markdown(text: &str) -> String {
    markdown_shown(&prose(text, MAX_TEXT))
}

/// A sentence as Markdown that is one of several in a line, and cut to [`MAX_SHORT`].
#[must_use]
pub fn markdown_short(text: &str) -> String {
    markdown_shown(&prose(text, MAX_SHORT))
}

/// A path, name or id as Markdown: a code span where it is harmless in one, else as [`markdown`] shows it.
#[must_use]
pub fn markdown_name(text: &str) -> String {
    let shown = name(text, MAX_NAME);
    let harmless = !shown.contains(['`', '|', '\\']) && !shown.contains("##");
    if shown.is_empty() {
        EMPTY.to_owned()
    } else if harmless {
        format!("`{shown}`")
    } else {
        markdown_shown(&shown)
    }
}

fn markdown_shown(shown: &str) -> String {
    let shown = if shown.is_empty() { EMPTY } else { shown };
    let characters: Vec<char> = shown.chars().collect();
    let at = |index: usize| characters.get(index).copied();
    let mut out = String::with_capacity(shown.len() * 2);
    let mut only_digits = true;
    for (index, character) in characters.iter().copied().enumerate() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' => out.push_str("&#124;"),
            '$' => out.push_str("&#36;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '^' => out.extend(['\\', character]),
            // Marks of lists, rules, headings and commands, at the start alone.
            '-' | '+' | '=' | ':' | '/' if index == 0 => out.extend(['\\', character]),
            '.' | ')' if only_digits && index > 0 && at(index + 1).is_none_or(|next| next == ' ') => {
                out.extend(['\\', character]);
            }
            _ => out.push(character),
        }
        only_digits &= character.is_ascii_digit();
        let before = |back: usize| index.checked_sub(back).and_then(at);
        if needs_break(character, before, |ahead| at(index + ahead)) {
            out.push_str(BREAK);
        }
    }
    out
}

/// Whether a forge would make a link out of this character and what follows it. These filters run on the rendered text,
/// where a backslash is gone, so only something between the two characters helps.
fn needs_break(character: char, before: impl Fn(usize) -> Option<char>, after: impl Fn(usize) -> Option<char>) -> bool {
    let Some(next) = after(1) else { return false };
    match character {
        // Mentions, issues, merge requests, labels, milestones, snippets, epics; addresses of mail.
        '@' | '#' | '!' | '~' | '%' | '$' | '&' | '^' => next.is_alphanumeric() || matches!(next, '_' | '"' | '{'),
        // `scheme://`, and `:emoji:`.
        ':' if next == '/' => after(2) == Some('/'),
        ':' => is_emoji(after),
        'w' | 'W' => {
            next == '.' && [1, 2].iter().all(|back| before(*back).is_some_and(|c| c.eq_ignore_ascii_case(&'w')))
        }
        // `GH-12`.
        '-' => {
            next.is_ascii_digit()
                && before(1).is_some_and(|c| c.eq_ignore_ascii_case(&'h'))
                && before(2).is_some_and(|c| c.eq_ignore_ascii_case(&'g'))
        }
        _ => false,
    }
}

/// Whether a colon begins the name of an emoji, such as `:tada:`; the numbers of a line and column do not.
fn is_emoji(after: impl Fn(usize) -> Option<char>) -> bool {
    let word: String = (1..=MAX_NAME)
        .map_while(&after)
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-'))
        .collect();
    let named =
        word.contains(|c: char| c.is_ascii_alphabetic()) || matches!(word.as_str(), "+1" | "-1" | "100" | "1234");
    named && after(1 + word.len()) == Some(':')
}

/// A sentence as plain text for a terminal or a CI log: no control character, and no command to the runner.
#[must_use]
pub fn terminal(text: &str) -> String {
    without_commands(&prose(text, MAX_TEXT))
}

/// A path, name or id as plain text for a terminal or a CI log.
#[must_use]
pub fn terminal_name(text: &str) -> String {
    without_commands(&name(text, MAX_NAME))
}

/// Runners take `::error::` at the start of a line, where a wrapped word may come to stand, and `##[error]`,
/// `##vso[task]` or `##teamcity[message]` anywhere in it; a space keeps them apart.
fn without_commands(shown: &str) -> String {
    let shown = if shown.is_empty() { EMPTY } else { shown };
    let mut out = String::with_capacity(shown.len());
    let mut rest = shown;
    let mut at_start = true;
    while let Some(character) = rest.chars().next() {
        let after = rest.get(character.len_utf8()..).unwrap_or_default();
        out.push(character);
        let splits = match character {
            ':' => at_start && after.starts_with(':'),
            '#' => is_command(after),
            _ => false,
        };
        if splits {
            out.push(' ');
        }
        at_start = splits || character.is_whitespace();
        rest = after;
    }
    out
}

/// Whether what follows a `#` makes a command of it: `#[`, `#vso[`.
fn is_command(after: &str) -> bool {
    let word = after.strip_prefix('#').map(|tail| tail.trim_start_matches(|c: char| c.is_ascii_alphanumeric()));
    word.is_some_and(|tail| tail.starts_with('['))
}

/// A JSON document that means the same and that a screen or a CI log can show: invisible characters and commands to the
/// runner are written as `\u` escapes. Both only ever stand inside strings.
pub(super) fn json(document: &str) -> String {
    let mut out = String::with_capacity(document.len());
    let mut rest = document;
    while let Some(character) = rest.chars().next() {
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        if (is_hidden(character) && character != '\n') || (character == '#' && is_command(rest)) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out
}

/// A sentence as the text of a SARIF message (section 3.11): what is invisible is shown, and what would be an embedded
/// link (`[text](target)`, section 3.11.6) is text.
#[must_use]
pub fn sarif(text: &str) -> String {
    let shown = prose(text, MAX_SARIF_TEXT);
    if shown.is_empty() { EMPTY.to_owned() } else { shown.replace("](", "] (") }
}

/// How many characters of a text are in SARIF.
pub const MAX_SARIF_TEXT: usize = 4_000;

#[cfg(test)]
mod tests;
