//! Terrace: one definition, many environments.
//!
//! The map of the house, lowest floor first. A room imports only from floors below its own;
//! `tests/suite/architecture` holds this table and fails on an import that runs upward or sideways.
//!
//! | floor | room | what it is |
//! |---|---|---|
//! | 0 | [`diag`] | sources, spans, diagnostics |
//! | 0 | [`value`] | types, values with unknowns and marks, exact numbers, conversion: everyone's vocabulary |
//! | 1 | [`address`] | names of modules, resources and instances |
//! | 1 | [`graph`] | who needs whom, and where that goes in a circle |
//! | 1 | [`syntax`] | text to tokens to trees, native and JSON; the formatter |
//! | 2 | [`expression`] | expressions over a given scope |
//! | 2 | [`schema`] | what attributes and blocks a thing may have |
//! | 2 | [`state`] | what is known of the objects that were made |
//! | 3 | [`config`] | source tree to configuration: every block of the language, checked |
//! | 4 | [`eval`] | scopes, references and functions: a configuration's values |
//! | 5 | [`plan`] | what is going to happen, as data |
//! | 6 | [`environment`] | which environments there are, and what is particular to each |
//! | 6 | [`port`] | the doors of the engine: providers, stores, provisioners, events |
//! | 7 | [`engine`] | refreshes and plans in one walk; applies what was planned |
//! | 7 | [`provider`] | who looks after what: providers in this process, by their public addresses |
//! | 7 | [`provision`] | what is run beside an object: here, or over ssh |
//! | 7 | [`render`] | values, plans, states and diagnostics for people and machines |
//! | 7 | [`source`] | files on disk, the clock and randomness; modules, brought here by `init` |
//! | 7 | [`store`] | where states are kept: a file of SQLite per environment, or memory |
//! | 8 | [`app`] | one file per use case |
//! | 9 | [`cli`] | arguments in, exit code out |
//!
//! Beside them, `main.rs` only calls [`cli`], and `build.rs` says how that program is linked.

pub mod diag;
pub mod value;

pub mod address;
pub mod graph;
pub mod syntax;

pub mod expression;
pub mod schema;
pub mod state;

pub mod config;

pub mod eval;

pub mod plan;

pub mod environment;
pub mod port;

pub mod engine;
pub mod provider;
pub mod provision;
pub mod render;
pub mod source;
pub mod store;

pub mod app;

pub mod cli;
