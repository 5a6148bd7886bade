//! States of other environments and projects, for those who read outputs from them.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use crate::address::EnvironmentName;
use crate::port::{OtherStates, StateStore};
use crate::provider::Registry;
use crate::state::State;
use crate::store::sqlite::SqliteStore;

/// Providers that may read states of other environments and projects.
pub fn providers() -> Registry {
    Registry::beside(Arc::new(Neighbours))
}

/// Reads the files of our own default store. Nothing is changed, and no lock is taken.
#[derive(Debug, Default)]
struct Neighbours;

#[async_trait]
impl OtherStates for Neighbours {
    async fn state(&self, folder: &Path, environment: &str) -> Result<State, String> {
        let name = EnvironmentName::new(environment).map_err(|error| format!("{error}."))?;
        let store = SqliteStore::new(folder);
        let place = store.path(&name);
        if !place.exists() {
            let known = store.environments().unwrap_or_default();
            let known: Vec<String> = known.iter().map(ToString::to_string).collect();
            let there = match known.is_empty() {
                true => "there are no states beside it".to_owned(),
                false => format!("there are those of {}", known.join(", ")),
            };
            return Err(format!(
                "There is no state in {}, and {there}; {name} may not have been applied yet.",
                place.display()
            ));
        }
        store.read(&name).await.map_err(|fault| format!("{fault}."))
    }
}
