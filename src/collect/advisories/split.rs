//! Finds the objects of a text of JSON, one at a time: a single one, a list of them, or one after another (NDJSON).
//!
//! It tells where objects begin and end, and what stands between them; whether an object is one is for its reader to say.
//! No more of the text than one object and one block is in memory.

use std::io::Read;

use super::limit;
use crate::collect::input::Refusal;

/// How much is read at a time, in bytes.
const BLOCK: usize = 1 << 18;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Where in the text the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first object or the list.
    Start,
    /// In a list, after the bracket or a comma: an object must follow, or of an empty list its end.
    Element { first: bool },
    /// In a list, after an object.
    After,
    /// Between objects that are in no list.
    Between,
    /// After the list.
    End,
    /// Inside of an object.
    Object { depth: u32, text: bool, escaped: bool, in_list: bool },
}

/// Hands every object of a text to `take`, with its number from 1.
///
/// # Errors
/// Where something else stands in the text, where it is cut short, where an object is longer than `max` bytes, and what
/// `take` refuses.
pub(super) fn objects(
    mut text: impl Read,
    max: usize,
    mut take: impl FnMut(&[u8], u64) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut block = vec![0; BLOCK];
    let (mut object, mut state, mut number) = (Vec::new(), State::Start, 0_u64);
    let mut marked = false;
    loop {
        let mut length = read(&mut text, &mut block)?;
        if !marked {
            // The mark may come in parts.
            while length < BYTE_ORDER_MARK.len() {
                let more = read(&mut text, block.get_mut(length..).unwrap_or_default())?;
                length += more;
                if more == 0 {
                    break;
                }
            }
        }
        let read = block.get(..length).unwrap_or_default();
        if read.is_empty() {
            break;
        }
        let read = if marked { read } else { read.strip_prefix(BYTE_ORDER_MARK).unwrap_or(read) };
        marked = true;
        let mut from = 0;
        for (at, byte) in read.iter().enumerate() {
            if !matches!(state, State::Object { .. }) {
                from = at;
            }
            state = step(state, *byte).map_err(|expected| between(number, *byte, expected))?;
            if let (State::After | State::Between, b'}' | b']') = (state, byte) {
                object.extend_from_slice(read.get(from..=at).unwrap_or_default());
                from = at + 1;
                number += 1;
                if object.len() > max {
                    return Err(too_long(number, max));
                }
                take(&object, number)?;
                object.clear();
            }
        }
        if matches!(state, State::Object { .. }) {
            object.extend_from_slice(read.get(from..).unwrap_or_default());
            if object.len() > max {
                return Err(too_long(number + 1, max));
            }
        }
    }
    match state {
        State::End | State::Between => Ok(()),
        State::Start => Err(Refusal::failed("is empty: it holds no JSON, expected OSV records")),
        State::Object { .. } => Err(Refusal::failed(format!("is cut short: it ends inside of record {}", number + 1))),
        State::Element { .. } | State::After => {
            Err(Refusal::failed(format!("is cut short: the list ends unfinished after record {number}")))
        }
    }
}

fn read(text: &mut impl Read, block: &mut [u8]) -> Result<usize, Refusal> {
    loop {
        match text.read(block) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            read => return read.map_err(|error| Refusal::failed(format!("can't be read: {error}"))),
        }
    }
}

fn too_long(number: u64, max: usize) -> Refusal {
    limit(format!("record {number} is larger than the limit of {max} bytes"))
}

fn between(number: u64, byte: u8, expected: &str) -> Refusal {
    let found = byte.escape_ascii();
    let place = if number == 0 { "begins with".to_owned() } else { format!("has after record {number}") };
    Refusal::failed(format!("is no JSON of OSV records: {place} `{found}`, expected {expected}"))
}

/// The state after one more byte, or what was expected instead of it.
fn step(state: State, byte: u8) -> Result<State, &'static str> {
    if let State::Object { depth, text, escaped, in_list } = state {
        return Ok(inside(depth, text, escaped, in_list, byte));
    }
    if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
        return Ok(state);
    }
    let object = |in_list| State::Object { depth: 1, text: false, escaped: false, in_list };
    match (state, byte) {
        (State::Start | State::Between, b'{') => Ok(object(false)),
        (State::Start, b'[') => Ok(State::Element { first: true }),
        (State::Element { .. }, b'{') => Ok(object(true)),
        (State::Element { first: true }, b']') | (State::After, b']') => Ok(State::End),
        (State::After, b',') => Ok(State::Element { first: false }),
        (State::Start, _) => Err("`{`, `[` or the archive of a database (zip)"),
        (State::Element { .. } | State::Between, _) => Err("`{`"),
        (State::After, _) => Err("`,` or `]`"),
        (State::End | State::Object { .. }, _) => Err("the end"),
    }
}

