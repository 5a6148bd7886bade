//! What the configuration says about an object and the state stores with it, even if the object does not change.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::address::{AbsoluteInstance, ProviderConfigAddress, ResourcePath};
use crate::state::{Object, State};

use super::super::walk::{Job, Walk};

/// What to store about an unchanged object.
pub(in crate::engine) struct Noted {
    address: AbsoluteInstance,
    provider: Arc<ProviderConfigAddress>,
    create_before_destroy: bool,
    dependencies: Option<Arc<[ResourcePath]>>,
}

impl Noted {
    pub(in crate::engine) fn put_into(self, state: &mut State) {
        let object = state.instance(&self.address).and_then(|instance| instance.current.clone());
        if let Some(mut object) = object {
            object.create_before_destroy = self.create_before_destroy;
            object.dependencies = self.dependencies.unwrap_or(object.dependencies);
            state.put(&self.address, None, &self.provider, object);
        }
    }
}

/// Notes the provider configuration, the order of replacement and, if they are settled, the dependencies of an object.
pub(super) fn note(
    walk: &Walk<'_>,
    job: &Job<'_>,
    stored: &Object,
    dependencies: Option<Arc<[ResourcePath]>>,
) {
    let create_before_destroy = job.common.create_first;
    let dependencies = dependencies.filter(|dependencies| !alike(dependencies, &stored.dependencies));
    let stays = !job.by_another && stored.create_before_destroy == create_before_destroy;
    if stays && dependencies.is_none() {
        return;
    }
    let (address, provider) = (job.address.clone(), job.common.configured_by.clone());
    walk.found.borrow_mut().noted.push(Noted { address, provider, create_before_destroy, dependencies });
}

fn alike(a: &[ResourcePath], b: &[ResourcePath]) -> bool {
    a == b || a.len() == b.len() && a.iter().collect::<BTreeSet<_>>() == b.iter().collect()
}

/// The stored dependencies together with those of the configuration.
pub(super) fn with_configured(stored: &[ResourcePath], job: &Job<'_>) -> Arc<[ResourcePath]> {
    union(stored, &job.common.dependencies)
}

pub(in crate::engine) fn union(some: &[ResourcePath], others: &[ResourcePath]) -> Arc<[ResourcePath]> {
    let all: BTreeSet<&ResourcePath> = some.iter().chain(others).collect();
    all.into_iter().cloned().collect()
}
