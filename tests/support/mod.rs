//! What several suites need: the binary in a clean environment, the reference where there is one, recorded answers.

#[cfg(feature = "aws")]
pub(crate) mod aws;
pub(crate) mod chance;
pub(crate) mod plan_json;
pub(crate) mod server;
pub(crate) mod shape;
#[cfg(feature = "aws")]
pub(crate) mod tools;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The root of this repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// `terrace` in a directory, with nothing of the surroundings that would change what it says.
pub(crate) fn terrace(folder: &Path) -> Command {
    clean(Command::new(env!("CARGO_BIN_EXE_terrace")), folder)
}

/// The reference in a directory; none where it is not on the PATH or of another version than what was recorded.
pub(crate) fn reference(folder: &Path) -> Option<Command> {
    let version = Command::new("terraform").arg("version").env("CHECKPOINT_DISABLE", "1").output().ok()?;
    let known = String::from_utf8_lossy(&version.stdout).starts_with("Terraform v1.11.4");
    known.then(|| unasked_reference(folder))
}

/// The reference in a directory, for whoever has asked already whether it is there.
pub(crate) fn unasked_reference(folder: &Path) -> Command {
    clean(Command::new("terraform"), folder)
}

fn clean(mut command: Command, folder: &Path) -> Command {
    for (name, _) in std::env::vars() {
        if name.starts_with("TF_") || name.starts_with("TERRACE_") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env("CHECKPOINT_DISABLE", "1")
        .env("HOME", "/home/somebody");
    command
}

/// Runs a command with something on its standard input.
pub(crate) fn feed(command: &mut Command, input: impl AsRef<[u8]>) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.as_ref().to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(&input).unwrap_or_default());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// The lines of a file of known differences: what differs, and why. A tab stands between the two.
pub(crate) fn known_differences(file: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (what, why) = line.split_once('\t').unwrap_or_else(|| panic!("a reason is missing: {line}"));
            (what.to_owned(), why.to_owned())
        })
        .collect()
}

/// Says loudly that a test looked at less than it would like to.
pub(crate) fn skipped(what: &str, why: &str) {
    eprintln!("SKIPPED: {what}: {why}");
}

/// Copies a directory with everything in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}
