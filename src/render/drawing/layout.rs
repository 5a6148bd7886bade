//! Places nodes, and routes edges between them.
//!
//! Nodes stand in layers, each after those it depends on. An edge that passes a layer gets a slot in it, so that it
//! runs between the nodes and not behind them. Within a layer, everything stands as near as possible to its neighbours.
//! Layers run to the right, or downward if that makes a better page. Nodes without edges stand below, in rows.

use super::Drawing;

pub(super) const HEIGHT: i64 = 34;
pub(super) const MARGIN: i64 = 20;
/// The width of a character; the font is monospaced.
const LETTER: i64 = 8;
const PADDING: i64 = 10;
/// The gap between neighbours in a layer.
const SPACE: i64 = 14;
/// The gap between layers: to the right, and downward.
const RIGHTWARD: i64 = 56;
const DOWNWARD: i64 = 34;
/// The width of an edge's slot in a layer.
const LINE: i64 = 6;
/// With more slots than this, edges run straight: nobody follows single edges in such a picture.
const MOST_LINES: usize = 50_000;
/// The largest comfortable page: width and height.
const PAGE: (i64, i64) = (1400, 2800);

pub(super) struct Layout {
    /// By node.
    pub(super) places: Vec<Place>,
    /// The points of an edge as (x, y): curved from the first to the second, straight from the second to the third, and
    /// so on.
    pub(super) lines: Vec<Vec<(i64, i64)>>,
    pub(super) downward: bool,
    pub(super) width: i64,
    pub(super) height: i64,
}

/// The upper left corner and the width of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Place {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
}

pub(super) fn layout(drawing: &Drawing) -> Layout {
    let worth = |layout: &Layout| (layout.width * 100 / PAGE.0).max(layout.height * 100 / PAGE.1);
    let layers = Layers::of(drawing);
    let rightward = layers.laid_out(drawing, false);
    if worth(&rightward) <= 100 {
        return rightward;
    }
    let downward = layers.laid_out(drawing, true);
    if worth(&downward) < worth(&rightward) { downward } else { rightward }
}

/// A node, or an edge that passes a layer.
#[derive(Clone, Copy)]
struct Slot {
    layer: usize,
    node: Option<usize>,
}

struct Layers {
    slots: Vec<Slot>,
    /// The neighbours of each slot in the layer before, and in the one after.
    before: Vec<Vec<usize>>,
    after: Vec<Vec<usize>>,
    /// The slots of each layer, in order.
    layers: Vec<Vec<usize>>,
    /// The slots along each edge, from the dependency to the dependent.
    lines: Vec<Vec<usize>>,
    /// Nodes without edges.
    alone: Vec<usize>,
    /// By node.
    slot_of: Vec<Option<usize>>,
}

impl Layers {
    fn of(drawing: &Drawing) -> Self {
        let count = drawing.nodes.len();
        let mut layer_of = drawing.depths.clone();
        let mut joined = vec![false; count];
        let mut nearest = vec![usize::MAX; count];
        for (from, needed) in drawing.needs.iter().enumerate() {
            for to in needed {
                joined[from] = true;
                joined[*to] = true;
                nearest[*to] = nearest[*to].min(drawing.depths[from]);
            }
        }
        // A node without dependencies stands just before its first dependent, and not at the far end.
        for place in 0..count {
            if drawing.needs[place].is_empty() && nearest[place] != usize::MAX {
                layer_of[place] = nearest[place].saturating_sub(1);
            }
        }
        let mut this = Self {
            slots: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
            layers: vec![Vec::new(); drawing.depths.iter().max().map_or(0, |deepest| deepest + 1)],
            lines: Vec::new(),
            alone: (0..count).filter(|place| !joined[*place]).collect(),
            slot_of: vec![None; count],
        };
        for place in (0..count).filter(|place| joined[*place]) {
            this.slot_of[place] = Some(this.add(layer_of[place], Some(place)));
        }
        let lines = drawing
            .needs
            .iter()
            .enumerate()
            .flat_map(|(from, needed)| needed.iter().map(move |to| (from, *to)));
        let lines: Vec<(usize, usize)> = lines.collect();
        let passing = |(from, to): &(usize, usize)| layer_of[*from].saturating_sub(layer_of[*to] + 1);
        let apart = lines.iter().map(passing).sum::<usize>() <= MOST_LINES;
        for (from, to) in lines {
            let (Some(first), Some(last)) = (this.slot_of[to], this.slot_of[from]) else { continue };
            let mut line = vec![first];
            if apart {
                line.extend((layer_of[to] + 1..layer_of[from]).map(|layer| this.add(layer, None)));
            }
            line.push(last);
            for pair in line.windows(2) {
                this.after[pair[0]].push(pair[1]);
                this.before[pair[1]].push(pair[0]);
            }
            this.lines.push(line);
        }
        this.sort();
        this
    }

