//! Rules for bodies, said once.

use crate::syntax::{BlockRule, BodyRule};

/// Arguments (with whether they are required) and blocks (with what their labels are).
pub(super) fn rule(
    attributes: &[(&'static str, bool)],
    blocks: &[(&'static str, &'static [&'static str])],
) -> BodyRule<'static> {
    BodyRule {
        attributes: attributes.to_vec(),
        blocks: blocks.iter().map(|(kind, labels)| BlockRule { kind, labels }).collect(),
    }
}

/// The same rule with nothing required: in an override file everything may be left out.
pub(super) fn relaxed(strict: &BodyRule<'static>) -> BodyRule<'static> {
    BodyRule {
        attributes: strict.attributes.iter().map(|(name, _)| (*name, false)).collect(),
        blocks: strict.blocks.clone(),
    }
}
