//! Completion scripts and manual pages, made from the arguments themselves.

use std::path::Path;

use clap::CommandFactory;

use super::arguments::Arguments;
use super::output::Output;
use super::{ERRORS, FINE};

pub(super) fn script(shell: clap_complete::Shell, output: &Output) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "terrace", &mut script);
    output.print(&String::from_utf8_lossy(&script));
    FINE
}

pub(super) fn man_pages(folder: &Path, output: &Output) -> u8 {
    let written =
        std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Arguments::command(), folder));
    match written {
        Ok(()) => FINE,
        Err(error) => {
            output.fail(
                "Manual pages not written",
                &format!("Writing into {} failed: {error}.", folder.display()),
            );
            ERRORS
        }
    }
}
