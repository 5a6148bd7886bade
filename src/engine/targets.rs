//! What a run selects: `-target` and `-exclude`.
//!
//! A target includes everything it depends on, so that it can be planned; an exclusion includes everything that depends
//! on it. For a destroy, the directions are reversed.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use crate::address::{AbsoluteInstance, AbsoluteResource, InstanceKey, ModuleInstance, ResourcePath, Target};
use crate::config::Configuration;
use crate::diag::{Diagnostic, Diagnostics, closest};
use crate::eval::validate::{Thing, What};
use crate::graph::Needs;
use crate::plan::{Mode, PlanOptions};
use crate::state::{InstanceState, State};

/// The selection of a run.
pub(super) struct Selection<'s> {
    options: &'s PlanOptions,
    /// The things that are selected; none if all of them may be.
    things: Option<HashSet<Thing<'s>>>,
    /// Resources of the configuration with selected instances: targets and their dependencies.
    resources: HashMap<ResourcePath, Share>,
    /// While destroying: stored instances that depend on a target, and are destroyed with it.
    doomed: HashSet<AbsoluteInstance>,
    /// While destroying: the things that what is destroyed was made from.
    grounds: HashSet<Thing<'s>>,
    /// Otherwise: stored instances that depend on a target with deposed objects; their own deposed ones go with those.
    deposed: HashSet<AbsoluteInstance>,
    /// Stored instances that something excluded depends on, so that they cannot be destroyed.
    needed: HashSet<AbsoluteInstance>,
}

/// Which instances of a resource are selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    /// All, because a target depends on it.
    All,
    /// Those that targets name.
    Named,
}

impl<'s> Selection<'s> {
    /// `None` if the run selects everything.
    pub(super) fn of(
        options: &'s PlanOptions,
        configuration: &'s Configuration,
        graph: &Needs<Thing<'s>>,
        state: &State,
    ) -> Option<Self> {
        if options.targets.is_empty() && options.excluded.is_empty() {
            return None;
        }
        let mut selection = Self {
            options,
            things: None,
            resources: HashMap::new(),
            doomed: HashSet::new(),
            grounds: HashSet::new(),
            deposed: HashSet::new(),
            needed: HashSet::new(),
        };
        let stored = Stored::new(state);
        if options.mode == Mode::Destroy {
            selection.doomed = stored.who_need(&options.targets, |_| true);
            selection.grounds = selection.grounds(configuration, graph);
        } else {
            selection.deposed = stored.who_need(&options.targets, |instance| !instance.deposed.is_empty());
            selection.things = Some(selection.in_configuration(configuration, graph));
        }
        selection.needed = stored.whom_they_need(&options.excluded);
        Some(selection)
    }

    /// Whether a thing of the configuration is selected.
    pub(super) fn takes_part(&self, thing: &Thing<'_>) -> bool {
        self.things.as_ref().is_none_or(|things| things.contains(thing))
    }

    /// Whether a declared instance is selected, given that its resource is.
    pub(super) fn instance(&self, address: &AbsoluteInstance) -> bool {
        if self.options.excluded.iter().any(|target| target.contains(address)) {
            return false;
        }
        self.options.targets.is_empty()
            || match self.resources.get(&address.path()) {
                Some(Share::All) => true,
                Some(Share::Named) => self.is_target(address),
                None => false,
            }
    }

    /// Whether an address is targeted by name, and not excluded.
    pub(super) fn names(&self, address: &AbsoluteInstance) -> bool {
        let excluded = self.options.excluded.iter().any(|target| target.contains(address));
        !excluded && (self.options.targets.is_empty() || self.is_target(address))
    }

    /// Whether an undeclared object may be destroyed or forgotten; while destroying, whether any object may.
    pub(super) fn destroys(&self, address: &AbsoluteInstance) -> bool {
        if self.needed.contains(address)
            || self.options.excluded.iter().any(|target| target.contains(address))
        {
            return false;
        }
        self.options.targets.is_empty()
            || self.is_target(address)
            || self.doomed.contains(address)
            || self.resources.get(&address.path()) == Some(&Share::All)
    }

