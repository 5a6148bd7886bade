//! The rules that connect the blocks of `terrace.hcl`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::value::Name;

use super::definition::{DEEPEST, Definitions, Environment, Layer, Setting, Toggle};

pub(super) fn check(definitions: &Definitions, diagnostics: &mut Diagnostics) {
    if definitions.applicable().next().is_none() {
        let why = "The file declares no environment that could be applied, so that there is nothing to plan.";
        let place = definitions.environments.first().map(|first| first.span.clone());
        let fault = Diagnostic::error("No environments", why)
            .hint("Add one: environment \"staging\" { values = {} }.");
        diagnostics.push(match place {
            Some(place) => fault.at(place),
            None => fault.at(definitions.source.span(crate::diag::Range::new(0, 0))),
        });
    }
    for environment in &definitions.environments {
        parent(definitions, environment, diagnostics);
    }
    if let Some(preview) = &definitions.preview {
        known_parent(definitions, &preview.extends, "The preview", diagnostics);
    }
    for environment in definitions.environments.iter().filter(|environment| environment.is_abstract) {
        unused(definitions, environment, diagnostics);
    }
    for environment in definitions.applicable() {
        branches(definitions, environment, diagnostics);
    }
    for toggle in definitions.toggles.values() {
        settled(definitions, toggle, diagnostics);
    }
    services(definitions, diagnostics);
}

fn parent(definitions: &Definitions, environment: &Arc<Environment>, diagnostics: &mut Diagnostics) {
    let Some(extends) = &environment.extends else { return };
    let name = &environment.name;
    if !known_parent(definitions, extends, &format!("The environment \"{name}\""), diagnostics) {
        return;
    }
    // Every environment of a cycle leads back to itself; report it once, for the first in the file.
    let mut met = vec![environment];
    let mut next = definitions.environment(&extends.0);
    while let Some(above) = next {
        if above.name == *name {
            let first =
                definitions.environments.iter().find(|one| met.iter().any(|met| met.name == one.name));
            if first.is_some_and(|first| first.name == *name) {
                let way: Vec<&str> = met.iter().map(|one| one.name.as_str()).chain([name.as_str()]).collect();
                let why = format!("These environments extend each other in a circle: {}.", way.join(" -> "));
                diagnostics.push(Diagnostic::error("Circular extends", why).at(extends.1.clone()));
            }
            return;
        }
        if met.iter().any(|one| one.name == above.name) {
            return;
        }
        if met.len() > DEEPEST {
            let why =
                format!("The environment \"{name}\" extends another through more than {DEEPEST} others.");
            diagnostics.push(Diagnostic::error("Extends too deeply", why).at(extends.1.clone()));
            return;
        }
        met.push(above);
        next = above.extends.as_ref().and_then(|(parent, _)| definitions.environment(parent));
    }
}

fn known_parent(
    definitions: &Definitions,
    (name, span): &(Name, Span),
    who: &str,
    diagnostics: &mut Diagnostics,
) -> bool {
    if definitions.environment(name).is_some() {
        return true;
    }
    if &**name == "preview" || name.starts_with("preview/") {
        let why = format!("{who} cannot extend a preview: previews come and go with their branches.");
        diagnostics.push(Diagnostic::error("Preview cannot be extended", why).at(span.clone()));
        return false;
    }
    let why = format!("{who} extends \"{name}\", and there is no such environment.");
    let known = definitions.environments.iter().map(|environment| environment.name.as_str());
    diagnostics.push(Diagnostic::error("Unknown environment", why).at(span.clone()).suggest(name, known));
    false
}

fn unused(definitions: &Definitions, environment: &Environment, diagnostics: &mut Diagnostics) {
    let is = |extends: &(Name, Span)| &*extends.0 == environment.name.as_str();
    let extended = definitions.environments.iter().any(|other| other.extends.as_ref().is_some_and(is))
        || definitions.preview.as_ref().is_some_and(|preview| is(&preview.extends));
    if !extended {
        let why = format!(
            "The environment \"{}\" is abstract, and nothing extends it: nothing can apply what it says.",
            environment.name
        );
        diagnostics
            .push(Diagnostic::error("Environment that nothing can apply", why).at(environment.span.clone()));
    }
}

/// One branch must be able to satisfy all inherited branch rules together.
fn branches(definitions: &Definitions, environment: &Environment, diagnostics: &mut Diagnostics) {
    let chain = definitions.chain(environment.name.as_str());
    let rules: Vec<_> = chain
        .iter()
        .filter_map(|one| one.protect.as_ref()?.branches.as_ref())
        .filter(|(allowed, _)| !allowed.is_empty())
        .collect();
    let (Some(first), Some(last)) = (rules.first(), rules.last()) else { return };
    let meets =
        |branch: &Name| rules.iter().all(|(allowed, _)| allowed.iter().any(|(other, _)| other == branch));
    // Whether patterns can match the same branch is only known for a given branch.
    let is_pattern = rules.iter().any(|(allowed, _)| allowed.iter().any(|(branch, _)| branch.contains('*')));
    if !is_pattern && !first.0.iter().any(|(branch, _)| meets(branch)) {
        let why = format!(
            "What \"{}\" inherits allows other branches than it allows itself. Protection is inherited and can only be tightened, so that no branch is left.",
            environment.name
        );
        diagnostics.push(
            Diagnostic::error("Environment that nothing can apply", why)
                .at(last.1.clone())
                .related("inherited", first.1.clone()),
        );
    }
}

