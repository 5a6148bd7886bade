//! `import` blocks: existing objects that are to be managed from now on.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use crate::address::{AbsoluteInstance, InstanceKey, ResourcePath, Target};
use crate::config::{self, Configuration, computed_target};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::eval::validate::repeated;
use crate::eval::{Each, ModuleScope, Surroundings};
use crate::expression::evaluate;
use crate::state::State;
use crate::syntax::Expression;
use crate::value::{Kind, Mark, Type, convert};

/// All `import` blocks, by the resource they import into.
pub(super) struct Imports<'c> {
    blocks: HashMap<&'c ResourcePath, Vec<&'c config::Import>>,
}

/// An object to import.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) id: String,
    /// The place of the block.
    pub(super) span: Span,
}

impl<'c> Imports<'c> {
    pub(super) fn of(configuration: &'c Configuration) -> Self {
        let mut blocks: HashMap<&ResourcePath, Vec<&config::Import>> = HashMap::new();
        // Only the root module may have them.
        for import in &configuration.root().module.imports {
            blocks.entry(&import.resource).or_default().push(import);
        }
        Self { blocks }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Those whose resource is not declared, and whose configuration can be generated; in the order of the blocks.
    pub(super) fn undeclared(&self, configuration: &'c Configuration) -> Vec<&'c config::Import> {
        let declared = |path: &ResourcePath| {
            let node = configuration.find(&path.module).map(|(_, node)| node);
            node.is_some_and(|node| node.module.resources.contains_key(&path.resource))
        };
        let imports = configuration.root().module.imports.iter();
        imports.filter(|import| !declared(&import.resource)).collect()
    }

    /// Reports imports into undeclared resources, unless the run does not select them, or their configuration has just
    /// been generated.
    pub(super) fn check_resources(
        &self,
        configuration: &'c Configuration,
        state: &State,
        is_asked_for: &dyn Fn(&AbsoluteInstance) -> bool,
        diagnostics: &mut Diagnostics,
    ) {
        for import in self.undeclared(configuration) {
            let address = import.target.as_ref().and_then(Target::instance);
            if address.as_ref().is_some_and(|address| !is_asked_for(address)) {
                continue;
            }
            let path = &import.resource;
            let detail =
                format!("The configuration has no {path}, which an imported object has to belong to.");
            let stored = address.and_then(|address| state.instance(&address));
            let hint = match stored.is_some_and(|stored| stored.current.is_some()) {
                true => "The object was imported before: take out the block, too, if it is to go.".to_owned(),
                false => format!(
                    "Write a resource block for {path}, or have one written: terrace plan \
                     -generate-config-out=generated.tf"
                ),
            };
            diagnostics
                .push(Diagnostic::error("Nothing to import into", detail).at(import.to.span()).hint(hint));
        }
    }

    /// The objects to import into the instances of a resource, once everything the blocks refer to is known. Those
    /// already in the state are left out. The scope is that of the root module.
    pub(super) fn resolve(
        &self,
        path: &ResourcePath,
        scope: &ModuleScope<'_, '_>,
        state: &State,
        diagnostics: &mut Diagnostics,
    ) -> BTreeMap<AbsoluteInstance, Found> {
        let mut found: BTreeMap<AbsoluteInstance, Found> = BTreeMap::new();
        for import in self.blocks.get(path).into_iter().flatten() {
            for each in elements(import, scope, diagnostics).unwrap_or_default() {
                let inside = match each {
                    Some(each) => scope.within(Surroundings { each: Some(each), ..Surroundings::default() }),
                    None => scope.within(Surroundings::default()),
                };
                let Some(address) = target(import, &inside, diagnostics) else { continue };
                let Some(id) = identity(import, &inside, diagnostics) else { continue };
                if let Some(other) = found.get(&address) {
                    let detail = format!(
                        "Two objects are to be imported into {address}, and an address is one object's: \"{}\" and \"{id}\".",
                        other.id
                    );
                    diagnostics.push(
                        Diagnostic::error("Two imports into one address", detail)
                            .at(import.span.clone())
                            .related("the other block", other.span.clone()),
                    );
                    continue;
                }
                found.insert(address, Found { id, span: import.span.clone() });
            }
        }
        found.retain(|address, _| state.instance(address).is_none_or(|stored| stored.current.is_none()));
        found
    }
}

/// Reports imports into instances that the configuration does not declare.
pub(super) fn check_declared(
    imports: &BTreeMap<AbsoluteInstance, Found>,
    is_declared: &dyn Fn(&AbsoluteInstance) -> bool,
    diagnostics: &mut Diagnostics,
) {
    for (address, found) in imports.iter().filter(|(address, _)| !is_declared(address)) {
        let detail =
            format!("The configuration does not declare {address}, so there is nothing to import into.");
        diagnostics.push(Diagnostic::error("No such instance", detail).at(found.span.clone()));
    }
}

/// The value of `each` for every import that the block stands for; `None` if an error was reported.
fn elements(
    import: &config::Import,
    scope: &ModuleScope<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Option<Each>>> {
    let Some(expression) = &import.for_each else { return Some(vec![None]) };
    let value = diagnostics.unless_faulty(|faults| evaluate(expression, scope, faults))?;
    let mut refuse = |why: String| {
        diagnostics.push(Diagnostic::error("Invalid for_each", why).at(expression.span()));
        None
    };
    if value.has_mark_deep(&Mark::Ephemeral) {
        return refuse(
            "\"for_each\" is ephemeral here, and would be forgotten between plan and apply.".into(),
        );
    }
    match repeated(&value) {
        Ok(Some(each)) => Some(each.into_iter().map(Some).collect()),
        Ok(None) => refuse(
            "What is imported must be known while planning, and \"for_each\" depends on something that is known only \
             after it has been applied."
                .into(),
        ),
        Err(why) => refuse(why),
    }
}

fn target(
    import: &config::Import,
    scope: &ModuleScope<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Option<AbsoluteInstance> {
    if let Some(target) = &import.target {
        return target.instance();
    }
    let mut faults = Diagnostics::new();
    let found = computed_target(&import.to, &mut |key| instance_key(key, scope, &mut faults), diagnostics);
    diagnostics.extend(faults);
    found?.instance()
}

fn instance_key(
    expression: &Expression,
    scope: &ModuleScope<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Option<InstanceKey> {
    let value = diagnostics.unless_faulty(|faults| evaluate(expression, scope, faults))?;
    let (value, marks) = value.unmark_deep();
    let why = match value.kind() {
        _ if marks.contains(&Mark::Sensitive) => {
            "is sensitive, and would be shown as the name of an instance"
        }
        Kind::Unknown(..) => "is known only after something else has been applied",
        Kind::String(text) => return Some(InstanceKey::Text(text.clone())),
        Kind::Number(number) => match number.to_i64().map(u64::try_from) {
            Some(Ok(number)) => return Some(InstanceKey::Number(number)),
            _ => "is not a whole number of at least zero",
        },
        _ => "is neither a whole number nor a string",
    };
    let detail = format!("An instance key is a whole number or a string, and this {why}.");
    diagnostics.push(Diagnostic::error("Invalid instance key", detail).at(expression.span()));
    None
}

fn identity(
    import: &config::Import,
    scope: &ModuleScope<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let expression = import.id.as_ref()?;
    let value = diagnostics.unless_faulty(|faults| evaluate(expression, scope, faults))?;
    let (value, marks) = value.unmark_deep();
    let why = match convert(&value, &Type::String) {
        _ if marks.contains(&Mark::Ephemeral) => {
            "is ephemeral, and would be forgotten between plan and apply".into()
        }
        _ if value.is_null() => "is null".to_owned(),
        _ if !value.is_known() => "is known only after something else has been applied".into(),
        Ok(text) => match text.as_str() {
            Some("") => "is empty".into(),
            Some(id) => return Some(id.to_owned()),
            None => "is no text".into(),
        },
        Err(error) => format!("is no text: {error}"),
    };
    let detail = format!("The identity of the object to import {why}.");
    diagnostics.push(Diagnostic::error("Invalid identity", detail).at(expression.span()));
    None
}
