//! Remote module sources: what people write, and the canonical form.
//!
//! The canonical form is written into the module manifest, so it equals Terraform's byte for byte.

use std::collections::BTreeMap;

use super::{clean, split_subdirectory};

/// A package and the directory in it that holds the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remote {
    pub package: String,
    pub subdirectory: Option<String>,
}

/// Parses a source that is neither local nor in a registry. Most invalid addresses only fail when they are fetched. The
/// error is a sentence.
pub(super) fn parse(text: &str) -> Result<Remote, String> {
    if text.is_empty() {
        return Err("it is empty".into());
    }
    let (package, subdirectory) = split_subdirectory(text);
    let (package, found) = split_subdirectory(&spelled_out(&package)?);
    let subdirectory = match (found, subdirectory) {
        (Some(above), Some(below)) => Some(clean(&format!("{above}/{below}"))),
        (one, other) => one.or(other),
    };
    if subdirectory.as_deref().is_some_and(|path| path == ".." || path.starts_with("../")) {
        return Err("the path after // leads out of the module's package".into());
    }
    Ok(Remote { package, subdirectory: subdirectory.filter(|path| !path.is_empty()) })
}

/// An address with its fetching tool in front, if the scheme does not imply it.
fn spelled_out(text: &str) -> Result<String, String> {
    let (tool, address) = forced(text);
    if has_scheme(address) {
        return Ok(text.to_owned());
    }
    let found = match github(address)? {
        Some(found) => Some(found),
        None => secure_shell(address),
    };
    let found =
        found.or_else(|| bitbucket(address)).or_else(|| storage(address)).or_else(|| absolute(address));
    let Some(found) = found else {
        let is_host = text.split('/').next().is_some_and(|first| first.contains('.'));
        return Err(match text.split_once(':') {
            Some(_) => "no way of fetching it is known".into(),
            None if is_host => {
                format!("no way of fetching it is known; for a git repository, write \"git::https://{text}\"")
            }
            None => {
                format!(
                    "no way of fetching it is known; for a directory beside this module, write \"./{text}\""
                )
            }
        });
    };
    Ok(match tool {
        Some(tool) => format!("{tool}::{}", forced(&found).1),
        None => found,
    })
}

/// Splits off a forced tool: `git::https://…` is fetched by git, whatever the scheme says.
pub(super) fn forced(text: &str) -> (Option<&str>, &str) {
    match text.split_once("::") {
        Some((tool, rest))
            if !tool.is_empty() && !rest.is_empty() && tool.chars().all(|c| c.is_ascii_alphanumeric()) =>
        {
            (Some(tool), rest)
        }
        _ => (None, text),
    }
}

fn has_scheme(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

/// `github.com/owner/name/directory`
fn github(address: &str) -> Result<Option<String>, String> {
    if !address.starts_with("github.com/") {
        return Ok(None);
    }
    let (path, query) = split_query(address);
    let parts: Vec<&str> = path.split('/').collect();
    let [host, owner, name, rest @ ..] = parts.as_slice() else {
        return Err("a repository on github.com has an owner and a name, github.com/owner/name".into());
    };
    let directory = if rest.is_empty() { String::new() } else { format!("//{}", rest.join("/")) };
    Ok(Some(format!("git::https://{host}/{owner}/{}{directory}{query}", with_git_ending(name))))
}

/// `bitbucket.org/owner/name`
fn bitbucket(address: &str) -> Option<String> {
    address.starts_with("bitbucket.org/").then(|| {
        let (path, query) = split_query(address);
        format!("git::https://{}{query}", with_git_ending(path))
    })
}

fn with_git_ending(path: &str) -> String {
    if path.ends_with(".git") { path.to_owned() } else { format!("{path}.git") }
}

/// `git@host:path`, as `scp` and git write it. Only this user distinguishes it from other forms.
fn secure_shell(address: &str) -> Option<String> {
    let (host, path) = address.strip_prefix("git@")?.split_once(':')?;
    let path = path.strip_prefix('/').filter(|rest| !rest.is_empty()).unwrap_or(path);
    if host.is_empty() || path.is_empty() {
        return None;
    }
    let (path, query) = split_query(path);
    let query = query.strip_prefix('?').map(normal_query).filter(|query| !query.is_empty());
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Some(format!("git::ssh://git@{host}/{}{query}", escape(path, b"/$&+,:;=@")))
}

/// `bucket.s3.amazonaws.com/key`, `www.googleapis.com/storage/v1/bucket/key`: recognised only to be refused by name.
fn storage(address: &str) -> Option<String> {
    if address.contains("googleapis.com/") {
        return (address.split('/').count() >= 5).then(|| format!("gcs::https://{address}"));
    }
    let (host, key) = address.split_once(".amazonaws.com/")?;
    let labels: Vec<&str> = host.split('.').collect();
    match labels.as_slice() {
        [region] => Some(format!("s3::https://{region}.amazonaws.com/{key}")),
        [bucket, "s3", region] => Some(format!("s3::https://s3-{region}.amazonaws.com/{bucket}/{key}")),
        [bucket, "s3"] => Some(format!("s3::https://s3.amazonaws.com/{bucket}/{key}")),
        [bucket, region] => Some(format!("s3::https://{region}.amazonaws.com/{bucket}/{key}")),
        _ => None,
    }
}

fn absolute(address: &str) -> Option<String> {
    address.strip_prefix('/').map(|path| format!("file:///{path}"))
}

/// Splits before the first question mark.
fn split_query(address: &str) -> (&str, &str) {
    address.split_at(address.find('?').unwrap_or(address.len()))
}

/// Parameters sorted by name, each escaped again.
fn normal_query(query: &str) -> String {
    let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        parameters.entry(unescape(name)).or_default().push(unescape(value));
    }
    let mut written = Vec::new();
    for (name, values) in &parameters {
        let name = escape(name, b"").replace("%20", "+");
        written
            .extend(values.iter().map(|value| format!("{name}={}", escape(value, b"").replace("%20", "+"))));
    }
    written.join("&")
}

fn escape(text: &str, allowed: &[u8]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || allowed.contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        match (first, code.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
