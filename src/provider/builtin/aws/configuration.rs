//! The provider block.

use crate::schema::{Attribute, Block};
use crate::value::Type;

/// What it takes.
pub(super) fn block() -> Block {
    let text = || Attribute::optional(Type::String);
    Block::default()
        .with("access_key", text())
        .with("profile", text())
        .with("region", text())
        .with("secret_key", text())
        .with("token", text())
}
