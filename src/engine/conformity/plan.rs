//! Checks a plan against the configuration.

use std::collections::BTreeMap;

use crate::schema::{Attribute, Block, Nested, NestedBlock, Nesting};
use crate::value::{Entries, Name, PathStep, Type, Value};

use super::{Findings, alike, entry, part, parts};

const ABSENT: &str = "is left out of the plan, and the configuration asks for it";
const PRESENT: &str = "is in the plan, and the configuration asks for none";
const UNKNOWN_BLOCK: &str = "is a block that is unknown as a whole; only what is inside a block can be";

pub(super) fn block(
    schema: &Block,
    prior: &Value,
    configuration: &Value,
    planned: &Value,
    findings: &mut Findings<'_>,
) {
    match (planned.is_null(), configuration.is_null()) {
        (true, true) => return,
        (true, false) => return findings.push(ABSENT),
        (false, true) => return findings.push(PRESENT),
        (false, false) => {}
    }
    attributes(&schema.attributes, prior, configuration, planned, findings);
    for (name, nested) in &schema.blocks {
        // The type matters only if the object is unknown, and then it is never looked at.
        let of = |object| part(object, name, &Type::Dynamic);
        let (before, wanted, planned) = (of(prior), of(configuration), of(planned));
        if !planned.same(&wanted) {
            findings.at(PathStep::Attribute(name.clone()), |findings| {
                blocks(nested, &before, &wanted, &planned, findings);
            });
        }
    }
}

/// Checks the blocks of one kind, if they differ.
fn blocks(
    nested: &NestedBlock,
    prior: &Value,
    configuration: &Value,
    planned: &Value,
    findings: &mut Findings<'_>,
) {
    if nested.block.computed && configuration.items().is_some_and(<[Value]>::is_empty) {
        return;
    }
    if !configuration.is_known() {
        return findings.push(
            "is settled in the plan, although nobody knows yet how many blocks the configuration makes",
        );
    }
    if !planned.is_known() {
        return findings.push(UNKNOWN_BLOCK);
    }
    if matches!(nested.nesting, Nesting::Single | Nesting::Group) {
        return block(&nested.block, prior, configuration, planned, findings);
    }
    if planned.is_null() {
        return findings.push("is null, although no blocks are an empty collection");
    }
    let absent = Value::null(Type::Dynamic);
    match nested.nesting {
        Nesting::List => {
            // Null can be left over from an older provider and brought back by ignore_changes.
            let wanted = configuration.items().unwrap_or_default();
            let items = planned.items().unwrap_or_default();
            if items.len() != wanted.len() {
                let clause =
                    format!("has {} blocks in the plan, {} in the configuration", items.len(), wanted.len());
                return findings.push(clause);
            }
            let before = prior.items().unwrap_or_default();
            for (index, ((step, planned), wanted)) in parts(planned).zip(wanted).enumerate() {
                let before = before.get(index).unwrap_or(&absent);
                findings.at(step, |findings| one_block(&nested.block, before, wanted, planned, findings));
            }
        }
        Nesting::Map => {
            let before = prior.entries();
            by_key(planned, configuration, findings, |key, planned, wanted, findings| {
                let before = before.and_then(|before| before.get(key)).unwrap_or(&absent);
                one_block(&nested.block, before, wanted, planned, findings);
            });
        }
        // In a set, the provider may have merged a configured block with a prior one, so blocks cannot be matched up
        // and nothing more is checked.
        _ => {
            for (step, planned) in parts(planned).filter(|(_, planned)| !planned.is_known()) {
                findings.at(step, |findings| one_block(&nested.block, &absent, &absent, planned, findings));
            }
        }
    }
}

fn one_block(
    schema: &Block,
    prior: &Value,
    configuration: &Value,
    planned: &Value,
    findings: &mut Findings<'_>,
) {
    if planned.is_known() {
        block(schema, prior, configuration, planned, findings);
    } else {
        findings.push(UNKNOWN_BLOCK);
    }
}

