//! Private keys, in a form that every version of the `ssh` program reads.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;

const MAGIC: &[u8] = b"openssh-key-v1\0";
/// The bytes before the 32 bytes of an Ed25519 key in PKCS#8.
const EDWARDS: &[u8] = &[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// The content of a key file. A key with which nobody could log in is an error, so that it is not tried for minutes.
pub(super) fn readable(argument: &str, key: &str) -> Result<String, String> {
    let key = key.trim();
    if !key.contains("-----BEGIN ") {
        return Err(format!(
            "\"{argument}\" holds no private key: one begins with \"-----BEGIN\". Where it is the name of a file, \
             file(...) reads it."
        ));
    }
    let content = content(key);
    let is_encrypted = match content.as_deref().and_then(|content| content.strip_prefix(MAGIC)) {
        // The length of the cipher's name, and the name.
        Some(rest) => !rest.starts_with(b"\0\0\0\x04none"),
        None => key.contains("ENCRYPTED"),
    };
    if is_encrypted {
        return Err(format!(
            "The key in \"{argument}\" is protected by a passphrase, and nobody is there to type it. An agent can hold \
             such a key."
        ));
    }
    let edwards = content.as_deref().and_then(|content| content.strip_prefix(EDWARDS));
    match edwards.and_then(|secret| <&[u8; 32]>::try_from(secret).ok()) {
        // Only recent versions read these in PKCS#8.
        Some(secret) => Ok(openssh(&SigningKey::from_bytes(secret))),
        None => Ok(format!("{key}\n")),
    }
}

/// What is between the first and the last line.
fn content(key: &str) -> Option<Vec<u8>> {
    let lines = key.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
    STANDARD.decode(lines.collect::<String>()).ok()
}

fn openssh(key: &SigningKey) -> String {
    const KIND: &[u8] = b"ssh-ed25519";
    let public = key.verifying_key().to_bytes();
    let text = |into: &mut Vec<u8>, text: &[u8]| {
        into.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        into.extend(text);
    };
    let mut open = Vec::new();
    text(&mut open, KIND);
    text(&mut open, &public);
    // The first eight bytes would reveal a wrong passphrase, and there is none.
    let mut closed = vec![0; 8];
    text(&mut closed, KIND);
    text(&mut closed, &public);
    text(&mut closed, &[*key.as_bytes(), public].concat());
    text(&mut closed, b"");
    let padding = (1u8..).take(closed.len().next_multiple_of(8) - closed.len());
    closed.extend(padding);
    let mut whole = MAGIC.to_vec();
    text(&mut whole, b"none");
    text(&mut whole, b"none");
    text(&mut whole, b"");
    whole.extend(1u32.to_be_bytes());
    text(&mut whole, &open);
    text(&mut whole, &closed);
    let whole = STANDARD.encode(whole);
    let mut written = String::from("-----BEGIN OPENSSH PRIVATE KEY-----\n");
    for (place, character) in whole.chars().enumerate() {
        if place > 0 && place.is_multiple_of(70) {
            written.push('\n');
        }
        written.push(character);
    }
    written.push_str("\n-----END OPENSSH PRIVATE KEY-----\n");
    written
}
