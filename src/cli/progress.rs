//! What happens, told while it happens: lines for people, a bar on a terminal, lines of JSON for programs.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;

use crate::address::AbsoluteInstance;
use crate::plan::Action;
use crate::port::{Event, EventSink, Step};
use crate::render::{self, Record};
use crate::state::DeposedKey;

use super::output::Output;

/// An operation that takes long says so this often.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tells events.
pub(super) struct Progress<'o> {
    output: &'o Output,
    json: bool,
    under_way: Mutex<UnderWay>,
    bar: ProgressBar,
    /// Whether there is a terminal for the bar.
    live: bool,
}

#[derive(Default)]
struct UnderWay {
    operations: HashMap<(AbsoluteInstance, Option<DeposedKey>), Operation>,
    others: HashMap<(AbsoluteInstance, &'static str), Instant>,
}

struct Operation {
    action: Action,
    id: Option<(String, String)>,
    since: Instant,
    /// When it was last spoken of.
    told: Instant,
}

impl<'o> Progress<'o> {
    pub(super) fn new(output: &'o Output, json: bool) -> Self {
        let live = !json && std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if live {
            bar.set_style(
                ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {wide_msg}")
                    .expect("the template is a constant"),
            );
        }
        Self { output, json, under_way: Mutex::default(), bar, live }
    }

    /// A record, where records are wanted.
    pub(super) fn record(&self, record: Record<'_>) {
        if self.json
            && let Some(line) = render::log_line(record, &now())
        {
            self.output.print(&format!("{line}\n"));
        }
    }

    /// What goes on for long says so.
    pub(super) fn tick(&self) {
        let mut lines = Vec::new();
        let mut under_way = self.under_way();
        for ((address, deposed), operation) in &mut under_way.operations {
            if operation.told.elapsed() < PATIENCE {
                continue;
            }
            operation.told = Instant::now();
            let (elapsed, action, id) = (operation.since.elapsed(), operation.action, operation.id.as_ref());
            if self.json {
                lines.extend(render::log_line(Record::Still { address, action, id, elapsed }, &now()));
            } else {
                lines.push(render::still_line(address, deposed.as_ref(), action, id, elapsed));
            }
        }
        drop(under_way);
        lines.sort();
        lines.iter().for_each(|line| self.line(line));
    }

    /// The bar goes.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self, line: &str) {
        self.bar.suspend(|| self.output.print(&format!("{line}\n")));
    }

    fn under_way(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes beginnings, and says how long what ends has taken.
    fn elapsed(&self, event: &Event) -> Duration {
        let mut under_way = self.under_way();
        match event {
            Event::Operation { address, deposed, action, id, step } => {
                let key = (address.clone(), deposed.clone());
                if *step == Step::Started {
                    let now = Instant::now();
                    let operation = Operation { action: *action, id: id.clone(), since: now, told: now };
                    under_way.operations.insert(key, operation);
                    return Duration::ZERO;
                }
                let begun = under_way.operations.remove(&key);
                begun.map(|operation| operation.since.elapsed()).unwrap_or_default()
            }
            Event::Refresh { address, step, .. } => since(&mut under_way, address, "refresh", *step),
            Event::Read { address, step, .. } => since(&mut under_way, address, "read", *step),
            Event::Provision { address, step, .. } => since(&mut under_way, address, "provision", *step),
            _ => Duration::ZERO,
        }
    }
}

fn since(under_way: &mut UnderWay, address: &AbsoluteInstance, what: &'static str, step: Step) -> Duration {
    let key = (address.clone(), what);
    if step == Step::Started {
        under_way.others.insert(key, Instant::now());
        return Duration::ZERO;
    }
    under_way.others.remove(&key).map(|since| since.elapsed()).unwrap_or_default()
}

impl EventSink for Progress<'_> {
    fn event(&self, event: Event) {
        let elapsed = self.elapsed(&event);
        match &event {
            Event::Outlook { operations } if self.live && *operations > 0 => {
                self.bar.set_length(*operations as u64);
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            Event::Operation { address, step, .. } => match step {
                Step::Started => self.bar.set_message(address.to_string()),
                Step::Done | Step::Failed => self.bar.inc(1),
            },
            _ => {}
        }
        if self.json {
            self.record(Record::Event { event: &event, elapsed });
        } else if let Some(line) = render::progress_line(&event, elapsed) {
            self.line(&line);
        }
    }
}

/// The time as records have it.
fn now() -> String {
    format!("{:.6}", Timestamp::now())
}
