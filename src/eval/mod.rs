//! The values of a configuration: scopes, references and functions.

pub mod functions;
mod world;

pub use world::{Entry, FileKind, World};
