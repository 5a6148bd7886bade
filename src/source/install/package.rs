//! Dispatches package addresses to the code that fetches them.

use std::path::Path;

use url::Url;

use super::credentials::CliConfiguration;
use super::fault::{FetchError, shown};
use super::web::Web;
use super::{file, git, http};

/// What is needed to fetch a package, and the packages that its server refers to instead.
#[derive(Clone, Copy)]
pub(super) struct Context<'c> {
    pub web: &'c Web,
    pub settings: &'c CliConfiguration,
    /// A directory for temporary files.
    pub beside: &'c Path,
    /// How many answers have led here.
    pub indirections: usize,
}

/// Fetches the package at a complete address without a subdirectory, into a directory that does not exist yet.
pub(super) fn fetch(address: &str, into: &Path, context: Context<'_>) -> Result<(), FetchError> {
    let (tool, rest) = match address.split_once("::") {
        Some((tool, rest)) => (Some(tool), rest),
        None => (None, address),
    };
    let scheme = rest.split_once(':').map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
    match tool.unwrap_or(&scheme) {
        "git" => git::fetch(rest, into),
        "http" | "https" => http::fetch(&url(rest)?, into, context),
        // A server must not refer to files of this machine.
        "file" if context.indirections > 0 => {
            let why = format!("a server answered with {}, which is a file of this machine", shown(rest));
            Err(FetchError::Unsupported(why))
        }
        "file" => {
            let address = url(rest)?;
            match http::archive_of(&address)? {
                Some(archive) => http::unpack(&archive, &file::path(&address)?, into),
                None => file::link(&file::path(&address)?, into),
            }
        }
        "hg" => {
            Err(unsupported("Mercurial repositories", "put the module into a git repository or an archive"))
        }
        "s3" => Err(unsupported("Objects of S3", "publish the module's archive over https, or use git")),
        "gcs" => Err(unsupported(
            "Objects of Google Cloud Storage",
            "publish the module's archive over https, or use git",
        )),
        host if tool.is_none() && host.contains('.') => Err(FetchError::Unsupported(format!(
            "\"{host}\" is no way of fetching; for a repository over SSH write git@{rest}"
        ))),
        other => Err(FetchError::Unsupported(format!(
            "\"{other}\" is no way of fetching that is known; there are git, https and file"
        ))),
    }
}

fn unsupported(what: &str, instead: &str) -> FetchError {
    FetchError::Unsupported(format!("{what} cannot be fetched yet; {instead}"))
}

pub(super) fn url(text: &str) -> Result<Url, FetchError> {
    Url::parse(text).map_err(|error| FetchError::Address { address: shown(text), why: error.to_string() })
}
