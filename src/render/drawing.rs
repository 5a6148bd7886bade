//! Draws dependencies: for Graphviz, and as an SVG picture.
//!
//! An edge is left out if a longer path connects the same two nodes.

mod layout;
mod svg;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use crate::address::{ResourceMode, ResourcePath, quoted};
use crate::graph::Needs;
use crate::plan::{Action, Step};

use super::progress::subject;

pub use svg::drawing_svg;

/// Resources, each with those that it depends on.
pub type Adjacency = [(ResourcePath, Vec<ResourcePath>)];

/// Above this number of nodes every edge is drawn: reducing would take long, and nobody follows single edges in such a
/// picture.
const MOST_REDUCED: usize = 2000;

/// Nodes, and only the edges that are drawn.
#[derive(Debug)]
pub struct Drawing {
    nodes: Vec<Node>,
    /// The dependencies of each node, by place.
    needs: Vec<Vec<usize>>,
    /// The length of the longest path from each node to one without dependencies.
    depths: Vec<usize>,
}

#[derive(Debug)]
struct Node {
    /// Unique among the nodes.
    name: String,
    /// Empty for the root module.
    module: String,
    label: String,
    /// The action, if there is one.
    verb: &'static str,
    /// The style class in a picture.
    class: &'static str,
}

impl Drawing {
    /// The resources of a configuration.
    pub fn of_resources(resources: &Adjacency) -> Self {
        let mut sorted: Vec<_> = resources.iter().collect();
        sorted.sort_by_cached_key(|(path, _)| (&path.module, path.resource.to_string()));
        let places: HashMap<&ResourcePath, usize> =
            sorted.iter().enumerate().map(|(place, (path, _))| (path, place)).collect();
        let nodes = sorted.iter().map(|(path, _)| Node {
            name: path.to_string(),
            module: if path.module.is_root() { String::new() } else { path.module.to_string() },
            label: path.resource.to_string(),
            verb: "",
            class: if path.resource.mode == ResourceMode::Managed { "" } else { "d" },
        });
        let needs =
            sorted.iter().map(|(_, needed)| needed.iter().filter_map(|path| places.get(path)).copied());
        Self::new(nodes.collect(), needs.map(Iterator::collect).collect())
    }

    /// The operations of a plan.
    pub fn of_steps(steps: &[Step]) -> Self {
        let nodes = steps.iter().map(|step| {
            let (verb, class) = match step.action {
                Action::Create | Action::Replace(_) => ("create", "c"),
                Action::Update => ("update", "u"),
                Action::Delete => ("destroy", "x"),
                Action::Read => ("read", "d"),
                Action::Forget => ("forget", "x"),
                Action::NoOp => ("refresh", "d"),
            };
            let module = &step.address.module;
            let whole = subject(&step.address, step.deposed.as_ref());
            let module = if module.is_root() { String::new() } else { module.to_string() };
            let label = whole.strip_prefix(&format!("{module}.")).unwrap_or(&whole).to_owned();
            Node { name: format!("{verb} {whole}"), module, label, verb, class }
        });
        Self::new(nodes.collect(), steps.iter().map(|step| step.needs.clone()).collect())
    }

    fn new(nodes: Vec<Node>, mut needs: Vec<Vec<usize>>) -> Self {
        for (place, needed) in needs.iter_mut().enumerate() {
            // A reference of a resource to itself means another of its instances.
            needed.retain(|needed| *needed != place && *needed < nodes.len());
            needed.sort_unstable();
            needed.dedup();
        }
        let mut depths = vec![0; nodes.len()];
        for place in order(&needs) {
            let deepest =
                needs.get(place).into_iter().flatten().filter_map(|needed| depths.get(*needed)).max();
            if let Some(deepest) = deepest.copied()
                && let Some(depth) = depths.get_mut(place)
            {
                *depth = deepest + 1;
            }
        }
        let mut drawing = Self { nodes, needs, depths };
        if drawing.nodes.len() <= MOST_REDUCED {
            drawing.reduce();
        }
        drawing
    }

    /// Removes edges that a longer path makes redundant.
    fn reduce(&mut self) {
        let reduced = (0..self.needs.len()).map(|place| {
            let mut needed = self.needs.get(place).cloned().unwrap_or_default();
            if needed.len() < 2 {
                return needed;
            }
            needed.sort_by_key(|needed| std::cmp::Reverse(self.depths.get(*needed)));
            let mut reached = vec![false; self.needs.len()];
            let mut kept = Vec::new();
            for needed in needed {
                if reached.get(needed) != Some(&true) {
                    kept.push(needed);
                    self.reach(needed, &mut reached);
                }
            }
            kept.sort_unstable();
            kept
        });
        self.needs = reduced.collect();
    }

    fn reach(&self, from: usize, reached: &mut [bool]) {
        let mut waiting = vec![from];
        while let Some(place) = waiting.pop() {
            if let Some(seen) = reached.get_mut(place)
                && !std::mem::replace(seen, true)
            {
                waiting.extend(self.needs.get(place).into_iter().flatten());
            }
        }
    }
}

/// In the language of Graphviz, with a frame for each module.
pub fn drawing_dot(drawing: &Drawing) -> String {
    let mut text =
        String::from("digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n");
    let mut modules: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
    for one in &drawing.nodes {
        modules.entry(&one.module).or_default().push(one);
    }
    // Writing to a string cannot fail.
    for (module, nodes) in modules {
        let indent = if module.is_empty() { "  " } else { "    " };
        if !module.is_empty() {
            let _ = writeln!(text, "  subgraph {} {{", quoted(&format!("cluster_{module}")));
            let _ = writeln!(text, "    label = {}\n    fontname = \"sans-serif\"", quoted(module));
        }
        for one in nodes {
            let name = quoted(&one.name);
            let label = match one.verb {
                "" => quoted(&one.label),
                verb => quoted(&format!("{verb} {}", one.label)),
            };
            let _ = writeln!(text, "{indent}{name} [label={label}];");
        }
        if !module.is_empty() {
            text.push_str("  }\n");
        }
    }
    for (from, needed) in drawing.needs.iter().enumerate() {
        for to in needed {
            let name = |place: usize| drawing.nodes.get(place).map(|one| quoted(&one.name));
            if let (Some(from), Some(to)) = (name(from), name(*to)) {
                let _ = writeln!(text, "  {from} -> {to};");
            }
        }
    }
    text.push_str("}\n");
    text
}

/// The nodes in dependency order, without those in cycles.
fn order(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut graph = Needs::new();
    let places: Vec<_> = (0..needs.len()).map(|place| graph.add(place)).collect();
    for (place, needed) in places.iter().zip(needs) {
        needed.iter().for_each(|needed| graph.needs(*place, *needed));
    }
    let (mut order, mut schedule) = (Vec::with_capacity(needs.len()), graph.schedule());
    while let Some(place) = schedule.take() {
        order.push(place);
        schedule.done(place);
    }
    order
}
