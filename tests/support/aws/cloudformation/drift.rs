//! Drift: what somebody did to resources behind the back of their stack. Detection takes its time.

use serde_json::{Value, json};

use super::super::identity::Ask;
use super::super::laws::Laws;
use super::super::wire::{Fault, texts};
use super::resource::Resource;
use super::stack::Stack;

#[derive(Clone, Debug)]
pub(crate) struct Detection {
    pub(super) id: String,
    /// How often it is asked about before it is done.
    left: u32,
    moment: String,
    fault: Option<String>,
}

impl Resource {
    /// `MODIFIED`, `DELETED` or `IN_SYNC`.
    fn drifted(&self) -> &'static str {
        match &self.actual {
            Some(Value::Null) => "DELETED",
            Some(actual) if *actual != self.properties => "MODIFIED",
            _ if !checkable(&self.kind) => "NOT_CHECKED",
            _ => "IN_SYNC",
        }
    }
}

pub(super) fn detect(stack: &mut Stack, laws: &mut Laws) -> Result<Value, Fault> {
    let settled = stack.status.ends_with("_COMPLETE") || stack.status.ends_with("_FAILED");
    if !settled || stack.operation.is_some() || stack.status.starts_with("DELETE") {
        let message = format!(
            "Drift detection cannot be performed on stack [{}] in [{}] state.",
            stack.id, stack.status
        );
        return Err(Fault::validation(message));
    }
    let running = stack.detections.iter().any(|detection| detection.left > 0);
    if running {
        let message = format!("Drift detection is already in progress for stack [{}].", stack.id);
        return Err(Fault::validation(message));
    }
    let id = laws.id();
    let fault = laws.trouble(&stack.name, "", super::super::laws::When::Detect);
    let left = laws.duration(&stack.name, "").max(1);
    stack.detections.push(Detection { id: id.clone(), left, moment: laws.now(), fault });
    Ok(json!({ "StackDriftDetectionId": id }))
}

/// Answers for the stack that the detection is of; none for any other.
pub(super) fn status(stack: &mut Stack, id: &str) -> Option<Value> {
    let detection = stack.detections.iter_mut().find(|detection| detection.id == id)?;
    let moment = detection.moment.clone();
    let mut members = json!({ "StackId": stack.id, "StackDriftDetectionId": id, "Timestamp": moment });
    if detection.left > 0 {
        detection.left -= 1;
        members["DetectionStatus"] = json!("DETECTION_IN_PROGRESS");
        return Some(members);
    }
    if let Some(reason) = &detection.fault {
        members["DetectionStatus"] = json!("DETECTION_FAILED");
        members["DetectionStatusReason"] = json!(reason);
    } else {
        members["DetectionStatus"] = json!("DETECTION_COMPLETE");
    }
    let mut count = 0;
    for resource in stack.resources.values_mut() {
        let drift = resource.drifted();
        count += usize::from(matches!(drift, "MODIFIED" | "DELETED"));
        resource.drift = Some(drift.to_owned());
    }
    let whole = if count > 0 { "DRIFTED" } else { "IN_SYNC" };
    stack.drift = Some((whole.to_owned(), moment));
    members["StackDriftStatus"] = json!(whole);
    members["DriftedStackResourceCount"] = json!(count);
    Some(members)
}

pub(super) fn list(stack: &Stack, ask: &Ask) -> Value {
    let filters = texts(&ask.parameters, "StackResourceDriftStatusFilters");
    let checked = stack.resources.values().filter(|resource| {
        let status = resource.drift.as_deref().unwrap_or("NOT_CHECKED");
        status != "NOT_CHECKED" && (filters.is_empty() || filters.iter().any(|filter| filter == status))
    });
    json!({ "StackResourceDrifts": checked.map(|resource| described(stack, resource)).collect::<Vec<_>>() })
}

/// Looks at one resource at once.
pub(super) fn detect_one(stack: &mut Stack, ask: &Ask) -> Result<Value, Fault> {
    let logical = ask.text("LogicalResourceId");
    let found = stack.resources.get_mut(&logical);
    let found = found.ok_or_else(|| {
        Fault::validation(format!("Resource {logical} does not exist for stack {}", stack.id))
    })?;
    found.drift = Some(found.drifted().to_owned());
    let found = found.clone();
    Ok(json!({ "StackResourceDrift": described(stack, &found) }))
}

fn described(stack: &Stack, resource: &Resource) -> Value {
    let actual = resource.actual.as_ref().unwrap_or(&resource.properties);
    let mut differences = Vec::new();
    if !actual.is_null() {
        compare("", &resource.properties, actual, &mut differences);
    }
    json!({
        "StackId": stack.id,
        "LogicalResourceId": resource.logical,
        "PhysicalResourceId": resource.physical,
        "ResourceType": resource.kind,
        "ExpectedProperties": resource.properties.to_string(),
        "ActualProperties": if actual.is_null() { Value::Null } else { json!(actual.to_string()) },
        "PropertyDifferences": differences,
        "StackResourceDriftStatus": resource.drift,
        "Timestamp": resource.moment,
    })
}

fn compare(path: &str, expected: &Value, actual: &Value, found: &mut Vec<Value>) {
    if expected == actual {
        return;
    }
    if let (Value::Object(before), Value::Object(after)) = (expected, actual) {
        let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            compare(&format!("{path}/{name}"), &expected[name], &actual[name], found);
        }
        return;
    }
    if let (Value::Array(before), Value::Array(after)) = (expected, actual) {
        for at in 0..before.len().max(after.len()) {
            compare(&format!("{path}/{at}"), &expected[at], &actual[at], found);
        }
        return;
    }
    let kind = match (expected.is_null(), actual.is_null()) {
        (true, _) => "ADD",
        (_, true) => "REMOVE",
        _ => "NOT_EQUAL",
    };
    found.push(json!({
        "PropertyPath": path,
        "ExpectedValue": shown(expected),
        "ActualValue": shown(actual),
        "DifferenceType": kind,
    }));
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Some types take no part in drift detection.
fn checkable(kind: &str) -> bool {
    !kind.starts_with("Custom::") && kind != "AWS::CloudFormation::CustomResource"
}
