//! Stack drift: resources that were changed outside of the stack.

use std::time::Duration;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{
    DifferenceType, PropertyDifference, StackDriftDetectionStatus, StackResourceDrift,
    StackResourceDriftStatus,
};

use crate::plan::{After, Fate, Part, PartAction, Property, Recreation};
use crate::port::{Current, Remark, Remarks};

use super::super::super::object::Arguments;
use super::super::account::Account;
use super::super::fault::Fault;
use super::super::wait::Waiting;
use super::holdings::holds_data;
use super::translate::dotted;

const PAUSE: Duration = Duration::from_secs(3);

/// Every resource is checked, one after another.
const PATIENCE: Duration = Duration::from_secs(900);

pub(super) async fn examine(account: &Account, current: Current<'_>, remarks: &mut Remarks) -> Vec<Part> {
    let Some(clients) = account.clients(remarks).await else { return Vec::new() };
    let arguments = Arguments(current.value);
    let name = arguments.text("name").unwrap_or_default();
    let Some(id) = arguments.text("id") else { return Vec::new() };
    let attempted = format!("looking for drift in the stack {name}");
    match detected(account, &clients.cloudformation, id).await {
        Ok(Detected { drifts, doubt }) => {
            if let Some(doubt) = doubt {
                let detail = format!("While {attempted}, not all was found out: {doubt}.");
                remarks.push(Remark::error("Drift of a stack is not wholly known", detail));
            }
            let mut parts: Vec<Part> = drifts.iter().filter_map(part).collect();
            parts.sort_by(|a, b| a.name.cmp(&b.name));
            parts
        }
        Err(fault) => {
            remarks.push(fault.remark("Drift of a stack is not known", &attempted));
            Vec::new()
        }
    }
}

struct Detected {
    drifts: Vec<StackResourceDrift>,
    /// Why there may be more; a clause.
    doubt: Option<String>,
}

async fn detected(account: &Account, client: &Client, stack: &str) -> Result<Detected, Fault> {
    let mut waiting = Waiting::new(&account.stop, PATIENCE, PAUSE);
    let begun = loop {
        let asked = client.detect_stack_drift().stack_name(stack).send().await.map_err(Fault::from);
        match asked {
            // Drift detection is already running, and only one can.
            Err(fault)
                if fault.message().contains("already in progress") && waiting.pause().await.is_ok() => {}
            asked => break asked?,
        }
    };
    let detection = begun.stack_drift_detection_id.unwrap_or_default();
    let doubt = loop {
        let asked = client.describe_stack_drift_detection_status().stack_drift_detection_id(&detection);
        let answer = asked.send().await.map_err(Fault::from)?;
        match answer.detection_status {
            Some(StackDriftDetectionStatus::DetectionComplete) => break None,
            Some(StackDriftDetectionStatus::DetectionFailed) => {
                let reason = answer.detection_status_reason.unwrap_or_default();
                break Some(reason.trim_end_matches('.').to_owned());
            }
            _ => {}
        }
        if waiting.pause().await.is_err() {
            break Some("it took too long".to_owned());
        }
    };
    let mut drifts = Vec::new();
    let mut page = None;
    loop {
        let answer = client
            .describe_stack_resource_drifts()
            .stack_name(stack)
            .stack_resource_drift_status_filters(StackResourceDriftStatus::Modified)
            .stack_resource_drift_status_filters(StackResourceDriftStatus::Deleted)
            .set_next_token(page)
            .send()
            .await
            .map_err(Fault::from)?;
        drifts.extend(answer.stack_resource_drifts.unwrap_or_default());
        page = answer.next_token;
        if page.is_none() {
            return Ok(Detected { drifts, doubt });
        }
    }
}

fn part(drift: &StackResourceDrift) -> Option<Part> {
    let action = match drift.stack_resource_drift_status.as_ref()? {
        StackResourceDriftStatus::Modified => PartAction::Modify,
        StackResourceDriftStatus::Deleted => PartAction::Remove,
        _ => return None,
    };
    let kind = drift.resource_type.clone().unwrap_or_default();
    let mut properties: Vec<Property> =
        drift.property_differences.as_deref().unwrap_or_default().iter().map(property).collect();
    properties.sort_by(|a, b| a.path.cmp(&b.path));
    Some(Part {
        name: drift.logical_resource_id.clone().unwrap_or_default(),
        id: drift.physical_resource_id.clone(),
        action,
        properties,
        holds_data: holds_data(&kind),
        fate: Fate::Deleted,
        kind,
    })
}

/// The expected value, and the actual one.
fn property(difference: &PropertyDifference) -> Property {
    let stated = |text: &Option<String>| text.clone().filter(|text| text != "null");
    let is_added = difference.difference_type == Some(DifferenceType::Add);
    let is_removed = difference.difference_type == Some(DifferenceType::Remove);
    Property {
        path: dotted(difference.property_path.as_deref().unwrap_or_default()),
        before: stated(&difference.expected_value).filter(|_| !is_added),
        after: After::Known(stated(&difference.actual_value).filter(|_| !is_removed)),
        recreates: Recreation::Never,
    }
}
