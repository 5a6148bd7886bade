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
        let mut working = Working { memo: self, found: None };
        working.found = Some(work_out());
        working.found.clone()
    }
}

/// Says what was found when it goes. Where working it out panicked that is nothing, and whoever waits tries again
/// instead of waiting for ever.
struct Working<'m, T> {
    memo: &'m Memo<T>,
    found: Option<T>,
}

impl<T> Drop for Working<'_, T> {
    fn drop(&mut self) {
        let state = self.found.take().map_or(State::Open, State::Known);
        *self.memo.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.memo.done.notify_all();
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

    #[test]
    fn a_panic_leaves_the_value_to_the_next_who_asks() {
        let memo = Memo::<u8>::default();
        std::thread::scope(|scope| {
            assert!(scope.spawn(|| memo.get(|| panic!("on the way"))).join().is_err());
        });
        assert_eq!(memo.get(|| 7), Some(7));
    }
}
