//! `preview up | down | list | gc`: the environments of branches.

use std::path::Path;
use std::sync::Arc;

use jiff::{Timestamp, Unit};

use crate::address::EnvironmentName;
use crate::app::preview::{self, Admitted, Kept, Preview, Reason, Wanted};
use crate::diag::{Diagnostic, Diagnostics};
use crate::environment::PreviewFacts;
use crate::environment::preview::Record;
use crate::plan::Mode;
use crate::render;
use crate::store::sqlite::SqliteStore;

use super::answer::answer;
use super::arguments::{
    Apply, Consent, PlanKind, Planning, PreviewCommand, PreviewDoing, PreviewDown, PreviewGc, PreviewList,
    PreviewUp,
};
use super::output::Output;
use super::question;
use super::{FINE, consent, run};

pub(super) fn preview(command: &PreviewCommand, output: &Output) -> u8 {
    match command {
        PreviewCommand::Up(request) => up(request, output),
        PreviewCommand::Down(request) => down(request, output),
        PreviewCommand::List(request) => list(request, output),
        PreviewCommand::Gc(request) => gc(request, output),
    }
}

fn up(request: &PreviewUp, output: &Output) -> u8 {
    let (now, holder) = (now(), question::holder("preview up"));
    let wanted = Wanted { branch: request.branch.clone(), number: request.number };
    let found = waited(async {
        let present = records().await?;
        let admitted = preview::admit(Path::new("."), &present, &wanted, (&holder.who, now))?;
        Ok((present, admitted))
    });
    let (present, Admitted { record, is_changed, remarks }) = match found {
        Ok(found) => found,
        Err(faults) => return refused(&faults, request.json, output),
    };
    let environment = preview::environment(&record.facts.slug);
    output.report(&remarks);
    if !request.json {
        let Record { facts, .. } = &record;
        let changed = if is_changed { " with what is not committed" } else { "" };
        let commit = facts.sha.get(..8).map(|sha| format!(" at {sha}{changed}")).unwrap_or_default();
        let branch = render::harmless(&facts.branch);
        output.print(&format!(
            "The environment {environment} of the branch {branch}{commit}, until {}.\n\n",
            shown(record.expires())
        ));
    }
    let subject = Preview { record: record.clone(), kept: None };
    let doing = applying(&request.doing, request.json);
    let code = run::of_preview(&doing, &subject, Mode::Normal, "preview up", output);
    if code != FINE {
        // If nothing was begun, leave nothing behind, not even an empty state.
        drop(waited(forget_unbegun(&environment)));
        return code;
    }
    let expired: Vec<&str> = present
        .iter()
        .filter(|one| one.facts.slug != record.facts.slug && one.has_expired(now))
        .map(|one| one.facts.slug.as_str())
        .collect();
    if !expired.is_empty() && !request.json {
        output.print(&format!(
            "\nThe time of {} is over. To take such previews down: terrace preview gc\n",
            expired.join(", ")
        ));
    }
    code
}

fn down(request: &PreviewDown, output: &Output) -> u8 {
    let found = waited(async {
        let present = records().await?;
        match preview::find(Path::new("."), &present, request.which.as_deref()) {
            Err(faults) if request.if_exists && preview::is_absence(&faults) => Ok(None),
            found => subject(found?).await.map(Some),
        }
    });
    match found {
        Ok(Some(subject)) => {
            let how = TakeDown { doing: &request.doing, json: request.json, operation: "preview down" };
            take_down(&subject, &how, output)
        }
        Ok(None) if request.json => {
            output.print(&render::preview_record(None, "absent"));
            FINE
        }
        Ok(None) => {
            output.print("There is no such preview, and nothing to take down.\n");
            FINE
        }
        Err(faults) => refused(&faults, request.json, output),
    }
}

