//! Progress while it happens: lines for people, a bar on a terminal, lines of JSON for programs.

use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use foldhash::HashMap;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;

use crate::address::AbsoluteInstance;
use crate::diag::Diagnostics;
use crate::plan::Action;
use crate::port::{Event, EventSink, PartProgress, Step};
use crate::render::{self, Record};
use crate::state::DeposedKey;

use super::output::Output;
use super::{ERRORS, FINE};

/// A long operation reports that it is still running this often.
const PATIENCE: Duration = Duration::from_secs(10);

/// The live display is redrawn, and held lines are printed, this often, however much happens.
pub(super) const PACE: Duration = Duration::from_millis(100);

/// At most this many running operations are shown, each in a line of its own.
const SHOWN: usize = 10;

/// The width of the bar with its numbers and times.
const BAR: usize = 30;
const BESIDE_BAR: usize = 22;

/// Reports events as they come.
pub(super) struct Progress<'o> {
    output: &'o Output,
    json: bool,
    /// The environment that the events are about, when there are several.
    environment: Option<String>,
    under_way: Mutex<UnderWay>,
    /// Created when there is something to show.
    bar: OnceLock<ProgressBar>,
    /// Whether there is a terminal to show the bar on.
    live: bool,
    /// Whether [`Self::tick`] is called regularly, so that lines may be held.
    watched: bool,
}

#[derive(Default)]
struct UnderWay {
    operations: HashMap<(AbsoluteInstance, Option<DeposedKey>), Operation>,
    others: HashMap<(AbsoluteInstance, &'static str), Instant>,
    /// When the live display was last redrawn; none while there is none.
    drawn: Option<Instant>,
}

struct Operation {
    action: Action,
    id: Option<(String, String)>,
    since: Instant,
    /// When it was last reported.
    reported: Instant,
    /// The latest event of one of its parts.
    latest: Option<PartProgress>,
}

impl<'o> Progress<'o> {
    pub(super) fn new(output: &'o Output, json: bool) -> Self {
        let live = !json && std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
        let (under_way, bar) = (Mutex::default(), OnceLock::new());
        Self { output, json, environment: None, under_way, bar, live, watched: false }
    }

    /// Declares that [`Self::tick`] will be called regularly.
    pub(super) fn watched(self) -> Self {
        Self { watched: true, ..self }
    }

    /// Of one environment among several.
    pub(super) fn among(output: &'o Output, json: bool, environment: &str) -> Self {
        Self { environment: Some(environment.to_owned()), live: false, ..Self::new(output, json) }
    }

    /// Reports diagnostics, and returns their exit code.
    pub(super) fn report(&self, diagnostics: &Diagnostics) -> u8 {
        if !self.json {
            return self.output.report(diagnostics);
        }
        diagnostics.iter().for_each(|one| self.record(Record::Diagnostic(one)));
        if diagnostics.has_errors() { ERRORS } else { FINE }
    }

    /// Prints a record, if records are wanted.
    pub(super) fn record(&self, record: Record<'_>) {
        if self.json
            && let Some(line) = render::log_line_of(self.environment.as_deref(), record, &now())
        {
            self.write(&(line + "\n"));
        }
    }

    fn write(&self, line: &str) {
        if self.watched { self.output.print_soon(line) } else { self.output.print(line) }
    }

    /// Reports operations that take long, or redraws the live display with their times.
    pub(super) fn tick(&self) {
        let mut under_way = self.under_way();
        if under_way.drawn.is_some() {
            return self.draw(&mut under_way);
        }
        self.output.let_go();
        let mut lines = Vec::new();
        for ((address, deposed), operation) in &mut under_way.operations {
            if operation.reported.elapsed() < PATIENCE {
                continue;
            }
            operation.reported = Instant::now();
            let (elapsed, action, id) = (operation.since.elapsed(), operation.action, operation.id.as_ref());
            if self.json {
                let record = Record::Still { address, action, id, elapsed };
                lines.extend(render::log_line_of(self.environment.as_deref(), record, &now()));
            } else {
                lines.push(render::still_line(address, deposed.as_ref(), action, id, elapsed));
            }
        }
        lines.sort();
        lines.iter().for_each(|line| self.line(&mut under_way, line));
    }

    /// Removes the live display and prints the lines it held.
    pub(super) fn finish(&self) {
        let mut under_way = self.under_way();
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
        under_way.drawn = None;
        self.output.let_go();
    }

    fn line(&self, under_way: &mut UnderWay, line: &str) {
        if under_way.drawn.is_none() {
            return self.write(&format!("{line}\n"));
        }
        // It goes above what is shown live when that is renewed next.
        self.output.hold(&format!("{line}\n"));
        if under_way.drawn.is_some_and(|drawn| drawn.elapsed() >= PACE) {
            self.draw(under_way);
        }
    }

    fn bar(&self) -> &ProgressBar {
        self.bar.get_or_init(|| {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
            let room = columns().saturating_sub(BESIDE_BAR).clamp(1, BAR);
            let template = format!("{{msg}}{{bar:{room}}} {{pos}}/{{len}} {{elapsed}}");
            let style = ProgressStyle::with_template(&template).expect("the template is ours");
            let full = if self.output.result_style().unicode { "█░" } else { "#-" };
            bar.set_style(style.progress_chars(full));
            bar
        })
    }