    fn add(&mut self, layer: usize, node: Option<usize>) -> usize {
        let slot = self.slots.len();
        self.slots.push(Slot { layer, node });
        self.before.push(Vec::new());
        self.after.push(Vec::new());
        self.layers[layer].push(slot);
        slot
    }

    /// Orders each layer by the positions of neighbours, alternating between both sides, so that few edges cross.
    fn sort(&mut self) {
        let mut ranks = vec![0_usize; self.slots.len()];
        self.layers.iter().for_each(|layer| rank(layer, &mut ranks));
        for round in 0..9 {
            let forward = round % 2 == 0;
            let neighbours = if forward { &self.before } else { &self.after };
            let count = self.layers.len();
            for step in 0..count {
                let layer = if forward { step } else { count - 1 - step };
                self.layers[layer].sort_by_cached_key(|slot| {
                    let neighbours = &neighbours[*slot];
                    let sum: usize = neighbours.iter().map(|neighbour| ranks[*neighbour]).sum();
                    match neighbours.len() {
                        0 => ranks[*slot],
                        count => sum / count,
                    }
                });
                rank(&self.layers[layer], &mut ranks);
            }
        }
    }

    fn laid_out(&self, drawing: &Drawing, downward: bool) -> Layout {
        let widths: Vec<i64> = drawing.nodes.iter().map(width_of).collect();
        // "Along" is the direction in which layers follow each other, "across" is within a layer.
        let size = |slot: usize| match (self.slots[slot].node, downward) {
            (None, _) => (0, LINE),
            (Some(node), false) => (widths[node], HEIGHT),
            (Some(node), true) => (HEIGHT, widths[node]),
        };
        let centers = self.centers(&|slot| size(slot).1);
        let mut along = MARGIN;
        let mut starts = Vec::new();
        for layer in &self.layers {
            let thickness = layer.iter().map(|slot| size(*slot).0).max().unwrap_or(0);
            starts.push((along, along + thickness));
            along += thickness + if downward { DOWNWARD } else { RIGHTWARD };
        }
        let point = |along: i64, across: i64| if downward { (across, along) } else { (along, across) };
        let mut places = vec![Place::default(); drawing.nodes.len()];
        for (slot, found) in self.slots.iter().enumerate() {
            if let Some(node) = found.node {
                let (x, y) = point(starts[found.layer].0, centers[slot] - size(slot).1 / 2);
                places[node] = Place { x, y, width: widths[node] };
            }
        }
        let lines = self.lines.iter().map(|line| {
            let mut points = Vec::new();
            for (index, slot) in line.iter().enumerate() {
                let (start, end) = starts[self.slots[*slot].layer];
                let end = if self.slots[*slot].node.is_some() { start + size(*slot).0 } else { end };
                if index > 0 {
                    points.push(point(start, centers[*slot]));
                }
                if index + 1 < line.len() {
                    points.push(point(end, centers[*slot]));
                }
            }
            points
        });
        let lines = lines.collect();
        self.stand_alone(&widths, &mut places);
        let width = places.iter().map(|place| place.x + place.width).max().unwrap_or(0) + MARGIN;
        let height = places.iter().map(|place| place.y + HEIGHT).max().unwrap_or(0) + MARGIN;
        Layout { places, lines, downward, width, height }
    }

