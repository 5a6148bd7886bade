//! The configuration of a preview, kept with its state, so that the preview can be taken down after its branch is gone.
//!
//! Everything that was read to make it is kept, except secrets: neither secret values nor the files that they were in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::address::EnvironmentName;
use crate::config::Variable;
use crate::diag::{Diagnostic, Diagnostics};
use crate::environment::Chosen;
use crate::environment::preview::Record;
use crate::port::{Lease, StateStore};
use crate::source::{self, Copy, Package};
use crate::syntax;
use crate::value::Name;

use super::super::fault::store_fault;
use super::super::inputs::{self, Given, Said};
use super::super::project::Project;
use super::super::run::Question;
use super::{RECORD, fault, records};

const CONFIGURATION: &str = "configuration";

/// A file read by a function is kept only up to this size: larger ones are data to be processed rather than
/// configuration.
const LARGEST: u64 = 1024 * 1024;

/// The most bytes of such files that are kept in all.
const MOST: u64 = 8 * 1024 * 1024;

/// The kept configuration of a preview, unpacked into a temporary folder.
#[derive(Debug)]
pub struct Kept {
    package: Package,
    copy: Copy,
}

impl Kept {
    /// The kept configuration of an environment, if there is one.
    pub async fn of(
        store: &dyn StateStore,
        environment: &EnvironmentName,
    ) -> Result<Option<Self>, Diagnostics> {
        let Some(text) = store.note(environment, CONFIGURATION).await.map_err(fault)? else {
            return Ok(None);
        };
        let kept = Package::unpack(&text).and_then(|package| Ok(Self { copy: package.lay_out()?, package }));
        kept.map(Some).map_err(|error| {
            let why =
                format!("The configuration that was kept for {environment} cannot be unpacked: {error}.");
            Diagnostic::error("Kept configuration cannot be used", why).into()
        })
    }

    /// The folder to read as the project.
    pub fn base(&self) -> &Path {
        self.copy.base()
    }

    /// Removes the unpacked files. The kept copy in the store stays.
    pub fn clear(&self) {
        self.copy.remove();
    }

    /// Merges the inputs given when the preview was made with those given now. On the command line the present ones
    /// win; in the process environment, which may belong to anything, the earlier ones.
    pub fn given(&self, now: Given) -> Given {
        let mut environment: BTreeMap<String, Vec<u8>> = now.environment.into_iter().collect();
        let kept = self.package.environment.iter();
        environment.extend(kept.map(|(name, text)| (name.clone(), text.clone().into_bytes())));
        let files = self.package.value_files.iter().map(|file| Said::File(self.base().join(file)));
        let typed = self.package.variables.iter().cloned().map(Said::Variable);
        Given {
            said: files.chain(typed).chain(now.said).collect(),
            environment: environment.into_iter().collect(),
        }
    }
}

/// Stores what is known of a preview, and its configuration, before anything of it is created.
pub(in super::super) async fn keep(
    (store, lease): (&dyn StateStore, &dyn Lease),
    record: &Record,
    (project, question, chosen): (&Project, &Question, Option<&Chosen>),
) -> Result<(), Diagnostics> {
    let environment = &question.environment;
    let known = store.note(environment, RECORD).await.map_err(fault)?.is_some_and(|text| !text.is_empty());
    lease.note(RECORD, &record.write()).await.map_err(fault)?;
    // A preview admitted at the same moment could not be seen then. Now both are on record, so whoever checks second
    // sees the other.
    if let Some((preview, _)) = chosen.and_then(|chosen| chosen.preview.as_ref())
        && !known
        && let Some(limit) = preview.limit
    {
        let environments = store.environments().await.map_err(fault)?;
        let count = records(store, &environments).await?.len() as u64;
        if count > limit {
            lease.note(RECORD, "").await.map_err(fault)?;
            let why = format!(
                "There are {count} previews, because others came at the same time, and the limit is {limit}. \
                 Nothing was created."
            );
            return Err(Diagnostic::error("Too many previews", why).at(preview.span.clone()).into());
        }
    }
    let packed = package(project, question, chosen).pack().map_err(|error| {
        Diagnostic::error("Configuration cannot be kept", format!("Packing it failed: {error}."))
    })?;
    lease.note(CONFIGURATION, &packed).await.map_err(fault)
}

