//! Errors of fetching packages.

use std::path::{Path, PathBuf};

use url::Url;

/// Why a package could not be fetched. Each message is a sentence without its full stop, and never contains secrets of
/// an address.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("{0}")]
    Unsupported(String),
    #[error("\"{address}\" is no address that can be fetched: {why}")]
    Address { address: String, why: String },
    #[error("starting git failed: {0}")]
    GitMissing(std::io::Error),
    #[error("git could not {doing}: {said}")]
    Git { doing: String, said: String },
    #[error("asking {address} failed: {cause}")]
    Request { address: String, cause: String },
    #[error("{address} answered with status {status}")]
    Status { address: String, status: u16 },
    #[error("{address} answered with something else than expected: {why}")]
    Answer { address: String, why: String },
    #[error("the archive cannot be unpacked: {0}")]
    Archive(String),
    #[error("what came has the {kind} checksum {found}, not {expected}")]
    Checksum { kind: &'static str, expected: String, found: String },
    #[error("{doing} {} failed: {cause}", path.display())]
    Files { doing: &'static str, path: PathBuf, cause: std::io::Error },
    #[error("there is no directory {path} in it")]
    NoDirectory { path: String },
    #[error("{0}")]
    Versions(String),
}

impl FetchError {
    /// Wraps an error of the file system with what was attempted.
    pub(super) fn files(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |cause| Self::Files { doing, path: path.to_path_buf(), cause }
    }

    /// The next step to take, if there is one.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::GitMissing(_) => "Modules from git repositories need the git program on the PATH.",
            Self::Git { said, .. } if said.contains("could not read Username") => {
                "Nobody is asked for a password here. Set up a credential helper of git, or use an SSH address."
            }
            Self::Git { said, .. } if said.contains("Permission denied (publickey") => {
                "Nobody is asked for a passphrase here. Add the key to the SSH agent."
            }
            Self::Status { status: 401 | 403, .. } => {
                "Give a token in TF_TOKEN_<host> (dots as underscores) or in a credentials block of the CLI \
                 configuration; for archives, in .netrc."
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// An address that is safe to show: without a password, and without parameters that may be secret.
pub(super) fn shown(address: &str) -> String {
    let (tool, rest) = match address.split_once("::") {
        Some((tool, rest)) => (format!("{tool}::"), rest),
        None => (String::new(), address),
    };
    let Ok(mut url) = Url::parse(rest) else { return hide_user(address) };
    let is_web = matches!(url.scheme(), "http" | "https");
    let secret_user = url.password().is_some() || is_web && !url.username().is_empty();
    if secret_user {
        // Both calls can fail only for addresses that have no user.
        url.set_password(None).unwrap_or_default();
        url.set_username("***").unwrap_or_default();
    }
    let harmless = ["ref", "depth", "archive", "checksum", "terraform-get"];
    if url.query_pairs().any(|(name, _)| !harmless.contains(&&*name)) {
        let pairs: Vec<String> = url
            .query_pairs()
            .map(|(name, value)| {
                format!("{name}={}", if harmless.contains(&&*name) { &value } else { "***" })
            })
            .collect();
        url.set_query(Some(&pairs.join("&")));
        return format!("{tool}{url}");
    }
    if secret_user { format!("{tool}{url}") } else { address.to_owned() }
}

fn hide_user(address: &str) -> String {
    match address.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
        Some((scheme, rest)) => format!("{scheme}://***@{rest}"),
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn secrets_in_addresses_are_not_shown() {
        assert_eq!(shown("git::https://me:geheim@h/x.git?ref=v1"), "git::https://***@h/x.git?ref=v1");
        assert_eq!(shown("https://geheim@h/x.zip"), "https://***@h/x.zip");
        assert_eq!(shown("https://h/x.zip?sig=geheim&archive=zip"), "https://h/x.zip?sig=***&archive=zip");
        assert_eq!(shown("git::ssh://git@h/x?sshkey=geheim"), "git::ssh://git@h/x?sshkey=***");
        assert_eq!(shown("git::ssh://git@h/x?ref=a%2Fb"), "git::ssh://git@h/x?ref=a%2Fb");
        assert_eq!(shown("https://me:gehe im@h:x/x y"), "https://***@h:x/x y");
    }
}
