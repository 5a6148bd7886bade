//! Character classes: in brackets, or after a backslash.

use std::fmt::Write;

use super::{Outcome, Reader};

/// Classes that POSIX names.
const NAMED: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// Unicode's general categories, by the short names that RE2 knows.
const CATEGORIES: [&str; 37] = [
    "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl",
    "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    "Any",
];

impl Reader<'_> {
    /// A class in brackets. Inside, everything but `]`, `\`, a range and `[:name:]` is literal.
    pub(super) fn class(&mut self) -> Outcome<()> {
        let opening = self.at;
        self.at += 1;
        self.out.push('[');
        if self.take("^") {
            self.out.push('^');
        }
        let mut first = true;
        while first || !self.rest().starts_with(']') {
            if self.rest().is_empty() {
                self.at = opening;
                return Err(self.fault("a bracket is not closed"));
            }
            self.class_item()?;
            first = false;
        }
        self.at += 1;
        self.out.push(']');
        Ok(())
    }

    fn class_item(&mut self) -> Outcome<()> {
        if let Some((name, _)) = self.rest().strip_prefix("[:").and_then(|rest| rest.split_once(":]")) {
            let plain = name.strip_prefix('^').unwrap_or(name);
            if !NAMED.contains(&plain) {
                return Err(self.fault("there is no class of this name"));
            }
            let _ = write!(self.out, "[:{name}:]");
            self.at += name.len() + 4;
            return Ok(());
        }
        if let Some(class) = self.class_escape()? {
            self.out.push_str(&class);
            return Ok(());
        }
        let start = self.at;
        let low = self.class_character()?;
        let ranges = self.rest().starts_with('-') && !self.rest().starts_with("-]") && self.rest().len() > 1;
        let high = if ranges {
            self.at += 1;
            self.class_character()?
        } else {
            low
        };
        if high < low {
            self.at = start;
            return Err(self.fault("the range ends before it begins"));
        }
        self.range(low, high);
        Ok(())
    }

    /// Surrogates, which no string has, are left out.
    fn range(&mut self, low: u32, high: u32) {
        let low = if (0xd800..0xe000).contains(&low) { 0xe000 } else { low };
        let high = if (0xd800..0xe000).contains(&high) { 0xd7ff } else { high };
        if low <= high {
            let _ = write!(self.out, "\\x{{{low:x}}}-\\x{{{high:x}}}");
        } else {
            self.out.push_str("[^\\x{0}-\\x{10ffff}]");
        }
    }

    fn class_character(&mut self) -> Outcome<u32> {
        match self.peek() {
            Some('\\') => self.character_escape(),
            Some(character) => {
                self.at += character.len_utf8();
                Ok(u32::from(character))
            }
            None => Err(self.fault("a bracket is not closed")),
        }
    }

    /// `\d`, `\pL` and the like, in the form for inside brackets; `None` if something else is here.
    pub(super) fn class_escape(&mut self) -> Outcome<Option<String>> {
        let classes = [
            ("\\d", "0-9"),
            ("\\D", "[^0-9]"),
            ("\\s", "\\t\\n\\x0c\\r\\x20"),
            ("\\S", "[^\\t\\n\\x0c\\r\\x20]"),
            ("\\w", "0-9A-Za-z_"),
            ("\\W", "[^0-9A-Za-z_]"),
        ];
        for (escape, class) in classes {
            if self.take(escape) {
                return Ok(Some(class.to_owned()));
            }
        }
        let start = self.at;
        let mut negated = if self.take("\\p") {
            false
        } else if self.take("\\P") {
            true
        } else {
            return Ok(None);
        };
        let name = match self.rest().strip_prefix('{') {
            Some(rest) => rest.split_once('}').map(|(name, _)| (name.to_owned(), name.len() + 2)),
            None => self.peek().map(|letter| (letter.to_string(), letter.len_utf8())),
        };
        let (mut name, length) =
            name.ok_or_else(|| self.fault("the name of a Unicode class is not closed"))?;
        self.at += length;
        if let Some(rest) = name.strip_prefix('^') {
            negated = !negated;
            name = rest.to_owned();
        }
        let class = unicode_class(&name).ok_or_else(|| {
            self.at = start;
            self.fault("there is no such Unicode category or script")
        })?;
        Ok(Some(if negated { format!("[^{class}]") } else { class }))
    }

    /// An escaped character.
    pub(super) fn character_escape(&mut self) -> Outcome<u32> {
        let start = self.at;
        self.at += 1;
        let unknown = |reader: &mut Self| {
            reader.at = start;
            reader.fault("there is no such escape in RE2")
        };
        let Some(letter) = self.peek() else { return Err(self.fault("a backslash stands alone")) };
        self.at += letter.len_utf8();
        let octal = |character: Option<char>| character.and_then(|c| c.to_digit(8));
        let code = match letter {
            'a' => 7,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            'x' => return self.hexadecimal().ok_or_else(|| unknown(self)),
            // A single digit other than zero would be a back-reference, which RE2 does not have.
            '1'..='7' if octal(self.peek()).is_none() => return Err(unknown(self)),
            '0'..='7' => {
                let mut code = letter.to_digit(8).unwrap_or_default();
                for _ in 0..2 {
                    let Some(digit) = octal(self.peek()) else { break };
                    code = code * 8 + digit;
                    self.at += 1;
                }
                code
            }
            _ if letter.is_ascii() && !letter.is_ascii_alphanumeric() => u32::from(letter),
            _ => return Err(unknown(self)),
        };
        Ok(code)
    }

    /// `{...}` or two digits.
    fn hexadecimal(&mut self) -> Option<u32> {
        let rest = self.rest();
        let (digits, length) = match rest.strip_prefix('{') {
            Some(inside) => inside.split_once('}').map(|(digits, _)| (digits, digits.len() + 2))?,
            None => (rest.get(..2)?, 2),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let code = u32::from_str_radix(digits, 16).ok().filter(|code| *code <= 0x10_ffff)?;
        self.at += length;
        Some(code)
    }
}

/// RE2 knows categories by their short names and scripts by their proper ones.
fn unicode_class(name: &str) -> Option<String> {
    match name {
        "Any" => Some("\\x{0}-\\x{10ffff}".to_owned()),
        // In RE2, unassigned characters belong to no category.
        "C" => Some("\\p{Cc}\\p{Cf}\\p{Co}".to_owned()),
        "Cs" => Some("[^\\x{0}-\\x{10ffff}]".to_owned()),
        _ if CATEGORIES.contains(&name) => Some(format!("\\p{{{name}}}")),
        _ => {
            let proper =
                name.split('_').all(|part| part.chars().next().is_some_and(|c| c.is_ascii_uppercase()))
                    || name == "Nko"
                    || name == "Phags_Pa";
            let letters = name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
            let class = format!("\\p{{Script={name}}}");
            // Scripts have long names; the four letters of their codes are not accepted.
            let long = name.len() > 2 && (name.len() != 4 || FOUR_LETTERS.contains(&name));
            (proper && letters && long && regex::Regex::new(&class).is_ok()).then_some(class)
        }
    }
}

/// Scripts whose proper names are as short as codes.
const FOUR_LETTERS: [&str; 8] = ["Cham", "Lisu", "Miao", "Newa", "Toto", "Thai", "Kawi", "Ahom"];
