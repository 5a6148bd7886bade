//! Declares the rules for bodies briefly.

use crate::syntax::{BlockRule, BodyRule};

/// Arguments (with whether they are required) and blocks (with the names of their labels).
pub(super) fn rule(
    attributes: &[(&'static str, bool)],
    blocks: &[(&'static str, &'static [&'static str])],
) -> BodyRule<'static> {
    BodyRule {
        attributes: attributes.to_vec(),
        blocks: blocks.iter().map(|(kind, labels)| BlockRule { kind, labels }).collect(),
    }
}

/// The same rule with nothing required, for override files.
pub(super) fn relaxed(strict: &BodyRule<'static>) -> BodyRule<'static> {
    BodyRule {
        attributes: strict.attributes.iter().map(|(name, _)| (*name, false)).collect(),
        blocks: strict.blocks.clone(),
    }
}
