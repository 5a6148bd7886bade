//! Plans and objects for a terminal.
//!
//! The layout is Terraform's, which people and tools know; the sentences are our own.

mod difference;
mod overview;
mod parts;
mod pen;
mod plan;
mod state;
mod value;

pub use plan::terminal_plan;
pub(super) use plan::{difference_changes, difference_plan, terminal_changes};
pub use state::{terminal_object, terminal_state};
