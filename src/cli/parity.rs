//! `parity`: whether environments have the same shape.

use std::path::Path;

use crate::app::environment::definitions;
use crate::app::parity::{Outcome, Pairs, run};
use crate::diag::{Diagnostic, Diagnostics};
use crate::port::StateStore;
use crate::render;

use super::arguments::Parity;
use super::output::Output;
use super::{ERRORS, FINE};

/// The exit code for a difference that is not declared, or not applied.
const UNDECLARED: u8 = 2;

pub(super) fn parity(request: &Parity, output: &Output) -> u8 {
    let pairs = match request.environments.as_slice() {
        [first, second] => Pairs::One(first.clone(), second.clone()),
        [] if request.all => Pairs::All,
        named => return output.report(&not_two(named.len()).into()),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output.fail("Cannot start", &format!("The system refused: {error}.")),
    };
    let store = super::store();
    let store = request.state.then_some(&store as &dyn StateStore);
    let Outcome { parities, diagnostics } = runtime.block_on(run(Path::new("."), &pairs, store));
    let code = output.report(&diagnostics);
    if !parities.is_empty() || request.json {
        let text = match (request.json, request.markdown) {
            (true, _) => render::json_parity(&parities) + "\n",
            (false, true) => render::markdown_parity(&parities),
            (false, false) => render::terminal_parity(&parities, output.result_style()),
        };
        output.print(&text);
    }
    match (code, parities.iter().all(|parity| parity.holds())) {
        (FINE, true) => FINE,
        (FINE, false) => UNDECLARED,
        _ => ERRORS,
    }
}

/// Two are compared, and somebody has named more or fewer.
fn not_two(named: usize) -> Diagnostic {
    let said = match named {
        0 => "none was named".to_owned(),
        1 => "one was named".to_owned(),
        many => format!("{many} were named"),
    };
    let known = definitions(Path::new("."), &mut Diagnostics::new());
    let known: Vec<String> =
        known.iter().flat_map(|all| all.applicable()).map(|one| one.name.to_string()).collect();
    let there = if known.is_empty() { String::new() } else { format!(" There are {}.", known.join(", ")) };
    let why = format!("Two environments are compared, and {said}.{there}");
    let hint = match known.as_slice() {
        [first, second, ..] => {
            format!("terrace parity {first} {second}; or --all for each and the one that it extends.")
        }
        _ => "terrace parity A B; or --all for each and the one that it extends.".to_owned(),
    };
    Diagnostic::error("Which environments?", why).hint(hint)
}
