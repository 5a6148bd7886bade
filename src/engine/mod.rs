//! Decides what must change, and makes it so. Never reads a file: the outside world arrives only through `port`.
//!
//! [`plan`] is one walk over the things that a configuration declares, each after what it needs. A resource's turn is:
//! expand it into instances; for each read the stored object again, evaluate the arguments, and ask the provider what
//! the object will be. [`apply`] carries out what was planned and decides nothing new.
//!
//! Everything runs on one thread, which waits for many providers at once. What an expression refers to has had its turn
//! before the expression is evaluated, so that values can be kept once they are known: the order of the walk and the
//! refusal of cycles before it are what makes that right.

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
mod settle;
mod steps;
mod storable;
mod targets;
mod unchanged;
mod validations;
mod walk;
mod wanted;

use crate::address::EnvironmentName;
use crate::config::Configuration;
use crate::eval::Place;
use crate::eval::functions::Table;
use crate::plan::Wish;
use crate::port::{EventSink, Providers, Provisioner, Workplace};

pub use apply::{Applied, Tally, Unwritten, apply};
pub use dependencies::resources;
pub use discard::discard;
pub use generate::generate;
pub use settle::settle;
pub use steps::steps;
pub use walk::plan;

/// What is to be planned.
pub struct Request<'r> {
    pub configuration: &'r Configuration,
    pub environment: EnvironmentName,
    /// Tells this configuration from others.
    pub digest: String,
    pub place: Place,
    pub functions: Table,
    /// When the plan is made: RFC 3339, UTC.
    pub time: String,
    pub wish: Wish,
    /// What providers are told of whom they work for.
    pub workplace: Workplace,
    /// How many providers are waited for at once.
    pub parallelism: usize,
    pub parts: Parts,
}

/// What is wanted of the parts of objects that other engines look after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parts {
    /// Nothing: whoever plans this way never carries it out, and shows no plan.
    #[default]
    Ignored,
    /// What each change does to them, prepared so that exactly that can be done.
    Planned,
    /// Which of them are other than they were left. Nothing is prepared.
    Examined,
}

/// The doors that an engine works through.
#[derive(Clone, Copy)]
pub struct Ports<'p> {
    pub providers: &'p dyn Providers,
    pub provisioner: &'p dyn Provisioner,
    pub events: &'p dyn EventSink,
    pub signals: &'p Signals,
    /// Makes ids that nobody can guess, of hexadecimal digits.
    pub ids: &'p (dyn Fn() -> String + Sync),
}

/// What people ask for while a walk is under way.
#[derive(Debug, Default)]
pub struct Signals {
    stop: std::sync::atomic::AtomicBool,
    cancel: std::sync::atomic::AtomicBool,
    changed: tokio::sync::Notify,
    /// Turns since whoever listens had one.
    turns: std::sync::atomic::AtomicU32,
}

/// How many turns are taken between two in which somebody may be heard.
const TURNS: u32 = 64;

impl Signals {
    /// Nothing new is begun.
    pub fn stop(&self) {
        self.stop.store(true, std::sync::atomic::Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    /// What runs is given up.
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

    /// One of many turns is over that may never have to wait for anything: now and then others have theirs, so that what
    /// people ask for is heard.
    pub(crate) async fn breathe(&self) {
        let turns = self.turns.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if turns.is_multiple_of(TURNS) {
            self.hear().await;
        }
    }

    /// Lets everything be heard that was asked for by now.
    pub async fn hear(&self) {
        // First the signal arrives, and then whoever waits for it.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
    }

    /// Returns when nothing new is to be begun.
    pub async fn until_stopped(&self) {
        self.until(Self::stopped).await;
    }

    /// Returns when what runs is to be given up.
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
