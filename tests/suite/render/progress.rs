//! Lines that tell what happens, for people and for programs.

use std::time::Duration;

use insta::assert_snapshot;
use terrace::address::{AbsoluteInstance, InstanceKey, ModuleInstance, ResourceAddress};
use terrace::diag::Diagnostic;
use terrace::plan::Action;
use terrace::port::{Event, PartProgress, Step};
use terrace::render::{Record, log_line, progress_line, still_line};
use terrace::state::DeposedKey;

fn address() -> AbsoluteInstance {
    let module = ModuleInstance::root().child("a", InstanceKey::text("x"));
    ResourceAddress::managed("terraform_data", "b").within(module).instance(InstanceKey::Number(1))
}

fn id() -> Option<(String, String)> {
    Some(("id".into(), "i-1".into()))
}

fn events() -> Vec<Event> {
    let address = address;
    let steps = [Step::Started, Step::Done, Step::Failed];
    let mut events = Vec::new();
    for step in steps {
        events.push(Event::Refresh { address: address(), id: id(), step });
        events.push(Event::Read { address: address(), id: None, step });
        for action in [Action::Create, Action::Update, Action::Delete] {
            let id = if action == Action::Create && step == Step::Started { None } else { id() };
            events.push(Event::Operation { address: address(), deposed: None, action, id, step });
        }
        events.push(Event::Provision { address: address(), kind: "local-exec".into(), step });
    }
    let deposed = Some(DeposedKey("0badcafe".into()));
    let (action, step) = (Action::Delete, Step::Started);
    events.push(Event::Operation { address: address(), deposed, action, id: id(), step });
    let line = "to the \u{1b}[31mterminal".to_owned();
    events.push(Event::ProvisionOutput { address: address(), kind: "local-exec".into(), line });
    let progress = |status: &str, reason: Option<&str>| PartProgress {
        part: "Database".into(),
        kind: "AWS::RDS::DBInstance".into(),
        status: status.into(),
        reason: reason.map(str::to_owned),
    };
    let part = |progress| Event::Part { address: address(), progress };
    events.push(part(progress("CREATE_IN_PROGRESS", None)));
    events.push(part(progress("CREATE_FAILED", Some("It is \u{1b}[31mtoo large."))));
    events.push(Event::Stopping);
    events.push(Event::Outlook { operations: 3 });
    events
}

#[test]
fn people_are_told_in_a_line_each() {
    let lines =
        events().into_iter().filter_map(|event| progress_line(&event, Duration::from_millis(3_725_900)));
    assert_snapshot!("lines", lines.collect::<Vec<_>>().join("\n"));
    let still = still_line(&address(), None, Action::Update, id().as_ref(), Duration::from_secs(70));
    assert_eq!(still, "module.a[\"x\"].terraform_data.b[1]: Still modifying... [id=i-1, 1m10s elapsed]");
}

#[test]
fn programs_are_told_in_a_line_each() {
    let elapsed = Duration::from_secs(11);
    let (address, id) = (address(), id());
    let events = events();
    let warning = Diagnostic::warning("Careful", "It is hot.");
    let mut records: Vec<Record<'_>> = events.iter().map(|event| Record::Event { event, elapsed }).collect();
    records.push(Record::Still { address: &address, action: Action::Create, id: id.as_ref(), elapsed });
    records.push(Record::Diagnostic(&warning));
    let lines = records.into_iter().filter_map(|record| log_line(record, "2026-01-02T03:04:05.000006Z"));
    assert_snapshot!("records", lines.collect::<Vec<_>>().join("\n"));
}
