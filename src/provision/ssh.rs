//! Remote machines, through the `ssh` program of this system.
//!
//! A `connection` block becomes a configuration file for that program, in a folder that only this user can read,
//! together with keys and passwords; the folder is deleted with the session. One process keeps the connection, and
//! everything else goes through it. Nothing of the user's own configuration or known hosts is used, so that a project
//! works the same for everybody.

mod connection;
mod key;
#[cfg(test)]
mod tests;

use std::ffi::OsStr;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use super::lines::Lines;
use super::local_exec::Output;
pub(super) use connection::Connection;

/// The pause between two attempts to connect.
const PAUSE: Duration = Duration::from_secs(2);
/// The pause between two checks for the connection.
const LOOK: Duration = Duration::from_millis(5);
/// The longest path of a temporary folder that leaves space for the name of a socket, which is limited.
const LONGEST: usize = 56;
/// The exit status by which the program says that it could not connect.
const NOT_CONNECTED: i32 = 255;

/// A remote machine, and how to reach it.
pub(super) struct Session<'a> {
    program: &'a OsStr,
    pub(super) connection: Connection<'a>,
    folder: tempfile::TempDir,
    /// The process that keeps the connection; dropping it closes the connection.
    keeper: Option<Child>,
}

impl<'a> Session<'a> {
    /// Prepares a session without connecting.
    pub(super) fn new(program: &'a OsStr, connection: Connection<'a>) -> Result<Self, String> {
        let fault = |error: std::io::Error| format!("The connection cannot be prepared: {error}.");
        let mut builder = tempfile::Builder::new();
        builder.prefix("terrace-ssh-");
        let folder = match std::env::temp_dir() {
            usual if usual.as_os_str().len() > LONGEST => builder.tempdir_in("/tmp"),
            usual => builder.tempdir_in(usual),
        };
        let folder = folder.map_err(fault)?;
        connection.write(folder.path()).map_err(fault)?;
        Ok(Self { program, connection, folder, keeper: None })
    }

    /// Retries until the machine answers, for as long as the connection allows.
    pub(super) async fn connect(&mut self, output: &Output<'_>) -> Result<(), String> {
        output(&format!("Connecting to {} via SSH as {}...", self.connection.host, self.connection.user));
        let end = Instant::now() + self.connection.patience;
        let mut why = None;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match tokio::time::timeout(left, self.attempt()).await {
                Ok(Ok(None)) => {
                    output("Connected!");
                    return Ok(());
                }
                Ok(Ok(Some(said))) => why = Some(said),
                Ok(Err(fault)) => return Err(fault),
                Err(_) => {}
            }
            if end.saturating_duration_since(Instant::now()) <= PAUSE {
                let host = &self.connection.host;
                let seconds = self.connection.patience.as_secs();
                let why = why.unwrap_or_else(|| "it does not answer".to_owned());
                return Err(format!("{host} could not be reached within {seconds} s: {why}."));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Connects once; returns the program's message if that failed.
    async fn attempt(&mut self) -> Result<Option<String>, String> {
        let fault = self.not_run();
        let mut ssh = self.command(&["-MN", "target"]);
        let mut child =
            ssh.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(&fault)?;
        let mut stderr = child.stderr.take();
        let way = connection::way(self.folder.path());
        let open = async {
            // The socket exists once the other side has let us in.
            while !way.exists() {
                tokio::time::sleep(LOOK).await;
            }
        };
        let mut said = Vec::new();
        let ended = async {
            if let Some(stderr) = &mut stderr {
                let _ = stderr.read_to_end(&mut said).await;
            }
            child.wait().await
        };
        tokio::select! {
            () = open => {}
            ended = ended => {
                ended.map_err(&fault)?;
                let said = String::from_utf8_lossy(&said).trim().trim_end_matches('.').to_owned();
                return Ok(Some(if said.is_empty() { "the connection was closed".to_owned() } else { said }));
            }
        }
        // Nobody waits for what the process says later.
        tokio::spawn(async move {
            if let Some(stderr) = &mut stderr {
                let _ = tokio::io::copy(stderr, &mut tokio::io::sink()).await;
            }
        });
        self.keeper = Some(child);
        Ok(None)
    }

    /// The program with the configuration of this session.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut ssh = Command::new(self.program);
        ssh.arg("-F").arg(self.folder.path().join("config")).args(arguments).kill_on_drop(true);
        #[cfg(unix)]
        ssh.process_group(0);
        for (name, value) in self.connection.environment(self.folder.path()) {
            ssh.env(name, value);
        }
        ssh
    }

    fn not_run(&self) -> impl Fn(std::io::Error) -> String + use<> {
        let program = self.program.to_string_lossy().into_owned();
        move |error| format!("{program} cannot be run: {error}.")
    }

    /// Runs a remote command for its effect; its output is only used if it fails.
    pub(super) async fn act(&self, command: &str, input: &[u8], what: &str) -> Result<(), String> {
        let mut said = Vec::new();
        let status = self.run(command, input, false, &mut |piece| said.extend_from_slice(piece)).await?;
        if status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&said);
        Err(format!("{what} failed with {}: {}.", ending(status), said.trim().trim_end_matches('.')))
    }

    /// Runs a remote command and passes on its output.
    pub(super) async fn follow(&self, command: &str, output: &Output<'_>) -> Result<(), String> {
        let mut lines = Lines::default();
        let status = self.run(command, b"", true, &mut |piece| lines.take(piece, output)).await?;
        lines.finish(output);
        match status.code() {
            Some(0) => Ok(()),
            Some(NOT_CONNECTED) => {
                Err("The script ended with exit code 255, or the connection was lost while it ran.".into())
            }
            _ => Err(format!("The script ended with {}.", ending(status))),
        }
    }

    /// Both streams of the command are combined. Programs such as sudo may insist on a terminal, so one can be
    /// allocated.
    async fn run(
        &self,
        command: &str,
        input: &[u8],
        terminal: bool,
        take: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<ExitStatus, String> {
        let fault = self.not_run();
        let (reader, writer) = std::io::pipe().map_err(&fault)?;
        let mut ssh = self.command(&[if terminal { "-tt" } else { "-T" }, "target", command]);
        ssh.stdout(writer.try_clone().map_err(&fault)?).stderr(writer).stdin(Stdio::piped());
        let mut child = ssh.spawn().map_err(&fault)?;
        // It holds the other end of the pipe.
        drop(ssh);
        let mut reader = tokio::net::unix::pipe::Receiver::from_owned_fd(reader.into()).map_err(&fault)?;
        let mut stdin = child.stdin.take();
        let write = async {
            if let Some(stdin) = &mut stdin {
                // If the input is not read to its end, the status says why.
                let _ = stdin.write_all(input).await;
            }
            drop(stdin.take());
        };
        let read = async {
            let mut piece = vec![0; 16 * 1024];
            loop {
                match reader.read(&mut piece).await? {
                    0 => return Ok(()),
                    length => take(piece.get(..length).unwrap_or_default()),
                }
            }
        };
        let ((), read) = tokio::join!(write, read);
        read.map_err(&fault)?;
        child.wait().await.map_err(&fault)
    }
}

/// Quotes a word for a shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => status.to_string(),
    }
}
