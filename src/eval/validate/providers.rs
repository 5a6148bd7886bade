//! Which block configures which provider for whom.

use std::collections::HashSet;

use crate::address::LocalProvider;
use crate::config::{Configuration, ModuleId};

/// The block that configures a provider for a module: its own, or one that a caller hands down.
pub fn configuring(
    configuration: &Configuration,
    mut id: ModuleId,
    mut local: LocalProvider,
) -> Option<(ModuleId, LocalProvider)> {
    loop {
        if configuration.node(id).module.providers.contains_key(&local) {
            return Some((id, local));
        }
        let (_, call) = configuration.call_of(id)?;
        local = match call.providers.iter().find(|passed| passed.in_child.local == local) {
            Some(passed) => passed.in_parent.local.clone(),
            None if local.alias.is_none() => local,
            None => return None,
        };
        id = configuration.node(id).parent?;
    }
}

/// The blocks that some resource uses. The others configure nothing, and nothing is asked of them.
pub(super) fn used(configuration: &Configuration) -> HashSet<(ModuleId, LocalProvider)> {
    let resources = configuration.nodes().flat_map(|(id, node)| {
        node.module.resources.values().map(move |resource| (id, resource.local_provider()))
    });
    resources.filter_map(|(id, local)| configuring(configuration, id, local)).collect()
}
