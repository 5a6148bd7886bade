//! What can be typed.

mod environment;
mod preview;
mod state;

use std::path::PathBuf;

use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand};

use crate::plan::Mode;

use super::dashes::Flag;

pub(super) use environment::{
    Environment, EnvironmentCommand, EnvironmentShow, Environments, Form, Parameters, ParametersCommand,
    ParametersSet, Toggles,
};
pub(super) use preview::{
    Preview, PreviewCommand, PreviewDoing, PreviewDown, PreviewGc, PreviewList, PreviewUp,
};
pub(super) use state::{Locking, Query, ReplaceProvider, State, StateCommand, Where};

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
                  Exit codes: 0 fine, 1 errors; `fmt` also 2 for files it cannot read and 3 for -check.",
    styles = clap::builder::Styles::plain().header(anstyle_bold()).usage(anstyle_bold()).literal(anstyle_bold())
)]
pub(super) struct Arguments {
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

    #[command(subcommand)]
    pub command: Command,
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
    /// Lay out configuration files the one agreed way.
    Fmt(Format),
    /// Make a project ready: find its modules and check versions.
    Init(Init),
    /// Show what would change in an environment.
    Plan(Plan),
    /// Show what somebody changed by hand.
    Drift(Drift),
    /// Change an environment: plan, ask, and carry out.
    Apply(Apply),
    /// Destroy everything that an environment has.
    Destroy(Apply),
    /// Make an environment for a branch, and take it down again.
    Preview(Preview),
    /// Take over into the state what has changed outside (as apply -refresh-only -auto-approve).
    Refresh(Apply),
    /// Show what environments there are, and how they are.
    Envs(Environments),
    /// Look at one environment: every value, with where it comes from.
    Env(Environment),
    /// Show the parameters of all environments beside each other, or change them.
    Params(Parameters),
    /// Show where each toggle is on.
    Toggles(Toggles),
    /// Compare environments: what differs, and is it declared?
    Parity(Parity),
    /// Show the objects of an environment, or a saved plan.
    Show(Show),
    /// Print outputs of the last apply.
    Output(Outputs),
    /// Take over an object that exists into the state.
    Import(Import),
    /// Mark an object as unfit: the next apply replaces it.
    Taint(Taint),
    /// Take back that an object is unfit.
    Untaint(Taint),
    /// Look into the state of an environment, and rearrange it.
    State(State),
    /// Ask the state of an environment in SQL.
    Query(Query),
    /// Draw which resources need which.
    Graph(Graph),
    /// Show which providers a project needs, and who they are.
    Providers(Providers),
    /// Print the version.
    Version(Version),
    /// Describe the language for other programs.
    Metadata(Metadata),
    /// Print the completion script for a shell.
    Completions {
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Write the manual pages into a directory.
    Man {
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Serve what a site_static resource stands for.
    #[command(hide = true)]
    ServeSite(ServeSite),
}

/// Checks a whole project and reports everything that is wrong with it at once.
///
/// All modules are checked: blocks and arguments, types and defaults, references, function calls, and the
/// arguments of resource types that are built in. No value from outside is needed and nothing is contacted.
#[derive(Debug, Args)]
pub(super) struct Validate {
    /// Print one JSON object for programs to read.
    #[arg(long)]
    pub json: bool,

    /// Leave test files out (accepted for compatibility: they are not checked yet).
    #[arg(long, hide = true)]
    pub no_tests: bool,

    /// Where test files are (accepted for compatibility).
    #[arg(long, hide = true, value_name = "DIR")]
    pub test_directory: Option<PathBuf>,

    /// The project's directory.
    #[arg(default_value = ".", hide_default_value = true, value_name = "DIR")]
    pub folder: PathBuf,
}

/// Draws which resources need which, or which operations of a plan come after which.
///
/// In the language of Graphviz, or as a picture that a browser shows. What one thing needs only because something else
/// that it needs does is left out.
#[derive(Debug, Args)]
pub(super) struct Graph {
    /// Print a picture (SVG) instead.
    #[arg(long)]
    pub svg: bool,

    /// Draw the operations of a plan that is made for this: plan (or apply), plan-destroy, or what plan-refresh-only
    /// reads.
    #[arg(long = "type", value_name = "TYPE", value_enum, hide_possible_values = true)]
    pub kind: Option<GraphType>,

    /// Draw the operations of a plan that was saved with plan -out.
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,

    /// The environment that is planned.
    #[arg(short = 'e', long, value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    #[command(flatten)]
    pub inputs: Inputs,

    /// Mark circles (accepted for compatibility: they are reported instead).
    #[arg(long, hide = true)]
    pub draw_cycles: bool,

    /// How deep modules are shown (accepted for compatibility).
    #[arg(long, hide = true, value_name = "N")]
    pub module_depth: Option<String>,

    /// The project's directory.
    #[arg(default_value = ".", hide_default_value = true, value_name = "DIR")]
    pub folder: PathBuf,
}

/// What is drawn.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GraphType {
    Plan,
    PlanRefreshOnly,
    PlanDestroy,
    Apply,
}

/// Evaluates expressions against a project.
///
/// Reads a line at a time. With input from a pipe each line's value is printed and a line that fails makes the exit
/// code 1; at a terminal there are line editing, history and completion of names and functions.
#[derive(Debug, Args)]
pub(super) struct Console {
    /// The environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    #[command(flatten)]
    pub inputs: Inputs,

