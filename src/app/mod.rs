//! One file per use case: takes a request, walks it through the house, gives back what came of it.
//!
//! Knows what a command means and nothing of how it is typed or printed.

mod abreast;
pub mod console;
mod elsewhere;
pub mod environment;
pub mod environments;
pub mod everywhere;
mod fault;
pub mod format;
pub mod graph;
pub mod import;
pub mod init;
pub mod inputs;
pub mod look;
pub mod metadata;
pub mod neighbours;
pub mod parameters;
pub mod parity;
pub mod preview;
mod project;
pub mod protection;
pub mod providers;
pub mod run;
pub mod saved;
mod sighting;
pub mod site;
pub mod state;
pub mod toggles;
pub mod validate;
mod wish;
