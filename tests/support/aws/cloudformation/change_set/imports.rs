//! Resources that stand already and are to belong to a stack.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::super::laws::Laws;
use super::super::super::wire::text;
use super::super::kinds;
use super::super::operation::declared;
use super::super::resource::Resource;
use super::super::stack::{Deployment, Stack};

/// Resources with names of their own that stand somewhere without belonging to a stack.
pub(super) fn existing(
    stack: &Stack,
    laws: &Laws,
    wanted: &Deployment,
    exports: &BTreeMap<String, String>,
) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for logical in declared(stack, wanted, exports) {
        let entry = &wanted.template.value["Resources"][&logical];
        let known = |name: &str, attribute: Option<&str>| stack.lookup(laws, name, attribute);
        let resource =
            stack.scoped(wanted, exports, &known, |scope| Resource::declared(&logical, entry, scope));
        let name = kinds::name_of(&resource.kind, &resource.properties);
        let stands = |left: &&Resource| left.kind == resource.kind && Some(&left.physical) == name.as_ref();
        if !stack.resources.contains_key(&logical) {
            found.extend(laws.left_behind.iter().find(stands).map(|left| (logical, left.physical.clone())));
        }
    }
    found
}

/// Those that a request names, with their names.
pub(super) fn named(request: &Value) -> Vec<(String, String)> {
    let listed = request["ResourcesToImport"].as_array().into_iter().flatten();
    let named = listed.map(|item| {
        let identifier =
            item["ResourceIdentifier"].as_object().and_then(|members| members.values().next().cloned());
        let name = identifier.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        (text(item, "LogicalResourceId"), name)
    });
    named.collect()
}
