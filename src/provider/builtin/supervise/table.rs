//! The process table: the one place that differs between systems.

#[cfg(target_os = "linux")]
pub(super) use linux::{all, boot, holders, one, variable};
#[cfg(not(target_os = "linux"))]
pub(super) use portable::{all, boot, holders, one, variable};

/// One process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) pid: u32,
    /// Signals are sent to groups, so that no new child is missed.
    pub(super) group: u32,
    /// The session that it belongs to; its process group if the system does not say.
    pub(super) session: u32,
    /// When it started, in any form that the system has. With the pid it identifies a process of one boot.
    pub(super) start: String,
}

/// Reads the process file system.
#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeSet;
    use std::fs;

    use super::Entry;

    /// All running processes.
    pub(in super::super) fn all() -> Vec<Entry> {
        let Ok(folder) = fs::read_dir("/proc") else { return Vec::new() };
        let names = folder.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        names.filter_map(one).collect()
    }

    /// A process, unless it has ended; a zombie counts as ended.
    pub(in super::super) fn one(pid: u32) -> Option<Entry> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name of the program comes second, in parentheses, and may contain anything.
        let (_, rest) = text.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        let (state, start) = (fields.first()?, fields.get(19)?);
        let number = |at: usize| fields.get(at)?.parse().ok();
        let ended = matches!(*state, "Z" | "X" | "x");
        let (group, session) = (number(2)?, number(3)?);
        (!ended).then_some(Entry { pid, group, session, start: (*start).to_owned() })
    }

    /// Identifies the present boot of the machine.
    pub(in super::super) fn boot() -> String {
        let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        text.trim().to_owned()
    }

    /// Those of these processes that were started with this variable.
    pub(in super::super) fn holders(entries: &[Entry], name: &str, value: &str) -> BTreeSet<u32> {
        let pids = entries.iter().map(|entry| entry.pid);
        pids.filter(|pid| variable(*pid, name).is_some_and(|found| found == value)).collect()
    }

    /// The value of a variable when the process started.
    pub(in super::super) fn variable(pid: u32, name: &str) -> Option<String> {
        let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
        let found = environment
            .split(|byte| *byte == 0)
            .find_map(|entry| entry.strip_prefix(name.as_bytes())?.strip_prefix(b"="))?;
        Some(String::from_utf8_lossy(found).into_owned())
    }
}

/// Uses `ps`, which exists everywhere.
#[cfg(any(test, not(target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, reason = "here it is only tested"))]
mod portable {
    use std::collections::BTreeSet;
    use std::process::{Command, Stdio};

    use super::Entry;

    pub(in super::super) fn all() -> Vec<Entry> {
        listed(&["-A", "-o", "pid=,pgid=,stat=,lstart="]).lines().filter_map(entry).collect()
    }

    pub(in super::super) fn one(pid: u32) -> Option<Entry> {
        listed(&["-p", &pid.to_string(), "-o", "pid=,pgid=,stat=,lstart="]).lines().find_map(entry)
    }

    /// Start times are absolute, so they identify the boot as well.
    pub(in super::super) fn boot() -> String {
        "ps".to_owned()
    }

    /// The value has no spaces.
    pub(in super::super) fn holders(_entries: &[Entry], name: &str, value: &str) -> BTreeSet<u32> {
        let wanted = format!("{name}={value}");
        let shown = listed(&["eww", "-A", "-o", "pid=,command="]);
        let holds = |line: &&str| line.split_ascii_whitespace().any(|word| word == wanted);
        let lines = shown.lines().filter(holds);
        lines.filter_map(|line| line.split_ascii_whitespace().next()?.parse().ok()).collect()
    }

    /// The environment follows the command, separated by spaces; the values used here have none.
    pub(in super::super) fn variable(pid: u32, name: &str) -> Option<String> {
        let shown = listed(&["eww", "-p", &pid.to_string(), "-o", "command="]);
        let found =
            shown.split_ascii_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        found.map(str::to_owned)
    }

    pub(super) fn entry(line: &str) -> Option<Entry> {
        let mut words = line.split_ascii_whitespace();
        let (pid, group, state) = (words.next()?, words.next()?, words.next()?);
        let start = words.collect::<Vec<_>>().join(" ");
        let ended = state.starts_with('Z');
        let (pid, group) = (pid.parse().ok()?, group.parse().ok()?);
        (!ended).then_some(Entry { pid, group, session: group, start })
    }

    fn listed(arguments: &[&str]) -> String {
        let listing = Command::new("ps")
            .args(arguments)
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output();
        listing.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::portable;

    #[test]
    fn ps_and_the_kernel_know_this_process_alike() {
        let pid = std::process::id();
        let one = super::one(pid).expect("it runs");
        assert_eq!(one.pid, pid);
        assert!(super::all().contains(&one));
        if let Some(told) = portable::one(pid) {
            assert_eq!(told.pid, pid);
            assert!(portable::all().contains(&told));
        }
    }

    #[test]
    fn lines_of_ps_are_read_and_ended_processes_left_out() {
        let entry = portable::entry("  412   400 Ss   Fri Nov 21 05:12:43 2026").expect("it is whole");
        assert_eq!((entry.pid, entry.session, &*entry.start), (412, 400, "Fri Nov 21 05:12:43 2026"));
        assert_eq!(portable::entry("412 400 Z+ Fri Nov 21 05:12:43 2026"), None);
        assert_eq!(portable::entry("no number here"), None);
        assert_eq!(portable::entry(""), None);
    }
}
