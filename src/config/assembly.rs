//! Combines files into a module: names must be unique, and override files change what the others declare.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::address::{ProviderAddress, ResourceMode, Target};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::value::Name;

use super::file::Declarations;
use super::{Import, Module, ProviderMeta, fault, output, settings, variable};

/// For variables and outputs, the declaration of each block is kept until all override files are applied.
#[derive(Default)]
struct Assembly {
    module: Module,
    variables: BTreeMap<Name, variable::Declared>,
    outputs: BTreeMap<Name, output::Declared>,
    provider_meta: Vec<ProviderMeta>,
}

/// Assembles one module from the declarations of its files: ordinary files first, then override files, each in order.
pub(super) fn assemble(files: Vec<Declarations>, diagnostics: &mut Diagnostics) -> Module {
    let mut assembly = Assembly::default();
    let (overrides, ordinary): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.overrides);
    for file in ordinary {
        assembly.add(file, diagnostics);
    }
    refuse_two_homes(&assembly.module, diagnostics);
    for file in overrides {
        assembly.override_with(file, diagnostics);
    }
    let mut module = assembly.module;
    module.variables = assembly.variables.into_iter().map(|(name, v)| (name, v.variable)).collect();
    module.outputs = assembly.outputs.into_iter().map(|(name, o)| (name, o.output)).collect();
    settle_providers(&mut module, assembly.provider_meta, diagnostics);
    check_imports(&module, diagnostics);
    module
}

impl Assembly {
    fn add(&mut self, mut file: Declarations, diagnostics: &mut Diagnostics) {
        let module = &mut self.module;
        self.provider_meta.append(&mut file.settings.provider_meta);
        add_settings(module, file.settings, diagnostics);
        for config in file.providers {
            let local = config.local.clone();
            let span = config.span.clone();
            if let Err(first) = insert(&mut module.providers, local.clone(), config, |first| &first.span) {
                let detail = match &local.alias {
                    Some(alias) => format!(
                        "The alias \"{alias}\" of provider \"{}\" names two configurations; each needs its own.",
                        local.name
                    ),
                    None => format!(
                        "Provider \"{}\" has two configurations without an alias; give all but one an alias.",
                        local.name
                    ),
                };
                diagnostics.push(fault::duplicate("Duplicate provider configuration", detail, &span, &first));
            }
        }
        for declared in file.variables {
            let (name, span) = (declared.variable.name.clone(), declared.variable.span.clone());
            if let Err(first) =
                insert(&mut self.variables, name.clone(), declared, |first| &first.variable.span)
            {
                diagnostics.push(twice("variable", &name, &span, &first));
            }
        }
        for local in file.locals {
            let (name, span) = (local.name.clone(), local.span.clone());
            if let Err(first) = insert(&mut module.locals, name.clone(), local, |first| &first.span) {
                diagnostics.push(twice("local value", &name, &span, &first));
            }
        }
        for declared in file.outputs {
            let (name, span) = (declared.output.name.clone(), declared.output.span.clone());
            if let Err(first) = insert(&mut self.outputs, name.clone(), declared, |first| &first.output.span)
            {
                diagnostics.push(twice("output", &name, &span, &first));
            }
        }
        for call in file.calls {
            let (name, span) = (call.name.clone(), call.span.clone());
            if let Err(first) = insert(&mut module.calls, name.clone(), call, |first| &first.span) {
                diagnostics.push(twice("module call", &name, &span, &first));
            }
        }
        for resource in file.resources {
            let (address, span) = (resource.address.clone(), resource.span.clone());
            if let Err(first) = insert(&mut module.resources, address.clone(), resource, |first| &first.span)
            {
                let what = address.mode.noun();
                let detail = format!(
                    "{address} is declared twice. In a module, a type and a name together mean one {what}, also where \
                     it is inside a check block."
                );
                diagnostics.push(fault::duplicate(format!("Duplicate {what}"), detail, &span, &first));
            }
        }
        for check in file.checks {
            let (name, span) = (check.name.clone(), check.span.clone());
            if let Err(first) = insert(&mut module.checks, name.clone(), check, |first| &first.span) {
                diagnostics.push(twice("check", &name, &span, &first));
            }
        }
        module.moved.extend(file.moved);
        module.imports.extend(file.imports);
        module.removed.extend(file.removed);
    }

