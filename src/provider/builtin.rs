//! The provider that comes with the language.

use crate::schema::{Attribute, Block, Provider};
use crate::value::{Type, Value};

/// `terraform_data`, and the outputs of other projects.
pub(super) fn terraform() -> Provider {
    Provider {
        resources: [("terraform_data".into(), data())].into(),
        data: [("terraform_remote_state".into(), remote_state())].into(),
        ..Provider::default()
    }
}

fn data() -> Block {
    Block::default()
        .with("id", Attribute::computed(Type::String))
        .with("input", Attribute::optional(Type::Dynamic))
        .with("output", Attribute::computed(Type::Dynamic))
        .with("triggers_replace", Attribute::optional(Type::Dynamic))
}

fn remote_state() -> Block {
    Block::default()
        .with("backend", Attribute::required(Type::String))
        .with("config", Attribute::optional(Type::Dynamic))
        .with("defaults", Attribute::optional(Type::Dynamic))
        .with("outputs", Attribute::computed(Type::Dynamic))
        .with("workspace", Attribute::optional(Type::String))
}

/// Where the language can find another project's state.
const BACKENDS: [&str; 12] =
    ["azurerm", "consul", "cos", "gcs", "http", "inmem", "kubernetes", "local", "oss", "pg", "remote", "s3"];

pub(super) fn remote_state_objections(arguments: &Value) -> Vec<(&'static str, String)> {
    let argument = |name: &str| arguments.entries().and_then(|entries| entries.get(name));
    let mut objections = Vec::new();
    if let Some(kind) = argument("backend").and_then(Value::as_str)
        && !BACKENDS.contains(&kind)
    {
        objections
            .push(("backend", format!("There is no backend \"{kind}\"; there are {}.", BACKENDS.join(", "))));
    }
    for name in ["config", "defaults"] {
        let ty = argument(name).map(|value| (value.ty(), value.is_null()));
        if let Some((ty, false)) = ty
            && !matches!(ty, Type::Dynamic | Type::Object(_) | Type::Map(_))
        {
            objections.push((name, format!("\"{name}\" is an object, not a {}.", ty.friendly())));
        }
    }
    objections
}
