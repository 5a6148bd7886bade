//! Gives `terraform_remote_state` access to the states of other environments and projects.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use crate::address::EnvironmentName;
use crate::diag::{Diagnostics, closest};
use crate::port::{OtherStates, StateStore};
use crate::provider::Registry;
use crate::state::State;
use crate::store::sqlite::SqliteStore;

use super::environment;

/// The providers, with access to the states of other environments and projects.
pub fn providers() -> Registry {
    Registry::beside(Arc::new(SqliteStates))
}

/// Reads the files of Terrace's default store. Nothing is changed, and no lock is taken.
#[derive(Debug, Default)]
struct SqliteStates;

#[async_trait]
impl OtherStates for SqliteStates {
    async fn state(&self, folder: &Path, environment: &str) -> Result<State, String> {
        let name = EnvironmentName::new(environment).map_err(|error| format!("{error}."))?;
        let store = SqliteStore::new(folder);
        if !store.path(&name).exists() {
            return Err(absence(folder, name.as_str(), &store));
        }
        store.read(&name).await.map_err(|fault| format!("{fault}."))
    }
}

/// The message that there is no such state, with what there is instead.
fn absence(folder: &Path, name: &str, store: &SqliteStore) -> String {
    let project = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let shown = project.display();
    if !project.is_dir() {
        return format!("There is no directory {shown}.");
    }
    let applied: BTreeSet<String> =
        store.environments().unwrap_or_default().iter().map(ToString::to_string).collect();
    let declared: BTreeSet<String> = match environment::definitions(project, &mut Diagnostics::new()) {
        Some(definitions) => definitions.applicable().map(|one| one.name.to_string()).collect(),
        None => [EnvironmentName::DEFAULT.to_owned()].into(),
    };
    let list = |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    if declared.contains(name) {
        let others = match applied.is_empty() {
            true => String::new(),
            false => format!(" There are outputs of {}.", list(&applied)),
        };
        return format!(
            "The environment {name} of the project in {shown} has not been applied yet, so that it has no outputs.{others}"
        );
    }
    let known: BTreeSet<String> = declared.union(&applied).cloned().collect();
    let meant = closest(name, known.iter().map(String::as_str));
    let meant = meant.map(|meant| format!(" Did you mean \"{meant}\"?")).unwrap_or_default();
    format!("The project in {shown} has no environment \"{name}\"; what there is: {}.{meant}", list(&known))
}
