//! `init`, `validate`, `fmt`, `console`, `graph`: what works on the text of a project.

use std::path::PathBuf;

use clap::Args;

use super::Inputs;

/// Prepares a project to be worked with.
///
/// Fetches every module that the project calls (from registries, git repositories or archives) into .terraform/modules,
/// and checks the versions that modules ask for. It is safe to repeat: what is there stays, and an interrupted download
/// is finished. The network is used only if something is missing.
#[derive(Debug, Args)]
pub(in crate::cli) struct Init {
    /// Fetch modules again, in the newest versions that are allowed.
    #[arg(long, num_args = 0..=1, default_value_t = false, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    pub upgrade: bool,

    /// Fetch missing modules; -get=false only checks what is there.
    #[arg(long, num_args = 0..=1, default_value_t = true, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    pub get: bool,

    /// Copy a module into an empty directory first (not supported).
    #[arg(long, hide = true, value_name = "SOURCE")]
    pub from_module: Option<String>,

    #[command(flatten)]
    pub unheeded: UnheededInit,
}

/// Flags of terraform init that have no meaning here, accepted so that scripts keep working.
#[derive(Debug, Args)]
pub(in crate::cli) struct UnheededInit {
    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL")]
    pub input: Option<bool>,

    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL")]
    pub backend: Option<bool>,

    #[arg(long, hide = true, value_name = "FILE")]
    pub backend_config: Vec<String>,

    // Module sources cannot depend on variables here, so the values are not needed.
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

/// Checks a whole project and reports everything that is wrong with it at once.
///
/// All modules are checked: blocks and arguments, types and defaults, references, function calls, and the
/// arguments of resource types that are built in. No value from outside is needed and nothing is contacted.
#[derive(Debug, Args)]
pub(in crate::cli) struct Validate {
    /// Print one JSON object for programs to read.
    #[arg(long)]
    pub json: bool,

    /// Leave out test files (accepted for compatibility: they are not checked yet).
    #[arg(long, hide = true)]
    pub no_tests: bool,

    /// The directory of test files (accepted for compatibility).
    #[arg(long, hide = true, value_name = "DIR")]
    pub test_directory: Option<PathBuf>,

    /// The project's directory.
    #[arg(default_value = ".", hide_default_value = true, value_name = "DIR")]
    pub folder: PathBuf,
}

/// Formats .tf, .tfvars, .tftest.hcl and terrace.hcl files in the canonical style.
///
/// Prints the names of the files that it changed. A file with a syntax error is reported and left alone.
#[derive(Debug, Args)]
pub(in crate::cli) struct Format {
    /// Print the names of files whose layout differs.
    #[arg(long, default_value_t = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL")]
    pub list: bool,

    /// Write the result back to the files.
    #[arg(long, default_value_t = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL")]
    pub write: bool,

    /// Print the differences.
    #[arg(long)]
    pub diff: bool,

    /// Change nothing; exit with 3 if something would change.
    #[arg(long)]
    pub check: bool,

    /// Format files in subdirectories too.
    #[arg(long)]
    pub recursive: bool,

    /// Files or directories; "-" reads standard input and prints the result.
    #[arg(value_name = "FILE")]
    pub targets: Vec<PathBuf>,
}

/// Evaluates expressions against a project.
///
/// Reads a line at a time. With input from a pipe each line's value is printed and a line that fails makes the exit
/// code 1; at a terminal there are line editing, history and completion of names and functions.
#[derive(Debug, Args)]
pub(in crate::cli) struct Console {
    /// The environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    #[command(flatten)]
    pub inputs: Inputs,

    /// Evaluate against planned values (accepted for compatibility: without a plan they are what is known now).
    #[arg(long, hide = true)]
    pub plan: bool,
}

/// Draws which resources depend on which, or which operations of a plan come after which.
///
/// Prints the language of Graphviz, or a picture that a browser can show. A dependency that others already imply is
/// left out.
#[derive(Debug, Args)]
pub(in crate::cli) struct Graph {
    /// Print a picture (SVG) instead.
    #[arg(long)]
    pub svg: bool,

    /// Make a plan of this type and draw its operations: plan (or apply), plan-destroy, or plan-refresh-only for what
    /// it would read.
    #[arg(long = "type", value_name = "TYPE", value_enum, hide_possible_values = true)]
    pub kind: Option<GraphType>,

    /// Draw the operations of a plan saved with plan -out.
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,

    /// The environment to plan.
    #[arg(short = 'e', long, value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    #[command(flatten)]
    pub inputs: Inputs,

    /// Mark cycles (accepted for compatibility: they are reported as errors instead).
    #[arg(long, hide = true)]
    pub draw_cycles: bool,

    /// How deep to show modules (accepted for compatibility).
    #[arg(long, hide = true, value_name = "N")]
    pub module_depth: Option<String>,

    /// The project's directory.
    #[arg(default_value = ".", hide_default_value = true, value_name = "DIR")]
    pub folder: PathBuf,
}

/// What to draw.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum GraphType {
    Plan,
    PlanRefreshOnly,
    PlanDestroy,
    Apply,
}
