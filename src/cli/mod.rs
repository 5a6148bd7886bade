//! Arguments in, exit code out.
//!
//! The only room that knows the terminal, the process environment and exit codes. It turns arguments into a request
//! with nothing optional left, hands that to `app`, and prints what comes back.

mod answer;
mod arguments;
mod ask;
mod commands;
mod completion;
mod consent;
mod console;
mod dashes;
mod drift;
mod environment;
mod everywhere;
mod graph;
mod import;
mod init;
mod show;

mod output;
mod panic;
mod parity;
mod preview;
mod progress;
mod providers;
mod question;
mod run;
mod signals;
mod state;
mod usage_error;

use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::store::sqlite::SqliteStore;

use arguments::{Arguments, Command};
use output::Output;

/// Deeply nested configurations are walked recursively. The stack is only reserved; memory is used as the recursion
/// needs it.
const STACK: usize = 512 * 1024 * 1024;

/// The exit code of success.
const FINE: u8 = 0;
/// The exit code of errors, in the configuration or on the command line.
const ERRORS: u8 = 1;

pub fn main() -> ExitCode {
    panic::prepare();
    // Not a thread with a large stack: the system's allocator is slower for every thread but the first.
    ExitCode::from(stacker::grow(STACK, run))
}

fn run() -> u8 {
    let typed = dashes::settled(dashes::doubled(std::env::args_os()), arguments::flag);
    let arguments = match Arguments::of(&typed) {
        Ok(arguments) => arguments,
        Err(message) if message.kind() == ErrorKind::DisplayHelp => {
            let output = Output::for_process(false, false);
            let help = completion::help(&typed);
            let text = if output.result_style().color { help.ansi().to_string() } else { help.to_string() };
            output.print(&text);
            return output.code(FINE);
        }
        Err(message) => {
            let (mut message, typed) = usage_error::harmless(message, typed);
            usage_error::explain(&mut message, &typed);
            // Help and version exit with 0. Any usage error exits with 1, since 2 means changes.
            let code = if message.use_stderr() { ERRORS } else { FINE };
            return message.print().map_or(ERRORS, |()| code);
        }
    };
    let output = Output::for_process(arguments.always.no_color, arguments.always.compact_warnings);
    if let Some(folder) = &arguments.always.chdir
        && let Err(error) = std::env::set_current_dir(folder)
    {
        return output.fail("Cannot work there", &format!("Entering {} failed: {error}.", folder.display()));
    }
    if std::env::current_dir().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        return output.fail("Cannot work here", "The current directory was deleted.");
    }
    let code = match arguments.command {
        Command::Validate(request) => commands::validate(&request, &output),
        Command::Console(request) => console::run(&request, &output),
        Command::Fmt(request) => commands::format(&request, &output),
        Command::Init(request) => init::run(&request, &output),
        Command::Plan(request) if request.all => everywhere::plan(&request, &output),
        Command::Plan(request) => run::plan(&request, &output),
        Command::Drift(request) => drift::drift(&request, &output),
        Command::Apply(request) => run::apply(&request, &output),
        Command::Destroy(request) => run::destroy(&request, &output),
        Command::Preview(request) => preview::preview(&request.command, &output),
        Command::Refresh(request) => run::refresh(&request, &output),
        Command::Envs(request) => environment::environments(&request, &output),
        Command::Env(request) => environment::environment(&request, &output),
        Command::Params(request) => environment::parameters(&request, &output),
        Command::Toggles(request) => environment::toggles(&request, &output),
        Command::Parity(request) => parity::parity(&request, &output),
        Command::Show(request) => show::show(&request, &output),
        Command::Output(request) => show::outputs(&request, &output),
        Command::Import(request) => import::import(&request, &output),
        Command::Taint(request) => show::taint(&request, &output),
        Command::Untaint(request) => show::untaint(&request, &output),
        Command::State(request) => state::state(&request, &output),
        Command::Query(request) => state::query(&request, &output),
        Command::Graph(request) => graph::graph(&request, &output),
        Command::Providers(request) => providers::providers(&request, &output),
        Command::Version(request) => commands::version(&request, &output),
        Command::Metadata(request) => commands::metadata(&request, &output),
        Command::Completions { shell } => completion::script(shell, &output),
        Command::Man { folder } => completion::man_pages(&folder, &output),
        Command::ServeSite(request) => commands::serve_site(request, &output),
    };
    output.code(code)
}

/// The store of states: in the project, beside its configuration.
fn store() -> SqliteStore {
    SqliteStore::new(STATES)
}

const STATES: &str = ".terrace";
