//! Where a move leads from a given place.

use crate::address::{InstanceKey, ModuleInstance};

use super::statement::Statement;

impl Statement {
    /// The module instance that corresponds to one that matches `from`. What is left open in `to` is as it is in the
    /// place itself: the instance of the module that the block stands in, the key of a call that moves as a whole, and
    /// what lies deeper.
    pub(super) fn destination(&self, place: &ModuleInstance) -> Option<ModuleInstance> {
        let have = place.steps();
        let (outer, _) = have.split_at_checked(self.depth)?;
        let inside = have.get(self.from.steps.len()..)?;
        let moving = have.get(..self.from.steps.len())?.last();
        let relative = self.to.steps.get(self.depth..)?.iter().map(|(call, key)| {
            let key = match key {
                Some(key) => key.clone(),
                None => moving.map_or(InstanceKey::None, |(_, key)| key.clone()),
            };
            (call.clone(), key)
        });
        Some(ModuleInstance::new(outer.iter().cloned().chain(relative).chain(inside.iter().cloned())))
    }
}
