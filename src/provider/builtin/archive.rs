//! `hashicorp/archive`: archives of files and contents, as a data source (written whenever it is read) and as a
//! resource.

mod pattern;
mod tar;
#[cfg(test)]
mod tests;
mod tree;
mod zip;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use super::checksum::Checksums;
use super::object::{Arguments, at, filled, quoted};
use super::{Data, Draft, ProviderDefinition, Resource, blocking};
use crate::port::{Applied, ApplyRequest, Current, Effects, PlanRequest, Planned, Remark, Remarks};
use crate::schema::{Attribute, Block, NestedBlock, Nesting};
use crate::value::{Type, Value};
use pattern::Patterns;
use tree::{Choice, Entry};

pub(super) fn definition() -> ProviderDefinition {
    ProviderDefinition {
        release: "2.8.0",
        resources: vec![("archive_file", Arc::new(ArchiveFile))],
        data: vec![("archive_file", Arc::new(ArchiveFile))],
        ..ProviderDefinition::default()
    }
}

struct ArchiveFile;

/// The computed attributes of an archive.
const RESULTS: [&str; 8] = [
    "id",
    "output_base64sha256",
    "output_base64sha512",
    "output_md5",
    "output_sha",
    "output_sha256",
    "output_sha512",
    "output_size",
];

/// The arguments that conflict with each of these.
const CONFLICTS: [(&str, &[&str]); 6] = [
    ("source", &["source_file", "source_dir", "source_content", "source_content_filename"]),
    ("source_content", &["source_file", "source_dir"]),
    ("source_content_filename", &["source_file", "source_dir"]),
    ("source_file", &["source_dir", "source_content", "source_content_filename"]),
    ("source_dir", &["source_file", "source_content", "source_content_filename"]),
    ("excludes", &["source_file", "source_content", "source_content_filename"]),
];

const SOURCES: [&str; 4] = ["source", "source_content_filename", "source_file", "source_dir"];

fn is_argument(name: &str) -> bool {
    !RESULTS.contains(&name)
}

fn schema() -> Block {
    let text = || Attribute::optional(Type::String);
    let mut block = Block::default()
        .with("exclude_symlink_directories", Attribute::optional(Type::Bool))
        .with("excludes", Attribute::optional(Type::set(Type::String)))
        .with("output_file_mode", text())
        .with("output_path", Attribute::required(Type::String))
        .with("source_content", text())
        .with("source_content_filename", text())
        .with("source_dir", text())
        .with("source_file", text())
        .with("type", Attribute::required(Type::String));
    for name in RESULTS {
        let ty = if name == "output_size" { Type::Number } else { Type::String };
        block = block.with(name, Attribute::computed(ty));
    }
    let source = Block::default()
        .with("content", Attribute::required(Type::String))
        .with("filename", Attribute::required(Type::String));
    let source = NestedBlock { block: source, nesting: Nesting::Set, min: 0, max: None };
    block.blocks.insert("source".into(), source);
    block
}

fn validate(configuration: &Value, remarks: &mut Remarks) {
    let arguments = Arguments(configuration);
    let given = |name: &str| {
        let value = arguments.value(name)?;
        let none = name == "source" && value.items().is_some_and(<[Value]>::is_empty);
        (!none).then_some(value)
    };
    if !SOURCES.iter().any(|name| given(name).is_some()) {
        let detail = format!("An archive is made of something: one of {} is needed.", quoted(&SOURCES));
        remarks.push(Remark::error("Missing argument", detail));
    }
    for (name, others) in CONFLICTS {
        let Some(value) = given(name) else { continue };
        let unknown = |name: &&str| arguments.is_unknown(name);
        if !value.is_known() || others.iter().any(unknown) {
            continue;
        }
        if let Some(other) = others.iter().find(|other| given(other).is_some()) {
            let detail = format!("\"{name}\" cannot be given together with \"{other}\".");
            remarks.push(Remark::error("Arguments exclude each other", detail).at(at(name)));
            return;
        }
    }
}

#[async_trait]
impl Data for ArchiveFile {
    fn schema(&self) -> Block {
        schema()
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        validate(configuration, remarks);
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        made(configuration, remarks).await
    }
}

#[async_trait]
impl Resource for ArchiveFile {
    fn schema(&self) -> Block {
        schema()
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        validate(configuration, remarks);
    }

    fn plan(&self, request: &PlanRequest<'_>, schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        let mut draft = Draft::new(request, schema);
        let arguments =
            || schema.attributes.keys().chain(schema.blocks.keys()).filter(|name| is_argument(name));
        let changed = draft.is_new() || arguments().any(|name| draft.changes(name));
        for name in arguments() {
            // Every argument is fixed, except this one.
            if **name != *"exclude_symlink_directories" {
                draft.fixed(name);
            }
        }
        for name in RESULTS.into_iter().filter(|_| changed) {
            draft.unknown(name);
        }
        Some(draft.finish())
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let value = made(request.planned, remarks).await?;
        Some(Applied { value, private: request.private.to_vec() })
    }

