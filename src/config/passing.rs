//! What concerns several modules: provider configurations passed by calls, and providers that modules require.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::{LocalProvider, ModulePath, ProviderAddress};
use crate::diag::{Diagnostic, Diagnostics, Span, closest};

use super::{
    Configuration, Module, ModuleCall, ModuleId, PassedProvider, ProviderConfig, ProviderReference,
    Repetition, Resource,
};

/// A provider configuration inside one module, independent of local names.
type Slot = (ProviderAddress, Option<crate::value::Name>);

pub(super) fn check(configuration: &Configuration, diagnostics: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    for (id, node) in configuration.nodes() {
        let place = Place::of(configuration, id);
        // Errors within a module are reported once, however often it is called.
        if seen.insert(node.module.directory.clone()) {
            check_requirements(&node.module, diagnostics);
            check_implied_providers(&node.module, diagnostics);
            check_keys(&node.module, diagnostics);
            place.check_passed_names(diagnostics);
        }
        place.check_slots(diagnostics);
        if let Some((parent, call)) = configuration.call_of(id) {
            place.check_call(&parent.module, call, diagnostics);
        }
    }
}

/// A node of the tree, with what is known there about providers.
struct Place<'a> {
    module: &'a Module,
    path: &'a ModulePath,
    call: Option<&'a ModuleCall>,
    /// By the name that the module uses.
    passed: BTreeMap<&'a LocalProvider, &'a PassedProvider>,
    /// The nearest call on the path with `count`, `for_each` or `depends_on`: below it, modules cannot configure
    /// providers.
    repeated: Option<Span>,
}

impl<'a> Place<'a> {
    fn of(configuration: &'a Configuration, id: ModuleId) -> Self {
        let node = configuration.node(id);
        let call = configuration.call_of(id).map(|(_, call)| call);
        let passed = call.map(|call| call.providers.as_slice()).unwrap_or_default();
        let mut repeated = None;
        let mut current = Some(id);
        while let Some(id) = current {
            repeated = repeated.or_else(|| repeating_argument(configuration.call_of(id)?.1));
            current = configuration.node(id).parent;
        }
        Self {
            module: &node.module,
            path: &node.path,
            call,
            passed: passed.iter().map(|passed| (&passed.in_child.local, passed)).collect(),
            repeated,
        }
    }

    fn name(&self) -> String {
        name_of(self.path)
    }

    fn slot(&self, local: &LocalProvider) -> Slot {
        (self.module.provider_address(&local.name), local.alias.clone())
    }

