//! The commands and flags of `state` and `query`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Inspects and rearranges the state of an environment.
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
    /// Change the address of a module, a resource or an instance.
    Mv(Mv),
    /// Remove instances from the state, without destroying the objects.
    Rm(Rm),
    /// Hand resources over to another provider.
    ReplaceProvider(ReplaceProvider),
    /// Print the state in Terraform's file format.
    Pull(Pull),
    /// Replace the state with a file in Terraform's format.
    Push(Push),
    /// Take over the state of another environment, leaving that one empty.
    Adopt(Adopt),
    /// Show the history of the state.
    History(History),
    /// Remove the lock that somebody holds.
    Unlock(Unlock),
    /// Record that an object an interrupted run may have made does not exist.
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
    /// Hold the state lock from the start. With -lock=false it is taken only while the state is written, which never
    /// happens without it.
    #[arg(long, num_args = 0..=1, default_value_t = true, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    pub lock: bool,

    /// How long to wait while somebody else holds the state lock: 30s, 5m.
    #[arg(long, value_name = "DURATION")]
    pub lock_timeout: Option<String>,
}

/// Lists instances by their addresses.
#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    #[command(flatten)]
    pub at: Where,

    /// List only instances whose attribute "id" has this value.
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,

    /// List only these modules, resources or instances.
    #[arg(value_name = "ADDRESS")]
    pub addresses: Vec<String>,
}

/// Shows the attributes of one object as it was last seen.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShowObject {
    #[command(flatten)]
    pub at: Where,

    /// The address of an instance, such as aws_instance.web[0].
    #[arg(value_name = "ADDRESS")]
    pub address: String,
}

/// Changes an address in the state, without touching the object.
///
/// A moved block in the configuration does the same for everybody who applies it.
#[derive(Debug, Args)]
pub(in crate::cli) struct Mv {
    #[command(flatten)]
    pub at: Where,

    #[command(flatten)]
    pub locking: Locking,

    /// Only show what would be moved.
    #[arg(long)]
    pub dry_run: bool,

    /// The current address.
    #[arg(value_name = "FROM")]
    pub from: String,

    /// The new address.
    #[arg(value_name = "TO")]
    pub to: String,
}

/// Removes instances from the state; a module stands for everything in it. The objects themselves stay, and are no
/// longer managed.
#[derive(Debug, Args)]
pub(in crate::cli) struct Rm {
    #[command(flatten)]
    pub at: Where,

    #[command(flatten)]
    pub locking: Locking,

    /// Only show what would be removed.
    #[arg(long)]
    pub dry_run: bool,

    /// Modules, resources or instances.
    #[arg(value_name = "ADDRESS", required = true)]
    pub addresses: Vec<String>,
}

/// Hands all resources of one provider over to another.
#[derive(Debug, Args)]
pub(in crate::cli) struct ReplaceProvider {
    #[command(flatten)]
    pub at: Where,

    #[command(flatten)]
    pub locking: Locking,

    /// Do not ask for approval.
    #[arg(long)]
    pub auto_approve: bool,

    /// The current provider, as in required_providers: hashicorp/aws, registry.example.com/acme/cloud.
    #[arg(value_name = "FROM")]
    pub from: String,

    /// The provider that takes them over.
    #[arg(value_name = "TO")]
    pub to: String,
}

/// Prints the state in Terraform's file format. It contains secrets in plain text.
#[derive(Debug, Args)]
pub(in crate::cli) struct Pull {
    #[command(flatten)]
    pub at: Where,
}

/// Replaces the state with a file in Terraform's format.
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

/// Takes over the state of another environment, with its protection: for an environment that has been renamed, or for
/// the first environments of a project that had none.
///
/// The other environment is left with an empty state, and keeps its history.
#[derive(Debug, Args)]
pub(in crate::cli) struct Adopt {
    #[command(flatten)]
    pub at: Where,

    #[command(flatten)]
    pub locking: Locking,

    /// The environment that has the state now.
    #[arg(value_name = "ENVIRONMENT")]
    pub from: String,
}

/// Shows the revisions of a state, latest first.
#[derive(Debug, Args)]
pub(in crate::cli) struct History {
    #[command(flatten)]
    pub at: Where,

    /// How many revisions to show.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20, hide_default_value = true)]
    pub limit: usize,

    /// Show what each of them changed.
    #[arg(long)]
    pub details: bool,

    /// Print one JSON array for programs to read.
    #[arg(long)]
    pub json: bool,
}

/// Removes the lock from its holder: only for a holder that is certainly gone, on a machine that this one cannot check.
#[derive(Debug, Args)]
pub(in crate::cli) struct Unlock {
    #[command(flatten)]
    pub at: Where,

    /// The id of the lock, as shown to anyone who waits for it.
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Records that an object which an interrupted run may have made does not exist, after somebody has checked.
///
/// If it does exist, import it instead: terrace import ADDRESS ID.
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

/// Queries the state of an environment with SQL, read-only.
///
/// The tables are: instances (address, module, mode, type, name, key, deposed, status, provider, attributes ...),
/// resources, outputs, checks, history, history_changes. Attributes are JSON: attributes ->> 'size'. Secrets are
/// "(sensitive value)" there.
#[derive(Debug, Args)]
pub(in crate::cli) struct Query {
    #[command(flatten)]
    pub at: Where,

    /// Print one JSON array of objects for programs to read.
    #[arg(long)]
    pub json: bool,

    /// Show secrets.
    #[arg(long)]
    pub show_sensitive: bool,

    /// One SELECT over these tables.
    #[arg(value_name = "SQL")]
    pub sql: String,
}
