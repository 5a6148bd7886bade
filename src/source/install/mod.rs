//! Installs the modules that a project calls and that are not beside it: from registries, git repositories, archives.
//!
//! Reading a configuration drives it: the installer is a source tree that fetches what is asked for and missing, so
//! that modules called by fetched modules come in turn. It knows how to fetch and where to put things, and nothing of
//! what a configuration means.

mod archive;
mod checksum;
mod credentials;
mod fault;
mod file;
mod git;
mod http;
mod installer;
mod package;
mod registry;
mod shelf;
mod subdirectory;
mod web;

pub use credentials::CliConfiguration;
pub use fault::FetchError;
pub use installer::{Fetching, How, Installer, Request, Step};
