//! The text of HTML blocks, as far as a reader of the page sees it. This is no HTML parser: it knows tags, comments and
//! entities, which elements break a line, and which hide what is in them.

use super::front::Lines;
use super::text::{Builder, Text};

/// Elements whose text is not seen, is no statement as code is none, or was taken back.
const UNSEEN: &[&str] =
    &["script", "style", "template", "textarea", "title", "noscript", "iframe", "svg", "math", "del", "s", "strike"];

/// Elements that hold code over several lines; inline they can't stand.
const CODE: &[&str] = &["pre"];

/// Elements that begin on a line of their own, or break it.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];

/// A tag: its name in lower case.
pub(super) struct Tag {
    name: String,
    pub(super) closes: bool,
    /// Whether it closes itself, so that nothing is in it.
    empty: bool,
}

impl Tag {
    /// Reads `<name ..>` or `</name>`; `None` for anything else, such as a comment.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let inner = text.strip_prefix('<')?.strip_suffix('>')?;
        let (inner, closes) = inner.strip_prefix('/').map_or((inner, false), |inner| (inner, true));
        let end = inner.find(|character: char| !character.is_ascii_alphanumeric() && character != '-');
        let name = inner.get(..end.unwrap_or(inner.len()))?;
        let starts = name.starts_with(|first: char| first.is_ascii_alphabetic());
        starts.then(|| Self { name: name.to_ascii_lowercase(), closes, empty: inner.ends_with('/') })
    }

    pub(super) fn is_unseen(&self) -> bool {
        !self.empty && UNSEEN.contains(&self.name.as_str())
    }

    pub(super) fn is_block(&self) -> bool {
        BLOCKS.contains(&self.name.as_str())
    }

    /// The level of a heading.
    fn heading(&self) -> Option<u8> {
        let level = self.name.strip_prefix('h')?.parse().ok()?;
        (1..=6).contains(&level).then_some(level)
    }
}

/// A run of text in HTML.
pub(super) enum Block {
    Heading(u8, Text),
    Item(Text),
    Paragraph(Text),
    Row(u32, Vec<String>),
}

/// What an HTML block says.
#[derive(Default)]
pub(super) struct Read {
    pub(super) blocks: Vec<Block>,
    /// The offset after the start of a comment that the block does not end.
    pub(super) open_comment: Option<usize>,
}

/// What the open run of text will be.
#[derive(Clone, Copy)]
enum Form {
    Heading(u8),
    Item,
    Paragraph,
    Cell,
}

struct Reader {
    read: Read,
    form: Form,
    builder: Builder,
    row: Option<Row>,
}

/// A row that is being read.
#[derive(Default)]
struct Row {
    /// The line of its first text.
    line: Option<u32>,
    cells: Vec<String>,
    /// Whether any cell is one of data: a row of heads alone states nothing.
    data: bool,
}

/// Reads the parts of an HTML block, each with its offset in the source.
pub(super) fn read(parts: &[(String, usize)], lines: &Lines) -> Read {
    let text: String = parts.iter().map(|(part, _)| part.as_str()).collect();
    let mut starts = Vec::with_capacity(parts.len());
    let mut length = 0;
    for (part, offset) in parts {
        starts.push((length, *offset));
        length += part.len();
    }
    let offset = |at: usize| {
        let after = starts.partition_point(|(start, _)| *start <= at);
        starts.get(after.saturating_sub(1)).map_or(0, |(start, offset)| offset + (at - start))
    };
    let mut reader = Reader { read: Read::default(), form: Form::Paragraph, builder: Builder::default(), row: None };
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        at += match piece(rest) {
            Piece::Text(length) => {
                reader.text(rest.get(..length).unwrap_or(""), |within| lines.of(offset(at + within)));
                length
            }
            Piece::Comment(Some(length)) | Piece::Other(length) => length,
            Piece::Comment(None) => {
                reader.read.open_comment = Some(offset(at) + "<!--".len());
                break;
            }
            Piece::Tag(length, tag) => match reader.tag(&tag, rest.get(length..).unwrap_or("")) {
                Some(hidden) => length + hidden,
                None => break,
            },
            Piece::Cut => break,
        };
    }
    reader.end_row();
    reader.read
}

enum Piece {
    /// So many bytes of text.
    Text(usize),
    /// A comment of so many bytes, or one that does not end.
    Comment(Option<usize>),
    Tag(usize, Tag),
    /// So many bytes of a declaration or instruction.
    Other(usize),
    /// A tag that does not end: nothing of the rest is seen.
    Cut,
}

