//! How things look: values and diagnostics, for people and for machines.
//!
//! Pure: everything here returns text and prints nothing. It decides no facts, only their form, and it is the
//! one place where a sensitive value becomes `(sensitive value)`.

mod diagnostic;
mod outlines;
mod quote;
mod snippet;
mod terminal;
mod types;
mod value;
pub mod view;

pub mod json;

pub use diagnostic::{Style, diagnostics};
pub use quote::quote;
pub use terminal::terminal_plan;
pub use types::type_text;
pub use value::value;
pub use view::{PlanView, plan_view};
