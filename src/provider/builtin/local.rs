//! `hashicorp/local`: files on this machine, and the output of commands.

mod command;
mod data;
mod file;
mod functions;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::ProviderDefinition;

pub(super) fn definition() -> ProviderDefinition {
    ProviderDefinition {
        release: "2.9.0",
        resources: vec![
            ("local_file", Arc::new(file::LocalFile::plain())),
            ("local_sensitive_file", Arc::new(file::LocalFile::sensitive())),
        ],
        data: vec![
            ("local_command", Arc::new(command::LocalCommand)),
            ("local_file", Arc::new(data::LocalFile { sensitive: false })),
            ("local_sensitive_file", Arc::new(data::LocalFile { sensitive: true })),
        ],
        ephemeral: vec![("local_command", Arc::new(command::LocalCommand))],
        functions: functions::functions(),
        ..ProviderDefinition::default()
    }
}

/// The checksum attributes of this provider's files.
const CHECKSUMS: [&str; 6] = [
    "content_base64sha256",
    "content_base64sha512",
    "content_md5",
    "content_sha1",
    "content_sha256",
    "content_sha512",
];

/// The id and the checksums of a content.
fn results(content: &[u8]) -> Vec<(&'static str, crate::value::Value)> {
    let sums = super::checksum::Checksums::of(content);
    [
        ("id", &sums.sha1),
        ("content_base64sha256", &sums.base64sha256),
        ("content_base64sha512", &sums.base64sha512),
        ("content_md5", &sums.md5),
        ("content_sha1", &sums.sha1),
        ("content_sha256", &sums.sha256),
        ("content_sha512", &sums.sha512),
    ]
    .into_iter()
    .map(|(name, sum)| (name, crate::value::Value::string(sum)))
    .collect()
}
