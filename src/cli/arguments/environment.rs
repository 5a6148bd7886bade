//! `envs`, `env`, `params`, `toggles`, `parity`.

use clap::{Args, Subcommand};

use super::Inputs;

/// Shows what environments there are, and how they are.
///
/// For each: its tier and branch, how many resources its state has, what was done last, what is pending as far as the last
/// plan of it knows, and what protects it. Previews that exist are listed, and so is what has a state and is not declared
/// any more. No secret is read, nothing is locked, and no provider is asked.
#[derive(Debug, Args)]
pub(in crate::cli) struct Environments {
    #[command(flatten)]
    pub form: Form,
}

/// Looks at one environment.
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(in crate::cli) struct Environment {
    #[command(subcommand)]
    pub command: EnvironmentCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum EnvironmentCommand {
    /// Show every value that an environment gives, with where it comes from.
    Show(EnvironmentShow),
}

/// Shows every value that an environment gives, with where it comes from.
///
/// Of secrets only their place is shown, and they are not read.
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

/// Shows the parameters of all environments beside each other, or changes them.
///
/// Parameters are the variables that terrace.hcl says may differ, and those that do. What differs without being declared
/// is marked, with the line that would declare it.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::cli) struct Parameters {
    #[command(subcommand)]
    pub command: Option<ParametersCommand>,

    /// Only this environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    #[command(flatten)]
    pub form: Form,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ParametersCommand {
    /// Change values of an environment in terrace.hcl, and plan it.
    Set(ParametersSet),
}

/// Changes values of an environment in terrace.hcl, and plans it.
///
/// Comments and layout of the file stay as they are. A value is read as -var reads it: a text for a variable that takes
/// one, an expression for others; null is null for all. What a variable does not take, in the environment or in one that
/// inherits from it, is refused, and nothing is written. Only the block of the environment itself is edited.
#[derive(Debug, Args)]
pub(in crate::cli) struct ParametersSet {
    /// The environment; "preview" means what all previews have.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    /// What to set.
    #[arg(value_name = "NAME=VALUE", required_unless_present_any = ["unset", "inherit"])]
    pub values: Vec<String>,

    /// Go back to the default of a variable, whatever is inherited; may be repeated.
    #[arg(long, value_name = "NAME")]
    pub unset: Vec<String>,

    /// Go back to what the environment inherits; may be repeated.
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

/// For whom something is printed, where not for people at a terminal.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(in crate::cli) struct Form {
    /// Print one JSON object for programs to read.
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,

    /// Print Markdown, for a page or a comment.
    #[arg(long)]
    pub markdown: bool,
}

/// Compares what two environments would be, resource by resource, and says of each difference what causes it.
///
/// A difference is declared where everything that causes it is: a `parameter` of terrace.hcl that says `differs`, a toggle,
/// the variables of a service, or the environment's own name where it only appears as text in names and tags. Anything
/// else fails the command, with the line that would declare it. Causes are found wherever they act: in conditions, counts,
/// keys, filters, functions and modules.
///
/// Needs no state (unless -state asks for it) and no credentials. What only a provider knows is the same in both unless what it is made from differs.
/// Exit codes: 0 the same or declared, 2 something is not declared (or with -state not applied), 1 errors.
#[derive(Debug, Args)]
pub(in crate::cli) struct Parity {
    /// The two environments.
    #[arg(value_names = ["A", "B"], num_args = 2, required_unless_present = "all", conflicts_with = "all")]
    pub environments: Vec<String>,

    /// Compare every environment with the one that it extends.
    #[arg(long)]
    pub all: bool,

    /// Hold what was really applied in each against what it should be, too.
    #[arg(long)]
    pub state: bool,

    /// Print one JSON object for programs to read.
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,

    /// Print Markdown, as for the comment of a pull request.
    #[arg(long)]
    pub markdown: bool,
}
