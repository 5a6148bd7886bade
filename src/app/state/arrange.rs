//! Changes addresses and providers in a state, and removes instances from it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::{
    AbsoluteInstance, AbsoluteResource, InstanceKey, ModuleInstance, ProviderAddress, ProviderConfigAddress,
    ResourceAddress, ResourcePath, Target,
};
use crate::diag::Diagnostics;
use crate::port::Effect;
use crate::state::{Object, State};

use crate::app::protection::protected;
use crate::value::Name;

use super::{Change, Place, refused, select};

/// A change of address, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub from: String,
    pub to: String,
}

/// Resources to be handed from one provider to another.
#[derive(Debug)]
pub struct Replacement {
    pub from: ProviderAddress,
    pub to: ProviderAddress,
    pub resources: Vec<AbsoluteResource>,
}

/// Changes the address of a module, a resource or an instance. Without a `Change` it only reports what it would do.
pub async fn moves(
    place: Place<'_>,
    change: Option<Change<'_>>,
    (from, to): (&str, &str),
) -> Result<Vec<Move>, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let targets = (select::target(from, &mut diagnostics), select::target(to, &mut diagnostics));
    let (Some(source), Some(destination)) = targets else {
        return Err(diagnostics);
    };
    let edit = |state: &State| {
        let renaming = Renaming::find(state, &source, &destination, place)?;
        let effects = renaming.effects(state);
        Ok((renaming.moves, effects))
    };
    match change {
        Some(change) => change.make(edit).await,
        None => edit(&place.read().await?).map(|(moves, _)| moves),
    }
}

/// Removes instances from the state; the objects themselves stay. Without a `Change` it only reports what it would do.
/// Protected instances are listed besides, each with the pattern that protects it.
pub async fn remove(
    place: Place<'_>,
    change: Option<Change<'_>>,
    typed: &[String],
) -> Result<(Vec<AbsoluteInstance>, Vec<(String, Name)>), Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let targets: Vec<Target> =
        typed.iter().filter_map(|text| select::target(text, &mut diagnostics)).collect();
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let edit = |state: &State| {
        let mut gone = Vec::new();
        for target in &targets {
            gone.extend(select::matching(state, target));
        }
        gone.sort_by(select::as_listed);
        gone.dedup();
        if gone.is_empty() && change.is_some() {
            return Err(select::missing(state, &typed.join(" and "), place.environment).into());
        }
        let mut effects = Vec::new();
        for address in &gone {
            for (deposed, _) in state.instance(address).into_iter().flat_map(|instance| instance.objects()) {
                effects.push(Effect::Remove { address: address.clone(), deposed: deposed.cloned() });
            }
        }
        let protected = protected(state, gone.iter());
        Ok(((gone, protected), effects))
    };
    match change {
        Some(change) => change.make(edit).await,
        None => edit(&place.read().await?).map(|(gone, _)| gone),
    }
}

/// Finds the resources of one provider, to be handed to another.
pub async fn to_replace(place: Place<'_>, from: &str, to: &str) -> Result<Replacement, Diagnostics> {
    let read = |text: &str| match ProviderAddress::parse(text) {
        Ok(provider) => Ok(provider),
        Err(fault) => refused("Invalid provider address", fault.to_string()),
    };
    let (from, to) = (read(from)?, read(to)?);
    let resources = looked_after(&place.read().await?, &from);
    Ok(Replacement { from, to, resources })
}

/// Hands resources to another provider, and returns their number.
pub async fn replace_provider(change: Change<'_>, wanted: &Replacement) -> Result<usize, Diagnostics> {
    change
        .make(|state| {
            let resources = looked_after(state, &wanted.from);
            let mut effects = Vec::new();
            for address in &resources {
                let Some(resource) = state.resources.get(address) else { continue };
                let provider = ProviderConfigAddress {
                    provider: wanted.to.clone(),
                    ..ProviderConfigAddress::clone(&resource.provider)
                };
                let provider = Arc::new(provider);
                for (key, instance) in &resource.instances {
                    for (deposed, object) in instance.objects() {
                        effects.push(Effect::Put {
                            address: address.instance(key.clone()),
                            deposed: deposed.cloned(),
                            provider: provider.clone(),
                            object: object.clone(),
                        });
                    }
                }
            }
            Ok((resources.len(), effects))
        })
        .await
}

fn looked_after(state: &State, provider: &ProviderAddress) -> Vec<AbsoluteResource> {
    let all = state.resources.iter().filter(|(_, resource)| resource.provider.provider == *provider);
    all.map(|(address, _)| address.clone()).collect()
}

/// The instances to move with their new addresses, and the renames to make in others' dependencies.
struct Renaming {
    moves: Vec<Move>,
    instances: Vec<(AbsoluteInstance, AbsoluteInstance)>,
}

