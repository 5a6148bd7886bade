//! Character sets by their IANA names, as far as Terraform knows them.

use std::collections::HashMap;
use std::sync::LazyLock;

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, ISO_2022_JP, SHIFT_JIS};

/// A way to write characters as bytes.
pub(super) enum Charset {
    SingleByte(&'static SingleByte),
    Utf8,
    /// With an optional byte order mark; big-endian without one.
    Utf16,
    Utf16Big,
    Utf16Little,
    MultiByte(&'static Encoding),
    /// GB 2312 in seven bits, between `~{` and `~}`.
    Hz,
}

/// A character for each byte that has a meaning.
pub(super) struct SingleByte {
    characters: Vec<Option<char>>,
    bytes: HashMap<char, u8>,
}

/// By name in lower case.
static SINGLE_BYTE: LazyLock<Vec<(Vec<String>, SingleByte)>> =
    LazyLock::new(|| include_str!("charset/single_byte.txt").split("\n\n").skip(1).map(table).collect());

impl Charset {
    /// The character set of a name, ignoring case.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        Some(match name.as_str() {
            "utf-8" | "csutf8" => Self::Utf8,
            "utf-16" | "csutf16" => Self::Utf16,
            "utf-16be" | "csutf16be" => Self::Utf16Big,
            "utf-16le" | "csutf16le" => Self::Utf16Little,
            "shift_jis" | "ms_kanji" | "csshiftjis" => Self::MultiByte(SHIFT_JIS),
            "euc-jp" | "extended_unix_code_packed_format_for_japanese" | "cseucpkdfmtjapanese" => {
                Self::MultiByte(EUC_JP)
            }
            "iso-2022-jp" | "csiso2022jp" => Self::MultiByte(ISO_2022_JP),
            "euc-kr" | "cseuckr" => Self::MultiByte(EUC_KR),
            "gbk" | "cp936" | "ms936" | "windows-936" | "csgbk" => Self::MultiByte(GBK),
            "gb18030" | "csgb18030" => Self::MultiByte(GB18030),
            "big5" | "csbig5" => Self::MultiByte(BIG5),
            "hz-gb-2312" => Self::Hz,
            _ => {
                let (_, table) = SINGLE_BYTE.iter().find(|(names, _)| names.contains(&name))?;
                Self::SingleByte(table)
            }
        })
    }

    /// `None` if the set lacks a character.
    pub(super) fn encode(&self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::SingleByte(table) => {
                text.chars().map(|character| table.bytes.get(&character).copied()).collect()
            }
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Utf16 => {
                let mark = [0xfe, 0xff].into_iter();
                Some(mark.chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect())
            }
            Self::Utf16Big => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            Self::Utf16Little => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Self::MultiByte(encoding) => encode_strictly(encoding, text),
            Self::Hz => encode_hz(text),
        }
    }

    /// `None` if the bytes are invalid.
    pub(super) fn decode(&self, bytes: &[u8]) -> Option<String> {
        let text = match self {
            Self::SingleByte(table) => {
                bytes.iter().map(|byte| table.characters.get(usize::from(*byte)).copied().flatten()).collect()
            }
            Self::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
            Self::Utf16 => match bytes {
                [0xff, 0xfe, rest @ ..] => decode_utf16(rest, u16::from_le_bytes),
                [0xfe, 0xff, rest @ ..] => decode_utf16(rest, u16::from_be_bytes),
                _ => decode_utf16(bytes, u16::from_be_bytes),
            },
            Self::Utf16Big => decode_utf16(bytes, u16::from_be_bytes),
            Self::Utf16Little => decode_utf16(bytes, u16::from_le_bytes),
            Self::MultiByte(encoding) => encoding
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(|text| text.into_owned()),
            Self::Hz => decode_hz(bytes),
        }?;
        // Terraform takes any replacement character for an error, even one that was in the text.
        (!text.contains(char::REPLACEMENT_CHARACTER)).then_some(text)
    }
}

fn table(lines: &str) -> (Vec<String>, SingleByte) {
    let mut lines = lines.lines();
    let names = lines.next().unwrap_or_default().split(' ').map(str::to_ascii_lowercase).collect();
    let mut characters: Vec<Option<char>> = lines
        .flat_map(|row| row.split(' '))
        .map(|code| u32::from_str_radix(code, 16).ok().and_then(char::from_u32))
        .collect();
    if characters.len() < 256 {
        characters.splice(0..0, (0..128_u8).map(|byte| Some(char::from(byte))));
    }
    let numbered = (0..=255_u8).zip(&characters);
    let bytes = numbered.filter_map(|(byte, character)| Some(((*character)?, byte))).collect();
    (names, SingleByte { characters, bytes })
}

fn encode_strictly(encoding: &'static Encoding, text: &str) -> Option<Vec<u8>> {
    // Browsers write these as the ASCII characters that they resemble in old fonts; Terraform does not.
    if encoding != GB18030 && text.contains(['\u{a5}', '\u{203e}']) {
        return None;
    }
    let (bytes, _, unmappable) = encoding.encode(text);
    (!unmappable).then(|| bytes.into_owned())
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let pairs = bytes.chunks(2).map(|pair| pair.try_into().ok().map(unit));
    String::from_utf16(&pairs.collect::<Option<Vec<u16>>>()?).ok()
}

fn encode_hz(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut chinese = false;
    for character in text.chars() {
        if character.is_ascii() {
            if chinese {
                out.extend(b"~}");
                chinese = false;
            }
            out.extend(if character == '~' { b"~~".as_slice() } else { &[][..] });
            out.extend((character != '~').then_some(character as u8));
            continue;
        }
        let pair = encode_strictly(GBK, character.encode_utf8(&mut [0; 4]))?;
        let [first @ 0xa1..=0xfe, second @ 0xa1..=0xfe] = pair[..] else { return None };
        if !chinese {
            out.extend(b"~{");
            chinese = true;
        }
        out.extend([first & 0x7f, second & 0x7f]);
    }
    Some(out)
}

fn decode_hz(bytes: &[u8]) -> Option<String> {
    let mut out = String::new();
    let mut rest = bytes;
    let mut chinese = false;
    loop {
        rest = match rest {
            [] => return Some(out),
            [b'~', b'{', rest @ ..] => {
                chinese = true;
                rest
            }
            [b'~', b'}', rest @ ..] => {
                chinese = false;
                rest
            }
            [b'~', b'~', rest @ ..] => {
                out.push('~');
                rest
            }
            [b'~', b'\n', rest @ ..] => rest,
            [b'~', ..] => return None,
            [first @ 0x21..=0x7e, second @ 0x21..=0x7e, rest @ ..] if chinese => {
                let pair = [first | 0x80, second | 0x80];
                out.push_str(&GBK.decode_without_bom_handling_and_without_replacement(&pair)?);
                rest
            }
            [byte, rest @ ..] if byte.is_ascii() && !chinese => {
                out.push(char::from(*byte));
                rest
            }
            _ => return None,
        };
    }
}
