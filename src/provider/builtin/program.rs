//! Programs run by data sources.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// The program to run, in the environment of this process.
pub(super) struct Program<'a> {
    pub(super) name: &'a str,
    pub(super) arguments: &'a [&'a str],
    /// Where it runs; empty means the current directory.
    pub(super) folder: &'a str,
    /// Its standard input, if any.
    pub(super) input: Option<&'a [u8]>,
}

/// Its result.
pub(super) struct Answer {
    pub(super) status: ExitStatus,
    pub(super) output: Vec<u8>,
    pub(super) errors: Vec<u8>,
}

impl Program<'_> {
    /// Runs to the end; killed if this is cancelled.
    pub(super) async fn run(&self) -> Result<Answer, String> {
        let place = self.find()?;
        let fault = |error: std::io::Error| format!("{} cannot be run: {error}.", self.name);
        let mut command = Command::new(place);
        command.args(self.arguments).kill_on_drop(true).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() });
        if !self.folder.is_empty() {
            command.current_dir(self.folder);
        }
        let mut child = command.spawn().map_err(fault)?;
        let (mut stdin, mut stdout, mut stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        // Concurrently, or each side may wait for the other forever.
        let write = async {
            if let (Some(stdin), Some(input)) = (&mut stdin, self.input) {
                // A program need not read its input.
                let _ = stdin.write_all(input).await;
            }
            drop(stdin.take());
        };
        let read_output = async {
            match &mut stdout {
                Some(pipe) => pipe.read_to_end(&mut output).await,
                None => Ok(0),
            }
        };
        let read_errors = async {
            match &mut stderr {
                Some(pipe) => pipe.read_to_end(&mut errors).await,
                None => Ok(0),
            }
        };
        let ((), first, second) = tokio::join!(write, read_output, read_errors);
        first.and(second).map_err(fault)?;
        let status = child.wait().await.map_err(fault)?;
        Ok(Answer { status, output, errors })
    }

    /// The file to run. A name without a slash is looked up on the PATH, any other one in the folder where it runs, and
    /// then in the current directory.
    fn find(&self) -> Result<PathBuf, String> {
        let absolute = |place: PathBuf| std::path::absolute(place).ok().filter(|place| is_executable(place));
        if self.name.contains('/') {
            return absolute(Path::new(self.folder).join(self.name))
                .or_else(|| absolute(PathBuf::from(self.name)))
                .ok_or_else(|| format!("There is no program {} that can be run.", self.name));
        }
        let paths = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&paths)
            .find_map(|folder| absolute(folder.join(self.name)))
            .ok_or_else(|| format!("There is no program \"{}\" on the PATH.", self.name))
    }
}

fn is_executable(place: &Path) -> bool {
    let Ok(metadata) = std::fs::metadata(place) else { return false };
    #[cfg(unix)]
    let may_run = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may_run = true;
    metadata.is_file() && may_run
}

/// How it ended, for a sentence: `exit code 3`.
pub(super) fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => status.to_string(),
    }
}
