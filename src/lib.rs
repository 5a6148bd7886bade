//! Terrace: one definition, many environments.
//!
//! The map of the crate, lowest floor first. Each module of this list is a *room*. A room imports only from floors below
//! its own; `tests/suite/architecture` holds this table and fails on an import that runs upward or sideways.
//!
//! | floor | room | what it is |
//! |---|---|---|
//! | 0 | [`diag`] | sources, spans, diagnostics |
//! | 0 | [`value`] | types, values with unknowns and marks, exact numbers, conversion: everyone's vocabulary |
//! | 1 | [`address`] | addresses of modules, resources, instances and providers |
//! | 1 | [`graph`] | dependency graphs: order, cycles, walks; work shared among threads |
//! | 1 | [`syntax`] | text to tokens to trees, native and JSON; the formatter |
//! | 2 | [`expression`] | evaluates expressions over a given scope |
//! | 2 | [`schema`] | the attributes and blocks that a type may have |
//! | 2 | [`state`] | what is known of the objects that were created |
//! | 3 | [`config`] | source tree to configuration: every block of the language, decoded and checked |
//! | 4 | [`eval`] | scopes, references and functions: a configuration's values; validation |
//! | 5 | [`plan`] | what is going to happen, as data |
//! | 6 | [`environment`] | the environments of a project and their differences: `terrace.hcl` |
//! | 6 | [`port`] | the engine's interfaces: providers, stores, provisioners, events |
//! | 7 | [`engine`] | refreshes and plans in one walk; applies what was planned |
//! | 7 | [`provider`] | the built-in providers, by their public addresses |
//! | 7 | [`provision`] | provisioners: commands here, or over ssh |
//! | 7 | [`render`] | values, plans, states and diagnostics for people and machines |
//! | 7 | [`source`] | files on disk, the clock and randomness; modules fetched by `init` |
//! | 7 | [`store`] | stores of states: a SQLite file per environment, or memory |
//! | 8 | [`app`] | one file per use case |
//! | 9 | [`cli`] | arguments in, exit code out |
//!
//! Besides them, `main.rs` only calls [`cli`], `build.rs` says how that program is linked, and `order.txt` in which order.
//!
//! # Where to look
//!
//! - A command from start to end: its flags in `cli/arguments`, its use case in `app`. `app/run.rs` is the pipeline of
//!   plan and apply.
//! - What is planned for an instance: `engine/instance.rs`, called by the walk in `engine/walk`.
//! - In which order a plan is applied: `engine/order.rs`; one operation of it: `engine/operation.rs`.
//! - A function of the language: `eval/functions`, one file per family. A block of the language: its file in `config`.
//! - An error before anything is planned: `syntax/parser/fault`, `config` or `eval/validate`, in this order.
//! - What `terrace.hcl` means: `environment`; who may change an environment: `environment/protection`.
//! - A built-in provider: `provider/builtin`, by its name.
//! - What is stored: `store/sqlite` for the file, `state/format` for Terraform's format, `plan/format` for saved plans.
//! - How anything looks: `render`.
//!
//! # Words
//!
//! A *resource* is a block, an *instance* one of its expansions, an *object* the real thing behind that. A *remark* is
//! a message of a provider. A *fault* is a diagnostic that is an error, or a failure of the outside world. A *mark* on
//! a value says that it is sensitive, ephemeral, or where it came from (its *origin*). A *thing* is a node of the
//! dependency graph: a variable, local, output, resource, module call or provider of one module. A *toggle* is a
//! feature flag of `terrace.hcl` that is on or off per environment. A *part* is something inside an object that another
//! engine manages, such as a resource of a CloudFormation stack; changes of parts are *nested changes*, and the
//! *inside* of the object's change.

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
