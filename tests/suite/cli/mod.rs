//! What people see and type.

mod asking;
mod graph;
mod neighbours;
mod providers;
mod warnings;
