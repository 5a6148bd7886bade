//! `moved` blocks: objects that the state has at one address and the configuration at another.
//!
//! The blocks are applied to the state before anything is planned. A resource that gains or loses `count` also keeps
//! its object without a block. Whether a block is valid can only be checked once the configuration is expanded.

mod destination;
mod order;
mod statement;
#[cfg(test)]
mod tests;
mod validate;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::address::{
    AbsoluteInstance, AbsoluteResource, InstanceKey, ModuleInstance, ModulePath, ProviderAddress,
    ResourceAddress, ResourceMode, Target,
};
use crate::config::Configuration;
use crate::diag::{Diagnostic, Diagnostics};
use crate::state::{ResourceState, State};

use statement::{Extent, Statement};

pub(super) use validate::Declared;

/// The moves that a configuration declares.
pub(super) struct Moves {
    statements: Vec<Statement>,
}

/// The outcome of the moves.
#[derive(Debug, Default)]
pub(super) struct Moved {
    /// The address before all moves, by the present address.
    pub(super) previous: BTreeMap<AbsoluteInstance, AbsoluteInstance>,
    /// The provider before all moves, by the present address.
    pub(super) providers: BTreeMap<AbsoluteInstance, ProviderAddress>,
}

impl Moves {
    /// All `moved` blocks, in the order of modules and files.
    pub(super) fn of(configuration: &Configuration) -> Self {
        let statements = configuration.nodes().flat_map(|(_, node)| {
            node.module.moved.iter().map(|moved| Statement::explicit(&node.path, moved))
        });
        Self { statements: statements.collect() }
    }

    /// As [`Self::of`], without moves to another type: when everything is destroyed, each object is destroyed as the
    /// type it is.
    pub(super) fn of_same_types(configuration: &Configuration) -> Self {
        let kind = |end: &statement::End| end.resource.as_ref().map(|resource| resource.kind.clone());
        let mut moves = Self::of(configuration);
        moves.statements.retain(|statement| kind(&statement.from) == kind(&statement.to));
        moves
    }

    /// Moves the objects in the state to their new addresses. If the moves are circular, none is made, and
    /// [`Self::validate`] reports it.
    pub(super) fn apply(
        &self,
        configuration: &Configuration,
        state: &mut Arc<State>,
        diagnostics: &mut Diagnostics,
    ) -> Moved {
        let implied = self.implied(configuration, state);
        let statements: Vec<&Statement> = self.statements.iter().chain(&implied).collect();
        if statements.is_empty() {
            return Moved::default();
        }
        let Ok(order) = order::order(&statements) else { return Moved::default() };
        let mut mover = Mover {
            configuration,
            state: Arc::make_mut(state),
            places: None,
            moved: Moved::default(),
            blocked: Vec::new(),
        };
        for index in order {
            if let Some(statement) = statements.get(index) {
                mover.carry_out(statement, &statements);
            }
        }
        if !mover.blocked.is_empty() {
            diagnostics.push(blocked(&mover.blocked));
        }
        mover.moved
    }

    /// Moves for resources that have gained or lost `count` and that no block names.
    fn implied(&self, configuration: &Configuration, state: &State) -> Vec<Statement> {
        let mut spoken_of: HashMap<&ResourceAddress, Vec<&Statement>> = HashMap::new();
        for statement in &self.statements {
            for resource in [&statement.from.resource, &statement.to.resource].into_iter().flatten() {
                spoken_of.entry(resource).or_default().push(statement);
            }
        }
        let mut implied = Vec::new();
        let mut place: Option<(&ModuleInstance, Option<_>)> = None;
        for (address, stored) in &state.resources {
            let (zero, none) = (InstanceKey::Number(0), InstanceKey::None);
            let (has_none, has_zero) =
                (stored.instances.contains_key(&none), stored.instances.contains_key(&zero));
            if !has_none && !has_zero {
                continue;
            }
            let node = match place {
                Some((module, node)) if *module == address.module => node,
                _ => configuration.find(&address.module.path()).map(|(_, node)| node),
            };
            place = Some((&address.module, node));
            let Some(resource) = node.and_then(|node| node.module.resources.get(&address.resource)) else {
                continue;
            };
            let (from, to) = match &resource.repetition {
                crate::config::Repetition::Count(_) if has_none => (none, zero),
                crate::config::Repetition::Once if has_zero => (zero, none),
                _ => continue,
            };
            let mut statements = spoken_of.get(&address.resource).into_iter().flatten();
            if !statements.any(|statement| statement.speaks_of(address)) {
                implied.push(Statement::implied(address, from, to, resource.span.clone()));
            }
        }
        implied
    }

