//! Signals that come when nothing waits, or from a terminal that goes away.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::{
    appears, begin, begun, fine, heard, instances, marks, project, run, signal, slow, text, unwrapped,
};
use crate::support;

/// Objects that are in the state only are made without waiting for anything.
#[test]
fn interrupted_while_nothing_waits_for_anything_it_is_heard() {
    let config = "resource \"terraform_data\" \"a\" {\n  count = 20000\n  input = count.index\n}\n";
    let folder = project(config);
    let planning = begin(&folder, &["apply"]);
    appears(&folder.path().join(".terrace/default.db"));
    signal(&planning, Signal::SIGINT);
    let output = planning.wait_with_output().unwrap();
    assert!(
        output.status.code() == Some(1) && unwrapped(&output).contains("Interrupted"),
        "{}",
        output.stdout.len()
    );

    // A plan of this size fills any pipe that nobody reads.
    let mut command = support::terrace(folder.path());
    command
        .args(["apply", "-auto-approve"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let applying = command.spawn().unwrap();
    let from = Instant::now();
    while instances(folder.path()).is_empty() {
        assert!(from.elapsed() < Duration::from_secs(120), "nothing is made");
    }
    signal(&applying, Signal::SIGTERM);
    let output = applying.wait_with_output().unwrap();
    assert!(
        output.status.code() == Some(1) && unwrapped(&output).contains("Interrupted"),
        "{}",
        text(&output)
    );
    let made = instances(folder.path()).len();
    assert!((1..20_000).contains(&made), "{made}");
    fine(&run(folder.path(), &["plan", "-lock=false"]));
}

/// Begins a run that a hangup reaches, also where the tests themselves were started so that none reaches them.
fn begin_at_a_terminal(folder: &tempfile::TempDir, arguments: &[&str]) -> Child {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    if ignored & 1 == 0 {
        return begin(folder, arguments);
    }
    let terrace = support::terrace(folder.path());
    let mut command = Command::new("env");
    command.arg("--default-signal=HUP").arg(terrace.get_program()).args(arguments);
    for (name, value) in terrace.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    heard(command.current_dir(folder.path()))
}

#[test]
fn a_terminal_that_goes_away_stops_it_as_an_interrupt_does_unless_somebody_wanted_it_to_go_on() {
    let folder = project(&slow("sleep 0.5"));
    let running = begin_at_a_terminal(&folder, &["apply", "-auto-approve", "-parallelism=2"]);
    begun(folder.path());
    // The shell tells it, and then the system does.
    signal(&running, Signal::SIGHUP);
    std::thread::sleep(Duration::from_millis(50));
    signal(&running, Signal::SIGHUP);
    let output = running.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    let (started, done) = (marks(folder.path(), "started-"), marks(folder.path(), "done-"));
    assert_eq!(started, done, "{}", text(&output));
    let states = instances(folder.path());
    assert!(states.len() == done.len() && done.len() < 5, "{states:?}");
    assert!(states.values().all(|status| status == "ready"), "{states:?}");

    let folder = project(&slow("sleep 0.5"));
    let terrace = support::terrace(folder.path());
    let mut command = Command::new("nohup");
    command.arg(terrace.get_program()).args(["apply", "-auto-approve"]).current_dir(folder.path());
    let running = heard(&mut command);
    begun(folder.path());
    signal(&running, Signal::SIGHUP);
    fine(&running.wait_with_output().unwrap());
    assert_eq!(instances(folder.path()).len(), 5);
}

/// The main thread is blocked in a system call, and cannot listen.
#[test]
fn signals_end_a_run_that_waits_for_a_pipe_that_nobody_writes_to() {
    let folder = project("variable \"v\" {\n  default = 1\n}\n");
    assert!(Command::new("mkfifo").arg(folder.path().join("values")).status().unwrap().success());
    for (signals, limit) in [(1, 4000), (2, 1500)] {
        let mut waiting = begin(&folder, &["plan", "-var-file=values"]);
        std::thread::sleep(Duration::from_millis(300));
        for _ in 0..signals {
            signal(&waiting, Signal::SIGTERM);
            std::thread::sleep(Duration::from_millis(50));
        }
        let from = Instant::now();
        while waiting.try_wait().unwrap().is_none() {
            if from.elapsed() > Duration::from_millis(limit) {
                waiting.kill().unwrap();
                panic!("still there after {signals}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let output = waiting.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", text(&output));
        assert!(unwrapped(&output).contains("Interrupted"), "{}", text(&output));
    }
}