    /// Evaluate against planned values (accepted for compatibility: without a plan they are what is known now).
    #[arg(long, hide = true)]
    pub plan: bool,
}

/// Shows what would change, and changes nothing.
///
/// Reads every object again, evaluates the configuration, and asks the providers what becomes of what.
///
/// With -all every environment that terrace.hcl declares is planned side by side, previews left out, and one table closes
/// what is told of them. One that fails holds up none of the others. With -json each line that is about one of them has a
/// field "environment", and the last line, of the type "environments", has the table. -var is not possible then, since it
/// would give the same value to all.
///
/// -markdown writes the text of a comment for a change under review: what is destroyed or replaced first, a table of the
/// environments, each plan folded. It holds no secrets, fits into a comment on GitHub, and is the same for the same plan.
#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    pub planning: Planning,

    #[command(flatten)]
    pub kind: PlanKind,

    /// Plan every environment.
    #[arg(long)]
    pub all: bool,

    /// With -all, show the table only.
    #[arg(long, requires = "all")]
    pub summary: bool,

    /// Also write the plan as Markdown, for a comment on a change; "-" prints that alone.
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,

    /// Exit 0 without changes, 2 with changes, 1 on errors.
    #[arg(long)]
    pub detailed_exitcode: bool,

    /// Save the plan, so that exactly it can be applied.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,

    /// Print one JSON object per line for programs to read.
    #[arg(long)]
    pub json: bool,

    /// Write configuration for imported objects that have none into a new file.
    #[arg(long, value_name = "FILE")]
    pub generate_config_out: Option<PathBuf>,
}

/// Shows what somebody changed by hand: where the world is another way than the last apply left it.
///
/// Reads every object again and holds it against the state. What the configuration would change is only counted. Nothing
/// is changed, neither in the world nor in the state, and no lock is taken.
///
/// Exit codes: 0 no drift, 2 drift, 1 errors.
#[derive(Debug, Args)]
pub(super) struct Drift {
    /// The environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    /// Look at every environment that terrace.hcl declares.
    #[arg(long)]
    pub all: bool,

    #[command(flatten)]
    pub inputs: Inputs,

    /// How many objects are read at once, in each environment.
    #[arg(long, value_name = "N", default_value_t = 10, hide_default_value = true)]
    pub parallelism: usize,

    /// Print one JSON object for programs to read.
    #[arg(long)]
    pub json: bool,

    /// Also write it as Markdown, for an issue or a message; "-" prints that alone.
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
}

/// Changes an environment: plans, asks, and carries out.
///
/// With a saved plan exactly that is carried out, without asking again.
#[derive(Debug, Args)]
pub(super) struct Apply {
    #[command(flatten)]
    pub planning: Planning,

    #[command(flatten)]
    pub kind: PlanKind,

    /// Do not ask.
    #[arg(long)]
    pub auto_approve: bool,

    #[command(flatten)]
    pub consent: Consent,

