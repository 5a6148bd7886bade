//! The picture: what needs nothing on the left, and to the right of each what needs it.

use std::fmt::Write as _;

use super::{Drawing, Neighbours};

const ROW: usize = 44;
const BOX: usize = 30;
const GAP: usize = 60;
const MARGIN: usize = 20;
/// About as wide as a character is.
const CHARACTER: usize = 7;

const STYLE: &str = "text{font:12px sans-serif;fill:#1f2937}.m{fill:#6b7280;font-size:10px}\
    rect{fill:#f3f4f6;stroke:#9ca3af;rx:4px}.d rect{fill:#ecfdf5}path{fill:none;stroke:#9ca3af}\
    @media(prefers-color-scheme:dark){text{fill:#e5e7eb}.m{fill:#9ca3af}rect{fill:#1f2937;stroke:#6b7280}\
    .d rect{fill:#064e3b}path{stroke:#6b7280}}";

/// As an image that any browser shows.
pub fn drawing_svg(resources: &Neighbours) -> String {
    let drawing = Drawing::new(resources);
    let places = layout(&drawing);
    let width = places.iter().map(|place| place.x + place.width).max().unwrap_or(0) + MARGIN;
    let height = places.iter().map(|place| place.y + BOX).max().unwrap_or(0) + MARGIN;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\"><style>{STYLE}</style>\n"
    );
    // Writing to a text cannot fail.
    for (from, needed) in drawing.needs.iter().enumerate() {
        for to in needed {
            let (Some(from), Some(to)) = (places.get(from), places.get(*to)) else { continue };
            let (x, y) = (to.x + to.width, to.y + BOX / 2);
            let (end, level) = (from.x, from.y + BOX / 2);
            let half = GAP / 2;
            let _ = writeln!(
                text,
                "<path d=\"M{x} {y}C{} {y} {} {level} {end} {level}\"/>",
                x + half,
                end.saturating_sub(half)
            );
        }
    }
    for (path, place) in drawing.paths.iter().zip(&places) {
        let data =
            if path.resource.mode == crate::address::ResourceMode::Managed { "" } else { " class=\"d\"" };
        let Place { x, y, width } = place;
        let (middle, name) = (x + 10, escaped(&path.resource.to_string()));
        let _ = write!(text, "<g{data}><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{BOX}\"/>");
        if path.module.is_root() {
            let _ = write!(text, "<text x=\"{middle}\" y=\"{}\">{name}</text>", y + 19);
        } else {
            let module = escaped(&path.module.to_string());
            let _ = write!(text, "<text class=\"m\" x=\"{middle}\" y=\"{}\">{module}</text>", y + 12);
            let _ = write!(text, "<text x=\"{middle}\" y=\"{}\">{name}</text>", y + 25);
        }
        text.push_str("</g>\n");
    }
    text.push_str("</svg>\n");
    text
}

#[derive(Clone, Copy, Default)]
struct Place {
    x: usize,
    y: usize,
    width: usize,
}

/// One column for each depth; in a column, those first whose neighbours on the left are further up.
fn layout(drawing: &Drawing<'_>) -> Vec<Place> {
    let mut places = vec![Place::default(); drawing.paths.len()];
    let columns = drawing.depths.iter().max().map_or(0, |deepest| deepest + 1);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); columns];
    for (place, depth) in drawing.depths.iter().enumerate() {
        if let Some(column) = members.get_mut(*depth) {
            column.push(place);
        }
    }
    let mut x = MARGIN;
    for column in &mut members {
        // Twice the mean height of what it needs, in rows, so that whole numbers do.
        let height = |place: usize| {
            let needed = drawing.needs.get(place).map(Vec::as_slice).unwrap_or_default();
            let sum: usize =
                needed.iter().filter_map(|needed| places.get(*needed)).map(|place| place.y).sum();
            sum * 2 / needed.len().max(1)
        };
        column.sort_by_key(|place| (height(*place), *place));
        let width_of = |place: usize| {
            let path = drawing.paths.get(place);
            let name = path.map_or(0, |path| path.resource.to_string().chars().count());
            let module = path.map_or(0, |path| path.module.to_string().chars().count());
            name.max(module) * CHARACTER + 20
        };
        let width = column.iter().map(|place| width_of(*place)).max().unwrap_or(0);
        for (row, place) in column.iter().enumerate() {
            if let Some(place) = places.get_mut(*place) {
                *place = Place { x, y: MARGIN + row * ROW, width };
            }
        }
        x += width + GAP;
    }
    places
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
