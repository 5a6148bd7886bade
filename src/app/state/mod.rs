//! Inspects and rearranges the state of an environment, without asking any provider.

mod adopt;
mod arrange;
mod exchange;
mod mark;
pub(super) mod select;
mod takeover;

use std::time::Duration;

use crate::address::{AbsoluteInstance, EnvironmentName};
use crate::diag::{Diagnostic, Diagnostics};
use crate::port::{
    Changed, Effect, Holder, Intent, Lease, Opened, Outcome, Revision, StateStore, StoreFault,
};
use crate::state::State;

use super::fault::store_fault;

pub use adopt::{Adopted, adopt};
pub use arrange::{Move, Replacement, moves, remove, replace_provider, to_replace};
pub(super) use exchange::{content, read as of_file};
pub use exchange::{may_be_file, pull, push};
pub use mark::{settle, taint};
pub use takeover::{Taken, left_for, refuse_first_state, refuse_other_states, take_over};

/// Whose state is meant.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub store: &'a dyn StateStore,
    pub environment: &'a EnvironmentName,
}

/// What is needed to change a state.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    pub place: Place<'a>,
    pub holder: &'a Holder,
    /// How long to wait while somebody else holds the state lock.
    pub patience: Duration,
    /// The text for the history: the command as it was typed.
    pub what: &'a str,
}

/// The instances that the addresses select, or all if there are no addresses; with an id, only those that have it.
pub async fn list(
    place: Place<'_>,
    addresses: &[String],
    id: Option<&str>,
) -> Result<Vec<AbsoluteInstance>, Diagnostics> {
    let state = place.read().await?;
    let mut found = if addresses.is_empty() {
        let mut all: Vec<AbsoluteInstance> = state.instances().map(|(address, ..)| address).collect();
        all.sort_by(select::as_listed);
        all
    } else {
        select::instances(&state, addresses, place.environment)?
    };
    if let Some(id) = id {
        found.retain(|address| select::id(&state, address).as_deref() == Some(id));
    }
    Ok(found)
}

/// A state reduced to the current object of one instance.
pub async fn show(place: Place<'_>, typed: &str) -> Result<State, Diagnostics> {
    let address = super::inspect::instance(typed)?;
    let state = place.read().await?;
    let resource = state.resources.get(&address.absolute_resource());
    let current = state.instance(&address).and_then(|instance| instance.current.clone());
    let (Some(resource), Some(object)) = (resource, current) else {
        return Err(select::missing(&state, &address.to_string(), place.environment).into());
    };
    let mut shown = State::default();
    shown.put(&address, None, &resource.provider, object);
    Ok(shown)
}

/// The latest revisions first, at most `limit`; on request with what each changed.
pub async fn history(
    place: Place<'_>,
    most: usize,
    details: bool,
) -> Result<Vec<(Revision, Vec<Changed>)>, Diagnostics> {
    let revisions = place.store.history(place.environment).await.map_err(fault)?;
    let mut found = Vec::new();
    for revision in revisions.into_iter().take(most) {
        let changes = match details {
            true => place.store.changes(place.environment, revision.serial).await.map_err(fault)?,
            false => Vec::new(),
        };
        found.push((revision, changes));
    }
    Ok(found)
}

/// Removes the lock from its holder, if the id is right.
pub async fn unlock(place: Place<'_>, id: &str) -> Result<(), Diagnostics> {
    place.store.unlock(place.environment, id).await.map_err(fault)
}

impl Place<'_> {
    async fn read(self) -> Result<State, Diagnostics> {
        self.store.read(self.environment).await.map_err(fault)
    }
}

impl Change<'_> {
    /// Opens the state, computes the changes, and makes them.
    async fn make<T>(
        self,
        edit: impl FnOnce(&State) -> Result<(T, Vec<Effect>), Diagnostics>,
    ) -> Result<T, Diagnostics> {
        self.with_lease(async |lease, state, _| {
            let (done, effects) = edit(&state)?;
            lease.send(Outcome { operation: None, effects });
            lease.finish(self.revision()).await.map_err(fault)?;
            Ok(done)
        })
        .await
    }

    /// Runs some work with the lease, and releases it whatever the outcome.
    async fn with_lease<T>(
        self,
        work: impl AsyncFnOnce(&dyn Lease, State, Vec<Intent>) -> Result<T, Diagnostics>,
    ) -> Result<T, Diagnostics> {
        let Place { store, environment } = self.place;
        let opened = store.open(environment, self.holder, self.patience).await.map_err(fault)?;
        let Opened { lease, state, intents, .. } = opened;
        let done = work(&*lease, state, intents).await;
        let released = lease.release().await.map_err(fault);
        let done = done?;
        released.map(|()| done)
    }

    fn revision(self) -> Revision {
        Revision { who: self.holder.who.clone(), what: self.what.to_owned(), ..Revision::default() }
    }
}

/// What is said of a failure of the store.
pub fn failure(fault: &StoreFault) -> Diagnostic {
    store_fault(fault)
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by it")]
fn fault(fault: StoreFault) -> Diagnostics {
    Diagnostics::from(store_fault(&fault))
}

fn refused<T>(summary: &str, why: impl Into<String>) -> Result<T, Diagnostics> {
    Err(Diagnostic::error(summary, why).into())
}
