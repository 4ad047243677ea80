//! Names in a git diff: prefixes, and C-style quoting with octal bytes.

/// What stands before every path of a diff, on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix {
    pub(super) old: &'static str,
    pub(super) new: &'static str,
}

/// Git's own, those of `diff.mnemonicPrefix`, and none; each the other way round too, for `-R`. One line fits one of them.
const PREFIXES: [Prefix; 13] = [
    Prefix { old: "a/", new: "b/" },
    Prefix { old: "b/", new: "a/" },
    Prefix { old: "i/", new: "w/" },
    Prefix { old: "w/", new: "i/" },
    Prefix { old: "c/", new: "i/" },
    Prefix { old: "i/", new: "c/" },
    Prefix { old: "c/", new: "w/" },
    Prefix { old: "w/", new: "c/" },
    Prefix { old: "o/", new: "w/" },
    Prefix { old: "w/", new: "o/" },
    Prefix { old: "1/", new: "2/" },
    Prefix { old: "2/", new: "1/" },
    Prefix { old: "", new: "" },
];

/// The paths of both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) old: Vec<u8>,
    pub(super) new: Vec<u8>,
}

/// The names that the rest of a `diff --git` line holds; of a renamed file, they are known from lines of their own.
pub(super) fn names(line: &[u8], renamed: Option<&Names>) -> Option<(Prefix, Names)> {
    PREFIXES.iter().find_map(|prefix| {
        let names = match renamed {
            Some(names) => names.clone(),
            None => {
                let path = same_path(line, *prefix)?;
                Names { old: path.clone(), new: path }
            }
        };
        let rest = consume(line, &[prefix.old.as_bytes(), &names.old].concat())?.strip_prefix(b" ")?;
        let rest = consume(rest, &[prefix.new.as_bytes(), &names.new].concat())?;
        let sound = |path: &[u8]| !path.is_empty() && !path.starts_with(b"/") && !path.contains(&0);
        (rest.is_empty() && sound(&names.old) && sound(&names.new)).then_some((*prefix, names))
    })
}

/// Blanks are not quoted, but both names have the same length after their prefixes.
fn same_path(line: &[u8], prefix: Prefix) -> Option<Vec<u8>> {
    if line.starts_with(b"\"") {
        let (name, _) = quoted(line)?;
        return name.strip_prefix(prefix.old.as_bytes()).map(<[u8]>::to_vec);
    }
    let twice = line.len().checked_sub(1 + prefix.old.len() + prefix.new.len())?;
    let path = line.strip_prefix(prefix.old.as_bytes())?.get(..twice / 2)?;
    Some(path.to_vec())
}

/// What follows a name, where it is the expected one, quoted or not.
pub(super) fn consume<'a>(line: &'a [u8], expected: &[u8]) -> Option<&'a [u8]> {
    if line.starts_with(b"\"") {
        let (name, rest) = quoted(line)?;
        return (name == expected).then_some(rest);
    }
    line.strip_prefix(expected)
}

/// A whole line that is one name.
pub(super) fn name(line: &[u8]) -> Option<Vec<u8>> {
    if line.starts_with(b"\"") {
        let (name, rest) = quoted(line)?;
        return rest.is_empty().then_some(name);
    }
    Some(line.to_vec())
}

/// A quoted name and what follows it.
fn quoted(line: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = line.strip_prefix(b"\"")?;
    let mut name = Vec::new();
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'"' => return Some((name, rest)),
            b'\\' => {
                let (&escape, after) = rest.split_first()?;
                rest = after;
                name.push(match escape {
                    b'a' => 0x07,
                    b'b' => 0x08,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 0x0b,
                    b'f' => 0x0c,
                    b'r' => b'\r',
                    b'"' | b'\\' => escape,
                    b'0'..=b'3' => {
                        let (digits, after) = rest.split_at_checked(2)?;
                        rest = after;
                        digits.iter().try_fold(escape - b'0', |value, digit| {
                            matches!(digit, b'0'..=b'7').then(|| (value << 3) | (digit - b'0'))
                        })?
                    }
                    _ => return None,
                });
            }
            _ => name.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, names};

    fn path(line: &str) -> Option<(&'static str, String)> {
        names(line.as_bytes(), None)
            .map(|(prefix, names)| (prefix.old, String::from_utf8_lossy(&names.new).into_owned()))
    }

    #[test]
    fn a_line_with_blanks_is_split_where_both_names_are_equal() {
        assert_eq!(path("a/a b/a b/f b/a b/a b/f"), Some(("a/", "a b/a b/f".to_owned())));
        assert_eq!(path("x y x y"), Some(("", "x y".to_owned())));
        assert_eq!(path("a/x a/x"), Some(("", "a/x".to_owned())));
        assert_eq!(path("i/x w/x"), Some(("i/", "x".to_owned())));
    }

    #[test]
    fn names_that_differ_without_a_rename_are_refused() {
        assert_eq!(path("a/x b/y"), None);
        assert_eq!(path("old/x new/x"), None);
        assert_eq!(path("a/ b/"), None);
        assert_eq!(path(" "), None);
    }

    #[test]
    fn quoted_names_give_their_bytes() {
        let line = br#""a/\303\274\t\"\\" "b/\303\274\t\"\\""#;
        assert_eq!(names(line, None).unwrap().1.new, "ü\t\"\\".as_bytes());
        assert!(names(br#""a/\400" "b/\400""#, None).is_none());
        assert!(names(br#""a/x" "b/x"#, None).is_none());
    }

    #[test]
    fn a_rename_has_to_be_the_one_of_its_own_lines() {
        let renamed = Names { old: b"a b/f".to_vec(), new: b"b b".to_vec() };
        assert_eq!(names(b"a/a b/f b/b b", Some(&renamed)).unwrap().1, renamed);
        assert!(names(b"a/a b/f b/c c", Some(&renamed)).is_none());
    }
}