    /// The module's provider configurations that are not empty.
    fn configured(&self) -> impl Iterator<Item = &'a ProviderConfig> {
        self.module.providers.values().filter(|config| !config.is_empty())
    }

    /// Reports names that a call passes on and that the module does not have.
    fn check_passed_names(&self, diagnostics: &mut Diagnostics) {
        for passed in self.module.calls.values().flat_map(|call| &call.providers) {
            let local = &passed.in_parent.local;
            let declared = self.module.settings.required_providers.contains_key(&local.name)
                || self.configured().any(|config| config.local == *local);
            if local.alias.is_some() || declared {
                continue;
            }
            let address = ProviderAddress::default_for(local.name.clone());
            let detail = format!(
                "Nothing in {} says which provider \"{local}\" is, so it is taken to be {}.",
                self.name(),
                address.short()
            );
            let hint =
                format!("Add {} = {{ source = \"{}\" }} to required_providers.", local.name, address.short());
            diagnostics.push(
                Diagnostic::warning("Reference to undefined provider", detail)
                    .at(passed.in_parent.span.clone())
                    .hint(hint),
            );
        }
    }

    /// Reports aliases used by resources and calls that are neither configured nor passed in.
    fn check_slots(&self, diagnostics: &mut Diagnostics) {
        let mut slots: BTreeSet<Slot> = self.module.providers.keys().map(|local| self.slot(local)).collect();
        slots.extend(self.passed.keys().map(|local| self.slot(local)));
        // Those that callers must pass are checked at the call.
        let required = self.module.settings.required_providers.values().filter(|_| !self.path.is_root());
        slots.extend(required.flat_map(|entry| &entry.configuration_aliases).map(|local| self.slot(local)));

        let of_resources = self.module.resources.values().filter_map(|r| r.provider_reference.as_ref());
        let of_imports = self.module.imports.iter().filter_map(|i| i.provider_reference.as_ref());
        let of_calls = self.module.calls.values().flat_map(|c| &c.providers).map(|passed| &passed.in_parent);
        for reference in of_resources.chain(of_imports).chain(of_calls) {
            let local = &reference.local;
            let Some(alias) = &local.alias else { continue };
            if slots.contains(&self.slot(local)) {
                continue;
            }
            let of_provider = self.module.providers.keys().filter(|known| known.name == local.name);
            let known = of_provider.filter_map(|known| known.alias.as_deref());
            let meant =
                closest(alias, known).map(|alias| format!("Did you mean \"{}.{alias}\"?", local.name));
            let mut detail = format!(
                "There is no configuration of provider \"{}\" with the alias \"{alias}\" in {}.",
                local.name,
                self.name()
            );
            if !self.path.is_root() {
                detail.push_str(" Either the module declares one, or its caller passes it.");
            }
            let mut fault =
                Diagnostic::error("Missing provider configuration", detail).at(reference.span.clone());
            fault.hint = meant;
            diagnostics.push(fault);
        }
    }

    /// Checks that a call passes what the called module requires.
    fn check_call(&self, caller: &Module, call: &ModuleCall, diagnostics: &mut Diagnostics) {
        if let Some(span) = &self.repeated
            && let Some(config) = self.configured().next()
        {
            let detail = format!(
                "{} configures provider \"{}\" itself, which a module cannot do that is called with count, for_each or \
                 depends_on: its instances could not be destroyed once the call is gone.",
                self.name(),
                config.local
            );
            diagnostics.push(
                Diagnostic::error("Module is incompatible with count, for_each and depends_on", detail)
                    .at(span.clone())
                    .related("configured here", config.span.clone())
                    .hint("Let the module require the provider only, and pass it a configuration."),
            );
        }
        for config in self.configured() {
            if let Some(passed) = self.passed.get(&config.local) {
                let detail = format!(
                    "{} has a configuration of its own for \"{}\", which cannot be replaced by one that is passed.",
                    self.name(),
                    config.local
                );
                diagnostics.push(
                    Diagnostic::error("Cannot override provider configuration", detail)
                        .at(passed.in_child.span.clone())
                        .related("configured here", config.span.clone()),
                );
            }
        }
        for entry in self.module.settings.required_providers.values() {
            for alias in &entry.configuration_aliases {
                let configured = self.configured().any(|config| config.local == *alias);
                if configured || self.passed.contains_key(alias) {
                    continue;
                }
                let detail = format!(
                    "{} needs a configuration of {} that it calls \"{alias}\", and this call passes none.",
                    self.name(),
                    entry.address.short()
                );
                diagnostics.push(
                    Diagnostic::error("Missing required provider configuration", detail)
                        .at(call.span.clone())
                        .related("asked for here", entry.span.clone())
                        .hint(format!("Add providers = {{ {alias} = ... }} to the module block.")),
                );
            }
        }
        for passed in &call.providers {
            self.check_passed(passed, caller, diagnostics);
        }
        self.warn_of_empty_configurations(diagnostics);
        self.warn_of_missing(diagnostics);
    }

    /// Checks one passed configuration: the module must expect it, and the provider must be the right one.
    fn check_passed(&self, passed: &PassedProvider, caller: &Module, diagnostics: &mut Diagnostics) {
        let (child, parent) = (&passed.in_child, &passed.in_parent);
        let required = &self.module.settings.required_providers;
        let known = (child.local.alias.is_none() && required.contains_key(&child.local.name))
            || required.values().any(|entry| entry.configuration_aliases.contains(&child.local))
            || self.module.providers.get(&child.local).is_some_and(ProviderConfig::is_empty);
        let wanted = expected(self.module, child);
        if !known {
            let detail = format!(
                "{} does not say that it takes a provider configuration \"{}\".",
                self.name(),
                child.local
            );
            let fault = if wanted.is_default() {
                Diagnostic::warning("Reference to undefined provider", detail)
            } else {
                Diagnostic::error("Reference to undefined provider", detail)
            };
            let hint = format!(
                "If you own the module, add {} = {{ source = \"{}\" }} to its required_providers.",
                child.local.name,
                wanted.short()
            );
            diagnostics.push(fault.at(child.span.clone()).hint(hint));
        }
        let given = expected(caller, parent);
        if given != wanted {
            let detail = format!(
                "\"{}\" of the calling module is a configuration of {}, and what {} calls \"{}\" is {}.",
                parent.local,
                given.short(),
                self.name(),
                child.local,
                wanted.short()
            );
            let other = required.values().find(|entry| entry.address == given);
            let mut fault = Diagnostic::error("Provider type mismatch", detail).at(child.span.clone());
            if let Some(other) = other {
                fault = fault.hint(format!("The module calls that provider \"{}\".", other.local_name));
            }
            diagnostics.push(fault);
        }
    }

    /// Warns of empty provider blocks, which were the predecessor of `configuration_aliases`.
    fn warn_of_empty_configurations(&self, diagnostics: &mut Diagnostics) {
        let mut seen = BTreeSet::new();
        for config in self.module.providers.values().filter(|config| config.is_empty()) {
            if !seen.insert(config.name()) {
                continue;
            }
            let local = &config.local;
            let entry = if local.alias.is_some() {
                format!(", configuration_aliases = [{local}]")
            } else {
                String::new()
            };
            let source = self.module.provider_address(&local.name).short();
            let detail = "An empty provider block once said that a module wants to be passed a configuration; that is \
                          said in required_providers now.";
            diagnostics.push(
                Diagnostic::warning("Redundant empty provider block", detail)
                    .at(config.span.clone())
                    .hint(format!("Write {} = {{ source = \"{source}\"{entry} }} instead.", local.name)),
            );
        }
    }

    /// Warns of a configuration that the module passes on without having it.
    fn warn_of_missing(&self, diagnostics: &mut Diagnostics) {
        let Some(call) = self.call else { return };
        for passed in self.module.calls.values().flat_map(|call| &call.providers) {
            let local = &passed.in_parent.local;
            let declared = self.module.settings.required_providers.contains_key(&local.name);
            let configured = self.configured().any(|config| config.local == *local);
            if local.alias.is_some() || !declared || configured || self.passed.contains_key(local) {
                continue;
            }
            let detail = format!(
                "{} hands its configuration \"{local}\" on to a module that it calls, and is not passed one.",
                self.name()
            );
            diagnostics.push(
                Diagnostic::warning("Missing required provider configuration", detail)
                    .at(call.span.clone())
                    .related("handed on here", passed.in_parent.span.clone())
                    .hint(format!("Add an entry for {local} to \"providers\" of this call.")),
            );
        }
    }
}