    /// Print one JSON object per line for programs to read.
    #[arg(long)]
    pub json: bool,

    /// A plan that was saved with plan -out.
    #[arg(value_name = "PLAN")]
    pub plan: Option<PathBuf>,
}

/// What the rules of an environment ask for.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Protection")]
pub(super) struct Consent {
    /// Agree beforehand, by the name of the environment that is meant.
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,

    /// Let a plan delete or replace in an environment of the tier production.
    #[arg(long)]
    pub allow_destroy: bool,

    /// Set a rule aside this once: windows, branches, deny_destroy; may be repeated.
    #[arg(long = "override", value_name = "RULE")]
    pub overrides: Vec<String>,

    /// Why; it is kept in the history.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// Shows the objects of an environment as they were last seen, or a saved plan.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    /// Print one JSON object for programs to read. Secrets are in it.
    #[arg(long)]
    pub json: bool,

    /// A plan that was saved with plan -out.
    #[arg(value_name = "PLAN")]
    pub plan: Option<PathBuf>,
}

/// Prints outputs of the last apply.
#[derive(Debug, Args)]
pub(super) struct Outputs {
    /// The environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    /// Print JSON for programs to read. Secrets are in it.
    #[arg(long, conflicts_with = "raw")]
    pub json: bool,

    /// Print one output as it is, without quotes.
    #[arg(long)]
    pub raw: bool,

    /// Only this output.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

/// Takes over an object that exists: from then on it is looked after.
///
/// The configuration must have the resource already. Nothing is changed but the state.
#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(flatten)]
    pub at: Where,

    #[command(flatten)]
    pub inputs: Inputs,

    #[command(flatten)]
    pub locking: Locking,

    /// Ask for what is missing (accepted for compatibility: nothing is asked for).
    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL")]
    pub input: Option<bool>,

    /// The instance that it becomes.
    #[arg(value_name = "ADDRESS")]
    pub address: String,

    /// What its provider knows it by.
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Says whether an object is fit.
#[derive(Debug, Args)]
pub(super) struct Taint {
    /// The environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    /// The instance.
    #[arg(value_name = "ADDRESS")]
    pub address: String,
}

/// What kind of plan is made.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(super) struct PlanKind {
    /// Plan to destroy everything.
    #[arg(long, conflicts_with = "refresh_only")]
    pub destroy: bool,

    /// Only take over into the state what has changed outside.
    #[arg(long)]
    pub refresh_only: bool,
}

/// How a plan is made.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Planning {
    /// The environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    #[command(flatten)]
    pub inputs: Inputs,

    /// Only this module, resource or instance, and what it needs; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub target: Vec<String>,

    /// All but this module, resource or instance, and what needs it; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub exclude: Vec<String>,

    /// Replace this instance even where an update would do; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub replace: Vec<String>,

    /// Ask the providers how things are; -refresh=false believes the state.
    #[arg(long, num_args = 0..=1, default_value_t = true, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    pub refresh: bool,

    /// How many operations run at once.
    #[arg(long, value_name = "N", default_value_t = 10, hide_default_value = true)]
    pub parallelism: usize,

    /// Keep others from changing the state meanwhile.
    #[arg(long, num_args = 0..=1, default_value_t = true, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    pub lock: bool,

    /// How long to wait for somebody else who has the state: 30s, 5m.
    #[arg(long, value_name = "DURATION")]
    pub lock_timeout: Option<String>,

    /// Ask for what is missing; -input=false never asks.
    #[arg(long, num_args = 0..=1, default_value_t = true, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    pub input: bool,
}

/// Values for input variables.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Inputs {
    /// Set an input variable; may be repeated.
    #[arg(long = "var", value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub variables: Vec<String>,

    /// Read input variables from a file; may be repeated.
    #[arg(long = "var-file", value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Lays out .tf, .tfvars, .tftest.hcl and terrace.hcl files the one agreed way.
///
/// Prints the names of files that it changed. A file with a syntax error is reported and left alone.
#[derive(Debug, Args)]
pub(super) struct Format {
    /// Print the names of files whose layout differs.
    #[arg(long, default_value_t = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL")]
    pub list: bool,

    /// Write the result back to the files.
    #[arg(long, default_value_t = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL")]
    pub write: bool,

