//! What people see and type.

mod asking;
mod warnings;
