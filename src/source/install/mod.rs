//! Installs the modules that a project calls from registries, git repositories and archives.
//!
//! Driven by reading a configuration: the installer is a source tree that fetches whatever is asked for and missing, so
//! modules called by fetched modules are fetched in turn. It knows how to fetch and where to install, and nothing of
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
