//! Source texts and places in them.
//!
//! A file may contain bytes that are not valid UTF-8, which are an error only where the parser reads them. Each becomes
//! a [`SUBSTITUTE`] in the text, and the original is remembered, so that the file can be written back unchanged.

use std::fmt;
use std::sync::{Arc, OnceLock};

/// A named text: the content of a file, or typed text.
pub struct Source {
    name: String,
    text: String,
    strays: Box<[Stray]>,
    lines: OnceLock<Vec<u32>>,
    holds_values: bool,
}

/// Stands in a text for a byte that is not valid UTF-8.
pub(super) const SUBSTITUTE: char = char::REPLACEMENT_CHARACTER;

/// A byte that is not valid UTF-8, and where its substitute begins.
struct Stray {
    at: usize,
    byte: u8,
}

impl Source {
    /// `name` is how people know it: a path relative to the current directory, or `<console-input>`.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self {
            name: name.into(),
            text: text.into(),
            strays: Box::default(),
            lines: OnceLock::new(),
            holds_values: false,
        })
    }

    /// As [`Source::new`], from bytes that should be UTF-8.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Arc<Self> {
        let bytes = match String::from_utf8(bytes) {
            Ok(text) => return Self::new(name, text),
            Err(error) => error.into_bytes(),
        };
        let (mut text, mut strays) = (String::with_capacity(bytes.len()), Vec::new());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            for &byte in chunk.invalid() {
                strays.push(Stray { at: text.len(), byte });
                text.push(SUBSTITUTE);
            }
        }
        let strays = strays.into();
        Arc::new(Self { name: name.into(), text, strays, lines: OnceLock::new(), holds_values: false })
    }

    /// The same as a file of values, some of which may be secrets: beside a line that is shown, no other one is.
    #[must_use]
    pub fn as_values(mut self: Arc<Self>) -> Arc<Self> {
        if let Some(source) = Arc::get_mut(&mut self) {
            source.holds_values = true;
        }
        self
    }

    pub fn holds_values(&self) -> bool {
        self.holds_values
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The ranges of bytes that are not valid UTF-8.
    pub fn strays(&self) -> impl Iterator<Item = Range> {
        self.strays.iter().map(|stray| Range::new(stray.at, stray.at + SUBSTITUTE.len_utf8()))
    }

    /// The bytes of a text that was derived from this one without removing, adding or reordering any [`SUBSTITUTE`],
    /// with the original bytes restored.
    pub fn restored(&self, text: &str) -> Vec<u8> {
        let here = self.text.match_indices(SUBSTITUTE).map(|(at, _)| at);
        let mut strays = self.strays.iter().peekable();
        let mut bytes = Vec::with_capacity(text.len());
        let mut copied = 0;
        for ((there, _), here) in text.match_indices(SUBSTITUTE).zip(here) {
            if let Some(stray) = strays.next_if(|stray| stray.at == here) {
                bytes.extend_from_slice(text.get(copied..there).unwrap_or("").as_bytes());
                bytes.push(stray.byte);
                copied = there + SUBSTITUTE.len_utf8();
            }
        }
        bytes.extend_from_slice(text.get(copied..).unwrap_or("").as_bytes());
        bytes
    }

    /// The text of a range; empty if the range is outside this text.
    pub fn slice(&self, range: Range) -> &str {
        self.text.get(range.start as usize..range.end as usize).unwrap_or("")
    }

    pub fn span(self: &Arc<Self>, range: Range) -> Span {
        Span { source: Arc::clone(self), range }
    }

    /// The line and column of a byte offset, counting from one.
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line_of(offset);
        let start = self.line_starts().get(line - 1).copied().unwrap_or(0);
        let before = self.slice(Range { start, end: offset.max(start) });
        // In ASCII, every byte is a character, and lines can be very long.
        let column = if before.is_ascii() {
            before.len() + 1
        } else {
            unicode_segmentation::UnicodeSegmentation::graphemes(before, true).count() + 1
        };
        // A substitute is longer than the byte that it stands for.
        let strays = self.strays.partition_point(|stray| stray.at < offset as usize);
        Position { line, column, byte: offset as usize - strays * (SUBSTITUTE.len_utf8() - 1) }
    }

    /// The line (counting from one) that a byte offset is on.
    pub fn line_of(&self, offset: u32) -> usize {
        self.line_starts().partition_point(|start| *start <= offset).max(1)
    }

    /// The whole line (counting from one) without its line ending.
    pub fn line(&self, line: usize) -> &str {
        self.slice(self.line_range(line)).trim_end_matches(['\n', '\r'])
    }

    /// The bytes of a line (counting from one) with its line ending; empty where there is no such line.
    pub fn line_range(&self, line: usize) -> Range {
        let starts = self.line_starts();
        let start = line.checked_sub(1).and_then(|index| starts.get(index));
        let Some(&start) = start else { return Range::default() };
        let end = starts.get(line).map_or(self.text.len(), |end| *end as usize);
        Range::new(start as usize, end)
    }

    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let newlines = self.text.bytes().zip(1u32..).filter(|(b, _)| *b == b'\n');
            std::iter::once(0).chain(newlines.map(|(_, after)| after)).collect()
        })
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.name)
    }
}

/// Bytes `start..end` of some text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Range {
    pub start: u32,
    pub end: u32,
}

impl Range {
    pub fn new(start: usize, end: usize) -> Self {
        let limit = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: limit(start), end: limit(end) }
    }

    /// The smallest range that includes both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A range in its source.
#[derive(Clone)]
pub struct Span {
    pub source: Arc<Source>,
    pub range: Range,
}

impl Span {
    pub fn text(&self) -> &str {
        self.source.slice(self.range)
    }

    pub fn start(&self) -> Position {
        self.source.position(self.range.start)
    }

    pub fn end(&self) -> Position {
        self.source.position(self.range.end)
    }

    /// The smallest span that includes both; `self` if they are in different sources.
    #[must_use]
    pub fn to(&self, other: &Self) -> Self {
        if !Arc::ptr_eq(&self.source, &other.source) {
            return self.clone();
        }
        Self { source: Arc::clone(&self.source), range: self.range.to(other.range) }
    }
}

impl PartialEq for Span {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source) && self.range == other.range
    }
}

impl Eq for Span {}

/// `main.tf:3,7-12`: file, line and columns.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = (self.start(), self.end());
        write!(f, "{}:{},{}", self.source.name(), start.line, start.column)?;
        if end.line == start.line {
            write!(f, "-{}", end.column)
        } else {
            write!(f, "-{},{}", end.line, end.column)
        }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A place for people: line and column (in grapheme clusters) count from one, bytes from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
    pub byte: usize,
}
