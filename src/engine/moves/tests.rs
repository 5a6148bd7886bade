use std::collections::BTreeMap;

use crate::address::{AbsoluteInstance, ModuleInstance, ModulePath, Target};
use crate::diag::Diagnostics;
use crate::engine::sample::{address, addresses, configuration, said, state, target};

use super::{Declared, Moves};

/// What the state has afterwards, what moved from where, and what was said.
fn moved(text: &str, stored: &[&str]) -> (Vec<String>, Vec<String>, Vec<String>) {
    let configuration = configuration(text);
    let mut state = std::sync::Arc::new(state(stored));
    let mut diagnostics = Diagnostics::new();
    let moved = Moves::of(&configuration).apply(&configuration, &mut state, &mut diagnostics);
    let pairs = moved.previous.iter().map(|(new, old)| format!("{old} to {new}")).collect();
    (addresses(&state), pairs, said(&diagnostics))
}

/// Everything that moves, where nothing is said.
fn pairs(text: &str, stored: &[&str]) -> Vec<String> {
    let (_, pairs, said) = moved(text, stored);
    assert_eq!(said, Vec::<String>::new());
    pairs
}

#[test]
fn a_resource_moves_with_all_its_instances() {
    let text = "resource \"t\" \"new\" { count = 2 }\nmoved {\n from = t.old\n to = t.new\n}";
    assert_eq!(pairs(text, &["t.old[0]", "t.old[1]"]), ["t.old[0] to t.new[0]", "t.old[1] to t.new[1]"]);
    assert_eq!(pairs(text, &["t.other"]), Vec::<String>::new());
}

#[test]
fn an_instance_moves_alone() {
    let text = r#"
        resource "t" "a" { for_each = {} }
        moved {
          from = t.a[0]
          to   = t.a["x"]
        }"#;
    let (state, pairs, _) = moved(text, &["t.a[0]", "t.a[1]"]);
    assert_eq!(pairs, ["t.a[0] to t.a[\"x\"]"]);
    assert_eq!(state, ["t.a[1]", "t.a[\"x\"]"]);
}

#[test]
fn a_chain_is_one_move() {
    let text = r#"
        resource "t" "c" {}
        moved {
          from = t.b
          to   = t.c
        }
        moved {
          from = t.a
          to   = t.b
        }"#;
    assert_eq!(pairs(text, &["t.a"]), ["t.a to t.c"]);
    assert_eq!(pairs(text, &["t.b"]), ["t.b to t.c"]);
}

#[test]
fn what_is_there_already_stays_and_the_other_is_said_to_be_blocked() {
    let text = r#"
        resource "t" "b" {}
        moved {
          from = t.a
          to   = t.b
        }"#;
    let (state, pairs, said) = moved(text, &["t.a", "t.b"]);
    assert_eq!((state, pairs), (vec!["t.a".to_owned(), "t.b".to_owned()], vec![]));
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("warning Objects that could not move: "), "{said:?}");
    assert!(said[0].contains("t.a to t.b"), "{said:?}");
}

#[test]
fn a_module_moves_with_all_that_is_in_it() {
    let text = r#"
        module "new" {
          source = "./child"
          count  = 2
        }
        moved {
          from = module.old
          to   = module.new
        }
        # module/child
        resource "t" "a" {}
        module "inner" { source = "./inner" }
        # module/inner
        resource "t" "b" {}"#;
    assert_eq!(
        pairs(text, &["module.old[0].t.a", "module.old[0].module.inner.t.b", "module.old[1].t.a"]),
        [
            "module.old[0].t.a to module.new[0].t.a",
            "module.old[0].module.inner.t.b to module.new[0].module.inner.t.b",
            "module.old[1].t.a to module.new[1].t.a",
        ]
    );
}

#[test]
fn an_instance_of_a_module_moves_alone() {
    let text = r#"
        module "a" {
          source   = "./child"
          for_each = {}
        }
        moved {
          from = module.a
          to   = module.a["x"]
        }
        # module/child
        resource "t" "b" {}"#;
    let stored = ["module.a.t.b", "module.a[\"y\"].t.b"];
    assert_eq!(pairs(text, &stored), ["module.a.t.b to module.a[\"x\"].t.b"]);
}

#[test]
fn a_block_in_a_module_speaks_of_all_its_instances() {
    let text = r#"
        module "m" {
          source = "./child"
          count  = 2
        }
        # module/child
        resource "t" "new" {}
        moved {
          from = t.old
          to   = t.new
        }"#;
    assert_eq!(
        pairs(text, &["module.m[0].t.old", "module.m[1].t.old", "t.old"]),
        ["module.m[0].t.old to module.m[0].t.new", "module.m[1].t.old to module.m[1].t.new"]
    );
}

