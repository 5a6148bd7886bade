//! The schema of stacks: the public one, and our additions.

use crate::schema::{Attribute, Block, NestedBlock, Nesting};
use crate::value::Type;

/// The arguments that can hold the template.
pub(super) const SOURCES: [&str; 3] = ["template", "template_body", "template_url"];

pub(super) fn resource() -> Block {
    let text = || Attribute::optional(Type::String);
    let texts = || Attribute::optional(Type::set(Type::String));
    let map = || Type::map(Type::String);
    let mut block = Block::default()
        .with("capabilities", texts())
        .with("disable_rollback", Attribute::optional(Type::Bool))
        .with("iam_role_arn", text())
        .with("id", Attribute::optional_computed(Type::String))
        .with("name", Attribute::required(Type::String))
        .with("notification_arns", texts())
        .with("on_failure", text())
        .with("outputs", Attribute::computed(map()))
        .with("parameters", Attribute::optional_computed(map()))
        .with("policy_body", Attribute::optional_computed(Type::String))
        .with("policy_url", text())
        .with("tags", Attribute::optional(map()))
        .with("tags_all", Attribute::optional_computed(map()))
        .with("template_body", Attribute::optional_computed(Type::String))
        .with("template_url", text())
        .with("timeout_in_minutes", Attribute::optional(Type::Number))
        // Our additions: the template in the language, and termination protection.
        .with("template", Attribute::optional(Type::Dynamic))
        .with("enable_termination_protection", Attribute::optional_computed(Type::Bool));
    let timeouts = Block::default().with("create", text()).with("delete", text()).with("update", text());
    let timeouts = NestedBlock { block: timeouts, nesting: Nesting::Single, min: 0, max: None };
    block.blocks.insert("timeouts".into(), timeouts);
    block
}

pub(super) fn data() -> Block {
    let text = || Attribute::computed(Type::String);
    let texts = || Attribute::computed(Type::set(Type::String));
    let map = || Type::map(Type::String);
    Block::default()
        .with("capabilities", texts())
        .with("description", text())
        .with("disable_rollback", Attribute::computed(Type::Bool))
        .with("iam_role_arn", text())
        .with("id", Attribute::optional_computed(Type::String))
        .with("name", Attribute::required(Type::String))
        .with("notification_arns", texts())
        .with("outputs", Attribute::computed(map()))
        .with("parameters", Attribute::computed(map()))
        .with("tags", Attribute::optional_computed(map()))
        .with("template_body", text())
        .with("timeout_in_minutes", Attribute::computed(Type::Number))
}
