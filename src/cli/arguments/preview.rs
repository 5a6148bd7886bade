//! What can be typed after `terrace preview`.

use clap::{Args, Subcommand};

use super::Inputs;

/// Makes an environment for a branch, and takes it down again.
///
/// What such an environment is like stands in the preview block of terrace.hcl. It is called preview/NAME, where NAME is
/// made of the branch's, and -e preview/NAME works with it as with any other environment.
#[derive(Debug, Args)]
pub(in super::super) struct Preview {
    #[command(subcommand)]
    pub command: PreviewCommand,
}

#[derive(Debug, Subcommand)]
pub(in super::super) enum PreviewCommand {
    /// Bring up the environment of the branch that is checked out: plan, ask, and carry out.
    Up(PreviewUp),
    /// Destroy everything that a preview has, and forget it.
    Down(PreviewDown),
    /// Show which previews there are.
    List(PreviewList),
    /// Take down the previews whose time is over.
    Gc(PreviewGc),
}

/// Brings up the environment of the branch that is checked out: plans, asks, and carries out.
///
/// An environment that exists is brought up to date. Its time to live begins anew with each new commit. The configuration
/// is kept with the state, so that it can be taken down when the branch is gone.
#[derive(Debug, Args)]
pub(in super::super) struct PreviewUp {
    /// The branch, where none is checked out or another one is meant.
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
/// What made it was kept with its state, and is used for this: neither the branch nor its configuration need to be there
/// any more.
#[derive(Debug, Args)]
pub(in super::super) struct PreviewDown {
    #[command(flatten)]
    pub doing: PreviewDoing,

    /// That there is none is fine, as for a branch that is closed twice or never had one.
    #[arg(long)]
    pub if_exists: bool,

    /// A branch, or the name of a preview as listed; without it the branch that is checked out.
    #[arg(value_name = "BRANCH")]
    pub which: Option<String>,
}

/// Shows which previews there are: of which branch and commit, for how long, and with what.
#[derive(Debug, Args)]
pub(in super::super) struct PreviewList {
    /// Print one JSON array for programs to read.
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,

    /// Print a table in Markdown.
    #[arg(long)]
    pub markdown: bool,
}

/// Takes down the previews whose time is over, without asking.
///
/// One that fails does not keep the others from being taken down. May run twice at once.
#[derive(Debug, Args)]
pub(in super::super) struct PreviewGc {
    /// Only say which.
    #[arg(long)]
    pub dry_run: bool,

    /// Also those whose branch exists neither here nor at the origin, which is asked.
    #[arg(long)]
    pub gone: bool,

    /// How many operations run at once.
    #[arg(long, value_name = "N", default_value_t = 10, hide_default_value = true)]
    pub parallelism: usize,
}

/// How it is done.
#[derive(Args, Clone, Debug, Default)]
pub(in super::super) struct PreviewDoing {
    #[command(flatten)]
    pub inputs: Inputs,

    /// Do not ask: carry out what is planned.
    #[arg(long)]
    pub auto_approve: bool,

    /// How many operations run at once.
    #[arg(long, value_name = "N", default_value_t = 10, hide_default_value = true)]
    pub parallelism: usize,

    /// How long to wait for somebody else who has the state: 30s, 5m.
    #[arg(long, value_name = "DURATION")]
    pub lock_timeout: Option<String>,

    /// Ask for what is missing; -input=false never asks.
    #[arg(long, num_args = 0..=1, default_value_t = true, default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    pub input: bool,
}
