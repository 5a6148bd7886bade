use crate::address::AbsoluteInstance;
use crate::config::Configuration;
use crate::diag::Diagnostics;
use crate::engine::sample::{address, configuration, state, target};
use crate::eval::validate::dependencies;
use crate::plan::{Mode, PlanOptions};
use crate::state::State;

use super::Selection;

const PROJECT: &str = r#"
    resource "t" "base" { count = 2 }
    resource "t" "web" { input = t.base }
    resource "t" "other" {}
    locals { name = t.web.id }
    module "m" {
      source = "./child"
      count  = 2
      name   = local.name
    }
    output "web" { value = t.web.id }
    output "both" { value = [local.name, t.other.id] }
    output "fixed" { value = 1 }
    # module/child
    variable "name" {}
    resource "t" "inner" { input = var.name }
"#;

const INSTANCES: [&str; 6] =
    ["t.base[0]", "t.base[1]", "t.other", "t.web", "module.m[0].t.inner", "module.m[1].t.inner"];

fn options(targets: &[&str], excluded: &[&str], mode: Mode) -> PlanOptions {
    let all = |texts: &[&str]| texts.iter().map(|text| target(text)).collect();
    PlanOptions { targets: all(targets), excluded: all(excluded), mode, ..PlanOptions::default() }
}

/// The instances that take part, and the outputs.
fn selected(targets: &[&str], excluded: &[&str]) -> Vec<String> {
    let configuration = configuration(PROJECT);
    let options = options(targets, excluded, Mode::Normal);
    let graph = dependencies(&configuration);
    let selection = Selection::of(&options, &configuration, &graph, &State::default()).unwrap();
    let parts: Vec<String> = graph
        .nodes()
        .filter(|thing| selection.takes_part(thing))
        .map(|thing| name(&configuration, thing))
        .collect();
    let instance = |text: &&&str| {
        let address: AbsoluteInstance = address(text);
        parts.contains(&address.path().to_string()) && selection.instance(&address)
    };
    let instances = INSTANCES.iter().filter(instance).map(|text| (*text).to_owned());
    instances.chain(parts.iter().filter(|part| part.starts_with("output.")).cloned()).collect()
}

fn name(configuration: &Configuration, thing: &super::Thing<'_>) -> String {
    let path = &configuration.node(thing.module).path;
    if path.is_root() { thing.what.to_string() } else { format!("{path}.{}", thing.what) }
}

#[test]
fn a_target_brings_all_that_it_needs() {
    assert_eq!(selected(&["t.web"], &[]), ["t.base[0]", "t.base[1]", "t.web", "output.web"]);
    assert_eq!(selected(&["t.other"], &[]), ["t.other"]);
    assert_eq!(
        selected(&["module.m"], &[]),
        ["t.base[0]", "t.base[1]", "t.web", "module.m[0].t.inner", "module.m[1].t.inner", "output.web"]
    );
}

#[test]
fn a_target_with_a_key_is_one_instance() {
    assert_eq!(selected(&["t.base[1]"], &[]), ["t.base[1]"]);
    assert_eq!(
        selected(&["module.m[1]"], &[]),
        ["t.base[0]", "t.base[1]", "t.web", "module.m[1].t.inner", "output.web"]
    );
    // Named itself, so that nothing but the named instance takes part, as in the reference.
    assert_eq!(selected(&["t.base[1]", "t.web"], &[]), ["t.base[1]", "t.web", "output.web"]);
}

#[test]
fn outputs_take_part_where_all_that_they_show_does() {
    let all = selected(&["t.web", "t.other"], &[]);
    assert_eq!(all, ["t.base[0]", "t.base[1]", "t.other", "t.web", "output.both", "output.web"]);
}

