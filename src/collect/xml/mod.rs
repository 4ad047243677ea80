//! XML as a stream of elements and texts, for the formats that are written in it; must not expand, fetch or declare anything.
//!
//! What is read is well-formed XML of which nothing lies elsewhere:
//!
//! - A document type declaration may name an external subset, which is skipped unread. One with an internal subset that declares
//!   anything, be it entities, is refused, and so is every reference to an entity other than the five that XML knows. So there is
//!   nothing to expand, and no file or address to follow.
//! - The bytes are UTF-8 unless a byte order mark or the declaration says otherwise; see [`text`] for what else is read.
//! - Control characters that XML forbids are taken as they stand, as themselves or as references: tools write the
//!   output of programs. NUL and what is no character becomes U+FFFD.
//! - Names are read without their prefix. Attributes with one are no attributes of the formats, and are passed over.
//! - Elements stand at most [`MAX_DEPTH`] deep in each other, and have at most [`MAX_ATTRIBUTES`] attributes.
//!
//! A document that ends before its root element does is cut short, and never read as far as it goes.

mod text;

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Error, Reader};

pub(super) use self::text::decode;
use super::input::Refusal;
use crate::evidence::Completeness;

/// How deep elements may stand in each other.
pub(super) const MAX_DEPTH: usize = 128;

/// How many attributes an element may have: each is compared with those before it. Those of the formats have about ten.
const MAX_ATTRIBUTES: usize = 100;

/// How much of what a file says is repeated in a reason, in characters.
const MAX_QUOTED: usize = 60;

/// One step through a document.
pub(super) enum Step<'t> {
    /// An element begins.
    Open(Element<'t>),
    /// The innermost element ends.
    Close,
    /// Text, without markup and with its references resolved; one text may come in several pieces.
    Text(Cow<'t, str>),
    /// The document ends.
    End,
}

/// The start tag of an element.
pub(super) struct Element<'t> {
    start: BytesStart<'t>,
    line: usize,
}

impl Element<'_> {
    /// Its name, without a prefix.
    pub(super) fn name(&self) -> &str {
        self.start.local_name().into_inner()
    }

    /// The line that the tag ends on, from 1.
    pub(super) const fn line(&self) -> usize {
        self.line
    }

    /// Calls back with every attribute that has no prefix, in order.
    ///
    /// # Errors
    /// A [`Refusal`] where the attributes are not well-formed, or one is there twice.
    pub(super) fn attributes(&self, mut each: impl FnMut(&str, Cow<'_, str>)) -> Result<(), Refusal> {
        for (index, attribute) in self.start.attributes().enumerate() {
            if index >= MAX_ATTRIBUTES {
                return Err(Refusal {
                    completeness: Completeness::Truncated,
                    reason: format!("has more attributes in line {} than the limit of {MAX_ATTRIBUTES}", self.line),
                });
            }
            let attribute = attribute.map_err(|error| self.wrong(&format!("an attribute that is none: {error}")))?;
            if attribute.value.contains('<') {
                return Err(self.wrong("a `<` inside of an attribute"));
            }
            let (name, prefix) = attribute.key.decompose();
            let value = unescape(&attribute.value).map_err(|reference| refused_reference(&reference, self.line))?;
            if prefix.is_none() && name.into_inner() != "xmlns" {
                each(name.into_inner(), value);
            }
        }
        Ok(())
    }

    fn wrong(&self, what: &str) -> Refusal {
        Refusal::failed(format!("is not XML: in the tag `{}` that ends in line {}: {what}", self.name(), self.line))
    }
}

/// Where in a document the reader is.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Before,
    Inside,
    After,
}

/// A document that is being read.
pub(super) struct Document<'t> {
    reader: Reader<&'t [u8]>,
    text: &'t str,
    place: Place,
    /// Names of the elements that are open, and the line that each began on.
    open: Vec<(String, usize)>,
    /// How far lines are counted, in bytes, and the line there.
    counted: (usize, usize),
}

