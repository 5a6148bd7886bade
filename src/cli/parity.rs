//! `parity`: are environments of the same shape?

use std::path::Path;

use crate::app::parity::{Outcome, Pairs, run};
use crate::render;

use super::arguments::Parity;
use super::output::Output;
use super::{ERRORS, FINE};

/// Something differs that nobody declared.
const UNDECLARED: u8 = 2;

pub(super) fn parity(request: &Parity, output: &Output) -> u8 {
    let pairs = match request.environments.as_slice() {
        [first, second] => Pairs::One(first.clone(), second.clone()),
        _ => Pairs::All,
    };
    let Outcome { parities, diagnostics } = run(Path::new("."), &pairs);
    let code = output.report(&diagnostics);
    if !parities.is_empty() || request.json {
        let text = match (request.json, request.markdown) {
            (true, _) => render::json_parity(&parities) + "\n",
            (false, true) => render::markdown_parity(&parities),
            (false, false) => render::terminal_parity(&parities, output.result_style()),
        };
        output.print(&text);
    }
    match (code, parities.iter().all(|parity| parity.is_declared())) {
        (FINE, true) => FINE,
        (FINE, false) => UNDECLARED,
        _ => ERRORS,
    }
}
