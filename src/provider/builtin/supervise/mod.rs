//! Programs that outlive this process: started in a session of their own, identified by more than their number, and
//! stopped together with all of their children.
//!
//! Knows nothing of resources, ports or readiness.

mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};

use table::Entry;

/// The object that a program belongs to, as a variable in its environment and that of its children.
const SERVICE: &str = "TERRACE_SERVICE";
/// The operation that started it.
const OPERATION: &str = "TERRACE_OPERATION";

/// The variables that programs inherit: enough to find other programs and to use the user's language. Nothing else,
/// because the next apply may have another environment, and this one may contain secrets that a program must not keep.
const INHERITED: [&str; 12] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TMPDIR",
    "TZ",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LC_MESSAGES",
    "LC_COLLATE",
];

/// How long the system may take to end a killed process.
const DEATH: Duration = Duration::from_secs(5);

/// What to start, and how.
pub(super) struct Launch<'a> {
    pub(super) command: &'a [String],
    pub(super) directory: &'a Path,
    /// In addition to the inherited variables.
    pub(super) environment: &'a [(String, String)],
    pub(super) log: &'a Path,
    /// Standard input; empty if none.
    pub(super) input: Option<OwnedFd>,
    pub(super) service: &'a str,
    pub(super) operation: &'a str,
}

/// Identifies one program among all that have, had or will have its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) pid: u32,
    start: String,
}

/// A program that this process has started.
pub(super) struct Program {
    pub(super) identity: Identity,
    child: Box<dyn ChildWrapper>,
    log: PathBuf,
    /// The previous length of the log.
    log_start: u64,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It was gone already.
    Gone,
    Stopped,
    /// It did not stop in time, and was killed.
    Killed,
}

/// Starts a program whose output goes to its log. The error is a sentence.
pub(super) fn start(launch: Launch<'_>) -> Result<Program, String> {
    let [name, arguments @ ..] = launch.command else { return Err("The command is empty.".to_owned()) };
    if !launch.directory.is_dir() {
        return Err(format!("The working directory {} does not exist.", launch.directory.display()));
    }
    let log_fault =
        |error: std::io::Error| format!("The log file {} cannot be written: {error}.", launch.log.display());
    if let Some(folder) = launch.log.parent() {
        std::fs::create_dir_all(folder).map_err(log_fault)?;
    }
    let log = OpenOptions::new().append(true).create(true).mode(0o600).open(launch.log).map_err(log_fault)?;
    let log_start = log.metadata().map_err(log_fault)?.len();
    let mut command = Command::new(name);
    command
        .args(arguments)
        .current_dir(launch.directory)
        .env_clear()
        .envs(INHERITED.iter().filter_map(|name| std::env::var_os(name).map(|value| (name, value))))
        .envs(launch.environment.iter().map(|(name, value)| (name, value)))
        .env(SERVICE, launch.service)
        .env(OPERATION, launch.operation)
        .stdin(launch.input.map_or_else(Stdio::null, Stdio::from))
        .stdout(log.try_clone().map_err(log_fault)?)
        .stderr(log);
    let child = CommandWrap::from(command).wrap(ProcessSession).spawn().map_err(|error| {
        let place = launch.directory.display();
        match error.kind() {
            std::io::ErrorKind::NotFound if name.contains('/') => {
                format!("There is no program {name} (as seen from {place}).")
            }
            std::io::ErrorKind::NotFound => format!("There is no program {name} on the PATH."),
            _ => format!("The program {name} cannot be started in {place}: {error}."),
        }
    })?;
    // It has not been waited for, so its number is still its own even if it has ended.
    let start = table::one(child.id()).map(|entry| entry.start).unwrap_or_default();
    let identity = Identity { pid: child.id(), start: format!("{}/{start}", table::boot()) };
    Ok(Program { identity, child, log: launch.log.to_owned(), log_start })
}

impl Program {
    /// How it ended, if it has.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.inner_mut().try_wait().ok().flatten()
    }

    /// The last lines of its output.
    pub(super) fn last_lines(&self) -> String {
        const MOST: u64 = 4096;
        const LINES: usize = 15;
        let read = || -> std::io::Result<Vec<u8>> {
            let mut file = std::fs::File::open(&self.log)?;
            let end = file.metadata()?.len();
            let from = self.log_start.max(end.saturating_sub(MOST)).min(end);
            file.seek(SeekFrom::Start(from))?;
            let mut bytes = Vec::new();
            file.take(MOST).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let text = String::from_utf8_lossy(&read().unwrap_or_default()).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default().join("\n")
    }
}

impl Identity {
    /// From a pid and the result of [`Self::mark`].
    pub(super) fn new(pid: u32, mark: &str) -> Self {
        Self { pid, start: mark.to_owned() }
    }

    /// Distinguishes it from others with its pid: the boot of the machine and the start of the process.
    pub(super) fn mark(&self) -> &str {
        &self.start
    }

    pub(super) fn is_alive(&self) -> bool {
        table::one(self.pid).is_some_and(|entry| self.is(&entry))
    }

    fn is(&self, entry: &Entry) -> bool {
        let told = self.start.split_once('/');
        self.pid == entry.pid && told == Some((&table::boot(), &entry.start))
    }
}

