//! The names of origins, and what of an environment has one.

use std::collections::BTreeMap;

use crate::value::{Mark, Marks, Name, Origin, Role, Value};

/// The environment's name, as data: names and tags are made of it.
pub const NAME: &str = "environment";

/// What the tier of an environment decided in `terrace.hcl`.
pub const TIER: &str = "environment.tier";

/// Before the name of a toggle.
pub const TOGGLE: &str = "toggle.";

/// Before the name of a service that is supplied with variables.
pub const SERVICE: &str = "variables_for.";

/// The marks of the environment's name wherever it is known without being asked for.
pub fn of_name() -> Marks {
    Marks::one(Mark::Origin(Origin::new(NAME, Role::Text)))
}

/// Marks what expressions in `terrace.hcl` can name.
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
