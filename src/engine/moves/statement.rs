//! One `moved` block, with its ends as paths through the tree of modules.

use crate::address::{AbsoluteResource, InstanceKey, ModuleInstance, ModulePath, ResourceAddress, Target};
use crate::config::Moved;
use crate::diag::Span;
use crate::value::Name;

/// From where to where.
pub(super) struct Statement {
    pub(super) from: End,
    pub(super) to: End,
    pub(super) extent: Extent,
    /// The depth of the module that contains the block; the block applies to every instance of that module.
    pub(super) depth: usize,
    pub(super) span: Span,
}

/// What kind of thing moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// A module call with all its instances.
    Call,
    ModuleInstance,
    /// A resource with all its instances.
    Resource,
    Instance,
}

/// One end of a move.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct End {
    /// Calls from the root down; without a key, any instance matches.
    pub(super) steps: Vec<(Name, Option<InstanceKey>)>,
    pub(super) resource: Option<ResourceAddress>,
    /// The key of a resource instance; meaningless for a whole resource.
    pub(super) key: InstanceKey,
}

impl Statement {
    pub(super) fn explicit(module: &ModulePath, moved: &Moved) -> Self {
        let extent = extent(&moved.from, &moved.to);
        Self {
            from: End::new(module, &moved.from, extent),
            to: End::new(module, &moved.to, extent),
            extent,
            depth: module.calls().len(),
            span: moved.span.clone(),
        }
    }

    /// The move of a resource's only instance to its first one, or the reverse.
    pub(super) fn implied(
        address: &AbsoluteResource,
        from: InstanceKey,
        to: InstanceKey,
        span: Span,
    ) -> Self {
        let end = |key| {
            let resource = Some(address.resource.clone());
            let target = Target { module: address.module.clone(), resource, key };
            End::new(&ModulePath::root(), &target, Extent::Instance)
        };
        Self { from: end(from), to: end(to), extent: Extent::Instance, depth: 0, span }
    }

    /// Whether either end is the resource or an instance of it.
    pub(super) fn speaks_of(&self, address: &AbsoluteResource) -> bool {
        [&self.from, &self.to].into_iter().any(|end| {
            end.resource.as_ref() == Some(&address.resource)
                && end.steps.len() == address.module.steps().len()
                && end.matches_module(&address.module)
        })
    }
}

/// A key on either side means that single instances move; otherwise all instances move, whatever their keys.
fn extent(from: &Target, to: &Target) -> Extent {
    let keyed = |target: &Target| match &target.resource {
        Some(_) => !target.key.is_none(),
        None => target.module.steps().last().is_some_and(|(_, key)| !key.is_none()),
    };
    match (from.resource.is_some(), keyed(from) || keyed(to)) {
        (true, true) => Extent::Instance,
        (true, false) => Extent::Resource,
        (false, true) => Extent::ModuleInstance,
        (false, false) => Extent::Call,
    }
}

impl End {
    fn new(module: &ModulePath, target: &Target, extent: Extent) -> Self {
        let outer = module.calls().iter().map(|call| (call.clone(), None));
        let inner = target.module.steps().iter().map(|(call, key)| (call.clone(), Some(key.clone())));
        let mut steps: Vec<_> = outer.chain(inner).collect();
        if extent == Extent::Call
            && let Some((_, key)) = steps.last_mut()
        {
            *key = None;
        }
        Self { steps, resource: target.resource.clone(), key: target.key.clone() }
    }

    pub(super) fn path(&self) -> ModulePath {
        ModulePath::new(self.steps.iter().map(|(call, _)| call.clone()))
    }

    /// The module instance, if only one can match.
    pub(super) fn exact_module(&self) -> Option<ModuleInstance> {
        let steps = self.steps.iter().map(|(call, key)| Some((call.clone(), key.clone()?)));
        steps.collect::<Option<Vec<_>>>().map(ModuleInstance::new)
    }

    /// Whether a module instance is this one, or inside it.
    pub(super) fn matches_module(&self, module: &ModuleInstance) -> bool {
        let steps = module.steps();
        let fits = |((call, key), (name, have)): (&(Name, Option<InstanceKey>), &(Name, InstanceKey))| {
            call == name && key.as_ref().is_none_or(|key| key == have)
        };
        self.steps.len() <= steps.len() && self.steps.iter().zip(steps).all(fits)
    }

    /// Whether this end can be on the path of the other, which is at least as long.
    pub(super) fn can_lead_to(&self, other: &Self) -> bool {
        self.steps.len() <= other.steps.len()
            && self.steps.iter().zip(&other.steps).all(|((call, key), (name, have))| {
                call == name && (key.is_none() || have.is_none() || key == have)
            })
    }
}
