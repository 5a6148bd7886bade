//! The commands and flags of `terrace preview`.

use clap::{Args, Subcommand};

use super::Inputs;

/// Makes an environment for a branch, and takes it down again.
///
/// The preview block of terrace.hcl describes these environments. Each is called preview/NAME, where NAME is derived
/// from the branch's name, and -e preview/NAME works as for any other environment.
#[derive(Debug, Args)]
pub(in super::super) struct Preview {
    #[command(subcommand)]
    pub command: PreviewCommand,
}

#[derive(Debug, Subcommand)]
pub(in super::super) enum PreviewCommand {
    /// Bring up the environment of the current branch: plan, ask, and carry out.
    Up(PreviewUp),
    /// Destroy everything that a preview has, and forget it.
    Down(PreviewDown),
    /// List the previews.
    List(PreviewList),
    /// Take down the previews that have expired.
    Gc(PreviewGc),
}

/// Brings up the environment of the current branch: plans, asks, and carries out.
///
/// An environment that exists already is brought up to date. Its time to live starts again with each new commit. The
/// configuration is kept with the state, so that the environment can be taken down after the branch is gone.
#[derive(Debug, Args)]
pub(in super::super) struct PreviewUp {
    /// The branch, if not the one that is checked out.
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,

    /// The number of the pull request, for preview.number.
    #[arg(long, value_name = "NUMBER")]
    pub number: Option<u64>,

    #[command(flatten)]
    pub doing: PreviewDoing,

    /// Print one JSON object per line for programs to read.
    #[arg(long)]
    pub json: bool,
}

/// Destroys everything that a preview has, and forgets it.
///
/// The configuration that was kept with its state is used for this, so neither the branch nor its files need to exist
/// any more.
#[derive(Debug, Args)]
pub(in super::super) struct PreviewDown {
    #[command(flatten)]
    pub doing: PreviewDoing,

    /// Succeed if there is no such preview, as for a branch that is closed twice or never had one.
    #[arg(long)]
    pub if_exists: bool,

    /// Print one JSON object per line for programs to read.
    #[arg(long)]
    pub json: bool,

    /// A branch, or the name of a preview as listed; by default the current branch.
    #[arg(value_name = "BRANCH")]
    pub which: Option<String>,
}

/// Lists the previews: branch and commit, time left, and number of resources.
#[derive(Debug, Args)]
pub(in super::super) struct PreviewList {
    /// Print one JSON array for programs to read.
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,

    /// Print a table in Markdown.
    #[arg(long)]
    pub markdown: bool,
}

/// Takes down the previews that have expired, without asking.
///
/// A failure in one does not keep the others from being taken down. It is safe to run two of these at once.
#[derive(Debug, Args)]
pub(in super::super) struct PreviewGc {
    /// Only list what would be taken down.
    #[arg(long)]
    pub dry_run: bool,

    /// Also take down previews whose branch exists neither here nor at the remote "origin", which is contacted.
    #[arg(long)]
    pub gone: bool,

    /// Print one JSON object per line for programs to read.
    #[arg(long)]
    pub json: bool,

    /// How many operations to run at once.
    #[arg(long, value_name = "N", default_value_t = 10, hide_default_value = true)]
    pub parallelism: usize,
}

/// How a preview is brought up or taken down.
#[derive(Args, Clone, Debug, Default)]
pub(in super::super) struct PreviewDoing {
    #[command(flatten)]
    pub inputs: Inputs,

    /// Do not ask for approval.
    #[arg(long)]
    pub auto_approve: bool,

    /// How many operations to run at once.
    #[arg(long, value_name = "N", default_value_t = 10, hide_default_value = true)]
    pub parallelism: usize,

    /// How long to wait while somebody else holds the state lock: 30s, 5m.
    #[arg(long, value_name = "DURATION")]
    pub lock_timeout: Option<String>,

    /// Ask for what is missing; -input=false never asks.
    #[arg(long, num_args = 0..=1, default_value_t = true, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    pub input: bool,
}
