//! Many things of one kind, looked at by as many threads as the machine has cores.

use std::num::NonZero;
use std::thread::{Builder, available_parallelism, scope};

use crate::diag::Diagnostics;

/// Fewer than this are looked at faster by one thread than by several.
const WORTH_THREADS: usize = 256;

/// Of each thread, reserved and not used until something deep comes: as much as the first one's share of it.
const STACK: usize = 64 * 1024 * 1024;

/// Visits every item; the faults are in the order of the items, however many threads looked for them.
pub(super) fn visit<T: Sync>(items: &[T], visit: impl Fn(&T, &mut Diagnostics) + Sync) -> Diagnostics {
    let all_of = |share: &[T]| {
        let mut diagnostics = Diagnostics::new();
        share.iter().for_each(|item| visit(item, &mut diagnostics));
        diagnostics
    };
    if items.len() < WORTH_THREADS {
        return all_of(items);
    }
    // Asking reads several files, so it is done only where the answer matters.
    let threads = available_parallelism().map_or(1, NonZero::get);
    let share = items.len().div_ceil(threads);
    scope(|scope| {
        let started: Vec<_> = items
            .chunks(share)
            .map(|share| (share, Builder::new().stack_size(STACK).spawn_scoped(scope, || all_of(share))))
            .collect();
        let mut diagnostics = Diagnostics::new();
        for (share, thread) in started {
            // Where the machine has no thread to give, this one does its work.
            diagnostics.extend(match thread {
                Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                Err(_) => all_of(share),
            });
        }
        diagnostics
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Diagnostic;

    #[test]
    fn keeps_the_order_whatever_the_number_of_threads() {
        let items: Vec<usize> = (0..10_000).collect();
        let faults = visit(&items, |item, faults| {
            if item % 7 == 0 {
                faults.push(Diagnostic::error(item.to_string(), ""));
            }
        });
        let found = faults.into_iter().map(|fault| fault.summary.parse::<usize>().ok());
        assert!(found.eq((0..10_000).step_by(7).map(Some)));
    }
}
