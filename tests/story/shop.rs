//! The shop on a laptop: applied, visited, changed, hurt and taken down.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support;

#[test]
fn somebody_runs_the_shop_changes_it_loses_a_worker_and_takes_it_down() {
    let shop = Project::of(&support::root().join("examples/shop"));

    let applied = shop.fine(&["apply", "-auto-approve"]);
    assert!(applied.contains("Resources: 6 added, 0 changed, 0 destroyed."), "{applied}");
    let (url, api) = (shop.output("url"), shop.output("api"));
    let page = get(&url).unwrap();
    assert!(page.contains("<h2>Oak bench</h2>") && page.contains(&api), "{page}");
    let products: serde_json::Value = serde_json::from_str(&get(&api).unwrap()).unwrap();
    assert_eq!(products.as_array().unwrap().len(), 4);
    assert!(get(&format!("{url}/nowhere")).unwrap().contains("Nothing stands here."));

    let orders = shop.folder.path().join("run/staging/orders");
    fs::write(orders.join("new/1.json"), "{}").unwrap();
    eventually("the order is taken care of", || orders.join("done/1.json").exists());
    assert_eq!(shop.code(&["plan", "-detailed-exitcode"]), 0, "nothing has changed");

    // Another style: one site is updated, where it is.
    let style = shop.folder.path().join("storefront/style.css");
    fs::write(&style, fs::read_to_string(&style).unwrap() + "/* in winter */\n").unwrap();
    let planned = shop.fine(&["plan"]);
    assert!(planned.contains("Plan: 0 to add, 1 to change, 0 to destroy."), "{planned}");
    assert!(planned.contains("site_static.storefront will be updated in-place"), "{planned}");
    assert!(planned.contains("~ digest"), "{planned}");
    assert!(!get(&format!("{url}/style.css")).unwrap().contains("in winter"));
    shop.fine(&["apply", "-auto-approve"]);
    assert!(get(&format!("{url}/style.css")).unwrap().contains("in winter"));
    assert_eq!(shop.output("url"), url);

    // Another script: the workers are restarted, and said to be.
    let script = shop.folder.path().join("worker/worker.sh");
    fs::write(&script, fs::read_to_string(&script).unwrap().replace("takes care of", "packs")).unwrap();
    let planned = shop.fine(&["plan"]);
    assert!(planned.contains("Plan: 0 to add, 2 to change, 0 to destroy."), "{planned}");
    let pid = planned.lines().find(|line| line.trim_start().starts_with("~ pid")).unwrap();
    assert!(pid.contains("(known after apply)"), "{pid}");
    shop.fine(&["apply", "-auto-approve"]);

    // A worker dies, with everything that it has started.
    let (worker, died) = (shop.worker("pid"), shop.worker("id"));
    assert!(Command::new("kill").args(["-9", "--", &format!("-{worker}")]).status().unwrap().success());
    eventually("the worker is gone", || !is_running(&worker));
    let planned = shop.fine(&["plan"]);
    assert!(planned.contains("Plan: 1 to add, 0 to change, 0 to destroy."), "{planned}");
    shop.fine(&["apply", "-auto-approve"]);

    // More workers, of which the page tells, and everything gone.
    let grown = shop.fine(&["apply", "-auto-approve", "-var=instance_count=2"]);
    assert!(grown.contains("Resources: 1 added, 1 changed, 0 destroyed."), "{grown}");
    assert!(get(&url).unwrap().contains("3 workers"));
    let worker = shop.worker("pid");
    let taken_down = shop.fine(&["destroy", "-auto-approve"]);
    assert!(taken_down.contains("Resources: 7 destroyed."), "{taken_down}");
    assert!(get(&url).is_none() && get(&api).is_none());
    assert!(!is_running(&worker));
    assert_eq!(names(&orders.join("ready")), [""; 0], "every worker has said goodbye");
    assert_eq!(names(&shop.folder.path().join(".terrace/sites")), [""; 0]);
    let logs = names(&shop.folder.path().join(".terrace/services"));
    assert_eq!(logs, [format!("{died}.log")], "the one that died has left its last words");
    assert!(orders.join("done/1.json").exists(), "what the workers have done is nobody's to destroy");
}