impl Renaming {
    fn find(state: &State, from: &Target, to: &Target, place: Place<'_>) -> Result<Self, Diagnostics> {
        let renaming = match (&from.resource, &to.resource) {
            (None, None) => {
                // Two modules at one address would merge, and could not be moves apart again.
                let is_there =
                    from.module != to.module && state.resources.keys().any(|known| known.module == to.module);
                if is_there {
                    let why = format!("{from} cannot become {to}: there is such a module already.");
                    return refused("Invalid move", why);
                }
                Self::of_module(state, &from.module, &to.module)
            }
            (Some(source), Some(destination)) => {
                same_kind(source, destination)?;
                Self::of_resource(state, (from, source), (to, destination))?
            }
            _ => {
                let why = format!("{from} cannot become {to}: one is a module, and the other a resource.");
                return refused("Invalid move", why);
            }
        };
        if renaming.instances.is_empty() {
            return Err(select::missing(state, &from.to_string(), place.environment).into());
        }
        if let Some((_, taken)) = renaming.instances.iter().find(|(_, to)| renaming.is_taken(state, to)) {
            let why = format!("{from} cannot become {to}: there is an object at {taken} already.");
            return refused("Invalid move", why);
        }
        Ok(renaming)
    }

    fn is_taken(&self, state: &State, address: &AbsoluteInstance) -> bool {
        state.instance(address).is_some()
            && !self.instances.iter().any(|(from, to)| from == address && from != to)
    }

    /// The module and all below it.
    fn of_module(state: &State, from: &ModuleInstance, to: &ModuleInstance) -> Self {
        let mut renaming = Self { moves: Vec::new(), instances: Vec::new() };
        for (address, ..) in state.instances() {
            let Some(below) = address.module.steps().strip_prefix(from.steps()) else { continue };
            let module = ModuleInstance::new(to.steps().iter().chain(below).cloned());
            let moves = Move { from: address.module.to_string(), to: module.to_string() };
            if renaming.moves.last() != Some(&moves) {
                renaming.moves.push(moves);
            }
            let target = AbsoluteInstance { module, ..address.clone() };
            renaming.instances.push((address, target));
        }
        renaming
    }

    /// A resource with all instances where it has several, and otherwise the one instance.
    fn of_resource(
        state: &State,
        (from, source): (&Target, &ResourceAddress),
        (to, destination): (&Target, &ResourceAddress),
    ) -> Result<Self, Diagnostics> {
        let moves = vec![Move { from: from.to_string(), to: to.to_string() }];
        let (from_resource, to_resource) =
            (source.within(from.module.clone()), destination.within(to.module.clone()));
        let instances = state.resources.get(&from_resource).map(|resource| &resource.instances);
        let one = !from.key.is_none() || instances.is_some_and(|all| all.contains_key(&InstanceKey::None));
        if one {
            let there = instances.is_some_and(|all| all.contains_key(&from.key));
            let pair = (from_resource.instance(from.key.clone()), to_resource.instance(to.key.clone()));
            return Ok(Self { moves, instances: there.then_some(pair).into_iter().collect() });
        }
        if !to.key.is_none() {
            let why = format!(
                "{from} cannot become {to}: it is a resource with several instances, and that is one instance."
            );
            return refused("Invalid move", why);
        }
        if from_resource != to_resource && state.resources.contains_key(&to_resource) {
            let why = format!("{from} cannot become {to}: there is such a resource already.");
            return refused("Invalid move", why);
        }
        let keys = instances.into_iter().flat_map(BTreeMap::keys);
        let pairs = keys.map(|key| (from_resource.instance(key.clone()), to_resource.instance(key.clone())));
        Ok(Self { moves, instances: pairs.collect() })
    }

    /// The moves, and the updates of instances that depend on something renamed.
    fn effects(&self, state: &State) -> Vec<Effect> {
        let next: BTreeMap<&AbsoluteInstance, &AbsoluteInstance> =
            self.instances.iter().map(|(from, to)| (from, to)).collect();
        let mut names: BTreeMap<ResourcePath, ResourcePath> = BTreeMap::new();
        for (from, to) in &self.instances {
            names.insert(from.path(), to.path());
        }
        let mut effects: Vec<Effect> = self
            .instances
            .iter()
            .map(|(from, to)| Effect::Move { from: from.clone(), to: to.clone() })
            .collect();
        // A resource that still has instances under the old name keeps it in dependencies, beside the new one.
        let stays = |path: &ResourcePath| {
            state.instances().any(|(address, ..)| address.path() == *path && !next.contains_key(&address))
        };
        let staying: Vec<ResourcePath> = names.keys().filter(|path| stays(path)).cloned().collect();
        for (address, resource, instance) in state.instances() {
            let place = next.get(&address).map_or(&address, |to| *to);
            for (deposed, object) in instance.objects() {
                if !object.dependencies.iter().any(|path| names.contains_key(path)) {
                    continue;
                }
                let mut dependencies = Vec::with_capacity(object.dependencies.len() + 1);
                for path in object.dependencies.iter() {
                    let renamed = names.get(path);
                    if renamed.is_none() || staying.contains(path) {
                        dependencies.push(path.clone());
                    }
                    dependencies.extend(renamed.cloned());
                }
                let object = Object { dependencies: dependencies.into(), ..object.clone() };
                effects.push(Effect::Put {
                    address: place.clone(),
                    deposed: deposed.cloned(),
                    provider: resource.provider.clone(),
                    object,
                });
            }
        }
        effects
    }
}

fn same_kind(from: &ResourceAddress, to: &ResourceAddress) -> Result<(), Diagnostics> {
    if from.mode != to.mode {
        let why = format!("{from} cannot become {to}: a {} stays a {}.", from.mode.noun(), from.mode.noun());
        return refused("Invalid move", why);
    }
    if from.kind != to.kind {
        let why = format!("{from} cannot become {to}: their types differ.");
        return refused("Invalid move", why);
    }
    Ok(())
}
