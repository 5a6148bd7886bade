//! What people see and type.

mod asking;
mod graph;
mod providers;
mod warnings;
