//! One `testcase` element: its attributes, and what its elements say of how it ended.

use std::borrow::Cow;

use super::super::input::Refusal;
use super::super::xml::{Document, Element, Step, quoted};
use super::MAX_NAME;
use super::wire::Attempt;
use super::words::{self, Child};
use crate::evidence::TestCase;

/// Attributes of a case.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) class: Option<String>,
    pub(super) name: String,
    pub(super) file: Option<String>,
    pub(super) line: u32,
    /// What `status` and `result` say: the worse of them.
    pub(super) stated: Option<Attempt>,
    /// A word of theirs that nobody knows.
    pub(super) unknown: Option<String>,
}

impl Attributes {
    pub(super) fn of(element: &Element<'_>) -> Result<Self, Refusal> {
        let mut found = Self::default();
        let mut class = None;
        element.attributes(|name, value| match name {
            "name" => found.name = cut(&value, MAX_NAME),
            "classname" => found.class = text(&value, MAX_NAME),
            "class" => class = text(&value, MAX_NAME),
            "file" | "filepath" => found.file = text(&value, usize::MAX),
            "line" | "lineno" => found.line = value.trim().parse().unwrap_or(0),
            "status" | "result" => match words::attempt(&value) {
                Some(attempt) => found.stated = found.stated.max(Some(attempt)),
                None => found.unknown = Some(format!("`{name}` is {}, which is no known word", quoted(&value))),
            },
            // Some tools say it so, with or without `true`.
            "disabled" | "skipped" | "ignored" if !matches!(&*value, "0" | "false" | "no") => {
                found.stated = found.stated.max(Some(Attempt::Skipped));
            }
            _ => {}
        })?;
        found.class = found.class.or(class);
        Ok(found)
    }
}

/// What the elements of a case say.
#[derive(Default)]
pub(super) struct Ending {
    pub(super) failures: u64,
    pub(super) skipped: bool,
    pub(super) flaky: u32,
    pub(super) reruns: u32,
    message: Option<(Child, String)>,
}

impl Ending {
    /// Takes one element of a case in.
    pub(super) fn take(
        &mut self,
        kind: Child,
        element: &Element<'_>,
        document: &mut Document<'_>,
    ) -> Result<(), Refusal> {
        match kind {
            Child::Failure => self.failures += 1,
            Child::Flaky => self.flaky = self.flaky.saturating_add(1),
            Child::Rerun => self.reruns = self.reruns.saturating_add(1),
            Child::Skipped => self.skipped = true,
            Child::Other => {}
        }
        let said = said(element, document)?;
        if self.message.as_ref().is_none_or(|(known, _)| rank(kind) < rank(*known))
            && let Some(said) = said
        {
            self.message = Some((kind, said));
        }
        Ok(())
    }

    /// How it ended by its elements alone. Further failed attempts without a word of the last one: it failed.
    pub(super) const fn attempt(&self) -> Attempt {
        if self.failures > 0 || (self.reruns > 0 && self.flaky == 0) {
            Attempt::Failed
        } else if self.skipped {
            Attempt::Skipped
        } else {
            Attempt::Passed
        }
    }

    pub(super) fn into_message(self) -> Option<String> {
        self.message.map(|(_, said)| said)
    }
}

/// Whose message is told first.
const fn rank(kind: Child) -> u8 {
    match kind {
        Child::Failure => 0,
        Child::Rerun => 1,
        Child::Flaky => 2,
        Child::Skipped => 3,
        Child::Other => 4,
    }
}

/// What a failure says: its `message`, else its text, else its `type`. Output of the attempt is no part of it.
fn said(element: &Element<'_>, document: &mut Document<'_>) -> Result<Option<String>, Refusal> {
    let (mut message, mut of_type) = (None, None);
    element.attributes(|name, value| match name {
        "message" => message = text(&value, TestCase::MAX_MESSAGE),
        "type" => of_type = text(&value, TestCase::MAX_MESSAGE),
        _ => {}
    })?;
    let mut body = String::new();
    let mut depth = 0_usize;
    loop {
        match document.next()? {
            Step::Open(inner) if inner.name().starts_with("system-") => document.skip(|_, _| ())?,
            Step::Open(_) => depth += 1,
            Step::Close if depth == 0 => break,
            Step::Close => depth -= 1,
            Step::Text(piece) => {
                let piece = if body.is_empty() { piece.trim_start() } else { &piece };
                if body.len() < TestCase::MAX_MESSAGE {
                    body.push_str(&cut(piece, TestCase::MAX_MESSAGE - body.len()));
                }
            }
            Step::End => break,
        }
    }
    Ok(message.or_else(|| text(&Cow::Owned(body), TestCase::MAX_MESSAGE)).or(of_type))
}

/// A text without blanks around it, cut; `None` where nothing is left.
fn text(value: &str, limit: usize) -> Option<String> {
    let value = value.trim();
    (!value.is_empty()).then(|| cut(value, limit))
}

/// The start of a text, of at most so many bytes and whole characters.
pub(super) fn cut(value: &str, limit: usize) -> String {
    let mut end = limit.min(value.len());
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    value.get(..end).unwrap_or_default().to_owned()
}
