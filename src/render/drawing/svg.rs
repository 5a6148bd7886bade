//! The SVG picture: first the nodes without dependencies, and after each node its dependents.

use std::fmt::Write as _;

use super::layout::{HEIGHT, layout};
use super::{Drawing, Node};

const STYLE: &str = "text{font:12px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1f2937}\
    .m{fill:#6b7280;font-size:10px}.v{font-weight:bold;font-size:10px}\
    rect{fill:#f3f4f6;stroke:#9ca3af}path{fill:none;stroke:#9ca3af}\
    .d rect{fill:#eff6ff;stroke:#93c5fd}.c rect{fill:#ecfdf5;stroke:#34d399}\
    .u rect{fill:#fffbeb;stroke:#fbbf24}.x rect{fill:#fef2f2;stroke:#f87171}\
    @media(prefers-color-scheme:dark){text{fill:#e5e7eb}.m{fill:#9ca3af}rect{fill:#1f2937;stroke:#6b7280}\
    path{stroke:#6b7280}.d rect{fill:#1e3a5f}.c rect{fill:#064e3b}.u rect{fill:#78350f}.x rect{fill:#7f1d1d}}";

/// An image that any browser can show.
pub fn drawing_svg(drawing: &Drawing) -> String {
    if drawing.nodes.is_empty() {
        return format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"160\" height=\"48\" viewBox=\"0 0 160 48\">\
             <style>{STYLE}</style>\n<text x=\"20\" y=\"28\">nothing to draw</text>\n</svg>\n"
        );
    }
    let found = layout(drawing);
    let (width, height) = (found.width, found.height);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\"><style>{STYLE}</style>\n"
    );
    // Writing to a string cannot fail.
    for line in &found.lines {
        text.push_str(&path(line, found.downward));
    }
    for (node, place) in drawing.nodes.iter().zip(&found.places) {
        let class = if node.class.is_empty() { String::new() } else { format!(" class=\"{}\"", node.class) };
        let (x, y, left) = (place.x, place.y, place.x + 10);
        let _ = write!(
            text,
            "<g{class}><rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{HEIGHT}\" rx=\"4\"/>",
            place.width
        );
        let above = above(node);
        if above.is_empty() {
            let _ = write!(text, "<text x=\"{left}\" y=\"{}\">{}</text>", y + 21, escaped(&node.label));
        } else {
            let _ = write!(text, "<text class=\"m\" x=\"{left}\" y=\"{}\">{above}</text>", y + 13);
            let _ = write!(text, "<text x=\"{left}\" y=\"{}\">{}</text>", y + 27, escaped(&node.label));
        }
        text.push_str("</g>\n");
    }
    text.push_str("</svg>\n");
    text
}

/// The small line above the address: the action and the module.
fn above(node: &Node) -> String {
    let module = escaped(&node.module);
    match (node.verb, module.is_empty()) {
        ("", _) => module,
        (verb, true) => format!("<tspan class=\"v\">{verb}</tspan>"),
        (verb, false) => format!("<tspan class=\"v\">{verb}</tspan> {module}"),
    }
}

/// Curved between layers, and straight through them.
fn path(points: &[(i64, i64)], downward: bool) -> String {
    let Some((x, y)) = points.first() else { return String::new() };
    let mut text = format!("<path d=\"M{x} {y}");
    for (index, pair) in points.windows(2).enumerate() {
        let [(x, y), (to_x, to_y)] = pair else { continue };
        // Writing to a string cannot fail.
        let _ = match (index % 2 == 0, downward) {
            (false, _) => write!(text, "L{to_x} {to_y}"),
            (true, false) => {
                let half = (x + to_x) / 2;
                write!(text, "C{half} {y} {half} {to_y} {to_x} {to_y}")
            }
            (true, true) => {
                let half = (y + to_y) / 2;
                write!(text, "C{x} {half} {to_x} {half} {to_x} {to_y}")
            }
        };
    }
    text.push_str("\"/>\n");
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