    /// The centre of each slot across its layer, as near to its neighbours as the others allow.
    fn centers(&self, size: &dyn Fn(usize) -> i64) -> Vec<i64> {
        let mut centers = vec![0; self.slots.len()];
        for round in 0..16 {
            let count = self.layers.len();
            for step in 0..count {
                let forward = round % 2 == 0;
                let layer = &self.layers[if forward { step } else { count - 1 - step }];
                let wanted = layer.iter().map(|slot| {
                    let (before, after) = (&self.before[*slot], &self.after[*slot]);
                    // In the last rounds both sides count.
                    let near: Vec<i64> = match (round < 8, forward) {
                        (true, true) => before.iter().map(|other| centers[*other]).collect(),
                        (true, false) => after.iter().map(|other| centers[*other]).collect(),
                        (false, _) => before.iter().chain(after).map(|other| centers[*other]).collect(),
                    };
                    match near.len() {
                        0 => centers[*slot],
                        count => near.iter().sum::<i64>() / i64::try_from(count).unwrap_or(1),
                    }
                });
                let wanted: Vec<i64> = wanted.collect();
                let found = spread(&wanted, &|index| layer.get(index).map_or(0, |slot| size(*slot)));
                for (slot, center) in layer.iter().zip(found) {
                    centers[*slot] = center;
                }
            }
        }
        let top = (0..self.slots.len()).map(|slot| centers[slot] - size(slot) / 2).min().unwrap_or(0);
        centers.iter().map(|center| center - top + MARGIN).collect()
    }

    /// Places the nodes without edges below everything else, in rows as wide as the rest or as a page.
    fn stand_alone(&self, widths: &[i64], places: &mut [Place]) {
        let right = places.iter().map(|place| place.x + place.width).max().unwrap_or(0);
        let below = places.iter().filter(|place| place.width > 0).map(|place| place.y + HEIGHT).max();
        let column = self.alone.iter().map(|node| widths[*node]).max().unwrap_or(0) + SPACE;
        // As many rows as make their block about twice as wide as it is high.
        let area = column * (HEIGHT + SPACE) * i64::try_from(self.alone.len()).unwrap_or(1) * 2;
        let room = right.max(area.isqrt()).min(PAGE.0.max(right)) - MARGIN;
        let columns = usize::try_from(room / column.max(1)).unwrap_or(1).max(1);
        let top = below.map_or(MARGIN, |below| below + 2 * SPACE);
        for (index, node) in self.alone.iter().enumerate() {
            let at = |number: usize, size: i64| i64::try_from(number).unwrap_or(0) * size;
            let (x, y) = (MARGIN + at(index % columns, column), top + at(index / columns, HEIGHT + SPACE));
            places[*node] = Place { x, y, width: widths[*node] };
        }
    }
}

/// The relative position of each slot in its layer, in millionths, so that layers of different lengths can be compared.
fn rank(layer: &[usize], ranks: &mut [usize]) {
    let length = layer.len().max(1);
    layer.iter().enumerate().for_each(|(rank, slot)| ranks[*slot] = (2 * rank + 1) * 500_000 / length);
}

fn width_of(node: &super::Node) -> i64 {
    let widest = [&*node.label, &node.module, node.verb].map(textwrap::core::display_width).into_iter().max();
    i64::try_from(widest.unwrap_or(0)).unwrap_or(0) * LETTER + 2 * PADDING
}

/// Positions in the same order, far enough apart for their sizes, with the least sum of squared distances from the
/// wanted positions: neighbours that would overlap are pushed apart equally.
fn spread(wanted: &[i64], size: &dyn Fn(usize) -> i64) -> Vec<i64> {
    let mut offsets = Vec::with_capacity(wanted.len());
    let mut offset = 0;
    for index in 0..wanted.len() {
        if index > 0 {
            offset += (size(index - 1) + size(index)) / 2 + SPACE;
        }
        offsets.push(offset);
    }
    // Groups that move together: the sum of the wanted positions less their offsets, and the number of members.
    let mut groups: Vec<(i64, i64)> = Vec::new();
    for (wanted, offset) in wanted.iter().zip(&offsets) {
        let mut group = (wanted - offset, 1);
        while let Some((sum, count)) = groups.last().copied()
            && sum * group.1 > group.0 * count
        {
            group = (group.0 + sum, group.1 + count);
            groups.pop();
        }
        groups.push(group);
    }
    let starts = groups.iter().flat_map(|(sum, count)| (0..*count).map(move |_| sum.div_euclid(*count)));
    starts.zip(offsets).map(|(start, offset)| start + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn neighbours_that_would_overlap_share_the_way() {
        assert_eq!(spread(&[0, 100, 200], &|_| 10), [0, 100, 200]);
        assert_eq!(spread(&[100, 100], &|_| 10), [88, 112]);
        assert_eq!(spread(&[100, 0], &|_| 10), [38, 62]);
        assert_eq!(spread(&[], &|_| 10), [0_i64; 0]);
    }
}
