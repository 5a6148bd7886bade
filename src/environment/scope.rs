//! The names that expressions in `terrace.hcl` can use.

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, Diagnostics, closest};
use crate::eval::functions::Table;
use crate::expression::{Function, Reference, Resolution, Scope};
use crate::value::{Name, Value};

/// `environment`, `toggle`, `secret` and `preview`, each with its names.
pub(super) struct EnvironmentScope<'s> {
    pub names: BTreeMap<&'static str, BTreeMap<Name, Value>>,
    pub functions: &'s Table,
    pub follows_origins: bool,
}

impl Scope for EnvironmentScope<'_> {
    fn resolve(&self, reference: &Reference<'_>) -> Result<Resolution, Diagnostics> {
        let Some(known) = self.names.get(reference.root) else { return Err(self.unknown(reference).into()) };
        let Some(name) = reference.step_name(0) else {
            let value = Value::object(known.iter().map(|(name, value)| (name.clone(), value.clone())));
            return Ok(Resolution { value, taken: 0 });
        };
        match known.get(name) {
            Some(value) => Ok(Resolution { value: value.clone(), taken: 1 }),
            None => {
                let root = reference.root;
                let why = if known.is_empty() {
                    format!("There is no {root}.{name}; this environment has none.")
                } else {
                    let list: Vec<String> = known.keys().map(|known| format!("{root}.{known}")).collect();
                    format!("There is no {root}.{name} here; what exists is {}.", list.join(", "))
                };
                let fault = Diagnostic::error("Unknown name", why).at(reference.span());
                Err(match closest(name, known.keys().map(AsRef::as_ref)) {
                    Some(near) => fault.hint(format!("Did you mean \"{root}.{near}\"?")),
                    None => fault,
                }
                .into())
            }
        }
    }

    fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name).map(AsRef::as_ref)
    }

    fn follows_origins(&self) -> bool {
        self.follows_origins
    }

    fn function_names(&self) -> Vec<&str> {
        self.functions.names()
    }
}

impl EnvironmentScope<'_> {
    fn unknown(&self, reference: &Reference<'_>) -> Diagnostic {
        let root = reference.root;
        let of_project = ["var", "local", "module", "data", "each", "count", "path", "terraform"];
        let why = if root == "preview" {
            "Only a preview has a slug, a branch, a number and a commit.".to_owned()
        } else if of_project.contains(&root) {
            format!(
                "What terrace.hcl says comes before the project's own values, so that \"{root}\" does not exist here yet."
            )
        } else {
            format!("There is no \"{root}\" in terrace.hcl.")
        };
        Diagnostic::error("Unknown name", why).at(reference.span()).suggest(root, self.names.keys().copied())
    }
}
