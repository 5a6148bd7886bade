//! The values of a configuration: scopes, references and functions.
//!
//! Values are worked out when something asks for them, and once. The outside comes in through three doors only:
//! [`World`] (files, clock, randomness, asked by functions), [`ProviderFunctions`] and [`Objects`] (what resources are
//! worth). This room plans nothing and knows neither state nor providers.

mod accepted;
mod block;
mod declared;
mod dynamic;
mod evaluator;
pub mod functions;
mod memo;
mod names;
mod one_of;
mod provided;
mod repetition;
pub mod rule;
mod scope;
mod subject;
pub mod validate;
mod world;

pub use accepted::accept;
pub use block::{Evaluate, Taken, block, nothing, take};
pub use evaluator::{Evaluator, NothingKnown, Objects, Place, Purpose};
pub use one_of::{OneOf, in_common};
pub use provided::{NothingOffered, ProviderFunctions};
pub use repetition::{Instances, instances, instances_with_origins};
pub use scope::{Each, ModuleScope, Surroundings};
pub use subject::Subject;
pub use world::{Entry, FileKind, World};
