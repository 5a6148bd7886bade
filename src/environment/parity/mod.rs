//! Are two environments of the same shape, but for what is declared to differ?
//!
//! Pure. Two sets of inputs become values that say where they came from ([`inputs`]); a configuration evaluated with
//! them becomes a [`Shape`], everything that it would make, without state, credentials or providers; two shapes become
//! [`Difference`]s, each with its origins; and a [`Ledger`] knows which origins are declared. What stands in files and
//! how it is shown is not known here.
//!
//! Why this is sound: whatever decides about a value is an origin of it, in the evaluation of either environment.
//! Where an evaluation did not ask what differs, it went the same way in both and came to the same. What the origins
//! might still miss is looked for a second time by evaluating the first environment once more with everything
//! declared taken from the second: what then differs from the second is not declared, whatever its origins say.

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
