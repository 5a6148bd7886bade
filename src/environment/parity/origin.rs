//! The names of origins, and which parts of an environment have one.

use std::collections::BTreeMap;

use crate::value::{Mark, Marks, Name, Origin, Role, Value};

/// The environment's name, used as data: in names and tags.
pub const NAME: &str = "environment";

/// A decision in `terrace.hcl` by the tier of an environment.
pub const TIER: &str = "environment.tier";

/// The prefix for a toggle.
pub const TOGGLE: &str = "toggle.";

/// The prefix for a service with variables.
pub const SERVICE: &str = "variables_for.";

/// The marks of the environment's name, wherever it appears without a reference.
pub fn of_name() -> Marks {
    Marks::one(Mark::Origin(Origin::new(NAME, Role::Text)))
}

/// Marks the values that expressions in `terrace.hcl` may refer to.
pub(in crate::environment) fn mark(names: &mut BTreeMap<&'static str, BTreeMap<Name, Value>>) {
    for (root, known) in names {
        for (name, value) in known {
            let origin = match (*root, &**name) {
                ("environment", "tier") => Origin::new(TIER, Role::Part),
                ("environment" | "preview", _) => Origin::new(NAME, Role::Text),
                ("toggle", name) => Origin::new(format!("{TOGGLE}{name}"), Role::Part),
                _ => continue,
            };
            *value = value.clone().mark(Mark::Origin(origin));
        }
    }
}
