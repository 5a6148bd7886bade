//! Goes through the steps of a project with both tools, each in a folder of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value as Json, json};

use super::hold::{Difference, hold};
use crate::suite::lifecycle::case::Step;
use crate::support;

/// What was found, and how much was looked at.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) found: Vec<Difference>,
    pub(super) steps: usize,
    pub(super) planned: usize,
    pub(super) applied: usize,
}

impl Walk {
    /// What most follows from, or is most worth knowing.
    pub(super) fn gravest(&self) -> Option<&Difference> {
        self.found.iter().find(|difference| difference.parts_ways()).or(self.found.first())
    }
}

/// Both tools on the same steps, until they differ in what later steps build on.
pub(super) fn drive(steps: &[Step]) -> Walk {
    let (there, here) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut walk, mut refused, mut failed) = (Walk::default(), 0, false);
    for (number, step) in steps.iter().enumerate() {
        for folder in [there.path(), here.path()] {
            lay_out(step, folder);
        }
        let (mut wanted, got) = std::thread::scope(|scope| {
            let wanted = scope.spawn(|| answer(&support::unasked_reference, step, there.path()));
            let got = answer(&support::terrace, step, here.path());
            (wanted.join().unwrap(), got)
        });
        walk.steps += 1;
        walk.planned += usize::from(wanted["planned"] == true);
        walk.applied += usize::from(wanted["applied"] == true);
        wanted["failed before"] = failed.into();
        failed |= wanted["applied"] == false;
        let found = hold(&steps[..=number], &wanted, &got);
        let apart = found.iter().any(|difference| difference.parts_ways());
        walk.found.extend(found);
        // A project that is refused mostly stays so.
        refused = if wanted["planned"] == false { refused + 1 } else { 0 };
        let differs = |part: &str| wanted[part] != got[part];
        if apart || refused > 1 || ["planned", "applied", "done"].into_iter().any(differs) {
            break;
        }
    }
    walk
}

/// What a tool makes of a step.
fn answer(tool: &dyn Fn(&Path) -> Command, step: &Step, folder: &Path) -> Json {
    let run = |words: &[&str]| {
        let mut command = tool(folder);
        command.env("TF_IN_AUTOMATION", "1").stdin(Stdio::null()).args(words);
        command.output().unwrap()
    };
    let flags = step.flags.iter().map(String::as_str);
    let mut told = json!({});
    match &*step.verb {
        verb @ ("apply" | "destroy" | "refresh") => {
            let mut words = vec!["plan", "-json", "-input=false", "-out=plan"];
            words.extend(match verb {
                "destroy" => Some("-destroy"),
                "refresh" => Some("-refresh-only"),
                _ => None,
            });
            words.extend(flags);
            let plan = run(&words);
            told["planned"] = plan.status.success().into();
            report("plan", &plan, &mut told);
            if plan.status.success() {
                told["shown"] = parsed(&run(&["show", "-json", "plan"]));
                // What is ephemeral is in no plan, and must be given again.
                let ephemeral = ephemeral(&step.files["main.tf"]);
                let again = step.flags.iter().map(String::as_str).filter(|flag| {
                    flag.strip_prefix("-var=")
                        .is_some_and(|it| ephemeral.contains(it.split('=').next().unwrap()))
                });
                let words: Vec<&str> =
                    ["apply", "-json", "-input=false"].into_iter().chain(again).chain(["plan"]).collect();
                let applied = run(&words);
                told["applied"] = applied.status.success().into();
                report("apply", &applied, &mut told);
            }
        }
        verb => {
            let done = run(&std::iter::once(verb).chain(flags).collect::<Vec<_>>());
            told["done"] = done.status.success().into();
            told["said"] = format!("{}{}", text(&done.stdout), text(&done.stderr)).into();
        }
    }
    told["values"] = parsed(&run(&["show", "-json"]));
    let file = std::fs::read_to_string(folder.join("terraform.tfstate")).ok();
    // Here the state is elsewhere.
    let file = file.unwrap_or_else(|| text(&run(&["state", "pull"]).stdout));
    told["state"] = serde_json::from_str(&file).map_or(Json::Null, |file| state(&file));
    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    let mut log: Vec<&str> = log.lines().collect();
    log.sort_unstable();
    told["log"] = log.into();
    told
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn parsed(output: &Output) -> Json {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| text(&output.stderr).into())
}

/// The names of variables that are in no plan.
fn ephemeral(root: &str) -> BTreeSet<&str> {
    let blocks = root.split("\nvariable \"").chain(root.strip_prefix("variable \""));
    blocks
        .filter(|block| block.split("\n}").next().unwrap_or(block).contains("ephemeral = true"))
        .filter_map(|block| block.split('"').next())
        .collect()
}

