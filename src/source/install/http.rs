//! Packages from web servers: archives, and pages that name the location of the package.

use std::path::Path;

use url::Url;

use crate::config::ModuleSource;

use super::archive::{self, Kind};
use super::checksum::Checksum;
use super::fault::{FetchError, shown};
use super::package::{self, Context};
use super::subdirectory;
use super::web::Answer;

const LARGEST_DOWNLOAD: u64 = 1024 * 1024 * 1024;
const MOST_INDIRECTIONS: usize = 10;

/// The archive at an address.
pub(super) struct Archive {
    kind: Kind,
    checksum: Option<Checksum>,
    /// Without our own parameters.
    address: Url,
}

pub(super) fn fetch(address: &Url, into: &Path, context: Context<'_>) -> Result<(), FetchError> {
    let with_login = |address: &Url| context.settings.with_login(address);
    match archive_of(address)? {
        Some(archive) => {
            let answer = context.web.get(&with_login(&archive.address), &[])?;
            let file = context.beside.join("download");
            save(answer, &file)?;
            unpack(&archive, &file, into)
        }
        None => {
            if context.indirections >= MOST_INDIRECTIONS {
                return Err(FetchError::Answer {
                    address: shown(address.as_str()),
                    why: format!("it is the {MOST_INDIRECTIONS}th answer in a row that leads elsewhere"),
                });
            }
            let mut question = with_login(address);
            question.query_pairs_mut().append_pair("terraform-get", "1");
            let answer = context.web.get(&question, &[])?;
            let (base, named) = (answer.address.clone(), answer.header("X-Terraform-Get").map(str::to_owned));
            let named = match named {
                Some(named) => Some(named),
                None => meta(&answer.text()?),
            };
            let Some(named) = named else {
                return Err(FetchError::Answer {
                    address: shown(address.as_str()),
                    why: "it is neither an archive (its name would say so) nor a page that says where the module is"
                        .into(),
                });
            };
            follow(&named, &base, into, Context { indirections: context.indirections + 1, ..context })
        }
    }
}

/// Fetches the package that an answer names. If that has a subdirectory, the subdirectory is the whole package.
fn follow(named: &str, base: &Url, into: &Path, context: Context<'_>) -> Result<(), FetchError> {
    let named = absolute(named, base);
    let fault = |why: String| FetchError::Answer { address: shown(base.as_str()), why };
    let (package, directory) = match ModuleSource::parse(&named) {
        Ok(ModuleSource::Remote { package, subdirectory }) => (package, subdirectory),
        Ok(_) => return Err(fault(format!("\"{}\" is no address of a package", shown(&named)))),
        Err(why) => return Err(fault(format!("\"{}\" is no address of a package: {why}", shown(&named)))),
    };
    let Some(directory) = directory else {
        return package::fetch(&package, into, context);
    };
    let whole = context.beside.join(format!("whole-{}", context.indirections));
    package::fetch(&package, &whole, context)?;
    let part = whole.join(subdirectory::find(&whole, &directory)?);
    std::fs::rename(&part, into).map_err(FetchError::files("moving", &part))
}

/// Resolves an address that may be relative to the page that named it.
pub(super) fn absolute(named: &str, base: &Url) -> String {
    let relative = ["/", "./", "../"].iter().any(|start| named.starts_with(start));
    match base.join(named) {
        Ok(address) if relative => address.into(),
        _ => named.to_owned(),
    }
}

/// The kind of archive that an address names, if any.
pub(super) fn archive_of(address: &Url) -> Result<Option<Archive>, FetchError> {
    let mut plain = address.clone();
    let (mut kind, mut asked_for, mut checksum) = (None, false, None);
    let mut others = Vec::new();
    for (name, value) in address.query_pairs() {
        match &*name {
            "archive" if !value.is_empty() => {
                asked_for = true;
                if !matches!(&*value, "false" | "0" | "f" | "F" | "FALSE" | "False") {
                    kind = Kind::of(&value)?;
                }
            }
            "checksum" if !value.is_empty() => checksum = Some(Checksum::parse(&value)?),
            "archive" | "checksum" => {}
            _ => others.push((name.into_owned(), value.into_owned())),
        }
    }
    if !asked_for {
        kind = Kind::of_path(address.path())?;
    }
    let Some(kind) = kind else {
        return match checksum {
            Some(_) => Err(FetchError::Unsupported("only an archive can have a checksum".into())),
            None => Ok(None),
        };
    };
    if others.len() != address.query_pairs().count() {
        if others.is_empty() {
            plain.set_query(None);
        } else {
            plain.query_pairs_mut().clear().extend_pairs(others);
        }
    }
    Ok(Some(Archive { kind, checksum, address: plain }))
}

pub(super) fn unpack(archive: &Archive, file: &Path, into: &Path) -> Result<(), FetchError> {
    if let Some(checksum) = &archive.checksum {
        checksum.check(file)?;
    }
    archive::unpack(archive.kind, file, into)
}

fn save(answer: Answer, file: &Path) -> Result<(), FetchError> {
    let address = shown(answer.address.as_str());
    let mut target = std::fs::File::create(file).map_err(FetchError::files("making", file))?;
    let failed = |cause: std::io::Error| FetchError::Request { address, cause: cause.to_string() };
    std::io::copy(&mut answer.reader(LARGEST_DOWNLOAD), &mut target).map(drop).map_err(failed)
}

/// `<meta name="terraform-get" content="…">` of a page.
fn meta(page: &str) -> Option<String> {
    let mut rest = page;
    while let Some(at) = rest.find("<meta") {
        rest = rest.get(at + 5..)?;
        let end = rest.find('>')?;
        let (tag, after) = rest.split_at(end);
        if attribute(tag, "name").as_deref() == Some("terraform-get") {
            return attribute(tag, "content").filter(|content| !content.is_empty());
        }
        rest = after;
    }
    None
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    loop {
        let (before, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, next) = match quote {
            Some(quote) => after.get(1..)?.split_once(quote)?,
            None => after.split_once(char::is_whitespace).unwrap_or((after.trim_end_matches('/'), "")),
        };
        if before.trim().eq_ignore_ascii_case(name) {
            return Some(value.replace("&amp;", "&"));
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::{absolute, meta};

    #[test]
    fn a_page_says_where_the_package_is() {
        let page = |tag: &str| meta(&format!("<html><head><meta charset=utf-8>{tag}</head>"));
        let wanted = Some("https://h/x.zip?a=1&b=2".to_owned());
        assert_eq!(page("<meta name=\"terraform-get\" content=\"https://h/x.zip?a=1&amp;b=2\" />"), wanted);
        assert_eq!(page("<meta content='https://h/x.zip?a=1&b=2' name='terraform-get'>"), wanted);
        assert_eq!(page("<meta name=\"other\" content=\"x\">"), None);
        assert_eq!(page("<meta name=\"terraform-get"), None);
    }

    #[test]
    fn an_answer_may_be_relative() {
        let base = "https://h/a/b".parse().unwrap();
        assert_eq!(absolute("/x.zip", &base), "https://h/x.zip");
        assert_eq!(absolute("./x.zip", &base), "https://h/a/x.zip");
        assert_eq!(absolute("git::https://h/x", &base), "git::https://h/x");
    }
}
