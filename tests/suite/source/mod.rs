//! Files and modules on disk.

mod install;
