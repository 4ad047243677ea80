//! How an evidence document is laid out: indented like a document, with every item on one line, so that it can be
//! searched and compared line by line and a hundred thousand items don't take a million lines.

use std::io::{self, Write};

use serde_json::ser::Formatter;

/// Indents by two spaces; an object inside an array stands on one line with all that is in it.
#[derive(Debug, Default)]
pub(super) struct ItemPerLine {
    /// For every open container, whether it is an array.
    open: Vec<bool>,
    /// How many containers are open inside an item, the item's own object included.
    in_item: usize,
    /// Whether the container that was last written into holds a value.
    has_value: bool,
}

impl ItemPerLine {
    fn open<W: ?Sized + Write>(&mut self, writer: &mut W, array: bool) -> io::Result<()> {
        let is_item = !array && self.open.last() == Some(&true);
        if self.in_item > 0 || is_item {
            self.in_item += 1;
        }
        self.open.push(array);
        self.has_value = false;
        writer.write_all(if array { b"[" } else { b"{" })
    }

    fn close<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.open.pop();
        match self.in_item.checked_sub(1) {
            Some(outside) => self.in_item = outside,
            None if self.has_value => self.new_line(writer)?,
            None => {}
        }
        writer.write_all(bracket)
    }

    fn separate<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        match (self.in_item > 0, first) {
            (true, true) => Ok(()),
            (true, false) => writer.write_all(b", "),
            (false, true) => self.new_line(writer),
            (false, false) => writer.write_all(b",").and_then(|()| self.new_line(writer)),
        }
    }

    fn new_line<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        self.open.iter().try_for_each(|_| writer.write_all(b"  "))
    }
}

impl Formatter for ItemPerLine {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, true)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.separate(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, false)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.separate(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }
}
