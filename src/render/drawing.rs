//! Who needs whom, drawn: for Graphviz, and as a picture of its own.
//!
//! A line that can be left out, because there is a longer way between the same two, is left out.

mod svg;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use crate::address::{ModulePath, ResourcePath, quoted};
use crate::graph::Needs;

pub use svg::drawing_svg;

/// Resources, each with those that it needs.
pub type Neighbours = [(ResourcePath, Vec<ResourcePath>)];

/// Beyond this many resources every line is drawn: nobody reads such a picture line by line.
const MOST_REDUCED: usize = 2000;

/// In the language of Graphviz, a box for each module.
pub fn drawing_dot(resources: &Neighbours) -> String {
    let drawing = Drawing::new(resources);
    let mut text =
        String::from("digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n");
    let mut modules: BTreeMap<&ModulePath, Vec<&ResourcePath>> = BTreeMap::new();
    for path in &drawing.paths {
        modules.entry(&path.module).or_default().push(path);
    }
    // Writing to a text cannot fail.
    for (module, paths) in modules {
        let indent = if module.is_root() { "  " } else { "    " };
        if !module.is_root() {
            let name = module.to_string();
            let _ = writeln!(text, "  subgraph {} {{", quoted(&format!("cluster_{name}")));
            let _ = writeln!(text, "    label = {}\n    fontname = \"sans-serif\"", quoted(&name));
        }
        for path in paths {
            let (name, label) = (quoted(&path.to_string()), quoted(&path.resource.to_string()));
            let _ = writeln!(text, "{indent}{name} [label={label}];");
        }
        if !module.is_root() {
            text.push_str("  }\n");
        }
    }
    for (from, needed) in drawing.needs.iter().enumerate() {
        for to in needed {
            let name = |place: usize| drawing.paths.get(place).map(|path| quoted(&path.to_string()));
            if let (Some(from), Some(to)) = (name(from), name(*to)) {
                let _ = writeln!(text, "  {from} -> {to};");
            }
        }
    }
    text.push_str("}\n");
    text
}

/// Resources by their places, and only the lines that are drawn.
struct Drawing<'d> {
    paths: Vec<&'d ResourcePath>,
    needs: Vec<Vec<usize>>,
    /// How long the longest way is to something that needs nothing.
    depths: Vec<usize>,
}

impl<'d> Drawing<'d> {
    fn new(resources: &'d Neighbours) -> Self {
        let mut paths: Vec<&ResourcePath> = resources.iter().map(|(path, _)| path).collect();
        paths.sort_by_cached_key(|path| (&path.module, path.resource.to_string()));
        let places: HashMap<&ResourcePath, usize> =
            paths.iter().enumerate().map(|(place, path)| (*path, place)).collect();
        let mut needs: Vec<Vec<usize>> = vec![Vec::new(); paths.len()];
        for (path, needed) in resources {
            let Some(own) = places.get(path).copied() else { continue };
            let Some(list) = needs.get_mut(own) else { continue };
            // What refers to itself means another of its instances.
            list.extend(needed.iter().filter_map(|path| places.get(path)).filter(|place| **place != own));
            list.sort_unstable();
            list.dedup();
        }
        let order = order(&needs);
        let mut depths = vec![0; paths.len()];
        for place in order {
            let deepest =
                needs.get(place).into_iter().flatten().filter_map(|needed| depths.get(*needed)).max();
            if let Some(deepest) = deepest.copied()
                && let Some(depth) = depths.get_mut(place)
            {
                *depth = deepest + 1;
            }
        }
        let mut drawing = Self { paths, needs, depths };
        if drawing.paths.len() <= MOST_REDUCED {
            drawing.reduce();
        }
        drawing
    }

    /// Takes out lines to what is reached another way.
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

/// Each after what it needs; without those that need each other in a circle.
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
