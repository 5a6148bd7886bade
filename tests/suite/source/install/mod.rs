//! `init` brings the modules that a project calls.

mod archives;
mod kit;
mod registries;
mod repositories;
mod sharing;
