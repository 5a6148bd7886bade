//! Reads secrets from where an environment says they are. Their content never becomes part of a message.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::environment::SecretCall;

/// A larger file was most likely named by mistake.
const LONGEST: usize = 1024 * 1024;

/// Reads one secret. A line break at the end, as editors and programs add, is not part of it.
pub fn secret(call: &SecretCall, folder: &Path) -> Result<String, String> {
    let bytes = match call {
        SecretCall::Variable(name) => match std::env::var_os(name) {
            Some(value) => value.into_encoded_bytes(),
            None => return Err(format!("the environment variable {name} is not set")),
        },
        SecretCall::File(path) => {
            let path = folder.join(path);
            std::fs::read(&path).map_err(|error| format!("reading {} failed: {error}", path.display()))?
        }
        SecretCall::Command(words) => run(words, folder)?,
    };
    if bytes.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    let mut text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    if !matches!(call, SecretCall::Variable(_)) {
        text.truncate(text.trim_end_matches(['\n', '\r']).len());
    }
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(text)
}

fn run(words: &[String], folder: &Path) -> Result<Vec<u8>, String> {
    let (program, arguments) = words.split_first().ok_or("there is no program to run")?;
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("running {program} failed: {error}"))?;
    if !output.status.success() {
        return Err(format!("{program} ended with {}", output.status));
    }
    Ok(output.stdout)
}
