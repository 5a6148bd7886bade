//! Resources and provider configurations: their arguments against schemas, repetition, rules, provisioners.

use std::collections::BTreeMap;

use crate::address::ResourceMode;
use crate::config::{
    Connection, IgnoreChanges, LayeredBody, Managed, ProviderConfig, Provisioner, Repetition, Resource,
};
use crate::diag::{Diagnostic, Diagnostics, Severity, Span};
use crate::eval::block::{Evaluate, block};
use crate::eval::{Subject, repetition};
use crate::expression::{Names, Reference};
use crate::schema;
use crate::syntax::{Content, Traversal};
use crate::value::{Mark, Name, Type, Value, convert};

use super::Objection;
use super::site::Site;
use super::{references, rules};

/// Checks one resource, data source or ephemeral resource.
pub(super) fn check(site: &Site<'_, '_>, resource: &Resource, diagnostics: &mut Diagnostics) {
    // Threads share reference counts of what sites consist of, so each further site slows all of them down.
    let checking = resource.check.as_ref().map(|check| site.inside_check(check));
    let site = checking.as_ref().unwrap_or(site);
    repeats(site, &resource.repetition, diagnostics);
    depends_on(site, &resource.depends_on, diagnostics);
    let repeated = match resource.repetition {
        Repetition::Once => None,
        Repetition::Count(_) => Some(site.repeated(true, false)),
        Repetition::ForEach(_) => Some(site.repeated(false, true)),
    };
    let inside = repeated.as_ref().unwrap_or(site);
    arguments(inside, resource, diagnostics);
    rules::expressions(inside, &resource.preconditions, diagnostics);
    if !resource.postconditions.is_empty() {
        rules::expressions(&inside.of_owner(resource), &resource.postconditions, diagnostics);
    }
    if let Some(managed) = &resource.managed {
        lifecycle(inside, resource, managed, diagnostics);
        for provisioner in &managed.provisioners {
            self::provisioner(
                &inside.of_owner(resource),
                provisioner,
                managed.connection.as_ref(),
                diagnostics,
            );
        }
    }
}

/// Checks a provider configuration, unless it is empty.
pub(super) fn provider(site: &Site<'_, '_>, provider: &ProviderConfig, diagnostics: &mut Diagnostics) {
    let site = match &provider.for_each {
        Some(expression) => {
            repetition::instances(&Repetition::ForEach(expression.clone()), &site.scope, diagnostics);
            site.repeated(false, true)
        }
        None => site.repeated(false, false),
    };
    let content = provider.body.everything();
    if content.attributes.is_empty() && content.blocks.is_empty() {
        return;
    }
    let address = site.module().provider_address(provider.name());
    match site.schemas.provider(&address) {
        Some(known) => drop(block(&provider.body, &known.configuration, &site, diagnostics)),
        None => everything(&site, &content, &Names::new(), diagnostics),
    }
}

/// Checks a `count` or `for_each`.
pub(super) fn repeats(site: &Site<'_, '_>, repetition: &Repetition, diagnostics: &mut Diagnostics) {
    let Some(expression) = repetition.expression() else { return };
    let mut faults = Diagnostics::new();
    for reference in expression.references() {
        references::check(&reference, site, &mut faults);
    }
    if !faults.has_errors() {
        repetition::instances(repetition, &site.scope, &mut faults);
    }
    diagnostics.extend(faults);
}

/// Checks that each dependency is a whole thing that exists.
pub(super) fn depends_on(site: &Site<'_, '_>, dependencies: &[Traversal], diagnostics: &mut Diagnostics) {
    for traversal in dependencies {
        let reference = traversal.reference();
        match Subject::of(&reference) {
            Ok((subject, taken)) if is_part(&subject, &reference, taken) => {
                let why = "depends_on takes whole things (a resource, a module), not attributes of them.";
                diagnostics.push(Diagnostic::error("Attribute in depends_on", why).at(reference.span()));
            }
            Ok(_) => references::check(&reference, site, diagnostics),
            Err(fault) => diagnostics.push(fault),
        }
    }
}

/// Whether there is more after the subject than an instance key, or than one output of a module.
fn is_part(subject: &Subject<'_>, reference: &Reference<'_>, taken: usize) -> bool {
    let keyed = reference.steps.get(taken).is_some() && reference.attribute(taken).is_none();
    let whole = taken + usize::from(keyed) + usize::from(matches!(subject, Subject::Module(_)));
    reference.steps.len() > whole
}