    /// Whether deposed objects of an instance may be destroyed. What a target depends on keeps its own.
    pub(super) fn destroys_deposed(&self, address: &AbsoluteInstance) -> bool {
        if self.options.mode == Mode::Destroy {
            return self.destroys(address);
        }
        !self.needed.contains(address)
            && (self.names(address)
                || self.deposed.contains(address)
                    && !self.options.excluded.iter().any(|target| target.contains(address)))
    }

    /// Whether the rules of a variable matter. While destroying, those do that something to be destroyed was made from.
    pub(super) fn holds(&self, variable: &Thing<'_>) -> bool {
        match self.options.mode {
            Mode::Destroy => self.options.targets.is_empty() || self.grounds.contains(variable),
            _ => self.takes_part(variable),
        }
    }

    /// Warns of targets that match nothing: they are most likely misspelled.
    pub(super) fn check(&self, configuration: &Configuration, state: &State, diagnostics: &mut Diagnostics) {
        for (option, target) in self
            .options
            .targets
            .iter()
            .map(|target| ("target", target))
            .chain(self.options.excluded.iter().map(|target| ("exclude", target)))
        {
            let declared = configuration.nodes().any(|(_, node)| {
                node.module.resources.keys().any(|resource| {
                    target.meets(&ResourcePath { module: node.path.clone(), resource: resource.clone() })
                })
            });
            if !declared && !state.instances().any(|(address, _, _)| target.contains(&address)) {
                let detail = format!(
                    "Neither the configuration nor the state has anything at {target}, so that \"-{option}\" changes \
                     nothing about it."
                );
                diagnostics.push(near(
                    configuration,
                    Diagnostic::warning("Nothing at this address", detail),
                    &target.to_string(),
                ));
            }
        }
    }

    fn is_target(&self, address: &AbsoluteInstance) -> bool {
        self.options.targets.iter().any(|target| target.contains(address))
    }

    fn in_configuration(
        &mut self,
        configuration: &'s Configuration,
        graph: &Needs<Thing<'s>>,
    ) -> HashSet<Thing<'s>> {
        let mut things: HashSet<Thing<'s>> = if self.options.targets.is_empty() {
            graph.nodes().copied().collect()
        } else {
            self.targeted(configuration, graph)
        };
        for thing in dependants(&self.options.excluded, configuration, graph) {
            things.remove(&thing);
        }
        things
    }

    /// What the targets of a run that destroys, and what goes with them, depend on.
    fn grounds(&self, configuration: &'s Configuration, graph: &Needs<Thing<'s>>) -> HashSet<Thing<'s>> {
        let doomed: HashSet<ResourcePath> = self.doomed.iter().map(AbsoluteInstance::path).collect();
        let goes = |path: &ResourcePath| {
            doomed.contains(path) || self.options.targets.iter().any(|target| target.meets(path))
        };
        let mut reached: Vec<Thing<'s>> = graph
            .nodes()
            .filter(|thing| thing.resource_path(configuration).is_some_and(|path| goes(&path)))
            .copied()
            .collect();
        let mut grounds = reached.iter().copied().collect();
        reach(graph, &mut reached, &mut grounds);
        grounds
    }

    /// The targets and all that they depend on.
    fn targeted(&mut self, configuration: &'s Configuration, graph: &Needs<Thing<'s>>) -> HashSet<Thing<'s>> {
        let mut wanted: HashSet<Thing<'s>> = HashSet::new();
        for thing in graph.nodes() {
            let Some(path) = thing.resource_path(configuration) else { continue };
            if self.options.targets.iter().any(|target| target.meets(&path)) {
                wanted.insert(*thing);
                self.resources.insert(path, Share::Named);
            }
        }
        let mut reached: Vec<Thing<'s>> = wanted.iter().copied().collect();
        reach(graph, &mut reached, &mut wanted);
        // A root output that depends on nothing but selected resources is updated with them.
        let outputs = self.outputs(configuration, graph, &wanted);
        reached.extend(outputs.into_iter().filter(|output| wanted.insert(*output)));
        reach(graph, &mut reached, &mut wanted);
        for thing in &wanted {
            if let Some(path) = thing.resource_path(configuration) {
                self.resources.entry(path).or_insert(Share::All);
            }
        }
        wanted
    }

    /// The outputs of the root module that lead to selected resources and to no others.
    fn outputs(
        &self,
        configuration: &Configuration,
        graph: &Needs<Thing<'s>>,
        wanted: &HashSet<Thing<'s>>,
    ) -> Vec<Thing<'s>> {
        // For each thing: whether it leads to any selected resource, and whether to any other.
        let mut leads: HashMap<Thing<'s>, (bool, bool)> = HashMap::new();
        for thing in in_order(graph) {
            let led = match thing.what {
                What::Resource(_) if wanted.contains(&thing) => (true, false),
                What::Resource(_) => (false, true),
                _ => {
                    let needed = graph.of(&thing).filter_map(|needed| leads.get(needed));
                    needed.fold((false, false), |led, other| (led.0 || other.0, led.1 || other.1))
                }
            };
            leads.insert(thing, led);
        }
        let is_output = |thing: &Thing<'_>| {
            thing.module == configuration.root_id() && matches!(thing.what, What::Output(_))
        };
        let only_wanted = |thing: &&Thing<'s>| leads.get(*thing) == Some(&(true, false));
        graph.nodes().filter(|thing| is_output(thing)).filter(only_wanted).copied().collect()
    }
}

