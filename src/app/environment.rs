//! Chooses the environment and reads what `terrace.hcl` says of it.

use std::path::Path;
use std::sync::Arc;

use crate::address::EnvironmentName;
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::environment::{Chosen, Definitions, FILE, Outside, PreviewFacts, SecretCall};
use crate::source;
use crate::value::{Type, Value};

use super::{state, wrong_folder};

/// What the project in a directory says about its environments; none without a `terrace.hcl`.
pub fn definitions(folder: &Path, diagnostics: &mut Diagnostics) -> Option<Definitions> {
    let file = folder.join(FILE);
    if !file.exists() {
        return None;
    }
    let tidy = file.strip_prefix(".").unwrap_or(&file);
    let source = source::read_found(tidy, diagnostics)?;
    Some(Definitions::read(&source, diagnostics))
}

/// Whether this is the name of an environment.
pub fn is_declared(folder: &Path, name: &str) -> bool {
    definitions(folder, &mut Diagnostics::new()).is_some_and(|all| all.environment(name).is_some())
}

/// The environment that was named, or the only one. An environment that has a state but is no longer declared can still
/// be inspected.
pub fn named(
    folder: &Path,
    name: Option<&str>,
    has_state: impl Fn(&EnvironmentName) -> bool,
) -> Result<EnvironmentName, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let definitions = definitions(folder, &mut diagnostics);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let typed = name
        .map(EnvironmentName::new)
        .transpose()
        .map_err(|error| Diagnostic::error("Invalid environment name", format!("{error}.")))?;
    if let Some(typed) = &typed {
        if has_state(typed) || state::left_for(folder, typed) {
            return Ok(typed.clone());
        }
        if typed.as_str().starts_with("preview/") {
            let why = format!("There is no {typed}: nobody has brought it up, or it was taken down.");
            return Err(Diagnostic::error("No such preview", why)
                .hint("terrace preview list shows those that there are; terrace preview up makes one.")
                .into());
        }
    }
    if typed.is_none()
        && definitions.is_none()
        && !has_state(&EnvironmentName::default())
        && let Some(fault) = wrong_folder::nothing_here(folder)
    {
        return Err(fault.into());
    }
    Ok(choose((folder, definitions.as_ref()), typed.as_ref().map(EnvironmentName::as_str), None)?.0)
}

/// The environment with everything `terrace.hcl` says of it, if there is one.
pub(super) fn choose(
    (folder, definitions): (&Path, Option<&Definitions>),
    name: Option<&str>,
    preview: Option<&PreviewFacts>,
) -> Result<(EnvironmentName, Option<Chosen>), Diagnostics> {
    let Some(definitions) = definitions else { return undeclared(folder, name).map(|name| (name, None)) };
    let chosen = match preview {
        Some(facts) => definitions.preview(facts.clone()),
        None => definitions.choose(name),
    }?;
    Ok((chosen.name.clone(), Some(chosen)))
}

/// Without terrace.hcl there is one environment.
pub(super) fn undeclared(folder: &Path, name: Option<&str>) -> Result<EnvironmentName, Diagnostics> {
    let name = name.unwrap_or(EnvironmentName::DEFAULT);
    if name == EnvironmentName::DEFAULT {
        return Ok(EnvironmentName::default());
    }
    Err(wrong_folder::no_environments(folder, name).into())
}

/// Whether to read secrets, or only say where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    Read,
    /// Read those that are available; the others are unknown.
    WhereThere,
    /// Read none: all are unknown.
    Unknown,
}

/// Gives the evaluation of `terrace.hcl` access to the files and secrets of a project.
pub(super) struct Beside<'f> {
    pub folder: &'f Path,
    pub secrets: Secrets,
    /// Whether values are marked with the settings that they were derived from.
    pub follows_origins: bool,
}

impl Outside for Beside<'_> {
    fn file(&self, path: &str, diagnostics: &mut Diagnostics) -> Option<Arc<Source>> {
        let file = self.folder.join(path);
        source::read(file.strip_prefix(".").unwrap_or(&file), diagnostics).map(Source::as_values)
    }

    fn follows_origins(&self) -> bool {
        self.follows_origins
    }

    fn secret(&self, call: &SecretCall) -> Result<Value, String> {
        match self.secrets {
            Secrets::Read => source::secret(call, self.folder).map(|text| Value::string(&text)),
            Secrets::WhereThere => {
                // A kept copy has no secrets; they are beside the project, in the current directory.
                let found = source::secret(call, Path::new(".")).ok();
                Ok(found.map_or_else(|| Value::unknown(Type::String), |text| Value::string(&text)))
            }
            Secrets::Unknown => Ok(Value::unknown(Type::String)),
        }
    }
}
