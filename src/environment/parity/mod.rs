//! Compares two environments: whether they have the same shape, apart from declared differences.
//!
//! Pure. Two sets of inputs become values that carry their origins ([`inputs`]); a configuration evaluated with them
//! becomes a [`Shape`], everything that it would create, without state, credentials or providers; two shapes become
//! [`Difference`]s, each with its origins; and a [`Ledger`] knows which origins are declared. Files and presentation
//! are not known here.
//!
//! Why this is sound: whatever decides a value is one of its origins, in the evaluation of either environment. An
//! evaluation that never looks at what differs takes the same course in both, with the same result. What the origins
//! might still miss is searched for a second time, by evaluating the first environment again with everything declared
//! taken from the second: whatever then differs from the second is not declared, whatever its origins say.

mod applied;
mod compare;
mod inputs;
mod ledger;
pub mod origin;
mod reading;
mod report;
mod resources;
mod shape;

pub use applied::{Applied, Last, Unapplied, unapplied};
pub use compare::{Difference, Kind, compare};
pub use inputs::{Given, Inputs, inputs};
pub use ledger::{Cause, Ledger, Reason};
pub use report::{Declared, Finding, Parity};
pub use resources::Resources;
pub use shape::{Item, Section, Shape, evaluate_shape};
