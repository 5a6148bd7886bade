//! Decides what must change, and carries it out. Never reads a file: the outside world is only reached through `port`.
//!
//! [`plan`] is one walk over everything that a configuration declares, in dependency order. To plan a resource, the
//! walk expands it into instances and, for each, refreshes the stored object, evaluates the arguments, and asks the
//! provider what the object will be. [`apply`] carries out what was planned and decides nothing new.
//!
//! Everything runs on one thread, which waits for many providers at once. By the time an expression is evaluated,
//! everything it refers to is final, so values can be cached once they are known. The order of the walk guarantees
//! this, and cycles are refused before it starts.

mod apply;
mod checks;
mod configured;
mod conformity;
mod data;
mod dependencies;
mod discard;
mod ephemeral;
mod generate;
mod generated;
mod ignored;
mod imports;
mod inside;
mod instance;
mod kinds;
mod known;
mod moves;
mod operation;
mod order;
mod orphan;
mod outputs;
mod proposed;
mod provision;
mod refresh;
mod remarks;
mod removed;
mod replacement;
mod retype;
#[cfg(test)]
mod sample;
mod secrets;
mod settle;
mod steps;
mod storable;
mod targets;
mod unchanged;
mod validations;
mod walk;
mod wanted;

use std::collections::BTreeMap;

use crate::address::EnvironmentName;
use crate::config::Configuration;
use crate::diag::Span;
use crate::eval::Place;
use crate::eval::functions::Table;
use crate::plan::PlanOptions;
use crate::port::{EventSink, Providers, Provisioner, Workplace};
use crate::value::Name;

pub use apply::{Applied, Tally, Unwritten, apply};
pub use dependencies::resources;
pub use discard::discard;
pub use generate::generate;
pub use settle::settle;
pub use steps::steps;
pub use walk::plan;

/// What to plan.
pub struct Request<'r> {
    pub configuration: &'r Configuration,
    pub environment: EnvironmentName,
    /// Identifies the configuration.
    pub digest: String,
    pub place: Place,
    pub functions: Table,
    /// The time of the plan: RFC 3339, UTC.
    pub time: String,
    pub options: PlanOptions,
    /// Where the values of the root module's variables were given, as far as that may be shown.
    pub given: BTreeMap<Name, Span>,
    /// What providers are told about the project and environment.
    pub workplace: Workplace,
    /// How many provider calls may run at once.
    pub parallelism: usize,
    pub parts: Parts,
}

/// What to find out about the parts of objects that other engines manage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parts {
    /// Nothing: the plan is neither shown nor applied.
    #[default]
    Ignored,
    /// What each change does to them, with that change prepared so that exactly it can be applied.
    Planned,
    /// Which of them were changed outside. Nothing is prepared.
    Examined,
}

/// The engine's access to the outside world.
#[derive(Clone, Copy)]
pub struct Ports<'p> {
    pub providers: &'p dyn Providers,
    pub provisioner: &'p dyn Provisioner,
    pub events: &'p dyn EventSink,
    pub signals: &'p Signals,
    /// Makes unguessable ids of hexadecimal digits.
    pub ids: &'p (dyn Fn() -> String + Sync),
}

/// Requests to stop, made by people while a walk is in progress.
#[derive(Debug, Default)]
pub struct Signals {
    stop: std::sync::atomic::AtomicBool,
    cancel: std::sync::atomic::AtomicBool,
    changed: tokio::sync::Notify,
    /// Turns since the listener last ran.
    turns: std::sync::atomic::AtomicU32,
}

/// The listener runs once in this many turns.
const TURNS: u32 = 64;

impl Signals {
    /// Requests that no new operation is started.
    pub fn stop(&self) {
        self.stop.store(true, std::sync::atomic::Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    /// Requests that running operations are cancelled.
    pub fn cancel(&self) {
        self.stop();
        self.cancel.store(true, std::sync::atomic::Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    pub fn stopped(&self) -> bool {
        self.stop.load(std::sync::atomic::Ordering::SeqCst)
    }

    pub fn cancelled(&self) -> bool {
        self.cancel.load(std::sync::atomic::Ordering::SeqCst)
    }

    /// Called between pieces of work that may never have to wait: now and then yields to other tasks, so that requests
    /// to stop are noticed.
    pub(crate) async fn breathe(&self) {
        let turns = self.turns.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if turns.is_multiple_of(TURNS) {
            self.hear().await;
        }
    }

    /// Yields until every request made so far has been noticed.
    pub async fn hear(&self) {
        // The first yield delivers the signal, the second runs its listener.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
    }

    /// Returns once no new operation may start.
    pub async fn until_stopped(&self) {
        self.until(Self::stopped).await;
    }

    /// Returns once running operations are to be cancelled.
    pub async fn until_cancelled(&self) {
        self.until(Self::cancelled).await;
    }

    async fn until(&self, asked: impl Fn(&Self) -> bool) {
        loop {
            let changed = self.changed.notified();
            if asked(self) {
                return;
            }
            changed.await;
        }
    }
}
