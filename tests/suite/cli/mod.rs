//! What people see and type.

mod asking;
mod graph;
mod lines;
mod looking;
mod other_states;
mod provider_functions;
mod providers;
mod saved;
mod show;
mod usage_errors;
mod warnings;
