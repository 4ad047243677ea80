//! Events of a CommonMark parser to passages.

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::front::Lines;
use super::html;
use super::text::{Builder, Text};
use super::{Content, Document, Heading, MAX_HEADING, Passage};

/// GitHub's Markdown.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_GFM);

/// Reads a text from an offset on.
pub(super) fn document(text: &str, from: usize) -> Document {
    let lines = Lines::new(text);
    let mut reader = Reader::new(text, &lines);
    for (event, range) in Parser::new_ext(text.get(from..).unwrap_or(""), OPTIONS).into_offset_iter() {
        reader.take(event, range.start + from..range.end + from);
    }
    reader.end_text();
    Document { passages: reader.passages }
}

/// The headings that text stands under.
pub(super) type Section = Arc<Vec<Heading>>;

/// Something that holds blocks: its headings are its own.
struct Scope {
    /// The headings around it.
    outside: Section,
    /// What an item still has to say; `None` where it is no item, or has begun to speak.
    item: Option<ItemStart>,
}

/// An item of which no text was seen.
struct ItemStart {
    ticked: Option<bool>,
}

/// What a run of text will be.
enum Form {
    Heading(u8),
    Item(Option<bool>),
    Paragraph,
    Cell,
}

struct Reader<'a> {
    source: &'a str,
    lines: &'a Lines,
    passages: Vec<Passage>,
    section: Section,
    scopes: Vec<Scope>,
    open: Option<(Form, Builder)>,
    /// The row that is being read, and its line.
    row: Option<(u32, Vec<String>)>,
    /// The HTML block that is being read: its parts with their offsets.
    html: Option<Vec<(String, usize)>>,
    in_code: bool,
    in_head: bool,
    images: usize,
    struck: usize,
    /// Elements of inline HTML whose text is not seen, or taken back.
    unseen: usize,
    /// Nothing before this offset is read: a comment hides it.
    hidden_to: usize,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str, lines: &'a Lines) -> Self {
        Self {
            source,
            lines,
            passages: Vec::new(),
            section: Section::default(),
            scopes: Vec::new(),
            open: None,
            row: None,
            html: None,
            in_code: false,
            in_head: false,
            images: 0,
            struck: 0,
            unseen: 0,
            hidden_to: 0,
        }
    }

    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, &range),
            Event::End(tag) => self.end(tag),
            Event::Html(text) => self.html_part(&text, range.start),
            Event::Text(text) if self.html.is_some() => self.html_part(&text, range.start),
            _ if self.in_code || range.start < self.hidden_to => {}
            Event::Text(text) => self.text(&text, range.start),
            Event::Code(code) => {
                self.whole(true);
                self.text(&code, range.start);
                self.whole(false);
            }
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text, range.start),
            Event::InlineHtml(tag) => self.inline_html(&tag),
            Event::SoftBreak => self.line_break(false),
            Event::HardBreak => self.line_break(true),
            Event::TaskListMarker(ticked) => self.tick(ticked),
            Event::FootnoteReference(_) | Event::Rule => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Paragraph => self.begin_text(),
            Tag::Heading { level, .. } => {
                self.end_text();
                self.open = Some((Form::Heading(*level as u8), Builder::default()));
            }
            Tag::Item => self.enter(Some(ItemStart { ticked: None })),
            Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) => self.enter(None),
            Tag::List(_) | Tag::Table(_) => self.end_text(),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) | Tag::MetadataBlock(_) => {
                self.end_text();
                self.in_code = true;
            }
            Tag::HtmlBlock => {
                self.end_text();
                self.html = Some(Vec::new());
            }
            Tag::TableHead => self.in_head = true,
            Tag::TableRow => self.row = Some((self.lines.of(range.start), Vec::new())),
            Tag::TableCell => self.open = Some((Form::Cell, Builder::default())),
            Tag::Emphasis | Tag::Strong => self.strong(true),
            Tag::Strikethrough => self.struck += 1,
            Tag::Link { .. } => self.whole(true),
            Tag::Image { .. } => self.images += 1,
            // Extensions that are not GitHub's are off.
            Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Heading(_) => self.end_text(),
            TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition => self.leave(),
            TagEnd::CodeBlock | TagEnd::MetadataBlock(_) => self.in_code = false,
            TagEnd::HtmlBlock => self.end_html(),
            TagEnd::TableHead => self.in_head = false,
            TagEnd::TableRow => self.end_row(),
            TagEnd::TableCell => self.end_text(),
            TagEnd::Emphasis | TagEnd::Strong => self.strong(false),
            TagEnd::Strikethrough => self.struck = self.struck.saturating_sub(1),
            TagEnd::Link => self.whole(false),
            TagEnd::Image => self.images = self.images.saturating_sub(1),
            TagEnd::List(_)
            | TagEnd::Table
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript => {}
        }
    }

    /// A quote, an item or a footnote begins.
    fn enter(&mut self, item: Option<ItemStart>) {
        self.end_text();
        self.scopes.push(Scope { outside: Arc::clone(&self.section), item });
    }

    fn leave(&mut self) {
        self.end_text();
        if let Some(scope) = self.scopes.pop() {
            self.section = scope.outside;
        }
    }

    fn tick(&mut self, ticked: bool) {
        if let Some(Scope { item: Some(start), .. }) = self.scopes.last_mut() {
            start.ticked = Some(ticked);
        }
        // A paragraph of the item is already open where its items are apart.
        if let Some((Form::Item(box_), _)) = &mut self.open {
            *box_ = Some(ticked);
        }
    }

    /// A paragraph begins; an item's text may stand in it without one.
    fn begin_text(&mut self) {
        self.end_text();
        let form = match self.scopes.last() {
            Some(Scope { item: Some(start), .. }) => Form::Item(start.ticked),
            _ => Form::Paragraph,
        };
        self.open = Some((form, Builder::default()));
    }

    fn builder(&mut self) -> &mut Builder {
        if self.open.is_none() {
            self.begin_text();
        }
        &mut self.open.get_or_insert_with(|| (Form::Paragraph, Builder::default())).1
    }

    fn text(&mut self, text: &str, offset: usize) {
        if self.images == 0 && self.struck == 0 && self.unseen == 0 {
            let line = self.lines.of(offset);
            self.builder().push(text, line);
        }
    }

    fn line_break(&mut self, hard: bool) {
        self.builder().line_break(hard);
    }

    fn strong(&mut self, open: bool) {
        self.builder().strong(open);
    }

    fn whole(&mut self, open: bool) {
        self.builder().whole(open);
    }

    fn inline_html(&mut self, tag: &str) {
        let Some(tag) = html::Tag::parse(tag) else { return };
        if tag.is_unseen() {
            self.unseen = if tag.closes { self.unseen.saturating_sub(1) } else { self.unseen + 1 };
        } else if tag.is_block() {
            self.line_break(true);
        }
    }

    /// The open run of text ends and becomes what it is.
    fn end_text(&mut self) {
        let Some((form, builder)) = self.open.take() else { return };
        // Inline HTML that nobody closes ends with the block that it stands in.
        self.unseen = 0;
        let text = builder.finish();
        match form {
            Form::Cell => {
                if let Some((_, cells)) = self.row.as_mut().filter(|_| !self.in_head) {
                    cells.push(text.into_string());
                }
            }
            _ if text.string().is_empty() => {}
            Form::Heading(level) => self.heading(level, text),
            Form::Item(ticked) => {
                if let Some(scope) = self.scopes.last_mut() {
                    scope.item = None;
                }
                self.add(Content::Item { ticked, text });
            }
            Form::Paragraph => self.add(Content::Paragraph(text)),
        }
    }

    fn end_row(&mut self) {
        if let Some((line, cells)) = self.row.take()
            && cells.iter().any(|cell| !cell.is_empty())
        {
            self.add(Content::Row { line, cells });
        }
    }

    /// A heading stands under those above its level, and is the path of what follows.
    fn heading(&mut self, level: u8, text: Text) {
        let mut path: Vec<Heading> = self.section.iter().take_while(|heading| heading.level < level).cloned().collect();
        self.section = Arc::new(path.clone());
        path.push(Heading { level, text: cut(text.string()) });
        self.add(Content::Heading(text));
        self.section = Arc::new(path);
    }

    fn add(&mut self, content: Content) {
        self.passages.push(Passage { section: Arc::clone(&self.section), content });
    }

    fn html_part(&mut self, text: &str, offset: usize) {
        if let Some(parts) = self.html.as_mut().filter(|_| offset >= self.hidden_to) {
            parts.push((text.to_owned(), offset));
        }
    }

    fn end_html(&mut self) {
        let Some(parts) = self.html.take() else { return };
        let read = html::read(&parts, self.lines);
        for block in read.blocks {
            match block {
                html::Block::Heading(level, text) => self.heading(level, text),
                html::Block::Item(text) => self.add(Content::Item { ticked: None, text }),
                html::Block::Paragraph(text) => self.add(Content::Paragraph(text)),
                html::Block::Row(line, cells) => self.add(Content::Row { line, cells }),
            }
        }
        if let Some(comment) = read.open_comment {
            let rest = self.source.get(comment..).unwrap_or("");
            self.hidden_to = rest.find("-->").map_or(usize::MAX, |end| comment + end + "-->".len());
        }
    }
}

/// The beginning of a heading.
fn cut(heading: &str) -> String {
    if heading.len() <= MAX_HEADING {
        return heading.to_owned();
    }
    let fits = heading.char_indices().map(|(at, _)| at).take_while(|at| *at <= MAX_HEADING - '…'.len_utf8()).last();
    let mut cut = heading.get(..fits.unwrap_or(0)).unwrap_or("").to_owned();
    cut.push('…');
    cut
}
