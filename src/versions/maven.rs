//! Maven: the POM Reference's "Version Order Specification", and what `ComparableVersion` does where that says nothing.
//!
//! A version is a row of tokens, numbers or qualifiers, each with the separator before it. At one place stand, from the
//! least: the known qualifiers from `alpha` to `snapshot`, nothing at all, `sp`, other qualifiers by their letters,
//! numbers behind a hyphen, numbers behind a dot. Maven's own code is not quite an order: it has `1.sp.1` above `1`,
//! `1` above `1-snapshot`, and that above `1.sp.1`. Here, as the specification says, a qualifier is the same behind a
//! dot and behind a hyphen.

use super::key::{Key, Stage};

/// Qualifiers that come before the release, from the least.
const BEFORE: [&str; 5] = ["alpha", "beta", "milestone", "rc", "snapshot"];

const FIRST_QUALIFIER: u8 = 1;
/// A qualifier that says "released", with a rest that comes before nothing, or after it.
const RELEASED_BEFORE: u8 = 10;
const END: u8 = 11;
const RELEASED_AFTER: u8 = 12;
const SP: u8 = 13;
const OTHER: u8 = 14;
const HYPHEN_NUMBER: u8 = 15;
const DOT_NUMBER: u8 = 16;

/// Words that name whatever version is the newest.
const FLOATING: [&str; 2] = ["latest", "release"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    /// A position in `BEFORE`.
    Early(u8),
    Released,
    ServicePack,
    Other,
}

#[derive(Clone, Copy)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
    /// Behind a dot, or the first one.
    dot: bool,
}

pub(super) fn key(text: &str) -> Option<Key> {
    let is_foreign = |character: char| character.is_whitespace() || "[](){},$/\\:@".contains(character);
    let lower = text.to_lowercase();
    if text.contains(is_foreign) || FLOATING.contains(&lower.as_str()) {
        return None;
    }
    let tokens = tokens(&lower);
    let mut key = Key::default();
    let mut leading = true;
    for (position, (token, leads_to_early)) in with_next(&tokens).into_iter().enumerate() {
        match token.kind {
            Kind::Number => {
                key.tag(if token.dot { DOT_NUMBER } else { HYPHEN_NUMBER });
                key.digits(token.text);
            }
            Kind::Early(rank) => {
                key.tag(FIRST_QUALIFIER + rank);
                key.set_stage(Stage::Before);
            }
            Kind::Released => key.tag(if leads_to_early { RELEASED_BEFORE } else { RELEASED_AFTER }),
            Kind::ServicePack => key.tag(SP),
            Kind::Other => {
                key.tag(OTHER);
                key.text(token.text);
            }
        }
        leading &= token.kind == Kind::Number && token.dot;
        if leading {
            key.set_digits(position, token.text);
            key.end_release();
        }
    }
    key.tag(END);
    Some(key)
}

/// The tokens, each with whether the first one after it that is not `Released` comes before the release.
fn with_next<'a>(tokens: &[Token<'a>]) -> Vec<(Token<'a>, bool)> {
    let mut leads_to_early = false;
    let mut pairs: Vec<_> = tokens
        .iter()
        .rev()
        .map(|token| {
            let pair = (*token, leads_to_early);
            if token.kind != Kind::Released {
                leads_to_early = matches!(token.kind, Kind::Early(_));
            }
            pair
        })
        .collect();
    pairs.reverse();
    pairs
}

/// The tokens of a version in lower case, without those that say nothing.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut dot = true;
    for part in text.split_inclusive(['.', '-', '_']).chain(text.ends_with(['.', '-', '_']).then_some("")) {
        let word = part.strip_suffix(['.', '-', '_']).unwrap_or(part);
        let mut rest = word;
        loop {
            let digits = rest.starts_with(|first: char| first.is_ascii_digit());
            let end = rest.find(|character: char| character.is_ascii_digit() != digits).unwrap_or(rest.len());
            let Some((piece, more)) = rest.split_at_checked(end) else { break };
            add(&mut tokens, Token { kind: kind(piece, !more.is_empty()), text: piece, dot });
            // Between digits and others there might as well be a hyphen.
            (rest, dot) = (more, false);
            if rest.is_empty() {
                break;
            }
        }
        dot = part.ends_with('.');
    }
    trim(&mut tokens, is_null);
    tokens
}

/// What a token is; an empty one is 0.
fn kind(text: &str, before_digit: bool) -> Kind {
    let text = match text {
        "a" if before_digit => "alpha",
        "b" if before_digit => "beta",
        "m" if before_digit => "milestone",
        "cr" => "rc",
        text => text,
    };
    let early = BEFORE.iter().zip(0..).find(|(word, _)| **word == text).map(|(_, rank)| Kind::Early(rank));
    match text {
        "ga" | "final" | "release" => Kind::Released,
        "sp" => Kind::ServicePack,
        _ if text.bytes().all(|byte| byte.is_ascii_digit()) => Kind::Number,
        _ => early.unwrap_or(Kind::Other),
    }
}

/// Adds a token; what says nothing is taken away before a hyphen and before a qualifier.
fn add<'a>(tokens: &mut Vec<Token<'a>>, token: Token<'a>) {
    match (token.kind, token.dot) {
        (Kind::Number, true) => {}
        (Kind::Number, false) => trim(tokens, is_null),
        // `final` before another qualifier counts: `1-final-x` comes before `1-sp-x`.
        _ => trim(tokens, is_zero),
    }
    tokens.push(token);
}

fn trim<'a>(tokens: &mut Vec<Token<'a>>, says_nothing: impl Fn(&Token<'a>) -> bool) {
    while tokens.last().is_some_and(&says_nothing) {
        tokens.pop();
    }
}

fn is_zero(token: &Token<'_>) -> bool {
    token.kind == Kind::Number && token.text.bytes().all(|digit| digit == b'0')
}

fn is_null(token: &Token<'_>) -> bool {
    token.kind == Kind::Released || is_zero(token)
}
