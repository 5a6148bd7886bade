//! States that last as long as the process, for tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use crate::address::EnvironmentName;
use crate::port::{Holder, Intent, Lease, Opened, Outcome, Revision, StateStore, StoreFault};
use crate::state::State;

/// All environments, each with its history and open intents.
#[derive(Default)]
pub struct Memory {
    kept: Arc<Mutex<BTreeMap<EnvironmentName, Kept>>>,
}

#[derive(Default)]
struct Kept {
    state: State,
    intents: Vec<Intent>,
    history: Vec<Revision>,
    notes: BTreeMap<String, String>,
    changed: bool,
    holder: Option<(Holder, String)>,
}

struct MemoryLease {
    environment: EnvironmentName,
    kept: Arc<Mutex<BTreeMap<EnvironmentName, Kept>>>,
}

impl Memory {
    /// A store in which one environment already has a state.
    pub fn with(environment: &EnvironmentName, state: State) -> Self {
        let store = Self::default();
        at(&store.kept, environment, |kept| kept.state = state);
        store
    }
}

fn at<R>(
    kept: &Mutex<BTreeMap<EnvironmentName, Kept>>,
    environment: &EnvironmentName,
    act: impl FnOnce(&mut Kept) -> R,
) -> R {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    act(kept.entry(environment.clone()).or_default())
}

#[async_trait]
impl StateStore for Memory {
    async fn read(&self, environment: &EnvironmentName) -> Result<State, StoreFault> {
        Ok(at(&self.kept, environment, |kept| kept.state.clone()))
    }

    async fn open(
        &self,
        environment: &EnvironmentName,
        holder: &Holder,
        _patience: Duration,
    ) -> Result<Opened, StoreFault> {
        let (state, intents) = at(&self.kept, environment, |kept| {
            if let Some((holder, id)) = &kept.holder {
                let (holder, id) = (Box::new(holder.clone()), id.clone());
                return Err(StoreFault::Locked {
                    environment: environment.clone(),
                    holder,
                    since: "just now".into(),
                    id,
                });
            }
            kept.holder = Some((holder.clone(), "memory".into()));
            if kept.state.lineage.is_empty() {
                kept.state.lineage = uuid::Uuid::new_v4().to_string();
            }
            Ok((kept.state.clone(), kept.intents.clone()))
        })?;
        let lease = MemoryLease { environment: environment.clone(), kept: Arc::clone(&self.kept) };
        Ok(Opened { lease: Arc::new(lease), state, intents })
    }

    async fn open_intents(&self, environment: &EnvironmentName) -> Result<Vec<Intent>, StoreFault> {
        Ok(at(&self.kept, environment, |kept| kept.intents.clone()))
    }

    async fn history(&self, environment: &EnvironmentName) -> Result<Vec<Revision>, StoreFault> {
        Ok(at(&self.kept, environment, |kept| kept.history.iter().rev().cloned().collect()))
    }

    async fn note(&self, environment: &EnvironmentName, name: &str) -> Result<Option<String>, StoreFault> {
        Ok(at(&self.kept, environment, |kept| kept.notes.get(name).cloned()))
    }

    async fn retire(&self, environment: &EnvironmentName, holder: &Holder) -> Result<bool, StoreFault> {
        let Opened { lease, state, intents } = self.open(environment, holder, Duration::ZERO).await?;
        let is_empty = state.resources.is_empty() && intents.is_empty();
        if is_empty {
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(environment);
        } else {
            lease.release().await?;
        }
        Ok(is_empty)
    }

    async fn environments(&self) -> Result<Vec<EnvironmentName>, StoreFault> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(kept
            .iter()
            .filter(|(_, kept)| !kept.state.lineage.is_empty())
            .map(|(name, _)| name.clone())
            .collect())
    }

    async fn identity(&self, environment: &EnvironmentName) -> Result<Option<(String, u64)>, StoreFault> {
        let (lineage, serial) =
            at(&self.kept, environment, |kept| (kept.state.lineage.clone(), kept.state.serial));
        Ok((!lineage.is_empty()).then_some((lineage, serial)))
    }

    async fn unlock(&self, environment: &EnvironmentName, _id: &str) -> Result<(), StoreFault> {
        at(&self.kept, environment, |kept| kept.holder = None);
        Ok(())
    }
}

#[async_trait]
impl Lease for MemoryLease {
    async fn intend(&self, intent: Intent) -> Result<(), StoreFault> {
        at(&self.kept, &self.environment, |kept| kept.intents.push(intent));
        Ok(())
    }

    fn send(&self, outcome: Outcome) {
        at(&self.kept, &self.environment, |kept| {
            kept.intents.retain(|intent| Some(&intent.operation) != outcome.operation.as_ref());
            kept.changed |= !outcome.effects.is_empty();
            for effect in outcome.effects {
                effect.enact(&mut kept.state);
            }
        });
    }

    async fn settled(&self) -> Result<(), StoreFault> {
        Ok(())
    }

    async fn finish(&self, revision: Revision) -> Result<u64, StoreFault> {
        Ok(at(&self.kept, &self.environment, |kept| {
            if std::mem::take(&mut kept.changed) {
                kept.state.serial += 1;
                kept.history.push(Revision { serial: kept.state.serial, ..revision });
            }
            kept.state.serial
        }))
    }

    async fn note(&self, name: &str, text: &str) -> Result<(), StoreFault> {
        at(&self.kept, &self.environment, |kept| kept.notes.insert(name.to_owned(), text.to_owned()));
        Ok(())
    }

    fn jot(&self, name: &str, text: &str) {
        at(&self.kept, &self.environment, |kept| kept.notes.insert(name.to_owned(), text.to_owned()));
    }

    async fn replace(&self, state: State, revision: Revision) -> Result<u64, StoreFault> {
        Ok(at(&self.kept, &self.environment, |kept| {
            let serial = state.serial;
            let protected = std::mem::take(&mut kept.state.protected);
            kept.state = State { protected, ..state };
            kept.history.push(Revision { serial, ..revision });
            serial
        }))
    }

    async fn release(&self) -> Result<(), StoreFault> {
        at(&self.kept, &self.environment, |kept| kept.holder = None);
        Ok(())
    }
}
