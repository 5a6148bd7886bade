//! `envs`, `env`, `params`, `toggles`, `parity`.

use clap::{Args, Subcommand};

use super::Inputs;

/// Lists the environments and the condition of each.
///
/// For each: its tier and branch, how many resources its state has, when it was last changed, what is pending according
/// to its last plan, and what protects it. Previews are listed too, and so is any state whose environment is no longer
/// declared. No secret is read, no lock is taken, and no provider is asked.
#[derive(Debug, Args)]
pub(in crate::cli) struct Environments {
    #[command(flatten)]
    pub form: Form,
}

/// Shows one environment.
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(in crate::cli) struct Environment {
    #[command(subcommand)]
    pub command: EnvironmentCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum EnvironmentCommand {
    /// Show every value that an environment sets, and where it comes from.
    Show(EnvironmentShow),
}

/// Shows every value that an environment sets, and where it comes from.
///
/// Secrets are not read; only where each one is kept is shown.
#[derive(Debug, Args)]
pub(in crate::cli) struct EnvironmentShow {
    /// The environment; may be left out where there is only one.
    #[arg(value_name = "NAME", env = "TERRACE_ENV")]
    pub name: Option<String>,

    #[command(flatten)]
    pub inputs: Inputs,

    /// Print one JSON object for programs to read.
    #[arg(long)]
    pub json: bool,
}

/// Shows the parameters of all environments side by side, or changes them.
///
/// Parameters are the variables that terrace.hcl says may differ, and those that do. One that differs without being
/// declared is marked, with the line that would declare it.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::cli) struct Parameters {
    #[command(subcommand)]
    pub command: Option<ParametersCommand>,

    /// Show only this environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    #[command(flatten)]
    pub form: Form,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ParametersCommand {
    /// Change values of an environment in terrace.hcl, and plan the result.
    Set(ParametersSet),
}

/// Changes values of an environment in terrace.hcl, and plans the result.
///
/// Comments and layout of the file are kept. A value is read as -var reads it: as text for a variable of type string,
/// as an expression for any other; null is null for all. A value that a variable does not accept, in this environment
/// or in one that inherits from it, is refused, and nothing is written. Only the block of the environment itself is
/// edited.
#[derive(Debug, Args)]
pub(in crate::cli) struct ParametersSet {
    /// The environment; "preview" stands for the settings that all previews share.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    /// The values to set.
    #[arg(value_name = "NAME=VALUE", required_unless_present_any = ["unset", "inherit"])]
    pub values: Vec<String>,

    /// Go back to a variable's default, whatever is inherited; may be repeated.
    #[arg(long, value_name = "NAME")]
    pub unset: Vec<String>,

    /// Go back to the value that the environment inherits; may be repeated.
    #[arg(long, value_name = "NAME")]
    pub inherit: Vec<String>,

    /// Do not plan the environment afterwards.
    #[arg(long)]
    pub no_plan: bool,
}

/// Shows where each toggle is on.
///
/// Warns of one that is on everywhere and should have been retired.
#[derive(Debug, Args)]
pub(in crate::cli) struct Toggles {
    #[command(flatten)]
    pub form: Form,
}

/// The output format, where it is not plain text for a terminal.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(in crate::cli) struct Form {
    /// Print one JSON object for programs to read.
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,

    /// Print Markdown, for a page or a comment.
    #[arg(long)]
    pub markdown: bool,
}

/// Compares what two environments would be, resource by resource, and names the cause of each difference.
///
/// A difference is declared if all of its causes are: a `parameter` of terrace.hcl with `differs`, a toggle, the
/// variables of a service, or the environment's own name where it only appears as text in names and tags. Any other
/// difference fails the command, with the line that would declare it. Causes are traced wherever they act: through
/// conditions, counts, keys, filters, functions and modules.
///
/// Needs no state (unless -state is given) and no credentials. A value that only a provider knows counts as the same in
/// both, unless what it is made from differs.
/// Exit codes: 0 the same or declared, 2 something is not declared (or with -state not applied), 1 errors.
#[derive(Debug, Args)]
#[command(override_usage = "terrace parity [OPTIONS] <A> <B>\n       terrace parity [OPTIONS] --all")]
pub(in crate::cli) struct Parity {
    /// The two environments.
    #[arg(value_name = "A B", num_args = 0.., conflicts_with = "all")]
    pub environments: Vec<String>,

    /// Compare every environment with the one that it extends.
    #[arg(long)]
    pub all: bool,

    /// Also compare what is really applied in each with what it should be.
    #[arg(long)]
    pub state: bool,

    /// Print one JSON object for programs to read.
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,

    /// Print Markdown, for a comment on a pull request.
    #[arg(long)]
    pub markdown: bool,
}
