//! Plans an object by its shape.

use crate::port::{PlanRequest, Planned};
use crate::schema::Nesting;
use crate::value::{Kind, Path, Type, Value};

use super::{Blocks, Fixed, Part, Shape, Who, alike, entry, is_empty};

impl Shape {
    /// What the object will be, and which of its changes require a new object.
    pub(in super::super::super) fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let mut replace = Vec::new();
        let prior = Some(request.prior).filter(|prior| !prior.is_null());
        let value = self.planned(prior, request.configuration, &Path::root(), &mut replace);
        Planned { value, private: request.private.to_vec(), replace }
    }

    /// Plans one object or block: as configured, next to what it was.
    fn planned(
        &self,
        prior: Option<&Value>,
        configuration: &Value,
        path: &Path,
        replace: &mut Vec<Path>,
    ) -> Value {
        let Some(configured) = configuration.entries() else { return configuration.clone() };
        let mut entries = configured.clone();
        for (name, part) in &self.attributes {
            let (before, wanted) = (prior.and_then(|prior| entry(prior, name)), configured.get(name));
            let planned = part.planned(before, wanted);
            if prior.is_some() && part.is_another(before, &planned) {
                replace.push(path.clone().attribute(*name));
            }
            entries.insert((*name).into(), planned);
        }
        for (name, blocks) in &self.blocks {
            let before = prior.and_then(|prior| entry(prior, name));
            let Some(wanted) = configured.get(name) else { continue };
            let planned = blocks.planned(before, wanted, &path.clone().attribute(*name), replace);
            entries.insert((*name).into(), planned);
        }
        Value::object(entries)
    }
}

impl Part {
    /// Whether the change requires a new object.
    fn is_another(&self, before: Option<&Value>, planned: &Value) -> bool {
        match self.fixed {
            Fixed::No => false,
            Fixed::Yes => before.is_none_or(|before| !alike(before, planned)),
            Fixed::OnceSet => {
                before.is_some_and(|before| !is_empty(before) && !is_empty(planned) && !before.same(planned))
            }
        }
    }

    fn planned(&self, prior: Option<&Value>, configuration: Option<&Value>) -> Value {
        let wanted = configuration.filter(|wanted| !wanted.is_null());
        let kept = || prior.cloned().unwrap_or_else(|| Value::unknown(self.ty.clone()));
        match (&self.who, wanted) {
            (Who::Service, _) | (Who::Decided, None) => kept(),
            (_, Some(wanted)) => wanted.clone(),
            (Who::Or(default), None) => default.clone(),
            (Who::Once, None) => prior.cloned().unwrap_or_else(|| Value::null(self.ty.clone())),
            (Who::Required | Who::Optional, None) => {
                prior.filter(|prior| is_empty(prior)).cloned().unwrap_or_else(|| Value::null(self.ty.clone()))
            }
        }
    }
}

impl Blocks {
    fn planned(
        &self,
        prior: Option<&Value>,
        configuration: &Value,
        path: &Path,
        replace: &mut Vec<Path>,
    ) -> Value {
        if self.nesting == Nesting::Single || !configuration.is_known() {
            return configuration.clone();
        }
        let wanted = configuration.items().unwrap_or_default();
        if self.decided && wanted.is_empty() {
            return prior.cloned().unwrap_or_else(|| Value::unknown(Type::list(self.element())));
        }
        if self.nesting == Nesting::Set {
            return self.planned_set(prior, wanted, path, replace);
        }
        let before = prior.and_then(Value::items).unwrap_or_default();
        if self.fixed && prior.is_some() && before.len() != wanted.len() {
            replace.push(path.clone());
        }
        let item = |(index, wanted): (usize, &Value)| {
            let here = path.clone().index(Value::count(index));
            // The content of a block that is new in an existing object was null before.
            let nothing = prior.map(|_| Value::null(self.element()));
            match before.get(index) {
                Some(before) => self.shape.planned(Some(before), wanted, &here, replace),
                None => self.shape.appeared(nothing.as_ref(), wanted, &here, replace),
            }
        };
        let items = wanted.iter().enumerate().map(item).collect();
        match configuration.kind() {
            Kind::List(list) => Value::list(list.element.clone(), items),
            _ => configuration.clone(),
        }
    }

    /// Elements of a set have no position: one that is equivalent to a prior one is that one.
    fn planned_set(
        &self,
        prior: Option<&Value>,
        wanted: &[Value],
        path: &Path,
        replace: &mut Vec<Path>,
    ) -> Value {
        let before = prior.and_then(Value::items).unwrap_or_default();
        let mut aside = Vec::new();
        let items = wanted.iter().map(|wanted| {
            let mut as_before = before.iter().filter(|before| {
                self.shape.planned(Some(before), wanted, path, &mut aside).same(before)
                    || self.shape.is_alike(before, wanted)
            });
            as_before.next().cloned().unwrap_or_else(|| self.shape.planned(None, wanted, path, &mut aside))
        });
        let planned = Value::set(self.element(), items.collect());
        if self.fixed && prior.is_some_and(|prior| !prior.same(&planned)) {
            replace.push(path.clone());
        }
        planned
    }
}

impl Shape {
    /// Plans a block that was not there. In an existing object, its fixed attributes require a new object.
    fn appeared(
        &self,
        nothing: Option<&Value>,
        wanted: &Value,
        path: &Path,
        replace: &mut Vec<Path>,
    ) -> Value {
        let planned = self.planned(None, wanted, path, replace);
        if nothing.is_some() {
            for (name, part) in self.attributes.iter().filter(|(_, part)| part.fixed == Fixed::Yes) {
                let default = match &part.who {
                    Who::Or(default) => Some(default),
                    _ => None,
                };
                let says = entry(wanted, name).filter(|wanted| !is_empty(wanted));
                if says.is_some_and(|says| default.is_none_or(|default| !default.same(says))) {
                    replace.push(path.clone().attribute(*name));
                }
            }
        }
        planned
    }

    fn is_alike(&self, before: &Value, wanted: &Value) -> bool {
        self.attributes.iter().all(|(name, _)| match (entry(before, name), entry(wanted, name)) {
            (Some(before), Some(wanted)) => alike(before, wanted),
            _ => false,
        })
    }
}
