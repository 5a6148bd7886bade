//! `plan`, `apply`, `destroy`, `refresh`, `drift`, and what goes into every plan.

use std::path::PathBuf;

use clap::Args;

use crate::plan::Mode;

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

/// Changes an environment: plans, asks, and carries out.
///
/// With a saved plan exactly that is carried out, without asking again.
#[derive(Debug, Args)]
pub(in crate::cli) struct Apply {
    #[command(flatten)]
    pub planning: Planning,

    #[command(flatten)]
    pub kind: PlanKind,

    /// Do not ask.
    #[arg(long)]
    pub auto_approve: bool,

    /// Print one JSON object per line for programs to read.
    #[arg(long)]
    pub json: bool,

    /// A plan that was saved with plan -out.
    #[arg(value_name = "PLAN")]
    pub plan: Option<PathBuf>,

    // Last, since its heading holds for all that follows.
    #[command(flatten)]
    pub consent: Consent,
}

/// Shows what somebody changed by hand: where the world is another way than the last apply left it.
///
/// Reads every object again and holds it against the state. What the configuration would change is only counted. Nothing
/// is changed, neither in the world nor in the state, and no lock is taken.
///
/// Exit codes: 0 no drift, 2 drift, 1 errors.
#[derive(Debug, Args)]
pub(in crate::cli) struct Drift {
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

/// How a plan is made.
#[derive(Args, Clone, Debug, Default)]
pub(in crate::cli) struct Planning {
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

    /// Keep others from changing the state meanwhile, where there is one. With -lock=false the lock is taken only while
    /// something is carried out, and nothing is where the state has changed by then.
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
pub(in crate::cli) struct Inputs {
    /// Set an input variable; may be repeated.
    #[arg(long = "var", value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub variables: Vec<String>,

    /// Read input variables from a file; may be repeated.
    #[arg(long = "var-file", value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// What kind of plan is made.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(in crate::cli) struct PlanKind {
    /// Plan to destroy everything.
    #[arg(long, conflicts_with = "refresh_only")]
    pub destroy: bool,

    /// Only take over into the state what has changed outside.
    #[arg(long)]
    pub refresh_only: bool,
}

/// What the rules of an environment ask for.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Protection")]
pub(in crate::cli) struct Consent {
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

impl PlanKind {
    pub(in crate::cli) fn mode(self) -> Mode {
        match (self.destroy, self.refresh_only) {
            (true, _) => Mode::Destroy,
            (_, true) => Mode::RefreshOnly,
            _ => Mode::Normal,
        }
    }
}
