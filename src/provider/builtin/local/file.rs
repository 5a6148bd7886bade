//! `local_file` and `local_sensitive_file`. Every change creates a new file; one that was changed or removed by
//! somebody else counts as gone.

use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use async_trait::async_trait;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::GeneralPurposeConfig;
use base64::engine::{DecodePaddingMode, GeneralPurpose};
use sha1::Digest;

use super::{CHECKSUMS, results};
use crate::port::{
    Applied, ApplyRequest, Current, Effects, PlanRequest, Planned, Remark, Remarks, Search, Settled,
};
use crate::provider::builtin::object::{Arguments, at, exactly_one, filled};
use crate::provider::builtin::{Resource, blocking};
use crate::schema::{Attribute, Block};
use crate::value::{Name, Type, Value};

pub(super) struct LocalFile {
    sensitive: bool,
    /// The arguments for the content; exactly one is given.
    origins: &'static [&'static str],
    /// The default permissions.
    permission: &'static str,
}

impl LocalFile {
    pub(super) fn plain() -> Self {
        let origins = &["content", "sensitive_content", "content_base64", "source"];
        Self { sensitive: false, origins, permission: "0777" }
    }

    pub(super) fn sensitive() -> Self {
        Self { sensitive: true, origins: &["content", "content_base64", "source"], permission: "0700" }
    }
}

/// Nobody looks at more of a file that somebody has edited.
const LONGEST: u64 = 1024 * 1024;

const PERMISSIONS: [&str; 2] = ["directory_permission", "file_permission"];

#[async_trait]
impl Resource for LocalFile {
    fn schema(&self) -> Block {
        let secret = |attribute: Attribute| if self.sensitive { attribute.sensitive() } else { attribute };
        let text = || Attribute::optional(Type::String);
        let block = Block::default()
            .with("content", secret(text()))
            .with("content_base64", secret(text()))
            .with("directory_permission", Attribute::optional_computed(Type::String))
            .with("file_permission", Attribute::optional_computed(Type::String))
            .with("filename", Attribute::required(Type::String))
            .with("id", Attribute::computed(Type::String))
            .with("source", text());
        let block = CHECKSUMS
            .into_iter()
            .fold(block, |block, name| block.with(name, Attribute::computed(Type::String)));
        if self.sensitive {
            return block;
        }
        block.with("sensitive_content", Attribute { deprecated: true, ..text().sensitive() })
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let arguments = Arguments(configuration);
        exactly_one(arguments, self.origins, remarks);
        if arguments.text("filename") == Some("") {
            remarks.push(Remark::error("No name", "A file needs a name.").at(at("filename")));
        }
        for name in PERMISSIONS {
            if let Some(text) = arguments.text(name)
                && mode(text).is_none()
            {
                let detail = format!(
                    "\"{text}\" is no permission: three or four octal digits up to 0777 are, such as \"0644\"."
                );
                remarks.push(Remark::error("Not a permission", detail).at(at(name)));
            }
        }
        if let Some(text) = arguments.text("content_base64")
            && decoded(text).is_none()
        {
            let detail = "The content is not valid Base64.";
            remarks.push(Remark::error("Not Base64", detail).at(at("content_base64")));
        }
    }

    fn plan(&self, request: &PlanRequest<'_>, _schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        let mut entries = request.proposed.entries().cloned().unwrap_or_default();
        let configured = Arguments(request.configuration);
        for name in PERMISSIONS {
            if !configured.is_given(name) {
                entries.insert(name.into(), Value::string(self.permission));
            }
        }
        let prior = request.prior.entries();
        let changed = |name: &Name, value: &Value| {
            prior.and_then(|prior| prior.get(name)).is_some_and(|prior| !prior.same(value))
        };
        // All arguments are fixed after creation.
        let arguments = self.origins.iter().chain(&PERMISSIONS).chain(&["filename"]);
        let replace: Vec<_> = arguments
            .filter(|name| entries.get_key_value(name).is_some_and(|(name, value)| changed(name, value)))
            .map(|name| at(name))
            .collect();
        if prior.is_none() || !replace.is_empty() {
            for name in CHECKSUMS.into_iter().chain(["id"]) {
                entries.insert(name.into(), Value::unknown(Type::String));
            }
        }
        Some(Planned { value: Value::object(entries), private: request.private.to_vec(), replace })
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let planned = request.planned.clone();
        let written = blocking(move || {
            let wanted = Wanted::of(&planned)?;
            wanted.write()?;
            Ok::<_, String>(filled(&planned, results(&wanted.content)))
        });
        match written.await {
            Ok(value) => Some(Applied { value, private: request.private.to_vec() }),
            Err(why) => {
                remarks.push(Remark::error("File cannot be written", why).at(at("filename")));
                None
            }
        }
    }

    async fn read(&self, current: Current<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let arguments = Arguments(current.value);
        let name = arguments.text("filename").unwrap_or_default().to_owned();
        let value = match blocking(move || sha1_of_file(Path::new(&name))).await {
            Ok(Some(sum)) if arguments.text("id") == Some(&sum) => current.value.clone(),
            Ok(_) => Value::null(current.value.ty()),
            Err(why) => {
                remarks.push(Remark::error("File cannot be read", why).at(at("filename")));
                return None;
            }
        };
        Some(Applied { value, private: current.private.to_vec() })
    }

