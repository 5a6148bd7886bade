//! The commands and flags of the program, as clap parses them.

mod about;
mod change;
mod environment;
pub(super) mod examples;
mod inputs;
mod object;
mod preview;
mod project;
mod state;

use std::ffi::OsString;
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::dashes::Flag;

pub(super) use about::{Metadata, MetadataSubject, Providers, ProvidersCommand, Version};
pub(super) use change::{Apply, Consent, Drift, Plan, PlanKind, Planning};
pub(super) use environment::{
    Environment, EnvironmentCommand, EnvironmentShow, Environments, Form, Parameters, ParametersCommand,
    ParametersSet, Parity, Toggles,
};
pub(super) use inputs::Inputs;
pub(super) use object::{Import, Outputs, Show, Taint};
pub(super) use preview::{
    Preview, PreviewCommand, PreviewDoing, PreviewDown, PreviewGc, PreviewList, PreviewUp,
};
pub(super) use project::{Console, Format, Graph, GraphType, Init, Validate};
pub(super) use state::{
    Adopt, History, List, Locking, Mv, Push, Query, ReplaceProvider, Rm, Settle, ShowObject, State,
    StateCommand, Where,
};

/// One definition, many environments: plans, applies and compares staging, production and previews
/// of a Terraform-language project.
#[derive(Debug, Parser)]
#[command(
    name = "terrace",
    version,
    propagate_version = false,
    disable_version_flag = true,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Long flags work with one dash and with two: -json is --json.\n\
                  Exit codes: 0 fine, 1 errors; 2 for changes (plan -detailed-exitcode), for drift, and for what differs\n\
                  undeclared (parity). `fmt` has 2 for files that it cannot read and 3 for -check.",
    styles = clap::builder::Styles::plain().header(anstyle_bold()).usage(anstyle_bold()).literal(anstyle_bold())
)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub always: Always,

    #[command(subcommand)]
    pub command: Command,
}

/// Flags that every command accepts.
#[derive(Debug, Args)]
pub(super) struct Always {
    /// Work in another directory, as if started there.
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub chdir: Option<PathBuf>,

    /// Print without colours (NO_COLOR does the same).
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub no_color: bool,

    /// Where there are only warnings, show just their titles and places.
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub compact_warnings: bool,

    /// Print the version.
    #[arg(short = 'v', long, action = clap::ArgAction::Version)]
    version: Option<bool>,
}

/// Adds a command's flags to its clap definition.
type AddFlags = fn(clap::Command) -> clap::Command;

/// The everyday commands, each with the function that adds its flags.
const DAILY: [(&str, AddFlags); 8] = [
    ("plan", Plan::augment_args),
    ("apply", Apply::augment_args),
    ("destroy", Apply::augment_args),
    ("refresh", Apply::augment_args),
    ("validate", Validate::augment_args),
    ("fmt", Format::augment_args),
    ("output", Outputs::augment_args),
    ("show", Show::augment_args),
];

impl Arguments {
    /// Parses the command line. For an everyday command only its own flags are built: building all of them takes longer
    /// than everything else here. The whole set is built only where an error message needs it.
    pub(super) fn of(typed: &[OsString]) -> Result<Self, clap::Error> {
        Self::alone(typed).map_or_else(|| Self::try_parse_from(typed), Ok)
    }

    fn alone(typed: &[OsString]) -> Option<Self> {
        let name = typed.get(1)?;
        let (name, arguments) = DAILY.into_iter().find(|(daily, _)| name == daily)?;
        let program = clap::Command::new("terrace")
            .version("")
            .disable_version_flag(true)
            .disable_help_subcommand(true);
        let command = arguments(clap::Command::new(name));
        // Never dropped: taking it apart costs time, and the process ends after the command anyway.
        let mut program = ManuallyDrop::new(Always::augment_args(program).subcommand(command));
        let mut matches = program.try_get_matches_from_mut(typed).ok()?;
        Self::from_arg_matches_mut(&mut matches).ok()
    }
}

