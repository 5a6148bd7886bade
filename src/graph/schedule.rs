//! A walk over a graph in which each node follows its dependencies.

use std::collections::VecDeque;

/// Decides which node is next. Nodes are numbers; what they stand for is up to the caller.
#[derive(Debug)]
pub struct Schedule {
    /// For each node, its dependents: a slice of `waiting_for`.
    starts: Vec<usize>,
    waiting_for: Vec<usize>,
    /// For each node, how many dependencies are not done.
    missing: Vec<usize>,
    ready: VecDeque<usize>,
    dropped: Vec<bool>,
}

impl Schedule {
    /// A pair says that its first node depends on its second.
    pub fn new(nodes: usize, needs: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let (mut missing, mut starts) = (vec![0; nodes], vec![0; nodes + 1]);
        for (node, needed) in needs.clone() {
            missing[node] += 1;
            starts[needed + 1] += 1;
        }
        for index in 0..nodes {
            starts[index + 1] += starts[index];
        }
        let mut place = starts.clone();
        let mut waiting_for = vec![0; starts[nodes]];
        for (node, needed) in needs {
            waiting_for[place[needed]] = node;
            place[needed] += 1;
        }
        let ready = (0..nodes).filter(|node| missing[*node] == 0).collect();
        Self { starts, waiting_for, missing, ready, dropped: vec![false; nodes] }
    }

    /// The next node; `None` if nothing is left, or everything left waits for something.
    pub fn take(&mut self) -> Option<usize> {
        self.ready.pop_front()
    }

    /// Marks a node as done, which may free its dependents.
    pub fn done(&mut self, node: usize) {
        for place in self.starts[node]..self.starts[node + 1] {
            let waiting = self.waiting_for[place];
            self.missing[waiting] -= 1;
            if self.missing[waiting] == 0 && !self.dropped[waiting] {
                self.ready.push_back(waiting);
            }
        }
    }

    /// Drops and returns all transitive dependents of a node, which will never come.
    pub fn failed(&mut self, node: usize) -> Vec<usize> {
        let (mut reached, mut dropped) = (vec![node], Vec::new());
        while let Some(node) = reached.pop() {
            for place in self.starts[node]..self.starts[node + 1] {
                let waiting = self.waiting_for[place];
                if !std::mem::replace(&mut self.dropped[waiting], true) {
                    reached.push(waiting);
                    dropped.push(waiting);
                }
            }
        }
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    #[test]
    fn each_comes_after_what_it_needs_and_nothing_after_what_failed() {
        let needs = [(1, 0), (2, 1), (3, 0), (3, 2), (4, 0), (4, 0)];
        let mut schedule = Schedule::new(5, needs.into_iter());
        assert_eq!(schedule.take(), Some(0));
        assert_eq!(schedule.take(), None);
        schedule.done(0);
        assert_eq!((schedule.take(), schedule.take(), schedule.take()), (Some(1), Some(4), None));
        assert_eq!(schedule.failed(1), [2, 3]);
        schedule.done(4);
        assert_eq!(schedule.take(), None);
    }
}
