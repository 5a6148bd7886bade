//! Checks a result against the plan.

use std::collections::HashSet;

use crate::schema::{Block, NestedBlock, Nesting};
use crate::value::{Entries, Kind, Name, PathStep, Type, Value, mismatch};

use super::{Findings, part};

const VANISHED: &str = "was planned and is not there";
const APPEARED: &str = "is there and was not planned";

pub(super) fn block(schema: &Block, planned: &Value, made: &Value, findings: &mut Findings<'_>) {
    match (planned.is_null(), made.is_null()) {
        (true, true) => return,
        (true, false) => return findings.push(APPEARED),
        (false, true) => return findings.push(VANISHED),
        (false, false) => {}
    }
    for (name, attribute) in &schema.attributes {
        let (planned, made) = (part(planned, name, &attribute.ty), part(made, name, &attribute.ty));
        if !planned.same(&made) {
            findings.at_attribute(name, attribute, |findings| value(&planned, &made, findings));
        }
    }
    for (name, nested) in &schema.blocks {
        let (planned, made) = (part(planned, name, &Type::Dynamic), part(made, name, &Type::Dynamic));
        // Blocks for an unknown number of things may become any number of blocks.
        if planned.is_known() && made.is_known() && !planned.same(&made) {
            findings.at(PathStep::Attribute(name.clone()), |findings| {
                blocks(nested, &planned, &made, findings);
            });
        }
    }
}

/// Checks the blocks of one kind, if they differ.
fn blocks(nested: &NestedBlock, planned: &Value, made: &Value, findings: &mut Findings<'_>) {
    if matches!(nested.nesting, Nesting::Single | Nesting::Group) {
        return block(&nested.block, planned, made, findings);
    }
    if planned.is_null() || made.is_null() {
        return;
    }
    let same = |planned: &Value, made: &Value, findings: &mut Findings<'_>| {
        block(&nested.block, planned, made, findings);
    };
    match nested.nesting {
        Nesting::List => {
            let (before, after) = (planned.items().unwrap_or_default(), made.items().unwrap_or_default());
            if before.len() != after.len() {
                let clause = format!("was planned with {} blocks and has {}", before.len(), after.len());
                return findings.push(clause);
            }
            sequence(before, after, findings, same);
        }
        Nesting::Map => keyed(planned, made, findings, same),
        _ => set(planned, made, findings, "block", same),
    }
}

/// Checks two values that differ.
fn value(planned: &Value, made: &Value, findings: &mut Findings<'_>) {
    let ty = planned.ty();
    if ty == Type::Dynamic {
        return;
    }
    let have = made.ty();
    if !made.is_null() && !have.conforms_to(&ty) {
        return findings.push(format!("is not of the type that was planned: {}", mismatch(&have, &ty)));
    }
    inside(planned, made, findings);
}

/// Checks two values of one type.
fn inside(planned: &Value, made: &Value, findings: &mut Findings<'_>) {
    if !planned.is_known() {
        if planned.equals(made).as_bool() == Some(false) {
            let clause =
                format!("is {}, which what the plan promised about it rules out", findings.show(made));
            findings.push(clause);
        }
        return;
    }
    match (planned.is_null(), made.is_null()) {
        (true, true) => return,
        (false, false) => {}
        _ => return findings.push(differs(planned, made, findings)),
    }
    if !made.is_known() {
        return findings.push("was known in the plan and is not known any more");
    }
    let deeper = |planned: &Value, made: &Value, findings: &mut Findings<'_>| {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || inside(planned, made, findings));
    };
    match (planned.kind(), made.kind()) {
        (Kind::List(_), Kind::List(_)) | (Kind::Tuple(_), Kind::Tuple(_)) => {
            sequence(planned.items().unwrap_or_default(), made.items().unwrap_or_default(), findings, deeper);
        }
        (Kind::Map(_), Kind::Map(_)) => keyed(planned, made, findings, deeper),
        (Kind::Object(before), Kind::Object(after)) => {
            for (name, planned) in before.iter() {
                let Some(made) = after.get(name) else { continue };
                findings.at(PathStep::Attribute(name.clone()), |findings| deeper(planned, made, findings));
            }
        }
        (Kind::Set(_), Kind::Set(_)) => set(planned, made, findings, "element", deeper),
        _ => {
            if planned.equals(made).as_bool() != Some(true) {
                findings.push(differs(planned, made, findings));
            }
        }
    }
}

