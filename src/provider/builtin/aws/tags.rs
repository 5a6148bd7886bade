//! Default tags, and ignored tags.

use std::collections::BTreeMap;

use crate::value::{Entries, Name, Type, Value};

use super::account::Account;
use super::configuration::blocks;

/// The environment, as a tag on everything that is created: it tells people in the console, and bills, what belongs
/// where.
const ENVIRONMENT: &str = "terrace:environment";
const PROJECT: &str = "terrace:project";

/// The commit that something was created from, known only at that moment: a saved plan may be applied from another
/// commit.
const REVISION: &str = "terrace:revision";

impl Account {
    /// All tags of an object: its own over those of the block and the environment. Unknown if its own are.
    pub(super) fn tags_all(&self, own: Option<&Value>, prior: Option<&Value>) -> Value {
        let none = Entries::new();
        let own = match own {
            Some(own) if !own.is_known() => return Value::unknown(Type::map(Type::String)),
            Some(own) => own.entries().unwrap_or(&none),
            None => &none,
        };
        let mut tags: BTreeMap<Name, Value> = self.given_tags();
        if let Some(revision) = self.revision(prior) {
            tags.insert(REVISION.into(), revision);
        }
        tags.extend(
            own.iter().filter(|(_, tag)| !tag.is_null()).map(|(key, tag)| (key.clone(), tag.clone())),
        );
        Value::map(Type::String, tags)
    }

    /// Planned tags in the form of a request, completed with the revision.
    pub(super) fn settled_tags(&self, planned: &Value) -> BTreeMap<String, String> {
        let entries = planned.entries().into_iter().flatten();
        let settled = entries.filter_map(|(key, tag)| match tag.as_str() {
            Some(tag) => Some((key.to_string(), tag.to_owned())),
            None => Some((key.to_string(), self.commit().unwrap_or_else(|| "none".to_owned())))
                .filter(|(key, _)| key == REVISION),
        });
        settled.collect()
    }

    /// Whether planned tags have unknown values other than the revision, which is known when it is needed.
    pub(super) fn leaves_open(&self, planned: &Value) -> bool {
        let open = |(key, tag): (&Name, &Value)| !tag.is_known() && &**key != REVISION;
        !planned.is_known() || planned.entries().into_iter().flatten().any(open)
    }

    /// The tags of an object that are kept: without those of AWS itself, and without ignored ones.
    pub(super) fn heeded<'t>(
        &self,
        reported: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> BTreeMap<String, String> {
        let ignored = blocks(self.arguments(), "ignore_tags");
        let is_ignored = |key: &str| {
            ignored.iter().any(|block| {
                block.texts("keys").contains(&key)
                    || block.texts("key_prefixes").iter().any(|prefix| key.starts_with(prefix))
            })
        };
        let heeded = reported.into_iter().filter(|(key, _)| !key.starts_with("aws:") && !is_ignored(key));
        heeded.map(|(key, tag)| (key.to_owned(), tag.to_owned())).collect()
    }

    /// The object's own tags: all but those of the block or the environment, unless it repeats them itself.
    pub(super) fn own_tags(
        &self,
        reported: &BTreeMap<String, String>,
        prior: Option<&Value>,
    ) -> BTreeMap<String, String> {
        let (given, prior) = (self.given_tags(), prior.and_then(Value::entries));
        let is_own = |(key, tag): &(&String, &String)| {
            let default = given.get(key.as_str()).and_then(Value::as_str);
            prior.is_some_and(|prior| prior.contains_key(key.as_str()))
                || key.as_str() != REVISION && default != Some(tag.as_str())
        };
        reported.iter().filter(is_own).map(|(key, tag)| (key.clone(), tag.clone())).collect()
    }

    fn given_tags(&self) -> BTreeMap<Name, Value> {
        let mut tags = BTreeMap::new();
        if let Some(place) = self.place.get().filter(|_| self.tells_environment()) {
            tags.insert(ENVIRONMENT.into(), Value::string(&place.workplace.environment));
            tags.extend(
                place.workplace.project.iter().map(|project| (PROJECT.into(), Value::string(project))),
            );
        }
        for block in blocks(self.arguments(), "default_tags") {
            tags.extend(
                block.text_map("tags").into_iter().map(|(key, tag)| (key.into(), Value::string(tag))),
            );
        }
        tags
    }

    /// An existing object keeps its revision.
    fn revision(&self, prior: Option<&Value>) -> Option<Value> {
        if !self.tells_environment() {
            return None;
        }
        match prior.filter(|prior| !prior.is_null()) {
            Some(prior) => prior.entries()?.get(REVISION).cloned(),
            None => self.commit().map(|_| Value::unknown(Type::String).refine_not_null()),
        }
    }

    fn commit(&self) -> Option<String> {
        (self.place.get()?.workplace.revision)()
    }

    fn tells_environment(&self) -> bool {
        self.arguments().flag("environment_tags") != Some(false)
    }
}
