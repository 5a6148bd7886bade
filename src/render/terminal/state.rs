//! Objects as they are, without changes.

use crate::address::{AbsoluteInstance, ProviderAddress};
use crate::plan::Schemas;
use crate::state::{DeposedKey, Object, State, Status};

use super::super::Style;
use super::super::object::{Objects, Read};
use super::super::outputs;
use super::super::view::{BlockView, Turn, object_view};
use super::pen::{Manner, Pen, Symbols};
use super::value::Stand;

/// All objects of a state, and its outputs. Ends with a newline; empty if there is nothing.
pub fn terminal_state(state: &State, schemas: &Schemas, style: Style) -> String {
    let mut objects = Objects::new(schemas);
    let mut text = String::new();
    for (address, resource, instance) in state.instances() {
        for (deposed, object) in instance.objects() {
            let read = objects.read(&resource.provider.provider, &address, object);
            text.push_str(&one(&address, deposed, object, &read, style));
            text.push('\n');
        }
    }
    if !state.outputs.is_empty() {
        text.push_str("\nOutputs:\n\n");
        for (name, output) in &state.outputs {
            let mut pen = Pen::new(style.color, Symbols::None);
            pen.put(name);
            pen.put(" = ");
            let stand = Stand { turn: Turn::Same, depth: 0, typed: false, forces: false };
            pen.value(&outputs::masked(&output.value), stand, Manner { to_null: false, all: true });
            pen.put("\n");
            text.push_str(&pen.text);
        }
    }
    text
}

/// One object.
pub fn terminal_object(
    address: &AbsoluteInstance,
    deposed: Option<&DeposedKey>,
    object: &Object,
    provider: &ProviderAddress,
    schemas: &Schemas,
    style: Style,
) -> String {
    let read = Objects::new(schemas).read(provider, address, object);
    one(address, deposed, object, &read, style)
}

fn one(
    address: &AbsoluteInstance,
    deposed: Option<&DeposedKey>,
    object: &Object,
    read: &Read<'_>,
    style: Style,
) -> String {
    let mut pen = Pen::new(style.color, Symbols::None);
    pen.display(format_args!("# {address}:"));
    if let Some(key) = deposed {
        pen.display(format_args!(" (deposed object {key})"));
    }
    if object.status == Status::Tainted {
        pen.put(" (tainted)");
    }
    let resource = &address.resource;
    pen.display(format_args!("\n{} \"{}\" \"{}\" ", resource.mode.keyword(), resource.kind, resource.name));
    match read.schema {
        Some(schema) => {
            let view: BlockView = object_view(schema, &read.value);
            pen.block(&view, 0, Manner { to_null: false, all: true });
        }
        // Without a schema, it is unknown what is sensitive.
        None => {
            pen.put("{\n");
            pen.comment(1, "# (not shown: no provider here knows this type)");
            pen.start(0, Turn::Same);
            pen.put("}");
        }
    }
    pen.put("\n");
    pen.text
}