    fn override_with(&mut self, file: Declarations, diagnostics: &mut Diagnostics) {
        let module = &mut self.module;
        override_settings(module, file.settings, diagnostics);
        for config in file.providers {
            match module.providers.entry(config.local.clone()) {
                Entry::Occupied(mut below) => below.get_mut().override_with(config),
                // A provider without a block has an empty configuration, which can be overridden.
                Entry::Vacant(place) if config.local.alias.is_none() => {
                    place.insert(config);
                }
                Entry::Vacant(_) => {
                    let what = format!("configuration {} of a provider", config.local);
                    diagnostics.push(fault::nothing_to_override(&what, &config.span));
                }
            }
        }
        for above in file.variables {
            let (name, span) = (above.variable.name.clone(), above.variable.span.clone());
            match self.variables.get_mut(&name) {
                Some(below) => below.override_with(above, diagnostics),
                None => diagnostics.push(fault::nothing_to_override(&format!("variable \"{name}\""), &span)),
            }
        }
        for above in file.locals {
            match module.locals.get_mut(&above.name) {
                Some(below) => *below = above,
                None => {
                    let what = format!("local value \"{}\"", above.name);
                    diagnostics.push(fault::nothing_to_override(&what, &above.span));
                }
            }
        }
        for above in file.outputs {
            let (name, span) = (above.output.name.clone(), above.output.span.clone());
            match self.outputs.get_mut(&name) {
                Some(below) => below.output.override_with(above, diagnostics),
                None => diagnostics.push(fault::nothing_to_override(&format!("output \"{name}\""), &span)),
            }
        }
        for above in file.calls {
            let (name, span) = (above.name.clone(), above.span.clone());
            match module.calls.get_mut(&name) {
                Some(below) => below.override_with(above, diagnostics),
                None => {
                    diagnostics.push(fault::nothing_to_override(&format!("module call \"{name}\""), &span));
                }
            }
        }
        for above in file.resources {
            let (address, span) = (above.address.clone(), above.span.clone());
            if address.mode == ResourceMode::Ephemeral {
                // Terraform reads such blocks and ignores them.
                let detail = format!("An override file cannot change {address}; this block has no effect.");
                diagnostics.push(Diagnostic::warning("Override without effect", detail).at(span));
                continue;
            }
            match module.resources.get_mut(&address) {
                Some(below) => below.override_with(*above, diagnostics),
                None => diagnostics.push(fault::nothing_to_override(&address.to_string(), &span)),
            }
        }
        for moved in &file.moved {
            diagnostics.push(fault::no_override("\"moved\" blocks", &moved.span));
        }
        for import in &file.imports {
            diagnostics.push(fault::no_override("\"import\" blocks", &import.span));
        }
    }
}

fn add_settings(module: &mut Module, declared: settings::Declared, diagnostics: &mut Diagnostics) {
    let settings = &mut module.settings;
    settings.required_version.extend(declared.required_version);
    for block in declared.required_providers {
        if let Some(first) = &settings.required_providers_span {
            let detail =
                "A module says in one block which providers it requires; put the entries together.".into();
            diagnostics.push(fault::duplicate(
                "Duplicate required_providers block",
                detail,
                &block.span,
                first,
            ));
            continue;
        }
        settings.required_providers_span = Some(block.span);
        settings.required_providers =
            block.entries.into_iter().map(|entry| (entry.local_name.clone(), entry)).collect();
    }
    for backend in declared.backends {
        if let Some(first) = &settings.backend {
            let detail = "A module can have one backend.".into();
            diagnostics.push(fault::duplicate("Duplicate backend", detail, &backend.span, &first.span));
        } else {
            settings.backend = Some(backend);
        }
    }
    for cloud in declared.clouds {
        if let Some(first) = &settings.cloud {
            let detail = "A module can have one \"cloud\" block.".into();
            diagnostics.push(fault::duplicate("Duplicate cloud block", detail, &cloud.span, &first.span));
        } else {
            settings.cloud = Some(cloud);
        }
    }
}

fn override_settings(module: &mut Module, declared: settings::Declared, diagnostics: &mut Diagnostics) {
    let settings = &mut module.settings;
    if !declared.required_version.is_empty() {
        settings.required_version = declared.required_version;
    }
    for entry in declared.required_providers.into_iter().flat_map(|block| block.entries) {
        settings.required_providers.insert(entry.local_name.clone(), entry);
    }
    // A backend and a cloud block exclude each other, so one also replaces the other.
    let mut backends = declared.backends.into_iter();
    if let Some(backend) = backends.next() {
        for second in backends {
            let detail = "An override file can have one backend.".into();
            diagnostics.push(fault::duplicate("Duplicate backend", detail, &second.span, &backend.span));
        }
        settings.cloud = None;
        settings.backend = Some(backend);
    }
    let mut clouds = declared.clouds.into_iter();
    if let Some(cloud) = clouds.next() {
        for second in clouds {
            let detail = "An override file can have one \"cloud\" block.".into();
            diagnostics.push(fault::duplicate("Duplicate cloud block", detail, &second.span, &cloud.span));
        }
        settings.backend = None;
        settings.cloud = Some(cloud);
    }
}

