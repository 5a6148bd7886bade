//! Checks many items with as many threads as the machine has cores.

use std::num::NonZero;
use std::thread::available_parallelism;

use crate::diag::Diagnostics;
use crate::graph::shared;

/// Fewer items are faster on one thread than on several.
const WORTH_THREADS: usize = 256;

/// The number of items that a thread takes at a time.
const SHARE: usize = 128;

/// Visits every item; errors are in the order of the items, however many threads found them.
pub(super) fn visit<T: Sync>(items: &[T], visit: impl Fn(&T, &mut Diagnostics) + Sync) -> Diagnostics {
    let all_of = |share: &[T]| {
        let mut diagnostics = Diagnostics::new();
        share.iter().for_each(|item| visit(item, &mut diagnostics));
        diagnostics
    };
    if items.len() < WORTH_THREADS {
        return all_of(items);
    }
    // Finding out reads several files, so it is done only if the answer matters.
    let threads = available_parallelism().map_or(1, NonZero::get);
    let shares: Vec<&[T]> = items.chunks(SHARE).collect();
    let mut diagnostics = Diagnostics::new();
    shared::by_turns(&shares, threads, |share| all_of(share))
        .into_iter()
        .for_each(|faults| diagnostics.extend(faults));
    diagnostics
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
