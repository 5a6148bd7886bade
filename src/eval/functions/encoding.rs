//! Encodings of text: Base64, compression, other character sets, URLs.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::GeneralPurposeConfig;
use base64::engine::{DecodePaddingMode, GeneralPurpose};

use super::argument::text;
use super::charset::Charset;
use super::gzip;
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{Mark, Type, Value};

pub(super) fn functions() -> Vec<Function> {
    vec![base64decode(), base64encode(), base64gzip(), textdecodebase64(), textencodebase64(), urlencode()]
}

/// Padding is needed; what the last bits before it are does not matter.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// Bytes from Base64, in which line ends may stand anywhere.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let lines: String = text.chars().filter(|character| !matches!(character, '\r' | '\n')).collect();
    LENIENT.decode(lines).ok()
}

pub(super) fn encode(bytes: &[u8]) -> String {
    LENIENT.encode(bytes)
}

fn base64decode() -> Function {
    let parameter = Parameter::new("str", Type::String, "The Base64 text.").allow_marked().allow_unknown();
    Function::new(
        "base64decode",
        "Decodes Base64 that holds UTF-8 text.",
        vec![parameter],
        Type::String,
        |arguments| {
            let (encoded, marks) = arguments.first().cloned().unwrap_or_else(Value::dynamic).unmark();
            let Some(text) = encoded.as_str() else {
                return Ok(Value::unknown(Type::String).with_marks(&marks));
            };
            let bytes = decode(text).ok_or_else(|| {
                let shown = match marks.contains(&Mark::Sensitive) {
                    true => "the sensitive value".to_owned(),
                    false => shorten(text),
                };
                FunctionError::argument(0, format!("{shown} is not valid Base64"))
            })?;
            let decoded = String::from_utf8(bytes).map_err(|_| {
                FunctionError::argument(
                    0,
                    "what it holds is not UTF-8 text, and the language has no other strings",
                )
            })?;
            Ok(Value::string(&decoded).with_marks(&marks))
        },
    )
    .never_null()
}

/// Quotes a text, and only the beginning of a long one.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}

fn base64encode() -> Function {
    let parameter = Parameter::new("str", Type::String, "The text to encode.");
    Function::new("base64encode", "Encodes text as Base64.", vec![parameter], Type::String, |arguments| {
        Ok(Value::string(&encode(text(arguments, 0).as_bytes())))
    })
    .never_null()
}

fn base64gzip() -> Function {
    let parameter = Parameter::new("str", Type::String, "The text to compress.");
    let description = "Compresses text with gzip and encodes the result as Base64.";
    Function::new("base64gzip", description, vec![parameter], Type::String, |arguments| {
        Ok(Value::string(&encode(&gzip::compress(text(arguments, 0).as_bytes()))))
    })
    .never_null()
}

fn textencodebase64() -> Function {
    let parameters = vec![
        Parameter::new("string", Type::String, "The text to encode."),
        Parameter::new("encoding", Type::String, "The IANA name of a character set, such as UTF-16LE."),
    ];
    let description = "Writes text in a character set and encodes the bytes as Base64.";
    Function::new("textencodebase64", description, parameters, Type::String, |arguments| {
        let bytes = charset(arguments)?.encode(text(arguments, 0)).ok_or_else(|| {
            FunctionError::argument(
                0,
                format!("the text has characters that do not exist in {}", text(arguments, 1)),
            )
        })?;
        Ok(Value::string(&encode(&bytes)))
    })
    .never_null()
}

fn textdecodebase64() -> Function {
    let parameters = vec![
        Parameter::new("source", Type::String, "The Base64 text."),
        Parameter::new("encoding", Type::String, "The IANA name of the character set that the bytes are in."),
    ];
    let description = "Reads text in a character set from Base64.";
    Function::new("textdecodebase64", description, parameters, Type::String, |arguments| {
        let charset = charset(arguments)?;
        let bytes = decode(text(arguments, 0))
            .ok_or_else(|| FunctionError::argument(0, "the given text is not valid Base64"))?;
        let decoded = charset.decode(&bytes).ok_or_else(|| {
            FunctionError::argument(
                0,
                format!("the bytes have parts that mean nothing in {}", text(arguments, 1)),
            )
        })?;
        Ok(Value::string(&decoded))
    })
    .never_null()
}

fn charset(arguments: &[Value]) -> Result<Charset, FunctionError> {
    let name = text(arguments, 1);
    Charset::named(name).ok_or_else(|| {
        FunctionError::argument(1, format!("{name:?} is not the IANA name of a character set known here"))
    })
}

fn urlencode() -> Function {
    let parameter = Parameter::new("str", Type::String, "The text to encode.");
    let description = "Encodes text for use in the query of a URL.";
    Function::new("urlencode", description, vec![parameter], Type::String, |arguments| {
        let mut out = String::new();
        for byte in text(arguments, 0).bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    out.push(char::from(byte));
                }
                b' ' => out.push('+'),
                _ => out.push_str(&format!("%{byte:02X}")),
            }
        }
        Ok(Value::string(&out))
    })
    .never_null()
}