/// Adds a suggestion of something with a similar name.
fn near(configuration: &Configuration, fault: Diagnostic, typed: &str) -> Diagnostic {
    let known: Vec<String> = configuration
        .nodes()
        .flat_map(|(_, node)| {
            let resources = node.module.resources.keys().map(|resource| {
                ResourcePath { module: node.path.clone(), resource: resource.clone() }.to_string()
            });
            resources.chain([node.path.to_string()])
        })
        .collect();
    match closest(typed, known.iter().map(String::as_str)) {
        Some(meant) => fault.hint(format!("Did you mean {meant}?")),
        None => fault,
    }
}

/// Adds everything that the reached things depend on.
fn reach<'s>(graph: &Needs<Thing<'s>>, reached: &mut Vec<Thing<'s>>, wanted: &mut HashSet<Thing<'s>>) {
    while let Some(thing) = reached.pop() {
        for needed in graph.of(&thing) {
            if wanted.insert(*needed) {
                reached.push(*needed);
            }
        }
    }
}

/// The things that are excluded as a whole, and all that depend on something with an excluded part.
fn dependants<'s>(
    excluded: &[Target],
    configuration: &Configuration,
    graph: &Needs<Thing<'s>>,
) -> Vec<Thing<'s>> {
    if excluded.is_empty() {
        return Vec::new();
    }
    let (mut out, mut touched): (Vec<Thing<'s>>, HashSet<Thing<'s>>) = (Vec::new(), HashSet::new());
    for thing in in_order(graph) {
        let path = thing.resource_path(configuration);
        let named = path.and_then(|path| excluded.iter().find(|target| target.meets(&path)));
        let is_out = graph.of(&thing).any(|needed| touched.contains(needed));
        let as_a_whole = named.is_some_and(|target| {
            target.key.is_none() && target.module.steps().iter().all(|(_, key)| key.is_none())
        });
        if is_out || as_a_whole {
            out.push(thing);
        }
        if is_out || named.is_some() {
            touched.insert(thing);
        }
    }
    out
}

/// The things in dependency order.
fn in_order<'s>(graph: &Needs<Thing<'s>>) -> Vec<Thing<'s>> {
    let things: Vec<&Thing<'s>> = graph.nodes().collect();
    let mut schedule = graph.schedule();
    let mut order = Vec::with_capacity(things.len());
    while let Some(index) = schedule.take() {
        order.extend(things.get(index).map(|thing| **thing));
        schedule.done(index);
    }
    order
}

/// The dependencies in the state.
struct Stored<'s> {
    state: &'s State,
}

/// Dependants by resource, and by module instance if they are in the same module as the resource: objects in different
/// instances of one module do not depend on each other.
type Ties = HashMap<ResourcePath, HashMap<Option<ModuleInstance>, Vec<AbsoluteInstance>>>;

/// The dependant's module instance, if the dependency is in the same module, and therefore in the same instance of it.
fn own_module(dependant: &ModuleInstance, needed: &ResourcePath) -> Option<ModuleInstance> {
    (dependant.path() == needed.module).then(|| dependant.clone())
}

