//! One module: the combined declarations of the files in a directory.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::{LocalProvider, ProviderAddress, ResourceAddress, ResourceMode};
use crate::value::Name;

use super::{
    Check, Import, Local, ModuleCall, Moved, Output, ProviderConfig, Removed, Resource, Settings, Variable,
    VersionConstraints,
};

/// The combined declarations of the files in a directory, with overrides applied.
#[derive(Clone, Default)]
pub struct Module {
    /// The name of the directory in the source tree.
    pub directory: Arc<str>,
    pub settings: Settings,
    pub providers: BTreeMap<LocalProvider, ProviderConfig>,
    pub variables: BTreeMap<Name, Variable>,
    pub locals: BTreeMap<Name, Local>,
    pub outputs: BTreeMap<Name, Output>,
    /// Managed resources, then data sources (including those inside `check` blocks), then ephemeral resources. Boxed,
    /// because there may be thousands, and sorting moves them.
    pub resources: BTreeMap<ResourceAddress, Box<Resource>>,
    pub calls: BTreeMap<Name, ModuleCall>,
    pub checks: BTreeMap<Name, Check>,
    pub moved: Vec<Moved>,
    pub imports: Vec<Import>,
    pub removed: Vec<Removed>,
}

impl Module {
    pub fn resource(&self, mode: ResourceMode, kind: &str, name: &str) -> Option<&Resource> {
        self.resources.get(&ResourceAddress::new(mode, kind, name)).map(AsRef::as_ref)
    }

    /// The providers that the module itself requires, each with all of its version constraints.
    pub fn provider_requirements(&self) -> BTreeMap<ProviderAddress, Vec<VersionConstraints>> {
        let mut needed: BTreeMap<ProviderAddress, Vec<VersionConstraints>> = BTreeMap::new();
        for entry in self.settings.required_providers.values() {
            needed.entry(entry.address.clone()).or_default().extend(entry.version.clone());
        }
        for config in self.providers.values() {
            let address = self.provider_address(config.name());
            needed.entry(address).or_default().extend(config.version.clone());
        }
        let used = self.resources.values().map(|resource| &resource.provider);
        for address in used.chain(self.imports.iter().map(|import| &import.provider)) {
            if !needed.contains_key(address) {
                needed.insert(address.clone(), Vec::new());
            }
        }
        needed
    }

    /// The provider that a local name refers to in this module.
    pub fn provider_address(&self, local_name: &str) -> ProviderAddress {
        match self.settings.required_providers.get(local_name) {
            Some(required) => required.address.clone(),
            None => ProviderAddress::implied(local_name),
        }
    }
}
