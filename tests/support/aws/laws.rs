//! How the world runs: its clock, its identifiers, how fast things go, and what goes wrong with which resource. The
//! same test sees the same times and names on every run.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::cloudformation::{Kinds, Resource};

pub(crate) struct Laws {
    number: u64,
    pub(crate) moment: Timestamp,
    pub(crate) pace: Pace,
    /// How many items a page has.
    pub(crate) page: usize,
    /// How many times a change set is looked at before it is there.
    pub(crate) change_set_takes: u32,
    pub(crate) kinds: Kinds,
    pub(crate) troubles: Vec<Trouble>,
    /// Ticks of single resources, by stack and logical id.
    pub(crate) takes: BTreeMap<(String, String), u32>,
    /// What stacks no longer hold and did not delete.
    pub(crate) left_behind: Vec<Resource>,
    /// What was deleted after a snapshot of it.
    pub(crate) snapshots: Vec<Resource>,
    /// Templates by the address that they are read from.
    pub(crate) documents: BTreeMap<String, String>,
}

/// What makes time pass.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// A tick whenever somebody looks: what nobody watches stands still.
    Looks,
    /// A tick in each of these, whether anybody looks or not.
    Every(Duration),
    /// Everything is done at the first look.
    Instant,
}

/// When something last went on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pulse(Instant);

/// A resource that fails.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub(crate) stack: String,
    pub(crate) logical: String,
    pub(crate) when: When,
    pub(crate) reason: String,
    pub(crate) times: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Create,
    Update,
    Delete,
    /// While an update is undone.
    Restore,
    Import,
    /// Before anything is done: a change set of the stack, with an empty logical id.
    Prepare,
    /// A detection of drift of the stack, with an empty logical id.
    Detect,
}

impl Default for Laws {
    fn default() -> Self {
        Self {
            number: 0,
            moment: "2026-01-02T03:04:05Z".parse().unwrap(),
            pace: Pace::Looks,
            page: 100,
            change_set_takes: 1,
            kinds: Kinds::default(),
            troubles: Vec::new(),
            takes: BTreeMap::new(),
            left_behind: Vec::new(),
            snapshots: Vec::new(),
            documents: BTreeMap::new(),
        }
    }
}

impl Default for Pulse {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Laws {
    pub(crate) fn number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// In the form of a UUID.
    pub(crate) fn id(&mut self) -> String {
        let number = self.number();
        format!("{:08x}-0000-4000-8000-{number:012x}", scattered(number) >> 32)
    }

    /// The twelve letters at the end of generated names.
    pub(crate) fn suffix(&mut self) -> String {
        let mut rest = scattered(self.number());
        let letter = |rest: &mut u64| {
            let digit = *rest % 36;
            *rest /= 36;
            char::from_digit(u32::try_from(digit).unwrap_or(0), 36).unwrap_or('0').to_ascii_uppercase()
        };
        (0..12).map(|_| letter(&mut rest)).collect()
    }

    /// Seventeen hexadecimal digits, as the names of networks and machines have them.
    pub(crate) fn hex(&mut self) -> String {
        format!("0{:016x}", scattered(self.number()))
    }

    /// The next second of the world's own clock.
    pub(crate) fn now(&mut self) -> String {
        self.moment = self.moment.checked_add(SignedDuration::from_secs(1)).unwrap();
        self.moment.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
    }

    /// The same, as the JSON services write it.
    pub(crate) fn epoch(&mut self) -> i64 {
        self.now();
        self.moment.as_second()
    }

    /// How many ticks are due since the last time that this was asked.
    pub(crate) fn ticks(&self, pulse: &mut Pulse, looked_at: bool) -> u32 {
        match self.pace {
            Pace::Looks => u32::from(looked_at),
            Pace::Instant => 1_000,
            Pace::Every(step) => {
                let mut count = 0;
                while pulse.0 + step <= Instant::now() && count < 1_000 {
                    pulse.0 += step;
                    count += 1;
                }
                count
            }
        }
    }

    /// The reason for which a resource fails now, if it does.
    pub(crate) fn trouble(&mut self, stack: &str, logical: &str, when: When) -> Option<String> {
        let mut fitting = self.troubles.iter_mut();
        let found = fitting.find(|trouble| {
            trouble.times > 0 && trouble.stack == stack && trouble.logical == logical && trouble.when == when
        })?;
        found.times = found.times.saturating_sub(1);
        Some(found.reason.clone())
    }

    pub(crate) fn duration(&self, stack: &str, logical: &str) -> u32 {
        let key = (stack.to_owned(), logical.to_owned());
        self.takes.get(&key).copied().unwrap_or(1)
    }
}

/// Numbers in a row that do not look like a row.
fn scattered(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^= mixed >> 29;
    mixed = mixed.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed ^ (mixed >> 32)
}