impl<'t> Document<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, text, place: Place::Before, open: Vec::new(), counted: (0, 1) }
    }

    /// The line that has been read up to, from 1.
    pub(super) fn line(&mut self) -> usize {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX).min(self.text.len());
        let (from, line) = self.counted;
        let newlines = self.text.as_bytes().get(from..at).unwrap_or_default().iter().filter(|byte| **byte == b'\n');
        self.counted = (at.max(from), line + newlines.count());
        self.counted.1
    }

    /// The next step.
    ///
    /// # Errors
    /// A [`Refusal`] where the document is not well-formed, is cut short, or declares or uses entities.
    pub(super) fn next(&mut self) -> Result<Step<'t>, Refusal> {
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.malformed(&error)),
            };
            match event {
                Event::Start(start) | Event::Empty(start) => return self.opened(start).map(Step::Open),
                Event::End(_) => {
                    self.open.pop();
                    if self.open.is_empty() {
                        self.place = Place::After;
                    }
                    return Ok(Step::Close);
                }
                Event::Text(text) => {
                    let text = text.into_inner();
                    if self.place == Place::Inside {
                        return Ok(Step::Text(text));
                    }
                    if let Some(found) = text.split_whitespace().next() {
                        let rest = text.trim_start();
                        let below = rest.bytes().filter(|byte| *byte == b'\n').count();
                        return Err(self.outside(found, below));
                    }
                }
                Event::CData(text) if self.place == Place::Inside => return Ok(Step::Text(text.into_inner())),
                Event::CData(_) => return Err(self.outside("<![CDATA[", 0)),
                Event::GeneralRef(reference) => {
                    let name = reference.into_inner();
                    if self.place != Place::Inside {
                        return Err(self.outside("&", 0));
                    }
                    return match resolve(&name) {
                        Some(character) => Ok(Step::Text(Cow::Owned(character.to_string()))),
                        None => Err(refused_reference(&name, self.line())),
                    };
                }
                Event::DocType(declared) => self.document_type(&declared.into_inner())?,
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
                Event::Eof => return self.ended(),
            }
        }
    }

    /// Passes over the rest of the innermost element, and tells of every element in it.
    ///
    /// # Errors
    /// As [`Document::next`].
    pub(super) fn skip(&mut self, mut each: impl FnMut(&str, usize)) -> Result<(), Refusal> {
        let depth = self.open.len();
        while self.open.len() >= depth && depth > 0 {
            if let Step::Open(element) = self.next()? {
                each(element.name(), element.line());
            }
        }
        Ok(())
    }

    fn opened(&mut self, start: BytesStart<'t>) -> Result<Element<'t>, Refusal> {
        let line = self.line();
        let element = Element { start, line };
        match self.place {
            Place::After => {
                return Err(Refusal::failed(format!(
                    "is not XML: a second root element {} in line {line}, expected one",
                    quoted(element.name())
                )));
            }
            Place::Before | Place::Inside => self.place = Place::Inside,
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(Refusal {
                completeness: Completeness::Truncated,
                reason: format!("has elements deeper in each other than the limit of {MAX_DEPTH} in line {line}"),
            });
        }
        self.open.push((element.name().to_owned(), line));
        Ok(element)
    }

    /// What a document type declaration may say: the name of the root, and where an external subset lies.
    fn document_type(&mut self, declared: &str) -> Result<(), Refusal> {
        let line = self.line();
        if self.place != Place::Before {
            return Err(Refusal::failed(format!("is not XML: a document type declaration in line {line}")));
        }
        // An internal subset that declares nothing, as .NET writes it, is none.
        let empty =
            |declared: &'_ str| declared.trim_end().strip_suffix(']')?.trim_end().strip_suffix('[').map(str::len);
        let declared = empty(declared).and_then(|end| declared.get(..end)).unwrap_or(declared);
        if declared.contains(['[', '<']) {
            return Err(Refusal::failed(format!(
                "declares entities or other parts of a document type in line {line}; such a document is not read"
            )));
        }
        Ok(())
    }

    fn ended(&mut self) -> Result<Step<'t>, Refusal> {
        let line = self.line();
        match (self.open.last(), self.place) {
            (Some((name, opened)), _) => Err(Refusal::failed(format!(
                "is cut short: it ends in line {line} inside of {} of line {opened}",
                quoted(name)
            ))),
            (None, Place::After) => Ok(Step::End),
            (None, _) => Err(Refusal::failed("is not XML: it has no element")),
        }
    }

    /// Something stands outside of the root element, so many lines above what has been read.
    fn outside(&mut self, found: &str, below: usize) -> Refusal {
        let line = self.line().saturating_sub(below);
        let found = quoted(found);
        Refusal::failed(match self.place {
            Place::After => format!("is not XML: {found} after the root element in line {line}"),
            _ => format!("is not XML: it starts with {found} in line {line}"),
        })
    }

    fn malformed(&mut self, error: &Error) -> Refusal {
        let line = self.line();
        // What is not closed before the end is more likely cut than wrong.
        match error {
            Error::Syntax(what) => Refusal::failed(format!("is cut short, or not XML, in line {line}: {what}")),
            error => Refusal::failed(format!("is not XML in line {line}: {error}")),
        }
    }
}

