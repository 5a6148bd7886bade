//! Generic dependency graphs: order, cycles, and walks.
//!
//! Everything here is linear in nodes and edges. Wherever the graph leaves a choice, the order is that of insertion, so
//! that the same input gives the same answer.

mod schedule;
pub mod shared;

use std::collections::VecDeque;
use std::hash::Hash;

use foldhash::{HashMap, HashSet};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

pub use schedule::Schedule;

/// Nodes and their dependencies.
#[derive(Debug)]
pub struct Needs<N> {
    graph: DiGraph<N, ()>,
    known: HashMap<N, NodeIndex>,
}

/// The place of a node in its graph.
#[derive(Clone, Copy, Debug)]
pub struct Place(NodeIndex);

impl<N> Default for Needs<N> {
    fn default() -> Self {
        Self { graph: DiGraph::new(), known: HashMap::default() }
    }
}

impl<N: Clone + Eq + Hash> Needs<N> {
    pub fn new() -> Self {
        Self::default()
    }

    /// The place of a node, which is added if it is missing.
    pub fn add(&mut self, node: N) -> Place {
        let graph = &mut self.graph;
        Place(*self.known.entry(node).or_insert_with_key(|node| graph.add_node(node.clone())))
    }

    /// Adds a dependency of `node` on `other`. A repeated one changes nothing about order and cycles.
    pub fn needs(&mut self, node: Place, other: N) {
        let other = self.add(other);
        self.graph.add_edge(node.0, other.0, ());
    }

    /// All nodes, in the order in which they were first named.
    pub fn nodes(&self) -> impl Iterator<Item = &N> {
        self.graph.node_weights()
    }

    /// The direct dependencies of a node.
    pub fn of<'n>(&'n self, node: &N) -> impl Iterator<Item = &'n N> {
        let index = self.known.get(node).copied();
        index.into_iter().flat_map(|index| self.graph.neighbors(index)).map(|other| &self.graph[other])
    }

    /// A walk over the nodes in dependency order, by their places in [`Self::nodes`].
    pub fn schedule(&self) -> Schedule {
        let edges = self.graph.raw_edges().iter().map(|edge| (edge.source().index(), edge.target().index()));
        Schedule::new(self.graph.node_count(), edges)
    }

    /// One shortest cycle for each strongly connected component, as a path: every node depends on the next, and the
    /// last on the first.
    pub fn circles(&self) -> Vec<Vec<N>> {
        // Not Tarjan's algorithm, which petgraph implements recursively: a chain may be as long as a project is large.
        let mut circles: Vec<Vec<NodeIndex>> = kosaraju_scc(&self.graph)
            .into_iter()
            .filter(|knot| knot.len() > 1 || knot.iter().any(|node| self.graph.contains_edge(*node, *node)))
            .map(|knot| self.around(&knot))
            .collect();
        circles.sort();
        circles
            .into_iter()
            .map(|circle| circle.into_iter().map(|node| self.graph[node].clone()).collect())
            .collect()
    }

    /// A shortest path from the first node of a component back to itself.
    fn around(&self, knot: &[NodeIndex]) -> Vec<NodeIndex> {
        let inside: HashSet<NodeIndex> = knot.iter().copied().collect();
        let start = knot.iter().copied().min().expect("a knot has nodes");
        let mut came_from: HashMap<NodeIndex, NodeIndex> = HashMap::default();
        let mut waiting = VecDeque::from([start]);
        while let Some(node) = waiting.pop_front() {
            let mut next: Vec<NodeIndex> =
                self.graph.neighbors(node).filter(|n| inside.contains(n)).collect();
            next.sort();
            for next in next {
                if next == start {
                    return way_back(node, start, &came_from);
                }
                if let std::collections::hash_map::Entry::Vacant(place) = came_from.entry(next) {
                    place.insert(node);
                    waiting.push_back(next);
                }
            }
        }
        unreachable!("every node of a knot lies on a circle in it")
    }
}

/// The number of the strongly connected component of each node. A pair says that its first node depends on its second.
pub fn knots(nodes: usize, needs: impl Iterator<Item = (usize, usize)>) -> Vec<usize> {
    let mut graph: DiGraph<(), ()> = DiGraph::new();
    for _ in 0..nodes {
        graph.add_node(());
    }
    for (node, other) in needs {
        graph.add_edge(NodeIndex::new(node), NodeIndex::new(other), ());
    }
    let mut knots = vec![0; nodes];
    for (number, knot) in kosaraju_scc(&graph).into_iter().enumerate() {
        knot.into_iter().for_each(|node| knots[node.index()] = number);
    }
    knots
}

fn way_back(end: NodeIndex, start: NodeIndex, came_from: &HashMap<NodeIndex, NodeIndex>) -> Vec<NodeIndex> {
    let mut path = vec![end];
    let mut node = end;
    while node != start {
        node = came_from[&node];
        path.push(node);
    }
    path.reverse();
    path
}

#[cfg(test)]
mod tests {
    use super::Needs;

    #[test]
    fn finds_each_circle_with_its_path() {
        let mut graph = Needs::new();
        for (node, other) in [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("e", "e"), ("d", "f")] {
            let node = graph.add(node);
            graph.needs(node, other);
        }
        assert_eq!(graph.circles(), [vec!["a", "b", "c"], vec!["e"]]);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_is_no_circle() {
        let mut graph = Needs::new();
        for node in 0..100_000 {
            let place = graph.add(node);
            graph.needs(place, node + 1);
        }
        assert!(graph.circles().is_empty());
    }
}
