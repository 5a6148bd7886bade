//! Values that are computed once.

use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::ThreadId;

/// A value that is computed when it is first needed. Other threads that need it meanwhile wait; a thread that needs it
/// for its own computation has found a cycle. Once the value exists, nobody waits.
pub(super) struct Memo<T> {
    known: OnceLock<T>,
    work: Mutex<Work>,
    done: Condvar,
}

#[derive(Default)]
struct Work {
    worker: Option<ThreadId>,
    /// The number of waiting threads. Mostly there are none, and waking nobody would still be a system call.
    waiting: usize,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { known: OnceLock::new(), work: Mutex::default(), done: Condvar::new() }
    }
}

impl<T: Clone> Memo<T> {
    /// The value; `None` if its computation leads back here.
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

/// Ends the computation when dropped. If the computation panicked there is no value, and waiting threads try again
/// instead of waiting forever.
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
