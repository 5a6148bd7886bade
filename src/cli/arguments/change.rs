//! `plan`, `apply`, `destroy`, `refresh`, `drift`, and what goes into every plan.

use std::path::PathBuf;

use clap::Args;

use crate::plan::Mode;

use super::Inputs;

/// Shows what would change, and changes nothing.
///
/// Reads every object again, evaluates the configuration, and asks the providers what each change would be.
///
/// With -all, every environment that terrace.hcl declares is planned side by side, without previews, and one table sums
/// them up. A failure in one does not hold up the others. With -json, each line about one environment has a field
/// "environment", and the last line, of type "environments", holds the table. -var is not possible with -all, since it
/// would give the same value to every environment.
///
/// -markdown writes the text of a comment for a change under review: first what is destroyed or replaced, then a table
/// of the environments, then each plan folded. It holds no secrets, fits into a comment on GitHub, and is the same for
/// the same plan.
#[derive(Debug, Args)]
pub(in crate::cli) struct Plan {
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

    /// Exit with 0 for no changes, 2 for changes, 1 for errors.
    #[arg(long)]
    pub detailed_exitcode: bool,

    /// Save the plan, so that exactly this plan can be applied.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,

    /// Print one JSON object per line for programs to read.
    #[arg(long)]
    pub json: bool,

    /// Write configuration for imported objects that have none to a new file.
    #[arg(long, value_name = "FILE")]
    pub generate_config_out: Option<PathBuf>,
}

/// Changes an environment: plans, asks, and carries out.
///
/// A saved plan is carried out exactly as it was made, without asking again.
#[derive(Debug, Args)]
pub(in crate::cli) struct Apply {
    #[command(flatten)]
    pub planning: Planning,

    #[command(flatten)]
    pub kind: PlanKind,

    /// Do not ask for approval.
    #[arg(long)]
    pub auto_approve: bool,

    /// Print one JSON object per line for programs to read.
    #[arg(long)]
    pub json: bool,

    /// A plan saved with plan -out.
    #[arg(value_name = "PLAN")]
    pub plan: Option<PathBuf>,

    // Last, because its help heading applies to every flag after it.
    #[command(flatten)]
    pub consent: Consent,
}

/// Shows what was changed by hand: where objects differ from what the last apply left.
///
/// Reads every object again and compares it with the state. Changes that the configuration would make are only counted.
/// Nothing is changed, neither the objects nor the state, and no lock is taken.
///
/// Exit codes: 0 no drift, 2 drift, 1 errors.
#[derive(Debug, Args)]
pub(in crate::cli) struct Drift {
    /// The environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    /// Check every environment that terrace.hcl declares.
    #[arg(long)]
    pub all: bool,

    #[command(flatten)]
    pub inputs: Inputs,

    /// How many objects to read at once, in each environment.
    #[arg(long, value_name = "N", default_value_t = 10, hide_default_value = true)]
    pub parallelism: usize,

    /// Print one JSON object for programs to read.
    #[arg(long)]
    pub json: bool,

    /// Also write it as Markdown, for an issue or a message; "-" prints that alone.
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
}

/// How a plan is made.
#[derive(Args, Clone, Debug, Default)]
pub(in crate::cli) struct Planning {
    /// The environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    #[command(flatten)]
    pub inputs: Inputs,

    /// Plan only this module, resource or instance, and what it depends on; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub target: Vec<String>,

    /// Leave out this module, resource or instance, and what depends on it; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub exclude: Vec<String>,

    /// Replace this instance even where an update would do; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub replace: Vec<String>,

    /// Read every object from its provider first; -refresh=false trusts the state.
    #[arg(long, num_args = 0..=1, default_value_t = true, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    pub refresh: bool,

    /// How many operations to run at once.
    #[arg(long, value_name = "N", default_value_t = 10, hide_default_value = true)]
    pub parallelism: usize,

    /// Hold the state lock while planning. With -lock=false the lock is taken only to carry a plan out, and the plan is
    /// refused if the state has changed by then.
    #[arg(long, num_args = 0..=1, default_value_t = true, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    pub lock: bool,

    /// How long to wait while somebody else holds the state lock: 30s, 5m.
    #[arg(long, value_name = "DURATION")]
    pub lock_timeout: Option<String>,

    /// Ask for what is missing; -input=false never asks.
    #[arg(long, num_args = 0..=1, default_value_t = true, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    pub input: bool,
}

/// What kind of plan is made.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(in crate::cli) struct PlanKind {
    /// Plan to destroy everything.
    #[arg(long, conflicts_with = "refresh_only")]
    pub destroy: bool,

    /// Only record in the state what has changed outside.
    #[arg(long)]
    pub refresh_only: bool,
}

/// Flags that satisfy, or set aside, the protection rules of an environment.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Protection")]
pub(in crate::cli) struct Consent {
    /// Approve in advance, by giving the name of the environment.
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,

    /// Allow a plan to delete or replace objects in an environment of tier production.
    #[arg(long)]
    pub allow_destroy: bool,

    /// Override a protection rule this once: windows, branches, deny_destroy; may be repeated.
    #[arg(long = "override", value_name = "RULE")]
    pub overrides: Vec<String>,

    /// The reason for the override; it is kept in the history.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

impl PlanKind {
    pub(in crate::cli) fn mode(self) -> Mode {
        match (self.destroy, self.refresh_only) {
            (true, _) => Mode::Destroy,
            (_, true) => Mode::RefreshOnly,
            _ => Mode::Normal,
        }
    }
}