    /// Checks whether the blocks are valid, now that it is known what is declared.
    pub(super) fn validate(
        &self,
        configuration: &Configuration,
        declared: &dyn Declared,
        diagnostics: &mut Diagnostics,
    ) {
        let statements: Vec<&Statement> = self.statements.iter().collect();
        let before = diagnostics.len();
        validate::validate(&statements, configuration, declared, diagnostics);
        if diagnostics.len() == before
            && let Err(circles) = order::order(&statements)
        {
            for circle in circles {
                diagnostics.push(validate::circular(&circle));
            }
        }
    }
}

/// Applies one statement after the other.
struct Mover<'m> {
    configuration: &'m Configuration,
    state: &'m mut State,
    /// The module instances in the state, by module; collected when first needed.
    places: Option<BTreeMap<ModulePath, BTreeSet<ModuleInstance>>>,
    moved: Moved,
    /// Moves that were not made because the target address is taken.
    blocked: Vec<(String, String)>,
}

impl Mover<'_> {
    fn carry_out(&mut self, statement: &Statement, all: &[&Statement]) {
        for module in self.matching(statement) {
            let Some(target) = statement.destination(&module) else { continue };
            match (&statement.from.resource, &statement.to.resource) {
                (Some(from), Some(to)) => {
                    let (old, new) = (from.within(module), to.within(target));
                    if self.would_be_nothing(&old, &new, all) {
                        continue;
                    }
                    if statement.extent == Extent::Instance {
                        let (from, to) = (&statement.from.key, &statement.to.key);
                        self.instance(old.instance(from.clone()), new.instance(to.clone()));
                    } else {
                        self.resource(&old, new);
                    }
                }
                _ => self.module(&module, &target),
            }
        }
    }

    /// The module instances of the state that a statement applies to.
    fn matching(&mut self, statement: &Statement) -> Vec<ModuleInstance> {
        if statement.from.resource.is_some()
            && let Some(exact) = statement.from.exact_module()
        {
            return vec![exact];
        }
        let state = &*self.state;
        let places = self.places.get_or_insert_with(|| places(state));
        let path = statement.from.path();
        let deeper = statement.from.resource.is_none();
        let modules = places.range(path.clone()..).take_while(|(found, _)| found.starts_with(&path));
        // Everything inside one instance follows it directly.
        let first = statement.from.exact_module().unwrap_or_default();
        let is_inside = |found: &&ModuleInstance| found.steps().starts_with(first.steps());
        modules
            .filter(|(found, _)| deeper || **found == path)
            .flat_map(|(_, instances)| instances.range(&first..).take_while(is_inside))
            .filter(|instance| statement.from.matches_module(instance) && has_resources(state, instance))
            .cloned()
            .collect()
    }

    fn module(&mut self, old: &ModuleInstance, new: &ModuleInstance) {
        if old == new || has_resources(self.state, new) {
            self.blocked.push((old.to_string(), new.to_string()));
            return;
        }
        let inside: Vec<ResourceAddress> =
            resources(self.state, old).map(|(a, _)| a.resource.clone()).collect();
        for resource in inside {
            self.take_over(&resource.within(old.clone()), resource.within(new.clone()));
        }
        self.note_place(new);
    }

    fn resource(&mut self, old: &AbsoluteResource, new: AbsoluteResource) {
        if !self.state.resources.contains_key(old) {
            return;
        }
        if self.state.resources.contains_key(&new) {
            self.blocked.push((old.to_string(), new.to_string()));
            return;
        }
        self.note_place(&new.module);
        self.take_over(old, new);
    }

    /// Moves a whole resource to an unused address.
    fn take_over(&mut self, old: &AbsoluteResource, new: AbsoluteResource) {
        let Some(stored) = self.state.resources.remove(old) else { return };
        for key in stored.instances.keys() {
            let provider = &stored.provider.provider;
            self.moved.record(old.instance(key.clone()), new.instance(key.clone()), provider);
        }
        self.state.resources.insert(new, stored);
    }

    fn instance(&mut self, old: AbsoluteInstance, new: AbsoluteInstance) {
        let (from, to) = (old.absolute_resource(), new.absolute_resource());
        let exists = |address: &AbsoluteResource, key: &InstanceKey| {
            self.state.resources.get(address).is_some_and(|stored| stored.instances.contains_key(key))
        };
        if !exists(&from, &old.key) {
            return;
        }
        if exists(&to, &new.key) {
            self.blocked.push((old.to_string(), new.to_string()));
            return;
        }
        self.note_place(&new.module);
        let Some(stored) = self.state.resources.get_mut(&from) else { return };
        let Some(instance) = stored.instances.remove(&old.key) else { return };
        let provider = stored.provider.clone();
        if stored.instances.is_empty() {
            self.state.resources.remove(&from);
        }
        let source = provider.provider.clone();
        let nothing = || ResourceState { provider, instances: BTreeMap::new() };
        let stored = self.state.resources.entry(to).or_insert_with(nothing);
        stored.instances.insert(new.key.clone(), instance);
        self.moved.record(old, new, &source);
    }

    fn note_place(&mut self, module: &ModuleInstance) {
        if let Some(places) = &mut self.places {
            places.entry(module.path()).or_default().insert(module.clone());
        }
    }

    /// Whether a move would change the type to one that is not declared. Such an object stays where it is, so that it
    /// can be destroyed as the type it is.
    fn would_be_nothing(&self, old: &AbsoluteResource, new: &AbsoluteResource, all: &[&Statement]) -> bool {
        old.resource.kind != new.resource.kind && !self.leads_somewhere(new, all, &mut Vec::new())
    }

    /// Whether a resource is declared, or moves on to one that is.
    fn leads_somewhere(
        &self,
        place: &AbsoluteResource,
        all: &[&Statement],
        passed: &mut Vec<AbsoluteResource>,
    ) -> bool {
        let node = self.configuration.find(&place.module.path()).map(|(_, node)| node);
        if node.is_some_and(|node| node.module.resources.contains_key(&place.resource)) {
            return true;
        }
        // Moves between instances may be circular when seen as moves between resources.
        if passed.contains(place) {
            return false;
        }
        passed.push(place.clone());
        let onward = all.iter().filter(|statement| {
            statement.from.resource.as_ref() == Some(&place.resource)
                && statement.from.steps.len() == place.module.steps().len()
                && statement.from.matches_module(&place.module)
        });
        let places = onward
            .filter_map(|next| Some(next.to.resource.as_ref()?.within(next.destination(&place.module)?)));
        places.into_iter().any(|next| self.leads_somewhere(&next, all, passed))
    }
}

