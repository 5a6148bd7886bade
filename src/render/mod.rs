//! How things look: values, plans, states, what happens, and diagnostics, for people and for machines.
//!
//! Pure: everything here returns text and prints nothing. It decides no facts, only their form, and it is the
//! one place where a sensitive value becomes `(sensitive value)`.

mod diagnostic;
mod drawing;
pub mod markdown;
mod object;
mod outlines;
mod outputs;
mod progress;
mod quote;
mod snippet;
pub mod table;
mod terminal;
mod types;
mod value;
pub mod view;
mod warnings;

pub mod json;

pub use diagnostic::{Style, diagnostics, harmless};
pub use drawing::{Drawing, Neighbours, drawing_dot, drawing_svg};
pub use json::{Operation, Record, json_plan, json_schemas, json_state, json_type, log_line, plan_records};
pub use outputs::{output, output_json, output_raw, outputs, outputs_json};
pub use progress::{live_line, progress_line, still_line};
pub use quote::quote;
pub use terminal::{terminal_object, terminal_plan, terminal_state};
pub use types::type_text;
pub use value::value;
pub use view::{Counts, PlanView, plan_view};
pub use warnings::compact_warnings;
