//! Commands that answer with a text, and the environment that they are about.

use std::future::Future;
use std::path::Path;

use crate::address::EnvironmentName;
use crate::diag::Diagnostics;

use super::output::Output;
use super::{ERRORS, FINE};

/// Runs the work to its end and prints the answer, or its diagnostics.
pub(super) fn answer(output: &Output, work: impl Future<Output = Result<String, Diagnostics>>) -> u8 {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output.fail("Cannot start", &format!("The system refused: {error}.")),
    };
    match runtime.block_on(work) {
        Ok(text) => {
            output.print(&text);
            FINE
        }
        Err(diagnostics) => {
            output.report(&diagnostics);
            if diagnostics.has_errors() { ERRORS } else { FINE }
        }
    }
}

/// The environment that was named, or the only one that there is.
pub(super) fn environment(named: Option<&str>) -> Result<EnvironmentName, Diagnostics> {
    let store = super::store();
    let has_state = |name: &EnvironmentName| store.environments().is_ok_and(|all| all.contains(name));
    crate::app::environment::named(Path::new("."), named, has_state).map_err(|faults| traced(faults, named))
}

/// A name that nobody has typed is hard to find.
fn traced(mut faults: Diagnostics, named: Option<&str>) -> Diagnostics {
    if named.is_some() && std::env::var("TERRACE_ENV").ok().as_deref() == named {
        for fault in faults.iter_mut().filter(|fault| fault.summary.contains("environment")) {
            fault.detail.push_str(" The name comes from TERRACE_ENV.");
        }
    }
    faults
}
