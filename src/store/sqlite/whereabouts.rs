//! Identifies processes: where one runs, and whether it still does.

use std::process::Command;
use std::sync::LazyLock;

/// What is known of a process that holds a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Alive,
    Gone,
    /// It is on another machine, or this system cannot tell.
    Unknown,
}

/// Identifies this machine since it was booted, and the process namespace: a container has its own.
pub(super) fn here() -> &'static str {
    static HERE: LazyLock<String> = LazyLock::new(|| {
        let boot = read("/proc/sys/kernel/random/boot_id")
            .or_else(|| answer(Command::new("sysctl").args(["-n", "kern.boottime"])));
        let space = std::fs::read_link("/proc/self/ns/pid").ok();
        let space = space.map(|link| link.to_string_lossy().into_owned());
        [host(), boot, space].map(Option::unwrap_or_default).join("/")
    });
    &HERE
}

/// The name of this machine.
pub fn host() -> Option<String> {
    let system = nix::sys::utsname::uname().ok()?;
    Some(system.nodename().to_string_lossy().into_owned())
}

/// When a process started, in any unit, to distinguish it from a later one with the same number. Empty if unknown.
pub(super) fn began(process: u32) -> String {
    match status(process) {
        Status::Began(began) => began,
        Status::None | Status::Unknown => String::new(),
    }
}

/// Whether the process with this number and start time still exists.
pub(super) fn presence(process: u32, began: &str, place: &str, here: &str) -> Presence {
    if place != here {
        return Presence::Unknown;
    }
    match status(process) {
        Status::None => Presence::Gone,
        Status::Began(now) if !began.is_empty() && now != began => Presence::Gone,
        Status::Began(_) => Presence::Alive,
        Status::Unknown => Presence::Unknown,
    }
}

enum Status {
    None,
    Began(String),
    Unknown,
}

fn status(process: u32) -> Status {
    if std::path::Path::new("/proc/self/stat").exists() {
        let Ok(text) = std::fs::read_to_string(format!("/proc/{process}/stat")) else {
            return Status::None;
        };
        // The name of the program is in brackets and may contain anything, including brackets.
        let fields: Vec<&str> =
            text.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect()).unwrap_or_default();
        return match (fields.first(), fields.get(19)) {
            // It has ended, and its parent has not collected it yet.
            (Some(&("Z" | "X")), _) => Status::None,
            (_, Some(began)) => Status::Began((*began).to_owned()),
            _ => Status::Unknown,
        };
    }
    match Command::new("ps").args(["-o", "lstart=", "-p", &process.to_string()]).output() {
        Ok(output) if output.status.success() => {
            Status::Began(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        }
        Ok(output) if output.status.code() == Some(1) => Status::None,
        _ => Status::Unknown,
    }
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

fn answer(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