fn list(request: &PreviewList, output: &Output) -> u8 {
    answer(output, async {
        let (store, now) = (super::store(), now());
        let lines = preview::lines(&store, records().await?).await?;
        Ok(match (request.json, request.markdown) {
            (true, _) => render::previews_json(&lines, now),
            (_, true) => render::previews_markdown(&lines, now),
            _ if lines.is_empty() => {
                "There are no previews. To make one of the current branch: terrace preview up\n".to_owned()
            }
            _ => render::previews(&lines, now, output.result_style()),
        })
    })
}

fn gc(request: &PreviewGc, output: &Output) -> u8 {
    let now = now();
    let found = waited(async {
        if !request.dry_run {
            sweep().await?;
        }
        let present = records().await?;
        let branches = if request.gone { Some(preview::branches(Path::new("."))?) } else { None };
        Ok((present.len(), preview::overdue(&present, now, branches.as_ref())))
    });
    let (count, overdue) = match found {
        Ok(found) => found,
        Err(faults) => return refused(&faults, request.json, output),
    };
    if request.json && overdue.is_empty() {
        output.print(&render::preview_record(None, "absent"));
        return FINE;
    }
    if count == 0 {
        output.print("There are no previews.\n");
        return FINE;
    }
    if overdue.is_empty() {
        let there =
            if count == 1 { "There is 1 preview".to_owned() } else { format!("There are {count} previews") };
        output.print(&format!("{there}, and none to take down.\n"));
        return FINE;
    }
    let doing = PreviewDoing {
        parallelism: request.parallelism,
        auto_approve: true,
        input: false,
        // Another gc may be running.
        lock_timeout: Some("60s".to_owned()),
        ..PreviewDoing::default()
    };
    let mut failed = Vec::new();
    for (record, reason) in overdue {
        announce(&record, reason, request, output);
        if request.dry_run {
            continue;
        }
        let name = preview::environment(&record.facts.slug);
        let how = TakeDown { doing: &doing, json: request.json, operation: "preview gc" };
        let code = match waited(subject(record)) {
            Ok(subject) => take_down(&subject, &how, output),
            Err(faults) => refused(&faults, request.json, output),
        };
        if !request.json {
            output.print("\n");
        }
        if code != FINE {
            failed.push(name.to_string());
        }
    }
    if failed.is_empty() {
        return FINE;
    }
    let why = format!(
        "These were not taken down: {}. What is left of them is known, and the next gc tries again.",
        failed.join(", ")
    );
    refused(&Diagnostic::error("Previews are left", why).into(), request.json, output)
}

/// Says which preview is taken down, or would be, and why.
fn announce(record: &Record, reason: Reason, request: &PreviewGc, output: &Output) {
    if request.json {
        let word = match reason {
            Reason::Expired => "expired",
            Reason::Gone => "branch gone",
        };
        return output.print(&render::preview_record(Some(record), word));
    }
    let name = preview::environment(&record.facts.slug);
    let branch = render::harmless(&record.facts.branch);
    let why = match reason {
        Reason::Expired => format!("expired at {}", shown(record.expires())),
        Reason::Gone => "its branch is gone".to_owned(),
    };
    let what = if request.dry_run { "Would take down" } else { "Takes down" };
    output.print(&format!("{what} {name} of the branch {branch}: {why}.\n"));
}

/// Says what is wrong: to programs in their way.
fn refused(faults: &Diagnostics, json: bool, output: &Output) -> u8 {
    if json { run::refuse(faults, json, output) } else { output.report(faults) }
}

/// How a preview is taken down.
struct TakeDown<'g> {
    doing: &'g PreviewDoing,
    json: bool,
    operation: &'static str,
}

/// A preview with the configuration that made it.
async fn subject(record: Record) -> Result<Preview, Diagnostics> {
    let kept = Kept::of(&super::store(), &preview::environment(&record.facts.slug)).await?;
    Ok(Preview { record, kept: kept.map(Arc::new) })
}

