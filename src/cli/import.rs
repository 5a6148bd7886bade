//! `import`: brings an existing object into the state.

use crate::app;
use crate::app::other_states;
use crate::app::run::{Ports, Question};
use crate::engine::Signals;
use crate::provision;

use super::answer::{answer, environment};
use super::arguments::Import;
use super::output::Output;
use super::progress::Progress;
use super::question;

pub(super) fn import(request: &Import, output: &Output) -> u8 {
    answer(output, async {
        let question = Question {
            environment: environment(request.at.environment.as_deref())?,
            given: question::given(&request.inputs),
            patience: question::patience(request.locking.lock_timeout.as_deref())?,
            lock: request.locking.lock,
            ..question::plain(&format!("import {} {}", request.address, request.id))
        };
        let (store, signals, progress) = (super::store(), Signals::default(), Progress::new(output, false));
        let ports = Ports {
            store: &store,
            providers: &other_states::providers(),
            provisioner: &provision::Provisioners,
            events: &progress,
            signals: &signals,
            asker: None,
        };
        let (address, warnings) = app::import::run(question, (&request.address, &request.id), ports).await?;
        output.report(&warnings);
        Ok(format!("{address} is managed from now on.\n"))
    })
}
