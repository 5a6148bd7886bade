//! `import`: an object that exists, taken over.

use std::path::PathBuf;
use std::time::Duration;

use crate::app;
use crate::app::neighbours;
use crate::app::run::{Doors, Question};
use crate::diag::Diagnostic;
use crate::engine::Signals;
use crate::plan::Mode;
use crate::provision;

use super::arguments::Import;
use super::look::{answer, environment};
use super::output::Output;
use super::progress::Progress;
use super::run::{duration, holder};

pub(super) fn import(request: &Import, output: &Output) -> u8 {
    answer(output, async {
        let patience = match request.locking.lock_timeout.as_deref() {
            None => Duration::ZERO,
            Some(text) => duration(text).ok_or_else(|| {
                let why = "A duration is a number with a unit, such as 30s or 5m.";
                Diagnostic::error("Invalid -lock-timeout", why)
            })?,
        };
        let question = Question {
            folder: PathBuf::from("."),
            environment: environment(request.at.environment.as_deref())?,
            preview: None,
            given: super::console::given(&request.inputs),
            mode: Mode::Normal,
            targets: Vec::new(),
            excluded: Vec::new(),
            replace: Vec::new(),
            refresh: true,
            parallelism: 10,
            patience: Some(patience),
            holder: holder(&format!("import {} {}", request.address, request.id)),
        };
        let (store, signals, progress) = (super::store(), Signals::default(), Progress::new(output, false));
        let doors = Doors {
            store: &store,
            providers: &neighbours::providers(),
            provisioner: &provision::Provisioners,
            events: &progress,
            signals: &signals,
            asker: None,
        };
        let (address, warnings) = app::import::run(question, (&request.address, &request.id), doors).await?;
        output.report(&warnings);
        Ok(format!("{address} is looked after from now on.\n"))
    })
}
