//! Values that are found out once.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::ThreadId;

use crate::value::Value;

/// A value that is worked out when it is first asked for. Whoever asks while another thread works it out waits; a
/// thread that comes back to what it is working out itself has gone in a circle.
#[derive(Default)]
pub(super) struct Memo {
    state: Mutex<State>,
    done: Condvar,
}

#[derive(Default)]
enum State {
    #[default]
    Open,
    Busy(ThreadId),
    Known(Value),
}

impl Memo {
    /// The value; none where working it out leads back here.
    pub(super) fn get(&self, work_out: impl FnOnce() -> Value) -> Option<Value> {
        let me = std::thread::current().id();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*state {
                State::Known(value) => return Some(value.clone()),
                State::Busy(worker) if *worker == me => return None,
                State::Busy(_) => state = self.done.wait(state).unwrap_or_else(PoisonError::into_inner),
                State::Open => break,
            }
        }
        *state = State::Busy(me);
        drop(state);
        let value = work_out();
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::Known(value.clone());
        self.done.notify_all();
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn works_out_once_and_notices_a_circle() {
        let memo = Memo::default();
        let value = memo.get(|| {
            assert!(memo.get(|| unreachable!()).is_none());
            Value::bool(true)
        });
        assert_eq!(value.and_then(|value| value.as_bool()), Some(true));
        assert_eq!(memo.get(|| unreachable!()).and_then(|value| value.as_bool()), Some(true));
    }
}