fn take_down(subject: &Preview, how: &TakeDown<'_>, output: &Output) -> u8 {
    let TakeDown { doing, json, operation } = *how;
    let environment = preview::environment(&subject.record.facts.slug);
    let code = run::of_preview(&applying(doing, json), subject, Mode::Destroy, operation, output);
    subject.kept.iter().for_each(|kept| kept.clear());
    if code != FINE {
        return code;
    }
    let gone = waited(async {
        let (store, holder) = (super::store(), question::holder(operation));
        // Somebody else may have brought it up again in the meantime.
        let stays = preview::record(&store, &environment).await?.is_some_and(|now| now != subject.record);
        Ok(match stays {
            true => None,
            false => Some(preview::retire(&store, &environment, &holder).await?),
        })
    });
    match gone {
        Ok(gone) => {
            let (word, what) = match gone {
                Some(true) => ("gone", "is gone"),
                Some(false) => ("stays", "stays until the next gc: it is in use, or is no longer empty"),
                None => ("stays", "was brought up again meanwhile, and stays"),
            };
            output.print(&match json {
                true => render::preview_record(Some(&subject.record), word),
                false => format!("{environment} {what}.\n"),
            });
            FINE
        }
        Err(faults) => refused(&faults, json, output),
    }
}

async fn forget_unbegun(environment: &EnvironmentName) -> Result<(), Diagnostics> {
    let store = super::store();
    if preview::record(&store, environment).await?.is_none() {
        preview::retire(&store, environment, &question::holder("preview up")).await?;
    }
    Ok(())
}

/// Deletes the files of previews that could not be deleted when they were taken down, because they were being read.
async fn sweep() -> Result<(), Diagnostics> {
    let store = super::store();
    for environment in environments(&store)?.iter().filter(|name| name.as_str().starts_with("preview/")) {
        if preview::record(&store, environment).await?.is_none() {
            // One that is in use is not a leftover. One that cannot be deleted now can be deleted by a later run.
            let _ = preview::retire(&store, environment, &question::holder("preview gc")).await;
        }
    }
    Ok(())
}

async fn records() -> Result<Vec<Record>, Diagnostics> {
    let store = super::store();
    preview::records(&store, &environments(&store)?).await
}

fn environments(store: &SqliteStore) -> Result<Vec<EnvironmentName>, Diagnostics> {
    let found = store.environments();
    found.map_err(|fault| Diagnostic::error("States cannot be read", format!("{fault}.")).into())
}

/// The request that `apply` would be.
fn applying(doing: &PreviewDoing, json: bool) -> Apply {
    let planning = Planning {
        inputs: doing.inputs.clone(),
        refresh: true,
        parallelism: doing.parallelism,
        lock: true,
        lock_timeout: doing.lock_timeout.clone(),
        input: doing.input,
        ..Planning::default()
    };
    Apply {
        kind: PlanKind::default(),
        planning,
        auto_approve: doing.auto_approve,
        consent: Consent::default(),
        json,
        plan: None,
    }
}

/// Runs a short piece of asynchronous work to its end.
fn waited<T>(work: impl Future<Output = Result<T, Diagnostics>>) -> Result<T, Diagnostics> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime
        .map_err(|error| Diagnostic::error("Cannot start", format!("The system refused: {error}.")))?;
    runtime.block_on(work)
}

fn shown(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// The time by which previews expire, in whole seconds.
fn now() -> Timestamp {
    let now = consent::now();
    now.round(Unit::Second).unwrap_or(now)
}

/// What is known of the branch, if the named environment is an existing preview.
pub(super) fn facts(environment: Option<&str>) -> Result<Option<PreviewFacts>, Diagnostics> {
    let Some(name) = environment.filter(|name| name.starts_with("preview/")) else { return Ok(None) };
    let Ok(name) = EnvironmentName::new(name) else { return Ok(None) };
    let record = waited(async { preview::record(&super::store(), &name).await })?;
    Ok(record.map(|record| record.facts))
}
