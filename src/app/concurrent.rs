//! Runs the same work for many items at once: on every core, and several per core, since most of it is waiting.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::runtime::{Builder, Runtime};

/// At most this many items run on one core, because each holds memory while it waits.
const EACH: usize = 4;

/// Deeply nested configurations are walked recursively. The stack is only reserved; memory is used as the recursion
/// needs it.
const STACK: usize = 512 * 1024 * 1024;

/// Tasks that still block when everything is done were cancelled; wait no longer than this for them.
const PATIENCE: Duration = Duration::from_millis(100);

/// Does the work of every item, and passes each answer to `receive` on this thread, in the order of the items, as soon as
/// all before it have been passed.
pub(super) fn concurrently<T: Sync, A: Send>(
    items: &[T],
    work: impl AsyncFn(&T) -> A + Sync,
    mut receive: impl FnMut(&T, A),
) -> io::Result<()> {
    let runtimes = runtimes(items.len())?;
    let each = items.len().div_ceil(runtimes.len()).clamp(1, EACH);
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (answers, received) = channel();
        for runtime in runtimes {
            let (answers, next, work) = (answers.clone(), &next, &work);
            thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, move || serve(runtime, (items, next, each), work, &answers))?;
        }
        drop(answers);
        let mut early = BTreeMap::new();
        let mut items = items.iter().enumerate().peekable();
        while let Ok((index, answer)) = received.recv() {
            early.insert(index, answer);
            while let Some(answer) = items.peek().and_then(|(turn, _)| early.remove(turn)) {
                if let Some((_, item)) = items.next() {
                    receive(item, answer);
                }
            }
        }
        Ok(())
    })
}

/// Takes the next item until none is left.
fn serve<T: Sync, A: Send>(
    runtime: Runtime,
    (items, next, each): (&[T], &AtomicUsize, usize),
    work: &(impl AsyncFn(&T) -> A + Sync),
    answers: &Sender<(usize, A)>,
) {
    let taken = std::iter::from_fn(|| {
        let index = next.fetch_add(1, Ordering::Relaxed);
        items.get(index).map(|item| (index, item))
    });
    let works =
        futures_util::stream::iter(taken).map(|(index, item)| async move { (index, work(item).await) });
    runtime.block_on(works.buffer_unordered(each).for_each(async |answer| {
        // The receiver is gone only after an interruption.
        drop(answers.send(answer));
    }));
    runtime.shutdown_timeout(PATIENCE);
}

/// One runtime per core, but no more than the items need.
fn runtimes(items: usize) -> io::Result<Vec<Runtime>> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    (0..cores.min(items).max(1)).map(|_| Builder::new_current_thread().enable_all().build()).collect()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::concurrently;

    #[test]
    fn everything_is_told_once_and_in_order_whichever_is_ready_first() {
        let items: Vec<u64> = (0..100).collect();
        let mut received = Vec::new();
        let work = async |item: &u64| {
            tokio::time::sleep(Duration::from_millis(item * 7 % 5)).await;
            item * 2
        };
        concurrently(&items, work, |item, answer| received.push((*item, answer))).unwrap();
        assert_eq!(received, items.iter().map(|item| (*item, item * 2)).collect::<Vec<_>>());
    }

    #[test]
    fn several_wait_at_once() {
        let began = Instant::now();
        let wait = async |_: &()| tokio::time::sleep(Duration::from_millis(200)).await;
        concurrently(&[(); 4], wait, |(), ()| {}).unwrap();
        assert!(began.elapsed() < Duration::from_millis(700), "{:?}", began.elapsed());
    }

    #[test]
    fn nothing_to_do_is_done_at_once() {
        concurrently(&[], async |_: &()| (), |(), ()| panic!("nothing was asked")).unwrap();
    }
}