/// Between the decision to take a preview down and the lease, somebody else may have brought it up or taken it down.
/// Then there is nothing left to do, which is no error.
pub(in super::super) async fn unchanged(
    store: &dyn StateStore,
    environment: &EnvironmentName,
    record: &Record,
) -> Diagnostics {
    match store.note(environment, RECORD).await {
        Err(fault) => store_fault(&fault).into(),
        Ok(text) if text.as_deref().and_then(Record::read).as_ref() == Some(record) => Diagnostics::new(),
        Ok(None) => {
            let why = format!("Somebody else has taken {environment} down in the meantime.");
            Diagnostic::warning("Preview is gone already", why).into()
        }
        Ok(Some(_)) => {
            let why = format!(
                "Somebody else has brought {environment} up in the meantime, so it is not taken down."
            );
            Diagnostic::warning("Preview was renewed", why).into()
        }
    }
}

fn package(project: &Project, question: &Question, chosen: Option<&Chosen>) -> Package {
    let variables = &project.configuration.root().module.variables;
    let is_secret = |name: &str| variables.get(name).is_some_and(Variable::is_secret);
    let mut package = Package::default();
    for source in project.files() {
        package.add(Path::new(source.name()), source.text().as_bytes());
    }
    let folder = &question.folder;
    let modules = folder.join(".terraform/modules/modules.json");
    if let Ok(list) = std::fs::read(&modules) {
        package.add(&modules, &list);
    }
    let named = chosen.into_iter().flat_map(|chosen| chosen.layers().flat_map(|(_, layer)| &layer.files));
    let of_environments = named.map(|(path, _)| folder.join(&**path));
    for file in inputs::automatic(folder).into_iter().chain(of_environments) {
        values(&file, variables, &mut package);
    }
    for said in &question.given.said {
        match said {
            Said::File(file) if values(file, variables, &mut package) => {
                package.value_files.push(file.to_string_lossy().into_owned());
            }
            Said::Variable(typed)
                if !typed.split_once('=').is_some_and(|(name, _)| is_secret(name.trim())) =>
            {
                package.variables.push(typed.clone());
            }
            _ => {}
        }
    }
    for (name, text) in &question.given.environment {
        if let Ok(text) = std::str::from_utf8(text)
            && variables.contains_key(name.as_str())
            && !is_secret(name)
        {
            package.environment.push((name.clone(), text.to_owned()));
        }
    }
    read_by_functions(&project.reads(), &mut package);
    package
}

/// Adds a variable file, unless it sets a secret.
fn values(file: &Path, variables: &BTreeMap<Name, Variable>, package: &mut Package) -> bool {
    let mut faults = Diagnostics::new();
    let Some(source) = source::read_found(file, &mut faults) else { return false };
    let body = match file.extension().is_some_and(|extension| extension == "json") {
        true => syntax::parse_json_file(&source, &mut faults),
        false => syntax::parse_file(&source, &mut faults),
    };
    let attributes = body.attributes(&mut faults);
    let mut names = (&attributes).into_iter().map(|attribute| attribute.name());
    if names.any(|name| variables.get(name).is_some_and(Variable::is_secret)) {
        return false;
    }
    package.add(file, source.text().as_bytes());
    file.is_relative()
}

fn read_by_functions(files: &[PathBuf], package: &mut Package) {
    let mut total = 0;
    for file in files.iter().filter(|file| !looks_secret(file)) {
        let size = std::fs::metadata(file).map_or(u64::MAX, |metadata| metadata.len());
        if size > LARGEST || total + size > MOST || package.names().any(|name| Path::new(name) == file) {
            continue;
        }
        if let Ok(content) = std::fs::read(file) {
            total += size;
            package.add(file, &content);
        }
    }
}

/// Whether a file name is a customary one for keys or passwords.
fn looks_secret(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let endings = [".pem", ".key", ".p12", ".pfx", ".jks", ".kdbx", ".tfstate", ".secret"];
    name.starts_with(".env")
        || name.starts_with("id_")
        || name == ".netrc"
        || endings.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::looks_secret;

    #[test]
    fn keys_and_passwords_are_not_kept() {
        for name in ["id_ed25519", "tls/server.key", ".env", ".env.local", "a.PEM", "terraform.tfstate"] {
            assert!(looks_secret(Path::new(name)), "{name}");
        }
        for name in ["index.html", "keys.json", "identity.tf", "environment.txt"] {
            assert!(!looks_secret(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn what_is_given_now_wins_over_what_was_given_then() {
        let mut package = crate::source::Package::default();
        package.variables.push("a=1".into());
        package.environment.push(("b".into(), "then".into()));
        let kept = super::Kept { copy: package.lay_out().unwrap(), package };
        let now = super::Given { said: vec![super::Said::Variable("a=2".into())], ..super::Given::default() };
        let given = kept.given(now);
        assert_eq!(given.said, ["a=1", "a=2"].map(|typed| super::Said::Variable(typed.into())));
        assert_eq!(given.environment, [("b".to_owned(), b"then".to_vec())]);
    }
}