    /// Redraws the live display: the running operations, longest first, above the bar.
    fn draw(&self, under_way: &mut UnderWay) {
        under_way.drawn = Some(Instant::now());
        let mut running: Vec<_> = under_way.operations.iter().collect();
        running.sort_by_key(|(_, operation)| operation.since);
        let room = columns().saturating_sub(1);
        let mut message = String::new();
        for ((address, deposed), operation) in running.iter().take(SHOWN) {
            let elapsed = operation.since.elapsed();
            let (subject, doing) = render::live_line(
                address,
                deposed.as_ref(),
                operation.action,
                elapsed,
                operation.latest.as_ref(),
            );
            let doing = fitted(&doing, room * 3 / 4);
            let subject = fitted(&subject, room.saturating_sub(textwrap::core::display_width(&doing)));
            message.extend([&*subject, &*doing, "\n"]);
        }
        if let Some(more) = running.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            message.push_str(&format!("and {more} more\n"));
        }
        if self.output.holds() {
            self.bar().suspend(|| self.output.let_go());
        }
        if self.bar().message() != message {
            self.bar().set_message(message);
        }
    }

    fn under_way(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes when operations begin, and returns how long one that ends has taken.
    fn elapsed(&self, event: &Event) -> Duration {
        let mut under_way = self.under_way();
        match event {
            Event::Operation { address, deposed, action, id, step } => {
                let key = (address.clone(), deposed.clone());
                if *step == Step::Started {
                    let now = Instant::now();
                    let operation = Operation {
                        action: *action,
                        id: id.clone(),
                        since: now,
                        reported: now,
                        latest: None,
                    };
                    under_way.operations.insert(key, operation);
                    return Duration::ZERO;
                }
                let begun = under_way.operations.remove(&key);
                begun.map(|operation| operation.since.elapsed()).unwrap_or_default()
            }
            // Only JSON records have the duration of a refresh.
            Event::Refresh { .. } if !self.json => Duration::ZERO,
            Event::Refresh { address, step, .. } => since(&mut under_way, address, "refresh", *step),
            Event::Part { address, progress } => {
                let running = under_way.operations.iter_mut();
                let running = running.filter(|((known, _), _)| known == address);
                running.for_each(|(_, operation)| operation.latest = Some(progress.clone()));
                Duration::ZERO
            }
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
        if self.json {
            return self.record(Record::Event { event: &event, elapsed });
        }
        let mut under_way = self.under_way();
        match &event {
            Event::Outlook { operations } if self.live && *operations > 0 => {
                self.output.let_go();
                let bar = self.bar();
                bar.set_length(*operations as u64);
                bar.set_position(0);
                bar.reset_elapsed();
                bar.set_draw_target(ProgressDrawTarget::stderr());
                under_way.drawn = Some(Instant::now());
            }
            // The live display shows it already; no line is needed to say that it began.
            Event::Operation { step: Step::Started, .. } if under_way.drawn.is_some() => return,
            // Nor is one needed for a part, unless it comes with a reason.
            Event::Part { progress, .. } if under_way.drawn.is_some() && progress.reason.is_none() => return,
            Event::Operation { step: Step::Done | Step::Failed, .. }
            | Event::Read { step: Step::Done | Step::Failed, .. } => {
                self.bar.get().iter().for_each(|bar| bar.inc(1));
            }
            _ => {}
        }
        let Some(line) = render::progress_line(&event, elapsed) else { return };
        // The output of provisioners is not wrapped, so that it can be copied.
        match under_way.drawn.is_some() && !matches!(event, Event::ProvisionOutput { .. }) {
            true => self.line(&mut under_way, &wrapped(&line)),
            false => self.line(&mut under_way, &line),
        }
    }
}

/// The current width of the terminal.
fn columns() -> usize {
    terminal_size::terminal_size().map_or(80, |(terminal_size::Width(width), _)| usize::from(width))
}

/// Wraps a line between words to the width of the terminal.
fn wrapped(line: &str) -> String {
    let options = textwrap::Options::new(columns())
        .subsequent_indent("    ")
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false);
    textwrap::fill(line, options)
}

/// Shortens a text by its middle: beginning and end both help to identify it.
fn fitted(text: &str, room: usize) -> String {
    const GAP: &str = "...";
    if textwrap::core::display_width(text) <= room {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let kept = room.saturating_sub(GAP.len());
    let tail = fitting(letters.iter().rev(), kept / 2);
    let head = fitting(letters.iter(), kept - kept / 2);
    let mut short: String = letters.iter().take(head).collect();
    short.push_str(GAP);
    short.extend(letters.iter().skip(letters.len().saturating_sub(tail)));
    short
}

/// How many of these characters fit.
fn fitting<'l>(letters: impl Iterator<Item = &'l char>, room: usize) -> usize {
    let mut width = 0;
    letters
        .take_while(|letter| {
            width += textwrap::core::display_width(letter.encode_utf8(&mut [0; 4]));
            width <= room
        })
        .count()
}

/// The current time in the format of JSON records.
fn now() -> String {
    format!("{:.6}", Timestamp::now())
}

#[cfg(test)]
mod tests {
    use super::fitted;

    #[test]
    fn what_is_too_long_loses_its_middle() {
        assert_eq!(fitted("time_sleep.a[28]", 16), "time_sleep.a[28]");
        assert_eq!(fitted("time_sleep.a[28]", 13), "time_...a[28]");
        assert_eq!(fitted("日本語日本語日本語", 11), "日本...本語");
        assert_eq!(fitted("time_sleep.a[28]", 2), "...");
    }
}
