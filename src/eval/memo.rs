//! Values that are found out once.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::ThreadId;

/// A value that is worked out when it is first asked for. Whoever asks while another thread works it out waits; a
/// thread that comes back to what it is working out itself has gone in a circle.
pub(super) struct Memo<T> {
    state: Mutex<State<T>>,
    done: Condvar,
}

enum State<T> {
    Open,
    Busy(ThreadId),
    Known(T),
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { state: Mutex::new(State::Open), done: Condvar::new() }
    }
}

impl<T: Clone> Memo<T> {
    /// The value; none where working it out leads back here.
    pub(super) fn get(&self, work_out: impl FnOnce() -> T) -> Option<T> {
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
            assert_eq!(memo.get(|| unreachable!()), None);
            7
        });
        assert_eq!(value, Some(7));
        assert_eq!(memo.get(|| unreachable!()), Some(7));
    }
}
