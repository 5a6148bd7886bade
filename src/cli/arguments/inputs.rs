//! `-var` and `-var-file`, in the order typed: later ones win.

use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

use crate::app::inputs::Said;

/// Values for input variables.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct Inputs {
    pub said: Vec<Said>,
}

#[derive(Args)]
struct Flags {
    /// Set an input variable; may be repeated.
    #[arg(long = "var", value_name = "NAME=VALUE", allow_hyphen_values = true)]
    variables: Vec<String>,

    /// Read input variables from a file; may be repeated.
    #[arg(long = "var-file", value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl FromArgMatches for Inputs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let Flags { variables, files } = Flags::from_arg_matches(matches)?;
        let places = |flag| matches.indices_of(flag).into_iter().flatten();
        let variables = places("variables").zip(variables.into_iter().map(Said::Variable));
        let files = places("files").zip(files.into_iter().map(Said::File));
        let mut said: Vec<(usize, Said)> = variables.chain(files).collect();
        said.sort_by_key(|(place, _)| *place);
        Ok(Self { said: said.into_iter().map(|(_, said)| said).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.said.extend(Self::from_arg_matches(matches)?.said);
        Ok(())
    }
}

impl Args for Inputs {
    fn augment_args(command: Command) -> Command {
        Flags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Flags::augment_args_for_update(command)
    }
}
