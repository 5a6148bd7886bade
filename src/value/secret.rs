//! Finds the secrets inside a value.

use super::{Kind, Mark, Marks, Value, deep};

impl Marks {
    /// Whether a value with these marks must not be shown: it is sensitive or ephemeral.
    pub fn are_secret(&self) -> bool {
        !self.is_empty() && (self.contains(&Mark::Sensitive) || self.contains(&Mark::Ephemeral))
    }
}

impl Value {
    /// Calls `visit` with every string, number and bool in or below a sensitive or ephemeral value.
    pub fn each_secret(&self, visit: &mut impl FnMut(&Self)) {
        if self.is_marked_deep() {
            self.leaves(false, visit);
        }
    }

    fn leaves(&self, secret: bool, visit: &mut impl FnMut(&Self)) {
        let secret = secret || self.marks().are_secret();
        if secret && matches!(self.kind(), Kind::String(_) | Kind::Number(_) | Kind::Bool(_)) {
            return visit(self);
        }
        let items = self.items().into_iter().flatten();
        let entries = self.entries().into_iter().flat_map(|entries| entries.values());
        items.chain(entries).for_each(|part| deep(|| part.leaves(secret, &mut *visit)));
    }
}
