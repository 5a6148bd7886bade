//! The values that an environment sets, as written: `values`, `values_files`, `unset`, `secrets`, `variables_for`.

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::syntax::{Attribute, Block, Content};
use crate::value::Name;

use super::definition::{Layer, Secret, SecretKind, Setting};
use super::reading::{free, only_one};

pub(super) fn layer(content: &Content, diagnostics: &mut Diagnostics) -> Layer {
    let mut layer = Layer::default();
    if let Some(attribute) = content.attributes.get("values") {
        layer.values = settings(attribute, diagnostics);
        layer.values_span = Some(attribute.expression.span());
    }
    layer.files = list(content, "values_files", diagnostics);
    layer.unset = list(content, "unset", diagnostics);
    let mut seen = None;
    for block in &content.blocks {
        match &*block.kind {
            "secrets" if only_one(block, &mut seen, diagnostics) => {
                for attribute in free(&block.body, diagnostics) {
                    layer.secrets.extend(secret(&attribute, diagnostics));
                }
            }
            "variables_for" => service(block, &mut layer, diagnostics),
            _ => {}
        }
    }
    contradictions(&layer, diagnostics);
    layer
}

/// The entries of a literal object, with their places.
pub(super) fn settings(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Vec<Setting> {
    let Some(pairs) = attribute.expression.as_pairs() else {
        let name = attribute.name();
        let why = format!(
            "\"{name}\" is written out, so that every value has its line: {name} = {{ name = value }}."
        );
        diagnostics
            .push(Diagnostic::error("Values must be written out", why).at(attribute.expression.span()));
        return Vec::new();
    };
    let mut settings: Vec<Setting> = Vec::new();
    for (key, expression) in pairs {
        let Some(name) = key.as_keyword().or_else(|| key.as_literal_text()) else {
            let why = "The name of a value is written out, so that it can be found and changed.";
            diagnostics.push(Diagnostic::error("Name must be written out", why).at(key.span()));
            continue;
        };
        add(&mut settings, Setting { name, name_span: key.span(), expression }, diagnostics);
    }
    settings
}

fn add(settings: &mut Vec<Setting>, setting: Setting, diagnostics: &mut Diagnostics) {
    match settings.iter().find(|known| known.name == setting.name) {
        Some(first) => {
            let why = format!("\"{}\" is set here twice.", setting.name);
            diagnostics.push(
                Diagnostic::error("Duplicate value", why)
                    .at(setting.name_span)
                    .related("set here first", first.name_span.clone()),
            );
        }
        None => settings.push(setting),
    }
}

fn list(content: &Content, name: &str, diagnostics: &mut Diagnostics) -> Vec<(Name, Span)> {
    let Some(attribute) = content.attributes.get(name) else { return Vec::new() };
    let items = attribute.expression.as_list();
    let texts = items.and_then(|items| {
        items.iter().map(|item| Some((item.as_literal_text()?, item.span()))).collect::<Option<Vec<_>>>()
    });
    texts.unwrap_or_else(|| {
        let why = format!("\"{name}\" is a list of plain texts: {name} = [\"...\"].");
        diagnostics.push(Diagnostic::error("Unsuitable value", why).at(attribute.expression.span()));
        Vec::new()
    })
}

/// `name = env("NAME")`, `command([...])` or `file("...")`. Anything else may be the secret itself, so its line is not
/// shown.
fn secret(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Option<Secret> {
    let call = attribute.expression.as_call();
    let kind = call.as_ref().and_then(|(name, _)| SecretKind::of(name));
    let argument = call.and_then(|(_, arguments)| <[_; 1]>::try_from(arguments).ok());
    let (Some(kind), Some([argument])) = (kind, argument) else {
        let why = format!(
            "The secret \"{}\" at {} must say where it is and not what it is, with one argument.",
            attribute.name(),
            attribute.name_span()
        );
        diagnostics.push(
            Diagnostic::error("Secret is no reference", why)
                .hint("Use env(\"NAME\"), command([\"program\", \"argument\"]) or file(\"path\")."),
        );
        return None;
    };
    let (name, span) = (attribute.name().into(), attribute.expression.span());
    Some(Secret { name, name_span: attribute.name_span(), kind, argument, span })
}

fn service(block: &Block, layer: &mut Layer, diagnostics: &mut Diagnostics) {
    let Some(label) = block.labels.first() else { return };
    let mut settings = Vec::new();
    for attribute in free(&block.body, diagnostics) {
        let (name, name_span) = (Name::from(attribute.name()), attribute.name_span());
        add(&mut settings, Setting { name, name_span, expression: attribute.expression }, diagnostics);
    }
    if let Some((_, first)) = layer.services.get(&label.text) {
        let why = format!("The variables for \"{}\" are given here twice.", label.text);
        diagnostics.push(
            Diagnostic::error("Duplicate variables_for block", why)
                .at(block.header.clone())
                .related("given here first", first.clone()),
        );
        return;
    }
    layer.services.insert(label.text.clone(), (settings, block.header.clone()));
}

/// One block sets a variable only once.
fn contradictions(layer: &Layer, diagnostics: &mut Diagnostics) {
    let mut given: BTreeMap<&Name, (&str, &Span)> = BTreeMap::new();
    let values = layer.values.iter().map(|value| (&value.name, ("values", &value.name_span)));
    let secrets = layer.secrets.iter().map(|secret| (&secret.name, ("secrets", &secret.name_span)));
    let unset = layer.unset.iter().map(|(name, span)| (name, ("unset", span)));
    for (name, (what, span)) in values.chain(secrets).chain(unset) {
        if let Some((first, place)) = given.get(name) {
            let why = format!("\"{name}\" is in {first} and in {what} of one environment.");
            diagnostics.push(
                Diagnostic::error("Contradicting values", why)
                    .at(span.clone())
                    .related("the other one", (*place).clone()),
            );
        } else {
            given.insert(name, (what, span));
        }
    }
}
