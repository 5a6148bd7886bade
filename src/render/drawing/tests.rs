use crate::address::{ModulePath, ResourceAddress, ResourcePath};

use super::{drawing_dot, drawing_svg};

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
fn nothing_is_drawn_of_nothing() {
    assert!(drawing_dot(&[]).ends_with("sans-serif\"];\n}\n"));
    assert!(drawing_svg(&[]).contains("width=\"20\""));
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