impl Moved {
    /// Refuses targets that include only one end of a move: the object would be planned at one address and stay at the
    /// other.
    pub(super) fn check_targets(&self, targets: &[Target], diagnostics: &mut Diagnostics) {
        if targets.is_empty() {
            return;
        }
        let ends = self.previous.iter().flat_map(|(new, old)| [new, old]);
        let missing: BTreeSet<AbsoluteResource> = ends
            .filter(|end| !targets.iter().any(|target| target.contains(end)))
            .map(AbsoluteInstance::absolute_resource)
            .collect();
        if missing.is_empty() {
            return;
        }
        let options: Vec<String> = missing.iter().map(|address| format!("-target='{address}'")).collect();
        let detail = "Objects in the state have new addresses in the configuration, and the targets do not have both the \
                      old and the new ones. Nothing can be planned until they all are included.";
        diagnostics.push(
            Diagnostic::error("Targets leave out moved objects", detail)
                .hint(format!("Add {}, or plan without targets.", options.join(" "))),
        );
    }

    /// A chain of moves counts as one move from its first address to its last.
    fn record(&mut self, old: AbsoluteInstance, new: AbsoluteInstance, provider: &ProviderAddress) {
        let provider = self.providers.remove(&old).unwrap_or_else(|| provider.clone());
        let first = self.previous.remove(&old).unwrap_or(old);
        if first != new {
            self.providers.insert(new.clone(), provider);
            self.previous.insert(new, first);
        }
    }
}

fn places(state: &State) -> BTreeMap<ModulePath, BTreeSet<ModuleInstance>> {
    let mut places: BTreeMap<ModulePath, BTreeSet<ModuleInstance>> = BTreeMap::new();
    let mut last = None;
    for address in state.resources.keys() {
        if last != Some(&address.module) {
            places.entry(address.module.path()).or_default().insert(address.module.clone());
            last = Some(&address.module);
        }
    }
    places
}

/// The resources of exactly one module instance.
fn resources<'s>(
    state: &'s State,
    module: &'s ModuleInstance,
) -> impl Iterator<Item = (&'s AbsoluteResource, &'s ResourceState)> {
    let first = ResourceAddress::new(ResourceMode::Managed, "", "").within(module.clone());
    state.resources.range(first..).take_while(move |(address, _)| address.module == *module)
}

fn has_resources(state: &State, module: &ModuleInstance) -> bool {
    resources(state, module).next().is_some()
}

fn blocked(pairs: &[(String, String)]) -> Diagnostic {
    let list: Vec<String> = pairs.iter().map(|(old, new)| format!("{old} to {new}")).collect();
    let detail = format!(
        "These cannot move, because there is an object already where they would go: {}. They stay where they are, and \
         what the configuration does not declare there will be destroyed.",
        list.join(", ")
    );
    Diagnostic::warning("Objects that could not move", detail)
        .hint("If that is not what you want, sort it out with \"terrace state mv\" or \"terrace state rm\" and plan again.")
}
