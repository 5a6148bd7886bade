//! As much of ASN.1's distinguished encoding as keys and certificates need, written and read.

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BITS: u8 = 0x03;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OID: u8 = 0x06;
pub(super) const UTF8: u8 = 0x0c;
pub(super) const PRINTABLE: u8 = 0x13;
pub(super) const IA5: u8 = 0x16;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The tag of a field that stands for itself: `[0]`.
pub(super) fn context(number: u8) -> u8 {
    0xa0 | number
}

pub(super) fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let length = content.len().to_be_bytes();
            let significant = length.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
            out.push(0x80 | significant.len() as u8);
            out.extend(significant);
        }
    }
    out.extend_from_slice(content);
    out
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tagged(SEQUENCE, &parts.concat())
}

/// In the order that the encoding wants.
pub(super) fn set(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    tagged(SET, &parts.concat())
}

/// From a number without a sign, its highest byte first.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    let significant = bytes.iter().position(|byte| *byte != 0).and_then(|start| bytes.get(start..));
    let significant = significant.unwrap_or(&[0]);
    match significant.first() {
        Some(first) if *first >= 0x80 => tagged(INTEGER, &[&[0], significant].concat()),
        _ => tagged(INTEGER, significant),
    }
}

pub(super) fn octets(bytes: &[u8]) -> Vec<u8> {
    tagged(OCTETS, bytes)
}

/// Whole bytes as bits.
pub(super) fn bits(bytes: &[u8]) -> Vec<u8> {
    tagged(BITS, &[&[0], bytes].concat())
}

/// Named bits, the first one highest, without the ones that are not set at the end.
pub(super) fn flags(flags: u16) -> Vec<u8> {
    let length = (16 - flags.trailing_zeros().min(16)) as usize;
    let bytes = flags.to_be_bytes();
    let used = bytes.get(..length.div_ceil(8)).unwrap_or(&bytes);
    tagged(BITS, &[&[(used.len() * 8 - length) as u8], used].concat())
}

/// From its dotted form.
pub(super) fn oid(dotted: &str) -> Vec<u8> {
    let mut numbers = dotted.split('.').filter_map(|part| part.parse::<u64>().ok());
    let first = numbers.next().unwrap_or_default() * 40 + numbers.next().unwrap_or_default();
    let mut content = Vec::new();
    for number in std::iter::once(first).chain(numbers) {
        let groups = (64 - number.leading_zeros()).div_ceil(7).max(1);
        for group in (0..groups).rev() {
            let more = if group == 0 { 0 } else { 0x80 };
            content.push((number >> (7 * group)) as u8 & 0x7f | more);
        }
    }
    tagged(OID, &content)
}

/// The dotted form of an identifier's content; nothing where it is none.
pub(super) fn dotted(content: &[u8]) -> Option<String> {
    let mut numbers: Vec<u64> = Vec::new();
    let mut number = 0u64;
    for byte in content {
        number = number.checked_mul(128)?.checked_add(u64::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            numbers.push(number);
            number = 0;
        }
    }
    let (first, rest) = numbers.split_first()?;
    let root = (*first / 40).min(2);
    let start = [root, first - root * 40];
    let parts: Vec<String> = start.iter().chain(rest).map(ToString::to_string).collect();
    Some(parts.join("."))
}

/// What is left to read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

/// One value: its tag, what is in it, and both with the length between them.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    pub(super) whole: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn next(&mut self) -> Option<Element<'a>> {
        let start = self.0;
        let (tag, rest) = start.split_first()?;
        let (first, mut rest) = rest.split_first()?;
        let mut length = usize::from(*first);
        if *first >= 0x80 {
            let (bytes, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
            if bytes.is_empty() || bytes.len() > 4 {
                return None;
            }
            length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            rest = after;
        }
        let (content, after) = rest.split_at_checked(length)?;
        self.0 = after;
        let whole = start.get(..start.len() - after.len())?;
        Some(Element { tag: *tag, content, whole })
    }

    /// What is in the next value, which must have the tag.
    pub(super) fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|element| element.tag == tag).map(|element| element.content)
    }

    pub(super) fn take_sequence(&mut self) -> Option<Self> {
        self.take(SEQUENCE).map(Self)
    }

    /// What is in the next value if it has the tag.
    pub(super) fn maybe(&mut self, tag: u8) -> Option<&'a [u8]> {
        (self.0.first() == Some(&tag)).then(|| self.take(tag)).flatten()
    }

    /// Whole bytes of a bit string.
    pub(super) fn take_bits(&mut self) -> Option<&'a [u8]> {
        self.take(BITS)?.strip_prefix(&[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let long = vec![7; 300];
        let written = sequence(&[&integer(&[0, 0, 200]), &octets(&long), &oid("1.2.840.113549.1.9.1")]);
        let mut reader = Reader(&written).take_sequence().unwrap();
        assert_eq!(reader.take(INTEGER).unwrap(), [0, 200]);
        assert_eq!(reader.take(OCTETS).unwrap(), long);
        assert_eq!(dotted(reader.take(OID).unwrap()).unwrap(), "1.2.840.113549.1.9.1");
        assert!(reader.next().is_none());
    }

    #[test]
    fn flags_end_with_the_last_one_that_is_set() {
        assert_eq!(flags(0x8000), [3, 2, 7, 0x80]);
        assert_eq!(flags(0xa080), [3, 3, 7, 0xa0, 0x80]);
        assert_eq!(flags(0), [3, 1, 0]);
    }

    #[test]
    fn what_is_cut_off_is_not_read() {
        let written = sequence(&[&octets(&[1; 200])]);
        for length in 0..written.len() {
            assert!(Reader(&written[..length]).next().is_none());
        }
        assert!(Reader(&[0x30, 0x85, 1, 1, 1, 1, 1]).next().is_none());
        assert!(Reader(&[0x30, 0x80]).next().is_none());
    }
}
