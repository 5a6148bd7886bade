//! Which providers a project needs, where, and which are built in.

use std::collections::BTreeSet;
use std::path::Path;

use crate::address::{EnvironmentName, ModulePath, ProviderAddress};
use crate::config::{Configuration, ModuleId};
use crate::diag::{Diagnostic, Diagnostics};
use crate::plan::Schemas;
use crate::port::{Providers, StateStore};

use super::inspect;

/// A provider's use in one module, in the order of the module tree.
#[derive(Debug)]
pub struct Needed {
    pub module: ModulePath,
    /// The depth of the module in the tree; 0 for the root.
    pub depth: usize,
    pub providers: Vec<Needing>,
}

#[derive(Debug)]
pub struct Needing {
    pub address: ProviderAddress,
    /// The version constraints as written; empty if there are none.
    pub versions: String,
    /// The public release that the built-in provider implements; none for a plugin.
    pub release: Option<&'static str>,
}

/// The providers that a project's modules need, parents before children, then those that only its state needs.
pub async fn needed(
    folder: &Path,
    store: &dyn StateStore,
    environment: &EnvironmentName,
) -> Result<(Vec<Needed>, Vec<Needing>), Diagnostics> {
    let configuration = inspect::configuration(folder)?;
    let mut modules = Vec::new();
    below(&configuration, configuration.root_id(), &mut modules);
    let state = inspect::state(store, environment).await?;
    let stored: BTreeSet<&ProviderAddress> =
        state.resources.values().map(|resource| &resource.provider.provider).collect();
    let stored = stored.into_iter().map(|address| needing(address.clone(), String::new()));
    Ok((modules, stored.collect()))
}

fn below(configuration: &Configuration, root: ModuleId, modules: &mut Vec<Needed>) {
    let mut waiting = vec![root];
    while let Some(id) = waiting.pop() {
        let node = configuration.node(id);
        let providers = node.module.provider_requirements().into_iter().map(|(address, versions)| {
            let versions: BTreeSet<String> = versions.iter().map(ToString::to_string).collect();
            needing(address, versions.into_iter().collect::<Vec<_>>().join(", "))
        });
        let depth = node.path.calls().len();
        modules.push(Needed { module: node.path.clone(), depth, providers: providers.collect() });
        waiting.extend(node.children.values().rev());
    }
}

fn needing(address: ProviderAddress, versions: String) -> Needing {
    let release = crate::provider::release(&address);
    Needing { address, versions, release }
}

/// The schemas of the providers that a project needs; a missing provider is only warned of.
pub async fn schemas(
    folder: &Path,
    store: &dyn StateStore,
    environment: &EnvironmentName,
    providers: &dyn Providers,
) -> Result<(Schemas, Diagnostics), Diagnostics> {
    let (modules, stored) = needed(folder, store, environment).await?;
    let (mut schemas, mut diagnostics) = (Schemas::default(), Diagnostics::new());
    let found = modules.into_iter().flat_map(|module| module.providers).chain(stored);
    let addresses: BTreeSet<ProviderAddress> = found.map(|needing| needing.address).collect();
    for address in addresses {
        match providers.schema(&address).await {
            Ok(schema) => drop(schemas.0.insert(address, schema)),
            Err(fault) => diagnostics.push(Diagnostic::warning("Provider left out", fault.to_string())),
        }
    }
    Ok((schemas, diagnostics))
}
