//! Passwords and private keys.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey};

use super::Setting;
use super::argument::{Outcome, text, whole};
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{Type, Value};

pub(super) fn functions(setting: &Setting) -> Vec<Function> {
    vec![bcrypt(setting), rsadecrypt()]
}

/// Each step doubles the work: this one takes a minute already.
const MOST_WORK: u32 = 20;

fn bcrypt(setting: &Setting) -> Function {
    let (world, deferred) = (Arc::clone(&setting.world), setting.deferred);
    let parameters = vec![Parameter::new("str", Type::String, "The password, of no more than 72 bytes.")];
    let description = "A bcrypt hash of a password, another one at each call.";
    Function::new("bcrypt", description, parameters, Type::String, move |arguments| {
        if deferred {
            return Ok(Value::unknown(Type::String));
        }
        let cost = if arguments.len() > 1 { whole(arguments, 1)? } else { 10 };
        if arguments.len() > 2 {
            return Err(FunctionError::argument(2, "no more than a password and a cost are allowed"));
        }
        let password = text(arguments, 0).as_bytes();
        if password.len() > 72 {
            let message =
                format!("bcrypt takes no more than 72 bytes, and this password has {}", password.len());
            return Err(FunctionError::argument(0, message));
        }
        // As in Terraform, a cost below the minimum means the default.
        let cost = if cost < 4 { 10 } else { cost };
        let cost = u32::try_from(cost).ok().filter(|cost| *cost <= 31).ok_or_else(|| {
            FunctionError::argument(1, format!("the cost must be between 4 and 31, not {cost}"))
        })?;
        if cost > MOST_WORK {
            let message = format!("a cost of {cost} would take hours; {MOST_WORK} is the most that is done");
            return Err(FunctionError::argument(1, message));
        }
        let mut salt = [0; 16];
        world
            .random(&mut salt)
            .map_err(|e| FunctionError::new(format!("the system gave no random bytes: {e}")))?;
        let hash = bcrypt::hash_with_salt(password, cost, salt)
            .map_err(|e| FunctionError::new(format!("the password cannot be hashed: {e}")))?;
        Ok(Value::string(&hash.format_for_version(bcrypt::Version::TwoA)))
    })
    .variadic(Parameter::new(
        "cost",
        Type::Number,
        "How much work a guess is, from 4 to 31; 10 if not given.",
    ))
    .never_null()
}

fn rsadecrypt() -> Function {
    let parameters = vec![
        Parameter::new("ciphertext", Type::String, "What was encrypted (PKCS #1 v1.5), in base64."),
        Parameter::new("privatekey", Type::String, "An RSA private key in PEM."),
    ];
    let description = "Decrypts what was encrypted for an RSA key.";
    Function::new("rsadecrypt", description, parameters, Type::String, |arguments| {
        decrypt(text(arguments, 0), text(arguments, 1))
    })
    .never_null()
}

fn decrypt(ciphertext: &str, key: &str) -> Outcome {
    let encrypted = decode(ciphertext)
        .ok_or_else(|| FunctionError::argument(0, "the encrypted text must be base64, and this is not"))?;
    let key = read_key(key).map_err(|message| FunctionError::argument(1, message))?;
    let decrypted = key.decrypt(Pkcs1v15Encrypt, &encrypted).map_err(|_| {
        FunctionError::argument(0, "the text cannot be decrypted with this key; it was made for another one")
    })?;
    Ok(Value::string(&String::from_utf8_lossy(&decrypted)))
}

/// Base64 with padding, with or without line breaks.
fn decode(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);
    let bytes: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    GeneralPurpose::new(&STANDARD, config).decode(bytes).ok()
}

/// The first block of a PEM text, whatever surrounds it.
fn read_key(pem: &str) -> Result<RsaPrivateKey, String> {
    let no_pem =
        || "a private key in PEM begins with a line such as \"-----BEGIN RSA PRIVATE KEY-----\"".to_owned();
    let (_, rest) = pem.split_once("-----BEGIN ").ok_or_else(no_pem)?;
    let (kind, rest) = rest.split_once("-----").ok_or_else(no_pem)?;
    let (block, _) = rest
        .split_once(&format!("-----END {kind}-----"))
        .ok_or_else(|| format!("the PEM text has no line \"-----END {kind}-----\""))?;
    if kind == "ENCRYPTED PRIVATE KEY" || block.contains("ENCRYPTED") {
        return Err("the key is protected by a passphrase; only a key without one can be used".to_owned());
    }
    // Headers, if any, end with an empty line.
    let body: String = block.lines().filter(|line| !line.contains(':')).map(str::trim).collect();
    let der = decode(&body).ok_or("what is between the PEM lines is not base64")?;
    let broken = || format!("what the PEM block \"{kind}\" holds is not an RSA private key");
    match kind {
        "RSA PRIVATE KEY" => RsaPrivateKey::from_pkcs1_der(&der).map_err(|_| broken()),
        "PRIVATE KEY" => RsaPrivateKey::from_pkcs8_der(&der).map_err(|_| broken()),
        "OPENSSH PRIVATE KEY" => super::openssh::read_key(&der).ok_or_else(|| {
            "what the OpenSSH block holds is not an RSA private key without a passphrase".to_owned()
        }),
        other => Err(format!("an RSA private key is required, and this is a PEM block \"{other}\"")),
    }
}
