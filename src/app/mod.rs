//! One file per use case: takes a request, walks it through the house, gives back what came of it.
//!
//! Knows what a command means and nothing of how it is typed or printed.

pub mod format;