    async fn update(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        self.create(request, remarks).await
    }

    /// Writes the archive of what is there now. Changes that anybody made to the archive itself are overwritten.
    async fn read(&self, current: Current<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let value = made(current.value, remarks).await?;
        Some(Applied { value, private: current.private.to_vec() })
    }

    /// The file is written again whenever it is read, and stays when it is destroyed, so there is never anything to be
    /// found after a crash.
    fn effects(&self) -> Effects {
        Effects::StateOnly
    }
}

/// Writes the archive, and returns its results.
async fn made(object: &Value, remarks: &mut Remarks) -> Option<Value> {
    let known = object.clone();
    match blocking(move || make(Arguments(&known))).await {
        Ok(results) => Some(filled(object, results)),
        Err(why) => {
            remarks.push(Remark::error("Archive cannot be made", why));
            None
        }
    }
}

fn make(arguments: Arguments<'_>) -> Result<Vec<(&'static str, Value)>, String> {
    let output = arguments.text("output_path").ok_or("Where it goes is not known.")?;
    let mode = arguments.text("output_file_mode").filter(|text| !text.is_empty()).map(mode).transpose()?;
    let write = match arguments.text("type") {
        Some("zip") => zip::archive,
        Some("tar.gz") => tar::archive,
        kind => {
            let kind = kind.unwrap_or_default();
            return Err(format!("There is no type \"{kind}\"; there are \"zip\" and \"tar.gz\"."));
        }
    };
    let archive = write(&entries(arguments, output)?, mode)?;
    let fault = |error: std::io::Error| format!("{output} cannot be written: {error}.");
    // An existing file with the same content is left alone, including its time.
    if std::fs::read(output).ok().as_deref() != Some(&archive) {
        if let Some(folder) = Path::new(output).parent().filter(|folder| !folder.exists()) {
            std::fs::create_dir_all(folder).map_err(fault)?;
        }
        std::fs::write(output, &archive).map_err(fault)?;
    }
    let sums = Checksums::of(&archive);
    let text = Value::string;
    Ok(vec![
        ("id", text(&sums.sha1)),
        ("output_base64sha256", text(&sums.base64sha256)),
        ("output_base64sha512", text(&sums.base64sha512)),
        ("output_md5", text(&sums.md5)),
        ("output_sha", text(&sums.sha1)),
        ("output_sha256", text(&sums.sha256)),
        ("output_sha512", text(&sums.sha512)),
        ("output_size", Value::count(archive.len())),
    ])
}

fn entries(arguments: Arguments<'_>, output: &str) -> Result<Vec<Entry>, String> {
    if let Some(folder) = arguments.text("source_dir") {
        let choice = Choice {
            excludes: Patterns::parse(&arguments.texts("excludes"))?,
            without_linked_folders: arguments.flag("exclude_symlink_directories") == Some(true),
            output: Path::new(output),
        };
        return tree::files(folder, &choice);
    }
    if let Some(file) = arguments.text("source_file") {
        return Ok(vec![Entry::file(file)?]);
    }
    if let Some(name) = arguments.text("source_content_filename") {
        let content = arguments.text("source_content").unwrap_or_default();
        return Ok(vec![Entry::given(name, content)]);
    }
    let sources = arguments.value("source").and_then(Value::items).unwrap_or_default();
    let by_name: BTreeMap<&str, &str> = sources
        .iter()
        .filter_map(|source| Some((Arguments(source).text("filename")?, Arguments(source).text("content")?)))
        .collect();
    Ok(by_name.into_iter().map(|(name, content)| Entry::given(name, content)).collect())
}

/// A number as in source text: octal after `0` or `0o`, hexadecimal after `0x`, binary after `0b`, decimal otherwise.
fn mode(text: &str) -> Result<u32, String> {
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = match lower.as_bytes() {
        [b'0', b'x', ..] => (lower.get(2..), 16),
        [b'0', b'b', ..] => (lower.get(2..), 2),
        [b'0', b'o', ..] => (lower.get(2..), 8),
        [b'0', _, ..] => (lower.get(1..), 8),
        _ => (Some(lower.as_str()), 10),
    };
    let digits = digits.unwrap_or_default().replace('_', "");
    let number = u32::from_str_radix(&digits, radix).ok().filter(|_| !digits.starts_with('+'));
    number
        .filter(|mode| *mode <= i32::MAX as u32)
        .ok_or_else(|| format!("\"{text}\" is no file mode; \"0644\" is one."))
}
