//! Files and modules on disk.

mod flags;
mod install;
