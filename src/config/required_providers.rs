//! The `required_providers` block.

use crate::address::{LocalProvider, ProviderAddress};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::syntax::{Attribute, Block, Expression};
use crate::value::{Kind, Name, Type};

use super::{VersionConstraints, constant, provider, reference, version};

/// An entry of `required_providers`.
#[derive(Clone, Debug)]
pub struct RequiredProvider {
    pub local_name: Name,
    /// The source as written, if there is one.
    pub source: Option<Name>,
    pub address: ProviderAddress,
    pub version: Option<VersionConstraints>,
    pub configuration_aliases: Vec<LocalProvider>,
    pub span: Span,
}

/// One block.
pub(super) struct RequiredProviders {
    pub entries: Vec<RequiredProvider>,
    pub span: Span,
}

pub(super) fn decode(block: &Block, diagnostics: &mut Diagnostics) -> RequiredProviders {
    let attributes = block.body.attributes(diagnostics);
    let entries = attributes.iter().filter_map(|attribute| entry(attribute, diagnostics)).collect();
    RequiredProviders { entries, span: block.header.clone() }
}

fn entry(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Option<RequiredProvider> {
    let named = provider::check_local_name(attribute.name(), &attribute.name_span(), diagnostics);
    let mut required = RequiredProvider {
        local_name: attribute.name().into(),
        source: None,
        address: ProviderAddress::implied(attribute.name()),
        version: None,
        configuration_aliases: Vec::new(),
        span: attribute.span(),
    };
    let Some(pairs) = attribute.expression.as_pairs() else {
        decode_short_form(&mut required, attribute, diagnostics);
        return named.then_some(required);
    };
    for (key, value) in pairs {
        match key.as_literal_text().as_deref() {
            Some("version") => {
                let text = literal(&value, "version", diagnostics);
                required.version = text.and_then(|text| version::parse(&text, &value, diagnostics));
            }
            Some("source") => {
                let Some(text) = literal(&value, "source", diagnostics) else { continue };
                match ProviderAddress::parse(&text) {
                    Ok(address) => required.address = address,
                    Err(error) => diagnostics
                        .push(Diagnostic::error("Invalid provider source", error.0).at(value.span())),
                }
                required.source = Some(text);
            }
            Some("configuration_aliases") => {
                required.configuration_aliases = aliases(attribute.name(), &value, diagnostics);
            }
            other => {
                let detail = "What can be said about a required provider is \"source\", \"version\" and \
                              \"configuration_aliases\"; its own arguments belong into a \"provider\" block.";
                let known = ["source", "version", "configuration_aliases"];
                diagnostics.push(
                    Diagnostic::error("Invalid required_providers object", detail)
                        .at(key.span())
                        .suggest(other.unwrap_or_default(), known),
                );
            }
        }
    }
    named.then_some(required)
}

/// `aws = "~> 5.0"`: only a version.
fn decode_short_form(required: &mut RequiredProvider, attribute: &Attribute, diagnostics: &mut Diagnostics) {
    let mut faults = Diagnostics::new();
    let value = constant::constant(&attribute.expression, &mut faults);
    if !faults.has_errors() && matches!(value.ty(), Type::String | Type::Number | Type::Bool) {
        required.version = version::decode(attribute, diagnostics);
        return;
    }
    let detail = format!(
        "\"{}\" needs an object that is written out, such as {{ source = \"hashicorp/aws\", version = \"~> 5.0\" }}, or \
         a version constraint.",
        attribute.name()
    );
    diagnostics
        .push(Diagnostic::error("Invalid required_providers object", detail).at(attribute.expression.span()));
}

fn literal(expression: &Expression, what: &str, diagnostics: &mut Diagnostics) -> Option<Name> {
    let mut faults = Diagnostics::new();
    let value = constant::constant(expression, &mut faults);
    match value.kind() {
        Kind::String(text) if !faults.has_errors() => Some(text.clone()),
        _ => {
            let detail = format!("\"{what}\" needs a text that nothing is computed in.");
            diagnostics.push(Diagnostic::error(format!("Invalid {what}"), detail).at(expression.span()));
            None
        }
    }
}

fn aliases(name: &str, expression: &Expression, diagnostics: &mut Diagnostics) -> Vec<LocalProvider> {
    let mut aliases = Vec::new();
    for item in reference::list(expression, "provider references", diagnostics) {
        let Some(found) = reference::reference(&item, diagnostics) else { continue };
        let alias = found.attribute(0).map(Into::into);
        if found.root() != name || found.steps().len() > 1 || found.steps().len() == 1 && alias.is_none() {
            let detail = format!(
                "The configurations that callers pass for this provider are named {name}, a dot and an alias, such as \
                 {name}.west."
            );
            diagnostics
                .push(Diagnostic::error("Invalid configuration_aliases value", detail).at(item.span()));
            continue;
        }
        aliases.push(LocalProvider { name: found.root().into(), alias });
    }
    aliases
}