/// A text of the file on one line, cut, in backticks.
pub(super) fn quoted(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(MAX_QUOTED).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    format!("`{short}`")
}

fn refused_reference(name: &str, line: usize) -> Refusal {
    Refusal::failed(format!("refers to the entity {} in line {line}; only XML's own five are known", quoted(name)))
}

/// What a reference stands for, by the name between `&` and `;`.
fn resolve(name: &str) -> Option<char> {
    let Some(number) = name.strip_prefix('#') else {
        return Some(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "apos" => '\'',
            "quot" => '"',
            _ => return None,
        });
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let character = u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    Some(character.filter(|character| *character != '\0').unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// A text with its references resolved, or the first that can't be.
fn unescape(raw: &str) -> Result<Cow<'_, str>, String> {
    if !raw.contains('&') {
        return Ok(Cow::Borrowed(raw));
    }
    let mut out = String::with_capacity(raw.len());
    let mut parts = raw.split('&');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (name, rest) = part.split_once(';').ok_or_else(|| part.to_owned())?;
        out.push(resolve(name).ok_or_else(|| name.to_owned())?);
        out.push_str(rest);
    }
    Ok(Cow::Owned(out))
}

#[cfg(test)]
mod tests {
    use super::{Document, MAX_ATTRIBUTES, MAX_DEPTH, Step};
    use crate::evidence::Completeness;

