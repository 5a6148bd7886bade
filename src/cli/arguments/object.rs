//! `show`, `output`, `import`, `taint`, `untaint`: what is known of the objects of an environment.

use std::path::PathBuf;

use clap::Args;

use super::{Inputs, Locking, Where};

/// Shows the objects of an environment as they were last seen, a saved plan, or a Terraform state file.
#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    /// The environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    /// Print one JSON object for programs to read. It contains secrets in plain text.
    #[arg(long)]
    pub json: bool,

    /// A plan saved with plan -out, or a state as state pull prints it.
    #[arg(value_name = "FILE")]
    pub plan: Option<PathBuf>,
}

/// Prints outputs of the last apply.
#[derive(Debug, Args)]
pub(in crate::cli) struct Outputs {
    /// The environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    /// Print JSON for programs to read. It contains secrets in plain text.
    #[arg(long, conflicts_with = "raw")]
    pub json: bool,

    /// Print the value of one output as it is, without quotes.
    #[arg(long)]
    pub raw: bool,

    /// Print only this output.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

/// Brings an existing object into the state, to be managed from then on.
///
/// The configuration must already declare the resource. Only the state is changed.
#[derive(Debug, Args)]
pub(in crate::cli) struct Import {
    #[command(flatten)]
    pub at: Where,

    #[command(flatten)]
    pub inputs: Inputs,

    #[command(flatten)]
    pub locking: Locking,

    /// Ask for what is missing (accepted for compatibility: nothing is asked for).
    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL")]
    pub input: Option<bool>,

    /// The address of the instance that it becomes.
    #[arg(value_name = "ADDRESS")]
    pub address: String,

    /// The id by which its provider knows the object.
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Marks an object for replacement, or removes the mark.
#[derive(Debug, Args)]
pub(in crate::cli) struct Taint {
    /// The environment.
    #[arg(short = 'e', long, visible_alias = "env", value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    #[command(flatten)]
    pub locking: Locking,

    /// Only warn if there is no such object.
    #[arg(long)]
    pub allow_missing: bool,

    /// The instance.
    #[arg(value_name = "ADDRESS")]
    pub address: String,
}
