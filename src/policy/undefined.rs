//! Names that a function can't see, though they stand in its script: constants of the script without `global::`, and
//! variables around a function without a name.

/// What to write instead of a name that is undefined at a byte of a script.
pub(crate) fn help(text: &str, name: &str, at: usize) -> Option<String> {
    if is_constant(text, name) {
        return Some(format!("write `global::{name}`: constants of the script are seen by that name"));
    }
    let before = text.get(..at)?;
    let known = words(before).any(|word| word == name);
    (known && inside_function(before)).then(|| {
        "a function such as `|x| ..` sees its own parameters and nothing around it; write a loop with `for` and `if`"
            .to_owned()
    })
}

/// The byte of a line and a column, both from 1 on; columns are characters.
pub(crate) fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let (within, _) = text.get(start..)?.char_indices().nth(column.checked_sub(1)?)?;
    Some(start + within)
}

/// Whether a script has a constant of that name outside of its functions.
fn is_constant(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let rest = line.strip_prefix("const ").map(str::trim_start).and_then(|rest| rest.strip_prefix(name));
        rest.is_some_and(|rest| rest.trim_start().starts_with('='))
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
}

/// Whether a text ends inside of a function without a name. What stands in quotes and comments is passed over.
fn inside_function(before: &str) -> bool {
    // How deep brackets stand in each other where a function began.
    let mut functions: Vec<usize> = Vec::new();
    let mut depth = 0_usize;
    let mut last = '(';
    let mut rest = before;
    while let Some(letter) = rest.chars().next() {
        let mut length = letter.len_utf8();
        match letter {
            '/' if rest.starts_with("//") => length = rest.find('\n').unwrap_or(rest.len()),
            '"' => length = quoted(rest),
            '|' if matches!(last, '(' | ',' | '=' | '{' | ';') => {
                length = rest.get(1..).and_then(|inside| inside.find('|')).map_or(1, |end| end + 2);
                functions.push(depth);
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' | ',' | ';' => {
                let closes = !matches!(letter, ',' | ';');
                depth = depth.saturating_sub(usize::from(closes));
                // It ends with the bracket around it, or with what stands behind it there.
                functions.retain(|began| if closes { *began <= depth } else { *began < depth });
            }
            _ => {}
        }
        if !letter.is_whitespace() {
            last = letter;
        }
        rest = rest.get(length.max(1)..).unwrap_or_default();
    }
    !functions.is_empty()
}

/// The length of a text in quotes, with both of them.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (index, letter) in text.char_indices().skip(1) {
        match letter {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return index + 1,
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{help, offset};

    fn told(text: &str, name: &str) -> Option<String> {
        help(text, name, text.rfind(name).unwrap())
    }

    #[test]
    fn a_constant_of_the_script_is_named_by_global() {
        assert!(told("const SEV = \"high\";\nfn check(c, p) { c.severity(SEV", "SEV").unwrap().contains("global::SEV"));
        assert_eq!(told("fn check(c, p) { const SEV = 1; }\nfn f() { SEV", "SEV"), None);
        assert_eq!(told("const SEVERITY = 1;\nfn f() { SEV", "SEV"), None);
    }

    #[test]
    fn a_function_without_a_name_sees_nothing_around_it() {
        for text in [
            "let limit = 3; a.filter(|x| x > limit",
            "for f in c { a.some(|s| { let t = s; t == f",
            "let k = 1; let g = |x| x + k",
            "let k = \"|\"; a.map(|x, i| [x, (i + 1), k",
        ] {
            let name = text.rsplit(|letter: char| !letter.is_alphanumeric()).next().unwrap();
            assert!(told(text, name).is_some_and(|help| help.contains("a loop")), "{text}");
        }
        for text in [
            "let f = 1; a.filter(|x| x > 3); g(f",
            "let f = 1; let g = |x| x; f",
            "let a = b || f; let f",
            "fn one(f) { f }\nfn two() { a.map(|x| { x }) + f",
            "a.filter(|x| x > limit",
        ] {
            let name = text.rsplit(|letter: char| !letter.is_alphanumeric()).next().unwrap();
            assert_eq!(told(text, name), None, "{text}");
        }
    }

    #[test]
    fn places_are_counted_in_characters() {
        assert_eq!(offset("a\n\u{e9}b", 2, 2), Some(4));
        assert_eq!(offset("a", 2, 1), None);
    }
}
