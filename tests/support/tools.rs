//! Programs of others that a test wants: those that `.ci/run` has put under `target/tools`, or those on the PATH.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A program that answers to these arguments; none where it cannot be had.
pub(crate) fn tool(name: &str, arguments: &[&str]) -> Option<PathBuf> {
    let own = super::root().join("target/tools/bin").join(name);
    [own, PathBuf::from(name)].into_iter().find(|program| answers(program, arguments))
}

fn answers(program: &PathBuf, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
