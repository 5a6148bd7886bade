//! Divides work on many items among threads.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, available_parallelism, scope};

/// Reserved for each thread, and only used for deep recursion: as much as its share of the first thread's.
const STACK: usize = 64 * 1024 * 1024;

/// Processes each item, on this many threads, each of which takes the next item when it is done with one. The results
/// are in the order of the items.
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
            // If the system refuses a thread, the others do its work.
            let _ = Builder::new().stack_size(STACK).spawn_scoped(scope, take_turns);
        }
        take_turns();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Parts per thread, so that a thread that starts late or has harder parts takes fewer.
const PARTS: usize = 4;

/// Fewer items, of a few microseconds each, are processed by one thread before another has started: on a virtual
/// machine with a sleeping processor, that takes milliseconds.
pub const MANY: usize = 4096;

/// Processes all items, a part at a time, on as many threads as the machine runs at once; on this thread alone if there
/// are not [many](MANY). The results are in the order of the parts.
pub fn in_parts<T: Sync, R: Send>(items: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    if items.len() < MANY {
        return vec![work(items)];
    }
    let threads = available_parallelism().map_or(1, NonZero::get);
    let parts: Vec<&[T]> = items.chunks(items.len().div_ceil(threads * PARTS).max(1)).collect();
    by_turns(&parts, threads, |part| work(part))
}

/// Does two things at once, the second on another thread. If the system refuses one, the second follows the first.
pub fn beside<A, B: Send>(here: impl FnOnce() -> A, there: impl FnOnce() -> B + Send) -> (A, B) {
    let there = Mutex::new(Some(there));
    let run = || there.lock().unwrap_or_else(PoisonError::into_inner).take().map(|there| there());
    scope(|scope| {
        let thread = Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        let here = here();
        let there = thread.ok().and_then(|thread| thread.join().ok().flatten()).or_else(run);
        (here, there.expect("what no thread has done is done here"))
    })
}

#[cfg(test)]
mod tests {
    use super::{MANY, beside, by_turns, in_parts};

    #[test]
    fn two_things_are_done_at_once() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let there = move || sender.send("there").is_ok();
        assert_eq!(beside(|| receiver.recv(), there), (Ok("there"), true));
    }

    #[test]
    fn results_are_in_order_whatever_the_number_of_threads() {
        let items: Vec<usize> = (0..1000).collect();
        for threads in [0, 1, 2, 7, 2000] {
            assert_eq!(by_turns(&items, threads, |item| item * 2), Vec::from_iter((0..2000).step_by(2)));
        }
    }

    #[test]
    fn parts_make_up_the_whole() {
        let items: Vec<usize> = (0..2 * MANY).collect();
        for number in [0, 1, 5, MANY - 1, MANY, MANY + 1, 2 * MANY] {
            let parts = in_parts(&items[..number], <[usize]>::to_vec);
            assert_eq!(parts.concat(), items[..number]);
        }
    }
}
