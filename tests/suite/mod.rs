//! One folder per room, one case per sentence.

mod architecture;
#[cfg(feature = "aws")]
mod aws;
mod cli;
mod config;
mod console;
mod crash;
mod engine;
mod environment;
mod fmt;
mod hard;
mod lifecycle;
mod modules;
mod provider;
mod provision;
mod readme;
mod render;
mod source;
mod state;
mod syntax;
mod typos;
mod validate;