/// The long help of commands that have more than one line of it.
pub(super) fn long_help() -> Vec<(&'static [&'static str], clap::builder::StyledStr)> {
    fn of<T: Args>(
        path: &'static [&'static str],
    ) -> Option<(&'static [&'static str], clap::builder::StyledStr)> {
        let command = T::augment_args(clap::Command::new(""));
        Some((path, command.get_long_about()?.clone()))
    }
    let all = [
        of::<Validate>(&["validate"]),
        of::<Graph>(&["graph"]),
        of::<Console>(&["console"]),
        of::<Plan>(&["plan"]),
        of::<Drift>(&["drift"]),
        of::<Apply>(&["apply"]),
        of::<Import>(&["import"]),
        of::<Format>(&["fmt"]),
        of::<Init>(&["init"]),
        of::<Parity>(&["parity"]),
        of::<Query>(&["query"]),
        of::<Mv>(&["state", "mv"]),
        of::<Push>(&["state", "push"]),
        of::<Adopt>(&["state", "adopt"]),
        of::<Settle>(&["state", "settle"]),
        of::<Environments>(&["envs"]),
        of::<EnvironmentShow>(&["env", "show"]),
        of::<Parameters>(&["params"]),
        of::<ParametersSet>(&["params", "set"]),
        of::<Toggles>(&["toggles"]),
        of::<Preview>(&["preview"]),
        of::<PreviewUp>(&["preview", "up"]),
        of::<PreviewDown>(&["preview", "down"]),
        of::<PreviewGc>(&["preview", "gc"]),
    ];
    all.into_iter().flatten().collect()
}

const fn anstyle_bold() -> clap::builder::styling::Style {
    clap::builder::styling::Style::new().bold()
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check a project: every module, type, reference and call, without touching anything outside.
    Validate(Validate),
    /// Try expressions against a project.
    Console(Console),
    /// Format configuration files in the canonical style.
    Fmt(Format),
    /// Prepare a project: fetch its modules and check versions.
    Init(Init),
    /// Show what would change in an environment.
    Plan(Plan),
    /// Show what somebody changed by hand.
    Drift(Drift),
    /// Change an environment: plan, ask, and carry out.
    Apply(Apply),
    /// Destroy everything that an environment has.
    #[command(mut_arg("destroy", hidden), mut_arg("refresh_only", hidden))]
    Destroy(Apply),
    /// Make an environment for a branch, and take it down again.
    Preview(Preview),
    /// Record in the state what has changed outside (same as apply -refresh-only -auto-approve).
    #[command(mut_arg("destroy", hidden), mut_arg("refresh_only", hidden), mut_arg("auto_approve", hidden))]
    Refresh(Apply),
    /// List the environments and the condition of each.
    Envs(Environments),
    /// Show one environment: every value and where it comes from.
    Env(Environment),
    /// Show the parameters of all environments side by side, or change them.
    Params(Parameters),
    /// Show where each toggle is on.
    Toggles(Toggles),
    /// Compare environments: what differs, and is it declared?
    Parity(Parity),
    /// Show the objects of an environment, a saved plan, or a state in a file.
    Show(Show),
    /// Print outputs of the last apply.
    Output(Outputs),
    /// Bring an existing object into the state.
    Import(Import),
    /// Mark an object so that the next apply replaces it.
    Taint(Taint),
    /// Remove the mark that taint set.
    Untaint(Taint),
    /// Inspect and rearrange the state of an environment.
    State(State),
    /// Query the state of an environment with SQL.
    Query(Query),
    /// Draw the dependencies between resources.
    Graph(Graph),
    /// Show which providers a project needs, and which of them are built in.
    Providers(Providers),
    /// Print the version.
    Version(Version),
    /// Describe the language for other programs.
    Metadata(Metadata),
    /// Print the completion script for a shell.
    Completions {
        /// The shell to write the script for.
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Write the manual pages into a directory.
    Man {
        /// The directory to write them to.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Serve the site of a site_static resource.
    #[command(hide = true)]
    ServeSite(ServeSite),
}

#[cfg(test)]
mod tests;

/// Serves a site until it is stopped. Started by apply, with the socket as its standard input.
#[derive(Debug, Args)]
pub(super) struct ServeSite {
    /// The file to serve for a folder.
    #[arg(long, value_name = "FILE")]
    pub index: String,

    /// The page to serve when a path is not found.
    #[arg(long, value_name = "FILE")]
    pub not_found: Option<String>,

    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// What value a long flag takes, whichever command has it.
pub(super) fn flag(name: &str) -> Flag {
    fn in_command(command: &clap::Command, name: &str) -> Option<Flag> {
        let argument = command.get_arguments().find(|argument| argument.get_long() == Some(name));
        let own = argument.map(|argument| match argument.get_action() {
            ArgAction::SetTrue => Flag::Switch,
            _ if argument.get_value_names().is_some_and(|names| names[0] == "BOOL") => Flag::Truth,
            _ => Flag::Other,
        });
        own.or_else(|| command.get_subcommands().find_map(|command| in_command(command, name)))
    }
    in_command(&Arguments::command(), name).unwrap_or(Flag::Other)
}

/// Hides a flag that the command implies already.
fn hidden(flag: clap::Arg) -> clap::Arg {
    flag.hide(true)
}