    /// Print the differences.
    #[arg(long)]
    pub diff: bool,

    /// Change nothing; exit 3 when something would change.
    #[arg(long)]
    pub check: bool,

    /// Work through subdirectories too.
    #[arg(long)]
    pub recursive: bool,

    /// Files or directories; "-" reads standard input and prints the result.
    #[arg(value_name = "FILE")]
    pub targets: Vec<PathBuf>,
}

/// Makes a project ready to work with.
///
/// Brings every module that the project calls from where it is (registries, git repositories, archives) into
/// .terraform/modules, and checks the versions that modules ask for. Safe to repeat: what is there stays, what an
/// interrupted run left is finished. Nothing is contacted where nothing is missing.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Bring modules anew, in the newest versions that are allowed.
    #[arg(long, num_args = 0..=1, default_value_t = false, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    pub upgrade: bool,

    /// Bring missing modules; -get=false only looks at what is there.
    #[arg(long, num_args = 0..=1, default_value_t = true, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    pub get: bool,

    /// Copy a module into an empty directory first (not done here).
    #[arg(long, hide = true, value_name = "SOURCE")]
    pub from_module: Option<String>,

    #[command(flatten)]
    pub unheeded: UnheededInit,
}

/// What other tools of the language do while initialising and this one does not: accepted, so that scripts work.
#[derive(Debug, Args)]
pub(super) struct UnheededInit {
    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL")]
    pub input: Option<bool>,

    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL")]
    pub backend: Option<bool>,

    #[arg(long, hide = true, value_name = "FILE")]
    pub backend_config: Vec<String>,

    // Modules come from the same places whatever the variables are.
    #[arg(long, hide = true, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub var: Vec<String>,

    #[arg(long, hide = true, value_name = "FILE")]
    pub var_file: Vec<String>,

    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL")]
    pub reconfigure: Option<bool>,

    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL")]
    pub migrate_state: Option<bool>,

    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL")]
    pub force_copy: Option<bool>,

    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL")]
    pub lock: Option<bool>,

    #[arg(long, hide = true, value_name = "DURATION")]
    pub lock_timeout: Option<String>,

    #[arg(long, hide = true, value_name = "MODE")]
    pub lockfile: Option<String>,

    #[arg(long, hide = true, value_name = "DIR")]
    pub plugin_dir: Vec<PathBuf>,

    #[arg(long, hide = true, value_name = "DIR")]
    pub test_directory: Option<PathBuf>,
}

/// Serves a site until it is stopped. Started by apply, with the socket as its standard input.
#[derive(Debug, Args)]
pub(super) struct ServeSite {
    /// The file that stands for a folder.
    #[arg(long, value_name = "FILE")]
    pub index: String,

    /// The page for what is not found.
    #[arg(long, value_name = "FILE")]
    pub not_found: Option<String>,

    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
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
pub(super) struct Parity {
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

/// Shows which providers the modules of a project and its state need, which versions are asked for, and which of them are
/// part of this program.
#[derive(Debug, Args)]
pub(super) struct Providers {
    /// The environment.
    #[arg(short = 'e', long, value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    #[command(subcommand)]
    pub command: Option<ProvidersCommand>,
}

#[derive(Debug, Subcommand)]
pub(super) enum ProvidersCommand {
    /// Print what the providers offer, as JSON.
    Schema {
        /// Accepted for compatibility: there is no other form.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct Version {
    /// Print one JSON object for programs to read.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Metadata {
    #[command(subcommand)]
    pub subject: MetadataSubject,
}

#[derive(Debug, Subcommand)]
pub(super) enum MetadataSubject {
    /// The signatures of all functions, as JSON.
    Functions {
        /// Accepted for compatibility: there is no other form.
        #[arg(long)]
        json: bool,
    },
    /// The JSON Schema of what `show -json` prints of a plan.
    PlanSchema,
}

/// What a long flag takes, in whichever command has it.
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

impl PlanKind {
    pub(super) fn mode(self) -> Mode {
        match (self.destroy, self.refresh_only) {
            (true, _) => Mode::Destroy,
            (_, true) => Mode::RefreshOnly,
            _ => Mode::Normal,
        }
    }
}