/// The resource types that a provider has in a mode.
pub(super) fn schemas_of(provider: &schema::Provider, mode: ResourceMode) -> &BTreeMap<Name, schema::Block> {
    match mode {
        ResourceMode::Managed => &provider.resources,
        ResourceMode::Data => &provider.data,
        ResourceMode::Ephemeral => &provider.ephemeral,
    }
}

fn arguments(site: &Site<'_, '_>, resource: &Resource, diagnostics: &mut Diagnostics) {
    let Some(provider) = site.schemas.provider(&resource.provider) else {
        return everything(site, &resource.body.everything(), &Names::new(), diagnostics);
    };
    let Some(schema) = schemas_of(provider, resource.address.mode).get(&resource.address.kind) else {
        return diagnostics.push(no_such_type(provider, resource));
    };
    let value = diagnostics.unless_faulty(|faults| block(&resource.body, schema, site, faults));
    let Some(value) = value else { return };
    let objections = site.schemas.objections(&resource.provider, &resource.address, &value);
    object(&objections, &resource.body, &resource.span, diagnostics);
    if resource.address.mode != ResourceMode::Ephemeral {
        ephemeral_arguments(&value, schema, resource, diagnostics);
    }
}

/// Reports objections at the arguments that they are about.
fn object(objections: &[Objection], body: &LayeredBody, block: &Span, diagnostics: &mut Diagnostics) {
    if objections.is_empty() {
        return;
    }
    let written = body.everything().attributes;
    for objection in objections {
        let argument = objection.argument.as_ref().and_then(|argument| written.get(argument));
        let place = argument.map_or_else(|| block.clone(), |argument| argument.expression.span());
        diagnostics.push(Diagnostic::error("Unsuitable arguments", objection.message.as_str()).at(place));
    }
}

/// Refuses ephemeral values in arguments that are stored.
pub fn ephemeral_arguments(
    value: &Value,
    schema: &schema::Block,
    resource: &Resource,
    diagnostics: &mut Diagnostics,
) {
    for (name, item) in value.entries().into_iter().flatten() {
        let kept = schema.attributes.get(name).is_none_or(|attribute| !attribute.write_only);
        if kept && item.has_mark_deep(&Mark::Ephemeral) {
            let place = match resource.body.everything().attributes.get(name) {
                Some(attribute) => attribute.expression.span(),
                None => resource.span.clone(),
            };
            let why = format!("\"{name}\" is stored with the object, and an ephemeral value must not be.");
            diagnostics.push(Diagnostic::error("Ephemeral value in a stored argument", why).at(place));
        }
    }
}

fn no_such_type(provider: &schema::Provider, resource: &Resource) -> Diagnostic {
    let address = &resource.address;
    let what = match address.mode {
        ResourceMode::Managed => "resource type",
        ResourceMode::Data => "data source",
        ResourceMode::Ephemeral => "ephemeral resource type",
    };
    let fault = Diagnostic::error(
        format!("Unknown {what}"),
        format!("The provider {} has no {what} \"{}\".", resource.provider, address.kind),
    )
    .at(resource.type_span.clone());
    let elsewhere = [ResourceMode::Managed, ResourceMode::Data, ResourceMode::Ephemeral]
        .into_iter()
        .find(|mode| *mode != address.mode && schemas_of(provider, *mode).contains_key(&address.kind));
    match elsewhere {
        Some(mode) => fault.hint(format!("There is one to be declared with a {} block.", mode.keyword())),
        None => fault.suggest(&address.kind, schemas_of(provider, address.mode).keys().map(AsRef::as_ref)),
    }
}

