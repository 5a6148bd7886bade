//! The provider that comes with the language.

use crate::schema::{Attribute, Block, Provider};
use crate::value::Type;

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
