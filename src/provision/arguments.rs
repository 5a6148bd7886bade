//! Access to arguments in objects. Null and unknown count as absent.

use std::collections::BTreeMap;

use crate::value::Value;

#[derive(Clone, Copy)]
pub(super) struct Arguments<'a>(pub(super) &'a Value);

impl<'a> Arguments<'a> {
    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        self.value(name).and_then(Value::as_str)
    }

    pub(super) fn flag(self, name: &str) -> Option<bool> {
        self.value(name).and_then(Value::as_bool)
    }

    pub(super) fn number(self, name: &str) -> Option<i64> {
        self.value(name).and_then(Value::as_number).and_then(|number| number.to_i64())
    }

    pub(super) fn items(self, name: &str) -> Option<&'a [Value]> {
        self.value(name).and_then(Value::items)
    }

    /// The strings of a collection, without nulls.
    pub(super) fn texts(self, name: &str) -> Vec<&'a str> {
        self.items(name).unwrap_or_default().iter().filter_map(Value::as_str).collect()
    }

    pub(super) fn text_map(self, name: &str) -> BTreeMap<&'a str, &'a str> {
        let entries = self.value(name).and_then(Value::entries).into_iter().flatten();
        entries.filter_map(|(key, value)| Some((&**key, value.as_str()?))).collect()
    }

    fn value(self, name: &str) -> Option<&'a Value> {
        self.0.entries().and_then(|entries| entries.get(name))
    }
}