/// What the lines of a run tell: faults by their place, and what happened to whom.
fn report(what: &str, output: &Output, told: &mut Json) {
    let (mut faults, mut said) = (BTreeSet::new(), Vec::new());
    let mut events: BTreeMap<String, usize> = BTreeMap::new();
    for line in text(&output.stdout).lines() {
        let Ok(line) = serde_json::from_str::<Json>(line) else {
            *events.entry(format!("garbage: {line}")).or_default() += 1;
            continue;
        };
        let kind = line["type"].as_str().unwrap_or_default();
        if kind == "diagnostic" {
            let fault = &line["diagnostic"];
            let range = &fault["range"];
            let place =
                format!("{}:{}", range["filename"].as_str().unwrap_or_default(), range["start"]["line"]);
            let place = if range.is_null() { "nowhere".to_owned() } else { place };
            if fault["severity"] == "error" {
                faults.insert(if is_elsewhere(fault) { "elsewhere".to_owned() } else { place.clone() });
            }
            said.push(format!("{place} {}: {}", fault["summary"], fault["detail"]));
        } else if let Some(event) = event(kind, &line) {
            *events.entry(event).or_default() += 1;
        }
    }
    if !output.stderr.is_empty() {
        said.push(text(&output.stderr));
    }
    told[format!("{what} faults")] = json!(faults);
    told[format!("{what} said")] = json!(said);
    told[format!("{what} events")] = json!(events);
}

/// Where a refused value is told there at the argument and here at the rule, and what a read fails by.
fn is_elsewhere(fault: &Json) -> bool {
    let summaries = [
        "Invalid value for variable",
        "Invalid value for a variable",
        "Invalid value for input variable",
        "Wrong type for a variable",
        "Unable to find remote state",
        "Remote state cannot be read",
    ];
    let file = fault["range"]["filename"].as_str().unwrap_or_default();
    // What was typed has another name there.
    let is_typed = file.starts_with("<value for") || file.starts_with("-var");
    is_typed || summaries.iter().any(|summary| fault["summary"] == *summary)
}

fn event(kind: &str, line: &Json) -> Option<String> {
    let text = |json: &Json| json.as_str().unwrap_or("-").to_owned();
    if let Some(hook) = line.get("hook").filter(|_| !kind.ends_with("_progress")) {
        let (address, action) = (&hook["resource"]["addr"], &hook["action"]);
        return Some(format!("{kind} {} {} {}", text(address), text(action), text(&hook["provisioner"])));
    }
    match kind {
        "planned_change" | "resource_drift" => {
            let change = &line["change"];
            let (address, action) = (&change["resource"]["addr"], &change["action"]);
            let (reason, previous) = (&change["reason"], &change["previous_resource"]["addr"]);
            let import = &change["importing"];
            Some(format!(
                "{kind} {} {} {} {} {import}",
                text(address),
                text(action),
                text(reason),
                text(previous)
            ))
        }
        "change_summary" => Some(line["changes"].to_string()),
        "outputs" => Some(format!("outputs {}", line["outputs"])),
        _ => None,
    }
}

/// The state as the reference's file has it, by address.
fn state(file: &Json) -> Json {
    let mut resources = serde_json::Map::new();
    for resource in file["resources"].as_array().into_iter().flatten() {
        let text = |name: &str| resource[name].as_str().unwrap_or_default();
        let data = if resource["mode"] == "data" { "data." } else { "" };
        let module = resource.get("module").map(|_| format!("{}.", text("module"))).unwrap_or_default();
        let name = format!("{module}{data}{}.{}", text("type"), text("name"));
        for instance in resource["instances"].as_array().into_iter().flatten() {
            let key = instance.get("index_key").map(|key| format!("[{key}]")).unwrap_or_default();
            let mut address = format!("{name}{key}");
            if instance.get("deposed").is_some() {
                address.push_str(" (deposed)");
            }
            while resources.contains_key(&address) {
                address.push('+');
            }
            let sorted = |name: &str| {
                let items = instance[name].as_array().into_iter().flatten();
                items.map(ToString::to_string).collect::<BTreeSet<String>>()
            };
            let told = json!({
                "attributes": instance["attributes"],
                "dependencies": sorted("dependencies"),
                "status": instance["status"],
                "first": instance["create_before_destroy"] == true,
                "sensitive": sorted("sensitive_attributes"),
                "provider": resource["provider"],
            });
            resources.insert(address, told);
        }
    }
    json!({ "resources": resources, "outputs": file["outputs"], "checks": file["check_results"] })
}

/// The files of a step, and what `init` would say about its modules.
fn lay_out(step: &Step, folder: &Path) {
    for name in ["m1", "m2"] {
        let _ = std::fs::remove_dir_all(folder.join(name));
    }
    for (name, content) in &step.files {
        let place = folder.join(name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, content).unwrap();
    }
    let mut modules = vec![json!({ "Key": "", "Source": "", "Dir": "." })];
    called(step, "", "", &mut modules);
    let place = folder.join(".terraform/modules");
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("modules.json"), json!({ "Modules": modules }).to_string()).unwrap();
}

fn called(step: &Step, folder: &str, key: &str, modules: &mut Vec<Json>) {
    let file = if folder.is_empty() { "main.tf".to_owned() } else { format!("{folder}/main.tf") };
    let text = step.files.get(&file).cloned().unwrap_or_default();
    for block in format!("\n{text}").split("\nmodule \"").skip(1) {
        let name = block.split('"').next().unwrap();
        let Some(source) = block.split("source = \"").nth(1).and_then(|rest| rest.split('"').next()) else {
            continue;
        };
        let callee = source.rsplit('/').next().unwrap();
        let key = if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
        modules.push(json!({ "Key": key, "Source": source, "Dir": callee }));
        if callee != folder {
            called(step, callee, &key, modules);
        }
    }
}
