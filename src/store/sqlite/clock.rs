//! The wall clock, which may jump.

use std::sync::Arc;

use jiff::{Timestamp, Unit};

/// Returns milliseconds since 1970.
#[derive(Clone)]
pub(super) struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    #[cfg(test)]
    pub(super) fn new(milliseconds: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(milliseconds))
    }

    pub(super) fn milliseconds(&self) -> i64 {
        (self.0)()
    }

    /// RFC 3339, UTC, to the second.
    pub(super) fn text(&self) -> String {
        let now = Timestamp::from_millisecond(self.milliseconds()).unwrap_or_default();
        now.round(Unit::Second).unwrap_or(now).to_string()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self(Arc::new(|| Timestamp::now().as_millisecond()))
    }
}
