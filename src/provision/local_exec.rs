//! `local-exec`: a command on this machine.
//!
//! It runs in a process group of its own: a signal for this program does not reach it, and if it is abandoned, the
//! whole group is killed, with whatever the command has started.

#[cfg(test)]
mod tests;

use std::process::{ExitStatus, Stdio};

use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

use super::arguments::Arguments;
use super::lines::Lines;
use crate::port::{Remark, Remarks};
use crate::value::Path;

pub(super) type Output<'o> = dyn for<'l> Fn(&'l str) + Send + Sync + 'o;

pub(super) async fn run(arguments: Arguments<'_>, output: &Output<'_>, remarks: &mut Remarks) {
    if let Err((argument, why)) = attempt(arguments, output).await {
        let remark = Remark::error("Command failed", why);
        remarks.push(match argument {
            Some(argument) => remark.at(Path::root().attribute(argument)),
            None => remark,
        });
    }
}

type Fault = (Option<&'static str>, String);

async fn attempt(arguments: Arguments<'_>, output: &Output<'_>) -> Result<(), Fault> {
    let script = arguments.text("command").filter(|command| !command.is_empty());
    let script = script.ok_or((Some("command"), "The command is empty.".to_owned()))?;
    let words = words(arguments, script);
    let shown: Vec<_> = words.iter().map(|word| format!("{word:?}")).collect();
    if arguments.flag("quiet") == Some(true) {
        output("Executing: Suppressed by quiet=true");
    } else {
        output(&format!("Executing: [{}]", shown.join(" ")));
    }
    let Some((program, rest)) = words.split_first() else {
        return Err((Some("interpreter"), "There is nothing to run.".into()));
    };
    let mut command = Command::new(program);
    command.args(rest).envs(arguments.text_map("environment")).stdin(Stdio::null());
    if let Some(folder) = arguments.text("working_dir").filter(|folder| !folder.is_empty()) {
        if !std::path::Path::new(folder).is_dir() {
            return Err((Some("working_dir"), format!("There is no folder {folder} to run it in.")));
        }
        command.current_dir(folder);
    }
    #[cfg(unix)]
    command.process_group(0);
    command.kill_on_drop(true);
    let status = follow(command, output)
        .await
        .map_err(|error| (Some("command"), format!("{program} cannot be run: {error}.")))?;
    match status.success() {
        true => Ok(()),
        false => Err((None, format!("The command ended with {}.", ending(status)))),
    }
}

/// The interpreter, with the command as its last argument.
fn words<'a>(arguments: Arguments<'a>, script: &'a str) -> Vec<&'a str> {
    let mut words = arguments.texts("interpreter");
    if words.is_empty() {
        words = if cfg!(windows) { vec!["cmd", "/C"] } else { vec!["/bin/sh", "-c"] };
    }
    words.push(script);
    words
}

/// Runs a command to its end and to the end of its output, with both streams in the order in which they are written.
async fn follow(mut command: Command, output: &Output<'_>) -> std::io::Result<ExitStatus> {
    let (reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut group = Group(command.spawn()?);
    // It holds the other end of the pipe.
    drop(command);
    #[cfg(unix)]
    let mut reader = tokio::net::unix::pipe::Receiver::from_owned_fd(reader.into())?;
    let mut lines = Lines::default();
    let mut piece = vec![0; 16 * 1024];
    loop {
        let length = reader.read(&mut piece).await?;
        if length == 0 {
            break;
        }
        lines.take(piece.get(..length).unwrap_or_default(), output);
    }
    lines.finish(output);
    let status = group.0.wait().await?;
    Ok(status)
}

/// A process group, killed when dropped.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // It no longer has an id after it was waited for.
        #[cfg(unix)]
        if let Some(id) = self.0.id().and_then(|id| i32::try_from(id).ok()) {
            use nix::sys::signal::{Signal, killpg};
            // It may just have ended, which is fine.
            let _ = killpg(nix::unistd::Pid::from_raw(id), Signal::SIGKILL);
        }
    }
}

/// How it ended, for a sentence.
fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => status.to_string(),
    }
}