    async fn remains(&self, current: Current<'_>) -> Option<Value> {
        let name = Arguments(current.value).text("filename")?.to_owned();
        let read = blocking(move || content_of(Path::new(&name)).map_err(|error| error.to_string()));
        let content = read.await.ok()?;
        let mut value = filled(current.value, results(&content));
        let given = self.origins.iter().find(|name| Arguments(current.value).is_given(name));
        if let (Some(origin), Ok(text)) = (given, String::from_utf8(content))
            && ["content", "sensitive_content"].contains(origin)
        {
            value = filled(&value, [(*origin, Value::string(&text))]);
        }
        Some(value)
    }

    async fn delete(&self, current: Current<'_>, remarks: &mut Remarks) {
        let name = Arguments(current.value).text("filename").unwrap_or_default().to_owned();
        let removed = blocking(move || match std::fs::remove_file(&name) {
            Err(error) if !is_absence(&error) => Err(format!("\"{name}\" cannot be removed: {error}.")),
            _ => Ok(()),
        });
        if let Err(why) = removed.await {
            remarks.push(Remark::error("File cannot be removed", why).at(at("filename")));
        }
    }

    fn effects(&self) -> Effects {
        Effects::Outside
    }

    /// A file with the planned content counts as ours: creating it would have overwritten it anyway, which also happens
    /// if it has any other content.
    async fn find(&self, search: Search<'_>, _remarks: &mut Remarks) -> Settled {
        let planned = search.planned.clone();
        let found = blocking(move || {
            let wanted = Wanted::of(&planned)?;
            let there = match std::fs::read(&wanted.name) {
                Ok(there) => there == wanted.content,
                Err(error) if is_absence(&error) => false,
                Err(error) => return Err(error.to_string()),
            };
            Ok(there.then(|| filled(&planned, results(&wanted.content))))
        });
        match found.await {
            Ok(Some(value)) => Settled::Found(Applied { value, private: search.private.to_vec() }),
            Ok(None) => Settled::Absent,
            Err(_) => Settled::CannotTell,
        }
    }
}

/// The file to write.
struct Wanted {
    name: String,
    content: Vec<u8>,
    file_mode: u32,
    directory_mode: u32,
}

impl Wanted {
    fn of(planned: &Value) -> Result<Self, String> {
        let arguments = Arguments(planned);
        let name = arguments.text("filename").ok_or("The name of the file is not known.")?;
        let content =
            if let Some(text) = arguments.text("sensitive_content").or_else(|| arguments.text("content")) {
                text.as_bytes().to_vec()
            } else if let Some(text) = arguments.text("content_base64") {
                decoded(text).ok_or("Its content is not valid Base64.")?
            } else if let Some(source) = arguments.text("source") {
                std::fs::read(source)
                    .map_err(|error| format!("Its source \"{source}\" cannot be read: {error}."))?
            } else {
                return Err("Its content is not known.".into());
            };
        let mode_of = |argument| {
            let text = arguments.text(argument).unwrap_or_default();
            mode(text).ok_or_else(|| format!("\"{text}\" is no permission."))
        };
        let file_mode = mode_of("file_permission")?;
        let directory_mode = mode_of("directory_permission")?;
        Ok(Self { name: name.to_owned(), content, file_mode, directory_mode })
    }

    /// The umask applies to new files, and an existing file keeps its permissions.
    fn write(&self) -> Result<(), String> {
        let folder = Path::new(&self.name).parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.exists()) {
            let mut builder = std::fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, self.directory_mode);
            builder
                .recursive(true)
                .create(folder)
                .map_err(|error| format!("The folder {} cannot be made: {error}.", folder.display()))?;
        }
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, self.file_mode);
        let is_there = Path::new(&self.name).exists();
        let written = options.open(&self.name).and_then(|mut file| file.write_all(&self.content));
        written.map_err(|error| {
            if !is_there {
                // A partial file would not be in the state.
                let _ = std::fs::remove_file(&self.name);
            }
            format!("\"{}\" cannot be written: {error}.", self.name)
        })
    }
}

/// What a file holds, where somebody can be shown it.
fn content_of(name: &Path) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    std::fs::File::open(name)?.take(LONGEST + 1).read_to_end(&mut content)?;
    if content.len() as u64 > LONGEST {
        return Err(ErrorKind::FileTooLarge.into());
    }
    Ok(content)
}

/// The checksum of a file; `None` if there is no file.
fn sha1_of_file(name: &Path) -> Result<Option<String>, String> {
    let fault = |error: std::io::Error| format!("\"{}\" cannot be read: {error}.", name.display());
    let mut file = match std::fs::File::open(name) {
        Ok(file) => file,
        Err(error) if is_absence(&error) => return Ok(None),
        Err(error) => return Err(fault(error)),
    };
    let mut digest = sha1::Sha1::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => digest.update(piece.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(fault(error)),
        }
    }
    Ok(Some(crate::provider::builtin::checksum::hexadecimal(&digest.finalize())))
}

fn is_absence(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn mode(text: &str) -> Option<u32> {
    let plausible = (3..=4).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    plausible.then(|| u32::from_str_radix(text, 8).ok()).flatten().filter(|mode| *mode <= 0o777)
}

/// Base64 with padding; unused bits and line ends are ignored.
fn decoded(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
    );
    let lines: String = text.chars().filter(|character| !matches!(character, '\r' | '\n')).collect();
    LENIENT.decode(lines).ok()
}
