//! The values of a configuration: scopes, references and functions.
//!
//! Values are evaluated when they are needed, and once. The outside world is reached through three traits only:
//! [`World`] (files, clock, randomness, for functions), [`ProviderFunctions`] and [`Objects`] (the values of
//! resources). This room plans nothing and knows neither state nor providers.

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
mod values_file;
mod world;

pub use accepted::accept;
pub use block::{Evaluate, Taken, block, nothing, take};
pub use declared::check as check_declared;
pub use evaluator::{Evaluator, NothingKnown, Objects, Place, Purpose};
pub use one_of::{OneOf, in_common};
pub use provided::{NothingOffered, ProviderFunctions};
pub use repetition::{Instances, instances, instances_with_origins, whole};
pub use scope::{Each, ModuleScope, Surroundings};
pub use subject::Subject;
pub use values_file::{undeclared, unreadable_secret, without_secrets};
pub use world::{Entry, FileKind, World};