/// The provider that a reference in a module means.
fn expected(module: &Module, reference: &ProviderReference) -> ProviderAddress {
    match module.settings.required_providers.get(&reference.local.name) {
        Some(entry) => entry.address.clone(),
        None => ProviderAddress::default_for(reference.local.name.clone()),
    }
}

/// The argument of a call by which it has several instances, or an uncertain order.
fn repeating_argument(call: &ModuleCall) -> Option<Span> {
    match &call.repetition {
        Repetition::Count(expression) | Repetition::ForEach(expression) => Some(expression.span()),
        Repetition::Once => call.depends_on.first().map(|dependency| dependency.span()),
    }
}

/// Reports one provider under two names.
fn check_requirements(module: &Module, diagnostics: &mut Diagnostics) {
    let of_entries = module.settings.required_providers.values().filter_map(|entry| entry.version.as_ref());
    let of_configs = module.providers.values().filter_map(|config| config.version.as_ref());
    for constraints in of_entries.chain(of_configs) {
        if let Some(detail) = constraints.unfit_for_providers() {
            diagnostics
                .push(Diagnostic::error("Invalid version constraint", detail).at(constraints.span.clone()));
        }
    }
    let mut seen: BTreeMap<&ProviderAddress, &super::RequiredProvider> = BTreeMap::new();
    for entry in module.settings.required_providers.values() {
        if let Some(first) = seen.get(&entry.address) {
            let detail = format!(
                "{} is required as \"{}\" and as \"{}\"; one name is enough.",
                entry.address.short(),
                first.local_name,
                entry.local_name
            );
            diagnostics.push(
                Diagnostic::warning("Duplicate required provider", detail)
                    .at(entry.span.clone())
                    .related("first required here", first.span.clone()),
            );
            continue;
        }
        seen.insert(&entry.address, entry);
        let implied = &entry.address.kind;
        let config = module.providers.values().find(|config| config.name() == implied);
        if let Some(config) = config
            && entry.address.is_default()
            && entry.local_name != *implied
        {
            let detail = format!(
                "{} is required as \"{}\", and a provider block calls it \"{implied}\"; both must use one name.",
                entry.address.short(),
                entry.local_name
            );
            diagnostics.push(
                Diagnostic::warning("Duplicate required provider", detail)
                    .at(entry.span.clone())
                    .related("configured here", config.span.clone()),
            );
        }
    }
}

