//! Work on many things, shared among threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, scope};

/// Of each thread, reserved and not used until something deep comes: as much as the first one's share of it.
const STACK: usize = 64 * 1024 * 1024;

/// Does something with each item, on as many threads, each of which takes the next item when it is done with one. The
/// results are in the order of the items.
pub fn by_turns<T: Sync, R: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    let take_turns = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { break };
            let result = work(item);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
        }
    };
    scope(|scope| {
        for _ in 1..threads.min(items.len()) {
            // Where the machine has no thread to give, those that are there do its work.
            let _ = Builder::new().stack_size(STACK).spawn_scoped(scope, take_turns);
        }
        take_turns();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::by_turns;

    #[test]
    fn results_are_in_order_whatever_the_number_of_threads() {
        let items: Vec<usize> = (0..1000).collect();
        for threads in [0, 1, 2, 7, 2000] {
            assert_eq!(by_turns(&items, threads, |item| item * 2), Vec::from_iter((0..2000).step_by(2)));
        }
    }
}