#[test]
fn a_resource_moves_into_a_module_and_out_of_it() {
    let text = r#"
        module "m" { source = "./child" }
        resource "t" "out" {}
        moved {
          from = t.a
          to   = module.m.t.a
        }
        moved {
          from = module.m.t.out
          to   = t.out
        }
        # module/child
        resource "t" "a" {}"#;
    assert_eq!(pairs(text, &["t.a", "module.m.t.out"]), ["module.m.t.out to t.out", "t.a to module.m.t.a"]);
}

#[test]
fn a_move_inside_a_module_that_moves_itself_comes_after_it() {
    let text = r#"
        module "new" { source = "./child" }
        moved {
          from = module.old
          to   = module.new
        }
        # module/child
        resource "t" "b" {}
        moved {
          from = t.a
          to   = t.b
        }"#;
    assert_eq!(pairs(text, &["module.old.t.a"]), ["module.old.t.a to module.new.t.b"]);
}

#[test]
fn a_module_that_only_gets_a_key_does_not_go_in_a_circle_with_moves_inside_it() {
    let text = r#"
        module "m" {
          source = "./child"
          count  = 1
        }
        moved {
          from = module.m
          to   = module.m[0]
        }
        # module/child
        resource "t" "b" {}
        moved {
          from = t.a
          to   = t.b
        }"#;
    assert_eq!(pairs(text, &["module.m.t.a"]), ["module.m.t.a to module.m[0].t.b"]);
}

#[test]
fn a_resource_keeps_its_object_when_count_comes_and_goes() {
    let counted = "resource \"t\" \"a\" { count = 1 }";
    let single = "resource \"t\" \"a\" {}";
    let keyed = "resource \"t\" \"a\" { for_each = {} }";
    assert_eq!(pairs(counted, &["t.a"]), ["t.a to t.a[0]"]);
    assert_eq!(pairs(single, &["t.a[0]", "t.a[1]"]), ["t.a[0] to t.a"]);
    assert_eq!(pairs(keyed, &["t.a", "t.a[0]"]), Vec::<String>::new());
    assert_eq!(pairs(counted, &["t.a[0]"]), Vec::<String>::new());
    let in_module = "module \"m\" {\n source = \"./child\"\n count = 2\n}\n# module/child\nresource \"t\" \"a\" { count = 1 }";
    assert_eq!(
        pairs(in_module, &["module.m[0].t.a", "module.m[1].t.a[0]"]),
        ["module.m[0].t.a to module.m[0].t.a[0]"]
    );
}

#[test]
fn what_is_written_down_says_more_than_what_goes_without_saying() {
    let text = r#"
        resource "t" "a" { count = 2 }
        moved {
          from = t.a
          to   = t.a[1]
        }"#;
    assert_eq!(pairs(text, &["t.a"]), ["t.a to t.a[1]"]);
}

#[test]
fn an_object_moves_to_another_type_where_one_is_declared() {
    let text = |declared: &str| format!("{declared}\nmoved {{\n  from = t.a\n  to   = u.b\n}}\n");
    let (state, pairs, said) = moved(&text("resource \"u\" \"b\" {}"), &["t.a"]);
    assert_eq!((state, pairs), (vec!["u.b".to_owned()], vec!["t.a to u.b".to_owned()]));
    assert!(said.is_empty(), "{said:?}");
    let (state, pairs, _) = moved(&text(""), &["t.a"]);
    assert_eq!((state, pairs), (vec!["t.a".to_owned()], vec![]), "it goes as what it is");
}

#[test]
fn thousands_of_moves_take_no_time() {
    let chained = |end: char, n: usize| format!("t.{end}{n}");
    let rekeyed = |end: char, n: usize| format!("t.a[{}]", if end == 'a' { n } else { 10_000 + n });
    let inside = |end: char, n: usize| format!("module.{end}[{n}].t.a[{n}]");
    let modules = |end: char, n: usize| format!("module.{end}[{n}]");
    for (name, address) in [
        ("chained", &chained as &dyn Fn(_, _) -> _),
        ("rekeyed", &rekeyed),
        ("inside", &inside),
        ("modules", &modules),
    ] {
        let moves = |n| {
            let ends = [('a', 'b'), ('b', 'c')].map(|(from, to)| (address(from, n), address(to, n)));
            let ends = ends.into_iter().filter(|(from, to)| from != to);
            ends.map(|(from, to)| format!("moved {{\n from = {from}\n to = {to}\n}}\n")).collect::<String>()
        };
        let text: String = (0..2000).map(moves).collect();
        let object = |n| match address('a', n) {
            module if name == "modules" => format!("{module}.t.a"),
            instance => instance,
        };
        let stored: Vec<String> = (0..2000).map(object).collect();
        let stored: Vec<&str> = stored.iter().map(String::as_str).collect();
        let (configuration, mut state) = (configuration(&text), std::sync::Arc::new(state(&stored)));
        let begun = std::time::Instant::now();
        let moved = Moves::of(&configuration).apply(&configuration, &mut state, &mut Diagnostics::new());
        assert_eq!(moved.previous.len(), 2000, "{name}");
        assert!(begun.elapsed().as_secs() < 3, "{name}: {:?}", begun.elapsed());
    }
}

