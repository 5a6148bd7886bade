//! Readiness checks of programs.

use std::net::Ipv6Addr;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::supervise::Program;

/// A program without a check counts as ready if it has not ended after this time.
const FIRST_STEPS: Duration = Duration::from_millis(300);

/// The time limit of a single check.
const ANSWER: Duration = Duration::from_secs(5);

pub(super) struct Readiness {
    pub(super) probe: Probe,
    pub(super) timeout: Duration,
    pub(super) interval: Duration,
}

/// The kind of check.
pub(super) enum Probe {
    /// The program only has to keep running.
    Running,
    /// The answer must have a status from 200 to 399.
    Http { port: u16, path: String },
    /// The port must accept connections.
    Tcp { port: u16 },
    /// Another program must exit with 0.
    Exit { command: Vec<String> },
}

/// Why a program is not ready, in a sentence.
#[derive(Debug)]
pub(super) struct Unready(pub(super) String);

/// Where the program runs, for programs that check it.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) directory: &'a Path,
    pub(super) environment: &'a [(String, String)],
}

impl Readiness {
    /// Waits until the program is ready, has ended, or has had its time.
    pub(super) async fn wait(
        &self,
        program: &mut Program,
        surroundings: Surroundings<'_>,
    ) -> Result<(), Unready> {
        let begin = Instant::now();
        loop {
            if let Some(status) = program.ended() {
                let hint = match status.success() {
                    true => {
                        " A service stays in the foreground; programs that leave it mostly have an option not to."
                    }
                    false => "",
                };
                return Err(Unready(format!(
                    "It ended before it was ready, with {}.{hint}",
                    exit_text(status)
                )));
            }
            let left = self.timeout.saturating_sub(begin.elapsed());
            let why = match &self.probe {
                Probe::Running if begin.elapsed() >= FIRST_STEPS => return Ok(()),
                Probe::Running => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
                probe => match tokio::time::timeout(ANSWER.min(left), ask(probe, surroundings)).await {
                    // Another program may have taken the port first, and answer in its place.
                    Ok(Ok(())) if program.ended().is_none() => return Ok(()),
                    Ok(Ok(())) => continue,
                    Ok(Err(why)) => why,
                    Err(_) => "there was no answer in time".to_owned(),
                },
            };
            if begin.elapsed() >= self.timeout {
                let seconds = self.timeout.as_secs_f64();
                return Err(Unready(format!("It was not ready after {seconds} s: {} {why}.", self.probe)));
            }
            tokio::time::sleep(self.interval).await;
        }
    }
}

/// The check, as the beginning of a sentence.
impl std::fmt::Display for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Running => f.write_str("it was watched, and"),
            Self::Http { port, path } => write!(f, "http://127.0.0.1:{port}{path} was asked, and"),
            Self::Tcp { port } => write!(f, "port {port} was tried, and"),
            Self::Exit { command } => write!(f, "{} was run, and", command.join(" ")),
        }
    }
}

/// Checks once. The reason is a clause.
async fn ask(probe: &Probe, surroundings: Surroundings<'_>) -> Result<(), String> {
    match probe {
        Probe::Running => Ok(()),
        Probe::Tcp { port } => connect(*port).await.map(drop),
        Probe::Http { port, path } => {
            let status = status(connect(*port).await?, path).await?;
            if (200..400).contains(&status) { Ok(()) } else { Err(format!("it answered {status}")) }
        }
        Probe::Exit { command } => run(command, surroundings).await,
    }
}

/// Programs that listen on "localhost" may mean either of its addresses.
async fn connect(port: u16) -> Result<TcpStream, String> {
    let addresses = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    let mut first = None;
    for address in addresses {
        match TcpStream::connect(SocketAddr::new(address, port)).await {
            Ok(stream) => return Ok(stream),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.map(|error| format!("there was no connection: {error}")).unwrap_or_default())
}

/// The status of the answer to an HTTP request. The reason is a clause.
pub(in super::super) async fn status(mut stream: TcpStream, path: &str) -> Result<u16, String> {
    let broken = |error: std::io::Error| format!("the connection broke: {error}");
    let host = stream.peer_addr().map_err(broken)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(broken)?;
    let mut head = Vec::new();
    // Only the first line matters.
    while !head.contains(&b'\n') && head.len() < 1024 {
        let mut part = [0; 256];
        let count = stream.read(&mut part).await.map_err(broken)?;
        if count == 0 {
            break;
        }
        head.extend_from_slice(part.get(..count).unwrap_or_default());
    }
    let line = String::from_utf8_lossy(&head).into_owned();
    let mut words = line.split_ascii_whitespace();
    let version = words.next().unwrap_or_default();
    let status = words.next().and_then(|word| word.parse().ok());
    status.filter(|_| version.starts_with("HTTP/")).ok_or_else(|| "the answer was not HTTP".to_owned())
}

async fn run(command: &[String], surroundings: Surroundings<'_>) -> Result<(), String> {
    let [name, arguments @ ..] = command else { return Err("the command is empty".to_owned()) };
    let status = tokio::process::Command::new(name)
        .args(arguments)
        .current_dir(surroundings.directory)
        .envs(surroundings.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .status()
        .await;
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("it ended with {}", exit_text(status))),
        Err(error) => Err(format!("it could not be started: {error}")),
    }
}

/// How a program ended, as part of a sentence.
pub(super) fn exit_text(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "an unknown result".to_owned(),
    }
}