fn differs(planned: &Value, made: &Value, findings: &Findings<'_>) -> String {
    format!("was planned as {} and is {}", findings.show(planned), findings.show(made))
}

fn sequence(
    planned: &[Value],
    made: &[Value],
    findings: &mut Findings<'_>,
    mut look: impl FnMut(&Value, &Value, &mut Findings<'_>),
) {
    for index in 0..planned.len().max(made.len()) {
        findings.at(PathStep::Index(Value::count(index)), |findings| {
            match (planned.get(index), made.get(index)) {
                (Some(planned), Some(made)) => look(planned, made, findings),
                (Some(_), None) => findings.push(VANISHED),
                _ => findings.push(APPEARED),
            }
        });
    }
}

fn keyed(
    planned: &Value,
    made: &Value,
    findings: &mut Findings<'_>,
    mut look: impl FnMut(&Value, &Value, &mut Findings<'_>),
) {
    let none = Entries::new();
    let (planned, made) = (planned.entries().unwrap_or(&none), made.entries().unwrap_or(&none));
    let step = |key: &Name| PathStep::Index(Value::normalized_string(key.clone()));
    for (key, planned) in planned {
        findings.at(step(key), |findings| match made.get(key) {
            Some(made) => look(planned, made, findings),
            None => findings.push(VANISHED),
        });
    }
    for key in made.keys().filter(|key| !planned.contains_key(key)) {
        findings.at(step(key), |findings| findings.push(APPEARED));
    }
}

/// Elements of sets have no position, so each one only needs to find a counterpart that it can have become. Unknown
/// elements may turn out to be equal, so there may be fewer in the end but never more.
fn set(
    planned: &Value,
    made: &Value,
    findings: &mut Findings<'_>,
    noun: &str,
    mut look: impl FnMut(&Value, &Value, &mut Findings<'_>),
) {
    let (before, after) = (planned.items().unwrap_or_default(), made.items().unwrap_or_default());
    // Most elements are simply present on both sides, and need no further comparison.
    let digests: HashSet<u64> = before.iter().map(Value::digest).collect();
    let mut settled = vec![false; after.len()];
    let mut by_digest: std::collections::HashMap<u64, Vec<usize>> = std::collections::HashMap::new();
    for (index, made) in after.iter().enumerate() {
        let digest = made.digest();
        if digests.contains(&digest) {
            by_digest.entry(digest).or_default().push(index);
        }
    }
    let mut lost = 0_usize;
    for planned in before {
        let twin = by_digest
            .get(&planned.digest())
            .and_then(|alike| alike.iter().find(|index| after[**index].same(planned)));
        if let Some(twin) = twin {
            settled[*twin] = true;
            continue;
        }
        let mut found = false;
        for (index, made) in after.iter().enumerate() {
            let mut aside = findings.aside();
            look(planned, made, &mut aside);
            if aside.is_clean() {
                settled[index] = true;
                found = true;
            }
        }
        lost += usize::from(!found);
    }
    let extra = settled.iter().filter(|settled| !**settled).count();
    let each = |number: usize| if number == 1 { format!("one {noun}") } else { format!("{number} {noun}s") };
    if lost > 0 {
        findings.push(format!("was planned with {} that cannot have become any that is there", each(lost)));
    } else if extra > 0 {
        findings.push(format!("has {} that cannot have come from any that was planned", each(extra)));
    }
    if after.len() > before.len() {
        findings.push(format!("was planned with {} and has {}", each(before.len()), each(after.len())));
    }
}