/// Reports resources whose type implies a provider that the module knows by another name.
fn check_implied_providers(module: &Module, diagnostics: &mut Diagnostics) {
    let required = &module.settings.required_providers;
    // Thousands of resources share a few types.
    let mut fine = BTreeSet::new();
    for resource in module.resources.values().filter(|resource| resource.provider_reference.is_none()) {
        let implied = resource.address.implied_provider();
        if fine.contains(implied) {
            continue;
        }
        if let Err(why) = ProviderAddress::normal_part(implied) {
            let detail =
                format!("The type of {} stands for a provider \"{implied}\", and {why}.", resource.address);
            diagnostics.push(
                Diagnostic::error("Invalid provider local name", detail).at(resource.type_span.clone()),
            );
            continue;
        }
        if required.contains_key(implied) {
            fine.insert(implied);
            continue;
        }
        let address = ProviderAddress::implied(implied);
        match required.values().find(|entry| entry.address == address) {
            Some(other) => diagnostics.push(implied_twice(resource, &address, other)),
            None => drop(fine.insert(implied)),
        }
    }
}

fn implied_twice(
    resource: &Resource,
    address: &ProviderAddress,
    other: &super::RequiredProvider,
) -> Diagnostic {
    let detail = format!(
        "{} needs {} by its type, and required_providers calls that provider \"{}\".",
        resource.address,
        address.short(),
        other.local_name
    );
    Diagnostic::warning("Duplicate required provider", detail)
        .at(resource.span.clone())
        .related("required here", other.span.clone())
        .hint(format!("Write provider = {} in the resource.", other.local_name))
}

/// A key selects one of several configurations: it needs `for_each` there, and `for_each` needs a key.
fn check_keys(module: &Module, diagnostics: &mut Diagnostics) {
    let of_resources = module.resources.values().filter_map(|r| r.provider_reference.as_ref());
    let of_calls = module.calls.values().flat_map(|c| &c.providers).map(|passed| &passed.in_parent);
    for reference in of_resources.chain(of_calls) {
        let config = module.providers.get(&reference.local);
        let several = config.is_some_and(|config| config.for_each.is_some());
        let detail = match (&reference.key, several) {
            (Some(_), false) => {
                format!("\"{}\" is one configuration, so there is no key to choose by.", reference.local)
            }
            (None, true) => format!(
                "\"{}\" has for_each and is several configurations; choose one with a key, such as {}[each.key].",
                reference.local, reference.local
            ),
            _ => continue,
        };
        let mut fault =
            Diagnostic::error("Invalid provider configuration reference", detail).at(reference.span.clone());
        if let Some(config) = config {
            fault = fault.related("configured here", config.span.clone());
        }
        diagnostics.push(fault);
    }
}

fn name_of(path: &ModulePath) -> String {
    if path.is_root() { "the root module".to_owned() } else { path.to_string() }
}