    /// The names, attributes and texts of a document, or why it is refused.
    fn read(text: &str) -> Result<String, String> {
        let mut document = Document::new(text);
        let mut out = String::new();
        loop {
            match document.next().map_err(|refusal| refusal.reason)? {
                Step::Open(element) => {
                    out.push_str(&format!("({}", element.name()));
                    let attribute = |name: &str, value: std::borrow::Cow<'_, str>| {
                        out.push_str(&format!(" {name}={value}"));
                    };
                    element.attributes(attribute).map_err(|refusal| refusal.reason)?;
                    out.push(' ');
                }
                Step::Close => out.push(')'),
                Step::Text(text) => out.push_str(&text),
                Step::End => return Ok(out),
            }
        }
    }

    #[test]
    fn elements_attributes_and_texts_come_as_they_are_written() {
        let text = "<?xml version='1.0'?><!-- <b/> --><?pi x?><x:a xmlns:x='u' b='1&amp;2' x:c='3'>t&lt;&#65;&#x42;<![CDATA[<&]]><d/></x:a>\n";
        assert_eq!(read(text).unwrap(), "(a b=1&2 t<AB<&(d ))");
        assert_eq!(
            read("<a b='&#27;\u{1b}&#0;&#xD800;'>\u{8}&#8;</a>").unwrap(),
            "(a b=\u{1b}\u{1b}\u{fffd}\u{fffd} \u{8}\u{8})"
        );
    }

    #[test]
    fn nothing_is_declared_expanded_or_fetched() {
        assert_eq!(read("<!DOCTYPE a><a/>").unwrap(), "(a )");
        assert_eq!(read("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>").unwrap(), "(a )");
        assert_eq!(read("<!DOCTYPE a PUBLIC '-//X//DTD//EN' \"http://example.com/x.dtd\"><a/>").unwrap(), "(a )");
        // As .NET writes it where nothing is declared.
        assert_eq!(read("<!DOCTYPE a PUBLIC '-//X//DTD//EN' \"x.dtd\"[]><a/>").unwrap(), "(a )");
        assert_eq!(read("<!DOCTYPE a [ \n ] ><a/>").unwrap(), "(a )");
        for refused in [
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a/>",
            "<!DOCTYPE a [%x;]><a/>",
            "<!DOCTYPE a [<!ENTITY x 'y'>[]]><a/>",
            "<!DOCTYPE a [[]><a/>",
            "<!DOCTYPE a SYSTEM 'x' [<!ENTITY % p SYSTEM 'http://example.com/'> %p;]><a/>",
        ] {
            assert!(read(refused).unwrap_err().contains("declares entities"), "{refused}");
        }
        for refused in
            ["<a>&x;</a>", "<a b='&x;'/>", "<a>&#;</a>", "<a>&#x;</a>", "<a>&#-1;</a>", "<a>&;</a>", "<a>&nbsp;</a>"]
        {
            assert!(read(refused).unwrap_err().contains("refers to the entity"), "{refused}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_refused_with_its_line() {
        for (text, expected) in [
            ("", "no element"),
            (" \n", "no element"),
            ("hello", "starts with `hello` in line 1"),
            ("\nhello\nworld\n", "starts with `hello` in line 2"),
            ("<a>\n<b>", "cut short: it ends in line 2 inside of `b` of line 2"),
            ("<a>\n<b></b>", "inside of `a` of line 1"),
            ("<a>\n<b x='1", "cut short, or not XML, in line 2"),
            ("<a>\n<![CDATA[x", "cut short, or not XML, in line 2"),
            ("<a>\n</b>", "not XML in line 2"),
            ("<a/>\n<b/>", "second root element `b` in line 2"),
            ("<a/>x", "after the root element"),
            ("<a/><!DOCTYPE a>", "document type declaration"),
            ("<a b='1' b='2'/>", "an attribute that is none"),
            ("<a b=1/>", "an attribute that is none"),
            ("<a b='<'/>", "`<` inside of an attribute"),
            ("<a>&amp</a>", "not XML in line 1"),
        ] {
            let found = read(text).unwrap_err();
            assert!(found.contains(expected), "{text}: {found}");
        }
    }

    #[test]
    fn depth_has_a_limit() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(read(&nested(MAX_DEPTH)).is_ok());
        let deep = nested(MAX_DEPTH + 1);
        let mut document = Document::new(&deep);
        let refusal = loop {
            if let Err(refusal) = document.next() {
                break refusal;
            }
        };
        assert_eq!(refusal.completeness, Completeness::Truncated);
    }

    #[test]
    fn the_number_of_attributes_has_a_limit() {
        let with = |count: usize| {
            let attributes: String = (0..count).map(|number| format!(" a{number}='1'")).collect();
            read(&format!("<a{attributes}/>"))
        };
        assert!(with(MAX_ATTRIBUTES).is_ok());
        assert!(with(MAX_ATTRIBUTES + 1).unwrap_err().contains("more attributes in line 1"));
    }

    #[test]
    fn what_is_skipped_is_told_and_ends_where_the_element_does() {
        let mut document = Document::new("<a><b><c><d/></c></b><e/></a>");
        let mut seen = Vec::new();
        assert!(matches!(document.next(), Ok(Step::Open(_))) && matches!(document.next(), Ok(Step::Open(_))));
        document.skip(|name, _| seen.push(name.to_owned())).unwrap();
        assert_eq!(seen, ["c", "d"]);
        assert!(matches!(document.next(), Ok(Step::Open(element)) if element.name() == "e"));
    }
}
