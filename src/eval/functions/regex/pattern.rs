//! Translates RE2's pattern language to that of the `regex` crate.
//!
//! Both match alike, and only the notation differs: what `\d`, `\w`, `\s` and `\b` cover, what must be escaped, which
//! brackets nest, and what is refused. Every pattern is parsed and rewritten, with each literal as a code point, so
//! that nothing in it can mean something else to the crate. Group names are kept here, because the crate does not allow
//! all of RE2's.

mod class;

use std::fmt::Write;

/// The limit of RE2 for repetitions, with nested ones multiplied.
const MOST_REPEATS: u32 = 1000;
/// The limit of RE2 for nesting.
const DEEPEST: usize = 1000;

/// A pattern ready for use.
pub(super) struct Pattern {
    pub(super) regex: regex::Regex,
    /// The names of the capture groups in order, if they have one.
    pub(super) names: Vec<Option<String>>,
}

impl Pattern {
    /// The error is a clause.
    pub(super) fn compile(text: &str) -> Result<Self, String> {
        let mut reader = Reader { text, at: 0, out: String::new(), names: Vec::new(), depth: 0 };
        reader.alternatives()?;
        if reader.peek().is_some() {
            return Err(reader.fault("a closing parenthesis has no opening one"));
        }
        let regex = regex::RegexBuilder::new(&reader.out)
            .nest_limit(4 * DEEPEST as u32)
            .size_limit(1 << 28)
            .build()
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => "the pattern needs too much memory".to_owned(),
                _ => "the pattern is not a valid regular expression".to_owned(),
            })?;
        Ok(Self { regex, names: reader.names })
    }
}

/// Reads RE2, and writes for the crate as it goes.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    out: String,
    names: Vec<Option<String>>,
    depth: usize,
}

type Outcome<T> = Result<T, String>;

impl<'a> Reader<'a> {
    /// Up to the end or a closing parenthesis. Returns the greatest product of nested repetitions inside.
    fn alternatives(&mut self) -> Outcome<u32> {
        let mut weight = 1;
        loop {
            weight = weight.max(self.sequence()?);
            if !self.take("|") {
                return Ok(weight);
            }
            self.out.push('|');
        }
    }

    fn sequence(&mut self) -> Outcome<u32> {
        let mut heaviest = 1;
        while let Some(next) = self.peek() {
            if next == '|' || next == ')' {
                break;
            }
            let start = self.out.len();
            let Some(weight) = self.atom()? else { continue };
            heaviest = heaviest.max(self.repetition(start, weight)?);
        }
        Ok(heaviest)
    }

    /// One repeatable item; `None` for what matches nothing by itself, such as flags.
    fn atom(&mut self) -> Outcome<Option<u32>> {
        let Some(next) = self.peek() else { return Ok(None) };
        match next {
            '(' => return self.group(),
            '[' => self.class()?,
            '\\' => return self.escape(),
            '^' | '$' | '.' => {
                self.at += 1;
                self.out.push(next);
            }
            '*' | '+' | '?' => return Err(self.fault("there is nothing to repeat before this")),
            '{' if self.counted_repetition()?.is_some() => {
                return Err(self.fault("there is nothing to repeat before this"));
            }
            _ => {
                self.at += next.len_utf8();
                self.literal(next);
            }
        }
        Ok(Some(1))
    }

    /// `*`, `+`, `?` or `{n,m}` after what was written from `start` on, with an optional `?` for lazy; never two of
    /// them.
    fn repetition(&mut self, start: usize, weight: u32) -> Outcome<u32> {
        let Some((operator, factor)) = self.repetition_operator()? else { return Ok(weight) };
        if self.out.len() == start {
            return Err(self.fault("there is nothing to repeat before this"));
        }
        let weight = weight.saturating_mul(factor.max(1));
        if factor > 1 && weight > MOST_REPEATS {
            return Err(self.fault("this repeats more than 1000 times"));
        }
        // A repeated anchor needs a group of its own.
        self.out.insert_str(start, "(?:");
        self.out.push(')');
        self.out.push_str(&operator);
        if self.take("?") {
            self.out.push('?');
        }
        if matches!(self.peek(), Some('*' | '+' | '?')) || self.counted_repetition()?.is_some() {
            return Err(self.fault("a repetition cannot be repeated without parentheses"));
        }
        Ok(weight)
    }

    fn repetition_operator(&mut self) -> Outcome<Option<(String, u32)>> {
        match self.peek() {
            Some(operator @ ('*' | '+' | '?')) => {
                self.at += 1;
                Ok(Some((operator.to_string(), 1)))
            }
            Some('{') => {
                let Some((length, least, most)) = self.counted_repetition()? else { return Ok(None) };
                self.at += length;
                let operator = match most {
                    Some(most) if most == least => format!("{{{least}}}"),
                    Some(most) => format!("{{{least},{most}}}"),
                    None => format!("{{{least},}}"),
                };
                Ok(Some((operator, most.unwrap_or(least))))
            }
            _ => Ok(None),
        }
    }

