//! Presentation: values, plans, states, progress and diagnostics, for people and for machines.
//!
//! Pure: everything here returns text and prints nothing. It decides no facts, only their form, and it is the one place
//! where a sensitive value becomes `(sensitive value)`.

mod comment;
mod diagnostic;
mod drawing;
mod drift;
mod environments;
pub mod inventory;
pub mod markdown;
mod object;
mod outlines;
mod outputs;
pub mod parameters;
mod parity;
mod previews;
mod progress;
mod quote;
mod rules;
mod short;
mod snippet;
pub mod table;
mod terminal;
pub mod toggles;
mod types;
mod unified;
mod value;
mod veiled;
pub mod view;
mod warnings;

pub mod json;

pub use comment::plan_comment;
pub use diagnostic::{Style, diagnostics, harmless, harmless_lines};
pub use drawing::{Adjacency, Drawing, drawing_dot, drawing_svg};
pub use drift::{EnvironmentDrift, drift_comment, drift_json, drift_table};
pub use environments::{
    EnvironmentPlan, EnvironmentVerdict, Standing, environment_heading, environments_table, verdicts_table,
};
pub use json::{
    Operation, Record, json_parity, json_plan, json_schemas, json_state, json_type, log_line, log_line_of,
    plan_records, work_records,
};
pub use outputs::{output, output_json, output_raw, outputs, outputs_json};
pub use parity::{markdown_parity, terminal_parity};
pub use previews::{PreviewLine, preview_record, previews, previews_json, previews_markdown};
pub use progress::{live_line, progress_line, still_line};
pub use quote::quote;
pub use rules::rules;
pub use terminal::{terminal_object, terminal_plan, terminal_state};
pub use types::type_text;
pub use unified::unified;
pub use value::value;
pub use veiled::veiled_attributes;
pub use view::{Counts, DriftView, PlanView, drift_view, plan_view};
pub use warnings::compact_warnings;