/// Refuses a backend and a cloud block together in ordinary files.
fn refuse_two_homes(module: &Module, diagnostics: &mut Diagnostics) {
    if let (Some(backend), Some(cloud)) = (&module.settings.backend, &module.settings.cloud) {
        let detail =
            "State is kept in one place: a module has a \"backend\" block or a \"cloud\" block, not both.";
        diagnostics.push(
            Diagnostic::error("Both a backend and a cloud block", detail)
                .at(backend.span.clone())
                .related("the cloud block", cloud.span.clone()),
        );
    }
}

/// Resolves every local provider name, now that all required providers are known.
fn settle_providers(module: &mut Module, meta: Vec<ProviderMeta>, diagnostics: &mut Diagnostics) {
    let required = std::mem::take(&mut module.settings.required_providers);
    let address = |local_name: &str| match required.get(local_name) {
        Some(entry) => entry.address.clone(),
        None => ProviderAddress::implied(local_name),
    };
    // Thousands of resources share a few providers, so their addresses are shared too.
    let mut known: BTreeMap<Name, ProviderAddress> = BTreeMap::new();
    for resource in module.resources.values_mut() {
        let reference = resource.provider_reference.as_ref();
        let name = reference.map_or_else(|| resource.address.implied_provider(), |given| &given.local.name);
        resource.provider = match known.get(name) {
            Some(address) => address.clone(),
            None => known.entry(name.into()).or_insert(address(name)).clone(),
        };
    }
    for import in &mut module.imports {
        import.provider = match &import.provider_reference {
            Some(reference) => address(&reference.local.name),
            None => address(import.resource.resource.implied_provider()),
        };
    }
    for meta in meta {
        let (local_name, span) = (meta.local_name.clone(), meta.span.clone());
        let address = address(&local_name);
        if let Err(first) = insert(&mut module.settings.provider_meta, address, meta, |first| &first.span) {
            let detail =
                format!("A module can have one provider_meta block for a provider; {local_name} has two.");
            diagnostics.push(fault::duplicate("Duplicate provider_meta block", detail, &span, &first));
        }
    }
    module.settings.required_providers = required;
}

/// Reports two imports into one instance, as far as that is visible without evaluation.
fn check_imports(module: &Module, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&Target, &Span> = BTreeMap::new();
    for import in &module.imports {
        refuse_second_provider(module, import, diagnostics);
        let Some(target) = &import.target else { continue };
        if let Some(first) = seen.insert(target, &import.span) {
            let detail = format!("{target} is imported twice; one object can become one instance.");
            diagnostics.push(fault::duplicate("Duplicate import", detail, &import.to.span(), first));
        }
    }
}

/// The resource block decides which provider is used; an import may only repeat that.
fn refuse_second_provider(module: &Module, import: &Import, diagnostics: &mut Diagnostics) {
    let Some(given) = &import.provider_reference else { return };
    let Some(resource) = module.resources.get(&import.resource.resource) else { return };
    let declared = resource.provider_reference.as_ref();
    if !import.resource.module.is_root() || declared.is_some_and(|declared| declared.local == given.local) {
        return;
    }
    let detail = format!(
        "{} is declared, so its own block says which provider it uses; an import can say so only where it writes the \
         block.",
        resource.address
    );
    diagnostics.push(
        Diagnostic::error("Invalid import provider argument", detail)
            .at(given.span.clone())
            .related("declared here", resource.span.clone())
            .hint(format!("Write provider = {} in the resource block instead.", given.local)),
    );
}

/// Keeps the first value; returns its place if there was one.
fn insert<K: Ord, V>(
    map: &mut BTreeMap<K, V>,
    key: K,
    value: V,
    span: impl Fn(&V) -> &Span,
) -> Result<(), Span> {
    match map.entry(key) {
        Entry::Vacant(place) => {
            place.insert(value);
            Ok(())
        }
        Entry::Occupied(first) => Err(span(first.get()).clone()),
    }
}

/// The error for a name that is declared twice.
fn twice(what: &str, name: &str, second: &Span, first: &Span) -> Diagnostic {
    let detail =
        format!("Two declarations name the {what} \"{name}\"; in a module each needs a name of its own.");
    fault::duplicate(format!("Duplicate {what}"), detail, second, first)
}
