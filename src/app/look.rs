//! What is stored, for whoever looks at it.

use std::collections::BTreeSet;
use std::path::Path;

use crate::address::{AbsoluteInstance, EnvironmentName, ProviderAddress};
use crate::config::{Configuration, parse_target};
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::plan::Schemas;
use crate::port::{Effect, Holder, Opened, Outcome, Providers, Revision, StateStore};
use crate::state::{State, Status};

use super::fault::store_fault;
use super::project::Project;
use super::state::select;

/// The state of an environment.
pub async fn state(store: &dyn StateStore, environment: &EnvironmentName) -> Result<State, Diagnostics> {
    store.read(environment).await.map_err(|fault| store_fault(&fault).into())
}

/// The configuration of a project.
pub fn configuration(folder: &Path) -> Result<Configuration, Diagnostics> {
    let (project, diagnostics) = Project::open(folder);
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(project.configuration) }
}

/// What the types in a state look like, as far as anybody here knows.
pub async fn schemas(providers: &dyn Providers, state: &State) -> Schemas {
    let wanted: BTreeSet<&ProviderAddress> =
        state.resources.values().map(|resource| &resource.provider.provider).collect();
    let mut schemas = Schemas::default();
    for address in wanted {
        if let Ok(schema) = providers.schema(address).await {
            schemas.0.insert(address.clone(), schema);
        }
    }
    schemas
}

/// Marks an object as unfit, so that the next apply replaces it, or takes that back.
pub async fn taint(
    store: &dyn StateStore,
    (environment, holder): (&EnvironmentName, &Holder),
    typed: &str,
    status: Status,
) -> Result<AbsoluteInstance, Diagnostics> {
    let address = instance(typed)?;
    let patience = std::time::Duration::ZERO;
    let opened = store.open(environment, holder, patience).await;
    let Opened { lease, state, .. } = opened.map_err(|fault| store_fault(&fault))?;
    let resource = state.resources.get(&address.absolute_resource());
    let object = state.instance(&address).and_then(|instance| instance.current.clone());
    let (Some(resource), Some(mut object)) = (resource, object) else {
        drop(lease.release().await);
        return Err(select::missing(&state, &address.to_string(), environment).into());
    };
    object.status = status;
    let (provider, place) = (resource.provider.clone(), address.clone());
    let effect = Effect::Put { address: place, deposed: None, provider, object };
    lease.tell(Outcome { operation: None, effects: vec![effect] });
    let revision = Revision {
        when: jiff::Timestamp::now().to_string(),
        who: holder.who.clone(),
        what: format!("{} {address}", holder.operation),
        ..Revision::default()
    };
    lease.finish(revision).await.map_err(|fault| store_fault(&fault))?;
    lease.release().await.map_err(|fault| store_fault(&fault))?;
    Ok(address)
}

/// An instance, as typed.
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
