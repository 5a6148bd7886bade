//! Polling with a time limit.

use std::time::Duration;

use tokio::time::Instant;

use super::super::Stop;

/// A wait with a deadline.
pub(super) struct Waiting<'a> {
    stop: &'a Stop,
    until: Instant,
    pause: Duration,
    longest: Duration,
}

/// Why waiting has ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GaveUp {
    /// The run is being interrupted.
    Stopped,
    TimedOut,
}

impl<'a> Waiting<'a> {
    /// Polls at first after `pause`, and later less often.
    pub(super) fn new(stop: &'a Stop, patience: Duration, pause: Duration) -> Self {
        let pause = of_tests("TERRACE_TEST_AWS_PACE").unwrap_or(pause);
        let longest = of_tests("TERRACE_TEST_AWS_PACE").unwrap_or(pause * 4);
        Self { stop, until: Instant::now() + patience, pause, longest }
    }

    /// Waits until the next poll.
    pub(super) async fn pause(&mut self) -> Result<(), GaveUp> {
        if Instant::now() >= self.until {
            return Err(GaveUp::TimedOut);
        }
        let next = (Instant::now() + self.pause).min(self.until);
        self.pause = (self.pause * 3 / 2).min(self.longest);
        tokio::select! {
            biased;
            () = self.stop.said() => Err(GaveUp::Stopped),
            () = tokio::time::sleep_until(next) => Ok(()),
        }
    }
}

/// A shorter time set by a test.
pub(super) fn of_tests(variable: &str) -> Option<Duration> {
    let set = std::env::var(variable).ok().filter(|_| cfg!(debug_assertions))?;
    set.parse().ok().map(Duration::from_millis)
}
