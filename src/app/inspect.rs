//! Read-only access to what is stored.

use std::collections::BTreeSet;
use std::path::Path;

use crate::address::{AbsoluteInstance, EnvironmentName, ProviderAddress};
use crate::config::{Configuration, parse_target};
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::plan::Schemas;
use crate::port::{Providers, StateStore};
use crate::state::State;

use super::fault::store_fault;
use super::project::Project;

/// The state of an environment.
pub async fn state(store: &dyn StateStore, environment: &EnvironmentName) -> Result<State, Diagnostics> {
    store.read(environment).await.map_err(|fault| store_fault(&fault).into())
}

/// The configuration of a project.
pub fn configuration(folder: &Path) -> Result<Configuration, Diagnostics> {
    let (project, diagnostics) = Project::open(folder);
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(project.configuration) }
}

/// The schemas of the types in a state, as far as they are known.
pub async fn schemas(providers: &dyn Providers, state: &State) -> Schemas {
    schemas_of(providers, state.resources.values().map(|resource| resource.provider.provider.clone())).await
}

/// The schemas of these providers, as far as they are known.
pub async fn schemas_of(
    providers: &dyn Providers,
    addresses: impl Iterator<Item = ProviderAddress>,
) -> Schemas {
    let mut schemas = Schemas::default();
    for address in addresses.collect::<BTreeSet<ProviderAddress>>() {
        if let Ok(schema) = providers.schema(&address).await {
            schemas.0.insert(address, schema);
        }
    }
    schemas
}

/// Parses the address of an instance.
pub fn instance(typed: &str) -> Result<AbsoluteInstance, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let target = parse_target(&Source::new("<address>", typed), &mut diagnostics);
    let Some(target) = target else { return Err(diagnostics) };
    match target.resource {
        Some(resource) => Ok(AbsoluteInstance { module: target.module, resource, key: target.key }),
        None => {
            let why = format!("\"{typed}\" is a module; the address of a resource instance is needed here.");
            Err(Diagnostic::error("Invalid address", why).into())
        }
    }
}
