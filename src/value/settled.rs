//! Replaces unknown parts of a value by null.

use std::sync::Arc;

use super::{Kind, List, Map, Value, deep};

impl Value {
    /// The same value with null for every unknown part. Unknown elements of sets are left out.
    #[must_use]
    pub fn settled(&self) -> Self {
        if self.is_wholly_known() {
            return self.clone();
        }
        deep(|| self.settle())
    }

    fn settle(&self) -> Self {
        let kind = match self.kind() {
            Kind::Unknown(ty, _) => Kind::Null(ty.clone()),
            Kind::List(list) => Kind::List(Arc::new(List {
                element: list.element.clone(),
                items: list.items.iter().map(Self::settled).collect(),
            })),
            Kind::Set(set) => {
                let known = set.items().iter().filter(|item| item.is_known()).map(Self::settled).collect();
                return Self::set(set.element().clone(), known).with_marks(self.marks());
            }
            Kind::Map(map) => Kind::Map(Arc::new(Map {
                element: map.element.clone(),
                items: map.items.iter().map(|(key, item)| (key.clone(), item.settled())).collect(),
            })),
            Kind::Tuple(items) => Kind::Tuple(Arc::new(items.iter().map(Self::settled).collect())),
            Kind::Object(attributes) => Kind::Object(Arc::new(
                attributes.iter().map(|(name, value)| (name.clone(), value.settled())).collect(),
            )),
            kind => kind.clone(),
        };
        Self::from(kind).with_marks(self.marks())
    }
}