    /// `{n}`, `{n,}` or `{n,m}` at this place, without consuming it; anything else in braces is literal.
    fn counted_repetition(&self) -> Outcome<Option<(usize, u32, Option<u32>)>> {
        let Some(rest) = self.rest().strip_prefix('{') else { return Ok(None) };
        let Some((inside, _)) = rest.split_once('}') else { return Ok(None) };
        let is_count = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|b| b.is_ascii_digit())
                && (text.len() == 1 || !text.starts_with('0'))
        };
        let (least, most) = match inside.split_once(',') {
            None => (inside, Some(inside)),
            Some((least, "")) => (least, None),
            Some((least, most)) => (least, Some(most)),
        };
        if !is_count(least) || !most.is_none_or(is_count) {
            return Ok(None);
        }
        let count = |text: &str| text.parse::<u32>().ok().filter(|count| *count <= MOST_REPEATS);
        let (least, most) = match (count(least), most.map(count)) {
            (Some(least), None) => (least, None),
            (Some(least), Some(Some(most))) if most >= least => (least, Some(most)),
            (Some(_), Some(Some(_))) => return Err(self.fault("the second number is smaller than the first")),
            _ => return Err(self.fault("this repeats more than 1000 times")),
        };
        Ok(Some((inside.len() + 2, least, most)))
    }

    fn group(&mut self) -> Outcome<Option<u32>> {
        if self.depth >= DEEPEST {
            return Err(self.fault("the pattern nests too deeply"));
        }
        let opening = self.at;
        if self.take("(?P<") || self.take("(?<") {
            self.group_name()?;
            self.out.push('(');
        } else if self.take("(?") {
            let closing = self.flags()?;
            if closing == ')' {
                return Ok(None);
            }
        } else {
            self.at += 1;
            self.names.push(None);
            self.out.push('(');
        }
        self.depth += 1;
        let weight = self.alternatives()?;
        self.depth -= 1;
        if !self.take(")") {
            self.at = opening;
            return Err(self.fault("a parenthesis is not closed"));
        }
        self.out.push(')');
        Ok(Some(weight))
    }

    fn group_name(&mut self) -> Outcome<()> {
        let Some((name, _)) = self.rest().split_once('>') else {
            return Err(self.fault("the name of a group is not closed"));
        };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(self.fault("the name of a group may have only letters, digits and underscores"));
        }
        self.at += name.len() + 1;
        self.names.push(Some(name.to_owned()));
        Ok(())
    }

    /// Flags up to `:` or `)`, which is returned.
    fn flags(&mut self) -> Outcome<char> {
        let mut flags = String::new();
        let mut bare_minus = false;
        loop {
            match self.peek() {
                Some(flag @ ('i' | 'm' | 's' | 'U')) => {
                    // RE2 allows a repeated flag, the crate does not.
                    let (on, off) =
                        flags.split_once('-').map_or((flags.as_str(), None), |(a, b)| (a, Some(b)));
                    if !off.unwrap_or(on).contains(flag) {
                        flags.push(flag);
                    }
                    bare_minus = false;
                }
                Some('-') if !flags.contains('-') => {
                    flags.push('-');
                    bare_minus = true;
                }
                Some(closing @ (':' | ')')) if !bare_minus => {
                    self.at += 1;
                    // A flag that is both set and cleared is cleared.
                    let flags = match flags.split_once('-') {
                        Some((on, off)) => {
                            let on: String = on.chars().filter(|flag| !off.contains(*flag)).collect();
                            format!("{on}-{off}")
                        }
                        None => flags,
                    };
                    if closing == ':' || !flags.is_empty() {
                        let _ = write!(self.out, "(?{flags}{closing}");
                    }
                    return Ok(closing);
                }
                _ => {
                    return Err(
                        self.fault("there is no such group in RE2 (nor are there lookaround and its like)")
                    );
                }
            }
            self.at += 1;
        }
    }

    fn escape(&mut self) -> Outcome<Option<u32>> {
        if self.take("\\Q") {
            let rest = self.rest();
            let (quoted, length) = match rest.find("\\E") {
                Some(end) => (rest[..end].to_owned(), end + 2),
                None => (rest.to_owned(), rest.len()),
            };
            self.at += length;
            // A repetition after it only applies to the last character.
            let last = quoted.chars().next_back();
            let before = quoted.len() - last.map_or(0, char::len_utf8);
            quoted[..before].chars().for_each(|character| self.literal(character));
            let Some(last) = last else { return Ok(None) };
            let start = self.out.len();
            self.literal(last);
            self.repetition(start, 1)?;
            return Ok(None);
        }
        let anchors = [("\\A", "\\A"), ("\\z", "\\z"), ("\\b", "(?-u:\\b)"), ("\\B", "(?-u:\\B)")];
        for (escape, anchor) in anchors {
            if self.take(escape) {
                self.out.push_str(anchor);
                return Ok(Some(1));
            }
        }
        if let Some(class) = self.class_escape()? {
            let _ = write!(self.out, "[{class}]");
            return Ok(Some(1));
        }
        let code = self.character_escape()?;
        self.code_point(code);
        Ok(Some(1))
    }

    fn literal(&mut self, character: char) {
        self.code_point(u32::from(character));
    }

    fn code_point(&mut self, code: u32) {
        if char::from_u32(code).is_some() {
            let _ = write!(self.out, "\\x{{{code:x}}}");
        } else {
            // Half of a surrogate pair occurs in no string.
            self.out.push_str("[^\\x{0}-\\x{10ffff}]");
        }
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    fn fault(&self, why: &str) -> String {
        let rest: String = self.rest().chars().take(12).collect();
        match rest.as_str() {
            "" => format!("the pattern is not valid: {why}, at its end"),
            _ => format!("the pattern is not valid: {why}, at {rest:?}"),
        }
    }
}
