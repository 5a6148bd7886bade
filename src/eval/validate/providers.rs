//! Which block configures a provider for a module.

use std::collections::HashSet;

use crate::address::LocalProvider;
use crate::config::{Configuration, ModuleId};

/// A block that configures a provider.
pub type Configuring<'c> = (ModuleId, &'c LocalProvider);

/// The block of a provider configuration that a module refers to: its own, or one that a caller passes down.
pub fn configuring<'c>(
    configuration: &'c Configuration,
    mut id: ModuleId,
    (mut name, mut alias): (&'c str, Option<&'c str>),
) -> Option<Configuring<'c>> {
    let is = |local: &LocalProvider, name: &str, alias: Option<&str>| {
        *local.name == *name && local.alias.as_deref() == alias
    };
    loop {
        let mut blocks = configuration.node(id).module.providers.keys();
        if let Some(found) = blocks.find(|local| is(local, name, alias)) {
            return Some((id, found));
        }
        let (_, call) = configuration.call_of(id)?;
        match call.providers.iter().find(|passed| is(&passed.in_child.local, name, alias)) {
            Some(passed) => {
                let local = &passed.in_parent.local;
                (name, alias) = (&local.name, local.alias.as_deref());
            }
            None if alias.is_none() => {}
            None => return None,
        }
        id = configuration.node(id).parent?;
    }
}

/// The blocks that some resource uses. The others configure nothing, and are not checked.
pub(super) fn used(configuration: &Configuration) -> HashSet<Configuring<'_>> {
    let resources = configuration.nodes().flat_map(|(id, node)| {
        node.module.resources.values().map(move |resource| (id, resource.local_provider()))
    });
    resources.filter_map(|(id, local)| configuring(configuration, id, local)).collect()
}