/// Checks the expressions of a body without a schema.
fn everything(site: &dyn Evaluate, content: &Content, names: &Names, diagnostics: &mut Diagnostics) {
    for attribute in content.attributes.iter() {
        site.value(&attribute.expression, names, diagnostics);
    }
    let deeper = |content: &Content, names: &Names, diagnostics: &mut Diagnostics| {
        stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || everything(site, content, names, diagnostics));
    };
    for nested in &content.blocks {
        let inside = LayeredBody::from(nested.body.clone()).everything();
        if &*nested.kind != "dynamic" {
            deeper(&inside, names, diagnostics);
            continue;
        }
        if let Some(for_each) = inside.attributes.get("for_each") {
            site.value(&for_each.expression, names, diagnostics);
        }
        let iterator =
            inside.attributes.get("iterator").and_then(|attribute| attribute.expression.as_keyword());
        let iterator = iterator.or_else(|| nested.labels.first().map(|label| label.text.clone()));
        let mut names = names.clone();
        names.extend(iterator.map(|iterator| (iterator, Value::dynamic())));
        if let Some(labels) = inside.attributes.get("labels") {
            site.value(&labels.expression, &names, diagnostics);
        }
        for content in inside.blocks {
            deeper(&LayeredBody::from(content.body).everything(), &names, diagnostics);
        }
    }
}

fn lifecycle(site: &Site<'_, '_>, resource: &Resource, managed: &Managed, diagnostics: &mut Diagnostics) {
    if let (IgnoreChanges::Some(paths), Some(schema)) =
        (&managed.ignore_changes, references::schema_of(resource, site))
    {
        for path in paths {
            ignored(path, schema, resource, diagnostics);
        }
    }
    if let Some(expression) = &managed.prevent_destroy {
        let value = site.value(expression, diagnostics);
        if let Err(error) = convert(&value, &Type::Bool) {
            let why = format!("prevent_destroy is true or false: {error}.");
            diagnostics.push(Diagnostic::error("Wrong type", why).at(expression.span()));
        }
    }
    for expression in &managed.replace_triggered_by {
        // As in Terraform, a trigger that does not exist is only a warning, because it never fires.
        let mut faults = Diagnostics::new();
        for reference in expression.references() {
            references::check(&reference, &site.repeated(true, true), &mut faults);
        }
        diagnostics
            .extend(faults.into_iter().map(|fault| Diagnostic { severity: Severity::Warning, ..fault }));
    }
}

/// A path of `ignore_changes` starts at the resource's own arguments.
fn ignored(path: &Traversal, schema: &schema::Block, resource: &Resource, diagnostics: &mut Diagnostics) {
    let name = path.root();
    match schema.attributes.get(name) {
        Some(attribute) if attribute.computed && !attribute.is_argument() => {
            let why = format!(
                "\"{name}\" is decided by the provider alone, so there is no change of yours to ignore."
            );
            diagnostics.push(Diagnostic::warning("Nothing to ignore", why).at(resource.type_span.clone()));
        }
        Some(_) => {}
        None if schema.blocks.contains_key(name) => {}
        None => {
            let known = schema.attributes.keys().chain(schema.blocks.keys()).map(AsRef::as_ref);
            let why = format!("This kind of object has no argument or block \"{name}\".");
            diagnostics
                .push(Diagnostic::error("Unknown attribute", why).at(path.root_span()).suggest(name, known));
        }
    }
}

fn provisioner(
    site: &Site<'_, '_>,
    provisioner: &Provisioner,
    shared: Option<&Connection>,
    diagnostics: &mut Diagnostics,
) {
    let Some(schema) = site.schemas.provisioner(&provisioner.kind) else {
        let why = format!("There is no provisioner \"{}\".", provisioner.kind);
        return diagnostics.push(
            Diagnostic::error("Unknown provisioner", why)
                .at(provisioner.kind_span.clone())
                .suggest(&provisioner.kind, site.schemas.provisioners()),
        );
    };
    let mut faults = Diagnostics::new();
    let arguments = block(&provisioner.body, schema, site, &mut faults);
    if !faults.has_errors() {
        let objections = site.schemas.provisioner_objections(&provisioner.kind, &arguments);
        object(&objections, &provisioner.body, &provisioner.span, &mut faults);
    }
    diagnostics.extend(faults);
    let connections = match (&provisioner.connection, shared) {
        (Some(own), _) => Some(own),
        (None, shared) => shared,
    };
    if let Some(connection) = connections {
        // What a connection block leaves out may be set by the shared one.
        let mut schema = site.schemas.connection().clone();
        if provisioner.connection.is_some() && shared.is_some() {
            schema.attributes.values_mut().for_each(|attribute| {
                attribute.optional = true;
                attribute.required = false;
            });
        }
        block(&connection.body.clone().into(), &schema, site, diagnostics);
    }
}
