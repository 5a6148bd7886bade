//! Refreshes a stored object: reads it again, and notes what has changed outside.

use std::sync::Arc;

use crate::address::{AbsoluteInstance, ProviderConfigAddress};
use crate::plan::{Action, Change};
use crate::port::{Applied, Current, Event, Provider, Remarks, Step};
use crate::state::{DeposedKey, Object};
use crate::value::Value;

use super::Parts;
use super::inside;
use super::instance::identity;
use super::kinds::Kind;
use super::walk::Walk;

/// What to refresh.
pub(super) struct Refresh<'r, 'w> {
    pub(super) walk: &'r Walk<'w>,
    pub(super) address: &'r AbsoluteInstance,
    pub(super) deposed: Option<&'r DeposedKey>,
    pub(super) provider: &'r dyn Provider,
    pub(super) configured_by: &'r Arc<ProviderConfigAddress>,
    pub(super) kind: &'r Kind,
    pub(super) object: &'r Object,
    /// Reports the provider's remarks; returns whether one is an error.
    pub(super) report: &'r dyn Fn(Remarks) -> bool,
    /// Makes a no-op change.
    pub(super) blank: &'r dyn Fn() -> Change,
}

/// An object as found, compared with how it was stored.
pub(super) enum Refreshed {
    Same,
    /// Null if it is gone.
    Other(Applied),
}

impl Refresh<'_, '_> {
    /// Reads the object, whose stored value is `stored`, and notes what differs. `None` if that failed.
    pub(super) async fn run(&self, stored: &Value, marked: &Value, private: &[u8]) -> Option<Refreshed> {
        let walk = self.walk;
        if walk.request.options.skip_refresh {
            self.renew(stored, private);
            return Some(Refreshed::Same);
        }
        let kind = &*self.address.resource.kind;
        let id = identity(marked);
        let event = |step| Event::Refresh { address: self.address.clone(), id: id.clone(), step };
        walk.ports.events.event(event(Step::Started));
        let mut remarks = Remarks::new();
        let permit = walk.permit(self.provider, kind).await;
        let on_progress =
            |progress| walk.ports.events.event(Event::Part { address: self.address.clone(), progress });
        let current = Current { kind, value: stored, private, on_progress: &on_progress };
        let read = self.provider.read(current, &mut remarks).await;
        drop(permit);
        if (self.report)(remarks) {
            walk.ports.events.event(event(Step::Failed));
            return None;
        }
        walk.ports.events.event(event(Step::Done));
        let read = read.unwrap_or_else(|| Applied { value: stored.clone(), private: private.to_vec() });
        let gone = read.value.is_null();
        let is_changed = !read.value.same(stored);
        let is_same = !is_changed && read.private == private;
        if let Some(key) = self.deposed {
            if gone {
                walk.found.borrow_mut().gone.push((self.address.clone(), key.clone()));
            }
            return Some(if is_same { Refreshed::Same } else { Refreshed::Other(read) });
        }
        let remains = match gone && walk.request.parts == Parts::Examined {
            true => {
                self.provider
                    .remains(Current { kind, value: stored, private, on_progress: &on_progress })
                    .await
            }
            false => None,
        };
        let mut remarks = Remarks::new();
        let current = Current { kind, value: &read.value, private: &read.private, on_progress: &on_progress };
        let inside = inside::examined(walk, self.provider, current, &mut remarks).await;
        // Somebody who asked for drift sees what could be found out, and a warning that it is not all.
        (self.report)(remarks);
        if is_same {
            self.renew(stored, private);
        }
        let mut found = walk.found.borrow_mut();
        if is_changed || inside.is_some() {
            found.drift.push(Change {
                action: if gone && remains.is_none() { Action::Delete } else { Action::Update },
                before: marked.clone(),
                after: match (remains, is_changed) {
                    (Some(remains), _) => self.kind.mark_as(self.object, remains),
                    (None, true) => self.kind.mark_as(self.object, read.value.clone()),
                    (None, false) => marked.clone(),
                },
                inside,
                ..(self.blank)()
            });
        }
        if is_same {
            return Some(Refreshed::Same);
        }
        let object = (!gone).then(|| self.kind.refreshed(self.object, &read.value, &read.private));
        found.refreshed.push((self.address.clone(), self.configured_by.clone(), object));
        Some(Refreshed::Other(read))
    }

    /// Stores an object of an earlier schema in the form of the current one, even if nothing else has changed.
    /// Otherwise a value that the provider invents on upgrade, such as the salt of a hash, would differ in every plan.
    fn renew(&self, stored: &Value, private: &[u8]) {
        if self.deposed.is_none() && self.object.schema_version != self.kind.block.version {
            let object = self.kind.renewed(self.object, stored, private);
            let mut found = self.walk.found.borrow_mut();
            found.refreshed.push((self.address.clone(), self.configured_by.clone(), Some(object)));
        }
    }
}