/// What a text begins with.
fn piece(rest: &str) -> Piece {
    if !rest.starts_with('<') {
        return Piece::Text(rest.find('<').unwrap_or(rest.len()));
    }
    if let Some(comment) = rest.strip_prefix("<!--") {
        return Piece::Comment(comment.find("-->").map(|end| "<!--".len() + end + "-->".len()));
    }
    let is_tag = rest.get(1..).is_some_and(|rest| {
        rest.strip_prefix('/').unwrap_or(rest).starts_with(|first: char| first.is_ascii_alphabetic())
    });
    if rest.starts_with("<!") || rest.starts_with("<?") {
        return rest.find('>').map_or(Piece::Cut, |end| Piece::Other(end + 1));
    }
    if !is_tag {
        return Piece::Text(1 + rest.get(1..).and_then(|rest| rest.find('<')).unwrap_or(rest.len() - 1));
    }
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => {
                let tag = rest.get(..=at).and_then(Tag::parse);
                return tag.map_or(Piece::Other(at + 1), |tag| Piece::Tag(at + 1, tag));
            }
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    Piece::Cut
}

impl Reader {
    fn text(&mut self, text: &str, line_of: impl Fn(usize) -> u32) {
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            self.builder.push(&decoded(line), line_of(at));
            at += line.len();
            if line.ends_with('\n') {
                self.builder.line_break(false);
            }
        }
    }

    /// Takes a tag, and gives how many bytes after it are not seen; `None` for all.
    fn tag(&mut self, tag: &Tag, rest: &str) -> Option<usize> {
        if !tag.closes && (tag.is_unseen() || CODE.contains(&tag.name.as_str())) {
            return closing(rest, &tag.name);
        }
        if tag.name == "br" {
            self.builder.line_break(true);
        } else if tag.is_block() {
            self.end_text();
            self.form = match tag.name.as_str() {
                "li" if !tag.closes => Form::Item,
                "td" | "th" if !tag.closes && self.row.is_some() => Form::Cell,
                _ => tag.heading().filter(|_| !tag.closes).map_or(Form::Paragraph, Form::Heading),
            };
            match (tag.name.as_str(), &mut self.row) {
                ("tr" | "table", _) => {
                    self.end_row();
                    self.row = (tag.name == "tr" && !tag.closes).then(Row::default);
                }
                ("td", Some(row)) => row.data = true,
                _ => {}
            }
        }
        Some(0)
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.builder).finish();
        let form = std::mem::replace(&mut self.form, Form::Paragraph);
        if let Some(row) = &mut self.row {
            row.line = row.line.or_else(|| (!text.string().is_empty()).then(|| text.line(0)));
            match (form, row.cells.last_mut()) {
                (Form::Cell, _) => row.cells.push(text.into_string()),
                _ if text.string().is_empty() => {}
                // Whatever else a cell holds belongs to it.
                (_, Some(cell)) => cell.extend([" ", text.string()]),
                (_, None) => row.cells.push(text.into_string()),
            }
            return;
        }
        match form {
            _ if text.string().is_empty() => {}
            Form::Heading(level) => self.read.blocks.push(Block::Heading(level, text)),
            Form::Item => self.read.blocks.push(Block::Item(text)),
            _ => self.read.blocks.push(Block::Paragraph(text)),
        }
    }

    fn end_row(&mut self) {
        self.end_text();
        if let Some(Row { line: Some(line), cells, data: true }) = self.row.take() {
            self.read.blocks.push(Block::Row(line, cells));
        }
    }
}

/// Where the end tag of an element begins.
fn closing(rest: &str, name: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = rest.get(from..)?.find("</") {
        let start = from + at;
        let end = start + "</".len();
        let found = rest.as_bytes().get(end..end + name.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
            return Some(start);
        }
        from = end;
    }
    None
}

/// A text with the entities that HTML can't do without; others stay as they are written.
fn decoded(text: &str) -> std::borrow::Cow<'_, str> {
    /// How long the name of an entity may be.
    const LONGEST: usize = 10;
    if !text.contains('&') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.bytes().take(LONGEST).position(|byte| byte == b';');
        let character = end.and_then(|end| after.get(..end)).and_then(entity);
        match (character, end) {
            (Some(character), Some(end)) => {
                out.push(character);
                rest = after.get(end + 1..).unwrap_or("");
            }
            _ => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out.into()
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    })
}
