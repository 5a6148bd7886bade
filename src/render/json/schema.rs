//! The schemas of providers, in Terraform's format.

use serde_json::{Map, Value, json};

use crate::plan::Schemas;
use crate::schema::{Attribute, Block, Function, NestedBlock, Nesting, Parameter, Provider};
use crate::value::{Name, Type};

/// One object for all providers.
pub fn json_schemas(schemas: &Schemas) -> String {
    let providers: Map<String, Value> =
        schemas.0.iter().map(|(address, schema)| (address.to_string(), provider(schema))).collect();
    let mut form = Map::new();
    form.insert("format_version".into(), json!("1.0"));
    if !providers.is_empty() {
        form.insert("provider_schemas".into(), Value::Object(providers));
    }
    Value::Object(form).to_string()
}

fn provider(schema: &Provider) -> Value {
    let mut form = Map::new();
    form.insert("provider".into(), versioned(&schema.configuration));
    let kinds = [
        ("resource_schemas", &schema.resources),
        ("data_source_schemas", &schema.data),
        ("ephemeral_resource_schemas", &schema.ephemeral),
    ];
    for (name, blocks) in kinds {
        if !blocks.is_empty() {
            let blocks = blocks.iter().map(|(name, block)| (name.to_string(), versioned(block)));
            form.insert(name.into(), Value::Object(blocks.collect()));
        }
    }
    if !schema.functions.is_empty() {
        let functions = schema.functions.iter().map(|(name, one)| (name.to_string(), function(one)));
        form.insert("functions".into(), Value::Object(functions.collect()));
    }
    Value::Object(form)
}

fn function(one: &Function) -> Value {
    let mut form = Map::new();
    form.insert("description".into(), json!(one.description));
    form.insert("summary".into(), json!(one.description));
    form.insert("return_type".into(), json_type(&one.result));
    if !one.parameters.is_empty() {
        form.insert("parameters".into(), one.parameters.iter().map(parameter).collect());
    }
    if let Some(variadic) = &one.variadic {
        form.insert("variadic_parameter".into(), parameter(variadic));
    }
    Value::Object(form)
}

fn parameter(one: &Parameter) -> Value {
    let mut form = Map::new();
    form.insert("name".into(), json!(one.name));
    form.insert("description".into(), json!(one.description));
    flag(&mut form, "is_nullable", one.allow_null);
    form.insert("type".into(), json_type(&one.ty));
    Value::Object(form)
}

fn versioned(schema: &Block) -> Value {
    json!({ "version": schema.version, "block": block(schema) })
}

fn block(schema: &Block) -> Value {
    let mut form = Map::new();
    if !schema.attributes.is_empty() {
        form.insert("attributes".into(), attributes(&schema.attributes));
    }
    if !schema.blocks.is_empty() {
        let blocks = schema.blocks.iter().map(|(name, inner)| (name.to_string(), nested(inner)));
        form.insert("block_types".into(), Value::Object(blocks.collect()));
    }
    form.insert("description_kind".into(), json!("plain"));
    flag(&mut form, "deprecated", schema.deprecated);
    Value::Object(form)
}

fn nested(inner: &NestedBlock) -> Value {
    let mut form = Map::new();
    form.insert("nesting_mode".into(), json!(mode(inner.nesting)));
    form.insert("block".into(), block(&inner.block));
    if inner.min > 0 {
        form.insert("min_items".into(), json!(inner.min));
    }
    if let Some(max) = inner.max {
        form.insert("max_items".into(), json!(max));
    }
    Value::Object(form)
}

fn attributes(all: &std::collections::BTreeMap<Name, Attribute>) -> Value {
    Value::Object(all.iter().map(|(name, one)| (name.to_string(), attribute(one))).collect())
}

fn attribute(one: &Attribute) -> Value {
    let mut form = Map::new();
    match &one.nested {
        Some(nested) => {
            let inside = json!({
                "attributes": attributes(&nested.attributes),
                "nesting_mode": mode(nested.nesting),
            });
            form.insert("nested_type".into(), inside);
        }
        None => drop(form.insert("type".into(), json_type(&one.ty))),
    }
    form.insert("description_kind".into(), json!("plain"));
    for (name, is_so) in [
        ("deprecated", one.deprecated),
        ("required", one.required),
        ("optional", one.optional),
        ("computed", one.computed),
        ("sensitive", one.sensitive),
        ("write_only", one.write_only),
    ] {
        flag(&mut form, name, is_so);
    }
    Value::Object(form)
}

/// Only true fields are written.
fn flag(form: &mut Map<String, Value>, name: &str, is_so: bool) {
    if is_so {
        form.insert(name.into(), json!(true));
    }
}

fn mode(nesting: Nesting) -> &'static str {
    match nesting {
        Nesting::Single => "single",
        Nesting::Group => "group",
        Nesting::List => "list",
        Nesting::Set => "set",
        Nesting::Map => "map",
    }
}

/// A type as the provider protocol encodes it.
pub fn json_type(ty: &Type) -> Value {
    match ty {
        Type::Dynamic | Type::Type => json!("dynamic"),
        Type::Bool => json!("bool"),
        Type::Number => json!("number"),
        Type::String => json!("string"),
        Type::List(element) => json!(["list", json_type(element)]),
        Type::Set(element) => json!(["set", json_type(element)]),
        Type::Map(element) => json!(["map", json_type(element)]),
        Type::Tuple(elements) => json!(["tuple", elements.iter().map(json_type).collect::<Vec<_>>()]),
        Type::Object(object) => {
            let attributes: Map<String, Value> =
                object.attributes.iter().map(|(name, ty)| (name.to_string(), json_type(ty))).collect();
            json!(["object", attributes])
        }
    }
}
