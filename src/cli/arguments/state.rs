//! What can be typed after `state` and `query`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Looks into the state of an environment, and rearranges it.
#[derive(Debug, Args)]
pub(in crate::cli) struct State {
    #[command(subcommand)]
    pub command: StateCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum StateCommand {
    /// List the instances of an environment.
    List(List),
    /// Show one object.
    Show(ShowObject),
    /// Give a module, a resource or an instance another address.
    Mv(Mv),
    /// Take instances out of the state; the objects themselves stay.
    Rm(Rm),
    /// Give resources to another provider.
    ReplaceProvider(ReplaceProvider),
    /// Print the state as a file of terraform's format.
    Pull(Pull),
    /// Replace the state by a file of terraform's format.
    Push(Push),
    /// Take the state of another environment, which has none afterwards.
    Adopt(Adopt),
    /// Show what changed the state, and when.
    History(History),
    /// Take the lock from whoever has it.
    Unlock(Unlock),
    /// Say that what a run that was cut off was making does not exist.
    Settle(Settle),
}

#[derive(Args, Clone, Debug, Default)]
pub(in crate::cli) struct Where {
    /// The environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct Locking {
    /// Keep others from changing the state meanwhile. With -lock=false the lock is taken only while the state is written,
    /// which it never is without.
    #[arg(long, num_args = 0..=1, default_value_t = true, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    pub lock: bool,

    /// How long to wait for somebody else who has the state: 30s, 5m.
    #[arg(long, value_name = "DURATION")]
    pub lock_timeout: Option<String>,
}

/// Lists instances by their addresses.
#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    #[command(flatten)]
    pub at: Where,

    /// Only instances whose attribute "id" is this.
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,

    /// Only these modules, resources or instances.
    #[arg(value_name = "ADDRESS")]
    pub addresses: Vec<String>,
}

/// Shows the attributes of one object as it was last seen.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShowObject {
    #[command(flatten)]
    pub at: Where,

    /// Of an instance, such as aws_instance.web[0].
    #[arg(value_name = "ADDRESS")]
    pub address: String,
}

/// Gives something another address, without touching the object.
///
/// A moved block in the configuration does the same for everybody who applies it.
#[derive(Debug, Args)]
pub(in crate::cli) struct Mv {
    #[command(flatten)]
    pub at: Where,

    #[command(flatten)]
    pub locking: Locking,

    /// Only say what would be moved.
    #[arg(long)]
    pub dry_run: bool,

    /// Its address so far.
    #[arg(value_name = "FROM")]
    pub from: String,

    /// Its address from now on.
    #[arg(value_name = "TO")]
    pub to: String,
}

/// Takes instances out of the state, with everything in a module where one is named. The objects themselves stay, and
/// nobody looks after them any more.
#[derive(Debug, Args)]
pub(in crate::cli) struct Rm {
    #[command(flatten)]
    pub at: Where,

    #[command(flatten)]
    pub locking: Locking,

    /// Only say what would be removed.
    #[arg(long)]
    pub dry_run: bool,

    /// Modules, resources or instances.
    #[arg(value_name = "ADDRESS", required = true)]
    pub addresses: Vec<String>,
}

/// Gives all resources of one provider to another.
#[derive(Debug, Args)]
pub(in crate::cli) struct ReplaceProvider {
    #[command(flatten)]
    pub at: Where,

    #[command(flatten)]
    pub locking: Locking,

    /// Do not ask.
    #[arg(long)]
    pub auto_approve: bool,

    /// As in required_providers: hashicorp/aws, registry.example.com/acme/cloud.
    #[arg(value_name = "FROM")]
    pub from: String,

    /// The one that gets them.
    #[arg(value_name = "TO")]
    pub to: String,
}

/// Prints the state as terraform would store it. Secrets are in it.
#[derive(Debug, Args)]
pub(in crate::cli) struct Pull {
    #[command(flatten)]
    pub at: Where,
}

/// Replaces the state by a file as terraform stores it.
///
/// A state of another lineage, or an earlier one, is refused.
#[derive(Debug, Args)]
pub(in crate::cli) struct Push {
    #[command(flatten)]
    pub at: Where,

    #[command(flatten)]
    pub locking: Locking,

    /// Accept a state of another lineage, or an earlier one.
    #[arg(long)]
    pub force: bool,

    /// The file; "-" reads standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Takes over the state of another environment, with what it protects: for an environment that has been renamed, and for
/// the first ones of a project that had none.
///
/// The other environment is left with an empty state, and keeps its history.
#[derive(Debug, Args)]
pub(in crate::cli) struct Adopt {
    #[command(flatten)]
    pub at: Where,

    #[command(flatten)]
    pub locking: Locking,

    /// Whose state it was so far.
    #[arg(value_name = "ENVIRONMENT")]
    pub from: String,
}

/// Shows the revisions of a state, the latest first.
#[derive(Debug, Args)]
pub(in crate::cli) struct History {
    #[command(flatten)]
    pub at: Where,

    /// How many.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20, hide_default_value = true)]
    pub limit: usize,

    /// Show what each of them changed.
    #[arg(long)]
    pub details: bool,

    /// Print one JSON array for programs to read.
    #[arg(long)]
    pub json: bool,
}

/// Takes the lock away from whoever has it: for holders that are surely gone, and that this machine cannot see.
#[derive(Debug, Args)]
pub(in crate::cli) struct Unlock {
    #[command(flatten)]
    pub at: Where,

    /// As whoever waits for the lock is told.
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Forgets that a run was cut off while it made an object, because it was looked for and does not exist.
///
/// One that does exist is taken over instead: terrace import ADDRESS ID.
#[derive(Debug, Args)]
pub(in crate::cli) struct Settle {
    #[command(flatten)]
    pub at: Where,

    #[command(flatten)]
    pub locking: Locking,

    /// The instance.
    #[arg(value_name = "ADDRESS")]
    pub address: String,
}

/// Asks the state of an environment in SQL. Nothing can be changed by it.
///
/// There are: instances (address, module, mode, type, name, key, deposed, status, provider, attributes ...), resources,
/// outputs, checks, history, history_changes. Attributes are JSON: attributes ->> 'size'.
#[derive(Debug, Args)]
pub(in crate::cli) struct Query {
    #[command(flatten)]
    pub at: Where,

    /// Print one JSON array of objects for programs to read.
    #[arg(long)]
    pub json: bool,

    /// One SELECT over resources, instances, outputs and history.
    #[arg(value_name = "SQL")]
    pub sql: String,
}