/// Compares two maps by key; both must have the same keys.
fn by_key(
    planned: &Value,
    configuration: &Value,
    findings: &mut Findings<'_>,
    mut look: impl FnMut(&Name, &Value, &Value, &mut Findings<'_>),
) {
    let none = Entries::new();
    let (items, wanted) = (planned.entries().unwrap_or(&none), configuration.entries().unwrap_or(&none));
    for (key, planned) in items {
        findings.at(step(key), |findings| match wanted.get(key) {
            Some(wanted) => look(key, planned, wanted, findings),
            None => findings.push(PRESENT),
        });
    }
    for key in wanted.keys().filter(|key| !items.contains_key(key)) {
        findings.at(step(key), |findings| findings.push(ABSENT));
    }
}

fn step(key: &Name) -> PathStep {
    PathStep::Index(Value::normalized_string(key.clone()))
}

fn attributes(
    attributes: &BTreeMap<Name, Attribute>,
    prior: &Value,
    configuration: &Value,
    planned: &Value,
    findings: &mut Findings<'_>,
) {
    for (name, attribute) in attributes {
        if let (Some(wanted), Some(planned)) = (entry(configuration, name), entry(planned, name))
            && (is_left_open(attribute, wanted) && !attribute.write_only || alike(planned, wanted))
        {
            continue;
        }
        let of = |object| part(object, name, &attribute.ty);
        let (before, wanted, planned) = (of(prior), of(configuration), of(planned));
        if !alike(&planned, &wanted) {
            findings.at_attribute(name, attribute, |findings| {
                value(attribute, &before, &wanted, &planned, findings);
            });
        }
    }
}

/// Whether the value is the provider's to choose.
fn is_left_open(attribute: &Attribute, configuration: &Value) -> bool {
    attribute.computed && (!attribute.optional || configuration.is_null())
}

/// Checks an attribute that is not planned as it is configured.
fn value(
    attribute: &Attribute,
    prior: &Value,
    configuration: &Value,
    planned: &Value,
    findings: &mut Findings<'_>,
) {
    // The provider found the configured value equivalent to the present one, and chose to change nothing.
    if !prior.is_null() && !configuration.is_null() && alike(planned, prior) {
        return;
    }
    if attribute.write_only {
        if !planned.is_null() {
            findings.push("is only written, and yet in the plan, where it would be kept");
        }
        return;
    }
    if is_left_open(attribute, configuration) {
        return;
    }
    if configuration.is_null() {
        let clause = format!(
            "is {} in the plan; the configuration leaves it out, and the provider may not decide it",
            findings.show(planned)
        );
        return findings.push(clause);
    }
    if let Some(nested) = &attribute.nested {
        return object(nested, prior, configuration, planned, findings);
    }
    let (have, want) = (findings.show(planned), findings.show(configuration));
    let clause = if prior.is_null() {
        format!("is {have} in the plan, {want} in the configuration")
    } else {
        format!("is {have} in the plan, {want} in the configuration and {} until now", findings.show(prior))
    };
    findings.push(clause);
}

/// Checks an attribute with a nested type that is configured, and planned differently somewhere inside.
fn object(
    nested: &Nested,
    prior: &Value,
    configuration: &Value,
    planned: &Value,
    findings: &mut Findings<'_>,
) {
    if planned.is_null() {
        return findings.push(ABSENT);
    }
    if !planned.is_known() {
        return findings.push("is not known in the plan, and configured");
    }
    if matches!(nested.nesting, Nesting::Single | Nesting::Group) {
        return attributes(&nested.attributes, prior, configuration, planned, findings);
    }
    if !configuration.is_known() {
        return findings.push("is settled in the plan, although the configuration is not known yet");
    }
    let absent = Value::null(Type::Dynamic);
    match nested.nesting {
        Nesting::List => {
            let wanted = configuration.items().unwrap_or_default();
            let items = planned.items().unwrap_or_default();
            if items.len() != wanted.len() {
                let clause = format!(
                    "has {} elements in the plan, {} in the configuration",
                    items.len(),
                    wanted.len()
                );
                return findings.push(clause);
            }
            let before = prior.items().unwrap_or_default();
            for (index, ((step, planned), wanted)) in parts(planned).zip(wanted).enumerate() {
                let before = before.get(index).unwrap_or(&absent);
                findings.at(step, |findings| {
                    attributes(&nested.attributes, before, wanted, planned, findings);
                });
            }
        }
        Nesting::Map => {
            let before = prior.entries();
            by_key(planned, configuration, findings, |key, planned, wanted, findings| {
                let before = before.and_then(|before| before.get(key)).unwrap_or(&absent);
                attributes(&nested.attributes, before, wanted, planned, findings);
            });
        }
        _ => {
            let bounds = (planned.length_bounds(), configuration.length_bounds());
            if let (Some((least, most)), Some((wanted_least, wanted_most))) = bounds
                && (most < wanted_least || least > wanted_most)
            {
                let clause = format!("has {most} elements in the plan, {wanted_most} in the configuration");
                findings.push(clause);
            }
        }
    }
}
