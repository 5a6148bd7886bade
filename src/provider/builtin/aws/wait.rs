//! Waiting for AWS: asking again and again until something has ended, for as long as it may take.

use std::time::Duration;

use tokio::time::Instant;

use super::super::Stop;

/// A wait with an end.
pub(super) struct Waiting<'a> {
    stop: &'a Stop,
    until: Instant,
    pause: Duration,
    longest: Duration,
}

/// Why it is not waited any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GaveUp {
    /// The run is being cut short.
    Stopped,
    TimedOut,
}

impl<'a> Waiting<'a> {
    /// Asks at first after `pause`, and later less often.
    pub(super) fn new(stop: &'a Stop, patience: Duration, pause: Duration) -> Self {
        let pause = of_tests("TERRACE_TEST_AWS_PACE").unwrap_or(pause);
        let longest = of_tests("TERRACE_TEST_AWS_PACE").unwrap_or(pause * 4);
        Self { stop, until: Instant::now() + patience, pause, longest }
    }

    /// Until it is time to ask again.
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

/// What a test, which has no time, sets of how long something takes.
pub(super) fn of_tests(variable: &str) -> Option<Duration> {
    let set = std::env::var(variable).ok().filter(|_| cfg!(debug_assertions))?;
    set.parse().ok().map(Duration::from_millis)
}
