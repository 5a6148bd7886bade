//! Help, completion scripts and manual pages, made from the arguments themselves.

use std::ffi::OsString;
use std::path::Path;

use clap::{Command, CommandFactory};

use super::arguments::{self, Arguments, examples};
use super::output::Output;
use super::{ERRORS, FINE};

/// The full help of the command that was typed.
pub(super) fn help(typed: &[OsString]) -> clap::builder::StyledStr {
    let mut command = Arguments::command();
    command.build();
    let mut path = Vec::new();
    // `help state mv` is the help of `state mv`.
    for word in typed.iter().skip(1).filter_map(|word| word.to_str()).filter(|word| *word != "help") {
        if let Some(next) = command.find_subcommand(word) {
            command = next.clone();
            path.push(word);
        }
    }
    if let Some(text) = examples::of(&path) {
        command = command.after_help(text);
    }
    match arguments::long_help().into_iter().find(|(known, _)| *known == path) {
        Some((_, text)) => command.about(text).render_help(),
        None => command.render_help(),
    }
}

/// Adds the long help to every command that has some.
fn with_long_help(mut command: Command) -> Command {
    for (path, text) in arguments::long_help() {
        command = at(command, path, &|command| command.long_about(text.clone()));
    }
    for (path, text) in examples::EXAMPLES.iter().filter_map(|(path, _)| Some((path, examples::of(path)?))) {
        command = at(command, path, &|command| command.after_long_help(text.clone()));
    }
    command
}

fn at(command: Command, path: &[&'static str], change: &dyn Fn(Command) -> Command) -> Command {
    match path {
        [] => change(command),
        [first, rest @ ..] => command.mut_subcommand(first, |inner| at(inner, rest, change)),
    }
}

/// Leaves out the commands that are only for this program to call.
fn shown(command: &Command) -> Command {
    let all: Vec<Command> = command.get_subcommands().filter(|one| !one.is_hide_set()).cloned().collect();
    let bare = Command::new("terrace")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .args(command.get_arguments().cloned());
    bare.subcommands(all)
}

pub(super) fn script(shell: clap_complete::Shell, output: &Output) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut shown(&Arguments::command()), "terrace", &mut script);
    output.print(&String::from_utf8_lossy(&script));
    FINE
}

pub(super) fn man_pages(folder: &Path, output: &Output) -> u8 {
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(with_long_help(Arguments::command()), folder));
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