fn settled(definitions: &Definitions, toggle: &Toggle, diagnostics: &mut Diagnostics) {
    for (name, (_, span)) in &toggle.on {
        if definitions.environment(name).is_none() {
            let why = format!(
                "The toggle \"{}\" is set for \"{name}\", and there is no such environment.",
                toggle.name
            );
            let known = definitions.environments.iter().map(|environment| environment.name.as_str());
            diagnostics
                .push(Diagnostic::error("Unknown environment", why).at(span.clone()).suggest(name, known));
        }
    }
    let parent = definitions.preview.as_ref().map(|preview| &preview.extends.0);
    let open = definitions.environments.iter().filter(|environment| {
        let name = environment.name.as_str();
        let wanted = !environment.is_abstract || parent.is_some_and(|parent| &**parent == name);
        wanted && !toggle.on.contains_key(name)
    });
    let open: Vec<String> = open.map(|environment| format!("\"{}\"", environment.name)).collect();
    if !open.is_empty() {
        let why =
            format!("The toggle \"{}\" does not say whether it is on in {}.", toggle.name, open.join(", "));
        diagnostics.push(Diagnostic::error("Toggle is not set everywhere", why).at(toggle.span.clone()));
    }
}

/// Each service has the same keys everywhere.
fn services(definitions: &Definitions, diagnostics: &mut Diagnostics) {
    let layers = definitions.environments.iter().map(|environment| &environment.layer);
    for layer in layers.chain(definitions.preview.iter().map(|preview| &preview.layer)) {
        for (name, (_, span)) in &layer.services {
            if !definitions.services.contains_key(name) {
                let why = format!("Nothing says which variables \"{name}\" needs.");
                let known = definitions.services.keys().map(AsRef::as_ref);
                diagnostics.push(
                    Diagnostic::error("Unknown service", why)
                        .at(span.clone())
                        .hint(format!("Add variables_for \"{name}\" {{ ... }} beside the environments."))
                        .suggest(name, known),
                );
            }
        }
    }
    for environment in definitions.applicable() {
        let chain = definitions.chain(environment.name.as_str());
        let layers: Vec<&Layer> = chain.iter().map(|one| &one.layer).collect();
        keys(
            definitions,
            &layers,
            &format!("The environment \"{}\"", environment.name),
            &environment.span,
            diagnostics,
        );
    }
    // Nothing is missing if the parent that should provide it does not exist.
    if let Some(preview) = &definitions.preview
        && definitions.environment(&preview.extends.0).is_some()
    {
        let chain = definitions.chain(&preview.extends.0);
        let layers: Vec<&Layer> = chain.iter().map(|one| &one.layer).chain([&preview.layer]).collect();
        keys(definitions, &layers, "A preview", &preview.span, diagnostics);
    }
}

fn keys(
    definitions: &Definitions,
    layers: &[&Layer],
    who: &str,
    place: &Span,
    diagnostics: &mut Diagnostics,
) {
    for service in definitions.services.values() {
        let given = settings_of(&service.values, layers, &service.name);
        let required: BTreeSet<&Name> = service.required.iter().map(|(name, _)| name).collect();
        let missing: Vec<String> = required
            .iter()
            .filter(|name| !given.contains_key(**name))
            .map(|name| format!("\"{name}\""))
            .collect();
        if !missing.is_empty() {
            let why = format!(
                "{who} does not give {} to \"{}\", which requires it everywhere.",
                missing.join(", "),
                service.name
            );
            diagnostics.push(
                Diagnostic::error("Missing variable of a service", why)
                    .at(place.clone())
                    .related("required here", service.span.clone()),
            );
        }
        for (name, setting) in given.iter().filter(|(name, _)| !required.contains(*name)) {
            let why = format!(
                "{who} gives \"{name}\" to \"{}\", which does not require it: a service has the same variables in every environment.",
                service.name
            );
            diagnostics.push(
                Diagnostic::error("Variable that a service does not require", why)
                    .at(setting.name_span.clone())
                    .related("what it requires", service.span.clone())
                    .suggest(name, required.iter().map(|name| &***name)),
            );
        }
    }
}

/// The settings of a service, each as it was last overridden.
pub(super) fn settings_of<'l>(
    base: &'l [Setting],
    layers: &[&'l Layer],
    service: &str,
) -> BTreeMap<&'l Name, &'l Setting> {
    let given =
        layers.iter().filter_map(|layer| layer.services.get(service)).flat_map(|(settings, _)| settings);
    base.iter().chain(given).map(|setting| (&setting.name, setting)).collect()
}
