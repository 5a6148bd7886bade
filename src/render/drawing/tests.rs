use crate::address::{ModulePath, ResourceAddress, ResourcePath};

use super::{Drawing, drawing_dot as dot, drawing_svg as svg};

fn drawing_dot(resources: &[(ResourcePath, Vec<ResourcePath>)]) -> String {
    dot(&Drawing::of_resources(resources))
}

fn drawing_svg(resources: &[(ResourcePath, Vec<ResourcePath>)]) -> String {
    svg(&Drawing::of_resources(resources))
}

fn path(text: &str) -> ResourcePath {
    let (module, name) = text.split_once('/').unwrap_or(("", text));
    let module = if module.is_empty() { ModulePath::root() } else { ModulePath::new([module]) };
    ResourcePath { module, resource: ResourceAddress::managed("t", name) }
}

fn sample() -> Vec<(ResourcePath, Vec<ResourcePath>)> {
    let needs = [("a", vec![]), ("b", vec!["a"]), ("m/c", vec!["b", "a"]), ("d", vec!["a", "m/c", "d"])];
    needs.into_iter().map(|(own, needed)| (path(own), needed.into_iter().map(path).collect())).collect()
}

#[test]
fn a_graph_is_written_for_graphviz_as_the_reference_writes_it() {
    let wanted = r#"digraph G {
  rankdir = "RL";
  node [shape = rect, fontname = "sans-serif"];
  "t.a" [label="t.a"];
  "t.b" [label="t.b"];
  "t.d" [label="t.d"];
  subgraph "cluster_module.m" {
    label = "module.m"
    fontname = "sans-serif"
    "module.m.t.c" [label="t.c"];
  }
  "t.b" -> "t.a";
  "t.d" -> "module.m.t.c";
  "module.m.t.c" -> "t.b";
}
"#;
    assert_eq!(drawing_dot(&sample()), wanted);
}

#[test]
fn a_picture_has_every_resource_and_every_line() {
    let picture = drawing_svg(&sample());
    assert_eq!(picture.matches("<rect ").count(), 4);
    assert_eq!(picture.matches("<path ").count(), 3);
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    assert!(picture.contains(">module.m</text>"), "{picture}");
}

#[test]
fn a_picture_of_nothing_says_so() {
    assert!(drawing_dot(&[]).ends_with("sans-serif\"];\n}\n"));
    let picture = drawing_svg(&[]);
    assert_eq!(picture.matches("<rect ").count(), 0);
    assert!(picture.contains(">nothing to draw</text>"), "{picture}");
}

#[test]
fn what_goes_in_a_circle_is_drawn_all_the_same() {
    let circle = vec![(path("a"), vec![path("b")]), (path("b"), vec![path("a")])];
    assert_eq!(drawing_dot(&circle).matches(" -> ").count(), 2);
    assert_eq!(drawing_svg(&circle).matches("<rect ").count(), 2);
}

#[test]
fn ten_thousand_resources_are_drawn() {
    let name = |number: u32| path(&format!("r{number}"));
    let chain: Vec<_> = (0..10_000)
        .map(|number| (name(number), number.checked_sub(1).map(name).into_iter().collect()))
        .collect();
    assert_eq!(drawing_dot(&chain).matches(" -> ").count(), 9999);
}

#[test]
fn boxes_do_not_overlap_and_a_long_chain_goes_downward() {
    let name = |number: u32| path(&format!("r{number}"));
    let chain: Vec<_> =
        (0..40).map(|number| (name(number), number.checked_sub(1).map(name).into_iter().collect())).collect();
    let mut tree: Vec<_> =
        (1..100).map(|number| (name(number), vec![name(number / 3), name(number / 7)])).collect();
    tree.push((name(0), Vec::new()));
    tree.extend((100..150).map(|number| (name(number), Vec::new())));
    for (resources, is_high) in [(chain, true), (tree, false)] {
        let found = super::layout::layout(&Drawing::of_resources(&resources));
        assert!(!is_high || found.downward && found.width < 300, "{}", found.width);
        let mut places = found.places;
        places.sort_by_key(|place| (place.y, place.x));
        for (index, one) in places.iter().enumerate() {
            for other in places.iter().skip(index + 1) {
                let apart = one.x + one.width <= other.x
                    || other.x + other.width <= one.x
                    || one.y + super::layout::HEIGHT <= other.y
                    || other.y + super::layout::HEIGHT <= one.y;
                assert!(apart, "{one:?} {other:?}");
            }
        }
    }
}

#[test]
fn a_line_that_passes_a_layer_keeps_clear_of_its_boxes() {
    let resources = vec![
        (path("a"), vec![]),
        (path("b"), vec![path("a")]),
        (path("c"), vec![path("b"), path("z")]),
        (path("z"), vec![]),
        (path("y"), vec![path("z")]),
        (path("x"), vec![path("y")]),
        (path("w"), vec![path("x"), path("a")]),
    ];
    let found = super::layout::layout(&Drawing::of_resources(&resources));
    for line in found.lines.iter().filter(|line| line.len() > 2) {
        for pair in line[1..].windows(2).step_by(2) {
            let (x, y) = pair[0];
            let inside = |place: &super::layout::Place| {
                x >= place.x
                    && x <= place.x + place.width
                    && y >= place.y
                    && y <= place.y + super::layout::HEIGHT
            };
            assert!(!found.places.iter().any(inside), "{pair:?}");
        }
    }
}
