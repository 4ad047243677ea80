//! Words, quotes and variables, as BuildKit's `shell` package reads them; it runs nothing.

use std::collections::BTreeMap;

use super::instructions::SPACE;

/// Longest text that variables may grow to.
const MAX_LENGTH: usize = 4_096;
/// Deepest nesting of defaults in defaults.
const MAX_NESTING: usize = 20;

/// The words of a text with their quotes; `None` where a quote is never closed.
pub(super) fn split(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            (found, None) if SPACE.contains(&found) || found == '\n' => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                continue;
            }
            ('\\', None | Some('"')) => {
                word.push(character);
                word.extend(characters.next());
                continue;
            }
            ('\'' | '"', None) => quote = Some(character),
            (found, Some(open)) if found == open => quote = None,
            _ => {}
        }
        word.push(character);
    }
    if !word.is_empty() {
        words.push(word);
    }
    quote.is_none().then_some(words)
}

/// A word without its quotes and escapes; `None` where a quote is never closed.
pub(super) fn unquoted(word: &str) -> Option<String> {
    let (mut out, mut quote) = (String::new(), None);
    let mut characters = word.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            ('\\', None | Some('"')) => out.extend(characters.next()),
            ('\'' | '"', None) => quote = Some(character),
            (found, Some(open)) if found == open => quote = None,
            (found, _) => out.push(found),
        }
    }
    quote.is_none().then_some(out)
}

/// A word with its variables filled in and its quotes gone, and the variables that have no value here.
pub(super) struct Expanded {
    pub(super) text: String,
    /// Names without a value; the text keeps them as they stand.
    pub(super) unset: Vec<String>,
}

/// Fills in variables: `$name`, `${name}`, and `:-`, `-`, `:+`, `+` in braces. `None` where the text is malformed, uses
/// what is none of these, or grows past the limits.
pub(super) fn expand(word: &str, escape: char, values: &BTreeMap<String, String>) -> Option<Expanded> {
    let mut out = Expanded { text: String::new(), unset: Vec::new() };
    fill(word, escape, values, &mut out, 0)?;
    Some(out)
}

fn fill(word: &str, escape: char, values: &BTreeMap<String, String>, out: &mut Expanded, depth: usize) -> Option<()> {
    if depth > MAX_NESTING {
        return None;
    }
    let mut quote = None;
    let mut rest = word;
    while let Some(character) = rest.chars().next() {
        rest = rest.get(character.len_utf8()..)?;
        match (character, quote) {
            (found, None | Some('"')) if found == escape => {
                let next = rest.chars().next();
                out.text.extend(next);
                rest = rest.get(next.map_or(0, char::len_utf8)..)?;
            }
            ('\'' | '"', None) => quote = Some(character),
            (found, Some(open)) if found == open => quote = None,
            ('$', None | Some('"')) => rest = variable(rest, escape, values, out, depth)?,
            (found, _) => out.text.push(found),
        }
        if out.text.len() > MAX_LENGTH {
            return None;
        }
    }
    quote.is_none().then_some(())
}

/// What stands after a `$`; gives the text behind it.
fn variable<'t>(
    rest: &'t str,
    escape: char,
    values: &BTreeMap<String, String>,
    out: &mut Expanded,
    depth: usize,
) -> Option<&'t str> {
    let inner = rest.strip_prefix('{');
    let from = inner.unwrap_or(rest);
    let end = from.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(from.len());
    let (name, after) = from.split_at(end);
    if inner.is_none() {
        if name.is_empty() {
            out.text.push('$');
        } else {
            put(name, format!("${name}"), values, out);
        }
        return Some(after);
    }
    if name.is_empty() {
        return None;
    }
    let close = closing(after)?;
    let (modifier, behind) = (after.get(..close)?, after.get(close + 1..)?);
    let value = values.get(name);
    let word = [":-", "-", ":+", "+"].iter().find_map(|sign| modifier.strip_prefix(sign).map(|word| (*sign, word)));
    match word {
        None if modifier.is_empty() => put(name, format!("${{{name}}}"), values, out),
        None => return None,
        Some((sign, word)) => {
            let set = value.is_some_and(|value| !sign.starts_with(':') || !value.is_empty());
            match (sign.ends_with('-'), set) {
                (true, true) => out.text.push_str(value?),
                (true, false) | (false, true) => fill(word, escape, values, out, depth + 1)?,
                (false, false) => {}
            }
        }
    }
    Some(behind)
}

fn put(name: &str, written: String, values: &BTreeMap<String, String>, out: &mut Expanded) {
    match values.get(name) {
        Some(value) => out.text.push_str(value),
        None => {
            out.unset.push(name.to_owned());
            out.text.push_str(&written);
        }
    }
}

/// Where the brace that is open is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut previous = ' ';
    for (at, character) in text.char_indices() {
        match character {
            '{' if previous == '$' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
        previous = character;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{expand, split, unquoted};

    fn expanded(word: &str) -> Option<String> {
        let values: BTreeMap<String, String> =
            [("a", "1"), ("e", ""), ("n", "x")].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        expand(word, '\\', &values)
            .map(|found| format!("{} {}", found.text, found.unset.join(",")).trim_end().to_owned())
    }

    #[test]
    fn variables_are_filled_in_as_a_shell_does() {
        for (word, expected) in [
            ("i:$a", "i:1"),
            ("i:${a}-z", "i:1-z"),
            ("${u:-d}", "d"),
            ("${e:-d}", "d"),
            ("${e-d}", ""),
            ("${u:-${a}}", "1"),
            ("${u:-${v:-${a}}}", "1"),
            ("${a:+y}", "y"),
            ("${u:+y}", ""),
            ("${e:+y}${e+z}", "z"),
            ("\"i:$a\"", "i:1"),
            ("'$a'", "$a"),
            ("\\$a", "$a"),
            ("$", "$"),
            ("$a$n", "1x"),
            ("${u}", "${u} u"),
            ("i:$u", "i:$u u"),
        ] {
            assert_eq!(expanded(word).as_deref(), Some(expected), "{word}");
        }
        for word in ["${a", "${}", "${a:?x}", "${a#x}", "'a", &"${u:-".repeat(40)] {
            assert_eq!(expanded(word), None, "{word}");
        }
        assert_eq!(expanded(&"a".repeat(5_000)), None);
    }

    #[test]
    fn words_keep_their_quotes_until_they_are_taken() {
        assert_eq!(split("a 'b c' \"d \\\" e\" f\\ g").unwrap(), ["a", "'b c'", "\"d \\\" e\"", "f\\ g"]);
        assert_eq!(split("a 'b"), None);
        assert_eq!(unquoted("'b c'\"d\\\"\"e\\f").unwrap(), "b cd\"ef");
    }
}