/// The instances that are declared.
struct Expanded(Vec<AbsoluteInstance>);

impl Declared for Expanded {
    fn modules(&self, path: &ModulePath) -> Vec<ModuleInstance> {
        let mut found = BTreeMap::from([(ModulePath::root(), vec![ModuleInstance::root()])]);
        for address in &self.0 {
            let mut module = ModuleInstance::root();
            for (call, key) in address.module.steps() {
                module = module.child(call.clone(), key.clone());
                let instances: &mut Vec<ModuleInstance> = found.entry(module.path()).or_default();
                if !instances.contains(&module) {
                    instances.push(module.clone());
                }
            }
        }
        found.remove(path).unwrap_or_default()
    }

    fn has_module(&self, module: &ModuleInstance) -> bool {
        self.modules(&module.path()).contains(module)
    }

    fn has_instance(&self, address: &AbsoluteInstance) -> bool {
        self.0.contains(address)
    }
}

fn faults(text: &str, declared: &[&str]) -> Vec<String> {
    let configuration = configuration(text);
    let declared = Expanded(declared.iter().map(|text| address(text)).collect());
    let mut diagnostics = Diagnostics::new();
    Moves::of(&configuration).validate(&configuration, &declared, &mut diagnostics);
    diagnostics.iter().map(|diagnostic| diagnostic.summary.clone()).collect()
}

#[test]
fn what_has_moved_away_is_not_declared_any_more() {
    let whole = "resource \"t\" \"a\" {}\nresource \"t\" \"b\" {}\nmoved {\n from = t.a\n to = t.b\n}";
    assert_eq!(faults(whole, &["t.a", "t.b"]), ["Moved object still exists"]);
    let instance = "resource \"t\" \"a\" { count = 2 }\nmoved {\n from = t.a[1]\n to = t.b\n}";
    assert_eq!(faults(instance, &["t.a[0]", "t.a[1]"]), ["Moved object still exists"]);
    assert_eq!(faults(instance, &["t.a[0]"]), Vec::<String>::new());
    let module = "module \"m\" { source = \"./c\" }\nmoved {\n from = module.m\n to = module.n\n}\n# module/c\nresource \"t\" \"a\" {}";
    assert_eq!(faults(module, &["module.m.t.a"]), ["Moved object still exists"]);
}

#[test]
fn one_object_moves_to_one_place() {
    let forked = "moved {\n from = t.a\n to = t.b\n}\nmoved {\n from = t.a\n to = t.c\n}";
    assert_eq!(faults(forked, &[]), ["Ambiguous moves"]);
    let joined = "moved {\n from = t.a\n to = t.c\n}\nmoved {\n from = t.b\n to = t.c\n}";
    assert_eq!(faults(joined, &[]), ["Ambiguous moves"]);
    let twice = "moved {\n from = t.a\n to = t.c\n}\nmoved {\n from = t.a\n to = t.c\n}";
    assert_eq!(faults(twice, &[]), Vec::<String>::new());
}

#[test]
fn moves_in_a_circle_move_nothing() {
    let text = "moved {\n from = t.a\n to = t.b\n}\nmoved {\n from = t.b\n to = t.a\n}";
    assert_eq!(faults(text, &[]), ["Circular moves"]);
    assert_eq!(pairs(text, &["t.a"]), Vec::<String>::new());
}

#[test]
fn a_move_to_the_same_address_is_none() {
    assert_eq!(faults("moved {\n from = t.a\n to = t.a\n}", &[]), ["Move to the same address"]);
}

#[test]
fn targets_have_both_ends_of_a_move() {
    let text = "resource \"t\" \"b\" {}\nmoved {\n from = t.a\n to = t.b\n}";
    let (configuration, mut state) = (configuration(text), std::sync::Arc::new(state(&["t.a"])));
    let moved = Moves::of(&configuration).apply(&configuration, &mut state, &mut Diagnostics::new());
    let faults = |targets: &[&str]| {
        let targets: Vec<Target> = targets.iter().map(|text| target(text)).collect();
        let mut diagnostics = Diagnostics::new();
        moved.check_targets(&targets, &mut diagnostics);
        diagnostics.into_iter().map(|found| found.hint.unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(faults(&[]), Vec::<String>::new());
    assert_eq!(faults(&["t.a", "t.b"]), Vec::<String>::new());
    assert_eq!(faults(&["t.b"]), ["Add -target='t.a', or plan without targets."]);
    assert_eq!(faults(&["t.c"]), ["Add -target='t.a' -target='t.b', or plan without targets."]);
}
