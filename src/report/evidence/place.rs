//! Where in the text of a JSON document a path leads. Only ever asked once something is known to be wrong, so it walks
//! the text from the start; it never fails, it stops at the deepest place that is there.

use std::fmt;

/// One step down into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Into the value of a field.
    Field(String),
    /// Into an element, from 0.
    Index(usize),
}

/// A path as it is printed: `findings.items[3].severity`.
pub(super) struct Dotted<'a>(pub(super) &'a [Step]);

impl fmt::Display for Dotted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if depth > 0 => write!(f, ".{name}")?,
                Step::Field(name) => f.write_str(name)?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// The line and the column (in characters), both from 1, of a byte offset.
pub(super) fn line_and_column(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

/// The byte offset of the value that a path leads to, or of the deepest value on the way that is there.
pub(super) fn value_offset(text: &str, steps: &[Step]) -> usize {
    let mut scan = Scan { text: text.as_bytes(), at: 0 };
    scan.space();
    let mut deepest = scan.at;
    for step in steps {
        let found = match step {
            Step::Field(name) => scan.enter_field(name).is_some(),
            Step::Index(index) => scan.enter_element(*index).is_some(),
        };
        if !found {
            break;
        }
        deepest = scan.at;
    }
    deepest
}

/// The byte offset of a key in the object that a path leads to, or of the object itself.
pub(super) fn key_offset(text: &str, steps: &[Step], key: &str) -> usize {
    let object = value_offset(text, steps);
    let mut scan = Scan { text: text.as_bytes(), at: object };
    scan.enter_field(key).unwrap_or(object)
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Past one byte and the space after it, if it is the one that is here.
    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| {
            self.at += 1;
            self.space();
        })
    }

    /// Past a string; its bytes, quotes included.
    fn string(&mut self) -> Option<&[u8]> {
        let start = self.at;
        (self.peek()? == b'"').then_some(())?;
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.text.get(start..self.at)
    }

    /// Past any value. Brackets are counted, not matched: the text was read once already up to where it matters.
    fn value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                b' ' | b'\t' | b'\r' | b'\n' => self.space(),
                _ => {
                    while self.peek().is_some_and(|byte| !b",:]} \t\r\n".contains(&byte)) {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Into the value of a field of the object that is here; the offset of its key.
    fn enter_field(&mut self, name: &str) -> Option<usize> {
        self.eat(b'{')?;
        loop {
            let key_at = self.at;
            let key = serde_json::from_slice::<String>(self.string()?).ok()?;
            self.space();
            self.eat(b':')?;
            if key == name {
                return Some(key_at);
            }
            self.value()?;
            self.space();
            self.eat(b',')?;
        }
    }

    /// Into an element of the array that is here.
    fn enter_element(&mut self, index: usize) -> Option<()> {
        self.eat(b'[')?;
        for _ in 0..index {
            self.value()?;
            self.space();
            self.eat(b',')?;
        }
        (self.peek()? != b']').then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Step, key_offset, value_offset};
    use proptest::prelude::*;

    const TEXT: &str = r#" {"a": [1, {"\u0062": "x\"]}", "c" : true}, [] ], "d": null}"#;

    fn field(name: &str) -> Step {
        Step::Field(name.to_owned())
    }

    #[test]
    fn a_path_leads_to_its_value_and_a_key_to_itself() {
        let at = |needle: &str| TEXT.find(needle).unwrap();
        assert_eq!(value_offset(TEXT, &[]), 1);
        assert_eq!(value_offset(TEXT, &[field("a"), Step::Index(1), field("b")]), at(r#""x\""#));
        assert_eq!(value_offset(TEXT, &[field("a"), Step::Index(1), field("c")]), at("true"));
        assert_eq!(value_offset(TEXT, &[field("a"), Step::Index(2)]), at("[] ]"));
        assert_eq!(value_offset(TEXT, &[field("d")]), at("null"));
        assert_eq!(key_offset(TEXT, &[field("a"), Step::Index(1)], "c"), at(r#""c""#));
    }

    #[test]
    fn what_is_not_there_leads_to_the_deepest_place_that_is() {
        assert_eq!(value_offset(TEXT, &[field("a"), Step::Index(7)]), TEXT.find('[').unwrap());
        assert_eq!(value_offset(TEXT, &[field("z"), field("a")]), 1);
        assert_eq!(key_offset(TEXT, &[field("a"), Step::Index(0)], "k"), TEXT.find('1').unwrap());
    }

    proptest! {
        #[test]
        fn any_text_is_walked_to_an_end(text in r#"[ \[\]{}:,"\\a1]{0,40}"#, index in 0_usize..4) {
            let steps = [field("a"), Step::Index(index), field("a")];
            prop_assert!(value_offset(&text, &steps) <= text.len());
            prop_assert!(value_offset(&text, &steps[1..]) <= text.len());
        }
    }
}
