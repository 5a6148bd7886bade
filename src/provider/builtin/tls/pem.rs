//! PEM, the text format of keys and certificates.

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

pub(super) struct Pem {
    pub(super) label: String,
    pub(super) bytes: Vec<u8>,
}

pub(super) fn encode(label: &str, bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        out.extend(line.iter().map(|byte| char::from(*byte)));
        out.push('\n');
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

/// The first block of a text, whatever surrounds it.
pub(super) fn decode(text: &str) -> Option<Pem> {
    let (label, rest) = text.match_indices("-----BEGIN ").find_map(|(start, opening)| {
        let at_line_start = start == 0 || text.as_bytes().get(start - 1) == Some(&b'\n');
        let (label, rest) = text.get(start + opening.len()..)?.split_once("-----")?;
        (at_line_start && !label.contains('\n')).then_some((label, rest))
    })?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    // Lines such as `Proc-Type: 4,ENCRYPTED` end with an empty one.
    let body = match body.contains(':') {
        true => body.split_once("\n\n")?.1,
        false => body,
    };
    let digits: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = GeneralPurpose::new(&alphabet::STANDARD, config).decode(digits).ok()?;
    Some(Pem { label: label.to_owned(), bytes })
}

/// Whether a text is a block and nothing else.
pub(super) fn is_pem(text: &str) -> bool {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.starts_with("-----BEGIN ") && text.ends_with("-----") && text.contains("\n-----END ")
}