/// Whether a program that has ended has left children behind.
pub(super) fn has_remains(identity: &Identity, service: &str) -> bool {
    !ProcessTree { identity, service, members: Vec::new() }.present().is_empty()
}

/// Finds the program that an operation has started.
pub(super) fn find(operation: &str) -> Option<(Identity, Found)> {
    let identity = leader(OPERATION, operation, |_| true)?;
    let found = Found { pid: identity.pid };
    Some((identity, found))
}

/// Finds the program that runs for an object now, started by another operation than the known one. Children that the
/// known program left in sessions of their own do not count.
pub(super) fn successor(service: &str, known: &str) -> Option<Identity> {
    let is_other =
        |pid| known.is_empty() || table::variable(pid, OPERATION).is_none_or(|found| found != known);
    leader(SERVICE, service, is_other)
}

/// The operation that started a program.
pub(super) fn operation(identity: &Identity) -> Option<String> {
    table::variable(identity.pid, OPERATION)
}

/// The first program of a session with this variable. Its children come after it.
fn leader(name: &str, value: &str, fits: impl Fn(u32) -> bool) -> Option<Identity> {
    if value.is_empty() {
        return None;
    }
    let mut leaders = table::all();
    leaders.retain(|entry| entry.pid == entry.session);
    let holders = table::holders(&leaders, name, value);
    let age = |entry: &Entry| (entry.start.parse::<u64>().ok(), entry.pid);
    let found = leaders
        .into_iter()
        .filter(|entry| holders.contains(&entry.pid) && fits(entry.pid))
        .min_by_key(age)?;
    Some(Identity { pid: found.pid, start: format!("{}/{}", table::boot(), found.start) })
}

/// What can be asked of a program that was found.
pub(super) struct Found {
    pid: u32,
}

impl Found {
    /// The object that it was started for.
    pub(super) fn service(&self) -> Option<String> {
        table::variable(self.pid, SERVICE)
    }

    pub(super) fn variable(&self, name: &str) -> Option<String> {
        table::variable(self.pid, name)
    }
}

/// Stops a program and all of its children: a signal, some time, and then a kill. The error is a sentence.
pub(super) async fn stop(
    identity: &Identity,
    service: &str,
    signal: Signal,
    grace: Duration,
) -> Result<Ending, String> {
    let mut tree = ProcessTree { identity, service, members: Vec::new() };
    if tree.present().is_empty() {
        return Ok(Ending::Gone);
    }
    if tree.end(signal, false, grace).await? {
        return Ok(Ending::Stopped);
    }
    if tree.end(Signal::SIGKILL, true, DEATH).await? {
        return Ok(Ending::Killed);
    }
    Err(format!("Process {} is still there {} s after it was killed.", identity.pid, DEATH.as_secs()))
}

/// A program with all of its children.
struct ProcessTree<'a> {
    identity: &'a Identity,
    service: &'a str,
    /// The processes that were seen to belong to it.
    members: Vec<Entry>,
}

impl ProcessTree<'_> {
    /// Sends a signal to all members, once or repeatedly, and waits. Returns whether all are gone. Once means only the
    /// present members: what they start for their cleanup is left alone.
    async fn end(&mut self, signal: Signal, again: bool, patience: Duration) -> Result<bool, String> {
        let end = Instant::now().checked_add(patience);
        let mut told = false;
        let mut pause = Duration::from_millis(5);
        loop {
            let present = self.present();
            if present.is_empty() {
                return Ok(true);
            }
            if !told || again {
                let groups: BTreeSet<u32> = present.iter().map(|member| member.group).collect();
                groups.into_iter().try_for_each(|group| send(group, signal))?;
                told = true;
            }
            if end.is_some_and(|end| Instant::now() >= end) {
                return Ok(false);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    }

    /// The present members. While the program itself exists, its whole session belongs to it. Afterwards its number may
    /// be reused, so only those count that were seen before, or that carry its variable. This includes children in
    /// sessions of their own, but never this process.
    fn present(&mut self) -> Vec<Entry> {
        let entries = table::all();
        let leads = entries.iter().any(|entry| self.identity.is(entry));
        let same_boot = self.identity.start.split_once('/').is_some_and(|(boot, _)| boot == table::boot());
        let here = std::process::id();
        let own = entries.iter().find(|entry| entry.pid == here).map(|entry| entry.session);
        let holders = match self.service {
            "" => BTreeSet::new(),
            service => table::holders(&entries, SERVICE, service),
        };
        let belongs = |entry: &Entry| {
            self.members.contains(entry)
                || leads && same_boot && entry.session == self.identity.pid
                || holders.contains(&entry.pid) && own != Some(entry.session)
        };
        let present: Vec<Entry> = entries.into_iter().filter(belongs).collect();
        let fresh: Vec<Entry> =
            present.iter().filter(|entry| !self.members.contains(entry)).cloned().collect();
        self.members.extend(fresh);
        present
    }
}

fn send(group: u32, signal: Signal) -> Result<(), String> {
    let fault = |why: &str| Err(format!("Process group {group} cannot be sent {signal}: {why}."));
    // Zero would be this process's own group.
    let number = i32::try_from(group).ok().filter(|number| *number > 1);
    let Some(number) = number else { return fault("there is no such group") };
    match killpg(Pid::from_raw(number), signal) {
        // It has ended in the meantime.
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(error) => fault(error.desc()),
    }
}
