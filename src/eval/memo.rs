//! Values that are found out once.

use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::ThreadId;

/// A value that is worked out when it is first asked for. Whoever asks while another thread works it out waits; a
/// thread that comes back to what it is working out itself has gone in a circle. Once the value is there, nobody waits
/// for anybody.
pub(super) struct Memo<T> {
    known: OnceLock<T>,
    work: Mutex<Work>,
    done: Condvar,
}

#[derive(Default)]
struct Work {
    worker: Option<ThreadId>,
    /// So many threads wait for it. Mostly none does, and waking nobody would still be a call of the system.
    waiting: usize,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { known: OnceLock::new(), work: Mutex::default(), done: Condvar::new() }
    }
}

impl<T: Clone> Memo<T> {
    /// The value; none where working it out leads back here.
    pub(super) fn get(&self, work_out: impl FnOnce() -> T) -> Option<T> {
        if let Some(value) = self.known.get() {
            return Some(value.clone());
        }
        let me = std::thread::current().id();
        let mut work = self.work();
        loop {
            if let Some(value) = self.known.get() {
                return Some(value.clone());
            }
            match work.worker {
                None => break,
                Some(worker) if worker == me => return None,
                Some(_) => {
                    work.waiting += 1;
                    work = self.done.wait(work).unwrap_or_else(PoisonError::into_inner);
                    work.waiting -= 1;
                }
            }
        }
        work.worker = Some(me);
        drop(work);
        let _working = Working { memo: self };
        Some(self.known.get_or_init(work_out).clone())
    }
}

impl<T> Memo<T> {
    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that nobody works any more when it goes. Where working it out panicked nothing was found, and whoever waits tries
/// again instead of waiting for ever.
struct Working<'m, T> {
    memo: &'m Memo<T>,
}

impl<T> Drop for Working<'_, T> {
    fn drop(&mut self) {
        let mut work = self.memo.work();
        work.worker = None;
        if work.waiting > 0 {
            self.memo.done.notify_all();
        }
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
