//! Pairs up the elements of two sequences. Never takes quadratic time, however long they are.

use std::collections::{HashMap, VecDeque};

use crate::value::Value;

use super::difference::alike;

/// A place in the first sequence, the second, or both.
pub(super) type Pair = (Option<usize>, Option<usize>);

/// Lists of the same length are compared place by place, unless the elements were only reordered or that would show
/// more changes. Otherwise, elements that both have in the same order are kept, and those between were added or
/// removed. Objects in between are taken for the same ones with changes.
pub(super) fn list(before: &[Value], after: &[Value]) -> Vec<Pair> {
    let common = in_common(before, after);
    if before.len() == after.len() && !is_reordering(before, after) {
        let changed = before.iter().zip(after).filter(|(a, b)| !alike(a, b)).count();
        if changed <= 2 * (before.len() - common.len()) {
            return (0..before.len()).map(|index| (Some(index), Some(index))).collect();
        }
    }
    let mut pairs = Vec::with_capacity(before.len().max(after.len()));
    let (mut i, mut j) = (0, 0);
    let end = (before.len(), after.len());
    for (next_i, next_j) in common.into_iter().chain([end]) {
        while i < next_i {
            let is_object =
                |values: &[Value], at: usize| values.get(at).is_some_and(|v| v.entries().is_some());
            let changed = j < next_j && is_object(before, i) && is_object(after, j);
            pairs.push((Some(i), changed.then_some(j)));
            i += 1;
            j += usize::from(changed);
        }
        while j < next_j {
            pairs.push((None, Some(j)));
            j += 1;
        }
        if (next_i, next_j) != end {
            pairs.push((Some(i), Some(j)));
            i += 1;
            j += 1;
        }
    }
    pairs
}

/// Elements of sets are paired if they are equal. A removed element stays in its place, an added one goes to the end.
pub(super) fn set(before: &[Value], after: &[Value]) -> Vec<Pair> {
    let mut places = Places::of(after, 0);
    let mut taken = vec![false; after.len()];
    let mut pairs: Vec<Pair> = Vec::with_capacity(before.len().max(after.len()));
    for (index, value) in before.iter().enumerate() {
        let found = places.take(value, after);
        found.and_then(|at| taken.get_mut(at)).into_iter().for_each(|taken| *taken = true);
        pairs.push((Some(index), found));
    }
    let came = taken.iter().enumerate().filter(|(_, taken)| !**taken);
    pairs.extend(came.map(|(index, _)| (None, Some(index))));
    pairs
}

fn is_reordering(before: &[Value], after: &[Value]) -> bool {
    let places = Places::of(after, 0);
    before.iter().all(|value| places.has(value, after))
}

/// The places of elements that both have in the same order: first those at the beginning and end, then the longest
/// increasing run among elements that are paired as the first, second, ... of their kind.
fn in_common(before: &[Value], after: &[Value]) -> Vec<(usize, usize)> {
    let start = before.iter().zip(after).take_while(|(a, b)| alike(a, b)).count();
    let rest = (before.get(start..).unwrap_or_default(), after.get(start..).unwrap_or_default());
    let end = rest.0.iter().rev().zip(rest.1.iter().rev()).take_while(|(a, b)| alike(a, b)).count();
    let (middle_before, middle_after) = (before.len() - end, after.len() - end);
    let mut places = Places::of(after.get(..middle_after).unwrap_or_default(), start);
    let candidates = (start..middle_before)
        .filter_map(|i| before.get(i).and_then(|value| places.take(value, after)).map(|j| (i, j)));
    let mut common: Vec<(usize, usize)> = (0..start).map(|index| (index, index)).collect();
    common.extend(rising(&candidates.collect::<Vec<_>>()));
    common.extend((0..end).map(|index| (middle_before + index, middle_after + index)));
    common
}

/// The longest run in which the second places increase; the first ones do already.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For the runs of each length, the one with the lowest end: where it ends, and the predecessor of each pair.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    let second = |at: usize| pairs.get(at).map_or(0, |pair| pair.1);
    for (at, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| second(*end) < pair.1);
        previous.push(length.checked_sub(1).and_then(|shorter| ends.get(shorter)).copied());
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut run = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(here) = at {
        run.extend(pairs.get(here));
        at = previous.get(here).copied().flatten();
    }
    run.reverse();
    run
}

/// The places of values, by their digest.
struct Places(HashMap<u64, VecDeque<usize>>);

impl Places {
    fn of(values: &[Value], from: usize) -> Self {
        let mut places: HashMap<u64, VecDeque<usize>> = HashMap::with_capacity(values.len());
        for (index, value) in values.iter().enumerate().skip(from) {
            places.entry(value.digest()).or_default().push_back(index);
        }
        Self(places)
    }

    fn has(&self, value: &Value, values: &[Value]) -> bool {
        let places = self.0.get(&value.digest());
        let first = places.and_then(VecDeque::front).and_then(|at| values.get(*at));
        first.is_some_and(|other| alike(value, other))
    }

    /// The first place that is not taken yet.
    fn take(&mut self, value: &Value, values: &[Value]) -> Option<usize> {
        let places = self.0.get_mut(&value.digest())?;
        let first = places.front().and_then(|at| values.get(*at))?;
        if !alike(value, first) {
            return None;
        }
        places.pop_front()
    }
}
