//! The commit that the configuration comes from: asks git, and changes nothing.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::environment::{self, Checkout};

/// The checkout that a directory is in; `None` outside a repository. The error is a sentence.
///
/// Ignored files do not count, nor do untracked ones unless they are configuration.
pub fn checkout(folder: &Path) -> Result<Option<Checkout>, String> {
    if !is_in_repository(folder) {
        return Ok(None);
    }
    let status = git(
        folder,
        &["status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--no-renames"],
    )?;
    let mut checkout = read(&status);
    if checkout.branch.is_none() && checkout.commit.is_some() {
        let branches = git(
            folder,
            &["for-each-ref", "--contains", "HEAD", "--format=%(refname:lstrip=3)", "refs/remotes/origin"],
        )?;
        checkout.contained_in = branches.lines().map(str::to_owned).collect();
    }
    Ok(Some(checkout))
}

/// Checked without git, which takes longer to start than most plans take.
fn is_in_repository(folder: &Path) -> bool {
    if std::env::var_os("GIT_DIR").is_some() {
        return true;
    }
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let real = whole.canonicalize().unwrap_or(whole);
    real.ancestors().any(|folder| folder.join(".git").exists())
}

/// Parses the second version of git's porcelain format, with entries ended by NUL.
fn read(status: &str) -> Checkout {
    let mut checkout = Checkout::default();
    for entry in status.split('\0') {
        if let Some(commit) = entry.strip_prefix("# branch.oid ") {
            checkout.commit = (commit != "(initial)").then(|| commit.to_owned());
        } else if let Some(branch) = entry.strip_prefix("# branch.head ") {
            checkout.branch = (branch != "(detached)").then(|| branch.to_owned());
        } else if let Some(path) = entry.strip_prefix("? ") {
            checkout.changed.extend(is_configuration(path).then(|| path.to_owned()));
        } else if let Some(path) = changed(entry) {
            checkout.changed.push(path.to_owned());
        }
    }
    checkout
}

/// The path of an ordinary entry, or of one that is being merged; it is the ninth or eleventh field.
fn changed(entry: &str) -> Option<&str> {
    let words = match entry.get(..2)? {
        "1 " => 9,
        "u " => 11,
        _ => return None,
    };
    entry.splitn(words, ' ').nth(words - 1)
}

/// Whether a project reads a file automatically.
fn is_configuration(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let endings = [".tf", ".tf.json", ".tfvars", ".tfvars.json"];
    name == environment::FILE || endings.iter().any(|ending| name.ends_with(ending))
}

/// The output of git; the error is a sentence.
pub(super) fn git(folder: &Path, words: &[&str]) -> Result<String, String> {
    let output = Command::new("git")
        .args(["-c", "core.fsmonitor=false"])
        .args(words)
        .current_dir(folder)
        // Never ask for a password, and take no locks that could disturb other work in the repository.
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("running git failed: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or("it does not say why").trim_end_matches('.').to_owned();
        return Err(format!("git {} failed: {said}", words.first().copied().unwrap_or_default()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
