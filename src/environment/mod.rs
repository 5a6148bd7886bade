//! The environments of a project and their differences: the language of `terrace.hcl`.
//!
//! Pure. Text becomes [`Definitions`]; a name becomes a [`Chosen`] environment with everything it inherits; and that
//! gives [`Assignment`]s for the project's variables. Files and secrets are reached through [`Outside`]; whether and
//! how something is applied is decided elsewhere.

mod assignment;
mod choice;
mod definition;
pub mod edit;
mod inheritance;
mod layer;
pub mod parity;
pub mod preview;
mod protection;
mod reading;
mod scope;
#[cfg(test)]
mod tests;

/// The file that declares environments.
pub const FILE: &str = "terrace.hcl";

pub use assignment::{Assignment, Outside, Place, SecretCall, assignments};
pub use choice::{Chosen, PreviewFacts};
pub use definition::{
    Definitions, Difference, Environment, Layer, Parameter, Preview, Project, Protect, Secret, SecretKind,
    Service, Setting, Tier, Toggle,
};
pub use protection::{
    Breach, Checkout, Circumstances, Claims, Pattern, Rule, RuleLine, Rules, Verdict, Window, are_open,
    next_closing, next_opening,
};
