//! Decodes JSON strings: resolves escapes, and keeps a mapping to places in the file.

use std::borrow::Cow;

use crate::diag::Range;

/// A decoded string; borrowed from the file if it has no escapes.
pub(super) struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub places: Places,
    pub faults: Vec<(Fault, Range)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    UnknownEscape,
    BadUnicodeEscape,
    ControlCharacter,
}

/// The places in the file of the bytes of a decoded text.
pub(in crate::syntax) struct Places {
    /// Where the text begins.
    start: u32,
    /// After each escape: offset in the decoded text, offset in the file.
    jumps: Vec<(u32, u32)>,
}

impl Places {
    pub(in crate::syntax) fn is_plain(&self) -> bool {
        self.jumps.is_empty()
    }

    pub(in crate::syntax) fn range(&self, decoded: Range) -> Range {
        Range { start: self.offset(decoded.start), end: self.offset(decoded.end) }
    }

    fn offset(&self, decoded: u32) -> u32 {
        let passed = self.jumps.partition_point(|(at, _)| *at <= decoded);
        match passed.checked_sub(1).and_then(|last| self.jumps.get(last)) {
            Some((at, place)) => place.saturating_add(decoded - at),
            None => self.start.saturating_add(decoded),
        }
    }
}

/// Resolves the escapes of `content`, which begins at `start` in the file. An invalid escape stands for itself.
pub(super) fn decode(content: &str, start: u32) -> Decoded<'_> {
    if !content.bytes().any(|byte| byte == b'\\' || byte < 0x20) {
        let places = Places { start, jumps: Vec::new() };
        return Decoded { text: Cow::Borrowed(content), places, faults: Vec::new() };
    }
    let mut decoder = Decoder {
        content,
        start,
        index: 0,
        text: String::with_capacity(content.len()),
        jumps: Vec::new(),
        faults: Vec::new(),
    };
    decoder.run();
    Decoded {
        text: Cow::Owned(decoder.text),
        places: Places { start, jumps: decoder.jumps },
        faults: decoder.faults,
    }
}

/// The character that a backslash and this letter stand for. `u`, which is followed by digits, is not among them.
pub(in crate::syntax) fn unescaped(letter: u8) -> Option<char> {
    match letter {
        b'"' | b'\\' | b'/' => Some(char::from(letter)),
        b'b' => Some('\u{8}'),
        b'f' => Some('\u{c}'),
        b'n' => Some('\n'),
        b'r' => Some('\r'),
        b't' => Some('\t'),
        _ => None,
    }
}

struct Decoder<'a> {
    content: &'a str,
    start: u32,
    index: usize,
    text: String,
    jumps: Vec<(u32, u32)>,
    faults: Vec<(Fault, Range)>,
}

impl Decoder<'_> {
    fn run(&mut self) {
        while let Some(rest) = self.content.get(self.index..).filter(|rest| !rest.is_empty()) {
            let plain = rest.bytes().position(|byte| byte == b'\\' || byte < 0x20).unwrap_or(rest.len());
            self.text.push_str(rest.get(..plain).unwrap_or_default());
            self.index += plain;
            match rest.as_bytes().get(plain) {
                Some(b'\\') => self.escape(),
                Some(control) => {
                    self.fault(Fault::ControlCharacter, self.index, self.index + 1);
                    self.text.push(char::from(*control));
                    self.index += 1;
                }
                None => {}
            }
        }
    }

    fn escape(&mut self) {
        let letter = self.content.as_bytes().get(self.index + 1).copied();
        if letter == Some(b'u') {
            return self.unicode_escape();
        }
        if let Some(character) = letter.and_then(unescaped) {
            return self.resolved(character, 2);
        }
        let end = self.index + 1 + self.character_length(self.index + 1);
        self.fault(Fault::UnknownEscape, self.index, end);
        self.text.push('\\');
        self.index += 1;
    }

    /// `\uXXXX`, or two of them for a character beyond the basic plane. As in Terraform, half of such a pair alone is
    /// replaced.
    fn unicode_escape(&mut self) {
        let Some(first) = self.hexadecimal(self.index) else {
            let digits = self.content.as_bytes().get(self.index + 2..).unwrap_or_default();
            let good = digits.iter().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count();
            let end = self.index + 2 + good;
            self.fault(Fault::BadUnicodeEscape, self.index, end);
            let raw = self.content.get(self.index..end).unwrap_or_default();
            self.text.push_str(raw);
            self.index = end;
            return;
        };
        if let Some(second) = self.hexadecimal(self.index + 6)
            && let Some(Ok(character)) = char::decode_utf16([first, second]).next()
            && character.len_utf16() == 2
        {
            return self.resolved(character, 12);
        }
        let character = char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER);
        self.resolved(character, 6);
    }

    fn hexadecimal(&self, at: usize) -> Option<u16> {
        let escape = self.content.get(at..at + 6)?;
        let digits = escape.strip_prefix("\\u")?;
        // The standard parser would accept a sign.
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
    }

    fn resolved(&mut self, character: char, length: usize) {
        self.text.push(character);
        self.index += length;
        self.jumps.push((Range::new(self.text.len(), 0).start, self.place(self.index)));
    }

    fn fault(&mut self, fault: Fault, start: usize, end: usize) {
        self.faults.push((fault, Range { start: self.place(start), end: self.place(end) }));
    }

    fn place(&self, index: usize) -> u32 {
        self.start.saturating_add(Range::new(index, 0).start)
    }

    fn character_length(&self, at: usize) -> usize {
        self.content.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    }
}
