//! Names of things: modules, resources and their instances, environments.
//!
//! Pure data with the text form that people write. Knows no syntax trees: reading an address out of an
//! expression is done where expressions are known.
