//! The destination of a move for a given place.

use crate::address::{InstanceKey, ModuleInstance};

use super::statement::Statement;

impl Statement {
    /// The module instance that corresponds to one that matches `from`. Whatever `to` leaves open is taken from the
    /// place itself: the instance of the module that contains the block, the key of a call that moves as a whole, and
    /// everything deeper.
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
