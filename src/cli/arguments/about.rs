//! `providers`, `version`, `metadata`: what the project and the program consist of.

use clap::{Args, Subcommand};

/// Shows which providers the modules of a project and its state need, which versions are asked for, and which of them are
/// part of this program.
#[derive(Debug, Args)]
pub(in crate::cli) struct Providers {
    /// The environment.
    #[arg(short = 'e', long, value_name = "NAME", env = "TERRACE_ENV")]
    pub environment: Option<String>,

    #[command(subcommand)]
    pub command: Option<ProvidersCommand>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ProvidersCommand {
    /// Print what the providers offer, as JSON.
    Schema {
        /// Accepted for compatibility: there is no other form.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Version {
    /// Print one JSON object for programs to read.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Metadata {
    #[command(subcommand)]
    pub subject: MetadataSubject,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum MetadataSubject {
    /// The signatures of all functions, as JSON.
    Functions {
        /// Accepted for compatibility: there is no other form.
        #[arg(long)]
        json: bool,
    },
    /// The JSON Schema of what `show -json` prints of a plan.
    PlanSchema,
}