fn inside(depth: u32, text: bool, escaped: bool, in_list: bool, byte: u8) -> State {
    let stay = |depth, text, escaped| State::Object { depth, text, escaped, in_list };
    match (text, byte) {
        (true, _) if escaped => stay(depth, true, false),
        (true, b'\\') => stay(depth, true, true),
        (true, b'"') => stay(depth, false, false),
        (true, _) => state_of(depth, true, in_list),
        (false, b'"') => stay(depth, true, false),
        (false, b'{' | b'[') => stay(depth.saturating_add(1), false, false),
        (false, b'}' | b']') if depth == 1 => match in_list {
            true => State::After,
            false => State::Between,
        },
        (false, b'}' | b']') => stay(depth.saturating_sub(1), false, false),
        (false, _) => state_of(depth, false, in_list),
    }
}

const fn state_of(depth: u32, text: bool, in_list: bool) -> State {
    State::Object { depth, text, escaped: false, in_list }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::objects;
    use crate::evidence::Completeness;

    /// A stream that gives few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, block: &mut [u8]) -> std::io::Result<usize> {
            let length = self.1.min(block.len());
            self.0.read(&mut block[..length])
        }
    }

    fn found(text: &[u8], step: usize) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        let outcome = objects(Slow(text, step), 1000, |object, number| {
            found.push(String::from_utf8(object.to_vec()).unwrap());
            assert_eq!(number, found.len() as u64);
            Ok(())
        });
        outcome.map(|()| found).map_err(|refusal| refusal.reason)
    }

    #[test]
    fn objects_stand_alone_in_a_list_or_in_a_row() {
        let (one, two) = (r#"{"a":"}]\"{\\"}"#, r#"{"b":[{},[{}]]}"#);
        for step in [1, 2, 3, 100] {
            for text in [
                format!("[{one} ,\n{two}]\n"),
                format!("{one}\n{two}\n"),
                format!("{one}{two}"),
                format!("\u{feff}[{one},{two}]"),
            ] {
                assert_eq!(found(text.as_bytes(), step).unwrap(), [one, two], "{text}");
            }
            assert_eq!(found(one.as_bytes(), step).unwrap(), [one]);
            assert_eq!(found(b"[]", step).unwrap(), [""; 0]);
        }
    }

    #[test]
    fn whatever_else_is_there_or_lacking_is_refused() {
        for (text, word) in [
            ("", "is empty"),
            (" \n", "is empty"),
            ("x", "begins with `x`"),
            ("\u{feff}", "is empty"),
            ("null", "begins with `n`"),
            ("\0{}", "begins with `\\x00`"),
            ("[1]", "expected `{`"),
            ("[{}", "after record 1"),
            ("[{},", "after record 1"),
            ("[{},]", "expected `{`"),
            ("[{}{}]", "expected `,` or `]`"),
            ("[{}]{}", "expected the end"),
            ("{},{}", "expected `{`"),
            ("{\"a", "inside of record 1"),
            ("{}\n{", "inside of record 2"),
        ] {
            let why = found(text.as_bytes(), 7).unwrap_err();
            assert!(why.contains(word), "{text}: {why}");
        }
    }

    #[test]
    fn an_object_of_more_bytes_than_the_limit_is_refused_before_its_end() {
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(992));
        assert!(objects(long.as_bytes(), 1000, |_, _| Ok(())).is_ok());
        for text in [long.as_str(), long.trim_end_matches('}')] {
            let refused = objects(text.as_bytes(), 999, |_, _| panic!("must not be read")).unwrap_err();
            assert!(text.len() == 999 || refused.completeness == Completeness::Truncated, "{refused:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_split_alike_however_they_come(bytes in "[\\[\\]{}\",\\\\a \u{feff}]{0,40}", step in 1usize..5) {
            prop_assert_eq!(found(bytes.as_bytes(), step), found(bytes.as_bytes(), 1000));
        }
    }
}
