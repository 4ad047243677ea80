//! One name of a pattern, between two slashes: `*`, `?`, escapes, and in GitLab's dialect sets as `[a-z]`.

/// A pattern for one name of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Glob {
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Token {
    /// This character.
    Literal(char),
    /// `?`
    One,
    /// `*`
    Many,
    /// `[a-z]`, `[!a-z]`: ranges, both ends included.
    Set { not: bool, ranges: Vec<(char, char)> },
}

/// A `[` that nothing closes: Ruby's `fnmatch` then matches nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unclosed;

impl Glob {
    /// `*`: every name.
    #[must_use]
    pub fn any() -> Self {
        Self { tokens: vec![Token::Many] }
    }

    /// Reads one name. `sets` says whether `[` begins a set, or stands for itself.
    ///
    /// # Errors
    /// Where a set is not closed.
    pub fn parse(text: &str, sets: bool) -> Result<Self, Unclosed> {
        let mut tokens = Vec::with_capacity(text.len());
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            tokens.push(match character {
                '*' if tokens.last() == Some(&Token::Many) => continue,
                '*' => Token::Many,
                '?' => Token::One,
                '\\' => Token::Literal(characters.next().unwrap_or('\\')),
                '[' if sets => set(&mut characters)?,
                _ => Token::Literal(character),
            });
        }
        Ok(Self { tokens })
    }

    /// The name itself, where the pattern fits no other.
    #[must_use]
    pub fn literal(&self) -> Option<String> {
        self.tokens.iter().map(Token::character).collect()
    }

    /// The longest text that stands in every name that fits, the first of them; empty where there is none.
    #[must_use]
    pub fn text(&self) -> String {
        let runs = self.tokens.split(|token| !matches!(token, Token::Literal(_)));
        let longest = runs.reduce(|longest, run| if run.len() > longest.len() { run } else { longest });
        longest.unwrap_or_default().iter().filter_map(Token::character).collect()
    }

    /// Whether a name fits, in time of at most its length by that of the pattern.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let mut tokens = self.tokens.as_slice();
        let mut rest = name.chars();
        // Where to go on after the last `*`, one character further each time.
        let mut retry: Option<(&[Token], std::str::Chars<'_>)> = None;
        loop {
            match tokens.split_first() {
                Some((Token::Many, behind)) => {
                    if behind.is_empty() {
                        return true;
                    }
                    tokens = behind;
                    retry = Some((behind, rest.clone()));
                    continue;
                }
                Some((token, behind)) => {
                    let mut ahead = rest.clone();
                    if ahead.next().is_some_and(|character| token.fits(character)) {
                        (tokens, rest) = (behind, ahead);
                        continue;
                    }
                }
                None if rest.as_str().is_empty() => return true,
                None => {}
            }
            // A `*` that took everything has nothing more to take.
            match retry.as_mut().and_then(|(behind, from)| from.next().map(|_| (*behind, from.clone()))) {
                Some(again) => (tokens, rest) = again,
                None => return false,
            }
        }
    }
}

impl Token {
    fn character(&self) -> Option<char> {
        if let Self::Literal(character) = self { Some(*character) } else { None }
    }

    fn fits(&self, character: char) -> bool {
        match self {
            Self::Literal(wanted) => *wanted == character,
            Self::One | Self::Many => true,
            Self::Set { not, ranges } => {
                ranges.iter().any(|(first, last)| (*first..=*last).contains(&character)) != *not
            }
        }
    }
}

/// A set after its `[`, by the rules of Ruby's `File.fnmatch`: `!` and `^` negate, `\` escapes, the first `]` closes.
fn set(characters: &mut std::str::Chars<'_>) -> Result<Token, Unclosed> {
    let mut ahead = characters.clone();
    let not = matches!(ahead.next(), Some('!' | '^'));
    if not {
        *characters = ahead;
    }
    let mut ranges = Vec::new();
    loop {
        let first = match characters.next().ok_or(Unclosed)? {
            ']' => return Ok(Token::Set { not, ranges }),
            '\\' => characters.next().ok_or(Unclosed)?,
            character => character,
        };
        let mut ahead = characters.clone();
        let last = match (ahead.next(), ahead.next()) {
            (Some('-'), Some(']')) | (_, None) => first,
            (Some('-'), Some('\\')) => {
                let last = ahead.next().ok_or(Unclosed)?;
                *characters = ahead;
                last
            }
            (Some('-'), Some(last)) => {
                *characters = ahead;
                last
            }
            _ => first,
        };
        ranges.push((first, last));
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    /// Right by inspection: every way to split the name is tried.
    fn slowly(pattern: &[char], name: &[char]) -> bool {
        match pattern {
            [] => name.is_empty(),
            ['*', rest @ ..] => (0..=name.len()).any(|taken| slowly(rest, &name[taken..])),
            ['?', rest @ ..] => !name.is_empty() && slowly(rest, &name[1..]),
            ['\\', wanted, rest @ ..] => name.first() == Some(wanted) && slowly(rest, &name[1..]),
            [wanted, rest @ ..] => name.first() == Some(wanted) && slowly(rest, &name[1..]),
        }
    }

    proptest::proptest! {
        #[test]
        fn it_matches_what_trying_everything_matches(pattern in "[ab*?é]{0,8}(\\\\[*?a])?", name in "[abé*?]{0,9}") {
            let characters = |text: &str| text.chars().collect::<Vec<_>>();
            let expected = slowly(&characters(&pattern), &characters(&name));
            proptest::prop_assert_eq!(Glob::parse(&pattern, false).unwrap().matches(&name), expected);
        }

        #[test]
        fn any_text_is_read_without_a_panic(pattern in "\\PC{0,12}|[\\[\\]!^\\\\a-]{0,12}", name in "\\PC{0,6}") {
            for sets in [false, true] {
                if let Ok(glob) = Glob::parse(&pattern, sets) {
                    proptest::prop_assert!(!glob.matches(&name) || name.contains(&glob.text()));
                    if let Some(literal) = glob.literal() {
                        proptest::prop_assert!(glob.matches(&literal));
                    }
                }
            }
        }
    }

    /// By `File.fnmatch` of Ruby: its documentation's examples, and the rules of its sets.
    #[test]
    fn sets_are_rubys() {
        for (pattern, name, expected) in [
            ("ca[a-z]", "cat", true),
            ("ca[^t]", "cat", false),
            ("ca[!t]", "cas", true),
            ("[a-c]x", "bx", true),
            ("[a-]", "-", true),
            ("[\\]]", "]", true),
            ("[\\a-\\c]", "b", true),
            ("[]", "a", false),
            ("[]a]", "]", false),
            ("[!]", "a", true),
            ("[z-a]", "m", false),
            ("*.[ch]", "a.c", true),
            ("*.[ch]", "a.h.o", false),
        ] {
            assert_eq!(Glob::parse(pattern, true).unwrap().matches(name), expected, "{pattern} {name}");
        }
        for unclosed in ["[", "[a", "[a-", "[\\]", "[!"] {
            assert!(Glob::parse(unclosed, true).is_err(), "{unclosed}");
        }
        assert!(Glob::parse("[a]", false).unwrap().matches("[a]"));
    }
}
