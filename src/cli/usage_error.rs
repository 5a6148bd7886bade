//! Suggestions for mistyped commands and flags.

use std::ffi::OsString;
use std::path::Path;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};

use crate::app::environment::is_declared;
use crate::diag::closest;
use crate::render;

use super::arguments::Arguments;

/// Commands of other tools, and their equivalents here.
const COMMANDS_OF_OTHER_TOOLS: [(&str, &str); 19] = [
    ("workspace", "environments take the place of workspaces: terrace envs lists them, -e NAME names one"),
    ("force-unlock", "terrace state unlock ID does that"),
    ("get", "terrace init brings modules"),
    ("modules", "terrace init lists modules"),
    ("test", "tests of modules (.tftest.hcl) are not run yet"),
    ("login", "there is nothing to log in to: tokens of registries are read from TF_TOKEN_<host>"),
    ("logout", "there is nothing to log out of: tokens of registries are read from TF_TOKEN_<host>"),
    ("lock", "there is nothing to lock: providers are part of this program"),
    ("mirror", "there is nothing to mirror: providers are part of this program"),
    ("promote", "plan and apply the other environment from the same commit: terrace plan -e NAME"),
    ("rollback", "terrace state history -e NAME lists the commits: check one out, then terrace plan -e NAME"),
    ("review", "terrace plan --all -markdown FILE writes the text for a review"),
    ("history", "terrace state history -e NAME shows what was done"),
    ("unlock", "terrace state unlock -e NAME ID does that"),
    ("status", "terrace envs shows how the environments are"),
    ("environments", "terrace envs lists them"),
    ("diff", "terrace plan -e NAME shows what would change, terrace parity A B how environments differ"),
    ("up", "terrace preview up makes an environment for a branch, terrace apply -e NAME changes one"),
    ("down", "terrace preview down takes one of a branch down, terrace destroy -e NAME destroys one"),
];

/// Flags of other tools, and their equivalents here.
const FLAGS_OF_OTHER_TOOLS: [(&str, &str); 10] = [
    (
        "--state",
        "the state of each environment is in .terrace: terrace state push FILE takes over a file of terraform, -e NAME names an \
         environment",
    ),
    (
        "--state-out",
        "the state of each environment is in .terrace: terrace state pull > FILE makes a copy of it",
    ),
    (
        "--backup",
        "terrace state pull > FILE makes a copy beforehand, and terrace state push -force FILE brings it back",
    ),
    ("--backup-out", "terrace state pull > FILE makes a copy beforehand"),
    ("--config", "terrace -chdir=DIR works in another directory"),
    (
        "--allow-missing-config",
        "write a resource block first, or an import block and plan -generate-config-out=FILE",
    ),
    ("--ignore-remote-version", "leave it out: the state is here, and no other program looks after it"),
    ("--force", "-auto-approve asks nothing"),
    ("--provider", "the provider of a resource is named in its block: provider = NAME.ALIAS"),
    ("--verify-plugins", "leave it out: providers are part of this program"),
];

/// Makes control characters in the typed words harmless before they are shown in a message.
pub(super) fn harmless(message: clap::Error, typed: Vec<OsString>) -> (clap::Error, Vec<OsString>) {
    let plain = |word: &OsString| OsString::from(render::harmless(&word.to_string_lossy()).into_owned());
    let harmless: Vec<OsString> = typed.iter().map(plain).collect();
    match (harmless != typed).then(|| Arguments::try_parse_from(&harmless)) {
        Some(Err(message)) => (message, harmless),
        _ => (message, typed),
    }
}

/// Adds to clap's message what clap cannot know.
pub(super) fn explain(message: &mut clap::Error, typed: &[OsString]) {
    without_hidden(message);
    match message.kind() {
        ErrorKind::InvalidSubcommand => subcommand(message, typed),
        ErrorKind::UnknownArgument => argument(message, typed),
        _ => {}
    }
}

fn subcommand(message: &mut clap::Error, typed: &[OsString]) {
    let Some(ContextValue::String(name)) = message.get(ContextKind::InvalidSubcommand) else { return };
    let name = name.clone();
    // clap suggests by similar letters only, and would offer "plan" for "man".
    message.remove(ContextKind::SuggestedSubcommand);
    message.remove(ContextKind::Suggested);
    if let Some((_, instead)) = COMMANDS_OF_OTHER_TOOLS.iter().find(|(known, _)| *known == name) {
        return tip(message, instead);
    }
    let command = innermost(typed);
    let known = command.get_subcommands().filter(|command| !command.is_hide_set());
    if let Some(meant) = closest(&name, known.map(clap::Command::get_name)) {
        message.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![meant]));
    }
}

fn argument(message: &mut clap::Error, typed: &[OsString]) {
    let Some(ContextValue::String(given)) = message.get(ContextKind::InvalidArg) else { return };
    let given = given.clone();
    let all = Arguments::command();
    let is_known = |name: &str| all.find_subcommand(name).is_some();
    if let Some((_, instead)) = FLAGS_OF_OTHER_TOOLS.iter().find(|(known, _)| *known == given) {
        // clap's own suggestion is about something else.
        message.remove(ContextKind::SuggestedArg);
        message.remove(ContextKind::SuggestedSubcommand);
        message.remove(ContextKind::Usage);
        return tip(message, instead);
    }
    if !given.starts_with('-') {
        if is_declared(Path::new("."), &given) {
            let command = innermost(typed);
            let name = command.get_name();
            tip(message, &format!("{given} is an environment: terrace {name} -e {given}"));
        }
    } else if typed.get(1).and_then(|first| first.to_str()).is_some_and(|first| first.starts_with(&given)) {
        // The flag came before the command, whose name may follow later.
        let command = typed.iter().skip(2).filter_map(|word| word.to_str()).find(|word| is_known(word));
        tip(
            message,
            &format!("flags come after the command: terrace {} {given} ...", command.unwrap_or("COMMAND")),
        );
    }
}

/// The innermost subcommand that was typed.
fn innermost(typed: &[OsString]) -> clap::Command {
    let mut command = Arguments::command();
    for word in typed.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(next) = command.find_subcommand(word) {
            command = next.clone();
        }
    }
    command
}

/// Removes internal commands from the list of choices.
fn without_hidden(message: &mut clap::Error) {
    let Some(ContextValue::Strings(all)) = message.get(ContextKind::ValidSubcommand) else { return };
    let known = Arguments::command();
    let is_hidden = |name: &String| known.find_subcommand(name).is_some_and(clap::Command::is_hide_set);
    let shown = all.iter().filter(|name| !is_hidden(name)).cloned().collect();
    message.insert(ContextKind::ValidSubcommand, ContextValue::Strings(shown));
}

fn tip(message: &mut clap::Error, text: &str) {
    message.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(text.to_owned())]));
}