impl<'s> Stored<'s> {
    fn new(state: &'s State) -> Self {
        Self { state }
    }

    /// Each instance with one of its objects' dependencies.
    fn needs(
        &self,
        of_deposed: bool,
    ) -> impl Iterator<Item = (&'s AbsoluteResource, &'s InstanceKey, &'s ResourcePath)> {
        self.state.resources.iter().flat_map(move |(address, stored)| {
            stored.instances.iter().flat_map(move |(key, instance)| {
                let deposed = instance.deposed.values().filter(move |_| of_deposed);
                let objects = instance.current.iter().chain(deposed);
                let needed = objects.flat_map(|object| object.dependencies.iter());
                needed.map(move |needed| (address, key, needed))
            })
        })
    }

    /// The instances whose present objects depend on a target of which this is true, directly or not.
    fn who_need(
        &self,
        targets: &[Target],
        is_so: impl Fn(&InstanceState) -> bool,
    ) -> HashSet<AbsoluteInstance> {
        let mut needed_by = Ties::new();
        if !targets.is_empty() {
            for (address, key, needed) in self.needs(false) {
                let within = own_module(&address.module, needed);
                let ties = needed_by.entry(needed.clone()).or_default();
                ties.entry(within).or_default().push(address.instance(key.clone()));
            }
        }
        self.spread(targets, is_so, |instance| {
            let Some(ties) = needed_by.get_mut(&instance.path()) else { return Vec::new() };
            // Each is visited once.
            let (outside, within) = (ties.remove(&None), ties.remove(&Some(instance.module.clone())));
            outside.into_iter().chain(within).flatten().collect()
        })
    }

    /// The instances that something excluded depends on, directly or not.
    fn whom_they_need(&self, excluded: &[Target]) -> HashSet<AbsoluteInstance> {
        let (mut needs, mut instances) = (HashMap::new(), HashMap::new());
        if !excluded.is_empty() {
            for (address, key, needed) in self.needs(true) {
                let needs: &mut Vec<_> = needs.entry(address.instance(key.clone())).or_default();
                needs.push(needed);
            }
            for address in self.state.resources.keys() {
                let known: &mut Vec<_> = instances.entry(address.path()).or_default();
                known.push(address);
            }
        }
        let mut reached: HashSet<(&ResourcePath, Option<ModuleInstance>)> = HashSet::new();
        self.spread(
            excluded,
            |_| true,
            |instance| {
                let mut found = Vec::new();
                for needed in needs.get(instance).into_iter().flatten() {
                    let within = own_module(&instance.module, needed);
                    if !reached.insert((needed, within.clone())) {
                        continue;
                    }
                    for address in instances.get(*needed).into_iter().flatten() {
                        if within.as_ref().is_none_or(|module| *module == address.module) {
                            found.extend(self.keys(address).map(|key| address.instance(key.clone())));
                        }
                    }
                }
                found
            },
        )
    }

    fn keys(&self, address: &AbsoluteResource) -> impl Iterator<Item = &'s InstanceKey> {
        self.state.resources.get(address).into_iter().flat_map(|stored| stored.instances.keys())
    }

    /// Follows `next` transitively from the stored instances that are named.
    fn spread(
        &self,
        named: &[Target],
        is_so: impl Fn(&InstanceState) -> bool,
        mut next: impl FnMut(&AbsoluteInstance) -> Vec<AbsoluteInstance>,
    ) -> HashSet<AbsoluteInstance> {
        let mut reached: Vec<AbsoluteInstance> = Vec::new();
        if !named.is_empty() {
            let all = self.state.resources.iter();
            let all = all.flat_map(|(address, stored)| {
                let instances = stored.instances.iter().filter(|(_, instance)| is_so(instance));
                instances.map(|(key, _)| address.instance(key.clone()))
            });
            reached.extend(all.filter(|instance| named.iter().any(|target| target.contains(instance))));
        }
        let mut found = HashSet::new();
        while let Some(instance) = reached.pop() {
            for further in next(&instance) {
                if found.insert(further.clone()) {
                    reached.push(further);
                }
            }
        }
        found
    }
}
