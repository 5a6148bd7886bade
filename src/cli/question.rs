//! Builds the question to ask of a project from what was typed.

use std::path::PathBuf;
use std::time::Duration;

use crate::address::EnvironmentName;
use crate::app::inputs::Given;
use crate::app::run::Question;
use crate::diag::Diagnostic;
use crate::eval::functions::parse_wait;
use crate::plan::Mode;
use crate::port::Holder;
use crate::store::sqlite::host;

use super::arguments::{Inputs, Planning};

/// The question for a command over all environments.
pub(super) fn of_all(
    planning: &Planning,
    mode: Mode,
    operation: &'static str,
) -> Result<Question, Diagnostic> {
    Ok(Question {
        given: given(&planning.inputs),
        mode,
        targets: planning.target.clone(),
        excluded: planning.exclude.clone(),
        replace: planning.replace.clone(),
        refresh: planning.refresh,
        parallelism: planning.parallelism,
        patience: patience(planning.lock_timeout.as_deref())?,
        lock: planning.lock,
        ..plain(operation)
    })
}

/// The question with every flag at its default.
pub(super) fn plain(operation: &str) -> Question {
    Question {
        folder: PathBuf::from("."),
        environment: EnvironmentName::default(),
        preview: None,
        given: Given::default(),
        mode: Mode::Normal,
        targets: Vec::new(),
        excluded: Vec::new(),
        replace: Vec::new(),
        refresh: true,
        parallelism: 10,
        // A read-only command never waits for the lock.
        patience: Duration::ZERO,
        lock: false,
        holder: holder(operation),
    }
}

/// The inputs from the command line and the process environment.
pub(super) fn given(inputs: &Inputs) -> Given {
    let environment = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        Some((name.strip_prefix("TF_VAR_")?.to_owned(), value.into_encoded_bytes()))
    });
    let mut environment: Vec<(String, Vec<u8>)> = environment.collect();
    environment.sort();
    Given { said: inputs.said.clone(), environment }
}

/// How long to wait for the state lock, from `-lock-timeout`.
pub(super) fn patience(typed: Option<&str>) -> Result<Duration, Diagnostic> {
    typed.map_or(Some(Duration::ZERO), parse_wait).ok_or_else(|| {
        let why = "A duration is a number with a unit, such as 30s or 5m.";
        Diagnostic::error("Invalid -lock-timeout", why)
    })
}

/// Who holds the lock, and for what operation.
pub(super) fn holder(operation: &str) -> Holder {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let user = variable("USER").or_else(|| variable("LOGNAME")).unwrap_or_else(|| "unknown".into());
    let host = host().or_else(|| variable("HOSTNAME")).unwrap_or_else(|| "localhost".into());
    Holder { who: format!("{user}@{host}"), process: std::process::id(), operation: operation.to_owned() }
}