#[test]
fn a_run_that_is_killed_while_a_program_starts_leaves_one_of_it_and_not_two() {
    let service = Project::new(
        r#"
        terraform {
          required_providers {
            process = {
              source = "terrace/process"
            }
          }
        }

        resource "process_service" "slow" {
          command  = ["/bin/sh", "-c", "echo started; exec sleep 600"]
          log_file = "log"

          readiness {
            timeout = "60s"

            exit {
              command = ["test", "-e", "ready"]
            }
          }
        }

        output "pid" {
          value = process_service.slow.pid
        }
        "#,
    );
    let mut first = service.terrace(&["apply", "-auto-approve"]);
    let mut first = first.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let log = service.folder.path().join("log");
    let starts = || fs::read_to_string(&log).unwrap_or_default().matches("started").count();
    eventually("the program has started", || starts() == 1);
    first.kill().unwrap();
    first.wait().unwrap();
    fs::write(service.folder.path().join("ready"), "").unwrap();

    service.fine(&["apply", "-auto-approve"]);
    assert_eq!(starts(), 1, "there is one already");
    let pid = service.output("pid");
    assert!(is_running(&pid));
    assert_eq!(service.code(&["plan", "-detailed-exitcode"]), 0);
    service.fine(&["destroy", "-auto-approve"]);
    assert!(!is_running(&pid));
}

/// A project of its own, of which nothing runs any more when the test is over.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn of(example: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        support::copy(example, folder.path());
        // What somebody has left there who tried the example by hand.
        for left in [".terrace", ".terraform", "run"] {
            let _ = fs::remove_dir_all(folder.path().join(left));
        }
        Self { folder }
    }

    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("main.tf"), text).unwrap();
        Self { folder }
    }

    fn terrace(&self, arguments: &[&str]) -> Command {
        let mut command = support::terrace(self.folder.path());
        if self.folder.path().join("terrace.hcl").exists() {
            command.env("TERRACE_ENV", "staging");
        }
        command.args(arguments);
        command
    }

    /// What it prints, where it has to succeed.
    fn fine(&self, arguments: &[&str]) -> String {
        let output = self.terrace(arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{arguments:?}: {text}\n{errors}");
        text
    }

    fn code(&self, arguments: &[&str]) -> i32 {
        self.terrace(arguments).output().unwrap().status.code().unwrap()
    }

    fn output(&self, name: &str) -> String {
        self.fine(&["output", "-raw", name]).trim().to_owned()
    }

    /// An attribute of the first worker.
    fn worker(&self, attribute: &str) -> String {
        let shown: serde_json::Value = serde_json::from_str(&self.fine(&["show", "-json"])).unwrap();
        let modules = shown["values"]["root_module"]["child_modules"].as_array().unwrap();
        let found = modules.iter().find(|module| module["address"] == "module.worker[\"orders\"]").unwrap();
        found["resources"][0]["values"][attribute].to_string().trim_matches('"').to_owned()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let output = self.terrace(&["destroy", "-auto-approve"]).output();
        if std::thread::panicking() {
            eprintln!("taken down: {output:?}");
        }
    }
}

/// The body of what is answered; nothing where nobody is there.
fn get(url: &str) -> Option<String> {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap_or((&url[7..], ""));
    let mut stream = TcpStream::connect(host).ok()?;
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    Some(answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

fn is_running(pid: &str) -> bool {
    let shown = Command::new("ps").args(["-p", pid, "-o", "stat="]).output().unwrap();
    let state = String::from_utf8_lossy(&shown.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn eventually(what: &str, question: impl Fn() -> bool) {
    let begin = Instant::now();
    while !question() {
        assert!(begin.elapsed() < Duration::from_secs(20), "{what}: not within 20 s");
        std::thread::sleep(Duration::from_millis(20));
    }
}
