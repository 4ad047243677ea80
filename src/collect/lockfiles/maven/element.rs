//! An XML document as a tree of elements, each with its line; it knows nothing of Maven.

use crate::collect::input::Refusal;
use crate::collect::lockfiles::LockfileError;
use crate::collect::xml::{Document, Step, quoted};

/// Most elements of a document; the largest seen in the wild have some ten thousand.
pub(super) const MAX_ELEMENTS: usize = 500_000;

/// One element; attributes mean nothing in a POM.
pub(super) struct Element {
    pub(super) name: String,
    /// Which element of the document it is.
    pub(super) number: usize,
    /// The line that its start tag ends on.
    pub(super) line: Option<u32>,
    /// Its text, without that of its children.
    text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    /// The text without space around it; `None` where there is none.
    pub(super) fn text(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// The one child of a name; two of it contradict each other.
    pub(super) fn child(&self, name: &str) -> Result<Option<&Self>, LockfileError> {
        let mut found = self.children.iter().filter(|child| child.name == name);
        let first = found.next();
        match found.next() {
            Some(second) => {
                let message = format!("has a second `{name}` in {}", quoted(&self.name));
                Err(LockfileError::new(second.line, message))
            }
            None => Ok(first),
        }
    }

    /// The text of the one child of a name.
    pub(super) fn value(&self, name: &str) -> Result<Option<&str>, LockfileError> {
        Ok(self.child(name)?.and_then(Self::text))
    }

    /// The items of a list that is a child, as in `<dependencies>`; any other element in it is a mistake.
    pub(super) fn list(&self, name: &str, item: &str) -> Result<&[Self], LockfileError> {
        let Some(list) = self.child(name)? else { return Ok(&[]) };
        match list.children.iter().find(|child| child.name != item) {
            Some(other) => {
                let message = format!("has {} in `{name}`, expected `{item}`", quoted(&other.name));
                Err(LockfileError::new(other.line, message))
            }
            None => Ok(&list.children),
        }
    }
}

/// What the reader of XML refuses; its reason says the line.
pub(super) fn refused(refusal: Refusal) -> LockfileError {
    LockfileError { completeness: refusal.completeness, ..LockfileError::new(None, refusal.reason) }
}

/// The root element of a text.
pub(super) fn parse(text: &str) -> Result<Element, LockfileError> {
    let mut document = Document::new(text);
    let mut open: Vec<Element> = Vec::new();
    let (mut root, mut count) = (None, 0_usize);
    loop {
        match document.next().map_err(refused)? {
            Step::Open(element) => {
                count += 1;
                if count > MAX_ELEMENTS {
                    let message = format!("has more than {MAX_ELEMENTS} elements");
                    return Err(LockfileError::limit(u32::try_from(element.line()).ok(), message));
                }
                open.push(Element {
                    name: element.name().to_owned(),
                    number: count,
                    line: u32::try_from(element.line()).ok(),
                    text: String::new(),
                    children: Vec::new(),
                });
            }
            Step::Text(text) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&text);
                }
            }
            Step::Close => {
                let Some(element) = open.pop() else { continue };
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => root = Some(element),
                }
            }
            Step::End => break,
        }
    }
    root.ok_or_else(|| LockfileError::new(None, "has no element"))
}

#[cfg(test)]
mod tests {
    use super::{MAX_ELEMENTS, parse};
    use crate::evidence::Completeness;

    #[test]
    fn a_text_is_whole_whatever_stands_in_it() {
        let root = parse("<a>\n<v> 1.<!-- x -->2<![CDATA[.3]]> </v><l><i/><i/></l></a>").unwrap();
        assert_eq!(root.value("v").unwrap(), Some("1.2.3"));
        assert_eq!(root.child("v").unwrap().unwrap().line, Some(2));
        assert_eq!(root.list("l", "i").unwrap().len(), 2);
        assert_eq!(root.value("w").unwrap(), None);
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let root = parse("<a><v>1</v>\n<v>1</v><l>\n\n<j/></l></a>").unwrap();
        assert_eq!(root.value("v").unwrap_err().line, Some(2));
        assert_eq!(root.list("l", "i").err().unwrap().line, Some(4));
        assert!(parse("<a><b></a>").is_err());
        assert!(parse("<!DOCTYPE a [<!ENTITY x 'y'>]><a/>").is_err());
    }

    #[test]
    fn one_element_more_than_the_limit_is_truncated() {
        let text = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count - 1));
        assert!(parse(&text(MAX_ELEMENTS)).is_ok());
        assert_eq!(parse(&text(MAX_ELEMENTS + 1)).err().unwrap().completeness, Completeness::Truncated);
    }
}