#[test]
fn what_is_excluded_takes_with_it_all_that_needs_it() {
    assert_eq!(selected(&[], &["t.web"]), ["t.base[0]", "t.base[1]", "t.other", "output.fixed"]);
    assert_eq!(
        selected(&[], &["t.other"]),
        [
            "t.base[0]",
            "t.base[1]",
            "t.web",
            "module.m[0].t.inner",
            "module.m[1].t.inner",
            "output.fixed",
            "output.web"
        ]
    );
}

#[test]
fn an_excluded_instance_leaves_the_others() {
    assert_eq!(selected(&[], &["t.base[0]"]), ["t.base[1]", "t.other", "output.fixed"]);
    let rest = selected(&[], &["module.m[0]"]);
    assert!(rest.contains(&"module.m[1].t.inner".to_owned()), "{rest:?}");
    assert!(!rest.contains(&"module.m[0].t.inner".to_owned()), "{rest:?}");
}

#[test]
fn without_either_a_run_is_about_everything() {
    let (configuration, options) = (configuration(PROJECT), PlanOptions::default());
    assert!(
        Selection::of(&options, &configuration, &dependencies(&configuration), &State::default()).is_none()
    );
}

/// A chain in the state: `t.c` needs `t.b`, which needs `t.a`; `t.d` stands alone.
fn chain() -> State {
    let mut state = state(&["t.a", "t.b[0]", "t.b[1]", "t.c", "t.d"]);
    for (who, whom) in [("t.b", "t.a"), ("t.c", "t.b")] {
        let whom = address(whom).path();
        for (address, stored) in &mut state.resources {
            if address.to_string() == who {
                for instance in stored.instances.values_mut() {
                    instance.current.as_mut().unwrap().dependencies = [whom.clone()].into();
                }
            }
        }
    }
    state
}

fn destroyed(targets: &[&str], excluded: &[&str], mode: Mode) -> Vec<String> {
    let (configuration, state) = (configuration(""), chain());
    let options = options(targets, excluded, mode);
    let graph = dependencies(&configuration);
    let selection = Selection::of(&options, &configuration, &graph, &state).unwrap();
    state
        .instances()
        .filter(|(address, _, _)| selection.destroys(address))
        .map(|(address, _, _)| address.to_string())
        .collect()
}

#[test]
fn what_needs_a_target_is_destroyed_with_it() {
    assert_eq!(destroyed(&["t.a"], &[], Mode::Destroy), ["t.a", "t.b[0]", "t.b[1]", "t.c"]);
    assert_eq!(destroyed(&["t.b[0]"], &[], Mode::Destroy), ["t.b[0]", "t.c"]);
    assert_eq!(destroyed(&["t.d"], &[], Mode::Destroy), ["t.d"]);
}

#[test]
fn what_an_excluded_object_needs_is_not_destroyed() {
    for mode in [Mode::Destroy, Mode::Normal] {
        assert_eq!(destroyed(&[], &["t.b[1]"], mode), ["t.b[0]", "t.c", "t.d"]);
        assert_eq!(destroyed(&[], &["t.c"], mode), ["t.d"]);
    }
}

#[test]
fn an_object_that_nothing_asks_for_goes_only_where_it_is_a_target() {
    assert_eq!(destroyed(&["t.a"], &[], Mode::Normal), ["t.a"]);
}

#[test]
fn a_target_that_is_nowhere_is_said_to_be() {
    let (configuration, state) = (configuration(PROJECT), chain());
    let options = options(&["t.webb", "t.web", "t.d"], &["module.n"], Mode::Normal);
    let graph = dependencies(&configuration);
    let mut diagnostics = Diagnostics::new();
    Selection::of(&options, &configuration, &graph, &state).unwrap().check(
        &configuration,
        &state,
        &mut diagnostics,
    );
    let summaries: Vec<&str> = diagnostics.iter().map(|found| found.summary.as_str()).collect();
    assert_eq!(summaries, ["Nothing at this address", "Nothing at this address"]);
    assert_eq!(diagnostics.iter().next().unwrap().hint.as_deref(), Some("Did you mean t.web?"));
}
