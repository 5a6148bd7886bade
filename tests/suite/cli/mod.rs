//! What people see and type.

mod asking;
mod graph;
mod lines;
mod look;
mod neighbours;
mod provider_functions;
mod providers;
mod saved;
mod slips;
mod warnings;
