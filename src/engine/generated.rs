//! Writes the configuration for an existing object: the block that would ask for just this object.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::address::{LocalProvider, ResourceAddress, quoted};
use crate::diag::Source;
use crate::eval::functions::json_document;
use crate::expression::write_expression;
use crate::schema::{Attribute, Block, NestedBlock, Nesting};
use crate::syntax::{format as lay_out, is_identifier};
use crate::value::{Mark, Name, Value};

/// A formatted `resource` block. Computed and deprecated attributes are left out; sensitive ones are null, with a
/// comment. The provider is named if the type does not imply it.
pub(super) fn resource(
    address: &ResourceAddress,
    provider: Option<&LocalProvider>,
    schema: &Block,
    object: &Value,
) -> String {
    let mut writer = Writer { text: String::new() };
    let labels = format!("{} {}", quoted(&address.kind), quoted(&address.name));
    writer.text.push_str(&format!("resource {labels} {{\n"));
    let is_implied =
        |provider: &&LocalProvider| *provider.name == *address.implied_provider() && provider.alias.is_none();
    if let Some(provider) = provider.filter(|provider| !is_implied(provider)) {
        writer.text.push_str(&format!("provider = {provider}\n"));
    }
    // Many types accept `id` as an argument without meaning it to be set.
    let is_identity =
        |name: &Name, attribute: &Attribute| **name == *"id" && attribute.computed && attribute.optional;
    writer.block(schema, object, &|name, attribute| !is_identity(name, attribute));
    writer.text.push('}');
    let text = writer.text;
    lay_out(&Source::new("<generated>", text.clone())).unwrap_or(text)
}

struct Writer {
    text: String,
}

impl Writer {
    fn block(&mut self, schema: &Block, object: &Value, wanted: &dyn Fn(&Name, &Attribute) -> bool) {
        self.attributes(&schema.attributes, object, wanted);
        for (kind, nested) in schema.blocks.iter().filter(|(_, nested)| !nested.block.deprecated) {
            if let Some(value) = object.entries().and_then(|entries| entries.get(kind)) {
                self.blocks(kind, nested, value);
            }
        }
    }

    fn attributes(
        &mut self,
        attributes: &BTreeMap<Name, Attribute>,
        object: &Value,
        wanted: &dyn Fn(&Name, &Attribute) -> bool,
    ) {
        for (name, attribute) in attributes {
            if !attribute.is_argument() || attribute.deprecated || !wanted(name, attribute) {
                continue;
            }
            let value = object.entries().and_then(|entries| entries.get(name));
            self.text.push_str(name);
            self.text.push_str(" = ");
            self.argument(attribute, value);
            self.text.push('\n');
        }
    }

    fn argument(&mut self, attribute: &Attribute, value: Option<&Value>) {
        let Some(value) = value.filter(|value| value.is_known() && !value.is_null()) else {
            return self.text.push_str("null");
        };
        if attribute.sensitive || value.marks().contains(&Mark::Sensitive) {
            return self.text.push_str("null # sensitive");
        }
        match (&attribute.nested, value.as_str()) {
            (Some(nested), _) => self.nested(&nested.attributes, nested.nesting, value),
            // Older provider SDKs cannot tell null from the empty string.
            (None, Some("")) if attribute.optional => self.text.push_str("null"),
            (None, Some(text)) => self.text_or_document(text, value),
            (None, None) => self.value(value),
        }
    }

    /// Writes a string; one that is a JSON document is written as a `jsonencode` call.
    fn text_or_document(&mut self, text: &str, value: &Value) {
        let begins = text.trim_start().starts_with(['{', '[']);
        match begins.then(|| json_document(text)).flatten().and_then(|document| write_expression(&document)) {
            Some(document) => self.text.push_str(&format!("jsonencode({document})")),
            None => self.value(value),
        }
    }

    fn value(&mut self, value: &Value) {
        let hides = value.has_mark_deep(&Mark::Sensitive);
        match write_expression(value).filter(|_| !hides) {
            Some(text) => self.text.push_str(&text),
            None => self.text.push_str(if hides { "null # sensitive" } else { "null" }),
        }
    }

    fn nested(&mut self, attributes: &BTreeMap<Name, Attribute>, nesting: Nesting, value: &Value) {
        let object = |writer: &mut Self, value: &Value| {
            if value.marks().contains(&Mark::Sensitive) {
                return writer.text.push_str("{} # sensitive");
            }
            writer.text.push_str("{\n");
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
                writer.attributes(attributes, value, &|_, _| true);
            });
            writer.text.push('}');
        };
        match nesting {
            Nesting::Single | Nesting::Group => object(self, value),
            Nesting::List | Nesting::Set => {
                self.text.push_str("[\n");
                for item in value.items().unwrap_or_default() {
                    if item.marks().contains(&Mark::Sensitive) {
                        self.text.push_str("{}, # sensitive\n");
                    } else {
                        object(self, item);
                        self.text.push_str(",\n");
                    }
                }
                self.text.push(']');
            }
            Nesting::Map => {
                self.text.push_str("{\n");
                for (key, item) in value.entries().into_iter().flatten() {
                    let key = if is_identifier(key) { key.to_string() } else { quoted(key) };
                    self.text.push_str(&format!("{key} = "));
                    object(self, item);
                    self.text.push('\n');
                }
                self.text.push('}');
            }
        }
    }

    fn blocks(&mut self, kind: &Name, nested: &NestedBlock, value: &Value) {
        if value.is_null() || !value.is_known() {
            return;
        }
        let header = |label: Option<&Name>| match label {
            Some(label) => format!("{kind} {} {{", quoted(label)),
            None => format!("{kind} {{"),
        };
        let one = |writer: &mut Self, label: Option<&Name>, value: &Value| {
            writer.text.push_str(&header(label));
            if value.marks().contains(&Mark::Sensitive) {
                return writer.text.push_str("} # sensitive\n");
            }
            writer.text.push('\n');
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
                writer.block(&nested.block, value, &|_, _| true);
            });
            writer.text.push_str("}\n");
        };
        match nested.nesting {
            _ if value.marks().contains(&Mark::Sensitive) => one(self, None, value),
            Nesting::Single | Nesting::Group => one(self, None, value),
            Nesting::List | Nesting::Set => {
                value.items().unwrap_or_default().iter().for_each(|value| one(self, None, value));
            }
            Nesting::Map => {
                let entries = value.entries().into_iter().flatten();
                entries.for_each(|(label, value)| one(self, Some(label), value));
            }
        }
    }
}
