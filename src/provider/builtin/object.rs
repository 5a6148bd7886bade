//! Access to arguments in objects, and filling in results.

use std::collections::BTreeMap;
use std::path::{Path as FilePath, PathBuf};

use crate::port::{Remark, Remarks};
use crate::value::{Name, Path, Value};

/// The attributes of an object by name. Null and unknown count as absent.
#[derive(Clone, Copy)]
pub(crate) struct Arguments<'a>(pub(crate) &'a Value);

impl<'a> Arguments<'a> {
    pub(crate) fn value(self, name: &str) -> Option<&'a Value> {
        self.0.entries().and_then(|entries| entries.get(name)).filter(|value| !value.is_null())
    }

    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        self.value(name).and_then(Value::as_str)
    }

    pub(crate) fn flag(self, name: &str) -> Option<bool> {
        self.value(name).and_then(Value::as_bool)
    }

    pub(crate) fn number(self, name: &str) -> Option<i64> {
        self.value(name).and_then(Value::as_number).and_then(|number| number.to_i64())
    }

    /// The strings of a collection, without nulls.
    pub(crate) fn texts(self, name: &str) -> Vec<&'a str> {
        self.value(name).and_then(Value::items).unwrap_or_default().iter().filter_map(Value::as_str).collect()
    }

    /// The strings of a map, without nulls.
    pub(crate) fn text_map(self, name: &str) -> BTreeMap<&'a str, &'a str> {
        let entries = self.value(name).and_then(Value::entries).into_iter().flatten();
        entries.filter_map(|(key, value)| Some((&**key, value.as_str()?))).collect()
    }

    pub(crate) fn port(self, name: &str) -> Option<u16> {
        self.number(name).and_then(|port| u16::try_from(port).ok())
    }

    /// A file or folder, relative to the current directory, which is the project.
    pub(crate) fn path(self, name: &str) -> Option<PathBuf> {
        self.text(name).map(|path| absolute(FilePath::new(path)))
    }

    pub(crate) fn is_given(self, name: &str) -> bool {
        self.value(name).is_some()
    }

    pub(crate) fn is_unknown(self, name: &str) -> bool {
        self.value(name).is_some_and(|value| !value.is_known())
    }
}

/// The object with some attributes set.
pub(crate) fn filled<'n>(object: &Value, results: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
    let mut entries = object.entries().cloned().unwrap_or_default();
    entries.extend(results.into_iter().map(|(name, value)| (Name::from(name), value)));
    Value::object(entries)
}

/// Requires exactly one of these arguments. Nothing is reported while one of them is unknown.
pub(crate) fn exactly_one(arguments: Arguments<'_>, names: &[&str], remarks: &mut Remarks) {
    if names.iter().any(|name| arguments.is_unknown(name)) {
        return;
    }
    let given: Vec<&str> = names.iter().copied().filter(|name| arguments.is_given(name)).collect();
    let all = quoted(names);
    match given.as_slice() {
        [_] => {}
        [] => remarks
            .push(Remark::error("Missing argument", format!("One of {all} is needed, and none is given."))),
        [first, ..] => {
            let detail = format!("Only one of {all} can be given, not {} together.", quoted(&given));
            remarks.push(Remark::error("Arguments exclude each other", detail).at(at(first)));
        }
    }
}

/// An absolute path, which does not depend on the current directory.
pub(crate) fn absolute(path: &FilePath) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The path of an attribute.
pub(crate) fn at(name: &str) -> Path {
    Path::root().attribute(name)
}

/// Names for a sentence: `"a", "b"`.
pub(crate) fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}
