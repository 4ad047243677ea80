//! Markers as far as they ask for dependency groups (PEP 751's extension of PEP 508).

use std::collections::BTreeSet;

use crate::collect::lockfiles::MAX_DEPTH;

/// What is installed where nobody asks for a group.
pub(super) struct Marker<'a> {
    /// Groups that are installed by default.
    pub(super) groups: &'a BTreeSet<String>,
}

/// What a marker is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Text(String),
    /// A name or an operator.
    Word(String),
}

/// How PEP 508 compares, but for `in`.
const OPERATORS: [&str; 8] = ["<=", "<", "!=", "==", ">=", ">", "~=", "==="];

impl Marker<'_> {
    /// Whether a marker can hold with the default groups alone, on any machine and with any extras; `None` where it can't
    /// be read.
    pub(super) fn holds(&self, text: &str) -> Option<bool> {
        let tokens = tokens(text)?;
        let mut rest = tokens.as_slice();
        let value = self.any(&mut rest, 0)?;
        rest.is_empty().then_some(value)
    }

    fn any(&self, rest: &mut &[Token], depth: usize) -> Option<bool> {
        let mut value = self.all(rest, depth)?;
        while take(rest, "or") {
            value |= self.all(rest, depth)?;
        }
        Some(value)
    }

    fn all(&self, rest: &mut &[Token], depth: usize) -> Option<bool> {
        let mut value = self.one(rest, depth)?;
        while take(rest, "and") {
            value &= self.one(rest, depth)?;
        }
        Some(value)
    }

    fn one(&self, rest: &mut &[Token], depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH {
            return None;
        }
        if let [Token::Open, inner @ ..] = *rest {
            *rest = inner;
            let value = self.any(rest, depth + 1)?;
            let [Token::Close, after @ ..] = *rest else { return None };
            *rest = after;
            return Some(value);
        }
        let [left, after @ ..] = *rest else { return None };
        *rest = after;
        let negated = take(rest, "not");
        let [Token::Word(operator), right, after @ ..] = *rest else { return None };
        *rest = after;
        match (left, operator.as_str(), right) {
            (Token::Text(group), "in", Token::Word(name)) if name == "dependency_groups" => {
                Some(self.groups.contains(group) != negated)
            }
            (Token::Text(_) | Token::Word(_), "in", Token::Text(_) | Token::Word(_)) => Some(true),
            (Token::Text(_) | Token::Word(_), operator, Token::Text(_) | Token::Word(_)) => {
                (!negated && OPERATORS.contains(&operator)).then_some(true)
            }
            _ => None,
        }
    }
}

/// Takes a word, if it is next.
fn take(rest: &mut &[Token], word: &str) -> bool {
    match *rest {
        [Token::Word(found), after @ ..] if found == word => {
            *rest = after;
            true
        }
        _ => false,
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..)?;
        rest = match first {
            '(' | ')' => {
                tokens.push(if first == '(' { Token::Open } else { Token::Close });
                after
            }
            '"' | '\'' => {
                let (quoted, after) = after.split_once(first)?;
                tokens.push(Token::Text(quoted.to_owned()));
                after
            }
            _ => {
                let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
                let operator = |c: char| matches!(c, '<' | '>' | '=' | '!' | '~');
                let same = |c: char| if name(first) { name(c) } else { operator(c) };
                let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
                let (word, after) = rest.split_at_checked(end).filter(|(word, _)| !word.is_empty())?;
                tokens.push(Token::Word(word.to_owned()));
                after
            }
        }
        .trim_start();
    }
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Marker;

    #[test]
    fn a_marker_holds_where_the_default_groups_can_make_it() {
        let groups: BTreeSet<String> = ["default".to_owned()].into();
        for (text, expected) in [
            ("\"default\" in dependency_groups", Some(true)),
            ("'dev' in dependency_groups", Some(false)),
            ("'dev' not in dependency_groups", Some(true)),
            ("'dev' in dependency_groups or 'x' in extras", Some(true)),
            ("'dev' in dependency_groups and 'x' in extras", Some(false)),
            ("os_name == \"nt\" and ('dev' in dependency_groups or 'test' in dependency_groups)", Some(false)),
            ("'dev' in dependency_groups or os_name=='nt' and python_version>='3'", Some(true)),
            ("python_version < '3'", Some(true)),
            ("", None),
            ("os_name ==", None),
            ("(os_name == 'nt'", None),
            ("os_name == 'nt' 'x'", None),
            ("os_name == 'nt", None),
            ("os_name not == 'nt'", None),
            ("what is this", None),
            ("os_name =< 'nt'", None),
            ("é", None),
        ] {
            assert_eq!(Marker { groups: &groups }.holds(text), expected, "{text}");
        }
        let deep = format!("{}os_name == 'nt'{}", "(".repeat(100), ")".repeat(100));
        assert_eq!(Marker { groups: &groups }.holds(&deep), None);
    }
}
